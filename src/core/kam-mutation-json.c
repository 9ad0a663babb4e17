/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-error.h"
#include "kam-json.h"
#include "kam-time.h"
#include "kam-wire.h"

#include <string.h>

static const char *const ops[] = { "put", "delete", "restore" };
static const char *const kinds[] = { "applied", "merged", "conflict", "rejected" };

static gboolean
fail (GError    **error,
      const char *what)
{
  g_set_error_literal (error, KAM_ERROR, KAM_ERROR_INVALID_WIRE, what);

  return FALSE;
}

static int
find_word (const char *const *words,
           guint              n_words,
           const char        *word)
{
  for (guint i = 0; i < n_words; i++)
    {
      if (strcmp (words[i], word) == 0)
        return (int) i;
    }

  return -1;
}

static JsonObject *
changes_to_json (const KamMutation *self)
{
  const KamEntity *entity = kam_entity_get (self->entity);
  JsonObject *set = json_object_new ();

  for (guint i = 0; i < self->changes->len; i++)
    {
      const KamChange *change = &g_array_index (self->changes, KamChange, i);
      const KamField *field = &entity->fields[change->field];
      JsonArray *pair = json_array_sized_new (2);

      json_array_add_element (pair, kam_wire_value_to_json (field, &change->old));
      json_array_add_element (pair, kam_wire_value_to_json (field, &change->new));
      json_object_set_array_member (set, field->name, pair);
    }

  return set;
}

/**
 * kam_mutation_to_json:
 *
 * Returns: (transfer full): the mutation as it travels in a push
 */
JsonNode *
kam_mutation_to_json (const KamMutation *self)
{
  g_autofree char *at = kam_instant_format (self->at);
  JsonObject *object = json_object_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_object_set_int_member (object, "mid", self->mid);
  json_object_set_string_member (object, "entity", kam_entity_get (self->entity)->name);
  json_object_set_string_member (object, "id", self->id);
  json_object_set_string_member (object, "op", ops[self->op]);
  json_object_set_int_member (object, "base_rev", self->base_rev);
  json_object_set_object_member (object, "set", changes_to_json (self));
  json_object_set_string_member (object, "at", at);

  if (self->origin_client_id != NULL)
    {
      JsonArray *origin = json_array_sized_new (2);

      json_array_add_string_element (origin, self->origin_client_id);
      json_array_add_int_element (origin, self->origin_mid);
      json_object_set_array_member (object, "origin", origin);
    }

  json_node_take_object (node, object);

  return node;
}

static gboolean
fail_field (GError    **error,
            KamError    code,
            const char *field,
            const char *message)
{
  g_autoptr (GError) local_error = g_error_new_literal (KAM_ERROR, (int) code, message);

  kam_error_set_field (local_error, field);
  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

/* That one value is of another type than its field spoils only the value, whatever is wrong with it. */
static gboolean
read_value (const KamField *field,
            JsonNode       *node,
            KamValue       *value,
            GError        **error)
{
  g_autoptr (GError) local_error = NULL;

  return kam_wire_value_from_json (field, node, value, &local_error) ||
         fail_field (error, KAM_ERROR_INVALID_VALUE, field->name, local_error->message);
}

static gboolean
read_change (KamMutation *self,
             const char  *name,
             JsonNode    *node,
             GError     **error)
{
  const KamEntity *entity = kam_entity_get (self->entity);
  int field = kam_entity_find_field (entity, name);
  JsonArray *pair = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  g_autofree char *message = NULL;
  g_auto (KamValue) old = KAM_VALUE_INIT;
  g_auto (KamValue) new = KAM_VALUE_INIT;

  if (field < 0)
    {
      message = g_strdup_printf ("“%s” has no field “%s”", entity->name, name);
      return fail_field (error, KAM_ERROR_UNKNOWN_FIELD, name, message);
    }

  if (pair == NULL || json_array_get_length (pair) != 2)
    {
      message = g_strdup_printf ("“%s” must be an array of the old and the new value", name);
      return fail_field (error, KAM_ERROR_INVALID_WIRE, name, message);
    }

  if (!read_value (&entity->fields[field], json_array_get_element (pair, 0), &old, error) ||
      !read_value (&entity->fields[field], json_array_get_element (pair, 1), &new, error))
    return FALSE;

  kam_mutation_add (self, (guint) field, &old, &new);

  return TRUE;
}

static gboolean
read_changes (KamMutation *self,
              JsonObject  *set,
              GError     **error)
{
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *node = NULL;

  json_object_iter_init_ordered (&iter, set);

  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      if (!read_change (self, name, node, error))
        return FALSE;
    }

  return TRUE;
}

/* A deletion has an id, which is what the one change of a delete brings and of a restore takes away. */
static gboolean
check_deletion (const KamMutation *self,
                GError           **error)
{
  const KamEntity *entity = kam_entity_get (self->entity);
  const KamChange *change = NULL;
  const KamValue *id = NULL;
  const KamValue *nothing = NULL;

  if (self->op == KAM_OP_PUT)
    return TRUE;

  if (self->changes->len != 1 || entity->delete_field < 0)
    return fail (error, "A delete or restore sets “delete_id” of a row that can be deleted, and nothing else");

  change = &g_array_index (self->changes, KamChange, 0);
  id = self->op == KAM_OP_DELETE ? &change->new : &change->old;
  nothing = self->op == KAM_OP_DELETE ? &change->old : &change->new;

  if (change->field != (guint) entity->delete_field || nothing->kind != KAM_VALUE_NULL)
    return fail (error, "A delete sets “delete_id” from null, a restore sets it to null");

  return (id->kind == KAM_VALUE_TEXT && kam_id_is_valid (id->text)) || fail (error, "“delete_id” must be a UUID");
}

static gboolean
read_origin (KamMutation *self,
             JsonObject  *object,
             GError     **error)
{
  JsonNode *node = json_object_get_member (object, "origin");
  JsonArray *pair = NULL;
  JsonNode *client_id = NULL;
  JsonNode *mid = NULL;

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;

  pair = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  if (pair == NULL || json_array_get_length (pair) != 2)
    return fail (error, "“origin” must be an array of a client id and a mid");

  client_id = json_array_get_element (pair, 0);
  mid = json_array_get_element (pair, 1);

  if (json_node_get_value_type (client_id) != G_TYPE_STRING || json_node_get_value_type (mid) != G_TYPE_INT64)
    return fail (error, "“origin” must be an array of a client id and a mid");

  self->origin_client_id = g_strdup (json_node_get_string (client_id));
  self->origin_mid = json_node_get_int (mid);

  return kam_id_is_valid (self->origin_client_id) || fail (error, "The client id of “origin” must be a UUID");
}

static gboolean
read_entity_and_op (KamMutation *self,
                    JsonObject  *object,
                    GError     **error)
{
  const char *name = NULL;
  const char *op = NULL;
  const KamEntity *entity = NULL;
  int found = 0;

  if (!kam_json_get_string (object, "entity", &name, error) || !kam_json_get_string (object, "op", &op, error))
    return FALSE;

  entity = kam_entity_by_name (name);
  found = find_word (ops, G_N_ELEMENTS (ops), op);

  if (entity == NULL)
    {
      g_set_error (error, KAM_ERROR, KAM_ERROR_UNKNOWN_ENTITY, "There is no entity “%s”", name);
      return FALSE;
    }

  if (found < 0)
    return fail (error, "“op” must be “put”, “delete” or “restore”");

  self->entity = entity->kind;
  self->op = (KamOp) found;

  return TRUE;
}

/**
 * kam_mutation_from_json:
 *
 * Reads a mutation as far as its form goes: members and types, known fields, the one change of a delete or restore. Whether its values may be is said
 * by kam_field_check().
 *
 * Returns: (transfer full) (nullable): NULL with KAM_ERROR_INVALID_WIRE, KAM_ERROR_INVALID_VALUE, KAM_ERROR_UNKNOWN_ENTITY or KAM_ERROR_UNKNOWN_FIELD
 */
KamMutation *
kam_mutation_from_json (JsonNode *node,
                        GError  **error)
{
  g_autoptr (KamMutation) self = kam_mutation_new (KAM_ENTITY_USER, NULL, KAM_OP_PUT, 0, 0);
  JsonObject *object = NULL;
  JsonObject *set = NULL;
  const char *id = NULL;
  const char *at = NULL;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      fail (error, "A mutation must be an object");
      return NULL;
    }

  object = json_node_get_object (node);

  if (!kam_json_get_int (object, "mid", &self->mid, error) || !read_entity_and_op (self, object, error) ||
      !kam_json_get_string (object, "id", &id, error) || !kam_json_get_int (object, "base_rev", &self->base_rev, error) ||
      !kam_json_get_object (object, "set", &set, error) || !kam_json_get_string (object, "at", &at, error))
    return NULL;

  if (!kam_id_is_valid (id) || self->mid < 0 || self->base_rev < 0)
    {
      fail (error, "“id” must be a UUID, “mid” and “base_rev” must not be negative");
      return NULL;
    }

  self->id = g_strdup (id);

  if (!kam_instant_parse (at, &self->at, NULL))
    {
      fail (error, "“at” must be an instant like 2026-11-02T09:30:00.000000Z");
      return NULL;
    }

  if (!read_changes (self, set, error) || !check_deletion (self, error) || !read_origin (self, object, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * kam_result_to_json:
 *
 * Returns: (transfer full): the result as it travels in the answer to a push
 */
JsonNode *
kam_result_to_json (const KamResult *self)
{
  JsonObject *object = json_object_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_object_set_int_member (object, "mid", self->mid);
  json_object_set_string_member (object, "result", kinds[self->kind]);
  json_object_set_int_member (object, "rev", self->rev);

  if (self->code != NULL)
    {
      JsonObject *problem = json_object_new ();

      json_object_set_string_member (problem, "code", self->code);

      if (self->field != NULL)
        json_object_set_string_member (problem, "field", self->field);

      if (self->message != NULL)
        json_object_set_string_member (problem, "message", self->message);

      json_object_set_object_member (object, "error", problem);
    }

  json_node_take_object (node, object);

  return node;
}

static gboolean
read_problem (KamResult  *self,
              JsonObject *object,
              GError    **error)
{
  JsonNode *node = json_object_get_member (object, "error");
  JsonObject *problem = NULL;
  const char *code = NULL;
  const char *field = NULL;
  const char *message = NULL;

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;

  if (!kam_json_get_object (object, "error", &problem, error) || !kam_json_get_string (problem, "code", &code, error) ||
      !kam_json_opt_string (problem, "field", &field, error) || !kam_json_opt_string (problem, "message", &message, error))
    return FALSE;

  self->code = g_strdup (code);
  self->field = g_strdup (field);
  self->message = g_strdup (message);

  return TRUE;
}

/**
 * kam_result_from_json:
 *
 * Returns: (transfer full) (nullable): NULL with KAM_ERROR_INVALID_WIRE
 */
KamResult *
kam_result_from_json (JsonNode *node,
                      GError  **error)
{
  g_autoptr (KamResult) self = kam_result_new (0, KAM_RESULT_APPLIED, 0);
  JsonObject *object = NULL;
  const char *word = NULL;
  int kind = 0;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      fail (error, "A result must be an object");
      return NULL;
    }

  object = json_node_get_object (node);

  if (!kam_json_get_int (object, "mid", &self->mid, error) || !kam_json_get_string (object, "result", &word, error) ||
      !kam_json_opt_int (object, "rev", &self->rev, error) || !read_problem (self, object, error))
    return NULL;

  kind = find_word (kinds, G_N_ELEMENTS (kinds), word);

  if (kind < 0)
    {
      fail (error, "“result” must be “applied”, “merged”, “conflict” or “rejected”");
      return NULL;
    }

  self->kind = (KamResultKind) kind;

  return g_steal_pointer (&self);
}
