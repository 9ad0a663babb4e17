/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-history-list.h"

#include "kam-history-row.h"

#include <glib/gi18n.h>

#define PATIENCE_MS 300 /* before anything says that it is busy */

struct _KamHistoryList
{
  AdwBin           parent_instance;

  GtkWidget       *notice_box;
  GtkLabel        *notice;
  GtkWidget       *again;
  GtkStack        *stack;
  GtkListView     *view;
  GtkSpinner      *spinner;
  GtkWidget       *more;

  KamWorkspace    *workspace; /* (owned) (nullable) */
  KamHistoryModel *model;     /* (owned) (nullable) */
  guint            patience;
};

G_DEFINE_FINAL_TYPE (KamHistoryList, kam_history_list, ADW_TYPE_BIN)

static gboolean
patience_cb (gpointer user_data)
{
  KamHistoryList *self = user_data;

  self->patience = 0;
  gtk_spinner_start (self->spinner);

  return G_SOURCE_REMOVE;
}

static void
show_notice (KamHistoryList *self)
{
  gboolean local = kam_sync_get_status (kam_workspace_get_sync (self->workspace)) == KAM_SYNC_LOCAL;
  const char *problem = kam_history_model_get_problem (self->model);
  g_autofree char *text = NULL;

  if (local)
    text = g_strdup (_("This profile has no server, so nobody keeps its history."));
  else if (problem != NULL)
    text = g_strdup_printf ("%s %s", _("History is kept by the server, so only what waits on this device is shown."), problem);
  gtk_label_set_text (self->notice, text != NULL ? text : "");
  gtk_widget_set_visible (self->notice_box, text != NULL);
  gtk_widget_set_visible (self->again, !local);
}

static void
update (KamHistoryList *self)
{
  gboolean loading = kam_history_model_is_loading (self->model);
  gboolean empty = g_list_model_get_n_items (kam_history_model_get_list (self->model)) == 0;

  show_notice (self);
  gtk_widget_set_visible (self->more, kam_history_model_has_more (self->model));
  gtk_widget_set_sensitive (self->more, !loading);
  gtk_stack_set_visible_child_name (self->stack, !empty ? "list" : loading ? "loading" : "empty");
  if (loading && empty && self->patience == 0)
    self->patience = g_timeout_add (PATIENCE_MS, patience_cb, self);
  else if (!loading)
    {
      g_clear_handle_id (&self->patience, g_source_remove);
      gtk_spinner_stop (self->spinner);
    }
}

static void
again_cb (KamHistoryList *self)
{
  if (self->model != NULL)
    kam_history_model_reload (self->model);
}

static void
more_cb (KamHistoryList *self)
{
  if (self->model != NULL)
    kam_history_model_load_more (self->model);
}

static void
setup_cb (KamHistoryList *self,
          GtkListItem    *item)
{
  gtk_list_item_set_activatable (item, FALSE);
  gtk_list_item_set_child (item, kam_history_row_new (self->workspace));
}

static void
bind_cb (KamHistoryList *self,
         GtkListItem    *item)
{
  kam_history_row_set_item (KAM_HISTORY_ROW (gtk_list_item_get_child (item)), self->model, gtk_list_item_get_item (item));
}

static void
unbind_cb (KamHistoryList *self,
           GtkListItem    *item)
{
  kam_history_row_set_item (KAM_HISTORY_ROW (gtk_list_item_get_child (item)), NULL, NULL);
}

static void
failed_cb (KamHistoryList *self,
           const char     *message)
{
  g_signal_emit_by_name (self->workspace, "failed", message);
}

static void
set_model (KamHistoryList  *self,
           KamWorkspace    *workspace,
           KamHistoryModel *model)
{
  g_autoptr (GtkListItemFactory) factory = NULL;
  g_autoptr (GtkNoSelection) selection = NULL;

  if (self->model == model)
    return;

  g_clear_handle_id (&self->patience, g_source_remove);
  if (self->model != NULL)
    g_signal_handlers_disconnect_by_data (self->model, self);
  if (self->view != NULL)
    {
      gtk_list_view_set_model (self->view, NULL);
      gtk_list_view_set_factory (self->view, NULL);
    }
  g_set_object (&self->workspace, workspace);
  g_set_object (&self->model, model);
  if (model == NULL)
    return;

  factory = gtk_signal_list_item_factory_new ();
  g_signal_connect_object (factory, "setup", G_CALLBACK (setup_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "bind", G_CALLBACK (bind_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (unbind_cb), self, G_CONNECT_SWAPPED);
  selection = gtk_no_selection_new (g_object_ref (kam_history_model_get_list (model)));
  gtk_list_view_set_factory (self->view, factory);
  gtk_list_view_set_model (self->view, GTK_SELECTION_MODEL (selection));
  g_signal_connect_object (model, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (model, "failed", G_CALLBACK (failed_cb), self, G_CONNECT_SWAPPED);
  update (self);
}

static void
kam_history_list_dispose (GObject *object)
{
  KamHistoryList *self = KAM_HISTORY_LIST (object);

  set_model (self, NULL, NULL);
  G_OBJECT_CLASS (kam_history_list_parent_class)->dispose (object);
}

static void
kam_history_list_class_init (KamHistoryListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = kam_history_list_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/udaan/Kam/ui/kam-history-list.ui");
  gtk_widget_class_bind_template_child (widget_class, KamHistoryList, notice_box);
  gtk_widget_class_bind_template_child (widget_class, KamHistoryList, notice);
  gtk_widget_class_bind_template_child (widget_class, KamHistoryList, again);
  gtk_widget_class_bind_template_child (widget_class, KamHistoryList, stack);
  gtk_widget_class_bind_template_child (widget_class, KamHistoryList, view);
  gtk_widget_class_bind_template_child (widget_class, KamHistoryList, spinner);
  gtk_widget_class_bind_template_child (widget_class, KamHistoryList, more);
  gtk_widget_class_bind_template_callback (widget_class, again_cb);
  gtk_widget_class_bind_template_callback (widget_class, more_cb);
}

static void
kam_history_list_init (KamHistoryList *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
kam_history_list_show (KamHistoryList *self,
                       KamWorkspace   *workspace,
                       const char     *lead_id)
{
  g_autoptr (KamHistoryModel) model = lead_id != NULL ? kam_history_model_new (workspace, lead_id) : NULL;

  set_model (self, workspace, model);
}
