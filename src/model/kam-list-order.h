/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-list-pages.h"

G_BEGIN_DECLS

/* How the keys of a list change and its views are told. keys: (element-type gint64), of the model. */
void     kam_list_order_splice      (GListModel         *model,
                                     GArray             *keys,
                                     guint               position,
                                     guint               removed,
                                     guint               added,
                                     const gint64       *new_keys);
/* All of them: never in one step that both removes and adds everything, views take seconds over that. */
void     kam_list_order_replace     (GListModel         *model,
                                     GArray             *keys,
                                     GArray             *after);
/* From one order to the next by the steps of kam_list_diff(). */
void     kam_list_order_apply       (GListModel         *model,
                                     GArray             *keys,
                                     GArray             *splices,
                                     GArray             *after);

/* To the rows of another query, of which the first are here. The items of the first places stay and take the new rows, since views make all
 * the widgets of a row again for another item; only places beyond go and come. unkeyed: (element-type guint KamListItem): by place + 1 */
void     kam_list_order_swap        (GListModel         *model,
                                     GArray             *keys,
                                     KamListPages       *pages,
                                     GHashTable         *unkeyed,
                                     GArray             *after,
                                     GPtrArray          *rows);

/* Do the keys that are known, those other than 0, stand in the same places? */
gboolean kam_list_order_agrees      (GArray             *known,
                                     GArray             *keys);

/* May a commit have changed what a list shows of a row? */
gboolean kam_list_query_shows       (const KamListQuery *query,
                                     const KamListRow   *row,
                                     KamChanges         *changes);
/* May it have changed which rows a list has, or their order? */
gboolean kam_list_query_may_reorder (const KamListQuery *query,
                                     KamChanges         *changes);

G_END_DECLS
