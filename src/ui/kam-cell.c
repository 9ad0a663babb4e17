/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-cell.h"

#include "kam-cell-letters.h"
#include "kam-cell-mark.h"
#include "kam-cell-text.h"

/* A list keeps some two hundred rows of widgets, each of up to seven cells, of which some thirty rows are in sight. So a cell is one widget
 * without children, knows its size without its text, and puts its text together when it is drawn; it is drawn only in sight. */

#define SPACING 2       /* px between the lines of a row */
#define SIDE_SPACING 12 /* px before what stands at the end of a line */

typedef enum
{
  LINE_ABOVE,
  LINE_TITLE,
  LINE_BELOW,
  LINE_SIDE, /* at the end of the line of the title */
  N_LINES
} Line;

struct _KamCell
{
  GtkWidget     parent_instance;

  KamColumn     column;
  KamWorkspace *workspace;        /* (owned) */
  KamListItem  *item;             /* (owned) (nullable) */
  guint         lines;            /* bits: those there is room for */
  gboolean      out_of_sight;     /* when it was to be drawn */
  gboolean      marked;

  gboolean      laid_out;
  PangoLayout  *layouts[N_LINES]; /* (owned) (nullable) */
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

#define LEAST_WIDTH 3 /* characters, of a column that takes what is left */

static const KamCellLetters *
get_letters (KamCell *self,
             Line     line)
{
  return kam_cell_letters (GTK_WIDGET (self), line != LINE_TITLE);
}

/* Text */

static guint
lines_of (KamCell          *self,
          const KamListRow *row)
{
  guint lines = 1 << LINE_TITLE;

  /* A row keeps its height whether its second line is known yet or not. */
  if (self->column == KAM_COLUMN_COMPACT)
    return lines | 1 << LINE_BELOW | 1 << LINE_SIDE;
  if (self->column != KAM_COLUMN_NAME || row == NULL)
    return lines;

  if (kam_row_kind (row->row) == KAM_ENTITY_LEAD && row->subtitle != NULL && *row->subtitle != '\0')
    lines |= 1 << LINE_ABOVE;
  if (row->match != NULL)
    lines |= 1 << LINE_BELOW;

  return lines;
}

static void
clear_layouts (KamCell *self)
{
  for (guint i = 0; i < N_LINES; i++)
    g_clear_object (&self->layouts[i]);
  self->laid_out = FALSE;
}

static void
set_line (KamCell    *self,
          Line        line,
          const char *text,
          gboolean    is_markup)
{
  PangoLayout *layout = NULL;
  PangoAttrList *attributes = NULL;

  if (text == NULL || *text == '\0')
    return;

  layout = self->layouts[line] = gtk_widget_create_pango_layout (GTK_WIDGET (self), NULL);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  if (is_markup)
    pango_layout_set_markup (layout, text, -1);
  else
    pango_layout_set_text (layout, text, -1);

  attributes = pango_layout_get_attributes (layout);
  attributes = attributes != NULL ? pango_attr_list_copy (attributes) : pango_attr_list_new ();
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum"));
  if (line != LINE_TITLE)
    pango_attr_list_insert (attributes, pango_attr_size_new_absolute (kam_cell_caption_size (pango_layout_get_context (layout))));
  pango_layout_set_attributes (layout, attributes);
  pango_attr_list_unref (attributes);
}

static void
set_ellipsis (KamCell *self,
              Line     line,
              int      width)
{
  PangoLayout *layout = self->layouts[line];

  if (layout == NULL)
    return;

  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_width (layout, MAX (width, 0) * PANGO_SCALE);
}

static int
width_of (PangoLayout *layout)
{
  int width = 0;

  if (layout != NULL)
    pango_layout_get_pixel_size (layout, &width, NULL);

  return width;
}

static void
lay_out (KamCell *self)
{
  const KamListRow *row = self->item != NULL ? kam_list_item_get_row (self->item) : NULL;
  g_autofree char *title = row != NULL ? kam_cell_text (self->column, row, self->workspace) : NULL;
  gboolean is_compact = self->column == KAM_COLUMN_COMPACT;

  if (self->laid_out)
    return;

  clear_layouts (self);
  self->laid_out = TRUE;
  /* Screen readers read what is in sight. */
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, title != NULL ? title : "", -1);
  if (row == NULL)
    return;

  set_line (self, LINE_TITLE, title, FALSE);
  if (self->lines & 1 << LINE_ABOVE)
    set_line (self, LINE_ABOVE, row->subtitle, FALSE);
  if (self->lines & 1 << LINE_BELOW)
    {
      g_autofree char *detail = is_compact && row->match == NULL ? kam_cell_detail (row, self->workspace) : NULL;

      set_line (self, LINE_BELOW, row->match != NULL ? row->match : detail, row->match != NULL);
    }
  if (self->lines & 1 << LINE_SIDE)
    {
      gboolean is_contact = kam_row_kind (row->row) == KAM_ENTITY_CONTACT;
      g_autofree char *side = kam_cell_text (is_contact ? KAM_COLUMN_PHONE : KAM_COLUMN_STATUS, row, self->workspace);

      set_line (self, LINE_SIDE, side, FALSE);
    }
}

static void
fit (KamCell *self,
     int      width)
{
  int side = width_of (self->layouts[LINE_SIDE]);

  set_ellipsis (self, LINE_ABOVE, width);
  set_ellipsis (self, LINE_TITLE, (side > 0 ? width - side - SIDE_SPACING : width) - (self->marked ? KAM_CELL_MARK_WIDTH : 0));
  set_ellipsis (self, LINE_BELOW, width);
}

static GtkWidget *
row_of (KamCell *self)
{
  GtkWidget *row = gtk_widget_get_parent (GTK_WIDGET (self));

  return self->column == KAM_COLUMN_COMPACT || row == NULL ? row : gtk_widget_get_parent (row);
}

static void
update (KamCell *self)
{
  const KamListRow *row = self->item != NULL ? kam_list_item_get_row (self->item) : NULL;
  g_autofree char *name = row != NULL ? kam_cell_text (self->column, row, self->workspace) : NULL;
  guint lines = lines_of (self, row);

  clear_layouts (self);
  if (lines != self->lines)
    {
      self->lines = lines;
      gtk_widget_queue_resize (GTK_WIDGET (self));
    }
  if (!self->out_of_sight)
    gtk_widget_queue_draw (GTK_WIDGET (self));
  if (self->column != KAM_COLUMN_NAME && self->column != KAM_COLUMN_COMPACT)
    return;

  self->marked = kam_cell_mark_applies (self->workspace, row);
  kam_cell_mark_speak (row_of (self), name, self->marked);
}

/* Drawing */

static int
get_height (KamCell *self)
{
  static const Line stacked[] = { LINE_ABOVE, LINE_TITLE, LINE_BELOW };
  int height = -SPACING;

  for (guint i = 0; i < G_N_ELEMENTS (stacked); i++)
    {
      if (self->lines & 1 << stacked[i])
        height += get_letters (self, stacked[i])->height + SPACING;
    }

  return height;
}

static void
kam_cell_measure (GtkWidget      *widget,
                  GtkOrientation  orientation,
                  int             for_size,
                  int            *minimum,
                  int            *natural,
                  int            *minimum_baseline,
                  int            *natural_baseline)
{
  KamCell *self = KAM_CELL (widget);
  int chars = widths[self->column] > 0 ? widths[self->column] : LEAST_WIDTH;

  if (orientation == GTK_ORIENTATION_VERTICAL)
    *minimum = *natural = get_height (self);
  else
    *minimum = *natural = PANGO_PIXELS_CEIL (chars * get_letters (self, LINE_TITLE)->width);
}

static void
get_color (KamCell *self,
           Line     line,
           GdkRGBA *color)
{
  const KamListRow *row = kam_list_item_get_row (self->item);
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self));
  gboolean is_status = line == LINE_SIDE || (line == LINE_TITLE && self->column == KAM_COLUMN_STATUS);
  gboolean is_dim = line == LINE_ABOVE || line == LINE_BELOW;
  const char *name = is_status ? kam_cell_status_color (row, &is_dim) : NULL;

  gtk_style_context_get_color (style, color);
  if (name != NULL)
    gtk_style_context_lookup_color (style, name, color);
  if (is_dim)
    color->alpha *= adw_style_manager_get_high_contrast (adw_style_manager_get_default ()) ? 0.9f : 0.55f;
}

static void
draw_line (KamCell     *self,
           GtkSnapshot *snapshot,
           Line         line,
           int          y)
{
  PangoLayout *layout = self->layouts[line];
  const KamCellLetters *letters = get_letters (self, line == LINE_SIDE ? LINE_TITLE : line);
  gboolean at_end = line == LINE_SIDE;
  PangoRectangle extents;
  GdkRGBA color;
  int indent = line == LINE_TITLE && self->marked ? KAM_CELL_MARK_WIDTH : 0;
  int x = 0;

  if (layout == NULL)
    return;

  if (gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL)
    at_end = !at_end;
  pango_layout_get_pixel_extents (layout, NULL, &extents);
  x = at_end ? gtk_widget_get_width (GTK_WIDGET (self)) - extents.x - extents.width - indent : indent - extents.x;
  if (indent > 0)
    kam_cell_mark_draw (GTK_WIDGET (self), snapshot, y, letters->height);
  if (line == LINE_SIDE)
    y += (letters->height - extents.height) / 2;
  else
    y += PANGO_PIXELS (letters->ascent - pango_layout_get_baseline (layout));

  get_color (self, line, &color);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (x, y));
  gtk_snapshot_append_layout (snapshot, layout, &color);
  gtk_snapshot_restore (snapshot);
}

static gboolean
is_row_in_sight (GtkWidget *row)
{
  GtkWidget *list = gtk_widget_get_parent (row);
  graphene_rect_t bounds;

  if (list == NULL || !gtk_widget_compute_bounds (row, list, &bounds))
    return TRUE;

  return bounds.origin.y + bounds.size.height > 0 && bounds.origin.y < gtk_widget_get_height (list);
}

static void
kam_cell_snapshot (GtkWidget   *widget,
                   GtkSnapshot *snapshot)
{
  KamCell *self = KAM_CELL (widget);
  GtkWidget *row = row_of (self);
  int y = (gtk_widget_get_height (widget) - get_height (self)) / 2;

  self->out_of_sight = row != NULL && !is_row_in_sight (row);
  if (self->out_of_sight || self->item == NULL)
    return;

  lay_out (self);
  fit (self, gtk_widget_get_width (widget));
  if (self->lines & 1 << LINE_ABOVE)
    {
      draw_line (self, snapshot, LINE_ABOVE, y);
      y += get_letters (self, LINE_ABOVE)->height + SPACING;
    }
  draw_line (self, snapshot, LINE_TITLE, y);
  draw_line (self, snapshot, LINE_SIDE, y);
  draw_line (self, snapshot, LINE_BELOW, y + get_letters (self, LINE_TITLE)->height + SPACING);
}

/* A row's cell, or what the column view puts around it. */
static GtkWidget *
cell_in (GtkWidget *child)
{
  return KAM_IS_CELL (child) ? child : gtk_widget_get_first_child (child);
}

void
kam_cell_update_marks (GtkWidget *list)
{
  for (GtkWidget *row = gtk_widget_get_first_child (list); row != NULL; row = gtk_widget_get_next_sibling (row))
    {
      GtkWidget *child = gtk_widget_get_first_child (row) != NULL ? cell_in (gtk_widget_get_first_child (row)) : NULL;
      KamCell *cell = KAM_IS_CELL (child) ? KAM_CELL (child) : NULL;

      if (cell != NULL && cell->item != NULL && cell->marked != kam_cell_mark_applies (cell->workspace, kam_list_item_get_row (cell->item)))
        update (cell);
    }
}

static void
draw_if_missing (GtkWidget *child)
{
  child = cell_in (child);
  if (KAM_IS_CELL (child) && KAM_CELL (child)->out_of_sight)
    gtk_widget_queue_draw (child);
}

void
kam_cell_draw_arrived (GtkWidget *list)
{
  for (GtkWidget *row = gtk_widget_get_first_child (list); row != NULL; row = gtk_widget_get_next_sibling (row))
    {
      GtkWidget *first = gtk_widget_get_first_child (row);

      if (first == NULL || !is_row_in_sight (row))
        continue;

      for (GtkWidget *child = first; child != NULL; child = gtk_widget_get_next_sibling (child))
        draw_if_missing (child);
    }
}

static void
kam_cell_css_changed (GtkWidget         *widget,
                      GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (kam_cell_parent_class)->css_changed (widget, change);

  clear_layouts (KAM_CELL (widget));
}

static gboolean
is_cut (PangoLayout *layout)
{
  return layout != NULL && pango_layout_is_ellipsized (layout);
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
  PangoLayout *title = self->layouts[LINE_TITLE];
  PangoLayout *second = self->layouts[self->lines & 1 << LINE_ABOVE ? LINE_ABOVE : LINE_BELOW];

  if (text == NULL && (is_cut (title) || is_cut (self->layouts[LINE_ABOVE]) || is_cut (self->layouts[LINE_BELOW])))
    text = g_strjoin (title != NULL && second != NULL ? "\n" : "", title != NULL ? pango_layout_get_text (title) : "",
                      second != NULL ? pango_layout_get_text (second) : "", NULL);
  if (text == NULL)
    return FALSE;

  gtk_tooltip_set_text (tooltip, text);

  return TRUE;
}

static void
kam_cell_dispose (GObject *object)
{
  KamCell *self = KAM_CELL (object);

  kam_cell_set_item (self, NULL);
  clear_layouts (self);
  g_clear_object (&self->workspace);
  G_OBJECT_CLASS (kam_cell_parent_class)->dispose (object);
}

static void
kam_cell_class_init (KamCellClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = kam_cell_dispose;
  widget_class->measure = kam_cell_measure;
  widget_class->snapshot = kam_cell_snapshot;
  widget_class->css_changed = kam_cell_css_changed;
  widget_class->query_tooltip = kam_cell_query_tooltip;
  gtk_widget_class_set_css_name (widget_class, "kamcell");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LABEL);
}

static void
kam_cell_init (KamCell *self)
{
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}

GtkWidget *
kam_cell_new (KamColumn     column,
              KamWorkspace *workspace)
{
  KamCell *self = g_object_new (KAM_TYPE_CELL, NULL);

  self->column = column;
  self->workspace = g_object_ref (workspace);
  self->lines = lines_of (self, NULL);

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
