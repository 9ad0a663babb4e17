/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "test-company.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>

/* The client's disk fills up: a real file system of few megabytes, in a mount namespace of its own, which goes with this process. */

#define SMALL "size=3m"
#define LARGE "size=64m"

static KamTestMariadb *mariadb;
static char *mount_error; /* (nullable): why there is no such file system */

/* Before any thread is started. */
static void
leave_namespace (void)
{
  if (unshare (CLONE_NEWNS) != 0 || mount ("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
    mount_error = g_strdup (g_strerror (errno));
}

static void
set_size (const char *dir,
          const char *size,
          gulong      flags)
{
  if (mount ("tmpfs", dir, "tmpfs", flags, size) != 0)
    g_error ("%s: %s", dir, g_strerror (errno));
}

/* Saves until there is no room: how many were confirmed. */
static guint
fill (TestDevice *device)
{
  g_autofree char *notes = g_strnfill (4000, 'n');

  for (guint n = 0;; n++)
    {
      g_autofree char *id = kam_id_new (kam_clock_now (device->clock));
      g_autoptr (KamRow) row = kam_row_new (KAM_ENTITY_LEAD, id);
      g_autofree char *name = g_strdup_printf ("Lead %u", n);
      g_autoptr (GError) error = NULL;

      kam_row_set_text (row, KAM_LEAD_NAME, name);
      kam_row_set_text (row, KAM_LEAD_STATUS, "new");
      kam_row_set_text (row, KAM_LEAD_TIME_ZONE, "Asia/Kolkata");
      kam_row_set_text (row, KAM_LEAD_KAM, kam_sync_get_user_id (device->sync));
      kam_row_set_text (row, KAM_LEAD_NOTES, notes);
      if (!test_device_try_save (device, NULL, row, &error))
        {
          g_assert_error (error, KAM_STORE_ERROR, KAM_STORE_ERROR_FULL);
          g_test_message ("full after %u: %s", n, error->message);

          return n;
        }

      g_assert_cmpuint (n, <, 100000);
    }
}

/* What was confirmed before is kept, what did not fit was refused aloud, and once there is room all goes on by itself. */
static void
test_full (void)
{
  TestCompany company = { NULL, };
  g_autofree char *dir = NULL;
  TestDevice *device;
  g_autoptr (GError) error = NULL;
  guint confirmed;

  if (mount_error != NULL)
    {
      g_test_skip (mount_error);
      return;
    }

  dir = g_dir_make_tmp ("kam-device-XXXXXX", &error);
  g_assert_no_error (error);
  set_size (dir, SMALL, 0);
  test_company_set_up (&company, mariadb);
  device = test_device_new_at (dir);
  test_company_sign_in (&company, device, "kam1@kam.test");
  confirmed = fill (device);
  g_assert_cmpuint (confirmed, >, 20);
  g_assert_cmpint (test_device_number (device, "SELECT count(*) FROM lead"), ==, confirmed);

  /* With the sync at work on the full disk for a while, and with a restart. */
  test_wait (2000);
  set_size (dir, LARGE, MS_REMOUNT);
  kam_sync_now (device->sync);
  test_device_settle (device);
  test_company_check (&company, device, "kam1@kam.test");
  g_assert_cmpint (test_company_number (&company, "SELECT count(*) FROM `lead`"), ==, confirmed);
  g_assert_cmpint (test_company_number (&company, "SELECT count(DISTINCT name) FROM `lead`"), ==, confirmed);
  g_free (test_device_add_lead (device, "There is room"));
  test_device_settle (device);

  test_device_free (device);
  test_company_tear_down (&company);
  umount2 (dir, MNT_DETACH);
  g_rmdir (dir);
}

int
main (int    argc,
      char **argv)
{
  int status;

  leave_namespace ();
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL); /* that the disk is full is warned of */
  mariadb = kam_test_mariadb_new ();
  g_test_add_func ("/disk/fault-36-full", test_full);
  status = g_test_run ();
  kam_test_mariadb_free (mariadb);
  g_free (mount_error);

  return status;
}
