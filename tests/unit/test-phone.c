/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-phone.h"
#include "kam-test-sample.h"

static const struct
{
  const char *text;
  const char *country;
  const char *e164;
  const char *national;
  const char *international;
} spellings[] = {
  { "09876-543210", "IN", "+919876543210", "098765 43210", "+91 98765 43210" },
  { "9876543210", "in", "+919876543210", "098765 43210", "+91 98765 43210" },
  { "+91 (0) 98765 43210", NULL, "+919876543210", "098765 43210", "+91 98765 43210" },
  { " 0091 98765 43210 ", "IN", "+919876543210", "098765 43210", "+91 98765 43210" },
  { "९८७६५४३२१०", "IN", "+919876543210", "098765 43210", "+91 98765 43210" },
  { "tel:+91-98765-43210", NULL, "+919876543210", "098765 43210", "+91 98765 43210" },
  { "080 4123 4567", "IN", "+918041234567", "080 4123 4567", "+91 80 4123 4567" },
  { "050 123 4567", "AE", "+971501234567", "050 123 4567", "+971 50 123 4567" },
  { "9123 4567", "SG", "+6591234567", "9123 4567", "+65 9123 4567" },
  { "020 7946 0958", "GB", "+442079460958", "020 7946 0958", "+44 20 7946 0958" },
  { "+44 20 7946 0958", "IN", "+442079460958", "020 7946 0958", "+44 20 7946 0958" },
  { "01-4123456", "NP", "+97714123456", "01-4123456", "+977 1-4123456" },
};

static void
test_parse (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (spellings); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *e164 = kam_phone_parse (spellings[i].text, spellings[i].country, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (e164, ==, spellings[i].e164);
    }
}

static void
test_format (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (spellings); i++)
    {
      g_autofree char *national = kam_phone_format_national (spellings[i].e164);
      g_autofree char *international = kam_phone_format_international (spellings[i].e164);

      g_assert_cmpstr (national, ==, spellings[i].national);
      g_assert_cmpstr (international, ==, spellings[i].international);
    }
}

static void
test_format_for (void)
{
  g_autofree char *home = kam_phone_format_for ("+919876543210", "IN");
  g_autofree char *abroad = kam_phone_format_for ("+919876543210", "GB");
  g_autofree char *nowhere = kam_phone_format_for ("+919876543210", NULL);
  g_autofree char *broken = kam_phone_format_for ("98", "IN");

  g_assert_cmpstr (home, ==, "098765 43210");
  g_assert_cmpstr (abroad, ==, "+91 98765 43210");
  g_assert_cmpstr (nowhere, ==, "+91 98765 43210");
  g_assert_cmpstr (broken, ==, "98");
  g_assert_null (kam_phone_format_for (NULL, "IN"));
}

static void
test_refuses (void)
{
  static const struct
  {
    const char   *text;
    const char   *country;
    KamPhoneError code;
  } cases[] = {
    { NULL, "IN", KAM_PHONE_ERROR_INVALID },
    { "", "IN", KAM_PHONE_ERROR_INVALID },
    { "call me", "IN", KAM_PHONE_ERROR_INVALID },
    { "1-800-FLOWERS", "IN", KAM_PHONE_ERROR_INVALID },
    { "9876543210 ext 5", "IN", KAM_PHONE_ERROR_INVALID },
    { "9876543210#5", "IN", KAM_PHONE_ERROR_INVALID },
    { "\xff" "9876543210", "IN", KAM_PHONE_ERROR_INVALID },
    { "+999 1234567", "IN", KAM_PHONE_ERROR_INVALID },
    { "98765", "IN", KAM_PHONE_ERROR_TOO_SHORT },
    { "987654321", "IN", KAM_PHONE_ERROR_TOO_SHORT },
    { "98765432109876543210", "IN", KAM_PHONE_ERROR_TOO_LONG },
    { "9876543210", NULL, KAM_PHONE_ERROR_NO_COUNTRY },
    { "9876543210", "India", KAM_PHONE_ERROR_NO_COUNTRY },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (kam_phone_parse (cases[i].text, cases[i].country, &error));
      g_assert_error (error, KAM_PHONE_ERROR, (int) cases[i].code);
    }
}

/* The country alone decides, whatever the process's locale says. */
static void
test_no_locale (void)
{
  if (g_test_subprocess ())
    {
      g_autofree char *e164 = kam_phone_parse ("09876543210", "IN", NULL);

      g_assert_cmpstr (e164, ==, "+919876543210");
      g_assert_null (kam_phone_parse ("2125550123", NULL, NULL));
      return;
    }

  g_setenv ("LC_ALL", "en_US.UTF-8", TRUE);
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_unsetenv ("LC_ALL");
  g_test_trap_assert_passed ();
}

/* The sample data's numbers can be typed again as they are shown. */
static void
test_sample (void)
{
  g_auto (Sample) sample = { 0 };

  sample_make (&sample, 400, 14, 1);

  for (guint i = 0; i < sample.rows->len; i++)
    {
      KamRow *row = row_at (&sample, i);
      const KamEntity *entity = kam_row_entity (row);

      for (guint field = 0; field < entity->n_fields; field++)
        {
          g_autoptr (GError) error = NULL;
          g_autofree char *shown = NULL;
          g_autofree char *again = NULL;

          if (entity->fields[field].type != KAM_TYPE_PHONE || kam_row_is_null (row, field))
            continue;

          shown = kam_phone_format_international (kam_row_text (row, field));
          again = kam_phone_parse (shown, NULL, &error);
          g_assert_no_error (error);
          g_assert_cmpstr (again, ==, kam_row_text (row, field));
        }
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  if (!kam_phone_is_supported ())
    {
      g_test_message ("the phone library was built without support");
      return 77;
    }

  g_test_add_func ("/phone/parse", test_parse);
  g_test_add_func ("/phone/format", test_format);
  g_test_add_func ("/phone/format-for", test_format_for);
  g_test_add_func ("/phone/refuses", test_refuses);
  g_test_add_func ("/phone/no-locale", test_no_locale);
  g_test_add_func ("/phone/sample", test_sample);

  return g_test_run ();
}
