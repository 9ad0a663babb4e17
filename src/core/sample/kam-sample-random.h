/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * KamSampleRandom:
 *
 * A stream of numbers that follows from a seed alone, on every machine (xoshiro256**, Blackman and Vigna 2018). Streams of one seed are
 * independent of each other, so that what is drawn for one lead changes nothing for the next.
 */
typedef struct
{
  guint64 state[4];
} KamSampleRandom;

void     kam_sample_random_init    (KamSampleRandom *self,
                                    guint64          seed,
                                    guint64          stream);
guint64  kam_sample_random_next    (KamSampleRandom *self);
guint    kam_sample_random_below   (KamSampleRandom *self,
                                    guint            limit);
int      kam_sample_random_between (KamSampleRandom *self,
                                    int              least,
                                    int              most);
gboolean kam_sample_random_chance  (KamSampleRandom *self,
                                    guint            percent);
char    *kam_sample_random_id      (KamSampleRandom *self,
                                    gint64           unix_us);

G_END_DECLS
