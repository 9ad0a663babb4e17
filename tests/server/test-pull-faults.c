/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-id.h"
#include "kam-test-mariadb.h"
#include "kam-test-verify.h"

/* What can go wrong between a client that pulls and the server: others write, answers are lost, replicas lag, another server answers. */

/* Admin over manager over kam1 and kam2; kam3 reports to nobody. */
typedef struct
{
  const KamDbOptions *database;
  KamTestServer      *server;
  char               *admin;
  char               *manager;
  char               *kams[3];
} Fixture;

static KamTestMariadb *mariadb;

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  fixture->database = kam_test_mariadb_migrated (mariadb);
  fixture->admin = kam_test_add_person (fixture->database, "admin@kam.test", "admin", NULL);
  fixture->manager = kam_test_add_person (fixture->database, "manager@kam.test", "manager", fixture->admin);
  fixture->kams[0] = kam_test_add_person (fixture->database, "kam1@kam.test", "kam", fixture->manager);
  fixture->kams[1] = kam_test_add_person (fixture->database, "kam2@kam.test", "kam", fixture->manager);
  fixture->kams[2] = kam_test_add_person (fixture->database, "kam3@kam.test", "kam", NULL);
  fixture->server = kam_test_server_new (fixture->database, NULL);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  kam_test_server_free (fixture->server);
  g_free (fixture->admin);
  g_free (fixture->manager);
  for (int i = 0; i < 3; i++)
    g_free (fixture->kams[i]);
}

static void
move_lead (Fixture       *fixture,
           KamTestClient *admin,
           const char    *lead,
           const char    *to)
{
  g_autofree char *set = g_strdup_printf ("{\"kam_id\":[\"%s\",\"%s\"]}", fixture->kams[0], to);

  kam_test_client_set (admin, "lead", lead, set);
}

static void
delete_lead (KamTestClient *admin,
             const char    *lead)
{
  const KamTestRow *row = g_hash_table_lookup (admin->rows, lead);
  g_autofree char *delete_id = kam_id_new (g_get_real_time ());
  g_autofree char *mutation = g_strdup_printf ("\"entity\":\"lead\",\"id\":\"%s\",\"op\":\"delete\",\"base_rev\":%" G_GINT64_FORMAT
                                               ",\"at\":\"2026-01-01T00:00:00.000000Z\",\"set\":{\"delete_id\":[null,\"%s\"]}",
                                               lead, row->rev, delete_id);

  g_assert_cmpstr (kam_test_client_push (admin, mutation), ==, "applied");
}

/* Something is written: each time something else. */
static void
write_something (Fixture       *fixture,
                 KamTestClient *admin,
                 GPtrArray     *leads,
                 guint          step)
{
  const char *lead = g_ptr_array_index (leads, (step * 3) % 10);

  switch (step)
    {
    case 0:
    case 3:
      kam_test_client_set (admin, "lead", lead, "{\"city\":[null,\"Pune\"]}");
      break;
    case 1:
      move_lead (fixture, admin, lead, fixture->kams[2]); /* where the reader does not see it */
      break;
    case 2:
      move_lead (fixture, admin, lead, fixture->kams[1]);
      break;
    case 4:
      delete_lead (admin, lead);
      break;
    default:
      g_free (kam_test_client_add_lead (admin, "Late", fixture->kams[step % 3]));
      break;
    }

  kam_test_client_pull (admin, 0);
}

/* What changes between the pages of a first sync is neither lost nor torn. */
static void
test_written_meanwhile (Fixture       *fixture,
                        gconstpointer  data)
{
  const guint limit = GPOINTER_TO_UINT (data);
  g_autoptr (KamTestClient) admin = kam_test_client_new (fixture->server, "admin@kam.test");
  g_autoptr (KamTestClient) reader = kam_test_client_new (fixture->server, "manager@kam.test");
  g_autoptr (KamTestClient) fresh = kam_test_client_new (fixture->server, "manager@kam.test");
  g_autoptr (GPtrArray) leads = g_ptr_array_new_with_free_func (g_free);
  guint step = 0;

  for (int i = 0; i < 10; i++)
    g_ptr_array_add (leads, kam_test_client_add_lead (admin, "Lead", fixture->kams[0]));

  kam_test_client_pull (admin, 0);
  while (kam_test_client_pull_page (reader, limit))
    {
      if (step < 8)
        write_something (fixture, admin, leads, step);
      step++;
    }

  g_assert_cmpuint (step, >=, 8);
  kam_test_client_pull (fresh, 0);
  kam_test_verify_same (reader, fresh);
  g_assert_false (g_hash_table_contains (reader->rows, g_ptr_array_index (leads, 3)));
}

/* An answer that did not arrive, or not whole, is asked for again; one that arrives twice, or late, does no harm. */
static void
test_asked_again (Fixture       *fixture,
                  gconstpointer  data)
{
  g_autoptr (KamTestClient) admin = kam_test_client_new (fixture->server, "admin@kam.test");
  g_autoptr (KamTestClient) reader = kam_test_client_new (fixture->server, "manager@kam.test");
  g_autoptr (KamTestClient) fresh = kam_test_client_new (fixture->server, "manager@kam.test");
  g_autoptr (GPtrArray) leads = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *second = NULL;
  gboolean more = TRUE;

  for (int i = 0; i < 10; i++)
    g_ptr_array_add (leads, kam_test_client_add_lead (admin, "Lead", fixture->kams[0]));

  kam_test_client_pull (admin, 0);

  for (guint step = 0; more; step++)
    {
      g_autofree char *before = g_strdup (reader->cursor);

      /* Of this one only the rows have arrived, not the footer. */
      kam_test_client_pull_page (reader, 2);
      if (step < 5)
        write_something (fixture, admin, leads, step);
      g_free (reader->cursor);
      reader->cursor = g_steal_pointer (&before);
      more = kam_test_client_pull_page (reader, 3);
      if (step == 1)
        second = g_strdup (reader->cursor);
    }

  kam_test_client_pull (fresh, 0);
  kam_test_verify_same (reader, fresh);

  /* As if the client's database were of some time ago. */
  g_assert_nonnull (second);
  g_free (reader->cursor);
  reader->cursor = g_steal_pointer (&second);
  kam_test_client_pull (reader, 2);
  kam_test_verify_same (reader, fresh);
}

/* Nothing between client and server may keep a page and give it again. */
static void
test_not_kept (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr (KamTestClient) kam = kam_test_client_new (fixture->server, "kam1@kam.test");
  g_autoptr (KamTestReply) reply = kam_test_request (fixture->server, "POST", "/v1/pull", kam->token, "{\"schema\":1}");

  g_assert_cmpuint (reply->status, ==, 200);
  g_assert_cmpstr (soup_message_headers_get_one (reply->headers, "Cache-Control"), ==, "no-store");
}

static void
expect_problem (KamTestClient *client,
                const char    *cursor,
                guint          status,
                const char    *code)
{
  g_autofree char *body = g_strdup_printf ("{\"schema\":1,\"cursor\":\"%s\"}", cursor);
  g_autofree char *ranges = g_strdup_printf ("{\"schema\":1,\"cursor\":\"%s\",\"ranges\":[[\"lead\",\"00\"]]}", cursor);
  g_autoptr (KamTestReply) reply = kam_test_request (client->server, "POST", "/v1/pull", client->token, body);
  g_autoptr (KamTestReply) other = kam_test_request (client->server, "POST", "/v1/pull", client->token, ranges);

  kam_test_assert_problem (reply, status, code);
  kam_test_assert_problem (other, status, code);
}

/* A replica that has not got so far says so, as long as it has not, and then goes on as if nothing had been. */
static void
test_lagging_replica (Fixture       *fixture,
                      gconstpointer  data)
{
  g_autoptr (KamTestServer) replica = kam_test_server_new (fixture->database, "[database]\nreplica=true\n");
  g_autoptr (KamTestClient) kam = kam_test_client_new (fixture->server, "kam1@kam.test");
  g_autoptr (KamDb) db = kam_test_mariadb_connect (fixture->database);
  g_autoptr (GError) error = NULL;
  g_autofree char *lead = kam_test_client_add_lead (kam, "Lead", fixture->kams[0]);
  g_autofree char *late = NULL;
  guint n;

  kam_test_client_pull (kam, 0);
  n = g_hash_table_size (kam->rows);
  kam_db_exec (db, "CREATE TABLE `later` SELECT * FROM `commit_log` WHERE `seq` = (SELECT `head` FROM `org`)", NULL, 0, NULL, &error);
  g_assert_no_error (error);
  kam_db_exec (db, "DELETE FROM `commit_log` WHERE `seq` = (SELECT `head` FROM `org`)", NULL, 0, NULL, &error);
  g_assert_no_error (error);
  kam_db_exec (db, "UPDATE `org` SET `head` = `head` - 1", NULL, 0, NULL, &error);
  g_assert_no_error (error);
  kam->server = replica;
  expect_problem (kam, kam->cursor, 503, "behind");
  expect_problem (kam, kam->cursor, 503, "behind");

  kam_db_exec (db, "INSERT INTO `commit_log` SELECT * FROM `later`", NULL, 0, NULL, &error);
  g_assert_no_error (error);
  kam_db_exec (db, "UPDATE `org` SET `head` = `head` + 1", NULL, 0, NULL, &error);
  g_assert_no_error (error);
  kam->server = fixture->server;
  late = kam_test_client_add_lead (kam, "Late", fixture->kams[0]);
  kam->server = replica;
  kam_test_client_pull (kam, 0);
  g_assert_cmpuint (kam->drops, ==, 0);
  g_assert_cmpuint (kam->evictions, ==, 0);
  g_assert_cmpuint (g_hash_table_size (kam->rows), >, n);
  g_assert_true (g_hash_table_contains (kam->rows, late) && g_hash_table_contains (kam->rows, lead));
}

/* Behind the address there is another server, with the same people and nothing else: it says so, and nothing that could be taken for “all is gone”, nor for
 * a session that was ended. */
static void
test_other_server (Fixture       *fixture,
                   gconstpointer  data)
{
  const KamDbOptions *empty = kam_test_mariadb_migrated (mariadb);
  g_autofree char *namesake = kam_test_add_person (empty, "kam1@kam.test", "kam", NULL);
  g_autoptr (KamTestServer) other = kam_test_server_new (empty, NULL);
  g_autoptr (KamTestClient) kam = kam_test_client_new (fixture->server, "kam1@kam.test");
  g_autoptr (KamTestClient) there = kam_test_client_new (other, "kam1@kam.test");
  g_autofree char *lead = kam_test_client_add_lead (kam, "Lead", fixture->kams[0]);
  g_autoptr (KamTestReply) hello = kam_test_request (fixture->server, "GET", "/v1/hello", NULL, NULL);
  g_autoptr (KamTestReply) other_hello = kam_test_request (other, "GET", "/v1/hello", NULL, NULL);

  g_assert_cmpstr (kam_test_reply_text (hello, "server_id"), !=, kam_test_reply_text (other_hello, "server_id"));
  g_assert_cmpstr (kam_test_reply_text (hello, "epoch"), !=, kam_test_reply_text (other_hello, "epoch"));
  kam_test_client_pull (kam, 0);

  kam->server = other;
  expect_problem (kam, kam->cursor, 401, "unauthorized");
  expect_problem (there, kam->cursor, 400, "bad_request");
  g_assert_true (g_hash_table_contains (kam->rows, lead));
}

/* A server of another name that has the secret as well: restored under a new id, it is another one. */
static void
test_same_secret (Fixture       *fixture,
                  gconstpointer  data)
{
  static const char *const changes[] = {
    "UPDATE `org` SET `epoch` = UNHEX('019a2b3c000070008000000000000001')",
    "UPDATE `org` SET `server_id` = UNHEX('019a2b3c000070008000000000000002')",
  };
  g_autoptr (KamTestClient) kam = kam_test_client_new (fixture->server, "kam1@kam.test");
  g_autoptr (KamDb) db = kam_test_mariadb_connect (fixture->database);

  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr (GError) error = NULL;

      g_clear_pointer (&kam->cursor, g_free);
      kam_test_client_pull (kam, 0);
      kam_db_exec (db, changes[i], NULL, 0, NULL, &error);
      g_assert_no_error (error);
      expect_problem (kam, kam->cursor, 410, "diverged");
    }
}

int
main (int    argc,
      char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  mariadb = kam_test_mariadb_new ();

#define ADD(path, data, test) g_test_add (path, Fixture, data, set_up, test, tear_down)
  ADD ("/pull/fault-32-written-meanwhile/1", GUINT_TO_POINTER (1), test_written_meanwhile);
  ADD ("/pull/fault-32-written-meanwhile/3", GUINT_TO_POINTER (3), test_written_meanwhile);
  ADD ("/pull/fault-10-asked-again", NULL, test_asked_again);
  ADD ("/pull/fault-10-not-kept", NULL, test_not_kept);
  ADD ("/pull/fault-02-lagging-replica", NULL, test_lagging_replica);
  ADD ("/pull/fault-40-other-server", NULL, test_other_server);
  ADD ("/pull/fault-25-same-secret", NULL, test_same_secret);

  status = g_test_run ();
  kam_test_mariadb_free (mariadb);

  return status;
}
