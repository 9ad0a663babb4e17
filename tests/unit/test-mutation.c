/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-error.h"
#include "kam-json.h"
#include "kam-mutation.h"
#include "kam-test-rows.h"

#include <string.h>

#define LEAD "019a2b3c-0000-7000-8000-000000000002"
#define OTHER "019a2b3c-0000-7000-8000-000000000003"

static const KamValue nothing = KAM_VALUE_INIT;

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

static KamMutation *
edit_name (const char *old,
           const char *new)
{
  KamMutation *mutation = kam_mutation_new (KAM_ENTITY_LEAD, LEAD, KAM_OP_PUT, 4, 1000);

  change_text (mutation, KAM_LEAD_NAME, old, new);

  return mutation;
}

static void
test_between_same (void)
{
  g_autoptr (KamRow) row = kam_row_new (KAM_ENTITY_LEAD, LEAD);
  g_autoptr (KamRow) copy = kam_row_copy (row);

  g_assert_null (kam_mutation_between (row, copy, 0));
}

static void
test_between_new (void)
{
  g_autoptr (KamRow) row = kam_row_new (KAM_ENTITY_LEAD, LEAD);
  g_autoptr (KamMutation) mutation = NULL;

  kam_row_set_rev (row, 7);
  kam_row_set_text (row, KAM_LEAD_NAME, "Annapurna");
  kam_row_set_int (row, KAM_LEAD_CALL_INTERVAL, 7);
  mutation = kam_mutation_between (NULL, row, 5);
  g_assert_cmpint (mutation->base_rev, ==, 0);
  g_assert_cmpint (mutation->op, ==, KAM_OP_PUT);
  g_assert_cmpint (mutation->at, ==, 5);
  g_assert_cmpuint (mutation->changes->len, ==, 2);
  g_assert_cmpint (kam_mutation_find (mutation, KAM_LEAD_NAME)->old.kind, ==, KAM_VALUE_NULL);
  g_assert_cmpstr (kam_mutation_find (mutation, KAM_LEAD_NAME)->new.text, ==, "Annapurna");
  g_assert_null (kam_mutation_find (mutation, KAM_LEAD_CITY));
}

/* One of a group changed: the others come along, so that the server sees what the person saw. */
static void
test_between_group (void)
{
  g_autoptr (KamRow) before = kam_row_new (KAM_ENTITY_INTERACTION, LEAD);
  g_autoptr (KamRow) after = NULL;
  g_autoptr (KamMutation) mutation = NULL;

  kam_row_set_rev (before, 3);
  kam_row_set_text (before, KAM_INTERACTION_LOCAL_DATE, "2026-11-02");
  kam_row_set_text (before, KAM_INTERACTION_SUMMARY, "x");
  after = kam_row_copy (before);
  kam_row_set_text (after, KAM_INTERACTION_LOCAL_TIME, "09:30");
  mutation = kam_mutation_between (before, after, 5);
  g_assert_cmpint (mutation->base_rev, ==, 3);
  g_assert_cmpuint (mutation->changes->len, ==, 4);
  g_assert_cmpstr (kam_mutation_find (mutation, KAM_INTERACTION_LOCAL_DATE)->old.text, ==, "2026-11-02");
  g_assert_cmpstr (kam_mutation_find (mutation, KAM_INTERACTION_LOCAL_DATE)->new.text, ==, "2026-11-02");
  g_assert_null (kam_mutation_find (mutation, KAM_INTERACTION_SUMMARY));
}

/* What is between two rows, applied to the one, gives the other; and travels unharmed. */
static void
test_between_random (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);

  for (guint round = 0; round < 500; round++)
    {
      KamEntityKind kind = (KamEntityKind) (round % KAM_N_ENTITIES);
      g_autoptr (KamRow) before = kam_test_random_row (rand, kind);
      g_autoptr (KamRow) after = kam_row_copy (before);
      g_autoptr (KamRow) applied = kam_row_copy (before);
      g_autoptr (KamMutation) mutation = NULL;
      g_autoptr (KamMutation) back = NULL;
      g_autoptr (JsonNode) node = NULL;
      g_autofree char *text = NULL;
      g_autofree char *again = NULL;
      g_autoptr (JsonNode) parsed = NULL;
      g_autoptr (JsonNode) second = NULL;
      g_autoptr (GError) error = NULL;

      for (guint i = 0; i < kam_row_entity (after)->n_fields; i++)
        {
          g_auto (KamValue) value = KAM_VALUE_INIT;

          kam_test_random_value (rand, &kam_row_entity (after)->fields[i], &value);

          if (g_rand_boolean (rand))
            kam_row_set (after, i, &value);
        }

      mutation = kam_mutation_between (before, after, 1000);
      g_assert_cmpint (mutation == NULL, ==, kam_row_equal (before, after));

      if (mutation == NULL)
        continue;

      kam_mutation_apply (mutation, applied);
      g_assert_true (kam_row_equal (applied, after));

      mutation->mid = round;
      node = kam_mutation_to_json (mutation);
      text = kam_json_to_text (node);
      parsed = kam_json_parse (text, strlen (text), &error);
      g_assert_no_error (error);
      back = kam_mutation_from_json (parsed, &error);
      g_assert_no_error (error);
      second = kam_mutation_to_json (back);
      again = kam_json_to_text (second);
      g_assert_cmpstr (text, ==, again);
    }
}

static void
test_fold (void)
{
  g_autoptr (KamMutation) first = edit_name ("a", "b");
  g_autoptr (KamMutation) second = edit_name ("b", "c");
  g_autoptr (KamMutation) back = edit_name ("c", "a");

  change_text (second, KAM_LEAD_CITY, NULL, "Pune");
  second->at = 2000;
  g_assert_true (kam_mutation_fold (first, second));
  g_assert_cmpuint (first->changes->len, ==, 2);
  g_assert_cmpstr (kam_mutation_find (first, KAM_LEAD_NAME)->old.text, ==, "a");
  g_assert_cmpstr (kam_mutation_find (first, KAM_LEAD_NAME)->new.text, ==, "c");
  g_assert_cmpstr (kam_mutation_find (first, KAM_LEAD_CITY)->new.text, ==, "Pune");
  g_assert_cmpint (first->at, ==, 2000);
  g_assert_cmpint (first->base_rev, ==, 4);

  g_assert_true (kam_mutation_fold (first, back));
  g_assert_null (kam_mutation_find (first, KAM_LEAD_NAME));
  g_assert_cmpuint (first->changes->len, ==, 1);
}

/* A group comes and goes as a whole. */
static void
test_fold_group (void)
{
  g_autoptr (KamMutation) first = kam_mutation_new (KAM_ENTITY_INTERACTION, LEAD, KAM_OP_PUT, 4, 1);
  g_autoptr (KamMutation) half = kam_mutation_new (KAM_ENTITY_INTERACTION, LEAD, KAM_OP_PUT, 4, 2);
  g_autoptr (KamMutation) rest = kam_mutation_new (KAM_ENTITY_INTERACTION, LEAD, KAM_OP_PUT, 4, 3);

  change_text (first, KAM_INTERACTION_LOCAL_DATE, "2026-11-02", "2026-11-03");
  change_text (first, KAM_INTERACTION_LOCAL_TIME, "09:00", "10:00");
  change_text (half, KAM_INTERACTION_LOCAL_DATE, "2026-11-03", "2026-11-02");
  change_text (rest, KAM_INTERACTION_LOCAL_TIME, "10:00", "09:00");
  g_assert_true (kam_mutation_fold (first, half));
  g_assert_cmpuint (first->changes->len, ==, 2);
  g_assert_true (kam_mutation_fold (first, rest));
  g_assert_cmpuint (first->changes->len, ==, 0);
}

static void
test_fold_refused (void)
{
  g_autoptr (KamMutation) first = edit_name ("a", "b");
  g_autoptr (KamMutation) other_row = kam_mutation_new (KAM_ENTITY_LEAD, OTHER, KAM_OP_PUT, 4, 1);
  g_autoptr (KamMutation) other_entity = kam_mutation_new (KAM_ENTITY_CONTACT, LEAD, KAM_OP_PUT, 4, 1);
  g_autoptr (KamMutation) other_op = kam_mutation_new (KAM_ENTITY_LEAD, LEAD, KAM_OP_DELETE, 4, 1);
  g_autoptr (KamMutation) later = edit_name ("b", "c");

  change_text (other_op, KAM_LEAD_DELETE, NULL, OTHER);
  g_assert_false (kam_mutation_fold (first, other_row));
  g_assert_false (kam_mutation_fold (first, other_entity));
  g_assert_false (kam_mutation_fold (first, other_op));
  first->mid = 1;
  g_assert_false (kam_mutation_fold (first, later));
  g_assert_cmpstr (kam_mutation_find (first, KAM_LEAD_NAME)->new.text, ==, "b");
}

static void
test_copy (void)
{
  g_autoptr (KamMutation) first = edit_name ("a", "b");
  g_autoptr (KamMutation) copy = NULL;
  g_autoptr (JsonNode) node = NULL;
  g_autofree char *text = NULL;

  first->mid = 3;
  first->origin_client_id = g_strdup (OTHER);
  first->origin_mid = 9;
  copy = kam_mutation_copy (first);
  g_clear_pointer (&first, kam_mutation_free);
  node = kam_mutation_to_json (copy);
  text = kam_json_to_text (node);
  g_assert_cmpstr (text, ==, "{\"mid\":3,\"entity\":\"lead\",\"id\":\"" LEAD "\",\"op\":\"put\",\"base_rev\":4,\"set\":{\"name\":[\"a\",\"b\"]},"
                             "\"at\":\"1970-01-01T00:00:00.001000Z\",\"origin\":[\"" OTHER "\",9]}");
}

typedef struct
{
  const char *text;
  int         code; /* -1: fine */
} Case;

#define AT "\"at\":\"2026-11-02T09:30:00.000000Z\""
#define HEAD "\"mid\":1,\"entity\":\"lead\",\"id\":\"" LEAD "\",\"base_rev\":0," AT
#define SET(set) "{" HEAD ",\"op\":\"put\",\"set\":" set "}"
#define OP(op, set) "{" HEAD ",\"op\":\"" op "\",\"set\":" set "}"

static const Case cases[] = {
  { SET ("{}"), -1 },
  { SET ("{\"name\":[null,\"x\"],\"tags\":[[\"a\"],null],\"call_interval_days\":[null,7]}"), -1 },
  { SET ("{\"allocated_at\":[null,\"2026-11-02T09:30:00.000000Z\"]}"), -1 },
  { OP ("delete", "{\"delete_id\":[null,\"" OTHER "\"]}"), -1 },
  { OP ("restore", "{\"delete_id\":[\"" OTHER "\",null]}"), -1 },
  { "{" HEAD ",\"op\":\"put\",\"set\":{},\"origin\":[\"" OTHER "\",7],\"news\":true}", -1 },
  { "{" HEAD ",\"op\":\"put\",\"set\":{},\"origin\":null}", -1 },
  { "[]", KAM_ERROR_INVALID_WIRE },
  { "{}", KAM_ERROR_INVALID_WIRE },
  { SET ("[]"), KAM_ERROR_INVALID_WIRE },
  { SET ("null"), KAM_ERROR_INVALID_WIRE },
  { SET ("{\"mood\":[null,1]}"), KAM_ERROR_UNKNOWN_FIELD },
  { SET ("{\"id\":[null,\"" OTHER "\"]}"), KAM_ERROR_UNKNOWN_FIELD },
  { SET ("{\"name\":\"x\"}"), KAM_ERROR_INVALID_WIRE },
  { SET ("{\"name\":[\"x\"]}"), KAM_ERROR_INVALID_WIRE },
  { SET ("{\"name\":[1,\"x\"]}"), KAM_ERROR_INVALID_VALUE },
  { SET ("{\"name\":[null,null,null]}"), KAM_ERROR_INVALID_WIRE },
  { SET ("{\"name\":[null,{}]}"), KAM_ERROR_INVALID_VALUE },
  { SET ("{\"tags\":[null,\"a\"]}"), KAM_ERROR_INVALID_VALUE },
  { SET ("{\"tags\":[null,[1]]}"), KAM_ERROR_INVALID_VALUE },
  { SET ("{\"tags\":[null,[null]]}"), KAM_ERROR_INVALID_VALUE },
  { SET ("{\"tags\":[null,[\"a\\nb\"]]}"), KAM_ERROR_INVALID_VALUE },
  { SET ("{\"call_interval_days\":[null,\"7\"]}"), KAM_ERROR_INVALID_VALUE },
  { SET ("{\"call_interval_days\":[null,7.0]}"), KAM_ERROR_INVALID_VALUE },
  { SET ("{\"call_interval_days\":[null,true]}"), KAM_ERROR_INVALID_VALUE },
  { SET ("{\"allocated_at\":[null,\"now\"]}"), KAM_ERROR_INVALID_VALUE },
  { SET ("{\"allocated_at\":[null,1]}"), KAM_ERROR_INVALID_VALUE },
  { OP ("upsert", "{}"), KAM_ERROR_INVALID_WIRE },
  { OP ("delete", "{}"), KAM_ERROR_INVALID_WIRE },
  { OP ("delete", "{\"name\":[null,\"x\"]}"), KAM_ERROR_INVALID_WIRE },
  { OP ("delete", "{\"delete_id\":[null,\"x\"]}"), KAM_ERROR_INVALID_WIRE },
  { OP ("delete", "{\"delete_id\":[null,null]}"), KAM_ERROR_INVALID_WIRE },
  { OP ("delete", "{\"delete_id\":[\"" OTHER "\",null]}"), KAM_ERROR_INVALID_WIRE },
  { OP ("restore", "{\"delete_id\":[null,\"" OTHER "\"]}"), KAM_ERROR_INVALID_WIRE },
  { OP ("restore", "{\"delete_id\":[\"" OTHER "\",null],\"name\":[null,\"x\"]}"), KAM_ERROR_INVALID_WIRE },
  { "{\"mid\":1,\"entity\":\"pet\",\"id\":\"" LEAD "\",\"base_rev\":0," AT ",\"op\":\"put\",\"set\":{}}", KAM_ERROR_UNKNOWN_ENTITY },
  { "{\"mid\":1,\"entity\":\"user\",\"id\":\"" LEAD "\",\"base_rev\":0," AT ",\"op\":\"delete\",\"set\":{}}", KAM_ERROR_INVALID_WIRE },
  { "{\"mid\":-1,\"entity\":\"lead\",\"id\":\"" LEAD "\",\"base_rev\":0," AT ",\"op\":\"put\",\"set\":{}}", KAM_ERROR_INVALID_WIRE },
  { "{\"mid\":\"1\",\"entity\":\"lead\",\"id\":\"" LEAD "\",\"base_rev\":0," AT ",\"op\":\"put\",\"set\":{}}", KAM_ERROR_INVALID_WIRE },
  { "{\"mid\":1,\"entity\":\"lead\",\"id\":\"" LEAD "\",\"base_rev\":-1," AT ",\"op\":\"put\",\"set\":{}}", KAM_ERROR_INVALID_WIRE },
  { "{\"mid\":1,\"entity\":\"lead\",\"id\":\"1\",\"base_rev\":0," AT ",\"op\":\"put\",\"set\":{}}", KAM_ERROR_INVALID_WIRE },
  { "{\"mid\":1,\"entity\":\"lead\",\"id\":null,\"base_rev\":0," AT ",\"op\":\"put\",\"set\":{}}", KAM_ERROR_INVALID_WIRE },
  { "{\"mid\":1,\"entity\":\"lead\",\"id\":\"" LEAD "\",\"base_rev\":0,\"at\":\"x\",\"op\":\"put\",\"set\":{}}", KAM_ERROR_INVALID_WIRE },
  { "{" HEAD ",\"op\":\"put\",\"set\":{},\"origin\":[\"x\",7]}", KAM_ERROR_INVALID_WIRE },
  { "{" HEAD ",\"op\":\"put\",\"set\":{},\"origin\":[7,\"" OTHER "\"]}", KAM_ERROR_INVALID_WIRE },
  { "{" HEAD ",\"op\":\"put\",\"set\":{},\"origin\":[[],{}]}", KAM_ERROR_INVALID_WIRE },
  { "{" HEAD ",\"op\":\"put\",\"set\":{},\"origin\":\"" OTHER "\"}", KAM_ERROR_INVALID_WIRE },
};

static void
test_from_json (gconstpointer data)
{
  const Case *it = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = kam_json_parse (it->text, strlen (it->text), &error);
  g_autoptr (KamMutation) mutation = NULL;

  g_assert_no_error (error);
  mutation = kam_mutation_from_json (node, &error);

  if (it->code < 0)
    {
      g_assert_no_error (error);
      g_assert_nonnull (mutation);
    }
  else
    {
      g_assert_error (error, KAM_ERROR, it->code);
      g_assert_null (mutation);
    }
}

static void
test_results (void)
{
  static const struct
  {
    const char *text;
    gboolean    fine;
  } results[] = {
    { "{\"mid\":3,\"result\":\"applied\",\"rev\":9}", TRUE },
    { "{\"mid\":3,\"result\":\"merged\",\"rev\":9}", TRUE },
    { "{\"mid\":3,\"result\":\"conflict\",\"rev\":9}", TRUE },
    { "{\"mid\":3,\"result\":\"rejected\",\"rev\":0,\"error\":{\"code\":\"too_long\",\"field\":\"name\",\"message\":\"“Name” …\"}}", TRUE },
    { "{\"mid\":3,\"result\":\"rejected\",\"rev\":0,\"error\":{\"code\":\"not_found\"}}", TRUE },
    { "{\"mid\":3,\"result\":\"ignored\",\"rev\":0}", FALSE },
    { "{\"mid\":3,\"rev\":0}", FALSE },
    { "{\"result\":\"applied\",\"rev\":0}", FALSE },
    { "{\"mid\":3,\"result\":\"rejected\",\"rev\":0,\"error\":\"too_long\"}", FALSE },
    { "{\"mid\":3,\"result\":\"rejected\",\"rev\":0,\"error\":{}}", FALSE },
    { "{\"mid\":3,\"result\":\"rejected\",\"rev\":0,\"error\":{\"code\":\"x\",\"field\":7}}", FALSE },
    { "{\"mid\":3,\"result\":\"applied\",\"rev\":\"9\"}", FALSE },
    { "[]", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (results); i++)
    {
      g_autoptr (JsonNode) node = kam_json_parse (results[i].text, strlen (results[i].text), NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (KamResult) result = kam_result_from_json (node, &error);

      g_assert_cmpint (result != NULL, ==, results[i].fine);
      g_assert_cmpint (error == NULL, ==, results[i].fine);

      if (result != NULL)
        {
          g_autoptr (JsonNode) again = kam_result_to_json (result);
          g_autofree char *text = kam_json_to_text (again);

          g_assert_cmpstr (text, ==, results[i].text);
        }
    }
}

static void
test_apply_deletion (void)
{
  g_autoptr (KamMutation) delete = kam_mutation_new (KAM_ENTITY_LEAD, LEAD, KAM_OP_DELETE, 4, 1);
  g_autoptr (KamMutation) restore = kam_mutation_new (KAM_ENTITY_LEAD, LEAD, KAM_OP_RESTORE, 4, 1);
  g_autoptr (KamRow) row = kam_row_new (KAM_ENTITY_LEAD, LEAD);
  g_auto (KamValue) id = KAM_VALUE_INIT;

  kam_value_set_text (&id, OTHER);
  kam_mutation_add (delete, KAM_LEAD_DELETE, &nothing, &id);
  kam_mutation_add (restore, KAM_LEAD_DELETE, &id, &nothing);
  kam_mutation_apply (delete, row);
  g_assert_true (kam_row_is_deleted (row));
  kam_mutation_apply (restore, row);
  g_assert_false (kam_row_is_deleted (row));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/mutation/between/same", test_between_same);
  g_test_add_func ("/mutation/between/new", test_between_new);
  g_test_add_func ("/mutation/between/group", test_between_group);
  g_test_add_func ("/mutation/between/random", test_between_random);
  g_test_add_func ("/mutation/fold/later", test_fold);
  g_test_add_func ("/mutation/fold/group", test_fold_group);
  g_test_add_func ("/mutation/fold/refused", test_fold_refused);
  g_test_add_func ("/mutation/copy", test_copy);
  g_test_add_func ("/mutation/results", test_results);
  g_test_add_func ("/mutation/apply-deletion", test_apply_deletion);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/mutation/from-json/%u", i);

      g_test_add_data_func (path, &cases[i], test_from_json);
    }

  return g_test_run ();
}
