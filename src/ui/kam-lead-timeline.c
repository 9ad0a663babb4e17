/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-lead-timeline.h"

#include "kam-timeline-row.h"

#include <glib/gi18n.h>

struct _KamLeadTimeline
{
  AdwPreferencesGroup parent_instance;

  GtkListBox *list;
  GtkWidget  *empty;
  GtkButton  *show_all_button;

  KamWorkspace      *workspace; /* (owned) (nullable) */
  KamLeadModel      *model;     /* (owned) (nullable) */
  GtkSliceListModel *shown;     /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (KamLeadTimeline, kam_lead_timeline, ADW_TYPE_PREFERENCES_GROUP)

static void
update (KamLeadTimeline *self)
{
  guint n = kam_lead_model_get_n_timeline (self->model);
  g_autofree char *all = g_strdup_printf (ngettext ("Show All %u Entry", "Show All %u Entries", n), n);

  gtk_widget_set_visible (GTK_WIDGET (self->list), n > 0);
  gtk_widget_set_visible (self->empty, n == 0);
  gtk_button_set_label (self->show_all_button, all);
  gtk_widget_set_visible (GTK_WIDGET (self->show_all_button), n > KAM_LEAD_TIMELINE_SHORT);
}

static GtkWidget *
create_cb (gpointer item,
           gpointer user_data)
{
  KamLeadTimeline *self = user_data;
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *line = kam_timeline_row_new (self->workspace, self->model);

  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), line);
  kam_timeline_row_set_item (KAM_TIMELINE_ROW (line), KAM_ROW_ITEM (item));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), kam_timeline_row_can_open (KAM_TIMELINE_ROW (line)));

  return row;
}

static void
activated_cb (KamLeadTimeline *self,
              GtkListBoxRow   *row)
{
  KamRowItem *item = kam_timeline_row_get_item (KAM_TIMELINE_ROW (gtk_list_box_row_get_child (row)));

  kam_row_item_set_open (item, !kam_row_item_get_open (item));
}

static void
kam_lead_timeline_dispose (GObject *object)
{
  kam_lead_timeline_set_model (KAM_LEAD_TIMELINE (object), NULL, NULL);

  G_OBJECT_CLASS (kam_lead_timeline_parent_class)->dispose (object);
}

static void
kam_lead_timeline_class_init (KamLeadTimelineClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = kam_lead_timeline_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/udaan/Kam/ui/kam-lead-timeline.ui");
  gtk_widget_class_bind_template_child (widget_class, KamLeadTimeline, list);
  gtk_widget_class_bind_template_child (widget_class, KamLeadTimeline, empty);
  gtk_widget_class_bind_template_child (widget_class, KamLeadTimeline, show_all_button);
  gtk_widget_class_bind_template_callback (widget_class, activated_cb);
}

static void
kam_lead_timeline_init (KamLeadTimeline *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
kam_lead_timeline_set_model (KamLeadTimeline *self,
                             KamWorkspace    *workspace,
                             KamLeadModel    *model)
{
  if (self->model == model)
    return;

  if (self->model != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->model, self);
      if (self->list != NULL)
        gtk_list_box_bind_model (self->list, NULL, NULL, NULL, NULL);
    }
  g_clear_object (&self->shown);
  g_set_object (&self->workspace, workspace);
  g_set_object (&self->model, model);
  if (model == NULL)
    return;

  /* The whole timeline may be loaded for its own page; a list box never holds more than the short one. */
  self->shown = gtk_slice_list_model_new (g_object_ref (kam_lead_model_get_timeline (model)), 0, KAM_LEAD_TIMELINE_SHORT);
  gtk_list_box_bind_model (self->list, G_LIST_MODEL (self->shown), create_cb, self, NULL);
  g_signal_connect_swapped (model, "changed", G_CALLBACK (update), self);
  update (self);
}
