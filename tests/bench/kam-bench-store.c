/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-bench-store.h"

#include "kam-store-schema.h"

#include <glib/gstdio.h>
#include <sqlite3.h>

/* Goes up when the generator makes other data of the same options. */
#define SAMPLE_VERSION 1

KamStore *
kam_bench_open (const char *folder,
                KamClock   *clock)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;
  KamStore *store;

  kam_store_open_async (folder, clock, NULL, kam_bench_ready_cb, &result);
  kam_bench_await (&result);
  store = kam_store_open_finish (result, &error);
  kam_bench_must (error);

  return store;
}

void
kam_bench_close (KamStore *store)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;

  kam_store_close_async (store, NULL, kam_bench_ready_cb, &result);
  kam_bench_await (&result);
  kam_store_close_finish (store, result, &error);
  kam_bench_must (error);
  g_object_unref (store);
}

static sqlite3 *
look_into (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "cache.db", NULL);
  sqlite3 *db = NULL;

  if (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK)
    g_error ("cannot read %s", path);

  sqlite3_busy_timeout (db, 10000);

  return db;
}

gint64
kam_bench_number (const char *folder,
                  const char *sql,
                  gint64      fallback)
{
  sqlite3 *db = look_into (folder);
  sqlite3_stmt *stmt = NULL;
  gint64 number = fallback;

  if (sqlite3_prepare_v2 (db, sql, -1, &stmt, NULL) != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (db));

  if (sqlite3_step (stmt) == SQLITE_ROW && sqlite3_column_type (stmt, 0) != SQLITE_NULL)
    number = sqlite3_column_int64 (stmt, 0);

  sqlite3_finalize (stmt);
  sqlite3_close (db);

  return number;
}

static gboolean
wake_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

void
kam_bench_await_index (const char *folder)
{
  guint source = g_timeout_add (5, wake_cb, NULL);

  while (kam_bench_number (folder, "SELECT value FROM meta WHERE key = 'backlog'", 0) != 0)
    g_main_context_iteration (NULL, TRUE);

  g_source_remove (source);
}

static void
progress_cb (goffset  done,
             goffset  total,
             gpointer data)
{
  if (done % 10000 < 100)
    g_printerr ("\r%" G_GOFFSET_FORMAT " of %" G_GOFFSET_FORMAT " leads ", done, total);
}

static void
fill (const char *folder,
      guint       leads)
{
  g_autoptr (KamClock) clock = kam_clock_new_fixed (KAM_BENCH_TODAY);
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *user = NULL;
  KamStore *store = kam_bench_open (folder, clock);
  GError *error = NULL;

  kam_store_fill_sample_async (store, leads, 1, NULL, progress_cb, NULL, kam_bench_ready_cb, &result);
  kam_bench_await (&result);
  user = kam_store_fill_sample_finish (store, result, &error);
  kam_bench_must (error);
  kam_bench_await_index (folder);
  kam_bench_close (store);
}

char *
kam_bench_profile (guint leads)
{
  g_autofree char *name = g_strdup_printf ("profile-%d-%d-%u", KAM_STORE_SCHEMA, SAMPLE_VERSION, leads);
  g_autofree char *folder = kam_bench_folder (name);
  g_autofree char *mark = g_build_filename (folder, "complete", NULL);
  double start = kam_bench_now ();

  if (g_file_test (mark, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&folder);

  g_printerr ("making a profile of %u leads in %s, once\n", leads, folder);
  kam_bench_remove (folder);
  g_mkdir (folder, 0700);
  fill (folder, leads);

  if (!g_file_set_contents (mark, "", 0, NULL))
    g_error ("cannot write %s", mark);

  g_printerr ("\rmade in %.0f s          \n", (kam_bench_now () - start) / 1000);

  return g_steal_pointer (&folder);
}

void
kam_bench_copy_profile (const char *profile,
                        const char *folder)
{
  g_autofree char *from = g_build_filename (profile, "cache.db", NULL);
  g_autofree char *to = g_build_filename (folder, "cache.db", NULL);
  g_autoptr (GFile) source = g_file_new_for_path (from);
  g_autoptr (GFile) target = g_file_new_for_path (to);
  GError *error = NULL;

  g_file_copy (source, target, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, &error);
  kam_bench_must (error);
}

GPtrArray *
kam_bench_list_start (KamStore           *store,
                      const KamListQuery *query,
                      guint              *n_rows)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;
  GPtrArray *rows;

  kam_store_list_start_async (store, query, 200, NULL, kam_bench_ready_cb, &result);
  kam_bench_await (&result);
  rows = kam_store_list_start_finish (store, result, n_rows, &error);
  kam_bench_must (error);

  return rows;
}

GArray *
kam_bench_list_keys (KamStore           *store,
                     const KamListQuery *query)
{
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;
  GArray *keys;

  kam_store_list_keys_async (store, query, NULL, kam_bench_ready_cb, &result);
  kam_bench_await (&result);
  keys = kam_store_list_keys_finish (store, result, &error);
  kam_bench_must (error);

  return keys;
}

/* Every so many rows one, so that they come from all over the file. */
static void
take_texts (sqlite3    *db,
            const char *sql,
            guint       n,
            GPtrArray  *texts)
{
  sqlite3_stmt *stmt = NULL;

  if (sqlite3_prepare_v2 (db, sql, -1, &stmt, NULL) != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (db));

  for (guint i = 0; i < n; i++)
    {
      sqlite3_reset (stmt);
      sqlite3_bind_int64 (stmt, 1, 7 + (gint64) i * 7919 % 90000);

      if (sqlite3_step (stmt) == SQLITE_ROW)
        {
          const char *text = (const char *) sqlite3_column_text (stmt, 0);

          g_ptr_array_add (texts, g_utf8_substring (text, 0, MIN (12, g_utf8_strlen (text, -1))));
        }
    }

  sqlite3_finalize (stmt);
}

GPtrArray *
kam_bench_searches (const char *folder,
                    guint       n)
{
  GPtrArray *texts = g_ptr_array_new_with_free_func (g_free);
  sqlite3 *db = look_into (folder);
  guint part = MAX (n / 6, 1);

  take_texts (db, "SELECT name FROM lead WHERE key >= ?1 LIMIT 1", 2 * part, texts);
  take_texts (db, "SELECT city FROM lead WHERE key >= ?1 AND city IS NOT NULL LIMIT 1", part, texts);
  take_texts (db, "SELECT name FROM contact WHERE key >= ?1 LIMIT 1", part, texts);
  take_texts (db, "SELECT summary FROM interaction WHERE key >= ?1 AND summary IS NOT NULL LIMIT 1", part, texts);
  take_texts (db, "SELECT substr (phone, 4) FROM lead WHERE key >= ?1 AND phone IS NOT NULL LIMIT 1", part, texts);
  sqlite3_close (db);

  return texts;
}
