/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "test-engine-support.h"

/* Where client and server no longer know the same: forks, comparing by digests, and the end of a session for good. */

/* The same mids were used for something else: by a clone of this profile, or by itself before it was restored. */
static const Step fault_26_client_forked[] = {
  IN_STEP,
  PUSHING (5),
  { FAILED (PUSH, 409, "client_forked"), "fork, is syncing" },
  { DONE (FORKED), "take 500, is synced" },
  { TAKEN (2, 1), "send push" },
  { PUSHED (2, 6), "settle, send pull, is syncing" },
};

/* A server that says so for ever is not asked in a circle, and the person hears of it. */
static const Step fault_26_forked_twice[] = {
  IN_STEP,
  PUSHING (5),
  { FAILED (PUSH, 409, "client_forked"), "fork, is syncing" },
  { DONE (FORKED), "take 500, is synced" },
  { TAKEN (2, 1), "send push" },
  { FAILED (PUSH, 409, "client_forked"), "timer push 50, is attention 6" },
  { TIMER (PUSH), "fork" },
  { DONE (FORKED), "take 500" },
  { TAKEN (2, 1), "send push" },
  { PUSHED (2, 6), "settle, send pull" },
  { DONE (SETTLED), "take 500, is syncing" },
};

/* A pull that is under way goes on while the outbox takes its new ids, and no other begins. */
static const Step fork_beside_a_pull[] = {
  IN_STEP,
  PUSHING (5),
  { POKED (6, 20 * SECOND), "send pull, is syncing" },
  { LINES (3), "stage, is syncing 3 rows" },
  { FAILED (PUSH, 409, "client_forked"), "fork" },
  { DONE (STAGED), "read" },
  { END (6, FALSE), "commit" },
  { DONE (COMMITTED), "is syncing" },
  { DONE (FORKED), "take 500, send poke since 6, is synced" },
};

static const Step fault_36_disk_full_while_forking[] = {
  IN_STEP,
  PUSHING (5),
  { FAILED (PUSH, 409, "client_forked"), "fork, is syncing" },
  { { .kind = KAM_EVENT_STORE_FAILED, .lane = KAM_LANE_PUSH }, "timer push 50, is attention 10" },
  { TIMER (PUSH), "fork" },
  { DONE (FORKED), "take 500" },
};

/* Retry-After holds for what is sent after a fork too. */
static const Step fork_keeps_retry_after[] = {
  IN_STEP,
  PUSHING (5),
  { { .kind = KAM_EVENT_FAILED, .lane = KAM_LANE_PUSH, .status = 503, .code = "busy", .retry_after_us = 30 * SECOND }, "timer push 30050" },
  { POKED (6, SECOND), "send pull, is syncing" },
  { FAILED (PULL, 410, "diverged"), "clear push, fork all" },
  { { .kind = KAM_EVENT_FORKED, .now_us = SECOND }, "timer push 29050, forget, is syncing checking" },
};

/* The server was restored from a backup: the journal goes up again as another client’s, then what is here is compared. */
static const Step fault_25_diverged[] = {
  IN_STEP,
  { POKED (9, 20 * SECOND), "send pull, is syncing" },
  { FAILED (PULL, 410, "diverged"), "fork all" },
  { DONE (FORKED), "state, take 500, forget, is syncing checking" },
  { TAKEN (40, 1), "send push" },
  { DONE (DISCARDED), "digest" },
  { DONE (DIGESTED), "send pull verify" },
  { PUSHED (40, 4), "settle" },
  { DONE (SETTLED), "take 500" },
  { VERIFIED (600, 3), "send pull ranges" },
  { LINES (500), "stage, is syncing 500 rows checking" },
  { DONE (STAGED), "read" },
  { RANGES_END (TRUE), "commit ranges" },
  { DONE (COMMITTED), "send pull ranges" },
  { LINES (10), "stage, is syncing 510 rows checking" },
  { DONE (STAGED), "read" },
  { RANGES_END (FALSE), "commit ranges all" },
  { DONE (COMMITTED), "send pull" },
  { END (4, FALSE), "commit" },
  { TAKEN (0, 0), "" },
  { DONE (COMMITTED), "checked 600, send poke since 4, is synced" },
};

/* Restored once more before the first time was over: what was confirmed in between goes up again as well. */
static const Step fault_25_diverged_again[] = {
  IN_STEP,
  { POKED (9, 20 * SECOND), "send pull, is syncing" },
  { FAILED (PULL, 410, "diverged"), "fork all" },
  { DONE (FORKED), "state, take 500, forget, is syncing checking" },
  { TAKEN (40, 1), "send push" },
  { DONE (DISCARDED), "digest" },
  { DONE (DIGESTED), "send pull verify" },
  { PUSHED (40, 4), "settle" },
  { DONE (SETTLED), "take 500" },
  { VERIFIED (0, 3), "commit ranges all" },
  { DONE (COMMITTED), "send pull" },
  { FAILED (PULL, 410, "diverged"), "timer pull 50, is attention 7 checking" },
  { TAKEN (0, 0), "fork all" },
};

/* It shows first by a push: mids are missing there that were once confirmed. The journal goes up again once, not twice. */
static const Step fault_25_mid_gap_beyond_the_journal[] = {
  IN_STEP,
  PUSHING (5),
  { { .kind = KAM_EVENT_FAILED, .lane = KAM_LANE_PUSH, .status = 409, .code = "mid_gap", .last_mid = 2 }, "take 500 after 2" },
  { TAKEN (2, 5), "fork all, is syncing" },
  { DONE (FORKED), "take 500, send pull" },
  { TAKEN (2, 1), "send push" },
  { FAILED (PULL, 410, "diverged"), "cancel poke, forget, is syncing checking" },
};

/* A person who asks hears what the answer was: nothing differs, or so much. */
static const Step fault_35_check[] = {
  IN_STEP,
  { DONE (CHECK), "forget, is syncing checking" },
  { DONE (DISCARDED), "digest" },
  { DONE (DIGESTED), "send pull verify" },
  { VERIFIED (2, 5), "send pull ranges" },
  { LINES (120), "stage, is syncing 120 rows checking" },
  { DONE (STAGED), "read" },
  { RANGES_END (FALSE), "commit ranges all" },
  { DONE (COMMITTED), "send pull" },
  { END (5, FALSE), "commit" },
  { DONE (COMMITTED), "state, checked 2, is synced" },
};

static const Step check_finds_nothing[] = {
  IN_STEP,
  { DONE (CHECK), "forget, is syncing checking" },
  { DONE (DISCARDED), "digest" },
  { DONE (DIGESTED), "send pull verify" },
  { VERIFIED (0, 5), "commit ranges all" },
  { DONE (COMMITTED), "send pull" },
  { END (5, FALSE), "commit" },
  { DONE (COMMITTED), "state, checked 0, is synced" },
  { POKED (5, 55 * SECOND), "send poke since 5" },
};

/* Nothing is compared before what is known to be missing is here. */
static const Step check_waits_for_step[] = {
  IN_STEP,
  { POKED (6, 20 * SECOND), "send pull, is syncing" },
  { DONE (CHECK), "" },
  { END (6, FALSE), "commit" },
  { DONE (COMMITTED), "state, forget, is syncing checking" },
};

/* A check that breaks off is forgotten; news do not wait for the next try. */
static const Step check_breaks_off[] = {
  IN_STEP,
  { DONE (CHECK), "forget, is syncing checking" },
  { DONE (DISCARDED), "digest" },
  { DONE (DIGESTED), "send pull verify" },
  { VERIFIED (2, 5), "send pull ranges" },
  { LINES (120), "stage, is syncing 120 rows checking" },
  { DONE (STAGED), "read" },
  { FAILED (PULL, 503, "busy"), "timer pull 50, is syncing" },
  { TIMER (PULL), "discard" },
  { DONE (DISCARDED), "send pull" },
  { END (5, FALSE), "commit" },
  { DONE (COMMITTED), "state, is synced" },
  { POKED (5, 55 * SECOND), "forget, is syncing checking" },
};

static const Step check_of_an_older_server[] = {
  IN_STEP,
  { DONE (CHECK), "forget, is syncing checking" },
  { DONE (DISCARDED), "digest" },
  { DONE (DIGESTED), "send pull verify" },
  { FAILED (PULL, 404, "not_found"), "timer pull 50, is syncing" },
  { TIMER (PULL), "discard" },
  { DONE (DISCARDED), "send pull" },
  { END (5, FALSE), "commit" },
  { DONE (COMMITTED), "state, is synced" },
  { POKED (5, 3000 * SECOND), "send poke since 5" },
};

/* The cursor is older than the tombstones: compared likewise, but the journal stays where it is. What broke off begins again from its beginning. */
static const Step fault_31_expired[] = {
  { START, "state, is syncing" },
  { STATE (0, 5), "send hello" },
  { HELLO, "take 500, discard" },
  { TAKEN (0, 0), "state" },
  { STATE (0, 5), "" },
  { DONE (DISCARDED), "send pull" },
  { FAILED (PULL, 410, "expired"), "forget, is syncing checking" },
  { DONE (DISCARDED), "digest" },
  { DONE (DIGESTED), "send pull verify" },
  { VERIFIED (3000, 900), "send pull ranges" },
  { LINES (500), "stage, is syncing 500 rows checking" },
  { DONE (STAGED), "read" },
  { BROKEN (PULL), "timer pull 50, send hello, is syncing checking" },
  { HELLO, "" },
  { TIMER (PULL), "forget" },
  { DONE (DISCARDED), "digest" },
  { DONE (DIGESTED), "send pull verify" },
  { VERIFIED (1, 901), "send pull ranges" },
  { RANGES_END (FALSE), "commit ranges all" },
  { DONE (COMMITTED), "send pull" },
  { END (902, FALSE), "commit" },
  { DONE (COMMITTED), "state, checked 1, send poke since 902, is synced" },
};

/* A server that refuses the cursor that it has just given is left alone for a while. */
static const Step expired_twice[] = {
  IN_STEP,
  { POKED (9, 20 * SECOND), "send pull, is syncing" },
  { FAILED (PULL, 410, "expired"), "forget, is syncing checking" },
  { DONE (DISCARDED), "digest" },
  { DONE (DIGESTED), "send pull verify" },
  { VERIFIED (0, 9), "commit ranges all" },
  { DONE (COMMITTED), "send pull" },
  { FAILED (PULL, 410, "expired"), "timer pull 50, is attention 8 checking" },
  { TIMER (PULL), "forget" },
};

/* Between two requests another server may take the place of ours: it is asked who it is before it is told anything, and nothing here is touched. */
static const Step fault_40_other_server_in_between[] = {
  IN_STEP,
  { DONE (CHECK), "forget, is syncing checking" },
  { DONE (DISCARDED), "digest" },
  { DONE (DIGESTED), "send pull verify" },
  { FAILED (PULL, 401, "unauthorized"), "send hello" },
  { { .kind = KAM_EVENT_HELLO, .server_id = "another", .protocol_min = 1, .protocol_max = 1 }, "timer hello 50, is attention 1 checking" },
  { TIMER (HELLO), "send hello" },
  { HELLO, "forget, is syncing checking" },
};

/* The network goes while digests are made: what the store does is let finish, and it begins again. */
static const Step slept_while_digesting[] = {
  IN_STEP,
  { DONE (CHECK), "forget, is syncing checking" },
  { DONE (DISCARDED), "digest" },
  { DONE (RESUMED), "cancel poke, send hello" },
  { DONE (DIGESTED), "" },
  { HELLO, "take 500, forget" },
};

/* What the backup holds is noted with the page that says it, never before: only its cursor was held against the server’s history. */
static const Step durable[] = {
  IN_STEP,
  { POKED (6, 20 * SECOND), "send pull, is syncing" },
  { { .kind = KAM_EVENT_PAGE_END, .head = 6, .moved = TRUE, .durable = 4 }, "commit" },
  { DONE (COMMITTED), "state, durable 4, send poke since 6, is synced" },
  { STATE (0, 6), "" },
  { POKED (7, 40 * SECOND), "send pull, is syncing" },
  { { .kind = KAM_EVENT_PAGE_END, .head = 7, .moved = TRUE, .durable = 4 }, "commit" },
  { DONE (COMMITTED), "state, send poke since 7, is synced" },
};

/* Signed out from elsewhere: what waits is handed over, all of it, and erased with the receipt. */
static const Step fault_24_revoked[] = {
  IN_STEP,
  { FAILED (POKE, 401, "session_revoked"), "send hello" },
  { HELLO, "take all, is signed out 12" },
  { TAKEN (700, 1), "send push quarantine" },
  { QUARANTINED (SERVER, TRUE), "send push quarantine" },
  { BROKEN (PUSH), "timer push 50, send hello" },
  { HELLO, "" },
  { TIMER (PUSH), "take all" },
  { TAKEN (700, 1), "send push quarantine" },
  { QUARANTINED (SERVER, TRUE), "send push quarantine" },
  { QUARANTINED (SERVER, FALSE), "erase" },
  { DONE (ERASED), "is signed out" },
  { DONE (LOCAL_CHANGE), "state" },
};

/* Also with nothing to hand over the receipt is asked for: it proves that this is the server the copy came from. */
static const Step fault_24_revoked_with_nothing_waiting[] = {
  IN_STEP,
  { FAILED (PULL, 401, "session_revoked"), "" },
  { FAILED (POKE, 401, "session_revoked"), "send hello" },
  { HELLO, "take all, is signed out 12" },
  { TAKEN (0, 0), "send push quarantine" },
  { QUARANTINED (SERVER, FALSE), "erase" },
  { DONE (ERASED), "is signed out" },
};

static const Step fault_24_saved_meanwhile[] = {
  IN_STEP,
  { FAILED (POKE, 401, "session_revoked"), "send hello" },
  { HELLO, "take all, is signed out 12" },
  { TAKEN (1, 1), "send push quarantine" },
  { QUARANTINED (SERVER, FALSE), "erase" },
  { { .kind = KAM_EVENT_ERASED, .more = TRUE }, "take all" },
};

/* Another server says revoked, or gives a receipt: nothing is erased. */
static const Step fault_40_revoked_by_another[] = {
  IN_STEP,
  { FAILED (POKE, 401, "session_revoked"), "send hello" },
  { { .kind = KAM_EVENT_HELLO, .server_id = "another", .protocol_min = 1, .protocol_max = 1 }, "timer hello 50, is attention 1" },
  { TIMER (HELLO), "send hello" },
  { HELLO, "send pull, is syncing" },
};

static const Step fault_40_receipt_of_another[] = {
  IN_STEP,
  { FAILED (POKE, 401, "session_revoked"), "send hello" },
  { HELLO, "take all, is signed out 12" },
  { TAKEN (1, 1), "send push quarantine" },
  { QUARANTINED ("another", FALSE), "timer push 50, send hello, is signed out 1" },
};

static const Step fault_24_quarantine_full[] = {
  IN_STEP,
  { FAILED (POKE, 401, "session_revoked"), "send hello" },
  { HELLO, "take all, is signed out 12" },
  { TAKEN (20000, 1), "send push quarantine" },
  { FAILED (PUSH, 413, "too_large"), "timer push 50, is signed out 13" },
  { TIMER (PUSH), "take all" },
};

/* Somebody who signs in again goes on with what is here. */
static const Step revoked_and_signed_in_again[] = {
  IN_STEP,
  { FAILED (POKE, 401, "session_revoked"), "send hello" },
  { HELLO, "take all, is signed out 12" },
  { TAKEN (1, 1), "send push quarantine" },
  { FAILED (PUSH, 503, "busy"), "timer push 50" },
  { { .kind = KAM_EVENT_SIGNED_IN, .server_id = SERVER }, "clear push, send hello, is syncing" },
  { HELLO, "take 500, send pull" },
};

static const Step revoked_then_expired[] = {
  IN_STEP,
  { FAILED (POKE, 401, "session_revoked"), "send hello" },
  { HELLO, "take all, is signed out 12" },
  { TAKEN (1, 1), "send push quarantine" },
  { FAILED (PUSH, 401, "session_expired"), "is signed out" },
  { DONE (LOCAL_CHANGE), "state" },
};

static const StepCase cases[] = {
  STEP_CASE (fault_26_client_forked),
  STEP_CASE (fault_26_forked_twice),
  STEP_CASE (fork_beside_a_pull),
  STEP_CASE (fault_36_disk_full_while_forking),
  STEP_CASE (fork_keeps_retry_after),
  STEP_CASE (fault_25_diverged),
  STEP_CASE (fault_25_diverged_again),
  STEP_CASE (fault_25_mid_gap_beyond_the_journal),
  STEP_CASE (fault_35_check),
  STEP_CASE (check_finds_nothing),
  STEP_CASE (check_waits_for_step),
  STEP_CASE (check_breaks_off),
  STEP_CASE (check_of_an_older_server),
  STEP_CASE (fault_31_expired),
  STEP_CASE (expired_twice),
  STEP_CASE (fault_40_other_server_in_between),
  STEP_CASE (slept_while_digesting),
  STEP_CASE (durable),
  STEP_CASE (fault_24_revoked),
  STEP_CASE (fault_24_revoked_with_nothing_waiting),
  STEP_CASE (fault_24_saved_meanwhile),
  STEP_CASE (fault_40_revoked_by_another),
  STEP_CASE (fault_40_receipt_of_another),
  STEP_CASE (fault_24_quarantine_full),
  STEP_CASE (revoked_and_signed_in_again),
  STEP_CASE (revoked_then_expired),
};

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_add_step_cases ("/engine/", cases, G_N_ELEMENTS (cases));

  return g_test_run ();
}
