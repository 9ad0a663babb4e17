/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-store-private.h"
#include "kam-store-schema.h"

#define SLICE_US (15 * G_TIME_SPAN_MILLISECOND) /* until somebody else has a turn */

typedef struct
{
  KamDigestSet *set;    /* (owned) (nullable): before it has begun */
  guint         entity; /* under way */
  gint64        key;    /* of the row read last */
  guint         n_published;
} Digests;

static void
free_digests (gpointer data)
{
  Digests *digests = data;

  g_clear_pointer (&digests->set, kam_digest_set_free);
  g_free (digests);
}

static gboolean
begin (KamWorker  *self,
       Digests    *digests,
       GError    **error)
{
  g_clear_pointer (&digests->set, kam_digest_set_free);
  digests->set = kam_digest_set_new ();
  digests->entity = 0;
  digests->key = 0;
  digests->n_published = self->n_published;

  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    {
      KamEntityKind entity = (KamEntityKind) i;
      gint64 n;

      if (!kam_sqlite_number (self->db, &n, 0, error, kam_schema_each (entity, "SELECT count (*) FROM", ""), ""))
        return FALSE;

      digests->set->of[i] = kam_digest_new (entity, kam_digest_choose (n));
    }

  return TRUE;
}

/* A row with a shadow differs from the server's; wherever the server has a row there is one here. */
static gboolean
add_row (KamWorker     *self,
         Digests       *digests,
         KamRow        *row,
         gboolean       has_shadows,
         GError       **error)
{
  g_autoptr (KamRow) server = NULL;

  if (!has_shadows && kam_row_rev (row) > 0)
    kam_digest_add (digests->set->of[digests->entity], row);

  if (!has_shadows)
    return TRUE;

  if (!kam_shadow_get_server (self, kam_row_kind (row), kam_row_id (row), &server, error))
    return FALSE;

  if (server != NULL)
    kam_digest_add (digests->set->of[digests->entity], server);

  return TRUE;
}

/* FALSE in more at the end of the entity. */
static gboolean
add_some (KamWorker  *self,
          Digests    *digests,
          gboolean   *more,
          GError    **error)
{
  KamEntityKind entity = (KamEntityKind) digests->entity;
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_row_unref);
  sqlite3_stmt *stmt = NULL;
  gint64 has_shadows;
  int step = -1;

  if (!kam_sqlite_number (self->db, &has_shadows, 0, error, "SELECT EXISTS (SELECT 1 FROM shadow)", ""))
    return FALSE;

  stmt = kam_sqlite_query (self->db, error, kam_schema_select (entity, "WHERE key > ?1 ORDER BY key LIMIT 200"), "i", digests->key);

  while (stmt != NULL && (step = kam_sqlite_step (self->db, stmt, error)) > 0)
    {
      g_ptr_array_add (rows, kam_rows_read (stmt, entity));
      digests->key = sqlite3_column_int64 (stmt, (int) kam_entity_get (entity)->n_fields + 3);
    }

  *more = rows->len > 0;

  for (guint i = 0; step == 0 && i < rows->len; i++)
    {
      if (!add_row (self, digests, rows->pdata[i], has_shadows != 0, error))
        return FALSE;
    }

  return step == 0;
}

static gboolean
go_on (KamWorker  *self,
       Digests    *digests,
       GError    **error)
{
  gint64 until = g_get_monotonic_time () + SLICE_US;

  if ((digests->set == NULL || digests->n_published != self->n_published) && !begin (self, digests, error))
    return FALSE;

  while (digests->entity < KAM_N_ENTITIES && g_get_monotonic_time () < until)
    {
      gboolean more;

      if (!add_some (self, digests, &more, error))
        return FALSE;

      if (!more)
        {
          digests->entity++;
          digests->key = 0;
        }
    }

  return TRUE;
}

/* What is not done in its turn waits at the end of the queue again. */
static void
digests_job (KamWorker *self,
             GTask     *task,
             gpointer   data)
{
  Digests *digests = data;
  GError *error = NULL;

  if (!go_on (self, digests, &error))
    g_task_return_error (task, error);
  else if (digests->entity < KAM_N_ENTITIES)
    kam_worker_push (self->queue, g_object_ref (task), digests_job);
  else
    g_task_return_pointer (task, g_steal_pointer (&digests->set), (GDestroyNotify) kam_digest_set_free);
}

void
kam_store_digests_async (KamStore            *self,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  GTask *task = kam_store_task (self, kam_store_digests_async, cancellable, callback, user_data);

  g_task_set_task_data (task, g_new0 (Digests, 1), free_digests);
  kam_store_push (self, task, digests_job);
}

KamDigestSet *
kam_store_digests_finish (KamStore      *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
