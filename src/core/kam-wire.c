/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-wire.h"

#include "kam-error.h"
#include "kam-json.h"
#include "kam-text.h"
#include "kam-time.h"
#include "kam-wire-private.h"

#include <string.h>

static JsonNode *
tags_to_json (const char *tags)
{
  g_auto (GStrv) words = kam_tags_split (tags);
  JsonArray *array = json_array_new ();
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);

  for (guint i = 0; words[i] != NULL; i++)
    json_array_add_string_element (array, words[i]);

  json_node_take_array (node, array);

  return node;
}

static JsonNode *
number_to_json (const KamField *field,
                gint64          number)
{
  JsonNode *node = json_node_alloc ();
  g_autofree char *instant = NULL;

  switch (field->type)
    {
    case KAM_TYPE_BOOL:
      return json_node_init_boolean (node, number != 0);
    case KAM_TYPE_INSTANT:
      instant = kam_instant_format (number);
      return json_node_init_string (node, instant);
    default:
      return json_node_init_int (node, number);
    }
}

/**
 * kam_wire_value_to_json:
 *
 * Returns: (transfer full): the value as it travels
 */
JsonNode *
kam_wire_value_to_json (const KamField *field,
                        const KamValue *value)
{
  switch (value->kind)
    {
    case KAM_VALUE_INT:
      return number_to_json (field, value->number);
    case KAM_VALUE_TEXT:
      if (field->type == KAM_TYPE_TAGS)
        return tags_to_json (value->text);

      return json_node_init_string (json_node_alloc (), value->text);
    case KAM_VALUE_NULL:
    default:
      return json_node_init_null (json_node_alloc ());
    }
}

static gboolean
fail (GError        **error,
      int             code,
      const KamField *field,
      const char     *wanted)
{
  g_set_error (error, KAM_ERROR, code, "“%s” must be %s", field->name, wanted);

  return FALSE;
}

static gboolean
read_instant (const KamField *field,
              const char     *text,
              KamValue       *value,
              GError        **error)
{
  gint64 us = 0;

  if (!kam_instant_parse (text, &us, NULL))
    return fail (error, KAM_ERROR_INVALID_VALUE, field, "an instant like 2026-11-02T09:30:00.000000Z, or null");

  kam_value_set_int (value, us);

  return TRUE;
}

static gboolean
read_tags (const KamField *field,
           JsonArray      *array,
           KamValue       *value,
           GError        **error)
{
  g_autoptr (GPtrArray) tags = g_ptr_array_new ();

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      if (json_node_get_value_type (node) != G_TYPE_STRING)
        return fail (error, KAM_ERROR_INVALID_WIRE, field, "an array of strings");

      g_ptr_array_add (tags, (gpointer) json_node_get_string (node));
    }

  g_ptr_array_add (tags, NULL);

  return kam_wire_take_tags (field, (const char *const *) tags->pdata, value, error);
}

/**
 * kam_wire_take_tags:
 * @tags: NULL-terminated
 *
 * Sets the value to the tags in canonical form; none are null. A tag cannot hold the newline that parts it from the next.
 */
gboolean
kam_wire_take_tags (const KamField    *field,
                    const char *const *tags,
                    KamValue          *value,
                    GError           **error)
{
  g_autofree char *joined = NULL;

  for (guint i = 0; tags[i] != NULL; i++)
    {
      if (strchr (tags[i], '\n') != NULL)
        return fail (error, KAM_ERROR_INVALID_VALUE, field, "an array of strings without line breaks");
    }

  joined = kam_tags_join (tags);
  kam_value_set_text (value, joined != NULL && joined[0] != '\0' ? joined : NULL);

  return TRUE;
}

static gboolean
read_string (const KamField *field,
             const char     *text,
             KamValue       *value,
             GError        **error)
{
  if (field->type == KAM_TYPE_INSTANT)
    return read_instant (field, text, value, error);

  if (kam_field_is_number (field) || field->type == KAM_TYPE_TAGS)
    return fail (error, KAM_ERROR_INVALID_WIRE, field, kam_wire_wanted (field));

  kam_value_set_text (value, text);

  return TRUE;
}

/**
 * kam_wire_wanted:
 *
 * Returns: (transfer none): what the wire wants of a field, for messages
 */
const char *
kam_wire_wanted (const KamField *field)
{
  switch (field->type)
    {
    case KAM_TYPE_BOOL:
      return "true, false or null";
    case KAM_TYPE_TAGS:
      return "an array of strings, or null";
    case KAM_TYPE_INT:
    case KAM_TYPE_MONEY:
    case KAM_TYPE_DAYS:
      return "an integer or null";
    default:
      return "a string or null";
    }
}

/**
 * kam_wire_value_from_json:
 * @value: (inout): overwritten
 *
 * Reads a value by the type of its field. Limits, choices and the like are not checked: see kam_field_check().
 *
 * Returns: FALSE with KAM_ERROR_INVALID_WIRE where the JSON is of another type, KAM_ERROR_INVALID_VALUE where it cannot be a value of the field at all
 */
gboolean
kam_wire_value_from_json (const KamField *field,
                          JsonNode       *node,
                          KamValue       *value,
                          GError        **error)
{
  GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node) : G_TYPE_INVALID;
  gboolean wants_integer = field->type == KAM_TYPE_INT || field->type == KAM_TYPE_MONEY || field->type == KAM_TYPE_DAYS;

  if (JSON_NODE_HOLDS_NULL (node))
    kam_value_set_null (value);
  else if (type == G_TYPE_STRING)
    return read_string (field, json_node_get_string (node), value, error);
  else if (type == G_TYPE_INT64 && wants_integer)
    kam_value_set_int (value, json_node_get_int (node));
  else if (type == G_TYPE_BOOLEAN && field->type == KAM_TYPE_BOOL)
    kam_value_set_int (value, json_node_get_boolean (node) ? 1 : 0);
  else if (JSON_NODE_HOLDS_ARRAY (node) && field->type == KAM_TYPE_TAGS)
    return read_tags (field, json_node_get_array (node), value, error);
  else
    return fail (error, KAM_ERROR_INVALID_WIRE, field, kam_wire_wanted (field));

  return TRUE;
}

static void
append_tags (GString    *out,
             const char *tags)
{
  const char *tag = tags;

  g_string_append_c (out, '[');

  while (*tag != '\0')
    {
      const char *end = strchrnul (tag, '\n');
      g_autofree char *word = g_strndup (tag, (gsize) (end - tag));

      if (tag != tags)
        g_string_append_c (out, ',');

      kam_json_append_string (out, word);
      tag = *end == '\n' ? end + 1 : end;
    }

  g_string_append_c (out, ']');
}

static void
append_number (GString        *out,
               const KamField *field,
               gint64          number)
{
  g_autofree char *instant = NULL;

  switch (field->type)
    {
    case KAM_TYPE_BOOL:
      g_string_append (out, number != 0 ? "true" : "false");
      break;
    case KAM_TYPE_INSTANT:
      instant = kam_instant_format (number);
      kam_json_append_string (out, instant);
      break;
    default:
      g_string_append_printf (out, "%" G_GINT64_FORMAT, number);
      break;
    }
}

/**
 * kam_wire_append_value:
 *
 * Appends the value as it travels.
 */
void
kam_wire_append_value (GString        *out,
                       const KamField *field,
                       const KamValue *value)
{
  switch (value->kind)
    {
    case KAM_VALUE_INT:
      append_number (out, field, value->number);
      break;
    case KAM_VALUE_TEXT:
      if (field->type == KAM_TYPE_TAGS)
        append_tags (out, value->text);
      else
        kam_json_append_string (out, value->text);
      break;
    case KAM_VALUE_NULL:
    default:
      g_string_append (out, "null");
      break;
    }
}

void
kam_wire_append_int (GString *out,
                     gint64   number)
{
  char digits[24];

  g_snprintf (digits, sizeof digits, "%" G_GINT64_FORMAT, number);
  g_string_append (out, digits);
}

/**
 * kam_wire_append_place:
 *
 * Entity, rev and scope, as rows and evictions name them.
 */
void
kam_wire_append_place (GString      *out,
                       KamEntityKind entity,
                       gint64        rev,
                       const char   *scope)
{
  kam_json_append_string (out, kam_entity_get (entity)->name);
  g_string_append_c (out, ',');
  kam_wire_append_int (out, rev);
  g_string_append_c (out, ',');
  kam_json_append_string (out, scope);
}

/**
 * kam_wire_append_row:
 * @row: with its scope set
 * @fields: (nullable) (array length=n_fields): those that stand behind the id, in this order; NULL for all of ours
 *
 * Appends the row's line, without its newline.
 */
void
kam_wire_append_row (GString      *out,
                     const KamRow *row,
                     const guint  *fields,
                     guint         n_fields)
{
  const KamEntity *entity = kam_row_entity (row);
  guint n = fields != NULL ? n_fields : entity->n_fields;

  g_return_if_fail (kam_row_scope (row) != NULL);
  g_string_append_c (out, '[');
  kam_wire_append_place (out, entity->kind, kam_row_rev (row), kam_row_scope (row));
  g_string_append (out, ",[");
  kam_json_append_string (out, kam_row_id (row));

  for (guint i = 0; i < n; i++)
    {
      guint field = fields != NULL ? fields[i] : i;

      g_string_append_c (out, ',');
      kam_wire_append_value (out, &entity->fields[field], kam_row_get (row, field));
    }

  g_string_append (out, "]]");
}
