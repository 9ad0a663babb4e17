/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-check.h"
#include "kam-rules.h"
#include "kam-sample.h"
#include "kam-time.h"

#include <gio/gio.h>
#include <string.h>

#define NOW G_GINT64_CONSTANT (1795327200000000) /* 22 November 2026, 06:00 UTC */

/* Everything that a sample says, for whoever asks. */
typedef struct
{
  KamSampleOptions options;
  GPtrArray       *rows;  /* (owned) (element-type KamRow), as they came */
  GHashTable      *by_id; /* id → row */
  guint            counts[KAM_N_ENTITIES];
  guint            stop_after; /* 0: never */
  guint            leads_done;
} Sample;

static gboolean
keep_row (KamRow  *row,
          guint    leads_done,
          gpointer user_data,
          GError **error)
{
  Sample *self = user_data;

  g_assert_cmpuint (leads_done, >=, self->leads_done);
  self->leads_done = leads_done;
  self->counts[kam_row_kind (row)]++;
  g_assert_false (g_hash_table_contains (self->by_id, kam_row_id (row)));
  g_ptr_array_add (self->rows, kam_row_ref (row));
  g_hash_table_insert (self->by_id, (gpointer) kam_row_id (row), row);

  if (self->rows->len == self->stop_after)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "enough");
      return FALSE;
    }

  return TRUE;
}

static void
sample_init (Sample *self,
             guint   leads,
             guint   kams,
             guint   seed)
{
  memset (self, 0, sizeof *self);
  self->options = (KamSampleOptions) { .leads = leads, .kams = kams, .seed = seed, .now_us = NOW };
  self->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_row_unref);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
}

static void
sample_make (Sample *self,
             guint   leads,
             guint   kams,
             guint   seed)
{
  g_autoptr (GError) error = NULL;

  sample_init (self, leads, kams, seed);
  g_assert_true (kam_sample_generate (&self->options, keep_row, self, &error));
  g_assert_no_error (error);
}

static void
sample_clear (Sample *self)
{
  g_hash_table_unref (self->by_id);
  g_ptr_array_unref (self->rows);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sample, sample_clear)

static KamRow *
row_at (Sample *self,
        guint   i)
{
  return g_ptr_array_index (self->rows, i);
}

static KamRow *
row_by_id (Sample     *self,
           const char *id)
{
  return g_hash_table_lookup (self->by_id, id);
}

static gboolean
digest_row (KamRow  *row,
            guint    leads_done,
            gpointer user_data,
            GError **error)
{
  GChecksum *sum = user_data;

  g_checksum_update (sum, (const guchar *) kam_row_id (row), -1);
  g_checksum_update (sum, (const guchar *) kam_row_scope (row), -1);

  for (guint i = 0; i < kam_row_entity (row)->n_fields; i++)
    {
      const KamValue *value = kam_row_get (row, i);

      g_checksum_update (sum, (const guchar *) &value->kind, sizeof value->kind);

      if (value->kind == KAM_VALUE_TEXT)
        g_checksum_update (sum, (const guchar *) value->text, -1);
      else
        g_checksum_update (sum, (const guchar *) &value->number, sizeof value->number);
    }

  return TRUE;
}

static char *
make_digest (const KamSampleOptions *options)
{
  g_autoptr (GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);

  g_assert_true (kam_sample_generate (options, digest_row, sum, NULL));

  return g_strdup (g_checksum_get_string (sum));
}

static void
test_same_seed (void)
{
  KamSampleOptions options = { .leads = 150, .kams = 5, .seed = 7, .now_us = NOW };
  g_autofree char *one = make_digest (&options);
  g_autofree char *two = make_digest (&options);
  g_autofree char *three = NULL;

  options.seed = 8;
  three = make_digest (&options);

  g_assert_cmpstr (one, ==, two);
  g_assert_cmpstr (one, !=, three);
}

static void
test_no_locale (void)
{
  KamSampleOptions options = { .leads = 20, .kams = 2, .seed = 1, .now_us = NOW };
  g_autofree char *digest = NULL;

  if (g_test_subprocess ())
    {
      digest = make_digest (&options);
      g_printerr ("digest %s\n", digest);
      return;
    }

  digest = make_digest (&options);
  g_setenv ("TZ", "America/New_York", TRUE);
  g_setenv ("LC_ALL", "C", TRUE);
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_unsetenv ("TZ");
  g_unsetenv ("LC_ALL");
  g_test_trap_assert_passed ();
  {
    g_autofree char *expected = g_strdup_printf ("*digest %s*", digest);

    g_test_trap_assert_stderr (expected);
  }
}

static void
test_counts (void)
{
  static const struct
  {
    guint leads;
    guint kams;
    guint per_lead; /* 0: the default */
    guint managers;
  } cases[] = { { 0, 1, 0, 1 }, { 1, 1, 0, 1 }, { 50, 3, 4, 1 }, { 250, 9, 0, 2 }, { 300, 17, 25, 3 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Sample) sample = { 0 };
      guint expected = cases[i].leads * (cases[i].per_lead > 0 ? cases[i].per_lead : 10);

      sample_init (&sample, cases[i].leads, cases[i].kams, 3);
      sample.options.interactions_per_lead = cases[i].per_lead;
      g_assert_true (kam_sample_generate (&sample.options, keep_row, &sample, NULL));
      g_assert_cmpuint (sample.counts[KAM_ENTITY_LEAD], ==, cases[i].leads);
      g_assert_cmpuint (sample.counts[KAM_ENTITY_USER], ==, 1 + cases[i].managers + cases[i].kams);
      g_assert_cmpuint (sample.counts[KAM_ENTITY_INTERACTION], ==, expected);
      g_assert_cmpuint (sample.counts[KAM_ENTITY_CONTACT], >=, cases[i].leads);
    }
}

static void
test_rows_are_valid (void)
{
  g_auto (Sample) sample = { 0 };

  sample_make (&sample, 600, 9, 11);

  for (guint i = 0; i < sample.rows->len; i++)
    {
      KamRow *row = row_at (&sample, i);
      g_autoptr (GPtrArray) problems = kam_row_check (row, NOW);

      if (problems->len > 0)
        {
          const KamProblem *problem = g_ptr_array_index (problems, 0);

          g_error ("%s %s: %s %s", kam_row_entity (row)->name, kam_row_id (row), problem->code, problem->message);
        }

      g_assert_cmpint (kam_row_rev (row), ==, 0);
      g_assert_true (kam_id_is_valid (kam_row_id (row)));
    }
}

/* What a row refers to exists, came before it, and where it belongs to a lead, to the same. */
static void
test_references (void)
{
  g_auto (Sample) sample = { 0 };
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  sample_make (&sample, 400, 9, 5);

  for (guint i = 0; i < sample.rows->len; i++)
    {
      KamRow *row = row_at (&sample, i);
      const KamEntity *entity = kam_row_entity (row);

      for (guint field = 0; field < entity->n_fields; field++)
        {
          KamRow *other;

          if (entity->fields[field].refers < 0 || kam_row_is_null (row, field))
            continue;

          other = g_hash_table_lookup (seen, kam_row_text (row, field));

          if (other == NULL)
            g_error ("%s of %s %s is not there yet", entity->fields[field].name, entity->name, kam_row_id (row));

          g_assert_cmpint (kam_row_kind (other), ==, entity->fields[field].refers);

          if (kam_row_lead_id (other) != NULL && entity->kind != KAM_ENTITY_LEAD)
            g_assert_cmpstr (kam_row_lead_id (other), ==, kam_row_lead_id (row));
        }

      g_hash_table_insert (seen, (gpointer) kam_row_id (row), row);
    }
}

static void
test_scopes (void)
{
  g_auto (Sample) sample = { 0 };
  g_autofree char *directory = kam_scope_directory ();

  sample_make (&sample, 200, 4, 5);

  for (guint i = 0; i < sample.rows->len; i++)
    {
      KamRow *row = row_at (&sample, i);
      const char *lead_id = kam_row_lead_id (row);
      g_autofree char *expected = lead_id != NULL ? kam_scope_of_leads (kam_row_text (row_by_id (&sample, lead_id), KAM_LEAD_KAM)) : g_strdup (directory);

      g_assert_cmpstr (kam_row_scope (row), ==, expected);
    }
}

static void
test_people (void)
{
  g_auto (Sample) sample = { 0 };
  guint n_kams = 0, n_managers = 0, n_zones = 0;
  g_autoptr (GHashTable) zones = g_hash_table_new (g_str_hash, g_str_equal);

  sample_make (&sample, 0, 18, 2);

  for (guint i = 0; i < sample.rows->len; i++)
    {
      KamRow *row = row_at (&sample, i);
      KamRow *manager = kam_row_kind (row) == KAM_ENTITY_USER ? row_by_id (&sample, kam_row_text (row, KAM_USER_MANAGER) != NULL ? kam_row_text (row, KAM_USER_MANAGER) : "") : NULL;
      g_autofree char *email = NULL;

      if (kam_row_kind (row) != KAM_ENTITY_USER)
        continue;

      if (kam_row_is (row, KAM_USER_ROLE, "kam"))
        email = g_strdup_printf ("kam%u@kam.test", ++n_kams);
      else if (kam_row_is (row, KAM_USER_ROLE, "manager"))
        email = g_strdup_printf ("manager%u@kam.test", ++n_managers);
      else
        email = g_strdup ("admin@kam.test");

      g_assert_cmpstr (kam_row_text (row, KAM_USER_EMAIL), ==, email);
      g_assert_true ((manager == NULL) == kam_row_is (row, KAM_USER_ROLE, "admin"));
      g_assert_true (manager == NULL || kam_row_is (manager, KAM_USER_ROLE, kam_row_is (row, KAM_USER_ROLE, "kam") ? "manager" : "admin"));
      n_zones += g_hash_table_add (zones, (gpointer) kam_row_text (row, KAM_USER_TIME_ZONE)) ? 1 : 0;
    }

  g_assert_cmpuint (n_kams, ==, 18);
  g_assert_cmpuint (n_managers, ==, 3);
  g_assert_cmpuint (n_zones, >=, 3);
}

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
      gint64 at = kam_row_kind (row) == KAM_ENTITY_INTERACTION && kam_row_is (row, KAM_INTERACTION_STATE, "done") ? kam_row_int (row, KAM_INTERACTION_STARTS_AT, 0) : 0;

      if (at == 0)
        continue;

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

static void
test_stops (void)
{
  g_auto (Sample) sample = { 0 };
  g_autoptr (GError) error = NULL;

  sample_init (&sample, 50, 2, 1);
  sample.stop_after = 25;
  g_assert_false (kam_sample_generate (&sample.options, keep_row, &sample, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (sample.rows->len, ==, 25);
}

static void
test_needs_somebody (void)
{
  KamSampleOptions options = { .leads = 1, .now_us = NOW };
  g_autoptr (GError) error = NULL;

  g_assert_false (kam_sample_generate (&options, keep_row, NULL, &error));
  g_assert_nonnull (error);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sample/same-seed", test_same_seed);
  g_test_add_func ("/sample/no-locale", test_no_locale);
  g_test_add_func ("/sample/counts", test_counts);
  g_test_add_func ("/sample/rows-are-valid", test_rows_are_valid);
  g_test_add_func ("/sample/references", test_references);
  g_test_add_func ("/sample/scopes", test_scopes);
  g_test_add_func ("/sample/people", test_people);
  g_test_add_func ("/sample/status", test_status);
  g_test_add_func ("/sample/events", test_events);
  g_test_add_func ("/sample/rhythms", test_rhythms);
  g_test_add_func ("/sample/just-before-now", test_just_before_now);
  g_test_add_func ("/sample/variety", test_variety);
  g_test_add_func ("/sample/stops", test_stops);
  g_test_add_func ("/sample/needs-somebody", test_needs_somebody);

  return g_test_run ();
}
