/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-test-store.h"

static const KamListQuery leads = { .entity = KAM_ENTITY_LEAD };
static const KamListQuery contacts = { .entity = KAM_ENTITY_CONTACT };

static void
assert_titles (TestStore          *test,
               const KamListQuery *query,
               const char         *expected)
{
  g_autofree char *titles = test_store_titles (test, query);
  g_autoptr (GPtrArray) rows = NULL;
  guint n, n_expected = 0;

  g_assert_cmpstr (titles, ==, expected);
  rows = test_store_start (test, query, 0, &n);

  for (const char *at = expected; *at != '\0'; at++)
    n_expected += at == expected || *at == '|';

  g_assert_cmpuint (n, ==, n_expected);
}

static void
assert_lead (TestStore  *test,
             guint       n,
             guint       field,
             const char *text)
{
  g_autoptr (KamRow) row = test_store_row (test, KAM_ENTITY_LEAD, n);

  g_assert_nonnull (row);
  g_assert_cmpstr (kam_row_text (row, field), ==, text);
}

static char *
own_scope (void)
{
  return kam_scope_of_leads (TEST_USER);
}

static char *
other_scope (void)
{
  return kam_scope_of_leads (TEST_OTHER_USER);
}

static KamRow *
other_lead (guint       n,
            const char *name)
{
  g_autofree char *scope = other_scope ();
  KamRow *row = test_lead (n, name, "Goa");

  kam_row_set_scope (row, scope);
  kam_row_set_text (row, KAM_LEAD_KAM, TEST_OTHER_USER);

  return row;
}

/* The first sync shows what has arrived, is cut off, and goes on from the last whole page. */
static void
test_first_sync (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autofree char *none = test_store_cursor (test);
  g_autofree char *resumed = NULL;
  g_autofree char *last = NULL;
  g_autoptr (KamSyncState) state = NULL;

  g_assert_null (none);
  test_store_stage (test, test_line_row (test_user (TEST_USER, "Asha"), 1), test_line_row (test_lead (1, "Spice", "Pune"), 2), NULL);
  g_assert_true (test_store_commit (test, 10, TRUE, NULL));
  assert_titles (test, &leads, "Spice");
  test_store_stage (test, test_line_row (test_lead (2, "Lost", "Pune"), 3), NULL);
  test_store_reopen (test);
  assert_titles (test, &leads, "Spice");
  resumed = test_store_cursor (test);
  g_assert_cmpstr (resumed, ==, "cursor-10");

  test_store_stage (test, test_line_row (test_lead (2, "Sugar", "Pune"), 3), test_line_row (test_contact (3, 2, "Ramesh"), 4), NULL);
  g_assert_true (test_store_commit (test, 11, FALSE, NULL));
  assert_titles (test, &leads, "Spice|Sugar");
  assert_titles (test, &contacts, "Ramesh");
  last = test_store_cursor (test);
  g_assert_cmpstr (last, ==, "cursor-11");
  state = test_store_state (test);
  g_assert_cmpint (state->head, ==, 11);
}

/* Later pages wait for the last, over a restart too; nobody sees half of a commit. */
static void
test_staged (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autofree char *cursor = NULL;

  test_store_publish (test, 5, test_line_row (test_lead (1, "Spice", "Pune"), 5), NULL);
  test_store_stage (test, test_line_row (test_lead (2, "Sugar", "Goa"), 6), NULL);
  g_assert_true (test_store_commit (test, 6, TRUE, NULL));
  assert_titles (test, &leads, "Spice");
  test_store_reopen (test);
  cursor = test_store_cursor (test);
  g_assert_cmpstr (cursor, ==, "cursor-6");
  test_store_stage (test, test_line_row (test_lead (9, "Broken off", "Goa"), 7), NULL);
  test_store_discard (test);
  test_store_stage (test, test_line_row (test_lead (3, "Salt", "Goa"), 7), NULL);
  g_assert_true (test_store_commit (test, 7, FALSE, NULL));
  assert_titles (test, &leads, "Salt|Spice|Sugar");
}

/* A patch stays until the published head has reached its result. */
static void
test_pending_on_top (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) lead = test_lead (1, "Spice", "Pune");
  g_autoptr (KamRow) theirs = test_lead (1, "Spice", "Mumbai");
  g_autoptr (KamRow) settled = NULL;
  g_autoptr (GPtrArray) batch = NULL;
  g_autoptr (KamLeadPage) page = NULL;

  test_store_publish (test, 5, test_line_row (kam_row_ref (lead), 5), NULL);
  test_store_save (test, test_change (lead, KAM_LEAD_NAME, "Spice Garden"), NULL);
  test_store_publish (test, 6, test_line_row (kam_row_ref (theirs), 6), NULL);
  assert_lead (test, 1, KAM_LEAD_NAME, "Spice Garden");
  assert_lead (test, 1, KAM_LEAD_CITY, "Mumbai");

  batch = test_store_take (test, 10);
  test_store_settle (test, 1, KAM_RESULT_APPLIED, 8);
  assert_lead (test, 1, KAM_LEAD_NAME, "Spice Garden");
  test_store_publish (test, 7, NULL);
  assert_lead (test, 1, KAM_LEAD_NAME, "Spice Garden");

  settled = kam_row_copy (theirs);
  kam_row_set_text (settled, KAM_LEAD_NAME, "Spice Garden!");
  test_store_publish (test, 8, test_line_row (kam_row_ref (settled), 8), NULL);
  assert_lead (test, 1, KAM_LEAD_NAME, "Spice Garden!");
  page = test_store_page (test, 1);
  g_assert_false (page->has_pending);
}

/* The person sees what they typed until it has been decided; then the server's value, the other being a conflict row there. */
static void
test_fault_13_conflict (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) lead = test_lead (1, "Spice", "Pune");
  g_autoptr (KamRow) theirs = test_lead (1, "Their name", "Pune");
  g_autoptr (GPtrArray) batch = NULL;
  KamChange *change;

  test_store_publish (test, 5, test_line_row (kam_row_ref (lead), 5), NULL);
  test_store_save (test, test_change (lead, KAM_LEAD_NAME, "My name"), NULL);
  test_store_publish (test, 6, test_line_row (kam_row_ref (theirs), 6), NULL);
  assert_lead (test, 1, KAM_LEAD_NAME, "My name");
  batch = test_store_take (test, 10);
  change = kam_mutation_find (batch->pdata[0], KAM_LEAD_NAME);
  g_assert_cmpstr (change->old.text, ==, "Spice");
  test_store_settle (test, 1, KAM_RESULT_CONFLICT, 7);
  test_store_publish (test, 7, NULL);
  assert_lead (test, 1, KAM_LEAD_NAME, "Their name");
}

/* A made row becomes the server's without a flicker; edits that waited behind its making stay on top. */
static void
test_made_row_published (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) lead = test_lead (1, "Spice", "Pune");
  g_autoptr (GPtrArray) batch = NULL;
  g_autoptr (KamRow) row = NULL;

  test_store_save (test, test_create (lead), NULL);
  batch = test_store_take (test, 10);
  test_store_save (test, test_change (lead, KAM_LEAD_CITY, "Goa"), NULL);
  test_store_settle (test, 1, KAM_RESULT_APPLIED, 3);
  assert_titles (test, &leads, "Spice");
  test_store_publish (test, 3, test_line_row (kam_row_ref (lead), 3), NULL);
  assert_titles (test, &leads, "Spice");
  row = test_store_row (test, KAM_ENTITY_LEAD, 1);
  g_assert_cmpstr (kam_row_text (row, KAM_LEAD_CITY), ==, "Goa");
  g_assert_cmpint (kam_row_rev (row), ==, 3);
}

static void
test_child_before_parent (void)
{
  g_autoptr (TestStore) test = test_store_new ();

  test_store_publish (test, 5, test_line_row (test_contact (2, 1, "Ramesh"), 5), NULL);
  assert_titles (test, &contacts, "");
  test_store_publish (test, 6, test_line_row (test_lead (1, "Spice", "Pune"), 6), NULL);
  assert_titles (test, &contacts, "Ramesh");
}

typedef struct
{
  const char *name;
  gint64      rev;
  gboolean    own;
  gboolean    moved;
  gboolean    gone;
} Eviction;

static void
test_evict (void)
{
  static const Eviction cases[] = {
    { "moved", 9, TRUE, TRUE, TRUE },
    { "deleted", 9, TRUE, FALSE, TRUE },
    { "at its own revision", 5, TRUE, TRUE, TRUE },
    { "older than the row", 4, TRUE, TRUE, FALSE },
    { "of another scope", 9, FALSE, TRUE, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TestStore) test = test_store_new ();
      g_autofree char *scope = cases[i].own ? own_scope () : other_scope ();
      g_autoptr (KamRow) call = NULL;

      g_test_message ("%s", cases[i].name);
      test_store_publish (test, 5, test_line_row (test_lead (1, "Spice", "Pune"), 5), test_line_row (test_contact (2, 1, "Ramesh"), 5),
                          test_line_row (test_call (3, 1, "reached"), 4), NULL);
      test_store_publish (test, 9, test_line_evict (KAM_ENTITY_LEAD, 1, cases[i].rev, scope, cases[i].moved), NULL);
      assert_titles (test, &leads, cases[i].gone ? "" : "Spice");
      assert_titles (test, &contacts, cases[i].gone ? "" : "Ramesh");
      call = test_store_row (test, KAM_ENTITY_INTERACTION, 3);
      g_assert_true ((call == NULL) == (cases[i].gone || (cases[i].own && cases[i].rev >= 4)));
    }
}

/* A lead that goes A → B → A while A is away: what arrives in one page leaves it here, with the newer rows. */
static void
test_away_and_back (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autofree char *scope = own_scope ();

  test_store_publish (test, 5, test_line_row (test_lead (1, "Spice", "Pune"), 5), NULL);
  test_store_publish (test, 9, test_line_row (test_lead (1, "Spice again", "Pune"), 9), test_line_evict (KAM_ENTITY_LEAD, 1, 7, scope, TRUE), NULL);
  assert_titles (test, &leads, "Spice again");
}

static void
test_drop (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autofree char *scope = other_scope ();

  test_store_publish (test, 5, test_line_row (test_lead (1, "Mine", "Pune"), 5), test_line_row (other_lead (2, "Theirs"), 5), NULL);
  assert_titles (test, &leads, "Mine|Theirs");
  test_store_publish (test, 6, test_line_drop (scope), NULL);
  assert_titles (test, &leads, "Mine");
  test_store_publish (test, 7, test_line_drop (scope), test_line_row (other_lead (2, "Theirs"), 5), NULL);
  assert_titles (test, &leads, "Mine|Theirs");
}

/* An edited row comes into a scope with one page, and the scope goes with a later one of the same publication. */
static void
test_drop_edited (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) lead = test_lead (1, "Mine", "Pune");
  g_autoptr (KamRow) gone = NULL;
  g_autofree char *scope = other_scope ();

  test_store_publish (test, 5, test_line_row (kam_row_ref (lead), 5), NULL);
  test_store_save (test, test_change (lead, KAM_LEAD_NAME, "Typed"), NULL);
  test_store_stage (test, test_line_row (other_lead (1, "Theirs"), 6), NULL);
  g_assert_true (test_store_commit (test, 6, TRUE, NULL));
  test_store_stage (test, test_line_drop (scope), NULL);
  g_assert_true (test_store_commit (test, 7, FALSE, NULL));
  gone = test_store_row (test, KAM_ENTITY_LEAD, 1);
  g_assert_null (gone);
}

/* A edits after losing the lead: the row is gone, what was typed is not, and is sent. */
static void
test_lost_with_pending (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) lead = test_lead (1, "Spice", "Pune");
  g_autoptr (KamRow) call = test_call (3, 1, "reached");
  g_autofree char *scope = own_scope ();
  g_autoptr (GPtrArray) batch = NULL;
  g_autoptr (KamRow) gone = NULL;

  test_store_publish (test, 5, test_line_row (kam_row_ref (lead), 5), NULL);
  test_store_save (test, test_change (lead, KAM_LEAD_NAME, "Typed"), test_create (call), NULL);
  test_store_publish (test, 6, test_line_evict (KAM_ENTITY_LEAD, 1, 6, scope, TRUE), NULL);
  gone = test_store_row (test, KAM_ENTITY_LEAD, 1);
  g_assert_null (gone);
  test_store_reopen (test);
  batch = test_store_take (test, 10);
  g_assert_cmpuint (batch->len, ==, 2);
  test_store_settle (test, 1, KAM_RESULT_CONFLICT, 7);
  test_store_settle (test, 2, KAM_RESULT_APPLIED, 7);
  test_store_publish (test, 7, NULL);
  assert_titles (test, &leads, "");
  gone = test_store_row (test, KAM_ENTITY_INTERACTION, 3);
  g_assert_null (gone);
}

/* While an own call waits the status is derived here; once nothing waits the server's counts. */
static void
test_server_status (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) lead = test_lead (1, "Spice", "Pune");
  g_autoptr (KamRow) call = test_call (2, 1, "reached");
  g_autoptr (KamRow) contacted = test_lead (1, "Spice", "Pune");
  g_autoptr (GPtrArray) batch = NULL;

  test_store_publish (test, 5, test_line_row (kam_row_ref (lead), 5), NULL);
  test_store_save (test, test_create (call), NULL);
  assert_lead (test, 1, KAM_LEAD_STATUS, "contacted");
  batch = test_store_take (test, 10);
  test_store_settle (test, 1, KAM_RESULT_APPLIED, 6);
  assert_lead (test, 1, KAM_LEAD_STATUS, "contacted");
  kam_row_set_text (contacted, KAM_LEAD_STATUS, "contacted");
  test_store_publish (test, 6, test_line_row (kam_row_ref (contacted), 6), test_line_row (kam_row_ref (call), 6), NULL);
  assert_lead (test, 1, KAM_LEAD_STATUS, "contacted");
}

static void
test_changes (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autofree char *lead = test_id (1);
  g_autofree char *contact = test_id (2);

  test_store_publish (test, 5, test_line_row (test_lead (1, "Spice", "Pune"), 5), NULL);
  test_store_publish (test, 6, test_line_row (test_contact (2, 1, "Ramesh"), 6), NULL);
  test_store_spin (test);
  g_assert_true (kam_changes_has (test->changes, KAM_ENTITY_CONTACT, contact));
  g_assert_true (kam_changes_has_lead (test->changes, lead));
  g_assert_false (kam_changes_is_all (test->changes, KAM_ENTITY_LEAD));
  g_assert_false (kam_changes_has_any (test->changes, KAM_ENTITY_USER));
  g_assert_cmpuint (kam_changes_get_ids (test->changes, KAM_ENTITY_CONTACT)->len, ==, 1);
}

static void
test_many (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (GTimer) timer = NULL;
  KamListQuery query = { .entity = KAM_ENTITY_LEAD, .sort = KAM_SORT_CITY };
  g_autoptr (GArray) keys = NULL;
  g_autoptr (GPtrArray) first = NULL;
  guint n;

  timer = g_timer_new ();

  for (guint i = 0; i < 20000; i += 2000)
    {
      for (guint k = 1; k <= 2000; k++)
        {
          g_autofree char *name = g_strdup_printf ("Lead %u", (i + k) * 7919 % 20011);

          test_store_stage (test, test_line_row (test_lead (i + k, name, k % 2 ? "Pune" : "Goa"), i + k), NULL);
        }

      g_assert_true (test_store_commit (test, i + 2000, i + 2000 < 20000, NULL));
    }

  g_test_message ("20,000 leads in %.2f s", g_timer_elapsed (timer, NULL));
  g_timer_start (timer);
  keys = test_store_keys (test, &query);
  g_test_message ("their keys in %.1f ms", 1000 * g_timer_elapsed (timer, NULL));
  g_assert_cmpuint (keys->len, ==, 20000);
  g_timer_start (timer);
  first = test_store_start (test, &query, 200, &n);
  g_test_message ("first 200 rows in %.1f ms", 1000 * g_timer_elapsed (timer, NULL));
  g_assert_cmpuint (n, ==, 20000);
  g_assert_cmpuint (first->len, ==, 200);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/sync/fault-33-first", test_first_sync);
  g_test_add_func ("/store/sync/fault-10-staged", test_staged);
  g_test_add_func ("/store/sync/pending-on-top", test_pending_on_top);
  g_test_add_func ("/store/sync/fault-13-conflict", test_fault_13_conflict);
  g_test_add_func ("/store/sync/made-row-published", test_made_row_published);
  g_test_add_func ("/store/sync/fault-18-child-before-parent", test_child_before_parent);
  g_test_add_func ("/store/sync/fault-19-evict", test_evict);
  g_test_add_func ("/store/sync/fault-20-away-and-back", test_away_and_back);
  g_test_add_func ("/store/sync/fault-22-drop", test_drop);
  g_test_add_func ("/store/sync/fault-22-drop-edited", test_drop_edited);
  g_test_add_func ("/store/sync/fault-21-lost-with-pending", test_lost_with_pending);
  g_test_add_func ("/store/sync/server-status", test_server_status);
  g_test_add_func ("/store/sync/changes", test_changes);
  g_test_add_func ("/store/sync/fault-34-many", test_many);

  return g_test_run ();
}
