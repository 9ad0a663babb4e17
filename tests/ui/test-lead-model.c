/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-lead-model.h"
#include "kam-test-workspace.h"

typedef struct
{
  KamLeadModel *model;
  KamLeadState  state;
} Expected;

static gboolean
has_state (gpointer user_data)
{
  Expected *expected = user_data;

  return kam_lead_model_get_state (expected->model) == expected->state;
}

static void
wait_state (KamLeadModel *model,
            KamLeadState  state)
{
  Expected expected = { model, state };

  test_workspace_wait (has_state, &expected);
}

static KamLeadModel *
load (TestWorkspace *self,
      const char    *lead_id)
{
  KamLeadModel *model = kam_lead_model_new (self->workspace);

  kam_lead_model_set_lead (model, lead_id);
  g_assert_cmpint (kam_lead_model_get_state (model), ==, KAM_LEAD_STATE_LOADING);
  wait_state (model, KAM_LEAD_STATE_READY);

  return model;
}

static void
test_sample (void)
{
  g_autoptr (TestWorkspace) self = test_workspace_new (40);
  g_autofree char *id = test_workspace_lead (self, 3);
  g_autoptr (KamLeadModel) model = load (self, id);
  GListModel *timeline = kam_lead_model_get_timeline (model);

  g_assert_cmpstr (kam_row_id (kam_lead_model_get_lead (model)), ==, id);
  g_assert_cmpuint (g_list_model_get_n_items (timeline), <=, KAM_LEAD_TIMELINE_SHORT);
  g_assert_cmpuint (g_list_model_get_n_items (timeline), <=, kam_lead_model_get_n_timeline (model));
  g_assert_cmpuint (g_list_model_get_n_items (timeline), >, 0);
}

static KamRow *
new_call (TestWorkspace *self,
          KamRow        *lead,
          gint64         at)
{
  g_autofree char *id = kam_id_new (at);
  KamRow *call = kam_row_new (KAM_ENTITY_INTERACTION, id);

  kam_row_set_text (call, KAM_INTERACTION_LEAD, kam_row_id (lead));
  kam_row_set_text (call, KAM_INTERACTION_KIND, "call");
  kam_row_set_text (call, KAM_INTERACTION_STATE, "done");
  kam_row_set_text (call, KAM_INTERACTION_OUTCOME, "reached");
  kam_row_set_int (call, KAM_INTERACTION_STARTS_AT, at);
  test_workspace_put (self, NULL, call);

  return call;
}

static void
test_show_all (void)
{
  g_autoptr (TestWorkspace) self = test_workspace_new (0);
  g_autoptr (KamRow) lead = test_workspace_add_lead (self, "Spice Garden");
  g_autoptr (KamLeadModel) model = NULL;
  g_autoptr (KamRowItem) first = NULL, again = NULL;
  GListModel *timeline;

  for (guint i = 0; i < KAM_LEAD_TIMELINE_SHORT + 5; i++)
    {
      g_autoptr (KamRow) call = new_call (self, lead, TEST_WORKSPACE_NOW - (gint64) i * G_TIME_SPAN_DAY);
    }
  model = load (self, kam_row_id (lead));
  timeline = kam_lead_model_get_timeline (model);
  g_assert_cmpuint (g_list_model_get_n_items (timeline), ==, KAM_LEAD_TIMELINE_SHORT);
  first = g_list_model_get_item (timeline, 0);
  g_assert_cmpint (kam_row_int (kam_lead_model_get_last (model), KAM_INTERACTION_STARTS_AT, 0), ==, TEST_WORKSPACE_NOW);

  kam_lead_model_set_show_all (model, TRUE);
  test_workspace_settle (self);
  g_assert_cmpuint (g_list_model_get_n_items (timeline), ==, kam_lead_model_get_n_timeline (model));
  g_assert_cmpuint (g_list_model_get_n_items (timeline), >=, KAM_LEAD_TIMELINE_SHORT + 5);
  again = g_list_model_get_item (timeline, 0);
  g_assert_true (first == again);
}

/* What is open stays open when something else changes, and only that is touched. */
static void
test_minimal_change (void)
{
  g_autoptr (TestWorkspace) self = test_workspace_new (0);
  g_autoptr (KamRow) lead = test_workspace_add_lead (self, "Spice Garden");
  g_autoptr (KamRow) boss = test_workspace_add_contact (self, lead, "Asha", NULL);
  g_autoptr (KamRow) cook = test_workspace_add_contact (self, lead, "Binod", boss);
  g_autoptr (KamRow) call = new_call (self, lead, TEST_WORKSPACE_NOW);
  g_autoptr (KamLeadModel) model = load (self, kam_row_id (lead));
  GListModel *contacts = kam_lead_model_get_contacts (model), *timeline = kam_lead_model_get_timeline (model);
  g_autoptr (KamRowItem) item = g_list_model_get_item (timeline, 0), below = NULL, same = NULL;
  g_autoptr (KamRow) after = kam_row_copy (call), stored = NULL;

  g_assert_cmpuint (g_list_model_get_n_items (contacts), ==, 2);
  below = g_list_model_get_item (contacts, 1);
  g_assert_cmpstr (kam_row_item_get_id (below), ==, kam_row_id (cook));
  g_assert_cmpuint (kam_row_item_get_depth (below), ==, 1);

  kam_row_item_set_open (item, TRUE);
  stored = test_workspace_get (self, KAM_ENTITY_INTERACTION, kam_row_id (call));
  g_clear_pointer (&after, kam_row_unref);
  after = kam_row_copy (stored);
  kam_row_set_text (after, KAM_INTERACTION_SUMMARY, "Wants paneer");
  test_workspace_put (self, stored, after);
  test_workspace_settle (self);
  same = g_list_model_get_item (timeline, 0);
  g_assert_true (item == same);
  g_assert_true (kam_row_item_get_open (same));
  g_assert_true (kam_row_is (kam_row_item_get_row (same), KAM_INTERACTION_SUMMARY, "Wants paneer"));
}

static void
test_deleted_and_restored (void)
{
  g_autoptr (TestWorkspace) self = test_workspace_new (0);
  g_autoptr (KamRow) lead = test_workspace_add_lead (self, "Spice Garden");
  g_autoptr (KamLeadModel) model = load (self, kam_row_id (lead));
  KamMutation *mutation = kam_mutation_new (KAM_ENTITY_LEAD, kam_row_id (lead), KAM_OP_DELETE, 0, TEST_WORKSPACE_NOW);
  g_autoptr (GPtrArray) mutations = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_mutation_free);
  const KamValue nothing = KAM_VALUE_INIT;
  g_auto (KamValue) deletion = KAM_VALUE_INIT;
  g_autofree char *id = kam_id_new (TEST_WORKSPACE_NOW);

  kam_value_set_text (&deletion, id);
  kam_mutation_add (mutation, KAM_LEAD_DELETE, &nothing, &deletion);
  g_ptr_array_add (mutations, mutation);
  kam_workspace_edit_async (self->workspace, mutations, "Deleted Spice Garden", NULL, NULL, NULL);
  wait_state (model, KAM_LEAD_STATE_DELETED);
  kam_workspace_undo (self->workspace);
  wait_state (model, KAM_LEAD_STATE_READY);
}

static void
test_missing (void)
{
  g_autoptr (TestWorkspace) self = test_workspace_new (0);
  g_autoptr (KamLeadModel) model = kam_lead_model_new (self->workspace);
  g_autofree char *id = kam_id_new (1);

  g_assert_cmpint (kam_lead_model_get_state (model), ==, KAM_LEAD_STATE_NONE);
  kam_lead_model_set_lead (model, id);
  wait_state (model, KAM_LEAD_STATE_MISSING);
  kam_lead_model_set_lead (model, NULL);
  g_assert_cmpint (kam_lead_model_get_state (model), ==, KAM_LEAD_STATE_NONE);
}

/* Going on to another lead before the first has come shows the second. */
static void
test_quick_change (void)
{
  g_autoptr (TestWorkspace) self = test_workspace_new (0);
  g_autoptr (KamRow) one = test_workspace_add_lead (self, "One"), two = test_workspace_add_lead (self, "Two");
  g_autoptr (KamLeadModel) model = kam_lead_model_new (self->workspace);

  kam_lead_model_set_lead (model, kam_row_id (one));
  kam_lead_model_set_lead (model, kam_row_id (two));
  wait_state (model, KAM_LEAD_STATE_READY);
  test_workspace_settle (self);
  g_assert_true (kam_row_is (kam_lead_model_get_lead (model), KAM_LEAD_NAME, "Two"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/lead-model/sample", test_sample);
  g_test_add_func ("/lead-model/show-all", test_show_all);
  g_test_add_func ("/lead-model/minimal-change", test_minimal_change);
  g_test_add_func ("/lead-model/deleted-and-restored", test_deleted_and_restored);
  g_test_add_func ("/lead-model/missing", test_missing);
  g_test_add_func ("/lead-model/quick-change", test_quick_change);

  return g_test_run ();
}
