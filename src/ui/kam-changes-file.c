/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-changes-file.h"

#include "kam-format.h"
#include "kam-store-pending.h"

#include <glib/gi18n.h>

/* A file that is asked for, written or read: lives until the window has said what came of it. */
typedef struct
{
  KamWindow            *window;  /* (owned) */
  KamStore             *store;   /* (owned) */
  GtkFileChooserNative *chooser; /* (owned) */
  GFile                *file;    /* (owned) (nullable): once chosen */
} Transfer;

static Transfer *
transfer_new (KamWindow            *window,
              KamWorkspace         *workspace,
              GtkFileChooserNative *chooser)
{
  Transfer *self = g_new0 (Transfer, 1);

  self->window = g_object_ref (window);
  self->store = g_object_ref (kam_workspace_get_store (workspace));
  self->chooser = chooser;

  return self;
}

static void
transfer_free (Transfer *self)
{
  g_object_unref (self->window);
  g_object_unref (self->store);
  g_object_unref (self->chooser);
  g_clear_object (&self->file);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Transfer, transfer_free)

static void
add_filter (GtkFileChooserNative *chooser)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _("Changes of Kam"));
  gtk_file_filter_add_pattern (filter, "*.kam-changes");
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (chooser), filter);
}

/* Out */

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (Transfer) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *name = g_file_get_basename (self->file);
  g_autofree char *text = NULL;

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    text = g_strdup_printf (_("Changes saved as %s"), name);
  else
    text = g_strdup_printf (_("%s could not be written: %s"), name, error->message);
  kam_window_say (self->window, text);
}

static void
exported_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (Transfer) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = kam_store_pending_export_finish (KAM_STORE (source), result, &error);
  GFile *file = NULL;

  if (bytes == NULL)
    {
      kam_window_say (self->window, error->message);
      return;
    }

  /* What a person writes down of their restaurants is nobody else's to read. */
  file = self->file;
  g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_PRIVATE | G_FILE_CREATE_REPLACE_DESTINATION, NULL, written_cb,
                                       g_steal_pointer (&self));
}

static void
export_to_cb (GtkNativeDialog *chooser,
              int              response,
              Transfer        *self)
{
  g_autoptr (Transfer) transfer = self;

  transfer->file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser)) : NULL;
  if (transfer->file != NULL)
    kam_store_pending_export_async (self->store, NULL, exported_cb, g_steal_pointer (&transfer));
}

void
kam_changes_file_export (KamWindow    *window,
                         KamWorkspace *workspace)
{
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (_("Export Changes"), GTK_WINDOW (window), GTK_FILE_CHOOSER_ACTION_SAVE, _("_Export"),
                                                               _("_Cancel"));
  g_autofree char *today = kam_format_today (kam_clock_now (kam_workspace_get_clock (workspace)), NULL);
  /* Translators: the name of a file; %s is a date */
  g_autofree char *name = g_strdup_printf (_("Changes of %s.kam-changes"), today);

  add_filter (chooser);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect (chooser, "response", G_CALLBACK (export_to_cb), transfer_new (window, workspace, chooser));
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

/* In */

static void
imported_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (Transfer) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  guint n = 0;

  if (!kam_store_pending_import_finish (KAM_STORE (source), result, &n, &error))
    {
      kam_window_say (self->window, error->message);
      return;
    }

  if (n == 0)
    text = g_strdup (_("Everything in this file is here already"));
  else
    text = g_strdup_printf (ngettext ("%u change taken from the file", "%u changes taken from the file", n), n);
  kam_window_say (self->window, text);
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (Transfer) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_file_load_bytes_finish (G_FILE (source), result, NULL, &error);
  KamStore *store = self->store;

  if (bytes == NULL)
    kam_window_say (self->window, error->message);
  else
    kam_store_pending_import_async (store, bytes, NULL, imported_cb, g_steal_pointer (&self));
}

static void
import_from_cb (GtkNativeDialog *chooser,
                int              response,
                Transfer        *self)
{
  g_autoptr (Transfer) transfer = self;

  transfer->file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser)) : NULL;
  if (transfer->file != NULL)
    g_file_load_bytes_async (self->file, NULL, read_cb, g_steal_pointer (&transfer));
}

void
kam_changes_file_import (KamWindow    *window,
                         KamWorkspace *workspace)
{
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (_("Import Changes"), GTK_WINDOW (window), GTK_FILE_CHOOSER_ACTION_OPEN, _("_Import"),
                                                               _("_Cancel"));

  add_filter (chooser);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect (chooser, "response", G_CALLBACK (import_from_cb), transfer_new (window, workspace, chooser));
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}
