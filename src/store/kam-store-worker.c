/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-store-private.h"

#include <glib/gi18n.h>

#define REST_US G_TIME_SPAN_SECOND /* without anything asked, before the log is written back */
#define QUIET_US (50 * G_TIME_SPAN_MILLISECOND) /* before the search index is merged */

/* What the queue carries; without a task it ends the thread. */
typedef struct
{
  GTask      *task; /* (owned) (nullable) */
  KamJobFunc  func;
} KamJob;

typedef struct
{
  KamStore   *store;   /* (owned) */
  KamChanges *changes; /* (owned) */
} Notice;

static void
free_notice (gpointer data)
{
  Notice *notice = data;

  g_object_unref (notice->store);
  kam_changes_unref (notice->changes);
  g_free (notice);
}

static gboolean
tell_cb (gpointer data)
{
  Notice *notice = data;

  g_signal_emit_by_name (notice->store, "changed", notice->changes);

  return G_SOURCE_REMOVE;
}

/* Not g_main_context_invoke(): that would run here, in the worker, whenever nobody iterates the context. */
static void
tell (KamWorker  *self,
      KamChanges *changes)
{
  g_autoptr (GSource) source = NULL;
  KamStore *store = g_weak_ref_get (&self->store);
  Notice *notice;

  if (store == NULL)
    return;

  notice = g_new0 (Notice, 1);
  notice->store = store;
  notice->changes = kam_changes_ref (changes);
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, tell_cb, notice, free_notice);
  g_source_attach (source, self->context);
}

KamWorker *
kam_worker_new (const char *dir,
                KamClock   *clock,
                KamStore   *store)
{
  KamWorker *self = g_new0 (KamWorker, 1);

  self->queue = g_async_queue_new ();
  self->context = g_main_context_ref_thread_default ();
  g_weak_ref_init (&self->store, store);
  self->dir = g_strdup (dir);
  self->clock = kam_clock_ref (clock);
  self->lock_fd = -1;
  self->page = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  self->touched = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  return self;
}

static void
free_worker (KamWorker *self)
{
  kam_worker_close (self);
  g_async_queue_unref (self->queue);
  g_main_context_unref (self->context);
  g_weak_ref_clear (&self->store);
  g_ptr_array_unref (self->page);
  g_hash_table_unref (self->touched);
  kam_clock_unref (self->clock);
  g_free (self->dir);
  g_free (self);
}

static void
run_job (KamWorker *self,
         KamJob    *job)
{
  GError *error = NULL;

  if (g_cancellable_set_error_if_cancelled (g_task_get_cancellable (job->task), &error))
    g_task_return_error (job->task, error);
  else
    job->func (self, job->task, g_task_get_task_data (job->task));

  g_object_unref (job->task);
}

/* In steps of milliseconds, until somebody asks for something. */
static KamJob *
merge_until_asked (KamWorker *self)
{
  KamJob *job = g_async_queue_timeout_pop (self->queue, QUIET_US);

  while (job == NULL && self->has_pieces)
    {
      kam_worker_merge (self);
      job = g_async_queue_try_pop (self->queue);
    }

  return job;
}

/* Writing the log back into the file takes tenths of a second: not while somebody saves one edit after the other. */
static KamJob *
next_job (KamWorker *self)
{
  KamJob *job;

  if (self->has_backlog)
    return g_async_queue_try_pop (self->queue);

  if (self->has_pieces)
    {
      job = merge_until_asked (self);

      if (job != NULL)
        return job;
    }

  if (self->has_log)
    {
      job = g_async_queue_timeout_pop (self->queue, REST_US);

      if (job != NULL)
        return job;

      self->has_log = FALSE;
      sqlite3_wal_checkpoint_v2 (kam_sqlite_handle (self->db), NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    }

  return g_async_queue_pop (self->queue);
}

/* What a job put off until after the end. */
static void
refuse_rest (KamWorker *self)
{
  KamJob *job;

  while ((job = g_async_queue_try_pop (self->queue)) != NULL)
    {
      if (job->task != NULL)
        g_task_return_new_error (job->task, KAM_STORE_ERROR, KAM_STORE_ERROR_CLOSED, _("The profile has been closed"));

      g_clear_object (&job->task);
      g_free (job);
    }
}

static gpointer
work (gpointer data)
{
  KamWorker *self = data;

  for (;;)
    {
      KamJob *job = next_job (self);

      if (job == NULL)
        {
          kam_worker_slice (self);
          continue;
        }

      if (job->task == NULL)
        {
          g_free (job);
          break;
        }

      run_job (self, job);
      g_free (job);
    }

  refuse_rest (self);
  free_worker (self);

  return NULL;
}

GThread *
kam_worker_start (KamWorker *self)
{
  return g_thread_new ("kam-store", work, self);
}

void
kam_worker_push (GAsyncQueue *queue,
                 GTask       *task,
                 KamJobFunc   func)
{
  KamJob *job = g_new0 (KamJob, 1);

  job->task = task;
  job->func = func;
  g_async_queue_push (queue, job);
}

void
kam_worker_push_end (GAsyncQueue *queue)
{
  kam_worker_push (queue, NULL, NULL);
}

/* Remembers that what follows from the rows of a lead is to be made again at the end of the transaction. */
void
kam_worker_touch (KamWorker  *self,
                  const char *lead_id)
{
  if (!g_hash_table_contains (self->touched, lead_id))
    g_hash_table_add (self->touched, g_strdup (lead_id));
}

static gboolean
settle_touched (KamWorker  *self,
                GError    **error)
{
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, self->touched);

  while (g_hash_table_iter_next (&iter, &id, NULL))
    {
      if (!kam_shadow_settle_lead (self, id, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
write_counts (KamWorker  *self,
              GError    **error)
{
  for (guint i = 0; i < 2; i++)
    {
      for (guint n = 0; n < KAM_LISTED_STATES; n++)
        {
          gint64 entity = i == 0 ? KAM_ENTITY_LEAD : KAM_ENTITY_CONTACT;

          if (self->counts[i][n] != 0 &&
              !kam_sqlite_exec (self->db, error,
                            "INSERT INTO listed_count (entity, listed, n) VALUES (?1, ?2, ?3) ON CONFLICT (entity, listed) DO UPDATE SET n = n + ?3",
                            "iii", entity, (gint64) n, self->counts[i][n]))
            return FALSE;
        }
    }

  return TRUE;
}

gboolean
kam_worker_write (KamWorker    *self,
                  gboolean      durable,
                  KamWriteFunc  func,
                  gpointer      data,
                  GError      **error)
{
  g_autoptr (KamChanges) changes = kam_changes_new ();
  gboolean ok;

  g_hash_table_remove_all (self->touched);
  memset (self->counts, 0, sizeof self->counts);
  self->changes = changes;

  if (!kam_sqlite_begin (self->db, durable, error))
    {
      self->changes = NULL;
      return FALSE;
    }

  ok = func (self, data, error) && settle_touched (self, error) && write_counts (self, error);

  if (!ok)
    kam_sqlite_rollback (self->db);
  else
    ok = kam_sqlite_commit (self->db, error);

  self->changes = NULL;
  self->has_log = self->has_log || ok;

  if (ok && !kam_changes_is_empty (changes))
    tell (self, changes);

  return ok;
}
