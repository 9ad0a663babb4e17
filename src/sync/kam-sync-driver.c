/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-sync-worker-private.h"

/* Carries out what the engine decides: timers, and the work of the store. What goes over the network is in kam-sync-transfer.c. */

static void
feed_kind (KamSyncWorker *self,
           KamEventKind   kind)
{
  KamEvent event = { .kind = kind };

  kam_sync_worker_feed (self, &event);
}

static void
feed_store_failed (KamSyncWorker *self,
                   KamLane        lane,
                   const GError  *error)
{
  KamEvent event = { .kind = KAM_EVENT_STORE_FAILED, .lane = lane };

  g_warning ("The cache failed: %s", error->message);
  kam_sync_worker_feed (self, &event);
}

static void
state_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (KamOperation) operation = data;
  g_autoptr (GError) error = NULL;
  KamSyncWorker *self = operation->worker;
  KamSyncState *state = kam_store_sync_state_finish (KAM_STORE (source), result, &error);
  KamEvent event = { .kind = KAM_EVENT_STATE };

  if (state == NULL)
    {
      if (kam_operation_is_current (operation))
        feed_store_failed (self, KAM_LANE_HELLO, error);
      return;
    }

  if (!kam_operation_is_current (operation))
    {
      kam_sync_state_free (state);
      return;
    }

  g_clear_pointer (&self->state, kam_sync_state_free);
  self->state = state;
  event.n_waiting = state->n_waiting;
  event.n_rejected = state->n_rejected;
  event.head = state->head;
  kam_sync_worker_feed (self, &event);
}

static void
taken_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (KamOperation) operation = data;
  g_autoptr (GError) error = NULL;
  KamSyncWorker *self = operation->worker;
  g_autoptr (GPtrArray) batch = kam_store_outbox_take_finish (KAM_STORE (source), result, &error);
  KamEvent event = { .kind = KAM_EVENT_TAKEN };

  if (!kam_operation_is_current (operation))
    return;

  if (batch == NULL)
    {
      feed_store_failed (self, KAM_LANE_PUSH, error);
      return;
    }

  event.count = batch->len;
  event.first_mid = batch->len > 0 ? ((KamMutation *) g_ptr_array_index (batch, 0))->mid : 0;
  g_clear_pointer (&self->batch, g_ptr_array_unref);
  self->batch = g_steal_pointer (&batch);
  kam_sync_worker_feed (self, &event);
}

static void
settled_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (KamOperation) operation = data;
  g_autoptr (GError) error = NULL;
  gboolean done = kam_store_outbox_settle_finish (KAM_STORE (source), result, &error);

  if (!kam_operation_is_current (operation))
    return;

  if (done)
    feed_kind (operation->worker, KAM_EVENT_SETTLED);
  else
    feed_store_failed (operation->worker, KAM_LANE_PUSH, error);
}

static void
staged_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (KamOperation) operation = data;
  g_autoptr (GError) error = NULL;
  gboolean done = kam_store_stage_finish (KAM_STORE (source), result, &error);

  if (!kam_operation_is_current (operation))
    return;

  if (done)
    feed_kind (operation->worker, KAM_EVENT_STAGED);
  else
    feed_store_failed (operation->worker, KAM_LANE_PULL, error);
}

static void
committed_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (KamOperation) operation = data;
  g_autoptr (GError) error = NULL;
  KamSyncWorker *self = operation->worker;
  gboolean done = kam_store_commit_page_finish (KAM_STORE (source), result, &error);

  if (!kam_operation_is_current (operation))
    return;

  if (!done)
    {
      feed_store_failed (self, KAM_LANE_PULL, error);
      return;
    }

  self->last_synced = kam_clock_now (self->clock);
  feed_kind (self, KAM_EVENT_COMMITTED);
}

static void
discarded_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (KamOperation) operation = data;
  g_autoptr (GError) error = NULL;
  gboolean done = kam_store_discard_page_finish (KAM_STORE (source), result, &error);

  if (!kam_operation_is_current (operation))
    return;

  if (done)
    feed_kind (operation->worker, KAM_EVENT_DISCARDED);
  else
    feed_store_failed (operation->worker, KAM_LANE_PULL, error);
}

static void
commit_page (KamSyncWorker *self)
{
  const KamLine *footer = kam_pull_stream_get_footer (self->page);

  kam_store_commit_page_async (self->store, footer->cursor, footer->head, footer->more, NULL, committed_cb, kam_operation_new (self, KAM_LANE_PULL));
  kam_sync_worker_drop_page (self);
}

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
cannot_yet (KamSyncWorker   *self,
            const KamAction *action)
{
  g_autoptr (GError) error = g_error_new (G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "no such work yet");

  feed_store_failed (self, action->lane, error);
}

static void
carry_out (KamSyncWorker   *self,
           const KamAction *action)
{
  switch (action->kind)
    {
    case KAM_ACTION_LOAD_STATE:
      kam_store_sync_state_async (self->store, NULL, state_cb, kam_operation_new (self, KAM_LANE_HELLO));
      break;
    case KAM_ACTION_TAKE_OUTBOX:
      kam_store_outbox_take_async (self->store, action->max, NULL, taken_cb, kam_operation_new (self, KAM_LANE_PUSH));
      break;
    case KAM_ACTION_SETTLE:
      kam_store_outbox_settle_async (self->store, self->results, NULL, settled_cb, kam_operation_new (self, KAM_LANE_PUSH));
      g_clear_pointer (&self->results, g_ptr_array_unref);
      break;
    case KAM_ACTION_STAGE:
      kam_store_stage_async (self->store, self->lines, NULL, staged_cb, kam_operation_new (self, KAM_LANE_PULL));
      g_clear_pointer (&self->lines, g_ptr_array_unref);
      break;
    case KAM_ACTION_COMMIT_PAGE:
      commit_page (self);
      break;
    case KAM_ACTION_DISCARD_PAGE:
      kam_store_discard_page_async (self->store, NULL, discarded_cb, kam_operation_new (self, KAM_LANE_PULL));
      break;
    case KAM_ACTION_FORGET_STAGE:
    case KAM_ACTION_DIGEST:
    case KAM_ACTION_FORK:
    case KAM_ACTION_ERASE:
      cannot_yet (self, action);
      break;
    case KAM_ACTION_NOTE_DURABLE:
    case KAM_ACTION_NOTE_CHECKED: break;
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
    default: g_assert_not_reached ();
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
