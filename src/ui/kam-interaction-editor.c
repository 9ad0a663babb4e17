/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-interaction-editor.h"

#include "kam-field-row.h"
#include "kam-outcome-control.h"
#include "kam-row-choice.h"

#include <glib/gi18n.h>
#include <string.h>

#define LOG_HEIGHT 560

struct _KamInteractionEditor
{
  KamEditor parent_instance;

  GtkWidget *outcome; /* (not owned) (nullable) */
  KamDraft  *order;   /* (owned) (nullable): saved along */
};

G_DEFINE_FINAL_TYPE (KamInteractionEditor, kam_interaction_editor, KAM_TYPE_EDITOR)

static GtkWidget *
add (KamEditor           *self,
     AdwPreferencesGroup *group,
     guint                field,
     const char          *label)
{
  GtkWidget *row = kam_field_row_new (kam_editor_get_draft (self), field, label);

  adw_preferences_group_add (group, row);

  return kam_field_row_get_control (KAM_FIELD_ROW (row));
}

static gboolean
is (KamEditor  *self,
    guint       field,
    const char *word)
{
  return g_strcmp0 (kam_draft_get_text (kam_editor_get_draft (self), field), word) == 0;
}

static gboolean
choose_cb (GtkWidget *widget,
           GVariant  *args,
           gpointer   user_data)
{
  KamInteractionEditor *self = KAM_INTERACTION_EDITOR (widget);

  if (self->outcome == NULL)
    return FALSE;

  kam_outcome_control_choose (self->outcome, g_variant_get_uint32 (args));

  return TRUE;
}

static void
kam_interaction_editor_dispose (GObject *object)
{
  g_clear_object (&KAM_INTERACTION_EDITOR (object)->order);

  G_OBJECT_CLASS (kam_interaction_editor_parent_class)->dispose (object);
}

static void
kam_interaction_editor_class_init (KamInteractionEditorClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = kam_interaction_editor_dispose;

  for (guint i = 1; i <= 5; i++)
    gtk_widget_class_add_binding (GTK_WIDGET_CLASS (klass), GDK_KEY_0 + i, GDK_ALT_MASK, choose_cb, "u", i);
}

static void
kam_interaction_editor_init (KamInteractionEditor *self)
{
}

static void
add_outcome (KamInteractionEditor *self,
             AdwPreferencesGroup  *group)
{
  KamDraft *draft = kam_editor_get_draft (KAM_EDITOR (self));

  self->outcome = kam_outcome_control_new (draft);
  adw_preferences_group_add (group, kam_field_row_new_for (draft, KAM_INTERACTION_OUTCOME, _("_Outcome"), self->outcome, FALSE));
}

static void
add_contact (KamEditor           *self,
             AdwPreferencesGroup *group,
             GPtrArray           *contacts)
{
  KamDraft *draft = kam_editor_get_draft (self);

  if (contacts == NULL || contacts->len == 0)
    return;

  adw_preferences_group_add (group, kam_field_row_new_for (draft, KAM_INTERACTION_CONTACT, _("Co_ntact"),
                                                           kam_row_choice_new (draft, KAM_INTERACTION_CONTACT, contacts, KAM_CONTACT_NAME, TRUE), TRUE));
}

static void
add_when (KamEditor           *self,
          AdwPreferencesGroup *group)
{
  add (self, group, KAM_INTERACTION_LOCAL_DATE, _("_Date"));
  add (self, group, KAM_INTERACTION_LOCAL_TIME, _("_Time"));
}

static GtkWidget *
add_order (KamEditor           *self,
           AdwPreferencesGroup *group)
{
  GtkWidget *value = add (self, group, KAM_INTERACTION_ORDER_VALUE, _("Order _Value"));

  add (self, group, KAM_INTERACTION_CURRENCY, _("C_urrency"));
  add (self, group, KAM_INTERACTION_ORDER_REFERENCE, _("Order _Reference"));

  return value;
}

/* What one does after a call: outcome, a line, next step, an order that came of it; the rest is there but rarely touched. */
static GtkWidget *
build_contact_made (KamInteractionEditor *self,
                    GPtrArray            *contacts)
{
  KamEditor *editor = KAM_EDITOR (self);
  AdwPreferencesGroup *group = kam_editor_add_group (editor, NULL);
  GtkWidget *summary;

  add_outcome (self, group);
  summary = add (editor, group, KAM_INTERACTION_SUMMARY, _("_Summary"));
  kam_outcome_control_set_next (self->outcome, summary);
  add (editor, group, KAM_INTERACTION_FOLLOW_UP_ON, _("Ne_xt Step On"));
  if (!kam_draft_is_new (kam_editor_get_draft (editor)))
    add (editor, group, KAM_INTERACTION_FOLLOW_UP_DONE, _("Next Step Don_e"));
  if (self->order != NULL)
    adw_preferences_group_add (group, kam_field_row_new (self->order, KAM_INTERACTION_ORDER_VALUE, _("Order _Value")));

  group = kam_editor_add_group (editor, _("Details"));
  add_contact (editor, group, contacts);
  add_when (editor, group);
  add (editor, group, KAM_INTERACTION_DURATION, _("Duration (_Minutes)"));

  return self->outcome;
}

static GtkWidget *
build_order (KamEditor *self,
             GPtrArray *contacts)
{
  AdwPreferencesGroup *group = kam_editor_add_group (self, NULL);
  GtkWidget *first = add_order (self, group);

  add (self, group, KAM_INTERACTION_SUMMARY, _("_Summary"));

  group = kam_editor_add_group (self, _("Details"));
  add_contact (self, group, contacts);
  add_when (self, group);

  return first;
}

static GtkWidget *
build_planned (KamEditor *self,
               GPtrArray *contacts)
{
  AdwPreferencesGroup *group = kam_editor_add_group (self, NULL);
  GtkWidget *date = add (self, group, KAM_INTERACTION_LOCAL_DATE, _("_Date"));

  add (self, group, KAM_INTERACTION_LOCAL_TIME, _("_Time"));
  add_contact (self, group, contacts);
  add (self, group, KAM_INTERACTION_SUMMARY, _("_Summary"));

  return date;
}

static void
build (KamInteractionEditor *self,
       GPtrArray            *contacts)
{
  KamEditor *editor = KAM_EDITOR (self);
  GtkWidget *first;

  if (is (editor, KAM_INTERACTION_STATE, "planned"))
    first = build_planned (editor, contacts);
  else if (is (editor, KAM_INTERACTION_KIND, "order"))
    first = build_order (editor, contacts);
  else
    first = build_contact_made (self, contacts);

  if (!kam_draft_is_new (kam_editor_get_draft (editor)))
    {
      AdwPreferencesGroup *group = kam_editor_add_group (editor, NULL);

      add (editor, group, KAM_INTERACTION_STATE, _("St_ate"));
    }
  gtk_window_set_default_size (GTK_WINDOW (self), 480, LOG_HEIGHT);
  kam_editor_focus (editor, first);
}

static const char *
title_for (const char *kind,
           const char *state,
           gboolean    is_new)
{
  gboolean planned = strcmp (state, "planned") == 0;

  if (strcmp (kind, "order") == 0)
    return is_new ? _("Add Order") : _("Edit Order");
  if (strcmp (kind, "visit") == 0)
    return !is_new ? _("Edit Visit") : planned ? _("Plan Visit") : _("Log Visit");

  return !is_new ? _("Edit Call") : planned ? _("Plan Call") : _("Log Call");
}

static KamEditor *
present (KamDraft   *draft,
         KamDraft   *order,
         GPtrArray  *contacts,
         GtkWindow  *parent)
{
  KamInteractionEditor *self = g_object_new (KAM_TYPE_INTERACTION_EDITOR, NULL);
  const char *kind = kam_draft_get_text (draft, KAM_INTERACTION_KIND);
  const char *state = kam_draft_get_text (draft, KAM_INTERACTION_STATE);

  gtk_window_set_title (GTK_WINDOW (self), title_for (kind, state, kam_draft_is_new (draft)));
  kam_editor_set_draft (KAM_EDITOR (self), draft);
  if (order != NULL)
    {
      self->order = g_object_ref (order);
      kam_draft_set_companion (draft, order);
    }
  build (self, contacts);
  kam_editor_show (KAM_EDITOR (self), parent);

  return KAM_EDITOR (self);
}

/**
 * kam_interaction_editor_present_new:
 *
 * Returns: (transfer none): the form of a new interaction, shown
 */
KamEditor *
kam_interaction_editor_present_new (KamWorkspace *workspace,
                                    KamRow       *lead,
                                    const char   *kind,
                                    const char   *state,
                                    KamRow       *plan,
                                    GPtrArray    *contacts,
                                    GtkWindow    *parent)
{
  g_autoptr (KamDraft) draft = kam_draft_new_interaction (workspace, lead, kind, state);
  g_autoptr (KamDraft) order = NULL;

  if (plan != NULL)
    {
      g_auto (KamValue) value = KAM_VALUE_INIT;

      kam_value_set_text (&value, kam_row_id (plan));
      kam_draft_preset (draft, KAM_INTERACTION_PLAN, &value);
    }
  if (strcmp (state, "done") == 0 && strcmp (kind, "order") != 0)
    order = kam_draft_new_interaction (workspace, lead, "order", "done");

  return present (draft, order, contacts, parent);
}

/**
 * kam_interaction_editor_present:
 *
 * Returns: (transfer none): the form of an interaction, shown
 */
KamEditor *
kam_interaction_editor_present (KamWorkspace *workspace,
                                KamRow       *lead,
                                KamRow       *interaction,
                                GPtrArray    *contacts,
                                GtkWindow    *parent)
{
  g_autoptr (KamDraft) draft = kam_draft_new_for_row (workspace, interaction, lead);

  return present (draft, NULL, contacts, parent);
}
