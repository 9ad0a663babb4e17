/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-quarantine-repository.h"

#define SELECT                                                                                                                             \
  "SELECT q.`id`, q.`client_id`, q.`user_id`, q.`device_id`, q.`created_at`, q.`is_complete`, q.`tries`, "                                \
  "(SELECT COUNT(*) FROM `quarantine_mutation` m WHERE m.`quarantine_id` = q.`id`), "                                                     \
  "(SELECT COUNT(*) FROM `quarantine_mutation` m WHERE m.`quarantine_id` = q.`id` AND (m.`result` IS NULL OR m.`result` LIKE '%\"rejected\"%')), " \
  "u.`email`, d.`name` FROM `quarantine` q JOIN `user` u ON u.`id` = q.`user_id` LEFT JOIN `device` d ON d.`id` = q.`device_id` "

void
kam_quarantine_free (KamQuarantine *self)
{
  g_free (self->email);
  g_free (self->device);
  g_free (self);
}

void
kam_quarantined_free (KamQuarantined *self)
{
  g_free (self->content);
  g_free (self->result);
  g_free (self);
}

static KamQuarantine *
read_one (KamDbRows *rows)
{
  KamQuarantine *self = g_new0 (KamQuarantine, 1);

  g_strlcpy (self->id, kam_db_rows_id (rows, 0), sizeof self->id);
  g_strlcpy (self->client_id, kam_db_rows_id (rows, 1), sizeof self->client_id);
  g_strlcpy (self->user_id, kam_db_rows_id (rows, 2), sizeof self->user_id);
  g_strlcpy (self->device_id, kam_db_rows_id (rows, 3), sizeof self->device_id);
  self->created_at = kam_db_rows_int (rows, 4);
  self->is_complete = kam_db_rows_int (rows, 5) != 0;
  self->tries = kam_db_rows_int (rows, 6);
  self->n_mutations = kam_db_rows_int (rows, 7);
  self->n_open = kam_db_rows_int (rows, 8);
  self->email = g_strdup (kam_db_rows_text (rows, 9));
  self->device = g_strdup (kam_db_rows_text (rows, 10));

  return self;
}

static KamQuarantine *
find (KamDb       *db,
      const char  *sql,
      const char  *id,
      GError     **error)
{
  g_autoptr (KamDbRows) row = NULL;
  KamParam param = KAM_PARAM_ID (id);

  if (!kam_db_query_row (db, sql, &param, 1, &row, error) || row == NULL)
    return NULL;

  return read_one (row);
}

KamQuarantine *
kam_quarantine_lock (KamDb       *db,
                     const char  *client_id,
                     const char  *user_id,
                     const char  *device_id,
                     gint64       schema,
                     gint64       now_us,
                     GError     **error)
{
  g_autofree char *id = kam_id_new (now_us);
  KamParam user = KAM_PARAM_ID (user_id);
  KamParam params[] = { KAM_PARAM_ID (id), KAM_PARAM_ID (client_id), user, KAM_PARAM_ID (device_id), KAM_PARAM_INT (schema), KAM_PARAM_INT (now_us) };

  g_autoptr (KamDbRows) row = NULL;

  /* The person's row holds back their other devices, so that together they stay within what one may have. */
  if (!kam_db_query_row (db, "SELECT `id` FROM `user` WHERE `id` = ? FOR UPDATE", &user, 1, &row, error))
    return NULL;

  g_clear_pointer (&row, kam_db_rows_free);

  if (!kam_db_exec (db,
                    "INSERT IGNORE INTO `quarantine` (`id`, `client_id`, `user_id`, `device_id`, `schema_version`, `created_at`, `is_complete`, `tries`) "
                    "VALUES (?, ?, ?, ?, ?, ?, 0, 0)",
                    params, 6, NULL, error))
    return NULL;

  return find (db, SELECT "WHERE q.`client_id` = ?", client_id, error);
}

gboolean
kam_quarantine_usage (KamDb       *db,
                      const char  *user_id,
                      gint64      *n_mutations,
                      gint64      *n_bytes,
                      GError     **error)
{
  g_autoptr (KamDbRows) row = NULL;
  KamParam param = KAM_PARAM_ID (user_id);

  if (!kam_db_query_row (db,
                         "SELECT COUNT(*), CAST(COALESCE(SUM(LENGTH(m.`content`)), 0) AS SIGNED) FROM `quarantine` q "
                         "JOIN `quarantine_mutation` m ON m.`quarantine_id` = q.`id` WHERE q.`user_id` = ?",
                         &param, 1, &row, error))
    return FALSE;

  *n_mutations = kam_db_rows_int (row, 0);
  *n_bytes = kam_db_rows_int (row, 1);

  return TRUE;
}

static KamQuarantined *
read_mutation (KamDbRows *rows)
{
  KamQuarantined *self = g_new0 (KamQuarantined, 1);

  self->mid = kam_db_rows_int (rows, 0);
  self->content = g_strdup (kam_db_rows_text (rows, 1));
  self->result = g_strdup (kam_db_rows_text (rows, 2));

  return self;
}

gboolean
kam_quarantine_find_mutation (KamDb           *db,
                              const char      *id,
                              gint64           mid,
                              KamQuarantined **found,
                              GError         **error)
{
  g_autoptr (KamDbRows) row = NULL;
  KamParam params[] = { KAM_PARAM_ID (id), KAM_PARAM_INT (mid) };

  if (!kam_db_query_row (db, "SELECT `mid`, `content`, `result` FROM `quarantine_mutation` WHERE `quarantine_id` = ? AND `mid` = ?", params, 2, &row,
                         error))
    return FALSE;

  *found = row != NULL ? read_mutation (row) : NULL;

  return TRUE;
}

gboolean
kam_quarantine_add (KamDb       *db,
                    const char  *id,
                    gint64       mid,
                    const char  *content,
                    GError     **error)
{
  KamParam params[] = { KAM_PARAM_ID (id), KAM_PARAM_INT (mid), KAM_PARAM_TEXT (content) };

  return kam_db_exec (db, "INSERT INTO `quarantine_mutation` (`quarantine_id`, `mid`, `content`) VALUES (?, ?, ?)", params, 3, NULL, error);
}

gboolean
kam_quarantine_complete (KamDb       *db,
                         const char  *id,
                         GError     **error)
{
  KamParam param = KAM_PARAM_ID (id);

  return kam_db_exec (db, "UPDATE `quarantine` SET `is_complete` = 1 WHERE `id` = ?", &param, 1, NULL, error);
}

GPtrArray *
kam_quarantine_list (KamDb   *db,
                     GError **error)
{
  g_autoptr (GPtrArray) all = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_quarantine_free);
  g_autoptr (KamDbRows) rows = kam_db_query (db, SELECT "ORDER BY q.`created_at`, q.`id`", NULL, 0, error);

  if (rows == NULL)
    return NULL;

  while (kam_db_rows_next (rows, error))
    g_ptr_array_add (all, read_one (rows));

  return kam_db_rows_ended (rows) ? g_steal_pointer (&all) : NULL;
}

KamQuarantine *
kam_quarantine_find (KamDb       *db,
                     const char  *id,
                     GError     **error)
{
  return find (db, SELECT "WHERE q.`id` = ?", id, error);
}

GPtrArray *
kam_quarantine_read (KamDb       *db,
                     const char  *id,
                     gint64       after_mid,
                     guint        limit,
                     GError     **error)
{
  g_autoptr (GPtrArray) some = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_quarantined_free);
  KamParam params[] = { KAM_PARAM_ID (id), KAM_PARAM_INT (after_mid), KAM_PARAM_INT (limit) };
  g_autoptr (KamDbRows) rows = kam_db_query (
      db, "SELECT `mid`, `content`, `result` FROM `quarantine_mutation` WHERE `quarantine_id` = ? AND `mid` > ? ORDER BY `mid` LIMIT ?", params, 3, error);

  if (rows == NULL)
    return NULL;

  while (kam_db_rows_next (rows, error))
    g_ptr_array_add (some, read_mutation (rows));

  return kam_db_rows_ended (rows) ? g_steal_pointer (&some) : NULL;
}

gboolean
kam_quarantine_note_result (KamDb       *db,
                            const char  *id,
                            gint64       mid,
                            const char  *result,
                            GError     **error)
{
  KamParam params[] = { KAM_PARAM_TEXT (result), KAM_PARAM_ID (id), KAM_PARAM_INT (mid) };

  return kam_db_exec (db, "UPDATE `quarantine_mutation` SET `result` = ? WHERE `quarantine_id` = ? AND `mid` = ?", params, 3, NULL, error);
}

gboolean
kam_quarantine_note_try (KamDb       *db,
                         const char  *id,
                         GError     **error)
{
  KamParam param = KAM_PARAM_ID (id);

  return kam_db_exec (db, "UPDATE `quarantine` SET `tries` = `tries` + 1 WHERE `id` = ?", &param, 1, NULL, error);
}

gboolean
kam_quarantine_drop (KamDb       *db,
                     const char  *id,
                     GError     **error)
{
  KamParam param = KAM_PARAM_ID (id);

  return kam_db_exec (db, "DELETE FROM `quarantine_mutation` WHERE `quarantine_id` = ?", &param, 1, NULL, error) &&
         kam_db_exec (db, "DELETE FROM `quarantine` WHERE `id` = ?", &param, 1, NULL, error);
}
