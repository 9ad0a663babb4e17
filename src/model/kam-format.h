/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How dates, times and money read to a person, translated. All results are (transfer full). Dates are YYYY-MM-DD, instants µs since 1970 UTC. */

/* "today", "yesterday", "in 2 days", "5 days ago"; beyond two weeks the date itself, with the year where it is another. */
char *kam_format_date_near   (const char *date,
                              const char *today);

/* "Tuesday, 24 November 2026", for tooltips. */
char *kam_format_date_full   (const char *date);

/* As above for an instant, by the calendar of a zone; zone NULL is the device's. */
char *kam_format_instant_near (gint64      us,
                               gint64      now_us,
                               const char *zone);
char *kam_format_instant_full (gint64      us,
                               const char *zone);

/* Today's date in a zone. */
char *kam_format_today       (gint64      now_us,
                              const char *zone);

/* Minor units and an ISO 4217 code: "₹ 1,25,000", "€ 1,250.50". Rupees group by lakh; whole amounts carry no fraction. */
char *kam_format_money       (gint64      minor_units,
                              const char *currency);

/* A phone as it is written in a country (nullable). Set apart as left-to-right, or text that runs the other way would swap its groups of digits; for
 * showing, not for entries. */
char *kam_format_phone       (const char *phone,
                              const char *country);

/* An integer, grouped as the locale does. */
char *kam_format_count       (guint64     number);

G_END_DECLS
