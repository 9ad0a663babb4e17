/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-push-private.h"

#include <string.h>

static void
push_row_free (KamPushRow *row)
{
  g_clear_pointer (&row->before, kam_row_unref);
  g_clear_pointer (&row->now, kam_row_unref);
  g_free (row);
}

void
kam_push_init (KamPush *self)
{
  self->readable = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->covered = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) push_row_free);
  self->by_lead = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  self->complete = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->touched = g_ptr_array_new_with_free_func (g_free);
}

void
kam_push_clear (KamPush *self)
{
  g_clear_pointer (&self->readable, g_hash_table_unref);
  g_clear_pointer (&self->covered, g_hash_table_unref);
  g_clear_pointer (&self->by_lead, g_hash_table_unref);
  g_clear_pointer (&self->rows, g_hash_table_unref);
  g_clear_pointer (&self->complete, g_hash_table_unref);
  g_clear_pointer (&self->touched, g_ptr_array_unref);
}

static char *
make_key (KamEntityKind  kind,
          const char    *id)
{
  return g_strdup_printf ("%d %s", (int) kind, id);
}

static void
index_by_lead (KamPush      *self,
               KamPushRow   *entry,
               const KamRow *row)
{
  const char *lead_id = kam_row_lead_id (row);
  g_autofree char *key = lead_id != NULL ? make_key (kam_row_kind (row), lead_id) : NULL;
  GPtrArray *entries = key != NULL ? g_hash_table_lookup (self->by_lead, key) : NULL;

  if (key == NULL)
    return;

  if (entries == NULL)
    {
      entries = g_ptr_array_new ();
      g_hash_table_insert (self->by_lead, g_steal_pointer (&key), entries);
    }

  g_ptr_array_add (entries, entry);
}

/* What the database has; row: (transfer full) (nullable) */
static KamPushRow *
remember (KamPush       *self,
          KamEntityKind  kind,
          const char    *id,
          KamRow        *row)
{
  KamPushRow *entry = g_new0 (KamPushRow, 1);

  entry->before = row;
  entry->now = row != NULL ? kam_row_ref (row) : NULL;
  g_hash_table_insert (self->rows, make_key (kind, id), entry);

  if (row != NULL)
    index_by_lead (self, entry, row);

  return entry;
}

static KamPushRow *
look_up (KamPush       *self,
         KamEntityKind  kind,
         const char    *id)
{
  g_autofree char *key = make_key (kind, id);

  return g_hash_table_lookup (self->rows, key);
}

/* Leads that mutations touch are locked before anything is read of them, in the order of their ids. */
gboolean
kam_push_lock_lead (KamPush     *self,
                    const char  *id,
                    GError     **error)
{
  g_autoptr (GError) local_error = NULL;
  KamRow *row = kam_rows_find_locked (self->db, KAM_ENTITY_LEAD, id, &local_error);

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  remember (self, KAM_ENTITY_LEAD, id, row);

  return TRUE;
}

gboolean
kam_push_find (KamPush        *self,
               KamEntityKind   kind,
               const char     *id,
               KamRow        **row,
               GError        **error)
{
  g_autoptr (GError) local_error = NULL;
  KamPushRow *entry = look_up (self, kind, id);

  if (entry == NULL)
    {
      KamRow *found = kam_rows_find (self->db, kind, id, &local_error);

      if (local_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }

      entry = remember (self, kind, id, found);
    }

  *row = entry->now;

  return TRUE;
}

static gboolean
load_of_lead (KamPush        *self,
              KamEntityKind   kind,
              const char     *lead_id,
              const char     *key,
              GError        **error)
{
  g_autoptr (GPtrArray) rows = NULL;

  if (g_hash_table_contains (self->complete, key))
    return TRUE;

  rows = kam_rows_of_lead (self->db, kind, lead_id, error);

  if (rows == NULL)
    return FALSE;

  for (guint i = 0; i < rows->len; i++)
    {
      KamRow *row = g_ptr_array_index (rows, i);

      if (look_up (self, kind, kam_row_id (row)) == NULL)
        remember (self, kind, kam_row_id (row), kam_row_ref (row));
    }

  g_hash_table_add (self->complete, g_strdup (key));

  return TRUE;
}

GPtrArray *
kam_push_of_lead (KamPush        *self,
                  KamEntityKind   kind,
                  const char     *lead_id,
                  GError        **error)
{
  g_autofree char *key = make_key (kind, lead_id);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_row_unref);
  GPtrArray *entries;

  if (!load_of_lead (self, kind, lead_id, key, error))
    return NULL;

  entries = g_hash_table_lookup (self->by_lead, key);

  for (guint i = 0; entries != NULL && i < entries->len; i++)
    g_ptr_array_add (rows, kam_row_ref (((KamPushRow *) g_ptr_array_index (entries, i))->now));

  return g_steal_pointer (&rows);
}

gboolean
kam_push_load_people (KamPush  *self,
                      GError  **error)
{
  g_autoptr (GPtrArray) people = NULL;

  if (self->has_people)
    return TRUE;

  people = kam_people_lock (self->db, error) ? kam_people_list (self->db, error) : NULL;

  if (people == NULL)
    return FALSE;

  for (guint i = 0; i < people->len; i++)
    {
      KamRow *row = g_ptr_array_index (people, i);

      if (look_up (self, KAM_ENTITY_USER, kam_row_id (row)) == NULL)
        remember (self, KAM_ENTITY_USER, kam_row_id (row), kam_row_ref (row));
    }

  self->has_people = TRUE;

  return TRUE;
}

GPtrArray *
kam_push_people (KamPush *self)
{
  GPtrArray *people = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_row_unref);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->rows);

  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      KamPushRow *entry = value;

      if (entry->now != NULL && kam_row_kind (entry->now) == KAM_ENTITY_USER)
        g_ptr_array_add (people, kam_row_ref (entry->now));
    }

  return people;
}

void
kam_push_put (KamPush *self,
              KamRow  *row)
{
  KamPushRow *entry = look_up (self, kam_row_kind (row), kam_row_id (row));
  gboolean is_new = entry == NULL || entry->now == NULL;

  if (entry == NULL)
    entry = remember (self, kam_row_kind (row), kam_row_id (row), NULL);

  g_clear_pointer (&entry->now, kam_row_unref);
  entry->now = row;

  if (is_new)
    index_by_lead (self, entry, row);
}

/* Writing. */

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
list_changed (KamPush *self)
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

  return kam_history_write_many (self->db, &history, before, after, error);
}

static gboolean
write_changed (KamPush    *self,
               GPtrArray  *changed,
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

  return write_history (self, changed, error) && (!people_changed || kam_people_refresh_grants (self->db, self->seq, self->now_us, error)) &&
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
  g_autoptr (GPtrArray) changed = list_changed (self);
  g_autoptr (GError) local_error = NULL;

  if (changed->len == 0)
    return TRUE;

  self->seq = kam_org_next_head (self->db, self->now_us, error);

  if (self->seq == 0)
    return FALSE;

  if (write_changed (self, changed, &local_error))
    return TRUE;

  /* Somebody has just made a row of the same id, or a person of the same email: run again, and see it. */
  if (g_error_matches (local_error, KAM_DB_ERROR, KAM_DB_ERROR_DUPLICATE))
    local_error->code = KAM_DB_ERROR_DEADLOCK;

  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}
