/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-engine-private.h"

#include <string.h>

/* Edits that come close together travel together. */
#define GATHER_US (10 * (gint64) 1000)

/* Failures in a row of one lane after which the server counts as out of reach. */
#define OFFLINE_ATTEMPTS 3

#define ANY_ERRAND (1 << KAM_ERRAND_USUAL | 1 << KAM_ERRAND_VERIFY | 1 << KAM_ERRAND_RANGES | 1 << KAM_ERRAND_QUARANTINE)
#define OF_PAGES (1 << KAM_ERRAND_USUAL | 1 << KAM_ERRAND_RANGES)

/* Where each answer finds its lane, and what the lane must be doing for the answer to mean anything. */
static const struct
{
  KamLane       lane;
  KamPhase      phase;
  guint         errands;    /* of a request */
  KamActionKind actions[2]; /* of the store */
} expected[] = {
  [KAM_EVENT_TAKEN] = { KAM_LANE_PUSH, KAM_PHASE_STORING, 0, { KAM_ACTION_TAKE_OUTBOX } },
  [KAM_EVENT_SETTLED] = { KAM_LANE_PUSH, KAM_PHASE_STORING, 0, { KAM_ACTION_SETTLE } },
  [KAM_EVENT_FORKED] = { KAM_LANE_PUSH, KAM_PHASE_STORING, 0, { KAM_ACTION_FORK } },
  [KAM_EVENT_ERASED] = { KAM_LANE_PUSH, KAM_PHASE_STORING, 0, { KAM_ACTION_ERASE } },
  [KAM_EVENT_STAGED] = { KAM_LANE_PULL, KAM_PHASE_STORING, 0, { KAM_ACTION_STAGE } },
  [KAM_EVENT_COMMITTED] = { KAM_LANE_PULL, KAM_PHASE_STORING, 0, { KAM_ACTION_COMMIT_PAGE } },
  [KAM_EVENT_DISCARDED] = { KAM_LANE_PULL, KAM_PHASE_STORING, 0, { KAM_ACTION_DISCARD_PAGE, KAM_ACTION_FORGET_STAGE } },
  [KAM_EVENT_DIGESTED] = { KAM_LANE_PULL, KAM_PHASE_STORING, 0, { KAM_ACTION_DIGEST } },
  [KAM_EVENT_HELLO] = { KAM_LANE_HELLO, KAM_PHASE_SENDING, ANY_ERRAND, { 0 } },
  [KAM_EVENT_PUSHED] = { KAM_LANE_PUSH, KAM_PHASE_SENDING, 1 << KAM_ERRAND_USUAL, { 0 } },
  [KAM_EVENT_QUARANTINED] = { KAM_LANE_PUSH, KAM_PHASE_SENDING, 1 << KAM_ERRAND_QUARANTINE, { 0 } },
  [KAM_EVENT_PAGE_LINES] = { KAM_LANE_PULL, KAM_PHASE_SENDING, OF_PAGES, { 0 } },
  [KAM_EVENT_PAGE_END] = { KAM_LANE_PULL, KAM_PHASE_SENDING, OF_PAGES, { 0 } },
  [KAM_EVENT_VERIFIED] = { KAM_LANE_PULL, KAM_PHASE_SENDING, 1 << KAM_ERRAND_VERIFY, { 0 } },
  [KAM_EVENT_POKED] = { KAM_LANE_POKE, KAM_PHASE_SENDING, ANY_ERRAND, { 0 } },
};

/* Is it an answer at all? */
static gboolean
is_answer (const KamEvent *event)
{
  return event->kind < G_N_ELEMENTS (expected) && expected[event->kind].phase != KAM_PHASE_IDLE;
}

static gboolean
is_awaited (KamEngine      *self,
            const KamEvent *event)
{
  const KamLaneState *lane = &self->lanes[expected[event->kind].lane];

  if (lane->phase != expected[event->kind].phase)
    return FALSE;

  if (lane->phase == KAM_PHASE_SENDING)
    return (expected[event->kind].errands & 1u << lane->errand) != 0;

  return lane->doing == expected[event->kind].actions[0] || lane->doing == expected[event->kind].actions[1];
}

static void
reset (KamEngine *self)
{
  g_free (self->server_id);
  memset (self, 0, sizeof *self);
  self->network = TRUE;
  self->batch_max = KAM_ENGINE_BATCH;
  self->resend_after = -1;
  self->last_gap = -1;
  self->dirty = TRUE;
  self->lanes[KAM_LANE_PUSH].wanted = TRUE;
  self->lanes[KAM_LANE_PULL].wanted = TRUE;
}

static KamAttention
find_attention (KamEngine *self)
{
  static const KamLane lanes[] = { KAM_LANE_HELLO, KAM_LANE_PULL, KAM_LANE_PUSH };

  for (guint i = 0; i < G_N_ELEMENTS (lanes); i++)
    {
      if (self->lanes[lanes[i]].attention != KAM_ATTENTION_NONE)
        return self->lanes[lanes[i]].attention;
    }

  return KAM_ATTENTION_NONE;
}

static KamFailure
find_failure (KamEngine *self)
{
  if (self->link == KAM_LINK_DOWN)
    return self->lanes[KAM_LANE_HELLO].failure;

  for (KamLane lane = KAM_LANE_PUSH; lane <= KAM_LANE_PULL; lane++)
    {
      if (self->lanes[lane].attempts >= OFFLINE_ATTEMPTS && self->lanes[lane].failure != KAM_FAILURE_NONE)
        return self->lanes[lane].failure;
    }

  return KAM_FAILURE_NONE;
}

static void
describe (KamEngine       *self,
          KamEngineStatus *status)
{
  memset (status, 0, sizeof *status);
  status->n_waiting = self->n_waiting;
  status->n_rejected = self->n_rejected;
  status->rows = self->rows;
  status->checking = self->checking;
  status->permille = self->total > 0 ? (int) (CLAMP (self->done, 0, self->total) * 1000 / self->total) : -1;
  status->attention = find_attention (self);
  status->failure = find_failure (self);

  if (!self->signed_in)
    status->state = KAM_ENGINE_SIGNED_OUT;
  else if (status->attention != KAM_ATTENTION_NONE)
    status->state = KAM_ENGINE_ATTENTION;
  else if (status->failure != KAM_FAILURE_NONE)
    status->state = KAM_ENGINE_OFFLINE;
  else if (!self->state_known || !kam_engine_is_in_step (self) || self->n_waiting > 0)
    status->state = KAM_ENGINE_SYNCING;
  else if (self->n_rejected > 0)
    status->state = KAM_ENGINE_ATTENTION;
  else
    status->state = KAM_ENGINE_SYNCED;

  if (status->state == KAM_ENGINE_ATTENTION && status->attention == KAM_ATTENTION_NONE)
    status->attention = KAM_ATTENTION_REJECTED;
}

static void
publish (KamEngine *self)
{
  KamEngineStatus status;

  describe (self, &status);
  if (self->status_known && memcmp (&status, &self->status, sizeof status) == 0)
    return;

  self->status = status;
  self->status_known = TRUE;
  kam_engine_act (self, KAM_ACTION_PUBLISH, KAM_LANE_HELLO)->status = status;
}

static gboolean
is_ready (KamEngine *self,
          KamLane    lane)
{
  return self->lanes[lane].phase == KAM_PHASE_IDLE && !self->lanes[lane].halted;
}

static void
pump_lanes (KamEngine *self)
{
  if (is_ready (self, KAM_LANE_PUSH) && self->lanes[KAM_LANE_PUSH].wanted)
    kam_engine_push_begin (self);

  /* What waits takes its new ids first. */
  if (self->revoked || self->fork != KAM_FORK_NONE)
    return;

  if (kam_engine_check_is_due (self) && is_ready (self, KAM_LANE_PULL))
    {
      self->resync = KAM_RESYNC_CHECK;
      self->lanes[KAM_LANE_PULL].wanted = TRUE;
    }

  if (is_ready (self, KAM_LANE_PULL) && self->lanes[KAM_LANE_PULL].wanted)
    kam_engine_pull_begin (self);

  if (is_ready (self, KAM_LANE_POKE) && kam_engine_is_in_step (self))
    kam_engine_poke_begin (self);
}

/* Begins whatever may begin now. */
static void
pump (KamEngine *self)
{
  if (!self->running || !(self->signed_in || self->revoked) || !self->state_known)
    return;

  if (self->link != KAM_LINK_UP && is_ready (self, KAM_LANE_HELLO))
    kam_engine_link_begin (self);

  if (self->link == KAM_LINK_UP)
    pump_lanes (self);
}

/* Tries everything again now. @anew: what is under way is probably dead. */
static void
wake (KamEngine *self,
      gboolean   anew)
{
  self->lanes[KAM_LANE_PUSH].wanted = TRUE;
  self->lanes[KAM_LANE_PULL].wanted = TRUE;

  for (KamLane lane = KAM_LANE_HELLO; lane < KAM_N_LANES; lane++)
    {
      if (anew && self->lanes[lane].phase == KAM_PHASE_SENDING)
        kam_engine_drop (self, lane);
      else
        kam_engine_release (self, lane);
    }

  if (anew)
    kam_engine_check_link (self);
}

static void
start (KamEngine *self)
{
  const KamEvent *event = self->event;
  GArray *actions = self->actions;

  reset (self);
  self->event = event;
  self->actions = actions;
  self->running = TRUE;
  self->signed_in = event->signed_in;
  self->server_id = g_strdup (event->server_id);
  kam_engine_load_state (self);
}

static void
begin_session (KamEngine *self)
{
  for (KamLane lane = KAM_LANE_HELLO; lane < KAM_N_LANES; lane++)
    {
      kam_engine_drop (self, lane);
      kam_engine_succeed (self, lane);
      self->lanes[lane].halted = FALSE;
    }

  g_free (self->server_id);
  self->server_id = g_strdup (self->event->server_id);
  self->signed_in = TRUE;
  self->revoked = FALSE;
  self->doubt = FALSE;
  self->doubt_revoked = FALSE;
  self->link = KAM_LINK_UNKNOWN;
  self->pulled = FALSE;
  self->lanes[KAM_LANE_PUSH].wanted = TRUE;
  self->lanes[KAM_LANE_PULL].wanted = TRUE;
}

static void
stop (KamEngine *self)
{
  for (KamLane lane = KAM_LANE_HELLO; lane < KAM_N_LANES; lane++)
    kam_engine_drop (self, lane);

  self->running = FALSE;
}

static void
local_change (KamEngine *self)
{
  KamLaneState *push = &self->lanes[KAM_LANE_PUSH];

  kam_engine_load_state (self);
  push->wanted = TRUE;

  if (push->phase == KAM_PHASE_IDLE && self->signed_in && self->running && self->link == KAM_LINK_UP && !push->halted)
    kam_engine_wait (self, KAM_LANE_PUSH, GATHER_US);
}

static void
ask_now (KamEngine *self)
{
  for (KamLane lane = KAM_LANE_HELLO; lane < KAM_N_LANES; lane++)
    self->lanes[lane].halted = FALSE;

  wake (self, FALSE);
}

static void
timer (KamEngine *self)
{
  KamLane lane = self->event->lane;

  if (self->lanes[lane].phase != KAM_PHASE_WAITING)
    return;

  self->lanes[lane].phase = KAM_PHASE_IDLE;

  if (lane == KAM_LANE_POKE)
    self->lanes[KAM_LANE_PULL].wanted = TRUE; /* where a proxy lets no request wait, ask now and then */

  if (lane == KAM_LANE_HELLO && !self->state_known)
    kam_engine_load_state (self);
}

static void
take_state (KamEngine *self)
{
  /* Later on the engine knows better than a state that was read a moment ago. */
  if (!self->state_known)
    self->published = self->event->head;

  self->state_loading = FALSE;
  self->state_known = TRUE;
  self->n_waiting = self->event->n_waiting;
  self->n_rejected = self->event->n_rejected;

  if (self->state_stale)
    kam_engine_load_state (self);
}

static void
store_failed (KamEngine *self)
{
  KamLane lane = self->event->lane;

  if (lane == KAM_LANE_HELLO)
    {
      self->state_loading = FALSE;
      if (self->state_known || self->lanes[lane].phase != KAM_PHASE_IDLE)
        return;
    }
  else if (self->lanes[lane].phase != KAM_PHASE_STORING)
    {
      return;
    }

  if (lane == KAM_LANE_PULL)
    {
      kam_engine_act (self, KAM_ACTION_CANCEL, lane);
      self->failing = FALSE;
      self->dirty = TRUE;
    }

  self->lanes[lane].attention = KAM_ATTENTION_STORE;
  kam_engine_retry_later (self, lane, KAM_FAILURE_NONE);
}

/* Our token is no good: perhaps the session has ended, perhaps this is not our server. */
static void
doubt_session (KamEngine  *self,
               KamLane     lane,
               KamFailure  failure)
{
  self->doubt = TRUE;
  self->doubt_revoked |= failure == KAM_FAILURE_REVOKED;
  self->lanes[lane].phase = KAM_PHASE_IDLE;
  self->lanes[lane].wanted = TRUE;
  if (lane == KAM_LANE_PULL)
    self->dirty = TRUE;
  kam_engine_check_link (self);
}

static void
failed (KamEngine *self)
{
  const KamEvent *event = self->event;
  KamFailure failure = kam_failure_classify (event->trouble, event->status, event->code);
  KamLane lane = event->lane;

  if (self->lanes[lane].phase != KAM_PHASE_SENDING)
    return;

  if (lane != KAM_LANE_HELLO && !self->revoked && (failure == KAM_FAILURE_UNAUTHORIZED || failure == KAM_FAILURE_REVOKED))
    {
      doubt_session (self, lane, failure);
      return;
    }

  if (lane == KAM_LANE_HELLO)
    kam_engine_link_failed (self, failure);
  else if (lane == KAM_LANE_PUSH && self->lanes[lane].errand == KAM_ERRAND_QUARANTINE)
    kam_engine_revoke_failed (self, failure);
  else if (lane == KAM_LANE_PUSH)
    kam_engine_push_failed (self, failure);
  else if (lane == KAM_LANE_PULL)
    kam_engine_pull_failed (self, failure);
  else
    kam_engine_retry_later (self, lane, failure);

  if (lane == KAM_LANE_HELLO)
    return;

  if (failure == KAM_FAILURE_TOO_OLD)
    self->lanes[lane].attention = KAM_ATTENTION_CLIENT_TOO_OLD;
  else if (failure == KAM_FAILURE_TOO_NEW)
    self->lanes[lane].attention = KAM_ATTENTION_SERVER_TOO_OLD;
  else if (failure == KAM_FAILURE_NETWORK || failure == KAM_FAILURE_CERTIFICATE || failure == KAM_FAILURE_GARBLED)
    kam_engine_check_link (self);
}

static void
network_changed (KamEngine *self)
{
  gboolean returned = self->event->available && !self->network;

  self->network = self->event->available;

  /* What the system says of a lost network is not believed: the server may be on this device, or behind a link it does not know. */
  if (self->network && self->running)
    wake (self, returned);
}

static void
dispatch (KamEngine *self)
{
  const KamEvent *event = self->event;

  switch (event->kind)
    {
    case KAM_EVENT_START: start (self); break;
    case KAM_EVENT_SIGNED_IN: begin_session (self); break;
    case KAM_EVENT_STOP: stop (self); break;
    case KAM_EVENT_LOCAL_CHANGE: local_change (self); break;
    case KAM_EVENT_NETWORK: network_changed (self); break;
    case KAM_EVENT_RESUMED: wake (self, TRUE); break;
    case KAM_EVENT_ASKED: ask_now (self); break;
    case KAM_EVENT_CHECK: kam_engine_want_check (self); break;
    case KAM_EVENT_TIMER: timer (self); break;
    case KAM_EVENT_STATE: take_state (self); break;
    case KAM_EVENT_STORE_FAILED: store_failed (self); break;
    case KAM_EVENT_FAILED: failed (self); break;
    case KAM_EVENT_HELLO: kam_engine_link_hello (self); break;
    case KAM_EVENT_POKED: kam_engine_poke_event (self); break;
    case KAM_EVENT_TAKEN:
    case KAM_EVENT_SETTLED:
    case KAM_EVENT_FORKED:
    case KAM_EVENT_PUSHED: kam_engine_push_event (self); break;
    case KAM_EVENT_QUARANTINED:
    case KAM_EVENT_ERASED: kam_engine_revoke_event (self); break;
    case KAM_EVENT_DIGESTED:
    case KAM_EVENT_VERIFIED: kam_engine_resync_event (self); break;
    case KAM_EVENT_STAGED:
    case KAM_EVENT_COMMITTED:
    case KAM_EVENT_DISCARDED:
    case KAM_EVENT_PAGE_LINES:
    case KAM_EVENT_PAGE_END: kam_engine_pull_event (self); break;
    default: g_assert_not_reached ();
    }
}

/**
 * kam_engine_new:
 *
 * Returns: (transfer full): an engine that does nothing until it is fed KAM_EVENT_START
 */
KamEngine *
kam_engine_new (void)
{
  KamEngine *self = g_new0 (KamEngine, 1);

  reset (self);

  return self;
}

void
kam_engine_free (KamEngine *self)
{
  g_free (self->server_id);
  g_free (self);
}

/**
 * kam_engine_feed:
 * @event: what happened; borrowed for the call
 * @actions: (element-type KamAction): what to do now is appended, in order
 *
 * Takes one event in. An event that the lane does not wait for, as one that was under way when the lane was called off, changes nothing.
 */
void
kam_engine_feed (KamEngine      *self,
                 const KamEvent *event,
                 GArray         *actions)
{
  gboolean answers = is_answer (event);

  if (answers && !is_awaited (self, event))
    return;

  if (!self->running && event->kind != KAM_EVENT_START && !answers && event->kind != KAM_EVENT_STATE)
    return;

  self->event = event;
  self->actions = actions;
  dispatch (self);
  pump (self);

  if (self->running)
    publish (self);

  self->event = NULL;
  self->actions = NULL;
}
