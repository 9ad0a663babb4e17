/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-session-repository.h"

/* When a session was last used is noted this coarsely, so that reading does not mean writing. */
#define SEEN_US (5 * 60 * G_USEC_PER_SEC)

/* Sessions that have ended stay so long, so that their devices can be told why; that they were revoked stays longer than any of them. */
#define KEPT_US (90 * G_TIME_SPAN_DAY)
#define REVOKED_US (1000 * G_TIME_SPAN_DAY)

void
kam_session_free (KamSession *self)
{
  g_free (self->role);
  g_free (self);
}

/**
 * kam_session_create:
 *
 * A new session, on a device that is new, or known and now this person's. Run inside a read-write transaction.
 */
gboolean
kam_session_create (KamDb        *db,
                    const guint8  token_hash[KAM_TOKEN_HASH_BYTES],
                    const char   *user_id,
                    const char   *device_id,
                    const char   *device_name,
                    gint64        now_us,
                    gint64        expires_at,
                    GError      **error)
{
  KamParam device[] = { KAM_PARAM_ID (device_id),  KAM_PARAM_ID (user_id), KAM_PARAM_TEXT (device_name), KAM_PARAM_INT (now_us), KAM_PARAM_INT (now_us),
                        KAM_PARAM_ID (user_id),    KAM_PARAM_TEXT (device_name), KAM_PARAM_INT (now_us) };
  KamParam session[] = { KAM_PARAM_BYTES (token_hash, KAM_TOKEN_HASH_BYTES), KAM_PARAM_ID (user_id), KAM_PARAM_ID (device_id), KAM_PARAM_INT (now_us),
                         KAM_PARAM_INT (expires_at), KAM_PARAM_INT (now_us) };
  KamParam forgotten = KAM_PARAM_INT (now_us - KEPT_US);
  KamParam long_ago = KAM_PARAM_INT (now_us - REVOKED_US);

  return kam_db_exec (db, "DELETE FROM `session` WHERE `expires_at` <= ?", &forgotten, 1, NULL, error) &&
         kam_db_exec (db, "DELETE FROM `session_revocation` WHERE `at` <= ?", &long_ago, 1, NULL, error) &&
         kam_db_exec (db,
                      "INSERT INTO `device` (`id`, `user_id`, `name`, `created_at`, `seen_at`) VALUES (?, ?, ?, ?, ?) "
                      "ON DUPLICATE KEY UPDATE `user_id` = ?, `name` = ?, `seen_at` = ?",
                      device, 8, NULL, error) &&
         kam_db_exec (db, "INSERT INTO `session` (`token_hash`, `user_id`, `device_id`, `created_at`, `expires_at`, `seen_at`) VALUES (?, ?, ?, ?, ?, ?)",
                      session, 6, NULL, error);
}

gboolean
kam_session_note_seen (KamDb             *db,
                       const guint8       token_hash[KAM_TOKEN_HASH_BYTES],
                       const KamSession  *session,
                       gint64             now_us,
                       GError           **error)
{
  KamParam params[] = { KAM_PARAM_INT (now_us), KAM_PARAM_BYTES (token_hash, KAM_TOKEN_HASH_BYTES) };
  KamParam device[] = { KAM_PARAM_INT (now_us), KAM_PARAM_ID (session->device_id), KAM_PARAM_INT (now_us) };

  if (now_us - session->seen_at <= SEEN_US)
    return TRUE;

  return kam_db_exec (db, "UPDATE `session` SET `seen_at` = ? WHERE `token_hash` = ?", params, 2, NULL, error) &&
         kam_db_exec (db, "UPDATE `device` SET `seen_at` = ? WHERE `id` = ? AND `seen_at` < ?", device, 3, NULL, error);
}

KamSession *
kam_session_find (KamDb         *db,
                  const guint8   token_hash[KAM_TOKEN_HASH_BYTES],
                  gint64         now_us,
                  GError       **error)
{
  g_autoptr (KamDbRows) row = NULL;
  KamSession *session;
  KamParam param = KAM_PARAM_BYTES (token_hash, KAM_TOKEN_HASH_BYTES);

  if (!kam_db_query_row (db,
                         "SELECT s.`user_id`, s.`device_id`, u.`role`, s.`expires_at`, s.`seen_at`, s.`ended_at` IS NOT NULL, "
                         "r.`token_hash` IS NOT NULL OR u.`active` = 0 FROM `session` s JOIN `user` u ON u.`id` = s.`user_id` "
                         "LEFT JOIN `session_revocation` r ON r.`token_hash` = s.`token_hash` WHERE s.`token_hash` = ?",
                         &param, 1, &row, error) ||
      row == NULL)
    return NULL;

  session = g_new0 (KamSession, 1);
  g_strlcpy (session->user_id, kam_db_rows_id (row, 0), sizeof session->user_id);
  g_strlcpy (session->device_id, kam_db_rows_id (row, 1), sizeof session->device_id);
  session->role = g_strdup (kam_db_rows_text (row, 2));
  session->expires_at = kam_db_rows_int (row, 3);
  session->seen_at = kam_db_rows_int (row, 4);

  if (kam_db_rows_int (row, 6) != 0)
    session->state = KAM_SESSION_REVOKED;
  else if (kam_db_rows_int (row, 5) != 0 || session->expires_at <= now_us)
    session->state = KAM_SESSION_ENDED;

  return session;
}

gboolean
kam_session_end (KamDb         *db,
                 const guint8   token_hash[KAM_TOKEN_HASH_BYTES],
                 GError       **error)
{
  KamParam param = KAM_PARAM_BYTES (token_hash, KAM_TOKEN_HASH_BYTES);

  return kam_db_exec (db, "UPDATE `session` SET `ended_at` = `seen_at` WHERE `token_hash` = ? AND `ended_at` IS NULL", &param, 1, NULL, error);
}

gboolean
kam_session_end_all (KamDb       *db,
                     const char  *user_id,
                     GError     **error)
{
  KamParam param = KAM_PARAM_ID (user_id);

  return kam_db_exec (db, "UPDATE `session` SET `ended_at` = `seen_at` WHERE `user_id` = ? AND `ended_at` IS NULL", &param, 1, NULL, error);
}

void
kam_device_record_free (KamDeviceRecord *self)
{
  g_free (self->name);
  g_free (self);
}

GPtrArray *
kam_session_list_devices (KamDb       *db,
                          const char  *user_id,
                          gint64       now_us,
                          GError     **error)
{
  g_autoptr (GPtrArray) devices = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_device_record_free);
  KamParam params[] = { KAM_PARAM_INT (now_us), KAM_PARAM_ID (user_id) };
  g_autoptr (KamDbRows) rows =
      kam_db_query (db,
                    "SELECT d.`id`, d.`name`, d.`created_at`, d.`seen_at`, EXISTS (SELECT 1 FROM `session` s WHERE s.`user_id` = d.`user_id` "
                    "AND s.`device_id` = d.`id` AND s.`ended_at` IS NULL AND s.`expires_at` > ?) FROM `device` d WHERE d.`user_id` = ? "
                    "ORDER BY d.`seen_at` DESC, d.`id`",
                    params, 2, error);

  if (rows == NULL)
    return NULL;

  while (kam_db_rows_next (rows, error))
    {
      KamDeviceRecord *device = g_new0 (KamDeviceRecord, 1);

      g_ptr_array_add (devices, device);
      g_strlcpy (device->id, kam_db_rows_id (rows, 0), sizeof device->id);
      device->name = g_strdup (kam_db_rows_text (rows, 1));
      device->created_at = kam_db_rows_int (rows, 2);
      device->seen_at = kam_db_rows_int (rows, 3);
      device->signed_in = kam_db_rows_int (rows, 4) != 0;
    }

  return kam_db_rows_ended (rows) ? g_steal_pointer (&devices) : NULL;
}

gboolean
kam_session_revoke_device (KamDb       *db,
                           const char  *user_id,
                           const char  *device_id,
                           gint64       now_us,
                           gboolean    *found,
                           GError     **error)
{
  KamParam whose[] = { KAM_PARAM_ID (device_id), KAM_PARAM_ID (user_id) };
  KamParam revoke[] = { KAM_PARAM_INT (now_us), KAM_PARAM_ID (user_id), KAM_PARAM_ID (device_id), KAM_PARAM_ID (user_id) };
  g_autoptr (KamDbRows) row = NULL;

  if (!kam_db_query_row (db, "SELECT 1 FROM `device` WHERE `id` = ? AND `user_id` = ?", whose, 2, &row, error))
    return FALSE;

  *found = row != NULL;
  g_clear_pointer (&row, kam_db_rows_free);

  /* Also those that have ended by themselves: their device has its copy still. */
  return !*found ||
         (kam_db_exec (db,
                       "INSERT IGNORE INTO `session_revocation` (`token_hash`, `at`, `by_id`) "
                       "SELECT `token_hash`, ?, ? FROM `session` WHERE `device_id` = ? AND `user_id` = ?",
                       revoke, 4, NULL, error) &&
          kam_db_exec (db, "UPDATE `session` SET `ended_at` = `seen_at` WHERE `device_id` = ? AND `user_id` = ? AND `ended_at` IS NULL", whose, 2, NULL,
                       error));
}
