/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-sample-private.h"

#include "kam-rules.h"
#include "kam-time.h"

#include <stdlib.h>

/* Orders grow by this much over the two years where an account is growing, and by so much before the festivals. */
#define GROWTH_PERCENT 80
#define FESTIVAL_PERCENT 45

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

/* What they write: in the language of the place where the restaurant is named in it, mostly in English elsewhere. */
static void
set_summary (KamSampleLead *self,
             KamRow        *row,
             const char    *key)
{
  const char *language = chance (self, self->is_native ? 60 : 10) ? self->city->language : "en";
  const char *pattern = kam_sample_words_pick_in (self->world->words, key, language, &self->random);
  g_autofree char *summary = kam_sample_words_fill (self->world->words, pattern, &self->random);

  kam_row_set_text (row, KAM_INTERACTION_SUMMARY, summary);
}

/* The primary contact mostly, and nobody who may have left. */
static const char *
choose_contact (KamSampleLead *self)
{
  KamRow *chosen = g_ptr_array_index (self->contacts, kam_sample_random_below (&self->random, self->contacts->len));

  for (guint i = 0; i < self->contacts->len && (chance (self, 75) || !kam_row_is_null (chosen, KAM_CONTACT_LEFT_ON)); i++)
    {
      KamRow *contact = g_ptr_array_index (self->contacts, i);

      if (kam_row_int (contact, KAM_CONTACT_PRIMARY, 0) == 1)
        chosen = contact;
    }

  return kam_row_id (chosen);
}

static KamRow *
add_interaction (KamSampleLead *self,
                 const char    *kind,
                 const char    *state,
                 gint64         made_at)
{
  g_autofree char *id = kam_sample_random_id (&self->random, made_at);
  KamRow *row = kam_row_new (KAM_ENTITY_INTERACTION, id);

  kam_row_set_scope (row, kam_row_scope (self->lead));
  kam_row_set_text (row, KAM_INTERACTION_LEAD, kam_row_id (self->lead));
  kam_row_set_text (row, KAM_INTERACTION_KIND, kind);
  kam_row_set_text (row, KAM_INTERACTION_STATE, state);
  kam_row_set_text (row, KAM_INTERACTION_AUTHOR, kam_row_id (self->kam->row));
  kam_row_set_text (row, KAM_INTERACTION_ORIGIN, "person");
  g_ptr_array_add (self->interactions, row);

  return row;
}

static const char *
currency_of (const char *country)
{
  static const char *const currencies[][2] = { { "AE", "AED" }, { "SG", "SGD" }, { "GB", "GBP" }, { "NP", "NPR" } };

  for (guint i = 0; i < G_N_ELEMENTS (currencies); i++)
    {
      if (g_str_equal (currencies[i][0], country))
        return currencies[i][1];
    }

  return "INR";
}

/* Minor units; abroad the same goods cost about a twentieth as many units. */
static gint64
make_value (KamSampleLead *self,
            int            day)
{
  g_autofree char *date = kam_date_add_days (self->city->today, day);
  gint64 value = (gint64) self->order_size * between (self, 60, 145) / 100;
  int month = atoi (date + 5);

  if (self->rhythm == KAM_SAMPLE_GROWING)
    value += value * GROWTH_PERCENT * (day - KAM_SAMPLE_FIRST_DAY) / (100 * -KAM_SAMPLE_FIRST_DAY);

  if (month >= 10)
    value += value * FESTIVAL_PERCENT / 100;

  return g_str_equal (self->city->country, "IN") || g_str_equal (self->city->country, "NP") ? value / 10 * 1000 : MAX (value / 20, 40) * 100;
}

static void
add_order (KamSampleLead *self,
           int            day,
           gboolean       is_first)
{
  gint64 at = kam_sample_past_instant (self, day, between (self, 6 * 60, 21 * 60 + 59));
  g_autofree char *reference = g_strdup_printf ("SO-%06u", kam_sample_random_below (&self->random, 1000000));
  KamRow *row = add_interaction (self, "order", !is_first && chance (self, 3) ? "cancelled" : "done", at);

  kam_row_set_int (row, KAM_INTERACTION_STARTS_AT, at);
  kam_row_set_int (row, KAM_INTERACTION_ORDER_VALUE, make_value (self, day));
  kam_row_set_text (row, KAM_INTERACTION_CURRENCY, currency_of (self->city->country));
  kam_row_set_text (row, KAM_INTERACTION_ORDER_REFERENCE, reference);

  if (chance (self, 35))
    kam_row_set_text (row, KAM_INTERACTION_CONTACT, choose_contact (self));

  if (chance (self, 40))
    set_summary (self, row, "order");
}

static void
set_follow_up (KamSampleLead *self,
               KamRow        *row,
               int            day)
{
  int follow_day = day + between (self, 2, 14);
  g_autofree char *date = kam_date_add_days (self->city->today, follow_day);

  kam_row_set_text (row, KAM_INTERACTION_FOLLOW_UP_ON, date);
  kam_row_set_int (row, KAM_INTERACTION_FOLLOW_UP_DONE, follow_day < 0 && chance (self, 92) ? 1 : 0);
}

/* What a call or visit came to, in words. */
static void
add_outcome (KamSampleLead *self,
             KamRow        *row,
             gboolean       is_visit,
             gboolean       is_reached)
{
  static const char *const failures[] = { "no_answer", "no_answer", "no_answer", "no_answer", "no_answer", "refused", "wrong_number", "other" };
  const char *outcome = is_reached ? "reached" : is_visit ? "other" : failures[between (self, 0, G_N_ELEMENTS (failures) - 1)];

  kam_row_set_text (row, KAM_INTERACTION_OUTCOME, outcome);

  if (is_reached)
    {
      kam_row_set_int (row, KAM_INTERACTION_DURATION, is_visit ? between (self, 2, 12) * 10 : between (self, 1, 18));
      set_summary (self, row, is_visit ? "visit" : "reached");
    }
  else if (chance (self, 60))
    {
      set_summary (self, row, g_str_equal (outcome, "refused") || g_str_equal (outcome, "other") ? outcome : "attempt");
    }
}

static void
add_contact_on (KamSampleLead *self,
                int            day,
                gboolean       is_reached)
{
  gboolean is_visit = chance (self, 20);
  gboolean is_early = chance (self, 55); /* nobody has time between noon and three */
  int minute = is_early ? between (self, 9 * 60 + 30, 12 * 60 + 15) : between (self, 15 * 60, 18 * 60 + 30);
  gint64 at = kam_sample_past_instant (self, day, minute);
  KamRow *row = add_interaction (self, is_visit ? "visit" : "call", "done", at);

  kam_row_set_int (row, KAM_INTERACTION_STARTS_AT, at);
  kam_row_set_text (row, KAM_INTERACTION_CONTACT, choose_contact (self));
  add_outcome (self, row, is_visit, is_reached);

  if (is_reached && chance (self, 14))
    set_follow_up (self, row, day);
}

/* A call or visit that a person put on a day, on the restaurant's clock. */
static void
add_dated (KamSampleLead *self,
           int            day,
           const char    *state)
{
  gboolean is_visit = chance (self, 35);
  g_autofree char *date = kam_date_add_days (self->city->today, day);
  gint64 made_at = kam_sample_past_instant (self, MIN (day, 0) - between (self, 1, 6), between (self, 10 * 60, 17 * 60));
  KamRow *row = add_interaction (self, is_visit ? "visit" : "call", state, MAX (made_at, self->created_at));

  kam_row_set_text (row, KAM_INTERACTION_LOCAL_DATE, date);
  kam_row_set_text (row, KAM_INTERACTION_TIME_ZONE, self->city->zone);
  kam_row_set_text (row, KAM_INTERACTION_DATED_BY, "person");
  kam_row_set_text (row, KAM_INTERACTION_CONTACT, choose_contact (self));
  set_summary (self, row, "plan");

  if (chance (self, 70))
    {
      g_autofree char *time = g_strdup_printf ("%02d:%02d", between (self, 10, 17), between (self, 0, 3) * 15);
      gint64 at = 0;

      if (!kam_local_to_instant (date, time, self->city->zone, &at, NULL))
        g_return_if_reached ();

      kam_row_set_text (row, KAM_INTERACTION_LOCAL_TIME, time);
      kam_row_set_int (row, KAM_INTERACTION_STARTS_AT, at);
    }
}

/* The day after which nobody calls any more. */
static int
last_contact_day (KamSampleLead *self)
{
  int last_order = self->order_days->len > 0 ? g_array_index (self->order_days, int, self->order_days->len - 1) : self->first_day;

  if (self->rhythm == KAM_SAMPLE_GONE)
    return MIN (last_order + between (self, 10, 60), -30);

  return self->rhythm == KAM_SAMPLE_LAPSED ? MIN (last_order + between (self, 30, 120), 0) : 0;
}

static void
add_contacts_over_time (KamSampleLead *self,
                        int            n)
{
  int last_day = MAX (last_contact_day (self), self->first_day);
  int span = last_day - self->first_day;
  gboolean can_reach = self->rhythm != KAM_SAMPLE_TRIED;

  for (int i = 0; i < n; i++)
    {
      int day = self->first_day + (int) ((gint64) span * i / MAX (n - 1, 1));

      if (i > 0)
        day = CLAMP (day - between (self, 0, MAX (span / n, 1)) + between (self, 0, MAX (span / n / 2, 0)), self->first_day, last_day);

      if (i > 0 && chance (self, 5))
        add_dated (self, MIN (day, -1), "missed");
      else
        add_contact_on (self, day, can_reach && (i == 0 || chance (self, 72)));
    }
}

/**
 * kam_sample_make_timeline:
 *
 * As many interactions as were asked for: the orders of the rhythm, calls and visits around them, and for some a plan.
 */
void
kam_sample_make_timeline (KamSampleLead *self)
{
  int n_orders = (int) self->order_days->len;
  int left = self->n_rows - n_orders;
  gboolean is_gone = self->rhythm == KAM_SAMPLE_GONE;
  gboolean has_plan = left >= 2 && chance (self, is_gone ? 40 : 35);

  add_contacts_over_time (self, left - (has_plan ? 1 : 0));

  for (int i = 0; i < n_orders; i++)
    add_order (self, g_array_index (self->order_days, int, i), i == 0);

  if (has_plan)
    add_dated (self, between (self, 1, 21), "planned");
}
