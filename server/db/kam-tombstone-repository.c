/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-tombstone-repository.h"

static gboolean
query_number (KamDb           *db,
              const char      *sql,
              const KamParam  *params,
              guint            n_params,
              gint64          *number, /* 0 where there is no row */
              GError         **error)
{
  g_autoptr (KamDbRows) row = NULL;

  if (!kam_db_query_row (db, sql, params, n_params, &row, error))
    return FALSE;

  *number = row != NULL ? kam_db_rows_int (row, 0) : 0;

  return TRUE;
}

/**
 * kam_tombstones_find_first:
 *
 * Goes by the order of the commits, not by their times alone: a server whose clock was wrong for a while makes us keep more, never less.
 */
gboolean
kam_tombstones_find_first (KamDb   *db,
                           gint64   before_us,
                           gint64  *seq,
                           GError **error)
{
  KamParam before = KAM_PARAM_INT (before_us);
  gint64 oldest = 0;
  gint64 young = 0;

  if (!query_number (db, "SELECT `seq` FROM `commit_log` ORDER BY `seq` LIMIT 1", NULL, 0, &oldest, error) ||
      !query_number (db, "SELECT `seq` FROM `commit_log` WHERE `at` >= ? ORDER BY `seq` LIMIT 1", &before, 1, &young, error))
    return FALSE;

  if (young != 0)
    *seq = MAX (young - 1, oldest);
  else if (!query_number (db, "SELECT `seq` FROM `commit_log` ORDER BY `seq` DESC LIMIT 1", NULL, 0, seq, error))
    return FALSE;

  return TRUE;
}

gboolean
kam_tombstones_count (KamDb               *db,
                      gint64               first,
                      KamTombstoneCounts  *counts,
                      GError             **error)
{
  KamParam param = KAM_PARAM_INT (first);
  gint64 commits = 0;
  gint64 touches = 0;
  gint64 tombstones = 0;

  if (!query_number (db, "SELECT COUNT(*) FROM `commit_log` WHERE `seq` < ?", &param, 1, &commits, error) ||
      !query_number (db, "SELECT COUNT(*) FROM `commit_scope` WHERE `seq` < ?", &param, 1, &touches, error) ||
      !query_number (db, "SELECT COUNT(*) FROM `tombstone` WHERE `rev` < ?", &param, 1, &tombstones, error))
    return FALSE;

  *counts = (KamTombstoneCounts) { (guint64) commits, (guint64) touches, (guint64) tombstones };

  return TRUE;
}

/* The scopes that have tombstones before this commit: their index begins with the scope. */
static GPtrArray *
find_scopes (KamDb   *db,
             gint64   first,
             GError **error)
{
  KamParam param = KAM_PARAM_INT (first);
  g_autoptr (GPtrArray) scopes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (KamDbRows) rows =
      kam_db_query (db, "SELECT `scope_id` FROM `tombstone` GROUP BY `scope_id` HAVING MIN(`rev`) < ? ORDER BY `scope_id`", &param, 1, error);

  if (rows == NULL)
    return NULL;

  while (kam_db_rows_next (rows, error))
    g_ptr_array_add (scopes, g_strdup (kam_db_rows_id (rows, 0)));

  return kam_db_rows_ended (rows) ? g_steal_pointer (&scopes) : NULL;
}

static gboolean
remove_tombstones (KamDb    *db,
                   gint64    first,
                   guint     limit,
                   guint64  *removed,
                   GError  **error)
{
  g_autoptr (GPtrArray) scopes = find_scopes (db, first, error);

  if (scopes == NULL)
    return FALSE;

  for (guint i = 0; i < scopes->len && *removed < limit; i++)
    {
      KamParam params[] = { KAM_PARAM_ID (g_ptr_array_index (scopes, i)), KAM_PARAM_INT (first), KAM_PARAM_INT ((gint64) (limit - *removed)) };
      guint64 n = 0;

      if (!kam_db_exec (db, "DELETE FROM `tombstone` WHERE `scope_id` = ? AND `rev` < ? ORDER BY `scope_id`, `rev`, `id` LIMIT ?", params, 3, &n, error))
        return FALSE;

      *removed += n;
    }

  return TRUE;
}

gboolean
kam_tombstones_remove (KamDb               *db,
                       gint64               first,
                       guint                limit,
                       KamTombstoneCounts  *removed,
                       gboolean            *done,
                       GError             **error)
{
  KamParam params[] = { KAM_PARAM_INT (first), KAM_PARAM_INT (limit) };
  guint64 n_commits = 0;
  guint64 n_touches = 0;
  guint64 n_tombstones = 0;

  *done = FALSE;

  if (!kam_db_exec (db, "DELETE FROM `commit_log` WHERE `seq` < ? ORDER BY `seq` LIMIT ?", params, 2, &n_commits, error))
    return FALSE;

  if (n_commits < limit && !kam_db_exec (db, "DELETE FROM `commit_scope` WHERE `seq` < ? ORDER BY `seq`, `scope_id` LIMIT ?", params, 2, &n_touches, error))
    return FALSE;

  if (n_commits < limit && n_touches < limit && !remove_tombstones (db, first, limit, &n_tombstones, error))
    return FALSE;

  *done = n_commits < limit && n_touches < limit && n_tombstones < limit;
  removed->n_commits += n_commits;
  removed->n_touches += n_touches;
  removed->n_tombstones += n_tombstones;

  return TRUE;
}
