/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-sync-worker-private.h"

/* What the engine has the store do, and how its answers come back. */

typedef gboolean (*FinishFunc) (KamStore      *store,
                                GAsyncResult  *result,
                                GError       **error);

/* Work that either succeeds or fails, and nothing more. */
typedef struct
{
  KamOperation *operation; /* (owned) */
  FinishFunc    finish;
  KamEventKind  kind;      /* what the engine hears of a success */
} Work;

static void
work_free (Work *work)
{
  kam_operation_free (work->operation);
  g_free (work);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Work, work_free)

static Work *
work_new (KamSyncWorker *self,
          KamLane        lane,
          FinishFunc     finish,
          KamEventKind   kind)
{
  Work *work = g_new0 (Work, 1);

  work->operation = kam_operation_new (self, lane);
  work->finish = finish;
  work->kind = kind;

  return work;
}

void
kam_sync_worker_store_failed (KamSyncWorker *self,
                              KamLane        lane,
                              const GError  *error)
{
  KamEvent event = { .kind = KAM_EVENT_STORE_FAILED, .lane = lane };

  g_warning ("The cache failed: %s", error->message);
  kam_sync_worker_feed (self, &event);
}

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr (Work) work = data;
  g_autoptr (GError) error = NULL;
  KamSyncWorker *self = work->operation->worker;
  KamEvent event = { .kind = work->kind };
  gboolean done = work->finish (KAM_STORE (source), result, &error);

  if (!kam_operation_is_current (work->operation))
    return;

  if (!done)
    {
      kam_sync_worker_store_failed (self, work->operation->lane, error);
      return;
    }

  if (work->kind == KAM_EVENT_COMMITTED)
    self->last_synced = kam_clock_now (self->clock);
  kam_sync_worker_feed (self, &event);
}

static void
noted_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (KamOperation) operation = data;
  g_autoptr (GError) error = NULL;

  /* It comes again with the next page. */
  if (!kam_store_note_durable_finish (KAM_STORE (source), result, &error))
    g_warning ("The cache failed: %s", error->message);
}

/* Takes over the state that was asked for; FALSE where nobody waits for it any more or it could not be read. */
static gboolean
take_state (KamOperation *operation,
            GAsyncResult *result,
            KamLane       lane)
{
  g_autoptr (GError) error = NULL;
  KamSyncWorker *self = operation->worker;
  g_autoptr (KamSyncState) state = kam_store_sync_state_finish (self->store, result, &error);

  if (!kam_operation_is_current (operation))
    return FALSE;

  if (state == NULL)
    {
      kam_sync_worker_store_failed (self, lane, error);
      return FALSE;
    }

  g_clear_pointer (&self->state, kam_sync_state_free);
  self->state = g_steal_pointer (&state);

  return TRUE;
}

static void
state_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (KamOperation) operation = data;
  KamSyncWorker *self = operation->worker;
  KamEvent event = { .kind = KAM_EVENT_STATE };

  if (!take_state (operation, result, KAM_LANE_HELLO))
    return;

  event.n_waiting = self->state->n_waiting;
  event.n_rejected = self->state->n_rejected;
  event.head = self->state->head;
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
      kam_sync_worker_store_failed (self, KAM_LANE_PUSH, error);
      return;
    }

  event.count = batch->len;
  event.first_mid = batch->len > 0 ? ((KamMutation *) g_ptr_array_index (batch, 0))->mid : 0;
  g_clear_pointer (&self->batch, g_ptr_array_unref);
  self->batch = g_steal_pointer (&batch);
  self->n_handed = 0;
  kam_sync_worker_feed (self, &event);
}

/* The new client id must be known before the engine goes on. */
static void
fork_state_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      data)
{
  g_autoptr (KamOperation) operation = data;
  KamEvent event = { .kind = KAM_EVENT_FORKED };

  if (take_state (operation, result, KAM_LANE_PUSH))
    kam_sync_worker_feed (operation->worker, &event);
}

static void
forked_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (KamOperation) operation = data;
  g_autoptr (GError) error = NULL;
  KamSyncWorker *self = operation->worker;
  gboolean done = kam_store_fork_finish (KAM_STORE (source), result, &error);

  if (!kam_operation_is_current (operation))
    return;

  if (done)
    kam_store_sync_state_async (self->store, NULL, fork_state_cb, g_steal_pointer (&operation));
  else
    kam_sync_worker_store_failed (self, KAM_LANE_PUSH, error);
}

static void
digested_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  g_autoptr (KamOperation) operation = data;
  g_autoptr (GError) error = NULL;
  KamSyncWorker *self = operation->worker;
  g_autoptr (KamDigestSet) digests = kam_store_digests_finish (KAM_STORE (source), result, &error);
  KamEvent event = { .kind = KAM_EVENT_DIGESTED };

  if (!kam_operation_is_current (operation))
    return;

  if (digests == NULL)
    {
      kam_sync_worker_store_failed (self, KAM_LANE_PULL, error);
      return;
    }

  g_clear_pointer (&self->digests, kam_digest_set_free);
  self->digests = g_steal_pointer (&digests);
  kam_sync_worker_feed (self, &event);
}

static void
commit_page (KamSyncWorker   *self,
             const KamAction *action)
{
  Work *work = work_new (self, KAM_LANE_PULL, kam_store_commit_page_finish, KAM_EVENT_COMMITTED);

  if (action->errand == KAM_ERRAND_RANGES)
    {
      kam_store_commit_page_async (self->store, action->all ? self->verified->cursor : NULL, self->verified->head, TRUE, NULL, done_cb, work);
    }
  else
    {
      const KamLine *footer = kam_pull_stream_get_footer (self->page);

      kam_store_commit_page_async (self->store, footer->cursor, footer->head, footer->more, NULL, done_cb, work);
    }

  kam_sync_worker_drop_page (self);
}

void
kam_sync_worker_store (KamSyncWorker   *self,
                       const KamAction *action)
{
  KamStore *store = self->store;

  switch ((int) action->kind)
    {
    case KAM_ACTION_LOAD_STATE:
      kam_store_sync_state_async (store, NULL, state_cb, kam_operation_new (self, KAM_LANE_HELLO));
      break;
    case KAM_ACTION_TAKE_OUTBOX:
      kam_store_outbox_take_async (store, action->max == KAM_ENGINE_ALL ? KAM_OUTBOX_ALL : action->max, NULL, taken_cb,
                                   kam_operation_new (self, KAM_LANE_PUSH));
      break;
    case KAM_ACTION_SETTLE:
      kam_store_outbox_settle_async (store, self->results, NULL, done_cb,
                                     work_new (self, KAM_LANE_PUSH, kam_store_outbox_settle_finish, KAM_EVENT_SETTLED));
      g_clear_pointer (&self->results, g_ptr_array_unref);
      break;
    case KAM_ACTION_STAGE:
      kam_store_stage_async (store, self->lines, NULL, done_cb, work_new (self, KAM_LANE_PULL, kam_store_stage_finish, KAM_EVENT_STAGED));
      g_clear_pointer (&self->lines, g_ptr_array_unref);
      break;
    case KAM_ACTION_COMMIT_PAGE:
      commit_page (self, action);
      break;
    case KAM_ACTION_DISCARD_PAGE:
      kam_store_discard_page_async (store, NULL, done_cb, work_new (self, KAM_LANE_PULL, kam_store_discard_page_finish, KAM_EVENT_DISCARDED));
      break;
    case KAM_ACTION_FORGET_STAGE:
      kam_store_forget_stage_async (store, NULL, done_cb, work_new (self, KAM_LANE_PULL, kam_store_forget_stage_finish, KAM_EVENT_DISCARDED));
      break;
    case KAM_ACTION_DIGEST:
      kam_store_digests_async (store, NULL, digested_cb, kam_operation_new (self, KAM_LANE_PULL));
      break;
    case KAM_ACTION_FORK:
      kam_store_fork_async (store, action->all, NULL, forked_cb, kam_operation_new (self, KAM_LANE_PUSH));
      break;
    case KAM_ACTION_ERASE:
      kam_sync_worker_erase (self);
      break;
    case KAM_ACTION_NOTE_DURABLE:
      kam_store_note_durable_async (store, action->durable, NULL, noted_cb, kam_operation_new (self, KAM_LANE_PULL));
      break;
    case KAM_ACTION_NOTE_CHECKED:
      kam_sync_worker_note_checked (self, action->count);
      break;
    default:
      g_assert_not_reached ();
    }
}
