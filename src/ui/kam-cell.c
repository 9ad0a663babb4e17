/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-cell.h"

#include "kam-cell-text.h"

struct _KamCell
{
  GtkWidget     parent_instance;

  KamColumn     column;
  KamWorkspace *workspace;    /* (owned) */
  KamListItem  *item;         /* (owned) (nullable) */
  const char   *status_class; /* (nullable): that is set on the label of the status */

  GtkLabel     *title;
  GtkLabel     *above;        /* (nullable): dim, where the column has a line above */
  GtkLabel     *below;        /* (nullable): dim, where the column has a line below */
  GtkLabel     *side;         /* (nullable): at the end of the first line */
};

G_DEFINE_FINAL_TYPE (KamCell, kam_cell, GTK_TYPE_WIDGET)

/* Columns keep their width whatever stands in them, so that nothing moves while rows arrive. In characters; 0 takes what is left. */
static const int widths[] = {
  [KAM_COLUMN_NAME] = 0,
  [KAM_COLUMN_CITY] = 11,
  [KAM_COLUMN_STATUS] = 11,
  [KAM_COLUMN_OWNER] = 13,
  [KAM_COLUMN_TIER] = 3,
  [KAM_COLUMN_LAST_CONTACT] = 11,
  [KAM_COLUMN_NEXT_CALL] = 11,
  [KAM_COLUMN_ROLE] = 12,
  [KAM_COLUMN_LEAD] = 24,
  [KAM_COLUMN_PHONE] = 16,
  [KAM_COLUMN_COMPACT] = 0,
};

static GtkLabel *
add_label (GtkWidget  *box,
           const char *style)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_single_line_mode (GTK_LABEL (label), TRUE);
  if (style != NULL)
    gtk_widget_add_css_class (label, style);
  gtk_box_append (GTK_BOX (box), label);

  return GTK_LABEL (label);
}

static void
set_text (GtkLabel   *label,
          const char *text)
{
  if (label == NULL)
    return;

  gtk_label_set_text (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

static void
set_status_class (KamCell    *self,
                  GtkLabel   *label,
                  const char *status_class)
{
  if (self->status_class == status_class)
    return;

  if (self->status_class != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (label), self->status_class);
  if (status_class != NULL)
    gtk_widget_add_css_class (GTK_WIDGET (label), status_class);
  self->status_class = status_class;
}

/* The row widget that GTK makes has no name of its own: it takes that of what it shows. */
static void
name_row (KamCell    *self,
          const char *name)
{
  GtkWidget *row = gtk_widget_get_parent (GTK_WIDGET (self));

  if (self->column == KAM_COLUMN_NAME && row != NULL)
    row = gtk_widget_get_parent (row);
  if (row != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name != NULL ? name : "", -1);
}

static void
update_lines (KamCell          *self,
              const KamListRow *row)
{
  g_autofree char *detail = NULL;
  g_autofree char *side = NULL;

  if (self->above != NULL)
    set_text (self->above, row != NULL && kam_row_kind (row->row) == KAM_ENTITY_LEAD ? row->subtitle : NULL);
  if (self->below != NULL && row != NULL && row->match != NULL)
    {
      gtk_label_set_markup (self->below, row->match);
      gtk_widget_set_visible (GTK_WIDGET (self->below), TRUE);
    }
  else if (self->below != NULL)
    {
      detail = row != NULL && self->column == KAM_COLUMN_COMPACT ? kam_cell_detail (row, self->workspace) : NULL;
      set_text (self->below, detail);
      /* A row keeps its height whether its second line is known yet or not. */
      if (self->column == KAM_COLUMN_COMPACT)
        gtk_widget_set_visible (GTK_WIDGET (self->below), TRUE);
    }
  if (self->side != NULL)
    {
      KamColumn column = row != NULL && kam_row_kind (row->row) == KAM_ENTITY_CONTACT ? KAM_COLUMN_PHONE : KAM_COLUMN_STATUS;

      side = row != NULL ? kam_cell_text (column, row, self->workspace) : NULL;
      set_text (self->side, side);
      set_status_class (self, self->side, row != NULL ? kam_cell_status_class (row) : NULL);
    }
}

static void
update (KamCell *self)
{
  const KamListRow *row = self->item != NULL ? kam_list_item_get_row (self->item) : NULL;
  g_autofree char *text = row != NULL ? kam_cell_text (self->column, row, self->workspace) : NULL;

  gtk_label_set_text (self->title, text != NULL ? text : "");
  update_lines (self, row);
  if (self->column == KAM_COLUMN_STATUS)
    set_status_class (self, self->title, row != NULL ? kam_cell_status_class (row) : NULL);
  if (self->column == KAM_COLUMN_NAME || self->column == KAM_COLUMN_COMPACT)
    name_row (self, text);
}

static gboolean
is_cut (GtkLabel *label)
{
  return label != NULL && gtk_widget_get_visible (GTK_WIDGET (label)) && pango_layout_is_ellipsized (gtk_label_get_layout (label));
}

static gboolean
kam_cell_query_tooltip (GtkWidget  *widget,
                        int         x,
                        int         y,
                        gboolean    keyboard,
                        GtkTooltip *tooltip)
{
  KamCell *self = KAM_CELL (widget);
  const KamListRow *row = self->item != NULL ? kam_list_item_get_row (self->item) : NULL;
  g_autofree char *text = row != NULL ? kam_cell_tooltip (self->column, row) : NULL;

  if (text == NULL && (is_cut (self->title) || is_cut (self->below) || is_cut (self->above)))
    {
      const char *second = self->above != NULL ? gtk_label_get_text (self->above) : self->below != NULL ? gtk_label_get_text (self->below) : "";

      text = g_strjoin (*second != '\0' ? "\n" : "", gtk_label_get_text (self->title), second, NULL);
    }
  if (text == NULL)
    return FALSE;

  gtk_tooltip_set_text (tooltip, text);

  return TRUE;
}

static void
kam_cell_dispose (GObject *object)
{
  KamCell *self = KAM_CELL (object);
  GtkWidget *child = NULL;

  kam_cell_set_item (self, NULL);
  g_clear_object (&self->workspace);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (kam_cell_parent_class)->dispose (object);
}

static void
kam_cell_class_init (KamCellClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = kam_cell_dispose;
  widget_class->query_tooltip = kam_cell_query_tooltip;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "kamcell");
}

static void
kam_cell_init (KamCell *self)
{
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}

static void
build (KamCell *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *line = NULL;

  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  gtk_widget_set_parent (box, GTK_WIDGET (self));
  if (self->column == KAM_COLUMN_COMPACT)
    {
      line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
      gtk_box_append (GTK_BOX (box), line);
      self->title = add_label (line, NULL);
      gtk_widget_set_hexpand (GTK_WIDGET (self->title), TRUE);
      self->side = add_label (line, "caption");
      gtk_label_set_ellipsize (self->side, PANGO_ELLIPSIZE_NONE);
      gtk_widget_add_css_class (GTK_WIDGET (self->side), "numeric");
      self->below = add_label (box, "caption");
      gtk_widget_add_css_class (GTK_WIDGET (self->below), "dim-label");
      gtk_widget_add_css_class (GTK_WIDGET (self->below), "numeric");
      return;
    }

  if (self->column == KAM_COLUMN_NAME)
    {
      self->above = add_label (box, "caption");
      gtk_widget_add_css_class (GTK_WIDGET (self->above), "dim-label");
    }
  self->title = add_label (box, "numeric");
  if (self->column == KAM_COLUMN_NAME)
    {
      self->below = add_label (box, "caption");
      gtk_widget_add_css_class (GTK_WIDGET (self->below), "dim-label");
    }
  if (widths[self->column] > 0)
    {
      gtk_label_set_width_chars (self->title, widths[self->column]);
      gtk_label_set_max_width_chars (self->title, widths[self->column]);
    }
}

GtkWidget *
kam_cell_new (KamColumn     column,
              KamWorkspace *workspace)
{
  KamCell *self = g_object_new (KAM_TYPE_CELL, NULL);

  self->column = column;
  self->workspace = g_object_ref (workspace);
  build (self);

  return GTK_WIDGET (self);
}

void
kam_cell_set_item (KamCell     *self,
                   KamListItem *item)
{
  if (self->item == item)
    return;

  if (self->item != NULL)
    g_signal_handlers_disconnect_by_data (self->item, self);
  g_set_object (&self->item, item);
  if (item == NULL)
    return;

  g_signal_connect_swapped (item, "changed", G_CALLBACK (update), self);
  update (self);
}

KamListItem *
kam_cell_get_item (KamCell *self)
{
  return self->item;
}

const char *
kam_cell_get_text (KamCell *self)
{
  return gtk_label_get_text (self->title);
}
