/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-digest.h"
#include "kam-error.h"
#include "kam-json.h"
#include "kam-wire-private.h"

#include <string.h>

/* Longer than any name of an entity, and than the other words at its place. */
#define MAX_NAME 64

/* What the sender's n-th value is to us. */
typedef struct
{
  int   field; /* -1: unknown to us */
  char *name;  /* (owned) */
} Column;

struct _KamPageReader
{
  guint64    missing[KAM_N_ENTITIES]; /* a bit for each of our fields that the sender does not name */
  GArray    *columns[KAM_N_ENTITIES]; /* (owned) (nullable) (element-type Column): without the id, which comes first */
  GChecksum *digest;                  /* of the lines between header and footer */
  gint64     count;
  gboolean   has_header;
  gboolean   is_complete;
  gboolean   is_broken;
};

static void
clear_column (gpointer data)
{
  Column *column = data;

  g_free (column->name);
}

KamPageReader *
kam_page_reader_new (void)
{
  KamPageReader *self = g_new0 (KamPageReader, 1);

  self->digest = g_checksum_new (G_CHECKSUM_SHA256);

  return self;
}

void
kam_page_reader_free (KamPageReader *self)
{
  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    g_clear_pointer (&self->columns[i], g_array_unref);

  g_checksum_free (self->digest);
  g_free (self);
}

static gboolean
fail (GError    **error,
      const char *what)
{
  g_set_error_literal (error, KAM_ERROR, KAM_ERROR_INVALID_WIRE, what);

  return FALSE;
}

static gboolean
has_column (GArray     *columns,
            const char *name)
{
  for (guint i = 0; i < columns->len; i++)
    {
      if (strcmp (g_array_index (columns, Column, i).name, name) == 0)
        return TRUE;
    }

  return FALSE;
}

static gboolean
read_entity_columns (KamPageReader   *self,
                     const KamEntity *entity,
                     JsonArray       *names,
                     GError         **error)
{
  GArray *columns = g_array_new (FALSE, FALSE, sizeof (Column));

  g_array_set_clear_func (columns, clear_column);
  self->columns[entity->kind] = columns;
  g_assert (entity->n_fields <= 64);
  self->missing[entity->kind] = entity->n_fields < 64 ? (G_GUINT64_CONSTANT (1) << entity->n_fields) - 1 : G_MAXUINT64;

  for (guint i = 0; i < json_array_get_length (names); i++)
    {
      JsonNode *node = json_array_get_element (names, i);
      const char *name = json_node_get_value_type (node) == G_TYPE_STRING ? json_node_get_string (node) : NULL;
      Column column = { -1, NULL };

      if (name == NULL || (i == 0) != (strcmp (name, "id") == 0) || has_column (columns, name))
        return fail (error, "Columns are different names of which the first is “id”");

      if (i == 0)
        continue;

      column.field = kam_entity_find_field (entity, name);
      column.name = g_strdup (name);

      if (column.field >= 0)
        self->missing[entity->kind] &= ~(G_GUINT64_CONSTANT (1) << column.field);

      g_array_append_val (columns, column);
    }

  return json_array_get_length (names) > 0 || fail (error, "Columns begin with “id”");
}

static gboolean
read_columns (KamPageReader *self,
              JsonObject    *columns,
              GError       **error)
{
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *node = NULL;

  json_object_iter_init (&iter, columns);

  while (json_object_iter_next (&iter, &name, &node))
    {
      const KamEntity *entity = kam_entity_by_name (name);

      if (!JSON_NODE_HOLDS_ARRAY (node))
        return fail (error, "Columns are arrays of names");

      if (entity != NULL && !read_entity_columns (self, entity, json_node_get_array (node), error))
        return FALSE;
    }

  return TRUE;
}

static JsonNode *
parse_object (const char *line,
              gsize       length,
              GError    **error)
{
  g_autoptr (JsonNode) node = kam_json_parse (line, length, error);

  if (node != NULL && !JSON_NODE_HOLDS_OBJECT (node))
    {
      fail (error, "A page begins with a header");
      return NULL;
    }

  return g_steal_pointer (&node);
}

static gboolean
read_header (KamPageReader *self,
             const char    *line,
             gsize          length,
             KamLine       *out,
             GError       **error)
{
  g_autoptr (JsonNode) node = parse_object (line, length, error);
  JsonObject *object = NULL;
  JsonObject *columns = NULL;
  JsonObject *progress = NULL;

  if (node == NULL)
    return FALSE;

  object = json_node_get_object (node);

  if (!kam_json_get_object (object, "columns", &columns, error) || !read_columns (self, columns, error))
    return FALSE;

  if (json_object_has_member (object, "progress"))
    {
      if (!kam_json_get_object (object, "progress", &progress, error) || !kam_json_opt_int (progress, "done", &out->progress_done, error) ||
          !kam_json_opt_int (progress, "total", &out->progress_total, error))
        return FALSE;
    }

  self->has_header = TRUE;
  out->kind = KAM_LINE_HEADER;

  return TRUE;
}

static gboolean
read_footer (KamPageReader *self,
             const char    *line,
             gsize          length,
             KamLine       *out,
             GError       **error)
{
  g_autoptr (JsonNode) node = parse_object (line, length, error);
  JsonObject *object = NULL;
  const char *cursor = NULL;
  const char *digest = NULL;
  JsonNode *more = NULL;

  if (node == NULL)
    return FALSE;

  object = json_node_get_object (node);

  if (!kam_json_get_string (object, "cursor", &cursor, error) || !kam_json_get_int (object, "head", &out->head, error) ||
      !kam_json_opt_int (object, "durable", &out->durable, error) || !kam_json_get_int (object, "count", &out->count, error) ||
      !kam_json_get_string (object, "digest", &digest, error))
    return FALSE;

  more = json_object_get_member (object, "more");

  if (more == NULL || json_node_get_value_type (more) != G_TYPE_BOOLEAN)
    return fail (error, "“more” must be true or false");

  if (out->count != self->count)
    return fail (error, "The page has lost or gained lines on its way");

  if (strcmp (digest, g_checksum_get_string (self->digest)) != 0)
    return fail (error, "The page was changed on its way");

  out->kind = KAM_LINE_FOOTER;
  out->cursor = g_strdup (cursor);
  out->digest = g_strdup (digest);
  out->more = json_node_get_boolean (more);
  self->is_complete = TRUE;

  return TRUE;
}

static gboolean
read_values (KamJsonCursor *cursor,
             GArray        *columns,
             KamLine       *out,
             GError       **error)
{
  g_autoptr (GString) extra = NULL;

  for (guint i = 0; i < columns->len; i++)
    {
      const Column *column = &g_array_index (columns, Column, i);

      if (!kam_json_cursor_expect (cursor, ',', error))
        return FALSE;

      if (column->field < 0 && extra == NULL)
        extra = g_string_new (NULL);

      if (column->field >= 0 ? !kam_wire_read_value (cursor, out->row, (guint) column->field, error) : !kam_wire_set_aside (cursor, column->name, extra, error))
        return FALSE;
    }

  if (extra != NULL)
    {
      g_string_append_c (extra, '}');
      out->extra = g_string_free (g_steal_pointer (&extra), FALSE);
    }

  return TRUE;
}

/* Entity, rev and scope. */
static gboolean
read_place (KamJsonCursor *cursor,
            KamEntityKind  entity,
            KamLine       *out,
            GError       **error)
{
  char scope[KAM_ID_LENGTH + 1];

  out->entity = entity;

  if (!kam_json_cursor_expect (cursor, ',', error) || !kam_json_cursor_integer (cursor, &out->rev, error) ||
      !kam_json_cursor_expect (cursor, ',', error) || !kam_wire_read_id (cursor, scope, error) || !kam_json_cursor_expect (cursor, ',', error))
    return FALSE;

  out->scope = g_strdup (scope);

  return out->rev > 0 || fail (error, "A rev must be positive");
}

static gboolean
read_row (KamPageReader   *self,
          KamJsonCursor   *cursor,
          const KamEntity *entity,
          KamLine         *out,
          GError         **error)
{
  char id[KAM_ID_LENGTH + 1];

  out->kind = KAM_LINE_ROW;

  if (self->columns[entity->kind] == NULL)
    return fail (error, "The header does not name the columns of this entity");

  if (!read_place (cursor, entity->kind, out, error) || !kam_json_cursor_expect (cursor, '[', error) || !kam_wire_read_id (cursor, id, error))
    return FALSE;

  cursor->depth = 2;
  out->missing = self->missing[entity->kind];
  out->row = kam_row_new (entity->kind, id);
  kam_row_set_rev (out->row, out->rev);
  kam_row_set_scope (out->row, out->scope);

  return read_values (cursor, self->columns[entity->kind], out, error) && kam_json_cursor_expect (cursor, ']', error);
}

static gboolean
read_drop (KamJsonCursor *cursor,
           KamLine       *out,
           GError       **error)
{
  char scope[KAM_ID_LENGTH + 1];

  out->kind = KAM_LINE_DROP;

  if (!kam_json_cursor_expect (cursor, ',', error) || !kam_wire_read_id (cursor, scope, error))
    return FALSE;

  out->scope = g_strdup (scope);

  return TRUE;
}

/* Passes over the rest of a line of which we know no more than that it is an array. */
static gboolean
read_unknown (KamJsonCursor *cursor,
              KamLine       *out,
              GError       **error)
{
  out->kind = KAM_LINE_UNKNOWN;
  cursor->depth = 1;

  while (kam_json_cursor_accept (cursor, ','))
    {
      if (!kam_json_cursor_skip (cursor, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
read_evict (KamJsonCursor *cursor,
            KamLine       *out,
            GError       **error)
{
  char word[MAX_NAME];
  char id[KAM_ID_LENGTH + 1];
  const KamEntity *entity = NULL;

  if (!kam_json_cursor_expect (cursor, ',', error) || !kam_json_cursor_short (cursor, word, sizeof word, error))
    return FALSE;

  entity = kam_entity_by_name (word);

  if (entity == NULL)
    return read_unknown (cursor, out, error);

  out->kind = KAM_LINE_EVICT;

  if (!read_place (cursor, entity->kind, out, error) || !kam_wire_read_id (cursor, id, error) || !kam_json_cursor_expect (cursor, ',', error) ||
      !kam_json_cursor_short (cursor, word, sizeof word, error))
    return FALSE;

  out->id = g_strdup (id);
  out->moved = strcmp (word, "moved") == 0;

  return out->moved || strcmp (word, "deleted") == 0 || fail (error, "A row is “deleted” or “moved”");
}

static gboolean
read_range (KamJsonCursor *cursor,
            KamLine       *out,
            GError       **error)
{
  char word[MAX_NAME];
  const KamEntity *entity = NULL;

  if (!kam_json_cursor_expect (cursor, ',', error) || !kam_json_cursor_short (cursor, word, sizeof word, error))
    return FALSE;

  entity = kam_entity_by_name (word);

  if (entity == NULL)
    return read_unknown (cursor, out, error);

  out->kind = KAM_LINE_RANGE;
  out->entity = entity->kind;

  if (!kam_json_cursor_expect (cursor, ',', error) || !kam_json_cursor_short (cursor, word, sizeof word, error))
    return FALSE;

  out->range = g_strdup (word);

  return kam_range_is_valid (word) || fail (error, "A range is two or three hexadecimal digits");
}

static gboolean
read_array (KamPageReader *self,
            const char    *line,
            gsize          length,
            KamLine       *out,
            GError       **error)
{
  KamJsonCursor cursor;
  const KamEntity *entity = NULL;
  char word[MAX_NAME];
  gboolean read = FALSE;

  if (!kam_json_cursor_start (&cursor, line, length, error) || !kam_json_cursor_expect (&cursor, '[', error) ||
      !kam_json_cursor_short (&cursor, word, sizeof word, error))
    return FALSE;

  entity = kam_entity_by_name (word);

  if (entity != NULL)
    read = read_row (self, &cursor, entity, out, error);
  else if (strcmp (word, "drop") == 0)
    read = read_drop (&cursor, out, error);
  else if (strcmp (word, "-") == 0)
    read = read_evict (&cursor, out, error);
  else if (strcmp (word, "range") == 0)
    read = read_range (&cursor, out, error);
  else
    read = read_unknown (&cursor, out, error);

  return read && kam_json_cursor_expect (&cursor, ']', error) && kam_json_cursor_finish (&cursor, error);
}

static gboolean
read_line (KamPageReader *self,
           const char    *line,
           gsize          length,
           KamLine       *out,
           GError       **error)
{
  if (self->is_broken || self->is_complete)
    return fail (error, self->is_broken ? "The page is broken" : "The page goes on behind its end");

  if (!self->has_header)
    return read_header (self, line, length, out, error);

  if (length > 0 && line[0] == '{')
    return read_footer (self, line, length, out, error);

  if (!read_array (self, line, length, out, error))
    return FALSE;

  g_checksum_update (self->digest, (const guchar *) line, (gssize) length);
  g_checksum_update (self->digest, (const guchar *) "\n", 1);
  self->count++;

  return TRUE;
}

/**
 * kam_page_reader_read:
 * @line: one line of the page; need not end with a NUL
 * @length: in bytes, without the newline
 * @out: cleared first; empty after an error
 *
 * Returns: FALSE with KAM_ERROR_INVALID_JSON, KAM_ERROR_INVALID_WIRE or KAM_ERROR_INVALID_VALUE
 */
gboolean
kam_page_reader_read (KamPageReader *self,
                      const char    *line,
                      gsize          length,
                      KamLine       *out,
                      GError       **error)
{
  kam_line_clear (out);

  if (read_line (self, line, length, out, error))
    return TRUE;

  kam_line_clear (out);
  self->is_broken = TRUE;
  self->is_complete = FALSE;

  return FALSE;
}

/**
 * kam_page_reader_is_complete:
 *
 * Returns: whether a valid footer has been read, and nothing behind it
 */
gboolean
kam_page_reader_is_complete (KamPageReader *self)
{
  return self->is_complete;
}
