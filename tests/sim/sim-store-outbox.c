/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sim-store-model.h"

/* The simple store's side of a push. */

/* The first of each row that has nothing under way, and nothing that belongs to a row whose making was rejected. */
static gboolean
may_go (SimModel *self,
        guint  index)
{
  const SimEntry *entry = g_ptr_array_index (self->outbox, index);
  const KamEntity *entity = kam_entity_get (entry->mutation->entity);
  KamRow *row = g_hash_table_lookup (self->rows, entry->mutation->id);
  const KamChange *change = entity->lead_field >= 0 ? kam_mutation_find (entry->mutation, (guint) entity->lead_field) : NULL;
  const char *lead = change != NULL ? change->new.text : row != NULL ? kam_row_lead_id (row) : NULL;

  for (guint i = 0; i < self->outbox->len; i++)
    {
      const SimEntry *other = g_ptr_array_index (self->outbox, i);
      gboolean same = sim_entry_is_of (other, entry->mutation->entity, entry->mutation->id);

      if (i < index && same && other->state == SIM_PENDING_WAITING)
        return FALSE;

      if (other->state == SIM_PENDING_REJECTED && other->mutation->op == KAM_OP_PUT && other->mutation->base_rev == 0 &&
          (same || g_strcmp0 (other->mutation->id, lead) == 0))
        return FALSE;
    }

  return entry->state == SIM_PENDING_WAITING;
}

static int
compare_mids (gconstpointer a,
              gconstpointer b)
{
  const KamMutation *first = *(KamMutation *const *) a;
  const KamMutation *second = *(KamMutation *const *) b;

  return first->mid < second->mid ? -1 : first->mid > second->mid;
}

GPtrArray *
sim_model_take (SimStore *store,
            guint     most)
{
  SimModel *self = (SimModel *) store;
  GPtrArray *batch = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_mutation_free);

  for (guint i = 0; i < self->outbox->len; i++)
    {
      SimEntry *entry = g_ptr_array_index (self->outbox, i);

      if (entry->state == SIM_PENDING_WAITING && entry->mutation->mid != 0)
        g_ptr_array_add (batch, kam_mutation_copy (entry->mutation));
    }

  g_ptr_array_sort (batch, compare_mids);

  for (guint i = 0; i < self->outbox->len && batch->len < most; i++)
    {
      SimEntry *entry = g_ptr_array_index (self->outbox, i);

      if (entry->mutation->mid != 0 || !may_go (self, i))
        continue;

      entry->mutation->mid = ++self->last_mid;
      g_ptr_array_add (batch, kam_mutation_copy (entry->mutation));
    }

  if (batch->len > most)
    g_ptr_array_set_size (batch, (int) most);

  return batch;
}

static void
rebase (SimModel           *self,
        const SimEntry     *settled,
        const KamResult *result)
{
  for (guint i = 0; i < self->outbox->len; i++)
    {
      SimEntry *entry = g_ptr_array_index (self->outbox, i);

      if (entry->state == SIM_PENDING_WAITING && entry->mutation->mid == 0 && sim_entry_is_of (entry, settled->mutation->entity, settled->mutation->id) &&
          (entry->mutation->base_rev < 0 || result->kind == KAM_RESULT_APPLIED))
        entry->mutation->base_rev = MAX (entry->mutation->base_rev, result->rev);
    }
}

void
sim_model_settle (SimStore  *store,
              GPtrArray *results)
{
  SimModel *self = (SimModel *) store;
  gint64 acked = self->last_mid + 1;

  for (guint n = 0; n < results->len; n++)
    {
      const KamResult *result = g_ptr_array_index (results, n);

      for (guint i = 0; i < self->outbox->len; i++)
        {
          SimEntry *entry = g_ptr_array_index (self->outbox, i);

          if (entry->mutation->mid != result->mid || entry->state != SIM_PENDING_WAITING)
            continue;

          entry->state = result->kind == KAM_RESULT_REJECTED ? SIM_PENDING_REJECTED : SIM_PENDING_APPLIED;
          entry->kind = result->kind;
          entry->rev = result->rev;
          if (entry->state == SIM_PENDING_APPLIED)
            rebase (self, entry, result);
        }
    }

  for (guint i = self->outbox->len; i > 0; i--)
    {
      SimEntry *entry = g_ptr_array_index (self->outbox, i - 1);

      if (entry->state == SIM_PENDING_WAITING && entry->mutation->mid != 0)
        acked = MIN (acked, entry->mutation->mid);
    }

  self->acked_mid = acked - 1;
  sim_model_publish (self);
}

/* What the rows show by now is kept until the server's backups have it. */
void
sim_model_publish (SimModel *self)
{
  for (guint i = self->outbox->len; i > 0; i--)
    {
      SimEntry *entry = g_ptr_array_index (self->outbox, i - 1);

      if (entry->state == SIM_PENDING_APPLIED && entry->rev <= self->head)
        entry->state = SIM_PENDING_KEPT;

      if (entry->state == SIM_PENDING_KEPT && entry->rev <= self->durable)
        g_ptr_array_remove_index (self->outbox, i - 1);
    }
}

void
sim_model_note_durable (SimStore *store,
                    gint64    durable)
{
  ((SimModel *) store)->durable = durable;
  sim_model_publish ((SimModel *) store);
}

void
sim_model_fork (SimStore   *store,
            gboolean    all,
            const char *client_id)
{
  SimModel *self = (SimModel *) store;

  for (guint i = 0; i < self->outbox->len; i++)
    {
      SimEntry *entry = g_ptr_array_index (self->outbox, i);
      KamMutation *mutation = entry->mutation;

      if (mutation->mid != 0 && entry->state != SIM_PENDING_REJECTED && (mutation->origin_client_id == NULL || entry->state != SIM_PENDING_WAITING))
        {
          g_free (mutation->origin_client_id);
          mutation->origin_client_id = g_strdup (self->client_id);
          mutation->origin_mid = mutation->mid;
        }

      mutation->mid = 0;
      if (all && entry->state != SIM_PENDING_REJECTED)
        entry->state = SIM_PENDING_WAITING;
    }

  g_free (self->client_id);
  self->client_id = g_strdup (client_id);
  self->last_mid = 0;
  self->acked_mid = 0;
}
