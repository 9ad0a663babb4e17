/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-list-page-private.h"

#include "kam-format.h"

#include <glib/gi18n.h>

#define PATIENCE_MS 300 /* before anything says that it is busy */

static void
show_state (KamListPage *self,
            const char  *name)
{
  g_clear_handle_id (&self->patience, g_source_remove);
  gtk_spinner_stop (self->spinner);
  gtk_stack_set_visible_child_name (self->stack, name);
}

static gboolean
patience_cb (gpointer user_data)
{
  KamListPage *self = KAM_LIST_PAGE (user_data);

  self->patience = 0;
  gtk_spinner_start (self->spinner);
  gtk_stack_set_visible_child_name (self->stack, "loading");

  return G_SOURCE_REMOVE;
}

/* Nothing has come from the server so far: whether there are any rows is not known. */
static gboolean
is_first_sync (KamListPage   *self,
               KamSyncStatus *status)
{
  KamSync *sync = kam_workspace_get_sync (self->workspace);
  gint64 last_synced = 0;

  g_object_get (sync, "last-synced", &last_synced, NULL);
  *status = kam_sync_get_status (sync);

  return *status != KAM_SYNC_LOCAL && last_synced == 0;
}

static void
show_empty (KamListPage *self)
{
  gboolean leads = self->entity == KAM_ENTITY_LEAD;
  KamSyncStatus status;

  if (!is_first_sync (self, &status))
    {
      adw_status_page_set_icon_name (self->empty, leads ? "view-list-symbolic" : "avatar-default-symbolic");
      adw_status_page_set_title (self->empty, leads ? _("No Leads Yet") : _("No Contacts Yet"));
      adw_status_page_set_description (self->empty, leads ? _("Restaurants that you look after stand here.")
                                                          : _("The people of your leads stand here. Add them on the page of a lead."));
    }
  else if (status == KAM_SYNC_SYNCING || status == KAM_SYNC_SYNCED)
    {
      adw_status_page_set_icon_name (self->empty, "emblem-synchronizing-symbolic");
      adw_status_page_set_title (self->empty, leads ? _("Fetching Your Leads…") : _("Fetching Your Contacts…"));
      adw_status_page_set_description (self->empty, _("They appear here as they come."));
    }
  else
    {
      adw_status_page_set_icon_name (self->empty, "network-offline-symbolic");
      adw_status_page_set_title (self->empty, leads ? _("Your Leads Are Not Here Yet") : _("Your Contacts Are Not Here Yet"));
      adw_status_page_set_description (self->empty, _("They come as soon as the server can be reached. You can begin to work already."));
    }

  gtk_widget_set_visible (GTK_WIDGET (self->empty_button), leads);
  show_state (self, "empty");
}

static void
show_nothing (KamListPage *self)
{
  gboolean searched = *gtk_editable_get_text (GTK_EDITABLE (self->search_entry)) != '\0';
  gboolean leads = self->entity == KAM_ENTITY_LEAD;

  if (self->statuses == 0 && !searched)
    {
      show_empty (self);
      return;
    }

  adw_status_page_set_title (self->no_match, leads ? _("No Leads Match") : _("No Contacts Match"));
  adw_status_page_set_description (self->no_match, searched ? _("Try fewer or other words.") : _("None has a status that you chose."));
  gtk_button_set_label (self->clear_button, searched ? _("_Clear Search") : _("_Show All"));
  show_state (self, "no-match");
}

/**
 * kam_list_page_update_state:
 *
 * Shows rows, or what is to be said in their place.
 */
void
kam_list_page_update_state (KamListPage *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->list));
  g_autofree char *number = kam_format_count (n);
  g_autofree char *count = NULL;

  if (self->entity == KAM_ENTITY_LEAD)
    count = g_strdup_printf (ngettext ("%s lead", "%s leads", n), number);
  else
    count = g_strdup_printf (ngettext ("%s contact", "%s contacts", n), number);
  gtk_label_set_text (self->count, n > 0 ? count : "");

  switch (kam_list_get_state (self->list))
    {
    case KAM_LIST_FAILED:
      adw_status_page_set_description (self->error, kam_list_get_problem (self->list));
      show_state (self, "error");
      break;

    case KAM_LIST_READY:
      if (n == 0)
        show_nothing (self);
      else
        show_state (self, "list");
      break;

    case KAM_LIST_LOADING:
    default:
      if (n > 0)
        show_state (self, "list");
      else if (self->patience == 0 && g_strcmp0 (kam_list_page_get_state (self), "loading") != 0)
        self->patience = g_timeout_add (PATIENCE_MS, patience_cb, self);
    }
}
