/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-sync-ask.h"

#include "kam-sync-message.h"
#include "kam-sync-worker-private.h"

#include <glib/gi18n.h>

#define ASK_SECONDS 30

typedef struct
{
  KamOperation    *operation; /* (owned) (nullable) */
  KamSyncWorker   *worker;    /* (owned) */
  GTask           *task;      /* (owned) (nullable): answered */
  GCancellable    *cancellable; /* (owned): in the worker's thread */
  GCancellable    *outer;     /* (owned) (nullable): the caller's */
  gulong           outer_id;
  gulong           stop_id;
  char            *method;    /* (owned) */
  char            *path;      /* (owned) */
  KamSyncParseFunc parse;     /* (nullable) */
  GDestroyNotify   destroy;   /* (nullable): of what parse makes */
} Ask;

static void
cancel_in_thread (KamSyncWorker *worker,
                  gpointer       cancellable)
{
  g_cancellable_cancel (cancellable);
}

/* In the caller's thread; connections belong to the worker's. */
static void
outer_cancelled_cb (GCancellable *outer,
                    gpointer      data)
{
  Ask *self = data;

  kam_sync_worker_post (self->worker, cancel_in_thread, g_object_ref (self->cancellable), g_object_unref);
}

static void
stop_cb (GCancellable *stop,
         gpointer      cancellable)
{
  g_cancellable_cancel (cancellable);
}

static void
ask_free (Ask *self)
{
  if (self->outer != NULL)
    g_cancellable_disconnect (self->outer, self->outer_id);
  g_clear_object (&self->outer);
  g_cancellable_disconnect (self->worker->stop, self->stop_id);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->task);
  g_clear_pointer (&self->operation, kam_operation_free);
  kam_sync_worker_unref (self->worker);
  g_free (self->method);
  g_free (self->path);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Ask, ask_free)

static void
finish (Ask      *self,
        gpointer  value,
        GError   *error)
{
  kam_sync_worker_answer_with (self->worker, g_steal_pointer (&self->task), value, self->destroy, error);
}

static void
take_value (Ask          *self,
            KamHttpReply *reply)
{
  const char *server = self->worker->settings->server;
  g_autoptr (GError) cause = NULL;
  GError *error = NULL;
  gpointer value = NULL;

  if (!kam_http_reply_is_good (reply))
    {
      kam_sync_message_set_ask_error (&error, reply, server);
      finish (self, NULL, error);
      return;
    }

  if (self->parse == NULL)
    {
      finish (self, NULL, NULL);
      return;
    }

  if (reply->body != NULL && JSON_NODE_HOLDS_OBJECT (reply->body))
    value = self->parse (json_node_get_object (reply->body), g_task_get_task_data (self->task), &cause);

  if (value == NULL)
    {
      g_debug ("An answer cannot be read: %s", cause != NULL ? cause->message : "no object");
      error = g_error_new (KAM_SYNC_ERROR, KAM_SYNC_ERROR_NOT_KAM, _("%s answers in a way that Kam does not understand"), server);
    }

  finish (self, value, error);
}

static void
replied_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (Ask) self = data;
  GError *error = NULL;
  g_autoptr (KamHttpReply) reply = kam_http_finish (result, &error);

  if (reply == NULL)
    finish (self, NULL, error);
  else if (!kam_operation_is_current (self->operation) || self->worker->settings == NULL)
    finish (self, NULL, g_error_new (KAM_SYNC_ERROR, KAM_SYNC_ERROR_SIGNED_OUT, _("Nobody is signed in")));
  else
    take_value (self, reply);
}

static void
run (KamSyncWorker *worker,
     gpointer       data)
{
  g_autoptr (Ask) self = data;

  if (worker->stopping)
    {
      finish (self, NULL, g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Syncing was stopped"));
      return;
    }

  if (worker->http == NULL || worker->settings == NULL || !worker->running || worker->status.state == KAM_ENGINE_SIGNED_OUT)
    {
      finish (self, NULL, g_error_new (KAM_SYNC_ERROR, KAM_SYNC_ERROR_SIGNED_OUT, _("Nobody is signed in")));
      return;
    }

  self->operation = kam_operation_new (worker, KAM_LANE_HELLO);
  self->stop_id = g_cancellable_connect (worker->stop, G_CALLBACK (stop_cb), g_object_ref (self->cancellable), g_object_unref);
  kam_http_call_async (worker->http, self->method, self->path, NULL, ASK_SECONDS, self->cancellable, replied_cb, self);
  g_steal_pointer (&self);
}

void
kam_sync_worker_ask (KamSyncWorker    *worker,
                     const char       *method,
                     const char       *path,
                     KamSyncParseFunc  parse,
                     GDestroyNotify    destroy,
                     GTask            *task)
{
  Ask *self;

  if (!kam_sync_worker_is_open (worker))
    {
      g_task_return_new_error (task, KAM_SYNC_ERROR, KAM_SYNC_ERROR_SIGNED_OUT, _("Nobody is signed in"));
      g_object_unref (task);
      return;
    }

  self = g_new0 (Ask, 1);
  self->worker = kam_sync_worker_ref (worker);
  self->task = task;
  self->cancellable = g_cancellable_new ();
  self->method = g_strdup (method);
  self->path = g_strdup (path);
  self->parse = parse;
  self->destroy = destroy;

  if (g_task_get_cancellable (task) != NULL)
    {
      self->outer = g_object_ref (g_task_get_cancellable (task));
      self->outer_id = g_cancellable_connect (self->outer, G_CALLBACK (outer_cancelled_cb), self, NULL);
    }

  kam_sync_worker_post (worker, run, self, NULL);
}
