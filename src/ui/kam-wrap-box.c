/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-wrap-box.h"

#define SPACING 6
#define COLUMN_SPACING 12

struct _KamWrapBox
{
  GtkWidget parent_instance;

  int column_width; /* px; 0: no columns */
};

G_DEFINE_FINAL_TYPE (KamWrapBox, kam_wrap_box, GTK_TYPE_WIDGET)

static GtkWidget *
next_visible (GtkWidget *child)
{
  while (child != NULL && !gtk_widget_should_layout (child))
    child = gtk_widget_get_next_sibling (child);

  return child;
}

static GtkWidget *
first_of (KamWrapBox *self)
{
  return next_visible (gtk_widget_get_first_child (GTK_WIDGET (self)));
}

static GtkWidget *
after (GtkWidget *child)
{
  return next_visible (gtk_widget_get_next_sibling (child));
}

static int
count (KamWrapBox *self)
{
  int n = 0;

  for (GtkWidget *child = first_of (self); child != NULL; child = after (child))
    n++;

  return n;
}

/* Of a column, or of all the width where there is no room for columns. */
static int
width_of_column (KamWrapBox *self,
                 int         width)
{
  int n = MAX (count (self), 1);

  if (width < n * self->column_width + (n - 1) * COLUMN_SPACING)
    return width;

  return (width - (n - 1) * COLUMN_SPACING) / n;
}

static int
width_of (KamWrapBox *self,
          GtkWidget  *child,
          int         width)
{
  int least = 0, natural = 0;

  if (self->column_width > 0)
    return width_of_column (self, width);

  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &least, &natural, NULL, NULL);

  return MAX (least, MIN (natural, width));
}

static int
height_of (GtkWidget *child,
           int        width)
{
  int height = 0;

  gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, width, NULL, &height, NULL, NULL);

  return height;
}

static void
place (KamWrapBox *self,
       GtkWidget  *child,
       int         x,
       int         y,
       int         width,
       int         height,
       int         total)
{
  GtkAllocation allocation = { x, y, width, height };

  if (gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL)
    allocation.x = total - x - width;
  gtk_widget_size_allocate (child, &allocation, -1);
}

/* One line from a child on: where the next begins, and how high this is. */
static GtkWidget *
measure_line (KamWrapBox *self,
              GtkWidget  *from,
              int         width,
              int        *height)
{
  int spacing = self->column_width > 0 ? COLUMN_SPACING : SPACING;
  int x = 0;
  GtkWidget *child = from;

  *height = 0;
  for (; child != NULL; child = after (child))
    {
      int wanted = width_of (self, child, width);

      if (child != from && x + wanted > width)
        break;
      *height = MAX (*height, height_of (child, wanted));
      x += wanted + spacing;
    }

  return child;
}

/* Lays all out in a width, or only finds the height. */
static int
arrange (KamWrapBox *self,
         int         width,
         gboolean    allocate)
{
  int spacing = self->column_width > 0 ? COLUMN_SPACING : SPACING;
  int y = 0, height = 0;
  GtkWidget *next = NULL;

  for (GtkWidget *line = first_of (self); line != NULL; line = next)
    {
      int x = 0;

      next = measure_line (self, line, width, &height);
      for (GtkWidget *child = line; allocate && child != next; child = after (child))
        {
          int wanted = width_of (self, child, width);

          place (self, child, x, y, wanted, height, width);
          x += wanted + spacing;
        }
      y += height + (next != NULL ? spacing : 0);
    }

  return y;
}

static void
kam_wrap_box_measure (GtkWidget      *widget,
                      GtkOrientation  orientation,
                      int             for_size,
                      int            *minimum,
                      int            *natural,
                      int            *minimum_baseline,
                      int            *natural_baseline)
{
  KamWrapBox *self = KAM_WRAP_BOX (widget);
  int sum = 0, most = 0;

  *minimum = 0;
  for (GtkWidget *child = first_of (self); child != NULL; child = after (child))
    {
      int least = 0, wanted = 0;

      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &least, &wanted, NULL, NULL);
      *minimum = MAX (*minimum, least);
      sum += wanted + SPACING;
      most = MAX (most, wanted);
    }
  if (self->column_width > 0)
    sum = count (self) * (most + COLUMN_SPACING);
  *natural = MAX (*minimum, sum);

  if (orientation == GTK_ORIENTATION_VERTICAL)
    *minimum = *natural = arrange (self, for_size >= 0 ? MAX (for_size, *minimum) : *natural, FALSE);
}

static void
kam_wrap_box_size_allocate (GtkWidget *widget,
                            int        width,
                            int        height,
                            int        baseline)
{
  arrange (KAM_WRAP_BOX (widget), width, TRUE);
}

static GtkSizeRequestMode
kam_wrap_box_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
kam_wrap_box_dispose (GObject *object)
{
  kam_wrap_box_clear (KAM_WRAP_BOX (object));
  G_OBJECT_CLASS (kam_wrap_box_parent_class)->dispose (object);
}

static void
kam_wrap_box_class_init (KamWrapBoxClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = kam_wrap_box_dispose;
  widget_class->measure = kam_wrap_box_measure;
  widget_class->size_allocate = kam_wrap_box_size_allocate;
  widget_class->get_request_mode = kam_wrap_box_get_request_mode;
}

static void
kam_wrap_box_init (KamWrapBox *self)
{
}

/**
 * kam_wrap_box_new:
 *
 * Returns: (transfer floating)
 */
GtkWidget *
kam_wrap_box_new (int column_width)
{
  KamWrapBox *self = g_object_new (KAM_TYPE_WRAP_BOX, NULL);

  self->column_width = column_width;

  return GTK_WIDGET (self);
}

void
kam_wrap_box_append (KamWrapBox *self,
                     GtkWidget  *child)
{
  gtk_widget_insert_before (child, GTK_WIDGET (self), NULL);
}

void
kam_wrap_box_clear (KamWrapBox *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
}
