/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-test-store.h"

static guint
waiting (TestStore *test)
{
  g_autoptr (KamSyncState) state = test_store_state (test);

  return state->n_waiting;
}

static void
assert_status (TestStore  *test,
               guint       lead,
               const char *status)
{
  g_autoptr (KamRow) row = test_store_row (test, KAM_ENTITY_LEAD, lead);

  g_assert_nonnull (row);
  g_assert_cmpstr (kam_row_text (row, KAM_LEAD_STATUS), ==, status);
}

/* A lead with a contact and a call in one edit: parents are sent first, whatever the order; the status follows at once. */
static void
test_add (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) lead = test_lead (1, "स्वाद अनुसार 🍛", "Pune");
  g_autoptr (KamRow) contact = test_contact (2, 1, "Ramesh");
  g_autoptr (KamRow) call = test_call (3, 1, "reached");
  g_autoptr (GPtrArray) batch = NULL;
  g_autoptr (KamRow) saved = NULL;
  g_autoptr (KamLeadPage) page = NULL;
  g_autofree char *id = test_id (1);

  test_store_save (test, test_create (call), test_create (contact), test_create (lead), NULL);
  assert_status (test, 1, "contacted");
  g_assert_true (kam_changes_has_lead (test->changes, id));
  g_assert_true (kam_changes_is_outbox (test->changes));

  test_store_reopen (test);
  saved = test_store_row (test, KAM_ENTITY_INTERACTION, 3);
  g_assert_cmpstr (kam_row_text (saved, KAM_INTERACTION_AUTHOR), ==, TEST_USER);
  g_assert_cmpstr (kam_row_scope (saved), ==, kam_row_scope (lead));
  page = test_store_page (test, 1);
  g_assert_cmpstr (kam_row_text (page->lead, KAM_LEAD_NAME), ==, "स्वाद अनुसार 🍛");
  g_assert_cmpuint (page->contacts->len, ==, 1);
  g_assert_cmpuint (page->timeline->len, ==, 1);
  g_assert_true (page->has_pending);

  batch = test_store_take (test, 10);
  g_assert_cmpuint (batch->len, ==, 3);

  for (guint i = 0; i < batch->len; i++)
    {
      KamMutation *mutation = batch->pdata[i];
      KamEntityKind order[] = { KAM_ENTITY_LEAD, KAM_ENTITY_CONTACT, KAM_ENTITY_INTERACTION };

      g_assert_cmpint (mutation->entity, ==, order[i]);
      g_assert_cmpint (mutation->mid, ==, i + 1);
    }
}

static void
test_invalid (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) good = test_lead (1, "Good", "Pune");
  g_autoptr (KamRow) bad = test_lead (2, NULL, "Pune");
  g_autoptr (KamRow) missing = test_lead (3, "Gone", "Pune");
  g_autoptr (KamRow) nothing = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (test_store_edit (test, &error, test_create (good), test_create (bad), NULL));
  g_assert_error (error, KAM_STORE_ERROR, KAM_STORE_ERROR_INVALID);
  g_clear_error (&error);
  nothing = test_store_row (test, KAM_ENTITY_LEAD, 1);
  g_assert_null (nothing);

  kam_row_set_rev (missing, 4);
  g_assert_false (test_store_edit (test, &error, test_change (missing, KAM_LEAD_CITY, "Goa"), NULL));
  g_assert_error (error, KAM_STORE_ERROR, KAM_STORE_ERROR_MISSING);
  g_assert_cmpuint (waiting (test), ==, 0);
}

/* Edits that nobody has heard of fold into what waits. */
static void
test_fold (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) lead = test_lead (1, "Spice", "Pune");
  g_autoptr (KamRow) renamed = NULL;
  g_autoptr (GPtrArray) batch = NULL;
  KamChange *change;

  test_store_publish (test, 5, test_line_row (kam_row_ref (lead), 5), NULL);
  test_store_save (test, test_change (lead, KAM_LEAD_NAME, "Spice Garden"), NULL);
  renamed = test_store_row (test, KAM_ENTITY_LEAD, 1);
  test_store_save (test, test_change (renamed, KAM_LEAD_NAME, "Spice Palace"), NULL);
  g_assert_cmpuint (waiting (test), ==, 1);
  batch = test_store_take (test, 10);
  change = kam_mutation_find (batch->pdata[0], KAM_LEAD_NAME);
  g_assert_cmpstr (change->old.text, ==, "Spice");
  g_assert_cmpstr (change->new.text, ==, "Spice Palace");
  g_assert_cmpint (((KamMutation *) batch->pdata[0])->base_rev, ==, 5);
}

static void
test_back_to_old (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) lead = test_lead (1, "Spice", "Pune");
  g_autoptr (KamRow) renamed = NULL;
  g_autoptr (KamLeadPage) page = NULL;

  test_store_publish (test, 5, test_line_row (kam_row_ref (lead), 5), NULL);
  test_store_save (test, test_change (lead, KAM_LEAD_NAME, "Spice Garden"), NULL);
  renamed = test_store_row (test, KAM_ENTITY_LEAD, 1);
  test_store_save (test, test_change (renamed, KAM_LEAD_NAME, "Spice"), NULL);
  g_assert_cmpuint (waiting (test), ==, 0);
  page = test_store_page (test, 1);
  g_assert_false (page->has_pending);
}

/* AddDelete: nothing is sent. Undo: everything is, the children too. */
static void
test_add_delete_undo (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) lead = test_lead (1, "Spice", "Pune");
  g_autoptr (KamRow) contact = test_contact (2, 1, "Ramesh");
  KamListQuery leads = { .entity = KAM_ENTITY_LEAD }, contacts = { .entity = KAM_ENTITY_CONTACT };
  g_autofree char *none = NULL;
  g_autofree char *no_contact = NULL;
  g_autofree char *back = NULL;
  g_autofree char *contact_back = NULL;
  g_autoptr (GPtrArray) nothing = NULL;
  g_autoptr (GPtrArray) batch = NULL;

  test_store_save (test, test_create (lead), test_create (contact), NULL);
  test_store_save (test, test_delete (lead), NULL);
  g_assert_cmpuint (waiting (test), ==, 0);
  none = test_store_titles (test, &leads);
  g_assert_cmpstr (none, ==, "");
  no_contact = test_store_titles (test, &contacts);
  g_assert_cmpstr (no_contact, ==, "");
  nothing = test_store_take (test, 10);
  g_assert_cmpuint (nothing->len, ==, 0);

  test_store_save (test, test_restore (lead), NULL);
  g_assert_cmpuint (waiting (test), ==, 2);
  back = test_store_titles (test, &leads);
  g_assert_cmpstr (back, ==, "Spice");
  contact_back = test_store_titles (test, &contacts);
  g_assert_cmpstr (contact_back, ==, "Ramesh");
  batch = test_store_take (test, 10);
  g_assert_cmpuint (batch->len, ==, 2);
  g_assert_cmpint (((KamMutation *) batch->pdata[0])->entity, ==, KAM_ENTITY_LEAD);
}

/* A form may still be open on what was made and deleted before anybody heard of it. Sent alone, its edit would be of a row that never was. */
static void
test_edit_in_bin (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) lead = test_lead (1, "Spice", "Pune");
  g_autoptr (KamRow) contact = test_contact (2, 1, "Ramesh");
  g_autoptr (GError) error = NULL;

  test_store_save (test, test_create (lead), test_create (contact), NULL);
  test_store_save (test, test_delete (lead), NULL);
  g_assert_false (test_store_edit (test, &error, test_change (lead, KAM_LEAD_CITY, "Goa"), NULL));
  g_assert_error (error, KAM_STORE_ERROR, KAM_STORE_ERROR_MISSING);
  g_clear_error (&error);
  g_assert_false (test_store_edit (test, &error, test_change (contact, KAM_CONTACT_NAME, "Suresh"), NULL));
  g_assert_error (error, KAM_STORE_ERROR, KAM_STORE_ERROR_MISSING);
  g_assert_cmpuint (waiting (test), ==, 0);
}

static void
test_delete_undo (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) lead = test_lead (1, "Spice", "Pune");
  KamListQuery leads = { .entity = KAM_ENTITY_LEAD }, contacts = { .entity = KAM_ENTITY_CONTACT };
  g_autofree char *none = NULL;
  g_autofree char *no_contact = NULL;
  g_autofree char *back = NULL;

  test_store_publish (test, 5, test_line_row (kam_row_ref (lead), 5), test_line_row (test_contact (2, 1, "Ramesh"), 5), NULL);
  test_store_save (test, test_delete (lead), NULL);
  g_assert_cmpuint (waiting (test), ==, 1);
  none = test_store_titles (test, &leads);
  g_assert_cmpstr (none, ==, "");
  no_contact = test_store_titles (test, &contacts);
  g_assert_cmpstr (no_contact, ==, "");
  test_store_reopen (test);
  test_store_save (test, test_restore (lead), NULL);
  g_assert_cmpuint (waiting (test), ==, 0);
  back = test_store_titles (test, &contacts);
  g_assert_cmpstr (back, ==, "Ramesh");
}

/* While an edit is under way later ones wait behind it, and start from its result. */
static void
test_edit_while_sent (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) lead = test_lead (1, "Spice", "Pune");
  g_autoptr (GPtrArray) first = NULL;
  g_autoptr (GPtrArray) again = NULL;
  g_autoptr (GPtrArray) second = NULL;
  g_autoptr (KamRow) shown = NULL;

  test_store_save (test, test_create (lead), NULL);
  first = test_store_take (test, 10);
  test_store_save (test, test_change (lead, KAM_LEAD_CITY, "Goa"), NULL);
  g_assert_cmpuint (waiting (test), ==, 2);
  test_store_reopen (test);
  again = test_store_take (test, 10);
  g_assert_cmpuint (again->len, ==, 1);
  g_assert_cmpint (((KamMutation *) again->pdata[0])->mid, ==, 1);
  g_assert_null (kam_mutation_find (again->pdata[0], KAM_LEAD_TIER));

  test_store_settle (test, 1, KAM_RESULT_APPLIED, 7);
  test_store_settle (test, 1, KAM_RESULT_APPLIED, 7);
  second = test_store_take (test, 10);
  g_assert_cmpuint (second->len, ==, 1);
  g_assert_cmpint (((KamMutation *) second->pdata[0])->mid, ==, 2);
  g_assert_cmpint (((KamMutation *) second->pdata[0])->base_rev, ==, 7);
  shown = test_store_row (test, KAM_ENTITY_LEAD, 1);
  g_assert_cmpstr (kam_row_text (shown, KAM_LEAD_CITY), ==, "Goa");
}

/* Deleted while its making is under way: nobody knows whether the server has it, so that the deletion is sent as soon as there is a result. */
static void
test_delete_never_synced (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) lead = test_lead (1, "Spice", "Pune");
  g_autoptr (GPtrArray) deletion = NULL;
  g_autoptr (GPtrArray) again = NULL;
  g_autoptr (KamRow) row = NULL;

  test_store_save (test, test_create (lead), NULL);
  g_ptr_array_unref (test_store_take (test, 10));
  test_store_save (test, test_delete (lead), NULL);
  g_assert_cmpuint (waiting (test), ==, 2);
  again = test_store_take (test, 10);
  g_assert_cmpuint (again->len, ==, 1);
  test_store_reopen (test);
  row = test_store_row (test, KAM_ENTITY_LEAD, 1);
  g_assert_true (kam_row_is_deleted (row));
  test_store_settle (test, 1, KAM_RESULT_APPLIED, 7);
  deletion = test_store_take (test, 10);
  g_assert_cmpuint (deletion->len, ==, 1);
  g_assert_cmpint (((KamMutation *) deletion->pdata[0])->op, ==, KAM_OP_DELETE);
  g_assert_cmpint (((KamMutation *) deletion->pdata[0])->base_rev, ==, 7);
}

/* A row is never named to the server before the server has heard of it. */
static void
test_names_later_row (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) lead = test_lead (1, "Spice", "Pune");
  g_autoptr (KamRow) first = test_contact (2, 1, "Ramesh");
  g_autoptr (KamRow) boss = test_contact (3, 1, "Sita");
  g_autofree char *boss_id = test_id (3);
  g_autoptr (GPtrArray) batch = NULL;

  test_store_save (test, test_create (lead), test_create (first), NULL);
  test_store_save (test, test_create (boss), NULL);
  test_store_save (test, test_change (first, KAM_CONTACT_REPORTS_TO, boss_id), NULL);
  batch = test_store_take (test, 10);
  g_assert_cmpuint (batch->len, ==, 3);

  for (guint i = 0; i < batch->len; i++)
    g_assert_null (kam_mutation_find (batch->pdata[i], KAM_CONTACT_REPORTS_TO));

  test_store_settle (test, 1, KAM_RESULT_APPLIED, 1);
  test_store_settle (test, 2, KAM_RESULT_APPLIED, 2);
  test_store_settle (test, 3, KAM_RESULT_APPLIED, 3);
  g_clear_pointer (&batch, g_ptr_array_unref);
  batch = test_store_take (test, 10);
  g_assert_cmpuint (batch->len, ==, 1);
  g_assert_nonnull (kam_mutation_find (batch->pdata[0], KAM_CONTACT_REPORTS_TO));
}

static void
test_rejected (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) lead = test_lead (1, "Spice", "Pune");
  g_autoptr (KamRow) contact = test_contact (2, 1, "Ramesh");
  KamListQuery contacts = { .entity = KAM_ENTITY_CONTACT };
  g_autoptr (GPtrArray) batch = NULL;
  g_autoptr (GPtrArray) later = NULL;
  g_autoptr (KamRow) gone = NULL;
  g_autoptr (KamSyncState) state = NULL;
  g_autofree char *titles = NULL;

  test_store_save (test, test_create (lead), NULL);
  batch = test_store_take (test, 1);
  test_store_save (test, test_create (contact), NULL);
  test_store_settle (test, 1, KAM_RESULT_REJECTED, 0);
  gone = test_store_row (test, KAM_ENTITY_LEAD, 1);
  g_assert_null (gone);
  later = test_store_take (test, 10);
  g_assert_cmpuint (later->len, ==, 0);
  titles = test_store_titles (test, &contacts);
  g_assert_cmpstr (titles, ==, "");
  state = test_store_state (test);
  g_assert_cmpuint (state->n_rejected, ==, 1);
  g_assert_cmpuint (state->n_waiting, ==, 1);
  g_assert_cmpint (state->acked_mid, ==, 1);
}

/* A rejected edit is taken off; the row is the server's again. */
static void
test_rejected_edit (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) lead = test_lead (1, "Spice", "Pune");
  g_autoptr (GPtrArray) batch = NULL;
  g_autoptr (KamRow) row = NULL;

  test_store_publish (test, 5, test_line_row (kam_row_ref (lead), 5), NULL);
  test_store_save (test, test_change (lead, KAM_LEAD_NAME, "Sugar"), NULL);
  batch = test_store_take (test, 1);
  test_store_settle (test, 1, KAM_RESULT_REJECTED, 0);
  row = test_store_row (test, KAM_ENTITY_LEAD, 1);
  g_assert_cmpstr (kam_row_text (row, KAM_LEAD_NAME), ==, "Spice");
}

/* Inactive cancels what is planned, reactivating brings exactly that back; none of it is sent. */
static void
test_inactive (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) lead = test_lead (1, "Spice", "Pune");
  g_autoptr (KamRow) cancelled = NULL;
  g_autoptr (KamRow) back = NULL;
  g_autoptr (KamRow) inactive = NULL;
  g_autoptr (KamMutation) put = NULL;
  g_autoptr (KamRow) after = kam_row_copy (lead);

  test_store_publish (test, 5, test_line_row (kam_row_ref (lead), 5), test_line_row (test_plan (2, 1, "2026-11-20"), 5),
                      test_line_row (test_call (3, 1, "reached"), 5), NULL);
  kam_row_set_rev (after, 5);
  kam_row_set_text (after, KAM_LEAD_STATUS, "inactive");
  kam_row_set_text (after, KAM_LEAD_STATUS_REASON, "Closed down");
  test_store_save (test, kam_mutation_between (lead, after, TEST_NOW), NULL);
  assert_status (test, 1, "inactive");
  cancelled = test_store_row (test, KAM_ENTITY_INTERACTION, 2);
  g_assert_cmpstr (kam_row_text (cancelled, KAM_INTERACTION_STATE), ==, "cancelled");
  g_assert_cmpuint (waiting (test), ==, 1);

  inactive = test_store_row (test, KAM_ENTITY_LEAD, 1);
  g_clear_pointer (&after, kam_row_unref);
  after = kam_row_copy (inactive);
  kam_row_set_text (after, KAM_LEAD_STATUS, "contacted");
  test_store_save (test, kam_mutation_between (inactive, after, TEST_NOW), NULL);
  back = test_store_row (test, KAM_ENTITY_INTERACTION, 2);
  g_assert_cmpstr (kam_row_text (back, KAM_INTERACTION_STATE), ==, "planned");
  assert_status (test, 1, "contacted");
}

/* Taking a call back takes the status back. */
static void
test_undo_call (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) lead = test_lead (1, "Spice", "Pune");
  g_autoptr (KamRow) call = test_call (2, 1, "reached");
  g_autoptr (KamLeadPage) page = NULL;

  test_store_publish (test, 5, test_line_row (kam_row_ref (lead), 5), NULL);
  test_store_save (test, test_create (call), NULL);
  assert_status (test, 1, "contacted");
  test_store_save (test, test_delete (call), NULL);
  assert_status (test, 1, "new");
  page = test_store_page (test, 1);
  g_assert_cmpuint (page->timeline->len, ==, 0);
}

static void
test_local (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autofree char *user = test_store_fill (test, 40, NULL);
  KamListQuery query = { .entity = KAM_ENTITY_LEAD };
  g_autoptr (GPtrArray) people = test_store_people (test);
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (KamRow) lead = test_lead (1, "Spice", "Pune");
  g_autoptr (KamRow) gone = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *again = NULL;
  guint n, more;

  g_assert_nonnull (user);
  g_assert_cmpuint (people->len, >=, 2);
  rows = test_store_start (test, &query, 10, &n);
  g_assert_cmpuint (n, ==, 40);
  g_assert_cmpuint (rows->len, ==, 10);
  g_assert_nonnull (((KamListRow *) rows->pdata[0])->owner);

  test_store_save (test, test_create (lead), NULL);
  g_clear_pointer (&rows, g_ptr_array_unref);
  rows = test_store_start (test, &query, 0, &more);
  g_assert_cmpuint (more, ==, n + 1);
  g_assert_cmpuint (waiting (test), ==, 0);
  test_store_save (test, test_delete (lead), NULL);
  gone = test_store_row (test, KAM_ENTITY_LEAD, 1);
  g_assert_true (kam_row_is_deleted (gone));
  again = test_store_fill (test, 5, &error);
  g_assert_null (again);
  g_assert_error (error, KAM_STORE_ERROR, KAM_STORE_ERROR_INVALID);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/edit/add", test_add);
  g_test_add_func ("/store/edit/invalid", test_invalid);
  g_test_add_func ("/store/edit/fold", test_fold);
  g_test_add_func ("/store/edit/back-to-old", test_back_to_old);
  g_test_add_func ("/store/edit/fault-17-add-delete-undo", test_add_delete_undo);
  g_test_add_func ("/store/edit/fault-16-delete-never-synced", test_delete_never_synced);
  g_test_add_func ("/store/edit/in-bin", test_edit_in_bin);
  g_test_add_func ("/store/edit/delete-undo", test_delete_undo);
  g_test_add_func ("/store/edit/fault-11-while-sent", test_edit_while_sent);
  g_test_add_func ("/store/edit/fault-18-names-later-row", test_names_later_row);
  g_test_add_func ("/store/edit/fault-05-rejected", test_rejected);
  g_test_add_func ("/store/edit/fault-05-rejected-edit", test_rejected_edit);
  g_test_add_func ("/store/edit/inactive", test_inactive);
  g_test_add_func ("/store/edit/undo-call", test_undo_call);
  g_test_add_func ("/store/edit/local", test_local);

  return g_test_run ();
}
