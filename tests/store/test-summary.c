/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-test-ask.h"
#include "kam-store-pending.h"

static KamSyncSummary
ask_summary (TestStore *self)
{
  g_autoptr (GError) error = NULL;
  KamSyncSummary summary = { 0, };
  ASK_NOTHING (summary);

  kam_store_summary_finish (self->store, result, &summary, &error);
  g_assert_no_error (error);

  return summary;
}

static void
assert_leads (TestStore *test,
              guint      changed,
              guint      gained,
              guint      lost)
{
  KamSyncSummary summary = ask_summary (test);

  g_assert_cmpuint (summary.n_leads_changed, ==, changed);
  g_assert_cmpuint (summary.n_leads_gained, ==, gained);
  g_assert_cmpuint (summary.n_leads_lost, ==, lost);
}

static void
clear (TestStore *self)
{
  g_autoptr (GError) error = NULL;
  ASK_NOTHING (summary_seen);

  kam_store_summary_seen_finish (self->store, result, &error);
  g_assert_no_error (error);
}

static void
prepare (TestStore *test)
{
  for (guint i = 1; i <= 3; i++)
    test_store_stage (test, test_line_row (test_lead (i, "Spice", "Pune"), i), NULL);

  g_assert_true (test_store_commit (test, 5, FALSE, NULL));
}

/* A first sync is no news; later each lead counts once, by what has become of it. */
static void
test_leads (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autofree char *scope = kam_scope_of_leads (TEST_USER);

  prepare (test);
  assert_leads (test, 0, 0, 0);
  test_store_publish (test, 6, test_line_row (test_lead (1, "Spice!", "Pune"), 6), test_line_row (test_contact (9, 1, "Ramesh"), 6), NULL);
  test_store_publish (test, 7, test_line_row (test_contact (9, 1, "Suresh"), 7), NULL);
  assert_leads (test, 1, 0, 0);
  g_assert_cmpint (ask_summary (test).since_us, ==, TEST_NOW);

  test_store_publish (test, 8, test_line_evict (KAM_ENTITY_LEAD, 2, 8, scope, TRUE), test_line_row (test_lead (4, "New", "Pune"), 8), NULL);
  assert_leads (test, 1, 1, 1);
  test_store_reopen (test);
  assert_leads (test, 1, 1, 1);

  /* It comes back, the new one goes again, the changed one is lost. */
  test_store_publish (test, 9, test_line_evict (KAM_ENTITY_LEAD, 4, 9, scope, TRUE), test_line_evict (KAM_ENTITY_LEAD, 1, 9, scope, TRUE),
                      test_line_row (test_lead (2, "Back", "Pune"), 9), NULL);
  assert_leads (test, 1, 0, 1);
  clear (test);
  assert_leads (test, 0, 0, 0);
}

static void
test_no_news (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autofree char *scope = kam_scope_of_leads (TEST_USER);

  prepare (test);

  /* Deleted for good; sent once more as it is; a resync that finds nothing. */
  test_store_publish (test, 6, test_line_evict (KAM_ENTITY_LEAD, 2, 6, scope, FALSE), test_line_row (test_lead (1, "Spice", "Pune"), 1), NULL);
  test_store_publish (test, 6, test_line_range (KAM_ENTITY_LEAD, "03"), test_line_row (test_lead (3, "Spice", "Pune"), 3), NULL);
  assert_leads (test, 0, 0, 0);
}

static void
test_own (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) lead = test_lead (1, "Spice", "Pune");
  g_autoptr (KamRow) made = test_lead (8, "Made", "Pune");
  KamSyncSummary summary;

  prepare (test);
  test_store_save (test, test_change (lead, KAM_LEAD_CITY, "Goa"), test_create (made), NULL);
  g_ptr_array_unref (test_store_take (test, 10));

  /* The pull is faster than the answer to the push. */
  test_store_publish (test, 7, test_line_row (test_lead (8, "Made", "Pune"), 7), test_line_row (test_lead (1, "Spice", "Goa"), 7), NULL);
  test_store_settle (test, 1, KAM_RESULT_APPLIED, 7);
  test_store_settle (test, 2, KAM_RESULT_APPLIED, 7);
  assert_leads (test, 0, 0, 0);

  /* The answer is faster than the pull; somebody else has been there as well. */
  test_store_save (test, test_change (lead, KAM_LEAD_TAGS, "veg"), NULL);
  g_ptr_array_unref (test_store_take (test, 10));
  test_store_settle (test, 3, KAM_RESULT_APPLIED, 9);
  test_store_publish (test, 9, test_line_row (test_lead (1, "Spice", "Goa"), 9), NULL);
  assert_leads (test, 0, 0, 0);
  test_store_publish (test, 10, test_line_row (test_lead (1, "Spicy", "Goa"), 10), NULL);
  assert_leads (test, 1, 0, 0);

  test_store_save (test, test_change (lead, KAM_LEAD_STATE, "Goa"), NULL);
  g_ptr_array_unref (test_store_take (test, 10));
  test_store_reject (test, 4, "not_allowed");
  test_store_publish (test, 11, test_line_row (test_conflict (20, 1, "\"a\"", "\"b\""), 10), NULL);
  summary = ask_summary (test);
  g_assert_cmpuint (summary.n_sent, ==, 3);
  g_assert_cmpuint (summary.n_rejected, ==, 1);
  g_assert_cmpuint (summary.n_conflicts, ==, 1);
  clear (test);
  summary = ask_summary (test);
  g_assert_cmpuint (summary.n_sent + summary.n_rejected + summary.n_conflicts + summary.n_leads_changed, ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/summary/leads", test_leads);
  g_test_add_func ("/store/summary/no-news", test_no_news);
  g_test_add_func ("/store/summary/own", test_own);

  return g_test_run ();
}
