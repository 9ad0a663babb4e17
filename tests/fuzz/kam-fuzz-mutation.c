/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-fuzz.h"

#include "kam-check.h"
#include "kam-json.h"
#include "kam-merge.h"
#include "kam-wire.h"

#include <string.h>

static void
check_round_trip (const KamMutation *mutation)
{
  g_autoptr (JsonNode) node = kam_mutation_to_json (mutation);
  g_autofree char *text = kam_json_to_text (node);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) parsed = kam_json_parse (text, strlen (text), &error);
  g_autoptr (KamMutation) again = NULL;
  g_autoptr (JsonNode) node_again = NULL;
  g_autofree char *text_again = NULL;

  g_assert_no_error (error);
  again = kam_mutation_from_json (parsed, &error);
  g_assert_no_error (error);
  node_again = kam_mutation_to_json (again);
  text_again = kam_json_to_text (node_again);
  g_assert_cmpstr (text, ==, text_again);
}

/* On an empty row, and on one that already has every second of the values. */
static void
check_merge (const KamMutation *mutation)
{
  for (guint step = 1; step <= 2; step++)
    {
      g_autoptr (KamRow) row = kam_row_new (mutation->entity, mutation->id);
      g_autoptr (KamMerge) once = NULL;
      g_autoptr (KamMerge) twice = NULL;

      for (guint i = 0; step == 2 && i < mutation->changes->len; i += step)
        kam_row_set (row, g_array_index (mutation->changes, KamChange, i).field, &g_array_index (mutation->changes, KamChange, i).new);

      once = kam_merge_put (row, mutation);
      twice = kam_merge_put (once->row, mutation);
      g_assert_true (kam_row_equal (once->row, twice->row));
    }
}

static void
check_values (const KamMutation *mutation)
{
  g_autoptr (KamRow) row = kam_row_new (mutation->entity, mutation->id);
  g_autoptr (GPtrArray) problems = NULL;

  kam_mutation_apply (mutation, row);
  problems = kam_row_check (row, G_GINT64_CONSTANT (1793700000000000));

  /* What the fields take, typed again, is the same. */
  for (guint i = 0; i < kam_row_entity (row)->n_fields; i++)
    {
      const KamField *field = &kam_row_entity (row)->fields[i];
      g_auto (KamValue) value = KAM_VALUE_INIT;
      g_autoptr (KamProblem) wrong = kam_field_check (kam_row_entity (row), i, kam_row_get (row, i));
      g_autoptr (KamProblem) again = NULL;

      if (wrong != NULL || kam_field_is_number (field) || kam_row_is_null (row, i) || field->type == KAM_TYPE_TAGS)
        continue;

      again = kam_field_parse (kam_row_entity (row), i, kam_row_text (row, i), &value);
      g_assert_null (again);
      g_assert_true (kam_value_equal (&value, kam_row_get (row, i)));
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = kam_json_parse ((const char *) data, size, NULL);
  g_autoptr (KamMutation) mutation = NULL;

  if (node == NULL)
    return 0;

  mutation = kam_mutation_from_json (node, &error);

  if (mutation == NULL)
    {
      g_assert_nonnull (error);
      return 0;
    }

  check_round_trip (mutation);
  check_values (mutation);

  if (mutation->op == KAM_OP_PUT)
    check_merge (mutation);

  return 0;
}
