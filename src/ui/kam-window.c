/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-window.h"

#include "kam-changes-file.h"
#include "kam-lead-editor.h"
#include "kam-main-page.h"
#include "kam-sign-in-page.h"
#include "kam-sign-out-dialog.h"
#include "kam-toasts.h"

#include <glib/gi18n.h>

#define GROUP "window"
#define PATIENCE_MS 300 /* before anything says that it is busy */

struct _KamWindow
{
  AdwApplicationWindow  parent_instance;

  KamProfile           *profile;   /* (owned) */
  KamToasts            *toasts;    /* (owned) */
  guint                 patience;
  GtkWidget            *main;      /* (nullable): in the stack */
  GtkWidget            *sign_in;   /* (nullable): in the stack */

  AdwToastOverlay      *overlay;
  GtkStack             *stack;
  AdwStatusPage        *problem;
  GtkSpinner           *spinner;
};

G_DEFINE_FINAL_TYPE (KamWindow, kam_window, ADW_TYPE_APPLICATION_WINDOW)

static KamMainPage *
get_main (KamWindow *self)
{
  return self->main != NULL ? KAM_MAIN_PAGE (self->main) : NULL;
}

static KamWorkspace *
get_workspace (KamWindow *self)
{
  return kam_profile_get_workspace (self->profile);
}

static void
drop_page (KamWindow  *self,
           GtkWidget **page)
{
  if (*page != NULL)
    gtk_stack_remove (self->stack, *page);
  *page = NULL;
}

static void
enable (KamWindow  *self,
        const char *action,
        gboolean    enabled)
{
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), action)), enabled);
}

static void
update_actions (KamWindow *self)
{
  static const char *const of_views[] = { "new-lead", "search", "toggle-sidebar", "sync", "view", "back", "sign-out", "sign-in",
                                          "show-lead", "show-changes", "export-changes", "import-changes", "check-copy" };
  KamWorkspace *workspace = get_workspace (self);
  gboolean can_undo = FALSE;
  gboolean can_redo = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (of_views); i++)
    enable (self, of_views[i], self->main != NULL);
  if (workspace != NULL)
    g_object_get (workspace, "can-undo", &can_undo, "can-redo", &can_redo, NULL);
  enable (self, "undo", can_undo);
  enable (self, "redo", can_redo);
  enable (self, "open-again", kam_profile_get_state (self->profile) == KAM_PROFILE_FAILED);
}

/* What stands in the window */

static void
view_cb (KamWindow *self)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "view");

  if (self->main != NULL)
    g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_string (kam_main_page_get_view (get_main (self))));
}

static void
show_main (KamWindow *self)
{
  KamWorkspace *workspace = get_workspace (self);

  drop_page (self, &self->sign_in);
  if (self->main == NULL)
    {
      self->main = kam_main_page_new (workspace, kam_profile_get_views (self->profile));
      gtk_stack_add_named (self->stack, self->main, "main");
      g_signal_connect_object (self->main, "notify::view", G_CALLBACK (view_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (workspace, "notify::can-undo", G_CALLBACK (update_actions), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (workspace, "notify::can-redo", G_CALLBACK (update_actions), self, G_CONNECT_SWAPPED);
      kam_toasts_set_workspace (self->toasts, workspace);
      view_cb (self);
    }
  gtk_stack_set_visible_child_name (self->stack, "main");
}

static void
show_sign_in (KamWindow *self)
{
  if (self->sign_in == NULL)
    {
      self->sign_in = kam_sign_in_page_new (self->profile, FALSE);
      gtk_stack_add_named (self->stack, self->sign_in, "sign-in");
    }
  gtk_stack_set_visible_child_name (self->stack, "sign-in");
  drop_page (self, &self->main);
  kam_toasts_set_workspace (self->toasts, NULL);
}

static void
show_problem (KamWindow *self)
{
  const char *what_to_do = NULL;
  g_autofree char *text = NULL;

  adw_status_page_set_title (self->problem, kam_profile_get_problem (self->profile, &what_to_do));
  text = g_markup_escape_text (what_to_do, -1);
  adw_status_page_set_description (self->problem, text);
  gtk_stack_set_visible_child_name (self->stack, "problem");
}

static gboolean
patience_cb (gpointer user_data)
{
  KamWindow *self = KAM_WINDOW (user_data);

  self->patience = 0;
  gtk_spinner_start (self->spinner);
  gtk_stack_set_visible_child_name (self->stack, "opening");

  return G_SOURCE_REMOVE;
}

static void
state_cb (KamWindow *self)
{
  g_clear_handle_id (&self->patience, g_source_remove);
  gtk_spinner_stop (self->spinner);

  switch (kam_profile_get_state (self->profile))
    {
    case KAM_PROFILE_OPENING:
      gtk_stack_set_visible_child_name (self->stack, "blank");
      self->patience = g_timeout_add (PATIENCE_MS, patience_cb, self);
      break;

    case KAM_PROFILE_FAILED:
      show_problem (self);
      break;

    case KAM_PROFILE_SIGN_IN:
      show_sign_in (self);
      break;

    case KAM_PROFILE_READY:
      show_main (self);
      break;

    case KAM_PROFILE_CLOSED:
    default:
      break;
    }
  update_actions (self);
}

/* Other actions */

static void
sign_out_action (GSimpleAction *action,
                 GVariant      *parameter,
                 gpointer       user_data)
{
  kam_sign_out_begin (KAM_WINDOW (user_data), KAM_WINDOW (user_data)->profile);
}

static void
simple_action (GSimpleAction *action,
               GVariant      *parameter,
               gpointer       user_data)
{
  KamWindow *self = KAM_WINDOW (user_data);
  const char *name = g_action_get_name (G_ACTION (action));

  if (g_str_equal (name, "open-again"))
    kam_profile_open (self->profile);
  else if (g_str_equal (name, "undo"))
    kam_workspace_undo (get_workspace (self));
  else if (g_str_equal (name, "redo"))
    kam_workspace_redo (get_workspace (self));
  else if (g_str_equal (name, "undo-toast"))
    kam_toasts_undo (self->toasts);
  else if (g_str_equal (name, "search"))
    kam_main_page_search (get_main (self));
  else if (g_str_equal (name, "toggle-sidebar"))
    kam_main_page_toggle_sidebar (get_main (self));
  else if (g_str_equal (name, "back"))
    kam_main_page_go_back (get_main (self));
  else if (g_str_equal (name, "sync"))
    kam_sync_now (kam_profile_get_sync (self->profile));
  else if (g_str_equal (name, "sign-in"))
    kam_sign_in_page_present_again (self->profile, GTK_WINDOW (self));
  else if (g_str_equal (name, "export-changes"))
    kam_changes_file_export (self, get_workspace (self));
  else if (g_str_equal (name, "import-changes"))
    kam_changes_file_import (self, get_workspace (self));
  else if (g_str_equal (name, "check-copy"))
    kam_sync_check_copy (kam_profile_get_sync (self->profile));
}

static void
saved_cb (KamWindow  *self,
          const char *lead_id)
{
  if (self->main != NULL)
    kam_main_page_show_lead (get_main (self), lead_id);
}

static void
new_lead_action (GSimpleAction *action,
                 GVariant      *parameter,
                 gpointer       user_data)
{
  KamWindow *self = KAM_WINDOW (user_data);
  KamEditor *editor = kam_lead_editor_present_new (get_workspace (self), GTK_WINDOW (self));

  g_signal_connect_object (editor, "saved", G_CALLBACK (saved_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (editor, "open-lead", G_CALLBACK (saved_cb), self, G_CONNECT_SWAPPED);
}

static void
show_lead_action (GSimpleAction *action,
                  GVariant      *parameter,
                  gpointer       user_data)
{
  saved_cb (KAM_WINDOW (user_data), g_variant_get_string (parameter, NULL));
}

static void
show_changes_action (GSimpleAction *action,
                     GVariant      *parameter,
                     gpointer       user_data)
{
  kam_main_page_show_changes (get_main (KAM_WINDOW (user_data)), g_variant_get_string (parameter, NULL));
}

static void
view_action (GSimpleAction *action,
             GVariant      *parameter,
             gpointer       user_data)
{
  KamMainPage *page = get_main (KAM_WINDOW (user_data));

  kam_main_page_show_view (page, g_variant_get_string (parameter, NULL));
  if (kam_main_page_get_list_page (page) != NULL)
    kam_list_page_focus (kam_main_page_get_list_page (page));
}

static const GActionEntry actions[] = {
  { .name = "open-again", .activate = simple_action },
  { .name = "undo", .activate = simple_action },
  { .name = "redo", .activate = simple_action },
  { .name = "undo-toast", .activate = simple_action },
  { .name = "new-lead", .activate = new_lead_action },
  { .name = "show-lead", .activate = show_lead_action, .parameter_type = "s" },
  { .name = "show-changes", .activate = show_changes_action, .parameter_type = "s" },
  { .name = "export-changes", .activate = simple_action },
  { .name = "import-changes", .activate = simple_action },
  { .name = "check-copy", .activate = simple_action },
  { .name = "search", .activate = simple_action },
  { .name = "toggle-sidebar", .activate = simple_action },
  { .name = "back", .activate = simple_action },
  { .name = "sync", .activate = simple_action },
  { .name = "sign-in", .activate = simple_action },
  { .name = "sign-out", .activate = sign_out_action },
  { .name = "view", .activate = view_action, .parameter_type = "s", .state = "'today'" },
};

/* Undo belongs to the text that is being typed first: these run only when nothing nearer the focus has taken the keys. */
static gboolean
undo_key (GtkWidget *widget,
          GVariant  *again,
          gpointer   user_data)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (widget));

  if (focus != NULL && (GTK_IS_EDITABLE (focus) || GTK_IS_TEXT_VIEW (focus)))
    return GDK_EVENT_PROPAGATE;

  g_action_group_activate_action (G_ACTION_GROUP (widget), g_variant_get_boolean (again) ? "redo" : "undo", NULL);

  return GDK_EVENT_STOP;
}

static void
remember_size (KamWindow *self)
{
  KamViewState *views = NULL;
  int width = 0;
  int height = 0;

  if (self->profile == NULL)
    return;

  views = kam_profile_get_views (self->profile);
  kam_view_state_set_boolean (views, GROUP, "maximized", gtk_window_is_maximized (GTK_WINDOW (self)));
  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  if (width > 0 && height > 0)
    {
      kam_view_state_set_int (views, GROUP, "width", width);
      kam_view_state_set_int (views, GROUP, "height", height);
    }
}

static void
kam_window_dispose (GObject *object)
{
  KamWindow *self = KAM_WINDOW (object);

  g_clear_handle_id (&self->patience, g_source_remove);
  if (self->toasts != NULL)
    kam_toasts_set_workspace (self->toasts, NULL);
  g_clear_object (&self->toasts);
  g_clear_object (&self->profile);
  G_OBJECT_CLASS (kam_window_parent_class)->dispose (object);
}

static void
kam_window_class_init (KamWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = kam_window_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/udaan/Kam/ui/kam-window.ui");
  gtk_widget_class_bind_template_child (widget_class, KamWindow, overlay);
  gtk_widget_class_bind_template_child (widget_class, KamWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, KamWindow, problem);
  gtk_widget_class_bind_template_child (widget_class, KamWindow, spinner);

  gtk_widget_class_add_binding (widget_class, GDK_KEY_z, GDK_CONTROL_MASK, undo_key, "b", FALSE);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_z, GDK_CONTROL_MASK | GDK_SHIFT_MASK, undo_key, "b", TRUE);
}

static void
kam_window_init (KamWindow *self)
{
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  gtk_widget_init_template (GTK_WIDGET (self));
  self->toasts = kam_toasts_new (self->overlay);
}

KamWindow *
kam_window_new (KamApplication *application,
                KamProfile     *profile)
{
  KamWindow *self = g_object_new (KAM_TYPE_WINDOW, "application", application, NULL);
  KamViewState *views = kam_profile_get_views (profile);

  self->profile = g_object_ref (profile);
  gtk_window_set_default_size (GTK_WINDOW (self), kam_view_state_get_int (views, GROUP, "width", 1200),
                               kam_view_state_get_int (views, GROUP, "height", 760));
  if (kam_view_state_get_boolean (views, GROUP, "maximized", FALSE))
    gtk_window_maximize (GTK_WINDOW (self));
  g_signal_connect (self, "notify::default-width", G_CALLBACK (remember_size), NULL);
  g_signal_connect (self, "notify::default-height", G_CALLBACK (remember_size), NULL);
  g_signal_connect (self, "notify::maximized", G_CALLBACK (remember_size), NULL);
  g_signal_connect_object (profile, "notify::state", G_CALLBACK (state_cb), self, G_CONNECT_SWAPPED);
  state_cb (self);

  return self;
}

const char *
kam_window_get_page (KamWindow *self)
{
  return gtk_stack_get_visible_child_name (self->stack);
}

GtkWidget *
kam_window_get_main (KamWindow *self)
{
  return self->main;
}

void
kam_window_say (KamWindow  *self,
                const char *text)
{
  kam_toasts_say (self->toasts, text);
}
