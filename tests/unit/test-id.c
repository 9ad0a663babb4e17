/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-id.h"

#include <string.h>

#define USER "019a2b3c-0000-7000-8000-000000000002"

static void
test_valid (void)
{
  static const struct
  {
    const char *id;
    gboolean    fine;
  } cases[] = {
    { USER, TRUE },
    { "00000000-0000-0000-0000-000000000000", TRUE },
    { "ffffffff-ffff-ffff-ffff-ffffffffffff", TRUE },
    { "019A2B3C-0000-7000-8000-000000000002", FALSE },
    { "{019a2b3c-0000-7000-8000-000000000002}", FALSE },
    { "019a2b3c00007000800000000000000000002", FALSE },
    { "019a2b3c-0000-7000-8000-00000000000", FALSE },
    { "019a2b3c-0000-7000-8000-0000000000020", FALSE },
    { "019a2b3c-0000-7000-8000-00000000000g", FALSE },
    { "019a2b3c-0000-7000-8000000-00000002", FALSE },
    { "------------------------------------", FALSE },
    { "", FALSE },
    { NULL, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (kam_id_is_valid (cases[i].id), ==, cases[i].fine);
}

static void
test_bytes (void)
{
  guint8 bytes[KAM_ID_BYTES];
  char id[KAM_ID_LENGTH + 1];

  g_assert_true (kam_id_to_bytes (USER, bytes));
  g_assert_cmpint (bytes[0], ==, 0x01);
  g_assert_cmpint (bytes[15], ==, 0x02);
  kam_id_from_bytes (bytes, id);
  g_assert_cmpstr (id, ==, USER);
}

/* The example of RFC 9562, A.6: 2022-02-22 14:22:22 in New York. */
static void
test_version_7 (void)
{
  static const guint8 random[10] = { 0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f };
  g_autofree char *id = kam_id_new_from (G_GINT64_CONSTANT (1645557742000000), random);
  g_autofree char *early = kam_id_new_from (-5, random);

  g_assert_cmpstr (id, ==, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  g_assert_cmpstr (early, ==, "00000000-0000-7cc3-98c4-dc0c0c07398f");
}

static void
test_new (void)
{
  g_autofree char *one = kam_id_new (1000000);
  g_autofree char *two = kam_id_new (1000000);
  g_autofree char *later = kam_id_new (2000000);

  g_assert_true (kam_id_is_valid (one));
  g_assert_cmpint (one[14], ==, '7');
  g_assert_cmpstr (one, !=, two);
  g_assert_cmpint (strcmp (one, later), <, 0);
}

/* The example of RFC 9562, A.4. */
static void
test_derive (void)
{
  g_autofree char *id = kam_id_derive ("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "www.example.com");

  g_assert_cmpstr (id, ==, "2ed6657d-e927-568b-95e1-2665a8aea6a2");
}

/* Both sides, and every version of them, compute the same: these never change. */
static void
test_scopes (void)
{
  g_autofree char *directory = kam_scope_directory ();
  g_autofree char *leads = kam_scope_of_leads (USER);
  g_autofree char *personal = kam_scope_personal (USER);
  g_autofree char *again = kam_scope_of_leads (USER);

  g_assert_true (kam_id_is_valid (directory) && kam_id_is_valid (leads) && kam_id_is_valid (personal));
  g_assert_cmpstr (leads, ==, again);
  g_assert_cmpstr (leads, !=, personal);
  g_assert_cmpstr (leads, !=, directory);
  g_assert_cmpint (leads[14], ==, '5');
  g_assert_cmpstr (directory, ==, "6fc11c73-89fd-5d6a-bf0d-efe21c0679c2");
  g_assert_cmpstr (leads, ==, "7a8b7d3c-f3b4-5af4-9ce6-530511efefde");
  g_assert_cmpstr (personal, ==, "19f173f7-2aaa-51f0-83fe-5f00b40f8cb1");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/id/valid", test_valid);
  g_test_add_func ("/id/bytes", test_bytes);
  g_test_add_func ("/id/version-7", test_version_7);
  g_test_add_func ("/id/new", test_new);
  g_test_add_func ("/id/derive", test_derive);
  g_test_add_func ("/id/scopes", test_scopes);

  return g_test_run ();
}
