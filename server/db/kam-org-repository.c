/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-org-repository.h"

#include "kam-feed-repository.h"

#include <string.h>
#include <sys/random.h>

gboolean
kam_org_found (KamDb   *db,
               gint64   now_us,
               GError **error)
{
  g_autofree char *server_id = kam_id_new (now_us);
  g_autofree char *epoch = kam_id_new (now_us);
  guint8 secret[KAM_ORG_SECRET_BYTES];
  KamParam params[] = { KAM_PARAM_ID (server_id), KAM_PARAM_ID (epoch), KAM_PARAM_BYTES (secret, sizeof secret) };

  if (getrandom (secret, sizeof secret, 0) != (gssize) sizeof secret)
    g_error ("The system gives no random numbers");

  return kam_db_exec (db,
                      "INSERT IGNORE INTO `org` (`one`, `server_id`, `epoch`, `head`, `durable`, `secret`, `is_sample`) VALUES (1, ?, ?, 0, 0, ?, 0)",
                      params, 3, NULL, error);
}

gboolean
kam_org_read (KamDb   *db,
              KamOrg  *org,
              GError **error)
{
  g_autoptr (KamDbRows) row = NULL;
  gconstpointer secret;
  gsize length;

  if (!kam_db_query_row (db,
                         "SELECT `server_id`, `epoch`, `head`, `durable`, `is_sample`, `secret`, (SELECT MIN(`seq`) FROM `commit_log`), "
                         "(SELECT `nonce` FROM `commit_log` WHERE `seq` = `org`.`head`) FROM `org` WHERE `one` = 1",
                         NULL, 0, &row, error))
    return FALSE;

  if (row == NULL)
    {
      g_set_error (error, KAM_DB_ERROR, KAM_DB_ERROR_VERSION, "The database holds no organisation. Run “kam-server init” first");
      return FALSE;
    }

  g_strlcpy (org->server_id, kam_db_rows_id (row, 0), sizeof org->server_id);
  g_strlcpy (org->epoch, kam_db_rows_id (row, 1), sizeof org->epoch);
  org->head = kam_db_rows_int (row, 2);
  org->durable = kam_db_rows_int (row, 3);
  org->is_sample = kam_db_rows_int (row, 4) != 0;
  secret = kam_db_rows_bytes (row, 5, &length);
  g_return_val_if_fail (length == sizeof org->secret, FALSE);
  memcpy (org->secret, secret, length);
  org->oldest = kam_db_rows_is_null (row, 6) ? 0 : kam_db_rows_int (row, 6);
  g_strlcpy (org->nonce, kam_db_rows_is_null (row, 7) ? "" : kam_db_rows_id (row, 7), sizeof org->nonce);

  return TRUE;
}

gboolean
kam_org_mark_sample (KamDb   *db,
                     GError **error)
{
  return kam_db_exec (db, "UPDATE `org` SET `is_sample` = 1 WHERE `one` = 1", NULL, 0, NULL, error);
}

gint64
kam_org_next_head (KamDb   *db,
                   gint64   now_us,
                   GError **error)
{
  g_autoptr (KamDbRows) row = NULL;
  g_autofree char *nonce = kam_id_new (now_us);
  gint64 seq;

  if (!kam_db_exec (db, "UPDATE `org` SET `head` = LAST_INSERT_ID(`head` + 1) WHERE `one` = 1", NULL, 0, NULL, error) ||
      !kam_db_query_row (db, "SELECT LAST_INSERT_ID()", NULL, 0, &row, error))
    return 0;

  seq = kam_db_rows_int (row, 0);

  {
    KamParam params[] = { KAM_PARAM_INT (seq), KAM_PARAM_ID (nonce), KAM_PARAM_INT (now_us) };

    if (!kam_db_exec (db, "INSERT INTO `commit_log` (`seq`, `nonce`, `at`) VALUES (?, ?, ?)", params, 3, NULL, error))
      return 0;
  }

  return seq;
}

gboolean
kam_org_touch (KamDb      *db,
               gint64      seq,
               GPtrArray  *scopes,
               GError    **error)
{
  g_autoptr (GArray) params = g_array_new (FALSE, FALSE, sizeof (KamParam));

  for (guint i = 0; i < scopes->len; i++)
    {
      KamParam row[] = { KAM_PARAM_INT (seq), KAM_PARAM_ID (g_ptr_array_index (scopes, i)) };

      g_array_append_vals (params, row, 2);
    }

  return kam_db_insert_many (db, "INSERT IGNORE INTO `commit_scope` (`seq`, `scope_id`)", 2, params, error);
}

char *
kam_org_get_nonce (KamDb   *db,
                   gint64   seq,
                   GError **error)
{
  g_autoptr (KamDbRows) row = NULL;
  KamParam param = KAM_PARAM_INT (seq);

  if (!kam_db_query_row (db, "SELECT `nonce` FROM `commit_log` WHERE `seq` = ?", &param, 1, &row, error))
    return NULL;

  return row != NULL ? g_strdup (kam_db_rows_id (row, 0)) : NULL;
}

GPtrArray *
kam_org_touched (KamDb   *db,
                 gint64   after_seq,
                 gint64   up_to_seq,
                 GError **error)
{
  KamParam params[] = { KAM_PARAM_INT (after_seq), KAM_PARAM_INT (up_to_seq) };
  g_autoptr (GPtrArray) scopes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (KamDbRows) rows = kam_db_query (
      db, "SELECT DISTINCT `scope_id` FROM `commit_scope` WHERE `seq` > ? AND `seq` <= ? ORDER BY `scope_id`", params, 2, error);

  if (rows == NULL)
    return NULL;

  while (kam_db_rows_next (rows, error))
    g_ptr_array_add (scopes, g_strdup (kam_db_rows_id (rows, 0)));

  return kam_db_rows_ended (rows) ? g_steal_pointer (&scopes) : NULL;
}

gboolean
kam_org_has_news (KamDb         *db,
                  const KamOrg  *org,
                  GPtrArray     *scopes,
                  gint64         since,
                  gboolean      *news,
                  GError       **error)
{
  g_autoptr (GPtrArray) touched = NULL;

  *news = since + 1 < org->oldest;

  if (*news)
    return TRUE;

  touched = kam_feed_touched (db, scopes, since, G_MAXINT64, error);

  if (touched == NULL)
    return FALSE;

  *news = touched->len > 0;

  return TRUE;
}
