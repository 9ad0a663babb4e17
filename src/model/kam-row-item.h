/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-row.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * KamRowItem:
 *
 * A row in a list that outlives changes of the row: what is open, scrolled to or typed beside it stays. Emits `changed` when the row or its
 * place in the tree changed.
 *
 * Property: `open` (boolean): shown in full.
 */
#define KAM_TYPE_ROW_ITEM (kam_row_item_get_type ())
G_DECLARE_FINAL_TYPE (KamRowItem, kam_row_item, KAM, ROW_ITEM, GObject)

KamRowItem *kam_row_item_new       (KamRow     *row,
                                    guint       depth);
KamRow     *kam_row_item_get_row   (KamRowItem *self); /* (transfer none) */
const char *kam_row_item_get_id    (KamRowItem *self);
guint       kam_row_item_get_depth (KamRowItem *self);
void        kam_row_item_update    (KamRowItem *self,
                                    KamRow     *row,
                                    guint       depth);
gboolean    kam_row_item_get_open  (KamRowItem *self);
void        kam_row_item_set_open  (KamRowItem *self,
                                    gboolean    open);

/* One place of a wanted list. */
typedef struct
{
  KamRow *row; /* (not owned) */
  guint   depth;
} KamRowPlace;

/* Makes a store of KamRowItem show these rows, touching only what differs. */
void        kam_row_items_sync     (GListStore        *store,
                                    const KamRowPlace *places,
                                    guint              n_places);

/* Contacts as a tree by whom they report to: (element-type KamRowPlace). Those that have left come last, flat; a loop, which two devices
 * can make together, is cut. */
GArray     *kam_contact_tree       (GPtrArray         *contacts); /* (element-type KamRow) */

G_END_DECLS
