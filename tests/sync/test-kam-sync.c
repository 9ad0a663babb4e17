/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-session-repository.h"
#include "kam-test-mariadb.h"
#include "kam-test-server.h"
#include "test-device.h"

#include <glib/gstdio.h>

/* KamSync against the real server and a real MariaDB. */

static KamTestMariadb *mariadb;

typedef struct
{
  const KamDbOptions *database;
  char               *kam1;   /* (owned): id */
  char               *kam2;   /* (owned) */
  KamTestServer      *server; /* (owned) (nullable) */
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->database = kam_test_mariadb_migrated (mariadb);
  self->kam1 = kam_test_add_person (self->database, "kam1@kam.test", "kam", NULL);
  self->kam2 = kam_test_add_person (self->database, "kam2@kam.test", "kam", NULL);
  self->server = GPOINTER_TO_INT (data) ? kam_test_server_new (self->database, NULL) : kam_test_server_new_plain (self->database, NULL);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  g_clear_pointer (&self->server, kam_test_server_free);
  g_free (self->kam1);
  g_free (self->kam2);
}

static void
sign_in (Fixture    *self,
         TestDevice *device,
         const char *email)
{
  const char *uri = kam_test_server_uri (self->server);
  g_autoptr (GError) error = NULL;

  test_device_sign_in (device, uri, g_str_has_prefix (uri, "https:") ? kam_test_server_ca_file (self->server) : NULL, email, KAM_TEST_PASSWORD, &error);
  g_assert_no_error (error);
}

static void
test_two_devices (Fixture       *self,
                  gconstpointer  data)
{
  g_autoptr (TestDevice) a = test_device_new ();
  g_autoptr (TestDevice) b = test_device_new ();
  g_autofree char *lead = NULL;

  g_assert_cmpint (kam_sync_get_status (a->sync), ==, KAM_SYNC_SIGNED_OUT);
  sign_in (self, a, "kam1@kam.test");
  sign_in (self, b, "kam1@kam.test");
  test_device_settle (a);
  test_device_settle (b);
  g_assert_cmpstr (kam_sync_get_user_id (a->sync), ==, self->kam1);
  g_assert_cmpstr (kam_sync_get_server (a->sync), ==, kam_test_server_uri (self->server));

  lead = test_device_add_lead (a, "Spice “Garden” मसाला 🌶");
  g_assert_true (test_device_has_lead (b, lead, "Spice “Garden” मसाला 🌶", 10));
  test_device_rename (b, lead, "Spice Court");
  g_assert_true (test_device_has_lead (a, lead, "Spice Court", 10));
  test_device_settle (a);
  test_device_settle (b);
}

/* A restart finds the session again, without a password. */
static void
test_restart (Fixture       *self,
              gconstpointer  data)
{
  g_autoptr (TestDevice) a = test_device_new ();
  g_autofree char *token = g_build_filename (a->dir, "token", NULL);
  g_autofree char *lead = NULL;
  GStatBuf info;

  sign_in (self, a, "kam1@kam.test");
  test_device_settle (a);
  g_assert_false (kam_sync_has_keyring (a->sync));
  g_assert_cmpint (g_stat (token, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  lead = test_device_add_lead (a, "Before");
  test_device_stop (a);
  test_device_start (a);
  test_device_settle (a);
  g_assert_true (test_device_has_lead (a, lead, "Before", 0));
}

static void
test_server_away (Fixture       *self,
                  gconstpointer  data)
{
  g_autoptr (TestDevice) a = test_device_new ();
  g_autoptr (TestDevice) b = test_device_new ();
  g_autofree char *port = g_strdup_printf ("[server]\nport=%u", kam_test_server_port (self->server));
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  sign_in (self, a, "kam1@kam.test");
  sign_in (self, b, "kam1@kam.test");
  first = test_device_add_lead (a, "First");
  test_device_settle (a);
  test_device_settle (b);

  g_clear_pointer (&self->server, kam_test_server_free);
  g_assert_true (test_device_reaches (a, KAM_SYNC_OFFLINE, 10));
  second = test_device_add_lead (a, "Second");
  test_device_rename (a, first, "First, changed");
  g_assert_cmpuint (test_device_pending (a), ==, 2);

  self->server = kam_test_server_new_plain (self->database, port);
  test_device_settle (a);
  g_assert_true (test_device_has_lead (b, second, "Second", 30));
  g_assert_true (test_device_has_lead (b, first, "First, changed", 30));
}

static void
test_session_ends (Fixture       *self,
                   gconstpointer  data)
{
  g_autoptr (TestDevice) a = test_device_new ();
  g_autoptr (TestDevice) b = test_device_new ();
  g_autoptr (KamDb) db = kam_test_mariadb_connect (self->database);
  g_autoptr (GError) error = NULL;
  g_autofree char *lead = NULL;

  sign_in (self, a, "kam1@kam.test");
  test_device_settle (a);
  kam_session_end_all (db, self->kam1, &error);
  g_assert_no_error (error);

  lead = test_device_add_lead (a, "While signed out");
  g_assert_true (test_device_reaches (a, KAM_SYNC_SIGNED_OUT, 10));
  g_assert_true (test_device_has_lead (a, lead, "While signed out", 0));
  g_assert_cmpuint (test_device_pending (a), ==, 1);

  /* Another person may not take the work over, nor may it be signed out and lost unasked. */
  g_assert_false (test_device_sign_in (a, kam_test_server_uri (self->server), NULL, "kam2@kam.test", KAM_TEST_PASSWORD, &error));
  g_assert_error (error, KAM_SYNC_ERROR, KAM_SYNC_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_false (test_device_sign_out (a, FALSE, &error));
  g_assert_error (error, KAM_SYNC_ERROR, KAM_SYNC_ERROR_PENDING);
  g_clear_error (&error);
  g_assert_true (test_device_has_lead (a, lead, "While signed out", 0));

  sign_in (self, a, "kam1@kam.test");
  test_device_settle (a);
  sign_in (self, b, "kam1@kam.test");
  g_assert_true (test_device_has_lead (b, lead, "While signed out", 10));
}

static void
test_sign_out (Fixture       *self,
               gconstpointer  data)
{
  g_autoptr (TestDevice) a = test_device_new ();
  g_autofree char *token = g_build_filename (a->dir, "token", NULL);
  g_autofree char *lead = NULL;
  g_autoptr (GError) error = NULL;

  sign_in (self, a, "kam1@kam.test");
  lead = test_device_add_lead (a, "Sent before leaving");
  test_device_sign_out (a, FALSE, &error);
  g_assert_no_error (error);
  g_assert_true (test_device_reaches (a, KAM_SYNC_SIGNED_OUT, 5));
  g_assert_false (test_device_has_lead (a, lead, "Sent before leaving", 0));
  g_assert_false (g_file_test (token, G_FILE_TEST_EXISTS));
  g_assert_null (kam_sync_get_user_id (a->sync));

  /* The empty profile takes anybody, and what was sent is there for its owner. */
  sign_in (self, a, "kam2@kam.test");
  test_device_settle (a);
  g_assert_false (test_device_has_lead (a, lead, "Sent before leaving", 0));
  test_device_sign_out (a, FALSE, &error);
  g_assert_no_error (error);
  sign_in (self, a, "kam1@kam.test");
  g_assert_true (test_device_has_lead (a, lead, "Sent before leaving", 10));
}

static void
test_wrong_password (Fixture       *self,
                     gconstpointer  data)
{
  g_autoptr (TestDevice) a = test_device_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (test_device_sign_in (a, kam_test_server_uri (self->server), kam_test_server_ca_file (self->server), "kam1@kam.test", "wrong", &error));
  g_assert_error (error, KAM_SYNC_ERROR, KAM_SYNC_ERROR_CREDENTIALS);
  g_assert_cmpint (kam_sync_get_status (a->sync), ==, KAM_SYNC_SIGNED_OUT);
  g_assert_null (kam_sync_get_user_id (a->sync));
}

static void
test_certificate (Fixture       *self,
                  gconstpointer  data)
{
  g_autoptr (TestDevice) a = test_device_new ();
  g_autoptr (GError) unknown = NULL;
  g_autoptr (GError) unreadable = NULL;

  g_assert_false (test_device_sign_in (a, kam_test_server_uri (self->server), NULL, "kam1@kam.test", KAM_TEST_PASSWORD, &unknown));
  g_assert_error (unknown, KAM_SYNC_ERROR, KAM_SYNC_ERROR_CERTIFICATE);
  g_assert_nonnull (strstr (unknown->message, "certificate file"));

  g_assert_false (test_device_sign_in (a, kam_test_server_uri (self->server), "/nonexistent.pem", "kam1@kam.test", KAM_TEST_PASSWORD, &unreadable));
  g_assert_error (unreadable, KAM_SYNC_ERROR, KAM_SYNC_ERROR_CERTIFICATE);
}

#define ADD(path, tls, func) g_test_add (path, Fixture, GINT_TO_POINTER (tls), set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  mariadb = kam_test_mariadb_new ();

  ADD ("/sync/two-devices", TRUE, test_two_devices);
  ADD ("/sync/restart", TRUE, test_restart);
  ADD ("/sync/fault-11-server-away", FALSE, test_server_away);
  ADD ("/sync/session-ends", FALSE, test_session_ends);
  ADD ("/sync/sign-out", TRUE, test_sign_out);
  ADD ("/sync/wrong-password", TRUE, test_wrong_password);
  ADD ("/sync/certificate", TRUE, test_certificate);

  status = g_test_run ();
  kam_test_mariadb_free (mariadb);

  return status;
}
