/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-backup-private.h"

#include "kam-migrate.h"

/* What is written in one go. */
#define ROWS_AT_ONCE 1000
#define BYTES_AT_ONCE (1 << 20)

typedef struct
{
  KamDb      *db;
  GPtrArray  *tables;    /* (owned) (element-type utf8): those of the database that are not filled yet */
  char       *insert;    /* (owned) (nullable): for the table under way */
  guint       n_columns;
  GPtrArray  *records;   /* (owned) (element-type KamBackupRecord): rows not written yet */
  gsize       n_bytes;   /* of them */
} Restore;

static gboolean
refuse (GError     **error,
        const char  *message)
{
  g_set_error_literal (error, KAM_DB_ERROR, KAM_DB_ERROR_CONSTRAINT, message);

  return FALSE;
}

static gboolean
has_rows (KamDb       *db,
          const char  *sql,
          gboolean    *has,
          GError     **error)
{
  g_autoptr (KamDbRows) row = NULL;

  if (!kam_db_query_row (db, sql, NULL, 0, &row, error))
    return FALSE;

  *has = row != NULL;

  return TRUE;
}

/* Without tables, or as “init” leaves it: without people, and without a commit. */
static gboolean
is_empty (KamDb     *db,
          gboolean  *empty,
          GError   **error)
{
  g_autoptr (GPtrArray) tables = kam_backup_tables (db, error);
  gboolean used = FALSE;

  if (tables == NULL)
    return FALSE;

  *empty = tables->len == 0;

  if (*empty || !g_ptr_array_find_with_equal_func (tables, "org", g_str_equal, NULL) ||
      !g_ptr_array_find_with_equal_func (tables, "user", g_str_equal, NULL))
    return TRUE;

  if (!has_rows (db, "SELECT 1 FROM `org` WHERE `head` > 0 UNION ALL SELECT 1 FROM `user` LIMIT 1", &used, error))
    return FALSE;

  *empty = !used && kam_migrate_check (db, NULL);

  return TRUE;
}

static gboolean
drop_tables (KamDb    *db,
             GError  **error)
{
  g_autoptr (GPtrArray) tables = kam_backup_tables (db, error);

  if (tables == NULL)
    return FALSE;

  /* What says of which version the database is goes first: from then on nobody serves it. */
  g_ptr_array_insert (tables, 0, g_strdup ("schema_version"));

  for (guint i = 0; i < tables->len; i++)
    {
      g_autofree char *sql = g_strdup_printf (/* names only */ "DROP TABLE IF EXISTS `%s`", (const char *) g_ptr_array_index (tables, i));

      if (!kam_db_exec (db, sql, NULL, 0, NULL, error))
        return FALSE;
    }

  return TRUE;
}

static char *
get_text (KamBackupRecord *record,
          guint            i)
{
  gsize length = 0;
  const char *bytes = g_bytes_get_data (g_array_index (record->values, KamBackupValue, i).bytes, &length);

  return g_strndup (bytes, length);
}

/* The names of a file go into no statement: they must be names of the database, and those do. */
static char *
make_insert (Restore          *self,
             const char       *table,
             KamBackupRecord  *record,
             GError          **error)
{
  g_autoptr (GPtrArray) columns = kam_backup_columns (self->db, table, error);
  g_autoptr (GString) list = g_string_new (NULL);

  if (columns == NULL)
    return NULL;

  for (guint i = 1; i < record->values->len; i++)
    {
      g_autofree char *name = get_text (record, i);
      guint at = 0;

      if (!g_ptr_array_find_with_equal_func (columns, name, g_str_equal, &at))
        {
          g_set_error (error, KAM_DB_ERROR, KAM_DB_ERROR_CONSTRAINT, "The table %s has no column of that name in the backup", table);
          return NULL;
        }

      g_string_append_printf (list, "%s`%s`", i > 1 ? ", " : "", (const char *) g_ptr_array_index (columns, at));
      g_ptr_array_remove_index (columns, at);
    }

  if (columns->len > 0)
    {
      g_set_error (error, KAM_DB_ERROR, KAM_DB_ERROR_CONSTRAINT, "The backup has nothing for a column of the table %s", table);
      return NULL;
    }

  return g_strdup_printf (/* names only */ "INSERT INTO `%s` (%s)", table, list->str);
}

static gboolean
begin_table (Restore          *self,
             KamBackupRecord  *record,
             GError          **error)
{
  g_autofree char *name = get_text (record, 0);
  g_autofree char *table = NULL;
  guint at = 0;

  if (!g_ptr_array_find_with_equal_func (self->tables, name, g_str_equal, &at))
    return refuse (error, "The backup has a table that a database of its version does not have");

  table = g_ptr_array_steal_index (self->tables, at);
  g_clear_pointer (&self->insert, g_free);
  self->n_columns = record->values->len - 1;
  self->insert = make_insert (self, table, record, error);

  return self->insert != NULL;
}

static gboolean
insert (KamDb         *db,
        gpointer       data,
        GCancellable  *cancellable,
        GError       **error)
{
  Restore *self = data;
  g_autoptr (GArray) params = g_array_new (FALSE, FALSE, sizeof (KamParam));

  for (guint i = 0; i < self->records->len; i++)
    {
      KamBackupRecord *record = g_ptr_array_index (self->records, i);

      for (guint j = 0; j < record->values->len; j++)
        {
          const KamBackupValue *value = &g_array_index (record->values, KamBackupValue, j);
          KamParam param = { .kind = KAM_PARAM_NULL };
          gsize length = 0;

          if (value->kind == KAM_BACKUP_INT)
            param = KAM_PARAM_INT (value->number);
          else if (value->kind == KAM_BACKUP_BYTES)
            {
              gconstpointer bytes = g_bytes_get_data (value->bytes, &length);

              /* No bytes at all are something else than null. */
              param = KAM_PARAM_BYTES (bytes != NULL ? bytes : "", length);
            }

          g_array_append_val (params, param);
        }
    }

  return kam_db_insert_many (db, self->insert, self->n_columns, params, error);
}

static gboolean
flush (Restore  *self,
       GError  **error)
{
  if (self->records->len > 0 && !kam_db_transact (self->db, KAM_DB_READ_WRITE, insert, self, NULL, error))
    return FALSE;

  g_ptr_array_set_size (self->records, 0);
  self->n_bytes = 0;

  return TRUE;
}

static gboolean
add_row (Restore          *self,
         KamBackupRecord  *record, /* (transfer full) */
         GError          **error)
{
  g_ptr_array_add (self->records, record);

  for (guint i = 0; i < record->values->len; i++)
    {
      const KamBackupValue *value = &g_array_index (record->values, KamBackupValue, i);

      self->n_bytes += value->bytes != NULL ? g_bytes_get_size (value->bytes) : sizeof value->number;
    }

  return (self->records->len < ROWS_AT_ONCE && self->n_bytes < BYTES_AT_ONCE) || flush (self, error);
}

static gboolean
load (Restore     *self,
      const char  *path,
      GError     **error)
{
  KamBackupInfo info;
  g_autoptr (KamBackupReader) reader = kam_backup_reader_open (path, &info, error);
  gboolean ended = FALSE;

  while (reader != NULL && !ended)
    {
      g_autoptr (KamBackupRecord) record = kam_backup_reader_next (reader, &ended, error);
      gboolean done = ended;

      if (record != NULL && record->kind == 'T')
        done = begin_table (self, record, error);
      else if (record != NULL && record->kind == 'R')
        done = add_row (self, g_steal_pointer (&record), error);
      else if (record != NULL)
        done = flush (self, error);

      if (!done)
        return FALSE; /* report */
    }

  return ended && (self->tables->len == 0 || refuse (error, "The backup lacks a table"));
}

static gboolean
begin_epoch (KamDb         *db,
             gpointer       data,
             GCancellable  *cancellable,
             GError       **error)
{
  const char *epoch = data;
  KamParam param = KAM_PARAM_ID (epoch);

  /* Everything that is here is in a verified backup. */
  return kam_db_exec (db, "UPDATE `org` SET `epoch` = ?, `durable` = `head` WHERE `one` = 1", &param, 1, NULL, error) &&
         kam_migrate_end_restore (db, error);
}

static gboolean
fill (KamDb                *db,
      const char           *path,
      const KamBackupInfo  *info,
      gint64                now_us,
      GError              **error)
{
  g_autofree char *epoch = kam_id_new (now_us);
  Restore self = { .db = db };
  gboolean done;

  self.tables = kam_backup_tables (db, error);

  if (self.tables == NULL)
    return FALSE;

  self.records = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_backup_record_free);
  done = load (&self, path, error);
  g_ptr_array_unref (self.records);
  g_ptr_array_unref (self.tables);
  g_free (self.insert);

  return done && kam_db_transact (db, KAM_DB_READ_WRITE, begin_epoch, epoch, NULL, error) && kam_migrate_run (db, now_us, error);
}

gboolean
kam_backup_restore (KamDb            *db,
                    const char       *path,
                    KamRestoreFlags   flags,
                    gint64            now_us,
                    KamBackupInfo    *info,
                    GError          **error)
{
  gboolean empty = FALSE;

  if (!kam_backup_verify (path, info, error) || !is_empty (db, &empty, error))
    return FALSE;

  if (info->schema > kam_migrate_target ())
    return refuse (error, "The backup was made by a newer program; restore it with that one");

  if (!empty && (flags & KAM_RESTORE_REPLACE) == 0)
    return refuse (error, "The database is not empty. Choose an empty one, or say --replace to lose what is in it");

  return drop_tables (db, error) && kam_migrate_begin_restore (db, info->schema, now_us, error) && fill (db, path, info, now_us, error);
}
