/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-sample-rhythm.h"

#include "kam-time.h"

#include <stdlib.h>

#define BLOCK_STREAM (G_GUINT64_CONSTANT (1) << 40)

/* Of each hundred leads, how many order like this; how much is written down about them, against each other; and how much of that is orders. */
static const struct
{
  guint share;
  guint weight;
  guint orders_percent;
  int   last_least; /* days since the last order */
  int   last_most;
  int   gap_least;  /* days between orders */
  int   gap_most;
} shapes[KAM_SAMPLE_N_RHYTHMS] = {
  [KAM_SAMPLE_DAILY] = { 1, 150, 85, 0, 0, 1, 1 },
  [KAM_SAMPLE_WEEKLY] = { 5, 42, 75, 0, 6, 6, 8 },
  [KAM_SAMPLE_FORTNIGHTLY] = { 11, 17, 65, 0, 13, 13, 15 },
  [KAM_SAMPLE_MONTHLY] = { 13, 10, 60, 0, 28, 27, 33 },
  [KAM_SAMPLE_SEASONAL] = { 5, 13, 65, 0, 0, 0, 0 },
  [KAM_SAMPLE_GROWING] = { 5, 18, 75, 0, 4, 4, 6 },
  [KAM_SAMPLE_SLIPPING] = { 4, 34, 85, 5, 9, 6, 8 },
  [KAM_SAMPLE_LAPSED] = { 8, 12, 65, 60, 300, 7, 16 },
  [KAM_SAMPLE_TALKING] = { 16, 4, 0, 0, 0, 0, 0 },
  [KAM_SAMPLE_TRIED] = { 8, 2, 0, 0, 0, 0, 0 },
  [KAM_SAMPLE_UNTOUCHED] = { 12, 0, 0, 0, 0, 0, 0 },
  [KAM_SAMPLE_GONE] = { 12, 7, 50, 130, 450, 7, 20 },
};

/* How likely an order is in each month where it goes by the festivals: weddings in May, Diwali, the new year. */
static const guint month_weights[] = { 5, 1, 3, 2, 5, 1, 1, 3, 3, 8, 10, 9 };

/**
 * kam_sample_block_init:
 * @n_leads: how many leads of the block there are; the last may be short
 * @rows_per_lead: on average over the block, exactly
 */
void
kam_sample_block_init (KamSampleBlock *self,
                       guint           seed,
                       guint           block,
                       guint           n_leads,
                       guint           rows_per_lead)
{
  KamSampleRandom random;
  guint64 total = 0, before = 0;
  guint n = 0;

  kam_sample_random_init (&random, seed, BLOCK_STREAM + block);

  for (guint rhythm = 0; rhythm < KAM_SAMPLE_N_RHYTHMS; rhythm++)
    {
      for (guint i = 0; i < shapes[rhythm].share; i++)
        self->rhythm[n++] = rhythm;
    }

  g_assert (n == KAM_SAMPLE_BLOCK);

  for (guint i = n - 1; i > 0; i--)
    {
      guint other = kam_sample_random_below (&random, i + 1);
      KamSampleRhythm swapped = self->rhythm[i];

      self->rhythm[i] = self->rhythm[other];
      self->rhythm[other] = swapped;
    }

  if (block == 0)
    self->rhythm[0] = KAM_SAMPLE_WEEKLY; /* even the smallest sample has somebody who orders */

  for (guint i = 0; i < n_leads; i++)
    total += shapes[self->rhythm[i]].weight;

  for (guint i = 0; i < n_leads; i++)
    {
      guint64 after = before + shapes[self->rhythm[i]].weight;
      guint64 rows = (guint64) rows_per_lead * n_leads;

      self->n_rows[i] = total > 0 ? (int) (rows * after / total - rows * before / total) : 0;
      before = after;
    }
}

static int
compare_days (gconstpointer a,
              gconstpointer b)
{
  return *(const int *) a - *(const int *) b;
}

static void
add_festival_days (GArray          *days,
                   int              n,
                   const char      *today,
                   KamSampleRandom *random)
{
  for (int tries = 0; tries < n * 20 && (int) days->len < n; tries++)
    {
      int day = -kam_sample_random_between (random, 1, -KAM_SAMPLE_FIRST_DAY - 20);
      g_autofree char *date = kam_date_add_days (today, day);

      if (kam_sample_random_below (random, 10) < month_weights[atoi (date + 5) - 1])
        g_array_append_val (days, day);
    }
}

static int
next_gap (KamSampleRhythm  rhythm,
          guint            n_before,
          KamSampleRandom *random)
{
  int gap = kam_sample_random_between (random, shapes[rhythm].gap_least, shapes[rhythm].gap_most);

  if (rhythm == KAM_SAMPLE_GROWING)
    return gap + (int) n_before * 2 / 3; /* the further back, the rarer */

  if (rhythm == KAM_SAMPLE_SLIPPING && n_before == 1)
    return gap + 20;

  if (rhythm == KAM_SAMPLE_DAILY && n_before % 6 == 5)
    return gap + 1; /* a day off in the week */

  if (rhythm == KAM_SAMPLE_WEEKLY)
    return kam_sample_random_chance (random, 80) ? 7 : gap; /* mostly the same weekday */

  return gap;
}

/**
 * kam_sample_rhythm_order_days:
 * @n_rows: all interactions of the lead
 * @today: its date
 *
 * Returns: (transfer full) (element-type int): days from today, 0 or negative, in order
 */
GArray *
kam_sample_rhythm_order_days (KamSampleRhythm  rhythm,
                              int              n_rows,
                              const char      *today,
                              KamSampleRandom *random)
{
  GArray *days = g_array_new (FALSE, FALSE, sizeof (int));
  int n = MIN ((n_rows * (int) shapes[rhythm].orders_percent + 50) / 100, n_rows - 1);
  int day = -kam_sample_random_between (random, shapes[rhythm].last_least, shapes[rhythm].last_most);

  if (rhythm == KAM_SAMPLE_SEASONAL)
    {
      add_festival_days (days, n, today, random);
    }
  else
    {
      while ((int) days->len < n && day > KAM_SAMPLE_FIRST_DAY + 20)
        {
          g_array_append_val (days, day);
          day -= next_gap (rhythm, days->len, random);
        }
    }

  g_array_sort (days, compare_days);

  return days;
}
