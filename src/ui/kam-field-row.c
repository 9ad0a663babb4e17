/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-field-row.h"

#include "kam-field-controls.h"

#include <glib/gi18n.h>
#include <string.h>

struct _KamFieldRow
{
  AdwPreferencesRow parent_instance;

  GtkBox    *body;
  GtkLabel  *title;
  GtkLabel  *caption;
  GtkBox    *theirs_box;
  GtkLabel  *theirs_label;
  GtkButton *theirs_button;

  KamDraft  *draft; /* (owned) */
  guint      field;
  GtkWidget *control;
};

G_DEFINE_FINAL_TYPE (KamFieldRow, kam_field_row, ADW_TYPE_PREFERENCES_ROW)

static char *
strip_mnemonic (const char *label)
{
  GString *plain = g_string_new (NULL);

  for (const char *at = label; *at != '\0'; at++)
    {
      if (*at != '_')
        g_string_append_c (plain, *at);
    }

  return g_string_free (plain, FALSE);
}

static void
show_caption (KamFieldRow *self,
              const char  *problem)
{
  g_autofree char *meaning = problem == NULL ? kam_draft_get_meaning (self->draft, self->field) : NULL;
  const char *text = problem != NULL ? problem : meaning;

  gtk_label_set_text (self->caption, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (self->caption), text != NULL);
  if (problem != NULL)
    {
      gtk_widget_add_css_class (GTK_WIDGET (self), "error");
      gtk_widget_add_css_class (GTK_WIDGET (self->caption), "error");
      gtk_widget_remove_css_class (GTK_WIDGET (self->caption), "dim-label");
    }
  else
    {
      gtk_widget_remove_css_class (GTK_WIDGET (self), "error");
      gtk_widget_remove_css_class (GTK_WIDGET (self->caption), "error");
      gtk_widget_add_css_class (GTK_WIDGET (self->caption), "dim-label");
    }

  gtk_accessible_update_property (GTK_ACCESSIBLE (self->control), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text != NULL ? text : "", -1);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->control), GTK_ACCESSIBLE_STATE_INVALID,
                               problem != NULL ? GTK_ACCESSIBLE_INVALID_TRUE : GTK_ACCESSIBLE_INVALID_FALSE, -1);
}

static void
show_theirs (KamFieldRow *self)
{
  const char *theirs = kam_draft_get_theirs (self->draft, self->field);
  const KamField *field = &kam_draft_get_entity (self->draft)->fields[self->field];
  g_autofree char *text = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->theirs_box), theirs != NULL);
  if (theirs == NULL)
    return;

  if (*theirs != '\0' && field->choices != NULL)
    theirs = kam_field_choice_label (field, theirs);
  text = *theirs != '\0' ? g_strdup_printf (_("Changed elsewhere to “%s”"), theirs) : g_strdup (_("Emptied elsewhere"));
  gtk_label_set_text (self->theirs_label, text);
}

/**
 * kam_field_row_update:
 *
 * Shows again what the draft says of the field beside its value.
 */
void
kam_field_row_update (KamFieldRow *self)
{
  show_caption (self, kam_draft_get_problem (self->draft, self->field));
  show_theirs (self);
}

static void
field_changed_cb (KamFieldRow *self,
                  guint        field)
{
  if (field == self->field)
    kam_field_row_update (self);
}

static void
use_theirs_cb (KamFieldRow *self)
{
  kam_draft_use_theirs (self->draft, self->field);
  gtk_widget_grab_focus (self->control);
}

/* Anywhere on the row is good enough to edit; the control itself knows better what a click on it means. */
static void
pressed_cb (KamFieldRow *self,
            int          n_press,
            double       x,
            double       y)
{
  GtkWidget *at = gtk_widget_pick (GTK_WIDGET (self), x, y, GTK_PICK_DEFAULT);

  if (at == NULL || at == GTK_WIDGET (self->theirs_button) || gtk_widget_is_ancestor (at, GTK_WIDGET (self->theirs_button)))
    return;
  if (at != self->control && !gtk_widget_is_ancestor (at, self->control))
    gtk_widget_grab_focus (self->control);
}

static void
kam_field_row_dispose (GObject *object)
{
  g_clear_object (&KAM_FIELD_ROW (object)->draft);

  G_OBJECT_CLASS (kam_field_row_parent_class)->dispose (object);
}

static void
kam_field_row_class_init (KamFieldRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = kam_field_row_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/udaan/Kam/ui/kam-field-row.ui");
  gtk_widget_class_bind_template_child (widget_class, KamFieldRow, body);
  gtk_widget_class_bind_template_child (widget_class, KamFieldRow, title);
  gtk_widget_class_bind_template_child (widget_class, KamFieldRow, caption);
  gtk_widget_class_bind_template_child (widget_class, KamFieldRow, theirs_box);
  gtk_widget_class_bind_template_child (widget_class, KamFieldRow, theirs_label);
  gtk_widget_class_bind_template_child (widget_class, KamFieldRow, theirs_button);
  gtk_widget_class_bind_template_callback (widget_class, use_theirs_cb);
}

static void
kam_field_row_init (KamFieldRow *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}

/**
 * kam_field_row_new_for:
 *
 * Returns: (transfer floating): a row around a control
 */
GtkWidget *
kam_field_row_new_for (KamDraft   *draft,
                       guint       field,
                       const char *label,
                       GtkWidget  *control,
                       gboolean    beside)
{
  KamFieldRow *self = g_object_new (KAM_TYPE_FIELD_ROW, NULL);
  g_autofree char *name = strip_mnemonic (label);

  self->draft = g_object_ref (draft);
  self->field = field;
  self->control = control;
  gtk_label_set_label (self->title, label);
  gtk_label_set_mnemonic_widget (self->title, control);
  if (beside)
    {
      gtk_orientable_set_orientation (GTK_ORIENTABLE (self->body), GTK_ORIENTATION_HORIZONTAL);
      gtk_box_set_spacing (self->body, 12);
      gtk_widget_set_hexpand (GTK_WIDGET (self->title), TRUE);
      gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
    }
  else
    {
      gtk_widget_add_css_class (GTK_WIDGET (self->title), "caption");
      gtk_widget_add_css_class (GTK_WIDGET (self->title), "dim-label");
    }
  gtk_box_append (self->body, control);

  /* The control is named by its label alone: a name of its own would be read out as well. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (control), GTK_ACCESSIBLE_RELATION_LABELLED_BY, self->title, NULL, -1);
  g_signal_connect_object (draft, "field-changed", G_CALLBACK (field_changed_cb), self, G_CONNECT_SWAPPED);
  kam_field_row_update (self);

  return GTK_WIDGET (self);
}

/**
 * kam_field_row_new:
 *
 * Returns: (transfer floating): a row with the control that fits the field's type
 */
GtkWidget *
kam_field_row_new (KamDraft   *draft,
                   guint       field,
                   const char *label)
{
  gboolean beside = FALSE;
  GtkWidget *control = kam_field_control_new (draft, field, &beside);
  GtkWidget *row = kam_field_row_new_for (draft, field, label, control, beside);

  kam_field_control_attach (control, KAM_FIELD_ROW (row));

  return row;
}

GtkWidget *
kam_field_row_get_control (KamFieldRow *self)
{
  return self->control;
}
