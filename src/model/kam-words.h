/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What editors and the lead page say beyond kam-format.h. What is returned is owned by the caller, unless it is const. */

/* Money: minor units and ISO 4217. */
char    *kam_words_money_plain   (gint64       minor,
                                  const char  *currency); /* without symbol and grouping: to edit */
gboolean kam_money_parse         (const char  *typed,
                                  const char  *currency,
                                  gint64      *minor);

/* Dates are YYYY-MM-DD. */
char    *kam_words_date_short    (const char  *date,
                                  const char  *today);  /* "Tue 24 Nov" */

char    *kam_words_interval      (gint64       days);   /* "every week" */
char    *kam_words_days          (gint64       mask);   /* "Mon–Sat" */
char    *kam_words_weekday       (guint        day);    /* Monday = 0: "Mon" */
char    *kam_words_zone          (const char  *zone);   /* "Kolkata" */

/* A contact's role: the usual ones are words that the program knows, any other is as somebody typed it. Not to be freed. */
const char *kam_words_role       (const char  *role);   /* (nullable) */

/* The other clock of a local time: "09:30 for you"; NULL where both zones show the same at that date. */
char    *kam_words_other_clock   (const char  *date,
                                  const char  *time,
                                  const char  *zone,
                                  const char  *own_zone);

G_END_DECLS
