/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-text.h"

#include <string.h>

static void
test_normalise (void)
{
  static const struct
  {
    const char *text;
    const char *result;
  } cases[] = {
    { NULL, NULL }, { "", "" }, { "Zaika", "Zaika" }, { "  Zaika\t\n", "Zaika" }, { "\xc2\xa0Zaika\xe3\x80\x80", "Zaika" },
    { "\xe2\x80\x83\xe2\x80\xa8", "" },
    { "\xef\xbb\xbfZaika\xe2\x80\x8b", "Zaika" }, { "\x0b\x0c\xc2\x85x", "x" }, { "a  b", "a  b" }, { "Cafe\xcc\x81", "Caf\xc3\xa9" },
    { "क\xe0\xa4\xbcलम", "क\xe0\xa4\xbcलम" },
    { "🍛 “Zaika” 👩‍🍳", "🍛 “Zaika” 👩‍🍳" }, { "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", "한" }, { "\xff", NULL }, { "a\xc3", NULL },
    { "\xed\xa0\x80", NULL }, { "مطعم", "مطعم" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *result = kam_text_normalise (cases[i].text);

      g_assert_cmpstr (result, ==, cases[i].result);
    }
}

static void
test_fold (void)
{
  static const struct
  {
    const char *text;
    const char *result;
  } cases[] = {
    { NULL, "" }, { "\xff", "" }, { "Café  DELHI ", "cafe delhi" }, { "Straße", "strasse" }, { "ŁÓDŹ Ærø", "lodz aero" },
    { "İzmir ısı", "izmir isi" }, { "ﬁne ①", "fine 1" },
    { "Nguyễn", "nguyen" }, { "हिन्दी", "हिन्दी" }, { "क़लम", "कलम" }, { "ज़ायका", "जायका" }, { "०९८७६", "09876" }, { "٩٨٧", "987" },
    { "கடை", "கடை" }, { "কাচ্চি", "কাচ্চি" },
    { "ك ي", "ک ی" }, { "مُحَمَّد", "محمد" }, { "a\xc2\xad"
      "b", "ab" }, { "क्\xe2\x80\x8dष", "क्ष" }, { "Domino’s", "domino's" }, { "🍛", "🍛" }, { "ΣΊΣΥΦΟΣ", "σισυφοσ" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *result = kam_text_fold (cases[i].text);

      g_assert_cmpstr (result, ==, cases[i].result);
    }
}

/* Each list is in order. */
static void
test_sort_order (void)
{
  static const char *const lists[][8] = {
    { "Alpha", "beta", "Café", "Cafe Zest", "Cafés", "delhi" },
    { "Hotel 2", "Hotel 9", "Hotel 010", "Hotel 11", "Hotel 100", "Hotel A" },
    { "2 States", "21st Street", "100 Degrees", "Adda" },
    { "अन्नपूर्णा", "कबाब", "क़बीला", "खाना", "ज़ायका", "हवेली" },
    { "Yaari", "🍛 Zaika", "“Zaika” 2", "Zaika 10", "अन्नपूर्णा", "🍛" },
    { "a b", "a-c", "ad" },
    { "Zorba", "अन्न", "আহার", "உணவு", "食堂" },
    { "", "A" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    {
      for (guint j = 1; j < G_N_ELEMENTS (lists[i]) && lists[i][j] != NULL; j++)
        {
          g_autofree char *before = kam_text_sort_key (lists[i][j - 1]);
          g_autofree char *after = kam_text_sort_key (lists[i][j]);

          g_test_message ("%s, %s", lists[i][j - 1], lists[i][j]);
          g_assert_cmpint (strcmp (before, after), <, 0);
          g_assert_true (g_utf8_validate (after, -1, NULL));
        }
    }
}

static void
test_sort_same (void)
{
  static const char *const pairs[][2] = {
    { "Café", "CAFE" }, { "Hotel 007", "hotel 7" }, { "“Zaika”", "zaika" }, { "Domino's", "Domino’s" }, { "क़लम", "कलम" }, { NULL, "" },
    { "Hotel ७", "Hotel 7" }, { "A-1", "a 1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autofree char *a = kam_text_sort_key (pairs[i][0]);
      g_autofree char *b = kam_text_sort_key (pairs[i][1]);

      g_assert_cmpstr (a, ==, b);
    }
}

static void
test_sort_long_numbers (void)
{
  g_autofree char *nines = g_strnfill (300, '9');
  g_autofree char *zeros = g_strnfill (300, '0');
  g_autofree char *a = kam_text_sort_key (nines);
  g_autofree char *b = kam_text_sort_key (zeros);

  g_assert_true (g_utf8_validate (a, -1, NULL));
  g_assert_cmpint (strcmp (b, a), <, 0);
}

static void
test_tags (void)
{
  static const struct
  {
    const char *tags[6];
    const char *joined;
  } cases[] = {
    { { NULL }, NULL },
    { { "", " ", NULL }, NULL },
    { { "veg", NULL }, "veg" },
    { { "veg", "Bar", " bar ", "VEG", NULL }, "Bar\nVEG" },
    { { "late\nnight", "late   night", NULL }, "late night" },
    { { "शाकाहारी", "Café", "cafe", NULL }, "cafe\nCafé\nशाकाहारी" },
    { { "b", "\xff", "a", NULL }, "a\nb" },
    { { "cafe\xcc\x81", "caf\xc3\xa9", NULL }, "caf\xc3\xa9" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *joined = kam_tags_join (cases[i].tags);
      g_auto (GStrv) split = kam_tags_split (joined);
      g_autofree char *again = kam_tags_join ((const char *const *) split);

      g_assert_cmpstr (joined, ==, cases[i].joined);
      g_assert_cmpstr (again, ==, joined);
    }
}

static void
test_tags_any_order (void)
{
  static const char *const one[] = { "Veg", "veg", "Bar", NULL };
  static const char *const two[] = { "Bar", "veg", "Veg", NULL };
  g_autofree char *a = kam_tags_join (one);
  g_autofree char *b = kam_tags_join (two);
  g_auto (GStrv) none = kam_tags_split (NULL);

  g_assert_cmpstr (a, ==, b);
  g_assert_cmpuint (g_strv_length (none), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/normalise", test_normalise);
  g_test_add_func ("/text/fold", test_fold);
  g_test_add_func ("/text/sort-order", test_sort_order);
  g_test_add_func ("/text/sort-same", test_sort_same);
  g_test_add_func ("/text/sort-long-numbers", test_sort_long_numbers);
  g_test_add_func ("/text/tags", test_tags);
  g_test_add_func ("/text/tags/any-order", test_tags_any_order);

  return g_test_run ();
}
