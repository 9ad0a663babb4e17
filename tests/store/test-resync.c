/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-test-store.h"

static const KamListQuery leads = { .entity = KAM_ENTITY_LEAD };

#define N_LEADS 40

/* Two stores that were sent the same. */
static void
fill (TestStore *test)
{
  for (guint i = 1; i <= N_LEADS; i++)
    {
      test_store_stage (test, test_line_row (test_lead (i, "Spice", "Pune"), i), test_line_row (test_contact (i + 100, i, "Ramesh"), i),
                        test_line_row (test_call (i + 200, i, i % 2 ? "reached" : "no_answer"), i), NULL);
    }

  test_store_stage (test, test_line_row (test_user (TEST_USER, "Asha"), 3), NULL);
  g_assert_true (test_store_commit (test, 100, FALSE, NULL));
}

/* The ranges in which two stores differ, as "lead 01|contact 3f". */
static char *
compare (TestStore *a,
         TestStore *b)
{
  g_autoptr (KamDigestSet) of_a = test_store_digests (a);
  g_autoptr (KamDigestSet) of_b = test_store_digests (b);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    {
      g_autoptr (GPtrArray) ranges = kam_digest_compare (of_a->of[i], of_b->of[i]);

      for (guint n = 0; n < ranges->len; n++)
        g_string_append_printf (text, "%s%s %s", text->len > 0 ? "|" : "", kam_entity_get ((KamEntityKind) i)->name, (char *) ranges->pdata[n]);
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
assert_differ (TestStore  *a,
               TestStore  *b,
               const char *expected)
{
  g_autofree char *ranges = compare (a, b);

  g_assert_cmpstr (ranges, ==, expected);
}

/* A value that changed by itself is found, and only its range is asked for. */
static void
test_corrupted (void)
{
  g_autoptr (TestStore) good = test_store_new ();
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) row = NULL;

  fill (good);
  fill (test);
  assert_differ (good, test, "");
  test_store_close (test);
  test_store_sql (test, "UPDATE lead SET city = 'Pnue' WHERE id = (SELECT lead_id FROM contact ORDER BY id LIMIT 1 OFFSET 16)");
  test_store_sql (test, "DELETE FROM interaction WHERE id = (SELECT max (id) FROM interaction)");
  g_assert_true (test_store_open (test, NULL));
  assert_differ (good, test, "lead 17|interaction 40");

  test_store_keep (test, test_line_range (KAM_ENTITY_LEAD, "17"), test_line_row (test_lead (17, "Spice", "Pune"), 17), NULL);
  row = test_store_row (test, KAM_ENTITY_LEAD, 17);
  g_assert_cmpstr (kam_row_text (row, KAM_LEAD_CITY), ==, "Pnue");
  test_store_publish (test, 100, test_line_range (KAM_ENTITY_INTERACTION, "40"), test_line_row (test_call (240, 40, "no_answer"), 40), NULL);
  assert_differ (good, test, "");
  g_clear_pointer (&row, kam_row_unref);
  row = test_store_row (test, KAM_ENTITY_LEAD, 17);
  g_assert_cmpstr (kam_row_text (row, KAM_LEAD_CITY), ==, "Pune");
}

/* What a person does, and what is derived from it here, is not the server's yet. */
static void
test_local_edits (void)
{
  g_autoptr (TestStore) good = test_store_new ();
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) lead = test_lead (2, "Spice", "Pune");
  g_autoptr (KamRow) made = test_lead (90, "Made", "Goa");
  g_autoptr (KamRow) call = test_call (91, 4, "reached");
  g_autoptr (KamRow) quiet = test_lead (6, "Spice", "Pune");
  g_autoptr (KamRow) inactive = NULL;
  g_autoptr (KamRow) derived = NULL;
  g_autoptr (GPtrArray) batch = NULL;

  fill (good);
  fill (test);
  kam_row_set_rev (quiet, 6);
  inactive = kam_row_copy (quiet);
  kam_row_set_text (inactive, KAM_LEAD_STATUS, "inactive");
  kam_row_set_text (inactive, KAM_LEAD_STATUS_REASON, "Closed down");
  test_store_save (test, test_change (lead, KAM_LEAD_NAME, "Sugar"), test_create (made), test_create (call),
                   kam_mutation_between (quiet, inactive, TEST_NOW), NULL);
  derived = test_store_row (test, KAM_ENTITY_LEAD, 4);
  g_assert_cmpstr (kam_row_text (derived, KAM_LEAD_STATUS), ==, "contacted");
  assert_differ (good, test, "");
  batch = test_store_take (test, 10);
  assert_differ (good, test, "");

  for (gint64 mid = 1; mid <= 4; mid++)
    test_store_settle (test, mid, KAM_RESULT_APPLIED, 101);

  assert_differ (good, test, "");
}

/* Ranges take away what the server does not have any more, with any revision, and leave what is only here. */
static void
test_ranges (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) edited = test_lead (1, "Spice", "Pune");
  g_autoptr (KamRow) made = test_lead (101, "Made", "Goa");
  g_autofree char *titles = NULL;
  g_autoptr (KamRow) row = NULL;
  g_autoptr (KamRow) moved = NULL;

  test_store_publish (test, 50, test_line_row (kam_row_ref (edited), 50), test_line_row (test_lead (2, "Gone", "Pune"), 50),
                      test_line_row (test_lead (3, "Older there", "Pune"), 50), test_line_row (test_lead (4, "Elsewhere", "Pune"), 50), NULL);
  test_store_save (test, test_change (edited, KAM_LEAD_CITY, "Goa"), test_create (made), NULL);
  test_store_publish (test, 20, test_line_range (KAM_ENTITY_LEAD, "01"), test_line_row (test_lead (1, "Spice of old", "Pune"), 9),
                      test_line_range (KAM_ENTITY_LEAD, "02"), test_line_range (KAM_ENTITY_LEAD, "03"),
                      test_line_row (test_lead (3, "As it was", "Pune"), 8), NULL);
  titles = test_store_titles (test, &leads);
  g_assert_cmpstr (titles, ==, "As it was|Elsewhere|Made|Spice of old");
  row = test_store_row (test, KAM_ENTITY_LEAD, 1);
  g_assert_cmpstr (kam_row_text (row, KAM_LEAD_CITY), ==, "Goa");
  moved = test_store_row (test, KAM_ENTITY_LEAD, 3);
  g_assert_cmpint (kam_row_rev (moved), ==, 8);
}

/* An edited row that the server has no more is gone from the list; what was typed still waits. */
static void
test_edited_row_gone (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) edited = test_lead (1, "Spice", "Pune");
  g_autofree char *titles = NULL;
  g_autoptr (GPtrArray) batch = NULL;

  test_store_publish (test, 5, test_line_row (kam_row_ref (edited), 5), NULL);
  test_store_save (test, test_change (edited, KAM_LEAD_CITY, "Goa"), NULL);
  test_store_publish (test, 6, test_line_range (KAM_ENTITY_LEAD, "001"), NULL);
  titles = test_store_titles (test, &leads);
  g_assert_cmpstr (titles, ==, "");
  batch = test_store_take (test, 10);
  g_assert_cmpuint (batch->len, ==, 1);
}

/* What comes after the ranges has the last word. */
static void
test_pull_on (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autofree char *cursor = NULL;
  g_autofree char *titles = NULL;
  g_autofree char *after = NULL;

  test_store_publish (test, 50, test_line_row (test_lead (1, "Spice", "Pune"), 50), NULL);
  test_store_keep (test, test_line_range (KAM_ENTITY_LEAD, "01"), test_line_row (test_lead (1, "In the range", "Pune"), 9), NULL);
  cursor = test_store_cursor (test);
  g_assert_cmpstr (cursor, ==, "cursor-50");
  test_store_stage (test, test_line_range (KAM_ENTITY_LEAD, "02"), test_line_row (test_lead (2, "Too", "Pune"), 9), NULL);
  g_assert_true (test_store_commit (test, 10, TRUE, NULL));
  titles = test_store_titles (test, &leads);
  g_assert_cmpstr (titles, ==, "Spice");
  test_store_publish (test, 11, test_line_row (test_lead (1, "Later", "Pune"), 11), test_line_row (test_lead (2, "Not older", "Pune"), 8), NULL);
  after = test_store_titles (test, &leads);
  g_assert_cmpstr (after, ==, "Later|Too");
}

/* Nobody knows after a restart which ranges were still to come, so that nothing of it counts. */
static void
test_restart (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autofree char *cursor = NULL;
  g_autofree char *titles = NULL;

  test_store_publish (test, 50, test_line_row (test_lead (1, "Spice", "Pune"), 50), NULL);
  test_store_keep (test, test_line_range (KAM_ENTITY_LEAD, "01"), NULL);
  test_store_stage (test, test_line_range (KAM_ENTITY_LEAD, "02"), NULL);
  g_assert_true (test_store_commit (test, 10, TRUE, NULL));
  test_store_reopen (test);
  cursor = test_store_cursor (test);
  g_assert_cmpstr (cursor, ==, "cursor-50");
  test_store_publish (test, 51, NULL);
  titles = test_store_titles (test, &leads);
  g_assert_cmpstr (titles, ==, "Spice");
}

static void
test_forget (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autofree char *cursor = NULL;
  g_autofree char *titles = NULL;

  test_store_publish (test, 50, test_line_row (test_lead (1, "Spice", "Pune"), 50), NULL);
  test_store_stage (test, test_line_row (test_lead (2, "Staged", "Pune"), 51), NULL);
  g_assert_true (test_store_commit (test, 51, TRUE, NULL));
  test_store_forget_stage (test);
  cursor = test_store_cursor (test);
  g_assert_cmpstr (cursor, ==, "cursor-50");
  test_store_publish (test, 52, NULL);
  titles = test_store_titles (test, &leads);
  g_assert_cmpstr (titles, ==, "Spice");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/resync/fault-35-corrupted", test_corrupted);
  g_test_add_func ("/store/resync/fault-35-local-edits", test_local_edits);
  g_test_add_func ("/store/resync/fault-25-ranges", test_ranges);
  g_test_add_func ("/store/resync/fault-25-edited-row-gone", test_edited_row_gone);
  g_test_add_func ("/store/resync/fault-31-pull-on", test_pull_on);
  g_test_add_func ("/store/resync/restart", test_restart);
  g_test_add_func ("/store/resync/forget", test_forget);

  return g_test_run ();
}
