/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-test-mariadb.h"
#include "kam-test-server.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <signal.h>

static KamTestMariadb *mariadb;

static void
test_init (void)
{
  const KamDbOptions *database = kam_test_mariadb_fresh (mariadb);
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;

  /* Nothing works before it, and says so. */
  g_assert_cmpint (kam_test_server_command (database, NULL, NULL, &errors, "user", "list", NULL), ==, 1);
  g_assert_nonnull (strstr (errors, "init"));
  g_clear_pointer (&errors, g_free);
  g_assert_cmpint (kam_test_server_command (database, NULL, NULL, NULL, "serve", NULL), ==, 1);

  g_assert_cmpint (kam_test_server_command (database, "a-long-password\n", NULL, NULL, "init", "--admin-email", "Admin@Kam.Test", "--admin-name", "पहला",
                                            NULL), ==, 0);
  g_assert_cmpint (kam_test_server_command (database, NULL, NULL, NULL, "init", NULL), ==, 0);
  g_assert_cmpint (kam_test_server_command (database, NULL, NULL, NULL, "migrate", NULL), ==, 0);
  g_assert_cmpint (kam_test_server_command (database, NULL, &output, NULL, "user", "list", NULL), ==, 0);
  g_assert_nonnull (strstr (output, "\tadmin\tactive\t-\tपहला\n"));
}

static void
test_usage (void)
{
  const KamDbOptions *database = kam_test_mariadb_migrated (mariadb);
  g_autofree char *output = NULL;

  g_assert_cmpint (kam_test_server_command (database, NULL, &output, NULL, "--version", NULL), ==, 0);
  g_assert_true (g_str_has_prefix (output, "kam-server " PACKAGE_VERSION));
  g_clear_pointer (&output, g_free);
  g_assert_cmpint (kam_test_server_command (database, NULL, &output, NULL, "--help", NULL), ==, 0);
  g_assert_nonnull (strstr (output, "Usage:"));
  g_clear_pointer (&output, g_free);
  g_assert_cmpint (kam_test_server_command (database, NULL, &output, NULL, "user", "add", "--help", NULL), ==, 0);
  g_assert_nonnull (strstr (output, "--email"));

  g_assert_cmpint (kam_test_server_command (database, NULL, NULL, NULL, "dance", NULL), ==, 2);
  g_assert_cmpint (kam_test_server_command (database, NULL, NULL, NULL, "--dance", NULL), ==, 2);
  g_assert_cmpint (kam_test_server_command (database, NULL, NULL, NULL, "user", NULL), ==, 2);
  g_assert_cmpint (kam_test_server_command (database, NULL, NULL, NULL, "user", "add", NULL), ==, 2);
  g_assert_cmpint (kam_test_server_command (database, NULL, NULL, NULL, "user", "list", "more", NULL), ==, 2);
  g_assert_cmpint (kam_test_server_command (database, NULL, NULL, NULL, "serve", "--dance", NULL), ==, 2);
}

static int
add (const KamDbOptions  *database,
     const char          *password,
     const char          *email,
     const char          *role,
     char               **errors)
{
  return kam_test_server_command (database, password, NULL, errors, "user", "add", "--email", email, "--name", "Some One", "--role", role, NULL);
}

static void
test_add (void)
{
  const KamDbOptions *database = kam_test_mariadb_migrated (mariadb);
  const struct
  {
    const char *password;
    const char *email;
    const char *role;
    int         status;
    const char *says;
  } cases[] = {
    { "a-long-password\n", "one@kam.test", "kam", 0, "" },
    { "a-long-password\n", "ONE@kam.test", "kam", 1, "already" },
    { "short\n", "two@kam.test", "kam", 1, "too short" },
    { "", "two@kam.test", "kam", 1, "no password" },
    { "a-long-password\n", "two", "kam", 2, "--email" },
    { "a-long-password\n", "two@kam.test", "king", 2, "--role" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *errors = NULL;

      g_assert_cmpint (add (database, cases[i].password, cases[i].email, cases[i].role, &errors), ==, cases[i].status);
      if (strstr (errors, cases[i].says) == NULL)
        g_error ("case %" G_GSIZE_FORMAT ": %s", i, errors);
    }
}

static void
add_lead (const KamDbOptions *database,
          const char         *owner)
{
  g_autoptr (KamDb) db = kam_test_mariadb_connect (database);
  g_autofree char *id = kam_id_new (1);
  g_autofree char *scope = kam_scope_of_leads (owner);
  g_autoptr (GError) error = NULL;
  KamParam params[] = { KAM_PARAM_ID (id), KAM_PARAM_ID (scope), KAM_PARAM_ID (owner) };

  kam_db_exec (db, "INSERT INTO `lead` (`id`, `rev`, `scope_id`, `name`, `status`, `kam_id`, `time_zone`) "
               "VALUES (?, 1, ?, 'L', 'new', ?, 'Asia/Kolkata')", params,
               3, NULL, &error);
  g_assert_no_error (error);
}

static void
test_deactivate (void)
{
  const KamDbOptions *database = kam_test_mariadb_migrated (mariadb);
  g_autofree char *admin = kam_test_add_person (database, "admin@kam.test", "admin", NULL);
  g_autofree char *kam = kam_test_add_person (database, "kam@kam.test", "kam", admin);
  g_autofree char *errors = NULL;
  g_autoptr (KamTestServer) server = NULL;
  g_autofree char *token = NULL;
  g_autoptr (KamTestReply) reply = NULL;
  g_autoptr (KamDb) db = kam_test_mariadb_connect (database);

  add_lead (database, kam);
  g_assert_cmpint (kam_test_server_command (database, NULL, NULL, &errors, "user", "deactivate", "kam@kam.test", NULL), ==, 1);
  g_assert_nonnull (strstr (errors, "1 leads"));
  g_assert_cmpint (kam_test_server_command (database, NULL, NULL, NULL, "user", "deactivate", "nobody@kam.test", NULL), ==, 1);

  server = kam_test_server_new (database, NULL);
  token = kam_test_sign_in (server, "kam@kam.test");
  kam_db_exec (db, "DELETE FROM `lead`", NULL, 0, NULL, NULL);
  g_assert_cmpint (kam_test_server_command (database, NULL, NULL, NULL, "user", "deactivate", "kam@kam.test", NULL), ==, 0);

  reply = kam_test_request (server, "GET", "/v1/session", token, NULL);
  g_assert_cmpuint (reply->status, ==, 401);
  kam_test_reply_free (reply);
  reply = kam_test_request (server, "POST", "/v1/session", NULL,
                            "{\"email\":\"kam@kam.test\",\"password\":\"" KAM_TEST_PASSWORD "\",\"device\":{\"id\":\"" KAM_TEST_DEVICE "\",\"name\":\"T\"}}");
  kam_test_assert_problem (reply, 401, "unauthorized");
}

static void
test_password (void)
{
  const KamDbOptions *database = kam_test_mariadb_migrated (mariadb);
  g_autofree char *id = kam_test_add_person (database, "admin@kam.test", "admin", NULL);
  g_autoptr (KamTestServer) server = kam_test_server_new (database, NULL);
  g_autofree char *token = kam_test_sign_in (server, "admin@kam.test");
  g_autoptr (KamTestReply) before = NULL;
  g_autoptr (KamTestReply) after = NULL;
  g_autoptr (KamTestReply) again = NULL;

  before = kam_test_request (server, "GET", "/v1/session", token, NULL);
  g_assert_cmpuint (before->status, ==, 200);
  g_assert_cmpint (kam_test_server_command (database, "short", NULL, NULL, "user", "password", "admin@kam.test", NULL), ==, 1);
  g_assert_cmpint (kam_test_server_command (database, "another-password", NULL, NULL, "user", "password", "admin@kam.test", NULL), ==, 0);
  after = kam_test_request (server, "GET", "/v1/session", token, NULL);
  g_assert_cmpuint (after->status, ==, 401);
  again = kam_test_request (server, "POST", "/v1/session", NULL,
                            "{\"email\":\" ADMIN@kam.test\",\"password\":\"another-password\",\"device\":{\"id\":\"" KAM_TEST_DEVICE "\",\"name\":\"T\"}}");
  g_assert_cmpuint (again->status, ==, 201);
}

/* A database that takes connections and says nothing: it asks the server to end instead. */
static gpointer
silent_database (gpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) connection = g_socket_accept (data, NULL, &error);
  g_autoptr (GCredentials) peer = NULL;

  g_assert_no_error (error);
  peer = g_socket_get_credentials (connection, &error);
  g_assert_no_error (error);
  kill (g_credentials_get_unix_pid (peer, NULL), SIGTERM);
  g_usleep (200 * 1000);

  return NULL;
}

static void
test_ended_before_ready (void)
{
  g_autofree char *dir = g_dir_make_tmp ("kam-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "socket", NULL);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, &error);
  KamDbOptions options = { .socket = path, .name = (char *) "kam", .user = (char *) "kam", .timeout_s = 5 };
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  GThread *thread;

  g_assert_no_error (error);
  g_socket_bind (socket, address, FALSE, &error);
  g_assert_no_error (error);
  g_socket_listen (socket, &error);
  g_assert_no_error (error);
  thread = g_thread_new ("database", silent_database, socket);

  g_assert_cmpint (kam_test_server_command (&options, NULL, &output, &errors, "serve", NULL), ==, 0);
  g_assert_cmpstr (output, ==, "");
  g_assert_nonnull (strstr (errors, "stopped"));

  g_thread_join (thread);
  g_unlink (path);
  g_rmdir (dir);
}

int
main (int    argc,
      char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  mariadb = kam_test_mariadb_new ();

  g_test_add_func ("/commands/init", test_init);
  g_test_add_func ("/commands/usage", test_usage);
  g_test_add_func ("/commands/user/add", test_add);
  g_test_add_func ("/commands/user/deactivate", test_deactivate);
  g_test_add_func ("/commands/user/password", test_password);
  g_test_add_func ("/commands/ended-before-ready", test_ended_before_ready);

  status = g_test_run ();
  kam_test_mariadb_free (mariadb);

  return status;
}
