/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-list-page-private.h"

#include <glib/gi18n.h>

/* What a list page remembers between starts, and how it comes back to its place. */

static const char *
group_of (KamListPage *self)
{
  return self->entity == KAM_ENTITY_LEAD ? "leads" : "contacts";
}

static GtkAdjustment *
get_adjustment (KamListPage *self)
{
  return gtk_scrolled_window_get_vadjustment (self->wide ? self->wide_scroll : self->narrow_scroll);
}

/* The row on top, counted from 0; between two rows a fraction. Lists know the height of rows they have not shown by average only. */
double
kam_list_page_get_place (KamListPage *self)
{
  GtkAdjustment *adjustment = get_adjustment (self);
  double upper = gtk_adjustment_get_upper (adjustment);
  guint n = self->list != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->list)) : 0;

  return upper > 0 ? gtk_adjustment_get_value (adjustment) / upper * n : 0;
}

static gboolean
place_cb (GtkWidget     *widget,
          GdkFrameClock *clock,
          gpointer       user_data)
{
  KamListPage *self = KAM_LIST_PAGE (widget);
  GtkAdjustment *adjustment = get_adjustment (self);
  double upper = gtk_adjustment_get_upper (adjustment);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->list));

  if (self->wanted_place < 0)
    return G_SOURCE_REMOVE;
  if (n == 0 || !self->laid_out || upper <= gtk_adjustment_get_page_size (adjustment))
    return n == 0 ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;

  gtk_adjustment_set_value (adjustment, self->wanted_place / n * upper);
  self->wanted_place = -1;

  return G_SOURCE_REMOVE;
}

void
kam_list_page_restore_scroll (KamListPage *self)
{
  if (self->wanted_place > 0 && g_list_model_get_n_items (G_LIST_MODEL (self->list)) > 0)
    gtk_widget_add_tick_callback (GTK_WIDGET (self), place_cb, NULL, NULL);
  else if (self->wanted_place == 0)
    self->wanted_place = -1;
}

void
kam_list_page_set_wide (KamListPage *self,
                        gboolean     wide)
{
  double place = 0;

  if (self->laid_out && self->wide == wide)
    return;

  kam_list_page_hold_focus (self);
  place = kam_list_page_get_place (self);
  self->wide = wide;
  self->laid_out = TRUE;
  gtk_list_view_set_model (self->rows, wide ? NULL : GTK_SELECTION_MODEL (self->selection));
  gtk_column_view_set_model (self->columns, wide ? GTK_SELECTION_MODEL (self->selection) : NULL);
  gtk_stack_set_visible_child_name (self->layouts, wide ? "wide" : "narrow");
  if (self->wanted_place < 0)
    self->wanted_place = place;
  kam_list_page_restore_scroll (self);
  kam_list_page_take_focus (self);
}

static void
scrolled_cb (KamListPage *self)
{
  if (self->list == NULL || self->restoring || self->wanted_place >= 0 || !self->laid_out || kam_list_get_state (self->list) != KAM_LIST_READY)
    return;

  kam_view_state_set_int (self->views, group_of (self), "place", (int) kam_list_page_get_place (self));
}

static void
column_cb (KamListPage *self)
{
  GListModel *columns = gtk_column_view_get_columns (self->columns);

  if (self->restoring)
    return;

  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);
      g_autofree char *width = g_strdup_printf ("width-%u", i);
      g_autofree char *shown = g_strdup_printf ("shown-%u", i);

      kam_view_state_set_int (self->views, group_of (self), width, gtk_column_view_column_get_fixed_width (column));
      if (kam_list_columns_find (self->columns, KAM_COLUMN_OWNER) != column)
        kam_view_state_set_boolean (self->views, group_of (self), shown, gtk_column_view_column_get_visible (column));
    }
}

/* Only those who see the leads of others need to be told whose they are. */
static void
role_cb (KamListPage *self)
{
  GtkColumnViewColumn *owner = kam_list_columns_find (self->columns, KAM_COLUMN_OWNER);

  if (owner != NULL)
    gtk_column_view_column_set_visible (owner, g_strcmp0 (kam_workspace_get_role (self->workspace), "kam") != 0);
}

static void
restore_columns (KamListPage *self)
{
  GListModel *columns = gtk_column_view_get_columns (self->columns);

  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);
      g_autofree char *width = g_strdup_printf ("width-%u", i);
      g_autofree char *shown = g_strdup_printf ("shown-%u", i);

      gtk_column_view_column_set_fixed_width (column, kam_view_state_get_int (self->views, group_of (self), width, -1));
      gtk_column_view_column_set_visible (column, kam_view_state_get_boolean (self->views, group_of (self), shown, TRUE));
      g_signal_connect_object (column, "notify::fixed-width", G_CALLBACK (column_cb), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (column, "notify::visible", G_CALLBACK (column_cb), self, G_CONNECT_SWAPPED);
    }
}

/* Everything that reads differently for leads and for contacts. */
void
kam_list_page_name_things (KamListPage *self)
{
  gboolean leads = self->entity == KAM_ENTITY_LEAD;
  const char *name = leads ? _("Leads") : _("Contacts");
  const char *search = leads ? _("Search leads") : _("Search contacts");

  gtk_accessible_update_property (GTK_ACCESSIBLE (self->columns), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->rows), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->search_entry), GTK_ACCESSIBLE_PROPERTY_LABEL, search, -1);
  g_object_set (self->search_entry, "placeholder-text", search, NULL);
}

/* Called once, when everything else is there. */
void
kam_list_page_restore (KamListPage *self)
{
  const char *group = group_of (self);
  g_autofree char *search = kam_view_state_get_string (self->views, group, "search");
  g_autofree char *selected = kam_view_state_get_string (self->views, group, "selected");

  self->restoring = TRUE;
  self->sort.sort = (KamSort) CLAMP (kam_view_state_get_int (self->views, group, "sort", KAM_SORT_NAME), KAM_SORT_NAME, KAM_SORT_LAST_CONTACT);
  self->sort.descending = kam_view_state_get_boolean (self->views, group, "descending", FALSE);
  self->statuses = (guint) kam_view_state_get_int (self->views, group, "statuses", 0);
  self->wanted_place = kam_view_state_get_int (self->views, group, "place", 0);
  kam_list_columns_set_sort (self->columns, self->sort);
  kam_list_filters_update (self);
  restore_columns (self);
  role_cb (self);
  if (search != NULL && *search != '\0')
    {
      gtk_editable_set_text (GTK_EDITABLE (self->search_entry), search);
      gtk_search_bar_set_search_mode (self->search_bar, TRUE);
    }
  self->restoring = FALSE;
  kam_list_page_select (self, selected);

  g_signal_connect_object (self->workspace, "notify::role", G_CALLBACK (role_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_scrolled_window_get_vadjustment (self->wide_scroll), "value-changed", G_CALLBACK (scrolled_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_scrolled_window_get_vadjustment (self->narrow_scroll), "value-changed", G_CALLBACK (scrolled_cb), self, G_CONNECT_SWAPPED);
}

void
kam_list_page_save (KamListPage *self)
{
  const char *group = group_of (self);

  if (self->list == NULL)
    return;

  kam_view_state_set_int (self->views, group, "sort", (int) self->sort.sort);
  kam_view_state_set_boolean (self->views, group, "descending", self->sort.descending);
  kam_view_state_set_int (self->views, group, "statuses", (int) self->statuses);
  kam_view_state_set_string (self->views, group, "search", gtk_editable_get_text (GTK_EDITABLE (self->search_entry)));
  if (self->laid_out)
    kam_view_state_set_string (self->views, group, "selected", self->selected_id);
}

static gboolean
can_focus (KamListPage *self)
{
  return self->laid_out && g_list_model_get_n_items (G_LIST_MODEL (self->list)) > 0;
}

static void
focus_rows (KamListPage *self)
{
  self->focus_wanted = FALSE;
  gtk_widget_grab_focus (self->wide ? GTK_WIDGET (self->columns) : GTK_WIDGET (self->rows));
}

/* Rows take the focus once there are any. Whoever has begun to type elsewhere meanwhile goes on there. */
void
kam_list_page_take_focus (KamListPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (self->focus_wanted && can_focus (self) && (!GTK_IS_EDITABLE (focus) || !gtk_widget_get_mapped (focus)))
    focus_rows (self);
}

/* Whoever is in the rows stays there when they are drawn another way. */
void
kam_list_page_hold_focus (KamListPage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->layouts)))
    self->focus_wanted = TRUE;
}

void
kam_list_page_focus (KamListPage *self)
{
  self->focus_wanted = TRUE;
  if (can_focus (self))
    focus_rows (self);
}
