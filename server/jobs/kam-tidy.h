/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-tombstone-repository.h"

G_BEGIN_DECLS

/* Removes what only a client would need that has been away for more than KAM_TOMBSTONES_KEPT_DAYS: such a one is told `expired` and compares everything.
 * In steps, each in a transaction of its own; stopped between two of them it goes on the next time. dry_run: counts only. */
gboolean kam_tidy_run (KamDb               *db,
                       gint64               now_us,
                       gboolean             dry_run,
                       KamTombstoneCounts  *counts, /* (out) */
                       GCancellable        *cancellable,
                       GError             **error);

G_END_DECLS
