/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-sync-message.h"
#include "kam-sync-worker-private.h"

/* From the thread back to the owner: answers to what was asked, and how things stand. */

typedef struct
{
  GTask         *task;    /* (owned) */
  gpointer       value;   /* (owned) (nullable) */
  GDestroyNotify destroy; /* (nullable): of the value; without it the answer is only that it went well */
  GError        *error;   /* (owned) (nullable) */
} Answer;

/* Has a function run where the owner lives. */
void
kam_sync_worker_tell_owner (KamSyncWorker  *self,
                            GSourceFunc     func,
                            gpointer        data,
                            GDestroyNotify  destroy)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, data, destroy);
  g_source_attach (source, self->owner_context);
}

static void
answer_free (Answer *answer)
{
  g_clear_error (&answer->error);
  if (answer->value != NULL)
    answer->destroy (answer->value);
  g_object_unref (answer->task);
  g_free (answer);
}

static gboolean
answer_cb (gpointer data)
{
  Answer *answer = data;

  if (answer->error != NULL)
    g_task_return_error (answer->task, g_steal_pointer (&answer->error));
  else if (answer->destroy != NULL)
    g_task_return_pointer (answer->task, g_steal_pointer (&answer->value), answer->destroy);
  else
    g_task_return_boolean (answer->task, TRUE);

  return G_SOURCE_REMOVE;
}

void
kam_sync_worker_answer_with (KamSyncWorker  *self,
                             GTask          *task,
                             gpointer        value,
                             GDestroyNotify  destroy,
                             GError         *error)
{
  Answer *answer = g_new0 (Answer, 1);

  answer->task = task;
  answer->value = value;
  answer->destroy = destroy;
  answer->error = error;
  kam_sync_worker_tell_owner (self, answer_cb, answer, (GDestroyNotify) answer_free);
}

void
kam_sync_worker_answer (KamSyncWorker *self,
                        GTask         *task,
                        GError        *error)
{
  kam_sync_worker_answer_with (self, task, NULL, NULL, error);
}

void
kam_sync_report_free (KamSyncReport *self)
{
  g_free (self->message);
  g_free (self->server);
  g_free (self->user_id);
  g_free (self);
}

static gboolean
report_cb (gpointer data)
{
  KamSyncWorker *self = data;
  g_autoptr (KamSyncReport) report = NULL;

  g_mutex_lock (&self->lock);
  report = g_steal_pointer (&self->fresh);
  g_mutex_unlock (&self->lock);

  if (report != NULL && self->owner != NULL)
    self->report_func (report, self->owner);

  return G_SOURCE_REMOVE;
}

static KamSyncStatus
translate (KamSyncWorker *self)
{
  static const KamSyncStatus statuses[] = {
    [KAM_ENGINE_SIGNED_OUT] = KAM_SYNC_SIGNED_OUT,
    [KAM_ENGINE_OFFLINE] = KAM_SYNC_OFFLINE,
    [KAM_ENGINE_SYNCING] = KAM_SYNC_SYNCING,
    [KAM_ENGINE_SYNCED] = KAM_SYNC_SYNCED,
    [KAM_ENGINE_ATTENTION] = KAM_SYNC_ATTENTION,
  };

  if (self->settings != NULL && self->settings->local != NULL)
    return KAM_SYNC_LOCAL;

  return statuses[self->status.state];
}

static char *
make_message (KamSyncWorker *self,
              KamSyncStatus  status)
{
  if (status == KAM_SYNC_LOCAL)
    return NULL;

  if (status == KAM_SYNC_SIGNED_OUT && self->settings != NULL && self->settings->notice != NULL)
    return kam_sync_message_for_erased ((guint) g_ascii_strtoull (self->settings->notice, NULL, 10));

  return kam_sync_message_for_status (&self->status, self->settings != NULL ? self->settings->server : NULL);
}

/* Tells the owner how things stand; what it has not yet taken is replaced. */
void
kam_sync_worker_report (KamSyncWorker *self)
{
  KamSyncReport *report = g_new0 (KamSyncReport, 1);
  const char *server = self->settings != NULL ? self->settings->server : NULL;
  gboolean waiting;

  report->status = translate (self);
  report->pending = self->status.n_waiting;
  report->rejected = self->status.n_rejected;
  report->fraction = self->status.permille >= 0 ? self->status.permille / 1000.0 : -1;
  report->rows = self->status.rows;
  report->last_synced = self->last_synced;
  report->message = make_message (self, report->status);
  report->server = g_strdup (server);
  report->user_id = self->settings != NULL ? g_strdup (self->settings->user_id) : NULL;
  report->clock_skew = self->clock_skew;
  report->has_keyring = self->has_keyring;
  report->checking = self->status.checking;
  report->last_checked = kam_sync_worker_get_last_checked (self);
  report->repaired = self->repaired;

  g_mutex_lock (&self->lock);
  waiting = self->fresh != NULL;
  g_clear_pointer (&self->fresh, kam_sync_report_free);
  self->fresh = report;
  g_mutex_unlock (&self->lock);

  if (!waiting)
    kam_sync_worker_tell_owner (self, report_cb, kam_sync_worker_ref (self), (GDestroyNotify) kam_sync_worker_unref);
}
