/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-ranges.h"

#include "kam-server-error.h"

static gboolean
fail (GError     **error,
      const char  *what)
{
  g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_BAD_REQUEST, what);

  return FALSE;
}

static const char *
text_at (JsonArray *array,
         guint      index)
{
  JsonNode *node = json_array_get_element (array, index);

  return json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
}

/* A bit for each three digits that end in these. */
static void
set_bits (guint8     *bits,
          const char *range)
{
  guint number = (guint) g_ascii_strtoull (range, NULL, 16);
  guint step = 1u << (4 * strlen (range));

  for (guint i = number; i < 8 * KAM_FEED_BITS_BYTES; i += step)
    bits[i / 8] |= (guint8) (128 >> (i % 8));
}

static gboolean
take_range (KamRanges  *self,
            JsonNode   *node,
            GError    **error)
{
  JsonArray *pair = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  const KamEntity *entity = NULL;
  const char *name = NULL;
  const char *range = NULL;

  if (pair == NULL || json_array_get_length (pair) != 2)
    return fail (error, "“ranges” must be pairs of an entity and digits.");

  name = text_at (pair, 0);
  range = text_at (pair, 1);
  entity = name != NULL ? kam_entity_by_name (name) : NULL;

  if (entity == NULL)
    return fail (error, "“ranges” names an entity that this server does not know.");

  if (range == NULL || !kam_range_is_valid (range))
    return fail (error, "“ranges”: two or three lower-case hexadecimal digits.");

  g_ptr_array_add (self->names[entity->kind], g_strdup (range));
  set_bits (self->bits[entity->kind], range);

  return TRUE;
}

KamRanges *
kam_ranges_from_json (JsonArray  *array,
                      GError    **error)
{
  g_autoptr (KamRanges) self = g_new0 (KamRanges, 1);
  guint n = json_array_get_length (array);

  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    self->names[i] = g_ptr_array_new_with_free_func (g_free);

  if (n == 0 || n > KAM_MOST_RANGES)
    {
      g_set_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_BAD_REQUEST, "“ranges” must be from 1 to %d.", KAM_MOST_RANGES);
      return NULL;
    }

  for (guint i = 0; i < n; i++)
    {
      if (!take_range (self, json_array_get_element (array, i), error))
        return NULL;
    }

  return g_steal_pointer (&self);
}

void
kam_ranges_free (KamRanges *self)
{
  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    g_ptr_array_unref (self->names[i]);

  g_free (self);
}
