/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-row.h"
#include "kam-test-rows.h"

#define LEAD "019a2b3c-0000-7000-8000-000000000002"
#define OTHER "019a2b3c-0000-7000-8000-000000000003"

static void
test_values (void)
{
  g_autoptr (KamRow) row = kam_row_new (KAM_ENTITY_LEAD, LEAD);

  g_assert_true (kam_row_is_null (row, KAM_LEAD_NAME));
  g_assert_null (kam_row_text (row, KAM_LEAD_NAME));
  g_assert_cmpint (kam_row_int (row, KAM_LEAD_CALL_INTERVAL, -1), ==, -1);
  kam_row_set_text (row, KAM_LEAD_NAME, "Annapurna");
  kam_row_set_int (row, KAM_LEAD_CALL_INTERVAL, 7);
  kam_row_take_text (row, KAM_LEAD_CITY, g_strdup ("Pune"));
  g_assert_true (kam_row_is (row, KAM_LEAD_NAME, "Annapurna"));
  g_assert_true (kam_row_is (row, KAM_LEAD_CITY, "Pune"));
  g_assert_cmpint (kam_row_int (row, KAM_LEAD_CALL_INTERVAL, -1), ==, 7);

  /* A value of itself, and of another kind. */
  kam_row_set (row, KAM_LEAD_NAME, kam_row_get (row, KAM_LEAD_NAME));
  kam_row_set (row, KAM_LEAD_CITY, kam_row_get (row, KAM_LEAD_CALL_INTERVAL));
  g_assert_true (kam_row_is (row, KAM_LEAD_NAME, "Annapurna"));
  g_assert_cmpint (kam_row_int (row, KAM_LEAD_CITY, 0), ==, 7);
  kam_row_set_text (row, KAM_LEAD_NAME, NULL);
  g_assert_true (kam_row_is_null (row, KAM_LEAD_NAME));
}

static void
test_copy (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (23);

  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    {
      g_autoptr (KamRow) row = kam_test_random_row (rand, (KamEntityKind) i);
      g_autoptr (KamRow) copy = kam_row_copy (row);

      g_assert_true (kam_row_equal (row, copy));
      kam_row_set_rev (copy, kam_row_rev (row) + 1);
      g_assert_false (kam_row_equal (row, copy));
      kam_row_set_rev (copy, kam_row_rev (row));
      kam_row_set_scope (copy, NULL);
      g_assert_null (kam_row_scope (copy));
      g_assert_false (kam_row_equal (row, copy));
      kam_row_set_scope (copy, kam_row_scope (row));
      kam_row_set_text (copy, 0, "other");
      g_assert_false (kam_row_equal (row, copy));
    }
}

static void
test_lead_id (void)
{
  g_autoptr (KamRow) lead = kam_row_new (KAM_ENTITY_LEAD, LEAD);
  g_autoptr (KamRow) contact = kam_row_new (KAM_ENTITY_CONTACT, OTHER);
  g_autoptr (KamRow) user = kam_row_new (KAM_ENTITY_USER, OTHER);

  g_assert_cmpstr (kam_row_lead_id (lead), ==, LEAD);
  g_assert_null (kam_row_lead_id (contact));
  kam_row_set_text (contact, KAM_CONTACT_LEAD, LEAD);
  g_assert_cmpstr (kam_row_lead_id (contact), ==, LEAD);
  g_assert_null (kam_row_lead_id (user));
}

static void
test_deleted (void)
{
  g_autoptr (KamRow) lead = kam_row_new (KAM_ENTITY_LEAD, LEAD);
  g_autoptr (KamRow) user = kam_row_new (KAM_ENTITY_USER, OTHER);

  g_assert_false (kam_row_is_deleted (lead));
  g_assert_false (kam_row_is_deleted (user));
  kam_row_set_text (lead, KAM_LEAD_DELETE, OTHER);
  g_assert_true (kam_row_is_deleted (lead));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/row/values", test_values);
  g_test_add_func ("/row/copy", test_copy);
  g_test_add_func ("/row/lead-id", test_lead_id);
  g_test_add_func ("/row/deleted", test_deleted);

  return g_test_run ();
}
