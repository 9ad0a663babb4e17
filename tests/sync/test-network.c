/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-server-address.h"
#include "test-device.h"
#include "test-tunnel.h"

#include "kam-test-mariadb.h"
#include "kam-test-server.h"

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
  KamTestServer *server; /* (owned) */
  TestTunnel    *tunnel; /* (owned) */
  TestDevice    *a;      /* (owned): speaks through the tunnel */
  TestDevice    *b;      /* (owned): speaks to the server itself */
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  const KamDbOptions *database = kam_test_mariadb_migrated (mariadb);
  g_autofree char *person = kam_test_add_person (database, "kam1@kam.test", "kam", NULL);
  g_autoptr (GError) error = NULL;

  self->server = kam_test_server_new_plain (database, NULL);
  self->tunnel = test_tunnel_new (kam_test_server_port (self->server));
  self->a = test_device_new ();
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

/* The server commits, and its answer is lost: applied once (fault 3). */
static void
test_answer_lost (Fixture       *self,
                  gconstpointer  data)
{
  g_autofree char *lead = NULL;
  guint cuts = test_tunnel_get_cuts (self->tunnel);

  test_tunnel_lose_answer (self->tunnel, "POST /v1/push");
  lead = test_device_add_lead (self->a, "Once");
  test_device_settle (self->a);
  g_assert_cmpuint (test_tunnel_get_cuts (self->tunnel), ==, cuts + 1);
  g_assert_true (test_device_has_lead (self->b, lead, "Once", 10));
}

/* A page breaks off in the middle: it counts as not received, and comes again (fault 10). */
static void
test_page_cut (Fixture       *self,
               gconstpointer  data)
{
  g_autofree char *last = NULL;

  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *name = g_strdup_printf ("Lead %u", i);

      g_free (last);
      last = test_device_add_lead (self->b, name);
    }
  test_device_settle (self->b);
  test_device_settle (self->a);

  test_tunnel_cut_answer (self->tunnel, "POST /v1/pull", 600);
  for (guint i = 0; i < 50; i++)
    test_device_rename (self->b, last, i % 2 == 0 ? "Even" : "Odd");
  g_assert_true (test_device_has_lead (self->a, last, "Odd", 20));
  test_device_settle (self->a);
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

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

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
  ADD ("/network/answer-lost", test_answer_lost);
  ADD ("/network/page-cut", test_page_cut);
  ADD ("/network/stop-in-request", test_stop_in_request);

  status = g_test_run ();
  kam_test_mariadb_free (mariadb);

  return status;
}
