/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-sync-worker-private.h"

/* Carries out what the engine decides. The work of the store is in kam-sync-storage.c, what goes over the network in kam-sync-transfer.c. */

static gboolean
timer_cb (gpointer data)
{
  KamOperation *operation = data;
  KamSyncWorker *self = operation->worker;
  KamEvent event = { .kind = KAM_EVENT_TIMER, .lane = operation->lane };

  g_clear_pointer (&self->timers[operation->lane], g_source_unref);
  kam_sync_worker_feed (self, &event);

  return G_SOURCE_REMOVE;
}

static void
clear_timer (KamSyncWorker *self,
             KamLane        lane)
{
  if (self->timers[lane] == NULL)
    return;

  g_source_destroy (self->timers[lane]);
  g_clear_pointer (&self->timers[lane], g_source_unref);
}

static void
set_timer (KamSyncWorker *self,
           KamLane        lane,
           gint64         delay_us)
{
  clear_timer (self, lane);
  self->timers[lane] = g_timeout_source_new ((guint) ((delay_us + 999) / 1000));
  g_source_set_callback (self->timers[lane], timer_cb, kam_operation_new (self, lane), (GDestroyNotify) kam_operation_free);
  g_source_attach (self->timers[lane], self->context);
}

static void
cancel (KamSyncWorker *self,
        KamLane        lane)
{
  g_autoptr (GCancellable) cancellable = g_steal_pointer (&self->cancellables[lane]);

  self->serials[lane]++;
  if (cancellable != NULL)
    g_cancellable_cancel (cancellable);

  if (lane == KAM_LANE_PULL)
    kam_sync_worker_drop_page (self);
}

static void
carry_out (KamSyncWorker   *self,
           const KamAction *action)
{
  switch (action->kind)
    {
    case KAM_ACTION_SEND: kam_sync_worker_send (self, action); break;
    case KAM_ACTION_READ_PAGE: kam_sync_worker_read_page (self); break;
    case KAM_ACTION_CANCEL: cancel (self, action->lane); break;
    case KAM_ACTION_SET_TIMER: set_timer (self, action->lane, action->delay_us); break;
    case KAM_ACTION_CLEAR_TIMER: clear_timer (self, action->lane); break;
    case KAM_ACTION_PUBLISH:
      self->status = action->status;
      kam_sync_worker_report (self);
      kam_sync_worker_check_sign_out (self);
      break;
    default: kam_sync_worker_store (self, action);
    }
}

/* Tells the engine what happened, and does what it says. */
void
kam_sync_worker_feed (KamSyncWorker  *self,
                      const KamEvent *event)
{
  g_autoptr (GArray) actions = g_array_new (FALSE, FALSE, sizeof (KamAction));
  KamEvent full = *event;
  guint generation = self->generation;

  full.now_us = g_get_monotonic_time ();
  full.random = g_random_int ();
  kam_engine_feed (self->engine, &full, actions);

  /* One of them may end this run of the engine. */
  for (guint i = 0; i < actions->len && generation == self->generation; i++)
    carry_out (self, &g_array_index (actions, KamAction, i));
}

/* Starts the engine, or starts it anew. */
void
kam_sync_worker_begin (KamSyncWorker *self,
                       gboolean       signed_in)
{
  KamEvent event = { .kind = KAM_EVENT_START, .signed_in = signed_in };

  kam_sync_worker_halt (self);
  self->running = TRUE;
  event.server_id = self->settings->server_id;
  kam_sync_worker_feed (self, &event);
}

/* Ends the engine's run; what is under way comes to nothing. */
void
kam_sync_worker_halt (KamSyncWorker *self)
{
  self->running = FALSE;
  self->generation++;

  for (KamLane lane = KAM_LANE_HELLO; lane < KAM_N_LANES; lane++)
    {
      clear_timer (self, lane);
      cancel (self, lane);
    }
}
