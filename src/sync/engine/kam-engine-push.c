/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-engine-private.h"

/* The lane push: one batch at a time, from the journal of the store, which knows what has been sent and not yet answered. */

static void
begin_fork (KamEngine *self)
{
  kam_engine_store (self, KAM_ACTION_FORK, KAM_LANE_PUSH)->all = self->fork == KAM_FORK_ALL;
}

void
kam_engine_push_begin (KamEngine *self)
{
  KamLaneState *push = &self->lanes[KAM_LANE_PUSH];
  KamAction *action;

  if (self->fork != KAM_FORK_NONE)
    {
      begin_fork (self);
      return;
    }

  if (self->event->now_us < push->not_before_us)
    {
      kam_engine_wait (self, KAM_LANE_PUSH, push->not_before_us - self->event->now_us + kam_engine_jitter (self, 0));
      return;
    }

  action = kam_engine_store (self, KAM_ACTION_TAKE_OUTBOX, KAM_LANE_PUSH);
  push->wanted = FALSE;
  push->errand = self->revoked ? KAM_ERRAND_QUARANTINE : KAM_ERRAND_USUAL;
  action->errand = push->errand;
  action->max = self->revoked ? KAM_ENGINE_ALL : self->batch_max;
  action->after_mid = self->resend_after;
}

void
kam_engine_push_demand (KamEngine    *self,
                        KamAttention  attention,
                        KamFailure    failure)
{
  self->lanes[KAM_LANE_PUSH].attention = attention;
  kam_engine_retry_later (self, KAM_LANE_PUSH, failure);
}

/* What waits must be sent as another client: under the ids it has, the server knows something else, or no longer knows them. */
void
kam_engine_want_fork (KamEngine *self,
                      KamFork    kind)
{
  if (kind == KAM_FORK_ALL && self->forked_all)
    return;

  self->fork = MAX (self->fork, kind);
  self->lanes[KAM_LANE_PUSH].wanted = TRUE;
  kam_engine_drop (self, KAM_LANE_PUSH);
}

static void
forked (KamEngine *self)
{
  KamLaneState *push = &self->lanes[KAM_LANE_PUSH];

  if (self->fork == KAM_FORK_ALL)
    self->forked_all = TRUE;

  self->fork = KAM_FORK_NONE;
  self->resend_after = -1;
  self->last_gap = -1;
  push->phase = KAM_PHASE_IDLE;
  push->wanted = TRUE;
  kam_engine_load_state (self);
}

/* The journal goes up again, and a pull finds out what else is missing there. Twice without a success is more than a person should wait for. */
static void
lose_past (KamEngine *self)
{
  gboolean again = self->forked_all;

  self->lanes[KAM_LANE_PULL].wanted = TRUE;
  kam_engine_want_fork (self, again ? KAM_FORK_UNSETTLED : KAM_FORK_ALL);
  if (again)
    kam_engine_push_demand (self, KAM_ATTENTION_DIVERGED, KAM_FAILURE_MID_GAP);
}

static void
take (KamEngine *self)
{
  KamLaneState *push = &self->lanes[KAM_LANE_PUSH];
  const KamEvent *event = self->event;
  gint64 after = self->resend_after;
  KamErrand errand = self->revoked ? KAM_ERRAND_QUARANTINE : KAM_ERRAND_USUAL;

  self->resend_after = -1;
  push->phase = KAM_PHASE_IDLE;

  if (self->link != KAM_LINK_UP || !(self->signed_in || self->revoked) || !self->running || self->fork != KAM_FORK_NONE || push->errand != errand)
    {
      push->wanted = TRUE;
      return;
    }

  if (self->revoked)
    {
      kam_engine_send (self, KAM_LANE_PUSH, KAM_ERRAND_QUARANTINE); /* also with nothing to hand over: for the receipt */
      return;
    }

  /* The server lacks what it once confirmed, and what is unsettled does not reach back so far: it has lost some of its past. */
  if (after >= 0 && (event->count == 0 || event->first_mid > after + 1))
    {
      lose_past (self);
      return;
    }

  if (event->count == 0)
    {
      kam_engine_load_state (self);
      return;
    }

  self->sent = event->count;
  kam_engine_send (self, KAM_LANE_PUSH, KAM_ERRAND_USUAL);
}

static void
receive (KamEngine *self)
{
  /* An answer that settles nothing would be asked for again for ever. */
  if (self->event->count == 0)
    {
      kam_engine_push_failed (self, KAM_FAILURE_GARBLED);
      return;
    }

  kam_engine_store (self, KAM_ACTION_SETTLE, KAM_LANE_PUSH);

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

    case KAM_EVENT_FORKED:
      forked (self);
      break;

    case KAM_EVENT_SETTLED:
      kam_engine_succeed (self, KAM_LANE_PUSH);
      self->last_gap = -1;
      self->forks = 0;
      self->forked_all = FALSE; /* there is something new to lose */
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
      lose_past (self);
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
      kam_engine_want_fork (self, KAM_FORK_UNSETTLED);
      if (self->forks++ > 0)
        kam_engine_push_demand (self, KAM_ATTENTION_FORKED, failure);
      break;

    case KAM_FAILURE_TOO_LARGE:
      if (self->sent > 1)
        self->batch_max = MAX (1, self->sent / 2);
      else
        kam_engine_push_demand (self, KAM_ATTENTION_REFUSED, failure);
      break;

    case KAM_FAILURE_REFUSED:
      kam_engine_push_demand (self, KAM_ATTENTION_REFUSED, failure);
      break;

    default:
      kam_engine_retry_later (self, KAM_LANE_PUSH, failure);
    }
}
