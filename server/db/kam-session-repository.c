/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-session-repository.h"

/* When a session was last used is noted this coarsely, so that reading does not mean writing. */
#define SEEN_US (5 * 60 * G_USEC_PER_SEC)

/* Sessions that have ended stay so long, so that their devices can be told why. */
#define KEPT_US (90 * G_TIME_SPAN_DAY)

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

  return kam_db_exec (db, "DELETE FROM `session` WHERE `expires_at` <= ?", &forgotten, 1, NULL, error) &&
         kam_db_exec (db,
                      "INSERT INTO `device` (`id`, `user_id`, `name`, `created_at`, `seen_at`) VALUES (?, ?, ?, ?, ?) "
                      "ON DUPLICATE KEY UPDATE `user_id` = ?, `name` = ?, `seen_at` = ?",
                      device, 8, NULL, error) &&
         kam_db_exec (db, "INSERT INTO `session` (`token_hash`, `user_id`, `device_id`, `created_at`, `expires_at`, `seen_at`) VALUES (?, ?, ?, ?, ?, ?)",
                      session, 6, NULL, error);
}

static gboolean
note_seen (KamDb         *db,
           const guint8   token_hash[KAM_TOKEN_HASH_BYTES],
           const char    *device_id,
           gint64         now_us,
           GError       **error)
{
  KamParam session[] = { KAM_PARAM_INT (now_us), KAM_PARAM_BYTES (token_hash, KAM_TOKEN_HASH_BYTES) };
  KamParam device[] = { KAM_PARAM_INT (now_us), KAM_PARAM_ID (device_id) };

  return kam_db_exec (db, "UPDATE `session` SET `seen_at` = ? WHERE `token_hash` = ?", session, 2, NULL, error) &&
         kam_db_exec (db, "UPDATE `device` SET `seen_at` = ? WHERE `id` = ?", device, 2, NULL, error);
}

/**
 * kam_session_find:
 * @ended: (out): the token was good once
 *
 * Run outside a transaction: now and then it notes when the session was last used.
 */
KamSession *
kam_session_find (KamDb        *db,
                  const guint8  token_hash[KAM_TOKEN_HASH_BYTES],
                  gint64        now_us,
                  gboolean     *ended,
                  GError      **error)
{
  g_autoptr (KamDbRows) row = NULL;
  g_autoptr (KamSession) session = NULL;
  KamParam params[] = { KAM_PARAM_INT (now_us), KAM_PARAM_BYTES (token_hash, KAM_TOKEN_HASH_BYTES) };

  *ended = FALSE;

  if (!kam_db_query_row (db,
                         "SELECT s.`user_id`, s.`device_id`, u.`role`, s.`expires_at`, s.`seen_at`, "
                         "s.`expires_at` > ? AND s.`ended_at` IS NULL AND u.`active` = 1 FROM `session` s JOIN `user` u ON u.`id` = s.`user_id` "
                         "WHERE s.`token_hash` = ?",
                         params, 2, &row, error) ||
      row == NULL)
    return NULL;

  if (kam_db_rows_int (row, 5) == 0)
    {
      *ended = TRUE;
      return NULL;
    }

  session = g_new0 (KamSession, 1);
  g_strlcpy (session->user_id, kam_db_rows_id (row, 0), sizeof session->user_id);
  g_strlcpy (session->device_id, kam_db_rows_id (row, 1), sizeof session->device_id);
  session->role = g_strdup (kam_db_rows_text (row, 2));
  session->expires_at = kam_db_rows_int (row, 3);

  if (now_us - kam_db_rows_int (row, 4) > SEEN_US && !note_seen (db, token_hash, session->device_id, now_us, error))
    return NULL;

  return g_steal_pointer (&session);
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
