/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-backup-private.h"

#include "kam-migrate.h"
#include "kam-org-repository.h"

typedef struct
{
  GOutputStream *output;
  KamBackupInfo *info;
  gboolean       begun;
} Backup;

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static GPtrArray *
read_names (KamDb           *db,
            const char      *sql,
            const KamParam  *params,
            guint            n_params,
            GError         **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (KamDbRows) rows = kam_db_query (db, sql, params, n_params, error);

  if (rows == NULL)
    return NULL;

  while (kam_db_rows_next (rows, error))
    g_ptr_array_add (names, g_strdup (kam_db_rows_text (rows, 0)));

  return kam_db_rows_ended (rows) ? g_steal_pointer (&names) : NULL;
}

GPtrArray *
kam_backup_tables (KamDb   *db,
                   GError **error)
{
  GPtrArray *tables = read_names (db,
                                  "SELECT `table_name` FROM `information_schema`.`tables` WHERE `table_schema` = DATABASE() "
                                  "AND `table_type` = 'BASE TABLE' AND `table_name` <> 'schema_version'",
                                  NULL, 0, error);

  if (tables != NULL)
    g_ptr_array_sort (tables, compare_names);

  return tables;
}

GPtrArray *
kam_backup_columns (KamDb       *db,
                    const char  *table,
                    GError     **error)
{
  KamParam name = KAM_PARAM_TEXT (table);

  return read_names (db,
                     "SELECT `column_name` FROM `information_schema`.`columns` WHERE `table_schema` = DATABASE() AND `table_name` = ? "
                     "AND COALESCE(`generation_expression`, '') = '' ORDER BY `ordinal_position`",
                     &name, 1, error);
}

static char *
make_select (const char *table,
             GPtrArray  *columns)
{
  g_autoptr (GString) list = g_string_new (NULL);

  for (guint i = 0; i < columns->len; i++)
    g_string_append_printf (list, "%s`%s`", i > 0 ? ", " : "", (const char *) g_ptr_array_index (columns, i));

  return g_strdup_printf (/* names only */ "SELECT %s FROM `%s`", list->str, table);
}

static gboolean
write_table (KamDb            *db,
             KamBackupWriter  *writer,
             const char       *table,
             KamBackupInfo    *info,
             GError          **error)
{
  g_autoptr (GPtrArray) columns = kam_backup_columns (db, table, error);
  g_autofree char *sql = columns != NULL ? make_select (table, columns) : NULL;
  g_autoptr (KamDbRows) rows = NULL;

  if (sql == NULL || !kam_backup_writer_table (writer, table, columns, error))
    return FALSE;

  rows = kam_db_query_streamed (db, sql, NULL, 0, error);

  if (rows == NULL)
    return FALSE;

  while (kam_db_rows_next (rows, error))
    {
      info->n_rows++;

      if (!kam_backup_writer_row (writer, rows, error))
        return FALSE;
    }

  info->n_tables++;

  return kam_db_rows_ended (rows) && kam_backup_writer_end_table (writer, error);
}

static gboolean
write_all (KamDb    *db,
           Backup   *backup,
           GError  **error)
{
  g_autoptr (KamBackupWriter) writer = NULL;
  g_autoptr (GPtrArray) tables = NULL;
  KamBackupInfo *info = backup->info;
  KamOrg org;

  /* The other side may be slow to take it. */
  if (!kam_db_exec (db, "SET SESSION net_write_timeout = 3600", NULL, 0, NULL, error) || !kam_org_read (db, &org, error))
    return FALSE;

  info->schema = kam_migrate_target ();
  info->head = org.head;
  g_strlcpy (info->server_id, org.server_id, sizeof info->server_id);
  g_strlcpy (info->epoch, org.epoch, sizeof info->epoch);
  tables = kam_backup_tables (db, error);

  if (tables == NULL)
    return FALSE;

  backup->begun = TRUE;
  writer = kam_backup_writer_new (backup->output);

  if (!kam_backup_writer_header (writer, info, error))
    return FALSE;

  for (guint i = 0; i < tables->len; i++)
    {
      if (!write_table (db, writer, g_ptr_array_index (tables, i), info, error))
        return FALSE;
    }

  return kam_backup_writer_end (writer, error);
}

static gboolean
write_snapshot (KamDb         *db,
                gpointer       data,
                GCancellable  *cancellable,
                GError       **error)
{
  Backup *backup = data;
  g_autoptr (GError) local_error = NULL;

  if (write_all (db, backup, &local_error))
    return TRUE;

  /* What is written cannot be taken back and written once more. */
  if (backup->begun && g_error_matches (local_error, KAM_DB_ERROR, KAM_DB_ERROR_DEADLOCK))
    local_error->code = KAM_DB_ERROR_FAILED;

  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

/**
 * kam_backup_write:
 * @output: left open
 *
 * The database must be of the program's version. Servers may go on meanwhile.
 */
gboolean
kam_backup_write (KamDb          *db,
                  GOutputStream  *output,
                  gint64          now_us,
                  KamBackupInfo  *info,
                  GError        **error)
{
  Backup backup = { .output = output, .info = info };

  *info = (KamBackupInfo) { .at = now_us };

  return kam_db_transact (db, KAM_DB_SNAPSHOT, write_snapshot, &backup, NULL, error);
}

gboolean
kam_backup_note_durable (KamDb                *db,
                         const KamBackupInfo  *info,
                         GError              **error)
{
  KamParam params[] = { KAM_PARAM_INT (info->head), KAM_PARAM_ID (info->epoch), KAM_PARAM_INT (info->head), KAM_PARAM_INT (info->head) };

  return kam_db_exec (db, "UPDATE `org` SET `durable` = ? WHERE `one` = 1 AND `epoch` = ? AND `durable` < ? AND `head` >= ?", params, 4, NULL, error);
}
