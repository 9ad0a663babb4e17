/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-db.h"

G_BEGIN_DECLS

/* What a client needs that was away: tombstones, and which commits there were and what they touched. It is kept for so long; who was away for longer
 * compares everything instead. */
#define KAM_TOMBSTONES_KEPT_DAYS 180

/* How many rows there are of each kind. */
typedef struct
{
  guint64 n_commits;
  guint64 n_touches;
  guint64 n_tombstones;
} KamTombstoneCounts;

/* The first commit to keep (*seq), where those older than before_us may go: the one before the first that is not older, since a client that has come
 * as far as that one needs it no more than its nonce; 0 where there is none. */
gboolean kam_tombstones_find_first (KamDb               *db,
                                    gint64               before_us,
                                    gint64              *seq,
                                    GError             **error);

gboolean kam_tombstones_count      (KamDb               *db,
                                    gint64               first, /* what is before this commit */
                                    KamTombstoneCounts  *counts,
                                    GError             **error);

/* Removes some of what is before this commit, commits first: KamOrg.oldest then says that the rest no longer counts. Call it until *done, each time
 * in a transaction of its own, so that nobody waits long. */
gboolean kam_tombstones_remove     (KamDb               *db,
                                    gint64               first,
                                    guint                limit,
                                    KamTombstoneCounts  *removed, /* added to */
                                    gboolean            *done,
                                    GError             **error);

G_END_DECLS
