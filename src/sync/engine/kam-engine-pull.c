/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-engine-private.h"

/* The lane pull: page after page, each staged piece by piece as it is read and committed when it is whole. */

/* Pages in a row that bring nothing although the server says there is more. */
#define EMPTY_PAGES_MOST 100

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

static void
ask (KamEngine *self)
{
  self->lanes[KAM_LANE_PULL].phase = KAM_PHASE_SENDING;
  self->asked_target = self->target;
  self->page_lines = 0;
  kam_engine_act (self, KAM_ACTION_SEND, KAM_LANE_PULL);
}

void
kam_engine_pull_begin (KamEngine *self)
{
  KamLaneState *pull = &self->lanes[KAM_LANE_PULL];

  pull->wanted = FALSE;
  self->failing = FALSE;

  if (!self->dirty)
    {
      ask (self);
      return;
    }

  pull->phase = KAM_PHASE_STORING;
  kam_engine_act (self, KAM_ACTION_DISCARD_PAGE, KAM_LANE_PULL);
}

/* After the store has finished something: may the lane go on, or was it called off meanwhile? */
static gboolean
goes_on (KamEngine *self)
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
  self->lanes[KAM_LANE_PULL].phase = KAM_PHASE_STORING;
  kam_engine_act (self, KAM_ACTION_STAGE, KAM_LANE_PULL);
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
  self->page_more = event->more;
  self->lanes[KAM_LANE_PULL].phase = KAM_PHASE_STORING;
  kam_engine_act (self, KAM_ACTION_COMMIT_PAGE, KAM_LANE_PULL);
}

static void
finish (KamEngine *self)
{
  KamLaneState *pull = &self->lanes[KAM_LANE_PULL];

  self->published = MAX (self->published, self->page_head);
  self->pulled = TRUE;
  self->rows = 0;
  self->done = self->total = 0;
  self->empty_pages = 0;
  pull->phase = KAM_PHASE_IDLE;
  kam_engine_load_state (self);

  if (self->published >= self->target)
    kam_engine_succeed (self, KAM_LANE_PULL);
  else if (self->target > self->asked_target)
    pull->wanted = TRUE;
  else
    kam_engine_retry_later (self, KAM_LANE_PULL, KAM_FAILURE_NONE); /* a replica that lags behind: it will get there */
}

static void
commit (KamEngine *self)
{
  self->dirty = FALSE;

  if (!self->page_more)
    {
      self->failing = FALSE;
      finish (self);
    }
  else if (goes_on (self))
    {
      kam_engine_succeed (self, KAM_LANE_PULL);
      ask (self);
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
      end_page (self);
      break;

    case KAM_EVENT_STAGED:
      self->dirty = TRUE;
      if (goes_on (self))
        {
          pull->phase = KAM_PHASE_SENDING;
          kam_engine_act (self, KAM_ACTION_READ_PAGE, KAM_LANE_PULL);
        }
      break;

    case KAM_EVENT_COMMITTED:
      commit (self);
      break;

    case KAM_EVENT_DISCARDED:
      self->dirty = FALSE;
      if (goes_on (self))
        {
          if (self->link == KAM_LINK_UP)
            ask (self);
          else
            {
              pull->phase = KAM_PHASE_IDLE;
              pull->wanted = TRUE;
            }
        }
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

  switch ((int) failure)
    {
    case KAM_FAILURE_DIVERGED:
    case KAM_FAILURE_EXPIRED:
      /* Comparing digests and reading again from no cursor belongs here; until then nothing is thrown away. */
      pull->attention = failure == KAM_FAILURE_DIVERGED ? KAM_ATTENTION_DIVERGED : KAM_ATTENTION_EXPIRED;
      pull->halted = TRUE;
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
