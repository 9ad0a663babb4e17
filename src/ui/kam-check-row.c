/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-check-row.h"

#include "kam-format.h"

#include <glib/gi18n.h>

struct _KamCheckRow
{
  AdwActionRow  parent_instance;

  KamWorkspace *workspace; /* (owned) */
  GtkSpinner   *spinner;
  GtkWidget    *button;
};

G_DEFINE_FINAL_TYPE (KamCheckRow, kam_check_row, ADW_TYPE_ACTION_ROW)

static char *
describe (KamCheckRow *self,
          gboolean     checking,
          gint64       last,
          guint        repaired)
{
  gint64 now = kam_clock_now (kam_workspace_get_clock (self->workspace));
  g_autofree char *near = last > 0 ? kam_format_instant_near (last, now, NULL) : NULL;

  if (checking)
    return g_strdup (_("Comparing with the server…"));
  if (near == NULL)
    return g_strdup (_("Compares everything here with the server and fetches again what differs"));
  if (repaired > 0)
    /* TRANSLATORS: number of parts, "yesterday" */
    return g_strdup_printf (ngettext ("%u part differed and was fetched again, %s", "%u parts differed and were fetched again, %s", repaired), repaired, near);

  /* TRANSLATORS: "yesterday" */
  return g_strdup_printf (_("The same as the server's, compared %s"), near);
}

static void
update (KamCheckRow *self)
{
  KamSync *sync = kam_workspace_get_sync (self->workspace);
  KamSyncStatus status = kam_sync_get_status (sync);
  g_autofree char *text = NULL;
  gboolean checking = FALSE;
  gint64 last = 0;
  guint repaired = 0;

  g_object_get (sync, "checking", &checking, "last-checked", &last, "repaired", &repaired, NULL);
  text = describe (self, checking, last, repaired);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), text);
  gtk_spinner_set_spinning (self->spinner, checking);
  gtk_widget_set_sensitive (self->button, !checking && status != KAM_SYNC_LOCAL && status != KAM_SYNC_SIGNED_OUT && status != KAM_SYNC_OFFLINE);
}

static void
check_cb (KamCheckRow *self)
{
  kam_sync_check_copy (kam_workspace_get_sync (self->workspace));
}

static void
kam_check_row_dispose (GObject *object)
{
  g_clear_object (&KAM_CHECK_ROW (object)->workspace);
  G_OBJECT_CLASS (kam_check_row_parent_class)->dispose (object);
}

static void
kam_check_row_class_init (KamCheckRowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = kam_check_row_dispose;
}

static void
kam_check_row_init (KamCheckRow *self)
{
  self->spinner = GTK_SPINNER (gtk_spinner_new ());
  self->button = gtk_button_new_with_mnemonic (_("Check _Now"));
  gtk_widget_set_valign (self->button, GTK_ALIGN_CENTER);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), _("Check This Copy"));
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (self), 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), GTK_WIDGET (self->spinner));
  adw_action_row_add_suffix (ADW_ACTION_ROW (self), self->button);
  g_signal_connect_swapped (self->button, "clicked", G_CALLBACK (check_cb), self);
}

GtkWidget *
kam_check_row_new (KamWorkspace *workspace)
{
  KamCheckRow *self = g_object_new (KAM_TYPE_CHECK_ROW, NULL);

  self->workspace = g_object_ref (workspace);
  g_signal_connect_object (kam_workspace_get_sync (workspace), "notify", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);

  return GTK_WIDGET (self);
}
