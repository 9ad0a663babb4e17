/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-db-pool.h"

/* A connection that has been quiet for longer is asked whether it is still there, so that a restarted database is no error to anybody. */
#define TRUSTED_IDLE_US (5 * G_USEC_PER_SEC)

typedef struct
{
  KamDbPoolFunc  func;
  gpointer       data;        /* (owned) */
  GDestroyNotify data_free;
  GDestroyNotify result_free;
} Job;

struct _KamDbPool
{
  GObject       parent_instance;
  KamDbOptions  options;      /* (owned strings) */
  guint         max_waiting;
  GMutex        lock;
  GCond         work;
  GQueue        waiting;      /* (element-type GTask) (owned), under the lock: first in, first out */
  gboolean      closing;      /* under the lock */
  GPtrArray    *threads;      /* (owned) (element-type GThread) */
};

G_DEFINE_FINAL_TYPE (KamDbPool, kam_db_pool, G_TYPE_OBJECT)

static void
job_free (Job *job)
{
  if (job->data_free != NULL)
    job->data_free (job->data);

  g_free (job);
}

static void
options_copy (KamDbOptions       *to,
              const KamDbOptions *from)
{
  *to = *from;
  to->socket = g_strdup (from->socket);
  to->host = g_strdup (from->host);
  to->name = g_strdup (from->name);
  to->user = g_strdup (from->user);
  to->password = g_strdup (from->password);
  to->ca_file = g_strdup (from->ca_file);
}

static void
options_clear (KamDbOptions *options)
{
  g_free (options->socket);
  g_free (options->host);
  g_free (options->name);
  g_free (options->user);
  g_free (options->password);
  g_free (options->ca_file);
}

static void
run_task (KamDbPool  *self,
          GTask      *task,
          KamDb     **db)
{
  Job *job = g_task_get_task_data (task);
  GError *error = NULL;
  gpointer result;

  if (g_task_return_error_if_cancelled (task))
    return;

  if (*db != NULL && !kam_db_is_alive (*db, TRUSTED_IDLE_US))
    g_clear_pointer (db, kam_db_close);

  if (*db == NULL)
    *db = kam_db_connect (&self->options, &error);

  result = *db != NULL ? job->func (*db, job->data, g_task_get_cancellable (task), &error) : NULL;

  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, result, job->result_free);
}

/* What waits is done before a pool that closes lets its threads go. */
static GTask *
take_task (KamDbPool *self)
{
  GTask *task;

  g_mutex_lock (&self->lock);

  while (g_queue_is_empty (&self->waiting) && !self->closing)
    g_cond_wait (&self->work, &self->lock);

  task = g_queue_pop_head (&self->waiting);
  g_mutex_unlock (&self->lock);

  return task;
}

static gpointer
worker_thread (gpointer data)
{
  KamDbPool *self = data;
  KamDb *db = NULL;
  GTask *task;

  while ((task = take_task (self)) != NULL)
    {
      run_task (self, task, &db);
      g_object_unref (task);
    }

  g_clear_pointer (&db, kam_db_close);

  return NULL;
}

static void
kam_db_pool_finalize (GObject *object)
{
  KamDbPool *self = KAM_DB_POOL (object);

  kam_db_pool_shut_down (self);
  g_ptr_array_unref (self->threads);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->work);
  options_clear (&self->options);

  G_OBJECT_CLASS (kam_db_pool_parent_class)->finalize (object);
}

static void
kam_db_pool_class_init (KamDbPoolClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = kam_db_pool_finalize;
}

static void
kam_db_pool_init (KamDbPool *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->work);
  g_queue_init (&self->waiting);
  self->threads = g_ptr_array_new ();
}

/**
 * kam_db_pool_new:
 * @options: copied
 * @n_threads: how many functions run at a time, each with a connection of its own that is made when it is first needed
 * @max_waiting: how many more may wait
 *
 * The threads hold no reference to the pool: drop the last one from the thread that made it.
 */
KamDbPool *
kam_db_pool_new (const KamDbOptions *options,
                 guint               n_threads,
                 guint               max_waiting)
{
  KamDbPool *self = g_object_new (KAM_TYPE_DB_POOL, NULL);

  options_copy (&self->options, options);
  self->max_waiting = max_waiting;

  for (guint i = 0; i < MAX (n_threads, 1); i++)
    g_ptr_array_add (self->threads, g_thread_new ("kam-db", worker_thread, self));

  return self;
}

/**
 * kam_db_pool_run_async:
 * @func: called in a worker thread; returns NULL with an error set, or its result (which may be NULL)
 * @data_free: (nullable): called when the function has run, in any thread
 * @result_free: (nullable): frees a result that nobody fetched
 *
 * Functions start in the order in which they were handed over. One that was cancelled while it waited does not run.
 */
void
kam_db_pool_run_async (KamDbPool          *self,
                       KamDbPoolFunc       func,
                       gpointer            data,
                       GDestroyNotify      data_free,
                       GDestroyNotify      result_free,
                       GCancellable       *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Job *job = g_new0 (Job, 1);
  gboolean is_taken = FALSE;

  g_return_if_fail (KAM_IS_DB_POOL (self));

  job->func = func;
  job->data = data;
  job->data_free = data_free;
  job->result_free = result_free;
  g_task_set_source_tag (task, kam_db_pool_run_async);
  g_task_set_task_data (task, job, (GDestroyNotify) job_free);

  g_mutex_lock (&self->lock);

  if (!self->closing && self->waiting.length < self->max_waiting)
    {
      g_queue_push_tail (&self->waiting, g_object_ref (task));
      g_cond_signal (&self->work);
      is_taken = TRUE;
    }

  g_mutex_unlock (&self->lock);

  if (!is_taken)
    g_task_return_new_error (task, KAM_DB_ERROR, KAM_DB_ERROR_BUSY, "The database has too much to do; try again in a moment");
}

gpointer
kam_db_pool_run_finish (KamDbPool    *self,
                        GAsyncResult *result,
                        GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * kam_db_pool_shut_down:
 *
 * Takes nothing new, runs what waits, ends the threads and their connections. Blocks until they have ended; safe to call twice.
 */
void
kam_db_pool_shut_down (KamDbPool *self)
{
  g_mutex_lock (&self->lock);
  self->closing = TRUE;
  g_cond_broadcast (&self->work);
  g_mutex_unlock (&self->lock);

  for (guint i = 0; i < self->threads->len; i++)
    g_thread_join (g_ptr_array_index (self->threads, i));

  g_ptr_array_set_size (self->threads, 0);
}
