/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-change-text.h"
#include "kam-changes-fixture.h"
#include "kam-draft.h"
#include "kam-value-text.h"

#include <glib/gi18n.h>

#define PHONE_BASE "\"+919829012345\""
#define PHONE_THEIRS "\"+919829099999\""
#define PHONE_MINE "\"+919829011111\""

static void
assert_theirs (const KamMutation *mutation,
               const char        *old,
               const char        *new)
{
  const KamChange *change = NULL;

  g_assert_cmpint (mutation->entity, ==, KAM_ENTITY_CONFLICT);
  g_assert_cmpint (mutation->op, ==, KAM_OP_PUT);
  g_assert_cmpuint (mutation->changes->len, ==, 1);
  change = &g_array_index (mutation->changes, KamChange, 0);
  g_assert_cmpuint (change->field, ==, KAM_CONFLICT_THEIRS);
  g_assert_cmpstr (change->old.kind == KAM_VALUE_TEXT ? change->old.text : NULL, ==, old);
  g_assert_cmpstr (change->new.kind == KAM_VALUE_TEXT ? change->new.text : NULL, ==, new);
}

/* Keep, use mine, edit: each is exactly one put of `theirs`, from what was seen to what is wanted; null counts as a value. */
static void
test_mutation (void)
{
  g_autoptr (KamRow) conflict = changes_conflict (7, KAM_LEAD_PHONE, PHONE_BASE, PHONE_THEIRS, PHONE_MINE, TEST_USER);
  g_autoptr (KamRow) emptied = changes_conflict (8, KAM_LEAD_PHONE, PHONE_BASE, NULL, PHONE_MINE, TEST_USER);
  g_autoptr (KamMutation) keep = NULL, mine = NULL, edit = NULL, nothing = NULL, kept = NULL;

  kam_row_set_rev (conflict, 77);
  keep = kam_settle_mutation (conflict, KAM_SETTLE_KEEP, NULL, TEST_NOW);
  mine = kam_settle_mutation (conflict, KAM_SETTLE_MINE, NULL, TEST_NOW);
  edit = kam_settle_mutation (conflict, KAM_SETTLE_EDIT, "\"+919829022222\"", TEST_NOW);
  nothing = kam_settle_mutation (conflict, KAM_SETTLE_EDIT, NULL, TEST_NOW);
  kept = kam_settle_mutation (emptied, KAM_SETTLE_KEEP, NULL, TEST_NOW);
  assert_theirs (keep, PHONE_THEIRS, PHONE_THEIRS);
  assert_theirs (mine, PHONE_THEIRS, PHONE_MINE);
  assert_theirs (edit, PHONE_THEIRS, "\"+919829022222\"");
  assert_theirs (nothing, PHONE_THEIRS, NULL);
  assert_theirs (kept, NULL, NULL);
  g_assert_cmpint (mine->base_rev, ==, 77);
  g_assert_cmpstr (mine->id, ==, kam_row_id (conflict));
}

static void
assert_settled (KamSettle   how,
                const char *wanted,
                const char *sent)
{
  ChangesFixture test;
  KamChangeItem *item = NULL;
  g_autoptr (GPtrArray) batch = NULL;

  changes_fixture_init (&test);
  changes_add_conflict (&test, 9, changes_conflict (7, KAM_LEAD_PHONE, PHONE_BASE, PHONE_THEIRS, PHONE_MINE, TEST_USER));
  item = changes_wait (&test, KAM_CHANGES_CONFLICTS, 1);
  g_assert_cmpuint (kam_changes_model_get_attention (test.model), ==, 1);
  kam_changes_model_settle (test.model, item, how, wanted);
  kam_ui_settle (50);
  test_store_spin (test.test);
  g_assert_true (kam_change_item_get (item)->settling);
  g_assert_cmpuint (kam_changes_model_get_attention (test.model), ==, 0);
  batch = test_store_take (test.test, 10);
  g_assert_cmpuint (batch->len, ==, 1);
  assert_theirs (g_ptr_array_index (batch, 0), PHONE_THEIRS, sent);
  changes_fixture_clear (&test);
}

static void
test_settle (void)
{
  assert_settled (KAM_SETTLE_KEEP, NULL, PHONE_THEIRS);
  assert_settled (KAM_SETTLE_MINE, NULL, PHONE_MINE);
  assert_settled (KAM_SETTLE_EDIT, "\"+911\"", "\"+911\"");
}

static gboolean
needs_one (gpointer user_data)
{
  return kam_changes_model_get_attention (user_data) == 1;
}

/* What was settled can be taken back until it is sent. */
static void
test_take_back (void)
{
  ChangesFixture test;
  KamChangeItem *item = NULL;

  changes_fixture_init (&test);
  changes_add_conflict (&test, 9, changes_conflict (7, KAM_LEAD_PHONE, PHONE_BASE, PHONE_THEIRS, PHONE_MINE, TEST_USER));
  item = changes_wait (&test, KAM_CHANGES_CONFLICTS, 1);
  kam_changes_model_settle (test.model, item, KAM_SETTLE_MINE, NULL);
  kam_ui_settle (50);
  g_assert_cmpuint (kam_changes_model_get_attention (test.model), ==, 0);
  kam_changes_model_take_back (test.model, item);
  kam_ui_wait (needs_one, test.model);
  g_assert_false (kam_change_item_get (item)->settling);
  changes_fixture_clear (&test);
}

static void
count_cb (KamChangesModel *model,
          const char      *label,
          guint           *n)
{
  (*n)++;
}

/* Out of sight at once, back with one call, and gone for good with the next. */
static void
test_dismiss (void)
{
  ChangesFixture test;
  g_autoptr (GPtrArray) left = NULL;
  guint n_told = 0;

  changes_fixture_init (&test);
  g_signal_connect (test.model, "dismissed", G_CALLBACK (count_cb), &n_told);
  changes_reject_lead (&test, KAM_LEAD_NAME, "Not so good", "taken");
  kam_changes_model_dismiss (test.model, changes_wait (&test, KAM_CHANGES_REJECTED, 1), "Dismissed");
  g_assert_cmpuint (g_list_model_get_n_items (kam_changes_model_get_list (test.model, KAM_CHANGES_REJECTED)), ==, 0);
  g_assert_cmpuint (kam_changes_model_get_attention (test.model), ==, 0);
  g_assert_cmpuint (n_told, ==, 1);
  kam_changes_model_undismiss (test.model);
  kam_changes_model_dismiss (test.model, changes_wait (&test, KAM_CHANGES_REJECTED, 1), "Dismissed");
  kam_changes_model_forget_dismissed (test.model);
  kam_ui_settle (50);
  kam_changes_model_undismiss (test.model);
  kam_ui_settle (50);
  changes_wait (&test, KAM_CHANGES_REJECTED, 0);
  changes_fixture_clear (&test);
}

static void
note_cb (KamChangesModel *model,
         guint           *attention)
{
  *attention = kam_changes_model_get_attention (model);
}

/* Whoever is told that something changed sees how much there is by then. */
static void
test_told_count (void)
{
  ChangesFixture test;
  guint attention = 0;

  changes_fixture_init (&test);
  g_signal_connect (test.model, "changed", G_CALLBACK (note_cb), &attention);
  changes_add_conflict (&test, 9, changes_conflict (7, KAM_LEAD_PHONE, PHONE_BASE, PHONE_THEIRS, PHONE_MINE, TEST_USER));
  changes_wait (&test, KAM_CHANGES_CONFLICTS, 1);
  g_assert_cmpuint (attention, ==, 1);
  changes_fixture_clear (&test);
}

static void
test_send_again (void)
{
  ChangesFixture test;
  g_autoptr (GPtrArray) batch = NULL;

  changes_fixture_init (&test);
  changes_reject_lead (&test, KAM_LEAD_NAME, "Better", "taken");
  kam_changes_model_send_again (test.model, changes_wait (&test, KAM_CHANGES_REJECTED, 1));
  changes_wait (&test, KAM_CHANGES_WAITING, 1);
  changes_wait (&test, KAM_CHANGES_REJECTED, 0);
  batch = test_store_take (test.test, 10);
  g_assert_cmpuint (batch->len, ==, 1);
  changes_fixture_clear (&test);
}

/* Entries that stay are the same objects, whatever comes or goes around them. */
static void
test_items_stay (void)
{
  ChangesFixture test;
  KamChangeItem *first = NULL, *same = NULL;
  g_autofree char *scope = kam_scope_of_leads (TEST_USER);

  changes_fixture_init (&test);
  changes_add_conflict (&test, 9, changes_conflict (7, KAM_LEAD_PHONE, PHONE_BASE, PHONE_THEIRS, PHONE_MINE, TEST_USER));
  first = changes_wait (&test, KAM_CHANGES_CONFLICTS, 1);
  changes_add_conflict (&test, 10, changes_conflict (8, KAM_LEAD_CITY, NULL, "\"Pune\"", "\"Goa\"", TEST_USER));
  changes_wait (&test, KAM_CHANGES_CONFLICTS, 2);
  same = kam_changes_model_find_lead (test.model, kam_change_item_get (first)->lead_id);
  g_assert_nonnull (same);
  test_store_publish (test.test, 11, test_line_evict (KAM_ENTITY_CONFLICT, 8, 11, scope, FALSE), NULL);
  g_assert_true (changes_wait (&test, KAM_CHANGES_CONFLICTS, 1) == first);
  changes_fixture_clear (&test);
}

/* Everything reads as a person would say it. */
static void
test_words (void)
{
  ChangesFixture test;
  KamChangeItem *item = NULL;
  g_autoptr (KamChangeText) text = NULL;
  g_autofree char *id = test_id (1);
  const KamChangeLine *line = NULL;

  changes_fixture_init (&test);
  changes_edit_lead (&test, KAM_LEAD_PHONE, "+919829011111");
  item = changes_wait (&test, KAM_CHANGES_WAITING, 1);
  kam_row_cache_get (kam_workspace_get_rows (test.workspace), KAM_ENTITY_LEAD, id);
  kam_ui_settle (50);
  text = kam_change_text_new (test.workspace, kam_change_item_get (item));
  g_assert_cmpstr (text->title, ==, "Phone of Spice Garden");
  g_assert_null (text->where);
  g_assert_cmpuint (text->lines->len, ==, 1);
  line = &g_array_index (text->lines, KamChangeLine, 0);
  g_assert_cmpstr (line->from, ==, "\u2066098290 12345\u2069");
  g_assert_cmpstr (line->to, ==, "\u2066098290 11111\u2069");
  changes_fixture_clear (&test);
}

static void
assert_value (KamWorkspace *workspace,
              KamEntityKind entity,
              guint         field,
              const char   *json,
              const char   *text)
{
  g_autofree char *read = kam_value_text_wire (workspace, entity, field, json, NULL);

  g_assert_cmpstr (read, ==, text);
}

static void
test_values (void)
{
  ChangesFixture test;

  changes_fixture_init (&test);
  assert_value (test.workspace, KAM_ENTITY_LEAD, KAM_LEAD_KAM, "\"" TEST_OTHER_USER "\"", "Vikram Singh");
  assert_value (test.workspace, KAM_ENTITY_LEAD, KAM_LEAD_TAGS, "[\"buffet\",\"veg\"]", "buffet, veg");
  assert_value (test.workspace, KAM_ENTITY_LEAD, KAM_LEAD_CALL_INTERVAL, "14", "every 2 weeks");
  assert_value (test.workspace, KAM_ENTITY_LEAD, KAM_LEAD_OPEN_DAYS, "63", "Mon–Sat");
  assert_value (test.workspace, KAM_ENTITY_LEAD, KAM_LEAD_STATUS, "\"inactive\"", "Inactive");
  assert_value (test.workspace, KAM_ENTITY_LEAD, KAM_LEAD_DELETE, NULL, "Kept");
  assert_value (test.workspace, KAM_ENTITY_LEAD, KAM_LEAD_NOTES, NULL, "empty");
  assert_value (test.workspace, KAM_ENTITY_CONTACT, KAM_CONTACT_LEFT_ON, "\"2026-11-24\"", "Tuesday, 24 November 2026");
  assert_value (test.workspace, KAM_ENTITY_CONTACT, KAM_CONTACT_PRIMARY, "true", "Yes");
  assert_value (test.workspace, KAM_ENTITY_CONTACT, KAM_CONTACT_PRIMARY, "[broken", "[broken");
  changes_fixture_clear (&test);
}

static gboolean
is_saved (gpointer user_data)
{
  return *(GAsyncResult **) user_data != NULL;
}

/* A rejected edit that is edited and saved again is dismissed: the new one takes its place. */
static void
test_answer (void)
{
  ChangesFixture test;
  g_autoptr (KamRow) lead = NULL;
  g_autoptr (KamDraft) draft = NULL;
  g_autoptr (GAsyncResult) result = NULL;

  changes_fixture_init (&test);
  changes_reject_lead (&test, KAM_LEAD_NAME, "Better", "taken");
  lead = test_store_row (test.test, KAM_ENTITY_LEAD, 1);
  draft = kam_draft_new_for_row (test.workspace, lead, NULL);
  kam_draft_set_text (draft, KAM_LEAD_NAME, "Best");
  kam_draft_answer (draft, kam_change_item_get (changes_wait (&test, KAM_CHANGES_REJECTED, 1))->seq, FALSE);
  kam_draft_save_async (draft, NULL, NULL, kam_ui_result_cb, &result);
  kam_ui_wait (is_saved, &result);
  g_assert_true (kam_draft_save_finish (draft, result, NULL));
  changes_wait (&test, KAM_CHANGES_REJECTED, 0);
  changes_wait (&test, KAM_CHANGES_WAITING, 1);
  g_clear_object (&draft);
  changes_fixture_clear (&test);
}

/* A row whose making was rejected is made again, with what was changed in it, as one edit. */
static void
test_answer_making (void)
{
  ChangesFixture test;
  g_autoptr (KamRow) lead = test_lead (2, "Made", "Pune");
  g_autoptr (KamDraft) draft = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GPtrArray) batch = NULL, again = NULL;
  const KamMutation *mutation = NULL;

  changes_fixture_init (&test);
  test_store_save (test.test, test_create (lead), NULL);
  batch = test_store_take (test.test, 10);
  test_store_reject (test.test, ((KamMutation *) g_ptr_array_index (batch, 0))->mid, "taken");
  draft = kam_draft_new_for_row (test.workspace, lead, NULL);
  kam_draft_set_text (draft, KAM_LEAD_NAME, "Made better");
  kam_draft_answer (draft, kam_change_item_get (changes_wait (&test, KAM_CHANGES_REJECTED, 1))->seq, TRUE);
  kam_draft_save_async (draft, NULL, NULL, kam_ui_result_cb, &result);
  kam_ui_wait (is_saved, &result);
  g_assert_true (kam_draft_save_finish (draft, result, NULL));
  changes_wait (&test, KAM_CHANGES_WAITING, 1);
  again = test_store_take (test.test, 10);
  g_assert_cmpuint (again->len, ==, 1);
  mutation = g_ptr_array_index (again, 0);
  g_assert_cmpint (mutation->base_rev, ==, 0);
  g_assert_cmpstr (kam_mutation_find ((KamMutation *) mutation, KAM_LEAD_NAME)->new.text, ==, "Made better");
  g_clear_object (&draft);
  changes_fixture_clear (&test);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/changes/mutation", test_mutation);
  g_test_add_func ("/changes/settle", test_settle);
  g_test_add_func ("/changes/take-back", test_take_back);
  g_test_add_func ("/changes/dismiss", test_dismiss);
  g_test_add_func ("/changes/told-count", test_told_count);
  g_test_add_func ("/changes/send-again", test_send_again);
  g_test_add_func ("/changes/items-stay", test_items_stay);
  g_test_add_func ("/changes/words", test_words);
  g_test_add_func ("/changes/values", test_values);
  g_test_add_func ("/changes/answer", test_answer);
  g_test_add_func ("/changes/answer-making", test_answer_making);

  return g_test_run ();
}
