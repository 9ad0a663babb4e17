/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The size of what is written in the cells of lists. */
typedef struct
{
  int height; /* px, of a line */
  int ascent; /* Pango units */
  int width;  /* Pango units, of a letter or digit */
} KamCellLetters;

/* Of the font of the list that a cell stands in, or of its small letters. (transfer none): valid until the next call */
const KamCellLetters *kam_cell_letters      (GtkWidget    *cell,
                                             gboolean      small);
/* In Pango units. */
int                   kam_cell_caption_size (PangoContext *context);

G_END_DECLS
