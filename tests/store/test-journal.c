/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-test-store.h"

static void
assert_kept (TestStore *test,
             guint      waiting,
             guint      kept)
{
  g_autoptr (KamSyncState) state = test_store_state (test);

  g_assert_cmpuint (state->n_waiting, ==, waiting);
  g_assert_cmpuint (state->n_kept, ==, kept);
}

static void
assert_city (TestStore  *test,
             guint       lead,
             const char *city)
{
  g_autoptr (KamRow) row = test_store_row (test, KAM_ENTITY_LEAD, lead);

  g_assert_cmpstr (row != NULL ? kam_row_text (row, KAM_LEAD_CITY) : NULL, ==, city);
}

/* A server's lead that was moved to Goa here; the server did so at 6, and it is published. */
static void
prepare (TestStore *test)
{
  g_autoptr (KamRow) lead = test_lead (1, "Spice", "Pune");
  g_autoptr (GPtrArray) batch = NULL;

  test_store_publish (test, 5, test_line_row (kam_row_ref (lead), 5), NULL);
  test_store_save (test, test_change (lead, KAM_LEAD_CITY, "Goa"), NULL);
  batch = test_store_take (test, 10);
  test_store_settle (test, 1, KAM_RESULT_APPLIED, 6);
  test_store_publish (test, 6, test_line_row (test_lead (1, "Spice", "Goa"), 6), NULL);
}

/* Done and published, an edit is kept until a backup of the server holds it, and lies on no row. */
static void
test_durable (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamSyncState) state = NULL;

  prepare (test);
  assert_kept (test, 0, 1);
  test_store_publish (test, 7, test_line_row (test_lead (1, "Spice", "Delhi"), 7), NULL);
  assert_city (test, 1, "Delhi");
  test_store_durable (test, 5);
  assert_kept (test, 0, 1);
  test_store_reopen (test);
  test_store_durable (test, 6);
  assert_kept (test, 0, 0);
  state = test_store_state (test);
  g_assert_cmpint (state->durable, ==, 6);
}

/* What is in a backup before it is published here need not be kept at all. */
static void
test_durable_before (void)
{
  g_autoptr (TestStore) test = test_store_new ();

  test_store_durable (test, 100);
  prepare (test);
  assert_kept (test, 0, 0);
}

static void
test_caps (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autofree char *n = NULL;
  g_autofree char *old = NULL;

  prepare (test);
  test_store_sql (test, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20050) INSERT INTO outbox (entity, id, op, base_rev, at,"
                        " changes, state, result_rev) SELECT entity, id, op, base_rev, at, changes, 3, 6 FROM outbox, n;"
                        "UPDATE outbox SET at = 0 WHERE seq = (SELECT min (seq) FROM outbox)");

  {
    g_autoptr (KamRow) lead = test_store_row (test, KAM_ENTITY_LEAD, 1);
    g_autoptr (GPtrArray) batch = NULL;

    test_store_save (test, test_change (lead, KAM_LEAD_CITY, "Agra"), NULL);
    batch = test_store_take (test, 10);
    test_store_settle (test, 2, KAM_RESULT_APPLIED, 7);
    test_store_publish (test, 7, NULL);
  }

  n = test_store_ask (test, "SELECT count (*) FROM outbox WHERE state = 3");
  g_assert_cmpstr (n, ==, "20000");
  old = test_store_ask (test, "SELECT count (*) FROM outbox WHERE at = 0");
  g_assert_cmpstr (old, ==, "0");
}

/* The server was restored from a backup: what it had acknowledged since goes up again, under a new id and with its origin. */
static void
test_restored (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamSyncState) before = NULL;
  g_autoptr (KamSyncState) after = NULL;
  g_autoptr (GPtrArray) batch = NULL;
  KamMutation *mutation;

  prepare (test);
  before = test_store_state (test);
  g_assert_true (test_store_fork (test, TRUE, NULL));
  after = test_store_state (test);
  g_assert_cmpstr (after->client_id, !=, before->client_id);
  g_assert_cmpint (after->last_mid, ==, 0);
  assert_kept (test, 1, 0);

  /* The restored server does not have it; it does not flicker meanwhile. */
  test_store_publish (test, 5, test_line_range (KAM_ENTITY_LEAD, "01"), test_line_row (test_lead (1, "Spice", "Pune"), 5), NULL);
  assert_city (test, 1, "Goa");
  test_store_reopen (test);
  batch = test_store_take (test, 10);
  g_assert_cmpuint (batch->len, ==, 1);
  mutation = batch->pdata[0];
  g_assert_cmpint (mutation->mid, ==, 1);
  g_assert_cmpstr (mutation->origin_client_id, ==, before->client_id);
  g_assert_cmpint (mutation->origin_mid, ==, 1);
  test_store_settle (test, 1, KAM_RESULT_APPLIED, 6);
  test_store_publish (test, 6, test_line_row (test_lead (1, "Spice", "Goa"), 6), NULL);
  assert_city (test, 1, "Goa");
  assert_kept (test, 0, 1);
}

/* A lead made here that the restored server has never seen comes back with all that was written to it. */
static void
test_restored_making (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) made = test_lead (1, "Made", "Pune");
  g_autoptr (KamRow) contact = test_contact (2, 1, "Ramesh");
  g_autoptr (GPtrArray) first = NULL;
  g_autoptr (GPtrArray) again = NULL;
  g_autoptr (KamRow) there = NULL;

  test_store_publish (test, 5, NULL);
  test_store_save (test, test_create (made), test_create (contact), NULL);
  first = test_store_take (test, 10);
  test_store_settle (test, 1, KAM_RESULT_APPLIED, 6);
  test_store_settle (test, 2, KAM_RESULT_APPLIED, 6);
  test_store_publish (test, 6, test_line_row (kam_row_copy (made), 6), test_line_row (kam_row_copy (contact), 6), NULL);
  assert_kept (test, 0, 2);

  g_assert_true (test_store_fork (test, TRUE, NULL));
  test_store_publish (test, 5, test_line_range (KAM_ENTITY_LEAD, "01"), test_line_range (KAM_ENTITY_CONTACT, "02"), NULL);
  assert_city (test, 1, "Pune");
  there = test_store_row (test, KAM_ENTITY_CONTACT, 2);
  g_assert_nonnull (there);
  again = test_store_take (test, 10);
  g_assert_cmpuint (again->len, ==, 2);
  g_assert_cmpint (((KamMutation *) again->pdata[0])->entity, ==, KAM_ENTITY_LEAD);
  g_assert_cmpint (((KamMutation *) again->pdata[0])->base_rev, ==, 0);
}

/* A cloned device: what had no result goes up under a new id, what had one does not. */
static void
test_cloned (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamSyncState) before = NULL;
  g_autoptr (KamRow) lead = NULL;
  g_autoptr (GPtrArray) sent = NULL;
  g_autoptr (GPtrArray) batch = NULL;
  g_autoptr (GPtrArray) later = NULL;

  prepare (test);
  before = test_store_state (test);
  lead = test_store_row (test, KAM_ENTITY_LEAD, 1);
  test_store_save (test, test_change (lead, KAM_LEAD_NAME, "Sugar"), NULL);
  sent = test_store_take (test, 10);
  g_assert_true (test_store_fork (test, FALSE, NULL));
  assert_kept (test, 1, 1);

  /* Another device may have sent it: what is typed now is another edit. */
  test_store_save (test, test_change (lead, KAM_LEAD_CITY, "Agra"), NULL);
  batch = test_store_take (test, 10);
  g_assert_cmpuint (batch->len, ==, 1);
  g_assert_cmpint (((KamMutation *) batch->pdata[0])->mid, ==, 1);
  g_assert_cmpint (((KamMutation *) batch->pdata[0])->origin_mid, ==, 2);
  g_assert_cmpstr (((KamMutation *) batch->pdata[0])->origin_client_id, ==, before->client_id);
  test_store_settle (test, 1, KAM_RESULT_APPLIED, 7);
  later = test_store_take (test, 10);
  g_assert_cmpuint (later->len, ==, 1);
  g_assert_null (((KamMutation *) later->pdata[0])->origin_client_id);
}

/* Forked once more before there was a result: the server may know it by its first name only. With one, it knows it by that. */
static void
test_forked_twice (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) lead = test_lead (1, "Spice", "Pune");
  g_autoptr (KamSyncState) first = test_store_state (test);
  g_autoptr (KamSyncState) second = NULL;
  g_autoptr (GPtrArray) batch = NULL;

  test_store_save (test, test_create (lead), NULL);
  g_ptr_array_unref (test_store_take (test, 10));
  g_assert_true (test_store_fork (test, FALSE, NULL));
  g_ptr_array_unref (test_store_take (test, 10));
  g_assert_true (test_store_fork (test, FALSE, NULL));
  second = test_store_state (test);
  batch = test_store_take (test, 10);
  g_assert_cmpstr (((KamMutation *) batch->pdata[0])->origin_client_id, ==, first->client_id);
  test_store_settle (test, 1, KAM_RESULT_APPLIED, 3);
  g_assert_true (test_store_fork (test, TRUE, NULL));
  g_clear_pointer (&batch, g_ptr_array_unref);
  batch = test_store_take (test, 10);
  g_assert_cmpstr (((KamMutation *) batch->pdata[0])->origin_client_id, ==, second->client_id);
}

/* Before a copy is erased everything is handed over: also what waits behind another edit of its row, and what the server rejected. */
static void
test_hand_over (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) first = test_lead (1, "Spice", "Pune");
  g_autoptr (KamRow) second = test_lead (2, "Salt", "Pune");
  g_autoptr (KamRow) moved = NULL;
  g_autoptr (GPtrArray) batch = NULL;

  test_store_save (test, test_create (second), NULL);
  g_ptr_array_unref (test_store_take (test, 10));
  test_store_settle (test, 1, KAM_RESULT_REJECTED, 0);
  test_store_publish (test, 5, test_line_row (kam_row_ref (first), 5), NULL);
  test_store_save (test, test_change (first, KAM_LEAD_CITY, "Goa"), NULL);
  g_ptr_array_unref (test_store_take (test, 10));
  moved = test_store_row (test, KAM_ENTITY_LEAD, 1);
  test_store_save (test, test_change (moved, KAM_LEAD_CITY, "Delhi"), NULL);
  batch = test_store_take (test, 10);
  g_assert_cmpuint (batch->len, ==, 1);
  g_clear_pointer (&batch, g_ptr_array_unref);
  batch = test_store_take (test, KAM_OUTBOX_ALL);
  g_assert_cmpuint (batch->len, ==, 3);

  for (guint i = 0; i < batch->len; i++)
    g_assert_cmpint (((KamMutation *) batch->pdata[i])->mid, ==, i + 1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/journal/durable", test_durable);
  g_test_add_func ("/store/journal/durable-before", test_durable_before);
  g_test_add_func ("/store/journal/caps", test_caps);
  g_test_add_func ("/store/journal/fault-25-restored", test_restored);
  g_test_add_func ("/store/journal/fault-25-restored-making", test_restored_making);
  g_test_add_func ("/store/journal/fault-24-hand-over", test_hand_over);
  g_test_add_func ("/store/journal/fault-26-cloned", test_cloned);
  g_test_add_func ("/store/journal/fault-26-forked-twice", test_forked_twice);

  return g_test_run ();
}
