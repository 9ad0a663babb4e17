/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-engine-private.h"

/* The lane push: one batch at a time, from the journal of the store, which knows what has been sent and not yet answered. */

void
kam_engine_push_begin (KamEngine *self)
{
  KamLaneState *push = &self->lanes[KAM_LANE_PUSH];
  KamAction *action = kam_engine_act (self, KAM_ACTION_TAKE_OUTBOX, KAM_LANE_PUSH);

  push->phase = KAM_PHASE_STORING;
  push->wanted = FALSE;
  action->max = self->batch_max;
  action->after_mid = self->resend_after;
}

static void
demand (KamEngine    *self,
        KamAttention  attention,
        KamFailure    failure)
{
  self->lanes[KAM_LANE_PUSH].attention = attention;
  kam_engine_retry_later (self, KAM_LANE_PUSH, failure);
}

static void
take (KamEngine *self)
{
  KamLaneState *push = &self->lanes[KAM_LANE_PUSH];
  const KamEvent *event = self->event;
  gint64 after = self->resend_after;

  self->resend_after = -1;
  push->phase = KAM_PHASE_IDLE;

  if (self->link != KAM_LINK_UP || !self->signed_in || !self->running)
    {
      push->wanted = TRUE;
      return;
    }

  /* The server lacks what it once confirmed, and the journal does not reach back so far: it was restored from a backup. */
  if (after >= 0 && (event->count == 0 || event->first_mid > after + 1))
    {
      demand (self, KAM_ATTENTION_DIVERGED, KAM_FAILURE_MID_GAP);
      return;
    }

  if (event->count == 0)
    {
      kam_engine_load_state (self);
      return;
    }

  self->sent = event->count;
  push->phase = KAM_PHASE_SENDING;
  kam_engine_act (self, KAM_ACTION_SEND, KAM_LANE_PUSH);
}

static void
receive (KamEngine *self)
{
  KamLaneState *push = &self->lanes[KAM_LANE_PUSH];

  /* An answer that settles nothing would be asked for again for ever. */
  if (self->event->count == 0)
    {
      kam_engine_push_failed (self, KAM_FAILURE_GARBLED);
      return;
    }

  push->phase = KAM_PHASE_STORING;
  kam_engine_act (self, KAM_ACTION_SETTLE, KAM_LANE_PUSH);

  if (self->event->rev > self->published)
    kam_engine_pull_aim (self, self->event->rev);
}

void
kam_engine_push_event (KamEngine *self)
{
  KamLaneState *push = &self->lanes[KAM_LANE_PUSH];

  switch ((int) self->event->kind)
    {
    case KAM_EVENT_TAKEN:
      take (self);
      break;

    case KAM_EVENT_PUSHED:
      receive (self);
      break;

    case KAM_EVENT_SETTLED:
      kam_engine_succeed (self, KAM_LANE_PUSH);
      self->last_gap = -1;
      push->phase = KAM_PHASE_IDLE;
      push->wanted = TRUE; /* until the store has nothing more to give */
      kam_engine_load_state (self);
      break;

    default:
      g_assert_not_reached ();
    }
}

static void
resend (KamEngine *self)
{
  KamLaneState *push = &self->lanes[KAM_LANE_PUSH];

  /* The same gap twice: what was sent from there did not fill it. */
  if (self->event->last_mid == self->last_gap)
    {
      demand (self, KAM_ATTENTION_DIVERGED, KAM_FAILURE_MID_GAP);
      return;
    }

  self->last_gap = self->event->last_mid;
  self->resend_after = self->event->last_mid;
  push->wanted = TRUE;
}

void
kam_engine_push_failed (KamEngine  *self,
                        KamFailure  failure)
{
  KamLaneState *push = &self->lanes[KAM_LANE_PUSH];

  push->phase = KAM_PHASE_IDLE;
  push->wanted = TRUE;
  push->failure = failure;

  switch ((int) failure)
    {
    case KAM_FAILURE_MID_GAP:
      resend (self);
      break;

    case KAM_FAILURE_FORKED:
      /* A new client_id and sending again what is unsettled, with its origin, belongs here. */
      push->attention = KAM_ATTENTION_FORKED;
      push->halted = TRUE;
      break;

    case KAM_FAILURE_TOO_LARGE:
      if (self->sent > 1)
        self->batch_max = MAX (1, self->sent / 2);
      else
        demand (self, KAM_ATTENTION_REFUSED, failure);
      break;

    case KAM_FAILURE_REFUSED:
      demand (self, KAM_ATTENTION_REFUSED, failure);
      break;

    default:
      kam_engine_retry_later (self, KAM_LANE_PUSH, failure);
    }
}
