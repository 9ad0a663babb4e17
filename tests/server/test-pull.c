/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-id.h"
#include "kam-test-client.h"
#include "kam-test-mariadb.h"

/* Admin over manager over kam1 and kam2; kam3 reports to nobody. */
typedef struct
{
  const KamDbOptions *database;
  KamTestServer      *server;
  char               *admin;
  char               *manager;
  char               *kams[3];
} Fixture;

static KamTestMariadb *mariadb;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->database = kam_test_mariadb_migrated (mariadb);
  fixture->admin = kam_test_add_person (fixture->database, "admin@kam.test", "admin", NULL);
  fixture->manager = kam_test_add_person (fixture->database, "manager@kam.test", "manager", fixture->admin);
  fixture->kams[0] = kam_test_add_person (fixture->database, "kam1@kam.test", "kam", fixture->manager);
  fixture->kams[1] = kam_test_add_person (fixture->database, "kam2@kam.test", "kam", fixture->manager);
  fixture->kams[2] = kam_test_add_person (fixture->database, "kam3@kam.test", "kam", NULL);
  fixture->server = kam_test_server_new (fixture->database, NULL);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  kam_test_server_free (fixture->server);
  g_free (fixture->admin);
  g_free (fixture->manager);
  for (int i = 0; i < 3; i++)
    g_free (fixture->kams[i]);
}

static void
test_who_sees_what (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autoptr (KamTestClient) admin = kam_test_client_new (fixture->server, "admin@kam.test");
  g_autoptr (KamTestClient) manager = kam_test_client_new (fixture->server, "manager@kam.test");
  g_autoptr (KamTestClient) kam1 = kam_test_client_new (fixture->server, "kam1@kam.test");
  g_autoptr (KamTestClient) kam2 = kam_test_client_new (fixture->server, "kam2@kam.test");
  g_autoptr (KamTestClient) kam3 = kam_test_client_new (fixture->server, "kam3@kam.test");
  g_autofree char *one = kam_test_client_add_lead (kam1, "One", fixture->kams[0]);
  g_autofree char *two = kam_test_client_add_lead (kam2, "Two", fixture->kams[1]);
  g_autofree char *three = kam_test_client_add_lead (kam3, "Three", fixture->kams[2]);

  kam_test_client_pull (admin, 0);
  kam_test_client_pull (manager, 0);
  kam_test_client_pull (kam1, 0);
  kam_test_client_pull (kam3, 0);

  g_assert_cmpuint (kam_test_client_count (admin, "lead"), ==, 3);
  g_assert_cmpuint (kam_test_client_count (manager, "lead"), ==, 2);
  g_assert_false (g_hash_table_contains (manager->rows, three));
  g_assert_cmpuint (kam_test_client_count (kam1, "lead"), ==, 1);
  g_assert_true (g_hash_table_contains (kam1->rows, one));
  g_assert_cmpuint (kam_test_client_count (kam3, "lead"), ==, 1);
  g_assert_cmpuint (kam_test_client_count (kam3, "user"), ==, 5);
}

static void
test_incremental (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr (KamTestClient) a = kam_test_client_new (fixture->server, "kam1@kam.test");
  g_autoptr (KamTestClient) b = kam_test_client_new (fixture->server, "kam1@kam.test");
  g_autofree char *id = NULL;
  guint before;

  kam_test_client_pull (b, 0);
  before = g_hash_table_size (b->rows);
  kam_test_client_pull (b, 0);
  g_assert_cmpuint (b->pages, ==, 1);

  id = kam_test_client_add_lead (a, "पनीर 🍛 \\\"x\\\" ‏שלום", fixture->kams[0]);
  kam_test_client_pull (b, 0);
  g_assert_cmpuint (b->pages, ==, 1);
  g_assert_cmpuint (kam_test_client_count (b, "lead"), ==, 1);
  g_assert_cmpuint (g_hash_table_size (b->rows), >, before);
  g_assert_cmpstr (json_array_get_string_element (((KamTestRow *) g_hash_table_lookup (b->rows, id))->values, 1), ==, "पनीर 🍛 \"x\" ‏שלום");
  g_assert_cmpint (b->head, ==, ((KamTestRow *) g_hash_table_lookup (b->rows, id))->rev);
}

/* Every page size gives the same rows, and takes as many pages as it must. */
static void
test_limits (Fixture       *fixture,
             gconstpointer  data)
{
  const guint limits[] = { 1, 2, 3, 7, 10000 };
  g_autoptr (KamTestClient) writer = kam_test_client_new (fixture->server, "kam1@kam.test");
  guint all;

  for (int i = 0; i < 9; i++)
    g_free (kam_test_client_add_lead (writer, "Lead", fixture->kams[0]));

  kam_test_client_pull (writer, 0);
  all = g_hash_table_size (writer->rows);
  for (gsize i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      g_autoptr (KamTestClient) reader = kam_test_client_new (fixture->server, "kam1@kam.test");

      kam_test_client_pull (reader, limits[i]);
      g_assert_cmpuint (g_hash_table_size (reader->rows), ==, all);
      g_assert_cmpuint (reader->pages, >=, (all + limits[i] - 1) / limits[i]);
      g_assert_cmpuint (reader->pages, <=, all / limits[i] + 2);
    }
}

static void
expect_pull_problem (KamTestClient *client,
                     const char    *cursor,
                     guint          status,
                     const char    *code)
{
  g_autofree char *body = g_strdup_printf ("{\"schema\":1,\"cursor\":\"%s\"}", cursor);
  g_autoptr (KamTestReply) reply = kam_test_request (client->server, "POST", "/v1/pull", client->token, body);

  kam_test_assert_problem (reply, status, code);
}

static void
test_cursors (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (KamTestClient) kam1 = kam_test_client_new (fixture->server, "kam1@kam.test");
  g_autoptr (KamTestClient) kam2 = kam_test_client_new (fixture->server, "kam2@kam.test");
  g_autofree char *lead = kam_test_client_add_lead (kam1, "Mine", fixture->kams[0]);
  g_autofree char *tampered = NULL;
  g_autoptr (KamDb) db = kam_test_mariadb_connect (fixture->database);
  g_autoptr (GError) error = NULL;

  kam_test_client_pull (kam1, 0);
  tampered = g_strdup (kam1->cursor);
  tampered[40] = tampered[40] == 'A' ? 'B' : 'A';
  expect_pull_problem (kam1, tampered, 400, "bad_request");

  /* Somebody else's cursor opens nothing. */
  g_free (kam2->cursor);
  kam2->cursor = g_strdup (kam1->cursor);
  kam_test_client_pull (kam2, 0);
  g_assert_false (g_hash_table_contains (kam2->rows, lead));
  g_assert_cmpuint (kam2->drops, ==, 2);

  /* A server restored from a backup has other commits under the same numbers, or none. */
  kam_test_server_leave_damaged (fixture->server);
  kam_db_exec (db, "UPDATE `commit_log` SET `nonce` = UNHEX('00000000000040008000000000000000') "
               "WHERE `seq` = (SELECT `head` FROM `org`)", NULL, 0, NULL, &error);
  g_assert_no_error (error);
  expect_pull_problem (kam1, kam1->cursor, 410, "diverged");
  kam_db_exec (db, "UPDATE `org` SET `head` = `head` - 1", NULL, 0, NULL, &error);
  g_assert_no_error (error);
  expect_pull_problem (kam1, kam1->cursor, 410, "diverged");
}

/* A person comes into a team, and leaves it. */
static void
test_gained_and_lost (Fixture       *fixture,
                      gconstpointer  data)
{
  g_autoptr (KamTestClient) admin = kam_test_client_new (fixture->server, "admin@kam.test");
  g_autoptr (KamTestClient) manager = kam_test_client_new (fixture->server, "manager@kam.test");
  g_autoptr (KamTestClient) kam1 = kam_test_client_new (fixture->server, "kam1@kam.test");
  g_autoptr (KamTestClient) kam3 = kam_test_client_new (fixture->server, "kam3@kam.test");
  g_autofree char *mine = kam_test_client_add_lead (kam1, "Stays", fixture->kams[0]);
  g_autofree char *theirs = kam_test_client_add_lead (kam3, "Comes and goes", fixture->kams[2]);
  g_autofree char *join = g_strdup_printf ("{\"manager_id\":[null,\"%s\"]}", fixture->manager);
  g_autofree char *leave = g_strdup_printf ("{\"manager_id\":[\"%s\",null]}", fixture->manager);

  kam_test_client_pull (manager, 0);
  g_assert_false (g_hash_table_contains (manager->rows, theirs));

  kam_test_client_pull (admin, 0);
  kam_test_client_set (admin, "user", fixture->kams[2], join);
  kam_test_client_pull (manager, 1);
  g_assert_true (g_hash_table_contains (manager->rows, theirs));
  g_assert_true (g_hash_table_contains (manager->rows, mine));
  g_assert_cmpuint (manager->drops, ==, 0);

  kam_test_client_pull (admin, 0);
  kam_test_client_set (admin, "user", fixture->kams[2], leave);
  kam_test_client_pull (manager, 0);
  g_assert_false (g_hash_table_contains (manager->rows, theirs));
  g_assert_true (g_hash_table_contains (manager->rows, mine));
  g_assert_cmpuint (manager->drops, ==, 1);
}

/* A lead goes from one to the other: gone here, whole there, and kept by whoever sees both. */
static void
test_moved (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (KamTestClient) manager = kam_test_client_new (fixture->server, "manager@kam.test");
  g_autoptr (KamTestClient) kam1 = kam_test_client_new (fixture->server, "kam1@kam.test");
  g_autoptr (KamTestClient) kam2 = kam_test_client_new (fixture->server, "kam2@kam.test");
  g_autofree char *lead = kam_test_client_add_lead (kam1, "Moves", fixture->kams[0]);
  g_autofree char *contact = kam_id_new (g_get_real_time ());
  g_autofree char *child = g_strdup_printf ("{\"lead_id\":[null,\"%s\"],\"name\":[null,\"Chef\"]}", lead);
  g_autofree char *put = g_strdup_printf ("\"entity\":\"contact\",\"id\":\"%s\",\"op\":\"put\",\"base_rev\":0,"
                                          "\"at\":\"2026-01-01T00:00:00.000000Z\",\"set\":%s",
                                          contact, child);
  g_autofree char *move = g_strdup_printf ("{\"kam_id\":[\"%s\",\"%s\"]}", fixture->kams[0], fixture->kams[1]);
  g_autofree char *back = g_strdup_printf ("{\"kam_id\":[\"%s\",\"%s\"]}", fixture->kams[1], fixture->kams[0]);

  g_assert_cmpstr (kam_test_client_push (kam1, put), ==, "applied");
  kam_test_client_pull (kam1, 0);
  kam_test_client_pull (kam2, 0);
  kam_test_client_pull (manager, 0);
  g_assert_true (g_hash_table_contains (kam1->rows, contact));

  kam_test_client_set (manager, "lead", lead, move);
  kam_test_client_pull (manager, 0);
  kam_test_client_pull (kam1, 0);
  kam_test_client_pull (kam2, 0);
  g_assert_true (g_hash_table_contains (manager->rows, lead) && g_hash_table_contains (manager->rows, contact));
  g_assert_false (g_hash_table_contains (kam1->rows, lead) || g_hash_table_contains (kam1->rows, contact));
  g_assert_true (g_hash_table_contains (kam2->rows, lead) && g_hash_table_contains (kam2->rows, contact));
  g_assert_cmpuint (kam1->evictions, ==, 1);

  /* There and back while somebody is away. */
  kam_test_client_set (manager, "lead", lead, back);
  kam_test_client_pull (manager, 0);
  kam_test_client_set (manager, "lead", lead, move);
  kam_test_client_pull (kam2, 0);
  g_assert_true (g_hash_table_contains (kam2->rows, lead) && g_hash_table_contains (kam2->rows, contact));
}

static void
test_gzip (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (KamTestClient) kam = kam_test_client_new (fixture->server, "kam1@kam.test");
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autofree char *uri = g_strconcat (kam_test_server_uri (fixture->server), "/v1/pull", NULL);
  g_autofree char *bearer = g_strconcat ("Bearer ", kam->token, NULL);
  g_autoptr (GBytes) body = g_bytes_new_static ("{\"schema\":1}", 12);

  g_main_context_push_thread_default (context);
  for (int gzip = 0; gzip < 2; gzip++)
    {
      g_autoptr (GTlsDatabase) trust = g_tls_file_database_new (kam_test_server_ca_file (fixture->server), NULL);
      g_autoptr (SoupSession) session = soup_session_new_with_options ("tls-database", trust, "proxy-resolver", NULL, NULL);
      g_autoptr (SoupMessage) message = soup_message_new ("POST", uri);
      g_autoptr (GBytes) answer = NULL;
      g_autoptr (GError) error = NULL;

      soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);
      soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization", bearer);
      soup_message_headers_replace (soup_message_get_request_headers (message), "Accept-Encoding", gzip ? "br, gzip;q=0.5" : "gzip;q=0, identity");
      soup_message_set_request_body_from_bytes (message, "application/json", body);
      answer = soup_session_send_and_read (session, message, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (soup_message_headers_get_one (soup_message_get_response_headers (message), "Content-Encoding"), ==, gzip ? "gzip" : NULL);
      g_assert_cmpint (((const guint8 *) g_bytes_get_data (answer, NULL))[0], ==, gzip ? 0x1f : '{');
    }
  g_main_context_pop_thread_default (context);
}

int
main (int    argc,
      char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  mariadb = kam_test_mariadb_new ();

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/pull/who-sees-what", test_who_sees_what);
  ADD ("/pull/incremental", test_incremental);
  ADD ("/pull/limits", test_limits);
  ADD ("/pull/fault-25-cursors", test_cursors);
  ADD ("/pull/fault-22-gained-and-lost", test_gained_and_lost);
  ADD ("/pull/fault-19-moved", test_moved);
  ADD ("/pull/gzip", test_gzip);

  status = g_test_run ();
  kam_test_mariadb_free (mariadb);

  return status;
}
