/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-store-private.h"
#include "kam-store-schema.h"
#include "kam-text.h"

#include <glib/gi18n.h>
#include <string.h>

/* Which row is asked for, or what is like it. */
typedef struct
{
  KamEntityKind  entity;
  char          *id;    /* (owned) (nullable) */
  guint          limit;
  KamRow        *row;   /* (owned) (nullable) */
} Ask;

static Ask *
new_ask (KamEntityKind  entity,
         const char    *id)
{
  Ask *ask = g_new0 (Ask, 1);

  ask->entity = entity;
  ask->id = g_strdup (id);

  return ask;
}

static void
free_ask (gpointer data)
{
  Ask *ask = data;

  g_free (ask->id);
  g_clear_pointer (&ask->row, kam_row_unref);
  g_free (ask);
}

static void
return_missing (GTask *task)
{
  g_task_return_new_error (task, KAM_STORE_ERROR, KAM_STORE_ERROR_MISSING, _("This is no longer here. Somebody else may have it now, or it was "
                                                                             "deleted for good"));
}

static void
get_row_job (KamWorker *self,
             GTask     *task,
             gpointer   data)
{
  Ask *ask = data;
  GError *error = NULL;
  KamRow *row = NULL;

  if (!kam_rows_get (self, ask->entity, ask->id, &row, &error))
    g_task_return_error (task, error);
  else if (row == NULL)
    return_missing (task);
  else
    g_task_return_pointer (task, row, (GDestroyNotify) kam_row_unref);
}

void
kam_store_get_row_async (KamStore            *self,
                         KamEntityKind        entity,
                         const char          *id,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  GTask *task = kam_store_task (self, kam_store_get_row_async, cancellable, callback, user_data);

  g_task_set_task_data (task, new_ask (entity, id), free_ask);
  kam_store_push (self, task, get_row_job);
}

KamRow *
kam_store_get_row_finish (KamStore      *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
kam_lead_page_free (KamLeadPage *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->lead, kam_row_unref);
  g_clear_pointer (&self->parent, kam_row_unref);
  g_clear_pointer (&self->contacts, g_ptr_array_unref);
  g_clear_pointer (&self->timeline, g_ptr_array_unref);
  g_free (self);
}

static gint64
moment_of (const KamRow *row)
{
  return kam_row_kind (row) == KAM_ENTITY_INTERACTION ? kam_row_int (row, KAM_INTERACTION_STARTS_AT, 0) : kam_row_int (row, KAM_LEAD_EVENT_AT, 0);
}

static gboolean
is_planned (const KamRow *row)
{
  return kam_row_kind (row) == KAM_ENTITY_INTERACTION && kam_row_is (row, KAM_INTERACTION_STATE, "planned");
}

static int
compare_plans (const KamRow *a,
               const KamRow *b)
{
  int by_date = g_strcmp0 (kam_row_text (a, KAM_INTERACTION_LOCAL_DATE), kam_row_text (b, KAM_INTERACTION_LOCAL_DATE));

  if (by_date != 0)
    return by_date;

  return g_strcmp0 (kam_row_text (a, KAM_INTERACTION_LOCAL_TIME), kam_row_text (b, KAM_INTERACTION_LOCAL_TIME));
}

/* Planned ones first, the soonest on top; then the newest first. */
static int
compare_timeline (gconstpointer a,
                  gconstpointer b)
{
  const KamRow *one = *(const KamRow *const *) a;
  const KamRow *two = *(const KamRow *const *) b;
  gint64 first = moment_of (one), second = moment_of (two);
  int by_plan = 0;

  if (is_planned (one) != is_planned (two))
    return is_planned (one) ? -1 : 1;

  if (is_planned (one))
    by_plan = compare_plans (one, two);
  else if (first != second)
    return first > second ? -1 : 1;

  return by_plan != 0 ? by_plan : strcmp (kam_row_id (two), kam_row_id (one));
}

static gboolean
read_timeline (KamWorker    *self,
               KamLeadPage  *page,
               const Ask    *ask,
               GError      **error)
{
  g_autoptr (GPtrArray) events = NULL;

  if (!kam_rows_list (self, KAM_ENTITY_INTERACTION, "WHERE lead_id = ?1 AND delete_id IS NULL", ask->id, &page->timeline, error) ||
      !kam_rows_list (self, KAM_ENTITY_LEAD_EVENT, "WHERE lead_id = ?1 AND delete_id IS NULL", ask->id, &events, error))
    return FALSE;

  g_ptr_array_extend (page->timeline, events, (GCopyFunc) (GCallback) kam_row_ref, NULL);
  g_ptr_array_sort (page->timeline, compare_timeline);
  page->n_timeline = page->timeline->len;

  if (ask->limit > 0 && page->n_timeline > ask->limit)
    g_ptr_array_set_size (page->timeline, (int) ask->limit);

  return TRUE;
}

static gboolean
read_page (KamWorker    *self,
           KamLeadPage  *page,
           const Ask    *ask,
           GError      **error)
{
  gint64 pending;

  if (!kam_rows_get (self, KAM_ENTITY_LEAD, ask->id, &page->lead, error))
    return FALSE;

  if (page->lead == NULL)
    return TRUE;

  if (!kam_row_is_null (page->lead, KAM_LEAD_PARENT) &&
      !kam_rows_get (self, KAM_ENTITY_LEAD, kam_row_text (page->lead, KAM_LEAD_PARENT), &page->parent, error))
    return FALSE;

  if (!kam_sqlite_number (self->db, &pending, 0, error, "SELECT EXISTS (SELECT 1 FROM outbox WHERE lead_id = ?1 AND state = 0)", "u", ask->id))
    return FALSE;

  page->has_pending = pending != 0;

  /* Children of a lead that is in the bin are in it as well, but its page shows them still. */
  return kam_rows_list (self, KAM_ENTITY_CONTACT, "WHERE lead_id = ?1 AND delete_id IS NULL ORDER BY name_key, key", ask->id, &page->contacts, error) &&
         read_timeline (self, page, ask, error);
}

static void
lead_page_job (KamWorker *self,
               GTask     *task,
               gpointer   data)
{
  g_autoptr (KamLeadPage) page = g_new0 (KamLeadPage, 1);
  GError *error = NULL;

  if (!read_page (self, page, data, &error))
    g_task_return_error (task, error);
  else if (page->lead == NULL)
    return_missing (task);
  else
    g_task_return_pointer (task, g_steal_pointer (&page), (GDestroyNotify) kam_lead_page_free);
}

void
kam_store_lead_page_async (KamStore            *self,
                           const char          *lead_id,
                           guint                timeline_limit,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  GTask *task = kam_store_task (self, kam_store_lead_page_async, cancellable, callback, user_data);
  Ask *ask = new_ask (KAM_ENTITY_LEAD, lead_id);

  ask->limit = timeline_limit;
  g_task_set_task_data (task, ask, free_ask);
  kam_store_push (self, task, lead_page_job);
}

KamLeadPage *
kam_store_lead_page_finish (KamStore      *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
people_job (KamWorker *self,
            GTask     *task,
            gpointer   data)
{
  GError *error = NULL;
  GPtrArray *rows;

  if (kam_rows_list (self, KAM_ENTITY_USER, "ORDER BY name_key, key", NULL, &rows, &error))
    g_task_return_pointer (task, rows, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

void
kam_store_people_async (KamStore            *self,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  kam_store_push (self, kam_store_task (self, kam_store_people_async, cancellable, callback, user_data), people_job);
}

GPtrArray *
kam_store_people_finish (KamStore      *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
find_key_job (KamWorker *self,
              GTask     *task,
              gpointer   data)
{
  Ask *ask = data;
  GError *error = NULL;
  gint64 key;

  if (kam_sqlite_number (self->db, &key, 0, &error, kam_schema_each (ask->entity, "SELECT key FROM", "WHERE id = ?1"), "u", ask->id))
    g_task_return_int (task, key);
  else
    g_task_return_error (task, error);
}

void
kam_store_find_key_async (KamStore            *self,
                          KamEntityKind        entity,
                          const char          *id,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  GTask *task = kam_store_task (self, kam_store_find_key_async, cancellable, callback, user_data);

  g_task_set_task_data (task, new_ask (entity, id), free_ask);
  kam_store_push (self, task, find_key_job);
}

gint64
kam_store_find_key_finish (KamStore      *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  gint64 key = 0;

  g_return_val_if_fail (g_task_is_valid (result, self), 0);

  key = g_task_propagate_int (G_TASK (result), error); /* -1 with an error */

  return MAX (key, 0);
}

/* Alike by what identifies a restaurant: its phone, or its name in its city. */
static gboolean
read_similar (KamWorker      *self,
              const KamRow   *lead,
              GPtrArray     **rows,
              GError        **error)
{
  const char *name = kam_row_text (lead, KAM_LEAD_NAME);
  const char *city = kam_row_text (lead, KAM_LEAD_CITY);
  g_autofree char *name_key = kam_text_sort_key (name != NULL ? name : "");
  g_autofree char *city_key = kam_text_sort_key (city != NULL ? city : "");
  sqlite3_stmt *stmt = kam_sqlite_query (self->db, error,
                                     kam_schema_select (KAM_ENTITY_LEAD,
                                                        "WHERE listed IS NOT NULL AND id <> ?1 AND (phone = ?2 OR (name_key = ?3 AND city_key = ?4 "
                                                        "AND ?3 <> ''))"
                                                        " LIMIT 5"),
                                     "uttt", kam_row_id (lead), kam_row_text (lead, KAM_LEAD_PHONE), name_key, city_key);
  int step = -1;

  *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_row_unref);

  while (stmt != NULL && (step = kam_sqlite_step (self->db, stmt, error)) > 0)
    g_ptr_array_add (*rows, kam_rows_read (stmt, KAM_ENTITY_LEAD));

  if (step < 0)
    g_clear_pointer (rows, g_ptr_array_unref);

  return step == 0;
}

static void
similar_job (KamWorker *self,
             GTask     *task,
             gpointer   data)
{
  Ask *ask = data;
  GError *error = NULL;
  GPtrArray *rows;

  if (read_similar (self, ask->row, &rows, &error))
    g_task_return_pointer (task, rows, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

void
kam_store_similar_leads_async (KamStore            *self,
                               KamRow              *lead,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  GTask *task = kam_store_task (self, kam_store_similar_leads_async, cancellable, callback, user_data);
  Ask *ask = new_ask (KAM_ENTITY_LEAD, NULL);

  ask->row = kam_row_copy (lead);
  g_task_set_task_data (task, ask, free_ask);
  kam_store_push (self, task, similar_job);
}

GPtrArray *
kam_store_similar_leads_finish (KamStore      *self,
                                GAsyncResult  *result,
                                GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
