/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-merge.h"
#include "kam-test-rows.h"

#include <string.h>

#define LEAD "019a2b3c-0000-7000-8000-000000000002"

static void
change_text (KamMutation *mutation,
             guint        field,
             const char  *old,
             const char  *new)
{
  g_auto (KamValue) a = KAM_VALUE_INIT;
  g_auto (KamValue) b = KAM_VALUE_INIT;

  kam_value_set_text (&a, old);
  kam_value_set_text (&b, new);
  kam_mutation_add (mutation, field, &a, &b);
}

/* One field of a lead: what is there, what the client saw, what it wants; what comes out, and whether a conflict. */
typedef struct
{
  const char *name;
  guint       field;
  const char *current, *old, *new;
  const char *result;
  gboolean    loses;
} Case;

static const Case cases[] = {
  { "apply", KAM_LEAD_CITY, "Pune", "Pune", "Nashik", "Nashik", FALSE },
  { "apply-null", KAM_LEAD_CITY, "Pune", "Pune", NULL, NULL, FALSE },
  { "apply-from-null", KAM_LEAD_CITY, NULL, NULL, "Pune", "Pune", FALSE },
  { "same", KAM_LEAD_CITY, "Nashik", "Pune", "Nashik", "Nashik", FALSE },
  { "same-null", KAM_LEAD_CITY, NULL, "Pune", NULL, NULL, FALSE },
  { "conflict", KAM_LEAD_CITY, "Surat", "Pune", "Nashik", "Surat", TRUE },
  { "conflict-null", KAM_LEAD_CITY, NULL, "Pune", "Nashik", NULL, TRUE },
  { "conflict-to-null", KAM_LEAD_CITY, "Surat", "Pune", NULL, "Surat", TRUE },
  { "nothing-wanted", KAM_LEAD_CITY, "Surat", "Pune", "Pune", "Surat", FALSE },
  { "derived", KAM_LEAD_MERGED_INTO, NULL, NULL, LEAD, NULL, FALSE },
  { "deletion", KAM_LEAD_DELETE, NULL, NULL, LEAD, NULL, FALSE },

  { "status-derived-meanwhile", KAM_LEAD_STATUS, "contacted", "new", "inactive", "inactive", FALSE },
  { "status-reactivated", KAM_LEAD_STATUS, "inactive", "inactive", "active", "active", FALSE },
  { "status-reactivated-twice", KAM_LEAD_STATUS, "contacted", "inactive", "active", "contacted", FALSE },
  { "status-only-derived", KAM_LEAD_STATUS, "active", "new", "contacted", "active", FALSE },
  { "status-inactive-twice", KAM_LEAD_STATUS, "inactive", "new", "inactive", "inactive", FALSE },

  { "tags-both-add", KAM_LEAD_TAGS, "a\nb", "a", "a\nc", "a\nb\nc", FALSE },
  { "tags-add-and-remove", KAM_LEAD_TAGS, "a\nb\nx", "a\nx", "a\nc", "a\nb\nc", FALSE },
  { "tags-both-remove", KAM_LEAD_TAGS, "b", "a\nb", "a", NULL, FALSE },
  { "tags-cleared", KAM_LEAD_TAGS, "a\nb", "a", NULL, "b", FALSE },
  { "tags-added-to-cleared", KAM_LEAD_TAGS, NULL, "a", "a\nc", "c", FALSE },
  { "tags-same-added", KAM_LEAD_TAGS, "a\nc\nd", "a", "a\nc", "a\nc\nd", FALSE },
  { "tags-case", KAM_LEAD_TAGS, "b\nVIP", "vip", "Vip", "b\nVip", FALSE },

  { "notes-apply", KAM_LEAD_NOTES, "one", "one", "two", "two", FALSE },
  { "notes-both-append", KAM_LEAD_NOTES, "one\ntheirs", "one", "one\nmine", "one\ntheirs\nmine", FALSE },
  { "notes-append-after-gap", KAM_LEAD_NOTES, "one\ntheirs", "one", "one\n\nmine", "one\ntheirs\nmine", FALSE },
  { "notes-both-prepend", KAM_LEAD_NOTES, "theirs\none", "one", "mine\none", "theirs\none\nmine", FALSE },
  { "notes-both-rewrite", KAM_LEAD_NOTES, "theirs", "one", "mine", "theirs\n\nmine", FALSE },
  { "notes-both-begin", KAM_LEAD_NOTES, "theirs", NULL, "mine", "theirs\n\nmine", FALSE },
  { "notes-same-line", KAM_LEAD_NOTES, "one theirs", "one", "one mine", "one theirs\n\none mine", FALSE },
  { "notes-append-to-rewritten", KAM_LEAD_NOTES, "theirs", "one", "one\nmine", "theirs\n\none\nmine", FALSE },
  { "notes-append-to-cleared", KAM_LEAD_NOTES, NULL, "one", "one\nmine", "one\nmine", FALSE },
  { "notes-there-already", KAM_LEAD_NOTES, "one\nmine\ntheirs", "one", "one\nmine", "one\nmine\ntheirs", FALSE },
  { "notes-not-within-a-word", KAM_LEAD_NOTES, "a determined man", "x", "mine", "a determined man\n\nmine", FALSE },
  { "notes-cleared-meanwhile-written", KAM_LEAD_NOTES, "one\ntheirs", "one", NULL, "one\ntheirs", TRUE },
  { "notes-odd-space", KAM_LEAD_NOTES, "one\ntheirs", "one", "one\n  \n", "one\ntheirs", FALSE },
};

static void
test_case (gconstpointer data)
{
  const Case *it = data;
  g_autoptr (KamRow) row = kam_row_new (KAM_ENTITY_LEAD, LEAD);
  g_autoptr (KamMutation) mutation = kam_mutation_new (KAM_ENTITY_LEAD, LEAD, KAM_OP_PUT, 1, 0);
  g_autoptr (KamMerge) merge = NULL;
  g_autoptr (KamMerge) again = NULL;

  kam_row_set_text (row, it->field, it->current);
  change_text (mutation, it->field, it->old, it->new);
  merge = kam_merge_put (row, mutation);
  g_assert_cmpstr (kam_row_text (merge->row, it->field), ==, it->result);
  g_assert_cmpuint (merge->losers->len, ==, it->loses ? 1 : 0);
  g_assert_cmpint (merge->changed, ==, g_strcmp0 (it->current, it->result) != 0);
  g_assert_true (kam_row_is (row, it->field, it->current));

  if (it->loses)
    g_assert_cmpuint (g_array_index (merge->losers, guint, 0), ==, it->field);

  again = kam_merge_put (merge->row, mutation);
  g_assert_true (kam_row_equal (again->row, merge->row));
  g_assert_false (again->changed);
}

/* Date and time of a planned call: two values as one. */
typedef struct
{
  const char *name;
  const char *current[2], *old[2], *new[2];
  const char *result[2];
  guint       n_losers;
} GroupCase;

static const GroupCase group_cases[] = {
  { "apply", { "02", "09" }, { "02", "09" }, { "03", "10" }, { "03", "10" }, 0 },
  { "apply-one", { "02", "09" }, { "02", "09" }, { "02", "10" }, { "02", "10" }, 0 },
  { "other-half-moved", { "05", "09" }, { "02", "09" }, { "02", "10" }, { "05", "09" }, 2 },
  { "both-moved", { "05", "11" }, { "02", "09" }, { "03", "10" }, { "05", "11" }, 2 },
  { "one-alike", { "03", "11" }, { "02", "09" }, { "03", "10" }, { "03", "11" }, 1 },
  { "same", { "03", "10" }, { "02", "09" }, { "03", "10" }, { "03", "10" }, 0 },
  { "nothing-wanted", { "05", "11" }, { "02", "09" }, { "02", "09" }, { "05", "11" }, 0 },
  { "half-way", { "03", "09" }, { "02", "09" }, { "03", "10" }, { "03", "09" }, 1 },
  { "from-null", { NULL, NULL }, { NULL, NULL }, { "03", NULL }, { "03", NULL }, 0 },
};

static void
test_group_case (gconstpointer data)
{
  static const guint fields[] = { KAM_INTERACTION_LOCAL_DATE, KAM_INTERACTION_LOCAL_TIME };
  const GroupCase *it = data;
  g_autoptr (KamRow) row = kam_row_new (KAM_ENTITY_INTERACTION, LEAD);
  g_autoptr (KamMutation) mutation = kam_mutation_new (KAM_ENTITY_INTERACTION, LEAD, KAM_OP_PUT, 1, 0);
  g_autoptr (KamMerge) merge = NULL;

  for (guint i = 0; i < 2; i++)
    {
      kam_row_set_text (row, fields[i], it->current[i]);
      change_text (mutation, fields[i], it->old[i], it->new[i]);
    }

  merge = kam_merge_put (row, mutation);
  g_assert_cmpuint (merge->losers->len, ==, it->n_losers);

  for (guint i = 0; i < 2; i++)
    g_assert_cmpstr (kam_row_text (merge->row, fields[i]), ==, it->result[i]);
}

/* A conflict in one group leaves the other fields alone, and the losers of a group stand together. */
static void
test_groups_apart (void)
{
  g_autoptr (KamRow) row = kam_row_new (KAM_ENTITY_INTERACTION, LEAD);
  g_autoptr (KamMutation) mutation = kam_mutation_new (KAM_ENTITY_INTERACTION, LEAD, KAM_OP_PUT, 1, 0);
  g_autoptr (KamMerge) merge = NULL;

  kam_row_set_text (row, KAM_INTERACTION_STATE, "done");
  kam_row_set_text (row, KAM_INTERACTION_OUTCOME, "reached");
  change_text (mutation, KAM_INTERACTION_STATE, "planned", "missed");
  change_text (mutation, KAM_INTERACTION_CURRENCY, NULL, "INR");
  change_text (mutation, KAM_INTERACTION_OUTCOME, NULL, "no_answer");
  change_text (mutation, KAM_INTERACTION_SUMMARY, NULL, "x");
  merge = kam_merge_put (row, mutation);
  g_assert_cmpuint (merge->losers->len, ==, 2);
  g_assert_cmpuint (g_array_index (merge->losers, guint, 0), ==, KAM_INTERACTION_STATE);
  g_assert_cmpuint (g_array_index (merge->losers, guint, 1), ==, KAM_INTERACTION_OUTCOME);
  g_assert_true (kam_row_is (merge->row, KAM_INTERACTION_STATE, "done"));
  g_assert_true (kam_row_is (merge->row, KAM_INTERACTION_CURRENCY, "INR"));
  g_assert_true (kam_row_is (merge->row, KAM_INTERACTION_SUMMARY, "x"));
}

static void
test_primary (void)
{
  g_autoptr (KamRow) row = kam_row_new (KAM_ENTITY_CONTACT, LEAD);
  g_autoptr (KamMutation) mutation = kam_mutation_new (KAM_ENTITY_CONTACT, LEAD, KAM_OP_PUT, 1, 0);
  g_auto (KamValue) no = KAM_VALUE_INIT;
  g_auto (KamValue) yes = KAM_VALUE_INIT;
  g_autoptr (KamMerge) merge = NULL;

  kam_value_set_int (&no, 0);
  kam_value_set_int (&yes, 1);
  kam_mutation_add (mutation, KAM_CONTACT_PRIMARY, &no, &yes);
  merge = kam_merge_put (row, mutation); /* null is neither */
  g_assert_cmpint (kam_row_int (merge->row, KAM_CONTACT_PRIMARY, 0), ==, 1);
  g_assert_cmpuint (merge->losers->len, ==, 0);
}

/* What would grow over the limit is a conflict instead of a text that nobody may save. */
static void
test_notes_limit (void)
{
  g_autofree char *theirs = g_strnfill (10000, 'a');
  g_autofree char *fits = g_strnfill (9998, 'b');
  g_autofree char *over = g_strnfill (9999, 'b');
  const char *const mine[] = { fits, over };

  for (guint i = 0; i < G_N_ELEMENTS (mine); i++)
    {
      g_autoptr (KamRow) row = kam_row_new (KAM_ENTITY_LEAD, LEAD);
      g_autoptr (KamMutation) mutation = kam_mutation_new (KAM_ENTITY_LEAD, LEAD, KAM_OP_PUT, 1, 0);
      g_autoptr (KamMerge) merge = NULL;

      kam_row_set_text (row, KAM_LEAD_NOTES, theirs);
      change_text (mutation, KAM_LEAD_NOTES, "x", mine[i]);
      merge = kam_merge_put (row, mutation);
      g_assert_cmpuint (merge->losers->len, ==, i);
      g_assert_cmpuint (strlen (kam_row_text (merge->row, KAM_LEAD_NOTES)), ==, i == 0 ? 20000 : 10000);
    }
}

static void
scatter (GRand  *rand,
         KamRow *row)
{
  for (guint i = 0; i < kam_row_entity (row)->n_fields; i++)
    {
      g_auto (KamValue) value = KAM_VALUE_INIT;

      kam_test_random_value (rand, &kam_row_entity (row)->fields[i], &value);

      if (g_rand_int_range (rand, 0, 3) == 0)
        kam_row_set (row, i, &value);
    }
}

static gboolean
is_loser (const KamMerge *merge,
          guint           field)
{
  for (guint i = 0; i < merge->losers->len; i++)
    {
      if (g_array_index (merge->losers, guint, i) == field)
        return TRUE;
    }

  return FALSE;
}

/* Each value of the merged row is somebody's; only what is merged by its meaning may be of both. */
static void
check_values (const KamRow   *theirs,
              const KamRow   *mine,
              const KamMerge *merge)
{
  const KamEntity *entity = kam_row_entity (theirs);

  for (guint i = 0; i < entity->n_fields; i++)
    {
      const KamValue *value = kam_row_get (merge->row, i);
      KamMergeKind kind = entity->fields[i].merge;

      if (kind == KAM_MERGE_DERIVED || is_loser (merge, i))
        g_assert_true (kam_value_equal (value, kam_row_get (theirs, i)));
      else if (kind == KAM_MERGE_FIELD)
        g_assert_true (kam_value_equal (value, kam_row_get (theirs, i)) || kam_value_equal (value, kam_row_get (mine, i)));
    }
}

static void
test_properties (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (2026);

  for (guint round = 0; round < 3000; round++)
    {
      g_autoptr (KamRow) base = kam_test_random_row (rand, (KamEntityKind) (round % KAM_N_ENTITIES));
      g_autoptr (KamRow) theirs = kam_row_copy (base);
      g_autoptr (KamRow) mine = kam_row_copy (base);
      g_autoptr (KamMutation) mutation = NULL;
      g_autoptr (KamMerge) once = NULL;
      g_autoptr (KamMerge) twice = NULL;
      g_autoptr (KamMerge) alone = NULL;

      scatter (rand, theirs);
      scatter (rand, mine);
      mutation = kam_mutation_between (base, mine, 0);

      if (mutation == NULL)
        continue;

      once = kam_merge_put (theirs, mutation);
      twice = kam_merge_put (once->row, mutation);
      g_assert_true (kam_row_equal (once->row, twice->row));
      g_assert_cmpint (once->changed, ==, !kam_row_equal (once->row, theirs));
      check_values (theirs, mine, once);

      /* Where nobody else was, all goes through. */
      alone = kam_merge_put (base, mutation);
      g_assert_cmpuint (alone->losers->len, ==, 0);
      check_values (base, mine, alone);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/merge/field/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }

  for (guint i = 0; i < G_N_ELEMENTS (group_cases); i++)
    {
      g_autofree char *path = g_strconcat ("/merge/group/", group_cases[i].name, NULL);

      g_test_add_data_func (path, &group_cases[i], test_group_case);
    }

  g_test_add_func ("/merge/groups-apart", test_groups_apart);
  g_test_add_func ("/merge/primary", test_primary);
  g_test_add_func ("/merge/notes-limit", test_notes_limit);
  g_test_add_func ("/merge/properties", test_properties);

  return g_test_run ();
}
