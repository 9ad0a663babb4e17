/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-test-store.h"

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

static char *
read_schema (TestStore *test)
{
  g_autofree char *path = test_store_path (test, "cache.db");
  g_autoptr (GString) text = g_string_new (NULL);
  sqlite3_stmt *stmt;
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, "SELECT name, sql FROM sqlite_schema ORDER BY name", -1, &stmt, NULL), ==, SQLITE_OK);

  while (sqlite3_step (stmt) == SQLITE_ROW)
    g_string_append_printf (text, "%s: %s\n", sqlite3_column_text (stmt, 0), sqlite3_column_text (stmt, 1));

  sqlite3_finalize (stmt);
  sqlite3_close (db);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* A file of each version comes out with the schema of a new one, and with everything that was in it. */
static void
test_fixture (gconstpointer name)
{
  g_autoptr (TestStore) fresh = test_store_new ();
  g_autoptr (TestStore) test = test_store_new ();
  g_autofree char *from = g_test_build_filename (G_TEST_DIST, "..", "fixtures", name, NULL);
  g_autofree char *to = test_store_path (test, "cache.db");
  g_autofree char *expected = NULL;
  g_autofree char *schema = NULL;
  g_autofree char *content = NULL;
  g_autofree char *titles = NULL;
  g_autoptr (KamSyncState) state = NULL;
  KamListQuery query = { .entity = KAM_ENTITY_LEAD };
  gsize length;

  test_store_close (test);
  g_assert_true (g_file_get_contents (from, &content, &length, NULL));
  g_assert_true (g_file_set_contents (to, content, (gssize) length, NULL));
  g_assert_true (test_store_open (test, NULL));
  expected = read_schema (fresh);
  schema = read_schema (test);
  g_assert_cmpstr (schema, ==, expected);
  titles = test_store_titles (test, &query);
  g_assert_cmpstr (titles, ==, "Made here|Spice renamed");
  state = test_store_state (test);
  g_assert_cmpint (state->head, ==, 5);
  g_assert_cmpuint (state->n_waiting, ==, 2);
}

int
main (int    argc,
      char **argv)
{
  if (argc == 3 && g_str_equal (argv[1], "--make"))
    return make_fixture (argv[2]);

  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/store/migrate/1", "store-1.db", test_fixture);

  return g_test_run ();
}
