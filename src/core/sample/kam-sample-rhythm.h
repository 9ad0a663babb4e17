/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-sample-random.h"

G_BEGIN_DECLS

/* How a restaurant orders. */
typedef enum
{
  KAM_SAMPLE_DAILY,
  KAM_SAMPLE_WEEKLY,
  KAM_SAMPLE_FORTNIGHTLY,
  KAM_SAMPLE_MONTHLY,
  KAM_SAMPLE_SEASONAL,  /* around the festivals */
  KAM_SAMPLE_GROWING,
  KAM_SAMPLE_SLIPPING,
  KAM_SAMPLE_LAPSED,
  KAM_SAMPLE_TALKING,   /* reached, no order yet */
  KAM_SAMPLE_TRIED,     /* never reached */
  KAM_SAMPLE_UNTOUCHED, /* brand new */
  KAM_SAMPLE_GONE,      /* set inactive */
} KamSampleRhythm;
#define KAM_SAMPLE_N_RHYTHMS (KAM_SAMPLE_GONE + 1)

/* Leads are made in blocks of this many, each of which has its share of every rhythm and the average number of interactions. */
#define KAM_SAMPLE_BLOCK 100
#define KAM_SAMPLE_FIRST_DAY (-729)

/* The rhythms of one block and how many interactions each of its leads has. */
typedef struct
{
  KamSampleRhythm rhythm[KAM_SAMPLE_BLOCK];
  int             n_rows[KAM_SAMPLE_BLOCK];
} KamSampleBlock;

void    kam_sample_block_init        (KamSampleBlock  *self,
                                      guint            seed,
                                      guint            block,
                                      guint            n_leads,
                                      guint            rows_per_lead);

/* At most n_rows days of orders, from today backwards: (element-type int), in order. */
GArray *kam_sample_rhythm_order_days (KamSampleRhythm  rhythm,
                                      int              n_rows,
                                      const char      *today,
                                      KamSampleRandom *random);

G_END_DECLS
