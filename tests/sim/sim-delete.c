/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sim-server.h"

#include <string.h>

/* Soft deletion: one delete_id for a row and what belongs to it. */

static guint
delete_field (const KamRow *row)
{
  return (guint) kam_row_entity (row)->delete_field;
}

void
sim_apply_mark (SimTxn     *self,
                KamRow     *row,
                const char *old_id,
                const char *new_id)
{
  g_autoptr (GPtrArray) rows = NULL;

  if (kam_row_kind (row) == KAM_ENTITY_LEAD)
    rows = sim_txn_of_lead (self, kam_row_id (row), -1);
  else
    rows = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_row_unref);

  g_ptr_array_add (rows, kam_row_ref (row));

  for (guint i = 0; i < rows->len; i++)
    {
      KamRow *each = g_ptr_array_index (rows, i);
      KamRow *changed;

      if (kam_row_entity (each)->delete_field < 0 || !kam_row_is (each, delete_field (each), old_id))
        continue;

      changed = kam_row_copy (each);
      kam_row_set_text (changed, delete_field (each), new_id);
      sim_txn_put (self, changed);
    }
}

static void
derive (SimTxn            *self,
        const KamRow      *row,
        const KamMutation *mutation)
{
  const char *lead_id = kam_row_kind (row) == KAM_ENTITY_INTERACTION ? kam_row_lead_id (row) : NULL;
  KamRow *lead = lead_id != NULL ? sim_txn_get (self, lead_id) : NULL;
  g_autoptr (KamRow) before = lead != NULL ? kam_row_ref (lead) : NULL;

  sim_apply_derive (self, before, lead_id, mutation);
}

KamResultKind
sim_apply_delete (SimTxn            *self,
                  KamRow            *row,
                  const KamMutation *mutation)
{
  const KamChange *change = &g_array_index (mutation->changes, KamChange, 0);

  if (kam_row_is_deleted (row))
    return kam_row_is (row, delete_field (row), change->new.text) ? KAM_RESULT_APPLIED : KAM_RESULT_MERGED;

  if (sim_db_has_others (self->world->db, row, mutation->base_rev, self->user.text, self->device))
    {
      sim_conflict_add (self, row, mutation, delete_field (row), &change->old, &change->new, self->user.text);
      return KAM_RESULT_CONFLICT;
    }

  sim_txn_audit (self, row, TRUE);
  sim_apply_mark (self, row, NULL, change->new.text);
  derive (self, row, mutation);

  return KAM_RESULT_APPLIED;
}

KamResultKind
sim_apply_restore (SimTxn            *self,
                   KamRow            *row,
                   const KamMutation *mutation)
{
  const KamChange *change = &g_array_index (mutation->changes, KamChange, 0);

  if (!kam_row_is_deleted (row))
    return KAM_RESULT_APPLIED;

  if (!kam_row_is (row, delete_field (row), change->old.text))
    return KAM_RESULT_MERGED;

  sim_txn_audit (self, row, TRUE);
  sim_apply_mark (self, row, change->old.text, NULL);
  derive (self, row, mutation);

  return KAM_RESULT_APPLIED;
}

static const char *
find_deleter (SimTxn       *self,
              const KamRow *row)
{
  GArray *audits[] = { self->world->db->audit, self->audit };
  const char *deleter = NULL;

  for (guint k = 0; k < G_N_ELEMENTS (audits); k++)
    {
      for (guint i = 0; i < audits[k]->len; i++)
        {
          const SimAudit *audit = &g_array_index (audits[k], SimAudit, i);

          if (audit->deletes && sim_id_is (&audit->id, kam_row_id (row)))
            deleter = audit->user.text;
        }
    }

  return deleter;
}

static gboolean
undelete (SimTxn            *self,
          const char        *id,
          const KamMutation *mutation)
{
  g_autoptr (KamRow) row = kam_row_ref (sim_txn_get (self, id));
  g_autofree char *delete_id = g_strdup (kam_row_text (row, delete_field (row)));
  const char *author = find_deleter (self, row);
  g_auto (KamValue) deletion = KAM_VALUE_INIT;

  if (delete_id == NULL)
    return FALSE;

  kam_value_set_text (&deletion, delete_id);
  sim_apply_mark (self, row, delete_id, NULL);

  if (author != NULL && !sim_id_is (&self->user, author))
    sim_conflict_add (self, sim_txn_get (self, id), mutation, delete_field (row), NULL, &deletion, author);

  return TRUE;
}

gboolean
sim_apply_revive (SimTxn            *self,
                  const char        *id,
                  const KamMutation *mutation)
{
  g_autofree char *lead_id = g_strdup (kam_row_lead_id (sim_txn_get (self, id)));
  gboolean revived = lead_id != NULL && undelete (self, lead_id, mutation);

  return (kam_row_is_deleted (sim_txn_get (self, id)) && undelete (self, id, mutation)) || revived;
}
