/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "test-company.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* A first sync of very many rows: neither side may grow with their number. The client runs in a process of its own, so that its peak is its own. */

#define PORTION 10000
#define MEGABYTE (1024 * 1024)
#define GROWTH_MOST (40 * (gint64) MEGABYTE)

/* The address sanitizer makes every small piece several times as large, and keeps what was freed: with it only the sync itself is looked at. */
#ifdef __SANITIZE_ADDRESS__
#define IS_MEASURED FALSE
#define ROWS 20000
#else
#define IS_MEASURED TRUE
#define ROWS 100000
#endif

static KamTestMariadb *mariadb;
static const char *self_path;

/* The highest that the memory of a process has been, in bytes. */
static gint64
read_peak (GPid pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", (int) pid);
  g_autofree char *text = NULL;
  const char *line;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  line = strstr (text, "VmHWM:");
  g_assert_nonnull (line);

  return g_ascii_strtoll (line + strlen ("VmHWM:"), NULL, 10) * 1024;
}

/* In the child: syncs until all is there, and says by how much its peak has grown since it began. */
static void
run_child (char **argv)
{
  int fd = atoi (argv[3]);
  gint64 rows = g_ascii_strtoll (argv[4], NULL, 10);
  TestDevice *device;
  gint64 before;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  device = test_device_new_at (argv[2]);
  before = read_peak (getpid ());
  while (test_device_number (device, "SELECT count(*) FROM contact") < rows)
    test_wait (500);

  before = read_peak (getpid ()) - before;
  g_assert_cmpint (write (fd, &before, sizeof before), ==, sizeof before);
  for (;;)
    pause ();
}

/* As many contacts like this one, made by the database itself. */
static void
write_much (TestCompany *company,
            const char  *contact,
            gint64       rows)
{
  const KamEntity *entity = kam_entity_get (KAM_ENTITY_CONTACT);
  g_autoptr (GString) columns = g_string_new ("`rev`, `scope_id`");
  g_autoptr (KamDb) db = kam_test_mariadb_connect (company->database);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < entity->n_fields; i++)
    g_string_append_printf (columns, ", `%s`", entity->fields[i].name);

  for (gint64 done = 1; done < rows; done += PORTION)
    {
      g_autofree char *sql = g_strdup_printf ("INSERT INTO contact (`id`, %s) SELECT UNHEX(MD5(CONCAT('row', s.seq))), %s FROM contact, "
                                              "seq_%" G_GINT64_FORMAT "_to_%" G_GINT64_FORMAT " s WHERE id = ?",
                                              columns->str, columns->str, done, MIN (done + PORTION, rows) - 1);

      kam_db_exec (db, g_intern_string (sql), &KAM_PARAM_ID (contact), 1, NULL, &error);
      g_assert_no_error (error);
    }
}

static gint64
sync_in_child (TestDevice *device,
               gint64      rows)
{
  g_autofree char *count = g_strdup_printf ("%" G_GINT64_FORMAT, rows);
  gint64 grown = 0;
  int fds[2];
  pid_t pid;

  g_assert_cmpint (pipe (fds), ==, 0);
  pid = fork ();

  if (pid == 0)
    {
      g_autofree char *fd = g_strdup_printf ("%d", fds[1]);

      close (fds[0]);
      execl (self_path, self_path, "--pull", device->dir, fd, count, NULL);
      _exit (127);
    }

  close (fds[1]);
  g_assert_cmpint (read (fds[0], &grown, sizeof grown), ==, sizeof grown);
  kill (pid, SIGKILL);
  waitpid (pid, NULL, 0);
  close (fds[0]);

  return grown;
}

static void
test_many_rows (void)
{
  gint64 rows = g_strcmp0 (g_getenv ("KAM_LONG"), "1") == 0 ? 1000000 : ROWS;
  TestCompany company = { NULL, };
  g_autoptr (TestDevice) maker = NULL;
  g_autoptr (TestDevice) device = test_device_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *lead = NULL;
  g_autofree char *contact = NULL;
  gint64 server, client;

  test_company_set_up (&company, mariadb);
  maker = test_company_device (&company, "kam1@kam.test");
  lead = test_device_add_lead (maker, "A large one");
  contact = test_device_add_contact (maker, lead, "Somebody with a name of usual length");
  test_device_settle (maker);
  write_much (&company, contact, rows);

  test_device_sign_in (device, kam_test_server_uri (company.server), kam_test_server_ca_file (company.server), "kam1@kam.test", KAM_TEST_PASSWORD, &error);
  g_assert_no_error (error);
  test_device_stop (device);

  server = read_peak (kam_test_server_pid (company.server));
  client = sync_in_child (device, rows);
  server = read_peak (kam_test_server_pid (company.server)) - server;
  g_test_message ("%" G_GINT64_FORMAT " rows: the client grew by %.1f MB, the server by %.1f MB", rows, (double) client / MEGABYTE,
                  (double) server / MEGABYTE);
  g_assert_true (!IS_MEASURED || client < GROWTH_MOST);
  g_assert_true (!IS_MEASURED || server < GROWTH_MOST);
  test_company_tear_down (&company);
}

int
main (int    argc,
      char **argv)
{
  int status;

  if (argc == 5 && g_str_equal (argv[1], "--pull"))
    {
      run_child (argv);
      return 1;
    }

  self_path = argv[0];
  g_test_init (&argc, &argv, NULL);
  mariadb = kam_test_mariadb_new ();
  g_test_add_func ("/memory/fault-34-many-rows", test_many_rows);
  status = g_test_run ();
  kam_test_mariadb_free (mariadb);

  return status;
}
