/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-engine-private.h"
#include "kam-wire.h"

/* The lanes hello and poke: is it our server, and has it news? */

/* A poke that is answered without news sooner than this was not held open. */
#define POKE_LEAST_US G_USEC_PER_SEC

static const struct
{
  KamFailure   failure;
  KamAttention attention;
} attentions[] = {
  { KAM_FAILURE_CERTIFICATE, KAM_ATTENTION_CERTIFICATE },
  { KAM_FAILURE_GARBLED, KAM_ATTENTION_NOT_KAM },
  { KAM_FAILURE_REFUSED, KAM_ATTENTION_NOT_KAM },
  { KAM_FAILURE_UNAUTHORIZED, KAM_ATTENTION_NOT_KAM },
  { KAM_FAILURE_TOO_OLD, KAM_ATTENTION_CLIENT_TOO_OLD },
  { KAM_FAILURE_TOO_NEW, KAM_ATTENTION_SERVER_TOO_OLD },
};

void
kam_engine_link_begin (KamEngine *self)
{
  self->lanes[KAM_LANE_HELLO].wanted = FALSE;
  kam_engine_send (self, KAM_LANE_HELLO, KAM_ERRAND_USUAL);
}

static void
go_down (KamEngine    *self,
         KamFailure    failure,
         KamAttention  attention)
{
  self->link = KAM_LINK_DOWN;
  self->pulled = FALSE;
  self->doubt = FALSE; /* it was not our server that refused the token, or we cannot know */
  self->doubt_revoked = FALSE;
  self->lanes[KAM_LANE_HELLO].attention = attention;
  kam_engine_retry_later (self, KAM_LANE_HELLO, failure);
}

void
kam_engine_link_failed (KamEngine  *self,
                        KamFailure  failure)
{
  KamAttention attention = KAM_ATTENTION_NONE;

  for (guint i = 0; i < G_N_ELEMENTS (attentions); i++)
    {
      if (attentions[i].failure == failure)
        attention = attentions[i].attention;
    }

  go_down (self, failure, attention);
}

/* The token is refused by our own server: the person must sign in again. What is here stays, and is worked on. */
void
kam_engine_end_session (KamEngine *self)
{
  self->signed_in = FALSE;
  self->revoked = FALSE;
  self->doubt = FALSE;

  for (KamLane lane = KAM_LANE_HELLO; lane < KAM_N_LANES; lane++)
    kam_engine_drop (self, lane);
}

static void
come_up (KamEngine *self)
{
  gboolean was_down = self->link == KAM_LINK_DOWN;

  self->link = KAM_LINK_UP;

  if (self->pulled && !was_down)
    return;

  self->lanes[KAM_LANE_PULL].wanted = TRUE;

  for (KamLane lane = KAM_LANE_PUSH; was_down && lane < KAM_N_LANES; lane++)
    kam_engine_release (self, lane);
}

void
kam_engine_link_hello (KamEngine *self)
{
  KamLaneState *hello = &self->lanes[KAM_LANE_HELLO];
  const KamEvent *event = self->event;

  hello->phase = KAM_PHASE_IDLE;

  if (self->server_id != NULL && g_strcmp0 (self->server_id, event->server_id) != 0)
    {
      go_down (self, KAM_FAILURE_REFUSED, KAM_ATTENTION_WRONG_SERVER);
      return;
    }

  if (event->protocol_min > KAM_PROTOCOL_VERSION || event->protocol_max < KAM_PROTOCOL_VERSION)
    {
      gboolean too_old = event->protocol_min > KAM_PROTOCOL_VERSION;

      go_down (self, too_old ? KAM_FAILURE_TOO_OLD : KAM_FAILURE_TOO_NEW, too_old ? KAM_ATTENTION_CLIENT_TOO_OLD : KAM_ATTENTION_SERVER_TOO_OLD);
      return;
    }

  if (self->server_id == NULL)
    self->server_id = g_strdup (event->server_id);

  hello->attention = KAM_ATTENTION_NONE;
  hello->failure = KAM_FAILURE_NONE;
  hello->not_before_us = 0;

  if (self->doubt_revoked)
    kam_engine_revoke_begin (self);
  else if (self->doubt)
    kam_engine_end_session (self);
  else
    come_up (self);
}

void
kam_engine_poke_begin (KamEngine *self)
{
  self->lanes[KAM_LANE_POKE].wanted = FALSE;
  self->poked_at_us = self->event->now_us;
  kam_engine_send (self, KAM_LANE_POKE, KAM_ERRAND_USUAL)->since = self->published;
}

void
kam_engine_poke_event (KamEngine *self)
{
  KamLaneState *poke = &self->lanes[KAM_LANE_POKE];

  poke->phase = KAM_PHASE_IDLE;

  if (self->event->head > self->published)
    {
      kam_engine_succeed (self, KAM_LANE_POKE);
      kam_engine_pull_aim (self, self->event->head);
    }
  else if (self->event->head < self->published)
    {
      /* The server's past has changed; a pull finds out how. */
      self->lanes[KAM_LANE_PULL].wanted = TRUE;
      kam_engine_retry_later (self, KAM_LANE_POKE, KAM_FAILURE_NONE);
    }
  else if (self->event->now_us - self->poked_at_us < POKE_LEAST_US)
    {
      kam_engine_retry_later (self, KAM_LANE_POKE, KAM_FAILURE_NONE);
    }
  else
    {
      kam_engine_succeed (self, KAM_LANE_POKE);
    }
}
