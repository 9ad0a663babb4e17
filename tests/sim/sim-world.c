/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sim-ledger.h"

#include <string.h>

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

/* A run has some ten thousand. */
#define HAPPENINGS_MOST 500000

#define REPLICA_STEP_US (20 * (gint64) G_USEC_PER_SEC)

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

guint
sim_world_draw (SimWorld *self,
                guint     n)
{
  return (guint) g_rand_int_range (self->rand, 0, (gint32) n);
}

gboolean
sim_world_happens (SimWorld *self,
                   double    chance)
{
  double drawn = g_rand_double (self->rand);

  return !self->calm && drawn < chance * self->options.noise;
}

gboolean
sim_world_tosses (SimWorld *self,
                  double    chance)
{
  return g_rand_double (self->rand) < chance;
}

gint64
sim_world_time (SimWorld *self)
{
  return SIM_EPOCH_US + self->now_us;
}

char *
sim_world_make_id (SimWorld *self)
{
  guint8 random[10];

  for (guint i = 0; i < sizeof random; i++)
    random[i] = (guint8) g_rand_int (self->rand);

  return kam_id_new_from (sim_world_time (self), random);
}

void
sim_note (SimWorld        *self,
          const SimClient *client,
          const char      *what,
          gint64           a,
          gint64           b)
{
  gint64 words[] = { self->now_us, client != NULL ? (gint64) client->index : -1, (gint64) g_str_hash (what), a, b };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    self->hash = (self->hash ^ (guint64) words[i]) * G_GUINT64_CONSTANT (0x100000001b3) + (self->hash >> 29);

  if (self->options.trace)
    g_printerr ("%12.6f %2d %s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", (double) self->now_us / G_USEC_PER_SEC, client != NULL ? (int) client->index : -1,
                what, a, b);
}

void
sim_violate (SimWorld   *self,
             const char *format,
             ...)
{
  va_list args;
  g_autofree char *text = NULL;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);

  if (self->options.trace)
    g_printerr ("%12.6f VIOLATION %s\n", (double) self->now_us / G_USEC_PER_SEC, text);

  g_ptr_array_add (self->violations, g_strdup_printf ("seed %u: %s", self->options.seed, text));
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

/* A device that sleeps gets to it when it wakes. */
static gboolean
is_put_off (SimWorld      *self,
            GSequenceIter *iter,
            Happening     *happening)
{
  if (happening->client == NULL || happening->client->asleep_until_us <= self->now_us)
    return FALSE;

  happening->at_us = happening->client->asleep_until_us;
  happening->serial = self->serial++;
  g_sequence_sort_changed (iter, compare, NULL);

  return TRUE;
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

      if (is_put_off (self, first, happening))
        continue;

      happening->func (self, happening->client, happening->data);
      g_sequence_remove (first);

      if (++self->n_happened > HAPPENINGS_MOST)
        {
          sim_violate (self, "there is no end to it");
          g_sequence_remove_range (g_sequence_get_begin_iter (self->queue), g_sequence_get_end_iter (self->queue));
        }
    }

  self->now_us = MAX (self->now_us, until_us);
}

static void
follow (SimWorld  *world,
        SimClient *client,
        gpointer   data)
{
  sim_db_free (world->replica);
  world->replica = sim_db_copy (world->db);

  if (!world->calm)
    sim_world_later (world, sim_world_between (world, 0, REPLICA_STEP_US), NULL, follow, NULL, NULL);
}

static void
hire (SimWorld *self)
{
  static const char *const names[] = { "A", "B", "M", "N" };

  for (guint i = 0; i < SIM_N_PEOPLE; i++)
    {
      SimPerson *person = &self->people[i];

      person->id = g_strdup_printf ("019a0000-0000-7000-8000-00000000010%u", i);
      person->name = names[i];
      person->role = i < SIM_MANAGER_M ? "kam" : "manager";
      person->leads = kam_scope_of_leads (person->id);
      person->personal = kam_scope_personal (person->id);
    }
}

static void
equip (SimWorld *self)
{
  static const guint devices[][2] = { { SIM_KAM_A, 1 }, { SIM_KAM_A, 2 }, { SIM_KAM_B, 1 }, { SIM_MANAGER_M, 1 }, { SIM_MANAGER_N, 1 }, { SIM_KAM_B, 2 } };
  guint n = self->options.seed % 3 == 0 ? 6 : self->options.seed % 3 == 1 ? 5 : 4;

  for (guint i = 0; i < n; i++)
    {
      const SimPerson *person = &self->people[devices[i][0]];
      g_autofree char *client_id = sim_world_make_id (self);
      SimStore *store = self->options.real ? sim_store_new_real (client_id, person->id) : sim_store_new_model (client_id, person->id);

      sim_client_new (self, person, devices[i][0] * 10 + devices[i][1], store);
    }
}

SimWorld *
sim_world_new (const SimOptions *options)
{
  SimWorld *self = g_new0 (SimWorld, 1);

  self->options = *options;
  self->rand = g_rand_new_with_seed (options->seed);
  self->queue = g_sequence_new (happening_free);
  self->db = sim_db_new (SIM_SERVER_ID);
  self->replica = sim_db_copy (self->db);
  self->locks = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->txns = g_ptr_array_new ();
  self->server_up = TRUE;
  self->clients = g_ptr_array_new_with_free_func ((GDestroyNotify) sim_client_free);
  self->refs = g_array_new (FALSE, FALSE, sizeof (SimRef));
  self->ledger = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) sim_saved_free);
  self->violations = g_ptr_array_new_with_free_func (g_free);
  hire (self);
  sim_server_set_up (self);
  follow (self, NULL, NULL);
  equip (self);

  return self;
}

void
sim_world_free (SimWorld *self)
{
  g_sequence_free (self->queue);
  g_ptr_array_unref (self->clients);
  sim_db_free (self->db);
  sim_db_free (self->replica);
  g_clear_pointer (&self->backup, sim_db_free);
  g_clear_pointer (&self->stranger, sim_db_free);
  g_hash_table_unref (self->locks);
  g_ptr_array_unref (self->txns);
  g_array_unref (self->refs);
  g_hash_table_unref (self->ledger);
  g_ptr_array_unref (self->violations);
  g_rand_free (self->rand);

  for (guint i = 0; i < SIM_N_PEOPLE; i++)
    {
      g_free (self->people[i].id);
      g_free (self->people[i].leads);
      g_free (self->people[i].personal);
    }

  g_free (self);
}

void
sim_world_calm (SimWorld *self)
{
  self->calm = TRUE;
  self->server_up = TRUE;
  g_clear_pointer (&self->stranger, sim_db_free);
  sim_note (self, NULL, "calm", 0, 0);

  for (guint i = 0; i < self->clients->len; i++)
    {
      SimClient *client = g_ptr_array_index (self->clients, i);

      client->asleep_until_us = 0;

      /* Somebody in the server's place refused its token, just before that was itself again: its person signs in once more. */
      if (client->signed_in && !client->revoked && client->status.state == KAM_ENGINE_SIGNED_OUT)
        sim_client_sign_in (client);

      /* With half of the seeds nobody tells the devices: they go on by themselves. */
      if (self->options.seed % 2 == 0)
        {
          sim_client_feed (client, (KamEvent) { .kind = KAM_EVENT_NETWORK, .available = FALSE });
          sim_client_feed (client, (KamEvent) { .kind = KAM_EVENT_NETWORK, .available = TRUE });
        }
    }
}
