/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-sample-private.h"

#include "kam-rules.h"
#include "kam-time.h"

/* Where the interactions have led so far. */
typedef struct
{
  KamSampleLead *lead;
  KamLeadFacts   facts;
  gint64         handed_over_at; /* 0: not, or done */
} History;

static int
compare_rows (gconstpointer a,
              gconstpointer b)
{
  KamRow *left = *(KamRow *const *) a;
  KamRow *right = *(KamRow *const *) b;
  gint64 left_at = kam_row_int (left, KAM_INTERACTION_STARTS_AT, G_MAXINT64);
  gint64 right_at = kam_row_int (right, KAM_INTERACTION_STARTS_AT, G_MAXINT64);

  if (left_at != right_at)
    return left_at < right_at ? -1 : 1;

  return g_strcmp0 (kam_row_id (left), kam_row_id (right)); /* qsort keeps no order among equals */
}

static const char *
owner_of (History *self)
{
  return kam_row_text (self->lead->lead, KAM_LEAD_KAM);
}

/* before is NULL for the lead as it was made */
static void
add_events (History    *self,
            KamRow     *before,
            const char *cause_id,
            const char *author_id,
            gint64      at)
{
  g_autoptr (GPtrArray) events = kam_rules_lead_events (before, self->lead->lead, cause_id, author_id, at);

  for (guint i = 0; i < events->len; i++)
    g_ptr_array_add (self->lead->events, kam_row_ref (g_ptr_array_index (events, i)));
}

static void
follow_facts (History    *self,
              const char *cause_id,
              const char *author_id,
              gint64      at)
{
  KamRow *lead = self->lead->lead;
  const char *status = kam_rules_lead_status (&self->facts);
  g_autoptr (KamRow) before = NULL;

  if (kam_row_is (lead, KAM_LEAD_STATUS, status))
    return;

  before = kam_row_copy (lead);
  kam_row_set_text (lead, KAM_LEAD_STATUS, status);
  add_events (self, before, cause_id, author_id, at);
}

/* The first owner gives the lead to the one who has it now; their manager decided that. */
static void
hand_over (History *self)
{
  KamSampleLead *lead = self->lead;
  g_autoptr (KamRow) before = kam_row_copy (lead->lead);
  g_autofree char *cause_id = kam_sample_random_id (&lead->random, self->handed_over_at);

  kam_row_set_text (lead->lead, KAM_LEAD_KAM, kam_row_id (lead->kam->row));
  kam_row_set_int (lead->lead, KAM_LEAD_ALLOCATED_AT, self->handed_over_at);
  add_events (self, before, cause_id, kam_row_text (lead->kam->row, KAM_USER_MANAGER), self->handed_over_at);
  self->handed_over_at = 0;
}

static void
follow_interaction (History *self,
                    KamRow  *row)
{
  gint64 at = kam_row_int (row, KAM_INTERACTION_STARTS_AT, G_MAXINT64);

  if (self->handed_over_at != 0 && at >= self->handed_over_at)
    hand_over (self);

  kam_row_set_text (row, KAM_INTERACTION_AUTHOR, owner_of (self));
  self->facts.has_reached = self->facts.has_reached || kam_rules_is_reached (row);
  self->facts.has_order = self->facts.has_order || kam_rules_is_confirmed_order (row);
  follow_facts (self, kam_row_id (row), owner_of (self), at);
}

/* Somebody gave up on the lead, after everything that happened. */
static void
give_up (History *self)
{
  KamSampleLead *lead = self->lead;
  gint64 at = lead->created_at;
  g_autofree char *cause_id = NULL;

  for (guint i = 0; i < lead->interactions->len; i++)
    {
      KamRow *row = g_ptr_array_index (lead->interactions, i);

      if (!kam_row_is (row, KAM_INTERACTION_STATE, "planned"))
        at = MAX (at, kam_row_int (row, KAM_INTERACTION_STARTS_AT, 0));
    }

  at = MIN (at + kam_sample_random_between (&lead->random, 3, 25) * KAM_US_PER_DAY, lead->world->options->now_us - KAM_US_PER_DAY);
  cause_id = kam_sample_random_id (&lead->random, at);
  self->facts.inactive = TRUE;
  kam_row_set_text (lead->lead, KAM_LEAD_STATUS_REASON, kam_sample_words_pick (lead->world->words, "inactive.reason", &lead->random));
  follow_facts (self, cause_id, owner_of (self), at);

  for (guint i = 0; i < lead->interactions->len; i++)
    kam_rules_settle_interaction (g_ptr_array_index (lead->interactions, i), TRUE);
}

/**
 * kam_sample_make_history:
 *
 * Goes through the interactions as they happened, and lets the rules say what became of the lead.
 */
void
kam_sample_make_history (KamSampleLead *self)
{
  const KamSamplePerson *first = self->previous != NULL ? self->previous : self->kam;
  History history = { .lead = self };

  g_ptr_array_sort (self->interactions, compare_rows);
  kam_row_set_text (self->lead, KAM_LEAD_KAM, kam_row_id (first->row));
  kam_row_set_int (self->lead, KAM_LEAD_ALLOCATED_AT, self->created_at);
  kam_row_set_text (self->lead, KAM_LEAD_STATUS, kam_rules_lead_status (&history.facts));
  add_events (&history, NULL, kam_row_id (self->lead), kam_row_id (first->row), self->created_at);

  if (self->previous != NULL)
    history.handed_over_at = kam_sample_past_instant (self, kam_sample_random_between (&self->random, self->first_day + 7, -20), 11 * 60);

  for (guint i = 0; i < self->interactions->len; i++)
    follow_interaction (&history, g_ptr_array_index (self->interactions, i));

  if (history.handed_over_at != 0)
    hand_over (&history);

  if (self->rhythm == KAM_SAMPLE_GONE)
    give_up (&history);
}
