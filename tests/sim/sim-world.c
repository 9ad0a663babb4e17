/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sim-world.h"

#define EPOCH_US (1700000000 * (gint64) G_USEC_PER_SEC)
#define N_CLIENTS 3

/* Something that will happen. */
typedef struct
{
  gint64         at_us;
  gint64         serial; /* what was planned first happens first */
  SimClient     *client;
  SimFunc        func;
  gpointer       data;
  GDestroyNotify destroy;
} Happening;

static const guint edited_fields[] = { KAM_LEAD_NAME, KAM_LEAD_ADDRESS, KAM_LEAD_CITY };

static void
happening_free (gpointer data)
{
  Happening *happening = data;

  if (happening->destroy != NULL)
    happening->destroy (happening->data);
  g_free (happening);
}

static int
compare (gconstpointer a,
         gconstpointer b,
         gpointer      data)
{
  const Happening *first = a;
  const Happening *second = b;

  if (first->at_us != second->at_us)
    return first->at_us < second->at_us ? -1 : 1;

  return first->serial < second->serial ? -1 : first->serial > second->serial;
}

gint64
sim_world_between (SimWorld *self,
                   gint64    least,
                   gint64    most)
{
  return least + (gint64) (g_rand_double (self->rand) * (double) (most - least));
}

void
sim_world_later (SimWorld       *self,
                 gint64          delay_us,
                 SimClient      *client,
                 SimFunc         func,
                 gpointer        data,
                 GDestroyNotify  destroy)
{
  Happening *happening = g_new0 (Happening, 1);

  happening->at_us = self->now_us + delay_us;
  happening->serial = self->serial++;
  happening->client = client;
  happening->func = func;
  happening->data = data;
  happening->destroy = destroy;
  g_sequence_insert_sorted (self->queue, happening, compare, NULL);
}

void
sim_world_run (SimWorld *self,
               gint64    until_us)
{
  while (!g_sequence_is_empty (self->queue))
    {
      GSequenceIter *first = g_sequence_get_begin_iter (self->queue);
      Happening *happening = g_sequence_get (first);

      if (happening->at_us > until_us)
        break;

      g_assert_cmpint (happening->at_us, >=, self->now_us);
      self->now_us = happening->at_us;
      happening->func (self, happening->client, happening->data);
      g_sequence_remove (first);
    }

  self->now_us = MAX (self->now_us, until_us);
}

/* What the store answers. */
typedef struct
{
  guint    life;
  KamEvent event;
} Answer;

static void
answer (SimWorld  *world,
        SimClient *client,
        gpointer   data)
{
  const Answer *reply = data;
  KamEvent event = reply->event;

  if (reply->life != client->life)
    return;

  if (event.kind == KAM_EVENT_STATE)
    {
      event.n_waiting = client->store->outbox->len;
      event.n_rejected = client->store->n_rejected;
      event.head = client->store->head;
    }

  sim_client_feed (client, event);
}

static void
answer_later (SimClient *self,
              KamEvent   event)
{
  Answer *reply = g_new0 (Answer, 1);

  reply->life = self->life;
  reply->event = event;
  sim_world_later (self->world, sim_world_between (self->world, 50, 4000), self, answer, reply, g_free);
}

typedef struct
{
  guint   life;
  guint   serial;
  KamLane lane;
} Timer;

static void
ring (SimWorld  *world,
      SimClient *client,
      gpointer   data)
{
  const Timer *timer = data;

  if (timer->life == client->life && timer->serial == client->timers[timer->lane])
    sim_client_feed (client, (KamEvent) { .kind = KAM_EVENT_TIMER, .lane = timer->lane });
}

static void
set_timer (SimClient *self,
           KamLane    lane,
           gint64     delay_us)
{
  Timer *timer = g_new0 (Timer, 1);

  timer->life = self->life;
  timer->lane = lane;
  timer->serial = ++self->timers[lane];
  sim_world_later (self->world, delay_us, self, ring, timer, g_free);
}

static void
take (SimClient *self,
      guint      most)
{
  KamEvent event = { .kind = KAM_EVENT_TAKEN };

  g_clear_pointer (&self->batch, g_ptr_array_unref);
  self->batch = sim_store_take (self->store, most);
  event.count = self->batch->len;
  event.first_mid = self->batch->len > 0 ? ((KamMutation *) g_ptr_array_index (self->batch, 0))->mid : 0;
  answer_later (self, event);
}

static void
stage (SimClient *self)
{
  g_autoptr (GPtrArray) piece = g_ptr_array_new ();

  for (guint i = 0; i < 3 && self->n_read < self->rows->len; i++, self->n_read++)
    g_ptr_array_add (piece, g_ptr_array_index (self->rows, self->n_read));

  sim_store_stage (self->store, piece);
  answer_later (self, (KamEvent) { .kind = KAM_EVENT_STAGED });
}

static void
carry_out (SimClient       *self,
           const KamAction *action)
{
  switch (action->kind)
    {
    case KAM_ACTION_LOAD_STATE: answer_later (self, (KamEvent) { .kind = KAM_EVENT_STATE }); break;
    case KAM_ACTION_TAKE_OUTBOX: take (self, action->max); break;
    case KAM_ACTION_SETTLE:
      sim_store_settle (self->store, self->results);
      answer_later (self, (KamEvent) { .kind = KAM_EVENT_SETTLED });
      break;
    case KAM_ACTION_STAGE: stage (self); break;
    case KAM_ACTION_COMMIT_PAGE:
      sim_store_commit (self->store, self->page_cursor, self->page_head, self->page_more);
      answer_later (self, (KamEvent) { .kind = KAM_EVENT_COMMITTED });
      break;
    case KAM_ACTION_DISCARD_PAGE:
      sim_store_discard (self->store);
      answer_later (self, (KamEvent) { .kind = KAM_EVENT_DISCARDED });
      break;
    case KAM_ACTION_SEND: sim_network_send (self, action); break;
    case KAM_ACTION_READ_PAGE: sim_network_read (self); break;
    case KAM_ACTION_CANCEL: self->serials[action->lane]++; break;
    case KAM_ACTION_SET_TIMER: set_timer (self, action->lane, action->delay_us); break;
    case KAM_ACTION_CLEAR_TIMER: self->timers[action->lane]++; break;
    case KAM_ACTION_PUBLISH: self->status = action->status; break;
    default: g_assert_not_reached ();
    }
}

void
sim_client_feed (SimClient *self,
                 KamEvent   event)
{
  g_autoptr (GArray) actions = g_array_new (FALSE, FALSE, sizeof (KamAction));

  event.now_us = self->world->now_us;
  event.random = g_rand_int (self->world->rand);
  kam_engine_feed (self->engine, &event, actions);

  for (guint i = 0; i < actions->len; i++)
    carry_out (self, &g_array_index (actions, KamAction, i));
}

/* kill -9 and started again: the engine forgets everything, the store nothing. */
void
sim_client_crash (SimClient *self)
{
  g_clear_pointer (&self->engine, kam_engine_free);
  self->engine = kam_engine_new ();
  self->life++;
  self->poke_since = -1;
  sim_client_feed (self, (KamEvent) { .kind = KAM_EVENT_START, .signed_in = TRUE, .server_id = kam_model_server_get_id (self->world->server) });
}

static void
saved_free (gpointer data)
{
  SimSaved *saved = data;

  g_free (saved->id);
  g_free (saved->value);
  g_free (saved);
}

static void
note_saved (SimWorld   *self,
            const char *id,
            guint       field,
            const char *value,
            const char *before)
{
  SimSaved *saved = g_new0 (SimSaved, 1);

  for (guint i = 0; before != NULL && i < self->ledger->len; i++)
    {
      SimSaved *each = g_ptr_array_index (self->ledger, i);

      if (each->field == field && g_strcmp0 (each->id, id) == 0 && g_strcmp0 (each->value, before) == 0)
        each->superseded = TRUE;
    }

  saved->id = g_strdup (id);
  saved->field = field;
  saved->value = g_strdup (value);
  g_ptr_array_add (self->ledger, saved);
}

static char *
make_id (SimWorld *self)
{
  guint8 random[10];

  for (guint i = 0; i < sizeof random; i++)
    random[i] = (guint8) g_rand_int (self->rand);

  return kam_id_new_from (EPOCH_US + self->now_us, random);
}

/* A person at one of the devices makes a lead, or changes one that they see. */
void
sim_world_edit (SimWorld *self,
                guint     index)
{
  SimClient *client = &self->clients[index];
  g_autofree char *value = g_strdup_printf ("value %u", self->n_edits++);
  g_autofree char *id = NULL;
  g_autoptr (KamRow) before = NULL;
  g_autoptr (KamRow) after = NULL;
  guint field = edited_fields[g_rand_int_range (self->rand, 0, G_N_ELEMENTS (edited_fields))];

  if (self->ids->len > 0 && g_rand_double (self->rand) < 0.7)
    {
      id = g_strdup (g_ptr_array_index (self->ids, (guint) g_rand_int_range (self->rand, 0, (gint32) self->ids->len)));
      before = sim_store_show (client->store, id);
      if (before == NULL)
        return; /* made on another device, and not here yet */
    }
  else
    {
      id = make_id (self);
      g_ptr_array_add (self->ids, g_strdup (id));
    }

  after = before != NULL ? kam_row_copy (before) : kam_row_new (KAM_ENTITY_LEAD, id);
  kam_row_set_text (after, field, value);
  note_saved (self, id, field, value, before != NULL ? kam_row_text (before, field) : NULL);
  sim_store_edit (client->store, kam_mutation_between (before, after, EPOCH_US + self->now_us));
  sim_client_feed (client, (KamEvent) { .kind = KAM_EVENT_LOCAL_CHANGE });
}

SimWorld *
sim_world_new (guint32 seed)
{
  SimWorld *self = g_new0 (SimWorld, 1);

  self->rand = g_rand_new_with_seed (seed);
  self->queue = g_sequence_new (happening_free);
  self->server = kam_model_server_new ("019a0000-0000-7000-8000-000000000001");
  self->server_up = TRUE;
  self->ids = g_ptr_array_new_with_free_func (g_free);
  self->ledger = g_ptr_array_new_with_free_func (saved_free);
  self->n_clients = N_CLIENTS;
  self->clients = g_new0 (SimClient, N_CLIENTS);

  for (guint i = 0; i < N_CLIENTS; i++)
    {
      SimClient *client = &self->clients[i];
      g_autofree char *client_id = make_id (self);

      client->world = self;
      client->index = i;
      client->store = sim_store_new (client_id);
      client->engine = NULL;
      sim_client_crash (client);
    }

  return self;
}

void
sim_world_free (SimWorld *self)
{
  for (guint i = 0; i < self->n_clients; i++)
    {
      SimClient *client = &self->clients[i];

      sim_store_free (client->store);
      kam_engine_free (client->engine);
      g_free (client->page_cursor);
      g_clear_pointer (&client->batch, g_ptr_array_unref);
      g_clear_pointer (&client->results, g_ptr_array_unref);
      g_clear_pointer (&client->rows, g_ptr_array_unref);
    }

  g_sequence_free (self->queue);
  kam_model_server_free (self->server);
  g_ptr_array_unref (self->ids);
  g_ptr_array_unref (self->ledger);
  g_rand_free (self->rand);
  g_free (self->clients);
  g_free (self);
}
