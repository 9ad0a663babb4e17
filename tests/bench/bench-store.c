/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-sample.h"
#include "kam-store-schema.h"
#include "kam-test-store.h"

#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

/* How fast a first sync is applied, beside SQLite inserting the same rows in the same order with the same indexes; and how long an edit takes, beside
 * the disk's fsync. */

#define PAGE 2000

static gboolean
collect_cb (KamRow   *row,
            guint     leads_done,
            gpointer  data,
            GError  **error)
{
  GPtrArray *const *by_entity = data;

  g_ptr_array_add (by_entity[kam_row_kind (row)], kam_row_copy (row));

  return TRUE;
}

/* In the order of the wire: entity by entity. */
static GPtrArray *
make_rows (guint leads)
{
  KamSampleOptions options = { .leads = leads, .kams = 1, .seed = 1, .now_us = TEST_NOW };
  GPtrArray *by_entity[KAM_N_ENTITIES];
  GPtrArray *rows = g_ptr_array_new ();

  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    by_entity[i] = g_ptr_array_new ();

  g_assert_true (kam_sample_generate (&options, collect_cb, by_entity, NULL));

  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    g_ptr_array_extend_and_steal (rows, by_entity[i]);

  return rows;
}

static double
apply (TestStore *test,
       GPtrArray *rows)
{
  double seconds = 0;

  for (guint i = 0; i < rows->len; i += PAGE)
    {
      g_autoptr (GPtrArray) lines = g_ptr_array_new ();
      gint64 start;

      for (guint n = i; n < MIN (i + PAGE, rows->len); n++)
        g_ptr_array_add (lines, test_line_row (rows->pdata[n], n + 1));

      start = g_get_monotonic_time ();
      test_store_stage_lines (test, lines);
      g_assert_true (test_store_commit (test, i + PAGE, i + PAGE < rows->len, NULL));
      seconds += (double) (g_get_monotonic_time () - start) / 1e6;
    }

  return seconds;
}

static guint
insert_all (sqlite3       *from,
            sqlite3       *to,
            KamEntityKind  entity,
            double        *seconds)
{
  g_autofree char *all = g_strdup_printf (/* names only */ "SELECT * FROM \"%s\" ORDER BY key", kam_entity_get (entity)->name);
  sqlite3_stmt *read, *insert;
  g_autoptr (GString) sql = g_string_new ("INSERT INTO \"");
  guint n = 0;

  g_assert_cmpint (sqlite3_prepare_v2 (from, all, -1, &read, NULL), ==, SQLITE_OK);
  g_string_append_printf (sql, "%s\" VALUES (?", kam_entity_get (entity)->name);

  for (int i = 1; i < sqlite3_column_count (read); i++)
    g_string_append (sql, ", ?");

  g_string_append (sql, ")");
  g_assert_cmpint (sqlite3_prepare_v2 (to, sql->str, -1, &insert, NULL), ==, SQLITE_OK);
  sqlite3_exec (to, "BEGIN", NULL, NULL, NULL);

  while (sqlite3_step (read) == SQLITE_ROW)
    {
      gint64 start;

      for (int i = 0; i < sqlite3_column_count (read); i++)
        sqlite3_bind_value (insert, i + 1, sqlite3_column_value (read, i));

      start = g_get_monotonic_time ();
      g_assert_cmpint (sqlite3_step (insert), ==, SQLITE_DONE);
      sqlite3_reset (insert);

      if (++n % PAGE == 0)
        sqlite3_exec (to, "COMMIT; BEGIN", NULL, NULL, NULL);

      *seconds += (double) (g_get_monotonic_time () - start) / 1e6;
    }

  sqlite3_exec (to, "COMMIT", NULL, NULL, NULL);
  sqlite3_finalize (read);
  sqlite3_finalize (insert);

  return n;
}

static double
insert_raw (TestStore *full)
{
  g_autoptr (TestStore) empty = test_store_new ();
  g_autofree char *from_path = test_store_path (full, "cache.db");
  g_autofree char *to_path = test_store_path (empty, "cache.db");
  sqlite3 *from, *to;
  double seconds = 0;

  test_store_close (empty);
  g_assert_cmpint (sqlite3_open (from_path, &from), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_open (to_path, &to), ==, SQLITE_OK);
  sqlite3_exec (to, "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 16000", NULL, NULL, NULL);

  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    insert_all (from, to, (KamEntityKind) i, &seconds);

  sqlite3_close (from);
  sqlite3_close (to);

  return seconds;
}

static int
compare_times (gconstpointer a,
               gconstpointer b)
{
  gint64 one = *(const gint64 *) a, two = *(const gint64 *) b;

  return one < two ? -1 : one > two;
}

static void
edit_often (TestStore *test)
{
  g_autoptr (GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr (GArray) syncs = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autofree char *path = test_store_path (test, "probe");
  FILE *probe = fopen (path, "w");

  for (guint i = 1; i <= 300; i++)
    {
      g_autoptr (KamRow) lead = test_lead (900000 + i, "Edited", "Pune");
      gint64 start = g_get_monotonic_time (), took;

      test_store_save (test, test_create (lead), NULL);
      took = g_get_monotonic_time () - start;
      g_array_append_val (times, took);
      start = g_get_monotonic_time ();
      fputs ("some bytes", probe);
      fflush (probe);
      fdatasync (fileno (probe));
      took = g_get_monotonic_time () - start;
      g_array_append_val (syncs, took);
    }

  fclose (probe);
  g_array_sort (times, compare_times);
  g_array_sort (syncs, compare_times);
  g_print ("edit, durable        p50 %.2f ms  p99 %.2f ms   fsync alone p50 %.2f ms  p99 %.2f ms\n", (double) g_array_index (times, gint64, 150) / 1000,
           (double) g_array_index (times, gint64, 297) / 1000, (double) g_array_index (syncs, gint64, 150) / 1000,
           (double) g_array_index (syncs, gint64, 297) / 1000);
}

static void
wait_for_index (TestStore *test)
{
  KamListQuery query = { .entity = KAM_ENTITY_LEAD, .sort = KAM_SORT_LAST_CONTACT, .descending = TRUE };
  gint64 start = g_get_monotonic_time ();
  g_autoptr (GPtrArray) rows = NULL;
  guint n;

  while (!test_store_is_indexed (test))
    g_usleep (20000);

  g_print ("search index complete %.2f s later\n", (double) (g_get_monotonic_time () - start) / 1e6);
  start = g_get_monotonic_time ();
  rows = test_store_start (test, &query, 200, &n);
  g_print ("list of %u, first 200  %.1f ms\n", n, (double) (g_get_monotonic_time () - start) / 1000);
}

int
main (int    argc,
      char **argv)
{
  guint leads = argc > 1 ? (guint) atoi (argv[1]) : 2200;
  g_autoptr (GPtrArray) rows = make_rows (leads);
  g_autoptr (TestStore) test = test_store_new ();
  double mine = apply (test, rows);
  double raw;

  wait_for_index (test);
  raw = insert_raw (test);
  g_print ("%u rows applied       %.0f rows/s, raw SQLite %.0f rows/s, ratio %.2f\n", rows->len, rows->len / mine, rows->len / raw, raw / mine);
  edit_often (test);

  return 0;
}
