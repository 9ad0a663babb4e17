/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-json.h"
#include "sim-server.h"

#include <string.h>

/* The bad network, and what the server does with what gets through it. */

#define TIMEOUT_US (30 * (gint64) G_USEC_PER_SEC)
#define POKE_TIMEOUT_US (70 * (gint64) G_USEC_PER_SEC)
#define HOLD_US (55 * (gint64) G_USEC_PER_SEC)
#define PAGE_ROWS 7
#define RANGES_AT_ONCE 5

/* One request and its answer. */
typedef struct
{
  KamLane     lane;
  SimClient  *client;
  guint       serial;
  guint       life;
  char       *client_id; /* (owned) */
  gint64      ack;
  gint64      sent_at;
  GPtrArray  *mutations; /* (owned) (nullable) */
  char       *cursor;    /* (owned) (nullable) */
  KamErrand   errand;
  char       *digests;   /* (owned) (nullable): as JSON */
  GPtrArray  *ranges;    /* (owned) (nullable): asked for, or found to differ */
  char       *verified;  /* (owned) (nullable) */
  gint64      since;
  KamEvent    event;     /* the answer */
  gboolean    answered;
  GPtrArray  *results;   /* (owned) (nullable) */
  char       *page;      /* (owned) (nullable) */
} Exchange;

static void
exchange_clear (gpointer data)
{
  Exchange *self = data;

  g_free (self->client_id);
  g_free (self->cursor);
  g_free (self->page);
  g_free (self->digests);
  g_free (self->verified);
  g_clear_pointer (&self->ranges, g_ptr_array_unref);
  g_clear_pointer (&self->mutations, g_ptr_array_unref);
  g_clear_pointer (&self->results, g_ptr_array_unref);
}

static void
exchange_unref (gpointer data)
{
  g_rc_box_release_full (data, exchange_clear);
}

/* Each thing that is to happen holds the exchange that it is about. */
static void
later_at_client (SimWorld *world,
                 gint64    delay_us,
                 SimFunc   func,
                 Exchange *exchange)
{
  sim_world_later (world, delay_us, exchange->client, func, g_rc_box_acquire (exchange), exchange_unref);
}

static void
later_at_server (SimWorld *world,
                 gint64    delay_us,
                 SimFunc   func,
                 Exchange *exchange)
{
  sim_world_later (world, delay_us, NULL, func, g_rc_box_acquire (exchange), exchange_unref);
}

static gint64
travel (SimWorld *world)
{
  /* Now and then something takes its time, and overtakes are possible. */
  return sim_world_happens (world, 0.05) ? sim_world_between (world, 1000, 20 * G_USEC_PER_SEC) : sim_world_between (world, 1000, 80 * 1000);
}

static gboolean
is_awaited (Exchange *exchange)
{
  return exchange->client->life == exchange->life && exchange->client->serials[exchange->lane] == exchange->serial;
}

static void
take_verified (SimClient *client,
               Exchange  *exchange)
{
  g_clear_pointer (&client->ranges, g_ptr_array_unref);
  client->ranges = g_steal_pointer (&exchange->ranges);
  g_free (client->verified);
  client->verified = g_steal_pointer (&exchange->verified);
  client->verified_head = exchange->event.head;
  client->n_lines = 0;
}

static void
arrive (SimWorld  *world,
        SimClient *client,
        gpointer   data)
{
  Exchange *exchange = data;

  if (!is_awaited (exchange))
    return;

  if (exchange->event.kind == KAM_EVENT_PUSHED)
    {
      g_clear_pointer (&client->results, g_ptr_array_unref);
      client->results = g_ptr_array_ref (exchange->results);
    }

  if (exchange->event.kind == KAM_EVENT_HELLO)
    client->met_stranger = strcmp (exchange->event.server_id, SIM_SERVER_ID) != 0;

  if (exchange->event.kind == KAM_EVENT_VERIFIED)
    take_verified (client, exchange);
  else if (exchange->event.kind == KAM_EVENT_QUARANTINED)
    {
      g_ptr_array_remove_range (client->handed_over, 0, exchange->mutations->len);
      exchange->event.more = client->handed_over->len > 0;
    }

  if (exchange->page != NULL)
    sim_page_begin (client, exchange->page, exchange->cursor, exchange->errand);
  else
    sim_client_feed (client, exchange->event);
}

/* The client's patience: it does not know whether the request or the answer was lost, or both are still on their way. */
static void
time_out (SimWorld  *world,
          SimClient *client,
          gpointer   data)
{
  Exchange *exchange = data;

  if (is_awaited (exchange))
    sim_client_feed (client, (KamEvent) { .kind = KAM_EVENT_FAILED, .lane = exchange->lane, .trouble = KAM_TROUBLE_NETWORK });
}

static void
answer (SimWorld *world,
        Exchange *exchange)
{
  if (!sim_world_happens (world, 0.06))
    later_at_client (world, travel (world), arrive, exchange);
}

static void
fail (SimWorld   *world,
      Exchange   *exchange,
      guint       status,
      const char *code)
{
  exchange->event = (KamEvent) { .kind = KAM_EVENT_FAILED, .lane = exchange->lane, .status = status, .code = code };
  if (status == 503)
    exchange->event.retry_after_us = 2 * G_USEC_PER_SEC;
  if (status == 0)
    exchange->event.trouble = KAM_TROUBLE_NETWORK;
  answer (world, exchange);
}

static gboolean
may_read_any (SimWorld        *world,
              const SimPerson *person,
              GHashTable      *scopes)
{
  GHashTableIter iter;
  gpointer scope;

  g_hash_table_iter_init (&iter, scopes);
  while (g_hash_table_iter_next (&iter, &scope, NULL))
    {
      if (sim_db_may_read (world->db, person->id, scope))
        return TRUE;
    }

  return FALSE;
}

/* Everybody who waits for news, and whom they concern, hears of them. */
void
sim_network_tell (SimWorld   *world,
                  GHashTable *scopes)
{
  for (guint i = 0; i < world->clients->len; i++)
    {
      SimClient *client = g_ptr_array_index (world->clients, i);
      Exchange *exchange;

      if (client->poke_since < 0 || world->db->head <= client->poke_since || (scopes != NULL && !may_read_any (world, client->person, scopes)))
        continue;

      exchange = g_rc_box_new0 (Exchange);
      exchange->lane = KAM_LANE_POKE;
      exchange->client = client;
      exchange->serial = client->poke_serial;
      exchange->life = client->life;
      exchange->event = (KamEvent) { .kind = KAM_EVENT_POKED, .head = world->db->head };
      client->poke_since = -1;
      answer (world, exchange);
      exchange_unref (exchange);
    }
}

static void
pushed (SimWorld   *world,
        SimTxn     *txn,
        SimVerdict  verdict,
        gpointer    data)
{
  Exchange *exchange = data;
  const SimRecord *record = sim_db_record (world->db, exchange->client_id);

  if (verdict == SIM_VERDICT_FORKED)
    fail (world, exchange, 409, "client_forked");
  else if (verdict == SIM_VERDICT_GAP)
    {
      exchange->event = (KamEvent) { .kind = KAM_EVENT_FAILED, .lane = KAM_LANE_PUSH, .status = 409, .code = "mid_gap",
                                     .last_mid = record != NULL ? record->last_mid : 0 };
      answer (world, exchange);
    }
  else
    {
      exchange->event = (KamEvent) { .kind = KAM_EVENT_PUSHED, .count = txn->results->len };
      for (guint i = 0; i < txn->results->len; i++)
        exchange->event.rev = MAX (exchange->event.rev, ((KamResult *) g_ptr_array_index (txn->results, i))->rev);
      g_clear_pointer (&exchange->results, g_ptr_array_unref);
      exchange->results = g_ptr_array_ref (txn->results);
      answer (world, exchange);
    }
}

static GPtrArray *
copy_all (GPtrArray *mutations)
{
  GPtrArray *copies = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_mutation_free);

  for (guint i = 0; i < mutations->len; i++)
    g_ptr_array_add (copies, kam_mutation_copy (g_ptr_array_index (mutations, i)));

  return copies;
}

static void
serve_push (SimWorld *world,
            Exchange *exchange)
{
  SimTxn *txn = sim_txn_new (world, exchange->client->person->id, exchange->client->device, pushed, g_rc_box_acquire (exchange), exchange_unref);

  txn->client_id = g_strdup (exchange->client_id);
  txn->ack = exchange->ack;
  txn->skew_us = MAX (exchange->sent_at - sim_world_time (world), 0);
  txn->mutations = g_ptr_array_ref (exchange->mutations);
  sim_txn_start (txn);
}

static void
serve_page (SimWorld       *world,
            Exchange       *exchange,
            SimPullVerdict  verdict,
            GString        *page)
{
  static const struct
  {
    guint       status;
    const char *code;
  } refusals[] = { [SIM_PULL_DIVERGED] = { 410, "diverged" }, [SIM_PULL_EXPIRED] = { 410, "expired" }, [SIM_PULL_BEHIND] = { 503, "behind" } };

  sim_note (world, exchange->client, "page", verdict, (gint64) page->len);
  exchange->event = (KamEvent) { .kind = KAM_EVENT_PAGE_END };

  if (verdict == SIM_PULL_FINE)
    {
      exchange->page = g_strdup (page->str);
      answer (world, exchange);
    }
  else
    fail (world, exchange, refusals[verdict].status, refusals[verdict].code);
}

static void
serve_pull (SimWorld *world,
            Exchange *exchange)
{
  gboolean lags = sim_world_happens (world, 0.15);
  g_autoptr (GString) page = g_string_new (NULL);
  const char *user = exchange->client->person->id;

  if (exchange->errand == KAM_ERRAND_RANGES)
    serve_page (world, exchange, sim_feed_ranges (world->db, user, exchange->cursor, exchange->ranges, page), page);
  else
    serve_page (world, exchange, sim_feed_pull (lags ? world->replica : world->db, lags, user, exchange->cursor, PAGE_ROWS, page), page);
}

static void
serve_verify (SimWorld *world,
              Exchange *exchange)
{
  g_autoptr (JsonNode) node = kam_json_parse (exchange->digests, strlen (exchange->digests), NULL);
  g_autoptr (KamDigestSet) theirs = kam_digest_set_from_json (json_node_get_object (node), NULL);

  g_assert_nonnull (theirs);
  g_clear_pointer (&exchange->ranges, g_ptr_array_unref);
  g_clear_pointer (&exchange->verified, g_free);
  exchange->ranges = sim_feed_verify (world->db, exchange->client->person->id, theirs, &exchange->verified);
  exchange->event = (KamEvent) { .kind = KAM_EVENT_VERIFIED, .count = exchange->ranges->len, .head = world->db->head };
  sim_note (world, exchange->client, "verify", exchange->ranges->len, world->db->head);
  answer (world, exchange);
}

/* Kept, not applied; the same again is the same. */
static void
serve_quarantine (SimWorld *world,
                  Exchange *exchange)
{
  for (guint i = 0; i < exchange->mutations->len; i++)
    {
      const KamMutation *mutation = g_ptr_array_index (exchange->mutations, i);

      g_hash_table_insert (world->db->quarantined, g_strdup_printf ("%s %" G_GINT64_MODIFIER "x", exchange->client_id, sim_push_sum (mutation)),
                           kam_mutation_copy (mutation));
    }

  exchange->event = (KamEvent) { .kind = KAM_EVENT_QUARANTINED, .server_id = g_intern_string (world->db->server_id.text) };
  answer (world, exchange);
}

static void
end_hold (SimWorld  *world,
          SimClient *client,
          gpointer   data)
{
  Exchange *exchange = data;

  if (exchange->client->poke_since < 0 || exchange->client->poke_serial != exchange->serial || exchange->client->life != exchange->life)
    return;

  exchange->client->poke_since = -1;
  exchange->event = (KamEvent) { .kind = KAM_EVENT_POKED, .head = world->db->head };
  answer (world, exchange);
}

static void
serve_poke (SimWorld *world,
            Exchange *exchange)
{
  exchange->event = (KamEvent) { .kind = KAM_EVENT_POKED, .head = world->db->head };

  if (exchange->event.head != exchange->since)
    {
      answer (world, exchange);
      return;
    }

  exchange->client->poke_since = exchange->since;
  exchange->client->poke_serial = exchange->serial;
  later_at_server (world, HOLD_US, end_hold, exchange);
}

static void
serve_hello (SimWorld *world,
             Exchange *exchange)
{
  SimDb *db = world->stranger != NULL ? world->stranger : world->db;

  exchange->event = (KamEvent) { .kind = KAM_EVENT_HELLO, .server_id = g_intern_string (db->server_id.text), .protocol_min = 1, .protocol_max = 1 };
  answer (world, exchange);
}

static void
serve (SimWorld *world,
       Exchange *exchange)
{
  if (exchange->errand == KAM_ERRAND_QUARANTINE)
    serve_quarantine (world, exchange);
  else if (exchange->errand == KAM_ERRAND_VERIFY)
    serve_verify (world, exchange);
  else if (exchange->lane == KAM_LANE_PUSH)
    serve_push (world, exchange);
  else if (exchange->lane == KAM_LANE_PULL)
    serve_pull (world, exchange);
  else
    serve_poke (world, exchange);
}

static void
reach_server (SimWorld  *world,
              SimClient *client,
              gpointer   data)
{
  Exchange *exchange = data;
  gboolean revoked = exchange->client->revoked;

  if (!world->server_up)
    fail (world, exchange, 0, NULL);
  else if (sim_world_happens (world, 0.03))
    fail (world, exchange, 503, "busy");
  else if (exchange->lane == KAM_LANE_HELLO)
    serve_hello (world, exchange);
  else if (world->stranger != NULL)
    fail (world, exchange, 401, "unauthorized");
  else if (revoked != (exchange->errand == KAM_ERRAND_QUARANTINE))
    fail (world, exchange, 401, revoked ? "session_revoked" : "unauthorized");
  else
    serve (world, exchange);
}

/* What is to be sent, by now. */
static void
fill (Exchange *exchange)
{
  SimClient *client = exchange->client;
  g_autoptr (GPtrArray) some = g_ptr_array_new ();

  if (exchange->errand == KAM_ERRAND_VERIFY)
    {
      g_autoptr (GString) json = g_string_new ("{");

      kam_digest_set_append_json (client->digests, json);
      g_string_append_c (json, '}');
      exchange->digests = g_strdup (json->str);
    }
  else if (exchange->errand == KAM_ERRAND_RANGES)
    {
      client->n_asked = MIN (client->ranges->len, RANGES_AT_ONCE);
      exchange->cursor = g_strdup (client->verified);
      exchange->ranges = g_ptr_array_new_with_free_func (g_free);
      for (guint i = 0; i < client->n_asked; i++)
        g_ptr_array_add (exchange->ranges, g_memdup2 (g_ptr_array_index (client->ranges, i), sizeof (SimRange)));
    }
  else if (exchange->errand == KAM_ERRAND_QUARANTINE)
    {
      for (guint i = 0; i < MIN (client->handed_over->len, 3); i++)
        g_ptr_array_add (some, g_ptr_array_index (client->handed_over, i));
      exchange->mutations = copy_all (some);
    }
  else if (exchange->lane == KAM_LANE_PUSH)
    exchange->mutations = sim_push_send_over (client->batch);
  else if (exchange->lane == KAM_LANE_PULL)
    exchange->cursor = client->store->klass->next_cursor (client->store);
}

void
sim_network_send (SimClient       *client,
                  const KamAction *action)
{
  SimWorld *world = client->world;
  Exchange *exchange = g_rc_box_new0 (Exchange);
  g_autoptr (KamSyncState) state = client->store->klass->state (client->store);

  client->n_requests++;

  if (action->lane != KAM_LANE_HELLO && client->met_stranger)
    sim_violate (world, "device %u goes on speaking to a server that is not its own", client->index);

  exchange->lane = action->lane;
  exchange->client = client;
  exchange->serial = ++client->serials[action->lane];
  exchange->life = client->life;
  exchange->client_id = g_strdup (state->client_id);
  exchange->ack = state->acked_mid;
  exchange->since = action->since;
  exchange->sent_at = sim_client_time (client);

  exchange->errand = action->errand;
  fill (exchange);

  later_at_client (world, action->lane == KAM_LANE_POKE ? POKE_TIMEOUT_US : TIMEOUT_US, time_out, exchange);

  if (!sim_world_happens (world, 0.06))
    later_at_server (world, travel (world), reach_server, exchange);

  /* Something on the way sends it once more. */
  if (action->lane == KAM_LANE_PUSH && action->errand == KAM_ERRAND_USUAL && sim_world_happens (world, 0.05))
    later_at_server (world, travel (world), reach_server, exchange);

  exchange_unref (exchange);
}
