/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-time.h"

#include "kam-error.h"

#include <string.h>

#define US_PER_SECOND G_GINT64_CONSTANT (1000000)
#define SECONDS_PER_DAY G_GINT64_CONSTANT (86400)

/* Days since 1970 of a date of the proleptic Gregorian calendar, and back: counted in eras of 400 years that begin on 1 March. */
static gint64
days_from_date (int year,
                int month,
                int day)
{
  gint64 y = year - (month <= 2 ? 1 : 0);
  gint64 era = (y >= 0 ? y : y - 399) / 400;
  gint64 year_of_era = y - era * 400;
  gint64 day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

  return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static void
date_from_days (gint64 days,
                int   *year,
                int   *month,
                int   *day)
{
  gint64 shifted = days + 719468;
  gint64 era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
  gint64 day_of_era = shifted - era * 146097;
  gint64 year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  gint64 day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  gint64 shifted_month = (5 * day_of_year + 2) / 153;

  *day = (int) (day_of_year - (153 * shifted_month + 2) / 5 + 1);
  *month = (int) (shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
  *year = (int) (year_of_era + era * 400 + (*month <= 2 ? 1 : 0));
}

static int
days_in_month (int year,
               int month)
{
  static const guint8 days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

  if (month == 2 && year % 4 == 0 && (year % 100 != 0 || year % 400 == 0))
    return 29;

  return days[month - 1];
}

static gint64
floor_divide (gint64 number,
              gint64 by)
{
  return number / by - (number % by < 0 ? 1 : 0);
}

/* Matches text against a pattern in which 0 stands for any digit, and gives the runs of digits as numbers. */
static gboolean
scan_digits (const char *text,
             const char *pattern,
             int        *numbers)
{
  int n = -1;

  for (guint i = 0; pattern[i] != '\0'; i++)
    {
      if (pattern[i] != '0')
        {
          if (text[i] != pattern[i])
            return FALSE;

          continue;
        }

      if (!g_ascii_isdigit (text[i]))
        return FALSE;

      if (i == 0 || pattern[i - 1] != '0')
        numbers[++n] = 0;

      numbers[n] = numbers[n] * 10 + (text[i] - '0');
    }

  return TRUE;
}

static gboolean
read_date (const char *date,
           gint64     *days)
{
  int n[3];

  if (date == NULL || !scan_digits (date, "0000-00-00", n))
    return FALSE;

  if (n[0] < 1 || n[1] < 1 || n[1] > 12 || n[2] < 1 || n[2] > days_in_month (n[0], n[1]))
    return FALSE;

  *days = days_from_date (n[0], n[1], n[2]);

  return TRUE;
}

static gboolean
read_whole_date (const char *date,
                 gint64     *days)
{
  return read_date (date, days) && date[10] == '\0';
}

static gboolean
read_time (const char *time,
           int        *minutes)
{
  int n[2];

  if (time == NULL || !scan_digits (time, "00:00", n) || time[5] != '\0' || n[0] > 23 || n[1] > 59)
    return FALSE;

  *minutes = n[0] * 60 + n[1];

  return TRUE;
}

/* (nullable): NULL outside the years 0001 to 9999 */
static char *
write_date (gint64 days)
{
  int year, month, day;

  if (days < KAM_INSTANT_MIN / KAM_US_PER_DAY || days > KAM_INSTANT_MAX / KAM_US_PER_DAY)
    return NULL;

  date_from_days (days, &year, &month, &day);

  return g_strdup_printf ("%04d-%02d-%02d", year, month, day);
}

/**
 * kam_instant_format:
 * @us: µs since 1970 UTC; before the year 0001 and after 9999 the nearest that can be written is
 *
 * Returns: (transfer full): `YYYY-MM-DDTHH:MM:SS.ffffffZ`, the only form in which instants travel
 */
char *
kam_instant_format (gint64 us)
{
  gint64 within = CLAMP (us, KAM_INSTANT_MIN, KAM_INSTANT_MAX);
  gint64 days = floor_divide (within, KAM_US_PER_DAY);
  gint64 rest = within - days * KAM_US_PER_DAY;
  int seconds = (int) (rest / US_PER_SECOND);
  int year, month, day;

  date_from_days (days, &year, &month, &day);

  return g_strdup_printf ("%04d-%02d-%02dT%02d:%02d:%02d.%06dZ",
                          year, month, day, seconds / 3600, seconds / 60 % 60, seconds % 60, (int) (rest % US_PER_SECOND));
}

/* "Z", ".fffZ" or ".ffffffZ" */
static gboolean
read_fraction (const char *text,
               int        *us)
{
  gsize length = strlen (text);

  *us = 0;

  if (length == 8)
    return scan_digits (text, ".000000Z", us);

  if (length == 5 && scan_digits (text, ".000Z", us))
    {
      *us *= 1000;
      return TRUE;
    }

  return length == 1 && *text == 'Z';
}

/**
 * kam_instant_parse:
 * @text: `YYYY-MM-DDTHH:MM:SS.ffffffZ`, or the same with no or three digits of fraction; nothing else
 * @us: (out): µs since 1970 UTC
 * @error: %KAM_ERROR_INVALID_TIME
 *
 * Leap seconds are refused, like every other time that µs since 1970 cannot say.
 */
gboolean
kam_instant_parse (const char *text,
                   gint64     *us,
                   GError    **error)
{
  gint64 days;
  int n[3], fraction;

  if (!read_date (text, &days) || !scan_digits (text + 10, "T00:00:00", n) || n[0] > 23 || n[1] > 59 || n[2] > 59 ||
      !read_fraction (text + 19, &fraction))
    {
      g_set_error (error, KAM_ERROR, KAM_ERROR_INVALID_TIME, "“%.40s” is not a time like 2026-11-02T09:30:00.000000Z", text != NULL ? text : "");
      return FALSE;
    }

  *us = (days * SECONDS_PER_DAY + n[0] * 3600 + n[1] * 60 + n[2]) * US_PER_SECOND + fraction;

  return TRUE;
}

/**
 * kam_date_is_valid:
 * @date: (nullable)
 *
 * Returns: whether it is a day of the years 0001 to 9999 as `YYYY-MM-DD`
 */
gboolean
kam_date_is_valid (const char *date)
{
  gint64 days;

  return read_whole_date (date, &days);
}

/**
 * kam_time_is_valid:
 * @time: (nullable)
 *
 * Returns: whether it is a minute of the day, 00:00 to 23:59
 */
gboolean
kam_time_is_valid (const char *time)
{
  int minutes;

  return read_time (time, &minutes);
}

/**
 * kam_date_add_days:
 * @date: a valid date
 * @days: may be negative
 *
 * Returns: (transfer full) (nullable): NULL where the result, or @date, is no date of the years 0001 to 9999
 */
char *
kam_date_add_days (const char *date,
                   int         days)
{
  gint64 from;

  return read_whole_date (date, &from) ? write_date (from + days) : NULL;
}

/**
 * kam_date_days_between:
 * @from: a valid date
 * @to: a valid date
 *
 * Returns: how many days @to is after @from; negative where it is before
 */
int
kam_date_days_between (const char *from,
                       const char *to)
{
  gint64 a = 0, b = 0;

  if (!read_whole_date (from, &a) || !read_whole_date (to, &b))
    g_return_val_if_reached (0);

  return (int) (b - a);
}

/**
 * kam_date_weekday:
 * @date: a valid date
 *
 * Returns: 0 for Monday to 6 for Sunday
 */
int
kam_date_weekday (const char *date)
{
  gint64 days = 0;

  if (!read_whole_date (date, &days))
    g_return_val_if_reached (0);

  return (int) (days + 3 - floor_divide (days + 3, 7) * 7); /* 1 January 1970 was a Thursday */
}
