/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-change-edit.h"

#include "kam-change-text.h"
#include "kam-changes-model.h"
#include "kam-contact-editor.h"
#include "kam-field-row.h"
#include "kam-interaction-editor.h"
#include "kam-lead-editor.h"
#include "kam-picker.h"
#include "kam-store-query.h"
#include "kam-value-text.h"

#include <glib/gi18n.h>

/* What is being prepared: rows come from the store one after the other. */
typedef struct
{
  KamWorkspace  *workspace; /* (owned) */
  KamChangeItem *item;      /* (owned) */
  GtkWindow     *window;    /* (owned) (nullable) */
  KamRow        *row;       /* (owned) (nullable): that is edited */
  gboolean       is_new;    /* the row's making was not accepted: it is not in the store */
} Begin;

static void
begin_free (Begin *begin)
{
  g_object_unref (begin->workspace);
  g_object_unref (begin->item);
  g_clear_object (&begin->window);
  g_clear_pointer (&begin->row, kam_row_unref);
  g_free (begin);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Begin, begin_free)

static gboolean
is_editable (KamEntityKind entity,
             guint         field)
{
  const KamField *it = &kam_entity_get (entity)->fields[field];

  if (it->writer == KAM_WRITER_DELETION || it->writer == KAM_WRITER_SERVER || it->type == KAM_TYPE_INSTANT)
    return FALSE;
  /* A person only ever sets a lead inactive, or takes that back: those are the two values that there are. */
  if (entity == KAM_ENTITY_LEAD && field == KAM_LEAD_STATUS)
    return FALSE;

  return it->type != KAM_TYPE_ID || it->refers == KAM_ENTITY_LEAD;
}

gboolean
kam_change_edit_is_possible (const KamPending *pending)
{
  KamEntityKind entity;
  guint field;

  if (pending->kind == KAM_PENDING_CONFLICT)
    return !pending->mine_only && kam_settle_target (pending->conflict, &entity, &field) && is_editable (entity, field);

  return pending->kind == KAM_PENDING_REJECTED && pending->mutation->op == KAM_OP_PUT &&
         (pending->entity == KAM_ENTITY_LEAD || pending->entity == KAM_ENTITY_CONTACT || pending->entity == KAM_ENTITY_INTERACTION);
}

/* Rows that are not there any more cannot be edited: the person hears of it as of any other failure. */
static void
fail (Begin        *begin,
      const GError *error)
{
  g_signal_emit_by_name (kam_workspace_get_changes (begin->workspace), "failed", error->message);
}

static gboolean
makes_row (const KamMutation *mutation)
{
  return mutation->op == KAM_OP_PUT && mutation->base_rev == 0;
}

/* In the form stands what was not accepted, over what is there now. */
static void
fill (KamEditor *editor,
      Begin     *begin)
{
  const KamPending *pending = kam_change_item_get (begin->item);
  const KamMutation *mutation = pending->mutation;
  KamDraft *draft = kam_editor_get_draft (editor);

  for (guint i = 0; i < mutation->changes->len && !begin->is_new; i++)
    {
      const KamChange *change = &g_array_index (mutation->changes, KamChange, i);

      if (!kam_value_equal (&change->old, &change->new))
        kam_draft_set_value (draft, change->field, &change->new);
    }
  kam_draft_answer (draft, pending->seq, begin->is_new);
}

static void
present (Begin     *begin,
         KamRow    *lead,
         GPtrArray *contacts)
{
  KamEditor *editor = NULL;

  if (kam_row_kind (begin->row) == KAM_ENTITY_LEAD)
    editor = kam_lead_editor_present (begin->workspace, begin->row, begin->window);
  else if (kam_row_kind (begin->row) == KAM_ENTITY_CONTACT)
    editor = kam_contact_editor_present (begin->workspace, lead, begin->row, contacts, begin->window);
  else
    editor = kam_interaction_editor_present (begin->workspace, lead, begin->row, contacts, begin->window);
  fill (editor, begin);
}

static void
begin_draft (Begin  *begin,
             KamRow *lead)
{
  const KamPending *pending = kam_change_item_get (begin->item);
  g_autoptr (KamDraft) draft = kam_draft_new_for_row (begin->workspace, begin->row, lead);
  g_auto (KamValue) mine = KAM_VALUE_INIT;
  KamEntityKind entity;
  guint field;

  if (!kam_settle_target (pending->conflict, &entity, &field))
    return;

  if (kam_value_from_wire (entity, field, kam_row_text (pending->conflict, KAM_CONFLICT_MINE), &mine))
    kam_draft_set_value (draft, field, &mine);
  kam_change_item_set_draft (begin->item, draft);
}

static void
go_on (Begin     *begin,
       KamRow    *lead,
       GPtrArray *contacts)
{
  if (kam_change_item_get (begin->item)->kind == KAM_PENDING_CONFLICT)
    begin_draft (begin, lead);
  else
    present (begin, lead, contacts);
}

static void
page_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (Begin) begin = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (KamLeadPage) page = kam_store_lead_page_finish (KAM_STORE (source), result, &error);

  if (page != NULL)
    go_on (begin, page->lead, page->contacts);
  else
    fail (begin, error);
}

/* What a phone means depends on the lead, and whom one can name as well. */
static void
take_row (Begin  *begin,
          KamRow *row)
{
  const char *lead_id = kam_row_lead_id (row);

  begin->row = kam_row_ref (row);
  if (kam_row_kind (row) == KAM_ENTITY_LEAD || lead_id == NULL)
    {
      go_on (begin, NULL, NULL);
      begin_free (begin);
      return;
    }

  kam_store_lead_page_async (kam_workspace_get_store (begin->workspace), lead_id, 1, NULL, page_cb, begin);
}

static void
row_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (Begin) begin = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (KamRow) row = kam_store_get_row_finish (KAM_STORE (source), result, &error);

  if (row != NULL)
    take_row (g_steal_pointer (&begin), row);
  else
    fail (begin, error);
}

void
kam_change_edit_begin (GtkWidget     *widget,
                       KamWorkspace  *workspace,
                       KamChangeItem *item)
{
  const KamPending *pending = kam_change_item_get (item);
  GtkRoot *root = gtk_widget_get_root (widget);
  Begin *begin = g_new0 (Begin, 1);
  KamEntityKind entity = pending->entity;
  const char *id = pending->id;
  guint field;

  begin->workspace = g_object_ref (workspace);
  begin->item = g_object_ref (item);
  begin->window = GTK_IS_WINDOW (root) ? g_object_ref (GTK_WINDOW (root)) : NULL;
  if (pending->kind == KAM_PENDING_REJECTED && makes_row (pending->mutation))
    {
      g_autoptr (KamRow) row = kam_row_new (pending->entity, pending->id);

      kam_mutation_apply (pending->mutation, row);
      begin->is_new = TRUE;
      take_row (begin, row);
      return;
    }

  if (pending->kind == KAM_PENDING_CONFLICT)
    {
      kam_settle_target (pending->conflict, &entity, &field);
      id = kam_row_text (pending->conflict, KAM_CONFLICT_TARGET);
    }
  kam_store_get_row_async (kam_workspace_get_store (workspace), entity, id, NULL, row_cb, begin);
}

/* A third value */

void
kam_change_edit_add_control (KamChangeItem *item,
                             GtkListBox    *list)
{
  KamDraft *draft = kam_change_item_get_draft (item);
  KamEntityKind entity;
  GtkWidget *row = NULL;
  const char *label;
  guint field;

  if (!kam_settle_target (kam_change_item_get (item)->conflict, &entity, &field))
    return;

  label = kam_change_field_label (entity, field);
  if (kam_entity_get (entity)->fields[field].refers == KAM_ENTITY_LEAD)
    row = kam_field_row_new_for (draft, field, label, kam_lead_picker_new (draft, field), FALSE);
  else if (kam_entity_get (entity)->fields[field].type == KAM_TYPE_TIME_ZONE)
    row = kam_field_row_new_for (draft, field, label, kam_zone_picker_new (draft, field), FALSE);
  else
    row = kam_field_row_new (draft, field, label);
  gtk_list_box_append (list, row);
}

void
kam_change_edit_save (KamWorkspace  *workspace,
                      KamChangeItem *item)
{
  const KamPending *pending = kam_change_item_get (item);
  KamDraft *draft = kam_change_item_get_draft (item);
  g_autofree char *wanted = NULL;
  KamEntityKind entity;
  guint field;

  if (draft == NULL || !kam_settle_target (pending->conflict, &entity, &field))
    return;
  if (!kam_draft_check_field (draft, field))
    return;

  wanted = kam_value_to_wire (entity, field, kam_draft_get_value (draft, field));
  kam_changes_model_settle (kam_workspace_get_changes (workspace), item, KAM_SETTLE_EDIT, wanted);
  kam_change_item_set_draft (item, NULL);
}
