/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-push-private.h"

#include <glib/gi18n.h>
#include <string.h>

static const KamEntityKind children[] = { KAM_ENTITY_LEAD_EVENT, KAM_ENTITY_CONTACT, KAM_ENTITY_INTERACTION };

static guint
delete_field (const KamRow *row)
{
  return (guint) kam_row_entity (row)->delete_field;
}

/* Gives the row, and all that belongs to it where it is a lead, one delete_id in place of another; rows with any other stay as they are. */
static gboolean
mark (KamPush       *self,
      const KamRow  *row,
      const char    *old_id,
      const char    *new_id,
      GError       **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_row_unref);

  g_ptr_array_add (rows, kam_row_ref ((KamRow *) row));

  for (guint i = 0; kam_row_kind (row) == KAM_ENTITY_LEAD && i < G_N_ELEMENTS (children); i++)
    {
      g_autoptr (GPtrArray) some = kam_push_of_lead (self, children[i], kam_row_id (row), error);

      if (some == NULL)
        return FALSE;

      for (guint j = 0; j < some->len; j++)
        g_ptr_array_add (rows, kam_row_ref (g_ptr_array_index (some, j)));
    }

  for (guint i = 0; i < rows->len; i++)
    {
      g_autoptr (KamRow) changed = kam_row_copy (g_ptr_array_index (rows, i));

      if (!kam_row_is (changed, delete_field (changed), old_id))
        continue;

      kam_row_set_text (changed, delete_field (changed), new_id);
      kam_push_put (self, g_steal_pointer (&changed));
    }

  return TRUE;
}

/* The row that a delete or restore is about, if the person may. */
static gboolean
find_target (KamPush            *self,
             const KamMutation  *mutation,
             KamRow            **row, /* (out) (transfer full) */
             GError            **error)
{
  KamRow *found = NULL;
  gboolean may = FALSE;

  if (mutation->entity == KAM_ENTITY_LEAD_EVENT)
    return kam_push_reject (error, "not_allowed", NULL, _("What happened to a lead stays in its history."));

  if (!kam_push_find (self, mutation->entity, mutation->id, &found, error) || (found != NULL && !kam_push_may_read (self, found, &may, error)))
    return FALSE;

  if (found == NULL)
    return kam_push_missing (self, mutation->id, NULL, error);

  if (!may)
    return kam_push_not_found (error, NULL);

  *row = kam_row_ref (found);

  return TRUE;
}

/* After a deletion or a restoration: what counted before may not now. */
static gboolean
settle (KamPush            *self,
        const KamRow       *row,
        const KamMutation  *mutation,
        GError            **error)
{
  const char *lead_id = kam_row_lead_id (row);
  g_autoptr (KamRow) lead_before = NULL;
  KamRow *lead = NULL;

  if (kam_row_kind (row) != KAM_ENTITY_INTERACTION)
    return TRUE;

  if (!kam_push_find (self, KAM_ENTITY_LEAD, lead_id, &lead, error))
    return FALSE;

  lead_before = lead != NULL ? kam_row_ref (lead) : NULL;

  return kam_push_settle_lead (self, lead_id, error) && kam_push_add_events (self, lead_before, lead_id, mutation, error);
}

gboolean
kam_push_mark_deleted (KamPush            *self,
                       const KamRow       *row,
                       const char         *old_id,
                       const char         *new_id,
                       const KamMutation  *mutation,
                       GError            **error)
{
  return mark (self, row, old_id, new_id, error) && settle (self, row, mutation, error);
}

gboolean
kam_push_apply_delete (KamPush            *self,
                       const KamMutation  *mutation,
                       KamResultKind      *kind,
                       GError            **error)
{
  const KamChange *change = &g_array_index (mutation->changes, KamChange, 0);
  g_autoptr (KamRow) row = NULL;
  gboolean others = FALSE;

  if (!find_target (self, mutation, &row, error))
    return FALSE;

  if (kam_row_is_deleted (row))
    {
      if (!kam_row_is (row, delete_field (row), change->new.text))
        *kind = KAM_RESULT_MERGED;

      return TRUE;
    }

  if (!kam_history_has_others (self->db, mutation->entity, mutation->id, mutation->base_rev, self->session->user_id, self->session->device_id, &others,
                               error))
    return FALSE;

  /* Somebody has worked on what this person wanted to delete without having seen that: it stays, and both are told. */
  if (others)
    {
      *kind = KAM_RESULT_CONFLICT;
      return kam_push_add_conflict (self, row, mutation, &kam_row_entity (row)->fields[change->field], &change->old, &change->new,
                                    self->session->user_id, error);
    }

  return kam_push_mark_deleted (self, row, NULL, change->new.text, mutation, error);
}

gboolean
kam_push_apply_restore (KamPush            *self,
                        const KamMutation  *mutation,
                        KamResultKind      *kind,
                        GError            **error)
{
  const KamChange *change = &g_array_index (mutation->changes, KamChange, 0);
  g_autoptr (KamRow) row = NULL;

  if (!find_target (self, mutation, &row, error))
    return FALSE;

  if (!kam_row_is_deleted (row))
    return TRUE;

  if (!kam_row_is (row, delete_field (row), change->old.text))
    {
      *kind = KAM_RESULT_MERGED;
      return TRUE;
    }

  return kam_push_mark_deleted (self, row, change->old.text, NULL, mutation, error);
}

/* Undoes the deletion of one row with all that has gone with it, and tells who deleted it. */
static gboolean
undelete (KamPush            *self,
          const KamRow       *row,
          const KamMutation  *mutation,
          GError            **error)
{
  const KamField *field = &kam_row_entity (row)->fields[delete_field (row)];
  g_autofree char *delete_id = g_strdup (kam_row_text (row, delete_field (row)));
  g_auto (KamValue) deletion = KAM_VALUE_INIT;
  g_autofree char *author_id = NULL;
  KamRow *now = NULL;

  kam_value_set_text (&deletion, delete_id);

  if (!kam_history_find_author (self->db, kam_row_id (row), field->name, &author_id, error) || !mark (self, row, delete_id, NULL, error) ||
      !kam_push_find (self, kam_row_kind (row), kam_row_id (row), &now, error))
    return FALSE;

  /* Also where it was the same person: on another device, or they would have seen it. */
  return author_id == NULL || kam_push_add_conflict (self, now, mutation, field, NULL, &deletion, author_id, error);
}

/**
 * kam_push_revive:
 * @row: a row that was edited, or the lead of a new one
 *
 * An edit is worth more than a deletion that did not know of it: brings back the row, and its lead, where they are deleted.
 */
gboolean
kam_push_revive (KamPush            *self,
                 const KamRow       *row,
                 const KamMutation  *mutation,
                 GError            **error)
{
  g_autoptr (KamRow) held = kam_row_ref ((KamRow *) row);
  g_autoptr (KamRow) lead_held = NULL;
  KamRow *lead = NULL;

  if (kam_row_lead_id (row) != NULL && !kam_push_find (self, KAM_ENTITY_LEAD, kam_row_lead_id (row), &lead, error))
    return FALSE;

  if (lead != NULL && kam_row_is_deleted (lead))
    {
      lead_held = kam_row_ref (lead);

      if (!undelete (self, lead_held, mutation, error) || !kam_push_settle_lead (self, kam_row_id (lead_held), error))
        return FALSE;
    }

  /* With its lead it may have come back already. */
  if (!kam_push_find (self, kam_row_kind (held), kam_row_id (held), &lead, error) || !kam_row_is_deleted (lead))
    return TRUE;

  g_clear_pointer (&lead_held, kam_row_unref);
  lead_held = kam_row_ref (lead);

  return undelete (self, lead_held, mutation, error);
}
