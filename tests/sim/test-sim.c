/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sim-world.h"

#include <stdlib.h>

/* Runs seeds. KAM_SIM_SEED runs one alone, KAM_SIM_SEEDS says how many. What is asked of every run: once the faults end, every device shows what the
 * server holds, nothing
 * waits, and each value that anybody saved is current, was knowingly replaced, or is there as a conflict. */

#define SEEDS 1000
#define MINUTE ((gint64) 60 * G_USEC_PER_SEC)
#define TROUBLED (20 * MINUTE)
#define CALM (40 * MINUTE)
#define QUIET (60 * MINUTE)

static void
toggle_server (SimWorld  *world,
               SimClient *client,
               gpointer   data)
{
  world->server_up = world->calm || !world->server_up;
}

static void
crash (SimWorld  *world,
       SimClient *client,
       gpointer   data)
{
  sim_client_crash (client);
}

static void
edit (SimWorld  *world,
      SimClient *client,
      gpointer   data)
{
  sim_world_edit (world, client->index);
}

static void
disturb (SimWorld  *world,
         SimClient *client,
         gpointer   data)
{
  static const KamEventKind kinds[] = { KAM_EVENT_ASKED, KAM_EVENT_RESUMED, KAM_EVENT_NETWORK, KAM_EVENT_NETWORK };
  KamEvent event = { .kind = kinds[g_rand_int_range (world->rand, 0, G_N_ELEMENTS (kinds))], .available = g_rand_boolean (world->rand) };

  sim_client_feed (client, event);
}

static void
plan (SimWorld *world,
      guint     n,
      SimFunc   func)
{
  for (guint i = 0; i < n; i++)
    {
      SimClient *client = &world->clients[g_rand_int_range (world->rand, 0, (gint32) world->n_clients)];

      sim_world_later (world, sim_world_between (world, 0, TROUBLED), client, func, NULL, NULL);
    }
}

static void
calm_down (SimWorld *world)
{
  world->calm = TRUE;
  world->server_up = TRUE;

  for (guint i = 0; i < world->n_clients; i++)
    sim_client_feed (&world->clients[i], (KamEvent) { .kind = KAM_EVENT_NETWORK, .available = TRUE });
}

static gboolean
is_in_conflict (SimWorld       *world,
                const SimSaved *saved)
{
  GPtrArray *conflicts = kam_model_server_conflicts (world->server);

  for (guint i = 0; i < conflicts->len; i++)
    {
      const KamModelConflict *conflict = g_ptr_array_index (conflicts, i);

      if (conflict->field == saved->field && g_strcmp0 (conflict->id, saved->id) == 0 && conflict->mine.kind == KAM_VALUE_TEXT &&
          g_strcmp0 (conflict->mine.text, saved->value) == 0)
        return TRUE;
    }

  return FALSE;
}

static void
check_ledger (SimWorld *world,
              guint     seed)
{
  for (guint i = 0; i < world->ledger->len; i++)
    {
      const SimSaved *saved = g_ptr_array_index (world->ledger, i);
      KamRow *row = g_hash_table_lookup (kam_model_server_rows (world->server), saved->id);

      if (saved->superseded || is_in_conflict (world, saved) || (row != NULL && kam_row_is (row, saved->field, saved->value)))
        continue;

      g_test_fail_printf ("seed %u: “%s” of field %u of %s was lost", seed, saved->value, saved->field, saved->id);
    }
}

static void
check_client (SimWorld  *world,
              SimClient *client,
              guint      seed)
{
  GHashTable *rows = kam_model_server_rows (world->server);
  GHashTableIter iter;
  gpointer id;
  gpointer row;

  if (client->store->outbox->len > 0)
    g_test_fail_printf ("seed %u: %u edits still wait on device %u", seed, client->store->outbox->len, client->index);

  if (client->store->n_rejected > 0)
    g_test_fail_printf ("seed %u: %u edits were rejected on device %u", seed, client->store->n_rejected, client->index);

  if (client->status.state != KAM_ENGINE_SYNCED)
    g_test_fail_printf ("seed %u: device %u ends in state %d, attention %d", seed, client->index, client->status.state, client->status.attention);

  if (g_hash_table_size (rows) != g_hash_table_size (client->store->rows))
    g_test_fail_printf ("seed %u: device %u has %u rows of %u", seed, client->index, g_hash_table_size (client->store->rows), g_hash_table_size (rows));

  g_hash_table_iter_init (&iter, rows);
  while (g_hash_table_iter_next (&iter, &id, &row))
    {
      g_autoptr (KamRow) shown = sim_store_show (client->store, id);

      if (shown == NULL || !kam_row_equal (shown, row))
        g_test_fail_printf ("seed %u: device %u shows another %s than the server", seed, client->index, (const char *) id);
    }
}

static void
run_seed (guint seed)
{
  g_autoptr (SimWorld) world = sim_world_new (seed);
  guint before = 0;
  guint after = 0;

  plan (world, 60, edit);
  plan (world, 3, toggle_server);
  plan (world, 6, crash);
  plan (world, 6, disturb);
  sim_world_run (world, TROUBLED);
  calm_down (world);
  sim_world_run (world, TROUBLED + CALM);

  for (guint i = 0; i < world->n_clients; i++)
    {
      check_client (world, &world->clients[i], seed);
      before += world->clients[i].n_requests;
    }
  check_ledger (world, seed);

  /* Nothing more to do: nothing but a poke a minute from each. */
  sim_world_run (world, TROUBLED + CALM + QUIET);
  for (guint i = 0; i < world->n_clients; i++)
    after += world->clients[i].n_requests;
  if (after - before > world->n_clients * 75)
    g_test_fail_printf ("seed %u: %u requests in a quiet hour", seed, after - before);
}

static void
test_seeds (void)
{
  const char *one = g_getenv ("KAM_SIM_SEED");
  const char *many = g_getenv ("KAM_SIM_SEEDS");
  guint n = many != NULL ? (guint) atoi (many) : SEEDS;

  for (guint seed = one != NULL ? (guint) atoi (one) : 0, i = 0; i < (one != NULL ? 1 : n) && !g_test_failed (); seed++, i++)
    run_seed (seed);
}

/* The same seed gives the same run. */
static void
test_same_again (void)
{
  guint requests[2] = { 0 };
  gint64 serials[2] = { 0 };

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (SimWorld) world = sim_world_new (4711);

      plan (world, 40, edit);
      plan (world, 4, crash);
      sim_world_run (world, TROUBLED);
      requests[i] = world->clients[0].n_requests;
      serials[i] = world->serial;
    }

  g_assert_cmpuint (requests[0], >, 10);
  g_assert_cmpuint (requests[0], ==, requests[1]);
  g_assert_cmpint (serials[0], ==, serials[1]);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/sim/same-again", test_same_again);
  g_test_add_func ("/sim/seeds", test_seeds);

  return g_test_run ();
}
