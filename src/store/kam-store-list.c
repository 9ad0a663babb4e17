/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-store-private.h"
#include "kam-store-schema.h"

/* Each order is read off an index that covers it; ties go on by what stands in the index, and then by key. */
#define KEYS(table, index, more, order) \
  "SELECT key FROM " table " INDEXED BY " index " WHERE listed IS NOT NULL AND (?1 >> listed) & 1" more " ORDER BY " order " LIMIT ?2"
#define UP(table, index, order) KEYS (table, index, "", order ", listed, key")
#define DOWN(table, index, order) KEYS (table, index, "", order " DESC, listed DESC, key DESC")
#define N_SORTS (KAM_SORT_LAST_CONTACT + 1)

static const char *const lead_orders[N_SORTS][2] = {
  [KAM_SORT_NAME] = { UP ("lead", "lead_by_name", "name_key"), DOWN ("lead", "lead_by_name", "name_key") },
  [KAM_SORT_CITY] = { UP ("lead", "lead_by_city", "city_key, name_key"), DOWN ("lead", "lead_by_city", "city_key DESC, name_key") },
  [KAM_SORT_STATUS] = { KEYS ("lead", "lead_by_status", "", "listed, name_key, key"),
                        KEYS ("lead", "lead_by_status", "", "listed DESC, name_key DESC, key DESC") },
  [KAM_SORT_OWNER] = { UP ("lead", "lead_by_owner", "owner_key, name_key"), DOWN ("lead", "lead_by_owner", "owner_key DESC, name_key") },
  [KAM_SORT_TIER] = { UP ("lead", "lead_by_tier", "tier_n, name_key"), DOWN ("lead", "lead_by_tier", "tier_n DESC, name_key") },
  [KAM_SORT_LAST_CONTACT] = { KEYS ("lead", "lead_by_last", " AND last_contact_us > 0", "last_contact_us, listed, key"),
                              DOWN ("lead", "lead_by_last", "last_contact_us") },
};

/* Those never contacted come last in the other direction as well. */
static const char never_contacted[] = KEYS ("lead", "lead_by_last", " AND last_contact_us = 0", "last_contact_us, listed, key");

static const char *const contact_orders[2][2] = {
  { UP ("contact", "contact_by_name", "name_key"), DOWN ("contact", "contact_by_name", "name_key") },
  { UP ("contact", "contact_by_lead_name", "owner_key, name_key"), DOWN ("contact", "contact_by_lead_name", "owner_key DESC, name_key") },
};

typedef struct
{
  KamListQuery  query;
  char         *search;  /* (owned) (nullable) */
  guint         n_first;
  guint         n_rows;
  GArray       *keys;    /* (owned) (element-type gint64) */
  GPtrArray    *rows;    /* (owned) (element-type KamListRow) */
} List;

static List *
new_list (const KamListQuery *query)
{
  List *list = g_new0 (List, 1);

  list->query = *query;
  list->search = g_strdup (query->search);
  list->query.search = list->search;
  list->keys = g_array_new (FALSE, FALSE, sizeof (gint64));
  list->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_list_row_free);

  return list;
}

static void
free_list (gpointer data)
{
  List *list = data;

  g_free (list->search);
  g_array_unref (list->keys);
  g_ptr_array_unref (list->rows);
  g_free (list);
}

void
kam_list_row_free (KamListRow *self)
{
  if (self == NULL)
    return;

  kam_row_unref (self->row);
  g_free (self->subtitle);
  g_free (self->owner);
  g_free (self->country);
  g_free (self->next_on);
  g_free (self->match);
  g_free (self);
}

static gboolean
is_search (const KamListQuery *query)
{
  return query->search != NULL && query->search[0] != '\0';
}

static gint64
mask_of (const KamListQuery *query)
{
  return query->statuses != 0 ? query->statuses : (1 << KAM_LISTED_STATES) - 1;
}

static gboolean
read_keys (KamWorker           *self,
           const KamListQuery  *query,
           const char          *sql,
           gint64               limit,
           GArray              *keys,
           GError             **error)
{
  sqlite3_stmt *stmt = kam_sqlite_query (self->db, error, sql, "ii", mask_of (query), limit);
  int step = -1;

  while (stmt != NULL && (step = kam_sqlite_step (self->db, stmt, error)) > 0)
    {
      gint64 key = sqlite3_column_int64 (stmt, 0);

      g_array_append_val (keys, key);
    }

  return step == 0;
}

static gboolean
find_keys (KamWorker           *self,
           const KamListQuery  *query,
           gint64               limit,
           GArray              *keys,
           GError             **error)
{
  guint down = query->descending ? 1 : 0;

  if (is_search (query))
    return kam_search_keys (self, query, keys, error);

  if (query->entity == KAM_ENTITY_CONTACT)
    return read_keys (self, query, contact_orders[query->sort == KAM_SORT_OWNER ? 1 : 0][down], limit, keys, error);

  if (!read_keys (self, query, lead_orders[query->sort][down], limit, keys, error))
    return FALSE;

  if (query->sort == KAM_SORT_LAST_CONTACT && !query->descending && keys->len < limit)
    return read_keys (self, query, never_contacted, limit - keys->len, keys, error);

  return TRUE;
}

static const char beside_lead[] =
  "SELECT last_contact_us, next_on, (SELECT name FROM user WHERE id = lead.kam_id), (SELECT name FROM lead AS p WHERE p.id = lead.parent_id),"
  " EXISTS (SELECT 1 FROM outbox WHERE outbox.id = lead.id AND state = 0), key, country FROM lead WHERE key = ?1";
static const char beside_contact[] =
  "SELECT 0, NULL, (SELECT name FROM user WHERE id = lead.kam_id), lead.name, EXISTS (SELECT 1 FROM outbox WHERE outbox.id = contact.id AND state = "
  "0), lead.key, lead.country"
  " FROM contact LEFT JOIN lead ON lead.id = contact.lead_id WHERE contact.key = ?1";

static gboolean
read_beside (KamWorker           *self,
             const KamListQuery  *query,
             KamListRow          *row,
             GError             **error)
{
  sqlite3_stmt *stmt = kam_sqlite_query (self->db, error, query->entity == KAM_ENTITY_LEAD ? beside_lead : beside_contact, "i", row->key);
  int step = stmt != NULL ? kam_sqlite_step (self->db, stmt, error) : -1;
  gint64 lead_key;

  if (step <= 0)
    return step == 0;

  row->last_contact_us = sqlite3_column_int64 (stmt, 0);
  row->next_on = kam_sqlite_text (stmt, 1);
  row->owner = kam_sqlite_text (stmt, 2);
  row->subtitle = kam_sqlite_text (stmt, 3);
  row->pending = sqlite3_column_int (stmt, 4);
  lead_key = sqlite3_column_int64 (stmt, 5);
  row->country = kam_sqlite_text (stmt, 6);
  sqlite3_reset (stmt);

  if (is_search (query))
    row->match = kam_search_match (self, query->search, lead_key);

  return TRUE;
}

static gboolean
read_rows (KamWorker   *self,
           List        *list,
           guint        n,
           GError     **error)
{
  const char *sql = kam_schema_select (list->query.entity, "WHERE key = ?1");

  for (guint i = 0; i < n; i++)
    {
      gint64 key = g_array_index (list->keys, gint64, i);
      sqlite3_stmt *stmt = kam_sqlite_query (self->db, error, sql, "i", key);
      int step = stmt != NULL ? kam_sqlite_step (self->db, stmt, error) : -1;
      KamListRow *row = NULL;

      if (step > 0)
        {
          row = g_new0 (KamListRow, 1);
          row->key = key;
          row->row = kam_rows_read (stmt, list->query.entity);
          sqlite3_reset (stmt);
        }

      g_ptr_array_add (list->rows, row);

      if (step < 0 || (row != NULL && !read_beside (self, &list->query, row, error)))
        return FALSE;
    }

  return TRUE;
}

static gboolean
count_rows (KamWorker  *self,
            List       *list,
            GError    **error)
{
  gint64 n;

  if (!kam_sqlite_number (self->db, &n, 0, error, "SELECT sum (n) FROM listed_count WHERE entity = ?1 AND (?2 >> listed) & 1", "ii",
                          (gint64) list->query.entity,
                      mask_of (&list->query)))
    return FALSE;

  list->n_rows = (guint) n;

  return TRUE;
}

static void
start_job (KamWorker *self,
           GTask     *task,
           gpointer   data)
{
  List *list = data;
  GError *error = NULL;

  if (!find_keys (self, &list->query, list->n_first, list->keys, &error) || !count_rows (self, list, &error) ||
      !read_rows (self, list, MIN (list->keys->len, list->n_first), &error))
    {
      g_task_return_error (task, error);
      return;
    }

  if (is_search (&list->query))
    list->n_rows = list->keys->len;

  g_task_return_pointer (task, g_ptr_array_ref (list->rows), (GDestroyNotify) g_ptr_array_unref);
}

void
kam_store_list_start_async (KamStore            *self,
                            const KamListQuery  *query,
                            guint                n_first,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  GTask *task = kam_store_task (self, kam_store_list_start_async, cancellable, callback, user_data);
  List *list = new_list (query);

  list->n_first = n_first;
  g_task_set_task_data (task, list, free_list);
  kam_store_push (self, task, start_job);
}

GPtrArray *
kam_store_list_start_finish (KamStore      *self,
                             GAsyncResult  *result,
                             guint         *n_rows,
                             GError       **error)
{
  List *list;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  list = g_task_get_task_data (G_TASK (result));

  if (n_rows != NULL)
    *n_rows = list->n_rows;

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
keys_job (KamWorker *self,
          GTask     *task,
          gpointer   data)
{
  List *list = data;
  GError *error = NULL;

  if (find_keys (self, &list->query, G_MAXINT64, list->keys, &error))
    g_task_return_pointer (task, g_array_ref (list->keys), (GDestroyNotify) g_array_unref);
  else
    g_task_return_error (task, error);
}

void
kam_store_list_keys_async (KamStore            *self,
                           const KamListQuery  *query,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  GTask *task = kam_store_task (self, kam_store_list_keys_async, cancellable, callback, user_data);

  g_task_set_task_data (task, new_list (query), free_list);
  kam_store_push (self, task, keys_job);
}

GArray *
kam_store_list_keys_finish (KamStore      *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
rows_job (KamWorker *self,
          GTask     *task,
          gpointer   data)
{
  List *list = data;
  GError *error = NULL;

  if (read_rows (self, list, list->keys->len, &error))
    g_task_return_pointer (task, g_ptr_array_ref (list->rows), (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

void
kam_store_list_rows_async (KamStore            *self,
                           const KamListQuery  *query,
                           const gint64        *keys,
                           guint                n_keys,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  GTask *task = kam_store_task (self, kam_store_list_rows_async, cancellable, callback, user_data);
  List *list = new_list (query);

  g_array_append_vals (list->keys, keys, n_keys);
  g_task_set_task_data (task, list, free_list);
  kam_store_push (self, task, rows_job);
}

GPtrArray *
kam_store_list_rows_finish (KamStore      *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
