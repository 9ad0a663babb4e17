/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-sample-random.h"

G_BEGIN_DECLS

/**
 * KamSampleCity:
 *
 * Where a restaurant is, with today and now on its clocks.
 */
typedef struct
{
  char  *name;
  char  *state;
  char  *country;
  char  *zone;
  char  *postcode;   /* # stands for a digit, @ for a letter */
  char  *area_code;
  guint  weight;
  char  *language;
  char **localities;
  char  *streets;    /* the key of its country's streets */
  char  *today;
  int    now_minute;
} KamSampleCity;

/**
 * KamSampleWords:
 *
 * The word lists of data/sample, by key.
 */
typedef struct _KamSampleWords KamSampleWords;

KamSampleWords *kam_sample_words_new  (gint64           now_us,
                                       GError         **error);
void            kam_sample_words_free (KamSampleWords  *self);

/* One of a list's lines; the second form falls back to English where the language has none, and to NULL where there is no list. */
const char     *kam_sample_words_pick     (KamSampleWords  *self,
                                           const char      *key,
                                           KamSampleRandom *random);
const char     *kam_sample_words_pick_in  (KamSampleWords  *self,
                                           const char      *key,
                                           const char      *language,
                                           KamSampleRandom *random);

/* Replaces {key} by a line of that list, {n} by a small number and {number} by a larger one. */
char           *kam_sample_words_fill     (KamSampleWords  *self,
                                           const char      *pattern,
                                           KamSampleRandom *random);

guint                kam_sample_words_n_cities  (KamSampleWords  *self);
const KamSampleCity *kam_sample_words_city      (KamSampleWords  *self,
                                                 guint            city);

/* By weight, within a country, or abroad where country is NULL. */
guint                kam_sample_words_pick_city (KamSampleWords  *self,
                                                 const char      *country,
                                                 KamSampleRandom *random);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamSampleWords, kam_sample_words_free)

G_END_DECLS
