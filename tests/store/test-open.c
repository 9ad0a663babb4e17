/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-test-store.h"

#include <glib/gstdio.h>
#include <sqlite3.h>

static guint
mode_of (TestStore  *test,
         const char *name)
{
  g_autofree char *path = test_store_path (test, name);
  GStatBuf info;

  g_assert_cmpint (g_stat (path, &info), ==, 0);

  return info.st_mode & 0777;
}

static void
test_private (void)
{
  g_autoptr (TestStore) test = test_store_new ();

  g_assert_cmpuint (mode_of (test, ""), ==, 0700);
  g_assert_cmpuint (mode_of (test, "cache.db"), ==, 0600);
  g_assert_cmpuint (mode_of (test, "cache.db-wal"), ==, 0600);
  g_assert_cmpuint (mode_of (test, "cache.db-shm"), ==, 0600);
  g_assert_cmpuint (mode_of (test, "lock"), ==, 0600);
}

static void
test_locked (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  TestStore *second = test_store_new_at (test->dir);
  g_autoptr (GError) error = NULL;

  g_assert_false (test_store_open (second, &error));
  g_assert_error (error, KAM_STORE_ERROR, KAM_STORE_ERROR_BUSY);
  g_clear_error (&error);
  test_store_close (test);

  g_assert_true (test_store_open (second, &error));
  g_assert_no_error (error);
  test_store_free (second);
}

static void
test_settings (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autofree char *unset = test_store_get (test, "view");
  g_autofree char *value = NULL;
  g_autofree char *gone = NULL;

  g_assert_null (unset);
  test_store_set (test, "view", "leads 🍛");
  test_store_reopen (test);
  value = test_store_get (test, "view");
  g_assert_cmpstr (value, ==, "leads 🍛");
  test_store_set (test, "view", NULL);
  gone = test_store_get (test, "view");
  g_assert_null (gone);
}

static void
run_sql (TestStore  *test,
         const char *sql)
{
  g_autofree char *path = test_store_path (test, "cache.db");
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_exec (db, sql, NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

static void
test_newer (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (GError) error = NULL;

  test_store_close (test);
  run_sql (test, "PRAGMA user_version = 99");
  g_assert_false (test_store_open (test, &error));
  g_assert_error (error, KAM_STORE_ERROR, KAM_STORE_ERROR_NEWER);
}

static void
test_foreign (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (GError) error = NULL;

  test_store_close (test);
  run_sql (test, "PRAGMA application_id = 7");
  g_assert_false (test_store_open (test, &error));
  g_assert_error (error, KAM_STORE_ERROR, KAM_STORE_ERROR_OPEN);
}

static void
test_damaged (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autofree char *path = test_store_path (test, "cache.db");
  g_autoptr (GError) error = NULL;

  test_store_close (test);
  g_assert_true (g_file_set_contents (path, "This is no database, but somebody put it here all the same, for some reason.", -1, NULL));
  g_assert_false (test_store_open (test, &error));
  g_assert_error (error, KAM_STORE_ERROR, KAM_STORE_ERROR_CORRUPT);
}

static void
test_unwritable (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  TestStore *other;
  g_autofree char *path = test_store_path (test, "lock/profile");
  g_autoptr (GError) error = NULL;

  other = test_store_new_at (path);
  g_assert_false (test_store_open (other, &error));
  g_assert_error (error, KAM_STORE_ERROR, KAM_STORE_ERROR_OPEN);
  kam_clock_unref (other->clock);
  g_free (other->dir);
  g_free (other);
}

typedef struct
{
  guint    n;
  gboolean failed;
} Answers;

static void
drained_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  Answers *answers = data;

  answers->n++;
  answers->failed = answers->failed || !kam_store_set_setting_finish (KAM_STORE (source), result, NULL);
}

static void
refused_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (GError) error = NULL;
  gboolean *refused = data;

  *refused = !kam_store_set_setting_finish (KAM_STORE (source), result, &error);
  g_assert_error (error, KAM_STORE_ERROR, KAM_STORE_ERROR_CLOSED);
}

static void
closed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  gboolean *closed = data;

  g_assert_true (kam_store_close_finish (KAM_STORE (source), result, NULL));
  *closed = TRUE;
}

/* What was asked before is done; what is asked after is refused. */
static void
test_drains (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamStore) store = g_object_ref (test->store);
  g_autofree char *value = NULL;
  Answers answers = { 0, FALSE };
  gboolean closed = FALSE, refused = FALSE;

  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      kam_store_set_setting_async (store, "count", text, NULL, drained_cb, &answers);
    }

  kam_store_close_async (store, NULL, closed_cb, &closed);
  kam_store_set_setting_async (store, "count", "late", NULL, refused_cb, &refused);

  while (!closed || !refused || answers.n < 100)
    g_main_context_iteration (NULL, TRUE);

  g_assert_false (answers.failed);
  g_signal_handlers_disconnect_by_data (store, test);
  g_clear_object (&test->store);
  g_assert_true (test_store_open (test, NULL));
  value = test_store_get (test, "count");
  g_assert_cmpstr (value, ==, "99");
}

static gboolean
file_holds (TestStore  *test,
            const char *name,
            const char *needle)
{
  g_autofree char *path = test_store_path (test, name);
  g_autofree char *content = NULL;
  gsize length = 0;

  if (!g_file_get_contents (path, &content, &length, NULL))
    return FALSE;

  return memmem (content, length, needle, strlen (needle)) != NULL;
}

static void
test_erase (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamSyncState) before = test_store_state (test);
  g_autoptr (KamRow) made = test_lead (2, "Unmistakable Garden", "Goa");
  g_autoptr (KamSyncState) after = NULL;
  g_autofree char *user = NULL;
  KamListQuery query = { .entity = KAM_ENTITY_LEAD };
  g_autofree char *titles = NULL;
  g_autofree char *backup = NULL;

  test_store_publish (test, 5, test_line_row (test_lead (1, "Unmistakable Palace", "Pune"), 5), NULL);
  test_store_save (test, test_create (made), NULL);
  test_store_erase (test);

  g_assert_false (file_holds (test, "cache.db", "Unmistakable"));
  g_assert_false (file_holds (test, "cache.db-wal", "Unmistakable"));
  user = test_store_get (test, "user_id");
  g_assert_null (user);
  after = test_store_state (test);
  g_assert_null (after->cursor);
  g_assert_cmpuint (after->n_waiting, ==, 0);
  g_assert_cmpstr (after->client_id, !=, before->client_id);
  titles = test_store_titles (test, &query);
  g_assert_cmpstr (titles, ==, "");
  g_assert_true (kam_changes_is_all (test->changes, KAM_ENTITY_LEAD));
  test_store_reopen (test);
  backup = test_store_path (test, "cache.db.bak");
  g_assert_false (g_file_test (backup, G_FILE_TEST_EXISTS));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/open/private", test_private);
  g_test_add_func ("/store/open/fault-41-locked", test_locked);
  g_test_add_func ("/store/open/settings", test_settings);
  g_test_add_func ("/store/open/newer", test_newer);
  g_test_add_func ("/store/open/foreign", test_foreign);
  g_test_add_func ("/store/open/damaged", test_damaged);
  g_test_add_func ("/store/open/unwritable", test_unwritable);
  g_test_add_func ("/store/open/drains", test_drains);
  g_test_add_func ("/store/open/erase", test_erase);

  return g_test_run ();
}
