/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-store-private.h"

const char kam_outbox_select_of_row[] = "SELECT " KAM_OUTBOX_COLUMNS " FROM outbox WHERE id = ?1 AND entity = ?2 AND state < 2 ORDER BY seq";

KamMutation *
kam_outbox_read (sqlite3_stmt *stmt)
{
  g_autofree char *id = kam_sqlite_id (stmt, 2);
  g_autoptr (GVariant) changes = kam_sqlite_variant (stmt, 6, "a(smvmv)");
  KamMutation *mutation = kam_mutation_new ((KamEntityKind) sqlite3_column_int (stmt, 1), id, (KamOp) sqlite3_column_int (stmt, 3),
                                            sqlite3_column_int64 (stmt, 4),
                                            sqlite3_column_int64 (stmt, 5));

  mutation->mid = sqlite3_column_int64 (stmt, 0);
  mutation->origin_client_id = kam_sqlite_text (stmt, 7);
  mutation->origin_mid = sqlite3_column_int64 (stmt, 8);

  if (changes != NULL)
    kam_mutation_unpack (mutation, changes);

  return mutation;
}

gboolean
kam_outbox_insert (KamWorker          *self,
                   const KamMutation  *mutation,
                   const char         *lead_id,
                   GError            **error)
{
  g_autoptr (GVariant) changes = kam_mutation_pack (mutation);

  kam_changes_add_outbox (self->changes);

  return kam_sqlite_exec (self->db, error, "INSERT INTO outbox (entity, id, lead_id, op, base_rev, at, changes, origin_client, origin_mid)"
                                           " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, nullif (?9, 0))",
                          "iuuiiivti", (gint64) mutation->entity, mutation->id, lead_id, (gint64) mutation->op, mutation->base_rev, mutation->at, changes,
                          mutation->origin_client_id, mutation->origin_mid);
}

gboolean
kam_outbox_replace (KamWorker          *self,
                    gint64              seq,
                    const KamMutation  *mutation,
                    GError            **error)
{
  g_autoptr (GVariant) changes = kam_mutation_pack (mutation);

  kam_changes_add_outbox (self->changes);

  return kam_sqlite_exec (self->db, error, "UPDATE outbox SET changes = ?2, at = ?3 WHERE seq = ?1 AND mid IS NULL", "ivi", seq, changes, mutation->at);
}

gboolean
kam_outbox_remove (KamWorker  *self,
                   gint64      seq,
                   GError    **error)
{
  kam_changes_add_outbox (self->changes);

  return kam_sqlite_exec (self->db, error, "DELETE FROM outbox WHERE seq = ?1 AND mid IS NULL", "i", seq);
}

/**
 * kam_outbox_touch:
 *
 * The patches of a row have changed: what belongs to a lead is settled with it at the end of the transaction, the rest at once.
 */
gboolean
kam_outbox_touch (KamWorker           *self,
                  const KamOutboxRow  *row,
                  GError             **error)
{
  kam_changes_add_outbox (self->changes);
  kam_changes_add (self->changes, row->entity, row->id, row->lead_id);

  if (row->lead_id == NULL)
    return kam_shadow_rebuild (self, row->entity, row->id, FALSE, error);

  kam_worker_touch (self, row->lead_id);

  return TRUE;
}

static void
clear_row (gpointer data)
{
  KamOutboxRow *row = data;

  g_free (row->id);
  g_free (row->lead_id);
}

/**
 * kam_outbox_rows:
 * @stmt: (nullable): gives the columns entity, id, lead_id; NULL where it could not be prepared
 *
 * Returns: (transfer full) (nullable) (element-type KamOutboxRow): the rows of entries
 */
GArray *
kam_outbox_rows (KamWorker     *self,
                 sqlite3_stmt  *stmt,
                 GError       **error)
{
  g_autoptr (GArray) rows = g_array_new (FALSE, FALSE, sizeof (KamOutboxRow));
  int step = -1;

  g_array_set_clear_func (rows, clear_row);

  while (stmt != NULL && (step = kam_sqlite_step (self->db, stmt, error)) > 0)
    {
      KamOutboxRow row = { (KamEntityKind) sqlite3_column_int (stmt, 0), kam_sqlite_id (stmt, 1), kam_sqlite_id (stmt, 2) };

      g_array_append_val (rows, row);
    }

  return step == 0 ? g_steal_pointer (&rows) : NULL;
}

gboolean
kam_outbox_touch_all (KamWorker  *self,
                      GArray     *rows,
                      GError    **error)
{
  for (guint i = 0; i < rows->len; i++)
    {
      if (!kam_outbox_touch (self, &g_array_index (rows, KamOutboxRow, i), error))
        return FALSE;
    }

  return TRUE;
}

/* What waits behind an applied edit of the same row starts from its result. Behind a merged one it does not: there the server knows of changes that
 * the person has not seen. */
static gboolean
rebase (KamWorker           *self,
        const KamOutboxRow  *row,
        const KamResult     *result,
        GError             **error)
{
  return kam_sqlite_exec (self->db, error,
                      "UPDATE outbox SET base_rev = ?3 WHERE id = ?1 AND entity = ?2 AND state = 0 AND mid IS NULL AND (base_rev < 0 OR (base_rev < "
                      "?3 AND ?4))", "uiii",
                      row->id, (gint64) row->entity, result->rev, (gint64) (result->kind == KAM_RESULT_APPLIED));
}

static gboolean
settle_one (KamWorker        *self,
            const KamResult  *result,
            GError          **error)
{
  gboolean rejected = result->kind == KAM_RESULT_REJECTED;
  g_autoptr (GArray) rows = kam_outbox_rows (self, kam_sqlite_query (self->db, error, "SELECT entity, id, lead_id FROM outbox WHERE mid = ?1 AND state = 0",
                                                                     "i", result->mid), error);

  if (rows == NULL || rows->len == 0)
    return rows != NULL;

  if (!kam_sqlite_exec (self->db, error, "UPDATE outbox SET state = ?2, result = ?3, result_rev = ?4, code = ?5, field = ?6, message = ?7 WHERE mid = "
                                         "?1", "iiiittt",
                    result->mid, (gint64) (rejected ? KAM_OUTBOX_REJECTED : KAM_OUTBOX_APPLIED), (gint64) result->kind, result->rev, result->code,
                    result->field,
                    result->message))
    return FALSE;

  return kam_news_result (self, g_array_index (rows, KamOutboxRow, 0).lead_id, result, error) &&
         (rejected || rebase (self, &g_array_index (rows, KamOutboxRow, 0), result, error)) && kam_outbox_touch_all (self, rows, error);
}

static gboolean
settle (KamWorker  *self,
        gpointer    data,
        GError    **error)
{
  GPtrArray *results = data;
  gint64 head, last, acked;

  for (guint i = 0; i < results->len; i++)
    {
      if (!settle_one (self, results->pdata[i], error))
        return FALSE;
    }

  if (!kam_meta_get_number (self, "head", &head, error) || !kam_meta_get_number (self, "last_mid", &last, error) ||
      !kam_sqlite_number (self->db, &acked, last + 1, error, "SELECT min (mid) FROM outbox WHERE state = 0 AND mid IS NOT NULL", ""))
    return FALSE;

  return kam_meta_set_number (self, "acked_mid", acked - 1, error) && kam_outbox_publish (self, head, error);
}

void
kam_store_outbox_settle_async (KamStore            *self,
                               GPtrArray           *results,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  GTask *task = kam_store_task (self, kam_store_outbox_settle_async, cancellable, callback, user_data);

  /* Durable: an acknowledged result is soon forgotten by the server. */
  kam_store_push_write (self, task, settle, TRUE, g_ptr_array_ref (results), (GDestroyNotify) g_ptr_array_unref);
}

gboolean
kam_store_outbox_settle_finish (KamStore      *self,
                                GAsyncResult  *result,
                                GError       **error)
{
  return kam_store_finish_write (self, result, error);
}

typedef struct
{
  guint      max;
  GPtrArray *batch; /* (owned) (element-type KamMutation) */
} Take;

static void
free_take (gpointer data)
{
  Take *take = data;

  g_ptr_array_unref (take->batch);
  g_free (take);
}

static gboolean
read_batch (KamWorker     *self,
            sqlite3_stmt  *stmt,
            GPtrArray     *batch,
            GArray        *seqs,
            GError       **error)
{
  int step = -1;

  while (stmt != NULL && (step = kam_sqlite_step (self->db, stmt, error)) > 0)
    {
      gint64 seq = sqlite3_column_int64 (stmt, KAM_OUTBOX_SEQ);

      g_ptr_array_add (batch, kam_outbox_read (stmt));
      g_array_append_val (seqs, seq);
    }

  return step == 0;
}

static gboolean
number (KamWorker  *self,
        GPtrArray  *batch,
        guint       first,
        GArray     *seqs,
        GError    **error)
{
  gint64 last;

  if (!kam_meta_get_number (self, "last_mid", &last, error))
    return FALSE;

  for (guint i = first; i < batch->len; i++)
    {
      KamMutation *mutation = batch->pdata[i];

      mutation->mid = ++last;
      /* Nothing is awaited any more: the making it followed was settled elsewhere. */
      mutation->base_rev = mutation->base_rev == KAM_BASE_AWAITED ? 1 : mutation->base_rev;

      if (!kam_sqlite_exec (self->db, error, "UPDATE outbox SET mid = ?2, base_rev = ?3 WHERE seq = ?1", "iii", g_array_index (seqs, gint64, i),
                            mutation->mid, mutation->base_rev))
        return FALSE;
    }

  return kam_meta_set_number (self, "last_mid", last, error);
}

static sqlite3_stmt *
query_sent (KamWorker  *self,
            guint       max,
            GError    **error)
{
  if (max == KAM_OUTBOX_ALL)
    return kam_sqlite_query (self->db, error, "SELECT " KAM_OUTBOX_COLUMNS " FROM outbox WHERE state IN (0, 2) AND mid IS NOT NULL ORDER BY mid", "");

  return kam_sqlite_query (self->db, error, "SELECT " KAM_OUTBOX_COLUMNS " FROM outbox WHERE state = 0 AND mid IS NOT NULL ORDER BY mid LIMIT ?1", "i",
                           (gint64) max);
}

/* The first of each row that has nothing under way, and nothing that belongs to a row whose making was rejected. */
static sqlite3_stmt *
query_new (KamWorker  *self,
           guint       max,
           GError    **error)
{
  if (max == KAM_OUTBOX_ALL)
    return kam_sqlite_query (self->db, error, "SELECT " KAM_OUTBOX_COLUMNS " FROM outbox WHERE state IN (0, 2) AND mid IS NULL ORDER BY seq", "");

  return kam_sqlite_query (self->db, error,
                           "SELECT " KAM_OUTBOX_COLUMNS " FROM outbox AS o WHERE state = 0 AND mid IS NULL"
                           " AND NOT EXISTS (SELECT 1 FROM outbox AS p WHERE p.id = o.id AND p.entity = o.entity AND p.state = 0 AND p.seq < o.seq)"
                           " AND NOT EXISTS (SELECT 1 FROM outbox AS r WHERE r.id IN (o.id, o.lead_id) AND r.state = 2 AND r.op = 0 AND r.base_rev = 0)"
                           " ORDER BY seq LIMIT ?1",
                           "i", (gint64) max);
}

gboolean
kam_outbox_take (KamWorker  *self,
                 guint       max,
                 GPtrArray  *batch,
                 GError    **error)
{
  g_autoptr (GArray) seqs = g_array_new (FALSE, FALSE, sizeof (gint64));
  guint n_sent;

  if (!read_batch (self, query_sent (self, max, error), batch, seqs, error))
    return FALSE;

  n_sent = batch->len;

  if (n_sent == max)
    return TRUE;

  return read_batch (self, query_new (self, max == KAM_OUTBOX_ALL ? max : max - n_sent, error), batch, seqs, error) &&
         (batch->len == n_sent || number (self, batch, n_sent, seqs, error));
}

static gboolean
take (KamWorker  *self,
      gpointer    data,
      GError    **error)
{
  Take *taken = data;

  return kam_outbox_take (self, taken->max, taken->batch, error);
}

static void
take_job (KamWorker *self,
          GTask     *task,
          gpointer   data)
{
  Take *taken = data;
  GError *error = NULL;

  /* Durable: a mid that a server has seen must never be given to another edit. */
  if (kam_worker_write (self, TRUE, take, taken, &error))
    g_task_return_pointer (task, g_ptr_array_ref (taken->batch), (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

void
kam_store_outbox_take_async (KamStore            *self,
                             guint                max,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  GTask *task = kam_store_task (self, kam_store_outbox_take_async, cancellable, callback, user_data);
  Take *taken = g_new0 (Take, 1);

  taken->max = max;
  taken->batch = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_mutation_free);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, taken, free_take);
  kam_store_push (self, task, take_job);
}

GPtrArray *
kam_store_outbox_take_finish (KamStore      *self,
                              GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
