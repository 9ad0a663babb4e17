/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "test-company.h"

/* Where a device and its server no longer know the same: copies, backups, damage, and another server in the place of ours. */

static KamTestMariadb *mariadb;

static void
set_up (TestCompany   *self,
        gconstpointer  data)
{
  test_company_set_up_plain (self, mariadb);
}

static void
tear_down (TestCompany   *self,
           gconstpointer  data)
{
  test_company_tear_down (self);
}

static void
run (const char *format,
     ...) G_GNUC_PRINTF (1, 2);

static void
run (const char *format,
     ...)
{
  g_autofree char *script = NULL;
  const char *argv[] = { "sh", "-euc", NULL, NULL };
  g_autoptr (GError) error = NULL;
  va_list args;
  int status = 0;

  va_start (args, format);
  script = g_strdup_vprintf (format, args);
  va_end (args);
  argv[2] = script;
  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, NULL));
}

/* As the administrator would: a command of kam-server about a file. */
static void
administer (TestCompany *self,
            TestDevice  *device,
            const char  *command,
            const char  *file)
{
  g_autofree char *config = g_build_filename (device->dir, "server.conf", NULL);
  g_autofree char *text = g_strdup_printf ("[database]\nsocket=%s\nname=%s\nuser=%s\n", self->database->socket, self->database->name,
                                           self->database->user);
  g_autofree char *line = g_strdup_printf (KAM_SERVER_PROGRAM " --config '%s' %s '%s'", config, command, file);
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  g_autoptr (GError) error = NULL;
  int status = 0;

  g_file_set_contents (config, text, -1, &error);
  g_assert_no_error (error);
  g_spawn_command_line_sync (line, &output, &errors, &status, &error);
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, NULL))
    g_error ("%s: %s%s", line, output, errors);
}

/* Changes a cache behind the back of the program, as a failing disk would. */
static void
damage (TestDevice *device,
        const char *sql)
{
  test_device_stop (device);
  test_device_exec (device, sql);
  test_device_start (device);
  test_device_settle (device);
}

static void
check_copy (TestDevice *device)
{
  gint64 until = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  gint64 before = 0;
  gint64 last = 0;

  g_object_get (device->sync, "last-checked", &before, NULL);
  kam_sync_check_copy (device->sync);
  for (last = before; last == before && g_get_monotonic_time () < until; g_object_get (device->sync, "last-checked", &last, NULL))
    test_wait (5);
  g_assert_cmpint (last, >, before);
  test_device_settle (device);
}

static guint
repaired (TestDevice *device)
{
  guint n = 0;

  g_object_get (device->sync, "repaired", &n, NULL);

  return n;
}

static void
test_corrupted (TestCompany   *self,
                gconstpointer  data)
{
  g_autoptr (TestDevice) a = test_company_device (self, "kam1@kam.test");
  g_autofree char *lead = NULL;
  g_autofree char *waiting = NULL;

  for (guint i = 0; i < 40; i++)
    {
      g_free (lead);
      lead = test_device_add_lead (a, "Whole");
    }
  test_device_settle (a);
  check_copy (a);
  g_assert_cmpuint (repaired (a), ==, 0);

  damage (a, "UPDATE lead SET name = 'Broken' WHERE rowid = (SELECT min(rowid) FROM lead);"
             "DELETE FROM lead WHERE rowid = (SELECT max(rowid) FROM lead)");
  g_assert_cmpint (test_device_number (a, "SELECT count(*) FROM lead"), ==, 39);
  waiting = test_device_add_lead (a, "Saved while it is compared");
  check_copy (a);

  /* Two rows in at most two ranges: nothing else came again. */
  g_assert_cmpuint (repaired (a), >=, 1);
  g_assert_cmpuint (repaired (a), <=, 3);
  g_assert_cmpint (test_device_number (a, "SELECT count(*) FROM lead WHERE name = 'Whole'"), ==, 40);
  g_assert_true (test_device_has_lead (a, waiting, "Saved while it is compared", 0));
  test_company_check (self, a, "kam1@kam.test");
}

/* An older copy of the profile takes the place of the newer one: what it sends under mids that were used is told apart, and nothing comes twice. */
static void
test_restored_copy (TestCompany   *self,
                    gconstpointer  data)
{
  g_autoptr (TestDevice) a = test_company_device (self, "kam1@kam.test");
  g_autofree char *first = test_device_add_lead (a, "First");
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;

  test_device_settle (a);
  test_device_stop (a);
  run ("cp -a %s %s.old", a->dir, a->dir);
  test_device_start (a);
  second = test_device_add_lead (a, "Made before the copy was brought back");
  test_device_set (a, KAM_ENTITY_LEAD, first, KAM_LEAD_CITY, "Pune");
  test_device_settle (a);

  test_device_stop (a);
  run ("rm -rf %s && mv %s.old %s", a->dir, a->dir, a->dir);
  test_device_start (a);
  third = test_device_add_lead (a, "Made after");
  test_device_set (a, KAM_ENTITY_LEAD, first, KAM_LEAD_ADDRESS, "12 MG Road");
  test_device_settle (a);

  g_assert_cmpint (test_company_number (self, "SELECT count(*) FROM client c JOIN user u ON u.id = c.user_id WHERE u.email = 'kam1@kam.test'"), ==, 2);
  g_assert_true (test_device_shows (a, KAM_ENTITY_LEAD, first, KAM_LEAD_CITY, "Pune", 20));
  g_assert_true (test_device_shows (a, KAM_ENTITY_LEAD, first, KAM_LEAD_ADDRESS, "12 MG Road", 20));
  g_assert_true (test_device_has_lead (a, second, "Made before the copy was brought back", 20));
  g_assert_cmpint (test_company_number (self, "SELECT count(*) FROM `lead`"), ==, 3);
  test_company_check (self, a, "kam1@kam.test");
}

static void
test_cloned (TestCompany   *self,
             gconstpointer  data)
{
  g_autoptr (TestDevice) a = test_company_device (self, "kam1@kam.test");
  g_autoptr (TestDevice) b = test_device_new ();
  g_autofree char *shared = test_device_add_lead (a, "Shared");
  g_autofree char *of_a = NULL;
  g_autofree char *of_b = NULL;

  test_device_settle (a);
  test_device_stop (a);
  test_device_stop (b);
  run ("rm -rf %s && cp -a %s %s", b->dir, a->dir, b->dir);
  test_device_start (a);
  test_device_start (b);
  of_a = test_device_add_lead (a, "Of the one");
  of_b = test_device_add_lead (b, "Of the other");
  test_device_set (a, KAM_ENTITY_LEAD, shared, KAM_LEAD_CITY, "Pune");
  test_device_set (b, KAM_ENTITY_LEAD, shared, KAM_LEAD_ADDRESS, "12 MG Road");
  test_device_settle (a);
  test_device_settle (b);

  g_assert_true (test_device_has_lead (a, of_b, "Of the other", 20));
  g_assert_true (test_device_has_lead (b, of_a, "Of the one", 20));
  g_assert_true (test_device_shows (a, KAM_ENTITY_LEAD, shared, KAM_LEAD_ADDRESS, "12 MG Road", 20));
  g_assert_true (test_device_shows (b, KAM_ENTITY_LEAD, shared, KAM_LEAD_CITY, "Pune", 20));
  g_assert_cmpint (test_company_number (self, "SELECT count(*) FROM `lead`"), ==, 3);
  test_company_check (self, a, "kam1@kam.test");
  test_company_check (self, b, "kam1@kam.test");
}

/* The server is restored from a backup. What it had confirmed since comes again from the device that saved it, and what only it knows goes to all. */
static void
test_server_restored (TestCompany   *self,
                      gconstpointer  data)
{
  g_autoptr (TestDevice) a = test_company_device (self, "kam1@kam.test");
  g_autoptr (TestDevice) manager = test_company_device (self, "manager@kam.test");
  g_autofree char *file = g_build_filename (a->dir, "backup", NULL);
  g_autofree char *first = test_device_add_lead (a, "In the backup");
  g_autofree char *second = NULL;
  g_autofree char *offline = NULL;

  test_device_settle (a);
  administer (self, a, "backup", file);
  second = test_device_add_lead (a, "Confirmed after it");
  test_device_set (a, KAM_ENTITY_LEAD, first, KAM_LEAD_CITY, "Pune");
  test_device_settle (a);
  g_assert_true (test_device_has_lead (manager, second, "Confirmed after it", 20));
  test_device_settle (manager);

  test_company_stop (self);
  offline = test_device_add_lead (a, "Saved while it was away");
  administer (self, a, "restore --replace", file);
  g_assert_cmpint (test_company_number (self, "SELECT count(*) FROM `lead`"), ==, 1);
  test_company_restart (self);

  kam_sync_now (a->sync);
  kam_sync_now (manager->sync);
  test_device_settle (a);
  g_assert_cmpint (test_company_number (self, "SELECT count(*) FROM `lead`"), ==, 3);
  g_assert_cmpint (test_company_number (self, "SELECT count(*) FROM `lead` WHERE city = 'Pune'"), ==, 1);
  g_assert_true (test_device_has_lead (a, second, "Confirmed after it", 20));
  g_assert_true (test_device_has_lead (manager, second, "Confirmed after it", 20));
  g_assert_true (test_device_has_lead (manager, offline, "Saved while it was away", 20));
  test_company_check (self, a, "kam1@kam.test");
  test_company_check (self, manager, "manager@kam.test");
}

/* Another server answers at the address, an empty one: nothing is deleted, nothing is sent, and when ours is back all goes on. */
static void
test_wrong_server (TestCompany   *self,
                   gconstpointer  data)
{
  g_autoptr (TestDevice) a = test_company_device (self, "kam1@kam.test");
  g_autofree char *lead = test_device_add_lead (a, "Stays");
  const KamDbOptions *ours = self->database;
  g_autofree char *waiting = NULL;
  g_autofree char *message = NULL;

  test_device_settle (a);
  test_company_stop (self);
  self->database = kam_test_mariadb_migrated (mariadb);
  test_company_restart_bare (self);
  waiting = test_device_add_lead (a, "Waits");
  kam_sync_now (a->sync);
  g_assert_true (test_device_reaches (a, KAM_SYNC_ATTENTION, 20));
  g_object_get (a->sync, "message", &message, NULL);
  g_assert_nonnull (strstr (message, "Another server"));
  kam_sync_check_copy (a->sync);
  kam_sync_now (a->sync);
  test_wait (500);
  g_assert_true (test_device_has_lead (a, lead, "Stays", 0));
  g_assert_cmpuint (test_device_pending (a), ==, 1);
  g_assert_cmpint (test_company_number (self, "SELECT count(*) FROM `lead`"), ==, 0);

  test_company_stop (self);
  self->database = ours;
  test_company_restart (self);
  kam_sync_now (a->sync);
  test_device_settle (a);
  test_company_check (self, a, "kam1@kam.test");
}

/* Everything the server had is gone, though it is the same: what was confirmed goes up again before anything here is given up. */
static void
test_emptied_server (TestCompany   *self,
                     gconstpointer  data)
{
  g_autoptr (TestDevice) a = test_company_device (self, "kam1@kam.test");
  g_autofree char *file = g_build_filename (a->dir, "backup", NULL);
  g_autofree char *lead = NULL;

  administer (self, a, "backup", file);
  lead = test_device_add_lead (a, "Made after the only backup");
  test_device_settle (a);
  test_company_stop (self);
  administer (self, a, "restore --replace", file);
  test_company_restart (self);
  kam_sync_now (a->sync);
  test_device_settle (a);
  g_assert_true (test_device_has_lead (a, lead, "Made after the only backup", 20));
  g_assert_cmpint (test_company_number (self, "SELECT count(*) FROM `lead`"), ==, 1);
}

#define ADD(path, func) g_test_add (path, TestCompany, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  mariadb = kam_test_mariadb_new ();

  ADD ("/sync/fault-25-server-restored", test_server_restored);
  ADD ("/sync/fault-25-emptied-server", test_emptied_server);
  ADD ("/sync/fault-26-restored-copy", test_restored_copy);
  ADD ("/sync/fault-26-cloned", test_cloned);
  ADD ("/sync/fault-35-corrupted-cache", test_corrupted);
  ADD ("/sync/fault-40-wrong-server", test_wrong_server);

  status = g_test_run ();
  kam_test_mariadb_free (mariadb);

  return status;
}
