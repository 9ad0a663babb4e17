/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Instants are µs since 1970 UTC; dates YYYY-MM-DD; times HH:MM; zones IANA names. No function here asks what time it is.
 * All are callable from any thread. */

/* The years 0001 to 9999, which is what the text forms can say. */
#define KAM_INSTANT_MIN G_GINT64_CONSTANT (-62135596800000000)
#define KAM_INSTANT_MAX G_GINT64_CONSTANT (253402300799999999)
#define KAM_US_PER_DAY G_GINT64_CONSTANT (86400000000)

char    *kam_instant_format      (gint64       us);  /* YYYY-MM-DDTHH:MM:SS.ffffffZ */
gboolean kam_instant_parse       (const char  *text,
                                  gint64      *us,
                                  GError     **error);
gboolean kam_date_is_valid       (const char  *date);
gboolean kam_time_is_valid       (const char  *time);
gboolean kam_zone_is_valid       (const char  *zone);
char    *kam_date_add_days       (const char  *date,
                                  int          days);
int      kam_date_days_between   (const char  *from,
                                  const char  *to);
int      kam_date_weekday        (const char  *date); /* Monday = 0 */

/* A local time that daylight saving skips becomes the first valid minute after; one that occurs twice is the first. */
gboolean kam_local_to_instant    (const char  *date,
                                  const char  *time,
                                  const char  *zone,
                                  gint64      *us,
                                  GError     **error);
gboolean kam_instant_to_local    (gint64       us,
                                  const char  *zone,
                                  char       **date,   /* (out) (optional) */
                                  char       **time,   /* (out) (optional) */
                                  GError     **error);

G_END_DECLS
