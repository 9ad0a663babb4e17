/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-check.h"
#include "kam-push-private.h"

#include <glib/gi18n.h>
#include <string.h>

static gboolean
is_by_server (const KamField *field)
{
  return field->writer == KAM_WRITER_SERVER || field->writer == KAM_WRITER_DELETION;
}

/* Only the server writes rows of these. */
static gboolean
check_entity (const KamMutation  *mutation,
              GError            **error)
{
  if (mutation->entity != KAM_ENTITY_LEAD_EVENT)
    return TRUE;

  return kam_push_reject (error, "not_allowed", NULL, _("Such rows are made by the server."));
}

static gboolean
can_be (const KamEntity *entity,
        guint            field,
        const KamValue  *value)
{
  g_autoptr (KamProblem) problem = kam_field_check (entity, field, value);

  return problem == NULL;
}

/* As it is to be merged: for a new row what only the server writes is left out, and everything was null before; else what the row has anyway is left
 * out. What nobody can have seen, and a conflict would keep, was null too. */
static KamMutation *
reduce (const KamMutation *mutation,
        const KamRow      *before)
{
  const KamEntity *entity = kam_entity_get (mutation->entity);
  KamMutation *reduced = kam_mutation_copy (mutation);

  for (guint i = reduced->changes->len; i-- > 0;)
    {
      KamChange *change = &g_array_index (reduced->changes, KamChange, i);
      gboolean drop = before == NULL ? is_by_server (&entity->fields[change->field])
                                     : kam_value_equal (kam_row_get (before, change->field), &change->new);

      if (before == NULL || !can_be (entity, change->field, &change->old))
        kam_value_set_null (&change->old);

      if (drop)
        g_array_remove_index (reduced->changes, i);
    }

  return reduced;
}

static gboolean
check_writers (KamPush            *self,
               const KamRow       *before,
               const KamMutation  *mutation,
               GError            **error)
{
  for (guint i = 0; i < mutation->changes->len; i++)
    {
      if (!kam_push_check_writer (self, before, mutation, i, error))
        return FALSE;
    }

  return TRUE;
}

/* Also what will lose to another's value, which a conflict keeps and shows to people, or to what is derived. */
static gboolean
check_values (const KamMutation  *mutation,
              GError            **error)
{
  const KamEntity *entity = kam_entity_get (mutation->entity);

  for (guint i = 0; i < mutation->changes->len; i++)
    {
      const KamChange *change = &g_array_index (mutation->changes, KamChange, i);
      const KamField *field = &entity->fields[change->field];
      g_autoptr (KamProblem) problem = kam_field_check (entity, change->field, &change->new);

      if (problem != NULL)
        return kam_push_reject (error, problem->code, field, problem->message);

      if (change->new.kind == KAM_VALUE_NULL && (field->flags & KAM_FIELD_REQUIRED) != 0)
        return kam_push_reject (error, "required", field, _("This cannot be empty."));
    }

  return TRUE;
}

static gboolean
derive_after (KamPush            *self,
              const KamRow       *lead_before,
              const KamRow       *before,
              const KamRow       *row,
              const KamMutation  *mutation,
              GError            **error)
{
  KamEntityKind kind = kam_row_kind (row);
  const char *lead_id = kam_row_lead_id (row);
  gboolean status_changed =
      kind == KAM_ENTITY_LEAD && (before == NULL || !kam_row_is (before, KAM_LEAD_STATUS, kam_row_text (row, KAM_LEAD_STATUS)));

  if (kind == KAM_ENTITY_CONTACT && kam_row_int (row, KAM_CONTACT_PRIMARY, 0) != 0 &&
      (before == NULL || kam_row_int (before, KAM_CONTACT_PRIMARY, 0) == 0) && !kam_push_keep_primary (self, row, error))
    return FALSE;

  if ((kind == KAM_ENTITY_INTERACTION || status_changed) && !kam_push_settle_lead (self, lead_id, error))
    return FALSE;

  return lead_id == NULL || kam_push_add_events (self, lead_before, lead_id, mutation, error);
}

/* Creating. */

/* Interactions are facts: also who could read the lead lately hands them in. */
static gboolean
check_lead (KamPush            *self,
            const KamMutation  *mutation,
            const KamRow       *row,
            KamRow            **lead,
            GError            **error)
{
  const char *lead_id = kam_row_lead_id (row);
  const KamField *field = &kam_row_entity (row)->fields[MAX (kam_row_entity (row)->lead_field, 0)];
  gboolean may = FALSE;

  if (lead_id == NULL || !kam_id_is_valid (lead_id))
    return kam_push_reject (error, lead_id == NULL ? "required" : "bad_id", field, _("Say which lead this belongs to."));

  if (!kam_push_find (self, KAM_ENTITY_LEAD, lead_id, lead, error))
    return FALSE;

  if (*lead == NULL)
    return kam_push_missing (self, lead_id, field, error);

  if (!kam_push_may_read (self, *lead, &may, error) ||
      (!may && mutation->entity == KAM_ENTITY_INTERACTION && !kam_push_had_lead (self, lead_id, &may, error)))
    return FALSE;

  return may || kam_push_not_found (error, field);
}

/* Who has left has no leads: what they had begun is somebody else's. */
static gboolean
find_owner (KamPush  *self,
            KamRow   *row,
            GError  **error)
{
  const KamSession *session = self->session;

  if (kam_row_kind (row) != KAM_ENTITY_LEAD || !session->is_former || !kam_row_is (row, KAM_LEAD_KAM, session->user_id))
    return TRUE;

  if (session->successor_id[0] == '\0')
    return kam_push_reject (error, "not_allowed", &kam_row_entity (row)->fields[KAM_LEAD_KAM], _("This person has left. Say whose the lead is to be."));

  kam_row_set_text (row, KAM_LEAD_KAM, session->successor_id);

  return TRUE;
}

static void
set_defaults (KamPush *self,
              KamRow  *row)
{
  if (kam_row_kind (row) == KAM_ENTITY_INTERACTION)
    {
      kam_row_set_text (row, KAM_INTERACTION_AUTHOR, self->session->user_id);
      kam_row_set_text (row, KAM_INTERACTION_ORIGIN, "person");
    }

  if (kam_row_kind (row) != KAM_ENTITY_LEAD)
    return;

  kam_row_set_int (row, KAM_LEAD_ALLOCATED_AT, self->now_us);

  if (!kam_row_is (row, KAM_LEAD_STATUS, "inactive"))
    kam_row_set_text (row, KAM_LEAD_STATUS, "new");
}

static gboolean
may_create (KamPush            *self,
            const KamMutation  *mutation,
            GError            **error)
{
  if (mutation->base_rev > 0)
    return kam_push_missing (self, mutation->id, NULL, error);

  return mutation->entity != KAM_ENTITY_USER || strcmp (self->session->role, "admin") == 0 ||
         kam_push_reject (error, "not_allowed", NULL, _("Only an admin adds people."));
}

static gboolean
create (KamPush            *self,
        const KamMutation  *mutation,
        KamResultKind      *kind,
        GError            **error)
{
  g_autoptr (KamMutation) reduced = reduce (mutation, NULL);
  g_autoptr (KamRow) blank = kam_row_new (mutation->entity, mutation->id);
  g_autoptr (KamMerge) merge = kam_merge_put (blank, reduced);
  g_autoptr (KamRow) row = kam_row_ref (merge->row);
  gboolean belongs = kam_row_entity (row)->lead_field >= 0;
  g_autoptr (KamRow) lead_before = NULL;
  KamRow *lead = NULL;
  gint64 starts_at;

  if (!may_create (self, mutation, error) || (belongs && !check_lead (self, mutation, row, &lead, error)) ||
      !check_writers (self, NULL, reduced, error) || !check_values (reduced, error) || !find_owner (self, row, error))
    return FALSE;

  set_defaults (self, row);
  starts_at = mutation->entity == KAM_ENTITY_INTERACTION ? kam_row_int (row, KAM_INTERACTION_STARTS_AT, 0) : 0;

  if ((mutation->entity == KAM_ENTITY_INTERACTION && !kam_push_shift_clock (self, row, error)) || !kam_push_check_row (self, NULL, row, error))
    return FALSE;

  if (mutation->entity == KAM_ENTITY_INTERACTION && starts_at != kam_row_int (row, KAM_INTERACTION_STARTS_AT, 0))
    *kind = KAM_RESULT_MERGED;

  lead_before = lead != NULL ? kam_row_ref (lead) : NULL;
  kam_push_put (self, kam_row_ref (row));

  /* A new child is an edit too: a lead that was deleted meanwhile is back. */
  return (lead == NULL || kam_push_revive (self, lead, mutation, error)) && derive_after (self, lead_before, NULL, row, mutation, error);
}

/* Changing. */

/* A put that would close a circle of who reports to whom stays outside, as a conflict. */
static gboolean
split_cycle (KamPush       *self,
             const KamRow  *before,
             KamMutation   *mutation,
             KamChange     *left_out,
             gboolean      *is_split,
             GError       **error)
{
  KamChange *change = mutation->entity == KAM_ENTITY_CONTACT ? kam_mutation_find (mutation, KAM_CONTACT_REPORTS_TO) : NULL;
  const char *above = change != NULL && change->new.kind == KAM_VALUE_TEXT ? change->new.text : NULL;

  *is_split = FALSE;

  if (above == NULL || strcmp (above, mutation->id) == 0)
    return TRUE;

  if (!kam_push_closes_cycle (self, before, KAM_CONTACT_REPORTS_TO, above, is_split, error))
    return FALSE;

  if (*is_split)
    {
      left_out->field = change->field;
      kam_value_copy (&left_out->old, &change->old);
      kam_value_copy (&left_out->new, &change->new);
      g_array_remove_index (mutation->changes, (guint) (change - (KamChange *) (gpointer) mutation->changes->data));
    }

  return TRUE;
}

static gboolean
keep_loser (KamPush            *self,
            const KamRow       *row,
            const KamMutation  *mutation,
            const KamChange    *change,
            KamResultKind      *kind,
            GError            **error)
{
  *kind = KAM_RESULT_CONFLICT;

  return kam_push_add_conflict (self, row, mutation, &kam_row_entity (row)->fields[change->field], &change->old, &change->new, self->session->user_id,
                                error);
}

static gboolean
keep_losers (KamPush            *self,
             const KamRow       *row,
             const KamMutation  *mutation,
             GArray             *losers,
             KamResultKind      *kind,
             GError            **error)
{
  for (guint i = 0; i < losers->len; i++)
    {
      const KamChange *change = kam_mutation_find ((KamMutation *) mutation, g_array_index (losers, guint, i));

      if (!keep_loser (self, row, mutation, change, kind, error))
        return FALSE;
    }

  return TRUE;
}

/* Is the row, field by field, what the mutation wanted? A status other than inactive follows from facts. */
static gboolean
is_as_wanted (const KamRow      *row,
              const KamMutation *mutation)
{
  for (guint i = 0; i < mutation->changes->len; i++)
    {
      const KamChange *change = &g_array_index (mutation->changes, KamChange, i);

      if (mutation->entity == KAM_ENTITY_LEAD && change->field == KAM_LEAD_STATUS)
        continue;

      if (!kam_value_equal (kam_row_get (row, change->field), &change->new))
        return FALSE;
    }

  return TRUE;
}

/* A lead that goes to somebody else is allocated anew. Who takes it is locked, so that nobody is deactivated with a lead coming in. */
static gboolean
allocate (KamPush       *self,
          const KamRow  *before,
          KamRow        *row,
          GError       **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (KamRow) owner = NULL;

  if (kam_row_kind (row) != KAM_ENTITY_LEAD || kam_row_is (row, KAM_LEAD_KAM, kam_row_text (before, KAM_LEAD_KAM)) ||
      kam_row_is_null (row, KAM_LEAD_KAM))
    return TRUE;

  kam_row_set_int (row, KAM_LEAD_ALLOCATED_AT, self->now_us);
  owner = kam_rows_find_locked (self->db, KAM_ENTITY_USER, kam_row_text (row, KAM_LEAD_KAM), &local_error);

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  return (owner != NULL && kam_row_int (owner, KAM_USER_ACTIVE, 0) != 0) ||
         kam_push_not_found (error, &kam_row_entity (row)->fields[KAM_LEAD_KAM]);
}

/* The author and time of a fact stay; what was wrong with its time is put right as for a new one. */
static gboolean
finish_row (KamPush       *self,
            const KamRow  *before,
            KamRow        *row,
            GError       **error)
{
  return (kam_row_kind (row) != KAM_ENTITY_INTERACTION || kam_push_shift_clock (self, row, error)) && allocate (self, before, row, error) &&
         kam_push_check_row (self, before, row, error);
}

static gboolean
write_update (KamPush            *self,
              const KamRow       *before,
              KamRow             *row,
              const KamMutation  *mutation,
              KamResultKind      *kind,
              GError            **error)
{
  const char *lead_id = kam_row_lead_id (row);
  g_autoptr (KamRow) lead_before = NULL;
  KamRow *lead = NULL;

  if (lead_id != NULL && !kam_push_find (self, KAM_ENTITY_LEAD, lead_id, &lead, error))
    return FALSE;

  lead_before = lead != NULL ? kam_row_ref (lead) : NULL;
  kam_push_put (self, kam_row_ref (row));

  if (kam_row_is_deleted (row) || (lead != NULL && kam_row_is_deleted (lead)))
    {
      *kind = KAM_RESULT_MERGED;

      if (!kam_push_revive (self, row, mutation, error))
        return FALSE;
    }

  return derive_after (self, lead_before, before, row, mutation, error);
}

static gboolean
update (KamPush            *self,
        const KamRow       *before,
        const KamMutation  *mutation,
        KamResultKind      *kind,
        GError            **error)
{
  g_autoptr (KamMutation) reduced = reduce (mutation, before);
  g_auto (KamValue) old = KAM_VALUE_INIT;
  g_auto (KamValue) new = KAM_VALUE_INIT;
  KamChange left_out = { 0 };
  g_autoptr (KamMerge) merge = NULL;
  gboolean is_split = FALSE;
  gboolean done;

  if (!check_writers (self, before, reduced, error) || !check_values (reduced, error) || !split_cycle (self, before, reduced, &left_out, &is_split, error))
    return FALSE;

  old = left_out.old;
  new = left_out.new;
  merge = kam_merge_put (before, reduced);

  if (merge->changed && !finish_row (self, before, merge->row, error))
    return FALSE;

  if (!is_as_wanted (merge->row, reduced))
    *kind = KAM_RESULT_MERGED;

  done = !merge->changed || write_update (self, before, merge->row, mutation, kind, error);

  return done && keep_losers (self, before, reduced, merge->losers, kind, error) &&
         (!is_split || keep_loser (self, before, mutation, &left_out, kind, error)) && kam_push_end_own_conflicts (self, mutation, error);
}

/* Who has lost the lead hands in what they wrote meanwhile: for its new owner to look at. */
static gboolean
hand_in (KamPush            *self,
         const KamRow       *before,
         const KamMutation  *mutation,
         KamResultKind      *kind,
         GError            **error)
{
  g_autoptr (KamMutation) reduced = reduce (mutation, before);

  if (!check_writers (self, before, reduced, error) || !check_values (reduced, error))
    return FALSE;

  for (guint i = 0; i < reduced->changes->len; i++)
    {
      if (!keep_loser (self, before, mutation, &g_array_index (reduced->changes, KamChange, i), kind, error))
        return FALSE;
    }

  return kam_push_end_own_conflicts (self, mutation, error);
}

gboolean
kam_push_apply_put (KamPush            *self,
                    const KamMutation  *mutation,
                    KamResultKind      *kind,
                    GError            **error)
{
  KamRow *found = NULL;
  g_autoptr (KamRow) before = NULL;
  gboolean may = FALSE;
  gboolean had = FALSE;

  gboolean is_about_people = mutation->entity == KAM_ENTITY_USER || mutation->entity == KAM_ENTITY_LEAVE;

  if (!check_entity (mutation, error) || (is_about_people && !kam_push_load_people (self, error)) ||
      !kam_push_find (self, mutation->entity, mutation->id, &found, error))
    return FALSE;

  if (found == NULL)
    return create (self, mutation, kind, error);

  before = kam_row_ref (found);

  if (!kam_push_may_read (self, before, &may, error))
    return FALSE;

  if (may)
    return update (self, before, mutation, kind, error);

  if (mutation->entity == KAM_ENTITY_LEAD && !kam_push_had_lead (self, mutation->id, &had, error))
    return FALSE;

  return had ? hand_in (self, before, mutation, kind, error) : kam_push_not_found (error, NULL);
}
