/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-engine-private.h"

/* The lane pull: page after page, each staged piece by piece as it is read and committed when it is whole. */

/* Pages in a row that bring nothing although the server says there is more. */
#define EMPTY_PAGES_MOST 100

/* Pulls in a row that end before the head that we have heard of. */
#define LAG_ATTEMPTS 7

/* The server has, at this head, something that we lack. */
void
kam_engine_pull_aim (KamEngine *self,
                     gint64     head)
{
  KamLaneState *pull = &self->lanes[KAM_LANE_PULL];

  self->target = MAX (self->target, head);

  if (pull->phase == KAM_PHASE_IDLE && self->published < self->target)
    pull->wanted = TRUE;
}

void
kam_engine_pull_ask (KamEngine *self)
{
  self->asked_target = self->target;
  self->page_lines = 0;
  kam_engine_send (self, KAM_LANE_PULL, KAM_ERRAND_USUAL);
}

void
kam_engine_pull_begin (KamEngine *self)
{
  self->lanes[KAM_LANE_PULL].wanted = FALSE;
  self->failing = FALSE;

  if (self->resync != KAM_RESYNC_NONE)
    kam_engine_resync_begin (self);
  else if (self->dirty)
    kam_engine_store (self, KAM_ACTION_DISCARD_PAGE, KAM_LANE_PULL);
  else
    kam_engine_pull_ask (self);
}

/* After the store has finished something: may the lane go on, or was it called off meanwhile? */
gboolean
kam_engine_pull_goes_on (KamEngine *self)
{
  KamLaneState *pull = &self->lanes[KAM_LANE_PULL];

  if (!self->failing && self->signed_in && self->running)
    return TRUE;

  self->failing = FALSE;
  pull->phase = KAM_PHASE_IDLE;
  pull->wanted = TRUE;

  return FALSE;
}

static void
stage (KamEngine *self)
{
  self->page_lines += self->event->count;
  self->rows += self->event->count;
  self->done = self->event->done;
  self->total = self->event->total;
  kam_engine_store (self, KAM_ACTION_STAGE, KAM_LANE_PULL);
}

static void
end_page (KamEngine *self)
{
  const KamEvent *event = self->event;

  self->empty_pages = self->page_lines > 0 ? 0 : self->empty_pages + 1;

  if (event->more && (!event->moved || self->empty_pages > EMPTY_PAGES_MOST))
    {
      self->empty_pages = 0;
      kam_engine_pull_failed (self, KAM_FAILURE_GARBLED);
      return;
    }

  self->page_head = event->head;
  self->page_durable = event->durable;
  self->page_more = event->more;
  kam_engine_store (self, KAM_ACTION_COMMIT_PAGE, KAM_LANE_PULL);
}

static void
finish (KamEngine *self)
{
  KamLaneState *pull = &self->lanes[KAM_LANE_PULL];

  self->published = self->page_head; /* lower than before where the server has lost some of its past */
  self->pulled = TRUE;
  self->rows = 0;
  self->done = self->total = 0;
  self->empty_pages = 0;
  pull->phase = KAM_PHASE_IDLE;
  kam_engine_load_state (self);
  kam_engine_resync_end (self);

  /* Only a page says it for sure: for its cursor the server has looked whether it still has the history that we know. */
  if (self->page_durable > 0 && self->page_durable != self->durable)
    {
      self->durable = self->page_durable;
      kam_engine_act (self, KAM_ACTION_NOTE_DURABLE, KAM_LANE_PULL)->durable = self->durable;
    }

  if (self->published >= self->target)
    kam_engine_succeed (self, KAM_LANE_PULL);
  else if (self->target > self->asked_target)
    pull->wanted = TRUE;
  else if (pull->attempts < LAG_ATTEMPTS)
    kam_engine_retry_later (self, KAM_LANE_PULL, KAM_FAILURE_NONE); /* a replica that lags behind: it will get there */
  else
    {
      /* It will not: what we heard of was lost when the server went back to a backup. If it is there after all, the next poke tells. */
      self->target = self->published;
      kam_engine_succeed (self, KAM_LANE_PULL);
    }
}

void
kam_engine_pull_committed (KamEngine *self)
{
  self->dirty = FALSE;

  if (!self->page_more)
    {
      self->failing = FALSE;
      finish (self);
    }
  else if (kam_engine_pull_goes_on (self))
    {
      kam_engine_succeed (self, KAM_LANE_PULL);
      kam_engine_pull_ask (self);
    }
}

static void
go_on_after_discard (KamEngine *self)
{
  KamLaneState *pull = &self->lanes[KAM_LANE_PULL];

  self->dirty = FALSE;
  if (!kam_engine_pull_goes_on (self))
    return;

  if (self->link != KAM_LINK_UP)
    {
      pull->phase = KAM_PHASE_IDLE;
      pull->wanted = TRUE;
    }
  else if (self->resync != KAM_RESYNC_NONE)
    {
      kam_engine_resync_go_on (self);
    }
  else
    {
      kam_engine_pull_ask (self);
    }
}

void
kam_engine_pull_event (KamEngine *self)
{
  KamLaneState *pull = &self->lanes[KAM_LANE_PULL];

  switch ((int) self->event->kind)
    {
    case KAM_EVENT_PAGE_LINES:
      stage (self);
      break;

    case KAM_EVENT_PAGE_END:
      if (pull->errand == KAM_ERRAND_USUAL)
        end_page (self);
      else
        kam_engine_resync_event (self);
      break;

    case KAM_EVENT_STAGED:
      self->dirty = TRUE;
      if (kam_engine_pull_goes_on (self))
        {
          pull->phase = KAM_PHASE_SENDING;
          kam_engine_act (self, KAM_ACTION_READ_PAGE, KAM_LANE_PULL);
        }
      break;

    case KAM_EVENT_COMMITTED:
      if (pull->errand == KAM_ERRAND_USUAL)
        kam_engine_pull_committed (self);
      else
        kam_engine_resync_event (self);
      break;

    case KAM_EVENT_DISCARDED:
      go_on_after_discard (self);
      break;

    default:
      g_assert_not_reached ();
    }
}

void
kam_engine_pull_failed (KamEngine  *self,
                        KamFailure  failure)
{
  KamLaneState *pull = &self->lanes[KAM_LANE_PULL];

  self->dirty = TRUE;
  self->failing = FALSE;
  self->rows -= MIN (self->rows, self->page_lines);
  pull->phase = KAM_PHASE_IDLE;
  pull->wanted = TRUE;
  pull->failure = failure;

  if (self->resync != KAM_RESYNC_NONE)
    {
      kam_engine_resync_failed (self, failure);
      return;
    }

  switch ((int) failure)
    {
    case KAM_FAILURE_DIVERGED:
    case KAM_FAILURE_EXPIRED:
      kam_engine_resync_need (self, failure);
      break;

    case KAM_FAILURE_REFUSED:
    case KAM_FAILURE_TOO_LARGE:
      pull->attention = KAM_ATTENTION_REFUSED;
      kam_engine_retry_later (self, KAM_LANE_PULL, failure);
      break;

    default:
      kam_engine_retry_later (self, KAM_LANE_PULL, failure);
    }
}
