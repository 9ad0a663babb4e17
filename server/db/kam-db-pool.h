/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-db.h"

G_BEGIN_DECLS

/**
 * KamDbPool:
 *
 * Worker threads with one connection each. The main loop hands them functions and gets the answer back in its own main context. At most max_waiting
 * functions wait;
 * beyond that KAM_DB_ERROR_BUSY at once. A broken connection is made again before the next function.
 */
#define KAM_TYPE_DB_POOL (kam_db_pool_get_type ())
G_DECLARE_FINAL_TYPE (KamDbPool, kam_db_pool, KAM, DB_POOL, GObject)

typedef gpointer (*KamDbPoolFunc) (KamDb        *db, /* (thread worker) */
                                   gpointer      data,
                                   GCancellable *cancellable,
                                   GError      **error);

KamDbPool *kam_db_pool_new        (const KamDbOptions   *options,
                                   guint                 n_threads,
                                   guint                 max_waiting);
void       kam_db_pool_run_async  (KamDbPool            *self,
                                   KamDbPoolFunc         func,
                                   gpointer              data,         /* (transfer full) */
                                   GDestroyNotify        data_free,
                                   GDestroyNotify        result_free,
                                   GCancellable         *cancellable,
                                   GAsyncReadyCallback   callback,
                                   gpointer              user_data);
gpointer   kam_db_pool_run_finish (KamDbPool            *self,
                                   GAsyncResult         *result,
                                   GError              **error);

/* Runs what waits, then ends the threads; blocks until they have. */
void       kam_db_pool_shut_down  (KamDbPool            *self);

G_END_DECLS
