/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-push-client.h"

#include <string.h>

static gint64
count_deadlocks (Fixture *world)
{
  return fixture_count (world, "SELECT CONVERT(`variable_value`, SIGNED) FROM `information_schema`.`global_status` "
                               "WHERE `variable_name` = 'INNODB_DEADLOCKS'");
}

typedef struct
{
  Fixture     own;
  const char *leads[2];
  gint64      rev;
} Victim;

static gpointer
victim_thread (gpointer data)
{
  Victim *victim = data;
  g_autoptr (PushClient) client = NULL;

  victim->own.db = kam_test_mariadb_connect (victim->own.options);
  client = push_client_new (&victim->own, KAM1);

  for (guint i = 0; i < G_N_ELEMENTS (victim->leads); i++)
    push_client_add (client, "put", "lead", victim->leads[i], 999, "{'city': [null, 'Pune']}");

  push_client_must (client);

  for (guint i = 0; i < G_N_ELEMENTS (victim->leads); i++)
    {
      g_assert_cmpint (push_client_result (client, i)->kind, ==, KAM_RESULT_APPLIED);
      victim->rev = push_client_result (client, i)->rev;
    }

  g_clear_pointer (&victim->own.db, kam_db_close);

  return NULL;
}

static void
run (KamDb      *db,
     const char *sql,
     const char *id) /* (nullable) */
{
  g_autoptr (GError) error = NULL;
  KamParam param = KAM_PARAM_ID (id);

  kam_db_exec (db, sql, &param, id != NULL ? 1 : 0, NULL, &error);
  g_assert_no_error (error);
}

/* Another transaction takes the leads the other way round, and has done so much that the push is the one that must give way. */
static void
test_deadlock (Fixture       *world,
               gconstpointer  data)
{
  g_autofree char *one = fixture_add_lead (world, KAM1, "One");
  g_autofree char *two = fixture_add_lead (world, KAM1, "Two");
  gboolean in_order = strcmp (one, two) < 0;
  Victim victim = { .own = *world, .leads = { in_order ? one : two, in_order ? two : one } };
  g_autoptr (KamDb) adversary = kam_test_mariadb_connect (world->options);
  gint64 deadlocks = count_deadlocks (world);
  gint64 head = fixture_count (world, "SELECT `head` FROM `org`");
  gint64 end = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;
  GThread *thread;

  run (adversary, "START TRANSACTION", NULL);
  run (adversary, "INSERT INTO `history` (`row_id`, `seq`, `field`, `entity`, `at`) "
                  "SELECT UNHEX(LPAD(HEX(`seq`), 32, '0')), 1, 'x', 'lead', 0 FROM `seq_1_to_2000`", NULL);
  run (adversary, "UPDATE `lead` SET `state` = 'x' WHERE `id` = ?", victim.leads[1]);
  thread = g_thread_new ("push", victim_thread, &victim);

  while (fixture_count (world, "SELECT COUNT(*) FROM `information_schema`.`innodb_trx` WHERE `trx_state` = 'LOCK WAIT'") == 0)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_usleep (150 * 1000); /* asked more often, the view stays as it is */
    }

  run (adversary, "UPDATE `lead` SET `state` = 'x' WHERE `id` = ?", victim.leads[0]);
  run (adversary, "ROLLBACK", NULL);
  g_thread_join (thread);

  g_assert_cmpint (count_deadlocks (world), >, deadlocks);
  g_assert_cmpint (victim.rev, ==, head + 1);
  g_assert_cmpint (fixture_count (world, "SELECT `head` FROM `org`"), ==, head + 1);
  g_assert_cmpint (fixture_count (world, "SELECT COUNT(*) FROM `lead` WHERE `city` = 'Pune' AND `state` IS NULL"), ==, 2);
  g_assert_cmpint (fixture_count (world, "SELECT COUNT(*) FROM `history` WHERE `field` = 'city'"), ==, 2);
}

int
main (int    argc,
      char **argv)
{
  fixture_start (&argc, &argv);
  g_test_add ("/deadlock/fault-37-the-whole-transaction-again", Fixture, NULL, fixture_set_up, test_deadlock, fixture_tear_down);

  return fixture_run ();
}
