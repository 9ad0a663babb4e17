/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KamRateLimiter:
 *
 * At most so many events a window for each key, refilled evenly (GCRA). Memory is bounded: keys that are full again are forgotten. Belongs to one thread.
 */
typedef struct _KamRateLimiter KamRateLimiter;

KamRateLimiter *kam_rate_limiter_new    (guint           events,
                                         gint64          window_us);
void            kam_rate_limiter_free   (KamRateLimiter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamRateLimiter, kam_rate_limiter_free)

/* Counts an event. 0, or where it is one too many (not counted then) the seconds to wait, at least 1. */
guint           kam_rate_limiter_take   (KamRateLimiter *self,
                                         const char     *key,
                                         gint64          now_us);
/* Takes an event back. */
void            kam_rate_limiter_refund (KamRateLimiter *self,
                                         const char     *key);
guint           kam_rate_limiter_size   (KamRateLimiter *self);

G_END_DECLS
