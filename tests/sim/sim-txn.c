/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sim-ledger.h"
#include "sim-server.h"

#include <string.h>

/* How a transaction goes, step by step: its locks in their order, every mutation on what is committed by then, the counter last, and everything in one
 * moment. */

#define N_PROCESSES 3

enum
{
  STAGE_CLIENT,
  STAGE_LOCKS,
  STAGE_APPLY,
  STAGE_COUNTER,
  STAGE_STAMP,
  STAGE_COMMIT,
};

static void
note_clear (gpointer data)
{
  SimLedgerNote *note = data;

  g_free (note->value);
}

SimTxn *
sim_txn_new (SimWorld       *world,
             const char     *user,
             guint           device,
             SimDoneFunc     done,
             gpointer        data,
             GDestroyNotify  destroy)
{
  SimTxn *self = g_rc_box_new0 (SimTxn);

  self->world = world;
  self->process = sim_world_draw (world, N_PROCESSES);
  sim_id_set (&self->user, user);
  self->device = device;
  self->results = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_result_free);
  self->stored = g_array_new (FALSE, FALSE, sizeof (SimStored));
  self->wanted = g_ptr_array_new_with_free_func (g_free);
  self->held = g_ptr_array_new_with_free_func (g_free);
  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) kam_row_unref);
  self->order = g_ptr_array_new_with_free_func (g_free);
  self->tombstones = g_array_new (FALSE, FALSE, sizeof (SimTombstone));
  self->purged = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->audit = g_array_new (FALSE, FALSE, sizeof (SimAudit));
  self->notes = g_array_new (FALSE, FALSE, sizeof (SimLedgerNote));
  g_array_set_clear_func (self->notes, note_clear);
  self->done = done;
  self->data = data;
  self->destroy = destroy;

  return self;
}

static void
txn_clear (gpointer data)
{
  SimTxn *self = data;

  if (self->destroy != NULL)
    self->destroy (self->data);

  g_free (self->client_id);
  g_free (self->job_data);
  g_clear_pointer (&self->mutations, g_ptr_array_unref);
  g_clear_pointer (&self->grants, g_array_unref);
  g_ptr_array_unref (self->results);
  g_array_unref (self->stored);
  g_ptr_array_unref (self->wanted);
  g_ptr_array_unref (self->held);
  g_hash_table_unref (self->rows);
  g_ptr_array_unref (self->order);
  g_array_unref (self->tombstones);
  g_hash_table_unref (self->purged);
  g_array_unref (self->audit);
  g_array_unref (self->notes);
}

static void
txn_unref (gpointer data)
{
  g_rc_box_release_full (data, txn_clear);
}

void
sim_txn_want (SimTxn     *self,
              const char *lock)
{
  if (!g_ptr_array_find_with_equal_func (self->wanted, lock, g_str_equal, NULL))
    g_ptr_array_add (self->wanted, g_strdup (lock));
}

static gboolean
lock (SimTxn     *self,
      const char *name)
{
  SimTxn *holder = g_hash_table_lookup (self->world->locks, name);

  if (holder == self)
    return TRUE;

  if (holder != NULL)
    return FALSE;

  g_hash_table_insert (self->world->locks, g_strdup (name), self);
  g_ptr_array_add (self->held, g_strdup (name));

  return TRUE;
}

static void
end (SimTxn *self)
{
  for (guint i = 0; i < self->held->len; i++)
    g_hash_table_remove (self->world->locks, g_ptr_array_index (self->held, i));

  self->dead = TRUE;
  g_ptr_array_remove (self->world->txns, self);
}

void
sim_server_kill (SimWorld *world,
                 guint     process)
{
  sim_note (world, NULL, "kill", process, 0);

  for (guint i = world->txns->len; i > 0; i--)
    {
      SimTxn *txn = g_ptr_array_index (world->txns, i - 1);

      if (txn->process == process % N_PROCESSES)
        end (txn);
    }
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static void
want_leads (SimTxn *self)
{
  for (guint i = 0; i < self->mutations->len; i++)
    {
      KamMutation *mutation = g_ptr_array_index (self->mutations, i);
      const KamEntity *entity = kam_entity_get (mutation->entity);
      KamRow *row = sim_db_find (self->world->db, mutation->id);
      KamChange *change = entity->lead_field >= 0 ? kam_mutation_find (mutation, (guint) entity->lead_field) : NULL;
      const char *lead = mutation->entity == KAM_ENTITY_LEAD ? mutation->id : row != NULL ? kam_row_lead_id (row) : NULL;

      if (lead == NULL && change != NULL && change->new.kind == KAM_VALUE_TEXT)
        lead = change->new.text;

      if (lead != NULL)
        sim_txn_want (self, lead);
    }
}

static GHashTable *
write_rows (SimTxn *self)
{
  SimDb *db = self->world->db;
  GHashTable *touched = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < self->order->len; i++)
    {
      const char *id = g_ptr_array_index (self->order, i);
      KamRow *row = g_hash_table_lookup (self->rows, id);

      if (row == NULL || g_hash_table_contains (self->purged, id))
        {
          g_hash_table_remove (db->rows, id);
          continue;
        }

      g_hash_table_add (touched, g_strdup (kam_row_scope (row)));
      g_hash_table_insert (db->rows, g_strdup (id), kam_row_ref (row));
    }

  for (guint i = 0; i < self->tombstones->len; i++)
    {
      SimTombstone *tombstone = &g_array_index (self->tombstones, SimTombstone, i);

      tombstone->rev = self->seq;
      g_hash_table_add (touched, g_strdup (tombstone->scope.text));
      g_array_append_val (db->tombstones, *tombstone);
    }

  for (guint i = 0; i < self->audit->len; i++)
    {
      g_array_index (self->audit, SimAudit, i).seq = self->seq;
      g_array_append_val (db->audit, g_array_index (self->audit, SimAudit, i));
    }

  return touched;
}

static void
commit (SimTxn *self)
{
  SimDb *db = self->world->db;
  guint32 nonce = g_rand_int (self->world->rand) | 1;
  g_autoptr (GHashTable) touched = NULL;

  if (self->writes)
    {
      db->head = MAX (db->head, self->seq);
      g_array_set_size (db->nonces, (guint) db->head + 1);
      g_array_index (db->nonces, guint32, self->seq) = nonce;
      touched = write_rows (self);
    }

  sim_push_store (self);

  if (self->grants != NULL)
    {
      g_array_unref (db->grants);
      db->grants = g_steal_pointer (&self->grants);
    }

  sim_ledger_take (self->world, self->notes);
  sim_note (self->world, NULL, "commit", self->seq, self->order->len);
  end (self);

  if (touched != NULL)
    sim_network_tell (self->world, self->job != NULL ? NULL : touched);
}

/* The scope of a row follows from who has its lead; a lead that leaves a scope leaves a tombstone there. */
static void
stamp (SimTxn *self)
{
  for (guint i = 0; i < self->order->len; i++)
    {
      const char *id = g_ptr_array_index (self->order, i);
      KamRow *row = g_hash_table_lookup (self->rows, id);
      KamRow *lead = row != NULL && kam_row_lead_id (row) != NULL ? sim_txn_get (self, kam_row_lead_id (row)) : NULL;
      g_autofree char *scope = lead != NULL ? kam_scope_of_leads (kam_row_text (lead, KAM_LEAD_KAM)) : NULL;

      if (row == NULL || g_hash_table_contains (self->purged, id))
        continue;

      if (scope != NULL)
        kam_row_set_scope (row, scope);

      kam_row_set_rev (row, self->seq);
    }
}

/* Before the counter: what moves along with a lead is touched too. */
static void
move_along (SimTxn *self)
{
  for (guint i = 0, n = self->order->len; i < n; i++)
    {
      const char *id = g_ptr_array_index (self->order, i);
      KamRow *now = g_hash_table_lookup (self->rows, id);
      KamRow *before = sim_db_find (self->world->db, id);
      g_autoptr (GPtrArray) children = NULL;
      SimTombstone tombstone = { .moved = TRUE, .entity = KAM_ENTITY_LEAD };

      if (now == NULL || before == NULL || kam_row_kind (now) != KAM_ENTITY_LEAD || kam_row_is (now, KAM_LEAD_KAM, kam_row_text (before, KAM_LEAD_KAM)))
        continue;

      sim_id_set (&tombstone.id, id);
      sim_id_set (&tombstone.scope, kam_row_scope (before));
      g_array_append_val (self->tombstones, tombstone);
      children = sim_txn_of_lead (self, id, -1);

      for (guint c = 0; c < children->len; c++)
        sim_txn_put (self, kam_row_copy (g_ptr_array_index (children, c)));
    }
}

/* One push of a client at a time. TRUE where it may go on. */
static gboolean
begin_push (SimTxn *self)
{
  g_autofree char *name = g_strconcat ("client ", self->client_id, NULL);
  SimVerdict verdict;

  if (!lock (self, name))
    return FALSE;

  verdict = sim_push_check (self);

  if (verdict != SIM_VERDICT_FINE)
    {
      end (self);
      self->done (self->world, self, verdict, self->data);
      return FALSE;
    }

  want_leads (self);
  g_ptr_array_sort (self->wanted, compare_names);

  return TRUE;
}

static gboolean
take_step (SimTxn *self)
{
  switch (self->stage)
    {
    case STAGE_CLIENT:
      if (self->mutations != NULL && !begin_push (self))
        return !self->dead;
      break;

    case STAGE_LOCKS:
      if (self->next < self->wanted->len)
        {
          if (lock (self, g_ptr_array_index (self->wanted, self->next)))
            self->next++;
          return TRUE;
        }
      self->next = 0;
      break;

    case STAGE_APPLY:
      if (self->job != NULL)
        self->job (self, self->job_data);
      else if (self->next < self->mutations->len)
        {
          sim_push_next (self);
          return TRUE;
        }
      self->writes = self->writes || self->job != NULL;
      move_along (self);
      break;

    case STAGE_COUNTER:
      if (self->writes && !lock (self, "org"))
        return TRUE;
      self->seq = self->world->db->head + (self->writes ? 1 : 0);
      break;

    case STAGE_STAMP:
      stamp (self);
      break;

    case STAGE_COMMIT:
    default:
      commit (self);
      if (self->done != NULL)
        self->done (self->world, self, SIM_VERDICT_FINE, self->data);
      return FALSE;
    }

  self->stage++;

  return TRUE;
}

static void step (SimWorld *world, SimClient *client, gpointer data);

static void
step_later (SimTxn *self)
{
  double chance = self->stage >= STAGE_COUNTER ? 0.15 : 0.03; /* the end of a transaction is where most goes wrong */
  gint64 delay = sim_world_happens (self->world, chance) ? sim_world_between (self->world, 1000, G_USEC_PER_SEC) : sim_world_between (self->world, 10, 900);

  sim_world_later (self->world, delay, NULL, step, g_rc_box_acquire (self), txn_unref);
}

static void
step (SimWorld  *world,
      SimClient *client,
      gpointer   data)
{
  SimTxn *self = data;

  if (!self->dead && take_step (self))
    step_later (self);
}

void
sim_txn_start (SimTxn *self)
{
  g_ptr_array_add (self->world->txns, self);
  step_later (self);
  txn_unref (self);
}
