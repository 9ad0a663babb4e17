/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-history-row.h"

struct _KamHistoryRow
{
  AdwBin           parent_instance;

  GtkImage        *icon;
  GtkLabel        *title;
  GtkLabel        *detail;
  GtkLabel        *who;
  GtkWidget       *restore;

  KamWorkspace    *workspace; /* (owned) */
  KamHistoryModel *model;     /* (owned) (nullable) */
  KamHistoryItem  *item;      /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (KamHistoryRow, kam_history_row, ADW_TYPE_BIN)

static void
restore_cb (KamHistoryRow *self)
{
  if (self->item != NULL)
    kam_history_model_restore (self->model, self->item);
}

static void
set_text (GtkLabel   *label,
          const char *text)
{
  gtk_label_set_text (label, text != NULL ? text : "");
  gtk_widget_set_tooltip_text (GTK_WIDGET (label), text);
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL);
}

/* The row that the list makes around it has no name of its own. */
static void
name_row (KamHistoryRow *self,
          const char    *spoken)
{
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self));

  if (parent != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (parent), GTK_ACCESSIBLE_PROPERTY_LABEL, spoken, -1);
}

static void
update (KamHistoryRow *self)
{
  g_autoptr (KamHistoryText) text = NULL;

  if (self->item == NULL)
    return;

  text = kam_history_text_new (self->workspace, self->item, kam_history_model_get_lead_id (self->model));
  gtk_image_set_from_icon_name (self->icon, text->icon);
  set_text (self->title, text->title);
  set_text (self->detail, text->detail);
  set_text (self->who, text->who);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->who), text->full);
  gtk_widget_set_visible (self->restore, text->restore != NULL);
  gtk_widget_set_tooltip_text (self->restore, text->restore);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->restore), GTK_ACCESSIBLE_PROPERTY_LABEL, text->restore != NULL ? text->restore : "", -1);
  name_row (self, text->spoken);
}

static void
kam_history_row_dispose (GObject *object)
{
  KamHistoryRow *self = KAM_HISTORY_ROW (object);

  g_clear_object (&self->item);
  g_clear_object (&self->model);
  g_clear_object (&self->workspace);
  G_OBJECT_CLASS (kam_history_row_parent_class)->dispose (object);
}

static void
kam_history_row_class_init (KamHistoryRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = kam_history_row_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/org/udaan/Kam/ui/kam-history-row.ui");
  gtk_widget_class_bind_template_child (widget_class, KamHistoryRow, icon);
  gtk_widget_class_bind_template_child (widget_class, KamHistoryRow, title);
  gtk_widget_class_bind_template_child (widget_class, KamHistoryRow, detail);
  gtk_widget_class_bind_template_child (widget_class, KamHistoryRow, who);
  gtk_widget_class_bind_template_child (widget_class, KamHistoryRow, restore);
  gtk_widget_class_bind_template_callback (widget_class, restore_cb);
}

static void
kam_history_row_init (KamHistoryRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self, "notify::parent", G_CALLBACK (update), NULL);
}

GtkWidget *
kam_history_row_new (KamWorkspace *workspace)
{
  KamHistoryRow *self = g_object_new (KAM_TYPE_HISTORY_ROW, NULL);

  self->workspace = g_object_ref (workspace);
  g_signal_connect_object (kam_workspace_get_rows (workspace), "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (workspace, "people-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);

  return GTK_WIDGET (self);
}

void
kam_history_row_set_item (KamHistoryRow   *self,
                          KamHistoryModel *model,
                          KamHistoryItem  *item)
{
  g_set_object (&self->model, model);
  if (g_set_object (&self->item, item))
    update (self);
}
