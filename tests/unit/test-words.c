/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-words.h"

static const struct
{
  const char *typed;
  const char *currency;
  gint64      minor; /* -1: no amount */
} amounts[] = {
  { "12500", "INR", 1250000 },   { "12,500", "INR", 1250000 },     { "1,25,000.50", "INR", 12500050 }, { "₹ 99.5", "INR", 9950 },
  { " 7 ", "INR", 700 },         { "0", "INR", 0 },                { "€12.34", "EUR", 1234 },          { "1500", "JPY", 1500 },
  { "1500.5", "JPY", -1 },       { "1.2345", "BHD", -1 },          { "1.234", "BHD", 1234 },           { "12.345", "INR", -1 },
  { "-5", "INR", -1 },           { "five", "INR", -1 },            { "", "INR", -1 },                  { ".", "INR", -1 },
  { "1.", "INR", 100 },          { "१२५", "INR", 12500 },          { "99999999999999999999", "INR", -1 }, { "$5", "INR", -1 },
  { "10", NULL, 1000 },
};

static void
test_money_parse (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (amounts); i++)
    {
      gint64 minor = -1;
      gboolean understood = kam_money_parse (amounts[i].typed, amounts[i].currency, &minor);

      g_test_message ("%s", amounts[i].typed);
      g_assert_cmpint (understood, ==, amounts[i].minor >= 0);
      if (understood)
        g_assert_cmpint (minor, ==, amounts[i].minor);
    }
}

/* What is shown for editing means the same amount when it is read again. */
static void
test_money_round_trip (void)
{
  static const char *const currencies[] = { "INR", "JPY", "BHD", "XAF" };
  static const gint64 minors[] = { 0, 1, 99, 100, 12345, 12345678, 100000000000000 };

  for (guint i = 0; i < G_N_ELEMENTS (currencies); i++)
    {
      for (guint j = 0; j < G_N_ELEMENTS (minors); j++)
        {
          g_autofree char *text = kam_words_money_plain (minors[j], currencies[i]);
          gint64 minor = -1;

          g_assert_true (kam_money_parse (text, currencies[i], &minor));
          g_assert_cmpint (minor, ==, minors[j]);
        }
    }
}

static void
assert_taken (char       *text,
              const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
test_intervals (void)
{
  assert_taken (kam_words_interval (1), "every day");
  assert_taken (kam_words_interval (7), "every week");
  assert_taken (kam_words_interval (14), "every 2 weeks");
  assert_taken (kam_words_interval (30), "every month");
  assert_taken (kam_words_interval (10), "every 10 days");
}

static void
test_days (void)
{
  assert_taken (kam_words_days (127), "every day");
  assert_taken (kam_words_days (63), "Mon–Sat");
  assert_taken (kam_words_days (1 | 4 | 8), "Mon, Wed, Thu");
  assert_taken (kam_words_days (1 | 4 | 8 | 16), "Mon, Wed–Fri");
  assert_taken (kam_words_days (64), "Sun");
}

static void
test_clocks (void)
{
  assert_taken (kam_words_zone ("America/Argentina/Buenos_Aires"), "Buenos Aires");
  assert_taken (kam_words_other_clock ("2026-11-24", "10:30", "Asia/Kolkata", "Asia/Kolkata"), NULL);
  assert_taken (kam_words_other_clock ("2026-11-24", "10:30", "Asia/Kolkata", "Asia/Colombo"), NULL);
  assert_taken (kam_words_other_clock ("2026-11-24", "10:30", "Asia/Kolkata", "Asia/Dubai"), "09:00 for you");
  assert_taken (kam_words_other_clock ("2026-11-24", NULL, "Asia/Kolkata", "Asia/Dubai"), NULL);
  assert_taken (kam_words_date_short ("2026-11-24", "2026-11-22"), "Tue 24 Nov");
  assert_taken (kam_words_date_short ("2027-01-02", "2026-11-22"), "2 Jan 2027");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/words/money/parse", test_money_parse);
  g_test_add_func ("/words/money/round-trip", test_money_round_trip);
  g_test_add_func ("/words/intervals", test_intervals);
  g_test_add_func ("/words/days", test_days);
  g_test_add_func ("/words/clocks", test_clocks);

  return g_test_run ();
}
