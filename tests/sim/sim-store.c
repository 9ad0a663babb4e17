/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sim-store.h"

SimStore *
sim_store_new (const char *client_id)
{
  SimStore *self = g_new0 (SimStore, 1);

  self->client_id = g_strdup (client_id);
  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) kam_row_unref);
  self->outbox = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_mutation_free);
  self->settled = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_mutation_free);
  self->staged = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_row_unref);
  self->piece = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_row_unref);

  return self;
}

void
sim_store_free (SimStore *self)
{
  g_free (self->client_id);
  g_free (self->cursor);
  g_hash_table_unref (self->rows);
  g_ptr_array_unref (self->outbox);
  g_ptr_array_unref (self->settled);
  g_ptr_array_unref (self->staged);
  g_ptr_array_unref (self->piece);
  g_free (self);
}

static KamRow *
lay_over (KamRow     *row,
          GPtrArray  *mutations,
          const char *id)
{
  for (guint i = 0; i < mutations->len; i++)
    {
      const KamMutation *mutation = g_ptr_array_index (mutations, i);

      if (g_strcmp0 (mutation->id, id) != 0)
        continue;

      if (row == NULL)
        row = kam_row_new (mutation->entity, id);
      kam_mutation_apply (mutation, row);
    }

  return row;
}

KamRow *
sim_store_show (SimStore   *self,
                const char *id)
{
  KamRow *row = g_hash_table_lookup (self->rows, id);

  row = row != NULL ? kam_row_copy (row) : NULL;
  row = lay_over (row, self->settled, id);

  return lay_over (row, self->outbox, id);
}

/* Takes the mutation; folds it into what waits for the same row and was never sent. */
void
sim_store_edit (SimStore    *self,
                KamMutation *mutation)
{
  for (guint i = self->outbox->len; i > 0; i--)
    {
      KamMutation *waiting = g_ptr_array_index (self->outbox, i - 1);

      if (g_strcmp0 (waiting->id, mutation->id) != 0)
        continue;

      if (waiting->mid == 0 && kam_mutation_fold (waiting, mutation))
        {
          if (waiting->changes->len == 0)
            g_ptr_array_remove_index (self->outbox, i - 1);
          kam_mutation_free (mutation);
          return;
        }
      break;
    }

  g_ptr_array_add (self->outbox, mutation);
}

GPtrArray *
sim_store_take (SimStore *self,
                guint     most)
{
  GPtrArray *batch = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_mutation_free);

  for (guint i = 0; i < MIN (self->outbox->len, most); i++)
    {
      KamMutation *mutation = g_ptr_array_index (self->outbox, i);

      if (mutation->mid == 0)
        mutation->mid = ++self->last_mid;
      g_ptr_array_add (batch, kam_mutation_copy (mutation));
    }

  return batch;
}

static void
settle_one (SimStore        *self,
            const KamResult *result)
{
  for (guint i = 0; i < self->outbox->len; i++)
    {
      KamMutation *mutation = g_ptr_array_index (self->outbox, i);

      if (mutation->mid != result->mid)
        continue;

      g_ptr_array_steal_index (self->outbox, i);
      self->acked_mid = MAX (self->acked_mid, result->mid);

      if (result->kind == KAM_RESULT_REJECTED)
        self->n_rejected++;

      /* A value that lost must not be shown as if it had won. */
      if (result->kind == KAM_RESULT_REJECTED || result->kind == KAM_RESULT_CONFLICT || result->rev <= self->head)
        {
          kam_mutation_free (mutation);
          return;
        }

      mutation->base_rev = result->rev;
      g_ptr_array_add (self->settled, mutation);
      return;
    }
}

void
sim_store_settle (SimStore  *self,
                  GPtrArray *results)
{
  for (guint i = 0; i < results->len; i++)
    settle_one (self, g_ptr_array_index (results, i));
}

void
sim_store_stage (SimStore  *self,
                 GPtrArray *rows)
{
  for (guint i = 0; i < rows->len; i++)
    g_ptr_array_add (self->piece, kam_row_ref (g_ptr_array_index (rows, i)));
}

void
sim_store_commit (SimStore   *self,
                  const char *cursor,
                  gint64      head,
                  gboolean    more)
{
  g_ptr_array_extend_and_steal (self->staged, g_steal_pointer (&self->piece));
  self->piece = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_row_unref);
  g_free (self->cursor);
  self->cursor = g_strdup (cursor);

  if (more)
    return;

  for (guint i = 0; i < self->staged->len; i++)
    {
      KamRow *row = g_ptr_array_index (self->staged, i);

      g_hash_table_insert (self->rows, g_strdup (kam_row_id (row)), kam_row_ref (row));
    }

  g_ptr_array_set_size (self->staged, 0);
  self->head = head;

  for (guint i = self->settled->len; i > 0; i--)
    {
      if (((KamMutation *) g_ptr_array_index (self->settled, i - 1))->base_rev <= head)
        g_ptr_array_remove_index (self->settled, i - 1);
    }
}

void
sim_store_discard (SimStore *self)
{
  g_ptr_array_set_size (self->piece, 0);
}
