/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-feed-repository.h"

#include "kam-row-sql.h"

#define TOMBSTONES (-1)

/* Up to so many touches of commits are read and compared here; beyond that each scope is looked up by itself. */
#define MAX_TOUCHES_READ 2000

/* Rows of an answer that is taken whole. */
#define STEP_ROWS 500

typedef struct
{
  KamDb            *db;
  const char       *scope;
  KamFeedPosition  *position;
  guint             room;     /* rows that still fit */
  const guint8     *bits;     /* (nullable): only rows whose ids have one */
  KamFeedEvictFunc  evict;
  KamFeedRowFunc    row;
  gpointer          data;
} Scan;

void
kam_feed_position_init (KamFeedPosition *self,
                        gint64           after_seq,
                        gint64           up_to_seq,
                        gboolean         with_tombstones)
{
  *self = (KamFeedPosition) {
    .after_seq = after_seq,
    .up_to_seq = up_to_seq,
    .entity = with_tombstones ? TOMBSTONES : KAM_ENTITY_USER,
    .rev = after_seq,
  };
}

static void
move_position (KamFeedPosition *position,
               gint64           rev,
               const char      *id)
{
  position->rev = rev;
  g_strlcpy (position->id, id, sizeof position->id);
}

static gboolean
give_tombstone (Scan       *scan,
                KamDbRows  *rows,
                GError    **error)
{
  g_autofree char *id = g_strdup (kam_db_rows_id (rows, 0));
  gint64 rev = kam_db_rows_int (rows, 1);
  const KamEntity *entity = kam_entity_by_name (kam_db_rows_text (rows, 2));
  gboolean moved = g_str_equal (kam_db_rows_text (rows, 3), "moved");

  move_position (scan->position, rev, id);

  return entity == NULL || scan->evict (entity->kind, rev, scan->scope, id, moved, scan->data, error);
}

static gboolean
give_row (Scan       *scan,
          KamDbRows  *rows,
          GError    **error)
{
  g_autoptr (KamRow) row = kam_row_sql_read ((KamEntityKind) scan->position->entity, rows);

  move_position (scan->position, kam_row_rev (row), kam_row_id (row));

  return scan->row (row, scan->data, error);
}

/* Runs one of the two queries of a step: what is left of the rev that the position is in, or the revs after it. */
static gboolean
run_query (Scan            *scan,
           const char      *sql,
           const KamParam  *params,
           guint            n_params,
           GError         **error)
{
  g_autoptr (KamDbRows) rows = kam_db_query (scan->db, sql, params, n_params, error);

  if (rows == NULL)
    return FALSE;

  for (; kam_db_rows_next (rows, error); scan->room--)
    {
      gboolean given = scan->position->entity == TOMBSTONES ? give_tombstone (scan, rows, error) : give_row (scan, rows, error);

      if (!given)
        return FALSE;
    }

  return kam_db_rows_ended (rows);
}

/* The two queries of a step, for tombstones, for all rows, or for those whose ids have a bit. */
static void
choose_queries (const Scan  *scan,
                const char **same_rev,
                const char **later)
{
  const KamRowSql *sql = NULL;

  if (scan->position->entity == TOMBSTONES)
    {
      *same_rev = "SELECT `id`, `rev`, `entity`, `kind` FROM `tombstone` WHERE `scope_id` = ? AND `rev` = ? AND `id` > ? ORDER BY `id` LIMIT ?";
      *later = "SELECT `id`, `rev`, `entity`, `kind` FROM `tombstone` WHERE `scope_id` = ? AND `rev` > ? AND `rev` <= ? ORDER BY `rev`, `id` LIMIT ?";
      return;
    }

  sql = kam_row_sql_get ((KamEntityKind) scan->position->entity);
  *same_rev = scan->bits != NULL ? sql->bits_same_rev : sql->feed_same_rev;
  *later = scan->bits != NULL ? sql->bits_later : sql->feed_later;
}

static gboolean
run_step (Scan        *scan,
          const char  *sql,
          KamParam     up_to,
          GError     **error)
{
  KamParam params[5] = { KAM_PARAM_ID (scan->scope), KAM_PARAM_INT (scan->position->rev), up_to };
  guint n = 3;

  if (scan->bits != NULL)
    params[n++] = KAM_PARAM_BYTES (scan->bits, KAM_FEED_BITS_BYTES);

  params[n++] = KAM_PARAM_INT (scan->room);

  return run_query (scan, sql, params, n, error);
}

static gboolean
scan_one (Scan    *scan,
          GError **error)
{
  KamFeedPosition *position = scan->position;
  const char *same_rev = NULL;
  const char *later = NULL;

  choose_queries (scan, &same_rev, &later);

  if (position->id[0] != '\0')
    {
      g_autofree char *id = g_strdup (position->id);

      if (!run_step (scan, same_rev, KAM_PARAM_ID (id), error))
        return FALSE;
    }

  return scan->room == 0 || run_step (scan, later, KAM_PARAM_INT (position->up_to_seq), error);
}

gboolean
kam_feed_scan (KamDb             *db,
               GPtrArray         *scopes,
               KamFeedPosition   *position,
               guint              limit,
               KamFeedEvictFunc   evict,
               KamFeedRowFunc     row,
               gpointer           data,
               gboolean          *done,
               GError           **error)
{
  Scan scan = { .db = db, .position = position, .room = limit, .evict = evict, .row = row, .data = data };

  *done = FALSE;

  while (position->entity < KAM_N_ENTITIES)
    {
      for (; position->scope < scopes->len; position->scope++)
        {
          scan.scope = g_ptr_array_index (scopes, position->scope);

          if (!scan_one (&scan, error))
            return FALSE;

          if (scan.room == 0)
            return TRUE;

          move_position (position, position->after_seq, "");
        }

      position->scope = 0;
      position->entity++;
    }

  *done = TRUE;

  return TRUE;
}

gboolean
kam_feed_scan_bits (KamDb           *db,
                    GPtrArray       *scopes,
                    KamEntityKind    entity,
                    const guint8     bits[KAM_FEED_BITS_BYTES],
                    gint64           up_to_seq,
                    KamFeedRowFunc   row,
                    gpointer         data,
                    GCancellable    *cancellable,
                    GError         **error)
{
  KamFeedPosition position;
  Scan scan = { .db = db, .position = &position, .bits = bits, .row = row, .data = data };

  for (guint i = 0; i < scopes->len; i++)
    {
      kam_feed_position_init (&position, 0, up_to_seq, FALSE);
      position.entity = (int) entity;
      scan.scope = g_ptr_array_index (scopes, i);

      do
        {
          scan.room = STEP_ROWS;

          if (g_cancellable_set_error_if_cancelled (cancellable, error) || !scan_one (&scan, error))
            return FALSE;
        }
      while (scan.room == 0);
    }

  return TRUE;
}

/* The scopes that (after_seq, up_to_seq] touched; NULL without error where they are too many to read. */
static GHashTable *
read_touches (KamDb   *db,
              gint64   after_seq,
              gint64   up_to_seq,
              GError **error)
{
  KamParam params[] = { KAM_PARAM_INT (after_seq), KAM_PARAM_INT (up_to_seq), KAM_PARAM_INT (MAX_TOUCHES_READ) };
  g_autoptr (GHashTable) touched = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (KamDbRows) rows =
      kam_db_query (db, "SELECT `scope_id` FROM `commit_scope` WHERE `seq` > ? AND `seq` <= ? ORDER BY `seq` LIMIT ?", params, 3, error);
  guint n = 0;

  if (rows == NULL)
    return NULL;

  for (; kam_db_rows_next (rows, error); n++)
    g_hash_table_add (touched, g_strdup (kam_db_rows_id (rows, 0)));

  return kam_db_rows_ended (rows) && n < MAX_TOUCHES_READ ? g_steal_pointer (&touched) : NULL;
}

static gboolean
is_touched (KamDb       *db,
            const char  *scope,
            gint64       after_seq,
            gint64       up_to_seq,
            gboolean    *touched,
            GError     **error)
{
  KamParam params[] = { KAM_PARAM_ID (scope), KAM_PARAM_INT (after_seq), KAM_PARAM_INT (up_to_seq) };
  g_autoptr (KamDbRows) row = NULL;

  if (!kam_db_query_row (db, "SELECT 1 FROM `commit_scope` WHERE `scope_id` = ? AND `seq` > ? AND `seq` <= ? LIMIT 1", params, 3, &row, error))
    return FALSE;

  *touched = row != NULL;

  return TRUE;
}

/**
 * kam_feed_touched:
 *
 * Which of the scopes were touched in (after_seq, up_to_seq], in the order given.
 *
 * Returns: (transfer full) (element-type utf8)
 */
GPtrArray *
kam_feed_touched (KamDb      *db,
                  GPtrArray  *scopes,
                  gint64      after_seq,
                  gint64      up_to_seq,
                  GError    **error)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GHashTable) touches = read_touches (db, after_seq, up_to_seq, &local_error);

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }

  for (guint i = 0; i < scopes->len; i++)
    {
      const char *scope = g_ptr_array_index (scopes, i);
      gboolean touched = touches != NULL && g_hash_table_contains (touches, scope);

      if (touches == NULL && !is_touched (db, scope, after_seq, up_to_seq, &touched, error))
        return NULL;

      if (touched)
        g_ptr_array_add (found, g_strdup (scope));
    }

  return g_steal_pointer (&found);
}

/**
 * kam_feed_count:
 *
 * How many rows a scan will give, without its tombstones; exact within one snapshot. Reads the index only.
 *
 * Returns: -1 on error
 */
gint64
kam_feed_count (KamDb      *db,
                GPtrArray  *scopes,
                gint64      after_seq,
                gint64      up_to_seq,
                GError    **error)
{
  gint64 n = 0;

  for (guint i = 0; i < scopes->len * KAM_N_ENTITIES; i++)
    {
      KamParam params[] = { KAM_PARAM_ID (g_ptr_array_index (scopes, i / KAM_N_ENTITIES)), KAM_PARAM_INT (after_seq), KAM_PARAM_INT (up_to_seq) };
      g_autoptr (KamDbRows) row = NULL;

      if (!kam_db_query_row (db, kam_row_sql_get ((KamEntityKind) (i % KAM_N_ENTITIES))->feed_count, params, 3, &row, error))
        return -1;

      n += kam_db_rows_int (row, 0);
    }

  return n;
}
