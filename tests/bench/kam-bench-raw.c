/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-bench-raw.h"

#include <sqlite3.h>

typedef struct
{
  const char    *table;
  int            n_columns;
  GPtrArray     *values;  /* (owned) (element-type sqlite3_value): row by row, without the key */
  sqlite3_stmt  *insert;
} Table;

static void
must (sqlite3    *db,
      int         code,
      const char *sql)
{
  if (code != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (db));
}

static void
run_script (sqlite3    *db,
            const char *sql)
{
  must (db, sqlite3_exec (db, sql, NULL, NULL, NULL), sql);
}

static sqlite3_stmt *
prepare (sqlite3    *db,
         const char *sql)
{
  sqlite3_stmt *stmt = NULL;

  must (db, sqlite3_prepare_v2 (db, sql, -1, &stmt, NULL), sql);

  return stmt;
}

/* Tables and indexes of the rows, as they are there. */
static void
copy_schema (sqlite3    *from,
             sqlite3    *to,
             const char *table)
{
  sqlite3_stmt *stmt = prepare (from, "SELECT sql FROM sqlite_schema WHERE tbl_name = ?1 AND sql IS NOT NULL ORDER BY type = 'index'");

  sqlite3_bind_text (stmt, 1, table, -1, SQLITE_STATIC);

  while (sqlite3_step (stmt) == SQLITE_ROW)
    run_script (to, (const char *) sqlite3_column_text (stmt, 0));

  sqlite3_finalize (stmt);
}

static void
read_values (sqlite3 *from,
             Table   *table)
{
  g_autofree char *sql = g_strdup_printf ("SELECT * FROM \"%s\" ORDER BY key", table->table);
  sqlite3_stmt *stmt = prepare (from, sql);

  table->n_columns = sqlite3_column_count (stmt) - 1;
  table->values = g_ptr_array_new_with_free_func ((GDestroyNotify) sqlite3_value_free);

  while (sqlite3_step (stmt) == SQLITE_ROW)
    {
      for (int i = 1; i <= table->n_columns; i++)
        g_ptr_array_add (table->values, sqlite3_value_dup (sqlite3_column_value (stmt, i)));
    }

  sqlite3_finalize (stmt);
}

static void
prepare_insert (sqlite3 *to,
                Table   *table)
{
  g_autoptr (GString) sql = g_string_new (NULL);

  g_string_printf (sql, "INSERT INTO \"%s\" VALUES (NULL", table->table);

  for (int i = 1; i <= table->n_columns; i++)
    g_string_append_printf (sql, ", ?%d", i);

  g_string_append_c (sql, ')');
  table->insert = prepare (to, sql->str);
}

static void
insert_all (sqlite3 *db,
            Table   *table,
            guint    rows_per_page,
            guint   *n_rows)
{
  for (guint i = 0; i < table->values->len; i += (guint) table->n_columns)
    {
      for (guint n = 0; n < (guint) table->n_columns; n++)
        sqlite3_bind_value (table->insert, (int) n + 1, table->values->pdata[i + n]);

      if (sqlite3_step (table->insert) != SQLITE_DONE)
        g_error ("%s", sqlite3_errmsg (db));

      sqlite3_reset (table->insert);

      if (++*n_rows % rows_per_page == 0)
        run_script (db, "COMMIT; BEGIN IMMEDIATE");
    }
}

double
kam_bench_raw_insert (const char *profile,
                      guint       rows_per_page,
                      guint      *n_rows)
{
  Table tables[KAM_N_ENTITIES] = { { NULL, } };
  g_autofree char *folder = kam_bench_scratch ();
  g_autofree char *from_path = g_build_filename (profile, "cache.db", NULL);
  g_autofree char *to_path = g_build_filename (folder, "raw.db", NULL);
  sqlite3 *from = NULL, *to = NULL;
  double before, ms;

  must (from, sqlite3_open_v2 (from_path, &from, SQLITE_OPEN_READWRITE, NULL), from_path);
  must (to, sqlite3_open (to_path, &to), to_path);
  run_script (to, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = FAST; PRAGMA cache_size = -16384;"
                  "PRAGMA mmap_size = 268435456; PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 67108864; PRAGMA wal_autocheckpoint = 16000");
  *n_rows = 0;

  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    {
      tables[i].table = kam_entity_get ((KamEntityKind) i)->name;
      copy_schema (from, to, tables[i].table);
      read_values (from, &tables[i]);
      prepare_insert (to, &tables[i]);
    }

  before = kam_bench_now ();
  run_script (to, "BEGIN IMMEDIATE");

  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    insert_all (to, &tables[i], rows_per_page, n_rows);

  run_script (to, "COMMIT");
  ms = kam_bench_now () - before;

  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    {
      sqlite3_finalize (tables[i].insert);
      g_ptr_array_unref (tables[i].values);
    }

  sqlite3_close (from);
  sqlite3_close (to);
  kam_bench_remove (folder);

  return ms;
}
