/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-when.h"

#define TODAY "2026-11-22" /* a Sunday */

typedef struct
{
  const char *typed;
  const char *ahead; /* NULL: no date */
  const char *back;
} DateCase;

static const DateCase dates[] = {
  { "today", "2026-11-22", "2026-11-22" },
  { " Tomorrow ", "2026-11-23", "2026-11-23" },
  { "yesterday", "2026-11-21", "2026-11-21" },
  { "+3", "2026-11-25", "2026-11-25" },
  { "+0", "2026-11-22", "2026-11-22" },
  { "-1", "2026-11-21", "2026-11-21" },
  { "+2w", "2026-12-06", "2026-12-06" },
  { "+40", "2027-01-01", "2027-01-01" },
  { "fri", "2026-11-27", "2026-11-20" },
  { "FRI", "2026-11-27", "2026-11-20" },
  { "Friday", "2026-11-27", "2026-11-20" },
  { "sun", "2026-11-29", "2026-11-22" },
  { "24/11", "2026-11-24", "2025-11-24" },
  { "22/11", "2026-11-22", "2026-11-22" },
  { "20/11", "2027-11-20", "2026-11-20" },
  { "24.11.", "2026-11-24", "2025-11-24" },
  { "24-11-27", "2027-11-24", "2027-11-24" },
  { "24/11/2026", "2026-11-24", "2026-11-24" },
  { "1/2", "2027-02-01", "2026-02-01" },
  { "29/2", "2028-02-29", "2024-02-29" },
  { "24 nov", "2026-11-24", "2025-11-24" },
  { "3 December 2026", "2026-12-03", "2026-12-03" },
  { "2026-11-24", "2026-11-24", "2026-11-24" },
  { "2024-02-29", "2024-02-29", "2024-02-29" },
  { "2026-02-29", NULL, NULL },
  { "30/2", NULL, NULL },
  { "31/4/2026", NULL, NULL },
  { "32/1", NULL, NULL },
  { "1/13", NULL, NULL },
  { "fr", NULL, NULL },
  { "soon", NULL, NULL },
  { "+", NULL, NULL },
  { "+3x", NULL, NULL },
  { "+99999", NULL, NULL },
  { "", NULL, NULL },
  { "1/2/3/4", NULL, NULL },
  { "24", NULL, NULL },
  { "शुक्रवार?", NULL, NULL },
};

static void
test_dates (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (dates); i++)
    {
      g_autofree char *ahead = kam_when_parse_date (dates[i].typed, TODAY, KAM_WHEN_AHEAD);
      g_autofree char *back = kam_when_parse_date (dates[i].typed, TODAY, KAM_WHEN_BACK);

      g_test_message ("%s", dates[i].typed);
      g_assert_cmpstr (ahead, ==, dates[i].ahead);
      g_assert_cmpstr (back, ==, dates[i].back);
    }
}

static const char *const times[][2] = {
  { "9", "09:00" },      { "0", "00:00" },     { "23", "23:00" },     { "930", "09:30" },   { "0930", "09:30" },   { "1830", "18:30" },
  { "9:30", "09:30" },   { "9.30", "09:30" },  { "21h30", "21:30" },  { "9 pm", "21:00" },  { "9pm", "21:00" },    { "12 am", "00:00" },
  { "12:15 PM", "12:15" }, { "9:30 a.m.", "09:30" }, { "9:", "09:00" }, { "24", NULL },     { "2460", NULL },      { "9:60", NULL },
  { "13 pm", NULL },     { "0 am", NULL },     { "noon", NULL },      { "", NULL },         { "9:3", NULL },       { "-1", NULL },
  { "12345", NULL },     { "9:30:15", NULL },
};

static void
test_times (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_autofree char *time = kam_when_parse_time (times[i][0]);

      g_test_message ("%s", times[i][0]);
      g_assert_cmpstr (time, ==, times[i][1]);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/when/dates", test_dates);
  g_test_add_func ("/when/times", test_times);

  return g_test_run ();
}
