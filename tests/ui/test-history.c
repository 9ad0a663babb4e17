/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-changes-fixture.h"
#include "kam-devices-group.h"
#include "kam-history-list.h"
#include "kam-history-model.h"
#include "kam-summary-banner.h"
#include "kam-summary.h"
#include "kam-test-picture.h"

#include <glib/gi18n.h>
#include <string.h>

static KamHistoryEntry *
new_entry (gint64        seq,
           KamEntityKind entity,
           guint         row,
           int           field,
           const char   *before,
           const char   *after)
{
  KamHistoryEntry *entry = g_new0 (KamHistoryEntry, 1);

  entry->seq = seq;
  entry->at = TEST_NOW - G_TIME_SPAN_DAY;
  entry->author_id = g_strdup (TEST_OTHER_USER);
  entry->device = g_strdup ("Laptop");
  entry->entity = entity;
  entry->id = test_id (row);
  entry->field = field;
  kam_value_set_text (&entry->before, before);
  kam_value_set_text (&entry->after, after);

  return entry;
}

static GPtrArray *
some_entries (void)
{
  GPtrArray *entries = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_history_entry_free);

  g_ptr_array_add (entries, new_entry (9, KAM_ENTITY_LEAD, 1, KAM_LEAD_CITY, "Pune", "Kota"));
  g_ptr_array_add (entries, new_entry (8, KAM_ENTITY_CONTACT, 3, KAM_CONTACT_NAME, "Suresh", "Ramesh"));
  g_ptr_array_add (entries, new_entry (7, KAM_ENTITY_LEAD, 1, KAM_LEAD_STATUS, "new", "contacted"));
  g_ptr_array_add (entries, new_entry (6, KAM_ENTITY_LEAD_EVENT, 4, -1, NULL, NULL));
  g_ptr_array_add (entries, new_entry (5, KAM_ENTITY_CONTACT, 3, -1, NULL, NULL));
  g_ptr_array_add (entries, new_entry (4, KAM_ENTITY_LEAD, 1, -1, NULL, NULL));

  return entries;
}

static KamHistoryModel *
new_model (ChangesFixture *test)
{
  g_autofree char *id = test_id (1);

  return kam_history_model_new (test->workspace, id);
}

static char *
title_at (ChangesFixture  *test,
          KamHistoryModel *model,
          guint            position)
{
  g_autoptr (KamHistoryItem) item = g_list_model_get_item (kam_history_model_get_list (model), position);
  g_autoptr (KamHistoryText) text = kam_history_text_new (test->workspace, item, kam_history_model_get_lead_id (model));

  return g_steal_pointer (&text->title);
}

static void
assert_title (ChangesFixture  *test,
              KamHistoryModel *model,
              guint            position,
              const char      *title)
{
  g_autofree char *shown = title_at (test, model, position);

  g_assert_cmpstr (shown, ==, title);
}

static void
test_words (void)
{
  ChangesFixture test;
  g_autoptr (KamHistoryModel) model = NULL;
  g_autoptr (GPtrArray) entries = some_entries ();

  changes_fixture_init (&test);
  model = new_model (&test);
  kam_history_model_take (model, entries, 0);
  /* What only follows from something else is not told twice. */
  g_assert_cmpuint (g_list_model_get_n_items (kam_history_model_get_list (model)), ==, 5);
  /* Names are read once they are asked for. */
  for (guint i = 0; i < 5; i++)
    g_free (title_at (&test, model, i));
  kam_ui_settle (50);
  assert_title (&test, model, 0, "City");
  assert_title (&test, model, 1, "Name of Ramesh");
  assert_title (&test, model, 2, "Status");
  assert_title (&test, model, 3, "Ramesh added");
  assert_title (&test, model, 4, "Spice Garden added");
  g_clear_object (&model);
  changes_fixture_clear (&test);
}

/* What waits here stands on top, and goes down once it is sent. */
static void
test_waiting (void)
{
  ChangesFixture test;
  g_autoptr (KamHistoryModel) model = NULL;
  g_autoptr (GPtrArray) entries = some_entries ();
  g_autoptr (KamHistoryItem) item = NULL;

  changes_fixture_init (&test);
  changes_edit_lead (&test, KAM_LEAD_CITY, "Goa");
  changes_wait (&test, KAM_CHANGES_WAITING, 1);
  model = new_model (&test);
  kam_history_model_take (model, entries, 0);
  g_assert_cmpuint (g_list_model_get_n_items (kam_history_model_get_list (model)), ==, 6);
  item = g_list_model_get_item (kam_history_model_get_list (model), 0);
  g_assert_null (kam_history_item_get_entry (item));
  g_assert_false (kam_history_item_can_restore (item, test.workspace));
  kam_changes_model_take_back (test.model, changes_wait (&test, KAM_CHANGES_WAITING, 1));
  changes_wait (&test, KAM_CHANGES_WAITING, 0);
  g_assert_cmpuint (g_list_model_get_n_items (kam_history_model_get_list (model)), ==, 5);
  g_clear_object (&model);
  changes_fixture_clear (&test);
}

/* A value is brought back by an ordinary edit of the row as it is now, and that can be undone. */
static void
test_put_back (void)
{
  ChangesFixture test;
  g_autoptr (KamHistoryModel) model = NULL;
  g_autoptr (GPtrArray) entries = some_entries ();
  g_autoptr (KamHistoryItem) city = NULL, status = NULL;
  const KamPending *pending = NULL;
  KamChange *change = NULL;

  changes_fixture_init (&test);
  model = new_model (&test);
  kam_history_model_take (model, entries, 0);
  city = g_list_model_get_item (kam_history_model_get_list (model), 0);
  status = g_list_model_get_item (kam_history_model_get_list (model), 2);
  g_assert_true (kam_history_item_can_restore (city, test.workspace));
  g_assert_false (kam_history_item_can_restore (status, test.workspace));
  kam_history_model_restore (model, city);
  pending = kam_change_item_get (changes_wait (&test, KAM_CHANGES_WAITING, 1));
  g_assert_cmpuint (pending->mutation->changes->len, ==, 1);
  change = kam_mutation_find (pending->mutation, KAM_LEAD_CITY);
  g_assert_nonnull (change);
  g_assert_cmpstr (change->old.text, ==, "Kota");
  g_assert_cmpstr (change->new.text, ==, "Pune");
  kam_workspace_undo (test.workspace);
  changes_wait (&test, KAM_CHANGES_WAITING, 0);
  g_clear_object (&model);
  changes_fixture_clear (&test);
}

static void
failed_cb (KamHistoryModel *model,
           const char      *message,
           guint           *n)
{
  (*n)++;
}

static gboolean
is_one (gpointer user_data)
{
  return *(guint *) user_data == 1;
}

static void
test_so_already (void)
{
  ChangesFixture test;
  g_autoptr (KamHistoryModel) model = NULL;
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_history_entry_free);
  g_autoptr (KamHistoryItem) item = NULL;
  guint n = 0;

  changes_fixture_init (&test);
  model = new_model (&test);
  g_signal_connect (model, "failed", G_CALLBACK (failed_cb), &n);
  g_ptr_array_add (entries, new_entry (9, KAM_ENTITY_LEAD, 1, KAM_LEAD_CITY, "Kota", "Kota"));
  kam_history_model_take (model, entries, 0);
  item = g_list_model_get_item (kam_history_model_get_list (model), 0);
  kam_history_model_restore (model, item);
  kam_ui_wait (is_one, &n);
  changes_wait (&test, KAM_CHANGES_WAITING, 0);
  g_clear_object (&model);
  changes_fixture_clear (&test);
}

static void
test_summary_words (void)
{
  KamSyncSummary nothing = { 0 }, one = { .n_leads_changed = 1, .n_sent = 1 };
  KamSyncSummary all = { .n_leads_changed = 12, .n_leads_gained = 2, .n_leads_lost = 1, .n_sent = 40, .n_conflicts = 3, .n_rejected = 1 };
  g_autofree char *no_words = kam_summary_words (&nothing), *one_words = kam_summary_words (&one), *all_words = kam_summary_words (&all);

  g_assert_null (no_words);
  g_assert_cmpstr (one_words, ==, "1 lead changed by others, 1 of your changes sent");
  g_assert_cmpstr (all_words, ==,
                   "12 leads changed by others, 2 leads came to you, 1 lead moved to somebody else, 40 of your changes sent, 3 conflicts to settle, "
                   "1 change not accepted");
}

static gboolean
has_text (gpointer user_data)
{
  return kam_summary_get_text (user_data) != NULL;
}

/* Told after a long absence, once; not of what one sees happen. */
static void
test_summary (void)
{
  ChangesFixture test;
  KamSummary *summary = NULL;

  changes_fixture_init (&test);
  summary = kam_workspace_get_summary (test.workspace);
  changes_add_conflict (&test, 9, changes_conflict (7, KAM_LEAD_CITY, NULL, "\"Pune\"", "\"Goa\"", TEST_USER));
  kam_summary_look (summary);
  kam_ui_settle (50);
  g_assert_null (kam_summary_get_text (summary));

  changes_add_conflict (&test, 10, changes_conflict (8, KAM_LEAD_CITY, NULL, "\"Pune\"", "\"Goa\"", TEST_USER));
  kam_clock_set (test.test->clock, kam_clock_now (test.test->clock) + KAM_SUMMARY_ABSENCE_US + 1);
  kam_summary_look (summary);
  kam_ui_wait (has_text, summary);
  g_assert_nonnull (strstr (kam_summary_get_text (summary), "1 conflict to settle"));
  g_assert_true (kam_summary_needs_you (summary));
  kam_summary_dismiss (summary);
  g_assert_null (kam_summary_get_text (summary));
  changes_fixture_clear (&test);
}

/* Widgets */

static GtkWidget *
present (GtkWidget *child,
         int        width)
{
  GtkWidget *window = adw_window_new ();

  adw_window_set_content (ADW_WINDOW (window), child);
  gtk_window_set_default_size (GTK_WINDOW (window), width, 700);
  gtk_window_present (GTK_WINDOW (window));

  return window;
}

static void
test_list (void)
{
  ChangesFixture test;
  GtkWidget *list = g_object_ref_sink (g_object_new (KAM_TYPE_HISTORY_LIST, NULL));
  GtkWidget *window = NULL;
  g_autofree char *id = test_id (1);
  int least = 0;

  changes_fixture_init (&test);
  changes_edit_lead (&test, KAM_LEAD_CITY, "Goa");
  changes_wait (&test, KAM_CHANGES_WAITING, 1);
  window = present (list, 360);
  kam_history_list_show (KAM_HISTORY_LIST (list), test.workspace, id);
  kam_ui_settle (200);
  gtk_widget_measure (list, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  g_assert_cmpint (least, <=, 360);
  test_picture (window, "history-local");
  kam_history_list_show (KAM_HISTORY_LIST (list), test.workspace, NULL);
  gtk_window_destroy (GTK_WINDOW (window));
  g_object_unref (list);
  changes_fixture_clear (&test);
}

static KamDevice *
new_device (const char *name,
            gboolean    signed_in,
            gboolean    current)
{
  KamDevice *device = g_new0 (KamDevice, 1);

  device->id = g_strdup (name);
  device->name = g_strdup (name);
  device->seen_at = TEST_NOW - G_TIME_SPAN_DAY;
  device->signed_in = signed_in;
  device->current = current;

  return device;
}

static guint
count_buttons (GtkWidget *widget)
{
  guint n = GTK_IS_BUTTON (widget) ? 1 : 0;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    n += count_buttons (child);

  return n;
}

/* Only another device that is signed in can be signed out. */
static void
test_devices (void)
{
  ChangesFixture test;
  g_autoptr (GPtrArray) devices = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_device_free);
  GtkWidget *group = NULL, *window = NULL;

  changes_fixture_init (&test);
  g_ptr_array_add (devices, new_device ("Laptop <of> Asha & Co", TRUE, TRUE));
  g_ptr_array_add (devices, new_device ("Office", TRUE, FALSE));
  g_ptr_array_add (devices, new_device ("Old one", FALSE, FALSE));
  group = kam_devices_group_new (test.workspace);
  window = present (group, 480);
  /* Nobody is signed in: that is the first answer. */
  kam_ui_settle (200);
  kam_devices_group_show (KAM_DEVICES_GROUP (group), devices);
  kam_ui_settle (50);
  g_assert_cmpuint (count_buttons (group), ==, 1);
  test_picture (window, "devices");
  gtk_window_destroy (GTK_WINDOW (window));
  kam_ui_settle (20);
  changes_fixture_clear (&test);
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();

  g_test_add_func ("/history/words", test_words);
  g_test_add_func ("/history/waiting", test_waiting);
  g_test_add_func ("/history/restore", test_put_back);
  g_test_add_func ("/history/so-already", test_so_already);
  g_test_add_func ("/history/list", test_list);
  g_test_add_func ("/devices/group", test_devices);
  g_test_add_func ("/summary/words", test_summary_words);
  g_test_add_func ("/summary/absence", test_summary);

  return g_test_run ();
}
