/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-rules.h"

#define LEAD "019a2b3c-0000-7000-8000-000000000002"
#define CALL "019a2b3c-0000-7000-8000-000000000003"
#define ASHA "019a2b3c-0000-7000-8000-00000000000a"
#define BINA "019a2b3c-0000-7000-8000-00000000000b"
#define SCOPE "019a2b3c-0000-7000-8000-00000000000c"
#define DELETION "019a2b3c-0000-7000-8000-00000000000d"

static void
test_status (void)
{
  static const struct
  {
    KamLeadFacts facts; /* inactive, has_reached, has_order */
    const char  *status;
  } cases[] = {
    { { FALSE, FALSE, FALSE }, "new" },
    { { FALSE, TRUE, FALSE }, "contacted" },
    { { FALSE, FALSE, TRUE }, "active" },
    { { FALSE, TRUE, TRUE }, "active" },
    { { TRUE, FALSE, FALSE }, "inactive" },
    { { TRUE, TRUE, FALSE }, "inactive" },
    { { TRUE, FALSE, TRUE }, "inactive" },
    { { TRUE, TRUE, TRUE }, "inactive" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpstr (kam_rules_lead_status (&cases[i].facts), ==, cases[i].status);
}

static KamRow *
make_interaction (const char *kind,
                  const char *state,
                  const char *outcome)
{
  KamRow *row = kam_row_new (KAM_ENTITY_INTERACTION, CALL);

  kam_row_set_text (row, KAM_INTERACTION_LEAD, LEAD);
  kam_row_set_text (row, KAM_INTERACTION_KIND, kind);
  kam_row_set_text (row, KAM_INTERACTION_STATE, state);
  kam_row_set_text (row, KAM_INTERACTION_OUTCOME, outcome);

  return row;
}

static void
test_facts (void)
{
  static const struct
  {
    const char *kind, *state, *outcome;
    gboolean    is_reached, is_order;
  } cases[] = {
    { "call", "done", "reached", TRUE, FALSE },
    { "visit", "done", "reached", TRUE, FALSE },
    { "call", "done", "no_answer", FALSE, FALSE },
    { "call", "done", "refused", FALSE, FALSE },
    { "call", "done", NULL, FALSE, FALSE },
    { "call", "planned", "reached", FALSE, FALSE },
    { "call", "missed", "reached", FALSE, FALSE },
    { "visit", "cancelled", "reached", FALSE, FALSE },
    { "order", "done", NULL, FALSE, TRUE },
    { "order", "done", "reached", FALSE, TRUE },
    { "order", "planned", NULL, FALSE, FALSE },
    { "order", "cancelled", NULL, FALSE, FALSE },
    { NULL, NULL, NULL, FALSE, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (KamRow) row = make_interaction (cases[i].kind, cases[i].state, cases[i].outcome);

      g_assert_cmpint (kam_rules_is_reached (row), ==, cases[i].is_reached);
      g_assert_cmpint (kam_rules_is_confirmed_order (row), ==, cases[i].is_order);
      kam_row_set_text (row, KAM_INTERACTION_DELETE, DELETION);
      g_assert_false (kam_rules_is_reached (row));
      g_assert_false (kam_rules_is_confirmed_order (row));
    }
}

static void
test_settle (void)
{
  static const struct
  {
    const char *state, *cancelled_by;
    gboolean    is_inactive;
    const char *then, *then_by;
  } cases[] = {
    { "planned", NULL, TRUE, "cancelled", LEAD },
    { "planned", NULL, FALSE, "planned", NULL },
    { "done", NULL, TRUE, "done", NULL },
    { "missed", NULL, TRUE, "missed", NULL },
    { "cancelled", NULL, TRUE, "cancelled", NULL },
    { "cancelled", NULL, FALSE, "cancelled", NULL },
    { "cancelled", LEAD, TRUE, "cancelled", LEAD },
    { "cancelled", LEAD, FALSE, "planned", NULL },
    { "cancelled", BINA, FALSE, "cancelled", BINA },
    { "done", LEAD, FALSE, "done", LEAD },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (KamRow) row = make_interaction ("call", cases[i].state, NULL);
      g_autoptr (KamRow) before = NULL;

      kam_row_set_text (row, KAM_INTERACTION_CANCELLED_BY, cases[i].cancelled_by);
      before = kam_row_copy (row);
      g_assert_cmpint (kam_rules_settle_interaction (row, cases[i].is_inactive), ==, !kam_row_equal (before, row));
      g_assert_true (kam_row_is (row, KAM_INTERACTION_STATE, cases[i].then));
      g_assert_true (kam_row_is (row, KAM_INTERACTION_CANCELLED_BY, cases[i].then_by));
      g_assert_false (kam_rules_settle_interaction (row, cases[i].is_inactive));
    }
}

/* Inactive and back: exactly what was cancelled comes back, wherever it began. */
static void
test_settle_and_back (void)
{
  static const char *const states[] = { "planned", "done", "missed", "cancelled" };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    {
      g_autoptr (KamRow) row = make_interaction ("visit", states[i], NULL);
      g_autoptr (KamRow) before = kam_row_copy (row);

      kam_rules_settle_interaction (row, TRUE);
      kam_rules_settle_interaction (row, FALSE);
      g_assert_true (kam_row_equal (row, before));
    }
}

static KamRow *
make_lead (const char *status,
           const char *reason,
           const char *owner)
{
  KamRow *row = kam_row_new (KAM_ENTITY_LEAD, LEAD);

  kam_row_set_scope (row, SCOPE);
  kam_row_set_text (row, KAM_LEAD_STATUS, status);
  kam_row_set_text (row, KAM_LEAD_STATUS_REASON, reason);
  kam_row_set_text (row, KAM_LEAD_KAM, owner);

  return row;
}

static void
test_event_none (void)
{
  g_autoptr (KamRow) before = make_lead ("new", NULL, ASHA);
  g_autoptr (KamRow) after = make_lead ("new", "reason", ASHA);

  g_assert_null (kam_rules_lead_event (before, after, CALL, ASHA, 1));
}

static void
test_event_status (void)
{
  g_autoptr (KamRow) before = make_lead ("active", NULL, ASHA);
  g_autoptr (KamRow) after = make_lead ("inactive", "Closed for good", ASHA);
  g_autoptr (KamRow) event = kam_rules_lead_event (before, after, CALL, ASHA, 77);
  g_autoptr (KamRow) again = kam_rules_lead_event (before, after, CALL, ASHA, 99);
  g_autoptr (KamRow) other = kam_rules_lead_event (before, after, BINA, ASHA, 77);

  g_assert_true (kam_row_is (event, KAM_LEAD_EVENT_LEAD, LEAD));
  g_assert_true (kam_row_is (event, KAM_LEAD_EVENT_KIND, "status"));
  g_assert_true (kam_row_is (event, KAM_LEAD_EVENT_FROM, "active"));
  g_assert_true (kam_row_is (event, KAM_LEAD_EVENT_TO, "inactive"));
  g_assert_true (kam_row_is (event, KAM_LEAD_EVENT_REASON, "Closed for good"));
  g_assert_true (kam_row_is (event, KAM_LEAD_EVENT_AUTHOR, ASHA));
  g_assert_cmpint (kam_row_int (event, KAM_LEAD_EVENT_AT, 0), ==, 77);
  g_assert_cmpstr (kam_row_scope (event), ==, SCOPE);
  g_assert_cmpstr (kam_row_id (event), ==, kam_row_id (again));
  g_assert_cmpstr (kam_row_id (event), !=, kam_row_id (other));
}

static void
test_event_owner (void)
{
  g_autoptr (KamRow) before = make_lead ("new", NULL, ASHA);
  g_autoptr (KamRow) after = make_lead ("new", NULL, BINA);
  g_autoptr (KamRow) event = kam_rules_lead_event (before, after, CALL, NULL, 1);

  g_assert_true (kam_row_is (event, KAM_LEAD_EVENT_KIND, "owner"));
  g_assert_true (kam_row_is (event, KAM_LEAD_EVENT_FROM, ASHA));
  g_assert_true (kam_row_is (event, KAM_LEAD_EVENT_TO, BINA));
  g_assert_true (kam_row_is_null (event, KAM_LEAD_EVENT_REASON));
  g_assert_true (kam_row_is_null (event, KAM_LEAD_EVENT_AUTHOR));
}

static void
test_events_both (void)
{
  g_autoptr (KamRow) before = make_lead ("inactive", "x", ASHA);
  g_autoptr (KamRow) after = make_lead ("new", NULL, BINA);
  g_autoptr (GPtrArray) events = kam_rules_lead_events (before, after, CALL, ASHA, 1);
  g_autoptr (GPtrArray) first = kam_rules_lead_events (NULL, after, CALL, ASHA, 1);

  g_assert_cmpuint (events->len, ==, 2);
  g_assert_true (kam_row_is (g_ptr_array_index (events, 0), KAM_LEAD_EVENT_KIND, "status"));
  g_assert_true (kam_row_is (g_ptr_array_index (events, 1), KAM_LEAD_EVENT_KIND, "owner"));
  g_assert_cmpstr (kam_row_id (g_ptr_array_index (events, 0)), !=, kam_row_id (g_ptr_array_index (events, 1)));
  g_assert_cmpuint (first->len, ==, 2);
  g_assert_true (kam_row_is_null (g_ptr_array_index (first, 0), KAM_LEAD_EVENT_FROM));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/rules/status", test_status);
  g_test_add_func ("/rules/facts", test_facts);
  g_test_add_func ("/rules/settle", test_settle);
  g_test_add_func ("/rules/settle-and-back", test_settle_and_back);
  g_test_add_func ("/rules/event/none", test_event_none);
  g_test_add_func ("/rules/event/status", test_event_status);
  g_test_add_func ("/rules/event/owner", test_event_owner);
  g_test_add_func ("/rules/event/both", test_events_both);

  return g_test_run ();
}
