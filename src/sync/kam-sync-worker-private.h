/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-digest.h"
#include "kam-engine.h"
#include "kam-http.h"
#include "kam-pull-stream.h"
#include "kam-store-sync.h"
#include "kam-sync-settings.h"
#include "kam-sync-worker.h"

G_BEGIN_DECLS

/* What the server said of our digests. */
typedef struct
{
  char      *cursor;  /* (owned) */
  gint64     head;
  GPtrArray *ranges;  /* (owned): those that differ */
  guint      n_asked; /* of them, so far */
} KamVerified;

void kam_verified_free (KamVerified *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamVerified, kam_verified_free)

typedef struct _KamSignIn KamSignIn;
typedef struct _KamSignOut KamSignOut;

struct _KamSyncWorker
{
  KamStore         *store;          /* (owned) */
  KamClock         *clock;          /* (owned) */
  KamSyncReportFunc report_func;
  gpointer          owner;          /* (thread owner) (nullable) */
  GThread          *thread;         /* (owned) (thread owner) (nullable) */
  gboolean          stopped;        /* (thread owner) */
  GTask            *stop_task;      /* (owned) (thread owner) (nullable) */
  GMainContext     *owner_context;  /* (owned) */
  GMainContext     *context;        /* (owned) */

  GMutex            lock;
  KamSyncReport    *fresh;          /* (owned) (lock) (nullable): not yet taken by the owner */

  /* From here on: thread worker. */
  GMainLoop        *loop;           /* (owned) */
  gboolean          stopping;
  guint             n_operations;
  KamEngine        *engine;         /* (owned) */
  guint             generation;     /* of the engine's run: answers to an earlier one mean nothing */
  gboolean          running;        /* the engine was started */
  KamEngineStatus   status;
  KamSyncSettings  *settings;       /* (owned) (nullable): until loaded */
  KamSyncState     *state;          /* (owned) (nullable) */
  gboolean          has_keyring;
  gint64            last_synced;
  gint64            clock_skew;
  gint64            slept_us;       /* how long the device has slept since it was started */

  KamHttp          *http;           /* (owned) (nullable) */
  GCancellable     *stop;           /* (owned): everything ends */
  GCancellable     *cancellables[KAM_N_LANES]; /* (owned) (nullable) */
  guint             serials[KAM_N_LANES];
  GSource          *timers[KAM_N_LANES];       /* (owned) (nullable) */

  GPtrArray        *batch;          /* (owned) (nullable) (element-type KamMutation): taken from the outbox */
  GPtrArray        *results;        /* (owned) (nullable) (element-type KamResult) */
  KamPullStream    *page;           /* (owned) (nullable) */
  gboolean          page_busy;      /* being read: whoever reads frees it when it was called off */
  GPtrArray        *lines;          /* (owned) (nullable) (element-type KamLine): read, to be staged */
  char             *asked_cursor;   /* (owned) (nullable) */
  KamErrand         errand;         /* of the lane pull */
  KamDigestSet     *digests;        /* (owned) (nullable): to be sent */
  KamVerified      *verified;       /* (owned) (nullable) */
  guint             n_handed;       /* of the batch, to a server that ended the session for good */
  guint             n_handing;      /* under way */
  gboolean          erasing;        /* there is no way back */
  guint             repaired;       /* ranges that the last check found to differ */

  KamSignOut       *sign_out;       /* (owned) (nullable): under way */
};

/* One thing under way. It keeps the worker, and the worker's thread, alive; it is stale when its lane was called off or the engine started anew meanwhile. */
typedef struct
{
  KamSyncWorker *worker;            /* (owned) */
  KamLane        lane;
  guint          serial;
  guint          generation;
  gint64         begun_us;
  KamPullStream *page;              /* (nullable): being read */
} KamOperation;

KamSyncWorker *kam_sync_worker_ref       (KamSyncWorker   *self);
void           kam_sync_worker_unref     (KamSyncWorker   *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamSyncWorker, kam_sync_worker_unref)

KamOperation  *kam_operation_new         (KamSyncWorker   *worker,
                                          KamLane          lane);
void           kam_operation_free        (KamOperation    *self);
gboolean       kam_operation_is_current  (KamOperation    *self); /* its run of the engine */
gboolean       kam_operation_is_awaited  (KamOperation    *self); /* and its request */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamOperation, kam_operation_free)

/* Answers a task in the context it was made in, and lets go of it there. error (transfer full) (nullable) */
void           kam_sync_worker_answer    (KamSyncWorker   *self,
                                          GTask           *task,
                                          GError          *error);
/* The same with a value (transfer full) (nullable), given where there is no error. */
void           kam_sync_worker_answer_with (KamSyncWorker  *self,
                                            GTask          *task,
                                            gpointer        value,
                                            GDestroyNotify  destroy,
                                            GError         *error);
/* Whether there is a thread that takes something on (thread owner). */
gboolean       kam_sync_worker_is_open   (KamSyncWorker   *self);
void           kam_sync_worker_tell_owner (KamSyncWorker  *self,
                                           GSourceFunc     func,
                                           gpointer        data,
                                           GDestroyNotify  destroy);
void           kam_sync_worker_report    (KamSyncWorker   *self);
void           kam_sync_worker_begin     (KamSyncWorker   *self,
                                          gboolean         signed_in);
void           kam_sync_worker_feed      (KamSyncWorker   *self,
                                          const KamEvent  *event);
void           kam_sync_worker_halt      (KamSyncWorker   *self);
void           kam_sync_worker_send      (KamSyncWorker   *self,
                                          const KamAction *action);
void           kam_sync_worker_store     (KamSyncWorker   *self,
                                          const KamAction *action);
void           kam_sync_worker_store_failed (KamSyncWorker *self,
                                             KamLane        lane,
                                             const GError  *error);
void           kam_sync_worker_failed    (KamSyncWorker   *self,
                                          KamLane          lane,
                                          KamTrouble       trouble);
KamHttpReply  *kam_operation_take_reply  (KamOperation    *self,
                                          GAsyncResult    *result);
JsonObject    *kam_operation_take_object (KamOperation    *self,
                                          GAsyncResult    *result,
                                          KamHttpReply   **reply); /* (out) (transfer full) (nullable) */
void           kam_sync_append_mutation  (GString         *out,
                                          const KamMutation *mutation);
void           kam_sync_worker_pull      (KamSyncWorker   *self,
                                          KamOperation    *operation);
void           kam_sync_worker_hand_over (KamSyncWorker   *self,
                                          KamOperation    *operation);
void           kam_sync_worker_erase     (KamSyncWorker   *self);
void           kam_sync_worker_forget    (KamSyncWorker   *self);
gint64         kam_sync_worker_get_last_checked (KamSyncWorker *self);
void           kam_sync_worker_look_at_check    (KamSyncWorker *self);
void           kam_sync_worker_note_checked     (KamSyncWorker *self,
                                                 guint          n_differing);
void           kam_sync_worker_read_page (KamSyncWorker   *self);
void           kam_sync_worker_drop_page (KamSyncWorker   *self);
gboolean       kam_sync_read_hello       (JsonObject      *object,
                                          KamEvent        *event);
/* What happens in the thread for the owner's calls: data is what the function before it made, and is taken over. */
KamSignIn     *kam_sign_in_new           (KamSyncWorker   *self,
                                          const char      *server,
                                          const char      *ca_file,
                                          const char      *email,
                                          const char      *password,
                                          GTask           *task);
KamSignOut    *kam_sign_out_new          (gboolean         discard,
                                          GTask           *task);
void           kam_sync_worker_run_sign_in  (KamSyncWorker *self,
                                             gpointer       data);
void           kam_sync_worker_run_sign_out (KamSyncWorker *self,
                                             gpointer       data);
/* The status changed: may a waiting sign-out go on? */
void           kam_sync_worker_check_sign_out (KamSyncWorker *self);
void           kam_sync_worker_post      (KamSyncWorker   *self,
                                          void           (*func) (KamSyncWorker *self, gpointer data),
                                          gpointer         data,
                                          GDestroyNotify   destroy);

G_END_DECLS
