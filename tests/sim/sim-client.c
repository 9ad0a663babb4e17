/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sim-ledger.h"

/* One device: carries out what its engine wants. */

typedef struct
{
  guint    life;
  KamEvent event;
} Answer;

gint64
sim_client_time (SimClient *self)
{
  return SIM_EPOCH_US + self->world->now_us + self->clock_error_us;
}

static void
answer (SimWorld  *world,
        SimClient *client,
        gpointer   data)
{
  const Answer *reply = data;

  if (reply->life == client->life)
    sim_client_feed (client, reply->event);
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
load_state (SimClient *self)
{
  g_autoptr (KamSyncState) state = self->store->klass->state (self->store);

  answer_later (self, (KamEvent) { .kind = KAM_EVENT_STATE, .n_waiting = state->n_waiting, .n_rejected = state->n_rejected, .head = state->head });
}

/* All that the person would miss: what waits, and what was rejected and not yet seen. */
static void
take_all (SimClient *self)
{
  g_autoptr (GPtrArray) pending = self->store->klass->pending (self->store);

  g_clear_pointer (&self->handed_over, g_ptr_array_unref);
  self->handed_over = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_mutation_free);
  self->n_handed = 0;

  for (guint i = 0; i < pending->len; i++)
    {
      const SimPending *each = g_ptr_array_index (pending, i);

      self->n_handed += each->state == SIM_PENDING_WAITING;
      if (each->state == SIM_PENDING_WAITING || each->state == SIM_PENDING_REJECTED)
        g_ptr_array_add (self->handed_over, kam_mutation_copy (each->mutation));
    }

  answer_later (self, (KamEvent) { .kind = KAM_EVENT_TAKEN, .count = self->handed_over->len });
}

static void
take (SimClient       *self,
      const KamAction *action)
{
  KamEvent event = { .kind = KAM_EVENT_TAKEN };

  if (action->errand == KAM_ERRAND_QUARANTINE)
    {
      take_all (self);
      return;
    }

  g_clear_pointer (&self->batch, g_ptr_array_unref);
  self->batch = self->store->klass->take (self->store, MIN (action->max, 5));
  event.count = self->batch->len;
  event.first_mid = self->batch->len > 0 ? ((KamMutation *) g_ptr_array_index (self->batch, 0))->mid : 0;
  answer_later (self, event);
}

static void
stage (SimClient *self)
{
  self->n_staged += self->lines->len;
  self->store->klass->stage (self->store, self->lines);
  answer_later (self, (KamEvent) { .kind = KAM_EVENT_STAGED });
}

static void
commit_page (SimClient       *self,
             const KamAction *action)
{
  gboolean ranges = action->errand == KAM_ERRAND_RANGES;
  gboolean last = !ranges || action->all;
  const char *cursor = ranges ? (last ? self->verified : NULL) : self->footer.cursor;
  gboolean more = ranges || self->footer.more;
  gint64 head = ranges ? self->verified_head : self->footer.head;

  /* What is kept under a cursor is exactly the page that the cursor ends. */
  if (last != (cursor != NULL) || self->n_staged != self->n_lines || (ranges && last != (self->ranges->len == 0)))
    sim_violate (self->world, "device %u commits a page of %u lines with %u of them staged", self->index, self->n_lines, self->n_staged);

  self->n_staged = 0;
  self->store->klass->commit (self->store, ranges || cursor != NULL ? cursor : "", head, more);
  sim_note (self->world, self, "published", head, more);
  sim_watch_check (self);
  answer_later (self, (KamEvent) { .kind = KAM_EVENT_COMMITTED });
}

static void
settle (SimClient *self)
{
  self->store->klass->settle (self->store, self->results);
  sim_watch_check (self);
  answer_later (self, (KamEvent) { .kind = KAM_EVENT_SETTLED });
}

static void
discard (SimClient *self)
{
  self->n_staged = 0;
  self->store->klass->discard (self->store);
  answer_later (self, (KamEvent) { .kind = KAM_EVENT_DISCARDED });
}

static void
forget_stage (SimClient *self)
{
  self->n_staged = 0;
  self->store->klass->forget_stage (self->store);
  answer_later (self, (KamEvent) { .kind = KAM_EVENT_DISCARDED });
}

static void
digest (SimClient *self)
{
  g_clear_pointer (&self->digests, kam_digest_set_free);
  self->digests = self->store->klass->digests (self->store);
  answer_later (self, (KamEvent) { .kind = KAM_EVENT_DIGESTED });
}

static void
fork_client (SimClient *self,
             gboolean   all)
{
  g_autofree char *client_id = sim_world_make_id (self->world);

  self->store->klass->fork (self->store, all, client_id);
  answer_later (self, (KamEvent) { .kind = KAM_EVENT_FORKED });
}

/* Not while something waits that the server has no receipt for. */
static void
erase (SimClient *self)
{
  g_autoptr (GPtrArray) pending = self->store->klass->pending (self->store);
  g_autofree char *client_id = sim_world_make_id (self->world);
  guint n = 0;

  for (guint i = 0; i < pending->len; i++)
    n += ((SimPending *) g_ptr_array_index (pending, i))->state == SIM_PENDING_WAITING;

  if (n > self->n_handed)
    {
      answer_later (self, (KamEvent) { .kind = KAM_EVENT_ERASED, .more = TRUE });
      return;
    }

  sim_ledger_forget (self->world, self);
  self->store->klass->erase (self->store, client_id);
  self->signed_in = FALSE;
  g_ptr_array_set_size (self->watches, 0);
  answer_later (self, (KamEvent) { .kind = KAM_EVENT_ERASED });
}

static void
carry_out_rare (SimClient       *self,
                const KamAction *action)
{
  switch ((int) action->kind)
    {
    case KAM_ACTION_FORGET_STAGE: forget_stage (self); break;
    case KAM_ACTION_DIGEST: digest (self); break;
    case KAM_ACTION_FORK: fork_client (self, action->all); break;
    case KAM_ACTION_ERASE: erase (self); break;
    case KAM_ACTION_NOTE_DURABLE: self->store->klass->note_durable (self->store, action->durable); break;
    case KAM_ACTION_NOTE_CHECKED: break;
    default: g_error ("An action that nobody knows: %d", action->kind);
    }
}

static void
carry_out (SimClient       *self,
           const KamAction *action)
{
  sim_note (self->world, self, "action", action->kind, action->lane);

  switch (action->kind)
    {
    case KAM_ACTION_LOAD_STATE: load_state (self); break;
    case KAM_ACTION_TAKE_OUTBOX: take (self, action); break;
    case KAM_ACTION_SETTLE: settle (self); break;
    case KAM_ACTION_STAGE: stage (self); break;
    case KAM_ACTION_COMMIT_PAGE: commit_page (self, action); break;
    case KAM_ACTION_DISCARD_PAGE: discard (self); break;
    case KAM_ACTION_SEND: sim_network_send (self, action); break;
    case KAM_ACTION_READ_PAGE: sim_page_read (self); break;
    case KAM_ACTION_CANCEL: self->serials[action->lane]++; break;
    case KAM_ACTION_SET_TIMER: set_timer (self, action->lane, action->delay_us); break;
    case KAM_ACTION_CLEAR_TIMER: self->timers[action->lane]++; break;
    case KAM_ACTION_PUBLISH: self->status = action->status; break;
    default: carry_out_rare (self, action);
    }
}

void
sim_client_feed (SimClient *self,
                 KamEvent   event)
{
  g_autoptr (GArray) actions = g_array_new (FALSE, FALSE, sizeof (KamAction));

  sim_note (self->world, self, "event", event.kind, event.kind == KAM_EVENT_FAILED ? (gint64) event.status : (gint64) event.count);
  event.now_us = self->world->now_us;
  event.random = g_rand_int (self->world->rand);
  self->store->klass->set_time (self->store, sim_client_time (self));
  kam_engine_feed (self->engine, &event, actions);

  for (guint i = 0; i < actions->len; i++)
    carry_out (self, &g_array_index (actions, KamAction, i));
}

static void
start (SimClient *self)
{
  g_clear_pointer (&self->engine, kam_engine_free);
  self->engine = kam_engine_new ();
  self->life++;
  self->poke_since = -1;
  self->n_staged = 0;
  sim_client_feed (self, (KamEvent) { .kind = KAM_EVENT_START, .signed_in = self->signed_in, .server_id = SIM_SERVER_ID });
}

void
sim_client_replace (SimClient *self,
                    SimStore  *store)
{
  self->store->klass->free (self->store);
  self->store = store;
  start (self);
}

/* kill -9 and started again: the engine forgets everything, of the store remains what is on the disk. */
void
sim_client_crash (SimClient *self)
{
  sim_note (self->world, self, "crash", 0, 0);
  sim_client_replace (self, self->store->klass->copy (self->store));
}

void
sim_client_sign_in (SimClient *self)
{
  sim_note (self->world, self, "sign in", 0, 0);
  self->revoked = FALSE;
  self->signed_in = TRUE;
  self->store->klass->sign_in (self->store, self->person->id);
  sim_client_feed (self, (KamEvent) { .kind = KAM_EVENT_SIGNED_IN, .server_id = SIM_SERVER_ID });
}

SimClient *
sim_client_new (SimWorld        *world,
                const SimPerson *person,
                guint            device,
                SimStore        *store)
{
  SimClient *self = g_new0 (SimClient, 1);

  self->world = world;
  self->index = world->clients->len;
  self->person = person;
  self->device = device;
  self->store = store;
  self->signed_in = TRUE;
  self->watches = g_ptr_array_new_with_free_func ((GDestroyNotify) sim_watch_free);
  g_ptr_array_add (world->clients, self);
  start (self);

  return self;
}

void
sim_client_free (SimClient *self)
{
  self->store->klass->free (self->store);
  if (self->kept != NULL)
    self->kept->klass->free (self->kept);
  kam_engine_free (self->engine);
  g_clear_pointer (&self->reader, kam_page_reader_free);
  kam_line_clear (&self->footer);
  g_free (self->page);
  g_free (self->old_page);
  g_free (self->cursor);
  g_free (self->verified);
  g_clear_pointer (&self->digests, kam_digest_set_free);
  g_clear_pointer (&self->ranges, g_ptr_array_unref);
  g_clear_pointer (&self->handed_over, g_ptr_array_unref);
  g_clear_pointer (&self->batch, g_ptr_array_unref);
  g_clear_pointer (&self->results, g_ptr_array_unref);
  g_clear_pointer (&self->lines, g_ptr_array_unref);
  g_ptr_array_unref (self->watches);
  g_free (self);
}
