/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-test-server-private.h"

#include "kam-repositories.h"
#include "kam-test-mariadb.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sodium.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#define START_TIMEOUT_US (30 * G_USEC_PER_SEC)

static void
run_shell (const char *dir,
           const char *script)
{
  const char *argv[] = { "/bin/sh", "-euc", script, NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  int status = 0;

  if (!g_spawn_sync (dir, (char **) argv, NULL, 0, NULL, NULL, &output, &errors, &status, &error) || !g_spawn_check_wait_status (status, &error))
    g_error ("%s: %s\n%s", script, error->message, errors);
}

static const char make_certificate[] =
  "umask 077\n"
  "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj '/CN=Test authority' -keyout ca.key -out ca.pem "
  "-addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign\n"
  "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=localhost' -keyout server.key -out server.csr\n"
  "printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\\nextendedKeyUsage=serverAuth\\n' > server.ext\n"
  "openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 3650 -extfile server.ext -out server.pem\n";

static char *
write_config (const char         *dir,
              const KamDbOptions *database,
              gboolean            tls,
              const char         *extra)
{
  char *path = g_build_filename (dir, "server.conf", NULL);
  g_autofree char *text = g_strdup_printf ("[server]\nport=0\n%s[database]\nsocket=%s\nname=%s\nuser=%s\n%s%s",
                                           tls ? "certificate=server.pem\nkey=server.key\n" : "", database->socket, database->name, database->user,
                                           extra != NULL ? extra : "", extra != NULL ? "\n" : "");
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);

  return path;
}

/* Plain system calls only: between fork and exec. */
void
kam_test_server_die_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static char *
make_dir (void)
{
  g_autoptr (GError) error = NULL;
  char *dir = g_dir_make_tmp ("kam-test-XXXXXX", &error);

  g_assert_no_error (error);

  return dir;
}

/* The address from “ready ADDRESS”. */
static char *
read_address (KamTestServer *self,
              const char    *out_path)
{
  gint64 end = g_get_monotonic_time () + START_TIMEOUT_US;

  for (;;)
    {
      g_autofree char *text = NULL;
      int status;

      if (g_file_get_contents (out_path, &text, NULL, NULL) && g_str_has_prefix (text, "ready ") && strchr (text, '\n') != NULL)
        return g_strndup (text + 6, strcspn (text + 6, "\n"));

      if (waitpid (self->pid, &status, WNOHANG) != 0 || g_get_monotonic_time () > end)
        {
          g_autofree char *log = kam_test_server_log (self);

          g_error ("kam-server does not start:\n%s", log);
        }

      g_usleep (5000);
    }
}

KamTestServer *
kam_test_server_prepare (gboolean tls)
{
  KamTestServer *self = g_new0 (KamTestServer, 1);

  self->dir = make_dir ();
  self->ca_file = g_build_filename (self->dir, "ca.pem", NULL);

  if (tls)
    run_shell (self->dir, make_certificate);

  return self;
}

/* With the configuration in its folder. */
static void
run (KamTestServer *self)
{
  g_autofree char *config = g_build_filename (self->dir, "server.conf", NULL);
  g_autofree char *out_path = g_build_filename (self->dir, "out", NULL);
  g_autofree char *err_path = g_build_filename (self->dir, "log", NULL);
  const char *argv[] = { KAM_SERVER_PROGRAM, "--config", config, "serve", NULL };
  int out = g_open (out_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  int err = g_open (err_path, O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND, 0600);
  g_autoptr (GError) error = NULL;

  g_spawn_async_with_fds (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, kam_test_server_die_with_parent, NULL, &self->pid, -1, out, err, &error);
  g_assert_no_error (error);
  g_close (out, NULL);
  g_close (err, NULL);
  g_free (self->uri);
  self->uri = read_address (self, out_path);
}

static KamTestServer *
start (const KamDbOptions *database,
       gboolean            tls,
       const char         *extra)
{
  KamTestServer *self = kam_test_server_prepare (tls);

  self->database = database;
  g_free (write_config (self->dir, database, tls, extra));
  run (self);

  return self;
}

KamTestServer *
kam_test_server_new (const KamDbOptions *database,
                     const char         *extra)
{
  return start (database, TRUE, extra);
}

KamTestServer *
kam_test_server_new_plain (const KamDbOptions *database,
                           const char         *extra)
{
  return start (database, FALSE, extra);
}

void
kam_test_server_restart (KamTestServer *self)
{
  g_autofree char *fixed = g_strdup_printf ("sed -i 's/^port=0$/port=%u/' server.conf", kam_test_server_port (self));

  g_assert_cmpint (self->pid, ==, 0);
  run_shell (self->dir, fixed);
  run (self);
}

int
kam_test_server_wait (KamTestServer *self)
{
  int status = 0;

  g_assert_cmpint (self->pid, !=, 0);
  while (waitpid (self->pid, &status, 0) < 0 && errno == EINTR)
    ;
  self->pid = 0;

  return WIFEXITED (status) ? WEXITSTATUS (status) : 128 + WTERMSIG (status);
}

void
kam_test_server_terminate (KamTestServer *self)
{
  kill (self->pid, SIGTERM);
}

void
kam_test_server_kill (KamTestServer *self)
{
  kill (self->pid, SIGKILL);
  kam_test_server_wait (self);
}

int
kam_test_server_stop (KamTestServer *self)
{
  kam_test_server_terminate (self);

  return kam_test_server_wait (self);
}

void
kam_test_server_free (KamTestServer *self)
{
  if (self->pid != 0)
    {
      int status = kam_test_server_stop (self);
      g_autofree char *log = kam_test_server_log (self);

      if (status != 0)
        g_error ("kam-server ended with %d:\n%s", status, log);

      if (self->database != NULL)
        kam_test_mariadb_assert_clean (self->database, g_get_real_time ());
    }

  {
    const char *argv[] = { "rm", "-rf", self->dir, NULL };

    g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  }

  g_free (self->dir);
  g_free (self->uri);
  g_free (self->ca_file);
  g_free (self);
}

void
kam_test_server_leave_damaged (KamTestServer *self)
{
  self->database = NULL;
}

const char *
kam_test_server_uri (KamTestServer *self)
{
  return self->uri;
}

const char *
kam_test_server_ca_file (KamTestServer *self)
{
  return self->ca_file;
}

guint
kam_test_server_port (KamTestServer *self)
{
  g_autoptr (GUri) uri = g_uri_parse (self->uri, G_URI_FLAGS_NONE, NULL);

  return (guint) g_uri_get_port (uri);
}

GPid
kam_test_server_pid (KamTestServer *self)
{
  return self->pid;
}

char *
kam_test_server_log (KamTestServer *self)
{
  g_autofree char *path = g_build_filename (self->dir, "log", NULL);
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);

  return text != NULL ? text : g_strdup ("");
}

int
kam_test_server_command (const KamDbOptions  *database,
                         const char          *input,
                         char               **output,
                         char               **errors,
                         const char          *args,
                         ...)
{
  g_autofree char *dir = make_dir ();
  g_autofree char *config = write_config (dir, database, FALSE, NULL);
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GSubprocess) process = NULL;
  g_autoptr (GError) error = NULL;
  va_list list;

  g_ptr_array_add (argv, (gpointer) KAM_SERVER_PROGRAM);
  g_ptr_array_add (argv, (gpointer) "--config");
  g_ptr_array_add (argv, config);
  va_start (list, args);
  for (const char *arg = args; arg != NULL; arg = va_arg (list, const char *))
    g_ptr_array_add (argv, (gpointer) arg);
  va_end (list);
  g_ptr_array_add (argv, NULL);

  process = g_subprocess_newv ((const char *const *) argv->pdata,
                               G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, input != NULL ? input : "", NULL, output, errors, &error);
  g_assert_no_error (error);

  g_unlink (config);
  g_rmdir (dir);

  return g_subprocess_get_if_exited (process) ? g_subprocess_get_exit_status (process) : 128 + g_subprocess_get_term_sig (process);
}

/* A hash that is checked as quickly as may be: no test here is about how dear a real one is. */
static char *
hash_cheaply (const char *password)
{
  char hash[crypto_pwhash_STRBYTES];
  int result = crypto_pwhash_str (hash, password, strlen (password), crypto_pwhash_OPSLIMIT_MIN, crypto_pwhash_MEMLIMIT_MIN);

  g_assert_cmpint (result, ==, 0);

  return g_strdup (hash);
}

char *
kam_test_add_person (const KamDbOptions *database,
                     const char         *email,
                     const char         *role,
                     const char         *manager_id)
{
  g_autofree char *hash = NULL;
  g_autoptr (KamDb) db = kam_test_mariadb_connect (database);
  g_autoptr (GError) error = NULL;
  g_autofree char *id = kam_id_new (g_get_real_time ());
  g_autoptr (KamRow) row = kam_row_new (KAM_ENTITY_USER, id);

  g_assert_cmpint (sodium_init (), >=, 0);
  hash = hash_cheaply (KAM_TEST_PASSWORD);

  kam_row_set_text (row, KAM_USER_NAME, email);
  kam_row_set_text (row, KAM_USER_EMAIL, email);
  kam_row_set_text (row, KAM_USER_ROLE, role);
  kam_row_set_text (row, KAM_USER_MANAGER, manager_id);
  kam_row_set_text (row, KAM_USER_TIME_ZONE, "Asia/Kolkata");
  kam_row_set_int (row, KAM_USER_WORK_DAYS, 63);
  kam_row_set_int (row, KAM_USER_ACTIVE, 1);

  kam_db_exec (db, "START TRANSACTION", NULL, 0, NULL, &error);
  g_assert_no_error (error);
  kam_people_put (db, row, g_get_real_time (), &error);
  g_assert_no_error (error);
  kam_people_set_password (db, id, hash, &error);
  g_assert_no_error (error);
  kam_db_exec (db, "COMMIT", NULL, 0, NULL, &error);
  g_assert_no_error (error);

  return g_steal_pointer (&id);
}
