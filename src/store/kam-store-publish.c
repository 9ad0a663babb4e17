/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-store-private.h"
#include "kam-store-schema.h"

#define CHUNK 5000

static gboolean
touch (KamWorker      *self,
       KamEntityKind   entity,
       const char     *id,
       const char     *lead_id,
       GError        **error)
{
  if (lead_id == NULL)
    return kam_shadow_rebuild (self, entity, id, FALSE, error);

  kam_worker_touch (self, lead_id);

  return TRUE;
}

/* Of the rows of a range nearly all are here as they come. */
static gboolean
is_there (KamWorker     *self,
          const KamRow  *row,
          gboolean      *there,
          GError       **error)
{
  g_autoptr (KamRow) server = NULL;

  if (!kam_shadow_get_server (self, kam_row_kind (row), kam_row_id (row), &server, error))
    return FALSE;

  *there = server != NULL && kam_row_equal (server, row);

  return TRUE;
}

/* An older server does not know all of our columns: what it leaves out stays as it was. */
static gboolean
complete (KamWorker      *self,
          const KamLine  *line,
          KamRow        **row,
          GError        **error)
{
  g_autoptr (KamRow) server = NULL;

  *row = kam_row_ref (line->row);

  if (line->missing == 0)
    return TRUE;

  if (!kam_shadow_get_server (self, kam_row_kind (line->row), kam_row_id (line->row), &server, error))
    return FALSE;

  if (server == NULL)
    return TRUE;

  kam_row_unref (*row);
  *row = kam_row_copy (line->row);

  for (guint i = 0; i < kam_row_entity (server)->n_fields; i++)
    {
      if (line->missing & (G_GUINT64_CONSTANT (1) << i))
        kam_row_set (*row, i, kam_row_get (server, i));
    }

  return TRUE;
}

/* What has come before, through another grant or once more, is nothing new. */
static gboolean
note_news (KamWorker     *self,
           const KamRow  *row,
           GError       **error)
{
  gint64 rev;

  if (!kam_sqlite_number (self->db, &rev, 0, error, kam_schema_each (kam_row_kind (row), "SELECT rev FROM", "WHERE id = ?1"), "u", kam_row_id (row)))
    return FALSE;

  if (rev == kam_row_rev (row))
    return TRUE;

  if (rev == 0 && kam_row_kind (row) == KAM_ENTITY_CONFLICT && !kam_news_count (self, "summary_conflicts", error))
    return FALSE;

  return kam_news_row (self, row, error);
}

/* During the very first sync what follows from rows is left to the backlog: the server has sent the status already. */
static gboolean
put (KamWorker      *self,
     const KamLine  *line,
     gboolean        is_first,
     GError        **error)
{
  g_autoptr (KamRow) row = NULL;
  gboolean asked = self->range != NULL && kam_range_take (self, line->row);
  gboolean had = FALSE;

  if (!complete (self, line, &row, error) || (asked && !is_there (self, row, &had, error)))
    return FALSE;

  if (had)
    return line->extra == NULL || kam_extra_put (self, row, line->extra, error);

  if (!is_first && !note_news (self, row, error))
    return FALSE;

  if (self->has_shadows && !kam_shadow_put (self, row, line->extra, !asked, &had, error))
    return FALSE;

  if (!had && (!kam_rows_put (self, row, !asked, error) || (line->extra != NULL && !kam_extra_put (self, row, line->extra, error))))
    return FALSE;

  if (is_first && !had)
    return TRUE;

  return touch (self, kam_row_kind (row), kam_row_id (row), kam_row_lead_id (row), error);
}

/* Only a row of this scope, and none that is newer: it may have come back by another way. */
static gboolean
evict (KamWorker      *self,
       KamEntityKind   entity,
       const char     *id,
       const char     *scope,
       gint64          rev,
       GError        **error)
{
  g_autoptr (KamRow) row = NULL;
  gboolean had;

  if (entity == KAM_ENTITY_LEAD && !kam_news_lead_goes (self, id, FALSE, error))
    return FALSE;

  if (!kam_rows_get (self, entity, id, &row, error) || !kam_shadow_evict (self, entity, id, scope, rev, &had, error))
    return FALSE;

  if (row == NULL)
    return TRUE;

  if (kam_row_lead_id (row) != NULL)
    kam_worker_touch (self, kam_row_lead_id (row));

  if (had || kam_row_rev (row) == 0 || kam_row_rev (row) > rev || g_strcmp0 (kam_row_scope (row), scope) != 0)
    return TRUE;

  return kam_rows_remove (self, entity, id, error);
}

typedef struct
{
  char id[KAM_ID_LENGTH + 1];
} Id;

static gboolean
read_ids (KamWorker     *self,
          sqlite3_stmt  *stmt,
          GArray        *ids,
          gint64        *last_key,
          GError       **error)
{
  int step = -1;

  while (stmt != NULL && (step = kam_sqlite_step (self->db, stmt, error)) > 0)
    {
      Id id;

      kam_id_from_bytes (sqlite3_column_blob (stmt, 0), id.id);
      g_array_append_val (ids, id);
      *last_key = sqlite3_column_int64 (stmt, 1);
    }

  return step == 0;
}

static gboolean
evict_all (KamWorker      *self,
           KamEntityKind   entity,
           GArray         *ids,
           const char     *scope,
           gint64          rev,
           GError        **error)
{
  for (guint i = 0; i < ids->len; i++)
    {
      if (!evict (self, entity, g_array_index (ids, Id, i).id, scope, rev, error))
        return FALSE;
    }

  return TRUE;
}

/* A row with a shadow is made anew at the end of the transaction: until then only the shadow says what has come of it, perhaps a page before. */
static gboolean
evict_shadows (KamWorker      *self,
               KamEntityKind   entity,
               const char     *sql, /* (entity, of) */
               const char     *of,
               const char     *scope,
               gint64          rev,
               GError        **error)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (Id));
  gint64 unused;

  if (!self->has_shadows)
    return TRUE;

  return read_ids (self, kam_sqlite_query (self->db, error, sql, "iu", (gint64) entity, of), ids, &unused, error) &&
         evict_all (self, entity, ids, scope, rev, error);
}

/* A lead goes with everything that belongs to it. */
static gboolean
evict_lead (KamWorker      *self,
            const KamLine  *line,
            GError        **error)
{
  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    {
      g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (Id));
      KamEntityKind child = (KamEntityKind) i;
      gint64 unused;

      if (kam_entity_get (child)->lead_field < 0)
        continue;

      if (!read_ids (self, kam_sqlite_query (self->db, error, kam_schema_each (child, "SELECT id, key FROM", "WHERE lead_id = ?1"), "u", line->id),
                     ids, &unused, error) ||
          !evict_all (self, child, ids, line->scope, line->rev, error) ||
          !evict_shadows (self, child, "SELECT id, 0 FROM shadow WHERE entity = ?1 AND lead_id = ?2", line->id, line->scope, line->rev, error))
        return FALSE;
    }

  return kam_news_lead_goes (self, line->id, !line->moved, error) && evict (self, KAM_ENTITY_LEAD, line->id, line->scope, line->rev, error);
}

static gboolean
drop (KamWorker      *self,
      KamEntityKind   entity,
      const char     *scope,
      GError        **error)
{
  const char *sql = kam_schema_each (entity, "SELECT id, key FROM", "WHERE scope = ?1 AND rev > 0 AND key > ?2 ORDER BY key LIMIT " G_STRINGIFY (CHUNK));
  gint64 key = 0;

  for (;;)
    {
      g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (Id));

      if (!read_ids (self, kam_sqlite_query (self->db, error, sql, "ui", scope, key), ids, &key, error) ||
          !evict_all (self, entity, ids, scope, G_MAXINT64, error))
        return FALSE;

      if (ids->len < CHUNK)
        return evict_shadows (self, entity, "SELECT id, 0 FROM shadow WHERE entity = ?1 AND scope = ?2", scope, scope, G_MAXINT64, error);
    }
}

static gboolean
drop_scope (KamWorker   *self,
            const char  *scope,
            GError     **error)
{
  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    {
      if (!drop (self, (KamEntityKind) i, scope, error))
        return FALSE;
    }

  return TRUE;
}

/**
 * kam_publish_line:
 * @is_first: the very first sync is under way
 *
 * Applies one line of a pull to the rows. Headers and footers say nothing here.
 */
gboolean
kam_publish_line (KamWorker      *self,
                  const KamLine  *line,
                  gboolean        is_first,
                  GError        **error)
{
  switch (line->kind)
    {
    case KAM_LINE_DROP:
      return drop_scope (self, line->scope, error);

    case KAM_LINE_EVICT:
      if (line->entity == KAM_ENTITY_LEAD)
        return evict_lead (self, line, error);

      return evict (self, line->entity, line->id, line->scope, line->rev, error);

    case KAM_LINE_RANGE:
      return kam_range_begin (self, line->entity, line->range, error);

    case KAM_LINE_ROW:
      return put (self, line, is_first, error);

    case KAM_LINE_HEADER:
    case KAM_LINE_FOOTER:
    case KAM_LINE_UNKNOWN:
    default:
      return TRUE;
    }
}
