/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KamClock:
 *
 * Where the time comes from. Everything that needs now is given a clock; tests and the simulator give one that they turn by hand.
 * A clock is used by any thread.
 */
typedef struct _KamClock KamClock;

KamClock *kam_clock_new_system (void);
KamClock *kam_clock_new_fixed  (gint64    now_us);
KamClock *kam_clock_ref        (KamClock *self);
void      kam_clock_unref      (KamClock *self);
gint64    kam_clock_now        (KamClock *self); /* µs since 1970 UTC */
void      kam_clock_set        (KamClock *self,
                                gint64    now_us); /* fixed clocks only */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamClock, kam_clock_unref)

G_END_DECLS
