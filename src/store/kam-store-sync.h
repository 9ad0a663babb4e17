/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-digest.h"
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
  guint  n_conflicts; /* without those that are being settled */
  guint  n_kept;      /* the journal: done, and not known to be in a backup of the server */
  gint64 durable;     /* as the server said last */
  char  *server_id;   /* (owned) (nullable): whose rows these are */
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
 * KamMutation). KAM_OUTBOX_ALL: everything that has not come through, also what waits for something before it, and what was rejected: for handing over
 * before this copy is erased. */
#define KAM_OUTBOX_ALL G_MAXUINT
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

/* The server said that its backups hold everything up to this commit (in `hello` and in the footers of pulls): what the journal holds up to there
 * is forgotten.
 * The journal never holds more than 20,000 edits, and none for longer than 180 days. */
void          kam_store_note_durable_async  (KamStore            *self,
                                             gint64               durable,
                                             GCancellable        *cancellable,
                                             GAsyncReadyCallback  callback,
                                             gpointer             user_data);
gboolean      kam_store_note_durable_finish (KamStore            *self,
                                             GAsyncResult        *result,
                                             GError             **error);

/* The server cannot go on with this client: takes a new client_id, under which everything unsettled is sent again, with its origin, so that nothing is
 * done twice.
 * all: what has been acknowledged as well, as far as the journal still has it, since a server restored from a backup may have lost it. */
void          kam_store_fork_async          (KamStore            *self,
                                             gboolean             all,
                                             GCancellable        *cancellable,
                                             GAsyncReadyCallback  callback,
                                             gpointer             user_data);
gboolean      kam_store_fork_finish         (KamStore            *self,
                                             GAsyncResult        *result,
                                             GError             **error);

/* What this copy has of the server's rows, as it last published them: rows that a person edited meanwhile as they were, and none that only this device has.
 * Made in small pieces, so that nobody waits for it; a publication in between makes it begin again. */
void          kam_store_digests_async       (KamStore            *self,
                                             GCancellable        *cancellable,
                                             GAsyncReadyCallback  callback,
                                             gpointer             user_data);
KamDigestSet *kam_store_digests_finish      (KamStore            *self, /* (transfer full) */
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

/* The page is whole: keeps what was staged, with the cursor to go on from. When it is the last (no more), publishes all staged pages in one transaction,
 * evictions before puts, with pending edits applied again on top. During the very first sync pages are published as they come.
 *
 * cursor: (nullable): NULL for a page of a resync (range lines) that is not the last of its ranges: it is kept, and there is nothing to go on from yet. A
 * resync that was not published is forgotten when the store is opened again. The rows that follow a range line take the place of what the server had in
 * that range, whatever their revision; what does not come again goes. */
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

/* Forgets all pages that wait to be published, and their cursor. */
void          kam_store_forget_stage_async  (KamStore            *self,
                                             GCancellable        *cancellable,
                                             GAsyncReadyCallback  callback,
                                             gpointer             user_data);
gboolean      kam_store_forget_stage_finish (KamStore            *self,
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
