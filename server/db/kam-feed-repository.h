/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-db.h"

G_BEGIN_DECLS

/**
 * KamFeedPosition:
 *
 * How far a scan of the feed has come. A scan reads the scopes it was given over (after_seq, up_to_seq], tombstones first (only in an incremental
 * scan), then
 * entity by entity, scope by scope, by rev and id.
 */
typedef struct
{
  gint64  after_seq;
  gint64  up_to_seq;
  int     entity;                     /* -1: tombstones */
  guint   scope;                      /* index into the scopes */
  gint64  rev;
  char    id[KAM_ID_LENGTH + 1];
} KamFeedPosition;

typedef gboolean (*KamFeedRowFunc)   (KamRow        *row,
                                      gpointer       data,
                                      GError       **error);
typedef gboolean (*KamFeedEvictFunc) (KamEntityKind  entity,
                                      gint64         rev,
                                      const char    *scope,
                                      const char    *id,
                                      gboolean       moved,
                                      gpointer       data,
                                      GError       **error);

/* Reads up to limit rows from position on, and moves it. Sets *done when the scan has reached its end. Run in a snapshot. */
gboolean kam_feed_scan (KamDb            *db,
                        GPtrArray        *scopes,
                        KamFeedPosition  *position,
                        guint             limit,
                        KamFeedEvictFunc  evict,
                        KamFeedRowFunc    row,
                        gpointer          data,
                        gboolean         *done,
                        GError          **error);

/* 4,096 bits, the highest of the first byte being the first: one for each three hexadecimal digits that an id can end in. */
#define KAM_FEED_BITS_BYTES 512

/* All rows of one entity in the scopes that are of a commit up to up_to_seq and whose ids end in digits that have a bit. Run in a snapshot; reads the
 * index for the others. */
gboolean kam_feed_scan_bits (KamDb            *db,
                             GPtrArray        *scopes,
                             KamEntityKind     entity,
                             const guint8      bits[KAM_FEED_BITS_BYTES],
                             gint64            up_to_seq,
                             KamFeedRowFunc    row,
                             gpointer          data,
                             GCancellable     *cancellable,
                             GError          **error);

/* How many lines a scan over (after_seq, up_to_seq] will have, about: for showing progress. -1 on error. */
gint64     kam_feed_count  (KamDb       *db,
                            GPtrArray   *scopes,
                            gint64       after_seq,
                            gint64       up_to_seq,
                            GError     **error);

/* At the beginning of a scan: a backfill begins with the rows, an incremental scan with the tombstones. */
void kam_feed_position_init (KamFeedPosition *self,
                             gint64           after_seq,
                             gint64           up_to_seq,
                             gboolean         with_tombstones);

/* Which of the scopes were touched in (after_seq, up_to_seq]: (element-type utf8), in the order given. */
GPtrArray *kam_feed_touched (KamDb       *db,
                             GPtrArray   *scopes,
                             gint64       after_seq,
                             gint64       up_to_seq,
                             GError     **error);

G_END_DECLS
