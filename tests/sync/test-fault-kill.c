/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "test-company.h"

#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* A whole client, in a process of its own, is killed at any moment while it edits, pushes and pulls. Nothing that it confirmed may be lost, nothing may
 * come twice, and what is on its disk is always a state that the server had, with the edits on top. */

#define KILLS 10
#define ROWS_A_ROUND 2700

static KamTestMariadb *mariadb;
static const char *self_path;

typedef struct
{
  TestCompany company;
  TestDevice *device; /* (owned): of kam1; opened here only while no child has it */
} Fixture;

/* In the child. */

static void
say (int    fd,
     guint  number)
{
  if (write (fd, &number, sizeof number) != sizeof number)
    _exit (1);
}

/* Leads, calls and renames without end; the number of each lead is said once all of its three edits are saved. */
static void
edit_for_ever (TestDevice *device,
               int         fd,
               guint       first)
{
  for (guint n = first;; n++)
    {
      g_autofree char *name = g_strdup_printf ("Lead %u", n);
      g_autofree char *draft = g_strdup_printf ("Draft %u", n);
      g_autofree char *summary = g_strdup_printf ("Call %u", n);
      g_autofree char *lead = test_device_add_lead (device, draft);
      g_autofree char *call = test_device_add_call (device, lead, summary);

      test_device_rename (device, lead, name);
      say (fd, n);
      test_wait (n % 7);
    }
}

static void
notify_cb (GObject    *sync,
           GParamSpec *property,
           gpointer    data)
{
  guint rows = 0;

  g_object_get (sync, "rows", &rows, NULL);
  if (rows > 0 || kam_sync_get_status (KAM_SYNC (sync)) == KAM_SYNC_SYNCED)
    say (GPOINTER_TO_INT (data), rows);
}

/* Says how many rows have come of what is being read, and when all are there. */
static void
pull_for_ever (TestDevice *device,
               int         fd)
{
  g_signal_connect (device->sync, "notify", G_CALLBACK (notify_cb), GINT_TO_POINTER (fd));
  for (;;)
    test_wait (1000);
}

static void
run_child (char **argv)
{
  int fd = atoi (argv[3]);
  guint first = (guint) atoi (argv[4]);
  TestDevice *device;

  prctl (PR_SET_PDEATHSIG, SIGKILL);
  device = test_device_new_at (argv[2]);
  if (g_str_equal (argv[1], "--edit"))
    edit_for_ever (device, fd, first);
  else if (g_str_equal (argv[1], "--pull"))
    pull_for_ever (device, fd);

  g_free (test_device_add_lead (device, argv[5]));
  say (fd, first);
  for (;;)
    pause ();
}

/* In the parent. */

typedef struct
{
  pid_t pid;
  int   fd;
} Child;

static Child
spawn (Fixture    *self,
       const char *what,
       guint       first,
       const char *name)
{
  Child child = { 0, -1 };
  int fds[2];

  g_assert_cmpint (pipe (fds), ==, 0);
  child.pid = fork ();

  if (child.pid == 0)
    {
      g_autofree char *fd = g_strdup_printf ("%d", fds[1]);
      g_autofree char *from = g_strdup_printf ("%u", first);

      close (fds[0]);
      execl (self_path, self_path, what, self->device->dir, fd, from, name, NULL);
      _exit (127);
    }

  close (fds[1]);
  child.fd = fds[0];

  return child;
}

/* The next number that it says. */
static guint
hear (Child *child)
{
  guint number = 0;

  g_assert_cmpint (read (child->fd, &number, sizeof number), ==, sizeof number);

  return number;
}

/* The last number that it had said. */
static guint
end (Child *child,
     guint  last)
{
  guint number;
  int status = 0;

  kill (child->pid, SIGKILL);
  while (read (child->fd, &number, sizeof number) == sizeof number)
    last = number;
  close (child->fd);
  waitpid (child->pid, &status, 0);
  g_assert_true (WIFSIGNALED (status) && WTERMSIG (status) == SIGKILL);

  return last;
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  test_company_set_up (&self->company, mariadb);
  self->device = test_company_device (&self->company, "kam1@kam.test");
  test_device_stop (self->device);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  test_device_free (self->device);
  test_company_tear_down (&self->company);
}

static void
assert_sound (TestDevice *device)
{
  g_assert_cmpint (test_device_number (device, "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'"), ==, 0);
  g_assert_cmpint (test_device_number (device, "SELECT count(*) FROM interaction WHERE lead_id NOT IN (SELECT id FROM lead)"), ==, 0);
  g_assert_cmpint (test_device_number (device, "SELECT count(*) FROM contact WHERE lead_id NOT IN (SELECT id FROM lead)"), ==, 0);
}

/* Between any two writes, while pushes, results and pulls go on beside the edits. */
static void
test_between_writes (Fixture       *self,
                     gconstpointer  data)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (6);
  guint made = 0;

  for (guint round = 0; round < KILLS; round++)
    {
      Child child = spawn (self, "--edit", made + 1, NULL);
      guint confirmed = hear (&child);

      g_usleep ((gulong) g_rand_int_range (random, 0, 400000));
      confirmed = end (&child, confirmed);
      made = (guint) test_device_number (self->device, "SELECT count(*) FROM lead");
      g_test_message ("round %u: %u confirmed, %u there", round, confirmed, made);
      g_assert_cmpuint (made, >=, confirmed);
      g_assert_cmpuint (made, <=, confirmed + 1);
      assert_sound (self->device);
    }

  test_device_start (self->device);
  test_company_check (&self->company, self->device, "kam1@kam.test");

  /* The last of each life may have been caught between its edits; all before it are whole, and each is there once. */
  g_assert_cmpint (test_company_number (&self->company, "SELECT count(*) FROM `lead`"), ==, made);
  g_assert_cmpint (test_company_number (&self->company, "SELECT count(DISTINCT substring_index(name, ' ', -1)) FROM `lead`"), ==, made);
  g_assert_cmpint (test_company_number (&self->company, "SELECT count(*) FROM `lead` WHERE name LIKE 'Lead %'"), >=, made - KILLS);
  g_assert_cmpint (test_company_number (&self->company, "SELECT count(*) FROM interaction"), >=, made - KILLS);
  g_assert_cmpint (test_company_number (&self->company, "SELECT count(*) - count(DISTINCT summary) FROM interaction"), ==, 0);
  g_assert_cmpint (test_company_number (&self->company, "SELECT count(*) FROM conflict"), ==, 0);
}

/* A thousand rows are written at the server while nobody looks. */
static void
write_much (Fixture *self,
            guint    round)
{
  g_autoptr (GPtrArray) mutations = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (JsonArray) results = NULL;

  for (guint i = 0; i < ROWS_A_ROUND / 3; i++)
    {
      g_autofree char *lead = kam_id_new (g_get_real_time ());

      g_ptr_array_add (mutations, g_strdup_printf ("\"entity\":\"lead\",\"id\":\"%s\",\"op\":\"put\",\"base_rev\":0,\"at\":\"2026-01-01T00:00:00.000000Z\","
                                                   "\"set\":{\"name\":[null,\"Row %u-%u\"],\"kam_id\":[null,\"%s\"],\"status\":[null,\"new\"],"
                                                   "\"time_zone\":[null,\"Asia/Kolkata\"]}", lead, round, i, self->company.kam1));
      for (guint n = 0; n < 2; n++)
        {
          g_autofree char *contact = kam_id_new (g_get_real_time ());

          g_ptr_array_add (mutations, g_strdup_printf ("\"entity\":\"contact\",\"id\":\"%s\",\"op\":\"put\",\"base_rev\":0,"
                                                       "\"at\":\"2026-01-01T00:00:00.000000Z\",\"set\":{\"lead_id\":[null,\"%s\"],\"name\":[null,\"Ram\"]}",
                                                       contact, lead));
        }
    }

  results = kam_test_client_push_all (self->company.boss, mutations);
}

/* After so many rows, or when all are there, and a little later. */
static void
end_in_the_middle (Child *child,
                   GRand *random)
{
  guint enough = (guint) g_rand_int_range (random, 1, ROWS_A_ROUND);
  guint rows;

  do
    rows = hear (child);
  while (rows > 0 && rows < enough);

  g_test_message ("after %u rows", rows);
  g_usleep ((gulong) g_rand_int_range (random, 0, 600000));
  end (child, 0);
}

/* While a page is read, staged or published. */
static void
test_in_a_page (Fixture       *self,
                gconstpointer  data)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  guint caught = 0;
  gint64 before = 0, after = 0;

  for (guint round = 0; round < KILLS; round++)
    {
      Child child;

      if (round == 0 || after > before)
        write_much (self, round);

      before = test_device_number (self->device, "SELECT value FROM meta WHERE key = 'head'");
      child = spawn (self, "--pull", 0, NULL);
      end_in_the_middle (&child, random);
      after = test_device_number (self->device, "SELECT value FROM meta WHERE key = 'head'");
      caught += after == before;
      g_test_message ("round %u: head %" G_GINT64_FORMAT " → %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT " rows set aside", round, before, after,
                      test_device_number (self->device, "SELECT count(*) FROM stage"));
      assert_sound (self->device);
    }

  g_test_message ("killed before the publication %u times of %u", caught, KILLS);
  test_device_start (self->device);
  test_company_check (&self->company, self->device, "kam1@kam.test");
  g_assert_cmpint (test_device_number (self->device, "SELECT count(*) FROM contact"), ==, 2 * test_company_number (&self->company,
                                                                                                                   "SELECT count(*) FROM `lead`"));
}

/* It answers that a lead is saved, and that is the last thing it does. */
static void
test_after_save (Fixture       *self,
                 gconstpointer  data)
{
  for (guint round = 0; round < 5; round++)
    {
      g_autofree char *name = g_strdup_printf ("Saved %u", round);
      Child child = spawn (self, "--save", round, name);

      g_assert_cmpuint (hear (&child), ==, round);
      end (&child, round);
    }

  test_device_start (self->device);
  test_company_check (&self->company, self->device, "kam1@kam.test");
  g_assert_cmpint (test_company_number (&self->company, "SELECT count(DISTINCT name) FROM `lead` WHERE name LIKE 'Saved %'"), ==, 5);
  g_assert_cmpint (test_company_number (&self->company, "SELECT count(*) FROM `lead`"), ==, 5);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  int status;

  if (argc >= 5 && g_str_has_prefix (argv[1], "--") && !g_str_has_prefix (argv[1], "--tap"))
    {
      run_child (argv);
      return 1;
    }

  self_path = argv[0];
  g_test_init (&argc, &argv, NULL);
  mariadb = kam_test_mariadb_new ();

  ADD ("/kill/fault-06-between-writes", test_between_writes);
  ADD ("/kill/fault-07-in-a-page", test_in_a_page);
  ADD ("/kill/fault-09-after-save", test_after_save);

  status = g_test_run ();
  kam_test_mariadb_free (mariadb);

  return status;
}
