/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-sample-random.h"

#include "kam-id.h"

#include <string.h>

/* SplitMix64 (Steele, Lea and Flood 2014), which spreads any seed over the state. */
static guint64
spread (guint64 *seed)
{
  guint64 z = (*seed += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15));

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);

  return z ^ (z >> 31);
}

static guint64
rotate (guint64 x,
        int     by)
{
  return x << by | x >> (64 - by);
}

/**
 * kam_sample_random_init:
 * @seed: what a person chose
 * @stream: which of the seed's streams
 */
void
kam_sample_random_init (KamSampleRandom *self,
                        guint64          seed,
                        guint64          stream)
{
  guint64 mixed = seed;

  mixed = spread (&mixed) ^ stream;

  for (guint i = 0; i < G_N_ELEMENTS (self->state); i++)
    self->state[i] = spread (&mixed);
}

guint64
kam_sample_random_next (KamSampleRandom *self)
{
  guint64 *s = self->state;
  guint64 result = rotate (s[1] * 5, 7) * 9;
  guint64 shifted = s[1] << 17;

  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= shifted;
  s[3] = rotate (s[3], 45);

  return result;
}

/**
 * kam_sample_random_below:
 * @limit: at least 1
 *
 * Returns: 0 to @limit - 1
 */
guint
kam_sample_random_below (KamSampleRandom *self,
                         guint            limit)
{
  return (guint) (((kam_sample_random_next (self) >> 32) * limit) >> 32);
}

/**
 * kam_sample_random_between:
 *
 * Returns: @least to @most, both included
 */
int
kam_sample_random_between (KamSampleRandom *self,
                           int              least,
                           int              most)
{
  return least + (int) kam_sample_random_below (self, (guint) (most - least) + 1);
}

gboolean
kam_sample_random_chance (KamSampleRandom *self,
                          guint            percent)
{
  return kam_sample_random_below (self, 100) < percent;
}

/**
 * kam_sample_random_id:
 * @unix_us: when the row was made
 */
char *
kam_sample_random_id (KamSampleRandom *self,
                      gint64           unix_us)
{
  guint64 numbers[2] = { GUINT64_TO_LE (kam_sample_random_next (self)), GUINT64_TO_LE (kam_sample_random_next (self)) };
  guint8 bytes[10];

  memcpy (bytes, numbers, sizeof bytes);

  return kam_id_new_from (unix_us, bytes);
}
