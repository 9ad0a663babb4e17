/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-store-private.h"
#include "kam-store-schema.h"

#include <string.h>

typedef struct
{
  guint8 bytes[KAM_ID_BYTES];
} Id;

/* Ids of the server's rows are read once per entity and put in order of their ends: a resync may ask for hundreds of ranges. */
struct _KamRange
{
  GArray        *ids[KAM_N_ENTITIES]; /* (owned) (nullable) (element-type Id) */
  char          *digits;              /* (owned) (nullable): of the range under way */
  KamEntityKind  entity;
  GHashTable    *rest;                /* (owned) (element-type utf8): has not come again */
};

static KamRange *
range_new (void)
{
  KamRange *self = g_new0 (KamRange, 1);

  self->rest = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  return self;
}

void
kam_range_free (KamRange *self)
{
  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    g_clear_pointer (&self->ids[i], g_array_unref);

  g_hash_table_unref (self->rest);
  g_free (self->digits);
  g_free (self);
}

/* The last three digits, as they are read. */
static guint
end_of (const Id *id)
{
  return ((guint) id->bytes[KAM_ID_BYTES - 2] & 0xf) << 8 | id->bytes[KAM_ID_BYTES - 1];
}

/* A range of two digits is parted by the third from the end, so the last two come first. */
static guint
place_of (guint end)
{
  return (end & 0xff) << 4 | end >> 8;
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  return (int) place_of (end_of (a)) - (int) place_of (end_of (b));
}

static gboolean
load_ids (KamWorker      *self,
          KamEntityKind   entity,
          GError        **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (Id));
  sqlite3_stmt *stmt = kam_sqlite_query (self->db, error,
                                         kam_schema_each (entity, "SELECT id FROM shadow WHERE entity = ?1 AND data IS NOT NULL UNION SELECT id FROM",
                                                          "WHERE rev > 0 AND id NOT IN (SELECT id FROM shadow WHERE entity = ?1)"),
                                         "i", (gint64) entity);
  int step = -1;

  while (stmt != NULL && (step = kam_sqlite_step (self->db, stmt, error)) > 0)
    {
      Id id;

      if (sqlite3_column_bytes (stmt, 0) != KAM_ID_BYTES)
        continue;

      memcpy (id.bytes, sqlite3_column_blob (stmt, 0), sizeof id.bytes);
      g_array_append_val (ids, id);
    }

  g_array_sort (ids, compare);
  self->range->ids[entity] = g_steal_pointer (&ids);

  return step == 0;
}

/* The first in order whose place is not before this. */
static guint
find_first (GArray *ids,
            guint   place)
{
  guint from = 0, to = ids->len;

  while (from < to)
    {
      guint middle = from + (to - from) / 2;

      if (place_of (end_of (&g_array_index (ids, Id, middle))) < place)
        from = middle + 1;
      else
        to = middle;
    }

  return from;
}

static void
collect (KamRange *self)
{
  GArray *ids = self->ids[self->entity];
  guint end = (guint) g_ascii_strtoull (self->digits, NULL, 16);
  guint first = place_of (end);
  guint last = strlen (self->digits) > 2 ? first : first + 15;

  for (guint i = find_first (ids, first); i < ids->len && place_of (end_of (&g_array_index (ids, Id, i))) <= last; i++)
    {
      char id[KAM_ID_LENGTH + 1];

      kam_id_from_bytes (g_array_index (ids, Id, i).bytes, id);
      g_hash_table_add (self->rest, g_strdup (id));
    }
}

/* What waits here of such a row stays. */
static gboolean
forget_row (KamWorker      *self,
            KamEntityKind   entity,
            const char     *id,
            GError        **error)
{
  g_autoptr (KamRow) row = NULL;
  gboolean had;

  if (entity == KAM_ENTITY_LEAD && !kam_news_lead_goes (self, id, FALSE, error))
    return FALSE;

  if (!kam_rows_get (self, entity, id, &row, error) || !kam_shadow_forget (self, entity, id, &had, error))
    return FALSE;

  if (row != NULL && kam_row_lead_id (row) != NULL)
    kam_worker_touch (self, kam_row_lead_id (row));

  return had || kam_rows_remove (self, entity, id, error);
}

gboolean
kam_range_end (KamWorker  *self,
               GError    **error)
{
  GHashTableIter iter;
  gpointer id;

  if (self->range == NULL || self->range->digits == NULL)
    return TRUE;

  g_hash_table_iter_init (&iter, self->range->rest);

  while (g_hash_table_iter_next (&iter, &id, NULL))
    {
      if (!forget_row (self, self->range->entity, id, error))
        return FALSE;
    }

  g_hash_table_remove_all (self->range->rest);
  g_clear_pointer (&self->range->digits, g_free);

  return TRUE;
}

/**
 * kam_range_begin:
 * @digits: the last hexadecimal digits of ids: see kam-digest.h
 *
 * From here to the end of the page, or to the next range, come the rows that the server has in this one.
 */
gboolean
kam_range_begin (KamWorker      *self,
                 KamEntityKind   entity,
                 const char     *digits,
                 GError        **error)
{
  if (self->range == NULL)
    self->range = range_new ();

  if (!kam_range_end (self, error) || (self->range->ids[entity] == NULL && !load_ids (self, entity, error)))
    return FALSE;

  self->range->entity = entity;
  self->range->digits = g_strdup (digits);
  collect (self->range);

  return TRUE;
}

gboolean
kam_range_take (KamWorker     *self,
                const KamRow  *row)
{
  if (self->range->digits == NULL || kam_row_kind (row) != self->range->entity || !kam_range_has_id (self->range->digits, kam_row_id (row)))
    return FALSE;

  g_hash_table_remove (self->range->rest, kam_row_id (row));

  return TRUE;
}
