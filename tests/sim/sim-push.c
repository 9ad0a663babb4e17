/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-json.h"
#include "sim-server.h"

#include <string.h>

/* Which mutations of a push are new, what the others were answered, and what this one is. */

/* Mutations are recognised by what they say, not by the number they say it under. */
guint64
sim_push_sum (const KamMutation *mutation)
{
  g_autoptr (KamMutation) plain = kam_mutation_copy (mutation);
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *text = NULL;
  g_autofree char *sum = NULL;

  plain->mid = 1;
  g_clear_pointer (&plain->origin_client_id, g_free);
  plain->origin_mid = 0;
  node = kam_mutation_to_json (plain);
  text = kam_json_to_text (node);
  sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  sum[16] = '\0';

  return g_ascii_strtoull (sum, NULL, 16);
}

SimVerdict
sim_push_check (SimTxn *self)
{
  const SimRecord *record = sim_db_ensure (self->world->db, self->client_id, self->user.text, self->device);
  gint64 next = record->last_mid + 1;

  if (self->ack > record->last_mid && !self->world->was_restored)
    sim_violate (self->world, "device %u confirms results that it was never given", self->device);

  if (!sim_id_is (&record->user, self->user.text) || record->device != self->device)
    return SIM_VERDICT_FORKED;

  for (guint i = 0; i < self->mutations->len; i++)
    {
      const KamMutation *mutation = g_ptr_array_index (self->mutations, i);

      if (mutation->mid > next)
        return SIM_VERDICT_GAP;

      if (mutation->mid == next)
        next++;
      else if (mutation->mid <= record->acked || g_array_index (record->stored, SimStored, mutation->mid - 1).content != sim_push_sum (mutation))
        return SIM_VERDICT_FORKED;
    }

  return SIM_VERDICT_FINE;
}

static const SimStored *
find_origin (SimTxn            *self,
             const KamMutation *mutation,
             guint64            content)
{
  SimRecord *record = sim_db_record (self->world->db, mutation->origin_client_id);
  GHashTableIter iter;
  gpointer value;

  if (record != NULL && sim_id_is (&record->user, self->user.text) && mutation->origin_mid <= record->last_mid)
    {
      const SimStored *stored = &g_array_index (record->stored, SimStored, mutation->origin_mid - 1);

      if (stored->content == content)
        return stored;
    }

  g_hash_table_iter_init (&iter, self->world->db->records);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      record = value;

      for (guint i = 0; i < record->stored->len; i++)
        {
          const SimStored *stored = &g_array_index (record->stored, SimStored, i);

          if (stored->origin_mid == mutation->origin_mid && stored->content == content && sim_id_is (&stored->origin, mutation->origin_client_id))
            return stored;
        }
    }

  return NULL;
}

static KamResult *
repeat (const SimStored *stored,
        gint64           mid)
{
  KamResult *result = kam_result_new (mid, stored->kind, stored->rev);

  result->code = g_strdup (stored->code);

  return result;
}

void
sim_push_next (SimTxn *self)
{
  const KamMutation *mutation = g_ptr_array_index (self->mutations, self->next++);
  SimRecord *record = sim_db_record (self->world->db, self->client_id);
  SimStored stored = { .mid = mutation->mid };
  const SimStored *known = NULL;
  KamResult *result;

  if (mutation->mid <= record->last_mid)
    {
      g_ptr_array_add (self->results, repeat (&g_array_index (record->stored, SimStored, mutation->mid - 1), mutation->mid));
      return;
    }

  stored.content = sim_push_sum (mutation);
  sim_id_set (&stored.origin, mutation->origin_client_id);
  stored.origin_mid = mutation->origin_mid;

  if (mutation->origin_client_id != NULL)
    known = find_origin (self, mutation, stored.content);

  result = known != NULL ? repeat (known, mutation->mid) : sim_apply (self, mutation);
  stored.kind = result->kind;
  stored.code = g_intern_string (result->code);
  stored.rev = known != NULL ? known->rev : 0; /* that of the commit */
  g_array_append_val (self->stored, stored);
  g_ptr_array_add (self->results, result);
  self->writes = TRUE;
}

void
sim_push_store (SimTxn *self)
{
  SimRecord *record = self->client_id != NULL ? sim_db_record (self->world->db, self->client_id) : NULL;

  for (guint i = 0; record != NULL && i < self->stored->len; i++)
    {
      SimStored *stored = &g_array_index (self->stored, SimStored, i);

      if (stored->rev == 0 && stored->kind != KAM_RESULT_REJECTED)
        stored->rev = self->seq;

      for (guint n = 0; n < self->results->len; n++)
        {
          KamResult *result = g_ptr_array_index (self->results, n);

          if (result->mid == stored->mid)
            result->rev = stored->rev;
        }

      g_array_append_val (record->stored, *stored);
      record->last_mid = stored->mid;
    }

  for (gint64 mid = record != NULL ? record->acked + 1 : 1; record != NULL && mid <= MIN (self->ack, record->last_mid); mid++)
    {
      g_array_index (record->stored, SimStored, mid - 1).forgotten = TRUE;
      record->acked = mid;
    }
}

/* As they are read from the wire. */
GPtrArray *
sim_push_send_over (GPtrArray *batch)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_mutation_free);

  for (guint i = 0; i < batch->len; i++)
    {
      g_autoptr (JsonNode) node = kam_mutation_to_json (g_ptr_array_index (batch, i));
      g_autofree char *text = kam_json_to_text (node);
      g_autoptr (JsonNode) read = kam_json_parse (text, strlen (text), NULL);
      g_autoptr (GError) error = NULL;
      KamMutation *mutation = kam_mutation_from_json (read, &error);

      if (mutation == NULL)
        g_error ("A mutation cannot be read: %s: %s", error->message, text);

      g_ptr_array_add (copy, mutation);
    }

  return copy;
}
