/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-clock.h"

struct _KamClock
{
  GMutex          lock;
  gboolean        fixed;
  gint64          now_us; /* of a fixed clock */
  gatomicrefcount ref_count;
};

static KamClock *
allocate (gboolean fixed,
          gint64   now_us)
{
  KamClock *self = g_new0 (KamClock, 1);

  g_mutex_init (&self->lock);
  self->fixed = fixed;
  self->now_us = now_us;
  g_atomic_ref_count_init (&self->ref_count);

  return self;
}

/**
 * kam_clock_new_system:
 *
 * Returns: (transfer full): the device's clock
 */
KamClock *
kam_clock_new_system (void)
{
  return allocate (FALSE, 0);
}

/**
 * kam_clock_new_fixed:
 *
 * Returns: (transfer full): a clock that stands until it is set
 */
KamClock *
kam_clock_new_fixed (gint64 now_us)
{
  return allocate (TRUE, now_us);
}

KamClock *
kam_clock_ref (KamClock *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
kam_clock_unref (KamClock *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_mutex_clear (&self->lock);
  g_free (self);
}

gint64
kam_clock_now (KamClock *self)
{
  g_autoptr (GMutexLocker) locker = NULL;

  if (!self->fixed)
    return g_get_real_time ();

  locker = g_mutex_locker_new (&self->lock);

  return self->now_us;
}

void
kam_clock_set (KamClock *self,
               gint64    now_us)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_return_if_fail (self->fixed);
  self->now_us = now_us;
}
