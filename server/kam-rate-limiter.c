/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-rate-limiter.h"

/* Beyond this many keys the full ones are looked for and forgotten. */
#define SWEEP_AT 4096

struct _KamRateLimiter
{
  GHashTable *due;      /* (owned) key → gint64 *: when the key is full again, µs */
  gint64      step_us;  /* what one event costs */
  gint64      window_us;
  guint       sweep_at;
};

KamRateLimiter *
kam_rate_limiter_new (guint  events,
                      gint64 window_us)
{
  KamRateLimiter *self = g_new0 (KamRateLimiter, 1);

  self->due = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->window_us = window_us;
  self->step_us = MAX (1, window_us / MAX (1, events));
  self->sweep_at = SWEEP_AT;

  return self;
}

void
kam_rate_limiter_free (KamRateLimiter *self)
{
  g_hash_table_unref (self->due);
  g_free (self);
}

static gboolean
is_full_cb (gpointer key,
            gpointer value,
            gpointer user_data)
{
  return *(gint64 *) value <= *(gint64 *) user_data;
}

static void
sweep (KamRateLimiter *self,
       gint64          now_us)
{
  if (g_hash_table_size (self->due) < self->sweep_at)
    return;

  g_hash_table_foreach_remove (self->due, is_full_cb, &now_us);
  self->sweep_at = MAX (SWEEP_AT, 2 * g_hash_table_size (self->due));
}

guint
kam_rate_limiter_take (KamRateLimiter *self,
                       const char     *key,
                       gint64          now_us)
{
  gint64 *due = g_hash_table_lookup (self->due, key);
  gint64 next = (due != NULL ? MAX (*due, now_us) : now_us) + self->step_us;

  if (next - now_us > self->window_us)
    return (guint) MAX (1, (next - now_us - self->window_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);

  if (due == NULL)
    {
      sweep (self, now_us);
      due = g_new (gint64, 1);
      g_hash_table_insert (self->due, g_strdup (key), due);
    }

  *due = next;

  return 0;
}

void
kam_rate_limiter_refund (KamRateLimiter *self,
                         const char     *key)
{
  gint64 *due = g_hash_table_lookup (self->due, key);

  if (due != NULL)
    *due -= self->step_us;
}

guint
kam_rate_limiter_size (KamRateLimiter *self)
{
  return g_hash_table_size (self->due);
}
