/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-test-mariadb.h"
#include "kam-test-server.h"

#define SIGN_IN "{\"email\":\"%s\",\"password\":\"%s\",\"device\":{\"id\":\"" KAM_TEST_DEVICE "\",\"name\":\"Test\"}}"
#define UNKNOWN_TOKEN "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

static KamTestMariadb *mariadb;
static const KamDbOptions *database;
static KamTestServer *server;
static char *admin_token;

static void
test_hello (void)
{
  g_autoptr (KamTestReply) reply = kam_test_request (server, "GET", "/v1/hello", NULL, NULL);
  JsonObject *object;

  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_cmpstr (soup_message_headers_get_content_type (reply->headers, NULL), ==, "application/json");
  g_assert_cmpstr (soup_message_headers_get_one (reply->headers, "Cache-Control"), ==, "no-store");
  g_assert_true (kam_id_is_valid (kam_test_reply_text (reply, "server_id")));
  g_assert_true (kam_id_is_valid (kam_test_reply_text (reply, "epoch")));
  g_assert_cmpint (kam_test_reply_int (reply, "schema"), ==, 1);
  g_assert_cmpint (kam_test_reply_int (reply, "head"), >, 0);
  object = json_object_get_object_member (json_node_get_object (reply->json), "limits");
  g_assert_cmpint (json_object_get_int_member (object, "mutations"), ==, 500);
}

static void
test_health (void)
{
  g_autoptr (KamTestReply) reply = kam_test_request (server, "GET", "/healthz", NULL, NULL);

  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_cmpstr (kam_test_reply_text (reply, "status"), ==, "ok");
  g_assert_cmpstr (kam_test_reply_text (reply, "version"), ==, PACKAGE_VERSION);
}

static void
test_routes (void)
{
  const struct
  {
    const char *method;
    const char *path;
    guint       status;
    const char *code;
  } cases[] = {
    { "GET", "/", 404, "not_found" },
    { "GET", "/v1", 404, "not_found" },
    { "GET", "/v1/hello/", 404, "not_found" },
    { "GET", "/v2/hello", 404, "not_found" },
    { "GET", "/v1/%68ello%2f..%2f..", 400, "bad_request" },
    { "POST", "/v1/hello", 405, "bad_request" },
    { "PUT", "/v1/session", 405, "bad_request" },
    { "OPTIONS", "/v1/pull", 405, "bad_request" },
    { "BREW", "/v1/push", 405, "bad_request" },
    { "GET", "/v1/pull", 405, "bad_request" },
    { "DELETE", "/healthz", 405, "bad_request" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (KamTestReply) reply = kam_test_request (server, cases[i].method, cases[i].path, NULL, NULL);

      kam_test_assert_problem (reply, cases[i].status, cases[i].code);
      if (cases[i].status == 405)
        g_assert_nonnull (soup_message_headers_get_one (reply->headers, "Allow"));
    }
}

/* Every route that needs somebody, asked by nobody, by a stranger, and by somebody whose time is over. */
static void
test_credentials (void)
{
  const char *const routes[] = { "GET /v1/session", "DELETE /v1/session", "POST /v1/push", "POST /v1/pull", "GET /v1/poke?since=0" };
  const char *const tokens[] = { NULL, "", "short", UNKNOWN_TOKEN, "!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!" };
  g_autofree char *ended = kam_test_sign_in (server, "admin@kam.test");
  g_autofree char *expired = kam_test_sign_in (server, "kam@kam.test");
  g_autoptr (KamTestReply) end = kam_test_request (server, "DELETE", "/v1/session", ended, NULL);
  g_autoptr (KamDb) db = kam_test_mariadb_connect (database);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (end->status, ==, 204);
  g_assert_cmpuint (g_bytes_get_size (end->body), ==, 0);
  kam_db_exec (db, "UPDATE `session` SET `expires_at` = 1 WHERE `user_id` = (SELECT `id` FROM `user` WHERE `email` = 'kam@kam.test')", NULL, 0, NULL, &error);
  g_assert_no_error (error);

  for (gsize i = 0; i < G_N_ELEMENTS (routes); i++)
    {
      g_auto (GStrv) words = g_strsplit (routes[i], " ", 2);
      const char *body = g_str_equal (words[0], "POST") ? "{\"schema\":1,\"client_id\":\"" KAM_TEST_DEVICE
                                                          "\",\"sent_at\":\"2026-01-01T00:00:00.000000Z\",\"ack\":0,\"mutations\":[]}" : NULL;
      g_autoptr (KamTestReply) over = kam_test_request (server, words[0], words[1], expired, body);

      for (gsize k = 0; k < G_N_ELEMENTS (tokens); k++)
        {
          g_autoptr (KamTestReply) reply = kam_test_request (server, words[0], words[1], tokens[k], body);

          kam_test_assert_problem (reply, 401, "unauthorized");
          g_assert_cmpstr (soup_message_headers_get_one (reply->headers, "WWW-Authenticate"), ==, "Bearer");
        }

      kam_test_assert_problem (over, 401, "session_expired");
    }
}

static void
test_session (void)
{
  g_autofree char *token = kam_test_sign_in (server, "KAM@kam.test");
  g_autoptr (KamTestReply) who = kam_test_request (server, "GET", "/v1/session", token, NULL);
  g_autoptr (KamTestReply) out = NULL;
  g_autoptr (KamTestReply) after = NULL;
  g_autofree char *log = NULL;
  JsonObject *user;

  g_assert_cmpuint (who->status, ==, 200);
  user = json_object_get_object_member (json_node_get_object (who->json), "user");
  g_assert_cmpstr (json_object_get_string_member (user, "email"), ==, "kam@kam.test");
  g_assert_cmpstr (json_object_get_string_member (user, "role"), ==, "kam");
  g_assert_cmpstr (kam_test_reply_text (who, "device_id"), ==, KAM_TEST_DEVICE);
  g_assert_false (json_object_has_member (json_node_get_object (who->json), "token"));
  g_assert_cmpstr (kam_test_reply_text (who, "expires_at"), >, "2026");

  out = kam_test_request (server, "DELETE", "/v1/session", token, NULL);
  g_assert_cmpuint (out->status, ==, 204);
  log = kam_test_server_log (server);
  g_assert_nonnull (strstr (log, "DELETE /v1/session 204 "));
  after = kam_test_request (server, "GET", "/v1/session", token, NULL);
  g_assert_cmpuint (after->status, ==, 401);
}

static void
test_sign_in_bad (void)
{
  const char *const wrong[] = { "kam@kam.test", "nobody@kam.test", "kam@kam.test' OR 1=1 --" };
  const char *const bodies[] = {
    "{}",
    "{\"email\":1,\"password\":\"x\",\"device\":{\"id\":\"" KAM_TEST_DEVICE "\",\"name\":\"T\"}}",
    "{\"email\":\"a@b\",\"password\":null,\"device\":{\"id\":\"" KAM_TEST_DEVICE "\",\"name\":\"T\"}}",
    "{\"email\":\"a@b\",\"password\":\"x\"}",
    "{\"email\":\"a@b\",\"password\":\"x\",\"device\":[]}",
    "{\"email\":\"a@b\",\"password\":\"x\",\"device\":{\"id\":\"nonsense\",\"name\":\"T\"}}",
    "{\"email\":\"a@b\",\"password\":\"x\",\"device\":{\"id\":\"" KAM_TEST_DEVICE "\",\"name\":\"\"}}",
    "{\"email\":\"\",\"password\":\"x\",\"device\":{\"id\":\"" KAM_TEST_DEVICE "\",\"name\":\"T\"}}",
    "[]",
    "null",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char *body = g_strdup_printf (SIGN_IN, wrong[i], "not-the-password");
      g_autoptr (KamTestReply) reply = kam_test_request (server, "POST", "/v1/session", NULL, body);

      kam_test_assert_problem (reply, 401, "unauthorized");
      g_assert_cmpstr (kam_test_reply_text (reply, "detail"), ==, "The email address or the password is wrong.");
    }

  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autoptr (KamTestReply) reply = kam_test_request (server, "POST", "/v1/session", NULL, bodies[i]);

      kam_test_assert_problem (reply, 400, "bad_request");
    }
}

/* What is not strict JSON, on every route that takes a body. */
static void
test_broken_json (void)
{
  const char *const paths[] = { "/v1/session", "/v1/push", "/v1/pull" };
  const char *const bodies[] = {
    "", "{", "{\"schema\":1", "{'schema':1}", "{\"schema\":1}}", "{\"schema\":1,}", "{\"schema\":0x1}", "{\"schema\":01}",
    "{\"schema\":1,\"schema\":1}", "{\"schema\":99999999999999999999}", "{\"a\":\"\\ud800\"}", "{\"a\":\"\xff\xfe\"}", "\xef\xbb\xbf{}", "{\"a\":NaN}", "{}x",
  };
  g_autofree char *deep = g_strnfill (15000, '[');
  g_autofree char *very_deep = g_strnfill (200000, '[');

  for (gsize p = 0; p < G_N_ELEMENTS (paths); p++)
    {
      g_autoptr (KamTestReply) nested = kam_test_request (server, "POST", paths[p], admin_token, p == 0 ? deep : very_deep);

      kam_test_assert_problem (nested, 400, "bad_json");
      for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
        {
          g_autoptr (KamTestReply) reply = kam_test_request (server, "POST", paths[p], admin_token, bodies[i]);

          kam_test_assert_problem (reply, 400, "bad_json");
        }
    }
}

static void
test_wrong_types (void)
{
  const struct
  {
    const char *path;
    const char *body;
    guint       status;
    const char *code;
    const char *names;
  } cases[] = {
    { "/v1/pull", "{}", 400, "bad_request", "schema" },
    { "/v1/pull", "{\"schema\":\"1\"}", 400, "bad_request", "schema" },
    { "/v1/pull", "{\"schema\":1.5}", 400, "bad_request", "schema" },
    { "/v1/pull", "{\"schema\":0}", 400, "bad_request", "schema" },
    { "/v1/pull", "{\"schema\":2}", 426, "too_new", "" },
    { "/v1/pull", "{\"schema\":1,\"cursor\":7}", 400, "bad_request", "cursor" },
    { "/v1/pull", "{\"schema\":1,\"cursor\":\"\"}", 400, "bad_request", "cursor" },
    { "/v1/pull", "{\"schema\":1,\"cursor\":\"abc\"}", 400, "bad_request", "cursor" },
    { "/v1/pull", "{\"schema\":1,\"limit\":0}", 400, "bad_request", "limit" },
    { "/v1/pull", "{\"schema\":1,\"limit\":10001}", 400, "bad_request", "limit" },
    { "/v1/pull", "{\"schema\":1,\"limit\":\"many\"}", 400, "bad_request", "limit" },
    { "/v1/pull", "[]", 400, "bad_request", "object" },
  };
  const char *const sinces[] = { "", "?since=", "?since=-1", "?since=x", "?since=99999999999999999999", "?other=1" };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (KamTestReply) reply = kam_test_request (server, "POST", cases[i].path, admin_token, cases[i].body);

      kam_test_assert_problem (reply, cases[i].status, cases[i].code);
      if (strstr (kam_test_reply_text (reply, "detail"), cases[i].names) == NULL)
        g_error ("case %" G_GSIZE_FORMAT ": %s", i, kam_test_reply_text (reply, "detail"));
    }

  for (gsize i = 0; i < G_N_ELEMENTS (sinces); i++)
    {
      g_autofree char *path = g_strconcat ("/v1/poke", sinces[i], NULL);
      g_autoptr (KamTestReply) reply = kam_test_request (server, "GET", path, admin_token, NULL);

      kam_test_assert_problem (reply, 400, "bad_request");
    }
}

static void
test_too_large (void)
{
  g_autofree char *filler = g_strnfill (70000, ' ');
  g_autofree char *large = g_strnfill (2 << 20, ' ');
  g_autoptr (KamTestReply) sign_in = kam_test_request (server, "POST", "/v1/session", NULL, filler);
  g_autoptr (KamTestReply) pull = kam_test_request (server, "POST", "/v1/pull", admin_token, large);
  g_autoptr (KamTestReply) push = kam_test_request (server, "POST", "/v1/push", admin_token, large);
  g_autoptr (KamTestReply) nobody = kam_test_request (server, "POST", "/v1/push", NULL, large);

  kam_test_assert_problem (sign_in, 413, "too_large");
  kam_test_assert_problem (pull, 413, "too_large");
  kam_test_assert_problem (push, 413, "too_large");
  kam_test_assert_problem (nobody, 401, "unauthorized");
}

/* Ids make no trace of who asked what. */
static void
test_log (void)
{
  g_autoptr (KamTestReply) reply = kam_test_request (server, "GET", "/v1/poke?since=nonsense&secret=zyzzyva", admin_token, NULL);
  g_autoptr (KamTestReply) other = kam_test_request (server, "GET", "/secret-path", NULL, NULL);
  g_autofree char *log = kam_test_server_log (server);
  const char *id = kam_test_reply_text (reply, "request_id");
  g_autofree char *id_field = g_strconcat ("id=", id, NULL);
  const char *at = strstr (log, id_field);

  g_assert_cmpuint (other->status, ==, 404);
  g_assert_nonnull (at);
  g_assert_null (strstr (log, "zyzzyva"));
  g_assert_null (strstr (log, "secret"));
  g_assert_null (strstr (log, admin_token));
  g_assert_null (strstr (log, "kam.test"));
  g_assert_nonnull (strstr (log, "<6>GET /v1/poke 400 bad_request "));
  g_assert_nonnull (strstr (log, "<6>GET - 404 not_found "));
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *admin = NULL;
  g_autofree char *kam = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  mariadb = kam_test_mariadb_new ();
  database = kam_test_mariadb_migrated (mariadb);
  admin = kam_test_add_person (database, "admin@kam.test", "admin", NULL);
  kam = kam_test_add_person (database, "kam@kam.test", "kam", admin);
  server = kam_test_server_new (database, "[limits]\nbody-bytes=1048576\nlogin-attempts=1000\nlogin-attempts-per-address=1000\n");
  admin_token = kam_test_sign_in (server, "admin@kam.test");

  g_test_add_func ("/http/hello", test_hello);
  g_test_add_func ("/http/health", test_health);
  g_test_add_func ("/http/routes", test_routes);
  g_test_add_func ("/http/credentials", test_credentials);
  g_test_add_func ("/http/session", test_session);
  g_test_add_func ("/http/sign-in/bad", test_sign_in_bad);
  g_test_add_func ("/http/broken-json", test_broken_json);
  g_test_add_func ("/http/wrong-types", test_wrong_types);
  g_test_add_func ("/http/too-large", test_too_large);
  g_test_add_func ("/http/log", test_log);

  status = g_test_run ();
  g_free (admin_token);
  kam_test_server_free (server);
  kam_test_mariadb_free (mariadb);

  return status;
}
