/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-field-controls.h"

#include <glib/gi18n.h>
#include <string.h>

/* What ties a control to a field: lives as long as the control does. */
typedef struct
{
  KamDraft  *draft;   /* (owned) */
  guint      field;
  GtkWidget *control; /* (not owned) */
  GtkTextBuffer *buffer; /* (not owned) (nullable) */
  gulong     handler; /* of the control's own change */
  gboolean   optional; /* a drop-down begins with "none" */
} Binding;

static const KamField *
binding_field (Binding *binding)
{
  return &kam_draft_get_entity (binding->draft)->fields[binding->field];
}

static Binding *
binding_new (KamDraft  *draft,
             guint      field,
             GtkWidget *control)
{
  Binding *binding = g_new0 (Binding, 1);

  binding->draft = g_object_ref (draft);
  binding->field = field;
  binding->control = control;

  return binding;
}

static void
binding_free (gpointer  data,
              GClosure *closure)
{
  Binding *binding = data;

  g_object_unref (binding->draft);
  g_free (binding);
}

static void
focus_left_cb (GtkEventControllerFocus *controller,
               Binding                 *binding)
{
  kam_draft_reveal (binding->draft, binding->field);
}

/* A problem is told when one leaves the field, not while one types. */
static void
reveal_on_leave (Binding *binding)
{
  GtkEventController *focus = gtk_event_controller_focus_new ();

  g_signal_connect (focus, "leave", G_CALLBACK (focus_left_cb), binding);
  gtk_widget_add_controller (binding->control, focus);
}

/* The draft lives longer than the control, and the control's change handler owns the binding. */
static void
follow (Binding  *binding,
        GCallback callback)
{
  GClosure *closure = g_cclosure_new (callback, binding, NULL);

  g_object_watch_closure (G_OBJECT (binding->control), closure);
  g_signal_connect_closure (binding->draft, "field-changed", closure, FALSE);
}

static void
entry_changed_cb (GtkEditable *entry,
                  Binding     *binding)
{
  kam_draft_set_text (binding->draft, binding->field, gtk_editable_get_text (entry));
}

static void
entry_follow_cb (KamDraft *draft,
                 guint     field,
                 Binding  *binding)
{
  GtkEditable *entry = GTK_EDITABLE (binding->control);
  const char *text = kam_draft_get_text (draft, binding->field);

  if (field != binding->field || strcmp (gtk_editable_get_text (entry), text) == 0)
    return;

  g_signal_handler_block (entry, binding->handler);
  gtk_editable_set_text (entry, text);
  g_signal_handler_unblock (entry, binding->handler);
}

static void
entry_activate_cb (GtkWidget *entry)
{
  gtk_widget_child_focus (GTK_WIDGET (gtk_widget_get_root (entry)), GTK_DIR_TAB_FORWARD);
}

static GtkInputPurpose
purpose_of (KamFieldType type)
{
  switch (type)
    {
    case KAM_TYPE_EMAIL:
      return GTK_INPUT_PURPOSE_EMAIL;
    case KAM_TYPE_PHONE:
      return GTK_INPUT_PURPOSE_PHONE;
    case KAM_TYPE_INT:
    case KAM_TYPE_MONEY:
      return GTK_INPUT_PURPOSE_NUMBER;
    default:
      return GTK_INPUT_PURPOSE_FREE_FORM;
    }
}

static GtkWidget *
new_entry (KamDraft *draft,
           guint     field)
{
  GtkWidget *entry = gtk_entry_new ();
  Binding *binding = binding_new (draft, field, entry);
  KamFieldType type = binding_field (binding)->type;

  gtk_entry_set_has_frame (GTK_ENTRY (entry), FALSE);
  gtk_entry_set_input_purpose (GTK_ENTRY (entry), purpose_of (type));
  if (type == KAM_TYPE_DATE)
    gtk_entry_set_placeholder_text (GTK_ENTRY (entry), _("24/11, fri, +3"));
  else if (type == KAM_TYPE_TIME)
    gtk_entry_set_placeholder_text (GTK_ENTRY (entry), _("9:30"));
  else if (type == KAM_TYPE_TAGS)
    gtk_entry_set_placeholder_text (GTK_ENTRY (entry), _("vegetarian, chain"));
  gtk_editable_set_width_chars (GTK_EDITABLE (entry), 8);
  gtk_editable_set_text (GTK_EDITABLE (entry), kam_draft_get_text (draft, field));
  binding->handler = g_signal_connect_data (entry, "changed", G_CALLBACK (entry_changed_cb), binding, binding_free, 0);
  g_signal_connect (entry, "activate", G_CALLBACK (entry_activate_cb), NULL);
  reveal_on_leave (binding);
  follow (binding, G_CALLBACK (entry_follow_cb));

  return entry;
}

static char *
buffer_text (GtkTextBuffer *buffer)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (buffer, &start, &end);

  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}

static void
buffer_changed_cb (GtkTextBuffer *buffer,
                   Binding       *binding)
{
  g_autofree char *text = buffer_text (buffer);

  kam_draft_set_text (binding->draft, binding->field, text);
}

static void
buffer_follow_cb (KamDraft *draft,
                  guint     field,
                  Binding  *binding)
{
  g_autofree char *now = buffer_text (binding->buffer);
  const char *text = kam_draft_get_text (draft, binding->field);

  if (field != binding->field || strcmp (now, text) == 0)
    return;

  g_signal_handler_block (binding->buffer, binding->handler);
  gtk_text_buffer_set_text (binding->buffer, text, -1);
  g_signal_handler_unblock (binding->buffer, binding->handler);
}

static GtkWidget *
new_text_view (KamDraft *draft,
               guint     field)
{
  GtkWidget *view = gtk_text_view_new ();
  Binding *binding = binding_new (draft, field, view);

  binding->buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (view));
  gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (view), FALSE);
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (view), GTK_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (view, "kam-text");
  gtk_text_buffer_set_text (binding->buffer, kam_draft_get_text (draft, field), -1);
  binding->handler = g_signal_connect_data (binding->buffer, "changed", G_CALLBACK (buffer_changed_cb), binding, binding_free, 0);
  reveal_on_leave (binding);
  follow (binding, G_CALLBACK (buffer_follow_cb));

  return view;
}

static void
selected_cb (GtkDropDown *drop_down,
             GParamSpec  *pspec,
             Binding     *binding)
{
  guint selected = gtk_drop_down_get_selected (drop_down);
  g_auto (KamValue) value = KAM_VALUE_INIT;

  if (selected == GTK_INVALID_LIST_POSITION)
    return;
  if (!binding->optional || selected > 0)
    kam_value_set_text (&value, binding_field (binding)->choices[binding->optional ? selected - 1 : selected]);

  kam_draft_set_value (binding->draft, binding->field, &value);
}

static void
select_choice (Binding *binding)
{
  const KamValue *value = kam_draft_get_value (binding->draft, binding->field);
  int place = value->kind == KAM_VALUE_TEXT ? kam_field_find_choice (binding_field (binding), value->text) : -1;
  guint selected = GTK_INVALID_LIST_POSITION;

  if (binding->optional)
    selected = (guint) (place + 1);
  else if (place >= 0)
    selected = (guint) place;
  gtk_drop_down_set_selected (GTK_DROP_DOWN (binding->control), selected);
}

static void
choice_follow_cb (KamDraft *draft,
                  guint     field,
                  Binding  *binding)
{
  if (field == binding->field)
    select_choice (binding);
}

static GtkWidget *
new_drop_down (KamDraft *draft,
               guint     field)
{
  const KamField *about = &kam_draft_get_entity (draft)->fields[field];
  GtkStringList *list = gtk_string_list_new (NULL);
  GtkWidget *drop_down = gtk_drop_down_new (G_LIST_MODEL (list), NULL);
  Binding *binding = binding_new (draft, field, drop_down);

  binding->optional = (about->flags & KAM_FIELD_REQUIRED) == 0;
  if (binding->optional)
    /* TRANSLATORS: no choice has been made */
    gtk_string_list_append (list, _("None"));
  for (guint i = 0; about->choices[i] != NULL; i++)
    gtk_string_list_append (list, kam_field_choice_label (about, about->choices[i]));
  select_choice (binding);
  binding->handler = g_signal_connect_data (drop_down, "notify::selected", G_CALLBACK (selected_cb), binding, binding_free, 0);
  follow (binding, G_CALLBACK (choice_follow_cb));

  return drop_down;
}

static void
active_cb (GtkSwitch  *control,
           GParamSpec *pspec,
           Binding    *binding)
{
  g_auto (KamValue) value = KAM_VALUE_INIT;

  /* Off and never said are the same to a person; what was never said stays so. */
  if (!gtk_switch_get_active (control) && kam_draft_get_value (binding->draft, binding->field)->kind == KAM_VALUE_NULL)
    return;

  kam_value_set_int (&value, gtk_switch_get_active (control));
  kam_draft_set_value (binding->draft, binding->field, &value);
}

static void
switch_follow_cb (KamDraft *draft,
                  guint     field,
                  Binding  *binding)
{
  const KamValue *value = kam_draft_get_value (draft, binding->field);

  if (field == binding->field)
    gtk_switch_set_active (GTK_SWITCH (binding->control), value->kind == KAM_VALUE_INT && value->number != 0);
}

static GtkWidget *
new_switch (KamDraft *draft,
            guint     field)
{
  GtkWidget *control = gtk_switch_new ();
  Binding *binding = binding_new (draft, field, control);

  switch_follow_cb (draft, field, binding);
  binding->handler = g_signal_connect_data (control, "notify::active", G_CALLBACK (active_cb), binding, binding_free, 0);
  follow (binding, G_CALLBACK (switch_follow_cb));

  return control;
}

/**
 * kam_field_control_new:
 *
 * Returns: (transfer floating): a control for any field but ids, which need somebody who knows what they name
 */
GtkWidget *
kam_field_control_new (KamDraft *draft,
                       guint     field,
                       gboolean *beside)
{
  switch (kam_draft_get_entity (draft)->fields[field].type)
    {
    case KAM_TYPE_ENUM:
      *beside = TRUE;
      return new_drop_down (draft, field);
    case KAM_TYPE_BOOL:
      *beside = TRUE;
      return new_switch (draft, field);
    case KAM_TYPE_LONG_TEXT:
      *beside = FALSE;
      return new_text_view (draft, field);
    case KAM_TYPE_DAYS:
      *beside = FALSE;
      return kam_days_control_new (draft, field);
    default:
      *beside = FALSE;
      return new_entry (draft, field);
    }
}

/**
 * kam_field_control_attach:
 *
 * Lets the row say what was understood while one types.
 */
void
kam_field_control_attach (GtkWidget   *control,
                          KamFieldRow *row)
{
  GObject *source = G_OBJECT (control);

  if (GTK_IS_TEXT_VIEW (control))
    source = G_OBJECT (gtk_text_view_get_buffer (GTK_TEXT_VIEW (control)));
  else if (!GTK_IS_EDITABLE (control))
    return;

  g_signal_connect_object (source, "changed", G_CALLBACK (kam_field_row_update), row, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
}
