/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-store-private.h"
#include "kam-store-schema.h"
#include "kam-text.h"

/* What a row carries beside its fields for lists to sort and filter by. */
typedef struct
{
  char   *name_key;  /* (owned) (nullable) */
  char   *city_key;  /* (owned) (nullable) */
  char   *owner_key; /* (owned) (nullable) */
  gint64  tier;      /* -1: none */
  gint64  listed;    /* -1: lists hide it */
} Extra;

static void
clear_extra (Extra *extra)
{
  g_free (extra->name_key);
  g_free (extra->city_key);
  g_free (extra->owner_key);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Extra, clear_extra)

/* Reads columns 0 … as kam_schema_select() names them. */
KamRow *
kam_rows_read (sqlite3_stmt  *stmt,
               KamEntityKind  kind)
{
  const KamEntity *entity = kam_entity_get (kind);
  g_autofree char *id = kam_sqlite_id (stmt, 0);
  g_autofree char *scope = kam_sqlite_id (stmt, 2);
  KamRow *row = kam_row_new (kind, id);

  kam_row_set_rev (row, sqlite3_column_int64 (stmt, 1));
  kam_row_set_scope (row, scope);

  for (guint i = 0; i < entity->n_fields; i++)
    {
      int column = (int) i + 3;
      int type = sqlite3_column_type (stmt, column);

      if (type == SQLITE_INTEGER)
        {
          kam_row_set_int (row, i, sqlite3_column_int64 (stmt, column));
        }
      else if (type == SQLITE_BLOB)
        {
          g_autofree char *text = kam_sqlite_id (stmt, column);

          kam_row_set_text (row, i, text);
        }
      else if (type != SQLITE_NULL)
        {
          kam_row_set_text (row, i, (const char *) sqlite3_column_text (stmt, column));
        }
    }

  return row;
}

gboolean
kam_rows_get (KamWorker      *self,
              KamEntityKind   entity,
              const char     *id,
              KamRow        **row,
              GError        **error)
{
  sqlite3_stmt *stmt = kam_sqlite_query (self->db, error, kam_schema_select (entity, "WHERE id = ?1"), "u", id);
  int step = stmt != NULL ? kam_sqlite_step (self->db, stmt, error) : -1;

  *row = NULL;

  if (step > 0)
    {
      *row = kam_rows_read (stmt, entity);
      sqlite3_reset (stmt);
    }

  return step >= 0;
}

gboolean
kam_rows_list (KamWorker      *self,
               KamEntityKind   entity,
               const char     *tail,
               const char     *id,
               GPtrArray     **rows,
               GError        **error)
{
  sqlite3_stmt *stmt = kam_sqlite_query (self->db, error, kam_schema_select (entity, tail), id != NULL ? "u" : "", id);
  int step = -1;

  *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_row_unref);

  while (stmt != NULL && (step = kam_sqlite_step (self->db, stmt, error)) > 0)
    g_ptr_array_add (*rows, kam_rows_read (stmt, entity));

  if (step < 0)
    g_clear_pointer (rows, g_ptr_array_unref);

  return step == 0;
}

/* Two columns of somebody the row refers to: a key, and how it is listed. */
static gboolean
look_up (KamWorker   *self,
         const char  *sql,
         const char  *id,
         char       **key,
         gint64      *listed,
         GError     **error)
{
  sqlite3_stmt *stmt = kam_sqlite_query (self->db, error, sql, "u", id);
  int step = stmt != NULL ? kam_sqlite_step (self->db, stmt, error) : -1;

  if (step > 0)
    {
      *key = kam_sqlite_text (stmt, 0);
      *listed = sqlite3_column_type (stmt, 1) == SQLITE_NULL ? -1 : sqlite3_column_int64 (stmt, 1);
      sqlite3_reset (stmt);
    }

  return step >= 0;
}

static char *
sort_key (const KamRow *row,
          guint         field)
{
  const char *text = kam_row_text (row, field);

  return kam_text_sort_key (text != NULL ? text : "");
}

static gint64
find_choice (const KamRow *row,
             guint         field)
{
  const char *word = kam_row_text (row, field);

  return word != NULL ? kam_field_find_choice (&kam_row_entity (row)->fields[field], word) : -1;
}

static gboolean
make_extra (KamWorker     *self,
            const KamRow  *row,
            Extra         *extra,
            GError       **error)
{
  gint64 unused;

  extra->tier = extra->listed = -1;

  switch (kam_row_kind (row))
    {
    case KAM_ENTITY_USER:
      extra->name_key = sort_key (row, KAM_USER_NAME);
      return TRUE;

    case KAM_ENTITY_LEAD:
      extra->name_key = sort_key (row, KAM_LEAD_NAME);
      extra->city_key = sort_key (row, KAM_LEAD_CITY);
      extra->tier = find_choice (row, KAM_LEAD_TIER);

      if (!kam_row_is_deleted (row))
        extra->listed = MAX (find_choice (row, KAM_LEAD_STATUS), 0);

      return look_up (self, "SELECT name_key, NULL FROM user WHERE id = ?1", kam_row_text (row, KAM_LEAD_KAM), &extra->owner_key, &unused, error);

    case KAM_ENTITY_CONTACT:
      extra->name_key = sort_key (row, KAM_CONTACT_NAME);

      if (!look_up (self, "SELECT name_key, listed FROM lead WHERE id = ?1", kam_row_text (row, KAM_CONTACT_LEAD), &extra->owner_key, &extra->listed, error))
        return FALSE;

      if (kam_row_is_deleted (row))
        extra->listed = -1;

      return TRUE;

    case KAM_ENTITY_LEAVE:
    case KAM_ENTITY_LEAD_EVENT:
    case KAM_ENTITY_INTERACTION:
    case KAM_ENTITY_CONFLICT:
    default:
      return TRUE;
    }
}

static void
bind_number (sqlite3_stmt *stmt,
             int           place,
             gint64        number)
{
  if (number < 0)
    sqlite3_bind_null (stmt, place);
  else
    sqlite3_bind_int64 (stmt, place, number);
}

static void
bind_row (sqlite3_stmt *stmt,
          const KamRow *row,
          const Extra  *extra)
{
  const KamEntity *entity = kam_row_entity (row);
  int place = 4;

  kam_sqlite_bind_id (stmt, 1, kam_row_id (row));
  sqlite3_bind_int64 (stmt, 2, kam_row_rev (row));
  kam_sqlite_bind_id (stmt, 3, kam_row_scope (row));

  for (guint i = 0; i < entity->n_fields; i++)
    kam_sqlite_bind (stmt, place++, &entity->fields[i], kam_row_get (row, i));

  if (kam_schema_n_extra (entity->kind) == 0)
    return;

  sqlite3_bind_text (stmt, place++, extra->name_key, -1, SQLITE_STATIC);

  if (entity->kind == KAM_ENTITY_LEAD)
    sqlite3_bind_text (stmt, place++, extra->city_key, -1, SQLITE_STATIC);

  if (entity->kind == KAM_ENTITY_USER)
    return;

  sqlite3_bind_text (stmt, place++, extra->owner_key, -1, SQLITE_STATIC);

  if (entity->kind == KAM_ENTITY_LEAD)
    bind_number (stmt, place++, extra->tier);

  bind_number (stmt, place, extra->listed);
}

static void
count (KamWorker     *self,
       KamEntityKind  entity,
       gint64         listed,
       int            by)
{
  if (listed >= 0 && listed < KAM_LISTED_STATES)
    self->counts[entity == KAM_ENTITY_LEAD ? 0 : 1][listed] += by;
}

static const char *
before_sql (KamEntityKind entity)
{
  if (entity == KAM_ENTITY_LEAD)
    return "SELECT listed, rev, NULL FROM lead WHERE id = ?1";

  if (entity == KAM_ENTITY_CONTACT)
    return "SELECT listed, rev, NULL FROM contact WHERE id = ?1";

  if (entity == KAM_ENTITY_USER)
    return "SELECT NULL, rev, name_key FROM user WHERE id = ?1";

  return kam_schema_each (entity, "SELECT NULL, rev, NULL FROM", "WHERE id = ?1");
}

/* How a row was before: FALSE in found where there was none. */
static gboolean
look_before (KamWorker     *self,
             KamEntityKind  entity,
             const char    *id,
             gboolean      *found,
             gint64        *listed,
             gint64        *rev,
             char         **name_key,
             GError       **error)
{
  sqlite3_stmt *stmt = kam_sqlite_query (self->db, error, before_sql (entity), "u", id);
  int step = stmt != NULL ? kam_sqlite_step (self->db, stmt, error) : -1;

  *found = step > 0;

  if (step > 0)
    {
      *listed = sqlite3_column_type (stmt, 0) == SQLITE_NULL ? -1 : sqlite3_column_int64 (stmt, 0);
      *rev = sqlite3_column_int64 (stmt, 1);
      *name_key = kam_sqlite_text (stmt, 2);
      sqlite3_reset (stmt);
    }

  return step >= 0;
}

/* The people's names stand with their leads, for sorting. */
static gboolean
rename_owner (KamWorker    *self,
              const KamRow *row,
              const char   *before,
              const char   *after,
              GError      **error)
{
  if (kam_row_kind (row) != KAM_ENTITY_USER || g_strcmp0 (before, after) == 0)
    return TRUE;

  if (!kam_sqlite_exec (self->db, error, "UPDATE lead SET owner_key = ?2 WHERE kam_id = ?1 AND owner_key IS NOT ?2", "ut", kam_row_id (row), after))
    return FALSE;

  if (sqlite3_changes (kam_sqlite_handle (self->db)) > 0)
    kam_changes_add_all (self->changes, KAM_ENTITY_LEAD);

  return TRUE;
}

static gboolean
update_row (KamWorker     *self,
            const KamRow  *row,
            gboolean       only_newer,
            Extra         *extra,
            GError       **error)
{
  KamEntityKind kind = kam_row_kind (row);
  g_autofree char *name_before = NULL;
  gint64 listed = -1, rev = 0;
  gboolean found;
  sqlite3_stmt *stmt;

  if (!look_before (self, kind, kam_row_id (row), &found, &listed, &rev, &name_before, error))
    return FALSE;

  if (only_newer && rev > kam_row_rev (row))
    return TRUE;

  stmt = kam_sqlite_prepare (self->db, kam_schema_update (kind), error);

  if (stmt == NULL)
    return FALSE;

  bind_row (stmt, row, extra);

  if (kam_sqlite_step (self->db, stmt, error) != 0 || !rename_owner (self, row, name_before, extra->name_key, error))
    return FALSE;

  count (self, kind, listed, -1);
  count (self, kind, extra->listed, 1);
  kam_changes_add (self->changes, kind, kam_row_id (row), kam_row_lead_id (row));

  return TRUE;
}

/**
 * kam_rows_put:
 * @only_newer: leave a row that is there with a higher rev as it is
 *
 * Writes a row into the table of its entity, with what lists sort by.
 */
gboolean
kam_rows_put (KamWorker     *self,
              const KamRow  *row,
              gboolean       only_newer,
              GError       **error)
{
  KamEntityKind kind = kam_row_kind (row);
  g_auto (Extra) extra = { NULL, };
  sqlite3_stmt *stmt;

  if (!make_extra (self, row, &extra, error))
    return FALSE;

  stmt = kam_sqlite_prepare (self->db, kam_schema_insert (kind), error);

  if (stmt == NULL)
    return FALSE;

  bind_row (stmt, row, &extra);

  if (kam_sqlite_step (self->db, stmt, error) != 0)
    return FALSE;

  if (sqlite3_changes (kam_sqlite_handle (self->db)) == 0)
    return update_row (self, row, only_newer, &extra, error);

  count (self, kind, extra.listed, 1);
  kam_changes_add (self->changes, kind, kam_row_id (row), kam_row_lead_id (row));

  return rename_owner (self, row, NULL, extra.name_key, error);
}

gboolean
kam_rows_remove (KamWorker      *self,
                 KamEntityKind   entity,
                 const char     *id,
                 GError        **error)
{
  g_autoptr (KamRow) row = NULL;
  g_autofree char *name_key = NULL;
  gint64 listed = -1, rev;
  gboolean found;

  if (!kam_rows_get (self, entity, id, &row, error) || !look_before (self, entity, id, &found, &listed, &rev, &name_key, error))
    return FALSE;

  if (!found)
    return TRUE;

  if (entity == KAM_ENTITY_LEAD &&
      !kam_sqlite_exec (self->db, error, "DELETE FROM search WHERE rowid = (SELECT key FROM lead WHERE id = ?1)", "u", id))
    return FALSE;

  if (!kam_sqlite_exec (self->db, error, kam_schema_each (entity, "DELETE FROM", "WHERE id = ?1"), "u", id))
    return FALSE;

  if (entity == KAM_ENTITY_LEAD || entity == KAM_ENTITY_CONTACT)
    count (self, entity, listed, -1);

  kam_changes_add (self->changes, entity, id, kam_row_lead_id (row));

  return kam_worker_leave_remains (self, error);
}
