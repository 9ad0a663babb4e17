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

static void
settled_free (KamPushSettled *settled)
{
  kam_row_unref (settled->row);
  g_free (settled->lost);
  g_free (settled->decided);
  g_free (settled);
}

void
kam_push_init (KamPush *self)
{
  self->readable = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->covered = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) push_row_free);
  self->by_lead = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  self->complete = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->conflicted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->settled = g_ptr_array_new_with_free_func ((GDestroyNotify) settled_free);
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
  g_clear_pointer (&self->conflicted, g_hash_table_unref);
  g_clear_pointer (&self->settled, g_ptr_array_unref);
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
    {
      const KamPushRow *entry = g_ptr_array_index (entries, i);

      if (entry->now != NULL)
        g_ptr_array_add (rows, kam_row_ref (entry->now));
    }

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
kam_push_loaded (KamPush       *self,
                 KamEntityKind  kind)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_row_unref);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->rows);

  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      KamPushRow *entry = value;

      if (entry->now != NULL && kam_row_kind (entry->now) == kind)
        g_ptr_array_add (rows, kam_row_ref (entry->now));
    }

  return rows;
}

void
kam_push_put (KamPush *self,
              KamRow  *row)
{
  KamPushRow *entry = look_up (self, kam_row_kind (row), kam_row_id (row));
  gboolean is_new = entry == NULL || (entry->now == NULL && entry->before == NULL);

  if (entry == NULL)
    entry = remember (self, kam_row_kind (row), kam_row_id (row), NULL);

  g_clear_pointer (&entry->now, kam_row_unref);
  entry->now = row;

  if (is_new)
    index_by_lead (self, entry, row);
}

/**
 * kam_push_purge:
 *
 * The row is no more: a tombstone is left where it was.
 */
void
kam_push_purge (KamPush      *self,
                const KamRow *row)
{
  KamPushRow *entry = look_up (self, kam_row_kind (row), kam_row_id (row));

  if (entry != NULL)
    g_clear_pointer (&entry->now, kam_row_unref);
}

/* Is it another by now than in the database, where it was before? */
gboolean
kam_push_has_changed (KamPush       *self,
                      KamEntityKind  kind,
                      const char    *id)
{
  const KamPushRow *entry = look_up (self, kind, id);

  return entry != NULL && entry->before != NULL && entry->now != NULL && !kam_row_equal (entry->before, entry->now);
}

/* As it is in the database; NULL where it is not there, or was not looked for. */
const KamRow *
kam_push_before (KamPush       *self,
                 KamEntityKind  kind,
                 const char    *id)
{
  const KamPushRow *entry = look_up (self, kind, id);

  return entry != NULL ? entry->before : NULL;
}

/* By this push. */
gboolean
kam_push_was_purged (KamPush       *self,
                     KamEntityKind  kind,
                     const char    *id)
{
  const KamPushRow *entry = look_up (self, kind, id);

  return entry != NULL && entry->before != NULL && entry->now == NULL;
}
