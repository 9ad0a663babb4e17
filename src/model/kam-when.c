/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-when.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#define WEEK 7
#define MINUTES_PER_HOUR 60
#define HOURS_PER_DAY 24

static gboolean
read_iso (const char *text,
          GDate      *date)
{
  guint year = 0, month = 0, day = 0;
  char rest = 0;

  if (sscanf (text, "%4u-%2u-%2u%c", &year, &month, &day, &rest) != 3 || year < 1000 || !g_date_valid_dmy (day, month, year))
    return FALSE;

  g_date_set_dmy (date, day, month, year);

  return TRUE;
}

static char *
write_iso (const GDate *date)
{
  return g_strdup_printf ("%04u-%02u-%02u", g_date_get_year (date), g_date_get_month (date), g_date_get_day (date));
}

/* Is `word` (case folded) the beginning, three letters at least, of the folded name? Names of few letters, as in Indian scripts, are
 * known by two. */
static gboolean
begins (const char *name,
        const char *word)
{
  g_autofree char *folded = g_utf8_casefold (name, -1);
  glong n = g_utf8_strlen (word, -1);

  return n >= 2 && g_str_has_prefix (folded, word) && (n >= 3 || g_utf8_strlen (folded, -1) <= 4);
}

/* The place of a word among the weekdays or months of English and of the locale, -1 where it is none. */
static int
find_name (const char        *word,
           const char *const *english,
           int                n,
           const char        *format,
           gboolean           months)
{
  for (int i = 0; i < n; i++)
    {
      /* 1 January 2024 is a Monday. */
      g_autoptr (GDateTime) sample = g_date_time_new_utc (2024, months ? i + 1 : 1, months ? 1 : i + 1, 12, 0, 0);
      g_autofree char *local = g_date_time_format (sample, format);

      if (begins (english[i], word) || begins (local, word))
        return i;
    }

  return -1;
}

static int
find_weekday (const char *word)
{
  static const char *const english[] = { "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday" };

  return find_name (word, english, G_N_ELEMENTS (english), "%A", FALSE);
}

static int
find_month (const char *word)
{
  static const char *const english[] = { "january", "february", "march",     "april",   "may",      "june",
                                         "july",    "august",   "september", "october", "november", "december" };

  return find_name (word, english, G_N_ELEMENTS (english), "%B", TRUE);
}

static void
move_days (GDate *date,
           int    days)
{
  if (days >= 0)
    g_date_add_days (date, days);
  else
    g_date_subtract_days (date, -days);
}

/* +3, -1, +2w */
static gboolean
parse_offset (const char *word,
              GDate      *date)
{
  char *end = NULL;
  gint64 days;

  if (word[0] != '+' && word[0] != '-')
    return FALSE;
  if (!g_ascii_isdigit (word[1]))
    return FALSE;

  days = g_ascii_strtoll (word, &end, 10);
  if (strcmp (end, "w") == 0)
    days *= WEEK;
  else if (*end != '\0' && strcmp (end, "d") != 0)
    return FALSE;
  if (days < -3660 || days > 3660)
    return FALSE;

  move_days (date, (int) days);

  return TRUE;
}

static gboolean
is_word (const char *word,
         const char *english,
         const char *translated)
{
  g_autofree char *folded = g_utf8_casefold (translated, -1);

  return strcmp (word, english) == 0 || strcmp (word, folded) == 0;
}

static gboolean
parse_word (const char  *word,
            KamWhenSide  side,
            GDate       *date)
{
  int weekday, ahead;

  if (is_word (word, "today", _("today")))
    return TRUE;
  if (is_word (word, "tomorrow", _("tomorrow")))
    {
      g_date_add_days (date, 1);
      return TRUE;
    }
  if (is_word (word, "yesterday", _("yesterday")))
    {
      g_date_subtract_days (date, 1);
      return TRUE;
    }

  weekday = find_weekday (word);
  if (weekday < 0)
    return FALSE;

  /* "fri" on a Friday is the next one for a plan: for today one says so. */
  ahead = (weekday - ((int) g_date_get_weekday (date) - 1) + WEEK) % WEEK;
  if (side == KAM_WHEN_AHEAD)
    g_date_add_days (date, ahead == 0 ? WEEK : ahead);
  else
    g_date_subtract_days (date, (WEEK - ahead) % WEEK);

  return TRUE;
}

/* Day and month without a year: the nearest such date on the given side; 29 February may be years away. */
static gboolean
choose_year (guint        day,
             guint        month,
             KamWhenSide  side,
             GDate       *date)
{
  int year = g_date_get_year (date);

  for (int i = 0; i <= 8; i++)
    {
      int candidate = side == KAM_WHEN_AHEAD ? year + i : year - i;
      GDate found;

      if (!g_date_valid_dmy (day, month, candidate))
        continue;

      g_date_clear (&found, 1);
      g_date_set_dmy (&found, day, month, candidate);
      if (side == KAM_WHEN_AHEAD ? g_date_compare (&found, date) >= 0 : g_date_compare (&found, date) <= 0)
        {
          *date = found;
          return TRUE;
        }
    }

  return FALSE;
}

static gboolean
read_number (const char *text,
             guint       most,
             guint      *number)
{
  guint64 read = 0;

  if (!g_ascii_string_to_unsigned (text, 10, 0, most, &read, NULL))
    return FALSE;

  *number = (guint) read;

  return TRUE;
}

/* 24/11, 24.11.2026, 24 nov, 24-11-26 */
static gboolean
parse_parts (const char  *word,
             KamWhenSide  side,
             GDate       *date)
{
  g_auto (GStrv) split = g_strsplit_set (word, "/.- ,", -1);
  const char *parts[3] = { NULL, NULL, NULL };
  guint n = 0, day = 0, month = 0, year = 0;
  int name;

  for (guint i = 0; split[i] != NULL; i++)
    {
      if (*split[i] == '\0')
        continue;
      if (n == G_N_ELEMENTS (parts))
        return FALSE;
      parts[n++] = split[i];
    }
  if (n < 2 || !read_number (parts[0], 31, &day))
    return FALSE;

  if (!read_number (parts[1], 12, &month))
    {
      name = find_month (parts[1]);
      if (name < 0)
        return FALSE;
      month = (guint) name + 1;
    }
  if (n == 2)
    return choose_year (day, month, side, date);
  if (!read_number (parts[2], 9999, &year))
    return FALSE;
  if (year < 100)
    year += 2000;
  if (!g_date_valid_dmy (day, month, year))
    return FALSE;

  g_date_set_dmy (date, day, month, year);

  return TRUE;
}

/**
 * kam_when_parse_date:
 * @typed: what a person typed
 * @today: YYYY-MM-DD, where it matters
 *
 * Understands `today`, `tomorrow`, `yesterday`, `+3`, `-1`, `+2w`, names of weekdays, `24/11`, `24/11/26`, `24 nov` and `2026-11-24`, in English and in the
 * words of the locale.
 *
 * Returns: (transfer full) (nullable): YYYY-MM-DD; NULL where it means no date
 */
char *
kam_when_parse_date (const char  *typed,
                     const char  *today,
                     KamWhenSide  side)
{
  g_autofree char *folded = g_utf8_casefold (typed, -1);
  char *word = g_strstrip (folded);
  GDate date;

  g_date_clear (&date, 1);
  if (!read_iso (today, &date))
    return NULL;
  if (read_iso (word, &date) || parse_offset (word, &date) || parse_word (word, side, &date) || parse_parts (word, side, &date))
    return write_iso (&date);

  return NULL;
}

/* Splits off am or pm. Returns 0 where there is none, 'a' or 'p'. */
static char
take_half (char *word)
{
  static const char *const ends[] = { "a.m.", "p.m.", "am", "pm", "a", "p" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      if (g_str_has_suffix (word, ends[i]))
        {
          word[strlen (word) - strlen (ends[i])] = '\0';
          g_strchomp (word);
          return ends[i][0];
        }
    }

  return 0;
}

static gboolean
split_time (const char *word,
            guint      *hour,
            guint      *minute)
{
  g_auto (GStrv) parts = g_strsplit_set (word, ":.h ", 2);
  gsize length = strlen (word);

  *minute = 0;
  if (parts[0] != NULL && parts[1] != NULL)
    return read_number (parts[0], HOURS_PER_DAY - 1, hour)
           && (*parts[1] == '\0' || (strlen (parts[1]) == 2 && read_number (parts[1], MINUTES_PER_HOUR - 1, minute)));
  if (length <= 2)
    return read_number (word, HOURS_PER_DAY - 1, hour);
  if (length > 4 || !read_number (word, 2359, hour))
    return FALSE;

  *minute = *hour % 100;
  *hour /= 100;

  return *minute < MINUTES_PER_HOUR;
}

/**
 * kam_when_parse_time:
 * @typed: what a person typed
 *
 * Understands `9`, `930`, `9:30`, `9.30`, `9 pm`, `21h30`.
 *
 * Returns: (transfer full) (nullable): HH:MM; NULL where it means no time
 */
char *
kam_when_parse_time (const char *typed)
{
  g_autofree char *folded = g_utf8_casefold (typed, -1);
  char *word = g_strstrip (folded);
  char half = take_half (word);
  guint hour = 0, minute = 0;

  if (*word == '\0' || !split_time (word, &hour, &minute))
    return NULL;
  if (half != 0 && (hour == 0 || hour > 12))
    return NULL;
  if (half == 'p' && hour < 12)
    hour += 12;
  else if (half == 'a' && hour == 12)
    hour = 0;

  return g_strdup_printf ("%02u:%02u", hour, minute);
}
