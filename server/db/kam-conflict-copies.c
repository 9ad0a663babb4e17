/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-conflict-copies.h"

#include "kam-row-repository.h"
#include "kam-row-sql.h"

char *
kam_conflict_copy_id (const char *conflict_id)
{
  return kam_id_derive (conflict_id, "personal");
}

KamRow *
kam_conflict_copy_new (const KamRow *conflict)
{
  g_autofree char *id = kam_conflict_copy_id (kam_row_id (conflict));
  g_autofree char *scope = kam_scope_personal (kam_row_text (conflict, KAM_CONFLICT_AUTHOR));
  KamRow *copy = kam_row_new (KAM_ENTITY_CONFLICT, id);

  kam_row_set_scope (copy, scope);

  for (guint i = 0; i < KAM_N_CONFLICT_FIELDS; i++)
    {
      if (i != KAM_CONFLICT_LEAD && i != KAM_CONFLICT_THEIRS)
        kam_row_set (copy, i, kam_row_get (conflict, i));
    }

  return copy;
}

gboolean
kam_conflict_copy_purge (KamDb       *db,
                         const char  *conflict_id,
                         gint64       seq,
                         char       **scope,
                         GError     **error)
{
  g_autofree char *id = kam_conflict_copy_id (conflict_id);
  g_autoptr (GError) failure = NULL;
  g_autoptr (KamRow) copy = kam_rows_find (db, KAM_ENTITY_CONFLICT, id, &failure);

  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }

  *scope = copy != NULL ? g_strdup (kam_row_scope (copy)) : NULL;

  return copy == NULL || kam_rows_purge (db, copy, seq, error);
}

/* Conflicts are few, so all of the scope are read. */
static GPtrArray *
list_own (KamDb       *db,
          const char  *user_id,
          const char  *scope,
          GError     **error)
{
  g_autoptr (GPtrArray) own = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_row_unref);
  KamParam params[] = { KAM_PARAM_ID (scope), KAM_PARAM_INT (0), KAM_PARAM_INT (G_MAXINT64), KAM_PARAM_INT (G_MAXINT32) };
  g_autoptr (KamDbRows) rows = kam_db_query (db, kam_row_sql_get (KAM_ENTITY_CONFLICT)->feed_later, params, 4, error);

  if (rows == NULL)
    return NULL;

  while (kam_db_rows_next (rows, error))
    {
      g_autoptr (KamRow) conflict = kam_row_sql_read (KAM_ENTITY_CONFLICT, rows);

      if (!kam_row_is_null (conflict, KAM_CONFLICT_LEAD) && kam_row_is (conflict, KAM_CONFLICT_AUTHOR, user_id))
        g_ptr_array_add (own, g_steal_pointer (&conflict));
    }

  return kam_db_rows_ended (rows) ? g_steal_pointer (&own) : NULL;
}

static gboolean
add_copy (KamDb         *db,
          const KamRow  *conflict,
          gint64         seq,
          GError       **error)
{
  g_autoptr (KamRow) copy = kam_conflict_copy_new (conflict);
  g_autoptr (GError) failure = NULL;
  g_autoptr (KamRow) found = kam_rows_find (db, KAM_ENTITY_CONFLICT, kam_row_id (copy), &failure);

  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }

  kam_row_set_rev (copy, seq);

  return found != NULL || kam_rows_insert (db, copy, error);
}

gboolean
kam_conflict_copies_follow (KamDb       *db,
                            const char  *user_id,
                            const char  *scope,
                            gboolean     gained,
                            gint64       seq,
                            GError     **error)
{
  g_autoptr (GPtrArray) own = list_own (db, user_id, scope, error);

  for (guint i = 0; own != NULL && i < own->len; i++)
    {
      const KamRow *conflict = g_ptr_array_index (own, i);
      g_autofree char *touched = NULL;

      if (gained ? !kam_conflict_copy_purge (db, kam_row_id (conflict), seq, &touched, error) : !add_copy (db, conflict, seq, error))
        return FALSE;
    }

  return own != NULL;
}
