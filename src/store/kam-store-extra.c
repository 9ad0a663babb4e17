/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-json.h"
#include "kam-store-private.h"
#include "kam-store-schema.h"
#include "kam-wire.h"

static JsonNode *
parse (const char *extra)
{
  g_autoptr (JsonNode) node = extra != NULL ? kam_json_parse (extra, strlen (extra), NULL) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? g_steal_pointer (&node) : NULL;
}

char *
kam_extra_merge (const char *before,
                 const char *after)
{
  g_autoptr (JsonNode) whole = NULL;
  g_autoptr (JsonNode) more = NULL;
  JsonObjectIter iter;
  const char *name = NULL;
  JsonNode *value = NULL;

  if (before == NULL || after == NULL)
    return g_strdup (after != NULL ? after : before);

  whole = parse (before);
  more = parse (after);

  if (whole == NULL || more == NULL)
    return g_strdup (more != NULL ? after : before);

  json_object_iter_init (&iter, json_node_get_object (more));

  while (json_object_iter_next (&iter, &name, &value))
    json_object_set_member (json_node_get_object (whole), name, json_node_copy (value));

  return kam_json_to_text (whole);
}

/* FALSE where this program does not know the column, or cannot read its value. */
static gboolean
take_member (KamRow     *row,
             const char *name,
             JsonNode   *node)
{
  const KamEntity *entity = kam_row_entity (row);
  int field = kam_entity_find_field (entity, name);
  g_auto (KamValue) value = KAM_VALUE_INIT;

  if (field < 0 || !kam_wire_value_from_json (&entity->fields[field], node, &value, NULL))
    return FALSE;

  kam_row_set (row, (guint) field, &value);

  return TRUE;
}

void
kam_extra_take (KamRow  *row,
                char   **extra)
{
  g_autoptr (JsonNode) node = parse (*extra);
  g_autoptr (GList) names = node != NULL ? json_object_get_members (json_node_get_object (node)) : NULL;

  for (GList *l = names; l != NULL; l = l->next)
    {
      if (take_member (row, l->data, json_object_get_member (json_node_get_object (node), l->data)))
        json_object_remove_member (json_node_get_object (node), l->data);
    }

  g_clear_pointer (extra, g_free);

  if (node != NULL && json_object_get_size (json_node_get_object (node)) > 0)
    *extra = kam_json_to_text (node);
}

gboolean
kam_extra_get (KamWorker      *self,
               KamEntityKind   entity,
               const char     *id,
               char          **extra,
               GError        **error)
{
  sqlite3_stmt *stmt = kam_sqlite_query (self->db, error, kam_schema_each (entity, "SELECT extra FROM", "WHERE id = ?1"), "u", id);
  int step = stmt != NULL ? kam_sqlite_step (self->db, stmt, error) : -1;

  if (step > 0)
    {
      *extra = kam_sqlite_text (stmt, 0);
      sqlite3_reset (stmt);
    }

  return step >= 0;
}

gboolean
kam_extra_put (KamWorker     *self,
               const KamRow  *row,
               const char    *extra,
               GError       **error)
{
  g_autofree char *before = NULL;
  g_autofree char *both = NULL;

  if (!kam_extra_get (self, kam_row_kind (row), kam_row_id (row), &before, error))
    return FALSE;

  both = kam_extra_merge (before, extra);

  return kam_sqlite_exec (self->db, error, kam_schema_each (kam_row_kind (row), "UPDATE", "SET extra = ?3 WHERE id = ?1 AND rev = ?2"), "uit", kam_row_id (row),
                          kam_row_rev (row), both);
}
