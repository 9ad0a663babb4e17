/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-draft.h"
#include "kam-store-pending.h"

G_BEGIN_DECLS

/**
 * KamChangeItem:
 *
 * One entry of the Changes page that outlives its updates. Emits `changed` when what is known of it did.
 *
 * Property: `draft` (KamDraft, nullable): what a person is making of a conflict's field; kept here, so that nothing typed goes with a row that is drawn again.
 */
#define KAM_TYPE_CHANGE_ITEM (kam_change_item_get_type ())
G_DECLARE_FINAL_TYPE (KamChangeItem, kam_change_item, KAM, CHANGE_ITEM, GObject)

KamChangeItem    *kam_change_item_new         (KamPending    *pending); /* (transfer full) */
const KamPending *kam_change_item_get         (KamChangeItem *self);
void              kam_change_item_update      (KamChangeItem *self,
                                               KamPending    *pending); /* (transfer full) */
/* What stays the same while the entry does. */
const char       *kam_change_item_get_key     (KamChangeItem *self);
char             *kam_change_key              (const KamPending *pending);

KamDraft         *kam_change_item_get_draft   (KamChangeItem *self); /* (nullable) (transfer none) */
void              kam_change_item_set_draft   (KamChangeItem *self,
                                               KamDraft      *draft); /* (nullable) */

/* Who changed the field that is in conflict last, and when, as a person reads it. (nullable): not known (yet) */
const char       *kam_change_item_get_whose   (KamChangeItem *self);
void              kam_change_item_set_whose   (KamChangeItem *self,
                                               const char    *whose);

/* Makes a list show these, in their order, touching only what differs: items of entries that stay are the same objects afterwards. */
void              kam_change_items_sync       (GListStore    *list,
                                               GPtrArray     *wanted); /* (element-type KamPending): emptied */

G_END_DECLS
