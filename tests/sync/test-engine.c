/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "test-engine-support.h"

static const Step first_sync[] = {
  { START, "state, is syncing" },
  { STATE (0, 0), "send hello" },
  { HELLO, "take 500, discard" },
  { DONE (DISCARDED), "send pull" },
  { TAKEN (0, 0), "state" },
  { STATE (0, 0), "" },
  { { .kind = KAM_EVENT_PAGE_LINES, .count = 500, .done = 500, .total = 1000 }, "stage, is syncing 500 rows 500/1000" },
  { DONE (STAGED), "read" },
  { END (7, TRUE), "commit" },
  { DONE (COMMITTED), "send pull" },
  { { .kind = KAM_EVENT_PAGE_LINES, .count = 400, .done = 900, .total = 1000 }, "stage, is syncing 900 rows 900/1000" },
  { DONE (STAGED), "read" },
  { END (7, FALSE), "commit" },
  { DONE (COMMITTED), "state, send poke since 7, is synced" },
};

static const Step edit_goes_up[] = {
  IN_STEP,
  { DONE (LOCAL_CHANGE), "state, timer push 10" },
  { DONE (LOCAL_CHANGE), "" },
  { STATE (1, 5), "state, is syncing 1 waiting" },
  { STATE (2, 5), "is syncing 2 waiting" },
  { TIMER (PUSH), "take 500" },
  { TAKEN (2, 1), "send push" },
  { PUSHED (2, 6), "settle, send pull" },
  { DONE (SETTLED), "state, take 500" },
};

/* A download under way when an edit is made goes on, and the other way round. */
static const Step lanes_are_independent[] = {
  IN_STEP,
  { POKED (6, 20 * SECOND), "send pull, is syncing" },
  { DONE (LOCAL_CHANGE), "state, timer push 10" },
  { TIMER (PUSH), "take 500" },
  { TAKEN (1, 1), "send push" },
  { LINES (3), "stage, is syncing 3 rows" },
  { FAILED (PUSH, 503, "busy"), "timer push 50" },
  { DONE (STAGED), "read" },
  { END (6, FALSE), "commit" },
  { DONE (COMMITTED), "send poke since 6, is synced" },
};

/* The head of a page may be older than our own push: then another pull follows at once. */
static const Step pull_reaches_own_push[] = {
  IN_STEP,
  { POKED (6, 20 * SECOND), "send pull, is syncing" },
  { DONE (LOCAL_CHANGE), "state, timer push 10" },
  { TIMER (PUSH), "take 500" },
  { TAKEN (1, 1), "send push" },
  { PUSHED (1, 8), "settle" },
  { DONE (SETTLED), "take 500" },
  { TAKEN (0, 0), "" },
  { END (6, FALSE), "commit" },
  { DONE (COMMITTED), "send pull" },
  { END (8, FALSE), "commit" },
  { DONE (COMMITTED), "send poke since 8, is synced" },
};

/* A replica that lags is asked again later, not in a circle, and nothing is reset. */
static const Step fault_02_lagging_replica[] = {
  IN_STEP,
  { POKED (9, 20 * SECOND), "send pull, is syncing" },
  { END (7, FALSE), "commit" },
  { DONE (COMMITTED), "state, timer pull 50" },
  { STATE (0, 7), "" },
  { TIMER (PULL), "send pull" },
  { FAILED (PULL, 503, "behind"), "timer pull 50" },
  { TIMER (PULL), "discard" },
  { DONE (DISCARDED), "send pull" },
  { END (9, FALSE), "commit" },
  { DONE (COMMITTED), "state, send poke since 9, is synced" },
};

#define LAGS(lane) \
  { END (7, FALSE), "commit" }, { DONE (COMMITTED), "state, timer pull 50" }, { STATE (0, 7), "" }, { TIMER (lane), "send pull" }

/* What a server that went back to a backup has told before may never come again: that is not waited for. */
static const Step fault_25_head_that_never_comes[] = {
  IN_STEP,
  { POKED (9, 20 * SECOND), "send pull, is syncing" },
  LAGS (PULL), LAGS (PULL), LAGS (PULL), LAGS (PULL), LAGS (PULL), LAGS (PULL), LAGS (PULL),
  { END (7, FALSE), "commit" },
  { DONE (COMMITTED), "state, send poke since 7, is synced" },
};

static const Step fault_10_page_cut_off[] = {
  IN_STEP,
  { POKED (9, 20 * SECOND), "send pull, is syncing" },
  { LINES (500), "stage, is syncing 500 rows" },
  { DONE (STAGED), "read" },
  { GARBLED (PULL), "timer pull 50, send hello, is syncing" },
  { HELLO, "" },
  { TIMER (PULL), "discard" },
  { DONE (DISCARDED), "send pull" },
  { LINES (600), "stage, is syncing 600 rows" },
  { DONE (STAGED), "read" },
  { END (9, FALSE), "commit" },
  { DONE (COMMITTED), "state, send poke since 9, is synced" },
};

static const Step server_gone_and_back[] = {
  IN_STEP,
  { BROKEN (POKE), "timer poke 50, send hello" },
  { BROKEN (HELLO), "timer hello 50, is offline" },
  { DONE (LOCAL_CHANGE), "state" },
  { STATE (1, 5), "is offline 1 waiting" },
  { TIMER (HELLO), "send hello" },
  { BROKEN (HELLO), "timer hello 50" },
  { TIMER (HELLO), "send hello" },
  { HELLO, "clear poke, take 500, send pull, is syncing 1 waiting" },
  { TAKEN (1, 1), "send push" },
  { PUSHED (1, 6), "settle" },
};

static const Step network_returns[] = {
  IN_STEP,
  { { .kind = KAM_EVENT_NETWORK, .available = FALSE }, "" },
  { BROKEN (POKE), "timer poke 50, send hello" },
  { BROKEN (HELLO), "timer hello 50, is offline" },
  { { .kind = KAM_EVENT_NETWORK, .available = TRUE }, "clear hello, clear poke, send hello" },
  { HELLO, "take 500, send pull, is syncing" },
};

static const Step fault_39_slept[] = {
  IN_STEP,
  { DONE (RESUMED), "cancel poke, send hello, is syncing" },
  { HELLO, "take 500, send pull" },
  { END (5, FALSE), "commit" },
  { DONE (COMMITTED), "state, send poke since 5, is synced" },
};

static const Step person_asks[] = {
  IN_STEP,
  { BROKEN (POKE), "timer poke 50, send hello" },
  { BROKEN (HELLO), "timer hello 50, is offline" },
  { DONE (ASKED), "clear hello, clear poke, send hello" },
};

/* Retry-After holds even when the person asks or the network returns. */
static const Step retry_after[] = {
  IN_STEP,
  { DONE (LOCAL_CHANGE), "state, timer push 10" },
  { TIMER (PUSH), "take 500" },
  { TAKEN (1, 1), "send push" },
  { { .kind = KAM_EVENT_FAILED, .lane = KAM_LANE_PUSH, .status = 429, .code = "rate_limited", .retry_after_us = 30 * SECOND }, "timer push 30050" },
  { { .kind = KAM_EVENT_ASKED, .now_us = 29 * SECOND }, "send pull, is syncing" },
  { { .kind = KAM_EVENT_ASKED, .now_us = 30 * SECOND }, "clear push, take 500" },
};

static const Step session_expired[] = {
  IN_STEP,
  { FAILED (POKE, 401, "session_expired"), "send hello" },
  { HELLO, "is signed out" },
  { DONE (LOCAL_CHANGE), "state" },
  { STATE (1, 5), "is signed out 1 waiting" },
  { DONE (ASKED), "" },
  { { .kind = KAM_EVENT_SIGNED_IN, .server_id = SERVER }, "send hello, is syncing 1 waiting" },
  { HELLO, "take 500, send pull" },
};

/* The token was refused, but by another server: nobody is signed out. */
static const Step fault_40_wrong_server[] = {
  IN_STEP,
  { FAILED (POKE, 401, "unauthorized"), "send hello" },
  { { .kind = KAM_EVENT_HELLO, .server_id = "another", .protocol_min = 1, .protocol_max = 1 }, "timer hello 50, is attention 1" },
  { TIMER (HELLO), "send hello" },
  { HELLO, "send pull, is syncing" },
};

static const Step fault_04_mid_gap[] = {
  IN_STEP,
  { DONE (LOCAL_CHANGE), "state, timer push 10" },
  { TIMER (PUSH), "take 500" },
  { TAKEN (2, 5), "send push" },
  { { .kind = KAM_EVENT_FAILED, .lane = KAM_LANE_PUSH, .status = 409, .code = "mid_gap", .last_mid = 2 }, "take 500 after 2" },
  { TAKEN (4, 3), "send push" },
  { PUSHED (4, 6), "settle, send pull, is syncing" },
};

static const Step fault_29_too_old[] = {
  { START, "state, is syncing" },
  { STATE (3, 5), "send hello, is syncing 3 waiting" },
  { { .kind = KAM_EVENT_HELLO, .server_id = SERVER, .protocol_min = 2, .protocol_max = 3 }, "timer hello 50, is attention 4 3 waiting" },
};

static const Step batch_too_large[] = {
  IN_STEP,
  { DONE (LOCAL_CHANGE), "state, timer push 10" },
  { TIMER (PUSH), "take 500" },
  { TAKEN (300, 1), "send push" },
  { FAILED (PUSH, 413, "too_large"), "take 150" },
};

static const Step nothing_settled[] = {
  IN_STEP,
  { DONE (LOCAL_CHANGE), "state, timer push 10" },
  { TIMER (PUSH), "take 500" },
  { TAKEN (2, 1), "send push" },
  { PUSHED (0, 0), "timer push 50" },
};

static const Step poke_not_held[] = {
  IN_STEP,
  { POKED (5, 1000), "timer poke 50" },
  { TIMER (POKE), "send pull, is syncing" },
};

static const Step poke_held[] = {
  IN_STEP,
  { POKED (5, 55 * SECOND), "send poke since 5" },
};

static const Step page_that_does_not_move[] = {
  IN_STEP,
  { POKED (6, 20 * SECOND), "send pull, is syncing" },
  { { .kind = KAM_EVENT_PAGE_END, .head = 6, .more = TRUE, .moved = FALSE }, "timer pull 50" },
};

static const Step fault_36_disk_full[] = {
  IN_STEP,
  { POKED (6, 20 * SECOND), "send pull, is syncing" },
  { LINES (10), "stage, is syncing 10 rows" },
  { { .kind = KAM_EVENT_STORE_FAILED, .lane = KAM_LANE_PULL }, "cancel pull, timer pull 50, is attention 10 10 rows" },
  { TIMER (PULL), "discard" },
  { DONE (DISCARDED), "send pull" },
};

static const Step called_off_while_staging[] = {
  IN_STEP,
  { POKED (6, 20 * SECOND), "send pull, is syncing" },
  { LINES (10), "stage, is syncing 10 rows" },
  { FAILED (POKE, 401, "session_expired"), "" },
  { DONE (STOP), "cancel pull" },
  { DONE (STAGED), "" },
  { DONE (LOCAL_CHANGE), "" },
};

static const StepCase cases[] = {
  STEP_CASE (first_sync),
  STEP_CASE (edit_goes_up),
  STEP_CASE (lanes_are_independent),
  STEP_CASE (pull_reaches_own_push),
  STEP_CASE (fault_02_lagging_replica),
  STEP_CASE (fault_25_head_that_never_comes),
  STEP_CASE (fault_10_page_cut_off),
  STEP_CASE (server_gone_and_back),
  STEP_CASE (network_returns),
  STEP_CASE (fault_39_slept),
  STEP_CASE (person_asks),
  STEP_CASE (retry_after),
  STEP_CASE (session_expired),
  STEP_CASE (fault_40_wrong_server),
  STEP_CASE (fault_04_mid_gap),
  STEP_CASE (fault_29_too_old),
  STEP_CASE (batch_too_large),
  STEP_CASE (nothing_settled),
  STEP_CASE (poke_not_held),
  STEP_CASE (poke_held),
  STEP_CASE (page_that_does_not_move),
  STEP_CASE (fault_36_disk_full),
  STEP_CASE (called_off_while_staging),
};

/* Full jitter: between nothing and a window that doubles from a second to five minutes, linear in the random number. */
static void
test_jitter (void)
{
  static const gint64 windows[] = { 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300 };
  static const Step up[] = { { START, NULL }, { STATE (0, 5), NULL } };
  static const guint32 randoms[] = { 0, 1u << 30, 1u << 31, G_MAXUINT32 };

  for (guint r = 0; r < G_N_ELEMENTS (randoms); r++)
    {
      g_autoptr (KamEngine) engine = kam_engine_new ();
      g_autoptr (GArray) actions = g_array_new (FALSE, FALSE, sizeof (KamAction));

      for (guint i = 0; i < G_N_ELEMENTS (up); i++)
        kam_engine_feed (engine, &up[i].event, actions);

      for (guint i = 0; i < G_N_ELEMENTS (windows); i++)
        {
          KamEvent broken = BROKEN (HELLO);
          KamEvent again = TIMER (HELLO);
          gint64 delay;

          broken.random = randoms[r];
          g_array_set_size (actions, 0);
          kam_engine_feed (engine, &broken, actions);
          g_assert_cmpint (g_array_index (actions, KamAction, 0).kind, ==, KAM_ACTION_SET_TIMER);
          delay = g_array_index (actions, KamAction, 0).delay_us;
          g_assert_cmpint (delay, >=, 50 * 1000);
          g_assert_cmpint (delay, <=, windows[i] * SECOND);
          if (randoms[r] == 1u << 31)
            g_assert_cmpint (delay, ==, windows[i] * SECOND / 2);
          kam_engine_feed (engine, &again, actions);
        }
    }
}

static void
test_classify (void)
{
  static const struct
  {
    KamTrouble  trouble;
    guint       status;
    const char *code;
    KamFailure  failure;
  } rows[] = {
    { KAM_TROUBLE_NETWORK, 0, NULL, KAM_FAILURE_NETWORK },
    { KAM_TROUBLE_CERTIFICATE, 0, NULL, KAM_FAILURE_CERTIFICATE },
    { KAM_TROUBLE_GARBLED, 200, NULL, KAM_FAILURE_GARBLED },
    { KAM_TROUBLE_NONE, 302, NULL, KAM_FAILURE_GARBLED },
    { KAM_TROUBLE_NONE, 404, NULL, KAM_FAILURE_GARBLED },
    { KAM_TROUBLE_NONE, 404, "not_found", KAM_FAILURE_REFUSED },
    { KAM_TROUBLE_NONE, 400, "bad_json", KAM_FAILURE_REFUSED },
    { KAM_TROUBLE_NONE, 400, "too_old", KAM_FAILURE_TOO_OLD },
    { KAM_TROUBLE_NONE, 409, "too_new", KAM_FAILURE_TOO_NEW },
    { KAM_TROUBLE_NONE, 401, "session_expired", KAM_FAILURE_UNAUTHORIZED },
    { KAM_TROUBLE_NONE, 409, "client_forked", KAM_FAILURE_FORKED },
    { KAM_TROUBLE_NONE, 409, "mid_gap", KAM_FAILURE_MID_GAP },
    { KAM_TROUBLE_NONE, 410, "diverged", KAM_FAILURE_DIVERGED },
    { KAM_TROUBLE_NONE, 410, "expired", KAM_FAILURE_EXPIRED },
    { KAM_TROUBLE_NONE, 413, NULL, KAM_FAILURE_TOO_LARGE },
    { KAM_TROUBLE_NONE, 429, "rate_limited", KAM_FAILURE_SERVER },
    { KAM_TROUBLE_NONE, 500, NULL, KAM_FAILURE_SERVER },
    { KAM_TROUBLE_NONE, 503, "behind", KAM_FAILURE_SERVER },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (kam_failure_classify (rows[i].trouble, rows[i].status, rows[i].code), ==, rows[i].failure);
}

/* What would be a proper answer to this action. */
static int
answer_to (const KamAction *action,
           GRand           *rand)
{
  static const int of_store[] = {
    [KAM_ACTION_LOAD_STATE] = KAM_EVENT_STATE,
    [KAM_ACTION_TAKE_OUTBOX] = KAM_EVENT_TAKEN,
    [KAM_ACTION_SETTLE] = KAM_EVENT_SETTLED,
    [KAM_ACTION_STAGE] = KAM_EVENT_STAGED,
    [KAM_ACTION_COMMIT_PAGE] = KAM_EVENT_COMMITTED,
    [KAM_ACTION_DISCARD_PAGE] = KAM_EVENT_DISCARDED,
    [KAM_ACTION_FORGET_STAGE] = KAM_EVENT_DISCARDED,
    [KAM_ACTION_DIGEST] = KAM_EVENT_DIGESTED,
    [KAM_ACTION_FORK] = KAM_EVENT_FORKED,
    [KAM_ACTION_ERASE] = KAM_EVENT_ERASED,
  };
  static const int of_lane[] = { KAM_EVENT_HELLO, KAM_EVENT_PUSHED, KAM_EVENT_PAGE_END, KAM_EVENT_POKED };

  if (action->kind == KAM_ACTION_READ_PAGE)
    return g_rand_boolean (rand) ? KAM_EVENT_PAGE_LINES : KAM_EVENT_PAGE_END;

  if (action->kind != KAM_ACTION_SEND)
    return of_store[action->kind];

  if (action->errand == KAM_ERRAND_VERIFY)
    return KAM_EVENT_VERIFIED;

  if (action->errand == KAM_ERRAND_QUARANTINE)
    return KAM_EVENT_QUARANTINED;

  return g_rand_int_range (rand, 0, 4) == 0 ? KAM_EVENT_FAILED : of_lane[action->lane];
}

static gboolean
wants_answer (const KamAction *action)
{
  return action->kind <= KAM_ACTION_READ_PAGE && action->kind != KAM_ACTION_NOTE_DURABLE && action->kind != KAM_ACTION_NOTE_CHECKED;
}

/* Takes the actions in; a lane has one thing under way at most, whatever came before. */
static void
take_actions (GArray    *actions,
              KamAction *open,
              gboolean  *is_open)
{
  g_assert_cmpuint (actions->len, <, 16);

  for (guint i = 0; i < actions->len; i++)
    {
      const KamAction *action = &g_array_index (actions, KamAction, i);
      guint at = action->kind == KAM_ACTION_LOAD_STATE ? KAM_N_LANES : action->lane;

      if (action->kind == KAM_ACTION_CANCEL)
        is_open[at] = is_open[at] && open[at].kind != KAM_ACTION_SEND && open[at].kind != KAM_ACTION_READ_PAGE;
      if (!wants_answer (action))
        continue;

      g_assert_false (is_open[at]);
      open[at] = *action;
      is_open[at] = TRUE;
    }
}

static KamEvent
random_event (GRand           *rand,
              guint            i,
              const KamAction *answered)
{
  static const char *const codes[] = { "busy", "client_forked", "mid_gap", "diverged", "expired", "session_revoked", "session_expired", "too_large" };
  static const guint statuses[] = { 503, 409, 409, 410, 410, 401, 401, 413 };
  guint trouble = g_rand_int_range (rand, 0, G_N_ELEMENTS (codes));
  KamEvent event = { .lane = g_rand_int_range (rand, 0, KAM_N_LANES), .now_us = i * SECOND, .random = g_rand_int (rand), .server_id = SERVER,
                     .protocol_min = 1, .protocol_max = 1, .signed_in = TRUE, .count = g_rand_int_range (rand, 0, 3), .head = i / 10, .rev = i / 8,
                     .first_mid = 1, .moved = TRUE, .more = g_rand_boolean (rand), .status = statuses[trouble], .code = codes[trouble],
                     .available = g_rand_boolean (rand) };

  if (answered == NULL)
    {
      event.kind = g_rand_int_range (rand, KAM_EVENT_SIGNED_IN, KAM_EVENT_STATE);
      if (event.kind == KAM_EVENT_STOP)
        event.kind = KAM_EVENT_TIMER;
      return event;
    }

  event.kind = answer_to (answered, rand);
  event.lane = answered->lane;

  return event;
}

/* Whatever comes, in whatever order: no more actions than a few, and no lane does two things at a time. */
static void
test_any_order (void)
{
  for (guint seed = 0; seed < 300; seed++)
    {
      g_autoptr (KamEngine) engine = kam_engine_new ();
      g_autoptr (GArray) actions = g_array_new (FALSE, FALSE, sizeof (KamAction));
      g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
      KamAction open[KAM_N_LANES + 1];
      gboolean is_open[KAM_N_LANES + 1] = { FALSE };
      KamEvent start = START;

      kam_engine_feed (engine, &start, actions);
      take_actions (actions, open, is_open);

      for (guint i = 0; i < 1000; i++)
        {
          guint at = (guint) g_rand_int_range (rand, 0, KAM_N_LANES + 1);
          gboolean answers = is_open[at] && g_rand_int_range (rand, 0, 10) > 0;
          KamEvent event = random_event (rand, i, answers ? &open[at] : NULL);

          if (answers)
            is_open[at] = FALSE;

          g_array_set_size (actions, 0);
          kam_engine_feed (engine, &event, actions);
          take_actions (actions, open, is_open);
        }
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  test_add_step_cases ("/engine/", cases, G_N_ELEMENTS (cases));
  g_test_add_func ("/engine/jitter", test_jitter);
  g_test_add_func ("/engine/classify", test_classify);
  g_test_add_func ("/engine/any-order", test_any_order);

  return g_test_run ();
}
