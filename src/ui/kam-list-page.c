/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-list-page-private.h"

#include "kam-changes-model.h"

#include <glib/gi18n.h>

#define WIDE 640 /* px from which columns have room */

G_DEFINE_FINAL_TYPE (KamListPage, kam_list_page, ADW_TYPE_BIN)

enum
{
  PROP_0,
  PROP_SEARCHING,
  N_PROPS
};

enum
{
  SELECTED,
  OPENED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

/* What is asked */

void
kam_list_page_ask (KamListPage *self)
{
  KamListQuery query = { .entity = self->entity, .sort = self->sort.sort, .descending = self->sort.descending, .statuses = self->statuses };
  g_autofree char *search = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->search_entry))));

  query.search = *search != '\0' ? search : NULL;
  self->asked = TRUE;
  kam_list_set_query (self->list, &query);
  kam_list_page_save (self);
}

static void
sorted_cb (KamListPage *self)
{
  KamListSort sort = { KAM_SORT_NAME, FALSE };

  if (self->restoring || self->list == NULL)
    return;

  kam_list_columns_get_sort (self->columns, &sort);
  if (sort.sort == self->sort.sort && sort.descending == self->sort.descending)
    return;

  self->sort = sort;
  kam_list_page_ask (self);
}

static void
search_changed_cb (KamListPage *self)
{
  if (!self->restoring && self->list != NULL)
    kam_list_page_ask (self);
}

static void
search_activate_cb (KamListPage *self)
{
  if (g_list_model_get_n_items (G_LIST_MODEL (self->list)) > 0)
    {
      gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection), 0, TRUE);
      kam_list_page_open_selected (self);
    }
}

static void
search_mode_cb (KamListPage *self)
{
  if (!gtk_search_bar_get_search_mode (self->search_bar) && !self->restoring && self->list != NULL)
    kam_list_page_focus (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SEARCHING]);
}

static void
clear_cb (KamListPage *self)
{
  self->restoring = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (self->search_entry), "");
  self->restoring = FALSE;
  gtk_search_bar_set_search_mode (self->search_bar, FALSE);
  self->statuses = 0;
  kam_list_filters_update (self);
  kam_list_page_ask (self);
}

static void
retry_cb (KamListPage *self)
{
  kam_list_retry (self->list);
}

static void
reordered_cb (KamListPage *self)
{
  kam_list_selection_release (self);
  kam_list_page_update_state (self);
  if (self->asked && self->wanted_place < 0 && g_list_model_get_n_items (G_LIST_MODEL (self->list)) > 0)
    gtk_widget_activate_action (self->wide ? gtk_widget_get_last_child (GTK_WIDGET (self->columns)) : GTK_WIDGET (self->rows), "list.scroll-to-item",
                                "u", 0);
  self->asked = FALSE;
  kam_list_page_take_focus (self);
  kam_list_page_restore_scroll (self);
}

static void
activate_cb (KamListPage *self,
             guint        position)
{
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (self->selection), position, TRUE);
  kam_list_page_open_selected (self);
}

static void
unselect_cb (KamListPage *self)
{
  kam_list_page_unselect (self);
}

void
kam_list_page_emit_selected (KamListPage *self,
                             const char  *lead_id,
                             gboolean     opened)
{
  g_signal_emit (self, signals[opened ? OPENED : SELECTED], 0, lead_id);
}

/* Wide and narrow */

static gboolean
layout_cb (gpointer user_data)
{
  KamListPage *self = KAM_LIST_PAGE (user_data);

  self->layout_source = 0;
  kam_list_page_set_wide (self, gtk_widget_get_width (GTK_WIDGET (self)) >= WIDE);

  return G_SOURCE_REMOVE;
}

static void
kam_list_page_measure (GtkWidget      *widget,
                       GtkOrientation  orientation,
                       int             for_size,
                       int            *minimum,
                       int            *natural,
                       int            *minimum_baseline,
                       int            *natural_baseline)
{
  gtk_widget_measure (adw_bin_get_child (ADW_BIN (widget)), orientation, for_size, minimum, natural, minimum_baseline, natural_baseline);
}

static void
kam_list_page_size_allocate (GtkWidget *widget,
                             int        width,
                             int        height,
                             int        baseline)
{
  KamListPage *self = KAM_LIST_PAGE (widget);

  gtk_widget_allocate (adw_bin_get_child (ADW_BIN (self)), width, height, baseline, NULL);

  /* Not while sizes are being given out. */
  if ((!self->laid_out || self->wide != (width >= WIDE)) && self->layout_source == 0)
    self->layout_source = g_idle_add_full (G_PRIORITY_HIGH, layout_cb, self, NULL);
}

static GtkWidget *
shown_list (KamListPage *self)
{
  return self->wide ? gtk_widget_get_last_child (GTK_WIDGET (self->columns)) : GTK_WIDGET (self->rows);
}

static void
changes_cb (KamListPage *self)
{
  kam_cell_update_marks (shown_list (self));
}

static void
kam_list_page_snapshot (GtkWidget   *widget,
                        GtkSnapshot *snapshot)
{
  KamListPage *self = KAM_LIST_PAGE (widget);

  if (self->laid_out)
    kam_cell_draw_arrived (shown_list (self));
  GTK_WIDGET_CLASS (kam_list_page_parent_class)->snapshot (widget, snapshot);
}

static gboolean
leave_key (GtkWidget *widget,
           GVariant  *arguments,
           gpointer   user_data)
{
  return kam_list_page_leave (KAM_LIST_PAGE (widget));
}

static void
kam_list_page_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_SEARCHING:
      g_value_set_boolean (value, gtk_search_bar_get_search_mode (KAM_LIST_PAGE (object)->search_bar));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
kam_list_page_set_property (GObject      *object,
                            guint         prop_id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_SEARCHING:
      gtk_search_bar_set_search_mode (KAM_LIST_PAGE (object)->search_bar, g_value_get_boolean (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
kam_list_page_dispose (GObject *object)
{
  KamListPage *self = KAM_LIST_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  if (self->list != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->list, self);
      g_signal_handlers_disconnect_by_data (self->selection, self);
      g_signal_handlers_disconnect_by_data (self->workspace, self);
    }
  if (self->waiting != NULL)
    g_signal_handlers_disconnect_by_data (self->waiting, self);
  g_clear_handle_id (&self->patience, g_source_remove);
  g_clear_handle_id (&self->layout_source, g_source_remove);
  if (self->columns != NULL)
    {
      gtk_column_view_set_model (self->columns, NULL);
      gtk_list_view_set_model (self->rows, NULL);
    }
  g_clear_object (&self->selection);
  g_clear_object (&self->list);
  g_clear_object (&self->waiting);
  g_clear_object (&self->workspace);
  g_clear_object (&self->views);
  G_OBJECT_CLASS (kam_list_page_parent_class)->dispose (object);
}

static void
kam_list_page_finalize (GObject *object)
{
  KamListPage *self = KAM_LIST_PAGE (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->held, g_hash_table_unref);
  g_clear_pointer (&self->selected_id, g_free);
  g_clear_pointer (&self->selected_lead, g_free);
  G_OBJECT_CLASS (kam_list_page_parent_class)->finalize (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, KamListPage, search_bar);
  gtk_widget_class_bind_template_child (widget_class, KamListPage, search_entry);
  gtk_widget_class_bind_template_child (widget_class, KamListPage, filters);
  gtk_widget_class_bind_template_child (widget_class, KamListPage, filter_button);
  gtk_widget_class_bind_template_child (widget_class, KamListPage, filter_box);
  gtk_widget_class_bind_template_child (widget_class, KamListPage, chips);
  gtk_widget_class_bind_template_child (widget_class, KamListPage, count);
  gtk_widget_class_bind_template_child (widget_class, KamListPage, stack);
  gtk_widget_class_bind_template_child (widget_class, KamListPage, layouts);
  gtk_widget_class_bind_template_child (widget_class, KamListPage, wide_scroll);
  gtk_widget_class_bind_template_child (widget_class, KamListPage, columns);
  gtk_widget_class_bind_template_child (widget_class, KamListPage, narrow_scroll);
  gtk_widget_class_bind_template_child (widget_class, KamListPage, rows);
  gtk_widget_class_bind_template_child (widget_class, KamListPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, KamListPage, empty);
  gtk_widget_class_bind_template_child (widget_class, KamListPage, empty_button);
  gtk_widget_class_bind_template_child (widget_class, KamListPage, no_match);
  gtk_widget_class_bind_template_child (widget_class, KamListPage, clear_button);
  gtk_widget_class_bind_template_child (widget_class, KamListPage, error);
  gtk_widget_class_bind_template_child (widget_class, KamListPage, bar);
  gtk_widget_class_bind_template_child (widget_class, KamListPage, bar_label);
}

static void
kam_list_page_class_init (KamListPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = kam_list_page_get_property;
  object_class->set_property = kam_list_page_set_property;
  object_class->dispose = kam_list_page_dispose;
  object_class->finalize = kam_list_page_finalize;
  widget_class->measure = kam_list_page_measure;
  widget_class->size_allocate = kam_list_page_size_allocate;
  widget_class->snapshot = kam_list_page_snapshot;

  properties[PROP_SEARCHING] = g_param_spec_boolean ("searching", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[SELECTED] = g_signal_new ("selected", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[OPENED] = g_signal_new ("opened", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (widget_class, "/org/udaan/Kam/ui/kam-list-page.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, search_mode_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, activate_cb);
  gtk_widget_class_bind_template_callback (widget_class, clear_cb);
  gtk_widget_class_bind_template_callback (widget_class, retry_cb);
  gtk_widget_class_bind_template_callback (widget_class, unselect_cb);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, leave_key, NULL);
}

static void
kam_list_page_init (KamListPage *self)
{
  self->cancellable = g_cancellable_new ();
  self->wanted_place = -1;
  /* A layout manager would allocate in place of this class, which must know its width. */
  gtk_widget_set_layout_manager (GTK_WIDGET (self), NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search_entry));
}

GtkWidget *
kam_list_page_new (KamWorkspace  *workspace,
                   KamViewState  *views,
                   KamEntityKind  entity)
{
  KamListPage *self = g_object_new (KAM_TYPE_LIST_PAGE, NULL);
  g_autoptr (GtkListItemFactory) compact = kam_list_columns_compact (workspace);

  self->workspace = g_object_ref (workspace);
  self->views = g_object_ref (views);
  self->entity = entity;
  self->list = kam_list_new (kam_workspace_get_store (workspace), entity);
  self->selection = gtk_multi_selection_new (g_object_ref (G_LIST_MODEL (self->list)));
  kam_list_page_name_things (self);
  gtk_list_view_set_factory (self->rows, compact);
  kam_list_columns_add (self->columns, entity, workspace);
  kam_list_filters_init (self);
  kam_list_selection_init (self);
  kam_list_page_restore (self);

  g_signal_connect_object (gtk_column_view_get_sorter (self->columns), "changed", G_CALLBACK (sorted_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->list, "notify::state", G_CALLBACK (kam_list_page_update_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (kam_workspace_get_sync (workspace), "notify::status", G_CALLBACK (kam_list_page_update_state), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->list, "reordering", G_CALLBACK (kam_list_selection_hold), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->list, "reordered", G_CALLBACK (reordered_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (kam_workspace_get_changes (workspace), "changed", G_CALLBACK (changes_cb), self, G_CONNECT_SWAPPED);
  kam_list_page_ask (self);
  kam_list_page_update_state (self);

  return GTK_WIDGET (self);
}

void
kam_list_page_search (KamListPage *self)
{
  gtk_search_bar_set_search_mode (self->search_bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

gboolean
kam_list_page_leave (KamListPage *self)
{
  if (gtk_search_bar_get_search_mode (self->search_bar))
    {
      gtk_search_bar_set_search_mode (self->search_bar, FALSE);
      return TRUE;
    }
  if (!kam_list_selection_is_empty (self))
    {
      kam_list_page_unselect (self);
      return TRUE;
    }

  return FALSE;
}

KamList *
kam_list_page_get_list (KamListPage *self)
{
  return self->list;
}

GtkSelectionModel *
kam_list_page_get_selection (KamListPage *self)
{
  return GTK_SELECTION_MODEL (self->selection);
}

const char *
kam_list_page_get_state (KamListPage *self)
{
  return gtk_stack_get_visible_child_name (self->stack);
}

gboolean
kam_list_page_is_wide (KamListPage *self)
{
  return self->wide;
}
