/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-list-item.h"
#include "kam-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

typedef enum
{
  KAM_COLUMN_NAME,
  KAM_COLUMN_CITY,
  KAM_COLUMN_STATUS,
  KAM_COLUMN_OWNER,
  KAM_COLUMN_TIER,
  KAM_COLUMN_LAST_CONTACT,
  KAM_COLUMN_NEXT_CALL,
  KAM_COLUMN_ROLE,    /* from here on of contacts */
  KAM_COLUMN_LEAD,
  KAM_COLUMN_PHONE,
  KAM_COLUMN_COMPACT, /* everything in two lines, where there is no room for columns */
} KamColumn;

/**
 * KamCell:
 *
 * What one column shows of one row of a list; follows the row while it is bound to it.
 */
#define KAM_TYPE_CELL (kam_cell_get_type ())
G_DECLARE_FINAL_TYPE (KamCell, kam_cell, KAM, CELL, GtkWidget)

GtkWidget  *kam_cell_new       (KamColumn     column,
                                KamWorkspace *workspace);
void        kam_cell_set_item  (KamCell      *self,
                                KamListItem  *item); /* (nullable) */
KamListItem *kam_cell_get_item (KamCell      *self); /* (nullable) */

/* Has the cells drawn of those rows of a list view that came into sight since they were last to be drawn: to be called whenever the list is
 * drawn, by who holds it. */
void        kam_cell_draw_arrived (GtkWidget *list);
/* Which leads need the person has changed. */
void        kam_cell_update_marks (GtkWidget *list);

G_END_DECLS
