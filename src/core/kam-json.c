/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-json.h"

#include "kam-error.h"
#include "kam-json-cursor.h"

#include <math.h>
#include <string.h>

/**
 * kam_json_scan:
 * @text: need not end with a NUL
 * @length: in bytes
 *
 * Checks that the text is one JSON value, by the rules of [struct@Kam.JsonCursor]. Callable from any thread.
 *
 * Returns: FALSE with KAM_ERROR_INVALID_JSON
 */
gboolean
kam_json_scan (const char *text,
               gsize       length,
               GError    **error)
{
  KamJsonCursor cursor;

  return kam_json_cursor_start (&cursor, text, length, error) && kam_json_cursor_skip (&cursor, error) && kam_json_cursor_finish (&cursor, error);
}

/**
 * kam_json_parse:
 * @text: need not end with a NUL
 * @length: in bytes
 *
 * Returns: (transfer full) (nullable): the value, or NULL with KAM_ERROR_INVALID_JSON
 */
JsonNode *
kam_json_parse (const char *text,
                gsize       length,
                GError    **error)
{
  g_autoptr (JsonParser) parser = NULL;
  g_autoptr (GError) local = NULL;

  if (!kam_json_scan (text, length, error))
    return NULL;

  parser = json_parser_new_immutable ();

  if (!json_parser_load_from_data (parser, text, (gssize) length, &local))
    {
      g_set_error_literal (error, KAM_ERROR, KAM_ERROR_INVALID_JSON, local->message);
      return NULL;
    }

  return json_parser_steal_root (parser);
}

static gboolean
fail (GError    **error,
      const char *member,
      const char *wanted)
{
  g_set_error (error, KAM_ERROR, KAM_ERROR_INVALID_WIRE, "“%s” must be %s", member, wanted);

  return FALSE;
}

/* (nullable): NULL where the member is missing or null */
static JsonNode *
find_member (JsonObject *object,
             const char *member)
{
  JsonNode *node = json_object_get_member (object, member);

  return node != NULL && !JSON_NODE_HOLDS_NULL (node) ? node : NULL;
}

static gboolean
holds (JsonNode *node,
       GType     type)
{
  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type;
}

/**
 * kam_json_get_string:
 * @value: (out) (transfer none): lives as long as @object
 *
 * Returns: FALSE with KAM_ERROR_INVALID_WIRE where the member is missing or no string
 */
gboolean
kam_json_get_string (JsonObject  *object,
                     const char  *member,
                     const char **value,
                     GError     **error)
{
  JsonNode *node = find_member (object, member);

  if (!holds (node, G_TYPE_STRING))
    return fail (error, member, "a string");

  *value = json_node_get_string (node);

  return TRUE;
}

/**
 * kam_json_get_int:
 * @value: (out)
 *
 * Returns: FALSE with KAM_ERROR_INVALID_WIRE where the member is missing or no integer
 */
gboolean
kam_json_get_int (JsonObject  *object,
                  const char  *member,
                  gint64      *value,
                  GError     **error)
{
  JsonNode *node = find_member (object, member);

  if (!holds (node, G_TYPE_INT64))
    return fail (error, member, "an integer");

  *value = json_node_get_int (node);

  return TRUE;
}

/**
 * kam_json_get_object:
 * @value: (out) (transfer none): lives as long as @object
 *
 * Returns: FALSE with KAM_ERROR_INVALID_WIRE where the member is missing or no object
 */
gboolean
kam_json_get_object (JsonObject  *object,
                     const char  *member,
                     JsonObject **value,
                     GError     **error)
{
  JsonNode *node = find_member (object, member);

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return fail (error, member, "an object");

  *value = json_node_get_object (node);

  return TRUE;
}

/**
 * kam_json_get_array:
 * @value: (out) (transfer none): lives as long as @object
 *
 * Returns: FALSE with KAM_ERROR_INVALID_WIRE where the member is missing or no array
 */
gboolean
kam_json_get_array (JsonObject  *object,
                    const char  *member,
                    JsonArray  **value,
                    GError     **error)
{
  JsonNode *node = find_member (object, member);

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return fail (error, member, "an array");

  *value = json_node_get_array (node);

  return TRUE;
}

/**
 * kam_json_opt_string:
 * @value: (inout) (transfer none): keeps what it is where the member is missing or null
 *
 * Returns: FALSE with KAM_ERROR_INVALID_WIRE where the member is something else than a string
 */
gboolean
kam_json_opt_string (JsonObject  *object,
                     const char  *member,
                     const char **value,
                     GError     **error)
{
  return find_member (object, member) == NULL || kam_json_get_string (object, member, value, error);
}

/**
 * kam_json_opt_int:
 * @value: (inout): keeps what it is where the member is missing or null
 *
 * Returns: FALSE with KAM_ERROR_INVALID_WIRE where the member is something else than an integer
 */
gboolean
kam_json_opt_int (JsonObject  *object,
                  const char  *member,
                  gint64      *value,
                  GError     **error)
{
  return find_member (object, member) == NULL || kam_json_get_int (object, member, value, error);
}

/**
 * kam_json_opt_bool:
 * @value: (inout): keeps what it is where the member is missing or null
 *
 * Returns: FALSE with KAM_ERROR_INVALID_WIRE where the member is something else than true or false
 */
gboolean
kam_json_opt_bool (JsonObject  *object,
                   const char  *member,
                   gboolean    *value,
                   GError     **error)
{
  JsonNode *node = find_member (object, member);

  if (node == NULL)
    return TRUE;

  if (!holds (node, G_TYPE_BOOLEAN))
    return fail (error, member, "true or false");

  *value = json_node_get_boolean (node);

  return TRUE;
}

static void
append_control (GString *out,
                guchar   c)
{
  static const char letters[] = "btn\0fr"; /* of 0x08 to 0x0d; there is none for 0x0b */

  if (c >= 0x08 && c <= 0x0d && letters[c - 0x08] != '\0')
    {
      g_string_append_c (out, '\\');
      g_string_append_c (out, letters[c - 0x08]);
    }
  else
    {
      g_string_append_printf (out, "\\u%04x", c);
    }
}

/**
 * kam_json_append_string:
 * @text: UTF-8
 *
 * Appends the text as a JSON string, with its quotes; what is not ASCII stays as it is.
 */
void
kam_json_append_string (GString    *out,
                        const char *text)
{
  const char *plain = text;
  const char *at = text;

  g_string_append_c (out, '"');

  for (; *at != '\0'; at++)
    {
      if (*at != '"' && *at != '\\' && (guchar) *at >= 0x20)
        continue;

      g_string_append_len (out, plain, at - plain);
      plain = at + 1;

      if ((guchar) *at < 0x20)
        {
          append_control (out, (guchar) *at);
        }
      else
        {
          g_string_append_c (out, '\\');
          g_string_append_c (out, *at);
        }
    }

  g_string_append_len (out, plain, at - plain);
  g_string_append_c (out, '"');
}

/* As few digits as read back the same, and still a double then. */
static void
append_double (GString *out,
               double   number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isfinite (number))
    {
      g_string_append (out, "null");
      return;
    }

  g_string_append (out, g_ascii_dtostr (text, sizeof text, number));

  if (strpbrk (text, ".e") == NULL)
    g_string_append (out, ".0");
}

static void
append_value (GString  *out,
              JsonNode *node)
{
  switch (json_node_get_value_type (node))
    {
    case G_TYPE_STRING:
      kam_json_append_string (out, json_node_get_string (node));
      break;
    case G_TYPE_INT64:
      g_string_append_printf (out, "%" G_GINT64_FORMAT, json_node_get_int (node));
      break;
    case G_TYPE_BOOLEAN:
      g_string_append (out, json_node_get_boolean (node) ? "true" : "false");
      break;
    default:
      append_double (out, json_node_get_double (node));
      break;
    }
}

static void
append_object (GString    *out,
               JsonObject *object)
{
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *node = NULL;
  gboolean is_first = TRUE;

  g_string_append_c (out, '{');
  json_object_iter_init_ordered (&iter, object);

  while (json_object_iter_next_ordered (&iter, &name, &node))
    {
      if (!is_first)
        g_string_append_c (out, ',');

      is_first = FALSE;
      kam_json_append_string (out, name);
      g_string_append_c (out, ':');
      kam_json_append_node (out, node);
    }

  g_string_append_c (out, '}');
}

static void
append_array (GString   *out,
              JsonArray *array)
{
  g_string_append_c (out, '[');

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');

      kam_json_append_node (out, json_array_get_element (array, i));
    }

  g_string_append_c (out, ']');
}

/**
 * kam_json_append_node:
 *
 * Appends the value on one line, without white space between its tokens. json-glib's own generator writes doubles that are no JSON (`1e+98.0`).
 */
void
kam_json_append_node (GString  *out,
                      JsonNode *node)
{
  switch (json_node_get_node_type (node))
    {
    case JSON_NODE_OBJECT:
      append_object (out, json_node_get_object (node));
      break;
    case JSON_NODE_ARRAY:
      append_array (out, json_node_get_array (node));
      break;
    case JSON_NODE_VALUE:
      append_value (out, node);
      break;
    case JSON_NODE_NULL:
    default:
      g_string_append (out, "null");
      break;
    }
}

/**
 * kam_json_to_text:
 *
 * Returns: (transfer full): what kam_json_append_node() appends
 */
char *
kam_json_to_text (JsonNode *node)
{
  GString *out = g_string_new (NULL);

  kam_json_append_node (out, node);

  return g_string_free (out, FALSE);
}
