/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-sample-private.h"

#include "kam-text.h"
#include "kam-time.h"

#include <stdlib.h>
#include <string.h>

#define ALL_DAYS 127
#define MONDAY 1
#define SUNDAY 64
#define US_PER_MINUTE (60 * G_GINT64_CONSTANT (1000000))

static gboolean
chance (KamSampleLead *self,
        guint          percent)
{
  return kam_sample_random_chance (&self->random, percent);
}

static int
between (KamSampleLead *self,
         int            least,
         int            most)
{
  return kam_sample_random_between (&self->random, least, most);
}

static const char *
pick (KamSampleLead *self,
      const char    *key)
{
  return kam_sample_words_pick (self->world->words, key, &self->random);
}

static char *
fill (KamSampleLead *self,
      const char    *pattern)
{
  return kam_sample_words_fill (self->world->words, pattern, &self->random);
}

/**
 * kam_sample_past_instant:
 * @day: from today on the city's clock; 0 or negative
 * @minute: of the day
 *
 * Returns: µs since 1970 UTC; what would lie in the future is some minutes before now instead
 */
gint64
kam_sample_past_instant (KamSampleLead *self,
                         int            day,
                         int            minute)
{
  gint64 now = self->world->options->now_us;
  g_autofree char *date = kam_date_add_days (self->city->today, day);
  g_autofree char *time = g_strdup_printf ("%02d:%02d", minute / 60, minute % 60);
  gint64 us = now;

  if (!kam_local_to_instant (date, time, self->city->zone, &us, NULL))
    g_return_val_if_reached (now);

  return us < now ? us : now - between (self, 1, 90) * US_PER_MINUTE;
}

static guint
choose_city (KamSampleLead *self)
{
  KamSampleWords *words = self->world->words;
  const KamSampleCity *home = kam_sample_words_city (words, self->kam->city);

  if (!g_str_equal (home->country, "IN"))
    return chance (self, 40) ? self->kam->city : kam_sample_words_pick_city (words, "IN", &self->random);

  if (chance (self, 3))
    return kam_sample_words_pick_city (words, NULL, &self->random);

  return chance (self, 75) ? self->kam->city : kam_sample_words_pick_city (words, "IN", &self->random);
}

static char *
make_name (KamSampleLead *self)
{
  static const char *const patterns[] = {
    "{first} {second}", "{first} {second}", "{first} {second} {third}", "{surname} {second}",
    "{given}'s {second}", "{surname}'s {first} {second}", "Hotel {first} {third}",
  };
  char *name = NULL;

  if (chance (self, 7))
    name = g_strdup (kam_sample_words_pick_in (self->world->words, "native", self->city->language, &self->random));

  self->is_native = name != NULL;

  if (self->is_native)
    return name;

  if (chance (self, 3))
    return fill (self, pick (self, "fancy"));

  if (chance (self, 15))
    return fill (self, pick (self, "surname.pattern"));

  return fill (self, patterns[between (self, 0, G_N_ELEMENTS (patterns) - 1)]);
}

/* The first lead of a chain is the chain itself; its outlets come right after it, named by where they are. */
static char *
make_chain_name (KamSampleLead *self,
                 const char    *locality)
{
  KamSampleChain *chain = &self->world->chain;
  g_autofree char *name = NULL;

  if (chain->outlets_left > 0)
    {
      chain->outlets_left--;
      kam_row_set_text (self->lead, KAM_LEAD_PARENT, chain->id);

      return g_strdup_printf ("%s, %s", chain->name, locality);
    }

  name = make_name (self);

  if (chance (self, 3))
    {
      g_free (chain->name);
      g_free (chain->id);
      chain->name = g_strdup (name);
      chain->id = g_strdup (kam_row_id (self->lead));
      chain->kam = self->kam;
      chain->outlets_left = (guint) between (self, 2, 6);

      return g_steal_pointer (&name);
    }

  /* Of the few native names there are many; people tell them apart by where they are. */
  return chance (self, self->is_native ? 75 : 12) ? g_strdup_printf ("%s, %s", name, locality) : g_steal_pointer (&name);
}

/* A label of a domain name under .example, which nobody can register (RFC 2606). */
static char *
make_site (KamSampleLead *self,
           const char    *name,
           guint          index)
{
  g_autofree char *folded = kam_text_fold (name);
  g_autoptr (GString) site = g_string_new (NULL);

  for (const char *c = folded; *c != '\0' && site->len < 40; c++)
    {
      if (g_ascii_isalnum (*c))
        g_string_append_c (site, *c);
      else if (*c == ' ' && site->len > 0 && site->str[site->len - 1] != '-')
        g_string_append_c (site, '-');
    }

  while (site->len > 0 && site->str[site->len - 1] == '-')
    g_string_truncate (site, site->len - 1);

  if (site->len < 3)
    g_string_printf (site, "kitchen%u", index + 1);

  return g_string_free (g_steal_pointer (&site), FALSE);
}

static void
set_place (KamSampleLead *self,
           const char    *locality)
{
  g_autofree char *building = g_strdup (pick (self, "building"));
  g_autofree char *numbered = fill (self, building);
  g_autofree char *postcode = kam_sample_fill_signs (self->city->postcode, &self->random);
  g_autofree char *phone = kam_sample_phone (self->city, chance (self, 60), &self->random);
  const char *street = pick (self, self->city->streets);
  const char *landmark = pick (self, "landmark");
  g_autofree char *address = chance (self, 25) ? g_strdup_printf ("%s, %s\n%s, %s", numbered, street, landmark, locality)
                                               : g_strdup_printf ("%s, %s\n%s", numbered, street, locality);

  kam_row_set_text (self->lead, KAM_LEAD_ADDRESS, address);
  kam_row_set_text (self->lead, KAM_LEAD_CITY, self->city->name);
  kam_row_set_text (self->lead, KAM_LEAD_STATE, self->city->state);
  kam_row_set_text (self->lead, KAM_LEAD_COUNTRY, self->city->country);
  kam_row_set_text (self->lead, KAM_LEAD_POSTCODE, *postcode != '\0' ? postcode : NULL);
  kam_row_set_text (self->lead, KAM_LEAD_TIME_ZONE, self->city->zone);

  if (chance (self, 92))
    kam_row_set_text (self->lead, KAM_LEAD_PHONE, phone);

  if (chance (self, 60))
    {
      g_autofree char *email = g_strdup_printf ("orders@%s.example", self->site);

      kam_row_set_text (self->lead, KAM_LEAD_EMAIL, email);
    }
}

/* The tier follows from what they order, and what they order from the tier. */
static void
set_importance (KamSampleLead *self)
{
  static const struct
  {
    const char *tier;
    int         least; /* rupees an order */
    int         most;
  } tiers[] = { { "a", 30000, 90000 }, { "b", 10000, 30000 }, { "c", 2000, 10000 } };
  int dice = between (self, 0, 99);
  guint tier = dice < 15 ? 0 : dice < 50 ? 1 : 2;

  self->order_size = between (self, tiers[tier].least, tiers[tier].most);

  if (self->rhythm != KAM_SAMPLE_UNTOUCHED || chance (self, 50))
    kam_row_set_text (self->lead, KAM_LEAD_TIER, tiers[tier].tier);

  if (chance (self, 25))
    {
      static const int intervals[] = { 7, 7, 10, 14, 30 };

      kam_row_set_int (self->lead, KAM_LEAD_CALL_INTERVAL, intervals[between (self, 0, G_N_ELEMENTS (intervals) - 1)]);
    }

  if (chance (self, 40))
    {
      static const char *const times[] = { "10:30", "11:00", "11:30", "15:00", "15:30", "16:00", "17:15" };

      kam_row_set_text (self->lead, KAM_LEAD_CALL_TIME, times[between (self, 0, G_N_ELEMENTS (times) - 1)]);
    }

  if (chance (self, 60))
    kam_row_set_int (self->lead, KAM_LEAD_OPEN_DAYS, ALL_DAYS - (chance (self, 30) ? MONDAY : chance (self, 40) ? SUNDAY : 0));
}

static void
set_tags_and_notes (KamSampleLead *self)
{
  const char *tags[4] = { NULL };
  int n_tags = MAX (between (self, -1, 3), 0);
  g_autofree char *joined = NULL;

  for (int i = 0; i < n_tags; i++)
    tags[i] = pick (self, "tag");

  joined = kam_tags_join (tags);
  kam_row_set_text (self->lead, KAM_LEAD_TAGS, joined);

  if (chance (self, 30))
    {
      const char *language = self->is_native || chance (self, 25) ? self->city->language : "en";
      g_autofree char *first = fill (self, kam_sample_words_pick_in (self->world->words, "note", language, &self->random));
      g_autofree char *second = fill (self, kam_sample_words_pick_in (self->world->words, "note", "en", &self->random));
      g_autofree char *both = chance (self, 30) && !g_str_equal (first, second) ? g_strdup_printf ("%s\n%s", first, second) : g_strdup (first);

      kam_row_set_text (self->lead, KAM_LEAD_NOTES, both);
    }
}

/* When everything began, from the rhythm. */
static void
set_beginning (KamSampleLead *self)
{
  int first_order;

  self->order_days = kam_sample_rhythm_order_days (self->rhythm, self->n_rows, self->city->today, &self->random);
  first_order = self->order_days->len > 0 ? g_array_index (self->order_days, int, 0) : 0;

  if (self->order_days->len > 0)
    self->first_day = MAX (first_order - between (self, 3, 20), KAM_SAMPLE_FIRST_DAY);
  else if (self->rhythm == KAM_SAMPLE_GONE)
    self->first_day = -between (self, 200, 600);
  else if (self->rhythm == KAM_SAMPLE_TRIED || self->rhythm == KAM_SAMPLE_UNTOUCHED)
    self->first_day = -between (self, 2, 40);
  else
    self->first_day = -between (self, 10, 240);

  self->created_at = kam_sample_past_instant (self, self->first_day - between (self, 1, 4), between (self, 9 * 60, 17 * 60));
}

/**
 * kam_sample_make_lead:
 * @self: with its world, randomness, rhythm and number of interactions set
 * @index: which of all leads it is
 *
 * The lead's row, but for what follows from its history.
 */
void
kam_sample_make_lead (KamSampleLead *self,
                      guint          index)
{
  KamSampleWorld *world = self->world;
  g_autofree char *locality = NULL;
  g_autofree char *name = NULL;
  g_autofree char *id = NULL;

  self->kam = world->chain.outlets_left > 0 ? world->chain.kam : g_ptr_array_index (world->kams, index % world->kams->len);
  self->city = kam_sample_words_city (world->words, choose_city (self));
  set_beginning (self);

  id = kam_sample_random_id (&self->random, self->created_at);
  self->lead = kam_row_new (KAM_ENTITY_LEAD, id);
  locality = g_strdup (self->city->localities[between (self, 0, (int) g_strv_length (self->city->localities) - 1)]);
  name = make_chain_name (self, locality);
  self->site = make_site (self, name, index);

  kam_row_set_scope (self->lead, self->kam->scope);
  kam_row_set_text (self->lead, KAM_LEAD_NAME, name);
  set_place (self, locality);
  set_importance (self);
  set_tags_and_notes (self);

  if (world->kams->len > 1 && self->first_day < -60 && chance (self, 5))
    {
      guint other = kam_sample_random_below (&self->random, world->kams->len);

      self->previous = g_ptr_array_index (world->kams, other) != self->kam ? g_ptr_array_index (world->kams, other) : NULL;
    }
}
