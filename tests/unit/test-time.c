/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-error.h"
#include "kam-time.h"

static void
test_instant_format (void)
{
  static const struct
  {
    gint64      us;
    const char *text;
  } cases[] = {
    { 0, "1970-01-01T00:00:00.000000Z" },
    { -1, "1969-12-31T23:59:59.999999Z" },
    { 1, "1970-01-01T00:00:00.000001Z" },
    { 951827696123456, "2000-02-29T12:34:56.123456Z" },
    { 1793611800000000, "2026-11-02T09:30:00.000000Z" },
    { -2208988800000000, "1900-01-01T00:00:00.000000Z" },
    { 4107542400000000, "2100-03-01T00:00:00.000000Z" },
    { KAM_INSTANT_MIN, "0001-01-01T00:00:00.000000Z" },
    { KAM_INSTANT_MAX, "9999-12-31T23:59:59.999999Z" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = kam_instant_format (cases[i].us);
      g_autoptr (GError) error = NULL;
      gint64 us = 7;

      g_assert_cmpstr (text, ==, cases[i].text);
      g_assert_true (kam_instant_parse (text, &us, &error));
      g_assert_no_error (error);
      g_assert_cmpint (us, ==, cases[i].us);
    }
}

static void
test_instant_clamps (void)
{
  g_autofree char *first = kam_instant_format (G_MININT64);
  g_autofree char *last = kam_instant_format (G_MAXINT64);

  g_assert_cmpstr (first, ==, "0001-01-01T00:00:00.000000Z");
  g_assert_cmpstr (last, ==, "9999-12-31T23:59:59.999999Z");
}

static void
test_instant_parse (void)
{
  gint64 us;

  g_assert_true (kam_instant_parse ("1970-01-01T00:00:01Z", &us, NULL));
  g_assert_cmpint (us, ==, 1000000);
  g_assert_true (kam_instant_parse ("1970-01-01T00:00:00.250Z", &us, NULL));
  g_assert_cmpint (us, ==, 250000);
  g_assert_true (kam_instant_parse ("1969-12-31T23:59:59.999Z", &us, NULL));
  g_assert_cmpint (us, ==, -1000);
}

static void
test_instant_refuses (void)
{
  static const char *const bad[] = {
    NULL, "", "Z", "1970-01-01", "1970-01-01T00:00:00", "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00.1Z", "1970-01-01T00:00:00.12345Z",
    "1970-01-01T00:00:00.1234567Z", "1970-01-01t00:00:00Z", "1970-01-01T00:00:00z", "1970-01-01 00:00:00Z", "1970-01-01T00:00:00+00:00",
    "1970-01-01T24:00:00Z",
    "1970-01-01T00:60:00Z", "2016-12-31T23:59:60Z", "1970-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z",
    "1970-1-01T00:00:00Z", "1970-13-01T00:00:00Z", "1970-00-01T00:00:00Z", "1970-01-00T00:00:00Z", "1970-04-31T00:00:00Z", " 1970-01-01T00:00:00Z",
    "1970-01-01T00:00:00Z ", "1970-01-01T00:00:00.000000Z\n", "१९७०-01-01T00:00:00Z", "1970-01-01T00:00:00,000Z", "-970-01-01T00:00:00Z",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      gint64 us;

      g_assert_false (kam_instant_parse (bad[i], &us, &error));
      g_assert_error (error, KAM_ERROR, KAM_ERROR_INVALID_TIME);
    }
}

static void
test_dates (void)
{
  static const char *const good[] = { "0001-01-01", "2024-02-29", "2000-02-29", "9999-12-31", "2026-11-30" };
  static const char *const bad[] = {
    NULL, "", "2026-11-31", "2023-02-29", "2100-02-29", "2026-1-01", "2026-11-01 ", "2026/11/01", "0000-12-31", "2026-11-01T", "20261101",
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (kam_date_is_valid (good[i]));

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (kam_date_is_valid (bad[i]));
}

static void
test_times (void)
{
  static const char *const good[] = { "00:00", "09:30", "23:59" };
  static const char *const bad[] = { NULL, "", "24:00", "9:30", "09:60", "09:30:00", "0930", "09.30", "-9:30", "09:3x" };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (kam_time_is_valid (good[i]));

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (kam_time_is_valid (bad[i]));
}

static void
test_zones (void)
{
  static const char *const good[] = {
    "UTC", "Asia/Kolkata", "Asia/Kathmandu", "America/Argentina/Buenos_Aires", "America/Port-au-Prince", "Etc/GMT+5", "Australia/Lord_Howe",
  };
  static const char *const bad[] = {
    NULL, "", "UTC+5", "+05:30", "05:30", "Z", "IST-5:30", "asia/kolkata", "Asia", "Asia/", "Asia/Kolkata/", "Asia//Kolkata", "/Asia/Kolkata",
    "Asia/../Asia/Kolkata",
    "../zoneinfo/UTC", "posix/Asia/Kolkata", "right/UTC", "localtime", "posixrules", "Factory", "zone.tab", "tzdata.zi", "Mars/Olympus",
    "Asia/Kolkata\n", " Asia/Kolkata",
    "Asia/Calcuttä", "A/very/long/name/of/a/zone/that/is/much/longer/than/any/zone/could/be/x",
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (kam_zone_is_valid (good[i]));

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (kam_zone_is_valid (bad[i]));
}

static void
test_date_arithmetic (void)
{
  static const struct
  {
    const char *date;
    int         days;
    const char *result;
    int         weekday; /* of the result */
  } cases[] = {
    { "2026-11-02", 0, "2026-11-02", 0 }, { "2026-11-01", 7, "2026-11-08", 6 }, { "2024-02-28", 1, "2024-02-29", 3 },
    { "2023-02-28", 1, "2023-03-01", 2 },
    { "2000-02-28", 2, "2000-03-01", 2 }, { "1900-02-28", 1, "1900-03-01", 3 }, { "2024-03-01", -1, "2024-02-29", 3 },
    { "2026-12-31", 1, "2027-01-01", 4 },
    { "1970-01-01", 0, "1970-01-01", 3 }, { "1970-01-01", -1, "1969-12-31", 2 }, { "1970-01-01", 10957, "2000-01-01", 5 },
    { "9998-12-31", 365, "9999-12-31", 4 },
    { "2000-01-01", 146097, "2400-01-01", 5 }, { "0001-01-01", 0, "0001-01-01", 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *result = kam_date_add_days (cases[i].date, cases[i].days);

      g_assert_cmpstr (result, ==, cases[i].result);
      g_assert_cmpint (kam_date_days_between (cases[i].date, result), ==, cases[i].days);
      g_assert_cmpint (kam_date_days_between (result, cases[i].date), ==, -cases[i].days);
      g_assert_cmpint (kam_date_weekday (result), ==, cases[i].weekday);
    }

  g_assert_null (kam_date_add_days ("9999-12-31", 1));
  g_assert_null (kam_date_add_days ("0001-01-01", -1));
  g_assert_null (kam_date_add_days ("2026-11-02", G_MAXINT));
  g_assert_null (kam_date_add_days ("2026-02-30", 1));
}

/* What a clock shows, the instant it means, and what the clock shows then (NULL: the same). */
static const struct
{
  const char *zone;
  const char *date;
  const char *time;
  const char *instant;
  const char *shown_date;
  const char *shown_time;
} local_cases[] = {
  { "UTC", "2026-11-02", "09:30", "2026-11-02T09:30:00Z", NULL, NULL },
  { "Asia/Kolkata", "2026-11-02", "09:30", "2026-11-02T04:00:00Z", NULL, NULL },
  { "Asia/Kolkata", "2026-11-02", "00:00", "2026-11-01T18:30:00Z", NULL, NULL },
  { "Asia/Kathmandu", "2026-11-02", "09:30", "2026-11-02T03:45:00Z", NULL, NULL },
  { "Asia/Kathmandu", "1986-01-01", "00:05", "1985-12-31T18:30:00Z", "1986-01-01", "00:15" }, /* +5:30 became +5:45 at midnight */
  { "Asia/Dubai", "2026-02-28", "23:59", "2026-02-28T19:59:00Z", NULL, NULL },
  { "Asia/Singapore", "2024-02-29", "12:00", "2024-02-29T04:00:00Z", NULL, NULL },
  { "Europe/Berlin", "2026-03-29", "01:59", "2026-03-29T00:59:00Z", NULL, NULL },
  { "Europe/Berlin", "2026-03-29", "02:00", "2026-03-29T01:00:00Z", NULL, "03:00" },
  { "Europe/Berlin", "2026-03-29", "02:59", "2026-03-29T01:00:00Z", NULL, "03:00" },
  { "Europe/Berlin", "2026-03-29", "03:00", "2026-03-29T01:00:00Z", NULL, NULL },
  { "Europe/Berlin", "2026-10-25", "01:59", "2026-10-24T23:59:00Z", NULL, NULL },
  { "Europe/Berlin", "2026-10-25", "02:00", "2026-10-25T00:00:00Z", NULL, NULL },
  { "Europe/Berlin", "2026-10-25", "02:59", "2026-10-25T00:59:00Z", NULL, NULL },
  { "Europe/Berlin", "2026-10-25", "03:00", "2026-10-25T02:00:00Z", NULL, NULL },
  { "Europe/London", "2026-03-29", "01:30", "2026-03-29T01:00:00Z", NULL, "02:00" },
  { "Europe/London", "2026-10-25", "01:30", "2026-10-25T00:30:00Z", NULL, NULL },
  { "America/New_York", "2026-03-08", "02:30", "2026-03-08T07:00:00Z", NULL, "03:00" },
  { "America/New_York", "2026-11-01", "01:30", "2026-11-01T05:30:00Z", NULL, NULL },
  { "America/New_York", "2026-11-01", "02:00", "2026-11-01T07:00:00Z", NULL, NULL },
  { "Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:30:00Z", NULL, "02:30" },
  { "Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04T14:45:00Z", NULL, NULL },
  { "Australia/Lord_Howe", "2026-04-05", "02:00", "2026-04-04T15:30:00Z", NULL, NULL },
  { "Africa/Cairo", "2026-04-24", "00:30", "2026-04-23T22:00:00Z", NULL, "01:00" }, /* the day begins at one */
  { "America/Santiago", "2026-09-06", "00:00", "2026-09-06T04:00:00Z", NULL, "01:00" },
  { "Pacific/Apia", "2011-12-29", "23:59", "2011-12-30T09:59:00Z", NULL, NULL },
  { "Pacific/Apia", "2011-12-30", "00:00", "2011-12-30T10:00:00Z", "2011-12-31", "00:00" }, /* never was */
  { "Pacific/Apia", "2011-12-30", "12:34", "2011-12-30T10:00:00Z", "2011-12-31", "00:00" },
  { "Pacific/Apia", "2011-12-31", "00:00", "2011-12-30T10:00:00Z", NULL, NULL },
  { "Pacific/Kwajalein", "1993-08-21", "09:00", "1993-08-21T12:00:00Z", "1993-08-22", "00:00" },
  { "America/Juneau", "1867-10-18", "20:00", "1867-10-18T04:57:41Z", NULL, NULL }, /* twice: the date line moved by a day */
  { "Asia/Kolkata", "1850-01-01", "12:00", "1850-01-01T06:06:32Z", NULL, NULL },
  { "Europe/Berlin", "2058-07-01", "12:00", "2058-07-01T10:00:00Z", NULL, NULL },
  { "Europe/Berlin", "9998-07-01", "12:00", "9998-07-01T10:00:00Z", NULL, NULL },
  { "Europe/Berlin", "9998-01-01", "12:00", "9998-01-01T11:00:00Z", NULL, NULL },
  { "Asia/Kolkata", "0001-01-02", "00:00", "0001-01-01T18:06:32Z", NULL, NULL },
};

static void
test_local (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (local_cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *date = NULL;
      g_autofree char *time = NULL;
      gint64 expected, us;

      g_test_message ("%s %s %s", local_cases[i].zone, local_cases[i].date, local_cases[i].time);
      g_assert_true (kam_instant_parse (local_cases[i].instant, &expected, NULL));
      g_assert_true (kam_local_to_instant (local_cases[i].date, local_cases[i].time, local_cases[i].zone, &us, &error));
      g_assert_no_error (error);
      g_assert_cmpint (us, ==, expected);

      g_assert_true (kam_instant_to_local (us, local_cases[i].zone, &date, &time, &error));
      g_assert_no_error (error);
      g_assert_cmpstr (date, ==, local_cases[i].shown_date != NULL ? local_cases[i].shown_date : local_cases[i].date);
      g_assert_cmpstr (time, ==, local_cases[i].shown_time != NULL ? local_cases[i].shown_time : local_cases[i].time);
    }
}

static void
test_to_local (void)
{
  static const struct
  {
    const char *instant;
    const char *zone;
    const char *date;
    const char *time;
  } cases[] = {
    { "2026-10-25T01:30:00Z", "Europe/Berlin", "2026-10-25", "02:30" }, /* the second time */
    { "2026-11-01T06:30:00Z", "America/New_York", "2026-11-01", "01:30" },
    { "2026-11-02T03:59:59.999999Z", "Asia/Kolkata", "2026-11-02", "09:29" },
    { "1969-12-31T23:59:59.999999Z", "UTC", "1969-12-31", "23:59" },
    { "2026-12-31T20:00:00Z", "Asia/Dubai", "2027-01-01", "00:00" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *date = NULL;
      g_autofree char *time = NULL;
      gint64 us;

      g_assert_true (kam_instant_parse (cases[i].instant, &us, NULL));
      g_assert_true (kam_instant_to_local (us, cases[i].zone, &date, &time, NULL));
      g_assert_cmpstr (date, ==, cases[i].date);
      g_assert_cmpstr (time, ==, cases[i].time);
      g_assert_true (kam_instant_to_local (us, cases[i].zone, NULL, NULL, NULL));
    }
}

static void
test_local_refuses (void)
{
  static const struct
  {
    const char *date;
    const char *time;
    const char *zone;
  } cases[] = {
    { "2026-02-30", "09:00", "UTC" }, { "2026-02-20", "24:00", "UTC" }, { "2026-02-20", "09:00", "UTC+5" }, { NULL, "09:00", "UTC" },
    { "2026-02-20", NULL, "UTC" }, { "2026-02-20", "09:00", NULL },
  };
  static const gint64 far[] = { KAM_INSTANT_MIN, KAM_INSTANT_MAX, KAM_INSTANT_MAX + 1, G_MININT64, G_MAXINT64 };
  static const char *const far_zones[] = { "America/New_York", "Asia/Kolkata", "UTC", "UTC", "UTC" };
  gint64 us;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (kam_local_to_instant (cases[i].date, cases[i].time, cases[i].zone, &us, &error));
      g_assert_error (error, KAM_ERROR, KAM_ERROR_INVALID_TIME);
    }

  for (guint i = 0; i < G_N_ELEMENTS (far); i++)
    {
      g_autoptr (GError) error = NULL;
      char *date = NULL;

      g_assert_false (kam_instant_to_local (far[i], far_zones[i], &date, NULL, &error));
      g_assert_error (error, KAM_ERROR, KAM_ERROR_INVALID_TIME);
      g_assert_null (date);
    }
}

static gpointer
convert_thread (gpointer data)
{
  for (guint i = 0; i < 2000; i++)
    {
      guint n = (i * 7 + GPOINTER_TO_UINT (data)) % G_N_ELEMENTS (local_cases);
      gint64 us, expected;

      g_assert_true (kam_local_to_instant (local_cases[n].date, local_cases[n].time, local_cases[n].zone, &us, NULL));
      g_assert_true (kam_instant_parse (local_cases[n].instant, &expected, NULL));
      g_assert_cmpint (us, ==, expected);
    }

  return NULL;
}

static void
test_threads (void)
{
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("convert", convert_thread, GUINT_TO_POINTER (i));

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/time/instant/format", test_instant_format);
  g_test_add_func ("/time/instant/clamps", test_instant_clamps);
  g_test_add_func ("/time/instant/parse", test_instant_parse);
  g_test_add_func ("/time/instant/refuses", test_instant_refuses);
  g_test_add_func ("/time/dates", test_dates);
  g_test_add_func ("/time/times", test_times);
  g_test_add_func ("/time/zones", test_zones);
  g_test_add_func ("/time/date-arithmetic", test_date_arithmetic);
  g_test_add_func ("/time/local", test_local);
  g_test_add_func ("/time/to-local", test_to_local);
  g_test_add_func ("/time/local-refuses", test_local_refuses);
  g_test_add_func ("/time/threads", test_threads);

  return g_test_run ();
}
