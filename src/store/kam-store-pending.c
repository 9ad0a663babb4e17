/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-store-private.h"

#define AT_LEAD (KAM_OUTBOX_SEQ + 2)

void
kam_pending_free (KamPending *self)
{
  if (self == NULL)
    return;

  g_free (self->id);
  g_free (self->lead_id);
  g_free (self->lead_name);
  g_free (self->row_name);
  g_clear_pointer (&self->mutation, kam_mutation_free);
  g_clear_pointer (&self->conflict, kam_row_unref);
  g_free (self->code);
  g_free (self->field);
  g_free (self->message);
  g_free (self);
}

static KamPending *
read_edit (sqlite3_stmt *stmt)
{
  KamPending *pending = g_new0 (KamPending, 1);
  KamMutation *mutation = kam_outbox_read (stmt);
  gboolean sent = mutation->mid != 0 || mutation->origin_client_id != NULL;

  pending->kind = sqlite3_column_int (stmt, KAM_OUTBOX_SEQ + 1) == KAM_OUTBOX_REJECTED ? KAM_PENDING_REJECTED
                  : sent                                                               ? KAM_PENDING_SENT
                                                                                       : KAM_PENDING_WAITING;
  pending->seq = sqlite3_column_int64 (stmt, KAM_OUTBOX_SEQ);
  pending->entity = mutation->entity;
  pending->id = g_strdup (mutation->id);
  pending->lead_id = kam_sqlite_id (stmt, AT_LEAD);
  pending->code = kam_sqlite_text (stmt, AT_LEAD + 1);
  pending->field = kam_sqlite_text (stmt, AT_LEAD + 2);
  pending->message = kam_sqlite_text (stmt, AT_LEAD + 3);
  pending->at = mutation->at;
  pending->mutation = mutation;

  return pending;
}

/* The settlements of conflicts are kept apart: they belong to their conflict. */
static gboolean
read_edits (KamWorker   *self,
            gint64       limit,
            GPtrArray   *pendings,
            GHashTable  *settlements,
            GError     **error)
{
  sqlite3_stmt *stmt = kam_sqlite_query (self->db, error,
                                         "SELECT " KAM_OUTBOX_COLUMNS ", lead_id, code, field, message FROM outbox"
                                         " WHERE state IN (0, 2) OR (state = 1 AND entity = ?2) ORDER BY seq DESC LIMIT ?1",
                                         "ii", limit, (gint64) KAM_ENTITY_CONFLICT);
  int step = -1;

  while (stmt != NULL && (step = kam_sqlite_step (self->db, stmt, error)) > 0)
    {
      KamPending *pending = read_edit (stmt);

      if (pending->entity == KAM_ENTITY_CONFLICT && pending->kind != KAM_PENDING_REJECTED)
        g_hash_table_replace (settlements, pending->id, pending);
      else
        g_ptr_array_add (pendings, pending);
    }

  return step == 0;
}

/* The author's own copy names no lead, although what it is about belongs to one. */
static gboolean
is_mine_only (const KamRow *conflict)
{
  const KamEntity *target = kam_entity_by_name (kam_row_text (conflict, KAM_CONFLICT_TARGET_ENTITY));

  return target != NULL && target->kind != KAM_ENTITY_USER && target->kind != KAM_ENTITY_LEAVE && kam_row_is_null (conflict, KAM_CONFLICT_LEAD);
}

static gboolean
add_conflict (KamWorker     *self,
              const KamRow  *shown,
              GPtrArray     *pendings,
              GHashTable    *settlements,
              GError       **error)
{
  g_autoptr (KamPending) pending = g_new0 (KamPending, 1);
  KamPending *settlement = g_hash_table_lookup (settlements, kam_row_id (shown));

  if (!kam_shadow_get_server (self, KAM_ENTITY_CONFLICT, kam_row_id (shown), &pending->conflict, error))
    return FALSE;

  if (pending->conflict == NULL)
    return TRUE;

  pending->kind = KAM_PENDING_CONFLICT;
  pending->entity = KAM_ENTITY_CONFLICT;
  pending->id = g_strdup (kam_row_id (shown));
  pending->lead_id = g_strdup (kam_row_text (shown, KAM_CONFLICT_LEAD));
  pending->mine_only = is_mine_only (shown);
  pending->at = kam_row_int (shown, KAM_CONFLICT_AT, 0);

  if (settlement != NULL)
    {
      pending->settling = TRUE;
      pending->seq = settlement->seq;
      pending->mutation = g_steal_pointer (&settlement->mutation);
      g_hash_table_remove (settlements, kam_row_id (shown));
    }

  g_ptr_array_add (pendings, g_steal_pointer (&pending));

  return TRUE;
}

static gboolean
add_conflicts (KamWorker   *self,
               GPtrArray   *pendings,
               GHashTable  *settlements,
               GError     **error)
{
  g_autoptr (GPtrArray) rows = NULL;
  GHashTableIter iter;
  gpointer settlement;

  if (!kam_rows_list (self, KAM_ENTITY_CONFLICT, KAM_CONFLICTS_SHOWN "ORDER BY \"at\" DESC", NULL, &rows, error))
    return FALSE;

  for (guint i = 0; i < rows->len; i++)
    {
      if (!add_conflict (self, rows->pdata[i], pendings, settlements, error))
        return FALSE;
    }

  /* The conflict itself has gone from here. */
  g_hash_table_iter_init (&iter, settlements);

  while (g_hash_table_iter_next (&iter, NULL, &settlement))
    {
      g_hash_table_iter_steal (&iter);
      g_ptr_array_add (pendings, settlement);
    }

  return TRUE;
}

static int
name_field (KamEntityKind entity)
{
  switch (entity)
    {
    case KAM_ENTITY_USER:
      return KAM_USER_NAME;
    case KAM_ENTITY_LEAD:
      return KAM_LEAD_NAME;
    case KAM_ENTITY_CONTACT:
      return KAM_CONTACT_NAME;
    case KAM_ENTITY_LEAVE:
    case KAM_ENTITY_LEAD_EVENT:
    case KAM_ENTITY_INTERACTION:
    case KAM_ENTITY_CONFLICT:
    default:
      return -1;
    }
}

/* What an edit calls a row that is not here, since its making was rejected. */
static gboolean
find_typed_name (KamWorker      *self,
                 KamEntityKind   entity,
                 const char     *id,
                 char          **name,
                 GError        **error)
{
  sqlite3_stmt *stmt = kam_sqlite_query (self->db, error, "SELECT " KAM_OUTBOX_COLUMNS " FROM outbox WHERE id = ?1 AND entity = ?2 ORDER BY seq", "ui",
                                         id, (gint64) entity);
  int step = -1;

  while (stmt != NULL && (step = kam_sqlite_step (self->db, stmt, error)) > 0)
    {
      g_autoptr (KamMutation) mutation = kam_outbox_read (stmt);
      KamChange *change = kam_mutation_find (mutation, (guint) name_field (entity));

      if (change != NULL && change->new.kind == KAM_VALUE_TEXT)
        {
          g_free (*name);
          *name = g_strdup (change->new.text);
        }
    }

  return step == 0;
}

static gboolean
find_name (KamWorker      *self,
           KamEntityKind   entity,
           const char     *id,
           char          **name,
           GError        **error)
{
  g_autoptr (KamRow) row = NULL;

  if (id == NULL || name_field (entity) < 0)
    return TRUE;

  if (!kam_rows_get (self, entity, id, &row, error))
    return FALSE;

  if (row == NULL)
    return find_typed_name (self, entity, id, name, error);

  *name = g_strdup (kam_row_text (row, (guint) name_field (entity)));

  return TRUE;
}

static gboolean
name_row (KamWorker   *self,
          KamPending  *pending,
          GError     **error)
{
  const KamEntity *target = NULL;

  if (!find_name (self, KAM_ENTITY_LEAD, pending->lead_id, &pending->lead_name, error))
    return FALSE;

  if (pending->conflict == NULL)
    return find_name (self, pending->entity, pending->id, &pending->row_name, error);

  target = kam_entity_by_name (kam_row_text (pending->conflict, KAM_CONFLICT_TARGET_ENTITY));

  return target == NULL || find_name (self, target->kind, kam_row_text (pending->conflict, KAM_CONFLICT_TARGET), &pending->row_name, error);
}

static int
compare_newest (gconstpointer a,
                gconstpointer b)
{
  const KamPending *first = *(const KamPending *const *) a;
  const KamPending *second = *(const KamPending *const *) b;

  if (first->at != second->at)
    return first->at > second->at ? -1 : 1;

  return first->seq > second->seq ? -1 : first->seq < second->seq;
}

static gboolean
read_pendings (KamWorker   *self,
               guint        limit,
               GPtrArray   *pendings,
               GError     **error)
{
  g_autoptr (GHashTable) settlements = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) kam_pending_free);

  if (!read_edits (self, limit > 0 ? (gint64) limit : -1, pendings, settlements, error) || !add_conflicts (self, pendings, settlements, error))
    return FALSE;

  g_ptr_array_sort (pendings, compare_newest);

  if (limit > 0 && pendings->len > limit)
    g_ptr_array_set_size (pendings, (gint) limit);

  for (guint i = 0; i < pendings->len; i++)
    {
      if (!name_row (self, pendings->pdata[i], error))
        return FALSE;
    }

  return TRUE;
}

static void
pending_job (KamWorker *self,
             GTask     *task,
             gpointer   data)
{
  g_autoptr (GPtrArray) pendings = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_pending_free);
  GError *error = NULL;

  if (read_pendings (self, GPOINTER_TO_UINT (data), pendings, &error))
    g_task_return_pointer (task, g_steal_pointer (&pendings), (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

void
kam_store_pending_async (KamStore            *self,
                         guint                limit,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  GTask *task = kam_store_task (self, kam_store_pending_async, cancellable, callback, user_data);

  g_task_set_task_data (task, GUINT_TO_POINTER (limit), NULL);
  kam_store_push (self, task, pending_job);
}

GPtrArray *
kam_store_pending_finish (KamStore      *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
kam_pending_count (KamWorker         *self,
                   KamPendingCounts  *counts,
                   GError           **error)
{
  gint64 waiting, rejected, conflicts;

  if (!kam_sqlite_number (self->db, &waiting, 0, error, "SELECT count (*) FROM outbox WHERE state = 0", "") ||
      !kam_sqlite_number (self->db, &rejected, 0, error, "SELECT count (*) FROM outbox WHERE state = 2", "") ||
      !kam_sqlite_number (self->db, &conflicts, 0, error,
                          "SELECT count (*) FROM conflict " KAM_CONFLICTS_SHOWN
                          "AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.id = conflict.id AND entity = ?1 AND state < 2)",
                          "i", (gint64) KAM_ENTITY_CONFLICT))
    return FALSE;

  counts->n_waiting = (guint) waiting;
  counts->n_rejected = (guint) rejected;
  counts->n_conflicts = (guint) conflicts;

  return TRUE;
}

static void
counts_job (KamWorker *self,
            GTask     *task,
            gpointer   data)
{
  g_autofree KamPendingCounts *counts = g_new0 (KamPendingCounts, 1);
  GError *error = NULL;

  if (kam_pending_count (self, counts, &error))
    g_task_return_pointer (task, g_steal_pointer (&counts), g_free);
  else
    g_task_return_error (task, error);
}

void
kam_store_pending_counts_async (KamStore            *self,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  kam_store_push (self, kam_store_task (self, kam_store_pending_counts_async, cancellable, callback, user_data), counts_job);
}

gboolean
kam_store_pending_counts_finish (KamStore          *self,
                                 GAsyncResult      *result,
                                 KamPendingCounts  *counts,
                                 GError           **error)
{
  g_autofree KamPendingCounts *found = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  found = g_task_propagate_pointer (G_TASK (result), error);

  if (found != NULL)
    *counts = *found;

  return found != NULL;
}
