/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-auth.h"
#include "kam-repositories.h"
#include "kam-test-client.h"
#include "kam-test-mariadb.h"

#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#define CROWD 100
#define CROWD_LONG 5000
#define POKES 1000
#define BUSY 64
#define BUSY_US (3 * G_USEC_PER_SEC)
#define PATIENCE_US (240 * G_USEC_PER_SEC)

static KamTestMariadb *mariadb;
static const KamDbOptions *database;
static char *kam_id;

typedef struct
{
  guint8 hash[KAM_TOKEN_HASH_BYTES];
} SignIn;

static gboolean
create_session (KamDb         *db,
                gpointer       data,
                GCancellable  *cancellable,
                GError       **error)
{
  SignIn *self = data;
  g_autofree char *device = kam_id_new (g_get_real_time ());

  return kam_session_create (db, self->hash, kam_id, device, "One of many", g_get_real_time (), g_get_real_time () + G_TIME_SPAN_DAY, error);
}

/* Sessions by the thousand, without their passwords. */
static GPtrArray *
make_tokens (guint n)
{
  g_autoptr (KamDb) db = kam_test_mariadb_connect (database);
  GPtrArray *tokens = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < n; i++)
    {
      SignIn self;
      g_autoptr (GError) error = NULL;

      g_ptr_array_add (tokens, kam_auth_new_token (self.hash));
      kam_db_transact (db, KAM_DB_READ_WRITE, create_session, &self, NULL, &error);
      g_assert_no_error (error);
    }

  return tokens;
}

/* Clients of one session object, each with a connection of its own. */
typedef struct
{
  SoupSession *session;  /* (owned) */
  char        *uri;      /* (owned) */
  gint64       until;    /* monotonic µs: clients that go on and on do so until then; 0: each until it was served once */
  guint        waiting;  /* clients that are not done */
  guint        served;
  guint        shed;
  guint        least_wait;
  guint        most_wait;
} Crowd;

typedef struct
{
  Crowd      *crowd;
  const char *token;
  guint       served;
  guint       refused;
} Client;

static void ask (Client *client);

static gboolean
ask_cb (gpointer user_data)
{
  ask (user_data);

  return G_SOURCE_REMOVE;
}

static void
come_back (Client      *client,
           SoupMessage *message)
{
  const char *wait = soup_message_headers_get_one (soup_message_get_response_headers (message), "Retry-After");
  Crowd *crowd = client->crowd;
  guint seconds;

  g_assert_nonnull (wait);
  seconds = (guint) atoi (wait);
  g_assert_cmpuint (seconds, >=, 1);
  g_assert_cmpuint (seconds, <=, 60);
  crowd->shed++;
  crowd->least_wait = MIN (crowd->least_wait, seconds);
  crowd->most_wait = MAX (crowd->most_wait, seconds);
  client->refused++;
  g_timeout_add (crowd->until != 0 ? 1 : seconds * 1000, ask_cb, client);
}

static void
asked_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  Client *client = user_data;
  Crowd *crowd = client->crowd;
  SoupMessage *message = soup_session_get_async_result_message (SOUP_SESSION (source), result);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = soup_session_send_and_read_finish (SOUP_SESSION (source), result, &error);
  guint status = soup_message_get_status (message);

  /* Never a connection that breaks, never a word that makes a client start over: it is served, or told when to come back. */
  g_assert_no_error (error);

  if (status != 200)
    g_assert_true (status == 503 || status == 429);

  if (status == 200)
    {
      client->served++;
      crowd->served++;
    }

  if (crowd->until != 0 ? g_get_monotonic_time () >= crowd->until : status == 200)
    crowd->waiting--;
  else if (status == 200)
    ask (client);
  else
    come_back (client, message);
}

static void
ask (Client *client)
{
  g_autoptr (SoupMessage) message = soup_message_new ("POST", client->crowd->uri);
  g_autofree char *bearer = g_strconcat ("Bearer ", client->token, NULL);
  g_autoptr (GBytes) body = g_bytes_new_static ("{\"schema\":1}", 12);

  soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization", bearer);
  soup_message_headers_replace (soup_message_get_request_headers (message), "Connection", "close");
  soup_message_set_request_body_from_bytes (message, "application/json", body);
  soup_session_send_and_read_async (client->crowd->session, message, G_PRIORITY_DEFAULT, NULL, asked_cb, client);
}

static void
crowd_init (Crowd         *crowd,
            KamTestServer *server,
            guint          most)
{
  *crowd = (Crowd) { .uri = g_strconcat (kam_test_server_uri (server), "/v1/pull", NULL), .least_wait = G_MAXUINT };
  crowd->session = soup_session_new_with_options ("timeout", 240, "proxy-resolver", NULL, "max-conns", most, "max-conns-per-host", most, NULL);

  if (g_str_has_prefix (crowd->uri, "https:"))
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GTlsDatabase) trust = g_tls_file_database_new (kam_test_server_ca_file (server), &error);

      g_assert_no_error (error);
      soup_session_set_tls_database (crowd->session, trust);
    }
}

static void
crowd_run (Crowd *crowd)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_US;

  while (crowd->waiting > 0)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, TRUE);
    }

  g_clear_object (&crowd->session);
  g_clear_pointer (&crowd->uri, g_free);
}

/* Everybody at once, over TLS, to a server that can take few: some are sent away, at different times, and in the end each is served. */
static void
test_crowd (void)
{
  g_autoptr (KamTestServer) server = kam_test_server_new (database, "[server]\nworkers=1\nwaiting=4\n[limits]\nheader-seconds=240\nidle-seconds=240\n");
  guint n = g_getenv ("KAM_LONG") != NULL ? CROWD_LONG : CROWD;
  g_autoptr (GPtrArray) tokens = make_tokens (n);
  g_autofree Client *clients = g_new0 (Client, n);
  gint64 from = g_get_monotonic_time ();
  Crowd crowd;

  crowd_init (&crowd, server, n);
  crowd.waiting = n;

  for (guint i = 0; i < n; i++)
    {
      clients[i] = (Client) { .crowd = &crowd, .token = g_ptr_array_index (tokens, i) };
      ask (&clients[i]);
    }

  crowd_run (&crowd);
  g_test_message ("min perf: %u clients at once, %u answers “busy” with waits of %u to %u s, all served after %.1f s", n, crowd.shed,
                  crowd.shed > 0 ? crowd.least_wait : 0, crowd.most_wait, (double) (g_get_monotonic_time () - from) / G_USEC_PER_SEC);
  g_assert_cmpuint (crowd.served, ==, n);
  g_assert_cmpuint (crowd.shed, >, 0);
  g_assert_cmpuint (crowd.least_wait, <, crowd.most_wait);
}

/* So many connections that never rest, and one client that asks on as many more: each of the others gets its part. */
static void
test_fair (void)
{
  g_autoptr (KamTestServer) server = kam_test_server_new_plain (database, "[server]\nworkers=2\n[limits]\nrequests-per-minute=1000000\nrequests-at-once=16\n");
  g_autoptr (GPtrArray) tokens = make_tokens (BUSY + 1);
  Client clients[2 * BUSY];
  guint least = G_MAXUINT;
  guint most = 0;
  guint greedy = 0;
  Crowd crowd;

  crowd_init (&crowd, server, 2 * BUSY);
  crowd.waiting = 2 * BUSY;
  crowd.until = g_get_monotonic_time () + BUSY_US;

  for (guint i = 0; i < 2 * BUSY; i++)
    {
      clients[i] = (Client) { .crowd = &crowd, .token = g_ptr_array_index (tokens, MIN (i, BUSY)) };
      ask (&clients[i]);
    }

  crowd_run (&crowd);

  for (guint i = 0; i < BUSY; i++)
    {
      least = MIN (least, clients[i].served);
      most = MAX (most, clients[i].served);
      g_assert_cmpuint (clients[i].refused, ==, 0);
      greedy += clients[BUSY + i].served;
    }

  g_test_message ("min perf: %u busy connections were served %u to %u times each, the greedy one %u times with %u", BUSY, least, most, greedy, BUSY);
  g_assert_cmpuint (least, >=, 1);
  g_assert_cmpuint (most, <=, 3 * least + 3);
  g_assert_cmpuint (greedy, <=, 16 * (most + 1) + BUSY);
}

static GSocketConnection *
connect_to (KamTestServer *server)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection;

  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_timeout (client, 120);
  connection = g_socket_client_connect_to_host (client, "127.0.0.1", (guint16) kam_test_server_port (server), NULL, &error);
  g_assert_no_error (error);

  return connection;
}

static void
send_poke (GSocketConnection *connection,
           const char        *token,
           gint64             since)
{
  g_autofree char *text = g_strdup_printf ("GET /v1/poke?since=%" G_GINT64_FORMAT " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n", since, token);
  g_autoptr (GError) error = NULL;

  g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), text, strlen (text), NULL, NULL, &error);
  g_assert_no_error (error);
}

static char *
read_some (GSocketConnection *connection)
{
  g_autoptr (GError) error = NULL;
  char buffer[2048];
  gssize n = g_input_stream_read (g_io_stream_get_input_stream (G_IO_STREAM (connection)), buffer, sizeof buffer, NULL, &error);

  g_assert_no_error (error);

  return g_strndup (buffer, (gsize) MAX (n, 0));
}

/* A thousand wait; they are in nobody's way, and one commit reaches all of them. */
static void
test_pokes (void)
{
  g_autoptr (KamTestServer) server = kam_test_server_new_plain (database, "[server]\nwaiting=2000\n");
  g_autoptr (KamTestClient) client = kam_test_client_new (server, "kam@kam.test");
  g_autoptr (GPtrArray) tokens = make_tokens (POKES / 10);
  g_autoptr (GPtrArray) connections = g_ptr_array_new_with_free_func (g_object_unref);
  g_autofree char *lead = NULL;
  gint64 from;

  kam_test_client_pull (client, 0);

  for (guint i = 0; i < POKES; i++)
    {
      g_ptr_array_add (connections, connect_to (server));
      send_poke (g_ptr_array_index (connections, i), g_ptr_array_index (tokens, i / 10), client->head);
    }

  from = g_get_monotonic_time ();
  lead = kam_test_client_add_lead (client, "For all", kam_id);

  for (guint i = 0; i < POKES; i++)
    {
      g_autofree char *answer = read_some (g_ptr_array_index (connections, i));

      g_assert_true (g_str_has_prefix (answer, "HTTP/1.1 200"));
    }

  g_test_message ("min perf: a commit reached %u who waited after %.0f ms", POKES, (double) (g_get_monotonic_time () - from) / 1000);
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *admin = NULL;
  struct rlimit files;
  int status;

  g_test_init (&argc, &argv, NULL);
  signal (SIGPIPE, SIG_IGN);
  getrlimit (RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit (RLIMIT_NOFILE, &files);
  mariadb = kam_test_mariadb_new ();
  database = kam_test_mariadb_migrated (mariadb);
  admin = kam_test_add_person (database, "admin@kam.test", "admin", NULL);
  kam_id = kam_test_add_person (database, "kam@kam.test", "kam", admin);

  g_test_add_func ("/load/fault-42-all-clients-come-back-at-once", test_crowd);
  g_test_add_func ("/load/fair", test_fair);
  g_test_add_func ("/load/pokes", test_pokes);

  status = g_test_run ();
  g_free (kam_id);
  kam_test_mariadb_free (mariadb);

  return status;
}
