/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-draft.h"
#include "kam-test-workspace.h"

#include <string.h>

typedef struct
{
  gboolean done;
  GError  *error; /* (owned) (nullable) */
} Saving;

static void
saved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  Saving *saving = user_data;

  kam_draft_save_finish (KAM_DRAFT (source), result, &saving->error);
  saving->done = TRUE;
}

static gboolean
is_done (gpointer user_data)
{
  return ((Saving *) user_data)->done;
}

static GError *
save (KamDraft *draft)
{
  Saving saving = { FALSE, NULL };

  kam_draft_save_async (draft, NULL, NULL, saved_cb, &saving);
  test_workspace_wait (is_done, &saving);

  return saving.error;
}

static void
assert_saved (KamDraft *draft)
{
  g_autoptr (GError) error = save (draft);

  g_assert_no_error (error);
}

static void
test_new_lead (void)
{
  g_autoptr (TestWorkspace) self = test_workspace_new (0);
  g_autoptr (KamDraft) draft = kam_draft_new_lead (self->workspace);
  g_autoptr (KamRow) row = NULL;

  g_assert_false (kam_draft_is_dirty (draft));
  g_assert_cmpstr (kam_draft_get_text (draft, KAM_LEAD_KAM), ==, kam_workspace_get_user_id (self->workspace));
  g_assert_cmpstr (kam_draft_get_text (draft, KAM_LEAD_STATUS), ==, "new");
  g_assert_cmpstr (kam_draft_get_text (draft, KAM_LEAD_COUNTRY), ==, "IN");

  kam_draft_set_text (draft, KAM_LEAD_NAME, "  Chai & \"Samosa\" ☕ अन्नपूर्णा  ");
  kam_draft_set_text (draft, KAM_LEAD_PHONE, "098290 12345");
  kam_draft_set_text (draft, KAM_LEAD_TAGS, "veg, Chain ,veg");
  g_assert_true (kam_draft_is_dirty (draft));
  assert_saved (draft);
  g_assert_false (kam_draft_is_dirty (draft));
  g_assert_false (kam_draft_is_new (draft));

  row = test_workspace_get (self, KAM_ENTITY_LEAD, kam_draft_get_id (draft));
  g_assert_cmpstr (kam_row_text (row, KAM_LEAD_NAME), ==, "Chai & \"Samosa\" ☕ अन्नपूर्णा");
  g_assert_cmpstr (kam_row_text (row, KAM_LEAD_PHONE), ==, "+919829012345");
}

/* What was typed stays, whatever is wrong with it, and the problem is told where it is. */
static void
test_problems (void)
{
  static const struct
  {
    guint       field;
    const char *typed;
  } cases[] = {
    { KAM_LEAD_NAME, "   " },     { KAM_LEAD_PHONE, "12" },         { KAM_LEAD_EMAIL, "no address" }, { KAM_LEAD_CALL_INTERVAL, "366" },
    { KAM_LEAD_CALL_INTERVAL, "often" }, { KAM_LEAD_CALL_TIME, "25:00" }, { KAM_LEAD_COUNTRY, "India" },
  };

  g_autoptr (TestWorkspace) self = test_workspace_new (0);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (KamDraft) draft = kam_draft_new_lead (self->workspace);
      g_autoptr (GError) error = NULL;

      kam_draft_set_text (draft, KAM_LEAD_NAME, "Spice Garden");
      kam_draft_set_text (draft, cases[i].field, cases[i].typed);
      g_assert_null (kam_draft_get_problem (draft, cases[i].field));
      error = save (draft);
      g_assert_error (error, KAM_STORE_ERROR, KAM_STORE_ERROR_INVALID);
      g_assert_nonnull (kam_draft_get_problem (draft, cases[i].field));
      g_assert_cmpstr (kam_draft_get_text (draft, cases[i].field), ==, cases[i].typed);
      g_assert_true (kam_draft_is_new (draft));
    }
}

static void
test_reveal (void)
{
  g_autoptr (TestWorkspace) self = test_workspace_new (0);
  g_autoptr (KamDraft) draft = kam_draft_new_lead (self->workspace);

  kam_draft_set_text (draft, KAM_LEAD_EMAIL, "a@");
  g_assert_null (kam_draft_get_problem (draft, KAM_LEAD_EMAIL));
  kam_draft_reveal (draft, KAM_LEAD_EMAIL);
  g_assert_nonnull (kam_draft_get_problem (draft, KAM_LEAD_EMAIL));
  kam_draft_set_text (draft, KAM_LEAD_EMAIL, "a@b.in");
  g_assert_null (kam_draft_get_problem (draft, KAM_LEAD_EMAIL));
}

static void
change_underneath (TestWorkspace *self,
                   KamRow        *lead,
                   guint          field,
                   const char    *text)
{
  g_autoptr (KamRow) before = test_workspace_get (self, kam_row_kind (lead), kam_row_id (lead));
  g_autoptr (KamRow) after = kam_row_copy (before);

  kam_row_set_text (after, field, text);
  test_workspace_put (self, before, after);
  test_workspace_settle (self);
}

static void
test_changes_underneath (void)
{
  g_autoptr (TestWorkspace) self = test_workspace_new (0);
  g_autoptr (KamRow) lead = test_workspace_add_lead (self, "Spice Garden");
  g_autoptr (KamDraft) draft = kam_draft_new_for_row (self->workspace, lead, NULL);
  g_autoptr (KamRow) row = NULL;

  kam_draft_set_text (draft, KAM_LEAD_NAME, "Spice Garden Kota");
  change_underneath (self, lead, KAM_LEAD_CITY, "Jaipur");
  g_assert_cmpstr (kam_draft_get_text (draft, KAM_LEAD_CITY), ==, "Jaipur");
  g_assert_null (kam_draft_get_theirs (draft, KAM_LEAD_CITY));
  g_assert_cmpstr (kam_draft_get_text (draft, KAM_LEAD_NAME), ==, "Spice Garden Kota");

  change_underneath (self, lead, KAM_LEAD_NAME, "Spice Palace");
  g_assert_cmpstr (kam_draft_get_text (draft, KAM_LEAD_NAME), ==, "Spice Garden Kota");
  g_assert_cmpstr (kam_draft_get_theirs (draft, KAM_LEAD_NAME), ==, "Spice Palace");
  g_assert_true (kam_draft_is_dirty (draft));

  /* One's own stays until one takes the other. */
  kam_draft_use_theirs (draft, KAM_LEAD_NAME);
  g_assert_cmpstr (kam_draft_get_text (draft, KAM_LEAD_NAME), ==, "Spice Palace");
  g_assert_null (kam_draft_get_theirs (draft, KAM_LEAD_NAME));
  g_assert_false (kam_draft_is_dirty (draft));

  kam_draft_set_text (draft, KAM_LEAD_NAME, "Spice Court");
  assert_saved (draft);
  row = test_workspace_get (self, KAM_ENTITY_LEAD, kam_row_id (lead));
  g_assert_cmpstr (kam_row_text (row, KAM_LEAD_NAME), ==, "Spice Court");
  g_assert_cmpstr (kam_row_text (row, KAM_LEAD_CITY), ==, "Jaipur");
}

static void
test_same_change_underneath (void)
{
  g_autoptr (TestWorkspace) self = test_workspace_new (0);
  g_autoptr (KamRow) lead = test_workspace_add_lead (self, "Spice Garden");
  g_autoptr (KamDraft) draft = kam_draft_new_for_row (self->workspace, lead, NULL);

  kam_draft_set_text (draft, KAM_LEAD_CITY, "Kota");
  change_underneath (self, lead, KAM_LEAD_CITY, "Kota");
  g_assert_null (kam_draft_get_theirs (draft, KAM_LEAD_CITY));
  g_assert_false (kam_draft_is_dirty (draft));
}

/* A half-typed phone is no value, but it is what somebody typed. */
static void
test_unreadable_survives_change (void)
{
  g_autoptr (TestWorkspace) self = test_workspace_new (0);
  g_autoptr (KamRow) lead = test_workspace_add_lead (self, "Spice Garden");
  g_autoptr (KamDraft) draft = kam_draft_new_for_row (self->workspace, lead, NULL);

  kam_draft_set_text (draft, KAM_LEAD_PHONE, "0982");
  change_underneath (self, lead, KAM_LEAD_PHONE, "+919829012345");
  g_assert_cmpstr (kam_draft_get_text (draft, KAM_LEAD_PHONE), ==, "0982");
  g_assert_nonnull (kam_draft_get_theirs (draft, KAM_LEAD_PHONE));
}

static void
test_save_failure_keeps_text (void)
{
  g_autoptr (TestWorkspace) self = test_workspace_new (0);
  g_autoptr (KamRow) lead = test_workspace_add_lead (self, "Spice Garden");
  g_autoptr (KamDraft) draft = kam_draft_new_contact (self->workspace, lead);
  g_autoptr (GError) error = NULL;

  kam_draft_set_text (draft, KAM_CONTACT_NAME, "Meera");
  /* The store refuses, not the form. */
  kam_store_close_async (self->store, NULL, NULL, NULL);
  error = save (draft);
  g_assert_nonnull (error);
  g_assert_cmpstr (kam_draft_get_text (draft, KAM_CONTACT_NAME), ==, "Meera");
  g_assert_true (kam_draft_is_dirty (draft));
  g_assert_nonnull (kam_draft_get_notice (draft));
  g_assert_false (kam_draft_is_saving (draft));
}

static void
test_log_call (void)
{
  g_autoptr (TestWorkspace) self = test_workspace_new (0);
  g_autoptr (KamRow) lead = test_workspace_add_lead (self, "Spice Garden");
  g_autoptr (KamDraft) call = kam_draft_new_interaction (self->workspace, lead, "call", "done");
  g_autoptr (KamDraft) order = kam_draft_new_interaction (self->workspace, lead, "order", "done");
  g_autoptr (KamRow) row = NULL, ordered = NULL, after = NULL;
  g_autofree char *meaning = NULL;

  kam_draft_set_companion (call, order);
  g_assert_false (kam_draft_is_dirty (call));
  g_assert_cmpstr (kam_draft_get_text (call, KAM_INTERACTION_OUTCOME), ==, "reached");
  kam_draft_set_text (call, KAM_INTERACTION_SUMMARY, "Wants paneer");
  kam_draft_set_text (call, KAM_INTERACTION_FOLLOW_UP_ON, "+3");
  meaning = kam_draft_get_meaning (call, KAM_INTERACTION_FOLLOW_UP_ON);
  g_assert_cmpstr (meaning, ==, "Wednesday, 25 November 2026");
  kam_draft_set_text (order, KAM_INTERACTION_ORDER_VALUE, "1,25,000");
  assert_saved (call);

  row = test_workspace_get (self, KAM_ENTITY_INTERACTION, kam_draft_get_id (call));
  g_assert_cmpint (kam_row_int (row, KAM_INTERACTION_STARTS_AT, 0), ==, TEST_WORKSPACE_NOW);
  g_assert_cmpstr (kam_row_text (row, KAM_INTERACTION_LOCAL_TIME), ==, "15:30");
  g_assert_cmpstr (kam_row_text (row, KAM_INTERACTION_FOLLOW_UP_ON), ==, "2026-11-25");
  g_assert_cmpstr (kam_row_text (row, KAM_INTERACTION_AUTHOR), ==, kam_workspace_get_user_id (self->workspace));
  g_assert_true (kam_row_is_null (row, KAM_INTERACTION_CURRENCY));
  ordered = test_workspace_get (self, KAM_ENTITY_INTERACTION, kam_draft_get_id (order));
  g_assert_cmpint (kam_row_int (ordered, KAM_INTERACTION_ORDER_VALUE, 0), ==, 12500000);
  g_assert_cmpstr (kam_row_text (ordered, KAM_INTERACTION_CURRENCY), ==, "INR");
  after = test_workspace_get (self, KAM_ENTITY_LEAD, kam_row_id (lead));
  g_assert_cmpstr (kam_row_text (after, KAM_LEAD_STATUS), ==, "active");
}

static void
test_untouched_companion (void)
{
  g_autoptr (TestWorkspace) self = test_workspace_new (0);
  g_autoptr (KamRow) lead = test_workspace_add_lead (self, "Spice Garden");
  g_autoptr (KamDraft) call = kam_draft_new_interaction (self->workspace, lead, "call", "done");
  g_autoptr (KamDraft) order = kam_draft_new_interaction (self->workspace, lead, "order", "done");
  g_autoptr (KamRow) after = NULL;

  kam_draft_set_companion (call, order);
  assert_saved (call);
  g_assert_true (kam_draft_is_new (order));
  after = test_workspace_get (self, KAM_ENTITY_LEAD, kam_row_id (lead));
  g_assert_cmpstr (kam_row_text (after, KAM_LEAD_STATUS), ==, "contacted");
}

/* A call logged for yesterday took place yesterday, and so did its order; the future is refused. */
static void
test_backdated (void)
{
  g_autoptr (TestWorkspace) self = test_workspace_new (0);
  g_autoptr (KamRow) lead = test_workspace_add_lead (self, "Spice Garden");
  g_autoptr (KamDraft) call = kam_draft_new_interaction (self->workspace, lead, "call", "done");
  g_autoptr (KamDraft) order = kam_draft_new_interaction (self->workspace, lead, "order", "done");
  g_autoptr (KamDraft) future = kam_draft_new_interaction (self->workspace, lead, "call", "done");
  g_autoptr (KamRow) row = NULL, ordered = NULL;
  g_autoptr (GError) error = NULL;

  kam_draft_set_companion (call, order);
  kam_draft_set_text (call, KAM_INTERACTION_LOCAL_DATE, "yesterday");
  kam_draft_set_text (call, KAM_INTERACTION_LOCAL_TIME, "9 pm");
  kam_draft_set_text (order, KAM_INTERACTION_ORDER_VALUE, "100");
  assert_saved (call);
  row = test_workspace_get (self, KAM_ENTITY_INTERACTION, kam_draft_get_id (call));
  ordered = test_workspace_get (self, KAM_ENTITY_INTERACTION, kam_draft_get_id (order));
  g_assert_cmpint (kam_row_int (row, KAM_INTERACTION_STARTS_AT, 0), ==, TEST_WORKSPACE_NOW - (G_GINT64_CONSTANT (18) * 60 + 30) * 60 * G_USEC_PER_SEC);
  g_assert_cmpint (kam_row_int (ordered, KAM_INTERACTION_STARTS_AT, 0), ==, kam_row_int (row, KAM_INTERACTION_STARTS_AT, 0));

  kam_draft_set_text (future, KAM_INTERACTION_LOCAL_DATE, "+1");
  error = save (future);
  g_assert_error (error, KAM_STORE_ERROR, KAM_STORE_ERROR_INVALID);
  g_assert_nonnull (kam_draft_get_problem (future, KAM_INTERACTION_LOCAL_DATE));
}

static void
test_plan (void)
{
  g_autoptr (TestWorkspace) self = test_workspace_new (0);
  g_autoptr (KamRow) lead = test_workspace_add_lead (self, "Spice Garden");
  g_autoptr (KamDraft) plan = kam_draft_new_interaction (self->workspace, lead, "visit", "planned");
  g_autoptr (GError) error = save (plan);
  g_autoptr (KamRow) row = NULL;

  g_assert_error (error, KAM_STORE_ERROR, KAM_STORE_ERROR_INVALID);
  g_assert_nonnull (kam_draft_get_problem (plan, KAM_INTERACTION_LOCAL_DATE));
  kam_draft_set_text (plan, KAM_INTERACTION_LOCAL_DATE, "fri");
  assert_saved (plan);
  row = test_workspace_get (self, KAM_ENTITY_INTERACTION, kam_draft_get_id (plan));
  g_assert_cmpstr (kam_row_text (row, KAM_INTERACTION_LOCAL_DATE), ==, "2026-11-27");
  g_assert_cmpstr (kam_row_text (row, KAM_INTERACTION_TIME_ZONE), ==, "Asia/Kolkata");
  g_assert_cmpstr (kam_row_text (row, KAM_INTERACTION_DATED_BY), ==, "person");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/draft/new-lead", test_new_lead);
  g_test_add_func ("/draft/problems", test_problems);
  g_test_add_func ("/draft/reveal", test_reveal);
  g_test_add_func ("/draft/changes-underneath", test_changes_underneath);
  g_test_add_func ("/draft/same-change-underneath", test_same_change_underneath);
  g_test_add_func ("/draft/unreadable-survives-change", test_unreadable_survives_change);
  g_test_add_func ("/draft/save-failure-keeps-text", test_save_failure_keeps_text);
  g_test_add_func ("/draft/log-call", test_log_call);
  g_test_add_func ("/draft/untouched-companion", test_untouched_companion);
  g_test_add_func ("/draft/backdated", test_backdated);
  g_test_add_func ("/draft/plan", test_plan);

  return g_test_run ();
}
