/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-words.h"

#include "kam-codes.h"
#include "kam-time.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#define DAYS_PER_WEEK 7

/* The signs that people type before an amount. */
static const char *const symbols[][2] = {
  { "INR", "₹" }, { "USD", "$" }, { "EUR", "€" }, { "GBP", "£" }, { "JPY", "¥" }, { "BDT", "৳" }, { "NPR", "रू" },
};

static const char *
find_symbol (const char *currency)
{
  for (guint i = 0; i < G_N_ELEMENTS (symbols); i++)
    {
      if (g_strcmp0 (symbols[i][0], currency) == 0)
        return symbols[i][1];
    }

  return NULL;
}

static guint
digits_of (const char *currency)
{
  return currency != NULL && kam_currency_is_valid (currency) ? kam_currency_digits (currency) : 2;
}

static gint64
minor_per_major (guint digits)
{
  gint64 factor = 1;

  while (digits-- > 0)
    factor *= 10;

  return factor;
}

/**
 * kam_words_money_plain:
 *
 * Returns: (transfer full): the amount in major units as one would type it: "1234.50"
 */
char *
kam_words_money_plain (gint64      minor,
                       const char *currency)
{
  guint digits = digits_of (currency);
  gint64 factor = minor_per_major (digits);

  if (minor % factor == 0)
    return g_strdup_printf ("%" G_GINT64_FORMAT, minor / factor);

  return g_strdup_printf ("%" G_GINT64_FORMAT ".%0*" G_GINT64_FORMAT, minor / factor, (int) digits, minor % factor);
}

/* Drops what only helps the eye: grouping, white space, the currency's sign. */
static char *
strip_amount (const char *typed,
              const char *symbol)
{
  GString *plain = g_string_new (NULL);

  if (symbol != NULL && g_str_has_prefix (typed, symbol))
    typed += strlen (symbol);
  for (const char *at = typed; *at != '\0'; at = g_utf8_next_char (at))
    {
      gunichar c = g_utf8_get_char (at);

      if (c == ',' || c == '\'' || g_unichar_isspace (c))
        continue;
      if (g_unichar_isdigit (c))
        g_string_append_c (plain, (char) ('0' + g_unichar_digit_value (c)));
      else
        g_string_append_unichar (plain, c);
    }

  return g_string_free (plain, FALSE);
}

/**
 * kam_money_parse:
 * @typed: an amount in major units, with or without sign and grouping: "1,250", "₹ 99.50"
 *
 * Returns: FALSE where it is no amount of that currency, or one that does not fit
 */
gboolean
kam_money_parse (const char *typed,
                 const char *currency,
                 gint64     *minor)
{
  guint digits = digits_of (currency);
  g_autofree char *trimmed = g_strstrip (g_strdup (typed));
  g_autofree char *plain = strip_amount (trimmed, find_symbol (currency));
  char *point = strchr (plain, '.');
  gint64 factor = minor_per_major (digits);
  guint64 major = 0, fraction = 0;
  gsize n_fraction = 0;

  if (point != NULL)
    {
      *point++ = '\0';
      n_fraction = strlen (point);
    }
  if (*plain == '\0' || n_fraction > digits || !g_ascii_string_to_unsigned (plain, 10, 0, G_MAXINT64 / (guint64) factor - 1, &major, NULL))
    return FALSE;
  if (n_fraction > 0 && !g_ascii_string_to_unsigned (point, 10, 0, G_MAXINT64, &fraction, NULL))
    return FALSE;
  for (; n_fraction < digits; n_fraction++)
    fraction *= 10;

  *minor = (gint64) (major * (guint64) factor + fraction);

  return TRUE;
}

static GDateTime *
date_to_time (const char *date)
{
  guint year = 0, month = 0, day = 0;

  if (sscanf (date, "%4u-%2u-%2u", &year, &month, &day) != 3)
    return NULL;

  return g_date_time_new_utc ((int) year, (int) month, (int) day, 12, 0, 0);
}

static char *
format_date (const char *date,
             const char *format)
{
  g_autoptr (GDateTime) time = date_to_time (date);
  char *text = time != NULL ? g_date_time_format (time, format) : NULL;

  return text != NULL ? text : g_strdup (date);
}

/**
 * kam_words_date_short:
 *
 * Returns: (transfer full): "Tue 24 Nov"; with the year where it is not that of @today
 */
char *
kam_words_date_short (const char *date,
                      const char *today)
{
  if (strncmp (date, today, 4) == 0)
    /* TRANSLATORS: a date of this year, short, see g_date_time_format() */
    return format_date (date, _("%a %-d %b"));

  /* TRANSLATORS: a date of another year, short, see g_date_time_format() */
  return format_date (date, _("%-d %b %Y"));
}

/**
 * kam_words_interval:
 *
 * Returns: (transfer full): "every day", "every 2 weeks", "every month", "every 10 days"
 */
char *
kam_words_interval (gint64 days)
{
  if (days == 1)
    return g_strdup (_("every day"));
  if (days == DAYS_PER_WEEK)
    return g_strdup (_("every week"));
  if (days == 30)
    return g_strdup (_("every month"));
  if (days == 2 * DAYS_PER_WEEK || days == 3 * DAYS_PER_WEEK || days == 4 * DAYS_PER_WEEK)
    return g_strdup_printf (ngettext ("every %d week", "every %d weeks", (gulong) (days / DAYS_PER_WEEK)), (int) (days / DAYS_PER_WEEK));

  return g_strdup_printf (ngettext ("every %d day", "every %d days", (gulong) days), (int) days);
}

/**
 * kam_words_weekday:
 * @day: Monday is 0
 *
 * Returns: (transfer full): its short name
 */
char *
kam_words_weekday (guint day)
{
  /* 1 January 2024 is a Monday. */
  g_autoptr (GDateTime) sample = g_date_time_new_utc (2024, 1, (int) day + 1, 12, 0, 0);

  return g_date_time_format (sample, "%a");
}

/**
 * kam_words_days:
 * @mask: Monday is 1
 *
 * Returns: (transfer full): "every day", "Mon–Sat", "Mon, Wed–Fri"
 */
char *
kam_words_days (gint64 mask)
{
  GString *words = g_string_new (NULL);

  if ((mask & 127) == 127)
    return g_string_free (g_string_append (words, _("every day")), FALSE);

  for (guint from = 0; from < DAYS_PER_WEEK; from++)
    {
      guint to = from;
      g_autofree char *first = NULL, *last = NULL;

      if ((mask & (1 << from)) == 0)
        continue;
      while (to + 1 < DAYS_PER_WEEK && (mask & (1 << (to + 1))) != 0)
        to++;
      first = kam_words_weekday (from);
      last = kam_words_weekday (to);
      if (words->len > 0)
        g_string_append (words, ", ");
      if (to == from)
        g_string_append (words, first);
      else
        g_string_append_printf (words, to == from + 1 ? "%s, %s" : "%s–%s", first, last);
      from = to;
    }

  return g_string_free (words, FALSE);
}

/**
 * kam_words_zone:
 *
 * Returns: (transfer full): the city of an IANA zone
 */
char *
kam_words_zone (const char *zone)
{
  const char *slash = strrchr (zone, '/');
  char *city = g_strdup (slash != NULL ? slash + 1 : zone);

  return g_strdelimit (city, "_", ' ');
}

/**
 * kam_words_other_clock:
 * @date: (nullable): day of the call; today where unknown
 *
 * Returns: (transfer full) (nullable): what one's own clock shows when it is @time in @zone: "09:30 for you"
 */
char *
kam_words_other_clock (const char *date,
                       const char *time,
                       const char *zone,
                       const char *own_zone)
{
  g_autofree char *own_date = NULL, *own_time = NULL;
  gint64 us = 0;

  if (date == NULL || time == NULL || zone == NULL || own_zone == NULL || strcmp (zone, own_zone) == 0)
    return NULL;
  if (!kam_local_to_instant (date, time, zone, &us, NULL) || !kam_instant_to_local (us, own_zone, &own_date, &own_time, NULL))
    return NULL;
  if (strcmp (own_time, time) == 0 && strcmp (own_date, date) == 0)
    return NULL;

  /* TRANSLATORS: a time on one's own clock, beside that of the restaurant */
  return g_strdup_printf (_("%s for you"), own_time);
}

/**
 * kam_words_role:
 * @role: (nullable): a contact's
 *
 * Returns: (nullable): it in the person's language where it is one of the usual ones, else as somebody typed it
 */
const char *
kam_words_role (const char *role)
{
  static const char *const roles[][2] = {
    { "owner", N_("Owner") }, { "manager", N_("Manager") }, { "chef", N_("Chef") }, { "purchase", N_("Purchase") }, { "accounts", N_("Accounts") },
  };

  for (guint i = 0; role != NULL && i < G_N_ELEMENTS (roles); i++)
    {
      if (g_ascii_strcasecmp (roles[i][0], role) == 0)
        return _(roles[i][1]);
    }

  return role;
}
