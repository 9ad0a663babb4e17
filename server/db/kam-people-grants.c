/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-conflict-copies.h"
#include "kam-org-repository.h"
#include "kam-people-repository.h"
#include "kam-people-rights.h"

static gboolean
ends_alike (const KamRights *a,
            const KamRights *b,
            const char   *key)
{
  const gint64 *end_a = g_hash_table_lookup (a->ends, key);
  const gint64 *end_b = g_hash_table_lookup (b->ends, key);

  return end_a == NULL || end_b == NULL ? end_a == end_b : *end_a == *end_b;
}

static gboolean
rights_equal (const KamRights *a,
              const KamRights *b)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, a->grants);

  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      if (!g_hash_table_contains (b->grants, key) || !ends_alike (a, b, key))
        return FALSE;
    }

  return g_hash_table_size (a->grants) == g_hash_table_size (b->grants);
}

static gboolean
end_lost (KamDb         *db,
          gint64         seq,
          const KamRights  *wanted,
          const KamRights  *current,
          GPtrArray     *touched,
          GError       **error)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, current->grants);

  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      g_auto (GStrv) ids = g_hash_table_contains (wanted->grants, key) ? NULL : g_strsplit (key, " ", 2);
      KamParam params[] = { KAM_PARAM_INT (seq), KAM_PARAM_ID (ids != NULL ? ids[0] : NULL), KAM_PARAM_ID (ids != NULL ? ids[1] : NULL) };

      if (ids == NULL)
        continue;

      g_ptr_array_add (touched, kam_scope_personal (ids[0]));

      if (!kam_db_exec (db, "UPDATE `grants` SET `until_seq` = ? WHERE `user_id` = ? AND `scope_id` = ? AND `until_seq` IS NULL", params, 3, NULL,
                        error) ||
          !kam_conflict_copies_follow (db, ids[0], ids[1], FALSE, seq, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
add_gained (KamDb         *db,
            gint64         seq,
            const KamRights  *wanted,
            const KamRights  *current,
            GPtrArray     *touched,
            GError       **error)
{
  g_autoptr (GArray) params = g_array_new (FALSE, FALSE, sizeof (KamParam));
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, wanted->grants);

  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      char **pair = g_hash_table_contains (current->grants, key) ? NULL : g_strsplit (key, " ", 2);

      if (pair != NULL)
        {
          KamParam row[] = { KAM_PARAM_ID (pair[0]), KAM_PARAM_ID (pair[1]), KAM_PARAM_INT (seq) };

          g_ptr_array_add (ids, pair);
          g_ptr_array_add (touched, kam_scope_personal (pair[0]));
          g_array_append_vals (params, row, 3);

          if (!kam_conflict_copies_follow (db, pair[0], pair[1], TRUE, seq, error))
            return FALSE;
        }
    }

  return kam_db_insert_many (db, "INSERT INTO `grants` (`user_id`, `scope_id`, `since_seq`)", 3, params, error);
}

/* Brings the ends of grants, which are few, from what they are to what they are to be. */
static gboolean
write_ends (KamDb         *db,
            const KamRights  *wanted,
            const KamRights  *current,
            GError       **error)
{
  g_autoptr (GHashTable) keys = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, current->ends);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_hash_table_add (keys, key);

  g_hash_table_iter_init (&iter, wanted->ends);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_hash_table_add (keys, key);

  g_hash_table_iter_init (&iter, keys);

  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      g_auto (GStrv) ids = ends_alike (wanted, current, key) ? NULL : g_strsplit (key, " ", 2);
      const gint64 *end = g_hash_table_lookup (wanted->ends, key);
      KamParam params[] = { KAM_PARAM_ID (ids != NULL ? ids[0] : NULL), KAM_PARAM_ID (ids != NULL ? ids[1] : NULL),
                            KAM_PARAM_INT (end != NULL ? *end : 0) };
      const char *sql = end != NULL ? "REPLACE INTO `grant_end` (`user_id`, `scope_id`, `ends_at`) VALUES (?, ?, ?)"
                                    : "DELETE FROM `grant_end` WHERE `user_id` = ? AND `scope_id` = ?";

      if (ids != NULL && !kam_db_exec (db, sql, params, end != NULL ? 3 : 2, NULL, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
write_difference (KamDb         *db,
                  gint64         seq,
                  const KamRights  *wanted,
                  const KamRights  *current,
                  GPtrArray     *touched,
                  GError       **error)
{
  return end_lost (db, seq, wanted, current, touched, error) && add_gained (db, seq, wanted, current, touched, error) &&
         write_ends (db, wanted, current, error) && kam_org_touch (db, seq, touched, error);
}

/**
 * kam_people_refresh_grants:
 * @seq: the commit that changed people or their leaves
 *
 * Computes who may read what from the people and their leaves as they now are, opens what was gained and ends what was lost with this commit, and
 * touches the directory, in which the people are, and the personal scope of everybody whose grants changed.
 *
 * People are locked from here on at the latest, so that two changes come one after the other, each seeing all of the other.
 */
gboolean
kam_people_refresh_grants (KamDb   *db,
                           gint64   seq,
                           gint64   now_us,
                           GError **error)
{
  g_autoptr (GPtrArray) touched = g_ptr_array_new_with_free_func (g_free);
  g_auto (KamRights) wanted = { 0 };
  g_auto (KamRights) current = { 0 };

  if (!kam_people_lock (db, error) || !kam_rights_read_wanted (db, now_us, &wanted, error) || !kam_rights_read_current (db, &current, error))
    return FALSE;

  g_ptr_array_add (touched, kam_scope_directory ());

  return write_difference (db, seq, &wanted, &current, touched, error);
}

typedef struct
{
  gint64   now_us;
  gboolean is_due;
} Turn;

static gboolean
look (KamDb         *db,
      gpointer       data,
      GCancellable  *cancellable,
      GError       **error)
{
  Turn *turn = data;
  g_auto (KamRights) wanted = { 0 };
  g_auto (KamRights) current = { 0 };

  if (!kam_rights_read_wanted (db, turn->now_us, &wanted, error) || !kam_rights_read_current (db, &current, error))
    return FALSE;

  turn->is_due = !rights_equal (&wanted, &current);

  return TRUE;
}

/* Another process may have been quicker: then nothing is left to do. */
static gboolean
turn_page (KamDb         *db,
           gpointer       data,
           GCancellable  *cancellable,
           GError       **error)
{
  Turn *turn = data;
  g_autoptr (GPtrArray) touched = g_ptr_array_new_with_free_func (g_free);
  g_auto (KamRights) wanted = { 0 };
  g_auto (KamRights) current = { 0 };
  gint64 seq;

  if (!kam_people_lock (db, error) || !kam_rights_read_wanted (db, turn->now_us, &wanted, error) || !kam_rights_read_current (db, &current, error))
    return FALSE;

  turn->is_due = !rights_equal (&wanted, &current);

  if (!turn->is_due)
    return TRUE;

  seq = kam_org_next_head (db, turn->now_us, error);

  return seq != 0 && write_difference (db, seq, &wanted, &current, touched, error);
}

gboolean
kam_people_turn_day (KamDb     *db,
                     gint64     now_us,
                     gboolean  *changed,
                     GError   **error)
{
  Turn turn = { .now_us = now_us };

  *changed = FALSE;

  if (!kam_db_transact (db, KAM_DB_SNAPSHOT, look, &turn, NULL, error) ||
      (turn.is_due && !kam_db_transact (db, KAM_DB_READ_WRITE, turn_page, &turn, NULL, error)))
    return FALSE;

  *changed = turn.is_due;

  return TRUE;
}
