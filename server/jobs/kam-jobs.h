/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-clock.h"
#include "kam-db-pool.h"

G_BEGIN_DECLS

/**
 * KamJobs:
 *
 * What a server does by itself from time to time. Every process does it, each at times of its own: a job that another has done meanwhile finds nothing to
 * do. Belongs to the thread of its main context; the work is done by the pool.
 */
typedef struct _KamJobs KamJobs;

/* first_seconds: each job runs for the first time within so many seconds. */
KamJobs *kam_jobs_new  (KamDbPool *pool,
                        KamClock  *clock,
                        guint      first_seconds);
/* Nothing begins any more; what is under way is cancelled. */
void     kam_jobs_free (KamJobs   *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamJobs, kam_jobs_free)

G_END_DECLS
