/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-cell-letters.h"

#define CAPTION 9 /* pt, as the style class of libadwaita */

int
kam_cell_caption_size (PangoContext *context)
{
  double resolution = pango_cairo_context_get_resolution (context);

  return (int) (CAPTION * (resolution > 0 ? resolution : 96) / 72 * PANGO_SCALE);
}

static void
measure (PangoContext               *context,
         const PangoFontDescription *font,
         KamCellLetters             *letters)
{
  PangoFontMetrics *metrics = pango_context_get_metrics (context, font, pango_context_get_language (context));

  letters->ascent = pango_font_metrics_get_ascent (metrics);
  letters->height = PANGO_PIXELS_CEIL (letters->ascent + pango_font_metrics_get_descent (metrics));
  letters->width = MAX (pango_font_metrics_get_approximate_char_width (metrics), pango_font_metrics_get_approximate_digit_width (metrics));
  pango_font_metrics_unref (metrics);
}

/* All lists are written in one font: its letters are measured once, until it changes. */
const KamCellLetters *
kam_cell_letters (GtkWidget *cell,
                  gboolean   small)
{
  static PangoFontDescription *measured = NULL;
  static double resolution = 0;
  static KamCellLetters title, caption;
  /* Every widget that is asked has a context made for it: that of the list will do for all of its cells. */
  GtkWidget *list = gtk_widget_get_ancestor (cell, GTK_TYPE_LIST_BASE);
  PangoContext *context = gtk_widget_get_pango_context (list != NULL ? list : cell);
  const PangoFontDescription *font = pango_context_get_font_description (context);

  if (measured == NULL || resolution != pango_cairo_context_get_resolution (context) || !pango_font_description_equal (font, measured))
    {
      PangoFontDescription *caption_font = pango_font_description_copy (font);

      pango_font_description_set_absolute_size (caption_font, kam_cell_caption_size (context));
      measure (context, font, &title);
      measure (context, caption_font, &caption);
      pango_font_description_free (caption_font);
      g_clear_pointer (&measured, pango_font_description_free);
      measured = pango_font_description_copy (font);
      resolution = pango_cairo_context_get_resolution (context);
    }

  return small ? &caption : &title;
}
