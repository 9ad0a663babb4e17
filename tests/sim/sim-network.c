/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sim-world.h"

/* The bad network, and what the server does with what gets through it. */

#define TIMEOUT_US (30 * (gint64) G_USEC_PER_SEC)
#define POKE_TIMEOUT_US (70 * (gint64) G_USEC_PER_SEC)
#define HOLD_US (55 * (gint64) G_USEC_PER_SEC)
#define PAGE_ROWS 7

/* One request and its answer. */
typedef struct
{
  KamLane         lane;
  guint           serial;
  guint           life;
  char           *client_id; /* (owned) */
  gint64          ack;
  GPtrArray      *mutations; /* (owned) (nullable) */
  char           *cursor;    /* (owned) (nullable) */
  gint64          since;
  KamEvent        event;     /* the answer */
  GPtrArray      *results;   /* (owned) (nullable) */
  GPtrArray      *rows;      /* (owned) (nullable) */
  char           *next;      /* (owned) (nullable) */
  gboolean        more;
} Exchange;

static void
exchange_clear (gpointer data)
{
  Exchange *self = data;

  g_free (self->client_id);
  g_free (self->cursor);
  g_free (self->next);
  g_clear_pointer (&self->mutations, g_ptr_array_unref);
  g_clear_pointer (&self->results, g_ptr_array_unref);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
}

static void
exchange_unref (gpointer data)
{
  g_rc_box_release_full (data, exchange_clear);
}

/* Each thing that is to happen holds the exchange that it is about. */
static void
later (SimWorld  *world,
       gint64     delay_us,
       SimClient *client,
       SimFunc    func,
       Exchange  *exchange)
{
  sim_world_later (world, delay_us, client, func, g_rc_box_acquire (exchange), exchange_unref);
}

static gboolean
happens (SimWorld *world,
         double    chance)
{
  double drawn = g_rand_double (world->rand);

  return !world->calm && drawn < chance;
}

static gint64
travel (SimWorld *world)
{
  /* Now and then something takes its time, and overtakes are possible. */
  return happens (world, 0.05) ? sim_world_between (world, 1000, 20 * G_USEC_PER_SEC) : sim_world_between (world, 1000, 80 * 1000);
}

static gboolean
is_awaited (SimClient *client,
            Exchange  *exchange)
{
  return client->life == exchange->life && client->serials[exchange->lane] == exchange->serial;
}

static void
arrive (SimWorld  *world,
        SimClient *client,
        gpointer   data)
{
  Exchange *exchange = data;

  if (!is_awaited (client, exchange))
    return;

  if (exchange->event.kind == KAM_EVENT_PUSHED)
    {
      g_clear_pointer (&client->results, g_ptr_array_unref);
      client->results = g_ptr_array_ref (exchange->results);
    }

  if (exchange->lane == KAM_LANE_PULL && exchange->event.kind != KAM_EVENT_FAILED)
    {
      g_clear_pointer (&client->rows, g_ptr_array_unref);
      client->rows = g_ptr_array_ref (exchange->rows);
      client->n_read = 0;
      client->cut_after = happens (world, 0.1) ? (guint) g_rand_int_range (world->rand, 0, PAGE_ROWS) : G_MAXUINT;
      g_free (client->page_cursor);
      client->page_cursor = g_strdup (exchange->next);
      client->page_head = exchange->event.head;
      client->page_more = exchange->more;
      sim_network_read (client);
      return;
    }

  sim_client_feed (client, exchange->event);
}

/* The client's patience: it does not know whether the request or the answer was lost, or both are still on their way. */
static void
time_out (SimWorld  *world,
          SimClient *client,
          gpointer   data)
{
  Exchange *exchange = data;

  if (is_awaited (client, exchange))
    sim_client_feed (client, (KamEvent) { .kind = KAM_EVENT_FAILED, .lane = exchange->lane, .trouble = KAM_TROUBLE_NETWORK });
}

static void
answer (SimWorld  *world,
        SimClient *client,
        Exchange  *exchange)
{
  if (!happens (world, 0.06))
    later (world, travel (world), client, arrive, exchange);
}

/* Everybody who waits for news hears of them. */
static void
tell_waiting (SimWorld *world)
{
  gint64 head = kam_model_server_get_head (world->server);

  for (guint i = 0; i < world->n_clients; i++)
    {
      SimClient *client = &world->clients[i];
      Exchange *exchange;

      if (client->poke_since < 0 || head <= client->poke_since)
        continue;

      exchange = g_rc_box_new0 (Exchange);
      exchange->lane = KAM_LANE_POKE;
      exchange->serial = client->poke_serial;
      exchange->life = client->life;
      exchange->event = (KamEvent) { .kind = KAM_EVENT_POKED, .head = head };
      client->poke_since = -1;
      answer (world, client, exchange);
      exchange_unref (exchange);
    }
}

static void
serve_push (SimWorld *world,
            Exchange *exchange)
{
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_result_free);
  KamModelVerdict verdict = kam_model_server_push (world->server, exchange->client_id, exchange->ack, exchange->mutations, results);

  if (verdict == KAM_MODEL_FORKED)
    {
      exchange->event = (KamEvent) { .kind = KAM_EVENT_FAILED, .lane = KAM_LANE_PUSH, .status = 409, .code = "client_forked" };
      return;
    }

  if (verdict == KAM_MODEL_GAP)
    {
      exchange->event = (KamEvent) { .kind = KAM_EVENT_FAILED, .lane = KAM_LANE_PUSH, .status = 409, .code = "mid_gap",
                                     .last_mid = kam_model_server_last_mid (world->server, exchange->client_id) };
      return;
    }

  exchange->event = (KamEvent) { .kind = KAM_EVENT_PUSHED, .count = results->len };
  for (guint i = 0; i < results->len; i++)
    exchange->event.rev = MAX (exchange->event.rev, ((KamResult *) g_ptr_array_index (results, i))->rev);
  g_clear_pointer (&exchange->results, g_ptr_array_unref);
  exchange->results = g_steal_pointer (&results);
  tell_waiting (world);
}

static void
serve_pull (SimWorld *world,
            Exchange *exchange)
{
  exchange->event = (KamEvent) { .kind = KAM_EVENT_PAGE_END };
  exchange->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_row_unref);
  exchange->next = kam_model_server_pull (world->server, exchange->cursor, PAGE_ROWS, exchange->rows, &exchange->event.head, &exchange->more);
  g_assert_nonnull (exchange->next);
}

static void
end_hold (SimWorld  *world,
          SimClient *client,
          gpointer   data)
{
  Exchange *exchange = data;

  if (client->poke_since < 0 || client->poke_serial != exchange->serial || client->life != exchange->life)
    return;

  client->poke_since = -1;
  if (is_awaited (client, exchange))
    sim_client_feed (client, (KamEvent) { .kind = KAM_EVENT_POKED, .head = kam_model_server_get_head (world->server) });
}

static gboolean
serve_poke (SimWorld  *world,
            SimClient *client,
            Exchange  *exchange)
{
  exchange->event = (KamEvent) { .kind = KAM_EVENT_POKED, .head = kam_model_server_get_head (world->server) };
  if (exchange->event.head > exchange->since)
    return TRUE;

  client->poke_since = exchange->since;
  client->poke_serial = exchange->serial;
  later (world, HOLD_US, client, end_hold, exchange);

  return FALSE;
}

static void
reach_server (SimWorld  *world,
              SimClient *client,
              gpointer   data)
{
  Exchange *exchange = data;
  gboolean twice = exchange->lane == KAM_LANE_PUSH && happens (world, 0.05);

  if (!world->server_up)
    {
      exchange->event = (KamEvent) { .kind = KAM_EVENT_FAILED, .lane = exchange->lane, .trouble = KAM_TROUBLE_NETWORK };
      later (world, travel (world), client, arrive, exchange);
      return;
    }

  if (happens (world, 0.03))
    {
      exchange->event = (KamEvent) { .kind = KAM_EVENT_FAILED, .lane = exchange->lane, .status = 503, .code = "busy", .retry_after_us = 2 * G_USEC_PER_SEC };
      answer (world, client, exchange);
      return;
    }

  switch (exchange->lane)
    {
    case KAM_LANE_HELLO:
      exchange->event = (KamEvent) { .kind = KAM_EVENT_HELLO, .server_id = kam_model_server_get_id (world->server), .protocol_min = 1, .protocol_max = 1 };
      break;
    case KAM_LANE_PUSH:
      serve_push (world, exchange);
      if (twice && exchange->event.kind == KAM_EVENT_PUSHED)
        serve_push (world, exchange);
      break;
    case KAM_LANE_PULL:
      serve_pull (world, exchange);
      break;
    case KAM_LANE_POKE:
      if (!serve_poke (world, client, exchange))
        return;
      break;
    default:
      g_assert_not_reached ();
    }

  answer (world, client, exchange);
}

static GPtrArray *
copy_batch (GPtrArray *batch)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_mutation_free);

  for (guint i = 0; i < batch->len; i++)
    g_ptr_array_add (copy, kam_mutation_copy (g_ptr_array_index (batch, i)));

  return copy;
}

void
sim_network_send (SimClient       *client,
                  const KamAction *action)
{
  SimWorld *world = client->world;
  Exchange *exchange = g_rc_box_new0 (Exchange);

  client->n_requests++;
  exchange->lane = action->lane;
  exchange->serial = ++client->serials[action->lane];
  exchange->life = client->life;
  exchange->client_id = g_strdup (client->store->client_id);
  exchange->ack = client->store->acked_mid;
  exchange->since = action->since;

  if (action->lane == KAM_LANE_PUSH)
    exchange->mutations = copy_batch (client->batch);
  else if (action->lane == KAM_LANE_PULL)
    exchange->cursor = g_strdup (client->store->cursor);

  later (world, action->lane == KAM_LANE_POKE ? POKE_TIMEOUT_US : TIMEOUT_US, client, time_out, exchange);
  if (!happens (world, 0.06))
    later (world, travel (world), client, reach_server, exchange);

  exchange_unref (exchange);
}

typedef struct
{
  guint serial;
  guint life;
} Reading;

static void
read_piece (SimWorld  *world,
            SimClient *client,
            gpointer   data)
{
  Reading *reading = data;
  guint left = client->rows != NULL ? client->rows->len - client->n_read : 0;
  KamEvent event = { .kind = KAM_EVENT_PAGE_END, .moved = TRUE, .head = client->page_head, .more = client->page_more };

  if (reading->life != client->life || reading->serial != client->serials[KAM_LANE_PULL])
    return;

  if (client->n_read >= client->cut_after)
    event = (KamEvent) { .kind = KAM_EVENT_FAILED, .lane = KAM_LANE_PULL, .trouble = KAM_TROUBLE_GARBLED };
  else if (left > 0)
    event = (KamEvent) { .kind = KAM_EVENT_PAGE_LINES, .count = MIN (left, 3) };

  sim_client_feed (client, event);
}

/* The next piece of the page, or its end, comes in a moment. */
void
sim_network_read (SimClient *client)
{
  Reading *reading = g_new0 (Reading, 1);

  reading->serial = client->serials[KAM_LANE_PULL];
  reading->life = client->life;
  sim_world_later (client->world, sim_world_between (client->world, 100, 5000), client, read_piece, reading, g_free);
}
