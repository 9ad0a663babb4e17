/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-push-private.h"

#include "kam-conflict-copies.h"
#include "kam-wire.h"

#include <string.h>

char *
kam_push_value_to_json (const KamField *field,
                        const KamValue *value)
{
  GString *json;

  if (value == NULL || value->kind == KAM_VALUE_NULL)
    return NULL;

  json = g_string_new (NULL);
  kam_wire_append_value (json, field, value);

  return g_string_free (json, FALSE);
}

static void
set_value (KamRow         *conflict,
           guint           to,
           const KamField *field,
           const KamValue *value)
{
  kam_row_take_text (conflict, to, kam_push_value_to_json (field, value));
}

static void
collect (GPtrArray    *conflicts,
         const KamRow *conflict,
         const KamRow *target)
{
  if (kam_row_is (conflict, KAM_CONFLICT_TARGET, kam_row_id (target)))
    g_ptr_array_add (conflicts, kam_row_ref ((KamRow *) conflict));
}

/* Those of a row that belongs to no lead are in their authors' scopes. */
static gboolean
collect_leadless (KamPush       *self,
                  const KamRow  *target,
                  GPtrArray     *conflicts,
                  GError       **error)
{
  g_autoptr (GPtrArray) ids = kam_rows_conflicts_about (self->db, kam_row_id (target), error);
  g_autoptr (GPtrArray) loaded = NULL;

  if (ids == NULL)
    return FALSE;

  for (guint i = 0; i < ids->len; i++)
    {
      KamRow *conflict = NULL;

      if (!kam_push_find (self, KAM_ENTITY_CONFLICT, g_ptr_array_index (ids, i), &conflict, error))
        return FALSE;
    }

  /* With those of this push. */
  loaded = kam_push_loaded (self, KAM_ENTITY_CONFLICT);

  for (guint i = 0; i < loaded->len; i++)
    collect (conflicts, g_ptr_array_index (loaded, i), target);

  return TRUE;
}

GPtrArray *
kam_push_conflicts_of (KamPush       *self,
                       const KamRow  *row,
                       GError       **error)
{
  const char *lead_id = kam_row_lead_id (row);
  g_autoptr (GPtrArray) conflicts = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_row_unref);
  g_autoptr (GPtrArray) all = NULL;

  if (lead_id == NULL)
    return collect_leadless (self, row, conflicts, error) ? g_steal_pointer (&conflicts) : NULL;

  if (!g_hash_table_contains (self->conflicted, lead_id))
    return g_steal_pointer (&conflicts);

  all = kam_push_of_lead (self, KAM_ENTITY_CONFLICT, lead_id, error);

  if (all == NULL)
    return NULL;

  for (guint i = 0; i < all->len; i++)
    collect (conflicts, g_ptr_array_index (all, i), row);

  return g_steal_pointer (&conflicts);
}

/* An author's open conflict about the same field: a later edit takes the place of the earlier one. */
static gboolean
find_open (KamPush       *self,
           const KamRow  *row,
           const char    *field,
           const char    *author_id,
           KamRow       **open, /* (transfer full) (nullable) */
           GError       **error)
{
  g_autoptr (GPtrArray) conflicts = kam_push_conflicts_of (self, row, error);

  *open = NULL;

  for (guint i = 0; conflicts != NULL && i < conflicts->len && *open == NULL; i++)
    {
      const KamRow *conflict = g_ptr_array_index (conflicts, i);

      if (kam_row_is (conflict, KAM_CONFLICT_FIELD, field) && kam_row_is (conflict, KAM_CONFLICT_AUTHOR, author_id))
        *open = kam_row_copy (conflict);
    }

  return conflicts != NULL;
}

static gboolean
author_may_read (KamPush       *self,
                 const KamRow  *row,
                 const char    *author_id,
                 gboolean      *may,
                 GError       **error)
{
  g_autofree char *scope = NULL;

  if (strcmp (author_id, self->session->user_id) == 0)
    return kam_push_may_read (self, row, may, error);

  return kam_push_find_scope (self, row, &scope, error) && kam_people_may_read (self->db, author_id, scope, self->now_us, may, error);
}

/* Who may not read the lead has a copy of their own, without what others wrote; who may has none. */
static gboolean
keep_copy (KamPush       *self,
           const KamRow  *row,
           const KamRow  *conflict,
           GError       **error)
{
  g_autofree char *id = kam_conflict_copy_id (kam_row_id (conflict));
  KamRow *copy = NULL;
  gboolean may = TRUE;

  if (kam_row_lead_id (row) == NULL)
    return TRUE;

  if (!author_may_read (self, row, kam_row_text (conflict, KAM_CONFLICT_AUTHOR), &may, error) ||
      !kam_push_find (self, KAM_ENTITY_CONFLICT, id, &copy, error))
    return FALSE;

  if (!may)
    kam_push_put (self, kam_conflict_copy_new (conflict));
  else if (copy != NULL)
    kam_push_purge (self, copy);

  return TRUE;
}

gboolean
kam_push_end_conflict (KamPush       *self,
                       const KamRow  *conflict,
                       const KamRow  *target,
                       const char    *decided,
                       GError       **error)
{
  g_autofree char *id = kam_conflict_copy_id (kam_row_id (conflict));
  int field = kam_entity_find_field (kam_row_entity (target), kam_row_text (conflict, KAM_CONFLICT_FIELD));
  KamPushSettled *settled;
  KamRow *copy = NULL;

  if (!kam_push_find (self, KAM_ENTITY_CONFLICT, id, &copy, error))
    return FALSE;

  if (copy != NULL)
    kam_push_purge (self, copy);

  settled = g_new0 (KamPushSettled, 1);
  settled->row = kam_row_ref ((KamRow *) target);
  settled->field = &kam_row_entity (target)->fields[MAX (field, 0)];
  settled->lost = g_strdup (kam_row_text (conflict, KAM_CONFLICT_MINE));
  settled->decided = g_strdup (decided);
  g_ptr_array_add (self->settled, settled);
  kam_push_purge (self, conflict);

  return TRUE;
}

gboolean
kam_push_end_own_conflicts (KamPush            *self,
                            const KamMutation  *mutation,
                            GError            **error)
{
  g_autoptr (GPtrArray) conflicts = NULL;
  KamRow *row = NULL;

  if (!kam_push_find (self, mutation->entity, mutation->id, &row, error))
    return FALSE;

  conflicts = row != NULL && kam_row_lead_id (row) != NULL ? kam_push_conflicts_of (self, row, error) : g_ptr_array_new ();

  for (guint i = 0; conflicts != NULL && i < conflicts->len; i++)
    {
      const KamRow *conflict = g_ptr_array_index (conflicts, i);
      int field = kam_entity_find_field (kam_row_entity (row), kam_row_text (conflict, KAM_CONFLICT_FIELD));
      const KamChange *change = field >= 0 ? kam_mutation_find ((KamMutation *) mutation, (guint) field) : NULL;
      g_autofree char *json = NULL;

      if (change == NULL || !kam_row_is (conflict, KAM_CONFLICT_AUTHOR, self->session->user_id) || kam_value_equal (&change->old, &change->new) ||
          !kam_value_equal (kam_row_get (row, (guint) field), &change->new))
        continue;

      json = kam_push_value_to_json (&kam_row_entity (row)->fields[field], &change->new);

      if (!kam_push_end_conflict (self, conflict, row, json, error))
        return FALSE;
    }

  return conflicts != NULL;
}

static gboolean
keep_up (KamPush       *self,
         const KamRow  *target,
         const KamRow  *conflict,
         GError       **error)
{
  int index = kam_entity_find_field (kam_row_entity (target), kam_row_text (conflict, KAM_CONFLICT_FIELD));
  const KamField *field = &kam_row_entity (target)->fields[MAX (index, 0)];
  g_autofree char *theirs = kam_push_value_to_json (field, kam_row_get (target, (guint) MAX (index, 0)));
  KamRow *changed;

  /* Whichever deletion it was, what its author wanted has happened. */
  if (index < 0 || (index == kam_row_entity (target)->delete_field && theirs != NULL) ||
      g_strcmp0 (theirs, kam_row_text (conflict, KAM_CONFLICT_MINE)) == 0)
    return kam_push_end_conflict (self, conflict, target, theirs, error);

  if (g_strcmp0 (theirs, kam_row_text (conflict, KAM_CONFLICT_THEIRS)) == 0)
    return TRUE;

  changed = kam_row_copy (conflict);
  kam_row_set_text (changed, KAM_CONFLICT_THEIRS, theirs);
  kam_push_put (self, changed);

  return TRUE;
}

static gboolean
keep_up_conflict (KamPush       *self,
                  const KamRow  *conflict,
                  gboolean       moved,
                  GError       **error)
{
  const KamEntity *entity = kam_entity_by_name (kam_row_text (conflict, KAM_CONFLICT_TARGET_ENTITY));
  const char *target_id = kam_row_text (conflict, KAM_CONFLICT_TARGET);
  KamRow *target = NULL;

  if (entity == NULL || (!moved && !kam_push_has_changed (self, entity->kind, target_id)))
    return TRUE;

  if (!kam_push_find (self, entity->kind, target_id, &target, error))
    return FALSE;

  return target == NULL || ((!moved || keep_copy (self, target, conflict, error)) && keep_up (self, target, conflict, error));
}

gboolean
kam_push_keep_up_conflicts (KamPush  *self,
                            GError  **error)
{
  GHashTableIter iter;
  gpointer lead_id;

  g_hash_table_iter_init (&iter, self->conflicted);

  while (g_hash_table_iter_next (&iter, &lead_id, NULL))
    {
      g_autoptr (GPtrArray) conflicts = kam_push_of_lead (self, KAM_ENTITY_CONFLICT, lead_id, error);
      const KamRow *before = kam_push_before (self, KAM_ENTITY_LEAD, lead_id);
      KamRow *lead = NULL;
      gboolean moved;

      if (conflicts == NULL || !kam_push_find (self, KAM_ENTITY_LEAD, lead_id, &lead, error))
        return FALSE;

      moved = before != NULL && lead != NULL && !kam_row_is (lead, KAM_LEAD_KAM, kam_row_text (before, KAM_LEAD_KAM));

      for (guint i = 0; i < conflicts->len; i++)
        {
          if (!keep_up_conflict (self, g_ptr_array_index (conflicts, i), moved, error))
            return FALSE;
        }
    }

  return TRUE;
}

/**
 * kam_push_add_conflict:
 * @row: as it stays, with the value of others
 * @base: (nullable): what the author saw
 * @mine: (nullable): what the author wanted
 *
 * Keeps the value that did not come through as a row of entity `conflict`, in the lead's scope (of a row without a lead: in the author's own).
 * Values are as on the wire.
 */
gboolean
kam_push_add_conflict (KamPush            *self,
                       const KamRow       *row,
                       const KamMutation  *mutation,
                       const KamField     *field,
                       const KamValue     *base,
                       const KamValue     *mine,
                       const char         *author_id,
                       GError            **error)
{
  g_autoptr (KamRow) conflict = NULL;
  int index = kam_entity_find_field (kam_row_entity (row), field->name);
  gboolean copied;

  if (!find_open (self, row, field->name, author_id, &conflict, error))
    return FALSE;

  if (conflict == NULL)
    {
      g_autofree char *name = g_strdup_printf ("conflict:%" G_GINT64_FORMAT ":%s:%s", mutation->mid, kam_row_id (row), field->name);
      g_autofree char *id = kam_id_derive (self->client_id, name);
      g_autofree char *scope = kam_scope_personal (author_id);

      conflict = kam_row_new (KAM_ENTITY_CONFLICT, id);
      kam_row_set_scope (conflict, scope);
      kam_row_set_text (conflict, KAM_CONFLICT_LEAD, kam_row_lead_id (row));
      kam_row_set_text (conflict, KAM_CONFLICT_TARGET_ENTITY, kam_row_entity (row)->name);
      kam_row_set_text (conflict, KAM_CONFLICT_TARGET, kam_row_id (row));
      kam_row_set_text (conflict, KAM_CONFLICT_FIELD, field->name);
      kam_row_set_text (conflict, KAM_CONFLICT_AUTHOR, author_id);
      set_value (conflict, KAM_CONFLICT_BASE, field, base);
    }

  set_value (conflict, KAM_CONFLICT_THEIRS, field, kam_row_get (row, (guint) index));
  set_value (conflict, KAM_CONFLICT_MINE, field, mine);
  kam_row_set_int (conflict, KAM_CONFLICT_AT, self->now_us);
  if (kam_row_lead_id (row) != NULL)
    g_hash_table_add (self->conflicted, g_strdup (kam_row_lead_id (row)));

  copied = keep_copy (self, row, conflict, error);
  kam_push_put (self, g_steal_pointer (&conflict));

  return copied;
}
