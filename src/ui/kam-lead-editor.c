/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-lead-editor.h"

#include "kam-field-row.h"
#include "kam-picker.h"
#include "kam-row-choice.h"
#include "kam-store-query.h"
#include "kam-words.h"

#include <glib/gi18n.h>

#define SIMILAR_DELAY_MS 400

struct _KamLeadEditor
{
  KamEditor parent_instance;

  KamFieldRow  *interval_row;
  GCancellable *looking; /* (owned) (nullable): for leads that are alike */
  guint         look_id;
};

G_DEFINE_FINAL_TYPE (KamLeadEditor, kam_lead_editor, KAM_TYPE_EDITOR)

/* The intervals that the form offers by name; any other is typed. */
static const gint64 intervals[] = { 7, 14, 30 };

static void
add (KamEditor           *self,
     AdwPreferencesGroup *group,
     guint                field,
     const char          *label)
{
  adw_preferences_group_add (group, kam_field_row_new (kam_editor_get_draft (self), field, label));
}

static guint
choice_of_interval (const KamValue *value)
{
  if (value->kind != KAM_VALUE_INT)
    return value->kind == KAM_VALUE_NULL ? 0 : G_N_ELEMENTS (intervals) + 1;

  for (guint i = 0; i < G_N_ELEMENTS (intervals); i++)
    {
      if (intervals[i] == value->number)
        return i + 1;
    }

  return G_N_ELEMENTS (intervals) + 1;
}

static void
interval_cb (GtkDropDown   *control,
             GParamSpec    *pspec,
             KamLeadEditor *self)
{
  KamDraft *draft = kam_editor_get_draft (KAM_EDITOR (self));
  guint selected = gtk_drop_down_get_selected (control);
  g_auto (KamValue) value = KAM_VALUE_INIT;

  if (selected >= 1 && selected <= G_N_ELEMENTS (intervals))
    kam_value_set_int (&value, intervals[selected - 1]);
  if (selected <= G_N_ELEMENTS (intervals))
    kam_draft_set_value (draft, KAM_LEAD_CALL_INTERVAL, &value);
  gtk_widget_set_visible (GTK_WIDGET (self->interval_row), selected > G_N_ELEMENTS (intervals));
  if (selected > G_N_ELEMENTS (intervals))
    gtk_widget_grab_focus (kam_field_row_get_control (self->interval_row));
}

static void
add_interval (KamLeadEditor       *self,
              AdwPreferencesGroup *group)
{
  KamDraft *draft = kam_editor_get_draft (KAM_EDITOR (self));
  const char *const names[] = { _("By tier"), _("Weekly"), _("Fortnightly"), _("Monthly"), _("Other…"), NULL };
  GtkWidget *control = gtk_drop_down_new_from_strings (names);
  guint choice = choice_of_interval (kam_draft_get_value (draft, KAM_LEAD_CALL_INTERVAL));
  AdwActionRow *row = ADW_ACTION_ROW (adw_action_row_new ());

  gtk_drop_down_set_selected (GTK_DROP_DOWN (control), choice);
  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _("Call _Every"));
  adw_preferences_row_set_use_underline (ADW_PREFERENCES_ROW (row), TRUE);
  adw_action_row_add_suffix (row, control);
  adw_action_row_set_activatable_widget (row, control);
  adw_preferences_group_add (group, GTK_WIDGET (row));

  self->interval_row = KAM_FIELD_ROW (kam_field_row_new (draft, KAM_LEAD_CALL_INTERVAL, _("Call Every (Da_ys)")));
  gtk_widget_set_visible (GTK_WIDGET (self->interval_row), choice > G_N_ELEMENTS (intervals));
  adw_preferences_group_add (group, GTK_WIDGET (self->interval_row));
  g_signal_connect (control, "notify::selected", G_CALLBACK (interval_cb), self);
}

static void
people_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (KamLeadEditor) self = KAM_LEAD_EDITOR (user_data);
  g_autoptr (GPtrArray) people = kam_store_people_finish (KAM_STORE (source), result, NULL);
  KamDraft *draft = kam_editor_get_draft (KAM_EDITOR (self));
  AdwPreferencesGroup *group;

  if (people == NULL || draft == NULL)
    return;

  group = kam_editor_add_group (KAM_EDITOR (self), NULL);
  adw_preferences_group_add (group, kam_field_row_new_for (draft, KAM_LEAD_KAM, _("_Key Account Manager"),
                                                           kam_row_choice_new (draft, KAM_LEAD_KAM, people, KAM_USER_NAME, FALSE), TRUE));
}

/* Who may give a lead to somebody: managers and admins. */
static void
add_owner (KamLeadEditor *self,
           KamWorkspace  *workspace)
{
  if (g_strcmp0 (kam_workspace_get_role (workspace), "manager") != 0 && g_strcmp0 (kam_workspace_get_role (workspace), "admin") != 0)
    return;

  kam_store_people_async (kam_workspace_get_store (workspace), NULL, people_cb, g_object_ref (self));
}

static void
similar_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (KamLeadEditor) self = KAM_LEAD_EDITOR (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) leads = kam_store_similar_leads_finish (KAM_STORE (source), result, &error);
  g_autofree char *text = NULL;
  KamRow *first;
  const char *city;

  if (leads == NULL || g_task_get_cancellable (G_TASK (result)) != self->looking)
    return;
  if (leads->len == 0)
    {
      kam_editor_set_hint (KAM_EDITOR (self), NULL, NULL, NULL);
      return;
    }

  first = g_ptr_array_index (leads, 0);
  city = kam_row_text (first, KAM_LEAD_CITY);
  if (city != NULL)
    /* TRANSLATORS: name and city of a lead */
    text = g_strdup_printf (_("This looks like %s in %s."), kam_row_text (first, KAM_LEAD_NAME), city);
  else
    text = g_strdup_printf (_("This looks like %s."), kam_row_text (first, KAM_LEAD_NAME));
  kam_editor_set_hint (KAM_EDITOR (self), text, _("Open It"), kam_row_id (first));
}

static gboolean
look_cb (gpointer user_data)
{
  KamLeadEditor *self = user_data;
  KamDraft *draft = kam_editor_get_draft (KAM_EDITOR (self));

  self->look_id = 0;
  if (draft == NULL)
    return G_SOURCE_REMOVE;

  if (self->looking != NULL)
    g_cancellable_cancel (self->looking);
  g_clear_object (&self->looking);
  self->looking = g_cancellable_new ();
  kam_store_similar_leads_async (kam_workspace_get_store (kam_draft_get_workspace (draft)), kam_draft_get_row (draft), self->looking, similar_cb,
                                 g_object_ref (self));

  return G_SOURCE_REMOVE;
}

static void
look_soon_cb (KamLeadEditor *self)
{
  g_clear_handle_id (&self->look_id, g_source_remove);
  self->look_id = g_timeout_add (SIMILAR_DELAY_MS, look_cb, self);
}

static void
kam_lead_editor_dispose (GObject *object)
{
  KamLeadEditor *self = KAM_LEAD_EDITOR (object);

  g_clear_handle_id (&self->look_id, g_source_remove);
  if (self->looking != NULL)
    g_cancellable_cancel (self->looking);
  g_clear_object (&self->looking);

  G_OBJECT_CLASS (kam_lead_editor_parent_class)->dispose (object);
}

static void
kam_lead_editor_class_init (KamLeadEditorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = kam_lead_editor_dispose;
}

static void
kam_lead_editor_init (KamLeadEditor *self)
{
}

static GtkWidget *
add_watched (KamLeadEditor       *self,
             AdwPreferencesGroup *group,
             guint                field,
             const char          *label)
{
  KamDraft *draft = kam_editor_get_draft (KAM_EDITOR (self));
  GtkWidget *row = kam_field_row_new (draft, field, label);
  GtkWidget *control = kam_field_row_get_control (KAM_FIELD_ROW (row));

  adw_preferences_group_add (group, row);
  if (kam_draft_is_new (draft))
    g_signal_connect_object (control, "changed", G_CALLBACK (look_soon_cb), self, G_CONNECT_SWAPPED);

  return control;
}

static void
build (KamLeadEditor *self)
{
  KamEditor *editor = KAM_EDITOR (self);
  KamDraft *draft = kam_editor_get_draft (editor);
  AdwPreferencesGroup *group = kam_editor_add_group (editor, NULL);

  kam_editor_focus (editor, add_watched (self, group, KAM_LEAD_NAME, _("_Name")));
  add_watched (self, group, KAM_LEAD_PHONE, _("_Phone"));
  add (editor, group, KAM_LEAD_EMAIL, _("_Email"));
  add (editor, group, KAM_LEAD_TIER, _("_Tier"));

  group = kam_editor_add_group (editor, _("Address"));
  add (editor, group, KAM_LEAD_ADDRESS, _("_Address"));
  add_watched (self, group, KAM_LEAD_CITY, _("Cit_y"));
  add (editor, group, KAM_LEAD_STATE, _("Stat_e"));
  add (editor, group, KAM_LEAD_POSTCODE, _("Post_code"));
  add (editor, group, KAM_LEAD_COUNTRY, _("Co_untry"));

  group = kam_editor_add_group (editor, _("Calls"));
  add_interval (self, group);
  add (editor, group, KAM_LEAD_CALL_TIME, _("Call T_ime"));
  adw_preferences_group_add (group, kam_field_row_new_for (draft, KAM_LEAD_TIME_ZONE, _("Time _Zone"), kam_zone_picker_new (draft, KAM_LEAD_TIME_ZONE), FALSE));
  add (editor, group, KAM_LEAD_OPEN_DAYS, _("_Open Days"));

  group = kam_editor_add_group (editor, _("More"));
  adw_preferences_group_add (group, kam_field_row_new_for (draft, KAM_LEAD_PARENT, _("Part o_f"), kam_lead_picker_new (draft, KAM_LEAD_PARENT), FALSE));
  add (editor, group, KAM_LEAD_TAGS, _("Ta_gs"));
  add (editor, group, KAM_LEAD_NOTES, _("Note_s"));
}

static KamEditor *
present (KamWorkspace *workspace,
         KamDraft     *draft,
         const char   *title,
         GtkWindow    *parent)
{
  KamLeadEditor *self = g_object_new (KAM_TYPE_LEAD_EDITOR, "title", title, NULL);

  kam_editor_set_draft (KAM_EDITOR (self), draft);
  build (self);
  add_owner (self, workspace);
  kam_editor_show (KAM_EDITOR (self), parent);

  return KAM_EDITOR (self);
}

/**
 * kam_lead_editor_present_new:
 *
 * Returns: (transfer none): the form of a new lead, shown
 */
KamEditor *
kam_lead_editor_present_new (KamWorkspace *workspace,
                             GtkWindow    *parent)
{
  g_autoptr (KamDraft) draft = kam_draft_new_lead (workspace);

  return present (workspace, draft, _("New Lead"), parent);
}

/**
 * kam_lead_editor_present:
 *
 * Returns: (transfer none): the form of a lead, shown
 */
KamEditor *
kam_lead_editor_present (KamWorkspace *workspace,
                         KamRow       *lead,
                         GtkWindow    *parent)
{
  g_autoptr (KamDraft) draft = kam_draft_new_for_row (workspace, lead, NULL);

  return present (workspace, draft, _("Edit Lead"), parent);
}
