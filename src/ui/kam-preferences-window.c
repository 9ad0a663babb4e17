/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-preferences-window.h"

#include "kam-check-row.h"
#include "kam-devices-group.h"

#include <glib/gi18n.h>

#define GROUP "preferences"

struct _KamPreferencesWindow
{
  AdwPreferencesWindow  parent_instance;

  KamViewState         *views; /* (owned) */
  AdwComboRow          *colours;
  GtkSwitch            *sidebar;
  GtkSwitch            *last_view;
};

G_DEFINE_FINAL_TYPE (KamPreferencesWindow, kam_preferences_window, ADW_TYPE_PREFERENCES_WINDOW)

/* In the order of the template's choices. */
static const AdwColorScheme schemes[] = { ADW_COLOR_SCHEME_DEFAULT, ADW_COLOR_SCHEME_FORCE_LIGHT, ADW_COLOR_SCHEME_FORCE_DARK };

static void
colours_cb (KamPreferencesWindow *self)
{
  if (self->views == NULL)
    return;

  kam_view_state_set_int (self->views, GROUP, "colours", (int) adw_combo_row_get_selected (self->colours));
  kam_preferences_apply (self->views);
}

static void
switch_cb (KamPreferencesWindow *self)
{
  if (self->views == NULL)
    return;

  kam_view_state_set_boolean (self->views, GROUP, "sidebar", gtk_switch_get_active (self->sidebar));
  kam_view_state_set_boolean (self->views, GROUP, "last-view", gtk_switch_get_active (self->last_view));
}

static void
kam_preferences_window_dispose (GObject *object)
{
  KamPreferencesWindow *self = KAM_PREFERENCES_WINDOW (object);

  g_clear_object (&self->views);
  G_OBJECT_CLASS (kam_preferences_window_parent_class)->dispose (object);
}

static void
kam_preferences_window_class_init (KamPreferencesWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = kam_preferences_window_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/udaan/Kam/ui/kam-preferences-window.ui");
  gtk_widget_class_bind_template_child (widget_class, KamPreferencesWindow, colours);
  gtk_widget_class_bind_template_child (widget_class, KamPreferencesWindow, sidebar);
  gtk_widget_class_bind_template_child (widget_class, KamPreferencesWindow, last_view);
  gtk_widget_class_bind_template_callback (widget_class, colours_cb);
  gtk_widget_class_bind_template_callback (widget_class, switch_cb);
}

static void
kam_preferences_window_init (KamPreferencesWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* Only of somebody who is signed in. */
static void
add_devices (KamPreferencesWindow *self,
             KamWorkspace         *workspace)
{
  AdwPreferencesPage *page = ADW_PREFERENCES_PAGE (adw_preferences_page_new ());
  AdwPreferencesGroup *copy = ADW_PREFERENCES_GROUP (adw_preferences_group_new ());

  adw_preferences_page_set_title (page, _("_Devices"));
  adw_preferences_page_set_use_underline (page, TRUE);
  adw_preferences_page_set_name (page, "devices");
  adw_preferences_page_set_icon_name (page, "computer-symbolic");
  adw_preferences_page_add (page, ADW_PREFERENCES_GROUP (kam_devices_group_new (workspace)));
  adw_preferences_group_set_title (copy, _("This Device"));
  adw_preferences_group_add (copy, kam_check_row_new (workspace));
  adw_preferences_page_add (page, copy);
  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (self), page);
}

GtkWidget *
kam_preferences_window_new (KamViewState *views,
                            KamWorkspace *workspace)
{
  KamPreferencesWindow *self = g_object_new (KAM_TYPE_PREFERENCES_WINDOW, NULL);
  int colours = kam_view_state_get_int (views, GROUP, "colours", 0);

  adw_combo_row_set_selected (self->colours, (guint) CLAMP (colours, 0, (int) G_N_ELEMENTS (schemes) - 1));
  gtk_switch_set_active (self->sidebar, kam_view_state_get_boolean (views, GROUP, "sidebar", TRUE));
  gtk_switch_set_active (self->last_view, kam_view_state_get_boolean (views, GROUP, "last-view", FALSE));
  self->views = g_object_ref (views);
  if (workspace != NULL)
    add_devices (self, workspace);

  return GTK_WIDGET (self);
}

void
kam_preferences_apply (KamViewState *views)
{
  int colours = kam_view_state_get_int (views, GROUP, "colours", 0);

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), schemes[CLAMP (colours, 0, (int) G_N_ELEMENTS (schemes) - 1)]);
}
