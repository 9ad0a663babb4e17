/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-json.h"
#include "kam-json-cursor.h"

#include <string.h>

static gboolean skip_value (KamJsonCursor *self,
                            guint          depth,
                            GError       **error);

static gboolean
skip_array (KamJsonCursor *self,
            guint          depth,
            GError       **error)
{
  self->at++;

  if (kam_json_cursor_accept (self, ']'))
    return TRUE;

  do
    {
      if (!skip_value (self, depth + 1, error))
        return FALSE;
    }
  while (kam_json_cursor_accept (self, ','));

  return kam_json_cursor_expect (self, ']', error);
}

static int
compare_keys (gconstpointer a,
              gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
check_keys (KamJsonCursor *self,
            GPtrArray     *keys,
            GError       **error)
{
  g_ptr_array_sort (keys, compare_keys);

  for (guint i = 1; i < keys->len; i++)
    {
      if (strcmp (g_ptr_array_index (keys, i - 1), g_ptr_array_index (keys, i)) == 0)
        return kam_json_cursor_fail (self, error, "duplicate key in an object");
    }

  return TRUE;
}

static gboolean
skip_object (KamJsonCursor *self,
             guint          depth,
             GError       **error)
{
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);

  self->at++;

  if (kam_json_cursor_accept (self, '}'))
    return TRUE;

  do
    {
      char *key = NULL;

      if (keys->len == KAM_JSON_MAX_MEMBERS)
        return kam_json_cursor_fail (self, error, "too many members in an object");

      if (!kam_json_cursor_string (self, &key, error))
        return FALSE;

      g_ptr_array_add (keys, key);

      if (!kam_json_cursor_expect (self, ':', error) || !skip_value (self, depth + 1, error))
        return FALSE;
    }
  while (kam_json_cursor_accept (self, ','));

  return kam_json_cursor_expect (self, '}', error) && check_keys (self, keys, error);
}

static gboolean
skip_string (KamJsonCursor *self,
             GError       **error)
{
  g_autofree char *text = NULL;

  return kam_json_cursor_string (self, &text, error);
}

static gboolean
skip_value (KamJsonCursor *self,
            guint          depth,
            GError       **error)
{
  char first = kam_json_cursor_peek (self);
  gboolean integral = TRUE;
  gint64 number = 0;

  if ((first == '[' || first == '{') && depth >= KAM_JSON_MAX_DEPTH)
    return kam_json_cursor_fail (self, error, "nested too deeply");

  switch (first)
    {
    case '[':
      return skip_array (self, depth, error);
    case '{':
      return skip_object (self, depth, error);
    case '"':
      return skip_string (self, error);
    case 't':
      return kam_json_cursor_word (self, "true") || kam_json_cursor_fail (self, error, "expected a value");
    case 'f':
      return kam_json_cursor_word (self, "false") || kam_json_cursor_fail (self, error, "expected a value");
    case 'n':
      return kam_json_cursor_word (self, "null") || kam_json_cursor_fail (self, error, "expected a value");
    default:
      return kam_json_cursor_number (self, &number, &integral, error);
    }
}

/**
 * kam_json_cursor_skip:
 *
 * Passes over one value of any kind, checking all of it.
 */
gboolean
kam_json_cursor_skip (KamJsonCursor *self,
                      GError       **error)
{
  return skip_value (self, self->depth, error);
}
