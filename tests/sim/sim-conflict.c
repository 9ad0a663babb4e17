/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-json.h"
#include "kam-merge.h"
#include "kam-wire.h"
#include "sim-server.h"

#include <string.h>

/* Values that did not come through are rows that sync like any; a person settles them. */

static char *
to_json (const KamField *field,
         const KamValue *value)
{
  GString *json;

  if (value == NULL || value->kind == KAM_VALUE_NULL)
    return NULL;

  json = g_string_new (NULL);
  kam_wire_append_value (json, field, value);

  return g_string_free (json, FALSE);
}

char *
sim_conflict_json (const KamRow *row,
                   guint         field)
{
  return to_json (&kam_row_entity (row)->fields[field], kam_row_get (row, field));
}

static void
value_from_json (const KamField *field,
                 const char     *json,
                 KamValue       *value)
{
  g_autoptr (JsonNode) node = json != NULL ? json_from_string (json, NULL) : NULL;

  if (node == NULL || !kam_wire_value_from_json (field, node, value, NULL))
    kam_value_set_null (value);
}

static KamRow *
find_open (SimTxn       *self,
           const KamRow *row,
           const char   *field,
           const char   *author)
{
  g_autoptr (GPtrArray) conflicts = sim_txn_of_lead (self, kam_row_lead_id (row), KAM_ENTITY_CONFLICT);

  for (guint i = 0; i < conflicts->len; i++)
    {
      const KamRow *conflict = g_ptr_array_index (conflicts, i);

      if (kam_row_is (conflict, KAM_CONFLICT_TARGET, kam_row_id (row)) && kam_row_is (conflict, KAM_CONFLICT_FIELD, field) &&
          kam_row_is (conflict, KAM_CONFLICT_AUTHOR, author))
        return kam_row_copy (conflict);
    }

  return NULL;
}

/* Who may not read the lead has a copy of their own, without what others wrote. */
static void
copy_for_author (SimTxn       *self,
                 const KamRow *row,
                 const KamRow *conflict,
                 const char   *author)
{
  g_autofree char *id = kam_id_derive (kam_row_id (conflict), "personal");
  g_autofree char *scope = kam_scope_personal (author);
  KamRow *copy;

  if (!sim_id_is (&self->user, author) || sim_txn_may_read (self, row))
    return;

  copy = kam_row_new (KAM_ENTITY_CONFLICT, id);
  kam_row_set_scope (copy, scope);

  for (guint i = 0; i < KAM_N_CONFLICT_FIELDS; i++)
    {
      if (i != KAM_CONFLICT_LEAD && i != KAM_CONFLICT_THEIRS)
        kam_row_set (copy, i, kam_row_get (conflict, i));
    }

  sim_txn_put (self, copy);
}

void
sim_conflict_add (SimTxn            *self,
                  const KamRow      *row,
                  const KamMutation *mutation,
                  guint              field,
                  const KamValue    *base,
                  const KamValue    *mine,
                  const char        *author)
{
  const KamField *it = &kam_row_entity (row)->fields[field];
  KamRow *conflict = find_open (self, row, it->name, author);
  g_auto (KamValue) replaced = KAM_VALUE_INIT;

  if (conflict == NULL)
    {
      g_autofree char *name = g_strdup_printf ("conflict:%" G_GINT64_FORMAT ":%s:%s", mutation->mid, kam_row_id (row), it->name);
      g_autofree char *id = kam_id_derive (self->client_id, name);

      conflict = kam_row_new (KAM_ENTITY_CONFLICT, id);
      kam_row_set_text (conflict, KAM_CONFLICT_LEAD, kam_row_lead_id (row));
      kam_row_set_text (conflict, KAM_CONFLICT_TARGET_ENTITY, kam_row_entity (row)->name);
      kam_row_set_text (conflict, KAM_CONFLICT_TARGET, kam_row_id (row));
      kam_row_set_text (conflict, KAM_CONFLICT_FIELD, it->name);
      kam_row_set_text (conflict, KAM_CONFLICT_AUTHOR, author);
      kam_row_take_text (conflict, KAM_CONFLICT_BASE, to_json (it, base));
    }
  else
    {
      /* The author has gone on writing. */
      value_from_json (it, kam_row_text (conflict, KAM_CONFLICT_MINE), &replaced);

      if (mine == NULL || !kam_value_equal (mine, &replaced))
        sim_txn_note (self, SIM_LEDGER_REPLACED, kam_row_id (row), field, &replaced);
    }

  kam_row_take_text (conflict, KAM_CONFLICT_THEIRS, sim_conflict_json (row, field));
  kam_row_take_text (conflict, KAM_CONFLICT_MINE, to_json (it, mine));
  kam_row_set_int (conflict, KAM_CONFLICT_AT, sim_world_time (self->world));
  sim_txn_note (self, SIM_LEDGER_LOST, kam_row_id (row), field, mine);
  copy_for_author (self, row, conflict, author);
  sim_txn_put (self, conflict);
}

static KamResult *
answer (const KamMutation *mutation,
        KamResultKind      kind,
        const char        *code)
{
  KamResult *result = kam_result_new (mutation->mid, kind, 0);

  result->code = g_strdup (code);

  return result;
}

static void
close_conflict (SimTxn *self,
                KamRow *conflict)
{
  g_autofree char *copy = kam_id_derive (kam_row_id (conflict), "personal");

  sim_txn_purge (self, copy);
  sim_txn_purge (self, kam_row_id (conflict));
}

static void
write_settled (SimTxn            *self,
               KamRow            *target,
               guint              field,
               const KamValue    *value,
               const KamMutation *mutation)
{
  KamRow *lead = sim_txn_get (self, kam_row_lead_id (target));
  g_autoptr (KamRow) before = lead != NULL ? kam_row_ref (lead) : NULL;
  KamRow *changed = kam_row_copy (target);

  sim_txn_note (self, SIM_LEDGER_REPLACED, kam_row_id (target), field, kam_row_get (target, field));
  sim_txn_note (self, SIM_LEDGER_APPLIED, kam_row_id (target), field, value);

  if ((int) field == kam_row_entity (target)->delete_field)
    {
      kam_row_unref (changed);
      sim_txn_audit (self, target, TRUE);
      sim_apply_mark (self, target, kam_row_text (target, field), value->kind == KAM_VALUE_TEXT ? value->text : NULL);
    }
  else
    {
      kam_row_set (changed, field, value);
      sim_txn_audit (self, changed, FALSE);
      sim_txn_put (self, changed);
    }

  sim_apply_derive (self, before, kam_row_lead_id (target), mutation);
}

KamResult *
sim_conflict_settle (SimTxn            *self,
                     const KamMutation *mutation)
{
  KamRow *found = sim_txn_get (self, mutation->id);
  g_autoptr (KamRow) conflict = found != NULL ? kam_row_ref (found) : NULL;
  KamRow *there = conflict != NULL ? sim_txn_get (self, kam_row_text (conflict, KAM_CONFLICT_TARGET)) : NULL;
  g_autoptr (KamRow) target = there != NULL ? kam_row_ref (there) : NULL;
  const KamChange *change = kam_mutation_find ((KamMutation *) mutation, KAM_CONFLICT_THEIRS);
  g_autofree char *current = NULL;
  g_auto (KamValue) wanted = KAM_VALUE_INIT;
  g_auto (KamValue) mine = KAM_VALUE_INIT;
  const KamField *field;
  int index;

  if (conflict == NULL || target == NULL || change == NULL || kam_row_lead_id (conflict) == NULL || !sim_txn_may_read (self, target))
    return answer (mutation, KAM_RESULT_REJECTED, "not_found");

  index = kam_entity_find_field (kam_row_entity (target), kam_row_text (conflict, KAM_CONFLICT_FIELD));
  field = &kam_row_entity (target)->fields[index];
  current = sim_conflict_json (target, (guint) index);

  if (g_strcmp0 (current, change->old.kind == KAM_VALUE_TEXT ? change->old.text : NULL) != 0)
    {
      KamRow *refreshed = kam_row_copy (conflict);

      kam_row_set_text (refreshed, KAM_CONFLICT_THEIRS, current);
      sim_txn_put (self, refreshed);
      return answer (mutation, KAM_RESULT_CONFLICT, NULL);
    }

  value_from_json (field, kam_row_text (conflict, KAM_CONFLICT_MINE), &mine);
  value_from_json (field, change->new.kind == KAM_VALUE_TEXT ? change->new.text : NULL, &wanted);
  sim_txn_note (self, SIM_LEDGER_REPLACED, kam_row_id (target), (guint) index, &mine);

  if (!kam_value_equal (&wanted, kam_row_get (target, (guint) index)))
    write_settled (self, target, (guint) index, &wanted, mutation);

  close_conflict (self, conflict);

  return answer (mutation, KAM_RESULT_APPLIED, NULL);
}
