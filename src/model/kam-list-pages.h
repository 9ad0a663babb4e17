/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-list-item.h"

G_BEGIN_DECLS

#define KAM_LIST_PAGE 200

/**
 * KamListPages:
 *
 * The items of a list that are alive, by key: those of the pages used last, and those that somebody still holds. Not thread-safe.
 */
typedef struct _KamListPages KamListPages;

KamListPages *kam_list_pages_new    (void);
void          kam_list_pages_free   (KamListPages *self);
void          kam_list_pages_clear  (KamListPages *self);

/* The item of a key, or NULL; marks its page as used. (transfer none) */
KamListItem  *kam_list_pages_lookup (KamListPages *self,
                                     gint64        key);
/* The same without marking. (transfer none) */
KamListItem  *kam_list_pages_peek   (KamListPages *self,
                                     gint64        key);
/* Remembers an item as long as somebody else holds it. */
void          kam_list_pages_watch  (KamListPages *self,
                                     KamListItem  *item);
/* Takes a page's rows (element-type KamListRow, places may be NULL): fills the items that are there, makes the others, keeps them all, and
 * drops the page used longest ago. */
void          kam_list_pages_fill   (KamListPages *self,
                                     GPtrArray    *rows);
/* (element-type KamListItem) (transfer full): all that are alive and have a row */
GPtrArray    *kam_list_pages_loaded (KamListPages *self);
guint         kam_list_pages_n      (KamListPages *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamListPages, kam_list_pages_free)

G_END_DECLS
