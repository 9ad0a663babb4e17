/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-lead-actions.h"

#include "kam-contact-editor.h"
#include "kam-interaction-editor.h"
#include "kam-lead-editor.h"
#include "kam-link.h"
#include "kam-mutation.h"

#include <glib/gi18n.h>
#include <string.h>

static GtkWindow *
window_of (GtkWidget *widget)
{
  GtkRoot *root = gtk_widget_get_root (widget);

  return GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
}

/* The contacts that are shown, as rows. */
static GPtrArray *
collect_contacts (KamLeadModel *model)
{
  GListModel *list = kam_lead_model_get_contacts (model);
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_row_unref);
  guint n = g_list_model_get_n_items (list);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (KamRowItem) item = g_list_model_get_item (list, i);

      g_ptr_array_add (rows, kam_row_ref (kam_row_item_get_row (item)));
    }

  return rows;
}

void
kam_lead_actions_edit (GtkWidget    *widget,
                       KamWorkspace *workspace,
                       KamLeadModel *model)
{
  kam_lead_editor_present (workspace, kam_lead_model_get_lead (model), window_of (widget));
}

void
kam_lead_actions_edit_contact (GtkWidget    *widget,
                               KamWorkspace *workspace,
                               KamLeadModel *model,
                               KamRow       *contact)
{
  g_autoptr (GPtrArray) others = collect_contacts (model);

  kam_contact_editor_present (workspace, kam_lead_model_get_lead (model), contact, others, window_of (widget));
}

/* Who is still there, and whom the interaction already names. */
static GPtrArray *
collect_present (KamLeadModel *model,
                 KamRow       *interaction)
{
  GPtrArray *contacts = collect_contacts (model);
  const char *named = interaction != NULL ? kam_row_text (interaction, KAM_INTERACTION_CONTACT) : NULL;

  for (guint i = contacts->len; i > 0; i--)
    {
      KamRow *contact = g_ptr_array_index (contacts, i - 1);

      if (!kam_row_is_null (contact, KAM_CONTACT_LEFT_ON) && g_strcmp0 (named, kam_row_id (contact)) != 0)
        g_ptr_array_remove_index (contacts, i - 1);
    }

  return contacts;
}

void
kam_lead_actions_edit_interaction (GtkWidget    *widget,
                                   KamWorkspace *workspace,
                                   KamLeadModel *model,
                                   KamRow       *interaction)
{
  g_autoptr (GPtrArray) contacts = collect_present (model, interaction);

  kam_interaction_editor_present (workspace, kam_lead_model_get_lead (model), interaction, contacts, window_of (widget));
}

/* A call answers the earliest open planned call whose day has come. */
static KamRow *
find_answered (KamLeadModel *model,
               const char   *kind)
{
  KamRow *next = kam_lead_model_get_next (model);
  g_autofree char *today = kam_lead_model_dup_today (model);

  if (next == NULL || strcmp (kind, "call") != 0 || !kam_row_is (next, KAM_INTERACTION_KIND, "call"))
    return NULL;

  return g_strcmp0 (kam_row_text (next, KAM_INTERACTION_LOCAL_DATE), today) <= 0 ? next : NULL;
}

void
kam_lead_actions_add_interaction (GtkWidget    *widget,
                                  KamWorkspace *workspace,
                                  KamLeadModel *model,
                                  const char   *kind,
                                  const char   *state,
                                  KamRow       *plan)
{
  g_autoptr (GPtrArray) contacts = collect_present (model, plan);

  if (plan == NULL && strcmp (state, "done") == 0)
    plan = find_answered (model, kind);
  kam_interaction_editor_present_new (workspace, kam_lead_model_get_lead (model), kind, state, plan, contacts, window_of (widget));
}

static void
edited_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GtkWidget) widget = GTK_WIDGET (user_data);
  g_autoptr (GError) error = NULL;

  if (!kam_workspace_edit_finish (KAM_WORKSPACE (source), result, &error))
    kam_link_toast (widget, error->message);
}

static void
take_edit (GtkWidget    *widget,
           KamWorkspace *workspace,
           KamMutation  *mutation,
           const char   *label)
{
  g_autoptr (GPtrArray) mutations = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_mutation_free);

  if (mutation == NULL)
    return;

  g_ptr_array_add (mutations, mutation);
  kam_workspace_edit_async (workspace, mutations, label, NULL, edited_cb, g_object_ref (widget));
}

static const char *
name_of (KamRow *row)
{
  switch (kam_row_kind (row))
    {
    case KAM_ENTITY_LEAD:
      return kam_row_text (row, KAM_LEAD_NAME);
    case KAM_ENTITY_CONTACT:
      return kam_row_text (row, KAM_CONTACT_NAME);
    default:
      return kam_field_choice_label (&kam_row_entity (row)->fields[KAM_INTERACTION_KIND], kam_row_text (row, KAM_INTERACTION_KIND));
    }
}

static gint64
now_of (KamWorkspace *workspace)
{
  return kam_clock_now (kam_workspace_get_clock (workspace));
}

void
kam_lead_actions_delete (GtkWidget    *widget,
                         KamWorkspace *workspace,
                         KamRow       *row)
{
  gint64 now = now_of (workspace);
  KamMutation *mutation = kam_mutation_new (kam_row_kind (row), kam_row_id (row), KAM_OP_DELETE, kam_row_rev (row), now);
  guint field = (guint) kam_row_entity (row)->delete_field;
  g_autofree char *id = kam_id_new (now), *label = g_strdup_printf (_("Deleted %s"), name_of (row));
  g_auto (KamValue) value = KAM_VALUE_INIT;

  kam_value_set_text (&value, id);
  kam_mutation_add (mutation, field, kam_row_get (row, field), &value);
  take_edit (widget, workspace, mutation, label);
}

void
kam_lead_actions_restore (GtkWidget    *widget,
                          KamWorkspace *workspace,
                          KamRow       *row)
{
  KamMutation *mutation = kam_mutation_new (kam_row_kind (row), kam_row_id (row), KAM_OP_RESTORE, kam_row_rev (row), now_of (workspace));
  guint field = (guint) kam_row_entity (row)->delete_field;
  g_autofree char *label = g_strdup_printf (_("Restored %s"), name_of (row));
  const KamValue nothing = KAM_VALUE_INIT;

  kam_mutation_add (mutation, field, kam_row_get (row, field), &nothing);
  take_edit (widget, workspace, mutation, label);
}

static void
set_status (GtkWidget    *widget,
            KamWorkspace *workspace,
            KamRow       *lead,
            const char   *status,
            const char   *reason,
            const char   *label)
{
  g_autoptr (KamRow) after = kam_row_copy (lead);

  kam_row_set_text (after, KAM_LEAD_STATUS, status);
  kam_row_set_text (after, KAM_LEAD_STATUS_REASON, reason);
  take_edit (widget, workspace, kam_mutation_between (lead, after, now_of (workspace)), label);
}

/* Anything but inactive means: work out the status again. */
void
kam_lead_actions_reactivate (GtkWidget    *widget,
                             KamWorkspace *workspace,
                             KamLeadModel *model)
{
  KamRow *lead = kam_lead_model_get_lead (model);
  g_autofree char *label = g_strdup_printf (_("Reactivated %s"), name_of (lead));

  set_status (widget, workspace, lead, "new", NULL, label);
}

typedef struct
{
  GtkWidget    *widget;    /* (owned) */
  KamWorkspace *workspace; /* (owned) */
  KamRow       *lead;      /* (owned) */
  GtkEditable  *entry;     /* (not owned): of the dialog */
  AdwMessageDialog *dialog; /* (not owned) */
} Inactive;

static void
inactive_free (gpointer  data,
               GClosure *closure)
{
  Inactive *inactive = data;

  g_object_unref (inactive->widget);
  g_object_unref (inactive->workspace);
  kam_row_unref (inactive->lead);
  g_free (inactive);
}

static void
inactive_response_cb (Inactive   *inactive,
                      const char *response)
{
  g_autofree char *reason = g_strstrip (g_strdup (gtk_editable_get_text (inactive->entry)));
  g_autofree char *label = g_strdup_printf (_("Set %s inactive"), name_of (inactive->lead));

  if (strcmp (response, "inactive") == 0 && *reason != '\0')
    set_status (inactive->widget, inactive->workspace, inactive->lead, "inactive", reason, label);
}

static void
reason_changed_cb (Inactive *inactive)
{
  g_autofree char *reason = g_strstrip (g_strdup (gtk_editable_get_text (inactive->entry)));

  adw_message_dialog_set_response_enabled (inactive->dialog, "inactive", *reason != '\0');
}

void
kam_lead_actions_set_inactive (GtkWidget    *widget,
                               KamWorkspace *workspace,
                               KamLeadModel *model)
{
  KamRow *lead = kam_lead_model_get_lead (model);
  Inactive *inactive = g_new0 (Inactive, 1);
  GtkWidget *dialog = adw_message_dialog_new (window_of (widget), _("Set Inactive?"), NULL);
  GtkWidget *entry = gtk_entry_new ();
  AdwMessageDialog *message = ADW_MESSAGE_DIALOG (dialog);

  adw_message_dialog_set_body (message, _("Planned calls and visits are cancelled. Reactivating brings them back."));
  adw_message_dialog_add_responses (message, "cancel", _("_Cancel"), "inactive", _("_Set Inactive"), NULL);
  adw_message_dialog_set_default_response (message, "inactive");
  adw_message_dialog_set_close_response (message, "cancel");
  adw_message_dialog_set_response_enabled (message, "inactive", FALSE);
  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), _("Reason"));
  gtk_entry_set_max_length (GTK_ENTRY (entry), (int) kam_entity_get (KAM_ENTITY_LEAD)->fields[KAM_LEAD_STATUS_REASON].most);
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Reason"), -1);
  adw_message_dialog_set_extra_child (message, entry);

  inactive->widget = g_object_ref (widget);
  inactive->workspace = g_object_ref (workspace);
  inactive->lead = kam_row_ref (lead);
  inactive->entry = GTK_EDITABLE (entry);
  inactive->dialog = message;
  g_signal_connect_swapped (entry, "changed", G_CALLBACK (reason_changed_cb), inactive);
  g_signal_connect_data (dialog, "response", G_CALLBACK (inactive_response_cb), inactive, inactive_free, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
  gtk_widget_grab_focus (entry);
}
