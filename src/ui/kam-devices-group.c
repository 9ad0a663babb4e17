/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-devices-group.h"

#include "kam-format.h"

#include <glib/gi18n.h>

struct _KamDevicesGroup
{
  AdwPreferencesGroup parent_instance;

  KamWorkspace       *workspace;   /* (owned) */
  GCancellable       *cancellable; /* (owned) */
  GPtrArray          *rows;        /* (owned) (element-type GtkWidget): in the group */
};

G_DEFINE_FINAL_TYPE (KamDevicesGroup, kam_devices_group, ADW_TYPE_PREFERENCES_GROUP)

static void load (KamDevicesGroup *self);

static void
clear_rows (KamDevicesGroup *self)
{
  for (guint i = 0; i < self->rows->len; i++)
    adw_preferences_group_remove (ADW_PREFERENCES_GROUP (self), g_ptr_array_index (self->rows, i));
  g_ptr_array_set_size (self->rows, 0);
}

static AdwActionRow *
add_row (KamDevicesGroup *self,
         const char      *title,
         const char      *subtitle)
{
  AdwActionRow *row = ADW_ACTION_ROW (adw_action_row_new ());

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (row, subtitle);
  adw_action_row_set_title_lines (row, 2);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), GTK_WIDGET (row));
  g_ptr_array_add (self->rows, row);

  return row;
}

static void
say (KamDevicesGroup *self,
     const char      *text)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  g_autofree char *title = g_markup_escape_text (text, -1);

  if (ADW_IS_PREFERENCES_WINDOW (root))
    adw_preferences_window_add_toast (ADW_PREFERENCES_WINDOW (root), adw_toast_new (title));
}

static GtkWidget *
add_button (AdwActionRow *row,
            const char   *label,
            const char   *name)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  adw_action_row_add_suffix (row, button);

  return button;
}

/* Signing another device out */

static void
ended_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (KamDevicesGroup) self = KAM_DEVICES_GROUP (user_data);
  g_autoptr (GError) error = NULL;

  if (!kam_sync_end_device_finish (KAM_SYNC (source), result, &error))
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        say (self, error->message);
      return;
    }

  say (self, _("Signed out. Its copy is erased when it next connects."));
  load (self);
}

static void
response_cb (KamDevicesGroup  *self,
             const char       *response,
             AdwMessageDialog *dialog)
{
  const char *id = gtk_widget_get_name (GTK_WIDGET (dialog));

  if (g_strcmp0 (response, "sign-out") == 0)
    kam_sync_end_device_async (kam_workspace_get_sync (self->workspace), id, self->cancellable, ended_cb, g_object_ref (self));
}

static void
ask_cb (KamDevicesGroup *self,
        GtkWidget       *button)
{
  GtkWidget *row = gtk_widget_get_ancestor (button, ADW_TYPE_ACTION_ROW);
  GtkRoot *root = gtk_widget_get_root (button);
  GtkWidget *dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, NULL, NULL);

  adw_message_dialog_format_heading (ADW_MESSAGE_DIALOG (dialog), _("Sign Out “%s”?"), adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)));
  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (dialog),
                               _("When it next connects, what waits there is handed to the server, and its copy of your leads is erased."));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "sign-out", _("_Sign Out"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "sign-out", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  gtk_widget_set_name (dialog, gtk_widget_get_name (row));
  g_signal_connect_object (dialog, "response", G_CALLBACK (response_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* The list */

static char *
describe (KamDevicesGroup *self,
          const KamDevice *device)
{
  gint64 now = kam_clock_now (kam_workspace_get_clock (self->workspace));
  g_autofree char *near = device->seen_at > 0 ? kam_format_instant_near (device->seen_at, now, NULL) : NULL;

  if (device->current)
    return g_strdup (_("This device"));
  if (!device->signed_in)
    return near != NULL ? g_strdup_printf (_("Signed out · last sync %s"), near) : g_strdup (_("Signed out"));

  /* TRANSLATORS: "yesterday" */
  return near != NULL ? g_strdup_printf (_("Last sync %s"), near) : g_strdup (_("Has not synced yet"));
}

static void
add_device (KamDevicesGroup *self,
            const KamDevice *device)
{
  g_autofree char *subtitle = describe (self, device);
  g_autofree char *full = device->seen_at > 0 ? kam_format_instant_full (device->seen_at, NULL) : NULL;
  g_autofree char *name = g_strdup_printf (_("Sign Out “%s”"), device->name);
  AdwActionRow *row = add_row (self, device->name, subtitle);

  gtk_widget_set_tooltip_text (GTK_WIDGET (row), full);
  gtk_widget_set_name (GTK_WIDGET (row), device->id);
  adw_action_row_set_icon_name (row, device->current ? "emblem-ok-symbolic" : "computer-symbolic");
  if (device->signed_in && !device->current)
    g_signal_connect_object (add_button (row, _("_Sign Out…"), name), "clicked", G_CALLBACK (ask_cb), self, G_CONNECT_SWAPPED);
}

void
kam_devices_group_show (KamDevicesGroup *self,
                        GPtrArray       *devices)
{
  clear_rows (self);
  for (guint i = 0; i < devices->len; i++)
    add_device (self, g_ptr_array_index (devices, i));
}

static void
show_problem (KamDevicesGroup *self,
              const char      *problem)
{
  AdwActionRow *row = NULL;

  clear_rows (self);
  row = add_row (self, _("Only the Server Knows Them"), problem);
  adw_action_row_set_icon_name (row, "network-offline-symbolic");
  adw_action_row_set_subtitle_lines (row, 0);
  g_signal_connect_object (add_button (row, _("_Try Again"), _("Try Again")), "clicked", G_CALLBACK (load), self, G_CONNECT_SWAPPED);
}

static void
devices_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (KamDevicesGroup) self = KAM_DEVICES_GROUP (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) devices = kam_sync_devices_finish (KAM_SYNC (source), result, &error);

  if (devices != NULL)
    kam_devices_group_show (self, devices);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    show_problem (self, error->message);
}

static void
load (KamDevicesGroup *self)
{
  kam_sync_devices_async (kam_workspace_get_sync (self->workspace), self->cancellable, devices_cb, g_object_ref (self));
}

static void
kam_devices_group_dispose (GObject *object)
{
  KamDevicesGroup *self = KAM_DEVICES_GROUP (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->workspace);
  G_OBJECT_CLASS (kam_devices_group_parent_class)->dispose (object);
}

static void
kam_devices_group_finalize (GObject *object)
{
  KamDevicesGroup *self = KAM_DEVICES_GROUP (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  G_OBJECT_CLASS (kam_devices_group_parent_class)->finalize (object);
}

static void
kam_devices_group_class_init (KamDevicesGroupClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = kam_devices_group_dispose;
  G_OBJECT_CLASS (klass)->finalize = kam_devices_group_finalize;
}

static void
kam_devices_group_init (KamDevicesGroup *self)
{
  self->cancellable = g_cancellable_new ();
  self->rows = g_ptr_array_new ();
}

GtkWidget *
kam_devices_group_new (KamWorkspace *workspace)
{
  KamDevicesGroup *self = g_object_new (KAM_TYPE_DEVICES_GROUP, "title", _("Connected Devices"), "description",
                                        _("Where you have signed in. Sign out a device that you no longer have."), NULL);

  self->workspace = g_object_ref (workspace);
  if (kam_sync_get_status (kam_workspace_get_sync (workspace)) == KAM_SYNC_LOCAL)
    add_row (self, _("This profile has no server."), _("Everything stays on this device."));
  else
    load (self);

  return GTK_WIDGET (self);
}
