/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sim-server.h"

/* What a transaction sees and leaves. */

KamRow *
sim_txn_get (SimTxn     *self,
             const char *id)
{
  if (g_hash_table_contains (self->purged, id))
    return NULL;

  if (g_hash_table_contains (self->rows, id))
    return g_hash_table_lookup (self->rows, id);

  return sim_db_find (self->world->db, id);
}

void
sim_txn_put (SimTxn *self,
             KamRow *row)
{
  const char *id = kam_row_id (row);

  g_hash_table_remove (self->purged, id);

  if (!g_hash_table_contains (self->rows, id))
    g_ptr_array_add (self->order, g_strdup (id));

  g_hash_table_insert (self->rows, g_strdup (id), row);
}

void
sim_txn_purge (SimTxn     *self,
               const char *id)
{
  KamRow *row = sim_txn_get (self, id);
  KamRow *before = sim_db_find (self->world->db, id);
  SimTombstone tombstone = { .moved = FALSE };

  if (row == NULL)
    return;

  tombstone.entity = kam_row_kind (row);
  sim_id_set (&tombstone.id, id);
  sim_id_set (&tombstone.scope, kam_row_scope (before != NULL ? before : row));
  g_array_append_val (self->tombstones, tombstone);

  if (!g_hash_table_contains (self->rows, id))
    {
      g_ptr_array_add (self->order, g_strdup (id));
      g_hash_table_insert (self->rows, g_strdup (id), kam_row_ref (row));
    }

  g_hash_table_add (self->purged, g_strdup (id));
}

static int
compare_rows (gconstpointer a,
              gconstpointer b)
{
  return g_strcmp0 (kam_row_id (*(KamRow *const *) a), kam_row_id (*(KamRow *const *) b));
}

GPtrArray *
sim_txn_of_lead (SimTxn     *self,
                 const char *lead_id,
                 int         entity)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_row_unref);
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTable *sources[] = { self->rows, self->world->db->rows };
  GHashTableIter iter;
  gpointer id;

  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    {
      g_hash_table_iter_init (&iter, sources[i]);
      while (g_hash_table_iter_next (&iter, &id, NULL))
        g_hash_table_add (ids, id);
    }

  g_hash_table_iter_init (&iter, ids);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    {
      KamRow *row = sim_txn_get (self, id);

      if (row != NULL && kam_row_kind (row) != KAM_ENTITY_LEAD && g_strcmp0 (kam_row_lead_id (row), lead_id) == 0 &&
          (entity < 0 || entity == (int) kam_row_kind (row)))
        g_ptr_array_add (rows, kam_row_ref (row));
    }

  g_ptr_array_sort (rows, compare_rows);

  return rows;
}

gboolean
sim_txn_may_read (SimTxn       *self,
                  const KamRow *row)
{
  KamRow *lead = kam_row_lead_id (row) != NULL ? sim_txn_get (self, kam_row_lead_id (row)) : NULL;
  g_autofree char *scope = lead != NULL ? kam_scope_of_leads (kam_row_text (lead, KAM_LEAD_KAM)) : g_strdup (kam_row_scope (row));

  return sim_db_may_read (self->world->db, self->user.text, scope);
}

void
sim_txn_note (SimTxn         *self,
              SimLedgerKind   kind,
              const char     *id,
              guint           field,
              const KamValue *value)
{
  g_auto (GStrv) lines = NULL;

  if (value == NULL || value->kind != KAM_VALUE_TEXT)
    return;

  /* Notes are several values, each in its line. */
  lines = g_strsplit (value->text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      SimLedgerNote note = { .kind = kind, .field = field };

      sim_id_set (&note.id, id);
      note.value = g_strdup (lines[i]);
      g_array_append_val (self->notes, note);
    }
}

void
sim_txn_audit (SimTxn       *self,
               const KamRow *row,
               gboolean      deletes)
{
  SimAudit audit = { .device = self->device, .deletes = deletes, .user = self->user };

  sim_id_set (&audit.id, kam_row_id (row));
  sim_id_set (&audit.lead, kam_row_lead_id (row));
  g_array_append_val (self->audit, audit);
}
