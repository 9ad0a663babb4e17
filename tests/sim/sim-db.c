/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sim-db.h"

#include <string.h>

static void
record_free (gpointer data)
{
  SimRecord *record = data;

  g_array_unref (record->stored);
  g_free (record);
}

static GHashTable *
new_rows (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) kam_row_unref);
}

static GHashTable *
new_records (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, record_free);
}

static GHashTable *
new_quarantine (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) kam_mutation_free);
}

SimDb *
sim_db_new (const char *server_id)
{
  SimDb *self = g_new0 (SimDb, 1);

  sim_id_set (&self->server_id, server_id);
  self->nonces = g_array_new (FALSE, TRUE, sizeof (guint32));
  g_array_set_size (self->nonces, 1);
  self->rows = new_rows ();
  self->tombstones = g_array_new (FALSE, FALSE, sizeof (SimTombstone));
  self->grants = g_array_new (FALSE, FALSE, sizeof (SimGrant));
  self->audit = g_array_new (FALSE, FALSE, sizeof (SimAudit));
  self->records = new_records ();
  self->quarantined = new_quarantine ();

  return self;
}

/* Rows are not changed once they are committed, so both may have them. */
SimDb *
sim_db_copy (const SimDb *self)
{
  SimDb *copy = g_new0 (SimDb, 1);
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  *copy = *self;
  copy->nonces = g_array_copy (self->nonces);
  copy->tombstones = g_array_copy (self->tombstones);
  copy->grants = g_array_copy (self->grants);
  copy->audit = g_array_copy (self->audit);
  copy->rows = new_rows ();
  copy->records = new_records ();
  copy->quarantined = new_quarantine ();

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &key, &value))
    g_hash_table_insert (copy->rows, g_strdup (key), kam_row_ref (value));

  g_hash_table_iter_init (&iter, self->records);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      SimRecord *record = g_memdup2 (value, sizeof (SimRecord));

      record->stored = g_array_copy (record->stored);
      g_hash_table_insert (copy->records, g_strdup (key), record);
    }

  g_hash_table_iter_init (&iter, self->quarantined);
  while (g_hash_table_iter_next (&iter, &key, &value))
    g_hash_table_insert (copy->quarantined, g_strdup (key), kam_mutation_copy (value));

  return copy;
}

void
sim_db_free (SimDb *self)
{
  g_array_unref (self->nonces);
  g_array_unref (self->tombstones);
  g_array_unref (self->grants);
  g_array_unref (self->audit);
  g_hash_table_unref (self->rows);
  g_hash_table_unref (self->records);
  g_hash_table_unref (self->quarantined);
  g_free (self);
}

void
sim_id_set (SimId      *self,
            const char *text)
{
  g_strlcpy (self->text, text != NULL ? text : "", sizeof self->text);
}

gboolean
sim_id_is (const SimId *self,
           const char  *text)
{
  return strcmp (self->text, text != NULL ? text : "") == 0;
}

KamRow *
sim_db_find (SimDb      *self,
             const char *id)
{
  return g_hash_table_lookup (self->rows, id);
}

SimRecord *
sim_db_record (SimDb      *self,
               const char *client_id)
{
  return g_hash_table_lookup (self->records, client_id);
}

SimRecord *
sim_db_ensure (SimDb      *self,
               const char *client_id,
               const char *user,
               guint       device)
{
  SimRecord *record = sim_db_record (self, client_id);

  if (record == NULL)
    {
      record = g_new0 (SimRecord, 1);
      sim_id_set (&record->user, user);
      record->device = device;
      record->stored = g_array_new (FALSE, FALSE, sizeof (SimStored));
      g_hash_table_insert (self->records, g_strdup (client_id), record);
    }

  return record;
}

guint32
sim_db_nonce (const SimDb *self,
              gint64       seq)
{
  return seq >= 0 && seq < self->nonces->len ? g_array_index (self->nonces, guint32, seq) : 0;
}

gboolean
sim_db_may_read (const SimDb *self,
                 const char  *user,
                 const char  *scope)
{
  for (guint i = 0; i < self->grants->len; i++)
    {
      const SimGrant *grant = &g_array_index (self->grants, SimGrant, i);

      if (grant->until == G_MAXINT64 && sim_id_is (&grant->scope, scope) && sim_id_is (&grant->user, user))
        return TRUE;
    }

  return FALSE;
}

static gboolean
could_read (const SimDb *self,
            const char  *user,
            const char  *scope,
            gint64       at)
{
  for (guint i = 0; i < self->grants->len; i++)
    {
      const SimGrant *grant = &g_array_index (self->grants, SimGrant, i);

      if (grant->since <= at && grant->until >= at && sim_id_is (&grant->scope, scope) && sim_id_is (&grant->user, user))
        return TRUE;
    }

  return FALSE;
}

gboolean
sim_db_had_lead (const SimDb *self,
                 const char  *user,
                 const char  *lead)
{
  KamRow *row = g_hash_table_lookup (self->rows, lead);

  for (guint i = 0; i < self->tombstones->len; i++)
    {
      const SimTombstone *tombstone = &g_array_index (self->tombstones, SimTombstone, i);

      if (tombstone->moved && sim_id_is (&tombstone->id, lead) && could_read (self, user, tombstone->scope.text, tombstone->rev))
        return TRUE;
    }

  for (guint i = 0; row != NULL && i < self->grants->len; i++)
    {
      const SimGrant *grant = &g_array_index (self->grants, SimGrant, i);

      if (sim_id_is (&grant->scope, kam_row_scope (row)) && sim_id_is (&grant->user, user))
        return TRUE;
    }

  return FALSE;
}

/* Has another person or device worked on it, or on what belongs to it, since? */
gboolean
sim_db_has_others (const SimDb  *self,
                   const KamRow *row,
                   gint64        since,
                   const char   *user,
                   guint         device)
{
  for (guint i = 0; i < self->audit->len; i++)
    {
      const SimAudit *audit = &g_array_index (self->audit, SimAudit, i);

      if (audit->seq <= since || (audit->device == device && sim_id_is (&audit->user, user)))
        continue;

      if (sim_id_is (kam_row_kind (row) == KAM_ENTITY_LEAD ? &audit->lead : &audit->id, kam_row_id (row)))
        return TRUE;
    }

  return FALSE;
}

/* The tombstones that are old enough go. */
void
sim_db_clean (SimDb  *self,
              gint64  up_to)
{
  for (guint i = self->tombstones->len; i > 0; i--)
    {
      if (g_array_index (self->tombstones, SimTombstone, i - 1).rev <= up_to)
        g_array_remove_index (self->tombstones, i - 1);
    }

  self->forgotten = MAX (self->forgotten, up_to);
}
