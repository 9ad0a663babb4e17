/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-jobs.h"
#include "kam-org-repository.h"
#include "kam-test-mariadb.h"
#include "kam-test-verify.h"
#include "kam-tidy.h"

/* Tombstones are kept for half a year; whoever was away for longer compares everything. */

typedef struct
{
  const KamDbOptions *database;
  KamDb              *db;
  KamTestServer      *server;
  char               *manager;
  char               *kams[2];
} Fixture;

static KamTestMariadb *mariadb;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->database = kam_test_mariadb_migrated (mariadb);
  fixture->db = kam_test_mariadb_connect (fixture->database);
  fixture->manager = kam_test_add_person (fixture->database, "manager@kam.test", "manager", NULL);
  fixture->kams[0] = kam_test_add_person (fixture->database, "kam1@kam.test", "kam", fixture->manager);
  fixture->kams[1] = kam_test_add_person (fixture->database, "kam2@kam.test", "kam", fixture->manager);
  fixture->server = kam_test_server_new (fixture->database, NULL);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  kam_test_server_free (fixture->server);
  kam_db_close (fixture->db);
  g_free (fixture->manager);
  g_free (fixture->kams[0]);
  g_free (fixture->kams[1]);
}

static void
run_sql (Fixture    *fixture,
         const char *sql)
{
  g_autoptr (GError) error = NULL;

  kam_db_exec (fixture->db, sql, NULL, 0, NULL, &error);
  g_assert_no_error (error);
}

static gint64
count (Fixture    *fixture,
       const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KamDbRows) row = NULL;

  kam_db_query_row (fixture->db, sql, NULL, 0, &row, &error);
  g_assert_no_error (error);

  return kam_db_rows_int (row, 0);
}

/* All that was done until now was done half a year and more ago. */
static void
let_time_pass (Fixture *fixture)
{
  run_sql (fixture, "UPDATE `commit_log` SET `at` = `at` - 200 * 86400000000");
}

static KamTombstoneCounts
tidy (Fixture  *fixture,
      gboolean  dry_run)
{
  KamTombstoneCounts counts;
  g_autoptr (GError) error = NULL;

  kam_tidy_run (fixture->db, g_get_real_time (), dry_run, &counts, NULL, &error);
  g_assert_no_error (error);

  return counts;
}

static void
move_lead (Fixture       *fixture,
           KamTestClient *manager,
           const char    *lead)
{
  g_autofree char *move = g_strdup_printf ("{\"kam_id\":[\"%s\",\"%s\"]}", fixture->kams[0], fixture->kams[1]);

  kam_test_client_pull (manager, 0);
  kam_test_client_set (manager, "lead", lead, move);
}

static void
expect_problem (KamTestClient *client,
                const char    *cursor,
                guint          status,
                const char    *code)
{
  g_autofree char *body = g_strdup_printf ("{\"schema\":1,\"cursor\":\"%s\"}", cursor);
  g_autoptr (KamTestReply) reply = kam_test_request (client->server, "POST", "/v1/pull", client->token, body);

  kam_test_assert_problem (reply, status, code);
}

/* Somebody was away while a lead was moved, and for half a year after that. */
static void
test_expired (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (KamTestClient) away = kam_test_client_new (fixture->server, "kam1@kam.test");
  g_autoptr (KamTestClient) there = kam_test_client_new (fixture->server, "kam1@kam.test");
  g_autoptr (KamTestClient) fresh = kam_test_client_new (fixture->server, "kam1@kam.test");
  g_autoptr (KamTestClient) manager = kam_test_client_new (fixture->server, "manager@kam.test");
  g_autofree char *gone = kam_test_client_add_lead (manager, "Goes", fixture->kams[0]);
  g_autofree char *stays = kam_test_client_add_lead (manager, "Stays", fixture->kams[0]);
  g_autofree char *late = NULL;
  g_autoptr (KamTestReply) reply = NULL;

  kam_test_client_pull (away, 0);
  move_lead (fixture, manager, gone);
  kam_test_client_pull (there, 0);
  let_time_pass (fixture);
  late = kam_test_client_add_lead (manager, "Late", fixture->kams[0]);
  g_assert_cmpint ((gint64) tidy (fixture, FALSE).n_tombstones, ==, 0);
  g_assert_cmpint ((gint64) tidy (fixture, FALSE).n_commits, ==, 0);
  expect_problem (away, away->cursor, 410, "expired");

  /* Whoever was there at the last commit before that goes on as always. */
  kam_test_client_pull (there, 0);
  g_assert_true (g_hash_table_contains (there->rows, late));
  g_assert_false (g_hash_table_contains (there->rows, gone));

  reply = kam_test_verify (away, 2);
  kam_test_verify_repair (away, reply, 512);
  kam_test_client_pull (fresh, 0);
  kam_test_verify_same (away, fresh);
  g_assert_false (g_hash_table_contains (away->rows, gone));
  g_assert_true (g_hash_table_contains (away->rows, stays));
}

/* Half a year in which nobody did anything. */
static void
test_idle (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (KamTestClient) away = kam_test_client_new (fixture->server, "kam1@kam.test");
  g_autoptr (KamTestClient) there = kam_test_client_new (fixture->server, "kam1@kam.test");
  g_autoptr (KamTestClient) manager = kam_test_client_new (fixture->server, "manager@kam.test");
  g_autofree char *lead = kam_test_client_add_lead (manager, "Goes", fixture->kams[0]);
  g_autofree char *late = NULL;

  kam_test_client_pull (away, 0);
  move_lead (fixture, manager, lead);
  kam_test_client_pull (there, 0);
  let_time_pass (fixture);
  tidy (fixture, FALSE);
  g_assert_cmpint (count (fixture, "SELECT COUNT(*) FROM `commit_log`"), ==, 1);
  kam_test_client_pull (there, 0);
  expect_problem (away, away->cursor, 410, "expired");

  late = kam_test_client_add_lead (manager, "Late", fixture->kams[0]);
  kam_test_client_pull (there, 0);
  g_assert_true (g_hash_table_contains (there->rows, late));

  /* The nonce of the last commit that is known still tells one history from another. */
  kam_test_server_leave_damaged (fixture->server);
  run_sql (fixture, "UPDATE `commit_log` SET `nonce` = UNHEX('00000000000040008000000000000000')");
  expect_problem (there, there->cursor, 410, "diverged");
}

/* In the middle of a first sync nothing is needed from before it began; in the middle of catching up, all since the base. */
static void
test_half_way (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr (KamTestClient) first = kam_test_client_new (fixture->server, "kam1@kam.test");
  g_autoptr (KamTestClient) later = kam_test_client_new (fixture->server, "kam1@kam.test");
  g_autoptr (KamTestClient) fresh = kam_test_client_new (fixture->server, "kam1@kam.test");
  g_autoptr (KamTestClient) manager = kam_test_client_new (fixture->server, "manager@kam.test");
  g_autofree char *gone = NULL;

  kam_test_client_pull (later, 0);
  for (guint i = 0; i < 6; i++)
    g_free (kam_test_client_add_lead (manager, "Lead", fixture->kams[0]));

  gone = kam_test_client_add_lead (manager, "Goes", fixture->kams[0]);
  g_assert_true (kam_test_client_pull_page (first, 3));
  g_assert_true (kam_test_client_pull_page (later, 3));
  let_time_pass (fixture);
  move_lead (fixture, manager, gone);
  tidy (fixture, FALSE);
  g_assert_cmpint (count (fixture, "SELECT COUNT(*) FROM `tombstone`"), ==, 1);

  kam_test_client_pull (first, 3);
  kam_test_client_pull (fresh, 0);
  kam_test_verify_same (first, fresh);
  expect_problem (later, later->cursor, 410, "expired");
}

/* What goes is said before, and then it is gone, in steps; what is younger stays. */
static void
test_counts (Fixture       *fixture,
             gconstpointer  data)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  KamTombstoneCounts counts;
  gint64 n = count (fixture, "SELECT COUNT(*) FROM `commit_log`");

  run_sql (fixture, "INSERT INTO `commit_log` SELECT 100 + `seq`, UNHEX(REPLACE(UUID(), '-', '')), 0 FROM "
                    "(SELECT @n := @n + 1 AS `seq` FROM `information_schema`.`columns` a, `information_schema`.`columns` b, (SELECT @n := 0) c LIMIT 5000) d");
  run_sql (fixture, "INSERT INTO `commit_scope` SELECT `seq`, UNHEX('019a2b3c000070008000000000000001') FROM `commit_log` WHERE `seq` > 100");
  kam_test_server_leave_damaged (fixture->server); /* tombstones of nothing */
  run_sql (fixture, "INSERT INTO `tombstone` SELECT UNHEX(CONCAT('019a2b3c00007000800000000000000', `seq` % 10)), `seq`, `nonce`, 'lead', 'moved' "
                    "FROM `commit_log` WHERE `seq` > 100");
  run_sql (fixture, "UPDATE `org` SET `head` = 5100");
  run_sql (fixture, "UPDATE `commit_log` SET `at` = 0");

  before = kam_test_mariadb_digest (fixture->db);
  counts = tidy (fixture, TRUE);
  after = kam_test_mariadb_digest (fixture->db);
  g_assert_cmpstr (before, ==, after);
  g_assert_cmpuint (counts.n_commits, ==, (guint64) n + 4999);
  g_assert_cmpuint (counts.n_tombstones, ==, 4999);

  counts = tidy (fixture, FALSE);
  g_assert_cmpuint (counts.n_commits, ==, (guint64) n + 4999);
  g_assert_cmpuint (counts.n_touches, >=, 4999);
  g_assert_cmpuint (counts.n_tombstones, ==, 4999);
  g_assert_cmpint (count (fixture, "SELECT COUNT(*) FROM `commit_log`"), ==, 1);
  g_assert_cmpint (count (fixture, "SELECT `seq` FROM `commit_log`"), ==, 5100);
  g_assert_cmpint (count (fixture, "SELECT COUNT(*) FROM `commit_scope`"), ==, 1);
  g_assert_cmpint (count (fixture, "SELECT MIN(`rev`) FROM `tombstone`"), ==, 5100);

  counts = tidy (fixture, FALSE);
  g_assert_cmpuint (counts.n_commits + counts.n_touches + counts.n_tombstones, ==, 0);
}

/* A server's clock was years behind, or ahead, for a while: what is younger than half a year stays in any case. */
static void
test_clocks (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (KamTestClient) manager = kam_test_client_new (fixture->server, "manager@kam.test");
  gint64 n;

  for (guint i = 0; i < 6; i++)
    g_free (kam_test_client_add_lead (manager, "Lead", fixture->kams[0]));

  n = count (fixture, "SELECT COUNT(*) FROM `commit_log`");
  run_sql (fixture, "UPDATE `commit_log` SET `at` = 0 WHERE `seq` = (SELECT `head` - 1 FROM `org`)");
  tidy (fixture, FALSE);
  g_assert_cmpint (count (fixture, "SELECT COUNT(*) FROM `commit_log`"), ==, n);

  let_time_pass (fixture);
  run_sql (fixture, "UPDATE `commit_log` SET `at` = `at` * 2 WHERE `seq` = 3");
  tidy (fixture, FALSE);
  g_assert_cmpint (count (fixture, "SELECT MIN(`seq`) FROM `commit_log`"), ==, 2);
}

static void
test_command (Fixture       *fixture,
              gconstpointer  data)
{
  g_autofree char *dry = NULL;
  g_autofree char *wet = NULL;
  g_autofree char *errors = NULL;

  let_time_pass (fixture);
  g_assert_cmpint (kam_test_server_command (fixture->database, NULL, &dry, NULL, "tidy", "--dry-run", NULL), ==, 0);
  g_assert_cmpint (count (fixture, "SELECT MIN(`seq`) FROM `commit_log`"), ==, 1);
  g_assert_cmpint (kam_test_server_command (fixture->database, NULL, &wet, NULL, "tidy", NULL), ==, 0);
  g_assert_cmpint (count (fixture, "SELECT COUNT(*) FROM `commit_log`"), ==, 1);
  g_assert_true (g_str_has_prefix (dry, "Would go: "));
  g_assert_true (g_str_has_prefix (wet, "Removed: "));
  g_assert_cmpstr (dry + strlen ("Would go"), ==, wet + strlen ("Removed"));
  g_assert_cmpint (kam_test_server_command (fixture->database, NULL, NULL, &errors, "tidy", "everything", NULL), ==, 2);
}

/* Somebody who asks for news since a commit that is no longer known has some. */
static void
test_poke (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (KamTestClient) kam = kam_test_client_new (fixture->server, "kam1@kam.test");
  g_autoptr (KamTestReply) reply = NULL;

  let_time_pass (fixture);
  tidy (fixture, FALSE);
  reply = kam_test_request (fixture->server, "GET", "/v1/poke?since=0", kam->token, NULL);
  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_cmpint (kam_test_reply_int (reply, "head"), ==, count (fixture, "SELECT `head` FROM `org`"));
}

/* A running server does it by itself. */
static void
test_job (Fixture       *fixture,
          gconstpointer  data)
{
  g_autoptr (KamDbPool) pool = kam_db_pool_new (fixture->database, 1, 10);
  g_autoptr (KamClock) clock = kam_clock_new_fixed (g_get_real_time () + 200 * G_TIME_SPAN_DAY);
  g_autoptr (KamJobs) jobs = kam_jobs_new (pool, clock, 0);

  while (count (fixture, "SELECT COUNT(*) FROM `commit_log`") > 1)
    g_main_context_iteration (NULL, FALSE);

  kam_db_pool_shut_down (pool);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

int
main (int    argc,
      char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  mariadb = kam_test_mariadb_new ();

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/tidy/fault-31-cursor-older-than-tombstones", test_expired);
  ADD ("/tidy/fault-31-idle-for-long", test_idle);
  ADD ("/tidy/fault-31-half-way", test_half_way);
  ADD ("/tidy/counts", test_counts);
  ADD ("/tidy/fault-27-clocks", test_clocks);
  ADD ("/tidy/command", test_command);
  ADD ("/tidy/poke", test_poke);
  ADD ("/tidy/job", test_job);

  status = g_test_run ();
  kam_test_mariadb_free (mariadb);

  return status;
}
