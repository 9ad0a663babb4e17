/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-store-private.h"

#include <glib/gi18n.h>

struct _KamStore
{
  GObject      parent_instance;

  char        *dir;    /* (owned) */
  GAsyncQueue *queue;  /* (owned) */
  GThread     *thread; /* (owned) */
  GMutex       lock;   /* guards closed, so that nothing is queued behind the end */
  gboolean     closed;
};

G_DEFINE_FINAL_TYPE (KamStore, kam_store, G_TYPE_OBJECT)
G_DEFINE_QUARK (kam-store-error-quark, kam_store_error)

static guint changed_signal;

typedef struct
{
  char *key;   /* (owned) */
  char *value; /* (owned) (nullable) */
} Setting;

static void
free_setting (gpointer data)
{
  Setting *setting = data;

  g_free (setting->key);
  g_free (setting->value);
  g_free (setting);
}

/* The thread frees what it owns by itself, since the last reference may be dropped in it. */
static void
kam_store_finalize (GObject *object)
{
  KamStore *self = KAM_STORE (object);

  if (!self->closed && self->thread != NULL)
    {
      kam_worker_push_end (self->queue);
      g_thread_unref (self->thread);
    }

  g_clear_pointer (&self->queue, g_async_queue_unref);
  g_mutex_clear (&self->lock);
  g_free (self->dir);

  G_OBJECT_CLASS (kam_store_parent_class)->finalize (object);
}

static void
kam_store_class_init (KamStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = kam_store_finalize;

  /**
   * KamStore::changed:
   * @changes: what a commit changed
   */
  changed_signal = g_signal_new ("changed", KAM_TYPE_STORE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, KAM_TYPE_CHANGES);
}

static void
kam_store_init (KamStore *self)
{
  g_mutex_init (&self->lock);
}

GTask *
kam_store_task (KamStore            *self,
                gpointer             tag,
                GCancellable        *cancellable,
                GAsyncReadyCallback  callback,
                gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tag);

  return task;
}

void
kam_store_push (KamStore   *self,
                GTask      *task,
                KamJobFunc  func)
{
  gboolean closed;

  g_mutex_lock (&self->lock);
  closed = self->closed;

  if (!closed)
    kam_worker_push (self->queue, task, func);

  g_mutex_unlock (&self->lock);

  if (closed)
    {
      g_task_return_new_error (task, KAM_STORE_ERROR, KAM_STORE_ERROR_CLOSED, _("The profile has been closed"));
      g_object_unref (task);
    }
}

typedef struct
{
  KamWriteFunc   func;
  gboolean       durable;
  gpointer       data;      /* (owned) (nullable) */
  GDestroyNotify free_data; /* (nullable) */
} Write;

static void
free_write (gpointer data)
{
  Write *write = data;

  if (write->free_data != NULL)
    write->free_data (write->data);

  g_free (write);
}

static void
write_job (KamWorker *worker,
           GTask     *task,
           gpointer   data)
{
  Write *write = data;
  GError *error = NULL;

  if (kam_worker_write (worker, write->durable, write->func, write->data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* Queues a transaction, which is done even where the task has been cancelled meanwhile. */
void
kam_store_push_write (KamStore       *self,
                      GTask          *task,
                      KamWriteFunc    func,
                      gboolean        durable,
                      gpointer        data,
                      GDestroyNotify  free_data)
{
  Write *write = g_new0 (Write, 1);

  write->func = func;
  write->durable = durable;
  write->data = data;
  write->free_data = free_data;
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, write, free_write);
  kam_store_push (self, task, write_job);
}

gboolean
kam_store_finish_write (KamStore      *self,
                        GAsyncResult  *result,
                        GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
open_job (KamWorker *worker,
          GTask     *task,
          gpointer   data)
{
  GError *error = NULL;

  if (kam_worker_open (worker, &error))
    g_task_return_pointer (task, g_object_ref (data), g_object_unref);
  else
    g_task_return_error (task, error);
}

/**
 * kam_store_open_async:
 * @profile_dir: the folder of the profile; made with mode 0700, the cache in it with 0600
 * @clock: where the time comes from
 *
 * Opens the cache of a profile, or makes it. Answers with KAM_STORE_ERROR_BUSY while another process has it.
 */
void
kam_store_open_async (const char          *profile_dir,
                      KamClock            *clock,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  KamStore *self = g_object_new (KAM_TYPE_STORE, NULL);
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  KamWorker *worker = kam_worker_new (profile_dir, clock, self);

  g_task_set_source_tag (task, kam_store_open_async);
  g_task_set_task_data (task, self, g_object_unref);
  self->dir = g_strdup (profile_dir);
  self->queue = g_async_queue_ref (worker->queue);
  self->thread = kam_worker_start (worker);
  kam_store_push (self, task, open_job);
}

KamStore *
kam_store_open_finish (GAsyncResult  *result,
                       GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

const char *
kam_store_get_dir (KamStore *self)
{
  return self->dir;
}

static void
join_thread (GTask        *task,
             gpointer      source,
             gpointer      task_data,
             GCancellable *cancellable)
{
  g_thread_join (task_data);
  g_task_return_boolean (task, TRUE);
}

/**
 * kam_store_close_async:
 *
 * Finishes what has been asked, then closes the file and unlocks the profile. Whatever is asked from now on fails with KAM_STORE_ERROR_CLOSED, a
 * second close as well.
 */
void
kam_store_close_async (KamStore            *self,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  g_autoptr (GTask) task = kam_store_task (self, kam_store_close_async, NULL, callback, user_data);
  GThread *thread = NULL;

  g_mutex_lock (&self->lock);

  if (!self->closed)
    {
      self->closed = TRUE;
      thread = g_steal_pointer (&self->thread);
      kam_worker_push_end (self->queue);
    }

  g_mutex_unlock (&self->lock);

  if (thread == NULL)
    {
      g_task_return_new_error (task, KAM_STORE_ERROR, KAM_STORE_ERROR_CLOSED, _("The profile has been closed"));
      return;
    }

  g_task_set_task_data (task, thread, NULL);
  g_task_run_in_thread (task, join_thread);
}

gboolean
kam_store_close_finish (KamStore      *self,
                        GAsyncResult  *result,
                        GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
get_setting_job (KamWorker *worker,
                 GTask     *task,
                 gpointer   data)
{
  Setting *setting = data;
  GError *error = NULL;

  if (kam_setting_get (worker, setting->key, &setting->value, &error))
    g_task_return_pointer (task, g_steal_pointer (&setting->value), g_free);
  else
    g_task_return_error (task, error);
}

void
kam_store_get_setting_async (KamStore            *self,
                             const char          *key,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  GTask *task = kam_store_task (self, kam_store_get_setting_async, cancellable, callback, user_data);
  Setting *setting = g_new0 (Setting, 1);

  setting->key = g_strdup (key);
  g_task_set_task_data (task, setting, free_setting);
  kam_store_push (self, task, get_setting_job);
}

/**
 * kam_store_get_setting_finish:
 *
 * Returns: (transfer full) (nullable): the value; NULL without an error where it is unset
 */
char *
kam_store_get_setting_finish (KamStore      *self,
                              GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
write_setting (KamWorker  *worker,
               gpointer    data,
               GError    **error)
{
  Setting *setting = data;

  return kam_setting_set (worker, setting->key, setting->value, error);
}

void
kam_store_set_setting_async (KamStore            *self,
                             const char          *key,
                             const char          *value,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  GTask *task = kam_store_task (self, kam_store_set_setting_async, cancellable, callback, user_data);
  Setting *setting = g_new0 (Setting, 1);

  setting->key = g_strdup (key);
  setting->value = g_strdup (value);
  kam_store_push_write (self, task, write_setting, TRUE, setting, free_setting);
}

gboolean
kam_store_set_setting_finish (KamStore      *self,
                              GAsyncResult  *result,
                              GError       **error)
{
  return kam_store_finish_write (self, result, error);
}
