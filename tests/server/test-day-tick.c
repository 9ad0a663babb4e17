/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-id.h"
#include "kam-test-client.h"
#include "kam-test-mariadb.h"

/* Cover comes and goes by itself, in one commit, however many servers look at the clock. */

static KamTestMariadb *mariadb;

static gint64
count (KamDb      *db,
       const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KamDbRows) row = NULL;

  kam_db_query_row (db, sql, NULL, 0, &row, &error);
  g_assert_no_error (error);

  return kam_db_rows_int (row, 0);
}

/* Behind the servers' backs, as if it had been written the day before. */
static void
add_leave (KamDb      *db,
           const char *absent,
           const char *cover,
           const char *to_on)
{
  g_autofree char *id = kam_id_new (1);
  g_autofree char *scope = kam_scope_directory ();
  g_autoptr (GError) error = NULL;
  KamParam params[] = { KAM_PARAM_ID (id), KAM_PARAM_ID (scope), KAM_PARAM_ID (absent), KAM_PARAM_TEXT (to_on), KAM_PARAM_ID (cover) };

  kam_db_exec (db, "INSERT INTO `leave` (id, rev, scope_id, user_id, from_on, to_on, cover_id) VALUES (?, 1, ?, ?, '2020-01-01', ?, ?)", params, 5, NULL,
               &error);
  g_assert_no_error (error);
}

static void
test_two_servers (void)
{
  const KamDbOptions *database = kam_test_mariadb_migrated (mariadb);
  g_autofree char *admin = kam_test_add_person (database, "admin@kam.test", "admin", NULL);
  g_autofree char *absent = kam_test_add_person (database, "kam1@kam.test", "kam", admin);
  g_autofree char *covering = kam_test_add_person (database, "kam2@kam.test", "kam", admin);
  g_autoptr (KamDb) db = kam_test_mariadb_connect (database);
  g_autoptr (KamTestServer) first = kam_test_server_new (database, NULL);
  g_autoptr (KamTestClient) owner = kam_test_client_new (first, "kam1@kam.test");
  g_autoptr (KamTestClient) cover = kam_test_client_new (first, "kam2@kam.test");
  g_autofree char *lead = kam_test_client_add_lead (owner, "Covered", absent);
  g_autofree char *poke = NULL;
  g_autoptr (KamTestServer) second = NULL;
  g_autoptr (KamTestServer) third = NULL;
  g_autoptr (KamTestReply) news = NULL;

  kam_test_client_pull (cover, 0);
  g_assert_false (g_hash_table_contains (cover->rows, lead));
  add_leave (db, absent, covering, "2099-12-31");

  /* Each looks when it starts. Whoever is covered for is told at once. */
  second = kam_test_server_new (database, NULL);
  third = kam_test_server_new (database, NULL);
  poke = g_strdup_printf ("/v1/poke?since=%" G_GINT64_FORMAT, cover->head);
  news = kam_test_request (first, "GET", poke, cover->token, NULL);
  g_assert_cmpint (kam_test_reply_int (news, "head"), ==, cover->head + 1);
  kam_test_client_pull (cover, 0);
  g_assert_true (g_hash_table_contains (cover->rows, lead));
  g_assert_cmpint (count (db, "SELECT COUNT(*) FROM grant_end"), ==, 1);

  /* Over: the rows go at the next pull, whatever the clock of the servers has noted yet. The check knows no leave that ends so. */
  kam_test_server_leave_damaged (first);
  kam_test_server_leave_damaged (second);
  kam_test_server_leave_damaged (third);
  kam_db_exec (db, "UPDATE grant_end SET ends_at = 1", NULL, 0, NULL, NULL);
  kam_test_client_pull (cover, 0);
  g_assert_false (g_hash_table_contains (cover->rows, lead));
  g_assert_cmpuint (cover->drops, ==, 1);
}

int
main (int    argc,
      char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  mariadb = kam_test_mariadb_new ();

  g_test_add_func ("/day-tick/two-servers", test_two_servers);

  status = g_test_run ();
  kam_test_mariadb_free (mariadb);

  return status;
}
