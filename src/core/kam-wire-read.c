/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-error.h"
#include "kam-json.h"
#include "kam-time.h"
#include "kam-wire-private.h"

#include <string.h>

/* Longer than any instant. */
#define MAX_INSTANT 64

/**
 * kam_line_clear:
 *
 * Frees what the line owns and sets all of it to nothing.
 */
void
kam_line_clear (KamLine *self)
{
  g_free (self->scope);
  g_free (self->id);
  g_free (self->range);
  g_clear_pointer (&self->row, kam_row_unref);
  g_free (self->extra);
  g_free (self->cursor);
  g_free (self->digest);
  memset (self, 0, sizeof *self);
}

static gboolean
fail_id (GError **error)
{
  g_set_error_literal (error, KAM_ERROR, KAM_ERROR_INVALID_WIRE, "An id must be a UUID");

  return FALSE;
}

static gboolean
fail_field (GError        **error,
            const KamField *field)
{
  g_set_error (error, KAM_ERROR, KAM_ERROR_INVALID_WIRE, "“%s” must be %s", field->name, kam_wire_wanted (field));

  return FALSE;
}

/**
 * kam_wire_read_id:
 * @id: (out caller-allocates): canonical
 */
gboolean
kam_wire_read_id (KamJsonCursor *cursor,
                  char           id[KAM_ID_LENGTH + 1],
                  GError       **error)
{
  if (!kam_json_cursor_short (cursor, id, KAM_ID_LENGTH + 1, error))
    return FALSE;

  return kam_id_is_valid (id) || fail_id (error);
}

static gboolean
read_instant (KamJsonCursor  *cursor,
              const KamField *field,
              KamRow         *row,
              guint           index,
              GError        **error)
{
  char text[MAX_INSTANT];
  gint64 us = 0;

  if (!kam_json_cursor_short (cursor, text, sizeof text, error))
    return FALSE;

  if (!kam_instant_parse (text, &us, NULL))
    return fail_field (error, field);

  kam_row_set_int (row, index, us);

  return TRUE;
}

static gboolean
read_integer (KamJsonCursor *cursor,
              KamRow        *row,
              guint          index,
              GError       **error)
{
  gint64 number = 0;

  if (!kam_json_cursor_integer (cursor, &number, error))
    return FALSE;

  kam_row_set_int (row, index, number);

  return TRUE;
}

static gboolean
read_tags (KamJsonCursor  *cursor,
           const KamField *field,
           KamRow         *row,
           guint           index,
           GError        **error)
{
  g_autoptr (GPtrArray) tags = g_ptr_array_new_with_free_func (g_free);
  g_auto (KamValue) value = KAM_VALUE_INIT;

  kam_json_cursor_accept (cursor, '[');

  while (!kam_json_cursor_accept (cursor, ']'))
    {
      char *tag = NULL;

      if (tags->len > 0 && !kam_json_cursor_expect (cursor, ',', error))
        return FALSE;

      if (!kam_json_cursor_string (cursor, &tag, error))
        return FALSE;

      g_ptr_array_add (tags, tag);
    }

  g_ptr_array_add (tags, NULL);

  if (!kam_wire_take_tags (field, (const char *const *) tags->pdata, &value, error))
    return FALSE;

  kam_row_set (row, index, &value);

  return TRUE;
}

static gboolean
read_text (KamJsonCursor *cursor,
           KamFieldType   type,
           KamRow        *row,
           guint          index,
           GError       **error)
{
  char id[KAM_ID_LENGTH + 1];
  char *text = NULL;

  if (type == KAM_TYPE_ID)
    {
      if (!kam_wire_read_id (cursor, id, error))
        return FALSE;

      kam_row_set_text (row, index, id);
      return TRUE;
    }

  if (!kam_json_cursor_string (cursor, &text, error))
    return FALSE;

  kam_row_take_text (row, index, text);

  return TRUE;
}

/**
 * kam_wire_read_value:
 * @index: of the field that the value is for
 *
 * Reads the value that is next into a row: the same as kam_wire_value_from_json() without a tree of nodes, for there are a million of them in a page.
 */
gboolean
kam_wire_read_value (KamJsonCursor *cursor,
                     KamRow        *row,
                     guint          index,
                     GError       **error)
{
  const KamField *field = &kam_row_entity (row)->fields[index];
  char first = kam_json_cursor_peek (cursor);
  gboolean is_instant = field->type == KAM_TYPE_INSTANT;

  if (first == 'n' && kam_json_cursor_word (cursor, "null"))
    return TRUE;

  if (field->type == KAM_TYPE_BOOL && kam_json_cursor_word (cursor, "true"))
    kam_row_set_int (row, index, 1);
  else if (field->type == KAM_TYPE_BOOL && kam_json_cursor_word (cursor, "false"))
    kam_row_set_int (row, index, 0);
  else if (field->type == KAM_TYPE_BOOL)
    return fail_field (error, field);
  else if (field->type == KAM_TYPE_TAGS)
    return first == '[' ? read_tags (cursor, field, row, index, error) : fail_field (error, field);
  else if (kam_field_is_number (field) && !is_instant)
    return first == '-' || g_ascii_isdigit (first) ? read_integer (cursor, row, index, error) : fail_field (error, field);
  else if (first != '"')
    return fail_field (error, field);
  else
    return is_instant ? read_instant (cursor, field, row, index, error) : read_text (cursor, field->type, row, index, error);

  return TRUE;
}

/**
 * kam_wire_set_aside:
 * @name: of the column
 * @extra: appended to; an object without its closing brace
 *
 * Keeps a value that we have no field for as it came.
 */
gboolean
kam_wire_set_aside (KamJsonCursor *cursor,
                    const char    *name,
                    GString       *extra,
                    GError       **error)
{
  const char *start = NULL;

  kam_json_cursor_peek (cursor);
  start = cursor->at;

  if (!kam_json_cursor_skip (cursor, error))
    return FALSE;

  g_string_append_c (extra, extra->len == 0 ? '{' : ',');
  kam_json_append_string (extra, name);
  g_string_append_c (extra, ':');
  g_string_append_len (extra, start, cursor->at - start);

  return TRUE;
}
