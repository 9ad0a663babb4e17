/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-test-client.h"
#include "kam-test-mariadb.h"

#include <signal.h>

#define SIGN_IN "{\"email\":\"%s\",\"password\":\"%s\",\"device\":{\"id\":\"" KAM_TEST_DEVICE "\",\"name\":\"Test\"}}"

static KamTestMariadb *mariadb;
static const KamDbOptions *database;

static KamTestReply *
try_to_sign_in (KamTestServer *server,
                const char    *email,
                const char    *password)
{
  g_autofree char *body = g_strdup_printf (SIGN_IN, email, password);

  return kam_test_request (server, "POST", "/v1/session", NULL, body);
}

static void
expect_attempt (KamTestServer *server,
                const char    *email,
                const char    *password,
                guint          status)
{
  g_autoptr (KamTestReply) reply = try_to_sign_in (server, email, password);

  g_assert_cmpuint (reply->status, ==, status);
  if (status == 429)
    {
      kam_test_assert_problem (reply, 429, "rate_limited");
      g_assert_cmpint (atoi (soup_message_headers_get_one (reply->headers, "Retry-After")), >, 0);
    }
}

static void
test_attempts_per_account (void)
{
  g_autoptr (KamTestServer) server = kam_test_server_new (database, "[limits]\nlogin-attempts=3\n");

  /* What succeeds does not count. */
  for (int i = 0; i < 5; i++)
    expect_attempt (server, "kam@kam.test", KAM_TEST_PASSWORD, 201);

  for (int i = 0; i < 3; i++)
    expect_attempt (server, i % 2 == 0 ? "kam@kam.test" : "KAM@kam.test", "wrong", 401);

  /* Not even the right password now; others are free. */
  expect_attempt (server, "Kam@kam.test", "wrong", 429);
  expect_attempt (server, "kam@kam.test", KAM_TEST_PASSWORD, 429);
  expect_attempt (server, "admin@kam.test", KAM_TEST_PASSWORD, 201);
}

static void
test_attempts_per_address (void)
{
  g_autoptr (KamTestServer) server = kam_test_server_new (database, "[limits]\nlogin-attempts-per-address=3\n");

  expect_attempt (server, "a@kam.test", "wrong", 401);
  expect_attempt (server, "b@kam.test", "wrong", 401);
  expect_attempt (server, "c@kam.test", "wrong", 401);
  expect_attempt (server, "admin@kam.test", KAM_TEST_PASSWORD, 429);
}

static void
test_requests (void)
{
  g_autoptr (KamTestServer) server = kam_test_server_new (database, "[limits]\nrequests-per-minute=5\n");
  g_autofree char *token = kam_test_sign_in (server, "admin@kam.test");
  g_autofree char *other = kam_test_sign_in (server, "kam@kam.test");
  guint limited = 0;

  for (int i = 0; i < 8; i++)
    {
      g_autoptr (KamTestReply) reply = kam_test_request (server, "GET", "/v1/session", token, NULL);

      limited += reply->status == 429;
    }

  {
    g_autoptr (KamTestReply) reply = kam_test_request (server, "GET", "/v1/session", other, NULL);
    g_autoptr (KamTestReply) health = kam_test_request (server, "GET", "/healthz", NULL, NULL);

    g_assert_cmpuint (limited, >=, 2);
    g_assert_cmpuint (reply->status, ==, 200);
    g_assert_cmpuint (health->status, ==, 200);
  }
}

static GSocketConnection *
connect_to (KamTestServer *server)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection;

  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_timeout (client, 20);
  connection = g_socket_client_connect_to_host (client, "127.0.0.1", (guint16) kam_test_server_port (server), NULL, &error);
  g_assert_no_error (error);

  return connection;
}

static gboolean
send_text (GSocketConnection *connection,
           const char        *text)
{
  return g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), text, strlen (text), NULL, NULL, NULL);
}

/* Everything until the server closes: that it does is the point. */
static char *
read_to_end (GSocketConnection *connection)
{
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  GString *all = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  char buffer[4096];
  gssize n;

  while ((n = g_input_stream_read (input, buffer, sizeof buffer, NULL, &error)) > 0)
    g_string_append_len (all, buffer, n);

  g_assert_false (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT));

  return g_string_free (all, FALSE);
}

#define SLOW_LIMITS "[limits]\nheader-seconds=1\nbody-seconds=1\nidle-seconds=2\n"

static void
test_silent (void)
{
  g_autoptr (KamTestServer) server = kam_test_server_new_plain (database, SLOW_LIMITS);
  g_autoptr (GSocketConnection) nothing = connect_to (server);
  g_autoptr (GSocketConnection) half_header = connect_to (server);
  g_autoptr (GSocketConnection) half_body = connect_to (server);
  g_autoptr (GSocketConnection) idle = connect_to (server);
  g_autofree char *one = NULL;
  g_autofree char *two = NULL;
  g_autofree char *three = NULL;
  g_autofree char *four = NULL;

  send_text (half_header, "GET /healthz HTT");
  send_text (half_body, "POST /v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{");
  send_text (idle, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  one = read_to_end (nothing);
  two = read_to_end (half_header);
  three = read_to_end (half_body);
  four = read_to_end (idle);
  g_assert_cmpstr (one, ==, "");
  g_assert_cmpstr (two, ==, "");
  g_assert_cmpstr (three, ==, "");
  g_assert_true (g_str_has_prefix (four, "HTTP/1.1 200"));
}

static guint
count_files (KamTestServer *server)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/fd", kam_test_server_pid (server));
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  guint n = 0;

  while (dir != NULL && g_dir_read_name (dir) != NULL)
    n++;

  return n;
}

/* Whoever asks once and goes leaves nothing behind, whether they said that they would go or not. */
static void
test_no_leftovers (void)
{
  g_autoptr (KamTestServer) server = kam_test_server_new_plain (database, "[server]\nworkers=1\n");
  gint64 end = g_get_monotonic_time () + 5 * G_USEC_PER_SEC;
  guint before = 0;

  for (int i = 0; i < 40; i++)
    {
      g_autoptr (GSocketConnection) connection = connect_to (server);
      char buffer[16];

      send_text (connection, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
      g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (connection)), buffer, sizeof buffer, NULL, NULL);
      if (i == 0)
        before = count_files (server);
    }

  while (count_files (server) > before + 2 && g_get_monotonic_time () < end)
    g_usleep (10 * 1000);

  g_assert_cmpuint (count_files (server), <=, before + 2);
}

/* A byte now and then resets an idle timeout, but not the deadline. */
static void
test_drip (void)
{
  g_autoptr (KamTestServer) server = kam_test_server_new_plain (database, SLOW_LIMITS);
  g_autoptr (GSocketConnection) header = connect_to (server);
  g_autoptr (GSocketConnection) body = connect_to (server);
  gint64 from = g_get_monotonic_time ();
  gboolean header_open = send_text (header, "GET /healthz HTTP/1.1\r\nHost: ");
  gboolean body_open = send_text (body, "POST /v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n");

  while ((header_open || body_open) && g_get_monotonic_time () - from < 15 * G_USEC_PER_SEC)
    {
      g_usleep (100 * 1000);
      header_open = header_open && send_text (header, "x");
      body_open = body_open && send_text (body, " ");
    }

  g_assert_false (header_open);
  g_assert_false (body_open);
}

static void
test_garbage (void)
{
  g_autoptr (KamTestServer) server = kam_test_server_new_plain (database, NULL);
  const char *const requests[] = {
    "nonsense\r\n\r\n",
    "GET /healthz HTTP/1.1\r\n\r\n",
    "POST /v1/session HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}",
    "POST /v1/session HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
  };
  g_autoptr (KamTestReply) reply = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (requests); i++)
    {
      g_autoptr (GSocketConnection) connection = connect_to (server);
      g_autofree char *answer = NULL;

      send_text (connection, requests[i]);
      g_socket_shutdown (g_socket_connection_get_socket (connection), FALSE, TRUE, NULL);
      answer = read_to_end (connection);
      g_assert_null (strstr (answer, " 200 "));
    }

  reply = kam_test_request (server, "GET", "/healthz", NULL, NULL);
  g_assert_cmpuint (reply->status, ==, 200);
}

static void
test_chunked_flood (void)
{
  g_autoptr (KamTestServer) server = kam_test_server_new_plain (database, NULL);
  g_autoptr (GSocketConnection) connection = connect_to (server);
  g_autofree char *filler = g_strnfill (1 << 20, ' ');
  g_autofree char *answer = NULL;
  int sent = 0;

  send_text (connection, "POST /v1/session HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  while (sent < 64 && send_text (connection, "100000\r\n") && send_text (connection, filler) && send_text (connection, "\r\n"))
    sent++;

  /* It was cut off long before all of it was in. */
  g_assert_cmpint (sent, <, 64);
  answer = read_to_end (connection);
  g_assert_null (strstr (answer, " 200 "));
}

/* Requests under way are finished; new connections are refused. */
static void
test_stop (void)
{
  g_autoptr (KamTestServer) server = kam_test_server_new_plain (database, NULL);
  g_autoptr (GSocketConnection) under_way = connect_to (server);
  g_autoptr (GSocketConnection) idle = connect_to (server);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  GSocketConnection *late = NULL;
  g_autofree char *answer = NULL;
  guint16 port = (guint16) kam_test_server_port (server);

  send_text (idle, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  send_text (under_way, "POST /v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{");
  g_usleep (300 * 1000);
  kam_test_server_terminate (server);
  g_usleep (300 * 1000);

  late = g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, NULL);
  g_assert_null (late);
  send_text (under_way, "}");
  answer = read_to_end (under_way);
  g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 400"));
  g_assert_nonnull (strstr (answer, "\"bad_request\""));
  g_assert_cmpint (kam_test_server_wait (server), ==, 0);
}

static void
test_stop_patience (void)
{
  g_autoptr (KamTestServer) server = kam_test_server_new_plain (database, "[limits]\nstop-seconds=1\n");
  g_autoptr (GSocketConnection) stuck = connect_to (server);

  send_text (stuck, "POST /v1/session HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{");
  g_usleep (300 * 1000);
  g_assert_cmpint (kam_test_server_stop (server), ==, 0);
}

/* A database that goes away and comes back. */
static void
test_no_database (void)
{
  KamTestMariadb *own = kam_test_mariadb_new ();
  const KamDbOptions *options = kam_test_mariadb_migrated (own);
  g_autoptr (KamTestServer) server = kam_test_server_new (options, NULL);
  g_autoptr (KamTestReply) health = NULL;
  g_autoptr (KamTestReply) hello = NULL;

  kam_test_server_leave_damaged (server);
  kam_test_mariadb_free (own);
  health = kam_test_request (server, "GET", "/healthz", NULL, NULL);
  kam_test_assert_problem (health, 503, "busy");
  g_assert_nonnull (soup_message_headers_get_one (health->headers, "Retry-After"));
  hello = kam_test_request (server, "GET", "/v1/hello", NULL, NULL);
  kam_test_assert_problem (hello, 503, "busy");
}

/* Whom this server is too new for is told so, clearly, whatever they ask; nothing of theirs is touched. */
static void
test_too_old (void)
{
  g_autoptr (KamTestServer) server = kam_test_server_new (database, "[limits]\noldest-schema=2\n");
  g_autofree char *token = kam_test_sign_in (server, "kam@kam.test");
  g_autoptr (KamDb) db = kam_test_mariadb_connect (database);
  g_autofree char *before = kam_test_mariadb_digest (db);
  g_autofree char *after = NULL;
  g_autoptr (KamTestReply) hello = kam_test_request (server, "GET", "/v1/hello", NULL, NULL);
  g_autoptr (KamTestReply) push = kam_test_request (server, "POST", "/v1/push", token,
                                                    "{\"client_id\":\"" KAM_TEST_DEVICE "\",\"schema\":1,\"sent_at\":\"2026-01-01T00:00:00.000000Z\","
                                                    "\"ack\":0,\"mutations\":[]}");
  g_autoptr (KamTestReply) pull = kam_test_request (server, "POST", "/v1/pull", token, "{\"schema\":1}");
  g_autoptr (KamTestReply) verify = kam_test_request (server, "POST", "/v1/verify", token, "{\"schema\":1,\"columns\":{},\"digests\":{}}");
  g_autoptr (KamTestReply) newer = kam_test_request (server, "POST", "/v1/pull", token, "{\"schema\":3}");

  kam_test_assert_problem (push, 426, "too_old");
  kam_test_assert_problem (pull, 426, "too_old");
  kam_test_assert_problem (verify, 426, "too_old");
  kam_test_assert_problem (newer, 426, "too_new");
  g_assert_nonnull (strstr (kam_test_reply_text (push, "detail"), "Update Kam"));
  g_assert_cmpint (kam_test_reply_int (hello, "oldest_schema"), ==, 2);
  after = kam_test_mariadb_digest (db);
  g_assert_cmpstr (before, ==, after);
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *admin = NULL;
  g_autofree char *kam = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  signal (SIGPIPE, SIG_IGN);
  mariadb = kam_test_mariadb_new ();
  database = kam_test_mariadb_migrated (mariadb);
  admin = kam_test_add_person (database, "admin@kam.test", "admin", NULL);
  kam = kam_test_add_person (database, "kam@kam.test", "kam", admin);

  g_test_add_func ("/limits/attempts/account", test_attempts_per_account);
  g_test_add_func ("/limits/attempts/address", test_attempts_per_address);
  g_test_add_func ("/limits/requests", test_requests);
  g_test_add_func ("/limits/fault-29-too-old", test_too_old);
  g_test_add_func ("/limits/silent", test_silent);
  g_test_add_func ("/limits/no-leftovers", test_no_leftovers);
  g_test_add_func ("/limits/drip", test_drip);
  g_test_add_func ("/limits/garbage", test_garbage);
  g_test_add_func ("/limits/chunked-flood", test_chunked_flood);
  g_test_add_func ("/limits/stop", test_stop);
  g_test_add_func ("/limits/stop-patience", test_stop_patience);
  g_test_add_func ("/limits/no-database", test_no_database);

  status = g_test_run ();
  kam_test_mariadb_free (mariadb);

  return status;
}
