/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-change-text.h"

#include "kam-format.h"
#include "kam-settle.h"
#include "kam-undo-prepare.h"
#include "kam-value-text.h"

#include <glib/gi18n.h>
#include <string.h>

static void
clear_line (gpointer data)
{
  KamChangeLine *line = data;

  g_free (line->from);
  g_free (line->to);
}

static GArray *
new_lines (void)
{
  GArray *lines = g_array_new (FALSE, FALSE, sizeof (KamChangeLine));

  g_array_set_clear_func (lines, clear_line);

  return lines;
}

void
kam_change_text_free (KamChangeText *self)
{
  g_free (self->title);
  g_free (self->where);
  g_free (self->near);
  g_free (self->full);
  g_free (self->spoken);
  g_clear_pointer (&self->lines, g_array_unref);
  g_free (self);
}

const char *
kam_change_field_label (KamEntityKind entity,
                        guint         field)
{
  return _(kam_entity_get (entity)->fields[field].label);
}

/* The row as the change would make it: an amount is read with the currency that comes along. */
static KamRow *
row_after (const KamMutation *mutation,
           KamRow            *row)
{
  KamRow *after = row != NULL && kam_row_kind (row) == mutation->entity ? kam_row_copy (row) : kam_row_new (mutation->entity, mutation->id);

  kam_mutation_apply (mutation, after);

  return after;
}

/* What goes along with another field, or is the program's business. */
static gboolean
is_shown (const KamMutation *mutation,
          const KamChange   *change)
{
  const KamField *field = &kam_entity_get (mutation->entity)->fields[change->field];

  if (kam_value_equal (&change->old, &change->new))
    return FALSE;
  if (field->writer == KAM_WRITER_SERVER || field->writer == KAM_WRITER_DELETION)
    return FALSE;

  return !(mutation->entity == KAM_ENTITY_INTERACTION && (change->field == KAM_INTERACTION_STARTS_AT || change->field == KAM_INTERACTION_DATED_BY));
}

GArray *
kam_change_lines (KamWorkspace      *workspace,
                  const KamMutation *mutation,
                  KamRow            *row)
{
  GArray *lines = new_lines ();
  g_autoptr (KamRow) after = NULL;

  if (mutation->op != KAM_OP_PUT)
    return lines;

  after = row_after (mutation, row);
  for (guint i = 0; i < mutation->changes->len; i++)
    {
      const KamChange *change = &g_array_index (mutation->changes, KamChange, i);
      KamChangeLine line = { kam_change_field_label (mutation->entity, change->field), NULL, NULL };

      if (!is_shown (mutation, change))
        continue;

      line.from = kam_value_text (workspace, mutation->entity, change->field, &change->old, after);
      line.to = kam_value_text (workspace, mutation->entity, change->field, &change->new, after);
      g_array_append_val (lines, line);
    }

  return lines;
}

/* What it is called: by the row as it is here, else by what the change itself makes of it. */
static char *
name_of (KamWorkspace      *workspace,
         KamEntityKind      entity,
         const KamMutation *mutation,
         const char        *known,
         KamRow            *row)
{
  g_autoptr (KamRow) after = mutation != NULL ? row_after (mutation, row) : NULL;
  char *name = kam_value_row_name (workspace, row);

  if (name == NULL && known != NULL)
    name = g_strdup (known);
  if (name == NULL)
    name = kam_value_row_name (workspace, after);
  if (name != NULL)
    return name;

  switch (entity)
    {
    case KAM_ENTITY_LEAD:
      return g_strdup (_("a lead"));
    case KAM_ENTITY_CONTACT:
      return g_strdup (_("a contact"));
    case KAM_ENTITY_INTERACTION:
      return g_strdup (_("a call or visit"));
    default:
      return g_strdup (_("an entry"));
    }
}

static char *
title_of_put (const KamMutation *mutation,
              GArray            *lines,
              const char        *name)
{
  if (kam_undo_is_creation (mutation))
    /* TRANSLATORS: something new waits to be sent; %s is its name */
    return g_strdup_printf (_("New: %s"), name);
  if (lines->len == 1)
    /* TRANSLATORS: a field of something: "Phone of Spice Garden" */
    return g_strdup_printf (_("%s of %s"), g_array_index (lines, KamChangeLine, 0).label, name);

  return g_strdup (name);
}

/* The settling of a conflict: what becomes of its field. */
static void
read_settling (KamChangeText     *self,
               KamWorkspace      *workspace,
               const KamMutation *mutation)
{
  KamRowCache *rows = kam_workspace_get_rows (workspace);
  KamRow *conflict = kam_row_cache_get (rows, KAM_ENTITY_CONFLICT, mutation->id);
  const KamChange *change = mutation->changes->len > 0 ? &g_array_index (mutation->changes, KamChange, 0) : NULL;
  g_autofree char *name = NULL;
  KamChangeLine line = { NULL, NULL, NULL };
  KamEntityKind entity;
  KamRow *row = NULL;
  guint field;

  self->lines = new_lines ();
  if (conflict == NULL || change == NULL || !kam_settle_target (conflict, &entity, &field))
    {
      self->title = g_strdup (_("A settled conflict"));
      return;
    }

  row = kam_row_cache_get (rows, entity, kam_row_text (conflict, KAM_CONFLICT_TARGET));
  name = name_of (workspace, entity, NULL, NULL, row);
  line.label = kam_change_field_label (entity, field);
  line.from = kam_value_text_wire (workspace, entity, field, change->old.kind == KAM_VALUE_TEXT ? change->old.text : NULL, row);
  line.to = kam_value_text_wire (workspace, entity, field, change->new.kind == KAM_VALUE_TEXT ? change->new.text : NULL, row);
  /* TRANSLATORS: how a person settled a conflict: field, row */
  self->title = g_strdup_printf (_("Settled: %s of %s"), line.label, name);
  g_array_append_val (self->lines, line);
}

static void
read_mutation (KamChangeText    *self,
               KamWorkspace     *workspace,
               const KamPending *pending)
{
  const KamMutation *mutation = pending->mutation;
  KamRow *row = NULL;
  g_autofree char *name = NULL;

  if (mutation->entity == KAM_ENTITY_CONFLICT)
    {
      read_settling (self, workspace, mutation);
      return;
    }

  row = kam_row_cache_get (kam_workspace_get_rows (workspace), mutation->entity, mutation->id);
  name = name_of (workspace, mutation->entity, mutation, pending->row_name, row);
  self->lines = kam_change_lines (workspace, mutation, row);
  if (mutation->op == KAM_OP_DELETE)
    self->title = g_strdup_printf (_("Deletion of %s"), name);
  else if (mutation->op == KAM_OP_RESTORE)
    self->title = g_strdup_printf (_("Restoration of %s"), name);
  else
    self->title = title_of_put (mutation, self->lines, name);
}

static void
read_conflict (KamChangeText    *self,
               KamWorkspace     *workspace,
               const KamPending *pending)
{
  KamEntityKind entity;
  guint field;
  KamRow *row = NULL;
  g_autofree char *name = NULL;

  self->lines = new_lines ();
  if (!kam_settle_target (pending->conflict, &entity, &field))
    {
      self->title = g_strdup (kam_row_text (pending->conflict, KAM_CONFLICT_FIELD));
      return;
    }

  row = kam_row_cache_get (kam_workspace_get_rows (workspace), entity, kam_row_text (pending->conflict, KAM_CONFLICT_TARGET));
  name = name_of (workspace, entity, NULL, pending->row_name, row);
  self->title = g_strdup_printf (_("%s of %s"), kam_change_field_label (entity, field), name);
}

static char *
speak (const KamChangeText *self)
{
  GString *spoken = g_string_new (self->title);

  if (self->where != NULL)
    g_string_append_printf (spoken, ", %s", self->where);
  for (guint i = 0; i < self->lines->len; i++)
    {
      const KamChangeLine *line = &g_array_index (self->lines, KamChangeLine, i);

      g_string_append (spoken, ", ");
      /* TRANSLATORS: read out: field, old value, new value */
      g_string_append_printf (spoken, _("%s from %s to %s"), line->label, line->from, line->to);
    }
  g_string_append_printf (spoken, ", %s", self->near);

  return g_string_free (spoken, FALSE);
}

/**
 * kam_change_text_new:
 *
 * Returns: (transfer full): the entry in words
 */
KamChangeText *
kam_change_text_new (KamWorkspace     *workspace,
                     const KamPending *pending)
{
  KamChangeText *self = g_new0 (KamChangeText, 1);
  gboolean of_lead = pending->entity == KAM_ENTITY_LEAD ||
                     (pending->conflict != NULL && kam_row_is (pending->conflict, KAM_CONFLICT_TARGET_ENTITY, "lead"));

  if (pending->kind == KAM_PENDING_CONFLICT)
    read_conflict (self, workspace, pending);
  else
    read_mutation (self, workspace, pending);
  if (!of_lead && pending->lead_name != NULL)
    self->where = g_strdup (pending->lead_name);
  self->near = kam_format_instant_near (pending->at, kam_clock_now (kam_workspace_get_clock (workspace)), NULL);
  self->full = kam_format_instant_full (pending->at, NULL);
  self->spoken = speak (self);

  return self;
}

static const struct
{
  const char *code;
  const char *why;
} reasons[] = {
  { "not_found", N_("It is no longer yours to change, or it was deleted for good. Dismiss this, or export it first to keep a copy.") },
  { "gone", N_("It was deleted for good meanwhile. Dismiss this, or export it first to keep a copy.") },
  { "parent_gone", N_("What it belongs to was not accepted and is gone. Dismiss this, or export it first to keep a copy.") },
  { "not_allowed", N_("You may not change this. Ask your manager to, or dismiss it.") },
  { "fixed", N_("This cannot be changed once it was made. Dismiss it, and make a new one where you need it.") },
  { "wrong_lead", N_("It names something of another lead. Edit it and send it again.") },
  { "cycle", N_("It would stand above itself. Edit it and send it again.") },
  { "taken", N_("Another person has this email. Edit it and send it again.") },
  { "has_leads", N_("This person still has leads. Give those to somebody else, then send it again.") },
  { "last_admin", N_("Somebody must stay administrator. Make another person one, then send it again.") },
  { "unknown_entity", N_("The server does not know this yet. Send it again once the server has been updated.") },
  { "unknown_field", N_("The server does not know this yet. Send it again once the server has been updated.") },
};

char *
kam_change_text_reason (const KamPending *pending)
{
  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    {
      if (g_strcmp0 (pending->code, reasons[i].code) == 0)
        return g_strdup (_(reasons[i].why));
    }
  if (pending->message != NULL && *pending->message != '\0')
    /* TRANSLATORS: %s is a whole sentence of the server */
    return g_strdup_printf (_("%s Edit it and send it again."), pending->message);

  return g_strdup (_("The server does not accept this value. Edit it and send it again."));
}
