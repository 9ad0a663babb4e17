/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sim-store-model.h"

#include <string.h>

/* The simple store's side of a pull: pages are set aside as they come, and laid over the rows together. */

static void
line_unref (gpointer line)
{
  g_rc_box_release_full (line, (GDestroyNotify) kam_line_clear);
}

static KamLine *
line_copy (const KamLine *line)
{
  KamLine *copy = g_rc_box_new0 (KamLine);

  copy->kind = line->kind;
  copy->entity = line->entity;
  copy->rev = line->rev;
  copy->moved = line->moved;
  copy->scope = g_strdup (line->scope);
  copy->id = g_strdup (line->id);
  copy->range = g_strdup (line->range);
  copy->row = line->row != NULL ? kam_row_ref (line->row) : NULL;

  return copy;
}

GPtrArray *
sim_model_new_piece (void)
{
  return g_ptr_array_new_with_free_func (line_unref);
}

void
sim_model_stage (SimStore  *store,
                 GPtrArray *lines)
{
  for (guint i = 0; i < lines->len; i++)
    g_ptr_array_add (((SimModel *) store)->piece, line_copy (g_ptr_array_index (lines, i)));
}

typedef gboolean (*GoesFunc) (const KamLine *line,
                              const KamRow  *row);

/* Of this scope, and not newer than the eviction. */
static gboolean
is_evicted (const KamLine *line,
            const KamRow  *row)
{
  gboolean is_it = strcmp (kam_row_id (row), line->id) == 0;
  gboolean belongs = line->entity == KAM_ENTITY_LEAD && g_strcmp0 (kam_row_lead_id (row), line->id) == 0;

  return (is_it || belongs) && kam_row_rev (row) <= line->rev && g_strcmp0 (kam_row_scope (row), line->scope) == 0;
}

static gboolean
is_dropped (const KamLine *line,
            const KamRow  *row)
{
  return g_strcmp0 (kam_row_scope (row), line->scope) == 0;
}

static gboolean
is_in_range (const KamLine *line,
             const KamRow  *row)
{
  return kam_row_kind (row) == line->entity && kam_range_has_id (line->range, kam_row_id (row));
}

static void
take_away (SimModel      *self,
           const KamLine *line,
           GoesFunc       goes)
{
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    {
      if (goes (line, row))
        g_hash_table_iter_remove (&iter);
    }
}

static void
put_row (SimModel *self,
         KamRow   *row)
{
  KamRow *old = g_hash_table_lookup (self->rows, kam_row_id (row));

  if (old == NULL || kam_row_rev (old) <= kam_row_rev (row))
    g_hash_table_insert (self->rows, g_strdup (kam_row_id (row)), kam_row_ref (row));
}

static void
apply_page (SimModel  *self,
            GPtrArray *page)
{
  for (guint i = 0; i < page->len; i++)
    {
      const KamLine *line = g_ptr_array_index (page, i);

      if (line->kind == KAM_LINE_DROP)
        take_away (self, line, is_dropped);
      else if (line->kind == KAM_LINE_EVICT)
        take_away (self, line, is_evicted);
    }

  for (guint i = 0; i < page->len; i++)
    {
      const KamLine *line = g_ptr_array_index (page, i);

      if (line->kind == KAM_LINE_RANGE)
        take_away (self, line, is_in_range);
      else if (line->kind == KAM_LINE_ROW)
        put_row (self, line->row);
    }
}

void
sim_model_commit (SimStore   *store,
                  const char *cursor,
                  gint64      head,
                  gboolean    more)
{
  SimModel *self = (SimModel *) store;

  g_ptr_array_add (self->pages, g_steal_pointer (&self->piece));
  self->piece = sim_model_new_piece ();
  g_free (self->staged);
  self->staged = g_strdup (cursor);

  if (more)
    return;

  for (guint i = 0; i < self->pages->len; i++)
    apply_page (self, g_ptr_array_index (self->pages, i));

  g_ptr_array_set_size (self->pages, 0);
  g_free (self->cursor);
  self->cursor = g_steal_pointer (&self->staged);
  self->head = head;
  sim_model_publish (self);
}

void
sim_model_discard (SimStore *store)
{
  g_ptr_array_set_size (((SimModel *) store)->piece, 0);
}

void
sim_model_forget_stage (SimStore *store)
{
  SimModel *self = (SimModel *) store;

  g_ptr_array_set_size (self->piece, 0);
  g_ptr_array_set_size (self->pages, 0);
  g_clear_pointer (&self->staged, g_free);
}

char *
sim_model_next_cursor (SimStore *store)
{
  SimModel *self = (SimModel *) store;

  return g_strdup (self->staged != NULL ? self->staged : self->cursor);
}

KamDigestSet *
sim_model_digests (SimStore *store)
{
  SimModel *self = (SimModel *) store;
  KamDigestSet *set = kam_digest_set_new ();
  GHashTableIter iter;
  gpointer row;

  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    set->of[i] = kam_digest_new ((KamEntityKind) i, KAM_DIGEST_FEWEST_DIGITS);

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    kam_digest_add (set->of[kam_row_kind (row)], row);

  return set;
}
