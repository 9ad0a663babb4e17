/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-test-ask.h"
#include "kam-json.h"
#include "kam-store-pending.h"

#define SERVER "019a2b3c-0000-7000-8000-00000000005e"

static TestStore *
new_device (void)
{
  TestStore *test = test_store_new ();
  g_autoptr (KamRow) lead = test_lead (1, "Spice", "Pune");

  test_store_set (test, "server_id", SERVER);
  test_store_publish (test, 5, test_line_row (kam_row_ref (lead), 5), NULL);

  return test;
}

static GBytes *
export (TestStore *self)
{
  g_autoptr (GError) error = NULL;
  ASK_NOTHING (pending_export);
  GBytes *bytes = kam_store_pending_export_finish (self->store, result, &error);

  g_assert_no_error (error);

  return bytes;
}

static gboolean
import (TestStore  *self,
        GBytes     *bytes,
        guint      *n,
        GError    **error)
{
  ASK (pending_import, bytes);

  return kam_store_pending_import_finish (self->store, result, n, error);
}

static void
assert_imports (TestStore *self,
                GBytes    *bytes,
                guint      expected)
{
  g_autoptr (GError) error = NULL;
  guint n = 99;

  import (self, bytes, &n, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n, ==, expected);
}

/* A new lead with a contact, a changed one, one that was rejected and an edit that waits behind a making under way. */
static void
fill (TestStore *test)
{
  g_autoptr (KamRow) spice = test_lead (1, "Spice", "Pune");
  g_autoptr (KamRow) bad = test_lead (8, "Bad", "Pune");
  g_autoptr (KamRow) made = test_lead (2, "Made", "Goa");
  g_autoptr (KamRow) contact = test_contact (3, 2, "Ramesh");

  test_store_save (test, test_create (bad), NULL);
  g_ptr_array_unref (test_store_take (test, 1));
  test_store_reject (test, 1, "taken");
  test_store_save (test, test_create (made), NULL);
  g_ptr_array_unref (test_store_take (test, 1));
  test_store_save (test, test_create (contact), test_change (made, KAM_LEAD_CITY, "Agra"), test_change (spice, KAM_LEAD_NAME, "Sugar"), NULL);
}

static char *
name_of (TestStore *test,
         guint      lead)
{
  g_autoptr (KamRow) row = test_store_row (test, KAM_ENTITY_LEAD, lead);

  return row != NULL ? g_strdup_printf ("%s, %s", kam_row_text (row, KAM_LEAD_NAME), kam_row_text (row, KAM_LEAD_CITY)) : NULL;
}

/* "entity id origin" of what would be sent, in order. */
static char *
describe_batch (GPtrArray  *batch,
                const char *client_id)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < batch->len; i++)
    {
      const KamMutation *mutation = batch->pdata[i];
      gboolean own = mutation->origin_client_id == NULL;

      g_string_append_printf (text, "%s %s %s %" G_GINT64_FORMAT "\n", kam_entity_get (mutation->entity)->name, mutation->id + 34,
                              own ? client_id : mutation->origin_client_id, own ? mutation->mid : mutation->origin_mid);
    }

  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* Written on one device, read on another: the same edits, the same order, and the same names for them wherever they are sent from. */
static void
test_to_other_device (void)
{
  g_autoptr (TestStore) from = new_device ();
  g_autoptr (TestStore) to = new_device ();
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *spice = NULL;
  g_autofree char *made = NULL;
  g_autofree char *sent_here = NULL;
  g_autofree char *sent_there = NULL;
  g_autoptr (KamSyncState) there = NULL;
  g_autoptr (KamSyncState) here = NULL;
  g_autoptr (GPtrArray) batch_here = NULL;
  g_autoptr (GPtrArray) batch_there = NULL;

  fill (from);
  bytes = export (from);
  assert_imports (to, bytes, 5);
  assert_imports (to, bytes, 0);
  assert_imports (from, bytes, 0);
  there = test_store_state (to);
  here = test_store_state (from);
  g_assert_cmpuint (there->n_waiting, ==, 4);
  g_assert_cmpuint (there->n_rejected, ==, 1);
  spice = name_of (to, 1);
  made = name_of (to, 2);
  g_assert_cmpstr (spice, ==, "Sugar, Pune");
  g_assert_cmpstr (made, ==, "Made, Agra");

  batch_here = test_store_take (from, 10);
  batch_there = test_store_take (to, 10);
  sent_here = describe_batch (batch_here, here->client_id);
  sent_there = describe_batch (batch_there, there->client_id);
  g_assert_cmpstr (sent_here, ==, sent_there);
  g_assert_cmpuint (batch_there->len, ==, 3);
}

/* What waits behind a making goes once that has been done, on whichever device. */
static void
test_behind_making (void)
{
  g_autoptr (TestStore) from = new_device ();
  g_autoptr (TestStore) to = new_device ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GPtrArray) first = NULL;
  g_autoptr (GPtrArray) second = NULL;

  fill (from);
  bytes = export (from);
  assert_imports (to, bytes, 5);
  first = test_store_take (to, 10);

  for (guint i = 0; i < first->len; i++)
    test_store_settle (to, i + 1, KAM_RESULT_APPLIED, 9);

  second = test_store_take (to, 10);
  g_assert_cmpuint (second->len, ==, 1);
  g_assert_cmpint (((KamMutation *) second->pdata[0])->base_rev, ==, 9);
  g_assert_nonnull (kam_mutation_find (second->pdata[0], KAM_LEAD_CITY));
}

/* Erased and filled again, the device is another one to the server; the file still holds what it typed. */
static void
test_after_erase (void)
{
  g_autoptr (TestStore) test = new_device ();
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *name = NULL;

  fill (test);
  bytes = export (test);
  test_store_erase (test);
  test_store_set (test, "server_id", SERVER);
  test_store_set (test, "user_id", TEST_USER);
  test_store_publish (test, 5, test_line_row (test_lead (1, "Spice", "Pune"), 5), NULL);
  assert_imports (test, bytes, 5);
  name = name_of (test, 1);
  g_assert_cmpstr (name, ==, "Sugar, Pune");
}

/* What is in a file may be sent by somebody else: it is no longer coalesced or taken back. */
static void
test_counts_as_sent (void)
{
  g_autoptr (TestStore) test = new_device ();
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (KamRow) row = NULL;
  g_autoptr (KamSyncState) state = NULL;
  g_autoptr (GPtrArray) batch = NULL;

  fill (test);
  bytes = export (test);
  row = test_store_row (test, KAM_ENTITY_LEAD, 1);
  test_store_save (test, test_change (row, KAM_LEAD_NAME, "Salt"), NULL);
  state = test_store_state (test);
  g_assert_cmpuint (state->n_waiting, ==, 5);
}

static void
assert_refused (TestStore  *test,
                const char *text)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));
  g_autoptr (GError) error = NULL;
  g_autoptr (KamSyncState) state = NULL;
  guint n = 0;

  g_assert_false (import (test, bytes, &n, &error));
  g_assert_error (error, KAM_STORE_ERROR, KAM_STORE_ERROR_INVALID);
  state = test_store_state (test);
  g_assert_cmpuint (state->n_waiting, ==, 0);
}

static void
test_refused (void)
{
  static const char *const replacements[][2] = {
    { SERVER, "019a2b3c-0000-7000-8000-00000000005f" },
    { "\"version\":1", "\"version\":2" },
    { "kam-pending", "kam-nothing" },
    { "\"entity\":\"contact\"", "\"entity\":\"later\"" },
    { "\"origin\"", "\"other\"" },
    { "\"edits\":[", "\"edits\":[7," },
  };
  g_autoptr (TestStore) from = new_device ();
  g_autoptr (TestStore) to = new_device ();
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;

  fill (from);
  bytes = export (from);
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));

  for (guint i = 0; i < G_N_ELEMENTS (replacements); i++)
    {
      g_auto (GStrv) parts = g_strsplit (text, replacements[i][0], -1);
      g_autofree char *broken = g_strjoinv (replacements[i][1], parts);

      g_test_message ("%s", replacements[i][1]);
      g_assert_cmpstr (broken, !=, text);
      assert_refused (to, broken);
    }

  assert_refused (to, "");
  assert_refused (to, "[]");
  assert_refused (to, "{\"format\":\"kam-pending\"");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/export/to-other-device", test_to_other_device);
  g_test_add_func ("/store/export/behind-making", test_behind_making);
  g_test_add_func ("/store/export/fault-24-after-erase", test_after_erase);
  g_test_add_func ("/store/export/counts-as-sent", test_counts_as_sent);
  g_test_add_func ("/store/export/refused", test_refused);

  return g_test_run ();
}
