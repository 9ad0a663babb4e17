/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-codes.h"

#include <string.h>

typedef gboolean (*Check) (const char *text);

typedef struct
{
  Check       check;
  const char *text;
  gboolean    fine;
} Case;

static const Case cases[] = {
  { kam_country_is_valid, "IN", TRUE },
  { kam_country_is_valid, "AX", TRUE },
  { kam_country_is_valid, "in", FALSE },
  { kam_country_is_valid, "XK", FALSE },
  { kam_country_is_valid, "UK", FALSE },
  { kam_country_is_valid, "IND", FALSE },
  { kam_country_is_valid, "", FALSE },
  { kam_country_is_valid, NULL, FALSE },
  { kam_currency_is_valid, "INR", TRUE },
  { kam_currency_is_valid, "XOF", TRUE },
  { kam_currency_is_valid, "inr", FALSE },
  { kam_currency_is_valid, "RS", FALSE },
  { kam_currency_is_valid, "XTS", FALSE },
  { kam_currency_is_valid, NULL, FALSE },
  { kam_language_is_valid, "hi", TRUE },
  { kam_language_is_valid, "kok", TRUE },
  { kam_language_is_valid, "en-GB", TRUE },
  { kam_language_is_valid, "zh-Hant-TW", TRUE },
  { kam_language_is_valid, "es-419", TRUE },
  { kam_language_is_valid, "sl-rozaj-biske", TRUE },
  { kam_language_is_valid, "de-1996", TRUE },
  { kam_language_is_valid, "en-u-hc-h12", TRUE },
  { kam_language_is_valid, "en-x-us", TRUE },
  { kam_language_is_valid, "en-x-US", FALSE },
  { kam_language_is_valid, "HI", FALSE },
  { kam_language_is_valid, "en-gb", FALSE },
  { kam_language_is_valid, "zh-hant", FALSE },
  { kam_language_is_valid, "en_GB", FALSE },
  { kam_language_is_valid, "h", FALSE },
  { kam_language_is_valid, "en-", FALSE },
  { kam_language_is_valid, "en--GB", FALSE },
  { kam_language_is_valid, "en-u", FALSE },
  { kam_language_is_valid, "en-u-x", FALSE },
  { kam_language_is_valid, "en-toolongone", FALSE },
  { kam_language_is_valid, "हि", FALSE },
  { kam_language_is_valid, "", FALSE },
  { kam_language_is_valid, NULL, FALSE },
  { kam_email_is_valid, "a@b.in", TRUE },
  { kam_email_is_valid, "asha.rao+kam@mail.example.co.in", TRUE },
  { kam_email_is_valid, "o'brien@example.com", TRUE },
  { kam_email_is_valid, "आशा@उदाहरण.भारत", TRUE },
  { kam_email_is_valid, "a@xn--p1b6ci4b4b3a.xn--h2brj9c", TRUE },
  { kam_email_is_valid, "a@b", FALSE },
  { kam_email_is_valid, "a@localhost", FALSE },
  { kam_email_is_valid, "@b.in", FALSE },
  { kam_email_is_valid, "a@", FALSE },
  { kam_email_is_valid, "a@b.", FALSE },
  { kam_email_is_valid, "a@.in", FALSE },
  { kam_email_is_valid, "a@b..in", FALSE },
  { kam_email_is_valid, "a@-b.in", FALSE },
  { kam_email_is_valid, "a@b-.in", FALSE },
  { kam_email_is_valid, "a@127.0.0.1", FALSE },
  { kam_email_is_valid, "a@b@c.in", FALSE },
  { kam_email_is_valid, "a b@c.in", FALSE },
  { kam_email_is_valid, "a@b c.in", FALSE },
  { kam_email_is_valid, ".a@b.in", FALSE },
  { kam_email_is_valid, "a.@b.in", FALSE },
  { kam_email_is_valid, "a..a@b.in", FALSE },
  { kam_email_is_valid, "\"a\"@b.in", FALSE },
  { kam_email_is_valid, "Asha <a@b.in>", FALSE },
  { kam_email_is_valid, "a@b.in,c@d.in", FALSE },
  { kam_email_is_valid, "a@b.in\nBcc: c@d.in", FALSE },
  { kam_email_is_valid, "a\r\n@b.in", FALSE },
  { kam_email_is_valid, "a\xe2\x80\xae@b.in", FALSE }, /* right-to-left override */
  { kam_email_is_valid, "a\xc2\xa0@b.in", FALSE },     /* no-break space */
  { kam_email_is_valid, "a\xff@b.in", FALSE },
  { kam_email_is_valid, "no address", FALSE },
  { kam_email_is_valid, "", FALSE },
  { kam_email_is_valid, NULL, FALSE },
};

static void
test_case (gconstpointer data)
{
  const Case *it = data;

  g_assert_cmpint (it->check (it->text), ==, it->fine);
}

static void
test_email_lengths (void)
{
  g_autofree char *local64 = g_strnfill (64, 'a');
  g_autofree char *label63 = g_strnfill (63, 'b');
  g_autofree char *label62 = g_strnfill (62, 'c');
  g_autofree char *fits = g_strdup_printf ("%s@%s.in", local64, label63);
  g_autofree char *local_over = g_strdup_printf ("%sa@%s.in", local64, label63);
  g_autofree char *label_over = g_strdup_printf ("%s@%sb.in", local64, label63);
  g_autofree char *longest = g_strdup_printf ("%s@%s.%s.%.59s.in", local64, label63, label62, label63);
  g_autofree char *over = g_strdup_printf ("%s@%s.%s.%.60s.in", local64, label63, label62, label63);

  g_assert_true (kam_email_is_valid (fits));
  g_assert_false (kam_email_is_valid (local_over));
  g_assert_false (kam_email_is_valid (label_over));
  g_assert_cmpuint (strlen (longest), ==, 254);
  g_assert_true (kam_email_is_valid (longest));
  g_assert_false (kam_email_is_valid (over));
}

static void
check_list (const char *const *codes,
            gsize              length)
{
  for (guint i = 0; codes[i] != NULL; i++)
    {
      g_assert_cmpuint (strlen (codes[i]), ==, length);
      g_assert_true (i == 0 || strcmp (codes[i - 1], codes[i]) < 0);
    }
}

static void
test_lists (void)
{
  check_list (kam_country_list (), 2);
  check_list (kam_currency_list (), 3);
  g_assert_cmpuint (g_strv_length ((char **) kam_country_list ()), ==, 249);
}

static void
test_digits (void)
{
  g_assert_cmpint (kam_currency_digits ("INR"), ==, 2);
  g_assert_cmpint (kam_currency_digits ("JPY"), ==, 0);
  g_assert_cmpint (kam_currency_digits ("KWD"), ==, 3);
  g_assert_cmpint (kam_currency_digits ("inr"), ==, -1);
  g_assert_cmpint (kam_currency_digits (NULL), ==, -1);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/codes/form/%u", i);

      g_test_add_data_func (path, &cases[i], test_case);
    }

  g_test_add_func ("/codes/email-lengths", test_email_lengths);
  g_test_add_func ("/codes/lists", test_lists);
  g_test_add_func ("/codes/digits", test_digits);

  return g_test_run ();
}
