/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-test-mariadb.h"
#include "kam-test-verify.h"

/* What may be asked for when a copy is compared, and how. */

static KamTestMariadb *mariadb;
static const KamDbOptions *database;
static KamTestServer *server;

static void
expect_problem (KamTestClient *client,
                const char    *path,
                const char    *body,
                guint          status,
                const char    *code)
{
  g_autoptr (KamTestReply) reply = kam_test_request (client->server, "POST", path, client->token, body);

  if (reply->status != status)
    g_error ("%.200s: %u", body, reply->status);

  kam_test_assert_problem (reply, status, code);
}

#define RANGES(ranges) "{\"schema\":1,\"cursor\":\"%s\",\"ranges\":" ranges "}"

static void
test_bad_ranges (void)
{
  static const char *const bad[] = {
    "[]", "{}", "\"3f\"", "7", "[\"lead\"]", "[[\"lead\"]]", "[[\"lead\",\"3f\",\"40\"]]", "[[\"lead\",63]]", "[[7,\"3f\"]]", "[[\"lead\",\"3\"]]",
    "[[\"lead\",\"3F\"]]", "[[\"lead\",\"0x\"]]", "[[\"lead\",\"0123\"]]", "[[\"lead\",\"3f\"],[\"pet\",\"3f\"]]", "[[\"lead\",\"3f\"],null]",
  };
  g_autoptr (KamTestClient) client = kam_test_client_new (server, "kam@kam.test");
  g_autoptr (GString) many = g_string_new (NULL);

  kam_test_client_pull (client, 0);

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *body = g_strdup_printf (RANGES ("%s"), client->cursor, bad[i]);

      expect_problem (client, "/v1/pull", body, 400, "bad_request");
    }

  g_string_append_printf (many, "{\"schema\":1,\"cursor\":\"%s\",\"ranges\":[[\"lead\",\"3f\"]", client->cursor);
  for (guint i = 0; i < 511; i++)
    g_string_append_printf (many, ",[\"contact\",\"%03x\"]", i);
  g_string_append (many, "]}");
  g_assert_true (kam_test_client_take_page (client, many->str, 0));
  g_string_insert (many, (gssize) (strstr (many->str, "[[") - many->str + 1), "[\"lead\",\"40\"],");
  expect_problem (client, "/v1/pull", many->str, 400, "bad_request");

  expect_problem (client, "/v1/pull", "{\"schema\":1,\"ranges\":[[\"lead\",\"3f\"]]}", 400, "bad_request");
  expect_problem (client, "/v1/pull", "{\"schema\":1,\"cursor\":null,\"ranges\":[[\"lead\",\"3f\"]]}", 400, "bad_request");
  expect_problem (client, "/v1/pull", "{\"schema\":1,\"cursor\":\"AAAA\",\"ranges\":[[\"lead\",\"3f\"]]}", 400, "bad_request");
}

static void
test_bad_digests (void)
{
  static const char *const bad[] = {
    "{\"schema\":1}",
    "{\"schema\":1,\"columns\":{},\"digests\":[]}",
    "{\"schema\":1,\"columns\":[],\"digests\":{}}",
    "{\"schema\":1,\"columns\":{},\"digests\":{\"lead\":{\"digits\":2,\"sums\":\"AAAA\"}}}",
    "{\"schema\":1,\"columns\":{\"lead\":[\"id\"]},\"digests\":{\"lead\":{\"digits\":2,\"sums\":\"AAAA\"}}}",
    "{\"schema\":1,\"columns\":{\"lead\":[\"id\"]},\"digests\":{\"lead\":{\"digits\":9,\"sums\":\"AAAA\"}}}",
    "{\"schema\":1,\"columns\":{\"lead\":[\"id\"]},\"digests\":{\"lead\":7}}",
    "{\"schema\":0,\"columns\":{},\"digests\":{}}",
    "{\"columns\":{},\"digests\":{}}",
    "[]",
  };
  g_autoptr (KamTestClient) client = kam_test_client_new (server, "kam@kam.test");
  g_autofree char *good = NULL;
  g_autofree char *long_one = g_strnfill (1 << 20, ' ');
  g_autoptr (KamTestReply) nobody = NULL;
  g_autoptr (KamTestReply) other_method = NULL;

  kam_test_client_pull (client, 0);
  good = kam_test_verify_body (client, 2, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    expect_problem (client, "/v1/verify", bad[i], 400, "bad_request");

  expect_problem (client, "/v1/verify", "{\"schema\":1,\"schema\":1}", 400, "bad_json");
  expect_problem (client, "/v1/verify", "{\"schema\":2,\"columns\":{},\"digests\":{}}", 426, "too_new");
  nobody = kam_test_request (client->server, "POST", "/v1/verify", NULL, good);
  kam_test_assert_problem (nobody, 401, "unauthorized");
  other_method = kam_test_request (client->server, "GET", "/v1/verify", client->token, NULL);
  kam_test_assert_problem (other_method, 405, "bad_request");

  {
    g_autofree char *too_long = g_strconcat (good, long_one, NULL);

    expect_problem (client, "/v1/verify", too_long, 413, "too_large");
  }
}

/* Columns by the client's choice, in its order: an older client compares what it knows. */
static void
test_columns (void)
{
  g_autoptr (KamTestClient) client = kam_test_client_new (server, "kam@kam.test");
  g_autoptr (KamTestReply) reply = NULL;
  g_autoptr (GPtrArray) ranges = NULL;
  GHashTableIter iter;
  gpointer key;
  gpointer value;
  g_autoptr (JsonNode) columns = NULL;
  JsonObject *object;
  JsonArray *names = json_array_new ();
  guint name_at = 0;

  kam_test_client_pull (client, 0);
  columns = json_from_string (client->columns, NULL);
  object = json_node_get_object (columns);
  while (g_strcmp0 (json_array_get_string_element (json_object_get_array_member (object, "lead"), name_at), "name") != 0)
    name_at++;

  g_hash_table_iter_init (&iter, client->rows);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      KamTestRow *row = value;
      g_autofree char *name = NULL;

      if (!g_str_equal (row->entity, "lead"))
        continue;

      name = json_to_string (json_array_get_element (row->values, name_at), FALSE);
      g_free (row->line);
      row->line = g_strdup_printf ("[\"lead\",%" G_GINT64_FORMAT ",\"%s\",[\"%s\",\"Asia/Kolkata\",%s]]", row->rev, row->scope, (const char *) key, name);
    }

  json_array_add_string_element (names, "id");
  json_array_add_string_element (names, "time_zone");
  json_array_add_string_element (names, "name");
  json_object_set_array_member (object, "lead", names);
  g_free (client->columns);
  client->columns = json_to_string (columns, FALSE);
  reply = kam_test_verify (client, 2);
  ranges = kam_test_verify_ranges (reply);
  g_assert_cmpuint (ranges->len, ==, 0);
}

static void
test_behind (void)
{
  g_autoptr (KamTestServer) replica = kam_test_server_new (database, "[database]\nreplica=true\n");
  g_autoptr (KamTestClient) client = kam_test_client_new (server, "kam@kam.test");
  g_autofree char *ahead = NULL;
  g_autofree char *level = NULL;
  g_autoptr (KamTestReply) reply = NULL;

  kam_test_client_pull (client, 0);
  client->server = replica;
  ahead = g_strdup_printf ("{\"schema\":1,\"head\":%" G_GINT64_FORMAT ",\"columns\":{},\"digests\":{}}", client->head + 1);
  level = g_strdup_printf ("{\"schema\":1,\"head\":%" G_GINT64_FORMAT ",\"columns\":{},\"digests\":{}}", client->head);
  expect_problem (client, "/v1/verify", ahead, 503, "behind");
  reply = kam_test_request (replica, "POST", "/v1/verify", client->token, level);
  g_assert_cmpuint (reply->status, ==, 200);
}

typedef struct
{
  KamTestServer *server;
  const char    *token;
  const char    *body;
} Asking;

static gpointer
ask_thread (gpointer data)
{
  const Asking *asking = data;

  return kam_test_request (asking->server, "POST", "/v1/verify", asking->token, asking->body);
}

static void
run_sql (KamDb      *db,
         const char *sql)
{
  g_autoptr (GError) error = NULL;

  kam_db_exec (db, sql, NULL, 0, NULL, &error);
  g_assert_no_error (error);
}

static gboolean
somebody_waits (KamDb *db)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KamDbRows) row = NULL;

  kam_db_query_row (db, "SELECT 1 FROM `information_schema`.`processlist` WHERE `state` LIKE 'Waiting for table%' LIMIT 1", NULL, 0, &row, &error);
  g_assert_no_error (error);

  return row != NULL;
}

/* Only some compare at a time; everybody else is still served, and the others have their turn afterwards. */
static void
test_busy (void)
{
  g_autoptr (KamTestServer) small = kam_test_server_new (database, "[server]\nworkers=2\n");
  g_autoptr (KamTestClient) client = kam_test_client_new (small, "kam@kam.test");
  g_autoptr (KamDb) db = kam_test_mariadb_connect (database);
  g_autoptr (KamDb) watch = kam_test_mariadb_connect (database);
  g_autofree char *body = NULL;
  g_autofree char *ranges = NULL;
  g_autoptr (KamTestReply) reply = NULL;
  g_autoptr (KamTestReply) refused = NULL;
  g_autoptr (KamTestReply) hello = NULL;
  GThread *thread;
  Asking asking;

  kam_test_client_pull (client, 0);
  body = kam_test_verify_body (client, 2, NULL);
  ranges = g_strdup_printf (RANGES ("[[\"lead\",\"3f\"]]"), client->cursor);
  asking = (Asking) { small, client->token, body };
  run_sql (db, "LOCK TABLES `contact` WRITE");
  thread = g_thread_new ("verify", ask_thread, &asking);
  while (!somebody_waits (watch))
    g_usleep (10000);

  refused = kam_test_request (small, "POST", "/v1/verify", client->token, body);
  kam_test_assert_problem (refused, 503, "busy");
  g_assert_cmpstr (soup_message_headers_get_one (refused->headers, "Retry-After"), ==, "5");
  expect_problem (client, "/v1/pull", ranges, 503, "busy");
  hello = kam_test_request (small, "GET", "/v1/hello", NULL, NULL);
  g_assert_cmpuint (hello->status, ==, 200);

  run_sql (db, "UNLOCK TABLES");
  reply = g_thread_join (thread);
  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_true (kam_test_client_take_page (client, ranges, 0));
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *kam = NULL;
  g_autoptr (KamTestClient) client = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  mariadb = kam_test_mariadb_new ();
  database = kam_test_mariadb_migrated (mariadb);
  kam = kam_test_add_person (database, "kam@kam.test", "kam", NULL);
  server = kam_test_server_new (database, NULL);
  client = kam_test_client_new (server, "kam@kam.test");
  for (int i = 0; i < 5; i++)
    g_free (kam_test_client_add_lead (client, "Lead", kam));

  g_test_add_func ("/verify/bad-ranges", test_bad_ranges);
  g_test_add_func ("/verify/bad-digests", test_bad_digests);
  g_test_add_func ("/verify/fault-42-busy", test_busy);
  g_test_add_func ("/verify/columns", test_columns);
  g_test_add_func ("/verify/fault-02-behind", test_behind);

  status = g_test_run ();
  kam_test_server_free (server);
  kam_test_mariadb_free (mariadb);

  return status;
}
