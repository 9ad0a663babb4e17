/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-test-ask.h"
#include "kam-store-pending.h"

static GPtrArray *
list (TestStore *self,
      guint      limit)
{
  g_autoptr (GError) error = NULL;
  ASK (pending, limit);
  GPtrArray *pendings = kam_store_pending_finish (self->store, result, &error);

  g_assert_no_error (error);

  return pendings;
}

static gboolean
discard (TestStore  *self,
         gint64      seq,
         GError    **error)
{
  ASK (pending_discard, seq);

  return kam_store_pending_discard_finish (self->store, result, error);
}

static gboolean
resend (TestStore  *self,
        gint64      seq,
        GError    **error)
{
  ASK (pending_resend, seq);

  return kam_store_pending_resend_finish (self->store, result, error);
}

static void
assert_counts (TestStore *self,
               guint      waiting,
               guint      rejected,
               guint      conflicts)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KamSyncState) state = test_store_state (self);
  KamPendingCounts counts = { 0, };
  ASK_NOTHING (pending_counts);

  kam_store_pending_counts_finish (self->store, result, &counts, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (counts.n_waiting, ==, waiting);
  g_assert_cmpuint (counts.n_rejected, ==, rejected);
  g_assert_cmpuint (counts.n_conflicts, ==, conflicts);
  g_assert_cmpuint (state->n_waiting, ==, waiting);
  g_assert_cmpuint (state->n_rejected, ==, rejected);
  g_assert_cmpuint (state->n_conflicts, ==, conflicts);
}

static void
assert_name (TestStore  *test,
             guint       lead,
             const char *name)
{
  g_autoptr (KamRow) row = test_store_row (test, KAM_ENTITY_LEAD, lead);

  g_assert_cmpstr (row != NULL ? kam_row_text (row, KAM_LEAD_NAME) : NULL, ==, name);
}

/* What waits, what is under way and what was rejected, each with what a person knows it by. */
static void
test_list (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) spice = test_lead (1, "Spice", "Pune");
  g_autoptr (KamRow) made = test_lead (2, "Made", "Pune");
  g_autoptr (KamRow) contact = test_contact (3, 1, "Ramesh");
  g_autoptr (GPtrArray) batch = NULL;
  g_autoptr (GPtrArray) pendings = NULL;
  g_autoptr (GPtrArray) first = NULL;
  KamPending *pending;

  test_store_publish (test, 5, test_line_row (kam_row_ref (spice), 5), NULL);
  test_store_save (test, test_create (made), NULL);
  test_store_save (test, test_change (spice, KAM_LEAD_CITY, "Goa"), NULL);
  batch = test_store_take (test, 10);
  test_store_save (test, test_create (contact), NULL);
  test_store_reject (test, 1, "taken");
  pendings = list (test, 0);
  g_assert_cmpuint (pendings->len, ==, 3);

  pending = pendings->pdata[0];
  g_assert_cmpint (pending->kind, ==, KAM_PENDING_WAITING);
  g_assert_cmpint (pending->entity, ==, KAM_ENTITY_CONTACT);
  g_assert_cmpstr (pending->row_name, ==, "Ramesh");
  g_assert_cmpstr (pending->lead_name, ==, "Spice");

  pending = pendings->pdata[1];
  g_assert_cmpint (pending->kind, ==, KAM_PENDING_SENT);
  g_assert_cmpstr (pending->lead_name, ==, "Spice");
  g_assert_nonnull (kam_mutation_find (pending->mutation, KAM_LEAD_CITY));

  pending = pendings->pdata[2];
  g_assert_cmpint (pending->kind, ==, KAM_PENDING_REJECTED);
  g_assert_cmpstr (pending->row_name, ==, "Made");
  g_assert_cmpstr (pending->code, ==, "taken");
  g_assert_cmpstr (pending->field, ==, "name");
  g_assert_cmpstr (pending->message, ==, "Not so");

  first = list (test, 1);
  g_assert_cmpuint (first->len, ==, 1);
  assert_counts (test, 2, 1, 0);
}

static void
test_take_back (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) spice = test_lead (1, "Spice", "Pune");
  g_autoptr (GPtrArray) pendings = NULL;
  g_autoptr (GPtrArray) batch = NULL;
  g_autoptr (GPtrArray) sent = NULL;
  g_autoptr (GError) error = NULL;
  gint64 seq;

  test_store_publish (test, 5, test_line_row (kam_row_ref (spice), 5), NULL);
  test_store_save (test, test_change (spice, KAM_LEAD_NAME, "Sugar"), NULL);
  pendings = list (test, 0);
  seq = ((KamPending *) pendings->pdata[0])->seq;
  g_assert_true (discard (test, seq, NULL));
  assert_name (test, 1, "Spice");
  assert_counts (test, 0, 0, 0);
  g_assert_false (discard (test, seq, &error));
  g_assert_error (error, KAM_STORE_ERROR, KAM_STORE_ERROR_MISSING);
  g_clear_error (&error);

  test_store_save (test, test_change (spice, KAM_LEAD_NAME, "Salt"), NULL);
  batch = test_store_take (test, 1);
  sent = list (test, 0);
  g_assert_false (discard (test, ((KamPending *) sent->pdata[0])->seq, &error));
  g_assert_error (error, KAM_STORE_ERROR, KAM_STORE_ERROR_INVALID);
  assert_name (test, 1, "Salt");
}

/* A making that is taken back goes with all that hangs on it. */
static void
test_take_back_making (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) made = test_lead (2, "Made", "Pune");
  g_autoptr (KamRow) contact = test_contact (3, 2, "Ramesh");
  g_autoptr (KamRow) gone = NULL;
  g_autoptr (GPtrArray) pendings = NULL;

  test_store_save (test, test_create (made), test_create (contact), NULL);
  pendings = list (test, 0);

  for (guint i = 0; i < pendings->len; i++)
    {
      KamPending *pending = pendings->pdata[i];

      if (pending->entity == KAM_ENTITY_LEAD)
        g_assert_true (discard (test, pending->seq, NULL));
    }

  assert_counts (test, 0, 0, 0);
  assert_name (test, 2, NULL);
  gone = test_store_row (test, KAM_ENTITY_CONTACT, 3);
  g_assert_null (gone);
}

/* Dismissing a rejected making does not swallow what was typed below it. */
static void
test_dismiss_making (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) made = test_lead (2, "Made", "Pune");
  g_autoptr (KamRow) contact = test_contact (3, 2, "Ramesh");
  g_autoptr (GPtrArray) batch = NULL;
  g_autoptr (GPtrArray) pendings = NULL;
  g_autoptr (GPtrArray) rest = NULL;
  KamPending *pending;

  test_store_save (test, test_create (made), NULL);
  batch = test_store_take (test, 1);
  test_store_save (test, test_create (contact), NULL);
  test_store_reject (test, 1, "not_allowed");
  assert_counts (test, 1, 1, 0);
  pendings = list (test, 0);
  g_assert_true (discard (test, ((KamPending *) pendings->pdata[1])->seq, NULL));
  rest = list (test, 0);
  g_assert_cmpuint (rest->len, ==, 1);
  pending = rest->pdata[0];
  g_assert_cmpint (pending->kind, ==, KAM_PENDING_REJECTED);
  g_assert_cmpstr (pending->code, ==, "parent_gone");
  g_assert_cmpstr (pending->row_name, ==, "Ramesh");
}

static void
test_resend (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) spice = test_lead (1, "Spice", "Pune");
  g_autoptr (GPtrArray) batch = NULL;
  g_autoptr (GPtrArray) again = NULL;
  g_autoptr (GPtrArray) pendings = NULL;
  g_autoptr (GError) error = NULL;
  gint64 seq;

  test_store_publish (test, 5, test_line_row (kam_row_ref (spice), 5), NULL);
  test_store_save (test, test_change (spice, KAM_LEAD_NAME, "Sugar"), NULL);
  batch = test_store_take (test, 1);
  test_store_reject (test, 1, "too_long");
  assert_name (test, 1, "Spice");
  pendings = list (test, 0);
  seq = ((KamPending *) pendings->pdata[0])->seq;
  g_assert_true (resend (test, seq, NULL));
  assert_name (test, 1, "Sugar");
  assert_counts (test, 1, 0, 0);
  again = test_store_take (test, 1);
  g_assert_cmpint (((KamMutation *) again->pdata[0])->mid, ==, 2);
  g_assert_null (((KamMutation *) again->pdata[0])->origin_client_id);
  g_assert_false (resend (test, seq, &error));
  g_assert_error (error, KAM_STORE_ERROR, KAM_STORE_ERROR_INVALID);
}

/* A conflict is shown as the server has it until its settlement has been done; the last choice counts, also to keep theirs. */
static void
test_settle (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) conflict = test_conflict (7, 1, "\"Theirs\"", "\"Mine\"");
  g_autofree char *scope = kam_scope_of_leads (TEST_USER);
  g_autoptr (GPtrArray) open = NULL;
  g_autoptr (GPtrArray) settling = NULL;
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GPtrArray) batch = NULL;
  KamPending *pending;
  KamChange *change;

  test_store_publish (test, 5, test_line_row (test_lead (1, "Theirs", "Pune"), 5), test_line_row (kam_row_ref (conflict), 5), NULL);
  open = list (test, 0);
  pending = open->pdata[0];
  g_assert_cmpint (pending->kind, ==, KAM_PENDING_CONFLICT);
  g_assert_false (pending->settling);
  g_assert_false (pending->mine_only);
  g_assert_cmpstr (pending->row_name, ==, "Theirs");
  assert_counts (test, 0, 0, 1);

  test_store_save (test, test_settlement (conflict, "\"Mine\""), NULL);
  test_store_save (test, test_settlement (conflict, "\"Theirs\""), NULL);
  settling = list (test, 0);
  g_assert_cmpuint (settling->len, ==, 1);
  pending = settling->pdata[0];
  g_assert_true (pending->settling);
  g_assert_cmpstr (kam_row_text (pending->conflict, KAM_CONFLICT_THEIRS), ==, "\"Theirs\"");
  assert_counts (test, 1, 0, 0);

  batch = test_store_take (test, 10);
  g_assert_cmpuint (batch->len, ==, 1);
  change = kam_mutation_find (batch->pdata[0], KAM_CONFLICT_THEIRS);
  g_assert_cmpstr (change->old.text, ==, "\"Theirs\"");
  g_assert_cmpstr (change->new.text, ==, "\"Theirs\"");
  test_store_settle (test, 1, KAM_RESULT_APPLIED, 6);
  assert_counts (test, 0, 0, 0);
  test_store_publish (test, 6, test_line_evict (KAM_ENTITY_CONFLICT, 7, 6, scope, FALSE), NULL);
  none = list (test, 0);
  g_assert_cmpuint (none->len, ==, 0);
}

/* Taken back, a settlement leaves the conflict as it was. */
static void
test_take_back_settlement (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) conflict = test_conflict (7, 1, "\"Theirs\"", "\"Mine\"");
  g_autoptr (GPtrArray) settling = NULL;

  test_store_publish (test, 5, test_line_row (test_lead (1, "Theirs", "Pune"), 5), test_line_row (kam_row_ref (conflict), 5), NULL);
  test_store_save (test, test_settlement (conflict, "\"Mine\""), NULL);
  settling = list (test, 0);
  g_assert_true (discard (test, ((KamPending *) settling->pdata[0])->seq, NULL));
  assert_counts (test, 0, 0, 1);
}

static void
test_mine_only (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autofree char *scope = kam_scope_personal (TEST_USER);
  KamRow *copy = test_conflict (8, 1, NULL, "\"Mine\"");
  g_autoptr (GPtrArray) own = NULL;
  g_autoptr (GPtrArray) whole = NULL;

  kam_row_set_null (copy, KAM_CONFLICT_LEAD);
  kam_row_set_scope (copy, scope);
  test_store_publish (test, 5, test_line_row (copy, 5), NULL);
  own = list (test, 0);
  g_assert_cmpuint (own->len, ==, 1);
  g_assert_true (((KamPending *) own->pdata[0])->mine_only);

  /* With the lead comes the conflict itself: it is one. */
  test_store_publish (test, 6, test_line_row (test_lead (1, "Theirs", "Pune"), 5), test_line_row (test_conflict (7, 1, "\"Theirs\"", "\"Mine\""), 5), NULL);
  whole = list (test, 0);
  g_assert_cmpuint (whole->len, ==, 1);
  g_assert_false (((KamPending *) whole->pdata[0])->mine_only);
  assert_counts (test, 0, 0, 1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/pending/list", test_list);
  g_test_add_func ("/store/pending/take-back", test_take_back);
  g_test_add_func ("/store/pending/take-back-making", test_take_back_making);
  g_test_add_func ("/store/pending/dismiss-making", test_dismiss_making);
  g_test_add_func ("/store/pending/fault-05-resend", test_resend);
  g_test_add_func ("/store/pending/settle", test_settle);
  g_test_add_func ("/store/pending/take-back-settlement", test_take_back_settlement);
  g_test_add_func ("/store/pending/mine-only", test_mine_only);

  return g_test_run ();
}
