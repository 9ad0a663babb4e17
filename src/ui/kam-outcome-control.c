/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-outcome-control.h"

#include <glib/gi18n.h>
#include <string.h>

#define MOST_OUTCOMES 9

#define KAM_TYPE_OUTCOME_CONTROL (kam_outcome_control_get_type ())
G_DECLARE_FINAL_TYPE (KamOutcomeControl, kam_outcome_control, KAM, OUTCOME_CONTROL, GtkWidget)

struct _KamOutcomeControl
{
  GtkWidget parent_instance;

  GtkWidget *box;
  KamDraft  *draft; /* (owned) */
  GtkWidget *buttons[MOST_OUTCOMES];
  guint      n_buttons;
  GtkWidget *next;  /* (not owned) (nullable): weak */
  gboolean   following;
};

G_DEFINE_FINAL_TYPE (KamOutcomeControl, kam_outcome_control, GTK_TYPE_WIDGET)

static const KamField *
outcome_field (void)
{
  return &kam_entity_get (KAM_ENTITY_INTERACTION)->fields[KAM_INTERACTION_OUTCOME];
}

static void
toggled_cb (KamOutcomeControl *self,
            GtkToggleButton   *button)
{
  g_auto (KamValue) value = KAM_VALUE_INIT;

  if (self->following || !gtk_toggle_button_get_active (button))
    return;

  for (guint i = 0; i < self->n_buttons; i++)
    {
      if (self->buttons[i] == GTK_WIDGET (button))
        kam_value_set_text (&value, outcome_field ()->choices[i]);
    }
  kam_draft_set_value (self->draft, KAM_INTERACTION_OUTCOME, &value);
}

static void
field_changed_cb (KamOutcomeControl *self,
                  guint              field)
{
  const KamValue *value = kam_draft_get_value (self->draft, KAM_INTERACTION_OUTCOME);
  int chosen = value->kind == KAM_VALUE_TEXT ? kam_field_find_choice (outcome_field (), value->text) : -1;

  if (field != KAM_INTERACTION_OUTCOME)
    return;

  self->following = TRUE;
  for (guint i = 0; i < self->n_buttons; i++)
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->buttons[i]), (int) i == chosen);
  self->following = FALSE;
}

static gboolean
key_cb (GtkEventControllerKey *controller,
        guint                  keyval,
        guint                  keycode,
        GdkModifierType        state,
        KamOutcomeControl     *self)
{
  gunichar typed = gdk_keyval_to_unicode (keyval);
  int digit = g_unichar_digit_value (typed);

  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  if (digit >= 1 && digit <= (int) self->n_buttons)
    {
      kam_outcome_control_choose (GTK_WIDGET (self), (guint) digit);
      return GDK_EVENT_STOP;
    }
  if (self->next == NULL || typed == ' ' || !g_unichar_isgraph (typed))
    return GDK_EVENT_PROPAGATE;

  gtk_widget_grab_focus (self->next);

  return gtk_event_controller_key_forward (controller, self->next);
}

static gboolean
kam_outcome_control_grab_focus (GtkWidget *widget)
{
  KamOutcomeControl *self = KAM_OUTCOME_CONTROL (widget);

  for (guint i = 0; i < self->n_buttons; i++)
    {
      if (gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->buttons[i])))
        return gtk_widget_grab_focus (self->buttons[i]);
    }

  return gtk_widget_grab_focus (self->buttons[0]);
}

static void
kam_outcome_control_dispose (GObject *object)
{
  KamOutcomeControl *self = KAM_OUTCOME_CONTROL (object);

  kam_outcome_control_set_next (GTK_WIDGET (self), NULL);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->draft);

  G_OBJECT_CLASS (kam_outcome_control_parent_class)->dispose (object);
}

static void
kam_outcome_control_class_init (KamOutcomeControlClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = kam_outcome_control_dispose;
  widget_class->grab_focus = kam_outcome_control_grab_focus;

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_RADIO_GROUP);
}

static void
add_button (KamOutcomeControl *self,
            const char        *word)
{
  const char *name = kam_field_choice_label (outcome_field (), word);
  g_autofree char *label = g_strdup_printf ("%u  %s", self->n_buttons + 1, name);
  GtkWidget *button = gtk_toggle_button_new_with_label (label);

  if (self->n_buttons > 0)
    gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (button), GTK_TOGGLE_BUTTON (self->buttons[0]));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_flow_box_append (GTK_FLOW_BOX (self->box), button);
  gtk_widget_set_focusable (gtk_widget_get_parent (button), FALSE);
  g_signal_connect_swapped (button, "toggled", G_CALLBACK (toggled_cb), self);
  self->buttons[self->n_buttons++] = button;
}

static void
kam_outcome_control_init (KamOutcomeControl *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->box = gtk_flow_box_new ();
  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (self->box), GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (self->box), 5);
  gtk_flow_box_set_min_children_per_line (GTK_FLOW_BOX (self->box), 2);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (self->box), 6);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (self->box), 6);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  for (guint i = 0; i < MOST_OUTCOMES && outcome_field ()->choices[i] != NULL; i++)
    add_button (self, outcome_field ()->choices[i]);

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

GtkWidget *
kam_outcome_control_new (KamDraft *draft)
{
  KamOutcomeControl *self = g_object_new (KAM_TYPE_OUTCOME_CONTROL, NULL);

  self->draft = g_object_ref (draft);
  field_changed_cb (self, KAM_INTERACTION_OUTCOME);
  g_signal_connect_object (draft, "field-changed", G_CALLBACK (field_changed_cb), self, G_CONNECT_SWAPPED);

  return GTK_WIDGET (self);
}

void
kam_outcome_control_set_next (GtkWidget *control,
                              GtkWidget *next)
{
  g_set_weak_pointer (&KAM_OUTCOME_CONTROL (control)->next, next);
}

void
kam_outcome_control_choose (GtkWidget *control,
                            guint      number)
{
  KamOutcomeControl *self = KAM_OUTCOME_CONTROL (control);

  if (number < 1 || number > self->n_buttons)
    return;

  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->buttons[number - 1]), TRUE);
  if (self->next != NULL)
    gtk_widget_grab_focus (self->next);
}
