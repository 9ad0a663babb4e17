/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-merge.h"
#include "sim-store-model.h"

#include <string.h>

/* The cache as simply as it can be said: rows of the server, an outbox over them, pages set aside. What is in it is durable, but the page being received. */

static void
entry_free (gpointer data)
{
  SimEntry *entry = data;

  kam_mutation_free (entry->mutation);
  g_free (entry);
}

void
sim_pending_free (SimPending *self)
{
  kam_mutation_free (self->mutation);
  g_free (self);
}

static void
model_free (SimStore *store)
{
  SimModel *self = (SimModel *) store;

  g_free (self->client_id);
  g_free (self->user_id);
  g_free (self->cursor);
  g_free (self->staged);
  g_hash_table_unref (self->rows);
  g_ptr_array_unref (self->outbox);
  g_ptr_array_unref (self->pages);
  g_ptr_array_unref (self->piece);
  g_free (self);
}

static SimModel *
model_new (void)
{
  SimModel *self = g_new0 (SimModel, 1);

  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) kam_row_unref);
  self->outbox = g_ptr_array_new_with_free_func (entry_free);
  self->pages = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  self->piece = sim_model_new_piece ();

  return self;
}

static SimStore *
model_copy (SimStore *store)
{
  SimModel *self = (SimModel *) store;
  SimModel *copy = model_new ();
  GHashTableIter iter;
  gpointer id;
  gpointer row;

  copy->parent.klass = self->parent.klass;
  copy->client_id = g_strdup (self->client_id);
  copy->user_id = g_strdup (self->user_id);
  copy->cursor = g_strdup (self->cursor);
  copy->staged = g_strdup (self->staged);
  copy->head = self->head;
  copy->last_mid = self->last_mid;
  copy->acked_mid = self->acked_mid;
  copy->durable = self->durable;
  copy->now_us = self->now_us;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &id, &row))
    g_hash_table_insert (copy->rows, g_strdup (id), kam_row_ref (row));

  for (guint i = 0; i < self->outbox->len; i++)
    {
      SimEntry *entry = g_memdup2 (g_ptr_array_index (self->outbox, i), sizeof (SimEntry));

      entry->mutation = kam_mutation_copy (entry->mutation);
      g_ptr_array_add (copy->outbox, entry);
    }

  /* Pages that nothing leads on from, those of a comparison, are read again. */
  for (guint i = 0; self->staged != NULL && i < self->pages->len; i++)
    g_ptr_array_add (copy->pages, g_ptr_array_ref (g_ptr_array_index (self->pages, i)));

  return &copy->parent;
}

static void
model_set_time (SimStore *store,
                gint64    now_us)
{
  ((SimModel *) store)->now_us = now_us;
}

gboolean
sim_entry_is_of (const SimEntry *entry,
                 KamEntityKind   entity,
                 const char     *id)
{
  return entry->mutation->entity == entity && strcmp (entry->mutation->id, id) == 0;
}

static KamRow *
lay_over (KamRow            *row,
          const KamMutation *mutation)
{
  if (row == NULL)
    {
      if (mutation->op != KAM_OP_PUT || mutation->base_rev != 0)
        return NULL;

      row = kam_row_new (mutation->entity, mutation->id);
    }
  else if (mutation->op == KAM_OP_PUT)
    {
      g_autoptr (KamMerge) merge = kam_merge_put (row, mutation);
      KamRow *result = kam_row_copy (merge->row);

      for (guint i = 0; i < merge->losers->len; i++)
        {
          guint field = g_array_index (merge->losers, guint, i);

          kam_row_set (result, field, &kam_mutation_find ((KamMutation *) mutation, field)->new);
        }

      kam_row_unref (row);
      return result;
    }

  kam_mutation_apply (mutation, row);

  return row;
}

static KamRow *
model_show (SimStore      *store,
            KamEntityKind  entity,
            const char    *id)
{
  SimModel *self = (SimModel *) store;
  KamRow *row = g_hash_table_lookup (self->rows, id);

  row = row != NULL ? kam_row_copy (row) : NULL;

  for (guint i = 0; i < self->outbox->len; i++)
    {
      const SimEntry *entry = g_ptr_array_index (self->outbox, i);

      if (entry->state <= SIM_PENDING_APPLIED && sim_entry_is_of (entry, entity, id))
        row = lay_over (row, entry->mutation);
    }

  return row;
}

static GPtrArray *
model_list (SimStore *store)
{
  SimModel *self = (SimModel *) store;
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_row_unref);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    {
      g_ptr_array_add (rows, model_show (store, kam_row_kind (row), kam_row_id (row)));
      g_hash_table_add (seen, (gpointer) kam_row_id (row));
    }

  for (guint i = 0; i < self->outbox->len; i++)
    {
      const SimEntry *entry = g_ptr_array_index (self->outbox, i);
      KamRow *made = g_hash_table_contains (seen, entry->mutation->id) ? NULL : model_show (store, entry->mutation->entity, entry->mutation->id);

      g_hash_table_add (seen, entry->mutation->id);
      if (made != NULL)
        g_ptr_array_add (rows, made);
    }

  return rows;
}

/* A row that was made here has no revision before that of its making, which may not be known yet: -1. */
static gint64
find_base (SimModel             *self,
           const KamMutation *mutation)
{
  gint64 base = mutation->base_rev;

  for (guint i = 0; base <= 0 && i < self->outbox->len; i++)
    {
      const SimEntry *entry = g_ptr_array_index (self->outbox, i);

      if (entry->state <= SIM_PENDING_APPLIED && sim_entry_is_of (entry, mutation->entity, mutation->id))
        base = entry->state == SIM_PENDING_APPLIED ? entry->rev : -1;
    }

  return base;
}

/* What waits behind something under way is told when that has its result; the deletion of what was never sent is never sent. */
static gboolean
model_edit (SimStore    *store,
            KamMutation *mutation)
{
  SimModel *self = (SimModel *) store;
  g_autoptr (KamMutation) own = mutation;
  SimEntry *entry;

  for (guint i = self->outbox->len; i > 0; i--)
    {
      entry = g_ptr_array_index (self->outbox, i - 1);

      if (entry->state != SIM_PENDING_WAITING || !sim_entry_is_of (entry, own->entity, own->id))
        continue;

      if (entry->mutation->mid == 0 && entry->mutation->origin_client_id == NULL && kam_mutation_fold (entry->mutation, own))
        {
          if (entry->mutation->changes->len == 0)
            g_ptr_array_remove_index (self->outbox, i - 1);
          return TRUE;
        }
      break;
    }

  entry = g_new0 (SimEntry, 1);
  entry->mutation = g_steal_pointer (&own);
  entry->mutation->base_rev = find_base (self, entry->mutation);
  g_ptr_array_add (self->outbox, entry);

  return TRUE;
}

static GPtrArray *
model_pending (SimStore *store)
{
  SimModel *self = (SimModel *) store;
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) sim_pending_free);

  for (guint i = 0; i < self->outbox->len; i++)
    {
      const SimEntry *entry = g_ptr_array_index (self->outbox, i);
      SimPending *pending = g_new0 (SimPending, 1);

      pending->state = entry->state;
      pending->mutation = kam_mutation_copy (entry->mutation);
      g_ptr_array_add (all, pending);
    }

  return all;
}

static guint
count (SimModel           *self,
       SimPendingState  state)
{
  guint n = 0;

  for (guint i = 0; i < self->outbox->len; i++)
    n += ((SimEntry *) g_ptr_array_index (self->outbox, i))->state == state;

  return n;
}

static KamSyncState *
model_state (SimStore *store)
{
  SimModel *self = (SimModel *) store;
  KamSyncState *state = g_new0 (KamSyncState, 1);

  state->client_id = g_strdup (self->client_id);
  state->cursor = g_strdup (self->cursor);
  state->head = self->head;
  state->last_mid = self->last_mid;
  state->acked_mid = self->acked_mid;
  state->n_waiting = count (self, SIM_PENDING_WAITING);
  state->n_rejected = count (self, SIM_PENDING_REJECTED);

  return state;
}

static void
model_erase (SimStore   *store,
             const char *client_id)
{
  SimModel *self = (SimModel *) store;

  g_hash_table_remove_all (self->rows);
  g_ptr_array_set_size (self->outbox, 0);
  sim_model_forget_stage (store);
  g_clear_pointer (&self->cursor, g_free);
  g_free (self->client_id);
  self->client_id = g_strdup (client_id);
  self->head = self->durable = self->last_mid = self->acked_mid = 0;
}

static char *
model_find_trace (SimStore   *store,
                  const char *text)
{
  return NULL;
}

static void
model_sign_in (SimStore   *store,
               const char *user_id)
{
  SimModel *self = (SimModel *) store;

  g_free (self->user_id);
  self->user_id = g_strdup (user_id);
}

static const SimStoreClass model_class = {
  .free = model_free,
  .copy = model_copy,
  .set_time = model_set_time,
  .show = model_show,
  .list = model_list,
  .edit = model_edit,
  .pending = model_pending,
  .state = model_state,
  .take = sim_model_take,
  .settle = sim_model_settle,
  .stage = sim_model_stage,
  .commit = sim_model_commit,
  .discard = sim_model_discard,
  .forget_stage = sim_model_forget_stage,
  .next_cursor = sim_model_next_cursor,
  .digests = sim_model_digests,
  .note_durable = sim_model_note_durable,
  .fork = sim_model_fork,
  .erase = model_erase,
  .sign_in = model_sign_in,
  .find_trace = model_find_trace,
};

SimStore *
sim_store_new_model (const char *client_id,
                     const char *user_id)
{
  SimModel *self = model_new ();

  self->parent.klass = &model_class;
  self->client_id = g_strdup (client_id);
  self->user_id = g_strdup (user_id);

  return &self->parent;
}
