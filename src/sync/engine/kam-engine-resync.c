/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-engine-private.h"

/* Comparing what is here with the server: digests go up, the ranges that differ come down and are staged, and with the last of them the cursor from which
 * the usual pages go on; the last of those publishes all of it together. Whatever breaks off before is forgotten, and begun again. */

void
kam_engine_want_check (KamEngine *self)
{
  self->check_wanted = TRUE;
  self->check_attempts = 0;
  self->check_not_before_us = 0;
}

gboolean
kam_engine_check_is_due (KamEngine *self)
{
  return self->check_wanted && self->event->now_us >= self->check_not_before_us && kam_engine_is_in_step (self);
}

/* The server does not know, or no longer, what we have seen: nothing of it is thrown away before it has said what differs. */
void
kam_engine_resync_need (KamEngine  *self,
                        KamFailure  failure)
{
  KamLaneState *pull = &self->lanes[KAM_LANE_PULL];

  self->resync = failure == KAM_FAILURE_DIVERGED ? KAM_RESYNC_DIVERGED : KAM_RESYNC_EXPIRED;

  if (failure == KAM_FAILURE_DIVERGED)
    {
      /* Its past is another from here on: what was counted in the old one means nothing. */
      self->published = 0;
      self->target = 0;
      kam_engine_drop (self, KAM_LANE_POKE);
      kam_engine_want_fork (self, KAM_FORK_ALL);
    }

  /* The cursor that it gave after comparing is refused as well. */
  if (self->resyncs++ > 0)
    {
      pull->attention = failure == KAM_FAILURE_DIVERGED ? KAM_ATTENTION_DIVERGED : KAM_ATTENTION_EXPIRED;
      kam_engine_retry_later (self, KAM_LANE_PULL, failure);
    }
}

void
kam_engine_resync_begin (KamEngine *self)
{
  self->checking = TRUE;
  self->differing = 0;
  self->rows = 0;
  self->done = self->total = 0;
  kam_engine_store (self, KAM_ACTION_FORGET_STAGE, KAM_LANE_PULL);
}

/* Nothing is staged any more. */
void
kam_engine_resync_go_on (KamEngine *self)
{
  kam_engine_store (self, KAM_ACTION_DIGEST, KAM_LANE_PULL);
}

static void
ask_for_ranges (KamEngine *self)
{
  self->asked_target = self->target;
  self->page_lines = 0;
  kam_engine_send (self, KAM_LANE_PULL, KAM_ERRAND_RANGES);
}

static void
commit (KamEngine *self,
        gboolean   more)
{
  KamAction *action = kam_engine_store (self, KAM_ACTION_COMMIT_PAGE, KAM_LANE_PULL);

  self->ranges_more = more;
  self->page_more = TRUE;
  self->lanes[KAM_LANE_PULL].errand = KAM_ERRAND_RANGES;
  action->errand = KAM_ERRAND_RANGES;
  action->all = !more;
}

static void
committed (KamEngine *self)
{
  self->dirty = FALSE;

  if (!self->ranges_more)
    {
      self->resync = KAM_RESYNC_NONE;
      kam_engine_pull_committed (self);
    }
  else if (kam_engine_pull_goes_on (self))
    {
      ask_for_ranges (self);
    }
}

static void
compare (KamEngine *self)
{
  KamLaneState *pull = &self->lanes[KAM_LANE_PULL];

  if (!kam_engine_pull_goes_on (self))
    return;

  if (self->link == KAM_LINK_UP)
    {
      kam_engine_send (self, KAM_LANE_PULL, KAM_ERRAND_VERIFY);
      return;
    }

  pull->phase = KAM_PHASE_IDLE;
  pull->wanted = TRUE;
}

void
kam_engine_resync_event (KamEngine *self)
{
  switch ((int) self->event->kind)
    {
    case KAM_EVENT_DIGESTED:
      compare (self);
      break;

    case KAM_EVENT_VERIFIED:
      self->differing = self->event->count;
      if (self->differing > 0)
        ask_for_ranges (self);
      else
        commit (self, FALSE);
      break;

    case KAM_EVENT_PAGE_END:
      commit (self, self->event->more);
      break;

    case KAM_EVENT_COMMITTED:
      committed (self);
      break;

    default:
      g_assert_not_reached ();
    }
}

void
kam_engine_resync_failed (KamEngine  *self,
                          KamFailure  failure)
{
  KamLaneState *pull = &self->lanes[KAM_LANE_PULL];

  /* Nobody needs a check so much that news wait for it. */
  if (self->resync == KAM_RESYNC_CHECK)
    {
      self->resync = KAM_RESYNC_NONE;
      self->checking = FALSE;
      self->check_wanted = failure != KAM_FAILURE_REFUSED && failure != KAM_FAILURE_TOO_LARGE;
      self->check_attempts++;
      self->check_not_before_us = self->event->now_us + kam_engine_jitter (self, self->check_attempts + 2);
    }
  else if (failure == KAM_FAILURE_REFUSED || failure == KAM_FAILURE_TOO_LARGE)
    {
      pull->attention = self->resync == KAM_RESYNC_DIVERGED ? KAM_ATTENTION_DIVERGED : KAM_ATTENTION_EXPIRED;
    }

  kam_engine_retry_later (self, KAM_LANE_PULL, failure);
}

/* A pull was brought to its end. */
void
kam_engine_resync_end (KamEngine *self)
{
  self->resyncs = 0;
  self->forked_all = FALSE;

  if (!self->checking)
    return;

  self->checking = FALSE;
  self->check_wanted = FALSE;
  kam_engine_act (self, KAM_ACTION_NOTE_CHECKED, KAM_LANE_PULL)->count = self->differing;
}
