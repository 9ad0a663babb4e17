/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-engine.h"

/* One event and the actions that must follow, written as words with ", " between them. */
typedef struct
{
  KamEvent    event;
  const char *actions;
} Step;

#define SERVER "019a0000-0000-7000-8000-000000000001"
#define SECOND ((gint64) G_USEC_PER_SEC)

#define START { .kind = KAM_EVENT_START, .signed_in = TRUE, .server_id = SERVER }
#define STATE(waiting, at) { .kind = KAM_EVENT_STATE, .n_waiting = waiting, .head = at }
#define HELLO { .kind = KAM_EVENT_HELLO, .server_id = SERVER, .protocol_min = 1, .protocol_max = 1 }
#define TAKEN(n, first) { .kind = KAM_EVENT_TAKEN, .count = n, .first_mid = first }
#define PUSHED(n, at) { .kind = KAM_EVENT_PUSHED, .count = n, .rev = at }
#define LINES(n) { .kind = KAM_EVENT_PAGE_LINES, .count = n }
#define END(at, and_more) { .kind = KAM_EVENT_PAGE_END, .head = at, .more = and_more, .moved = TRUE }
#define RANGES_END(and_more) { .kind = KAM_EVENT_PAGE_END, .more = and_more }
#define VERIFIED(n, at) { .kind = KAM_EVENT_VERIFIED, .count = n, .head = at }
#define QUARANTINED(server, and_more) { .kind = KAM_EVENT_QUARANTINED, .server_id = server, .more = and_more }
#define POKED(at, after) { .kind = KAM_EVENT_POKED, .head = at, .now_us = after }
#define DONE(what) { .kind = KAM_EVENT_##what }
#define FAILED(on, http, word) { .kind = KAM_EVENT_FAILED, .lane = KAM_LANE_##on, .status = http, .code = word }
#define BROKEN(on) { .kind = KAM_EVENT_FAILED, .lane = KAM_LANE_##on, .trouble = KAM_TROUBLE_NETWORK }
#define GARBLED(on) { .kind = KAM_EVENT_FAILED, .lane = KAM_LANE_##on, .trouble = KAM_TROUBLE_GARBLED }
#define TIMER(on) { .kind = KAM_EVENT_TIMER, .lane = KAM_LANE_##on }

/* From nothing to in step at head 5, with a poke held open. */
#define IN_STEP \
  { START, "state, is syncing" }, \
  { STATE (0, 5), "send hello" }, \
  { HELLO, "take 500, discard" }, \
  { TAKEN (0, 0), "state" }, \
  { STATE (0, 5), "" }, \
  { DONE (DISCARDED), "send pull" }, \
  { END (5, FALSE), "commit" }, \
  { DONE (COMMITTED), "state, send poke since 5, is synced" }, \
  { STATE (0, 5), "" }

/* A push under way, of two mutations from this mid on. */
#define PUSHING(first) \
  { DONE (LOCAL_CHANGE), "state, timer push 10" }, \
  { TIMER (PUSH), "take 500" }, \
  { TAKEN (2, first), "send push" }

typedef struct
{
  const char *name;
  const Step *steps;
  guint       n_steps;
} StepCase;

#define STEP_CASE(name) { #name, name, G_N_ELEMENTS (name) }

void  test_add_step_cases  (const char     *prefix,
                            const StepCase *cases,
                            guint           n_cases);
char *test_actions_to_text (GArray     *actions);
void  test_run_steps       (const Step *steps,
                            guint       n_steps);
