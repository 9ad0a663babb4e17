/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-test-mariadb.h"

#include "kam-audit.h"
#include "kam-migrate.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#define TEMPLATE "mariadb-template-2"
#define LOG_FILE_SIZE "--innodb-log-file-size=16M"
#define ENOUGH_SHARED_MEMORY (1024 * 1024 * 1024ull)
#define MOST_OPTIONS 32
#define START_TIMEOUT_US (60 * G_USEC_PER_SEC)
#define NOW 1767225600000000 /* 2026-01-01: nothing here depends on the day */

struct _KamTestMariadb
{
  char      *dir;       /* (owned) */
  char      *socket;    /* (owned) */
  GPtrArray *databases; /* (owned) (element-type KamDbOptions) */
  int        pipe;      /* the keeper cleans up when its other end closes */
  pid_t      keeper;
};

static char *
find_program (const char *name)
{
  g_autofree char *sbin = g_build_filename ("/usr/sbin", name, NULL);
  char *path = g_find_program_in_path (name);

  if (path == NULL && g_file_test (sbin, G_FILE_TEST_IS_EXECUTABLE))
    path = g_steal_pointer (&sbin);

  if (path == NULL)
    g_error ("%s is missing: install the package mariadb-server", name);

  return path;
}

static void
run_program (const char *const *argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  int status = 0;

  if (!g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, &errors, &status, &error) ||
      !g_spawn_check_wait_status (status, &error))
    g_error ("%s: %s\n%s\n%s", argv[0], error->message, output, errors);
}

static void
make_template (const char *cache,
               const char *template)
{
  g_autofree char *program = find_program ("mariadb-install-db");
  g_autofree char *making = g_strdup_printf ("%s/making-XXXXXX", cache);
  g_autofree char *datadir = NULL;
  g_autofree char *tmpdir = g_strconcat ("--tmpdir=", cache, NULL); /* another server that starts would clean a shared one */
  const char *argv[] = { program, "--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db", NULL, LOG_FILE_SIZE, tmpdir, NULL, NULL };

  if (g_mkdtemp (making) == NULL)
    g_error ("%s: %s", making, g_strerror (errno));

  datadir = g_strconcat ("--datadir=", making, NULL);
  argv[4] = datadir;
  argv[7] = getuid () == 0 ? "--user=root" : NULL;
  run_program (argv);

  /* In one step, so that nobody copies half of it. */
  if (g_rename (making, template) != 0)
    g_error ("%s: %s", template, g_strerror (errno));
}

static char *
find_template (void)
{
  const char *given = g_getenv ("KAM_TEST_CACHE");
  const char *cache = given != NULL ? given : KAM_TEST_CACHE_DIR;
  g_autofree char *lock_path = g_build_filename (cache, "mariadb.lock", NULL);
  char *template = g_build_filename (cache, TEMPLATE, NULL);
  int lock;

  if (g_mkdir_with_parents (cache, 0755) != 0)
    g_error ("%s: %s", cache, g_strerror (errno));

  lock = open (lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);

  if (lock < 0 || flock (lock, LOCK_EX) != 0)
    g_error ("%s: %s", lock_path, g_strerror (errno));

  if (!g_file_test (template, G_FILE_TEST_IS_DIR))
    make_template (cache, template);

  close (lock);

  return template;
}

static char *
make_dir (void)
{
  struct statvfs memory;
  gboolean in_memory = statvfs ("/dev/shm", &memory) == 0 && (guint64) memory.f_bavail * memory.f_frsize > ENOUGH_SHARED_MEMORY &&
                       access ("/dev/shm", W_OK) == 0;
  char *dir = g_strdup_printf ("%s/kam-test-XXXXXX", in_memory ? "/dev/shm" : g_get_tmp_dir ());

  if (g_mkdtemp (dir) == NULL)
    g_error ("%s: %s", dir, g_strerror (errno));

  return dir;
}

/* From here to the end of keep() only plain system calls: it is the child of a program that may have threads. */
static void
run_server (char *const *argv,
            int          log)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  dup2 (log, STDOUT_FILENO);
  dup2 (log, STDERR_FILENO);
  execv (argv[0], argv);
  _exit (127);
}

static void
wait_for (pid_t pid)
{
  while (waitpid (pid, NULL, 0) < 0 && errno == EINTR)
    ;
}

/* Outlives the test program, however that ends, by just as long as it takes to end the database and remove its folder. */
static void
keep (int          end,
      char *const *server,
      char *const *removal,
      int          log)
{
  char byte;
  pid_t pid;

  setpgid (0, 0);
  signal (SIGINT, SIG_IGN);
  signal (SIGTERM, SIG_IGN);
  signal (SIGHUP, SIG_IGN);
  dup2 (log, STDOUT_FILENO);
  dup2 (log, STDERR_FILENO);

  pid = fork ();

  if (pid == 0)
    run_server (server, log);

  while (read (end, &byte, 1) < 0 && errno == EINTR)
    ;

  kill (pid, SIGKILL);
  wait_for (pid);
  pid = fork ();

  if (pid == 0)
    {
      execvp (removal[0], removal);
      _exit (127);
    }

  wait_for (pid);
  _exit (0);
}

static void
start (KamTestMariadb    *self,
       const char *const *options)
{
  g_autofree char *program = find_program ("mariadbd");
  g_autofree char *datadir = g_strconcat ("--datadir=", self->dir, "/data", NULL);
  g_autofree char *tmpdir = g_strconcat ("--tmpdir=", self->dir, NULL);
  g_autofree char *socket = g_strconcat ("--socket=", self->socket, NULL);
  g_autofree char *pid_file = g_strconcat ("--pid-file=", self->dir, "/pid", NULL);
  g_autofree char *log_path = g_build_filename (self->dir, "log", NULL);
  const char *argv[MOST_OPTIONS] = {
                         program,
                         "--no-defaults",
                         datadir,
                         tmpdir,
                         socket,
                         pid_file,
                         "--skip-name-resolve",
                         "--character-set-server=utf8mb4",
                         "--innodb-flush-log-at-trx-commit=0",
                         "--innodb-buffer-pool-size=64M",
                         LOG_FILE_SIZE,
                         "--innodb-doublewrite=0",
                         "--innodb-flush-method=nosync",
                         "--performance-schema=0",
                         NULL };
  const char *removal[] = { "rm", "-rf", self->dir, NULL };
  int log = open (log_path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  guint n = g_strv_length ((char **) argv);
  int ends[2];

  for (guint i = 0; options[i] != NULL; i++)
    argv[n++] = options[i];
  if (getuid () == 0)
    argv[n++] = "--user=root";
  g_assert_cmpuint (n, <, MOST_OPTIONS);

  if (log < 0 || pipe2 (ends, O_CLOEXEC) != 0)
    g_error ("%s: %s", self->dir, g_strerror (errno));

  self->keeper = fork ();

  if (self->keeper == 0)
    {
      close (ends[1]);
      keep (ends[0], (char *const *) argv, (char *const *) removal, log);
    }

  close (ends[0]);
  close (log);
  self->pipe = ends[1];
}

static void
wait_until_ready (KamTestMariadb *self)
{
  KamDbOptions options = { .socket = self->socket, .user = (char *) "root" };
  gint64 end = g_get_monotonic_time () + START_TIMEOUT_US;

  for (;;)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (KamDb) db = kam_db_connect (&options, &error);

      if (db != NULL)
        return;

      if (g_get_monotonic_time () > end)
        {
          g_autofree char *log_path = g_build_filename (self->dir, "log", NULL);
          g_autofree char *log = NULL;

          g_file_get_contents (log_path, &log, NULL, NULL);
          g_error ("MariaDB does not start: %s\n%s", error->message, log);
        }

      g_usleep (10000);
    }
}

static void
options_free (KamDbOptions *options)
{
  g_free (options->socket);
  g_free (options->name);
  g_free (options->user);
  g_free (options);
}

KamTestMariadb *
kam_test_mariadb_new (void)
{
  static const char *const options[] = { "--skip-networking", NULL };

  return kam_test_mariadb_new_with (options);
}

KamTestMariadb *
kam_test_mariadb_new_with (const char *const *options)
{
  KamTestMariadb *self = g_new0 (KamTestMariadb, 1);
  g_autofree char *template = find_template ();
  g_autofree char *data = NULL;
  const char *copy[] = { "cp", "-a", template, NULL, NULL };

  self->dir = make_dir ();
  self->socket = g_build_filename (self->dir, "sock", NULL);
  self->databases = g_ptr_array_new_with_free_func ((GDestroyNotify) options_free);
  data = g_build_filename (self->dir, "data", NULL);
  copy[3] = data;
  run_program (copy);
  start (self, options);
  wait_until_ready (self);

  return self;
}

void
kam_test_mariadb_free (KamTestMariadb *self)
{
  close (self->pipe);
  wait_for (self->keeper);
  g_ptr_array_unref (self->databases);
  g_free (self->socket);
  g_free (self->dir);
  g_free (self);
}

const KamDbOptions *
kam_test_mariadb_fresh (KamTestMariadb *self)
{
  g_autoptr (GError) error = NULL;
  KamDbOptions *options = g_new0 (KamDbOptions, 1);

  options->socket = g_strdup (self->socket);
  options->user = g_strdup ("root");
  options->name = g_strdup_printf ("kam%u", self->databases->len);
  g_ptr_array_add (self->databases, options);

  if (!kam_db_create_database (options, &error))
    g_error ("%s: %s", options->name, error->message);

  return options;
}

const KamDbOptions *
kam_test_mariadb_migrated (KamTestMariadb *self)
{
  const KamDbOptions *options = kam_test_mariadb_fresh (self);
  g_autoptr (KamDb) db = kam_test_mariadb_connect (options);
  g_autoptr (GError) error = NULL;

  if (!kam_migrate_run (db, NOW, &error))
    g_error ("%s", error->message);

  return options;
}

KamDb *
kam_test_mariadb_connect (const KamDbOptions *options)
{
  g_autoptr (GError) error = NULL;
  KamDb *db = kam_db_connect (options, &error);

  if (db == NULL)
    g_error ("%s", error->message);

  return db;
}

char *
kam_test_mariadb_digest (KamDb *db)
{
  g_autoptr (GString) digest = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (KamDbRows) rows = kam_db_query (db,
                                             "CHECKSUM TABLE `org`, `commit_log`, `commit_scope`, `tombstone`, `grants`, `history`, `user`, `leave`, `lead`, "
                                             "`lead_event`, `contact`, `interaction`, `conflict`", NULL, 0, &error);

  g_assert_no_error (error);
  while (kam_db_rows_next (rows, &error))
    g_string_append_printf (digest, "%s %" G_GINT64_FORMAT "\n", kam_db_rows_text (rows, 0), kam_db_rows_int (rows, 1));
  g_assert_no_error (error);

  return g_string_free (g_steal_pointer (&digest), FALSE);
}

void
kam_test_mariadb_assert_clean (const KamDbOptions *options,
                               gint64              now_us)
{
  g_autoptr (KamDb) db = kam_test_mariadb_connect (options);
  g_autoptr (GError) error = NULL;
  g_autoptr (KamAudit) audit = kam_audit_run (db, now_us, &error);

  g_assert_no_error (error);

  for (guint i = 0; i < audit->invariants->len; i++)
    {
      const KamInvariant *invariant = g_ptr_array_index (audit->invariants, i);

      for (guint j = 0; j < invariant->examples->len; j++)
        g_test_message ("not so: %s: %s", invariant->meaning, (const char *) g_ptr_array_index (invariant->examples, j));
    }

  g_assert_cmpuint (audit->n_findings, ==, 0);
}
