/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sim-ledger.h"

/* What goes wrong, and when. */

#define TROUBLED (20 * SIM_MINUTE)
#define YEAR_US (365 * (gint64) 24 * 60 * SIM_MINUTE)

static void
toggle_server (SimWorld  *world,
               SimClient *client,
               gpointer   data)
{
  world->server_up = world->calm || !world->server_up;
  sim_note (world, NULL, "server", world->server_up, 0);
}

static void
kill_process (SimWorld  *world,
              SimClient *client,
              gpointer   data)
{
  sim_server_kill (world, sim_world_draw (world, 8));
}

static void
crash (SimWorld  *world,
       SimClient *client,
       gpointer   data)
{
  sim_client_crash (client);
}

static void
disturb (SimWorld  *world,
         SimClient *client,
         gpointer   data)
{
  static const KamEventKind kinds[] = { KAM_EVENT_ASKED, KAM_EVENT_RESUMED, KAM_EVENT_NETWORK, KAM_EVENT_NETWORK };

  sim_client_feed (client, (KamEvent) { .kind = kinds[sim_world_draw (world, G_N_ELEMENTS (kinds))], .available = sim_world_tosses (world, 0.5) });
}

static void
wake_up (SimWorld  *world,
         SimClient *client,
         gpointer   data)
{
  sim_client_feed (client, (KamEvent) { .kind = KAM_EVENT_RESUMED });
}

/* The lid is closed for a while, in the middle of whatever goes on; or the clock is set. */
static void
sleep_or_jump (SimWorld  *world,
               SimClient *client,
               gpointer   data)
{
  if (sim_world_tosses (world, 0.4))
    {
      client->clock_error_us = sim_world_between (world, -3 * YEAR_US, 3 * YEAR_US);
      return;
    }

  if (world->calm)
    return;

  client->asleep_until_us = world->now_us + sim_world_between (world, G_USEC_PER_SEC, 8 * SIM_MINUTE);
  sim_world_later (world, client->asleep_until_us - world->now_us, client, wake_up, NULL, NULL);
}

static void
reorganise (SimWorld  *world,
            SimClient *client,
            gpointer   data)
{
  const SimPerson *kam = &world->people[sim_world_draw (world, 2)];
  const SimPerson *manager = &world->people[SIM_MANAGER_M + sim_world_draw (world, 2)];
  guint dice = sim_world_draw (world, 10);

  if (dice < 3)
    sim_job_move_person (world, kam, manager);
  else if (dice < 5)
    sim_job_cover (world, kam, manager, sim_world_tosses (world, 0.6));
  else if (world->refs->len > 0)
    {
      const SimRef *ref = &g_array_index (world->refs, SimRef, sim_world_draw (world, world->refs->len));

      sim_job_move_lead (world, ref->lead.text, kam);
    }
}

static void
back_up (SimWorld  *world,
         SimClient *client,
         gpointer   data)
{
  sim_note (world, NULL, "back up", world->db->head, 0);
  g_clear_pointer (&world->backup, sim_db_free);
  world->db->durable = world->db->head;
  world->backup = sim_db_copy (world->db);
}

/* What was committed since the backup never was. */
static void
restore (SimWorld  *world,
         SimClient *client,
         gpointer   data)
{
  if (world->calm || world->backup == NULL)
    return;

  sim_note (world, NULL, "restore", world->backup->head, world->db->head);

  for (guint i = 0; i < 3; i++)
    sim_server_kill (world, i);

  sim_db_free (world->db);
  sim_db_free (world->replica);
  world->db = sim_db_copy (world->backup);
  world->db->epoch++;
  world->replica = sim_db_copy (world->db);
  sim_ledger_restored (world);

  for (guint i = 0; i < world->clients->len; i++)
    g_ptr_array_set_size (((SimClient *) g_ptr_array_index (world->clients, i))->watches, 0);
}

/* A device is copied, and both go on; or it is copied, and the copy comes back in its place. */
static void
copy_device (SimWorld  *world,
       SimClient *client,
       gpointer   data)
{
  SimStore *copy;

  if (world->calm || !client->signed_in)
    return;

  if (world->clients->len < 8 && client->kept == NULL && sim_world_tosses (world, 0.4))
    {
      SimClient *twin;

      copy = client->store->klass->copy (client->store);
      twin = sim_client_new (world, client->person, client->device, copy);
      twin->revoked = client->revoked;
      sim_note (world, client, "clone", 0, 0);
    }
  else if (client->kept == NULL)
    {
      client->kept = client->store->klass->copy (client->store);
      client->kept_at = world->n_happened;
      sim_note (world, client, "keep", 0, 0);
      sim_world_later (world, sim_world_between (world, 0, 5 * SIM_MINUTE), client, copy_device, NULL, NULL);
    }
  else
    {
      sim_note (world, client, "come back", 0, 0);
      world->was_restored = TRUE;
      sim_ledger_rewind (world, client, client->kept_at);
      g_ptr_array_set_size (client->watches, 0);
      sim_client_replace (client, g_steal_pointer (&client->kept));
    }
}

static void
expire (SimWorld  *world,
        SimClient *client,
        gpointer   data)
{
  sim_db_clean (world->db, world->db->head - sim_world_draw (world, 8));
  sim_note (world, NULL, "expire", world->db->forgotten, 0);
}

static void
sign_in (SimWorld  *world,
         SimClient *client,
         gpointer   data)
{
  if (!client->signed_in || client->revoked)
    sim_client_sign_in (client);
}

/* The device is signed out from elsewhere; its person signs in again some time, or not. */
static void
sign_out (SimWorld  *world,
        SimClient *client,
        gpointer   data)
{
  sim_note (world, client, "revoke", 0, 0);

  for (guint i = 0; i < world->clients->len; i++)
    {
      SimClient *each = g_ptr_array_index (world->clients, i);

      if (each->device == client->device)
        each->revoked = TRUE;

      if (each->device == client->device && sim_world_tosses (world, 0.6))
        sim_world_later (world, sim_world_between (world, 0, 10 * SIM_MINUTE), each, sign_in, NULL, NULL);
    }
}

static void
become_strange (SimWorld  *world,
                SimClient *client,
                gpointer   data)
{
  sim_note (world, NULL, "stranger", world->stranger == NULL, 0);

  if (world->stranger != NULL)
    g_clear_pointer (&world->stranger, sim_db_free);
  else if (!world->calm)
    {
      world->stranger = sim_db_new ("019a0000-0000-7000-8000-000000000002");
      sim_world_later (world, sim_world_between (world, 0, 3 * SIM_MINUTE), NULL, become_strange, NULL, NULL);
    }
}

static void
plan (SimWorld *world,
      guint     n,
      SimFunc   func)
{
  for (guint i = 0; i < n; i++)
    {
      SimClient *client = g_ptr_array_index (world->clients, sim_world_draw (world, world->clients->len));

      sim_world_later (world, sim_world_between (world, 0, TROUBLED), client, func, NULL, NULL);
    }
}

/* Several at one device in a few seconds: what waits while something is under way. */
static void
work_hard (SimWorld  *world,
           SimClient *client,
           gpointer   data)
{
  for (guint i = 0; i < 5; i++)
    sim_world_later (world, sim_world_between (world, 0, 3 * G_USEC_PER_SEC), client, sim_person_act, NULL, NULL);
}

void
sim_plan (SimWorld *world)
{
  const SimOptions *options = &world->options;

  plan (world, options->edits, sim_person_act);
  plan (world, options->edits / 15, work_hard);
  plan (world, options->crashes, crash);
  plan (world, options->outages, toggle_server);
  plan (world, options->disturbances, disturb);
  plan (world, options->moves, reorganise);
  plan (world, options->kills, kill_process);
  plan (world, options->sleeps, sleep_or_jump);
  plan (world, 2 * options->backups, back_up);
  plan (world, options->backups, restore);
  plan (world, options->clones, copy_device);
  plan (world, options->expiries, expire);
  plan (world, options->revocations, sign_out);
  plan (world, options->strangers, become_strange);
}
