/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-test-client.h"
#include "kam-test-mariadb.h"
#include "kam-test-server.h"

/* Starts a server, and has a client of another make, in another language, speak with it: that one reports its own points. */

static void
fill (KamTestServer *server,
      const char    *owner)
{
  g_autoptr (KamTestClient) client = kam_test_client_new (server, "kam1@kam.test");

  for (guint i = 0; i < 130; i++)
    {
      g_autofree char *name = g_strdup_printf ("Lead %u", i);
      g_autofree char *lead = kam_test_client_add_lead (client, name, owner);
    }
}

int
main (int    argc,
      char **argv)
{
  const char *command[] = { "python3", "-B", argv[1], NULL, NULL, "kam1@kam.test", KAM_TEST_PASSWORD, NULL };
  KamTestMariadb *mariadb = kam_test_mariadb_new ();
  const KamDbOptions *database = kam_test_mariadb_migrated (mariadb);
  g_autofree char *person = kam_test_add_person (database, "kam1@kam.test", "kam", NULL);
  KamTestServer *server = kam_test_server_new (database, NULL);
  g_autoptr (GSubprocess) client = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (argc, ==, 2);
  fill (server, person);
  command[3] = kam_test_server_uri (server);
  command[4] = kam_test_server_ca_file (server);
  client = g_subprocess_newv (command, G_SUBPROCESS_FLAGS_NONE, &error);
  g_assert_no_error (error);
  g_subprocess_wait (client, NULL, &error);
  g_assert_no_error (error);
  kam_test_server_free (server);
  kam_test_mariadb_free (mariadb);

  return g_subprocess_get_if_exited (client) ? g_subprocess_get_exit_status (client) : 1;
}
