/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-field-cases.h"
#include "kam-test-mariadb.h"
#include "kam-test-server.h"

/* Pushes that are no pushes: a problem document with a stable code, and nothing is written, whatever else is in them. */

#define SENT_AT "\"sent_at\":\"2026-01-01T00:00:00.000000Z\""
#define CLIENT "01890000-0000-7000-8000-0000000000aa"
#define LEAD "01890000-0000-7000-8000-0000000000bb"
#define HEAD "\"client_id\":\"" CLIENT "\",\"schema\":1," SENT_AT ",\"ack\":0"
#define GOOD(mid) "{\"mid\":" mid ",\"entity\":\"lead\",\"id\":\"" LEAD "\",\"op\":\"put\",\"base_rev\":0,\"at\":\"2026-01-01T00:00:00.000000Z\",\"set\":{}}"
#define PUSH(mutations) "{" HEAD ",\"mutations\":[" mutations "]}"

static KamTestMariadb *mariadb;
static const KamDbOptions *database;
static KamTestServer *server;
static KamDb *db;
static char *token;
static char *good; /* a mutation that would be taken, as mid 1 */

/* Refused for everybody who listens, and the database is as it was. body may hold anything. */
static void
refuse (const char *authorization,
        const char *body,
        gsize       length,
        guint       status,
        const char *code)
{
  g_autoptr (GBytes) bytes = g_bytes_new (body, length);
  g_autofree char *before = kam_test_mariadb_digest (db);
  g_autoptr (KamTestReply) reply = kam_test_request_as (server, "POST", "/v1/push", authorization, bytes);
  g_autofree char *after = kam_test_mariadb_digest (db);

  if (reply->status != status)
    g_error ("%.300s: %.500s", body, (const char *) g_bytes_get_data (reply->body, NULL));

  kam_test_assert_problem (reply, status, code);
  g_assert_cmpstr (before, ==, after);
}

static void
refuse_text (const char *body,
             guint       status,
             const char *code)
{
  g_autofree char *authorization = g_strconcat ("Bearer ", token, NULL);

  refuse (authorization, body, strlen (body), status, code);
}

static void
test_envelope (void)
{
  const char *const bodies[] = {
    "[]", "7", "\"x\"", "{}", "null", "{\"mutations\":[]}",
    "{\"client_id\":7,\"schema\":1," SENT_AT ",\"mutations\":[]}",
    "{\"client_id\":\"x\",\"schema\":1," SENT_AT ",\"mutations\":[]}",
    "{\"client_id\":\"" CLIENT "\",\"schema\":\"1\"," SENT_AT ",\"mutations\":[]}",
    "{\"client_id\":\"" CLIENT "\",\"schema\":1.0," SENT_AT ",\"mutations\":[]}",
    "{\"client_id\":\"" CLIENT "\",\"schema\":0," SENT_AT ",\"mutations\":[]}",
    "{\"client_id\":\"" CLIENT "\",\"schema\":-1," SENT_AT ",\"mutations\":[]}",
    "{\"client_id\":\"" CLIENT "\"," SENT_AT ",\"mutations\":[]}",
    "{\"client_id\":\"" CLIENT "\",\"schema\":1,\"mutations\":[]}",
    "{\"client_id\":\"" CLIENT "\",\"schema\":1,\"sent_at\":7,\"mutations\":[]}",
    "{\"client_id\":\"" CLIENT "\",\"schema\":1,\"sent_at\":\"now\",\"mutations\":[]}",
    "{\"client_id\":\"" CLIENT "\",\"schema\":1," SENT_AT ",\"ack\":-1,\"mutations\":[]}",
    "{\"client_id\":\"" CLIENT "\",\"schema\":1," SENT_AT ",\"ack\":\"0\",\"mutations\":[]}",
    "{" HEAD "}", "{" HEAD ",\"mutations\":null}", "{" HEAD ",\"mutations\":{}}", "{" HEAD ",\"mutations\":\"x\"}",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
    refuse_text (bodies[i], 400, "bad_request");

  refuse_text ("{\"client_id\":\"" CLIENT "\",\"schema\":2," SENT_AT ",\"mutations\":[]}", 426, "too_new");
}

/* One that is none spoils the whole push, also what stands before it. */
static void
test_mutations (void)
{
  const char *const others[] = {
    "7", "null", "[]", "\"x\"", "{}", "{\"mid\":\"2\"}", "{\"mid\":null}", "{\"mid\":2.0}", "{\"mid\":true}", GOOD ("1"), GOOD ("0"), GOOD ("-1"),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_autofree char *body = g_strdup_printf (PUSH ("%s,%s"), good, others[i]);

      refuse_text (body, 400, "bad_request");
    }

  {
    g_autofree char *gap = g_strdup_printf (PUSH ("%s," GOOD ("3")), good);

    refuse_text (gap, 409, "mid_gap");
  }
}

static void
test_too_many (void)
{
  g_autoptr (GString) body = g_string_new ("{" HEAD ",\"mutations\":[");

  g_string_append (body, good);
  for (guint i = 2; i <= 501; i++)
    g_string_append_printf (body, ",{\"mid\":%u}", i);
  g_string_append (body, "]}");
  refuse_text (body->str, 413, "too_large");
}

static void
test_broken_json (void)
{
  const char *const spoilers[] = {
    "{\"mid\":2,\"mid\":2}", "{\"mid\":2,}", "{'mid':2}", "{\"mid\":02}", "{\"mid\":99999999999999999999}", "{\"mid\":2,\"x\":NaN}",
    "{\"mid\":2,\"x\":\"\\ud83c\"}", "{\"mid\":2,\"x\":\"\\u0000\"}", "{\"mid\":2,\"x\":\"\xff\xfe\"}", "{\"mid\":2,\"x\":\"\xc0\xaf\"}",
    "{\"mid\":2,\"x\":\"\xed\xa0\xbd\"}", "{\"mid\":2,\"x\":\"a\nb\"}", "{\"mid\":2", "}", "/* */{\"mid\":2}",
    "{\"mid\":2,\"set\":{\"name\":[null,1],\"name\":[null,2]}}",
  };
  g_autofree char *arrays = g_strnfill (40, '[');
  g_autofree char *ends = g_strnfill (40, ']');
  g_autofree char *deep = g_strdup_printf (PUSH ("%s,{\"mid\":2,\"set\":{\"name\":%s%s}}"), good, arrays, ends);
  g_autofree char *deeper = g_strnfill (500000, '[');
  g_autofree char *with_nul = g_strdup_printf (PUSH ("%s") " x", good);
  g_autofree char *authorization = g_strconcat ("Bearer ", token, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (spoilers); i++)
    {
      g_autofree char *body = g_strdup_printf (PUSH ("%s,%s"), good, spoilers[i]);

      refuse_text (body, 400, "bad_json");
    }
  refuse_text (deep, 400, "bad_json");
  refuse_text (deeper, 400, "bad_json");
  refuse_text ("", 400, "bad_json");

  /* A NUL ends no body. */
  with_nul[strlen (with_nul) - 2] = '\0';
  refuse (authorization, with_nul, strlen (with_nul) + 2, 400, "bad_json");
}

static void
test_huge (void)
{
  g_autofree char *blank = g_strnfill (9 << 20, ' ');
  g_autofree char *body = g_strdup_printf (PUSH ("%s") "%s", good, blank);
  g_autofree char *many = g_strnfill (7 << 20, '[');

  refuse_text (body, 413, "too_large");
  refuse_text (many, 400, "bad_json");
}

static void
test_credentials (void)
{
  g_autofree char *body = g_strdup_printf (PUSH ("%s"), good);
  g_autofree char *ended = kam_test_sign_in (server, "kam@kam.test");
  g_autofree char *expired = kam_test_sign_in (server, "late@kam.test");
  g_autofree char *ended_header = g_strconcat ("Bearer ", ended, NULL);
  g_autofree char *expired_header = g_strconcat ("Bearer ", expired, NULL);
  g_autofree char *basic = g_strconcat ("Basic ", token, NULL);
  g_autofree char *bare = g_strdup (token);
  g_autofree char *digest = g_strdup_printf ("Digest token=\"%s\"", token);
  g_autofree char *twice = g_strdup_printf ("Bearer %s, Bearer %s", token, token);
  g_autofree char *cut = g_strdup_printf ("Bearer %.42s", token);
  g_autofree char *longer = g_strdup_printf ("Bearer %sA", token);
  g_autofree char *huge = g_strnfill (20000, 'A');
  g_autofree char *huge_header = g_strconcat ("Bearer ", huge, NULL);
  const char *const wrong[] = { NULL, "", "Bearer", "Bearer ", basic, bare, digest, twice, cut, longer, huge_header };
  g_autoptr (KamTestReply) out = kam_test_request (server, "DELETE", "/v1/session", ended, NULL);
  g_autoptr (GError) error = NULL;

  kam_db_exec (db, "UPDATE `session` SET `expires_at` = 1 WHERE `user_id` = (SELECT `id` FROM `user` WHERE `email` = 'late@kam.test')", NULL, 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (out->status, ==, 204);

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    refuse (wrong[i], body, strlen (body), 401, "unauthorized");

  refuse (ended_header, body, strlen (body), 401, "session_expired");
  refuse (expired_header, body, strlen (body), 401, "session_expired");
}

/* All the while the same mutation would have been taken. */
static void
test_good (void)
{
  g_autofree char *body = g_strdup_printf (PUSH ("%s"), good);
  g_autofree char *before = kam_test_mariadb_digest (db);
  g_autoptr (KamTestReply) reply = kam_test_request (server, "POST", "/v1/push", token, body);
  g_autofree char *after = kam_test_mariadb_digest (db);

  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_cmpint (kam_test_reply_int (reply, "last_mid"), ==, 1);
  g_assert_cmpstr (before, !=, after);
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *kam = NULL;
  g_autofree char *late = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  mariadb = kam_test_mariadb_new ();
  database = kam_test_mariadb_migrated (mariadb);
  kam = kam_test_add_person (database, "kam@kam.test", "kam", NULL);
  late = kam_test_add_person (database, "late@kam.test", "kam", NULL);
  server = kam_test_server_new (database, NULL);
  db = kam_test_mariadb_connect (database);
  token = kam_test_sign_in (server, "kam@kam.test");
  good = g_strdup_printf ("{\"mid\":1,\"entity\":\"lead\",\"id\":\"" LEAD "\",\"op\":\"put\",\"base_rev\":0,\"at\":\"2026-01-01T00:00:00.000000Z\",\"set\":{"
                          "\"name\":[null,\"Good\"],\"status\":[null,\"new\"],\"kam_id\":[null,\"%s\"],\"time_zone\":[null,\"UTC\"]}}", kam);

  g_test_add_func ("/bad-requests/envelope", test_envelope);
  g_test_add_func ("/bad-requests/mutations", test_mutations);
  g_test_add_func ("/bad-requests/too-many", test_too_many);
  g_test_add_func ("/bad-requests/broken-json", test_broken_json);
  g_test_add_func ("/bad-requests/huge", test_huge);
  g_test_add_func ("/bad-requests/credentials", test_credentials);
  g_test_add_func ("/bad-requests/good", test_good);

  status = g_test_run ();
  kam_db_close (db);
  kam_test_server_free (server);
  kam_test_mariadb_free (mariadb);
  g_free (token);
  g_free (good);

  return status;
}
