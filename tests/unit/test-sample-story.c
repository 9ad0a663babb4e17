/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-rules.h"
#include "kam-test-sample.h"
#include "kam-time.h"

#include <string.h>

/* What a lead's own interactions say about it. */
typedef struct
{
  KamLeadFacts facts;
  gint64       first_reached;
  gint64       first_order;
  gint64       last_order;
  guint        orders;
  guint        open_plans;
  guint        primary;
  gboolean     has_roots;
} Story;

static void
tell (Story  *story,
      KamRow *row)
{
  gint64 at = kam_row_int (row, KAM_INTERACTION_STARTS_AT, 0);

  if (kam_rules_is_reached (row) && !story->facts.has_reached)
    story->first_reached = at;

  if (kam_rules_is_confirmed_order (row))
    {
      story->first_order = story->orders == 0 ? at : story->first_order;
      story->last_order = MAX (story->last_order, at);
      story->orders++;
    }

  story->facts.has_reached = story->facts.has_reached || kam_rules_is_reached (row);
  story->facts.has_order = story->facts.has_order || kam_rules_is_confirmed_order (row);
  story->open_plans += kam_row_is (row, KAM_INTERACTION_STATE, "planned") ? 1 : 0;
}

static GHashTable *
tell_stories (Sample *sample)
{
  GHashTable *stories = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);

  for (guint i = 0; i < sample->rows->len; i++)
    {
      KamRow *row = row_at (sample, i);
      Story *story = kam_row_lead_id (row) != NULL ? g_hash_table_lookup (stories, kam_row_lead_id (row)) : NULL;

      if (kam_row_kind (row) == KAM_ENTITY_LEAD)
        g_hash_table_insert (stories, (gpointer) kam_row_id (row), g_new0 (Story, 1));
      else if (kam_row_kind (row) == KAM_ENTITY_INTERACTION)
        tell (story, row);
      else if (kam_row_kind (row) == KAM_ENTITY_CONTACT)
        story->primary += (guint) kam_row_int (row, KAM_CONTACT_PRIMARY, 0);
    }

  return stories;
}

static void
test_status (void)
{
  static const char *const statuses[] = { "new", "contacted", "active", "inactive" };
  guint found[G_N_ELEMENTS (statuses)] = { 0 };
  g_auto (Sample) sample = { 0 };
  g_autoptr (GHashTable) stories = NULL;

  sample_make (&sample, 600, 6, 21);
  stories = tell_stories (&sample);

  for (guint i = 0; i < sample.rows->len; i++)
    {
      KamRow *row = row_at (&sample, i);
      Story *story = g_hash_table_lookup (stories, kam_row_id (row));

      if (kam_row_kind (row) != KAM_ENTITY_LEAD)
        continue;

      story->facts.inactive = kam_row_is (row, KAM_LEAD_STATUS, "inactive");
      g_assert_cmpstr (kam_row_text (row, KAM_LEAD_STATUS), ==, kam_rules_lead_status (&story->facts));
      g_assert_true (story->facts.inactive == !kam_row_is_null (row, KAM_LEAD_STATUS_REASON));
      g_assert_cmpuint (story->primary, ==, 1);
      g_assert_cmpint (kam_row_int (row, KAM_LEAD_ALLOCATED_AT, NOW), <, NOW);

      if (story->facts.inactive)
        g_assert_cmpuint (story->open_plans, ==, 0);

      for (guint s = 0; s < G_N_ELEMENTS (statuses); s++)
        found[s] += kam_row_is (row, KAM_LEAD_STATUS, statuses[s]) ? 1 : 0;
    }

  for (guint s = 0; s < G_N_ELEMENTS (statuses); s++)
    g_assert_cmpuint (found[s], >=, 30);
}

/* The events of a lead lead from nothing to what it is, in order of time; the last change of owner is its allocation. */
static void
test_events (void)
{
  g_auto (Sample) sample = { 0 };
  g_autoptr (GHashTable) last = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  guint n_handed_over = 0;

  sample_make (&sample, 600, 6, 22);

  for (guint i = 0; i < sample.rows->len; i++)
    {
      KamRow *row = row_at (&sample, i);
      g_autofree char *key = NULL;
      KamRow *before;

      if (kam_row_kind (row) != KAM_ENTITY_LEAD_EVENT)
        continue;

      key = g_strconcat (kam_row_lead_id (row), kam_row_text (row, KAM_LEAD_EVENT_KIND), NULL);
      before = g_hash_table_lookup (last, key);
      g_assert_cmpstr (kam_row_text (row, KAM_LEAD_EVENT_FROM), ==, before != NULL ? kam_row_text (before, KAM_LEAD_EVENT_TO) : NULL);
      g_assert_true (before == NULL || kam_row_int (row, KAM_LEAD_EVENT_AT, 0) >= kam_row_int (before, KAM_LEAD_EVENT_AT, 0));
      g_assert_cmpint (kam_row_int (row, KAM_LEAD_EVENT_AT, NOW), <, NOW);
      n_handed_over += before != NULL && kam_row_is (row, KAM_LEAD_EVENT_KIND, "owner") ? 1 : 0;
      g_hash_table_insert (last, g_steal_pointer (&key), row);
    }

  g_assert_cmpuint (n_handed_over, >=, 3);

  for (guint i = 0; i < sample.rows->len; i++)
    {
      KamRow *row = row_at (&sample, i);
      g_autofree char *status_key = g_strconcat (kam_row_id (row), "status", NULL);
      g_autofree char *owner_key = g_strconcat (kam_row_id (row), "owner", NULL);

      if (kam_row_kind (row) != KAM_ENTITY_LEAD)
        continue;

      g_assert_cmpstr (kam_row_text (g_hash_table_lookup (last, status_key), KAM_LEAD_EVENT_TO), ==, kam_row_text (row, KAM_LEAD_STATUS));
      g_assert_cmpstr (kam_row_text (g_hash_table_lookup (last, owner_key), KAM_LEAD_EVENT_TO), ==, kam_row_text (row, KAM_LEAD_KAM));
      g_assert_cmpint (kam_row_int (g_hash_table_lookup (last, owner_key), KAM_LEAD_EVENT_AT, 0), ==, kam_row_int (row, KAM_LEAD_ALLOCATED_AT, 1));
    }
}

static void
test_rhythms (void)
{
  g_auto (Sample) sample = { 0 };
  g_autoptr (GHashTable) stories = NULL;
  guint lapsed = 0, fresh = 0, regular = 0, planned = 0;
  GHashTableIter iter;
  gpointer value;

  sample_make (&sample, 600, 6, 23);
  stories = tell_stories (&sample);
  g_hash_table_iter_init (&iter, stories);

  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Story *story = value;
      gint64 idle_days = (NOW - story->last_order) / KAM_US_PER_DAY;

      lapsed += story->orders >= 5 && idle_days > 60 ? 1 : 0;
      fresh += story->orders == 0 && !story->facts.has_reached ? 1 : 0;
      regular += story->orders >= 10 && idle_days <= 14 ? 1 : 0;
      planned += story->open_plans;
      g_assert_true (story->orders == 0 || story->first_reached < story->first_order);
    }

  g_assert_cmpuint (lapsed, >=, 30);
  g_assert_cmpuint (fresh, >=, 60);
  g_assert_cmpuint (regular, >=, 60);
  g_assert_cmpuint (planned, >=, 60);
}

static void
test_just_before_now (void)
{
  g_auto (Sample) sample = { 0 };
  gint64 newest = 0, oldest = NOW;

  sample_make (&sample, 300, 3, 24);

  for (guint i = 0; i < sample.rows->len; i++)
    {
      KamRow *row = row_at (&sample, i);
      gint64 at;

      if (kam_row_kind (row) != KAM_ENTITY_INTERACTION || !kam_row_is (row, KAM_INTERACTION_STATE, "done"))
        continue;

      at = kam_row_int (row, KAM_INTERACTION_STARTS_AT, 0);
      newest = MAX (newest, at);
      oldest = MIN (oldest, at);
    }

  g_assert_cmpint (newest, <, NOW);
  g_assert_cmpint (newest, >, NOW - KAM_US_PER_DAY);
  g_assert_cmpint (oldest, >, NOW - 740 * KAM_US_PER_DAY);
  g_assert_cmpint (oldest, <, NOW - 600 * KAM_US_PER_DAY);
}

/* Other scripts, pictures, chains, and zones are all there. */
static void
test_variety (void)
{
  static const char *const wanted[] = { "🍛", "“", "'", "भ", "ர", "র", "ر", "સ", "Café" };
  g_auto (Sample) sample = { 0 };
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GHashTable) zones = g_hash_table_new (g_str_hash, g_str_equal);
  guint n_outlets = 0;

  sample_make (&sample, 1500, 14, 25);

  for (guint i = 0; i < sample.rows->len; i++)
    {
      KamRow *row = row_at (&sample, i);

      if (kam_row_kind (row) != KAM_ENTITY_LEAD)
        continue;

      g_string_append (text, kam_row_text (row, KAM_LEAD_NAME));
      g_hash_table_add (zones, (gpointer) kam_row_text (row, KAM_LEAD_TIME_ZONE));
      n_outlets += kam_row_is_null (row, KAM_LEAD_PARENT) ? 0 : 1;
    }

  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    {
      if (strstr (text->str, wanted[i]) == NULL)
        g_error ("no name has %s", wanted[i]);
    }

  g_assert_cmpuint (g_hash_table_size (zones), ==, 5);
  g_assert_cmpuint (n_outlets, >=, 60);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sample-story/status", test_status);
  g_test_add_func ("/sample-story/events", test_events);
  g_test_add_func ("/sample-story/rhythms", test_rhythms);
  g_test_add_func ("/sample-story/just-before-now", test_just_before_now);
  g_test_add_func ("/sample-story/variety", test_variety);

  return g_test_run ();
}
