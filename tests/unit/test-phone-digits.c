/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-phone-digits.h"

static void
test_e164 (void)
{
  static const char *const good[] = { "+919876543210", "+14155552671", "+9607771234", "+442079460958", "+123456789012345", "+1234567" };
  static const char *const bad[] = {
    NULL, "", "+", "919876543210", "+0919876543210", "+91 9876543210", "+123456", "+1234567890123456", "+91987654321x", "+९१९८७६५४३२१०",
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (kam_phone_is_e164 (good[i]));

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (kam_phone_is_e164 (bad[i]));
}

static void
test_search_digits (void)
{
  static const struct
  {
    const char *e164;
    const char *joined;
  } cases[] = {
    { "+919876543210", "919876543210 9876543210" }, { "+14155552671", "14155552671 4155552671" },   { "+971501234567", "971501234567 501234567" },
    { "+442079460958", "442079460958 2079460958" }, { "+97714123456", "97714123456 14123456" },     { "+6591234567", "6591234567 91234567" },
    { "+79123456789", "79123456789 9123456789" },   { "9876543210", "" },                           { NULL, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (GStrv) digits = kam_phone_search_digits (cases[i].e164);
      g_autofree char *joined = g_strjoinv (" ", digits);

      g_assert_cmpstr (joined, ==, cases[i].joined);
    }
}

static void
test_typed_digits (void)
{
  static const struct
  {
    const char *text;
    const char *joined;
  } cases[] = {
    { "9876543210", "9876543210" },
    { "09876-543210", "09876543210 9876543210" },
    { "+91 98765 43210", "919876543210" },
    { "0091 98765.43210", "00919876543210 919876543210" },
    { "+44 (0)20 7946", "44207946" },
    { "(080) 4123", "0804123 804123" },
    { "987", "987" },
    { "98", "" },
    { "०९८७६", "09876 9876" },
    { "000", "000" },
    { "Hotel 100", "" },
    { "a@1234.in", "" },
    { "\xff" "123", "" },
    { "", "" },
    { NULL, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (GStrv) digits = kam_phone_typed_digits (cases[i].text);
      g_autofree char *joined = g_strjoinv (" ", digits);

      g_assert_cmpstr (joined, ==, cases[i].joined);
    }
}

/* Whatever way it is typed, the number is found by it. */
static void
test_any_spelling (void)
{
  static const struct
  {
    const char *stored;
    const char *typed;
  } cases[] = {
    { "+919876543210", "9876543210" },   { "+919876543210", "098765 43" },     { "+919876543210", "+91 (0) 98765" }, { "+919876543210", "91-98765" },
    { "+919876543210", "0091 98765" },   { "+442079460958", "020 7946 0958" }, { "+390612345678", "06 1234" },       { "+97714123456", "01-4123" },
    { "+971501234567", "050 123 4567" }, { "+919876543210", "९८७६५४३२१०" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (GStrv) stored = kam_phone_search_digits (cases[i].stored);
      g_auto (GStrv) typed = kam_phone_typed_digits (cases[i].typed);
      gboolean found = FALSE;

      for (guint s = 0; stored[s] != NULL; s++)
        {
          for (guint t = 0; typed[t] != NULL; t++)
            found = found || g_str_has_prefix (stored[s], typed[t]);
        }

      g_test_message ("%s", cases[i].typed);
      g_assert_true (found);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/phone-digits/e164", test_e164);
  g_test_add_func ("/phone-digits/search", test_search_digits);
  g_test_add_func ("/phone-digits/typed", test_typed_digits);
  g_test_add_func ("/phone-digits/any-spelling", test_any_spelling);

  return g_test_run ();
}
