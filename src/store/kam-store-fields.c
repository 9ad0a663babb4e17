/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-store-private.h"
#include "kam-store-schema.h"

#include <string.h>

#define AT_ONCE 500

/* "user:name,email,…;leave:…": what this program knows. */
static char *
describe (void)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    {
      const KamEntity *entity = kam_entity_get ((KamEntityKind) i);

      g_string_append_printf (text, "%s:", entity->name);

      for (guint n = 0; n < entity->n_fields; n++)
        g_string_append_printf (text, "%s,", entity->fields[n].name);

      text->str[text->len - 1] = ';';
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

gboolean
kam_fields_note (KamSqlite  *db,
                 GError    **error)
{
  g_autofree char *fields = describe ();

  return kam_sqlite_exec (db, error, "INSERT INTO meta (key, value) VALUES ('fields', ?1) ON CONFLICT (key) DO UPDATE SET value = ?1", "t", fields);
}

gboolean
kam_fields_are_new (KamSqlite  *db,
                    gboolean   *are_new,
                    GError    **error)
{
  g_autofree char *fields = describe ();
  gint64 same;

  if (!kam_sqlite_number (db, &same, 0, error, "SELECT EXISTS (SELECT 1 FROM meta WHERE key = 'fields' AND value = ?1)", "t", fields))
    return FALSE;

  *are_new = same == 0;

  return TRUE;
}

static gboolean
has_column (KamSqlite   *db,
            const char  *table,
            const char  *column,
            gboolean    *has,
            GError     **error)
{
  gint64 n;

  if (!kam_sqlite_number (db, &n, 0, error, "SELECT count (*) FROM pragma_table_info (?1) WHERE name = ?2", "tt", table, column))
    return FALSE;

  *has = n > 0;

  return TRUE;
}

static gboolean
add_columns (KamSqlite        *db,
             const KamEntity  *entity,
             GError          **error)
{
  for (guint i = 0; i < entity->n_fields; i++)
    {
      const KamField *field = &entity->fields[i];
      g_autofree char *sql = NULL;
      gboolean has;

      if (!has_column (db, entity->name, field->name, &has, error))
        return FALSE;

      if (has)
        continue;

      sql = g_strdup_printf (/* names only */ "ALTER TABLE \"%s\" ADD COLUMN \"%s\" %s", entity->name, field->name, kam_schema_type (field));

      if (!kam_sqlite_script (db, sql, error))
        return FALSE;
    }

  return TRUE;
}

typedef struct
{
  gint64  key;   /* of a row in its table; 0 of a shadow */
  KamRow *row;   /* (owned) */
  char   *extra; /* (owned) (nullable) */
} Kept;

static void
clear_kept (gpointer data)
{
  Kept *kept = data;

  kam_row_unref (kept->row);
  g_free (kept->extra);
}

static GArray *
new_kept (void)
{
  GArray *all = g_array_new (FALSE, FALSE, sizeof (Kept));

  g_array_set_clear_func (all, clear_kept);

  return all;
}

static gboolean
save_field (KamSqlite      *db,
            const KamRow   *row,
            guint           index,
            GError        **error)
{
  const KamEntity *entity = kam_row_entity (row);
  const KamField *field = &entity->fields[index];
  g_autofree char *sql = g_strdup_printf (/* names only */ "UPDATE \"%s\" SET \"%s\" = ?2 WHERE id = ?1", entity->name, field->name);
  sqlite3_stmt *stmt = kam_sqlite_prepare (db, g_intern_string (sql), error);

  if (stmt == NULL)
    return FALSE;

  kam_sqlite_bind_id (stmt, 1, kam_row_id (row));
  kam_sqlite_bind (stmt, 2, field, kam_row_get (row, index));

  return kam_sqlite_step (db, stmt, error) == 0;
}

/* Only what came out of `extra` is in the row: the rest of it is as it was. */
static gboolean
save_row (KamSqlite  *db,
          Kept       *kept,
          GError    **error)
{
  const KamEntity *entity = kam_row_entity (kept->row);
  g_autofree char *before = g_strdup (kept->extra);

  kam_extra_take (kept->row, &kept->extra);

  for (guint i = 0; i < entity->n_fields; i++)
    {
      if (!kam_row_is_null (kept->row, i) && !save_field (db, kept->row, i, error))
        return FALSE;
    }

  return g_strcmp0 (before, kept->extra) == 0 ||
         kam_sqlite_exec (db, error, kam_schema_each (entity->kind, "UPDATE", "SET extra = ?2 WHERE key = ?1"), "it", kept->key, kept->extra);
}

static gboolean
adopt_rows (KamSqlite        *db,
            const KamEntity  *entity,
            GError          **error)
{
  const char *sql = kam_schema_each (entity->kind, "SELECT key, id, extra FROM",
                                     "WHERE extra IS NOT NULL AND key > ?1 ORDER BY key LIMIT " G_STRINGIFY (AT_ONCE));
  gint64 key = 0;

  for (;;)
    {
      g_autoptr (GArray) all = new_kept ();
      sqlite3_stmt *stmt = kam_sqlite_query (db, error, sql, "i", key);
      int step = -1;

      while (stmt != NULL && (step = kam_sqlite_step (db, stmt, error)) > 0)
        {
          g_autofree char *id = kam_sqlite_id (stmt, 1);
          Kept kept = { sqlite3_column_int64 (stmt, 0), kam_row_new (entity->kind, id), kam_sqlite_text (stmt, 2) };

          key = kept.key;
          g_array_append_val (all, kept);
        }

      for (guint i = 0; step == 0 && i < all->len; i++)
        {
          if (!save_row (db, &g_array_index (all, Kept, i), error))
            return FALSE;
        }

      if (step < 0 || all->len < AT_ONCE)
        return step == 0;
    }
}

/* There are no more of these than rows with edits of a person. */
static gboolean
adopt_shadows (KamSqlite  *db,
               GError    **error)
{
  g_autoptr (GArray) all = new_kept ();
  sqlite3_stmt *stmt = kam_sqlite_query (db, error, "SELECT entity, id, data, extra FROM shadow WHERE extra IS NOT NULL AND data IS NOT NULL", "");
  int step = -1;

  while (stmt != NULL && (step = kam_sqlite_step (db, stmt, error)) > 0)
    {
      g_autofree char *id = kam_sqlite_id (stmt, 1);
      g_autoptr (GVariant) data = kam_sqlite_variant (stmt, 2, "a(sv)");
      Kept kept = { 0, kam_row_unpack ((KamEntityKind) sqlite3_column_int (stmt, 0), id, 0, NULL, data), kam_sqlite_text (stmt, 3) };

      g_array_append_val (all, kept);
    }

  for (guint i = 0; step == 0 && i < all->len; i++)
    {
      Kept *kept = &g_array_index (all, Kept, i);
      g_autoptr (GVariant) data = NULL;

      kam_extra_take (kept->row, &kept->extra);
      data = kam_row_pack (kept->row);

      if (!kam_sqlite_exec (db, error, "UPDATE shadow SET data = ?3, extra = ?4 WHERE entity = ?1 AND id = ?2", "iuvt", (gint64) kam_row_kind (kept->row),
                            kam_row_id (kept->row), data, kept->extra))
        return FALSE;
    }

  return step == 0;
}

/* Pages that wait were read by a program that did not know the new columns: they are asked for again, unless what came was shown as it came. */
static gboolean
forget_pages (KamSqlite  *db,
              GError    **error)
{
  return kam_sqlite_exec (db, error, "DELETE FROM stage", "") &&
         kam_sqlite_exec (db, error, "DELETE FROM meta WHERE key IN ('stage_page', 'stage_cursor', 'resync') AND"
                                     " EXISTS (SELECT 1 FROM meta WHERE key = 'cursor' AND value IS NOT NULL)", "");
}

gboolean
kam_fields_adopt (KamSqlite  *db,
                  GError    **error)
{
  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    {
      const KamEntity *entity = kam_entity_get ((KamEntityKind) i);

      if (!add_columns (db, entity, error) || !adopt_rows (db, entity, error))
        return FALSE;
    }

  return adopt_shadows (db, error) && forget_pages (db, error) && kam_fields_note (db, error);
}
