/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-test-mariadb.h"

#include <gio/gio.h>
#include <glib/gstdio.h>

/* A database on another machine: its certificate is checked, or nothing is said to it. */

typedef struct
{
  KamTestMariadb *mariadb; /* (owned) */
  char           *dir;     /* (owned) */
  guint           port;
} Fixture;

static const char make_certificates[] =
  "umask 077\n"
  "for name in ca other; do\n"
  "  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj \"/CN=Authority $name\" -keyout $name.key -out $name.pem "
  "-addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign\n"
  "done\n"
  "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=localhost' -keyout server.key -out server.csr\n"
  "printf 'subjectAltName=DNS:localhost\\nextendedKeyUsage=serverAuth\\n' > server.ext\n"
  "openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 3650 -extfile server.ext -out server.pem\n";

static void
run_shell (const char *dir,
           const char *script)
{
  const char *argv[] = { "/bin/sh", "-euc", script, NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *errors = NULL;
  int status = 0;

  if (!g_spawn_sync (dir, (char **) argv, NULL, 0, NULL, NULL, NULL, &errors, &status, &error) || !g_spawn_check_wait_status (status, &error))
    g_error ("%s: %s\n%s", script, error->message, errors);
}

static guint
find_port (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GError) error = NULL;
  guint port = g_socket_listener_add_any_inet_port (listener, NULL, &error);

  g_assert_no_error (error);
  g_socket_listener_close (listener);

  return port;
}

static void
add_user (KamTestMariadb *mariadb)
{
  g_autoptr (KamDb) db = kam_test_mariadb_connect (kam_test_mariadb_fresh (mariadb));
  g_autoptr (GError) error = NULL;

  kam_db_exec (db, "CREATE USER 'far'@'127.0.0.1' IDENTIFIED BY 'secret' REQUIRE SSL", NULL, 0, NULL, &error);
  g_assert_no_error (error);
  kam_db_exec (db, "CREATE USER 'far'@'::1' IDENTIFIED BY 'secret' REQUIRE SSL", NULL, 0, NULL, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *port = NULL;
  g_autofree char *cert = NULL;
  g_autofree char *key = NULL;
  const char *options[] = { NULL, "--bind-address=127.0.0.1", NULL, NULL, NULL };

  self->dir = g_dir_make_tmp ("kam-test-XXXXXX", &error);
  g_assert_no_error (error);
  run_shell (self->dir, make_certificates);
  self->port = find_port ();
  options[0] = port = g_strdup_printf ("--port=%u", self->port);
  options[2] = cert = g_strdup_printf ("--ssl-cert=%s/server.pem", self->dir);
  options[3] = key = g_strdup_printf ("--ssl-key=%s/server.key", self->dir);
  self->mariadb = kam_test_mariadb_new_with (options);
  add_user (self->mariadb);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  kam_test_mariadb_free (self->mariadb);
  run_shell (self->dir, "rm -f ca.* other.* server.*");
  g_rmdir (self->dir);
  g_free (self->dir);
}

static KamDb *
connect_to (Fixture     *self,
            const char  *host,
            const char  *authority,
            GError     **error)
{
  g_autofree char *ca_file = authority != NULL ? g_strdup_printf ("%s/%s.pem", self->dir, authority) : NULL;
  KamDbOptions options = { .host = (char *) host, .port = self->port, .user = (char *) "far", .password = (char *) "secret", .ca_file = ca_file,
                           .timeout_s = 10 };

  return kam_db_connect (&options, error);
}

static void
test_trusted (Fixture       *self,
              gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KamDb) db = connect_to (self, "localhost", "ca", &error);
  g_autoptr (KamDbRows) rows = NULL;

  g_assert_no_error (error);
  rows = kam_db_query (db, "SHOW STATUS LIKE 'Ssl_cipher'", NULL, 0, &error);
  g_assert_no_error (error);
  g_assert_true (kam_db_rows_next (rows, &error));
  g_test_message ("%s", kam_db_rows_text (rows, 1));
  g_assert_cmpstr (kam_db_rows_text (rows, 1), !=, "");
}

static void
assert_refused (Fixture    *self,
                const char *host,
                const char *authority)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KamDb) db = connect_to (self, host, authority, &error);

  g_assert_null (db);
  g_assert_error (error, KAM_DB_ERROR, KAM_DB_ERROR_CONNECT);
  g_test_message ("%s", error->message);
}

static void
test_other_authority (Fixture       *self,
                      gconstpointer  data)
{
  assert_refused (self, "localhost", "other");
}

/* The certificate is good, but for another name. */
static void
test_other_name (Fixture       *self,
                 gconstpointer  data)
{
  assert_refused (self, "127.0.0.1", "ca");
}

/* Nothing goes to another machine in the clear; here the server itself insists. */
static void
test_no_authority (Fixture       *self,
                   gconstpointer  data)
{
  assert_refused (self, "db.example.com", NULL);
  assert_refused (self, "127.0.0.1", NULL);
  assert_refused (self, "localhost", "missing");
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/db/tls/trusted", test_trusted);
  ADD ("/db/tls/other-authority", test_other_authority);
  ADD ("/db/tls/other-name", test_other_name);
  ADD ("/db/tls/no-authority", test_no_authority);

  return g_test_run ();
}
