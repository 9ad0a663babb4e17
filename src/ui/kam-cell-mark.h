/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-list-item.h"
#include "kam-workspace.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The sign before the name of a lead, or of a contact of one, that has a change in conflict or one that was not accepted. */
#define KAM_CELL_MARK_SIZE 16
#define KAM_CELL_MARK_WIDTH (KAM_CELL_MARK_SIZE + 6)

gboolean kam_cell_mark_applies (KamWorkspace     *workspace,
                                const KamListRow *row); /* (nullable) */
/* At the beginning of a line of a height. */
void     kam_cell_mark_draw    (GtkWidget        *widget,
                                GtkSnapshot      *snapshot,
                                int               y,
                                int               height);
/* The row widget that GTK makes has no name of its own: it takes that of what it shows, and says whether it is marked. */
void     kam_cell_mark_speak   (GtkWidget        *row,  /* (nullable) */
                                const char       *name, /* (nullable) */
                                gboolean          marked);

G_END_DECLS
