/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-check.h"
#include "kam-test-sample.h"

#include <gio/gio.h>
#include <string.h>

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
      g_assert_true (kam_sample_generate (&sample.options, sample_keep_row, &sample, NULL));
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
      KamRow *lead = row_by_id (&sample, lead_id);
      g_autofree char *expected = lead != NULL ? kam_scope_of_leads (kam_row_text (lead, KAM_LEAD_KAM)) : g_strdup (directory);

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
      g_autofree char *email = NULL;
      KamRow *manager;

      if (kam_row_kind (row) != KAM_ENTITY_USER)
        continue;

      manager = row_by_id (&sample, kam_row_text (row, KAM_USER_MANAGER));

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

static void
test_stops (void)
{
  g_auto (Sample) sample = { 0 };
  g_autoptr (GError) error = NULL;

  sample_init (&sample, 50, 2, 1);
  sample.stop_after = 25;
  g_assert_false (kam_sample_generate (&sample.options, sample_keep_row, &sample, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (sample.rows->len, ==, 25);
}

static void
test_needs_somebody (void)
{
  KamSampleOptions options = { .leads = 1, .now_us = NOW };
  g_autoptr (GError) error = NULL;

  g_assert_false (kam_sample_generate (&options, sample_keep_row, NULL, &error));
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
  g_test_add_func ("/sample/stops", test_stops);
  g_test_add_func ("/sample/needs-somebody", test_needs_somebody);

  return g_test_run ();
}
