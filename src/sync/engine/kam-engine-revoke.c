/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-engine-private.h"

/* The server ended the session for good: this device was signed out from elsewhere, or its person has left. What waits here is handed to the server,
 * which keeps it for an administrator; with its receipt, and with nothing else, what is here is erased. */

void
kam_engine_revoke_begin (KamEngine *self)
{
  KamLaneState *push = &self->lanes[KAM_LANE_PUSH];

  self->doubt_revoked = FALSE;
  kam_engine_end_session (self);
  self->link = KAM_LINK_UP;
  self->revoked = TRUE;
  push->wanted = TRUE;
  push->halted = FALSE;
  push->attempts = 0;
  push->attention = KAM_ATTENTION_REVOKED;
}

static void
receive (KamEngine *self)
{
  KamLaneState *push = &self->lanes[KAM_LANE_PUSH];

  push->attempts = 0;
  push->attention = KAM_ATTENTION_REVOKED;

  /* The receipt of another server is none. */
  if (g_strcmp0 (self->event->server_id, self->server_id) != 0)
    {
      push->phase = KAM_PHASE_IDLE;
      kam_engine_push_demand (self, KAM_ATTENTION_WRONG_SERVER, KAM_FAILURE_REFUSED);
      kam_engine_check_link (self);
    }
  else if (self->event->more)
    {
      kam_engine_send (self, KAM_LANE_PUSH, KAM_ERRAND_QUARANTINE);
    }
  else
    {
      kam_engine_store (self, KAM_ACTION_ERASE, KAM_LANE_PUSH);
    }
}

void
kam_engine_revoke_event (KamEngine *self)
{
  KamLaneState *push = &self->lanes[KAM_LANE_PUSH];

  if (self->event->kind == KAM_EVENT_QUARANTINED)
    {
      receive (self);
      return;
    }

  push->phase = KAM_PHASE_IDLE;

  /* Something was saved meanwhile: that goes first. */
  if (self->event->more)
    {
      push->wanted = TRUE;
      return;
    }

  self->revoked = FALSE;
  self->published = 0;
  self->target = 0;
  self->n_waiting = 0;
  self->n_rejected = 0;
  push->wanted = FALSE;
  push->attention = KAM_ATTENTION_NONE;
  g_clear_pointer (&self->server_id, g_free);
}

void
kam_engine_revoke_failed (KamEngine  *self,
                          KamFailure  failure)
{
  KamLaneState *push = &self->lanes[KAM_LANE_PUSH];

  push->phase = KAM_PHASE_IDLE;
  push->wanted = TRUE;

  switch ((int) failure)
    {
    case KAM_FAILURE_UNAUTHORIZED:
      /* Not even that may this token do; whoever signs in again goes on with what is here. */
      push->attention = KAM_ATTENTION_NONE;
      kam_engine_end_session (self);
      break;

    case KAM_FAILURE_FORKED:
      kam_engine_want_fork (self, KAM_FORK_UNSETTLED);
      if (self->forks++ > 0)
        kam_engine_retry_later (self, KAM_LANE_PUSH, failure);
      break;

    case KAM_FAILURE_TOO_LARGE:
      kam_engine_push_demand (self, KAM_ATTENTION_QUARANTINE_FULL, failure);
      break;

    default:
      kam_engine_retry_later (self, KAM_LANE_PUSH, failure);
    }
}
