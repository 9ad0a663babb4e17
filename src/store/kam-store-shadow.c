/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-merge.h"
#include "kam-store-private.h"
#include "kam-store-schema.h"

/* A row that differs from the server's, because a person's edits wait or because something follows from them, has a shadow: the server's row, or a
 * note that the server has
 * none. What is shown is the shadow with the pending patches on top, made anew whenever either changes. */

typedef struct
{
  gboolean  exists;
  char     *lead_id; /* (owned) (nullable) */
  KamRow   *row;     /* (owned) (nullable): the server has none */
  char     *extra;   /* (owned) (nullable) */
} Shadow;

static void
clear_shadow (Shadow *shadow)
{
  g_free (shadow->lead_id);
  g_clear_pointer (&shadow->row, kam_row_unref);
  g_free (shadow->extra);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Shadow, clear_shadow)

static gboolean
load (KamWorker      *self,
      KamEntityKind   entity,
      const char     *id,
      Shadow         *shadow,
      GError        **error)
{
  sqlite3_stmt *stmt = kam_sqlite_query (self->db, error, "SELECT lead_id, rev, scope, data, extra FROM shadow WHERE entity = ?1 AND id = ?2", "iu",
                                         (gint64) entity, id);
  int step = stmt != NULL ? kam_sqlite_step (self->db, stmt, error) : -1;

  if (step > 0)
    {
      g_autoptr (GVariant) data = kam_sqlite_variant (stmt, 3, "a(sv)");
      g_autofree char *scope = kam_sqlite_id (stmt, 2);

      shadow->exists = TRUE;
      shadow->lead_id = kam_sqlite_id (stmt, 0);

      if (data != NULL)
        shadow->row = kam_row_unpack (entity, id, sqlite3_column_int64 (stmt, 1), scope, data);

      shadow->extra = kam_sqlite_text (stmt, 4);
      sqlite3_reset (stmt);
    }

  return step >= 0;
}

static gboolean
save (KamWorker      *self,
      KamEntityKind   entity,
      const char     *id,
      const char     *lead_id,
      const KamRow   *row,
      const char     *extra,
      GError        **error)
{
  g_autoptr (GVariant) data = row != NULL ? kam_row_pack (row) : NULL;

  return kam_sqlite_exec (self->db, error,
                      "INSERT INTO shadow (entity, id, lead_id, rev, scope, data, extra) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"
                      " ON CONFLICT (entity, id) DO UPDATE SET rev = ?4, scope = ?5, data = ?6, extra = ?7",
                      "iuuiuvt", (gint64) entity, id, lead_id, row != NULL ? kam_row_rev (row) : (gint64) 0, row != NULL ? kam_row_scope (row) : NULL, data,
                      extra);
}

/**
 * kam_shadow_ensure:
 * @lead_id: (nullable): the lead that the row belongs to
 *
 * Remembers the row as the server knows it, before it is changed here. Does nothing where that has been done.
 */
gboolean
kam_shadow_ensure (KamWorker      *self,
                   KamEntityKind   entity,
                   const char     *id,
                   const char     *lead_id,
                   GError        **error)
{
  g_auto (Shadow) shadow = { FALSE, };
  g_autoptr (KamRow) row = NULL;
  g_autofree char *extra = NULL;

  if (!load (self, entity, id, &shadow, error))
    return FALSE;

  if (shadow.exists)
    return TRUE;

  if (!kam_rows_get (self, entity, id, &row, error) || (row != NULL && !kam_extra_get (self, entity, id, &extra, error)))
    return FALSE;

  return save (self, entity, id, lead_id, row != NULL && kam_row_rev (row) > 0 ? row : NULL, extra, error);
}

gboolean
kam_shadow_get_server (KamWorker      *self,
                       KamEntityKind   entity,
                       const char     *id,
                       KamRow        **row,
                       GError        **error)
{
  g_auto (Shadow) shadow = { FALSE, };

  *row = NULL;

  if (!load (self, entity, id, &shadow, error))
    return FALSE;

  if (shadow.exists)
    {
      *row = g_steal_pointer (&shadow.row);
      return TRUE;
    }

  if (!kam_rows_get (self, entity, id, row, error))
    return FALSE;

  if (*row != NULL && kam_row_rev (*row) == 0)
    g_clear_pointer (row, kam_row_unref);

  return TRUE;
}

/**
 * kam_shadow_put:
 * @had: (out): whether the row has a shadow; then that was written, and the row is still to be rebuilt
 */
gboolean
kam_shadow_put (KamWorker     *self,
                const KamRow  *row,
                const char    *extra,
                gboolean       only_newer,
                gboolean      *had,
                GError       **error)
{
  g_auto (Shadow) shadow = { FALSE, };
  g_autofree char *both = NULL;

  if (!load (self, kam_row_kind (row), kam_row_id (row), &shadow, error))
    return FALSE;

  *had = shadow.exists;

  if (!shadow.exists || (only_newer && shadow.row != NULL && kam_row_rev (shadow.row) > kam_row_rev (row)))
    return TRUE;

  both = kam_extra_merge (shadow.extra, extra);

  return save (self, kam_row_kind (row), kam_row_id (row), kam_row_lead_id (row), row, both, error);
}

gboolean
kam_shadow_evict (KamWorker      *self,
                  KamEntityKind   entity,
                  const char     *id,
                  const char     *scope,
                  gint64          rev,
                  gboolean       *had,
                  GError        **error)
{
  g_auto (Shadow) shadow = { FALSE, };

  if (!load (self, entity, id, &shadow, error))
    return FALSE;

  *had = shadow.exists;

  if (shadow.row == NULL || kam_row_rev (shadow.row) > rev || g_strcmp0 (kam_row_scope (shadow.row), scope) != 0)
    return TRUE;

  return save (self, entity, id, shadow.lead_id, NULL, NULL, error) && kam_shadow_rebuild (self, entity, id, TRUE, error);
}

gboolean
kam_shadow_forget (KamWorker      *self,
                   KamEntityKind   entity,
                   const char     *id,
                   gboolean       *had,
                   GError        **error)
{
  g_auto (Shadow) shadow = { FALSE, };

  if (!load (self, entity, id, &shadow, error))
    return FALSE;

  *had = shadow.exists;

  return !shadow.exists || (save (self, entity, id, shadow.lead_id, NULL, NULL, error) && kam_shadow_rebuild (self, entity, id, TRUE, error));
}

static gboolean
load_patches (KamWorker      *self,
              KamEntityKind   entity,
              const char     *id,
              GPtrArray      *patches,
              GError        **error)
{
  sqlite3_stmt *stmt = kam_sqlite_query (self->db, error, kam_outbox_select_of_row, "ui", id, (gint64) entity);
  int step = -1;

  while (stmt != NULL && (step = kam_sqlite_step (self->db, stmt, error)) > 0)
    g_ptr_array_add (patches, kam_outbox_read (stmt));

  return step == 0;
}

static gboolean
set_made_scope (KamWorker  *self,
                KamRow     *row,
                GError    **error)
{
  sqlite3_stmt *stmt;
  int step;

  if (kam_row_kind (row) == KAM_ENTITY_LEAD)
    {
      g_autofree char *scope = kam_row_is_null (row, KAM_LEAD_KAM) ? NULL : kam_scope_of_leads (kam_row_text (row, KAM_LEAD_KAM));

      kam_row_set_scope (row, scope);

      return TRUE;
    }

  stmt = kam_sqlite_query (self->db, error, "SELECT scope FROM lead WHERE id = ?1", "u", kam_row_lead_id (row));
  step = stmt != NULL ? kam_sqlite_step (self->db, stmt, error) : -1;

  if (step > 0)
    {
      g_autofree char *scope = kam_sqlite_id (stmt, 0);

      kam_row_set_scope (row, scope);
      sqlite3_reset (stmt);
    }

  return step >= 0;
}

/* By the merge that the server will do. Where that would keep the server's value and make a conflict of it, the person still sees what they typed
 * until it is decided. */
static KamRow *
lay_put (KamRow            *row,
         const KamMutation *patch)
{
  g_autoptr (KamMerge) merge = kam_merge_put (row, patch);
  KamRow *result = kam_row_copy (merge->row);

  for (guint i = 0; i < merge->losers->len; i++)
    {
      guint field = g_array_index (merge->losers, guint, i);
      KamChange *change = kam_mutation_find ((KamMutation *) patch, field);

      if (change != NULL)
        kam_row_set (result, field, &change->new);
    }

  kam_row_unref (row);

  return result;
}

static gboolean
lay_patch (KamWorker          *self,
           KamRow            **row,
           const KamMutation  *patch,
           GError            **error)
{
  if (*row == NULL)
    {
      /* Only what makes a row stands by itself; the row of the others is gone from here. */
      if (patch->op != KAM_OP_PUT || patch->base_rev != 0)
        return TRUE;

      *row = kam_row_new (patch->entity, patch->id);
      kam_mutation_apply (patch, *row);

      return set_made_scope (self, *row, error);
    }

  /* The server has the row that this made: what it says of it now is newer. */
  if (patch->op == KAM_OP_PUT && patch->base_rev == 0)
    return TRUE;

  if (patch->op == KAM_OP_PUT)
    *row = lay_put (*row, patch);
  else
    kam_mutation_apply (patch, *row);

  return TRUE;
}

/**
 * kam_shadow_rebuild:
 * @keep: keep the shadow although nothing waits, since something may still follow from other rows of the lead
 *
 * Makes a row anew from its shadow and the patches that wait. Does nothing to a row without a shadow.
 */
gboolean
kam_shadow_rebuild (KamWorker      *self,
                    KamEntityKind   entity,
                    const char     *id,
                    gboolean        keep,
                    GError        **error)
{
  g_auto (Shadow) shadow = { FALSE, };
  g_autoptr (GPtrArray) patches = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_mutation_free);
  g_autoptr (KamRow) row = NULL;

  if (!load (self, entity, id, &shadow, error) || !load_patches (self, entity, id, patches, error))
    return FALSE;

  if (!shadow.exists)
    return TRUE;

  if (shadow.row != NULL)
    row = kam_row_copy (shadow.row);

  for (guint i = 0; i < patches->len; i++)
    {
      if (!lay_patch (self, &row, patches->pdata[i], error))
        return FALSE;
    }

  if (row != NULL ? !kam_rows_put (self, row, FALSE, error) : !kam_rows_remove (self, entity, id, error))
    return FALSE;

  if (row != NULL && shadow.extra != NULL && !kam_extra_put (self, row, shadow.extra, error))
    return FALSE;

  if (patches->len > 0 || keep)
    return TRUE;

  return kam_sqlite_exec (self->db, error, "DELETE FROM shadow WHERE entity = ?1 AND id = ?2", "iu", (gint64) entity, id);
}

typedef struct
{
  KamEntityKind entity;
  char          id[KAM_ID_LENGTH + 1];
} Ref;

static gboolean
rebuild_shadows (KamWorker   *self,
                 const char  *lead_id,
                 gboolean     keep,
                 GError     **error)
{
  g_autoptr (GArray) refs = g_array_new (FALSE, FALSE, sizeof (Ref));
  sqlite3_stmt *stmt = kam_sqlite_query (self->db, error, "SELECT entity, id FROM shadow WHERE lead_id = ?1 ORDER BY entity", "u", lead_id);
  int step = -1;

  while (stmt != NULL && (step = kam_sqlite_step (self->db, stmt, error)) > 0)
    {
      Ref ref = { (KamEntityKind) sqlite3_column_int (stmt, 0), "" };

      kam_id_from_bytes (sqlite3_column_blob (stmt, 1), ref.id);
      g_array_append_val (refs, ref);
    }

  if (step < 0)
    return FALSE;

  for (guint i = 0; i < refs->len; i++)
    {
      Ref *ref = &g_array_index (refs, Ref, i);

      if (!kam_shadow_rebuild (self, ref->entity, ref->id, keep, error))
        return FALSE;
    }

  return TRUE;
}

/**
 * kam_shadow_settle_lead:
 *
 * Everything of one lead that follows from something else: rows with pending patches, its status and cancelled plans while edits of it wait, what
 * lists show of it, and
 * its search document.
 */
gboolean
kam_shadow_settle_lead (KamWorker   *self,
                        const char  *lead_id,
                        GError     **error)
{
  gint64 waits, moves;
  gboolean is_local;

  if (!kam_sqlite_number (self->db, &waits, 0, error, "SELECT EXISTS (SELECT 1 FROM outbox WHERE lead_id = ?1 AND state < 2)", "u", lead_id) ||
      !kam_sqlite_number (self->db, &moves, 0, error, "SELECT EXISTS (SELECT 1 FROM outbox WHERE lead_id = ?1 AND state < 2 AND entity IN (?2, ?3))",
                          "uii", lead_id,
                      (gint64) KAM_ENTITY_LEAD, (gint64) KAM_ENTITY_INTERACTION) ||
      !kam_store_is_local (self, &is_local, error))
    return FALSE;

  if (!rebuild_shadows (self, lead_id, waits != 0, error))
    return FALSE;

  /* While nothing waits, the server has derived everything from more than may be here. */
  if ((is_local || moves != 0) && !kam_derive_lead (self, lead_id, error))
    return FALSE;

  return kam_derive_summary (self, lead_id, error) && kam_search_index (self, lead_id, error);
}
