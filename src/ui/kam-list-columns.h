/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-cell.h"

G_BEGIN_DECLS

/* The order that the header of a column view asks for. */
typedef struct
{
  KamSort  sort;
  gboolean descending;
} KamListSort;

/* Gives a column view the columns of an entity, and its rows of two lines to a list view. */
void                kam_list_columns_add     (GtkColumnView  *view,
                                              KamEntityKind   entity,
                                              KamWorkspace   *workspace);
GtkListItemFactory *kam_list_columns_compact (KamWorkspace   *workspace); /* (transfer full) */

/* Where each kind of column is; NULL where the view has none. (transfer none) */
GtkColumnViewColumn *kam_list_columns_find   (GtkColumnView  *view,
                                              KamColumn       column);
/* A name for files and actions: "city". (transfer none) */
const char         *kam_list_columns_id      (KamColumn       column);
const char         *kam_list_columns_title   (KamColumn       column); /* translated */

/* FALSE where no header has been chosen. */
gboolean            kam_list_columns_get_sort (GtkColumnView *view,
                                               KamListSort   *sort);
void                kam_list_columns_set_sort (GtkColumnView *view,
                                               KamListSort    sort);

G_END_DECLS
