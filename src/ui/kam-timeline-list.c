/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-timeline-list.h"

#include "kam-timeline-row.h"

struct _KamTimelineList
{
  AdwBin parent_instance;

  GtkListView *view;

  KamWorkspace *workspace; /* (owned) (nullable) */
  KamLeadModel *model;     /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (KamTimelineList, kam_timeline_list, ADW_TYPE_BIN)

static void
setup_cb (KamTimelineList *self,
          GtkListItem     *item)
{
  gtk_list_item_set_child (item, kam_timeline_row_new (self->workspace, self->model));
}

static void
bind_cb (KamTimelineList *self,
         GtkListItem     *item)
{
  kam_timeline_row_set_item (KAM_TIMELINE_ROW (gtk_list_item_get_child (item)), gtk_list_item_get_item (item));
}

static void
unbind_cb (KamTimelineList *self,
           GtkListItem     *item)
{
  kam_timeline_row_set_item (KAM_TIMELINE_ROW (gtk_list_item_get_child (item)), NULL);
}

static void
activated_cb (KamTimelineList *self,
              guint            position)
{
  g_autoptr (KamRowItem) item = g_list_model_get_item (kam_lead_model_get_timeline (self->model), position);

  if (item != NULL)
    kam_row_item_set_open (item, !kam_row_item_get_open (item));
}

static void
kam_timeline_list_dispose (GObject *object)
{
  kam_timeline_list_set_model (KAM_TIMELINE_LIST (object), NULL, NULL);

  G_OBJECT_CLASS (kam_timeline_list_parent_class)->dispose (object);
}

static void
kam_timeline_list_class_init (KamTimelineListClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = kam_timeline_list_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/udaan/Kam/ui/kam-timeline-list.ui");
  gtk_widget_class_bind_template_child (widget_class, KamTimelineList, view);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
}

static void
kam_timeline_list_init (KamTimelineList *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
kam_timeline_list_set_model (KamTimelineList *self,
                             KamWorkspace    *workspace,
                             KamLeadModel    *model)
{
  g_autoptr (GtkListItemFactory) factory = NULL;
  GtkNoSelection *selection;

  if (self->model == model)
    return;

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
  selection = gtk_no_selection_new (g_object_ref (kam_lead_model_get_timeline (model)));
  gtk_list_view_set_factory (self->view, factory);
  gtk_list_view_set_model (self->view, GTK_SELECTION_MODEL (selection));
  g_object_unref (selection);
}
