/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-sync-worker-private.h"

#include "kam-token.h"

#include <time.h>

/* The thread: how it begins and ends, and how it is spoken to. */

#define LOOK_AT_CLOCK_SECONDS 20
#define SLEPT_LEAST_US (2 * (gint64) G_USEC_PER_SEC)

typedef struct
{
  KamSyncWorker  *worker;  /* (owned) */
  void          (*func)   (KamSyncWorker *self, gpointer data);
  gpointer        data;
  GDestroyNotify  destroy; /* (nullable) */
} Message;

static void
message_free (Message *message)
{
  if (message->destroy != NULL)
    message->destroy (message->data);
  kam_sync_worker_unref (message->worker);
  g_free (message);
}

static gboolean
message_cb (gpointer data)
{
  Message *message = data;

  message->func (message->worker, message->data);

  return G_SOURCE_REMOVE;
}

/* Has a function run in the thread. */
void
kam_sync_worker_post (KamSyncWorker   *self,
                      void           (*func) (KamSyncWorker *self, gpointer data),
                      gpointer         data,
                      GDestroyNotify   destroy)
{
  g_autoptr (GSource) source = g_idle_source_new ();
  Message *message = g_new0 (Message, 1);

  message->worker = kam_sync_worker_ref (self);
  message->func = func;
  message->data = data;
  message->destroy = destroy;
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, message_cb, message, (GDestroyNotify) message_free);
  g_source_attach (source, self->context);
}

static void
leave_if_done (KamSyncWorker *self)
{
  if (self->stopping && self->n_operations == 0)
    g_main_loop_quit (self->loop);
}

KamOperation *
kam_operation_new (KamSyncWorker *worker,
                   KamLane        lane)
{
  KamOperation *self = g_new0 (KamOperation, 1);

  self->worker = kam_sync_worker_ref (worker);
  self->lane = lane;
  self->serial = worker->serials[lane];
  self->generation = worker->generation;
  self->begun_us = kam_clock_now (worker->clock);
  worker->n_operations++;

  return self;
}

void
kam_operation_free (KamOperation *self)
{
  self->worker->n_operations--;
  leave_if_done (self->worker);
  kam_sync_worker_unref (self->worker);
  g_free (self);
}

gboolean
kam_operation_is_current (KamOperation *self)
{
  return self->generation == self->worker->generation && !self->worker->stopping;
}

gboolean
kam_operation_is_awaited (KamOperation *self)
{
  return kam_operation_is_current (self) && self->serial == self->worker->serials[self->lane];
}

static gint64
read_sleep (void)
{
  struct timespec awake = { 0 };
  struct timespec all = { 0 };

  clock_gettime (CLOCK_MONOTONIC, &awake);
  clock_gettime (CLOCK_BOOTTIME, &all);

  return (all.tv_sec - awake.tv_sec) * (gint64) G_USEC_PER_SEC + (all.tv_nsec - awake.tv_nsec) / 1000;
}

/* Timers stand still while the device sleeps, and the server has long hung up. What the wall clock does is of no account here. */
static gboolean
look_at_clock_cb (gpointer data)
{
  KamSyncWorker *self = data;
  KamEvent event = { .kind = KAM_EVENT_RESUMED };
  gint64 slept = read_sleep ();

  if (slept - self->slept_us > SLEPT_LEAST_US && self->running)
    kam_sync_worker_feed (self, &event);
  self->slept_us = slept;
  kam_sync_worker_look_at_check (self);

  return G_SOURCE_CONTINUE;
}

/* In the owner's context, once the thread has nothing more to do. */
static gboolean
ended_cb (gpointer data)
{
  KamSyncWorker *self = data;
  g_autoptr (GTask) task = g_steal_pointer (&self->stop_task);

  g_thread_join (g_steal_pointer (&self->thread));
  if (task != NULL)
    g_task_return_boolean (task, TRUE);

  return G_SOURCE_REMOVE;
}

static gpointer
thread_func (gpointer data)
{
  KamSyncWorker *self = data;
  g_autoptr (GSource) look = g_timeout_source_new_seconds (LOOK_AT_CLOCK_SECONDS);

  g_main_context_push_thread_default (self->context);
  self->slept_us = read_sleep ();
  g_source_set_callback (look, look_at_clock_cb, self, NULL);
  g_source_attach (look, self->context);

  g_main_loop_run (self->loop);

  g_source_destroy (look);
  kam_sync_worker_halt (self);
  g_clear_pointer (&self->http, kam_http_free);
  g_main_context_pop_thread_default (self->context);
  kam_sync_worker_tell_owner (self, ended_cb, self, (GDestroyNotify) kam_sync_worker_unref);

  return NULL;
}

static void
ensure_thread (KamSyncWorker *self)
{
  if (self->thread == NULL)
    self->thread = g_thread_new ("kam-sync", thread_func, kam_sync_worker_ref (self));
}

static void
token_loaded_cb (GObject      *source,
                 GAsyncResult *result,
                 gpointer      data)
{
  g_autoptr (KamOperation) operation = data;
  KamSyncWorker *self = operation->worker;
  g_autofree char *token = kam_token_load_finish (result, &self->has_keyring, NULL);

  if (!kam_operation_is_current (operation) || self->running)
    return;

  kam_http_set_token (self->http, token);
  kam_sync_worker_begin (self, token != NULL);
}

/* Loads the token and begins; a person who is not signed in has at least what waits counted. */
static void
resume_session (KamSyncWorker *self)
{
  g_autoptr (GError) error = NULL;

  if (self->settings->server == NULL || self->settings->user_id == NULL)
    {
      kam_sync_worker_begin (self, FALSE);
      return;
    }

  g_clear_pointer (&self->http, kam_http_free);
  self->http = kam_http_new (self->settings->server, self->settings->ca_file, &error);
  if (self->http == NULL)
    {
      g_warning ("The certificate file cannot be read: %s", error->message);
      self->http = kam_http_new (self->settings->server, NULL, NULL); /* its certificate will not be trusted, and that is said */
    }

  self->status.state = KAM_ENGINE_SYNCING;
  kam_token_load_async (kam_store_get_dir (self->store), self->settings->server, self->stop, token_loaded_cb, kam_operation_new (self, KAM_LANE_HELLO));
}

typedef struct
{
  KamOperation *operation; /* (owned) */
  GTask        *task;      /* (owned) */
} Loading;

static void
settings_loaded_cb (GObject      *source,
                    GAsyncResult *result,
                    gpointer      data)
{
  g_autofree Loading *loading = data;
  g_autoptr (KamOperation) operation = loading->operation;
  KamSyncWorker *self = operation->worker;
  GError *error = NULL;
  KamSyncSettings *settings = kam_sync_settings_load_finish (result, &error);

  if (settings == NULL)
    {
      kam_sync_worker_answer (self, loading->task, error);
      return;
    }

  g_clear_pointer (&self->settings, kam_sync_settings_free);
  self->settings = settings;

  if (settings->local == NULL && !self->running && kam_operation_is_current (operation))
    resume_session (self);

  kam_sync_worker_report (self);
  kam_sync_worker_answer (self, loading->task, NULL);
}

static void
run_start (KamSyncWorker *self,
           gpointer       data)
{
  Loading *loading = g_new0 (Loading, 1);

  loading->operation = kam_operation_new (self, KAM_LANE_HELLO);
  loading->task = data;
  kam_sync_settings_load_async (self->store, NULL, settings_loaded_cb, loading);
}

static void
run_stop (KamSyncWorker *self,
          gpointer       data)
{
  KamEvent event = { .kind = KAM_EVENT_STOP };

  if (self->running)
    kam_sync_worker_feed (self, &event);

  kam_sync_worker_halt (self);
  self->stopping = TRUE;
  kam_sync_worker_check_sign_out (self);
  g_cancellable_cancel (self->stop);
  leave_if_done (self);
}

static void
run_event (KamSyncWorker *self,
           gpointer       data)
{
  if (self->running)
    kam_sync_worker_feed (self, data);
}

gboolean
kam_sync_worker_is_open (KamSyncWorker *self)
{
  return self->thread != NULL && !self->stopped;
}

static void
post_event (KamSyncWorker *self,
            KamEvent       event)
{
  if (kam_sync_worker_is_open (self))
    kam_sync_worker_post (self, run_event, g_memdup2 (&event, sizeof event), g_free);
}

static void
clear (gpointer data)
{
  KamSyncWorker *self = data;

  g_clear_pointer (&self->fresh, kam_sync_report_free);
  g_clear_pointer (&self->engine, kam_engine_free);
  g_clear_pointer (&self->settings, kam_sync_settings_free);
  g_clear_pointer (&self->state, kam_sync_state_free);
  g_clear_pointer (&self->batch, g_ptr_array_unref);
  g_clear_pointer (&self->results, g_ptr_array_unref);
  g_clear_pointer (&self->lines, g_ptr_array_unref);
  g_clear_pointer (&self->thread, g_thread_unref);
  g_clear_pointer (&self->asked_cursor, g_free);
  g_clear_pointer (&self->digests, kam_digest_set_free);
  g_clear_pointer (&self->verified, kam_verified_free);
  g_main_loop_unref (self->loop);
  g_main_context_unref (self->context);
  g_main_context_unref (self->owner_context);
  g_object_unref (self->stop);
  g_object_unref (self->store);
  kam_clock_unref (self->clock);
  g_mutex_clear (&self->lock);
}

KamSyncWorker *
kam_sync_worker_ref (KamSyncWorker *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
kam_sync_worker_unref (KamSyncWorker *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

KamSyncWorker *
kam_sync_worker_new (KamStore          *store,
                     KamClock          *clock,
                     KamSyncReportFunc  report,
                     gpointer           owner)
{
  KamSyncWorker *self = g_atomic_rc_box_new0 (KamSyncWorker);

  g_mutex_init (&self->lock);
  self->store = g_object_ref (store);
  self->clock = kam_clock_ref (clock);
  self->report_func = report;
  self->owner = owner;
  self->owner_context = g_main_context_ref_thread_default ();
  self->context = g_main_context_new ();
  self->loop = g_main_loop_new (self->context, FALSE);
  self->engine = kam_engine_new ();
  self->stop = g_cancellable_new ();
  self->status.permille = -1;
  self->has_keyring = TRUE;

  return self;
}

void
kam_sync_worker_abandon (KamSyncWorker *self)
{
  self->owner = NULL;

  if (kam_sync_worker_is_open (self))
    kam_sync_worker_post (self, run_stop, NULL, NULL);

  kam_sync_worker_unref (self);
}

static gboolean
refuse_if_stopped (KamSyncWorker *self,
                   GTask         *task)
{
  if (!self->stopped)
    return FALSE;

  g_task_return_new_error (task, KAM_SYNC_ERROR, KAM_SYNC_ERROR_FAILED, "Syncing was stopped");
  g_object_unref (task);

  return TRUE;
}

/* All of these take the task over. */

void
kam_sync_worker_start (KamSyncWorker *self,
                       GTask         *task)
{
  if (refuse_if_stopped (self, task))
    return;

  ensure_thread (self);
  kam_sync_worker_post (self, run_start, task, NULL);
}

void
kam_sync_worker_stop (KamSyncWorker *self,
                      GTask         *task)
{
  if (self->thread == NULL || self->stopped)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }

  self->stopped = TRUE;
  self->stop_task = task;
  kam_sync_worker_post (self, run_stop, NULL, NULL);
}

void
kam_sync_worker_sign_in (KamSyncWorker *self,
                         const char    *server,
                         const char    *ca_file,
                         const char    *email,
                         const char    *password,
                         GTask         *task)
{
  if (refuse_if_stopped (self, task))
    return;

  ensure_thread (self);
  kam_sync_worker_post (self, kam_sync_worker_run_sign_in, kam_sign_in_new (self, server, ca_file, email, password, task), NULL);
}

void
kam_sync_worker_sign_out (KamSyncWorker *self,
                          gboolean       discard,
                          GTask         *task)
{
  if (refuse_if_stopped (self, task))
    return;

  ensure_thread (self);
  kam_sync_worker_post (self, kam_sync_worker_run_sign_out, kam_sign_out_new (discard, task), NULL);
}

void
kam_sync_worker_now (KamSyncWorker *self)
{
  post_event (self, (KamEvent) { .kind = KAM_EVENT_ASKED });
}

void
kam_sync_worker_check (KamSyncWorker *self)
{
  post_event (self, (KamEvent) { .kind = KAM_EVENT_CHECK });
}

void
kam_sync_worker_edited (KamSyncWorker *self)
{
  post_event (self, (KamEvent) { .kind = KAM_EVENT_LOCAL_CHANGE });
}

void
kam_sync_worker_network (KamSyncWorker *self,
                         gboolean       available)
{
  post_event (self, (KamEvent) { .kind = KAM_EVENT_NETWORK, .available = available });
}
