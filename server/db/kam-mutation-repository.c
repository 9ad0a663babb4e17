/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-mutation-repository.h"

#include <string.h>

#define REMEMBERED 20000
/* A push acknowledges what the one before it brought, which is fewer. */
#define FORGOTTEN_AT_ONCE 2000

#define N_COLUMNS 6

void
kam_stored_result_free (KamStoredResult *self)
{
  g_free (self->result);
  g_free (self->origin_client_id);
  g_free (self);
}

static gboolean
read_client (KamDb       *db,
             const char  *sql,
             const char  *client_id,
             KamClient   *client,
             gboolean    *found,
             GError     **error)
{
  g_autoptr (KamDbRows) row = NULL;
  KamParam param = KAM_PARAM_ID (client_id);

  if (!kam_db_query_row (db, sql, &param, 1, &row, error))
    return FALSE;

  *found = row != NULL;

  if (row == NULL)
    return TRUE;

  g_strlcpy (client->user_id, kam_db_rows_id (row, 0), sizeof client->user_id);
  g_strlcpy (client->device_id, kam_db_rows_id (row, 1), sizeof client->device_id);
  client->last_mid = kam_db_rows_int (row, 2);
  client->acked_mid = kam_db_rows_int (row, 3);

  return TRUE;
}

gboolean
kam_mutations_lock_client (KamDb       *db,
                           const char  *client_id,
                           const char  *user_id,
                           const char  *device_id,
                           KamClient   *client,
                           GError     **error)
{
  const char *sql = "SELECT `user_id`, `device_id`, `last_mid`, `acked_mid` FROM `client` WHERE `id` = ? FOR UPDATE";
  KamParam params[] = { KAM_PARAM_ID (client_id), KAM_PARAM_ID (user_id), KAM_PARAM_ID (device_id) };
  gboolean found = FALSE;

  if (!read_client (db, sql, client_id, client, &found, error))
    return FALSE;

  if (found)
    return TRUE;

  /* IGNORE: a twin of this request may have been quicker; then its row is the one to read. */
  return kam_db_exec (db, "INSERT IGNORE INTO `client` (`id`, `user_id`, `device_id`, `last_mid`, `acked_mid`) VALUES (?, ?, ?, 0, 0)", params, 3, NULL,
                      error) &&
         read_client (db, sql, client_id, client, &found, error);
}

gboolean
kam_mutations_save_client (KamDb       *db,
                           const char  *client_id,
                           gint64       last_mid,
                           gint64       acked_mid,
                           GError     **error)
{
  KamParam params[] = { KAM_PARAM_INT (last_mid), KAM_PARAM_INT (acked_mid), KAM_PARAM_ID (client_id) };

  return kam_db_exec (db, "UPDATE `client` SET `last_mid` = ?, `acked_mid` = ? WHERE `id` = ?", params, 3, NULL, error);
}

static gboolean
find_stored (KamDb            *db,
             const char       *sql,
             const KamParam   *params,
             guint             n_params,
             KamStoredResult **stored,
             GError          **error)
{
  g_autoptr (KamDbRows) row = NULL;
  gconstpointer hash;
  gsize length;

  *stored = NULL;

  if (!kam_db_query_row (db, sql, params, n_params, &row, error))
    return FALSE;

  if (row == NULL)
    return TRUE;

  *stored = g_new0 (KamStoredResult, 1);
  (*stored)->mid = kam_db_rows_int (row, 0);
  (*stored)->result = g_strdup (kam_db_rows_text (row, 2));
  hash = kam_db_rows_bytes (row, 1, &length);
  memcpy ((*stored)->content_hash, hash, MIN (length, KAM_CONTENT_HASH_BYTES));

  return TRUE;
}

gboolean
kam_mutations_find_result (KamDb            *db,
                           const char       *client_id,
                           gint64            mid,
                           KamStoredResult **stored,
                           GError          **error)
{
  KamParam params[] = { KAM_PARAM_ID (client_id), KAM_PARAM_INT (mid) };

  return find_stored (db, "SELECT `mid`, `content_hash`, `result` FROM `mutation_result` WHERE `client_id` = ? AND `mid` = ?", params, 2, stored, error);
}

gboolean
kam_mutations_find_by_origin (KamDb            *db,
                              const char       *user_id,
                              const char       *origin_client_id,
                              gint64            origin_mid,
                              const guint8     *content_hash,
                              KamStoredResult **stored,
                              gboolean         *settled,
                              GError          **error)
{
  KamParam params[] = { KAM_PARAM_ID (origin_client_id), KAM_PARAM_INT (origin_mid), KAM_PARAM_ID (user_id),
                        KAM_PARAM_BYTES (content_hash, KAM_CONTENT_HASH_BYTES) };
  g_autoptr (KamStoredResult) other = NULL;
  KamClient client = { 0 };
  gboolean found = FALSE;

  *settled = FALSE;

  if (!find_stored (db,
                    "SELECT r.`mid`, r.`content_hash`, r.`result` FROM `mutation_result` r JOIN `client` c ON c.`id` = r.`client_id` "
                    "WHERE r.`client_id` = ? AND r.`mid` = ? AND c.`user_id` = ? AND r.`content_hash` = ?",
                    params, 4, stored, error))
    return FALSE;

  if (*stored == NULL &&
      !find_stored (db,
                    "SELECT r.`mid`, r.`content_hash`, r.`result` FROM `mutation_result` r JOIN `client` c ON c.`id` = r.`client_id` "
                    "WHERE r.`origin_client_id` = ? AND r.`origin_mid` = ? AND c.`user_id` = ? AND r.`content_hash` = ? LIMIT 1",
                    params, 4, stored, error))
    return FALSE;

  if (*stored != NULL)
    {
      *settled = TRUE;
      return TRUE;
    }

  if (!kam_mutations_find_result (db, origin_client_id, origin_mid, &other, error) ||
      !read_client (db, "SELECT `user_id`, `device_id`, `last_mid`, `acked_mid` FROM `client` WHERE `id` = ?", origin_client_id, &client, &found, error))
    return FALSE;

  /* Under that number there was another mutation: the client was cloned, or restored. Else it was so long ago that nobody remembers what it was. */
  *settled = other == NULL && found && strcmp (client.user_id, user_id) == 0 && origin_mid <= client.last_mid;

  return TRUE;
}

gboolean
kam_mutations_store (KamDb       *db,
                     const char  *client_id,
                     GPtrArray   *results,
                     GError     **error)
{
  g_autoptr (GArray) params = g_array_new (FALSE, FALSE, sizeof (KamParam));

  for (guint i = 0; i < results->len; i++)
    {
      const KamStoredResult *stored = g_ptr_array_index (results, i);
      KamParam row[N_COLUMNS] = {
        KAM_PARAM_ID (client_id),
        KAM_PARAM_INT (stored->mid),
        KAM_PARAM_BYTES (stored->content_hash, KAM_CONTENT_HASH_BYTES),
        KAM_PARAM_TEXT (stored->result),
        KAM_PARAM_ID (stored->origin_client_id),
        KAM_PARAM_INT (stored->origin_mid),
      };

      g_array_append_vals (params, row, N_COLUMNS);
    }

  return kam_db_insert_many (db,
                             "INSERT INTO `mutation_result` (`client_id`, `mid`, `content_hash`, `result`, `origin_client_id`, `origin_mid`)",
                             N_COLUMNS, params, error);
}

/* What it was is remembered for as long as a client's journal may reach back; what came of it only until the client knows. */
gboolean
kam_mutations_forget (KamDb       *db,
                      const char  *client_id,
                      gint64       acked_mid,
                      GError     **error)
{
  KamParam acked[] = { KAM_PARAM_ID (client_id), KAM_PARAM_INT (acked_mid - FORGOTTEN_AT_ONCE), KAM_PARAM_INT (acked_mid) };
  KamParam old[] = { KAM_PARAM_ID (client_id), KAM_PARAM_INT (acked_mid - REMEMBERED) };

  return kam_db_exec (db, "UPDATE `mutation_result` SET `result` = '' WHERE `client_id` = ? AND `mid` > ? AND `mid` <= ? AND `result` <> ''", acked, 3, NULL,
                      error) &&
         kam_db_exec (db, "DELETE FROM `mutation_result` WHERE `client_id` = ? AND `mid` <= ?", old, 2, NULL, error);
}
