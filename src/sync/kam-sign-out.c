/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-sync-worker-private.h"

#include "kam-token.h"

#include <glib/gi18n.h>

/* Signing out: first what is unsent, then the session, the token and the cache. Nothing is erased before the first is done. */

#define PUSH_SECONDS 20
#define OFFLINE_SECONDS 5
#define END_SECONDS 5

struct _KamSignOut
{
  KamSyncWorker *worker;    /* (owned) */
  KamOperation  *operation; /* (owned) */
  GTask         *task;      /* (owned) (nullable): answered */
  gboolean       discard;
  gboolean       leaving;   /* nothing stands in the way any more */
  GSource       *deadline;  /* (owned) (nullable) */
};

KamSignOut *
kam_sign_out_new (gboolean  discard,
                  GTask    *task)
{
  KamSignOut *self = g_new0 (KamSignOut, 1);

  self->discard = discard;
  self->task = task;

  return self;
}

static void
finish (KamSignOut *self,
        GError     *error)
{
  KamSyncWorker *worker = self->worker;

  if (worker->sign_out == self)
    worker->sign_out = NULL;

  if (self->deadline != NULL)
    {
      g_source_destroy (self->deadline);
      g_source_unref (self->deadline);
    }

  kam_sync_worker_answer (worker, g_steal_pointer (&self->task), error);
  kam_operation_free (self->operation);
  kam_sync_worker_unref (worker);
  g_free (self);
}

static void
erased_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  KamSignOut *self = data;
  KamSyncWorker *worker = self->worker;
  GError *error = NULL;

  if (!kam_store_erase_finish (KAM_STORE (source), result, &error))
    {
      finish (self, error);
      return;
    }

  kam_sync_worker_forget (worker);
  worker->sign_out = NULL;

  if (!worker->stopping)
    {
      kam_sync_worker_begin (worker, FALSE);
      kam_sync_worker_report (worker);
    }

  finish (self, NULL);
}

static void
cleared_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  KamSignOut *self = data;
  GError *error = NULL;

  if (!kam_token_clear_finish (result, &error))
    {
      finish (self, error);
      return;
    }

  kam_store_erase_async (self->worker->store, NULL, erased_cb, self);
}

static void
clear_token (KamSignOut *self)
{
  KamSyncWorker *worker = self->worker;

  if (worker->settings->server != NULL)
    kam_token_clear_async (kam_store_get_dir (worker->store), worker->settings->server, NULL, cleared_cb, self);
  else
    kam_store_erase_async (worker->store, NULL, erased_cb, self);
}

static void
ended_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  KamSignOut *self = data;
  g_autoptr (GError) ignored = NULL;
  g_autoptr (KamHttpReply) reply = kam_http_finish (result, &ignored);

  /* A server out of reach cannot end the session; it expires there by itself, and the token is forgotten here. */
  clear_token (self);
}

static void
leave (KamSignOut *self)
{
  KamSyncWorker *worker = self->worker;
  gboolean signed_in = worker->running && worker->status.state != KAM_ENGINE_SIGNED_OUT;

  self->leaving = TRUE;
  kam_sync_worker_halt (worker);

  if (signed_in && worker->http != NULL)
    kam_http_call_async (worker->http, "DELETE", "/v1/session", NULL, END_SECONDS, worker->stop, ended_cb, self);
  else
    clear_token (self);
}

static void
refuse (KamSignOut *self,
        guint       n_waiting)
{
  finish (self, g_error_new (KAM_SYNC_ERROR, KAM_SYNC_ERROR_PENDING,
                             g_dngettext (GETTEXT_PACKAGE,
                                          "%u change has not reached the server yet, and would be lost.",
                                          "%u changes have not reached the server yet, and would be lost.", n_waiting),
                             n_waiting));
}

void
kam_sync_worker_check_sign_out (KamSyncWorker *worker)
{
  KamSignOut *self = worker->sign_out;

  if (self == NULL || self->leaving)
    return;

  if (worker->stopping)
    finish (self, g_error_new (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Syncing was stopped"));
  else if (worker->status.n_waiting == 0)
    leave (self);
  else if (worker->status.state == KAM_ENGINE_SIGNED_OUT || worker->status.state == KAM_ENGINE_ATTENTION)
    refuse (self, worker->status.n_waiting);
}

static gboolean
deadline_cb (gpointer data)
{
  KamSignOut *self = data;

  g_clear_pointer (&self->deadline, g_source_unref);
  if (!self->leaving)
    refuse (self, self->worker->status.n_waiting);

  return G_SOURCE_REMOVE;
}

/* The store itself says what waits: the engine may not have heard yet of an edit made just now. */
static void
state_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  KamSignOut *self = data;
  KamSyncWorker *worker = self->worker;
  GError *error = NULL;
  g_autoptr (KamSyncState) state = kam_store_sync_state_finish (KAM_STORE (source), result, &error);
  KamEvent asked = { .kind = KAM_EVENT_ASKED };
  KamEvent changed = { .kind = KAM_EVENT_LOCAL_CHANGE };

  if (state == NULL)
    {
      finish (self, error);
      return;
    }

  if (self->discard || state->n_waiting == 0)
    {
      leave (self);
      return;
    }

  if (!worker->running || worker->sign_out != NULL || worker->erasing)
    {
      refuse (self, state->n_waiting);
      return;
    }

  self->deadline = g_timeout_source_new_seconds (worker->status.state == KAM_ENGINE_OFFLINE ? OFFLINE_SECONDS : PUSH_SECONDS);
  g_source_set_callback (self->deadline, deadline_cb, self, NULL);
  g_source_attach (self->deadline, worker->context);
  worker->status.n_waiting = state->n_waiting;
  worker->sign_out = self;
  kam_sync_worker_feed (worker, &asked);
  kam_sync_worker_feed (worker, &changed);
  kam_sync_worker_check_sign_out (worker);
}

void
kam_sync_worker_run_sign_out (KamSyncWorker *worker,
                              gpointer       data)
{
  KamSignOut *self = data;

  self->worker = kam_sync_worker_ref (worker);
  self->operation = kam_operation_new (worker, KAM_LANE_HELLO);

  if (worker->settings == NULL)
    worker->settings = g_new0 (KamSyncSettings, 1);

  kam_store_sync_state_async (worker->store, NULL, state_cb, self);
}
