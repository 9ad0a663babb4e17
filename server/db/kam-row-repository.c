/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-row-repository.h"

#include "kam-row-sql.h"

static KamRow *
find (KamDb          *db,
      KamEntityKind   entity,
      const char     *sql,
      const char     *id,
      GError        **error)
{
  g_autoptr (KamDbRows) row = NULL;
  KamParam param = KAM_PARAM_ID (id);

  if (!kam_db_query_row (db, sql, &param, 1, &row, error) || row == NULL)
    return NULL;

  return kam_row_sql_read (entity, row);
}

KamRow *
kam_rows_find (KamDb          *db,
               KamEntityKind   entity,
               const char     *id,
               GError        **error)
{
  return find (db, entity, kam_row_sql_get (entity)->find, id, error);
}

KamRow *
kam_rows_find_locked (KamDb          *db,
                      KamEntityKind   entity,
                      const char     *id,
                      GError        **error)
{
  return find (db, entity, kam_row_sql_get (entity)->find_locked, id, error);
}

gboolean
kam_rows_find_lead_id (KamDb          *db,
                       KamEntityKind   entity,
                       const char     *id,
                       char          **lead_id,
                       GError        **error)
{
  const char *sql = kam_row_sql_get (entity)->find_lead_id;
  KamParam param = KAM_PARAM_ID (id);
  g_autoptr (KamDbRows) row = NULL;

  *lead_id = NULL;

  if (sql == NULL)
    return TRUE;

  if (!kam_db_query_row (db, sql, &param, 1, &row, error))
    return FALSE;

  *lead_id = row != NULL ? g_strdup (kam_db_rows_id (row, 0)) : NULL;

  return TRUE;
}

gboolean
kam_rows_insert (KamDb         *db,
                 const KamRow  *row,
                 GError       **error)
{
  const KamRowSql *sql = kam_row_sql_get (kam_row_kind (row));
  g_autoptr (GArray) params = g_array_new (FALSE, FALSE, sizeof (KamParam));

  kam_row_sql_bind (row, params);

  return kam_db_insert_many (db, sql->insert, sql->n_columns, params, error);
}

gboolean
kam_rows_insert_many (KamDb      *db,
                      GPtrArray  *rows,
                      GError    **error)
{
  g_autoptr (GArray) params = g_array_new (FALSE, FALSE, sizeof (KamParam));
  const KamRowSql *sql;

  if (rows->len == 0)
    return TRUE;

  sql = kam_row_sql_get (kam_row_kind (g_ptr_array_index (rows, 0)));

  for (guint i = 0; i < rows->len; i++)
    kam_row_sql_bind (g_ptr_array_index (rows, i), params);

  return kam_db_insert_many (db, sql->insert, sql->n_columns, params, error);
}

gboolean
kam_rows_update (KamDb         *db,
                 const KamRow  *row,
                 GError       **error)
{
  g_autoptr (GArray) params = g_array_new (FALSE, FALSE, sizeof (KamParam));
  KamParam id;

  /* The id comes first among what is bound for an insert, and last here. */
  kam_row_sql_bind (row, params);
  id = g_array_index (params, KamParam, 0);
  g_array_remove_index (params, 0);
  g_array_append_val (params, id);

  return kam_db_exec (db, kam_row_sql_get (kam_row_kind (row))->update, &g_array_index (params, KamParam, 0), params->len, NULL, error);
}

GPtrArray *
kam_rows_of_lead (KamDb          *db,
                  KamEntityKind   entity,
                  const char     *lead_id,
                  GError        **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_row_unref);
  KamParam param = KAM_PARAM_ID (lead_id);
  g_autoptr (KamDbRows) rows = kam_db_query (db, kam_row_sql_get (entity)->of_lead, &param, 1, error);

  if (rows == NULL)
    return NULL;

  while (kam_db_rows_next (rows, error))
    g_ptr_array_add (found, kam_row_sql_read (entity, rows));

  return kam_db_rows_ended (rows) ? g_steal_pointer (&found) : NULL;
}

gboolean
kam_rows_move_lead (KamDb       *db,
                    const char  *lead_id,
                    const char  *old_scope,
                    const char  *new_scope,
                    gint64       seq,
                    GError     **error)
{
  KamParam params[] = { KAM_PARAM_ID (new_scope), KAM_PARAM_INT (seq), KAM_PARAM_ID (lead_id) };
  KamParam tombstone[] = { KAM_PARAM_ID (old_scope), KAM_PARAM_INT (seq), KAM_PARAM_ID (lead_id) };

  for (int kind = 0; kind < KAM_N_ENTITIES; kind++)
    {
      const char *sql = kam_row_sql_get ((KamEntityKind) kind)->move;

      if (sql != NULL && !kam_db_exec (db, sql, params, 3, NULL, error))
        return FALSE;
    }

  return kam_db_exec (db, "INSERT INTO `tombstone` (`scope_id`, `rev`, `id`, `entity`, `kind`) VALUES (?, ?, ?, 'lead', 'moved')", tombstone, 3, NULL,
                      error);
}

static gboolean
exists (KamDb           *db,
        const char      *sql,
        const KamParam  *params,
        guint            n_params,
        gboolean        *found,
        GError         **error)
{
  g_autoptr (KamDbRows) row = NULL;

  if (!kam_db_query_row (db, sql, params, n_params, &row, error))
    return FALSE;

  *found = row != NULL;

  return TRUE;
}

gboolean
kam_rows_owns_leads (KamDb       *db,
                     const char  *user_id,
                     gboolean    *owns,
                     GError     **error)
{
  KamParam param = KAM_PARAM_ID (user_id);

  return exists (db, "SELECT 1 FROM `lead` WHERE `kam_id` = ? AND `delete_id` IS NULL LIMIT 1", &param, 1, owns, error);
}

gboolean
kam_rows_had_lead (KamDb       *db,
                   const char  *user_id,
                   const char  *lead_id,
                   gint64       since_us,
                   gboolean    *had,
                   GError     **error)
{
  KamParam params[] = { KAM_PARAM_ID (lead_id), KAM_PARAM_INT (since_us), KAM_PARAM_ID (user_id), KAM_PARAM_INT (since_us) };
  KamParam lost[] = { KAM_PARAM_ID (lead_id), KAM_PARAM_ID (user_id), KAM_PARAM_INT (since_us) };

  /* Either the lead has left a scope that the person reads or lately read … */
  if (!exists (db,
               "SELECT 1 FROM `tombstone` t JOIN `commit_log` c ON c.`seq` = t.`rev` JOIN `grants` g ON g.`scope_id` = t.`scope_id` "
               "LEFT JOIN `commit_log` e ON e.`seq` = g.`until_seq` WHERE t.`id` = ? AND t.`kind` = 'moved' AND c.`at` >= ? AND g.`user_id` = ? "
               "AND g.`since_seq` <= t.`rev` AND (g.`until_seq` IS NULL OR (g.`until_seq` >= t.`rev` AND e.`at` >= ?)) LIMIT 1",
               params, 4, had, error))
    return FALSE;

  /* … or the person has lost the scope in which it still is (by cover that is over, perhaps no commit has noted it yet). */
  return *had || exists (db,
                         "SELECT 1 FROM `lead` l JOIN `grants` g ON g.`scope_id` = l.`scope_id` LEFT JOIN `commit_log` e ON e.`seq` = g.`until_seq` "
                         "WHERE l.`id` = ? AND g.`user_id` = ? AND (g.`until_seq` IS NULL OR e.`at` >= ?) LIMIT 1",
                         lost, 3, had, error);
}

#define IDS_AT_ONCE 16

gboolean
kam_rows_find_conflicted (KamDb       *db,
                          GPtrArray   *lead_ids,
                          GHashTable  *found,
                          GError     **error)
{
  for (guint i = 0; i < lead_ids->len; i += IDS_AT_ONCE)
    {
      KamParam params[IDS_AT_ONCE];
      g_autoptr (KamDbRows) rows = NULL;

      for (guint j = 0; j < IDS_AT_ONCE; j++)
        params[j] = KAM_PARAM_ID (i + j < lead_ids->len ? g_ptr_array_index (lead_ids, i + j) : NULL);

      rows = kam_db_query (db, "SELECT DISTINCT `lead_id` FROM `conflict` WHERE `lead_id` IN (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", params,
                           IDS_AT_ONCE, error);

      if (rows == NULL)
        return FALSE;

      while (kam_db_rows_next (rows, error))
        g_hash_table_add (found, g_strdup (kam_db_rows_id (rows, 0)));

      if (!kam_db_rows_ended (rows))
        return FALSE;
    }

  return TRUE;
}

GPtrArray *
kam_rows_conflicts_about (KamDb       *db,
                          const char  *target_id,
                          GError     **error)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  KamParam param = KAM_PARAM_ID (target_id);
  g_autoptr (KamDbRows) rows = kam_db_query (db, "SELECT `id` FROM `conflict` WHERE `target_id` = ? ORDER BY `id`", &param, 1, error);

  if (rows == NULL)
    return NULL;

  while (kam_db_rows_next (rows, error))
    g_ptr_array_add (ids, g_strdup (kam_db_rows_id (rows, 0)));

  return kam_db_rows_ended (rows) ? g_steal_pointer (&ids) : NULL;
}

gboolean
kam_rows_is_gone (KamDb       *db,
                  const char  *user_id,
                  const char  *id,
                  gint64       since_us,
                  gboolean    *gone,
                  GError     **error)
{
  KamParam params[] = { KAM_PARAM_ID (user_id), KAM_PARAM_ID (id), KAM_PARAM_ID (id), KAM_PARAM_INT (since_us) };

  return exists (db,
                 "SELECT 1 FROM `tombstone` t JOIN `grants` g ON g.`scope_id` = t.`scope_id` AND g.`user_id` = ? "
                 "LEFT JOIN `commit_log` e ON e.`seq` = g.`until_seq` WHERE t.`kind` = 'deleted' "
                 "AND t.`id` IN (?, (SELECT `lead_id` FROM `history` WHERE `row_id` = ? LIMIT 1)) AND (g.`until_seq` IS NULL OR e.`at` >= ?) LIMIT 1",
                 params, 4, gone, error);
}

gboolean
kam_rows_purge (KamDb         *db,
                const KamRow  *row,
                gint64         seq,
                GError       **error)
{
  KamParam id = KAM_PARAM_ID (kam_row_id (row));
  KamParam tombstone[] = { KAM_PARAM_ID (kam_row_scope (row)), KAM_PARAM_INT (seq), id, KAM_PARAM_TEXT (kam_row_entity (row)->name) };

  return kam_db_exec (db, kam_row_sql_get (kam_row_kind (row))->purge, &id, 1, NULL, error) &&
         kam_db_exec (db, "INSERT INTO `tombstone` (`scope_id`, `rev`, `id`, `entity`, `kind`) VALUES (?, ?, ?, ?, 'deleted')", tombstone, 4, NULL,
                      error);
}
