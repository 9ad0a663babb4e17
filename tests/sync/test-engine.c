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
static const Step lagging_replica[] = {
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

static const Step page_cut_off[] = {
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

static const Step slept[] = {
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
static const Step wrong_server[] = {
  IN_STEP,
  { FAILED (POKE, 401, "unauthorized"), "send hello" },
  { { .kind = KAM_EVENT_HELLO, .server_id = "another", .protocol_min = 1, .protocol_max = 1 }, "timer hello 50, is attention 1" },
  { TIMER (HELLO), "send hello" },
  { HELLO, "send pull, is syncing" },
};

static const Step mid_gap[] = {
  IN_STEP,
  { DONE (LOCAL_CHANGE), "state, timer push 10" },
  { TIMER (PUSH), "take 500" },
  { TAKEN (2, 5), "send push" },
  { { .kind = KAM_EVENT_FAILED, .lane = KAM_LANE_PUSH, .status = 409, .code = "mid_gap", .last_mid = 2 }, "take 500 after 2" },
  { TAKEN (4, 3), "send push" },
  { PUSHED (4, 6), "settle, send pull, is syncing" },
};

static const Step mid_gap_beyond_the_journal[] = {
  IN_STEP,
  { DONE (LOCAL_CHANGE), "state, timer push 10" },
  { TIMER (PUSH), "take 500" },
  { TAKEN (2, 5), "send push" },
  { { .kind = KAM_EVENT_FAILED, .lane = KAM_LANE_PUSH, .status = 409, .code = "mid_gap", .last_mid = 2 }, "take 500 after 2" },
  { TAKEN (2, 5), "timer push 50, is attention 7" },
};

static const Step client_forked[] = {
  IN_STEP,
  { DONE (LOCAL_CHANGE), "state, timer push 10" },
  { TIMER (PUSH), "take 500" },
  { TAKEN (2, 5), "send push" },
  { FAILED (PUSH, 409, "client_forked"), "is attention 6" },
  { POKED (6, 20 * SECOND), "send pull" },
  { DONE (LOCAL_CHANGE), "" },
};

static const Step diverged[] = {
  IN_STEP,
  { POKED (6, 20 * SECOND), "send pull, is syncing" },
  { FAILED (PULL, 410, "diverged"), "is attention 7" },
  { DONE (LOCAL_CHANGE), "state, timer push 10" },
  { DONE (ASKED), "clear push, take 500, discard" },
};

static const Step too_old[] = {
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

static const Step disk_full[] = {
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

#define CASE(name) { #name, name, G_N_ELEMENTS (name) }

static const struct
{
  const char *name;
  const Step *steps;
  guint       n_steps;
} cases[] = {
  CASE (first_sync),
  CASE (edit_goes_up),
  CASE (lanes_are_independent),
  CASE (pull_reaches_own_push),
  CASE (lagging_replica),
  CASE (page_cut_off),
  CASE (server_gone_and_back),
  CASE (network_returns),
  CASE (slept),
  CASE (person_asks),
  CASE (retry_after),
  CASE (session_expired),
  CASE (wrong_server),
  CASE (mid_gap),
  CASE (mid_gap_beyond_the_journal),
  CASE (client_forked),
  CASE (diverged),
  CASE (too_old),
  CASE (batch_too_large),
  CASE (nothing_settled),
  CASE (poke_not_held),
  CASE (poke_held),
  CASE (page_that_does_not_move),
  CASE (disk_full),
  CASE (called_off_while_staging),
};

static void
test_case (gconstpointer data)
{
  guint i = GPOINTER_TO_UINT (data);

  test_run_steps (cases[i].steps, cases[i].n_steps);
}

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

static KamLane
lane_of (const KamEvent *event)
{
  switch ((int) event->kind)
    {
    case KAM_EVENT_FAILED: return event->lane;
    case KAM_EVENT_HELLO: return KAM_LANE_HELLO;
    case KAM_EVENT_PUSHED: return KAM_LANE_PUSH;
    case KAM_EVENT_POKED: return KAM_LANE_POKE;
    default: return KAM_LANE_PULL;
    }
}

/* Whatever comes, in whatever order: no more actions than a few, and no request twice at a time. */
static void
test_any_order (void)
{
  for (guint seed = 0; seed < 300; seed++)
    {
      g_autoptr (KamEngine) engine = kam_engine_new ();
      g_autoptr (GArray) actions = g_array_new (FALSE, FALSE, sizeof (KamAction));
      g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
      gboolean open[KAM_N_LANES] = { FALSE };
      KamEvent start = START;

      kam_engine_feed (engine, &start, actions);

      for (guint i = 0; i < 500; i++)
        {
          KamEvent event = { .kind = g_rand_int_range (rand, 0, KAM_EVENT_FAILED + 1), .lane = g_rand_int_range (rand, 0, KAM_N_LANES), .now_us = i * SECOND,
                             .random = g_rand_int (rand), .server_id = SERVER, .protocol_min = 1, .protocol_max = 1, .signed_in = TRUE,
                             .count = g_rand_int_range (rand, 0, 3), .head = i / 10, .rev = i / 8, .first_mid = 1, .moved = TRUE, .more = g_rand_boolean (rand),
                             .status = g_rand_boolean (rand) ? 401 : 503, .available = g_rand_boolean (rand) };

          if (event.kind == KAM_EVENT_START)
            continue;

          g_array_set_size (actions, 0);
          kam_engine_feed (engine, &event, actions);
          g_assert_cmpuint (actions->len, <, 16);

          if (event.kind >= KAM_EVENT_HELLO)
            open[lane_of (&event)] = FALSE;

          for (guint a = 0; a < actions->len; a++)
            {
              const KamAction *action = &g_array_index (actions, KamAction, a);

              if (action->kind == KAM_ACTION_CANCEL)
                open[action->lane] = FALSE;
              if (action->kind != KAM_ACTION_SEND)
                continue;
              g_assert_false (open[action->lane]);
              open[action->lane] = TRUE;
            }
        }
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/engine/%s", cases[i].name);

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_case);
    }
  g_test_add_func ("/engine/jitter", test_jitter);
  g_test_add_func ("/engine/classify", test_classify);
  g_test_add_func ("/engine/any-order", test_any_order);

  return g_test_run ();
}
