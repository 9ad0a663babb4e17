/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-sample.h"

#include "kam-error.h"
#include "kam-sample-private.h"

#define DEFAULT_ROWS_PER_LEAD 10

static void
world_clear (KamSampleWorld *self)
{
  g_clear_pointer (&self->words, kam_sample_words_free);
  g_clear_pointer (&self->people, g_ptr_array_unref);
  g_clear_pointer (&self->kams, g_ptr_array_unref);
  g_free (self->chain.id);
  g_free (self->chain.name);
}

static void
lead_clear (KamSampleLead *self)
{
  g_clear_pointer (&self->order_days, g_array_unref);
  g_clear_pointer (&self->lead, kam_row_unref);
  g_clear_pointer (&self->contacts, g_ptr_array_unref);
  g_clear_pointer (&self->interactions, g_ptr_array_unref);
  g_clear_pointer (&self->events, g_ptr_array_unref);
  g_free (self->site);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (KamSampleWorld, world_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (KamSampleLead, lead_clear)

static gboolean
give_rows (GPtrArray    *rows,
           guint         leads_done,
           KamSampleFunc func,
           gpointer      user_data,
           GError      **error)
{
  for (guint i = 0; i < rows->len; i++)
    {
      if (!func (g_ptr_array_index (rows, i), leads_done, user_data, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
give_lead (KamSampleWorld *world,
           guint           index,
           KamSampleBlock *block,
           KamSampleFunc   func,
           gpointer        user_data,
           GError        **error)
{
  g_auto (KamSampleLead) lead = {
    .world = world,
    .rhythm = block->rhythm[index % KAM_SAMPLE_BLOCK],
    .n_rows = block->n_rows[index % KAM_SAMPLE_BLOCK],
    .contacts = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_row_unref),
    .interactions = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_row_unref),
    .events = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_row_unref),
  };

  kam_sample_random_init (&lead.random, world->options->seed, index);
  kam_sample_make_lead (&lead, index);
  kam_sample_make_contacts (&lead);
  kam_sample_make_timeline (&lead);
  kam_sample_make_history (&lead);

  return func (lead.lead, index, user_data, error) && give_rows (lead.events, index, func, user_data, error) &&
         give_rows (lead.contacts, index, func, user_data, error) && give_rows (lead.interactions, index + 1, func, user_data, error);
}

/**
 * kam_sample_generate:
 * @options: how much of it
 * @func: (scope call): is given each row
 * @error: (nullable): what @func or the reading of the word lists said
 *
 * Makes people, leads and two years of their history, one lead at a time: memory does not grow with the number of leads. Needs no network, no clock
 * and no global state; callable from any thread.
 */
gboolean
kam_sample_generate (const KamSampleOptions *options,
                     KamSampleFunc           func,
                     gpointer                user_data,
                     GError                **error)
{
  g_auto (KamSampleWorld) world = { .options = options };
  guint rows_per_lead = options->interactions_per_lead > 0 ? options->interactions_per_lead : DEFAULT_ROWS_PER_LEAD;
  KamSampleBlock block;

  if (options->kams == 0)
    {
      g_set_error_literal (error, KAM_ERROR, KAM_ERROR_INVALID_VALUE, "Sample data need at least one key account manager");
      return FALSE;
    }

  world.words = kam_sample_words_new (options->now_us, error);
  world.people = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_row_unref);
  world.kams = g_ptr_array_new_with_free_func (kam_sample_person_free);

  if (world.words == NULL)
    return FALSE;

  kam_sample_make_people (&world);

  if (!give_rows (world.people, 0, func, user_data, error))
    return FALSE;

  for (guint i = 0; i < options->leads; i++)
    {
      if (i % KAM_SAMPLE_BLOCK == 0)
        kam_sample_block_init (&block, options->seed, i / KAM_SAMPLE_BLOCK, MIN (options->leads - i, KAM_SAMPLE_BLOCK), rows_per_lead);

      if (!give_lead (&world, i, &block, func, user_data, error))
        return FALSE;
    }

  return TRUE;
}
