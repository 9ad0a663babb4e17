/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-store-query.h"

G_BEGIN_DECLS

/**
 * KamListItem:
 *
 * One place of a [class@Kam.List]. Empty until its row has been read; the same object takes the new row when the row changes. Emits `changed`
 * in both cases.
 */
#define KAM_TYPE_LIST_ITEM (kam_list_item_get_type ())
G_DECLARE_FINAL_TYPE (KamListItem, kam_list_item, KAM, LIST_ITEM, GObject)

KamListItem      *kam_list_item_new      (gint64       key);
gint64            kam_list_item_get_key  (KamListItem *self); /* 0 while the order of the list is not known yet */
void              kam_list_item_set_key  (KamListItem *self,
                                          gint64       key);
const KamListRow *kam_list_item_get_row  (KamListItem *self); /* (nullable): not read yet */
void              kam_list_item_take_row (KamListItem *self,
                                          KamListRow  *row);
const char       *kam_list_item_get_id   (KamListItem *self); /* (nullable) */

/* Value of a field as text; NULL where empty or not read yet. */
const char       *kam_list_item_get_text (KamListItem *self,
                                          guint        field);

G_END_DECLS
