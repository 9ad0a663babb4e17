/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-sync.h"

G_BEGIN_DECLS

/**
 * KamSyncWorker:
 *
 * The thread of one KamSync. Its functions are called by the owner, in the context in which the worker was made; what they begin goes on in the
 * thread, and tasks answer in
 * the context in which they were made. Counted references.
 */
typedef struct _KamSyncWorker KamSyncWorker;

/* All that the owner shows, at one moment. */
typedef struct
{
  KamSyncStatus status;
  guint         pending;
  guint         rejected;
  double        fraction;
  guint         rows;
  gint64        last_synced;
  char         *message;    /* (owned) (nullable) */
  char         *server;     /* (owned) (nullable) */
  char         *user_id;    /* (owned) (nullable) */
  gint64        clock_skew;
  gboolean      has_keyring;
  gboolean      checking;
  gint64        last_checked;
  guint         repaired;
} KamSyncReport;

typedef void (*KamSyncReportFunc) (const KamSyncReport *report,
                                   gpointer             owner);

void           kam_sync_report_free        (KamSyncReport        *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamSyncReport, kam_sync_report_free)

KamSyncWorker *kam_sync_worker_new         (KamStore             *store,
                                            KamClock             *clock,
                                            KamSyncReportFunc     report,
                                            gpointer              owner);
/* The owner goes: nothing is reported any more, and the thread ends by itself. */
void           kam_sync_worker_abandon     (KamSyncWorker        *self);
void           kam_sync_worker_start       (KamSyncWorker        *self,
                                            GTask                *task);
void           kam_sync_worker_stop        (KamSyncWorker        *self,
                                            GTask                *task);
void           kam_sync_worker_sign_in     (KamSyncWorker        *self,
                                            const char           *server,
                                            const char           *ca_file,
                                            const char           *email,
                                            const char           *password,
                                            GTask                *task);
void           kam_sync_worker_sign_out    (KamSyncWorker        *self,
                                            gboolean              discard,
                                            GTask                *task);
void           kam_sync_worker_now         (KamSyncWorker        *self);
/* Has the copy compared with the server. */
void           kam_sync_worker_check       (KamSyncWorker        *self);
void           kam_sync_worker_edited      (KamSyncWorker        *self);
void           kam_sync_worker_network     (KamSyncWorker        *self,
                                            gboolean              available);

/* The thread of a sync. */
KamSyncWorker *kam_sync_get_worker         (KamSync              *self);

G_END_DECLS
