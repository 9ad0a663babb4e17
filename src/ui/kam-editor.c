/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-editor.h"

#include <glib/gi18n.h>

typedef struct
{
  GtkButton          *save_button;
  GtkWidget          *notice_box;
  GtkLabel           *notice_label;
  GtkWidget          *hint_box;
  GtkLabel           *hint_label;
  GtkButton          *hint_button;
  AdwPreferencesPage *page;

  KamDraft *draft;     /* (owned) (nullable) */
  char     *label;     /* (owned) (nullable) */
  char     *hint_lead; /* (owned) (nullable) */
  gboolean  closing;   /* for good, whatever was typed */
} KamEditorPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (KamEditor, kam_editor, ADW_TYPE_WINDOW)

enum
{
  SAVED,
  OPEN_LEAD,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static KamEditorPrivate *
private_of (KamEditor *self)
{
  return kam_editor_get_instance_private (self);
}

static void
close_for_good (KamEditor *self)
{
  private_of (self)->closing = TRUE;
  gtk_window_close (GTK_WINDOW (self));
}

/* The first control with a problem takes the focus, so that one sees it and hears it. */
static gboolean
focus_problem (GtkWidget *widget)
{
  if (GTK_IS_LIST_BOX_ROW (widget) && gtk_widget_has_css_class (widget, "error") && gtk_widget_is_visible (widget))
    return gtk_widget_child_focus (widget, GTK_DIR_TAB_FORWARD);

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      if (focus_problem (child))
        return TRUE;
    }

  return FALSE;
}

static void
saved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (KamEditor) self = KAM_EDITOR (user_data);
  g_autoptr (GError) error = NULL;

  if (!kam_draft_save_finish (KAM_DRAFT (source), result, &error))
    {
      focus_problem (GTK_WIDGET (private_of (self)->page));
      return;
    }

  g_signal_emit (self, signals[SAVED], 0, kam_draft_get_id (KAM_DRAFT (source)));
  close_for_good (self);
}

/**
 * kam_editor_save:
 *
 * Saves the draft and closes; where it cannot be saved the form says why.
 */
void
kam_editor_save (KamEditor *self)
{
  KamEditorPrivate *priv = private_of (self);

  if (!kam_draft_is_saving (priv->draft))
    kam_draft_save_async (priv->draft, priv->label, NULL, saved_cb, g_object_ref (self));
}

static void
save_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  kam_editor_save (KAM_EDITOR (widget));
}

static gboolean
discard_cb (gpointer user_data)
{
  close_for_good (KAM_EDITOR (user_data));

  return G_SOURCE_REMOVE;
}

/* The question is gone before the window that it stood over goes: it must not be left with a dead parent. */
static void
response_cb (KamEditor  *self,
             const char *response)
{
  if (g_strcmp0 (response, "discard") == 0)
    g_idle_add_full (G_PRIORITY_LOW, discard_cb, g_object_ref (self), g_object_unref);
}

static void
ask (KamEditor *self)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), _("Discard What You Typed?"), _("It has not been saved."));

  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "keep", _("_Keep Editing"), "discard", _("_Discard"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "discard", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "keep");
  g_signal_connect_object (dialog, "response", G_CALLBACK (response_cb), self, G_CONNECT_SWAPPED);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (dialog), FALSE);
  gtk_window_present (GTK_WINDOW (dialog));
}

static gboolean
kam_editor_close_request (GtkWindow *window)
{
  KamEditor *self = KAM_EDITOR (window);
  KamEditorPrivate *priv = private_of (self);

  if (!priv->closing && priv->draft != NULL && kam_draft_is_dirty (priv->draft))
    {
      ask (self);
      return TRUE;
    }

  return GTK_WINDOW_CLASS (kam_editor_parent_class)->close_request (window);
}

static void
notice_cb (KamEditor *self)
{
  KamEditorPrivate *priv = private_of (self);
  const char *notice = kam_draft_get_notice (priv->draft);

  gtk_label_set_text (priv->notice_label, notice != NULL ? notice : "");
  gtk_widget_set_visible (priv->notice_box, notice != NULL);
}

static void
saving_cb (KamEditor *self)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "editor.save", !kam_draft_is_saving (private_of (self)->draft));
}

static void
hint_clicked_cb (KamEditor *self)
{
  g_autofree char *lead = g_strdup (private_of (self)->hint_lead);

  if (lead != NULL)
    g_signal_emit (self, signals[OPEN_LEAD], 0, lead);
}

static void
kam_editor_dispose (GObject *object)
{
  KamEditorPrivate *priv = private_of (KAM_EDITOR (object));

  g_clear_object (&priv->draft);
  g_clear_pointer (&priv->label, g_free);
  g_clear_pointer (&priv->hint_lead, g_free);

  G_OBJECT_CLASS (kam_editor_parent_class)->dispose (object);
}

static void
kam_editor_class_init (KamEditorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = kam_editor_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = kam_editor_close_request;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/udaan/Kam/ui/kam-editor.ui");
  gtk_widget_class_bind_template_child_private (widget_class, KamEditor, save_button);
  gtk_widget_class_bind_template_child_private (widget_class, KamEditor, notice_box);
  gtk_widget_class_bind_template_child_private (widget_class, KamEditor, notice_label);
  gtk_widget_class_bind_template_child_private (widget_class, KamEditor, hint_box);
  gtk_widget_class_bind_template_child_private (widget_class, KamEditor, hint_label);
  gtk_widget_class_bind_template_child_private (widget_class, KamEditor, hint_button);
  gtk_widget_class_bind_template_child_private (widget_class, KamEditor, page);
  gtk_widget_class_bind_template_callback (widget_class, hint_clicked_cb);

  gtk_widget_class_install_action (widget_class, "editor.save", NULL, save_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);

  signals[SAVED] = g_signal_new ("saved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[OPEN_LEAD] = g_signal_new ("open-lead", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

/* Before any text view makes a new line of it. */
static void
add_save_keys (KamEditor *self)
{
  GtkEventController *keys = gtk_shortcut_controller_new ();
  static const guint values[] = { GDK_KEY_Return, GDK_KEY_KP_Enter, GDK_KEY_ISO_Enter };

  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys),
                                          gtk_shortcut_new (gtk_keyval_trigger_new (values[i], GDK_CONTROL_MASK), gtk_named_action_new ("editor.save")));
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
}

static void
kam_editor_init (KamEditor *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  add_save_keys (self);
}

KamDraft *
kam_editor_get_draft (KamEditor *self)
{
  return private_of (self)->draft;
}

void
kam_editor_set_draft (KamEditor *self,
                      KamDraft  *draft)
{
  KamEditorPrivate *priv = private_of (self);

  g_return_if_fail (priv->draft == NULL);

  priv->draft = g_object_ref (draft);
  g_signal_connect_object (draft, "notice-changed", G_CALLBACK (notice_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (draft, "notify::saving", G_CALLBACK (saving_cb), self, G_CONNECT_SWAPPED);
}

/**
 * kam_editor_add_group:
 *
 * Returns: (transfer none): a new group of rows at the end of the form
 */
AdwPreferencesGroup *
kam_editor_add_group (KamEditor  *self,
                      const char *title)
{
  AdwPreferencesGroup *group = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());

  if (title != NULL)
    adw_preferences_group_set_title (group, title);
  adw_preferences_page_add (private_of (self)->page, group);

  return group;
}

void
kam_editor_set_hint (KamEditor  *self,
                     const char *text,
                     const char *button,
                     const char *lead_id)
{
  KamEditorPrivate *priv = private_of (self);

  g_free (priv->hint_lead);
  priv->hint_lead = g_strdup (lead_id);
  gtk_label_set_text (priv->hint_label, text != NULL ? text : "");
  if (button != NULL)
    gtk_button_set_label (priv->hint_button, button);
  gtk_widget_set_visible (GTK_WIDGET (priv->hint_button), button != NULL);
  gtk_widget_set_visible (priv->hint_box, text != NULL);
}

void
kam_editor_set_label (KamEditor  *self,
                      const char *label)
{
  KamEditorPrivate *priv = private_of (self);

  g_free (priv->label);
  priv->label = g_strdup (label);
}

/* Ready to type, without a text that the first key would replace. */
void
kam_editor_focus (KamEditor *self,
                  GtkWidget *control)
{
  if (GTK_IS_ENTRY (control))
    gtk_entry_grab_focus_without_selecting (GTK_ENTRY (control));
  else
    gtk_widget_grab_focus (control);
}

void
kam_editor_show (KamEditor *self,
                 GtkWindow *parent)
{
  gtk_window_set_transient_for (GTK_WINDOW (self), parent);
  if (parent != NULL)
    {
      /* Never wider than what it lies over. */
      int width = gtk_widget_get_width (GTK_WIDGET (parent)), height = gtk_widget_get_height (GTK_WIDGET (parent));
      int own_width = 480, own_height = 640;

      gtk_window_get_default_size (GTK_WINDOW (self), &own_width, &own_height);
      gtk_window_set_default_size (GTK_WINDOW (self), width > 0 ? MIN (own_width, width) : own_width, height > 0 ? MIN (own_height, height) : own_height);
    }
  gtk_window_present (GTK_WINDOW (self));
}
