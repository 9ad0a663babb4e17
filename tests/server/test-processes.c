/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-test-client.h"
#include "kam-test-mariadb.h"

#include <string.h>

#define N_PROCESSES 3
#define BATCH 10
#define BATCHES 12
#define KILLS 8
#define SOON_US (2 * G_USEC_PER_SEC)

/* Some server processes over one database, and nginx in front of them. */
typedef struct
{
  KamTestMariadb     *mariadb;  /* (owned) */
  const KamDbOptions *database;
  KamTestServer      *processes[N_PROCESSES]; /* (owned) */
  KamTestServer      *proxy;    /* (owned) */
  char               *kam;      /* (owned) */
} World;

static World world;

static gint64
get_number (const char *sql)
{
  g_autoptr (KamDb) db = kam_test_mariadb_connect (world.database);
  g_autoptr (GError) error = NULL;
  g_autoptr (KamDbRows) row = NULL;

  kam_db_query_row (db, sql, NULL, 0, &row, &error);
  g_assert_no_error (error);
  g_assert_nonnull (row);

  return kam_db_rows_int (row, 0);
}

/* Another one in the place of one that is gone. */
static void
start_again (guint i)
{
  g_autofree char *port = g_strdup_printf ("[server]\nport=%u\n[limits]\nrequests-per-minute=1000000\n", kam_test_server_port (world.processes[i]));
  KamTestServer *gone = g_steal_pointer (&world.processes[i]);

  world.processes[i] = kam_test_server_new_plain (world.database, port);
  kam_test_server_free (gone);
}

/* A client that has a batch to send, and sends it until it has the results. */
typedef struct
{
  char       *token;     /* (owned) */
  char       *client_id; /* (owned) */
  GPtrArray  *ids;       /* (owned) (element-type utf8): leads, in order of their mids */
  gint64      mid;       /* confirmed */
  guint       failures;
  gint        done;      /* atomic: batches */
} Pusher;

static char *
make_batch (Pusher *pusher)
{
  GString *body = g_string_new (NULL);

  g_string_append_printf (body, "{\"client_id\":\"%s\",\"schema\":1,\"sent_at\":\"2026-01-01T00:00:00.000000Z\",\"ack\":%" G_GINT64_FORMAT ",\"mutations\":[",
                          pusher->client_id, pusher->mid);

  for (guint i = 0; i < BATCH; i++)
    {
      char *id = kam_id_new (g_get_real_time ());

      g_ptr_array_add (pusher->ids, id);
      g_string_append_printf (body, "%s{\"mid\":%" G_GINT64_FORMAT ",\"entity\":\"lead\",\"id\":\"%s\",\"op\":\"put\",\"base_rev\":0,"
                                    "\"at\":\"2026-01-01T00:00:00.000000Z\",\"set\":{\"name\":[null,\"Lead\"],\"kam_id\":[null,\"%s\"],"
                                    "\"status\":[null,\"new\"],\"time_zone\":[null,\"Asia/Kolkata\"]}}",
                              i > 0 ? "," : "", pusher->mid + 1 + i, id, world.kam);
    }

  g_string_append (body, "]}");

  return g_string_free (body, FALSE);
}

static void
push_batch (Pusher *pusher)
{
  g_autofree char *body = make_batch (pusher);

  for (;;)
    {
      g_autoptr (KamTestReply) reply = kam_test_request (world.proxy, "POST", "/v1/push", pusher->token, body);
      JsonArray *results;

      /* Nothing was written, or it was and the answer was lost: only sending again tells. */
      if (reply->status >= 500)
        {
          pusher->failures++;
          g_usleep (10 * 1000);
          continue;
        }

      g_assert_cmpuint (reply->status, ==, 200);
      pusher->mid += BATCH;
      g_assert_cmpint (kam_test_reply_int (reply, "last_mid"), ==, pusher->mid);
      results = json_object_get_array_member (json_node_get_object (reply->json), "results");
      g_assert_cmpuint (json_array_get_length (results), ==, BATCH);

      for (guint i = 0; i < BATCH; i++)
        g_assert_cmpstr (json_object_get_string_member (json_array_get_object_element (results, i), "result"), ==, "applied");

      break;
    }

  g_atomic_int_inc (&pusher->done);
}

static gpointer
push_thread (gpointer data)
{
  Pusher *pusher = data;

  for (guint i = 0; i < BATCHES; i++)
    push_batch (pusher);

  return NULL;
}

static void
pusher_init (Pusher *pusher)
{
  *pusher = (Pusher) { .token = kam_test_sign_in (world.proxy, "kam@kam.test"), .client_id = kam_id_new (g_get_real_time ()) };
  pusher->ids = g_ptr_array_new_with_free_func (g_free);
}

static void
pusher_clear (Pusher *pusher)
{
  g_free (pusher->token);
  g_free (pusher->client_id);
  g_ptr_array_unref (pusher->ids);
}

/* Server processes are killed one after the other while a client pushes: everything gets in, once. */
static void
test_kill (void)
{
  gint64 leads = get_number ("SELECT COUNT(*) FROM `lead`");
  guint kills = 0;
  Pusher pusher;
  GThread *thread;

  pusher_init (&pusher);
  thread = g_thread_new ("push", push_thread, &pusher);

  while (g_atomic_int_get (&pusher.done) < BATCHES && kills < KILLS)
    {
      guint i = kills++ % N_PROCESSES;

      g_usleep ((gulong) g_test_rand_int_range (1000, 300 * 1000));
      kam_test_server_kill (world.processes[i]);
      g_usleep ((gulong) g_test_rand_int_range (1000, 30 * 1000));
      start_again (i);
    }

  g_thread_join (thread);
  g_test_message ("perf: %u server processes killed, %u pushes cut off", kills, pusher.failures);
  g_assert_cmpint (get_number ("SELECT COUNT(*) FROM `lead`"), ==, leads + BATCH * BATCHES);
  g_assert_cmpint (get_number ("SELECT COUNT(*) FROM `history` WHERE `entity` = 'lead' AND `field` = ''"), ==, leads + BATCH * BATCHES);
  kam_test_mariadb_assert_clean (world.database, g_get_real_time ());
  pusher_clear (&pusher);
}



static gpointer
push_one_thread (gpointer data)
{
  push_batch (data);

  return NULL;
}

/* Killed at a known place: in the middle of its transaction, waiting for the counter that comes last. */
static void
test_kill_inside (void)
{
  g_autoptr (KamDb) db = kam_test_mariadb_connect (world.database);
  gint64 leads = get_number ("SELECT COUNT(*) FROM `lead`");
  gint64 head = get_number ("SELECT `head` FROM `org`");
  gint64 end = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;
  g_autoptr (GError) error = NULL;
  Pusher pusher;
  GThread *thread;

  pusher_init (&pusher);
  kam_db_exec (db, "START TRANSACTION", NULL, 0, NULL, &error);
  kam_db_exec (db, "UPDATE `org` SET `head` = `head`, `durable` = 1 - `durable`", NULL, 0, NULL, &error);
  g_assert_no_error (error);
  thread = g_thread_new ("push", push_one_thread, &pusher);

  while (get_number ("SELECT COUNT(*) FROM `information_schema`.`innodb_trx` WHERE `trx_state` = 'LOCK WAIT'") == 0)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_usleep (150 * 1000); /* asked more often, the view stays as it is */
    }

  for (guint i = 0; i < N_PROCESSES; i++)
    {
      kam_test_server_kill (world.processes[i]);
      start_again (i);
    }

  kam_db_exec (db, "ROLLBACK", NULL, 0, NULL, &error);
  g_assert_no_error (error);
  g_thread_join (thread);
  g_assert_cmpuint (pusher.failures, >, 0);
  g_assert_cmpint (get_number ("SELECT COUNT(*) FROM `lead`"), ==, leads + BATCH);
  g_assert_cmpint (get_number ("SELECT `head` FROM `org`"), ==, head + 1);
  kam_test_mariadb_assert_clean (world.database, g_get_real_time ());
  pusher_clear (&pusher);
}

/* What one process commits wakes those who wait at others. */
typedef struct
{
  char    *token;
  gint64   since;
  gint64   head;
  gint64   answered_at;
  GThread *thread;
} Poke;

static gpointer
poke_thread (gpointer data)
{
  Poke *poke = data;
  g_autofree char *path = g_strdup_printf ("/v1/poke?since=%" G_GINT64_FORMAT, poke->since);
  g_autoptr (KamTestReply) reply = kam_test_request (world.proxy, "GET", path, poke->token, NULL);

  g_assert_cmpuint (reply->status, ==, 200);
  poke->head = kam_test_reply_int (reply, "head");
  poke->answered_at = g_get_monotonic_time ();

  return NULL;
}

static void
test_poke (void)
{
  g_autoptr (KamTestClient) client = kam_test_client_new (world.proxy, "kam@kam.test");
  g_autofree char *lead = NULL;
  Poke pokes[2 * N_PROCESSES];
  gint64 pushed_at;
  gint64 last = 0;

  kam_test_client_pull (client, 0);

  /* In turn, so each process has some. */
  for (guint i = 0; i < G_N_ELEMENTS (pokes); i++)
    {
      pokes[i] = (Poke) { .token = client->token, .since = client->head };
      pokes[i].thread = g_thread_new ("poke", poke_thread, &pokes[i]);
    }

  g_usleep (600 * 1000);

  for (guint i = 0; i < G_N_ELEMENTS (pokes); i++)
    g_assert_cmpint (pokes[i].answered_at, ==, 0);

  lead = kam_test_client_add_lead (client, "News", world.kam);
  pushed_at = g_get_monotonic_time ();

  for (guint i = 0; i < G_N_ELEMENTS (pokes); i++)
    {
      g_thread_join (pokes[i].thread);
      g_assert_cmpint (pokes[i].head, >, client->head);
      last = MAX (last, pokes[i].answered_at - pushed_at);
    }

  g_test_message ("min perf: push answered to the last poke of %u processes answered: %.1f ms", N_PROCESSES, (double) last / 1000);
  g_assert_cmpint (last, <, SOON_US);
}

/* Pages of one pull come from any of them, and fit together; more clients than processes write at once. */
static void
test_side_by_side (void)
{
  g_autoptr (KamTestClient) reader = kam_test_client_new (world.proxy, "admin@kam.test");
  Pusher pushers[4];
  GThread *threads[4];
  gboolean busy;

  for (guint i = 0; i < G_N_ELEMENTS (pushers); i++)
    {
      pusher_init (&pushers[i]);
      threads[i] = g_thread_new ("push", push_thread, &pushers[i]);
    }

  do
    {
      busy = FALSE;
      kam_test_client_pull_page (reader, 50);

      for (guint i = 0; i < G_N_ELEMENTS (pushers); i++)
        busy = busy || g_atomic_int_get (&pushers[i].done) < BATCHES;
    }
  while (busy);

  for (guint i = 0; i < G_N_ELEMENTS (pushers); i++)
    g_thread_join (threads[i]);

  kam_test_client_pull (reader, 500);
  g_assert_cmpint (kam_test_client_count (reader, "lead"), ==, get_number ("SELECT COUNT(*) FROM `lead`"));

  for (guint i = 0; i < G_N_ELEMENTS (pushers); i++)
    {
      g_assert_cmpuint (pushers[i].failures, ==, 0);

      for (guint j = 0; j < pushers[i].ids->len; j++)
        g_assert_true (g_hash_table_contains (reader->rows, g_ptr_array_index (pushers[i].ids, j)));

      pusher_clear (&pushers[i]);
    }
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *admin = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  world.mariadb = kam_test_mariadb_new ();
  world.database = kam_test_mariadb_migrated (world.mariadb);
  admin = kam_test_add_person (world.database, "admin@kam.test", "admin", NULL);
  world.kam = kam_test_add_person (world.database, "kam@kam.test", "kam", admin);

  for (guint i = 0; i < N_PROCESSES; i++)
    world.processes[i] = kam_test_server_new_plain (world.database, "[limits]\nrequests-per-minute=1000000\n");

  world.proxy = kam_test_server_new_proxy (world.processes, N_PROCESSES);

  g_test_add_func ("/processes/side-by-side", test_side_by_side);
  g_test_add_func ("/processes/poke", test_poke);
  g_test_add_func ("/processes/fault-08-kill-of-the-server-inside-a-push", test_kill_inside);
  g_test_add_func ("/processes/fault-08-kill-of-the-server", test_kill);

  status = g_test_run ();
  kam_test_server_free (world.proxy);

  for (guint i = 0; i < N_PROCESSES; i++)
    kam_test_server_free (world.processes[i]);

  kam_test_mariadb_free (world.mariadb);
  g_free (world.kam);

  return status;
}
