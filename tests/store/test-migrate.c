/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-test-store.h"
#include "kam-test-vfs.h"

#include <glib/gstdio.h>
#include <sqlite3.h>

static void
prepare (TestStore *test)
{
  g_autoptr (KamRow) lead = test_lead (1, "स्वाद Spice", "Pune");
  g_autoptr (KamRow) made = test_lead (3, "Made here", "Goa");

  test_store_publish (test, 5, test_line_row (test_user (TEST_USER, "Asha"), 4), test_line_row (kam_row_ref (lead), 5),
                      test_line_row (test_contact (2, 1, "Ramesh"), 5), NULL);
  test_store_save (test, test_create (made), test_change (lead, KAM_LEAD_NAME, "Spice renamed"), NULL);
}

/* How the fixture of a version is made: run with --make FILE once, before the next version. */
static int
make_fixture (const char *path)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autofree char *from = test_store_path (test, "cache.db");
  g_autofree char *content = NULL;
  gsize length;

  prepare (test);

  while (!test_store_is_indexed (test))
    g_usleep (10000);

  test_store_close (test);
  g_assert_true (g_file_get_contents (from, &content, &length, NULL));
  g_assert_true (g_file_set_contents (path, content, (gssize) length, NULL));

  return 0;
}

static void
append_rows (GString    *text,
             sqlite3    *db,
             const char *sql)
{
  sqlite3_stmt *stmt;

  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &stmt, NULL), ==, SQLITE_OK);

  while (sqlite3_step (stmt) == SQLITE_ROW)
    {
      for (int i = 0; i < sqlite3_column_count (stmt); i++)
        {
          const guint8 *blob = sqlite3_column_type (stmt, i) == SQLITE_BLOB ? sqlite3_column_blob (stmt, i) : NULL;

          g_string_append_printf (text, "%s=", sqlite3_column_name (stmt, i));

          for (int n = 0; blob != NULL && n < sqlite3_column_bytes (stmt, i); n++)
            g_string_append_printf (text, "%02x", blob[n]);

          if (blob == NULL && sqlite3_column_type (stmt, i) != SQLITE_NULL)
            g_string_append (text, (const char *) sqlite3_column_text (stmt, i));

          g_string_append_c (text, ' ');
        }

      g_string_append_c (text, '\n');
    }

  sqlite3_finalize (stmt);
}

static char *
read_file (const char        *path,
           const char *const *statements)
{
  g_autoptr (GString) text = g_string_new (NULL);
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_busy_timeout (db, 10000);

  for (guint i = 0; statements[i] != NULL; i++)
    append_rows (text, db, statements[i]);

  sqlite3_close (db);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static const char *const schema[] = { "SELECT name, sql FROM sqlite_schema ORDER BY name", "PRAGMA user_version", "PRAGMA application_id", NULL };
static const char *const content[] = {
  "SELECT * FROM user ORDER BY id",     "SELECT * FROM lead ORDER BY id",     "SELECT * FROM contact ORDER BY id", "SELECT * FROM shadow ORDER BY entity, id",
  "SELECT * FROM outbox ORDER BY seq",  "SELECT * FROM listed_count",         "SELECT * FROM stage",               "SELECT * FROM setting ORDER BY key",
  "SELECT * FROM meta WHERE key NOT IN ('client_id', 'stage_cursor', 'backlog_key') ORDER BY key", NULL,
};

static void
assert_same (TestStore         *a,
             TestStore         *b,
             const char *const *statements)
{
  g_autofree char *path_a = test_store_path (a, "cache.db");
  g_autofree char *path_b = test_store_path (b, "cache.db");
  g_autofree char *text_a = read_file (path_a, statements);
  g_autofree char *text_b = read_file (path_b, statements);

  g_assert_cmpstr (text_a, ==, text_b);
}

static void
copy_fixture (TestStore  *test,
              const char *name)
{
  g_autofree char *from = g_test_build_filename (G_TEST_DIST, "..", "fixtures", name, NULL);
  g_autofree char *to = test_store_path (test, "cache.db");
  g_autofree char *bytes = NULL;
  gsize length;

  if (test->store != NULL)
    test_store_close (test);

  g_assert_true (g_file_get_contents (from, &bytes, &length, NULL));
  g_assert_true (g_file_set_contents (to, bytes, (gssize) length, NULL));
}

static void
assert_nothing_lost (TestStore *test)
{
  g_autofree char *titles = NULL;
  g_autoptr (KamSyncState) state = test_store_state (test);
  KamListQuery query = { .entity = KAM_ENTITY_LEAD };

  titles = test_store_titles (test, &query);
  g_assert_cmpstr (titles, ==, "Made here|Spice renamed");
  g_assert_cmpint (state->head, ==, 5);
  g_assert_cmpuint (state->n_waiting, ==, 2);
}

/* A file of each version comes out as a new one to which the same was done. */
static void
test_fixture (gconstpointer name)
{
  g_autoptr (TestStore) fresh = test_store_new ();
  g_autoptr (TestStore) test = test_store_new ();

  prepare (fresh);

  while (!test_store_is_indexed (fresh))
    g_usleep (10000);

  copy_fixture (test, name);
  g_assert_true (test_store_open (test, NULL));
  assert_nothing_lost (test);
  assert_same (test, fresh, schema);
  assert_same (test, fresh, content);
}

static gboolean
has_backup (TestStore *test)
{
  g_autofree char *path = test_store_path (test, "cache.db.bak");

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

/* It is the file as it was; it goes once the migrated one has been of use. */
static void
test_backup (void)
{
  static const char *const version[] = { "PRAGMA user_version", "PRAGMA integrity_check", "SELECT count (*) FROM outbox", NULL };
  g_autoptr (TestStore) test = test_store_new ();
  g_autofree char *path = test_store_path (test, "cache.db.bak");
  g_autofree char *text = NULL;
  GStatBuf info;

  g_assert_false (has_backup (test));
  copy_fixture (test, "store-1.db");
  g_assert_true (test_store_open (test, NULL));
  g_assert_true (has_backup (test));
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
  text = read_file (path, version);
  g_assert_cmpstr (text, ==, "user_version=1 \nintegrity_check=ok \ncount (*)=2 \n");
  test_store_publish (test, 6, NULL);
  g_assert_false (has_backup (test));

  copy_fixture (test, "store-1.db");
  g_assert_true (test_store_open (test, NULL));
  g_assert_true (has_backup (test));
  test_store_reopen (test);
  g_assert_false (has_backup (test));
}

/* The disk breaks at each write of a migration: the file is of one version or of the other, and what waits waits. */
static void
test_upgrade_broken (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  gboolean through = FALSE;
  guint old = 0, new = 0;

  for (int k = 1; !through; k++)
    {
      g_autofree char *version = NULL;
      g_autofree char *n_columns = NULL;

      copy_fixture (test, "store-1.db");
      test_vfs_break_at (k, k % 2 ? SQLITE_FULL : SQLITE_IOERR_WRITE);

      if (test_store_open (test, NULL))
        test_store_close (test);

      through = test_vfs_writes () < k;
      test_vfs_heal ();
      version = test_store_ask (test, "PRAGMA user_version");
      n_columns = test_store_ask (test, "SELECT (SELECT count (*) FROM pragma_table_info ('user') WHERE name = 'extra') + (SELECT count (*) FROM sqlite_schema "
                                        "WHERE name = 'lead_news')");
      g_assert_cmpstr (n_columns, ==, g_str_equal (version, "1") ? "0" : "2");
      old += g_str_equal (version, "1");
      new += g_str_equal (version, "2");
      g_assert_true (test_store_open (test, NULL));
      assert_nothing_lost (test);
    }

  g_test_message ("broke at %u writes", old + new - 1);
  g_assert_cmpuint (old, >, 5);
  g_assert_cmpuint (new, >, 0);
}

static KamLine *
with_extra (KamLine    *line,
            const char *extra)
{
  line->extra = g_strdup (extra);

  return line;
}

static void
assert_extra (TestStore  *test,
              const char *expected)
{
  g_autofree char *extra = test_store_ask (test, "SELECT extra FROM lead");

  g_assert_cmpstr (extra, ==, expected);
}

/* What a newer server says beyond our columns is kept: in the row, below an edit, and in pages that wait. */
static void
test_unknown_columns (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) lead = test_lead (1, "Spice", "Pune");
  g_autofree char *scope = kam_scope_of_leads (TEST_USER);

  test_store_publish (test, 5, with_extra (test_line_row (kam_row_copy (lead), 5), "{\"mood\":\"good\",\"stars\":4}"), NULL);
  assert_extra (test, "{\"mood\":\"good\",\"stars\":4}");

  /* A page of an older server, and an edit here, leave it alone. */
  test_store_publish (test, 6, test_line_row (test_lead (1, "Spices", "Pune"), 6), NULL);
  test_store_save (test, test_change (lead, KAM_LEAD_CITY, "Goa"), NULL);
  assert_extra (test, "{\"mood\":\"good\",\"stars\":4}");

  /* Into the shadow, by a page that waits over a restart. */
  test_store_stage (test, with_extra (test_line_row (test_lead (1, "Spices", "Pune"), 7), "{\"stars\":5}"), NULL);
  g_assert_true (test_store_commit (test, 7, TRUE, NULL));
  test_store_reopen (test);
  test_store_publish (test, 8, NULL);
  assert_extra (test, "{\"mood\":\"good\",\"stars\":5}");

  /* The row goes, and comes again while the edit waits. */
  test_store_publish (test, 9, test_line_evict (KAM_ENTITY_LEAD, 1, 9, scope, TRUE), NULL);
  test_store_publish (test, 10, with_extra (test_line_row (kam_row_copy (lead), 10), "{\"stars\":1}"), NULL);
  assert_extra (test, "{\"stars\":1}");
}

/* The program learns of a column that it had kept for later: as if it had always known it. */
static void
test_learnt_column (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) lead = test_lead (1, "Spice", "Pune");
  g_autoptr (KamRow) row = NULL;
  g_autoptr (GPtrArray) batch = NULL;

  test_store_publish (test, 5, test_line_row (kam_row_copy (lead), 5), test_line_row (test_lead (2, "Sugar", "Goa"), 5), NULL);
  test_store_save (test, test_change (lead, KAM_LEAD_CITY, "Goa"), NULL);
  test_store_close (test);
  test_store_sql (test, "ALTER TABLE lead DROP COLUMN postcode; UPDATE meta SET value = 'of an older program' WHERE key = 'fields';"
                        "UPDATE lead SET extra = '{\"postcode\":\"411001\",\"call_interval_days\":14,\"later\":[1]}';"
                        "UPDATE shadow SET extra = '{\"postcode\":\"411001\"}'");
  g_assert_true (test_store_open (test, NULL));
  g_assert_true (has_backup (test));
  row = test_store_row (test, KAM_ENTITY_LEAD, 2);
  g_assert_cmpstr (kam_row_text (row, KAM_LEAD_POSTCODE), ==, "411001");
  g_assert_cmpint (kam_row_int (row, KAM_LEAD_CALL_INTERVAL, 0), ==, 14);
  assert_extra (test, "{\"later\":[1]}");

  /* Once the edit is taken off, what the server said is there as well. */
  batch = test_store_take (test, 1);
  test_store_reject (test, 1, "not_allowed");
  g_clear_pointer (&row, kam_row_unref);
  row = test_store_row (test, KAM_ENTITY_LEAD, 1);
  g_assert_cmpstr (kam_row_text (row, KAM_LEAD_CITY), ==, "Pune");
  g_assert_cmpstr (kam_row_text (row, KAM_LEAD_POSTCODE), ==, "411001");
  test_store_reopen (test);
  g_assert_false (has_backup (test));
}

/* An older server does not know a column of ours: its pages say nothing about it. */
static void
test_older_server (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  KamRow *full = test_lead (1, "Spice", "Pune");
  KamLine *line = test_line_row (test_lead (1, "Spices", "Pune"), 6);
  g_autoptr (KamRow) row = NULL;

  kam_row_set_text (full, KAM_LEAD_POSTCODE, "411001");
  test_store_publish (test, 5, test_line_row (full, 5), NULL);
  line->missing = G_GUINT64_CONSTANT (1) << KAM_LEAD_POSTCODE;
  test_store_stage (test, line, NULL);
  g_assert_true (test_store_commit (test, 6, TRUE, NULL));
  test_store_publish (test, 7, NULL);
  row = test_store_row (test, KAM_ENTITY_LEAD, 1);
  g_assert_cmpstr (kam_row_text (row, KAM_LEAD_NAME), ==, "Spices");
  g_assert_cmpstr (kam_row_text (row, KAM_LEAD_POSTCODE), ==, "411001");
}

int
main (int    argc,
      char **argv)
{
  if (argc == 3 && g_str_equal (argv[1], "--make"))
    return make_fixture (argv[2]);

  g_test_init (&argc, &argv, NULL);
  test_vfs_install ();
  g_test_add_data_func ("/store/migrate/1", "store-1.db", test_fixture);
  g_test_add_data_func ("/store/migrate/2", "store-2.db", test_fixture);
  g_test_add_func ("/store/migrate/backup", test_backup);
  g_test_add_func ("/store/migrate/fault-30-upgrade-broken", test_upgrade_broken);
  g_test_add_func ("/store/migrate/fault-28-unknown-columns", test_unknown_columns);
  g_test_add_func ("/store/migrate/fault-28-learnt-column", test_learnt_column);
  g_test_add_func ("/store/migrate/fault-28-older-server", test_older_server);

  return g_test_run ();
}
