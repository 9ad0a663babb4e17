/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-engine-private.h"

/* What the four lanes have in common: actions, timers, retries with full jitter. */

#define RETRY_FIRST_US G_USEC_PER_SEC
#define RETRY_MOST_US (5 * 60 * (gint64) G_USEC_PER_SEC)
#define RETRY_LEAST_US (50 * (gint64) 1000)
#define RETRY_AFTER_MOST_US (60 * 60 * (gint64) G_USEC_PER_SEC)

KamAction *
kam_engine_act (KamEngine     *self,
                KamActionKind  kind,
                KamLane        lane)
{
  KamAction action = { .kind = kind, .lane = lane, .after_mid = -1 };

  g_array_append_val (self->actions, action);

  return &g_array_index (self->actions, KamAction, self->actions->len - 1);
}

KamAction *
kam_engine_store (KamEngine     *self,
                  KamActionKind  kind,
                  KamLane        lane)
{
  self->lanes[lane].phase = KAM_PHASE_STORING;
  self->lanes[lane].doing = kind;

  return kam_engine_act (self, kind, lane);
}

KamAction *
kam_engine_send (KamEngine *self,
                 KamLane    lane,
                 KamErrand  errand)
{
  KamAction *action = kam_engine_act (self, KAM_ACTION_SEND, lane);

  self->lanes[lane].phase = KAM_PHASE_SENDING;
  self->lanes[lane].errand = errand;
  action->errand = errand;

  return action;
}

void
kam_engine_load_state (KamEngine *self)
{
  if (!self->running)
    return;

  if (self->state_loading)
    {
      self->state_stale = TRUE;
      return;
    }

  self->state_loading = TRUE;
  self->state_stale = FALSE;
  kam_engine_act (self, KAM_ACTION_LOAD_STATE, KAM_LANE_HELLO);
}

void
kam_engine_wait (KamEngine *self,
                 KamLane    lane,
                 gint64     delay_us)
{
  self->lanes[lane].phase = KAM_PHASE_WAITING;
  kam_engine_act (self, KAM_ACTION_SET_TIMER, lane)->delay_us = delay_us;
}

/* Full jitter: anywhere from at once to a window that doubles with each failure, so that ten thousand clients that lost their server together do not
 * return together. */
gint64
kam_engine_jitter (KamEngine *self,
                   guint      attempts)
{
  gint64 window = MIN (RETRY_FIRST_US << MIN (attempts, 9), RETRY_MOST_US);

  return MAX (RETRY_LEAST_US, (gint64) ((double) window * self->event->random / ((double) G_MAXUINT32 + 1)));
}

void
kam_engine_retry_later (KamEngine  *self,
                        KamLane     lane,
                        KamFailure  failure)
{
  KamLaneState *state = &self->lanes[lane];
  gint64 delay = kam_engine_jitter (self, state->attempts);

  state->wanted = TRUE;
  state->failure = failure;
  state->attempts++;

  if (self->event->kind == KAM_EVENT_FAILED && self->event->retry_after_us > 0)
    {
      gint64 after = MIN (self->event->retry_after_us, RETRY_AFTER_MOST_US);

      state->not_before_us = self->event->now_us + after;
      delay += after;
    }

  kam_engine_wait (self, lane, delay);
}

void
kam_engine_succeed (KamEngine *self,
                    KamLane    lane)
{
  KamLaneState *state = &self->lanes[lane];

  state->attempts = 0;
  state->not_before_us = 0;
  state->failure = KAM_FAILURE_NONE;
  state->attention = KAM_ATTENTION_NONE;

  /* Only an answer that moved something says that the server is well: hello alone may pass where all else fails. */
  self->lanes[KAM_LANE_HELLO].attempts = 0;
}

/* Gives up what a lane waits for from the server or its timer. What the store is doing is let finish. */
void
kam_engine_drop (KamEngine *self,
                 KamLane    lane)
{
  KamLaneState *state = &self->lanes[lane];

  switch (state->phase)
    {
    case KAM_PHASE_IDLE:
      return;

    case KAM_PHASE_WAITING:
      kam_engine_act (self, KAM_ACTION_CLEAR_TIMER, lane);
      break;

    case KAM_PHASE_SENDING:
      kam_engine_act (self, KAM_ACTION_CANCEL, lane);
      if (lane == KAM_LANE_PULL)
        self->dirty = TRUE;
      break;

    case KAM_PHASE_STORING:
      if (lane == KAM_LANE_PULL && !self->failing)
        {
          kam_engine_act (self, KAM_ACTION_CANCEL, lane);
          self->failing = TRUE;
        }
      state->wanted = TRUE;
      return;

    default:
      g_assert_not_reached ();
    }

  state->phase = KAM_PHASE_IDLE;
  state->wanted = TRUE;
}

/* Ends the wait of a lane before its time, unless the server asked to be left alone until then. */
gboolean
kam_engine_release (KamEngine *self,
                    KamLane    lane)
{
  KamLaneState *state = &self->lanes[lane];

  if (state->phase != KAM_PHASE_WAITING || self->event->now_us < state->not_before_us)
    return FALSE;

  state->attempts = 0;
  kam_engine_drop (self, lane);

  return TRUE;
}

/* A connection failed: is it this request, or is the server gone, or another in its place? The other lanes go on with what is under way. */
void
kam_engine_check_link (KamEngine *self)
{
  if (self->link == KAM_LINK_UP)
    self->link = KAM_LINK_UNKNOWN;
}

/* Everything the server has shown us is here and published. */
gboolean
kam_engine_is_in_step (KamEngine *self)
{
  const KamLaneState *pull = &self->lanes[KAM_LANE_PULL];

  return self->pulled && pull->phase == KAM_PHASE_IDLE && !pull->wanted && !pull->halted && self->resync == KAM_RESYNC_NONE &&
         self->fork == KAM_FORK_NONE && self->published >= self->target;
}
