/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-list-item.h"

G_BEGIN_DECLS

typedef enum
{
  KAM_LIST_LOADING,
  KAM_LIST_READY,
  KAM_LIST_FAILED,
} KamListState;

/**
 * KamList:
 *
 * The rows of one query as a GListModel of [class@Kam.ListItem], read from the store by pages as they are looked at. Keeps the keys of all
 * rows in order, and the rows of the pages
 * used last; what commits change is told in steps as small as they are, so that views keep their scroll position and selection.
 *
 * Property: `state` (int, KamListState). Signals: `reordering` before and `reordered` after items move, come or go: a selection that goes by
 * key is saved and set again there.
 * Main thread only.
 */
#define KAM_TYPE_LIST (kam_list_get_type ())
G_DECLARE_FINAL_TYPE (KamList, kam_list, KAM, LIST, GObject)

KamList      *kam_list_new         (KamStore           *store,
                                    KamEntityKind       entity);

/* Shows another query; nothing is read before the first call. The old rows stay until the new ones are there. */
void          kam_list_set_query   (KamList            *self,
                                    const KamListQuery *query); /* copied */
const KamListQuery *kam_list_get_query (KamList        *self);

KamListState  kam_list_get_state   (KamList            *self);
const char   *kam_list_get_problem (KamList            *self); /* (nullable): of the state FAILED, for a person */
void          kam_list_retry       (KamList            *self);

gint64        kam_list_get_key     (KamList            *self,
                                    guint               position); /* 0 while unknown */
/* Position of a key; G_MAXUINT where the list does not hold it (or does not know yet). */
guint         kam_list_find        (KamList            *self,
                                    gint64              key);

G_END_DECLS
