/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-changes-section.h"

#include "kam-change-row.h"

#include <glib/gi18n.h>

#define MOST_ROWS 100 /* of a list box; more on demand */

struct _KamChangesSection
{
  AdwPreferencesGroup parent_instance;

  GListModel        *list;  /* (owned) */
  GtkSliceListModel *shown; /* (owned) */
  KamWorkspace      *workspace; /* (owned) */
  GtkListBox        *box;
  GtkWidget         *more;
};

G_DEFINE_FINAL_TYPE (KamChangesSection, kam_changes_section, ADW_TYPE_PREFERENCES_GROUP)

static void
update (KamChangesSection *self)
{
  guint n = g_list_model_get_n_items (self->list);

  gtk_widget_set_visible (GTK_WIDGET (self), n > 0);
  gtk_widget_set_visible (self->more, n > gtk_slice_list_model_get_size (self->shown));
}

static void
more_cb (KamChangesSection *self)
{
  gtk_slice_list_model_set_size (self->shown, gtk_slice_list_model_get_size (self->shown) + MOST_ROWS);
  update (self);
}

static GtkWidget *
create_cb (gpointer item,
           gpointer user_data)
{
  return kam_change_row_new (KAM_CHANGES_SECTION (user_data)->workspace, KAM_CHANGE_ITEM (item));
}

static void
kam_changes_section_dispose (GObject *object)
{
  KamChangesSection *self = KAM_CHANGES_SECTION (object);

  if (self->box != NULL)
    gtk_list_box_bind_model (self->box, NULL, NULL, NULL, NULL);
  self->box = NULL;
  g_clear_object (&self->shown);
  g_clear_object (&self->list);
  g_clear_object (&self->workspace);
  G_OBJECT_CLASS (kam_changes_section_parent_class)->dispose (object);
}

static void
kam_changes_section_class_init (KamChangesSectionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = kam_changes_section_dispose;
}

static void
kam_changes_section_init (KamChangesSection *self)
{
  self->box = GTK_LIST_BOX (gtk_list_box_new ());
  gtk_list_box_set_selection_mode (self->box, GTK_SELECTION_NONE);
  gtk_widget_add_css_class (GTK_WIDGET (self->box), "boxed-list");
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), GTK_WIDGET (self->box));

  self->more = gtk_button_new_with_mnemonic (_("Show _More"));
  gtk_widget_add_css_class (self->more, "flat");
  gtk_widget_set_margin_top (self->more, 6);
  g_signal_connect_swapped (self->more, "clicked", G_CALLBACK (more_cb), self);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self), self->more);
}

GtkWidget *
kam_changes_section_new (KamWorkspace   *workspace,
                         KamChangesKind  kind,
                         const char     *title,
                         const char     *description)
{
  KamChangesSection *self = g_object_new (KAM_TYPE_CHANGES_SECTION, "title", title, "description", description, NULL);

  self->workspace = g_object_ref (workspace);
  self->list = g_object_ref (kam_changes_model_get_list (kam_workspace_get_changes (workspace), kind));
  self->shown = gtk_slice_list_model_new (g_object_ref (self->list), 0, MOST_ROWS);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->box), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_list_box_bind_model (self->box, G_LIST_MODEL (self->shown), create_cb, self, NULL);
  g_signal_connect_object (self->list, "items-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);

  return GTK_WIDGET (self);
}

GtkWidget *
kam_changes_section_find_row (KamChangesSection *self,
                              KamChangeItem     *item)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->box, i)) != NULL; i++)
    {
      if (kam_change_row_get_item (KAM_CHANGE_ROW (row)) == item)
        return GTK_WIDGET (row);
    }

  return NULL;
}
