/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-store-pending.h"
#include "kam-sync.h"

G_BEGIN_DECLS

/* As long as one was away for what came meanwhile to be worth telling. */
#define KAM_SUMMARY_ABSENCE_US (6 * G_TIME_SPAN_HOUR)

/**
 * KamSummary:
 *
 * What others did and what came through, told in a line after a long absence: the program was not running, or had no server. What happens while one looks on
 * is not told.
 *
 * Property: `text` (string, nullable): what there is to tell. Main thread only.
 */
#define KAM_TYPE_SUMMARY (kam_summary_get_type ())
G_DECLARE_FINAL_TYPE (KamSummary, kam_summary, KAM, SUMMARY, GObject)

KamSummary *kam_summary_new         (KamStore             *store,
                                     KamSync              *sync,
                                     KamClock             *clock);
const char *kam_summary_get_text    (KamSummary           *self);
/* Whether what is told needs the person: conflicts, or changes that were not accepted. */
gboolean    kam_summary_needs_you   (KamSummary           *self);
/* It has been read. */
void        kam_summary_dismiss     (KamSummary           *self);
/* Sync is up to date: is there something to tell? Asked by itself whenever that is so after a pause. */
void        kam_summary_look        (KamSummary           *self);

/* "12 leads changed by others, 40 of your changes sent". (transfer full) (nullable): NULL where nothing happened */
char       *kam_summary_words       (const KamSyncSummary *summary);

G_END_DECLS
