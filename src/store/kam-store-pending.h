/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-mutation.h"
#include "kam-store.h"

G_BEGIN_DECLS

/* What a person can see and do of their own edits on the way to the server, and of what came back. */

/**
 * KamPendingKind:
 * @KAM_PENDING_WAITING: has not been sent; can be taken back
 * @KAM_PENDING_SENT: under way: sent, or written to a file; its result is awaited
 * @KAM_PENDING_REJECTED: the server did not do it, for the reason in code, field and message
 * @KAM_PENDING_CONFLICT: somebody else had changed the field; their value stays until this is settled
 */
typedef enum
{
  KAM_PENDING_WAITING,
  KAM_PENDING_SENT,
  KAM_PENDING_REJECTED,
  KAM_PENDING_CONFLICT,
} KamPendingKind;

/**
 * KamPending:
 *
 * One entry of the list of changes. Owned by the array it came in; free with kam_pending_free().
 *
 * A conflict is settled by an edit (kam_store_edit_async()): a put of the conflict row with the one change `theirs` from what @conflict holds to the JSON text
 * of what the field is to be. Choosing again while that waits takes the place of it.
 */
typedef struct
{
  KamPendingKind  kind;
  gint64          seq;       /* names an edit that waits, is under way or was rejected; of a conflict its settlement; 0: there is none */
  KamEntityKind   entity;
  char           *id;        /* (owned) of the row; of a conflict its own */
  char           *lead_id;   /* (owned) (nullable) */
  char           *lead_name; /* (owned) (nullable) */
  char           *row_name;  /* (owned) (nullable): of the lead, contact or person it is about; the others have none */
  KamMutation    *mutation;  /* (owned) (nullable): the edit; of a conflict its settlement, where one waits */
  KamRow         *conflict;  /* (owned) (nullable): the conflict as the server has it */
  gboolean        settling;  /* of a conflict: a settlement waits */
  gboolean        mine_only; /* of a conflict: one's own copy, about a lead that is no longer one's own: to be read, not to be settled */
  char           *code;      /* (owned) (nullable) of a rejection: see server/PROTOCOL.md */
  char           *field;     /* (owned) (nullable) of a rejection: the name of the field that it is about */
  char           *message;   /* (owned) (nullable) of a rejection: for a person */
  gint64          at;        /* when it was saved here, when the conflict arose; µs UTC */
} KamPending;

void        kam_pending_free                 (KamPending          *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamPending, kam_pending_free)

/* (element-type KamPending): newest first, at most limit (0: all). Ask again when KamStore::changed says that the outbox or conflicts changed. */
void        kam_store_pending_async          (KamStore            *self,
                                              guint                limit,
                                              GCancellable        *cancellable,
                                              GAsyncReadyCallback  callback,
                                              gpointer             user_data);
GPtrArray  *kam_store_pending_finish         (KamStore            *self,
                                              GAsyncResult        *result,
                                              GError             **error);

typedef struct
{
  guint n_waiting;   /* not acknowledged: waiting and under way */
  guint n_rejected;
  guint n_conflicts; /* without those that are being settled */
} KamPendingCounts;

void        kam_store_pending_counts_async   (KamStore            *self,
                                              GCancellable        *cancellable,
                                              GAsyncReadyCallback  callback,
                                              gpointer             user_data);
gboolean    kam_store_pending_counts_finish  (KamStore            *self,
                                              GAsyncResult        *result,
                                              KamPendingCounts    *counts, /* (out) */
                                              GError             **error);

/* Dismisses a rejected edit, or takes back one that waits; its row is made anew. With the making of a row go the edits of that row, and with that of a lead all
 * that belongs to it, as far as they wait too. What waits behind a rejected making that is dismissed can never be done: it is rejected with the code
 * `parent_gone`, to be read and dismissed by itself.
 * KAM_STORE_ERROR_INVALID for what is under way or done, KAM_STORE_ERROR_MISSING for what is no longer there. */
void        kam_store_pending_discard_async  (KamStore            *self,
                                              gint64               seq,
                                              GCancellable        *cancellable,
                                              GAsyncReadyCallback  callback,
                                              gpointer             user_data);
gboolean    kam_store_pending_discard_finish (KamStore            *self,
                                              GAsyncResult        *result,
                                              GError             **error);

/* A rejected edit waits again, as a new one. Errors as above. */
void        kam_store_pending_resend_async   (KamStore            *self,
                                              gint64               seq,
                                              GCancellable        *cancellable,
                                              GAsyncReadyCallback  callback,
                                              gpointer             user_data);
gboolean    kam_store_pending_resend_finish  (KamStore            *self,
                                              GAsyncResult        *result,
                                              GError             **error);

/**
 * Changes in a file: everything that waits, is under way or was rejected, as one JSON object:
 *
 *     {"format": "kam-pending", "version": 1, "server_id": "…", "user_id": "…", "client_id": "…", "at": "2026-11-22T20:36:09.182707Z",
 *      "edits": [{"mutation": {…}, "lead_id": "…", "awaits_making": true, "rejected": {"code": "…", "field": "…", "message": "…"}}]}
 *
 * A mutation is as in a push (server/PROTOCOL.md), with `mid` 0 and always with its `origin`: it is not done twice where it is sent both by the device that
 * wrote the file and by one that read it. `lead_id`, `awaits_making` (its row's own making comes before it in the file, or was under way) and `rejected` are
 * left out where they do not apply. The file is what a person typed, in plain text: it is for them alone.
 */
#define KAM_EXPORT_FORMAT "kam-pending"
#define KAM_EXPORT_VERSION 1

/* (transfer full): what is in the file counts as sent from now on: it can no longer be taken back. */
void        kam_store_pending_export_async   (KamStore            *self,
                                              GCancellable        *cancellable,
                                              GAsyncReadyCallback  callback,
                                              gpointer             user_data);
GBytes     *kam_store_pending_export_finish  (KamStore            *self,
                                              GAsyncResult        *result,
                                              GError             **error);

/* All that the file holds and is not here yet, or nothing of it. KAM_STORE_ERROR_INVALID where it is no such file, damaged, or of another server. */
void        kam_store_pending_import_async   (KamStore            *self,
                                              GBytes              *bytes,
                                              GCancellable        *cancellable,
                                              GAsyncReadyCallback  callback,
                                              gpointer             user_data);
gboolean    kam_store_pending_import_finish  (KamStore            *self,
                                              GAsyncResult        *result,
                                              guint               *n_taken, /* (out) */
                                              GError             **error);

/**
 * KamSyncSummary:
 *
 * What has happened since the person read of it last, counted as pulls are published and results come in; not in the very first sync. A lead counts once. What
 * came by one's own edits is no change by others; what one did on another device is.
 */
typedef struct
{
  gint64 since_us;        /* µs UTC; 0: nothing has happened yet */
  guint  n_leads_changed; /* by others: the lead, or anything that belongs to it */
  guint  n_leads_gained;
  guint  n_leads_lost;    /* moved away; not those that were deleted */
  guint  n_sent;          /* own edits that the server has done */
  guint  n_conflicts;     /* that arose */
  guint  n_rejected;
} KamSyncSummary;

void        kam_store_summary_async          (KamStore            *self,
                                              GCancellable        *cancellable,
                                              GAsyncReadyCallback  callback,
                                              gpointer             user_data);
gboolean    kam_store_summary_finish         (KamStore            *self,
                                              GAsyncResult        *result,
                                              KamSyncSummary      *summary, /* (out) */
                                              GError             **error);

/* The person has read it: counts from nothing, from now on. */
void        kam_store_summary_seen_async     (KamStore            *self,
                                              GCancellable        *cancellable,
                                              GAsyncReadyCallback  callback,
                                              gpointer             user_data);
gboolean    kam_store_summary_seen_finish    (KamStore            *self,
                                              GAsyncResult        *result,
                                              GError             **error);

G_END_DECLS
