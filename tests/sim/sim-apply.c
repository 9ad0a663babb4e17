/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-check.h"
#include "kam-merge.h"
#include "kam-rules.h"
#include "sim-server.h"

#include <string.h>

/* What one mutation does, as the protocol says it and no cleverer. The merge, the checks and the rules are those of both sides. */

static KamResult *
reject (const KamMutation *mutation,
        const char        *code)
{
  KamResult *result = kam_result_new (mutation->mid, KAM_RESULT_REJECTED, 0);

  result->code = g_strdup (code);

  return result;
}

static gboolean
is_by_server (const KamField *field)
{
  return field->writer == KAM_WRITER_SERVER || field->writer == KAM_WRITER_DELETION;
}

/* As it is to be merged: of a new row without what the server writes; else without what is so already. */
static KamMutation *
reduce (const KamMutation *mutation,
        const KamRow      *before)
{
  const KamEntity *entity = kam_entity_get (mutation->entity);
  KamMutation *reduced = kam_mutation_copy (mutation);

  for (guint i = reduced->changes->len; i-- > 0;)
    {
      KamChange *change = &g_array_index (reduced->changes, KamChange, i);
      gboolean drop = before == NULL ? is_by_server (&entity->fields[change->field]) : kam_value_equal (kam_row_get (before, change->field), &change->new);

      if (before == NULL)
        kam_value_set_null (&change->old);

      if (drop)
        g_array_remove_index (reduced->changes, i);
    }

  return reduced;
}

/* Told to the ledger: what came, and what it did to what was there. Somebody who changes a field must have known what it was. */
static void
tell_ledger (SimTxn            *self,
             const KamRow      *before, /* (nullable) */
             const KamRow      *after,
             const KamMutation *mutation)
{
  const KamEntity *entity = kam_row_entity (after);

  for (guint i = 0; i < mutation->changes->len; i++)
    {
      const KamChange *change = &g_array_index (mutation->changes, KamChange, i);
      const KamValue *was = before != NULL ? kam_row_get (before, change->field) : NULL;
      const KamValue *is = kam_row_get (after, change->field);

      sim_txn_note (self, SIM_LEDGER_RECEIVED, mutation->id, change->field, &change->new);

      if (is_by_server (&entity->fields[change->field]))
        continue;

      if (kam_value_equal (is, &change->new))
        sim_txn_note (self, SIM_LEDGER_APPLIED, mutation->id, change->field, is);

      if (was == NULL || kam_value_equal (was, is) || entity->fields[change->field].merge != KAM_MERGE_FIELD)
        continue;

      sim_txn_note (self, kam_value_equal (was, &change->old) ? SIM_LEDGER_REPLACED : SIM_LEDGER_BLINDLY, mutation->id, change->field, was);
    }
}

static void
settle_lead (SimTxn     *self,
             const char *lead_id)
{
  g_autoptr (GPtrArray) interactions = sim_txn_of_lead (self, lead_id, KAM_ENTITY_INTERACTION);
  KamRow *lead = sim_txn_get (self, lead_id);
  KamLeadFacts facts = { .inactive = kam_row_is (lead, KAM_LEAD_STATUS, "inactive") };

  for (guint i = 0; i < interactions->len; i++)
    {
      facts.has_reached = facts.has_reached || kam_rules_is_reached (g_ptr_array_index (interactions, i));
      facts.has_order = facts.has_order || kam_rules_is_confirmed_order (g_ptr_array_index (interactions, i));
    }

  if (!kam_row_is (lead, KAM_LEAD_STATUS, kam_rules_lead_status (&facts)))
    {
      lead = kam_row_copy (lead);
      kam_row_set_text (lead, KAM_LEAD_STATUS, kam_rules_lead_status (&facts));
      sim_txn_put (self, lead);
    }

  for (guint i = 0; i < interactions->len; i++)
    {
      KamRow *changed = kam_row_copy (g_ptr_array_index (interactions, i));

      if (kam_rules_settle_interaction (changed, facts.inactive))
        sim_txn_put (self, changed);
      else
        kam_row_unref (changed);
    }
}

void
sim_apply_derive (SimTxn            *self,
                  const KamRow      *lead_before,
                  const char        *lead_id,
                  const KamMutation *mutation)
{
  g_autofree char *name = g_strdup_printf ("%s:%" G_GINT64_FORMAT, self->client_id, mutation->mid);
  g_autofree char *cause = kam_id_derive (mutation->id, name);
  g_autoptr (GPtrArray) events = NULL;

  if (lead_id == NULL || sim_txn_get (self, lead_id) == NULL)
    return;

  settle_lead (self, lead_id);
  events = kam_rules_lead_events (lead_before, sim_txn_get (self, lead_id), cause, self->user.text, sim_world_time (self->world));

  for (guint i = 0; i < events->len; i++)
    sim_txn_put (self, kam_row_ref (g_ptr_array_index (events, i)));
}

/* A fact cannot lie in the future: then the clock that dated it was wrong, by as much as it is when it tells. */
static gboolean
shift_clock (SimTxn *self,
             KamRow *row)
{
  gint64 now = sim_world_time (self->world);
  gint64 at = kam_row_int (row, KAM_INTERACTION_STARTS_AT, 0);

  if (kam_row_kind (row) != KAM_ENTITY_INTERACTION || !kam_row_is (row, KAM_INTERACTION_STATE, "done") || at <= now)
    return FALSE;

  kam_row_set_int (row, KAM_INTERACTION_STARTS_AT, MIN (at - self->skew_us, now));

  return TRUE;
}

static const char *
find_problem (SimTxn       *self,
              const KamRow *row)
{
  g_autoptr (GPtrArray) problems = kam_row_check (row, sim_world_time (self->world));

  return problems->len > 0 ? ((KamProblem *) g_ptr_array_index (problems, 0))->code : NULL;
}

static KamRow *
make_row (SimTxn            *self,
          const KamMutation *mutation,
          gboolean          *shifted)
{
  g_autoptr (KamMutation) reduced = reduce (mutation, NULL);
  g_autoptr (KamRow) blank = kam_row_new (mutation->entity, mutation->id);
  g_autoptr (KamMerge) merge = kam_merge_put (blank, reduced);
  KamRow *row = kam_row_copy (merge->row);

  if (mutation->entity == KAM_ENTITY_INTERACTION)
    {
      kam_row_set_text (row, KAM_INTERACTION_AUTHOR, self->user.text);
      kam_row_set_text (row, KAM_INTERACTION_ORIGIN, "person");
    }

  if (mutation->entity == KAM_ENTITY_LEAD)
    {
      kam_row_set_int (row, KAM_LEAD_ALLOCATED_AT, sim_world_time (self->world));

      if (!kam_row_is (row, KAM_LEAD_STATUS, "inactive"))
        kam_row_set_text (row, KAM_LEAD_STATUS, "new");
    }

  *shifted = shift_clock (self, row);

  return row;
}

static KamResult *
create (SimTxn            *self,
        const KamMutation *mutation)
{
  gboolean shifted = FALSE;
  g_autoptr (KamRow) row = make_row (self, mutation, &shifted);
  gboolean belongs = kam_row_entity (row)->lead_field >= 0;
  KamRow *lead = belongs && kam_row_lead_id (row) != NULL ? sim_txn_get (self, kam_row_lead_id (row)) : NULL;
  g_autoptr (KamRow) lead_before = lead != NULL ? kam_row_ref (lead) : NULL;
  gboolean may = lead == NULL || sim_txn_may_read (self, lead);

  if (mutation->base_rev > 0 || (belongs && lead == NULL))
    return reject (mutation, "not_found");

  if (!may && (mutation->entity != KAM_ENTITY_INTERACTION || !sim_db_had_lead (self->world->db, self->user.text, kam_row_id (lead))))
    return reject (mutation, "not_found");

  if (find_problem (self, row) != NULL)
    return reject (mutation, find_problem (self, row));

  tell_ledger (self, NULL, row, mutation);
  sim_txn_audit (self, row, FALSE);
  sim_txn_put (self, kam_row_copy (row));

  if (lead != NULL)
    sim_apply_revive (self, kam_row_id (lead_before), mutation);

  sim_apply_derive (self, lead_before, kam_row_lead_id (row), mutation);

  return kam_result_new (mutation->mid, shifted ? KAM_RESULT_MERGED : KAM_RESULT_APPLIED, 0);
}

static void
keep_losers (SimTxn            *self,
             const KamRow      *row,
             const KamMutation *mutation,
             GArray            *losers)
{
  for (guint i = 0; i < losers->len; i++)
    {
      const KamChange *change = kam_mutation_find ((KamMutation *) mutation, g_array_index (losers, guint, i));

      sim_conflict_add (self, row, mutation, change->field, &change->old, &change->new, self->user.text);
    }
}

static gboolean
gives_away (SimTxn            *self,
            const KamMutation *mutation)
{
  return mutation->entity == KAM_ENTITY_LEAD && kam_mutation_find ((KamMutation *) mutation, KAM_LEAD_KAM) != NULL &&
         !sim_id_is (&self->user, self->world->people[SIM_MANAGER_M].id) && !sim_id_is (&self->user, self->world->people[SIM_MANAGER_N].id);
}

static KamResult *
update (SimTxn            *self,
        KamRow            *before,
        const KamMutation *mutation)
{
  g_autoptr (KamMutation) reduced = reduce (mutation, before);
  g_autoptr (KamMerge) merge = kam_merge_put (before, reduced);
  g_autoptr (KamRow) row = kam_row_copy (merge->row);
  KamRow *lead = kam_row_lead_id (before) != NULL ? sim_txn_get (self, kam_row_lead_id (before)) : NULL;
  g_autoptr (KamRow) lead_before = lead != NULL ? kam_row_ref (lead) : NULL;
  KamResultKind kind = merge->losers->len > 0 ? KAM_RESULT_CONFLICT : KAM_RESULT_APPLIED;

  if (gives_away (self, reduced))
    return reject (mutation, "not_allowed");

  if (shift_clock (self, row) && kind == KAM_RESULT_APPLIED)
    kind = KAM_RESULT_MERGED;

  if (merge->changed && find_problem (self, row) != NULL)
    return reject (mutation, find_problem (self, row));

  for (guint i = 0; i < reduced->changes->len && kind == KAM_RESULT_APPLIED; i++)
    {
      const KamChange *change = &g_array_index (reduced->changes, KamChange, i);

      if (!kam_value_equal (kam_row_get (row, change->field), &change->new))
        kind = KAM_RESULT_MERGED;
    }

  tell_ledger (self, before, row, mutation);

  if (merge->changed)
    {
      if (mutation->entity == KAM_ENTITY_LEAD && !kam_row_is (row, KAM_LEAD_KAM, kam_row_text (before, KAM_LEAD_KAM)))
        kam_row_set_int (row, KAM_LEAD_ALLOCATED_AT, sim_world_time (self->world));

      sim_txn_audit (self, row, FALSE);
      sim_txn_put (self, kam_row_copy (row));

      if (sim_apply_revive (self, mutation->id, mutation) && kind == KAM_RESULT_APPLIED)
        kind = KAM_RESULT_MERGED;

      sim_apply_derive (self, lead_before, kam_row_lead_id (row), mutation);
    }

  keep_losers (self, before, reduced, merge->losers);

  return kam_result_new (mutation->mid, kind, 0);
}

/* Who has lost the lead hands in what they wrote meanwhile: for its new owner to look at. */
static KamResult *
hand_in (SimTxn            *self,
         KamRow            *before,
         const KamMutation *mutation)
{
  g_autoptr (KamMutation) reduced = reduce (mutation, before);

  if (gives_away (self, reduced))
    return reject (mutation, "not_allowed");

  for (guint i = 0; i < reduced->changes->len; i++)
    {
      const KamChange *change = &g_array_index (reduced->changes, KamChange, i);

      sim_txn_note (self, SIM_LEDGER_RECEIVED, mutation->id, change->field, &change->new);
      sim_conflict_add (self, before, mutation, change->field, &change->old, &change->new, self->user.text);
    }

  return kam_result_new (mutation->mid, reduced->changes->len > 0 ? KAM_RESULT_CONFLICT : KAM_RESULT_APPLIED, 0);
}

static gboolean
is_poison (const KamMutation *mutation)
{
  for (guint i = 0; i < mutation->changes->len; i++)
    {
      const KamChange *change = &g_array_index (mutation->changes, KamChange, i);

      if (change->new.kind == KAM_VALUE_TEXT && g_str_has_prefix (change->new.text, "poison"))
        return TRUE;
    }

  return FALSE;
}

KamResult *
sim_apply (SimTxn            *self,
           const KamMutation *mutation)
{
  KamRow *found = sim_txn_get (self, mutation->id);
  g_autoptr (KamRow) row = found != NULL ? kam_row_ref (found) : NULL;

  if (mutation->entity == KAM_ENTITY_CONFLICT)
    return sim_conflict_settle (self, mutation);

  if (mutation->entity == KAM_ENTITY_LEAD_EVENT || is_poison (mutation))
    return reject (mutation, "not_allowed");

  if (mutation->op == KAM_OP_PUT && row == NULL)
    return create (self, mutation);

  if (row == NULL)
    return reject (mutation, "not_found");

  if (!sim_txn_may_read (self, row))
    {
      if (mutation->op == KAM_OP_PUT && mutation->entity == KAM_ENTITY_LEAD && sim_db_had_lead (self->world->db, self->user.text, mutation->id))
        return hand_in (self, row, mutation);

      return reject (mutation, "not_found");
    }

  if (mutation->op == KAM_OP_PUT)
    return update (self, row, mutation);

  return kam_result_new (mutation->mid, mutation->op == KAM_OP_DELETE ? sim_apply_delete (self, row, mutation) : sim_apply_restore (self, row, mutation), 0);
}
