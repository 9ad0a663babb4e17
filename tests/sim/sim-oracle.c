/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sim-ledger.h"

#include <string.h>

/* What must be so once everything has come to rest. */

static gboolean
has_line (const char *text,
          const char *line,
          guint      *times)
{
  g_auto (GStrv) lines = g_strsplit (text != NULL ? text : "", "\n", -1);

  *times = 0;
  for (guint i = 0; lines[i] != NULL; i++)
    *times += strcmp (lines[i], line) == 0;

  return *times > 0;
}

static gboolean
is_current (SimWorld       *world,
            const SimSaved *saved)
{
  KamRow *row = sim_db_find (world->db, saved->id.text);
  guint times = 0;

  if (row == NULL)
    return FALSE;

  if (!saved->is_line)
    return kam_row_is (row, saved->field, saved->value);

  /* More than once is possible: what somebody wrote stands whole below a text that was changed by others meanwhile. */
  return has_line (kam_row_text (row, saved->field), saved->value, &times);
}

static gboolean
mentions (const KamMutation *mutation,
          const SimSaved    *saved)
{
  const KamChange *change = kam_mutation_find ((KamMutation *) mutation, saved->field);
  guint times;

  if (mutation->entity != saved->entity || !sim_id_is (&saved->id, mutation->id) || change == NULL || change->new.kind != KAM_VALUE_TEXT)
    return FALSE;

  return saved->is_line ? has_line (change->new.text, saved->value, &times) : strcmp (change->new.text, saved->value) == 0;
}

static gboolean
is_in_conflict (SimWorld       *world,
                const SimSaved *saved)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, world->db->rows);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const KamRow *row = value;

      if (kam_row_kind (row) == KAM_ENTITY_CONFLICT && kam_row_is (row, KAM_CONFLICT_TARGET, saved->id.text) &&
          !kam_row_is_null (row, KAM_CONFLICT_MINE) && strstr (kam_row_text (row, KAM_CONFLICT_MINE), saved->value) != NULL)
        return TRUE;
    }

  return FALSE;
}

static gboolean
is_quarantined (SimWorld       *world,
                const SimSaved *saved)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, world->db->quarantined);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      if (mentions (value, saved))
        return TRUE;
    }

  return FALSE;
}

/* It was made and deleted on one device before anybody heard of it, and is in the bin there. */
static gboolean
is_in_bin (SimClient     *client,
           KamEntityKind  entity,
           const char    *id)
{
  g_autoptr (KamRow) row = client->store->klass->show (client->store, entity, id);

  if (row == NULL || kam_row_rev (row) > 0)
    return FALSE;

  return kam_row_is_deleted (row) ||
         (entity != KAM_ENTITY_LEAD && kam_row_lead_id (row) != NULL && is_in_bin (client, KAM_ENTITY_LEAD, kam_row_lead_id (row)));
}

/* As rejected, or as waiting behind what was rejected. */
static gboolean
is_pending (SimWorld       *world,
            const SimSaved *saved)
{
  for (guint i = 0; i < world->clients->len; i++)
    {
      SimClient *client = g_ptr_array_index (world->clients, i);
      g_autoptr (GPtrArray) pending = client->store->klass->pending (client->store);

      if (saved->client == i && is_in_bin (client, saved->entity, saved->id.text))
        return TRUE;

      for (guint n = 0; n < pending->len; n++)
        {
          const SimPending *each = g_ptr_array_index (pending, n);

          if ((each->state == SIM_PENDING_REJECTED || each->state == SIM_PENDING_WAITING) && mentions (each->mutation, saved))
            return TRUE;
        }
    }

  return FALSE;
}

static gboolean
is_safe (SimWorld       *world,
         const SimSaved *saved,
         guint           depth)
{
  const SimSaved *by = saved->by != NULL ? g_hash_table_lookup (world->ledger, saved->by) : NULL;

  if (saved->excused || saved->replaced || is_current (world, saved) || is_in_conflict (world, saved))
    return TRUE;

  if (by != NULL && depth < 100 && is_safe (world, by, depth + 1))
    return TRUE;

  return is_pending (world, saved) || is_quarantined (world, saved);
}

static void
check_ledger (SimWorld *world)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, world->ledger);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const SimSaved *saved = value;

      if (!is_safe (world, saved, 0))
        sim_violate (world, "“%s” of field %u of %s, saved on device %u, was lost (received %d, applied %d)", saved->value, saved->field, saved->id.text,
                     saved->client, saved->received, saved->applied);
    }
}

/* What may stay behind: what the server has refused for good, and what hangs on it. */
static void
check_pending (SimClient  *client,
               GHashTable *ours)
{
  g_autoptr (GPtrArray) pending = client->store->klass->pending (client->store);
  g_autoptr (GHashTable) refused = g_hash_table_new (g_str_hash, g_str_equal);
  guint n = 0;

  for (guint i = 0; i < pending->len; i++)
    {
      const SimPending *each = g_ptr_array_index (pending, i);

      if (each->state == SIM_PENDING_REJECTED && each->mutation->op == KAM_OP_PUT && each->mutation->base_rev == 0)
        g_hash_table_add (refused, each->mutation->id);
    }

  for (guint i = 0; i < pending->len; i++)
    {
      const SimPending *each = g_ptr_array_index (pending, i);
      g_autoptr (KamRow) row = client->store->klass->show (client->store, each->mutation->entity, each->mutation->id);
      const char *lead = row != NULL ? kam_row_lead_id (row) : NULL;
      gboolean hangs = g_hash_table_contains (refused, each->mutation->id) || (lead != NULL && g_hash_table_contains (refused, lead));

      if (each->state == SIM_PENDING_WAITING && hangs)
        g_hash_table_add (ours, g_strdup (each->mutation->id));
      else if (each->state == SIM_PENDING_WAITING || each->state == SIM_PENDING_APPLIED)
        n++;
    }

  if (n > 0)
    sim_violate (client->world, "%u edits still wait on device %u", n, client->index);
}

static void
check_rows (SimClient  *client,
            GHashTable *ours)
{
  SimWorld *world = client->world;
  g_autoptr (GPtrArray) rows = client->store->klass->list (client->store);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer value;

  for (guint i = 0; i < rows->len; i++)
    {
      const KamRow *row = g_ptr_array_index (rows, i);
      const KamRow *theirs = sim_db_find (world->db, kam_row_id (row));

      if (!g_hash_table_add (seen, (gpointer) kam_row_id (row)))
        sim_violate (world, "device %u has %s twice", client->index, kam_row_id (row));

      if (g_hash_table_contains (ours, kam_row_id (row)) || (theirs == NULL && is_in_bin (client, kam_row_kind (row), kam_row_id (row))))
        continue;

      if (theirs == NULL)
        sim_violate (world, "device %u has a %s %s that the server has not", client->index, kam_row_entity (row)->name, kam_row_id (row));
      else if (!sim_db_may_read (world->db, client->person->id, kam_row_scope (theirs)))
        sim_violate (world, "device %u has a %s %s of rev %" G_GINT64_FORMAT " that %s may not see", client->index, kam_row_entity (row)->name,
                     kam_row_id (row), kam_row_rev (row), client->person->name);
      else if (!kam_row_equal (row, theirs))
        sim_violate (world, "device %u shows another %s %s than the server: rev %" G_GINT64_FORMAT " for %" G_GINT64_FORMAT, client->index,
                     kam_row_entity (row)->name, kam_row_id (row), kam_row_rev (row), kam_row_rev (theirs));
    }

  g_hash_table_iter_init (&iter, world->db->rows);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const KamRow *row = value;

      if (!g_hash_table_contains (seen, kam_row_id (row)) && sim_db_may_read (world->db, client->person->id, kam_row_scope (row)))
        sim_violate (world, "device %u lacks the %s %s of rev %" G_GINT64_FORMAT, client->index, kam_row_entity (row)->name, kam_row_id (row),
                     kam_row_rev (row));
    }
}

/* Signed out from elsewhere: nothing is left. */
static void
check_erased (SimClient *client)
{
  g_autoptr (GPtrArray) rows = client->store->klass->list (client->store);
  g_autoptr (GPtrArray) pending = client->store->klass->pending (client->store);
  GHashTableIter iter;
  gpointer value;

  if (rows->len > 0 || pending->len > 0)
    sim_violate (client->world, "device %u, signed out, still has %u rows and %u edits", client->index, rows->len, pending->len);

  g_hash_table_iter_init (&iter, client->world->ledger);
  while (g_hash_table_iter_next (&iter, &value, NULL))
    {
      g_autofree char *place = client->store->klass->find_trace (client->store, value);

      if (place != NULL)
        sim_violate (client->world, "“%s” can still be read in the %s of device %u, which is signed out", (const char *) value, place, client->index);
    }
}

static void
check_client (SimClient *client)
{
  g_autoptr (GHashTable) ours = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gboolean rejected = client->status.attention == KAM_ATTENTION_REJECTED;

  if (!client->signed_in || client->revoked)
    {
      check_erased (client);
      return;
    }

  check_pending (client, ours);
  check_rows (client, ours);

  if (client->status.state != KAM_ENGINE_SYNCED && !rejected && client->status.n_waiting == 0)
    sim_violate (client->world, "device %u ends in state %d, attention %d, failure %d", client->index, client->status.state, client->status.attention,
                 client->status.failure);
}

static void
check_server (SimWorld *world)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, world->db->rows);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const KamRow *row = value;
      KamRow *lead = kam_row_lead_id (row) != NULL ? sim_db_find (world->db, kam_row_lead_id (row)) : NULL;
      gint64 order = kam_row_kind (row) == KAM_ENTITY_INTERACTION ? kam_row_int (row, KAM_INTERACTION_ORDER_VALUE, -1) : -1;

      if (kam_row_rev (row) > world->db->head)
        sim_violate (world, "%s has revision %" G_GINT64_FORMAT " beyond the head", kam_row_id (row), kam_row_rev (row));

      if (kam_row_lead_id (row) != NULL && (lead == NULL || g_strcmp0 (kam_row_scope (lead), kam_row_scope (row)) != 0))
        sim_violate (world, "%s is not where its lead is", kam_row_id (row));

      if (order >= 0 && !kam_row_is (row, KAM_INTERACTION_CURRENCY, order % 2 == 0 ? "INR" : "EUR"))
        sim_violate (world, "order %s has the value of one edit and the currency of another", kam_row_id (row));
    }
}

void
sim_oracle_check (SimWorld *world)
{
  for (guint i = 0; i < world->clients->len; i++)
    check_client (g_ptr_array_index (world->clients, i));

  check_ledger (world);
  check_server (world);
}
