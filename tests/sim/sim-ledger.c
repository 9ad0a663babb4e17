/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sim-ledger.h"

#include <string.h>

void
sim_saved_free (SimSaved *self)
{
  g_free (self->value);
  g_free (self->by);
  g_free (self);
}

void
sim_ledger_save (SimClient    *client,
                 const KamRow *row,
                 guint         field,
                 const char   *value,
                 const char   *before,
                 gboolean      is_line)
{
  GHashTable *ledger = client->world->ledger;
  SimSaved *old = before != NULL && !is_line ? g_hash_table_lookup (ledger, before) : NULL;
  SimSaved *saved = g_new0 (SimSaved, 1);

  saved->value = g_strdup (value);
  saved->entity = kam_row_kind (row);
  sim_id_set (&saved->id, kam_row_id (row));
  saved->field = field;
  saved->is_line = is_line;
  saved->client = client->index;
  saved->at = client->world->n_happened;
  g_hash_table_insert (ledger, g_strdup (value), saved);

  if (old != NULL)
    {
      g_free (old->by);
      old->by = g_strdup (value);
    }
}

static void
take_note (SimWorld            *world,
           const SimLedgerNote *note)
{
  SimSaved *saved = g_hash_table_lookup (world->ledger, note->value);

  if (saved == NULL)
    return;

  switch (note->kind)
    {
    case SIM_LEDGER_RECEIVED: saved->received = TRUE; break;
    case SIM_LEDGER_APPLIED: saved->applied = TRUE; break;
    case SIM_LEDGER_REPLACED: saved->replaced = TRUE; break;
    case SIM_LEDGER_BLINDLY:
      sim_violate (world, "“%s” of field %u of %s was overwritten by somebody who had not seen it", saved->value, saved->field, saved->id.text);
      break;
    case SIM_LEDGER_LOST:
      saved->lost = TRUE;
      if (saved->applied && !saved->is_line && !world->was_restored)
        sim_violate (world, "“%s” of field %u of %s was applied once, and came again", saved->value, saved->field, saved->id.text);
      break;
    default: g_assert_not_reached ();
    }
}

void
sim_ledger_take (SimWorld *world,
                 GArray   *notes)
{
  for (guint i = 0; i < notes->len; i++)
    take_note (world, &g_array_index (notes, SimLedgerNote, i));
}

void
sim_ledger_rewind (SimWorld        *world,
                   const SimClient *client,
                   guint            to)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, world->ledger);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      SimSaved *saved = value;

      if (saved->client != client->index || saved->at <= to)
        continue;

      saved->no_journal = TRUE;
      saved->excused = saved->excused || !saved->received;
    }
}

void
sim_ledger_forget (SimWorld        *world,
                   const SimClient *client)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, world->ledger);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      SimSaved *saved = value;

      saved->no_journal = saved->no_journal || saved->client == client->index;
    }
}

void
sim_ledger_restored (SimWorld *world)
{
  GHashTableIter iter;
  gpointer value;

  world->was_restored = TRUE;
  g_hash_table_iter_init (&iter, world->ledger);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      SimSaved *saved = value;

      saved->excused = saved->excused || saved->no_journal;
    }
}

/* Made and deleted before anybody heard of it: nothing is sent, and nobody misses it. */
void
sim_ledger_vanish (SimWorld   *world,
                   const char *id)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, world->ledger);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      SimSaved *saved = value;

      if (sim_id_is (&saved->id, id) && !saved->received)
        saved->excused = TRUE;
    }
}

void
sim_watch_free (SimWatch *self)
{
  g_free (self->value);
  g_free (self->before);
  g_free (self);
}

void
sim_watch_add (SimClient    *client,
               const KamRow *row,
               guint         field,
               const char   *value,
               const char   *before)
{
  SimWatch *watch;

  for (guint i = client->watches->len; i > 0; i--)
    {
      watch = g_ptr_array_index (client->watches, i - 1);

      if (watch->field == field && sim_id_is (&watch->id, kam_row_id (row)))
        g_ptr_array_remove_index (client->watches, i - 1);
    }

  watch = g_new0 (SimWatch, 1);
  watch->entity = kam_row_kind (row);
  sim_id_set (&watch->id, kam_row_id (row));
  watch->field = field;
  watch->value = g_strdup (value);
  watch->before = g_strdup (before);
  g_ptr_array_add (client->watches, watch);
}

/* One that was rejected, else one that waits. */
static const SimPending *
find_pending (GPtrArray      *pending,
              const SimWatch *watch)
{
  const SimPending *found = NULL;

  for (guint i = 0; i < pending->len; i++)
    {
      const SimPending *each = g_ptr_array_index (pending, i);

      if (each->state != SIM_PENDING_KEPT && sim_id_is (&watch->id, each->mutation->id) && (found == NULL || each->state == SIM_PENDING_REJECTED))
        found = each;
    }

  return found;
}

/* A value that was saved is shown until it has come back from the server, or another one has: never again the one that it replaced. */
void
sim_watch_check (SimClient *client)
{
  g_autoptr (GPtrArray) pending = client->watches->len > 0 ? client->store->klass->pending (client->store) : NULL;

  for (guint i = client->watches->len; i > 0; i--)
    {
      SimWatch *watch = g_ptr_array_index (client->watches, i - 1);
      g_autoptr (KamRow) row = client->store->klass->show (client->store, watch->entity, watch->id.text);
      const SimPending *waits = find_pending (pending, watch);
      const char *shown = row != NULL ? kam_row_text (row, watch->field) : NULL;
      gboolean is_shown = row != NULL && g_strcmp0 (shown, watch->value) == 0;
      const SimSaved *saved = g_hash_table_lookup (client->world->ledger, watch->value);

      if (is_shown && waits != NULL)
        continue;

      /* Where the server has lost its past, so has what is read from it. */
      if (row != NULL && !is_shown && !client->world->was_restored &&
          g_strcmp0 (shown, watch->before) == 0 && !saved->lost && (waits == NULL || waits->state != SIM_PENDING_REJECTED))
        sim_violate (client->world, "device %u shows “%s” again after “%s” was saved", client->index, watch->before, watch->value);

      g_ptr_array_remove_index (client->watches, i - 1);
    }
}
