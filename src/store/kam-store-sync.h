/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-mutation.h"
#include "kam-store.h"
#include "kam-wire.h"

G_BEGIN_DECLS

/* What the sync owner needs of the store. May be called from any thread that has a main context; answers come there. */

typedef struct
{
  char  *client_id;   /* (owned) made with the profile */
  char  *cursor;      /* (owned) (nullable): as published last */
  gint64 head;        /* published */
  gint64 last_mid;    /* given out so far */
  gint64 acked_mid;   /* results received so far */
  guint  n_waiting;   /* edits not yet acknowledged */
  guint  n_rejected;
  guint  n_conflicts;
} KamSyncState;

void          kam_sync_state_free          (KamSyncState        *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamSyncState, kam_sync_state_free)

void          kam_store_sync_state_async   (KamStore            *self,
                                            GCancellable        *cancellable,
                                            GAsyncReadyCallback  callback,
                                            gpointer             user_data);
KamSyncState *kam_store_sync_state_finish  (KamStore            *self,
                                            GAsyncResult        *result,
                                            GError             **error);

/* The next batch to push: those that have a mid and no result yet again, in order, then new ones, which are given theirs durably here. (element-type
 * KamMutation). */
void          kam_store_outbox_take_async  (KamStore            *self,
                                            guint                max,
                                            GCancellable        *cancellable,
                                            GAsyncReadyCallback  callback,
                                            gpointer             user_data);
GPtrArray    *kam_store_outbox_take_finish (KamStore            *self,
                                            GAsyncResult        *result,
                                            GError             **error);

/* Records results: (element-type KamResult). Applied patches stay on their rows until the published head reaches their rev; rejected ones are taken
 * off their rows
 * and kept for the person to see. Idempotent. */
void          kam_store_outbox_settle_async  (KamStore            *self,
                                              GPtrArray           *results,
                                              GCancellable        *cancellable,
                                              GAsyncReadyCallback  callback,
                                              gpointer             user_data);
gboolean      kam_store_outbox_settle_finish (KamStore            *self,
                                              GAsyncResult        *result,
                                              GError             **error);

/* Sets the lines of a page aside: (element-type KamLine), owned by the array. Survives a restart together with the cursor of its page once that is known. */
void          kam_store_stage_async        (KamStore            *self,
                                            GPtrArray           *lines,
                                            GCancellable        *cancellable,
                                            GAsyncReadyCallback  callback,
                                            gpointer             user_data);
gboolean      kam_store_stage_finish       (KamStore            *self,
                                            GAsyncResult        *result,
                                            GError             **error);

/* The page is whole: keeps what was staged, with the cursor to go on from. When it is the last (no more), publishes all staged pages in one
 * transaction, evictions before
 * puts, with pending edits applied again on top. During the very first sync pages are published as they come. */
void          kam_store_commit_page_async  (KamStore            *self,
                                            const char          *cursor,
                                            gint64               head,
                                            gboolean             more,
                                            GCancellable        *cancellable,
                                            GAsyncReadyCallback  callback,
                                            gpointer             user_data);
gboolean      kam_store_commit_page_finish (KamStore            *self,
                                            GAsyncResult        *result,
                                            GError             **error);

/* The page broke off: forgets what was staged since the last whole page. */
void          kam_store_discard_page_async  (KamStore            *self,
                                             GCancellable        *cancellable,
                                             GAsyncReadyCallback  callback,
                                             gpointer             user_data);
gboolean      kam_store_discard_page_finish (KamStore            *self,
                                             GAsyncResult        *result,
                                             GError             **error);

/* The cursor to send next: of staged pages where there are any, else the published one. (nullable) */
void          kam_store_next_cursor_async   (KamStore            *self,
                                             GCancellable        *cancellable,
                                             GAsyncReadyCallback  callback,
                                             gpointer             user_data);
char         *kam_store_next_cursor_finish  (KamStore            *self,
                                             GAsyncResult        *result,
                                             GError             **error);

G_END_DECLS
