/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-changes-private.h"
#include "kam-sqlite.h"
#include "kam-mutation.h"
#include "kam-store-edit.h"
#include "kam-store-pending.h"
#include "kam-store-query.h"
#include "kam-store-sync.h"

G_BEGIN_DECLS

#define KAM_LISTED_STATES 4

typedef struct _KamRange KamRange;

typedef enum
{
  KAM_REMAINS_NONE,
  KAM_REMAINS_SOME,
  KAM_REMAINS_GOING, /* the search index is being merged as a whole */
} KamRemains;

/**
 * KamWorker:
 *
 * What the worker thread owns. Nothing here is touched by another thread after the start, but the queue.
 */
typedef struct
{
  GAsyncQueue  *queue;                          /* (owned) (element-type KamJob) */
  GMainContext *context;                        /* (owned): where the store was made */
  GWeakRef      store;
  char         *dir;                            /* (owned) */
  KamClock     *clock;                          /* (owned) */
  KamSqlite        *db;                             /* (owned) (nullable): until open, after close */
  int           lock_fd;                        /* -1: none */
  gboolean      has_shadows;                    /* while publishing: some row may have one */
  gboolean      has_log;                        /* something was committed and is not written back yet */
  gboolean      has_backlog;                    /* leads still to be indexed in idle slices */
  guint         n_published;                    /* transactions that changed what the server is known to have */
  gboolean      has_backup;                     /* of the file before it was migrated */
  gboolean      has_pieces;                     /* the search index was written to and is not merged yet */
  KamRemains    remains;                        /* of rows that are gone: in the search index and in the log */
  GPtrArray    *page;                           /* (owned) (element-type GPtrArray of KamLine): the page that is being received */

  /* of the transaction under way */
  GHashTable   *news;                           /* (owned) (nullable): lead id → what happens to it, while a pull is published */
  KamRange     *range;                          /* (owned) (nullable): while a resync is published */
  KamChanges   *changes;                        /* (owned) (nullable) */
  gint64        counts[2][KAM_LISTED_STATES];   /* leads, contacts: what is added to listed_count */
  GHashTable   *touched;                        /* (owned) (element-type utf8): leads whose derived values are to be made again */
} KamWorker;

typedef void (*KamJobFunc) (KamWorker *worker,
                            GTask     *task,
                            gpointer   task_data);

KamWorker *kam_worker_new      (const char    *dir,
                                KamClock      *clock,
                                KamStore      *store);
GThread   *kam_worker_start    (KamWorker     *self);
void       kam_worker_push     (GAsyncQueue   *queue,
                                GTask         *task,
                                KamJobFunc     func);
void       kam_worker_push_end (GAsyncQueue   *queue);

/* Queues what a task asks; answers with KAM_STORE_ERROR_CLOSED where the store has been closed. Takes the reference. Reading tasks that were
 * cancelled meanwhile
 * are not run. */
void       kam_store_push      (KamStore      *self,
                                GTask         *task,
                                KamJobFunc     func);
GTask     *kam_store_task      (KamStore            *self,
                                gpointer             tag,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data);

/* Runs func in a transaction, then settles the leads it touched and tells what changed. All or nothing. */
typedef gboolean (*KamWriteFunc) (KamWorker *worker,
                                  gpointer   data,
                                  GError   **error);
gboolean   kam_worker_write    (KamWorker     *self,
                                gboolean       durable,
                                KamWriteFunc   func,
                                gpointer       data,
                                GError       **error);
void       kam_worker_touch    (KamWorker     *self,
                                const char    *lead_id);
/* The same as a task that answers with a boolean. Takes the task and the data. */
void       kam_store_push_write (KamStore      *self,
                                GTask         *task,
                                KamWriteFunc   func,
                                gboolean       durable,
                                gpointer       data,
                                GDestroyNotify free_data);
gboolean   kam_store_finish_write (KamStore    *self,
                                GAsyncResult  *result,
                                GError       **error);

/* kam-store-open.c */
gboolean   kam_worker_open     (KamWorker     *self,
                                GError       **error);
void       kam_worker_close    (KamWorker     *self);
void       kam_worker_remove_backup (KamWorker *self);

/* kam-store-meta.c: what the store itself remembers */
gboolean   kam_meta_get_number (KamWorker     *self,
                                const char    *key,
                                gint64        *number, /* 0 where unset */
                                GError       **error);
gboolean   kam_meta_get_text   (KamWorker     *self,
                                const char    *key,
                                char         **text,   /* NULL where unset */
                                GError       **error);
gboolean   kam_meta_set_number (KamWorker     *self,
                                const char    *key,
                                gint64         number,
                                GError       **error);
gboolean   kam_meta_set_text   (KamWorker     *self,
                                const char    *key,
                                const char    *text, /* (nullable) */
                                GError       **error);
gboolean   kam_setting_get     (KamWorker     *self,
                                const char    *key,
                                char         **value,
                                GError       **error);
gboolean   kam_setting_set     (KamWorker     *self,
                                const char    *key,
                                const char    *value, /* (nullable) */
                                GError       **error);
/* A profile without a server sends nothing: its edits have neither shadow nor outbox. */
gboolean   kam_store_is_local  (KamWorker     *self,
                                gboolean      *is_local,
                                GError       **error);

/* kam-store-rows.c */
KamRow    *kam_rows_read       (sqlite3_stmt  *stmt,
                                KamEntityKind  entity);
gboolean   kam_rows_get        (KamWorker     *self,
                                KamEntityKind  entity,
                                const char    *id,
                                KamRow       **row,    /* NULL where there is none */
                                GError       **error);
gboolean   kam_rows_list       (KamWorker     *self,
                                KamEntityKind  entity,
                                const char    *tail,
                                const char    *id,     /* (nullable): ?1 */
                                GPtrArray    **rows,
                                GError       **error);
gboolean   kam_rows_put        (KamWorker     *self,
                                const KamRow  *row,
                                gboolean       only_newer,
                                GError       **error);
gboolean   kam_rows_remove     (KamWorker     *self,
                                KamEntityKind  entity,
                                const char    *id,
                                GError       **error);

/* kam-store-extra.c: columns that this program does not know, as a JSON object's text */
char      *kam_extra_merge     (const char    *before, /* (nullable) */
                                const char    *after); /* (nullable): has the last word */
void       kam_extra_take      (KamRow        *row,    /* what it knows of them is moved there */
                                char         **extra); /* (inout) (nullable) */
gboolean   kam_extra_get       (KamWorker     *self,
                                KamEntityKind  entity,
                                const char    *id,
                                char         **extra,
                                GError       **error);
/* Of the row at this revision; with what is kept already. */
gboolean   kam_extra_put       (KamWorker     *self,
                                const KamRow  *row,
                                const char    *extra,
                                GError       **error);

/* kam-store-pack.c */
GVariant  *kam_row_pack        (const KamRow  *row);
KamRow    *kam_row_unpack      (KamEntityKind  entity,
                                const char    *id,
                                gint64         rev,
                                const char    *scope,
                                GVariant      *data);
GVariant  *kam_mutation_pack    (const KamMutation *mutation);
void       kam_mutation_unpack  (KamMutation   *mutation,
                                GVariant      *data);

/* kam-store-shadow.c */
gboolean   kam_shadow_ensure   (KamWorker     *self,
                                KamEntityKind  entity,
                                const char    *id,
                                const char    *lead_id,
                                GError       **error);
gboolean   kam_shadow_put      (KamWorker     *self,
                                const KamRow  *row,
                                const char    *extra,  /* (nullable) */
                                gboolean       only_newer,
                                gboolean      *had,    /* there was a shadow: it is written, the row is not */
                                GError       **error);
/* The server has no such row (any more); the row here is made anew where there was a shadow. */
gboolean   kam_shadow_forget   (KamWorker     *self,
                                KamEntityKind  entity,
                                const char    *id,
                                gboolean      *had,
                                GError       **error);
/* The server's row is gone: makes the shadow say so where there is one that is of this scope and not newer. */
gboolean   kam_shadow_evict    (KamWorker     *self,
                                KamEntityKind  entity,
                                const char    *id,
                                const char    *scope,
                                gint64         rev,
                                gboolean      *had,
                                GError       **error);
/* The row as the server has it, whatever waits here. */
gboolean   kam_shadow_get_server (KamWorker   *self,
                                KamEntityKind  entity,
                                const char    *id,
                                KamRow       **row,    /* NULL where the server has none */
                                GError       **error);
gboolean   kam_shadow_rebuild  (KamWorker     *self,
                                KamEntityKind  entity,
                                const char    *id,
                                gboolean       keep,
                                GError       **error);
gboolean   kam_shadow_settle_lead (KamWorker  *self,
                                const char    *lead_id,
                                GError       **error);

/* kam-store-outbox.c: reads what KAM_OUTBOX_COLUMNS names; base_rev is KAM_BASE_AWAITED while the result of the row's own making is not known yet */
#define KAM_OUTBOX_COLUMNS "mid, entity, id, op, base_rev, at, changes, origin_client, origin_mid, seq, state"
#define KAM_OUTBOX_SEQ 9
#define KAM_BASE_AWAITED (-1)

typedef enum
{
  KAM_OUTBOX_WAITING,  /* for a result; sent once it has a mid */
  KAM_OUTBOX_APPLIED,  /* until the published head reaches result_rev */
  KAM_OUTBOX_REJECTED, /* until the person has seen it */
  KAM_OUTBOX_KEPT,     /* done and published: the journal, until a backup of the server holds it */
} KamOutboxState;

KamMutation *kam_outbox_read   (sqlite3_stmt  *stmt);
extern const char kam_outbox_select_of_row[]; /* (id, entity): everything of a row that is not rejected, in order */
gboolean   kam_outbox_insert   (KamWorker     *self,
                                const KamMutation *mutation,
                                const char    *lead_id,
                                GError       **error);
gboolean   kam_outbox_replace  (KamWorker     *self,
                                gint64         seq,
                                const KamMutation *mutation,
                                GError       **error);
gboolean   kam_outbox_remove   (KamWorker     *self,
                                gint64         seq,
                                GError       **error);
typedef struct
{
  KamEntityKind  entity;
  char          *id;      /* (owned) */
  char          *lead_id; /* (owned) (nullable) */
} KamOutboxRow;

GArray    *kam_outbox_rows     (KamWorker     *self,
                                sqlite3_stmt  *stmt,
                                GError       **error);
gboolean   kam_outbox_touch    (KamWorker     *self,
                                const KamOutboxRow *row,
                                GError       **error);
gboolean   kam_outbox_touch_all (KamWorker    *self,
                                GArray        *rows,
                                GError       **error);
/* The next edits to send: see kam_store_outbox_take_async(). */
gboolean   kam_outbox_take     (KamWorker     *self,
                                guint          max,
                                GPtrArray     *batch,
                                GError       **error);
/* kam-store-journal.c: takes off the patches whose results have been published up to head, touches their leads, and keeps the edits in the journal */
gboolean   kam_outbox_publish  (KamWorker     *self,
                                gint64         head,
                                GError       **error);

/* kam-store-range.c: rows come for a range of ids: what else the server had there goes when it ends */
gboolean   kam_range_begin     (KamWorker     *self,
                                KamEntityKind  entity,
                                const char    *digits,
                                GError       **error);
gboolean   kam_range_take      (KamWorker     *self,   /* whether the row is one of those that were asked for */
                                const KamRow  *row);
gboolean   kam_range_end       (KamWorker     *self,
                                GError       **error);
void       kam_range_free      (KamRange      *self);

/* kam-store-summary.c: nothing is noted outside of a publication */
void       kam_news_begin      (KamWorker     *self);
void       kam_news_drop       (KamWorker     *self);
gboolean   kam_news_end        (KamWorker     *self,
                                GError       **error);
gboolean   kam_news_row        (KamWorker     *self,
                                const KamRow  *row,
                                GError       **error);
gboolean   kam_news_lead_goes  (KamWorker     *self,
                                const char    *lead_id,
                                gboolean       purged,
                                GError       **error);
gboolean   kam_news_count      (KamWorker     *self,
                                const char    *key,
                                GError       **error);
gboolean   kam_news_result     (KamWorker     *self,
                                const char    *lead_id, /* (nullable) */
                                const KamResult *result,
                                GError       **error);

/* kam-store-stage.c */
gboolean   kam_stage_forget    (KamWorker     *self,
                                GError       **error);

/* kam-store-pending.c: an author's own copy of a conflict is passed over while the conflict itself is here */
#define KAM_CONFLICTS_SHOWN "WHERE (lead_id IS NOT NULL OR NOT EXISTS (SELECT 1 FROM conflict AS whole WHERE whole.target_id = conflict.target_id AND " \
  "whole.field = conflict.field AND whole.author_id IS conflict.author_id AND whole.lead_id IS NOT NULL)) "
gboolean   kam_pending_count   (KamWorker     *self,
                                KamPendingCounts *counts,
                                GError       **error);

/* kam-store-derive.c */
gboolean   kam_derive_lead     (KamWorker     *self,
                                const char    *lead_id,
                                GError       **error);
gboolean   kam_derive_summary  (KamWorker     *self,
                                const char    *lead_id,
                                GError       **error);

/* kam-store-search.c */
gboolean   kam_search_index    (KamWorker     *self,
                                const char    *lead_id,
                                GError       **error);
gboolean   kam_search_keys     (KamWorker     *self,
                                const KamListQuery *query,
                                GArray        *keys,
                                GError       **error);
char      *kam_search_match    (KamWorker     *self,
                                const char    *search,
                                gint64         lead_key);

/* kam-store-publish.c */
gboolean   kam_publish_line    (KamWorker     *self,
                                const KamLine *line,
                                gboolean       is_first,
                                GError       **error);

/* kam-store-backlog.c: what lists need not wait for */
void       kam_worker_slice    (KamWorker     *self);
void       kam_worker_merge    (KamWorker     *self);
/* A row has gone: as soon as nobody waits, nothing of it is to be in any file. Within a transaction. */
gboolean   kam_worker_leave_remains (KamWorker *self,
                                GError       **error);
gboolean   kam_backlog_restart (KamWorker     *self,
                                GError       **error);

G_END_DECLS
