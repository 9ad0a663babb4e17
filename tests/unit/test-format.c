/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-format.h"

#include <glib.h>

static void
test_money (void)
{
  static const struct
  {
    gint64      minor;
    const char *currency;
    const char *shown;
  } cases[] = {
    { 12500000, "INR", "₹\302\2401,25,000" },
    { 125050, "EUR", "€\302\2401,250.50" },
    { -7, "INR", "−₹\302\2400.07" },
    { 0, "INR", "₹\302\2400" },
    { 999, "JPY", "¥\302\240999" },
    { 100000000000000, "INR", "₹\302\24010,00,00,00,00,000" },
    { 1050, "XYZ", "XYZ\302\24010.50" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *shown = kam_format_money (cases[i].minor, cases[i].currency);

      g_assert_cmpstr (shown, ==, cases[i].shown);
    }
}

/* In Arabic or Hebrew text the groups of digits would change places. */
static void
test_phone (void)
{
  g_autofree char *own = kam_format_phone ("+919812345678", "IN");
  g_autofree char *foreign = kam_format_phone ("+442079460018", "IN");
  g_autofree char *odd = kam_format_phone ("1", NULL);

  g_assert_cmpstr (own, ==, "\u2066098123 45678\u2069");
  g_assert_cmpstr (foreign, ==, "\u2066+44 20 7946 0018\u2069");
  g_assert_cmpstr (odd, ==, "\u20661\u2069");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/format/money", test_money);
  g_test_add_func ("/format/phone", test_phone);

  return g_test_run ();
}
