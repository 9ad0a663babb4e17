/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-format.h"

#include "kam-phone.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#define NEAR_DAYS 14

typedef struct
{
  const char *code;
  const char *symbol;
  guint       digits;
} Currency;

static const Currency currencies[] = {
  { "INR", "₹", 2 }, { "EUR", "€", 2 }, { "GBP", "£", 2 }, { "USD", "$", 2 },
  { "JPY", "¥", 0 }, { "NPR", "रू", 2 }, { "BDT", "৳", 2 }, { "LKR", "Rs", 2 },
};

static gboolean
parse_date (const char *date,
            GDate      *out)
{
  int year = 0;
  int month = 0;
  int day = 0;

  g_date_clear (out, 1);
  if (date == NULL || sscanf (date, "%4d-%2d-%2d", &year, &month, &day) != 3)
    return FALSE;
  if (month < 1 || month > 12 || day < 1 || day > 31 || year < 1 || year > 9999)
    return FALSE;
  if (!g_date_valid_dmy ((GDateDay) day, (GDateMonth) month, (GDateYear) year))
    return FALSE;

  g_date_set_dmy (out, (GDateDay) day, (GDateMonth) month, (GDateYear) year);

  return TRUE;
}

static char *
format_date_as (const GDate *date,
                const char  *format)
{
  g_autoptr (GDateTime) moment = g_date_time_new_utc (g_date_get_year (date), (int) g_date_get_month (date),
                                                      g_date_get_day (date), 12, 0, 0);

  return g_date_time_format (moment, format);
}

static GDateTime *
instant_in_zone (gint64      us,
                 const char *zone)
{
  g_autoptr (GDateTime) utc = NULL;
  g_autoptr (GDateTime) local = NULL;
  g_autoptr (GTimeZone) time_zone = NULL;

  utc = g_date_time_new_from_unix_utc (us / G_USEC_PER_SEC - (us % G_USEC_PER_SEC < 0 ? 1 : 0));
  if (utc == NULL)
    return NULL;

  time_zone = zone != NULL ? g_time_zone_new_identifier (zone) : NULL;
  if (time_zone == NULL)
    time_zone = g_time_zone_new_local ();
  local = g_date_time_to_timezone (utc, time_zone);

  return g_steal_pointer (&local);
}

static char *
near_days (int days)
{
  if (days == 0)
    return g_strdup (_("today"));
  if (days == -1)
    return g_strdup (_("yesterday"));
  if (days == 1)
    return g_strdup (_("tomorrow"));
  if (days < 0)
    return g_strdup_printf (ngettext ("%d day ago", "%d days ago", (gulong) -days), -days);

  return g_strdup_printf (ngettext ("in %d day", "in %d days", (gulong) days), days);
}

char *
kam_format_date_near (const char *date,
                      const char *today)
{
  GDate day;
  GDate now;
  int days;

  if (!parse_date (date, &day))
    return g_strdup (date != NULL ? date : "");
  if (!parse_date (today, &now))
    return kam_format_date_full (date);

  days = g_date_days_between (&now, &day);
  if (ABS (days) <= NEAR_DAYS)
    return near_days (days);

  /* Translators: a date of this year, and one of another year; see g_date_time_format() */
  return format_date_as (&day, g_date_get_year (&day) == g_date_get_year (&now) ? _("%-e %b") : _("%-e %b %Y"));
}

char *
kam_format_date_full (const char *date)
{
  GDate day;

  if (!parse_date (date, &day))
    return g_strdup (date != NULL ? date : "");

  /* Translators: a full date; see g_date_time_format() */
  return format_date_as (&day, _("%A, %-e %B %Y"));
}

char *
kam_format_today (gint64      now_us,
                  const char *zone)
{
  g_autoptr (GDateTime) local = instant_in_zone (now_us, zone);

  return local != NULL ? g_date_time_format (local, "%Y-%m-%d") : g_strdup ("");
}

char *
kam_format_instant_near (gint64      us,
                         gint64      now_us,
                         const char *zone)
{
  g_autofree char *date = kam_format_today (us, zone);
  g_autofree char *today = kam_format_today (now_us, zone);

  return kam_format_date_near (date, today);
}

char *
kam_format_instant_full (gint64      us,
                         const char *zone)
{
  g_autoptr (GDateTime) local = instant_in_zone (us, zone);

  if (local == NULL)
    return g_strdup ("");

  /* Translators: a full date with the time; see g_date_time_format() */
  return g_date_time_format (local, _("%A, %-e %B %Y, %H:%M"));
}

/* Groups digits from the right: the first group of three, further ones of `size`. */
static char *
group_digits (guint64 number,
              guint   size)
{
  g_autofree char *digits = g_strdup_printf ("%" G_GUINT64_FORMAT, number);
  GString *text = g_string_new (NULL);
  guint length = (guint) strlen (digits);

  for (guint i = 0; i < length; i++)
    {
      guint left = length - i;

      if (i > 0 && left >= 3 && (left - 3) % size == 0)
        g_string_append_c (text, ',');
      g_string_append_c (text, digits[i]);
    }

  return g_string_free (text, FALSE);
}

char *
kam_format_money (gint64      minor_units,
                  const char *currency)
{
  Currency unit = { currency, currency != NULL ? currency : "", 2 };
  guint64 amount = minor_units < 0 ? (guint64) 0 - (guint64) minor_units : (guint64) minor_units;
  g_autofree char *whole = NULL;
  guint64 scale = 1;

  for (guint i = 0; i < G_N_ELEMENTS (currencies); i++)
    {
      if (g_strcmp0 (currencies[i].code, currency) == 0)
        unit = currencies[i];
    }
  for (guint i = 0; i < unit.digits; i++)
    scale *= 10;

  whole = group_digits (amount / scale, g_strcmp0 (currency, "INR") == 0 ? 2 : 3);
  if (amount % scale == 0)
    return g_strdup_printf ("%s%s\302\240%s", minor_units < 0 ? "−" : "", unit.symbol, whole);

  return g_strdup_printf ("%s%s\302\240%s.%0*" G_GUINT64_FORMAT, minor_units < 0 ? "−" : "", unit.symbol, whole,
                          (int) unit.digits, amount % scale);
}

char *
kam_format_count (guint64 number)
{
  return g_strdup_printf ("%'" G_GUINT64_FORMAT, number);
}

char *
kam_format_phone (const char *phone,
                  const char *country)
{
  g_autofree char *written = kam_phone_format_for (phone, country);

  /* LEFT-TO-RIGHT ISOLATE … POP DIRECTIONAL ISOLATE */
  return g_strdup_printf ("\u2066%s\u2069", written != NULL ? written : phone);
}
