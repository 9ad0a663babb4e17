/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-server-address.h"
#include "test-device.h"
#include "test-tunnel.h"

#include "kam-test-mariadb.h"
#include "kam-test-server.h"

#include <signal.h>

/* What stands between a client and its server: wrong addresses, strangers, connections that break at the worst moment. */

static KamTestMariadb *mariadb;

static void
test_address (void)
{
  static const struct
  {
    const char *typed;
    const char *address; /* NULL: refused */
  } rows[] = {
    { "kam.example.com", "https://kam.example.com" },
    { " kam.example.com:8443 ", "https://kam.example.com:8443" },
    { "https://kam.example.com/", "https://kam.example.com" },
    { "HTTPS://kam.example.com", "https://kam.example.com" },
    { "localhost:8443", "https://localhost:8443" },
    { "http://localhost:8080", "http://localhost:8080" },
    { "http://127.0.0.1:8080", "http://127.0.0.1:8080" },
    { "http://[::1]:8080", "http://[::1]:8080" },
    { "[::1]:8443", "https://[::1]:8443" },
    { "http://kam.example.com", NULL },
    { "http://127.0.0.1.example.com", NULL },
    { "https://me:secret@kam.example.com", NULL },
    { "https://kam.example.com/path", NULL },
    { "https://kam.example.com?x=1", NULL },
    { "ftp://kam.example.com", NULL },
    { "kam example", NULL },
    { "", NULL },
    { "https://", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *address = kam_server_address_parse (rows[i].typed, &error);

      g_test_message ("“%s”", rows[i].typed);
      g_assert_cmpstr (address, ==, rows[i].address);
      if (rows[i].address == NULL)
        g_assert_error (error, KAM_SYNC_ERROR, KAM_SYNC_ERROR_ADDRESS);
    }
}

static void
page_cb (SoupServer        *server,
         SoupServerMessage *message,
         const char        *path,
         GHashTable        *query,
         gpointer           data)
{
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "text/html", SOUP_MEMORY_STATIC, "<html>Welcome</html>", 20);
}

static void
test_not_kam (void)
{
  g_autoptr (TestDevice) device = test_device_new ();
  g_autoptr (SoupServer) server = soup_server_new (NULL, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *address = NULL;
  GSList *uris;

  soup_server_add_handler (server, NULL, page_cb, NULL, NULL);
  soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (server);
  address = g_strdup_printf ("http://127.0.0.1:%d", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);

  g_assert_false (test_device_sign_in (device, address, NULL, "kam1@kam.test", "x", &error));
  g_assert_error (error, KAM_SYNC_ERROR, KAM_SYNC_ERROR_NOT_KAM);
  soup_server_disconnect (server);
}

static void
test_nobody_there (void)
{
  g_autoptr (TestDevice) device = test_device_new ();
  g_autoptr (GError) error = NULL;

  /* Port 1 is nobody's. */
  g_assert_false (test_device_sign_in (device, "http://127.0.0.1:1", NULL, "kam1@kam.test", "x", &error));
  g_assert_error (error, KAM_SYNC_ERROR, KAM_SYNC_ERROR_NETWORK);
}

typedef struct
{
  const KamDbOptions *database;
  KamTestServer *server; /* (owned) */
  TestTunnel    *tunnel; /* (owned) */
  TestDevice    *a;      /* (owned): speaks through the tunnel */
  TestDevice    *b;      /* (owned): speaks to the server itself */
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  g_autofree char *person = NULL;
  g_autoptr (GError) error = NULL;

  self->database = kam_test_mariadb_migrated (mariadb);
  person = kam_test_add_person (self->database, "kam1@kam.test", "kam", NULL);
  self->server = kam_test_server_new_plain (self->database, NULL);
  self->tunnel = test_tunnel_new (kam_test_server_port (self->server));
  self->a = data != NULL ? test_device_new_with_clock (g_get_real_time ()) : test_device_new ();
  self->b = test_device_new ();
  test_device_sign_in (self->a, test_tunnel_get_uri (self->tunnel), NULL, "kam1@kam.test", KAM_TEST_PASSWORD, &error);
  g_assert_no_error (error);
  test_device_sign_in (self->b, kam_test_server_uri (self->server), NULL, "kam1@kam.test", KAM_TEST_PASSWORD, &error);
  g_assert_no_error (error);
  test_device_settle (self->a);
  test_device_settle (self->b);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  test_device_free (self->a);
  test_device_free (self->b);
  test_tunnel_free (self->tunnel);
  kam_test_server_free (self->server);
}

static gint64
number (Fixture    *self,
        const char *sql)
{
  g_autoptr (KamDb) db = kam_test_mariadb_connect (self->database);
  g_autoptr (GError) error = NULL;
  g_autoptr (KamDbRows) rows = kam_db_query (db, sql, NULL, 0, &error);

  g_assert_no_error (error);
  g_assert_true (kam_db_rows_next (rows, &error));

  return kam_db_rows_int (rows, 0);
}

/* The server commits, and its answer is lost: the same comes again, and is not applied again. */
static void
test_answer_lost (Fixture       *self,
                  gconstpointer  data)
{
  g_autofree char *lead = NULL;
  guint cuts = test_tunnel_get_cuts (self->tunnel);
  gint64 head = number (self, "SELECT head FROM org");

  test_tunnel_lose_answer (self->tunnel, "POST /v1/push");
  lead = test_device_add_lead (self->a, "Once");
  test_device_settle (self->a);
  g_assert_cmpuint (test_tunnel_get_cuts (self->tunnel), ==, cuts + 1);
  g_assert_true (test_device_has_lead (self->b, lead, "Once", 10));

  /* One commit, one row, written once, under one number. */
  g_assert_cmpint (number (self, "SELECT head FROM org"), ==, head + 1);
  g_assert_cmpint (number (self, "SELECT COUNT(*) FROM `lead`"), ==, 1);
  g_assert_cmpint (number (self, "SELECT rev FROM `lead`"), ==, head + 1);
  g_assert_cmpint (number (self, "SELECT COUNT(*) FROM history WHERE entity = 'lead' AND field = ''"), ==, 1);
  g_assert_cmpint (number (self, "SELECT MAX(last_mid) FROM client"), ==, 1);
}

/* A page breaks off in the middle: it counts as not received, and comes again. */
static void
test_page_cut (Fixture       *self,
               gconstpointer  data)
{
  g_autofree char *last = NULL;
  guint cuts;

  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *name = g_strdup_printf ("Lead %u", i);

      g_free (last);
      last = test_device_add_lead (self->b, name);
    }
  test_device_settle (self->b);
  test_device_settle (self->a);

  cuts = test_tunnel_get_cuts (self->tunnel);
  test_tunnel_cut_answer (self->tunnel, "POST /v1/pull", 400);
  for (guint i = 0; i < 50; i++)
    test_device_rename (self->b, last, i % 2 == 0 ? "Even" : "Odd");
  g_assert_true (test_device_has_lead (self->a, last, "Odd", 20));
  test_device_settle (self->a);
  g_assert_cmpuint (test_tunnel_get_cuts (self->tunnel), ==, cuts + 1);
}

/* The device believes it is another year, and its clock jumps while a request is held open. Nothing is decided by it. */
static void
test_clock_jumps (Fixture       *self,
                  gconstpointer  data)
{
  static const gint64 years[] = { 12, -15, 0 };
  g_autofree char *lead = NULL;
  gint64 skew = 0;

  for (guint i = 0; i < G_N_ELEMENTS (years); i++)
    {
      g_autofree char *name = g_strdup_printf ("Year %d", (int) years[i]);
      g_autofree char *other = g_strdup_printf ("Seen in year %d", (int) years[i]);
      g_autofree char *seen = NULL;

      /* A poke is under way; then news comes through it, and an edit goes out. */
      kam_clock_set (self->a->clock, g_get_real_time () + years[i] * 365 * G_TIME_SPAN_DAY);
      seen = test_device_add_lead (self->b, other);
      g_assert_true (test_device_has_lead (self->a, seen, other, 20));
      if (lead == NULL)
        lead = test_device_add_lead (self->a, name);
      else
        test_device_rename (self->a, lead, name);
      test_device_settle (self->a);
      g_assert_true (test_device_has_lead (self->b, lead, name, 20));
    }

  kam_clock_set (self->a->clock, g_get_real_time () + 3650 * G_TIME_SPAN_DAY);
  test_device_stop (self->a);
  test_device_start (self->a);
  test_device_settle (self->a);
  g_object_get (self->a->sync, "clock-skew", &skew, NULL);
  g_assert_cmpint (skew, >, 3600 * G_TIME_SPAN_DAY);
}

/* The server stands still in the middle of a request, as a device does that sleeps: what was under way is brought to its end. */
static void
test_server_sleeps (Fixture       *self,
                    gconstpointer  data)
{
  g_autofree char *lead = NULL;

  kill (kam_test_server_pid (self->server), SIGSTOP);
  lead = test_device_add_lead (self->a, "Sent while it slept");
  test_wait (2500);
  g_assert_cmpuint (test_device_pending (self->a), ==, 1);
  kill (kam_test_server_pid (self->server), SIGCONT);
  test_device_settle (self->a);
  g_assert_cmpint (number (self, "SELECT COUNT(*) FROM `lead`"), ==, 1);
}

static void
test_stop_in_request (Fixture       *self,
                      gconstpointer  data)
{
  gint64 begun;

  /* A poke is held open; stopping does not wait for it. */
  begun = g_get_monotonic_time ();
  test_device_stop (self->a);
  g_assert_cmpint (g_get_monotonic_time () - begun, <, 3 * G_USEC_PER_SEC);
}

static char *
listen_with (const char  *dir,
             const char  *name,
             SoupServer  *server)
{
  g_autofree char *certificate_file = g_strdup_printf ("%s/%s.pem", dir, name);
  g_autofree char *key_file = g_strdup_printf ("%s/%s.key", dir, name);
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_files (certificate_file, key_file, &error);
  GSList *uris;
  char *address;

  g_assert_no_error (error);
  soup_server_set_tls_certificate (server, certificate);
  soup_server_add_handler (server, NULL, page_cb, NULL, NULL);
  soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_HTTPS | SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  g_assert_no_error (error);
  uris = soup_server_get_uris (server);
  address = g_strdup_printf ("https://127.0.0.1:%d", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);

  return address;
}

/* A certificate of the right authority that has expired, or that is another host's: no password goes there, and the reason is said. */
static void
test_certificates (void)
{
  static const struct
  {
    const char *name;
    const char *alternative;
    const char *days;
    const char *message;
  } rows[] = {
    { "expired", "IP:127.0.0.1", "0", "expired" },
    { "other", "DNS:kam.example.com", "30", "another server" },
  };
  static const char script[] =
    "cd \"$1\"; umask 077\n"
    "[ -f ca.pem ] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj '/CN=Test authority' -keyout ca.key -out ca.pem "
    "-addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign\n"
    "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=host' -keyout $2.key -out $2.csr\n"
    "printf 'subjectAltName=%s\\nextendedKeyUsage=serverAuth\\n' $3 > $2.ext\n"
    "openssl x509 -req -in $2.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days $4 -extfile $2.ext -out $2.pem\n";
  g_autoptr (TestDevice) device = test_device_new ();
  g_autofree char *ca_file = g_build_filename (device->dir, "ca.pem", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *argv[] = { "sh", "-euc", script, "sh", device->dir, rows[i].name, rows[i].alternative, rows[i].days, NULL };
      g_autoptr (SoupServer) server = soup_server_new (NULL, NULL);
      g_autofree char *address = NULL;
      g_autofree char *noise = NULL;
      g_autoptr (GError) error = NULL;
      int status = 0;

      g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, &noise, &status, &error);
      g_assert_no_error (error);
      if (!g_spawn_check_wait_status (status, NULL))
        g_error ("%s", noise);
      test_wait (1100); /* no days are over within a second */
      address = listen_with (device->dir, rows[i].name, server);
      g_assert_false (test_device_sign_in (device, address, ca_file, "kam1@kam.test", "x", &error));
      g_assert_error (error, KAM_SYNC_ERROR, KAM_SYNC_ERROR_CERTIFICATE);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, rows[i].message));
      soup_server_disconnect (server);
    }
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
/* With a clock on the first device that the test turns. */
#define ADD_CLOCK(path, func) g_test_add (path, Fixture, "clock", set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  mariadb = kam_test_mariadb_new ();

  g_test_add_func ("/network/address", test_address);
  g_test_add_func ("/network/not-kam", test_not_kam);
  g_test_add_func ("/network/nobody-there", test_nobody_there);
  g_test_add_func ("/network/certificates", test_certificates);
  ADD ("/network/fault-03-answer-lost", test_answer_lost);
  ADD ("/network/fault-10-page-cut", test_page_cut);
  ADD_CLOCK ("/network/fault-27-fault-39-clock-jumps", test_clock_jumps);
  ADD ("/network/fault-39-server-sleeps", test_server_sleeps);
  ADD ("/network/stop-in-request", test_stop_in_request);

  status = g_test_run ();
  kam_test_mariadb_free (mariadb);

  return status;
}
