/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-push-private.h"
#include "kam-wire.h"

#include <string.h>

static void
set_value (KamRow         *conflict,
           guint           to,
           const KamField *field,
           const KamValue *value)
{
  g_autoptr (GString) json = g_string_new (NULL);

  if (value == NULL || value->kind == KAM_VALUE_NULL)
    {
      kam_row_set_null (conflict, to);
      return;
    }

  kam_wire_append_value (json, field, value);
  kam_row_set_text (conflict, to, json->str);
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
  const char *lead_id = kam_row_lead_id (row);
  g_autoptr (GPtrArray) conflicts = NULL;

  *open = NULL;

  if (lead_id == NULL)
    return TRUE;

  conflicts = kam_push_of_lead (self, KAM_ENTITY_CONFLICT, lead_id, error);

  if (conflicts == NULL)
    return FALSE;

  for (guint i = 0; i < conflicts->len; i++)
    {
      const KamRow *conflict = g_ptr_array_index (conflicts, i);

      if (kam_row_is (conflict, KAM_CONFLICT_TARGET, kam_row_id (row)) && kam_row_is (conflict, KAM_CONFLICT_FIELD, field) &&
          kam_row_is (conflict, KAM_CONFLICT_AUTHOR, author_id))
        *open = kam_row_copy (conflict);
    }

  return TRUE;
}

/* Who may not read the lead has a copy of their own, without what others wrote. */
static gboolean
copy_for_author (KamPush       *self,
                 const KamRow  *row,
                 const KamRow  *conflict,
                 const char    *author_id,
                 GError       **error)
{
  g_autofree char *id = kam_id_derive (kam_row_id (conflict), "personal");
  g_autofree char *scope = kam_scope_personal (author_id);
  KamRow *copy = NULL;
  gboolean may = TRUE;

  if (strcmp (author_id, self->session->user_id) != 0)
    return TRUE;

  if (!kam_push_may_read (self, row, &may, error))
    return FALSE;

  if (may)
    return TRUE;

  /* There may be one from an earlier edit. */
  if (!kam_push_find (self, KAM_ENTITY_CONFLICT, id, &copy, error))
    return FALSE;

  copy = kam_row_new (KAM_ENTITY_CONFLICT, id);
  kam_row_set_scope (copy, scope);

  for (guint i = 0; i < KAM_N_CONFLICT_FIELDS; i++)
    {
      if (i != KAM_CONFLICT_LEAD && i != KAM_CONFLICT_THEIRS)
        kam_row_set (copy, i, kam_row_get (conflict, i));
    }

  kam_push_put (self, copy);

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
  copied = copy_for_author (self, row, conflict, author_id, error);
  kam_push_put (self, g_steal_pointer (&conflict));

  return copied;
}
