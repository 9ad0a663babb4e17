/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-push-private.h"

#include "kam-conflict-copies.h"
#include "kam-history-repository.h"

#include <string.h>

/* What a push has changed, all of it with one commit number. */

static int
compare_rows (gconstpointer a,
              gconstpointer b)
{
  const KamRow *row_a = (*(KamPushRow *const *) a)->now;
  const KamRow *row_b = (*(KamPushRow *const *) b)->now;
  int order = (int) kam_row_kind (row_a) - (int) kam_row_kind (row_b);

  return order != 0 ? order : strcmp (kam_row_id (row_a), kam_row_id (row_b));
}

/* By kind and id, which is the order in which everybody locks. */
static GPtrArray *
list_changed (KamPush   *self,
              GPtrArray *purged)
{
  GPtrArray *changed = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->rows);

  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      KamPushRow *entry = value;

      if (entry->now != NULL && (entry->before == NULL || !kam_row_equal (entry->before, entry->now)))
        g_ptr_array_add (changed, entry);
      else if (entry->now == NULL && entry->before != NULL)
        g_ptr_array_add (purged, entry);
    }

  g_ptr_array_sort (changed, compare_rows);

  return changed;
}

static void
touch (KamPush    *self,
       const char *scope)
{
  if (!g_ptr_array_find_with_equal_func (self->touched, scope, g_str_equal, NULL))
    g_ptr_array_add (self->touched, g_strdup (scope));
}

static gboolean
move_lead (KamPush     *self,
           KamPushRow  *entry,
           GError     **error)
{
  g_autofree char *scope = NULL;

  if (entry->before == NULL || kam_row_kind (entry->now) != KAM_ENTITY_LEAD ||
      kam_row_is (entry->now, KAM_LEAD_KAM, kam_row_text (entry->before, KAM_LEAD_KAM)))
    return TRUE;

  scope = kam_scope_of_leads (kam_row_text (entry->now, KAM_LEAD_KAM));
  touch (self, kam_row_scope (entry->before));

  return kam_rows_move_lead (self->db, kam_row_id (entry->now), kam_row_scope (entry->before), scope, self->seq, error);
}

static gboolean
stamp (KamPush     *self,
       KamPushRow  *entry,
       GError     **error)
{
  g_autofree char *scope = NULL;
  g_autoptr (KamRow) row = kam_row_copy (entry->now);

  if (!kam_push_find_scope (self, row, &scope, error))
    return FALSE;

  kam_row_set_scope (row, scope);
  kam_row_set_rev (row, self->seq);
  kam_row_unref (entry->now);
  entry->now = g_steal_pointer (&row);
  touch (self, scope);

  return TRUE;
}

static gboolean
write_kind (KamPush        *self,
            KamEntityKind   kind,
            GPtrArray      *changed,
            GError        **error)
{
  g_autoptr (GPtrArray) new_rows = g_ptr_array_new ();

  for (guint i = 0; i < changed->len; i++)
    {
      KamPushRow *entry = g_ptr_array_index (changed, i);

      if (kam_row_kind (entry->now) != kind)
        continue;

      if (entry->before == NULL)
        g_ptr_array_add (new_rows, entry->now);
      else if (!kam_rows_update (self->db, entry->now, error))
        return FALSE;
    }

  return kam_rows_insert_many (self->db, new_rows, error);
}

static gboolean
write_purged (KamPush    *self,
              GPtrArray  *purged,
              GError    **error)
{
  for (guint i = 0; i < purged->len; i++)
    {
      const KamRow *row = ((const KamPushRow *) g_ptr_array_index (purged, i))->before;

      touch (self, kam_row_scope (row));

      if (!kam_rows_purge (self->db, row, self->seq, error))
        return FALSE;
    }

  /* Of a conflict there may be a copy that was made after this push had looked: people change without locking leads. */
  for (guint i = 0; i < purged->len; i++)
    {
      const KamRow *row = ((const KamPushRow *) g_ptr_array_index (purged, i))->before;
      g_autofree char *scope = NULL;

      if (kam_row_kind (row) != KAM_ENTITY_CONFLICT || kam_row_lead_id (row) == NULL)
        continue;

      if (!kam_conflict_copy_purge (self->db, kam_row_id (row), self->seq, &scope, error))
        return FALSE;

      if (scope != NULL)
        touch (self, scope);
    }

  return TRUE;
}

static gboolean
write_settled (KamPush                *self,
               const KamHistoryStamp  *history,
               GError                **error)
{
  for (guint i = 0; i < self->settled->len; i++)
    {
      const KamPushSettled *it = g_ptr_array_index (self->settled, i);
      KamHistorySettled settled = { .row = it->row, .field = it->field, .lost = it->lost, .decided = it->decided };

      if (!kam_history_write_settled (self->db, history, &settled, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
write_history (KamPush    *self,
               GPtrArray  *changed,
               GError    **error)
{
  KamHistoryStamp history = {
    .seq = self->seq, .author_id = self->session->user_id, .device_id = self->session->device_id, .at = self->now_us
  };
  g_autoptr (GPtrArray) before = g_ptr_array_new ();
  g_autoptr (GPtrArray) after = g_ptr_array_new ();

  for (guint i = 0; i < changed->len; i++)
    {
      KamPushRow *entry = g_ptr_array_index (changed, i);

      g_ptr_array_add (before, entry->before);
      g_ptr_array_add (after, entry->now);
    }

  return kam_history_write_many (self->db, &history, before, after, error) && write_settled (self, &history, error);
}

static gboolean
write_changed (KamPush    *self,
               GPtrArray  *changed,
               GPtrArray  *purged,
               GError    **error)
{
  gboolean people_changed = FALSE;

  for (guint i = 0; i < changed->len; i++)
    {
      KamPushRow *entry = g_ptr_array_index (changed, i);

      people_changed = people_changed || kam_row_kind (entry->now) == KAM_ENTITY_USER || kam_row_kind (entry->now) == KAM_ENTITY_LEAVE;

      if (!move_lead (self, entry, error) || !stamp (self, entry, error))
        return FALSE;
    }

  for (int kind = 0; kind < KAM_N_ENTITIES; kind++)
    {
      if (!write_kind (self, (KamEntityKind) kind, changed, error))
        return FALSE;
    }

  return write_purged (self, purged, error) && write_history (self, changed, error) &&
         (!people_changed || kam_people_refresh_grants (self->db, self->seq, self->now_us, error)) &&
         kam_org_touch (self->db, self->seq, self->touched, error);
}

/**
 * kam_push_write:
 *
 * Takes the commit number, now that every row is locked, and writes what has changed with it.
 */
gboolean
kam_push_write (KamPush  *self,
                GError  **error)
{
  g_autoptr (GPtrArray) changed = NULL;
  g_autoptr (GPtrArray) purged = g_ptr_array_new ();
  g_autoptr (GError) local_error = NULL;

  if (!kam_push_keep_up_conflicts (self, error))
    return FALSE;

  changed = list_changed (self, purged);

  if (changed->len == 0 && purged->len == 0)
    return TRUE;

  self->seq = kam_org_next_head (self->db, self->now_us, error);

  if (self->seq == 0)
    return FALSE;

  if (write_changed (self, changed, purged, &local_error))
    return TRUE;

  /* Somebody has just made a row of the same id, or a person of the same email: run again, and see it. */
  if (g_error_matches (local_error, KAM_DB_ERROR, KAM_DB_ERROR_DUPLICATE))
    local_error->code = KAM_DB_ERROR_DEADLOCK;

  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}
