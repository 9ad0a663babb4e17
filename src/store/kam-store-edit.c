/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-check.h"
#include "kam-store-private.h"

#include <glib/gi18n.h>

typedef struct
{
  GPtrArray *mutations; /* (owned) (element-type KamMutation) */
  char      *user_id;   /* (owned) (nullable) */
  gboolean   is_local;
  gint64     now_us;
} Edit;

static void
free_edit (gpointer data)
{
  Edit *edit = data;

  g_ptr_array_unref (edit->mutations);
  g_free (edit->user_id);
  g_free (edit);
}

static gboolean
makes_row (const KamMutation *mutation)
{
  return mutation->op == KAM_OP_PUT && mutation->base_rev == 0;
}

static void
set_change (KamMutation *mutation,
            guint        field,
            const char  *text)
{
  KamChange *change = kam_mutation_find (mutation, field);
  const KamValue nothing = KAM_VALUE_INIT;

  if (change == NULL)
    change = kam_mutation_add (mutation, field, &nothing, &nothing);

  kam_value_set_text (&change->new, text);
}

/* What a new row has without being asked. */
static void
complete (Edit        *edit,
          KamMutation *mutation)
{
  if (edit->user_id == NULL)
    return;

  if (mutation->entity == KAM_ENTITY_INTERACTION)
    set_change (mutation, KAM_INTERACTION_AUTHOR, edit->user_id);

  if (mutation->entity == KAM_ENTITY_INTERACTION && kam_mutation_find (mutation, KAM_INTERACTION_ORIGIN) == NULL)
    set_change (mutation, KAM_INTERACTION_ORIGIN, "person");

  if (mutation->entity == KAM_ENTITY_LEAD && kam_mutation_find (mutation, KAM_LEAD_KAM) == NULL)
    set_change (mutation, KAM_LEAD_KAM, edit->user_id);

  if (mutation->entity == KAM_ENTITY_LEAD && kam_mutation_find (mutation, KAM_LEAD_STATUS) == NULL)
    set_change (mutation, KAM_LEAD_STATUS, "new");
}

/* A row may have come with something wrong in it that this edit does not touch: that is no reason to refuse the edit. */
static gboolean
check (Edit               *edit,
       KamMutation        *mutation,
       gboolean            is_new,
       const KamRow       *after,
       GError            **error)
{
  g_autoptr (GPtrArray) problems = NULL;

  if (mutation->op != KAM_OP_PUT)
    return TRUE;

  problems = kam_row_check (after, edit->now_us);

  for (guint i = 0; i < problems->len; i++)
    {
      KamProblem *problem = problems->pdata[i];

      if (is_new || problem->field < 0 || kam_mutation_find (mutation, (guint) problem->field) != NULL)
        {
          g_set_error_literal (error, KAM_STORE_ERROR, KAM_STORE_ERROR_INVALID, problem->message);
          return FALSE;
        }
    }

  return TRUE;
}

typedef struct
{
  gint64       seq; /* 0: there is none */
  KamMutation *mutation; /* (owned) (nullable) */
  gboolean     made_here; /* the row's making has not been sent */
  gboolean     made_sent; /* the row's making has been sent and has no result */
  gint64       result_rev;
} Waiting;

static void
clear_waiting (Waiting *waiting)
{
  g_clear_pointer (&waiting->mutation, kam_mutation_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Waiting, clear_waiting)

/* What waits of a row; the last of it is given where it has not been sent, for later edits to fold into. */
static gboolean
find_waiting (KamWorker          *self,
              const KamMutation  *mutation,
              Waiting            *waiting,
              GError            **error)
{
  sqlite3_stmt *stmt = kam_sqlite_query (self->db, error, kam_outbox_select_of_row, "ui", mutation->id, (gint64) mutation->entity);
  int step = -1;

  while (stmt != NULL && (step = kam_sqlite_step (self->db, stmt, error)) > 0)
    {
      g_autoptr (KamMutation) entry = kam_outbox_read (stmt);
      gboolean open = sqlite3_column_int (stmt, KAM_OUTBOX_SEQ + 1) == KAM_OUTBOX_WAITING;
      gboolean unsent = entry->mid == 0 && entry->origin_client_id == NULL; /* with an origin another may have sent it */

      clear_waiting (waiting);
      waiting->seq = 0;
      waiting->made_here = waiting->made_here || (open && makes_row (entry) && unsent);
      waiting->made_sent = waiting->made_sent || (open && makes_row (entry) && !unsent);

      if (open && unsent)
        {
          waiting->seq = sqlite3_column_int64 (stmt, KAM_OUTBOX_SEQ);
          waiting->mutation = g_steal_pointer (&entry);
        }
    }

  return step == 0 && kam_sqlite_number (self->db, &waiting->result_rev, 0, error, "SELECT max (result_rev) FROM outbox WHERE id = ?1 AND entity = ?2 "
                                                                                   "AND state = 1", "ui",
                                     mutation->id, (gint64) mutation->entity);
}

/* An edit may name a row that was made after the waiting edit it would fold into; the server must hear of that row first. */
static gboolean
names_later_row (KamWorker          *self,
                 const KamMutation  *mutation,
                 gint64              seq,
                 gboolean           *names,
                 GError            **error)
{
  const KamEntity *entity = kam_entity_get (mutation->entity);

  *names = FALSE;

  for (guint i = 0; i < mutation->changes->len && !*names; i++)
    {
      const KamChange *change = &g_array_index (mutation->changes, KamChange, i);
      gint64 found;

      if (entity->fields[change->field].refers < 0 || change->new.kind != KAM_VALUE_TEXT)
        continue;

      if (!kam_sqlite_number (self->db, &found, 0, error, "SELECT EXISTS (SELECT 1 FROM outbox WHERE id = ?1 AND seq > ?2 AND state = 0 AND mid IS NULL)", "ui",
                          change->new.text, seq))
        return FALSE;

      *names = found != 0;
    }

  return TRUE;
}

static gboolean
enqueue (KamWorker      *self,
         KamMutation    *mutation,
         const char     *lead_id,
         const Waiting  *waiting,
         GError        **error)
{
  gboolean names_later = FALSE;

  if (waiting->seq != 0 && mutation->op == KAM_OP_RESTORE && waiting->mutation->op == KAM_OP_DELETE)
    return kam_outbox_remove (self, waiting->seq, error);

  /* A conflict is settled by what was chosen last; folded, a choice to keep theirs would look like none. */
  if (waiting->seq != 0 && mutation->entity == KAM_ENTITY_CONFLICT)
    return kam_outbox_replace (self, waiting->seq, mutation, error);

  if (waiting->seq != 0 && !names_later_row (self, mutation, waiting->seq, &names_later, error))
    return FALSE;

  if (waiting->seq != 0 && !names_later && kam_mutation_fold (waiting->mutation, mutation))
    {
      if (waiting->mutation->changes->len > 0)
        return kam_outbox_replace (self, waiting->seq, waiting->mutation, error);

      return kam_outbox_remove (self, waiting->seq, error);
    }

  return kam_outbox_insert (self, mutation, lead_id, error);
}

/* A row that was made and deleted before anybody heard of it: nothing is sent. It stays in the bin of this device, so that the deletion can be undone. */
static gboolean
vanish (KamWorker     *self,
        const KamRow  *deleted,
        GError       **error)
{
  const char *id = kam_row_id (deleted);
  gboolean whole = kam_row_kind (deleted) == KAM_ENTITY_LEAD;

  kam_changes_add_outbox (self->changes);

  if (whole && (!kam_sqlite_exec (self->db, error, "DELETE FROM outbox WHERE lead_id = ?1 AND mid IS NULL", "u", id) ||
                !kam_sqlite_exec (self->db, error, "DELETE FROM shadow WHERE lead_id = ?1", "u", id)))
    return FALSE;

  return kam_sqlite_exec (self->db, error, "DELETE FROM outbox WHERE id = ?1 AND mid IS NULL", "u", id) &&
         kam_sqlite_exec (self->db, error, "DELETE FROM shadow WHERE id = ?1", "u", id) && kam_rows_put (self, deleted, FALSE, error);
}

static gboolean
make_again (KamWorker     *self,
            const KamRow  *row,
            gint64         now_us,
            GError       **error)
{
  g_autoptr (KamMutation) mutation = kam_mutation_between (NULL, row, now_us);

  return kam_shadow_ensure (self, kam_row_kind (row), kam_row_id (row), kam_row_lead_id (row), error) &&
         kam_outbox_insert (self, mutation, kam_row_lead_id (row), error) && kam_rows_put (self, row, FALSE, error);
}

/* The opposite of vanish(): with a lead come its rows, which nobody has heard of either. */
static gboolean
reappear (KamWorker     *self,
          Edit          *edit,
          const KamRow  *row,
          GError       **error)
{
  static const KamEntityKind children[] = { KAM_ENTITY_CONTACT, KAM_ENTITY_INTERACTION };

  if (!make_again (self, row, edit->now_us, error))
    return FALSE;

  for (guint i = 0; kam_row_kind (row) == KAM_ENTITY_LEAD && i < G_N_ELEMENTS (children); i++)
    {
      g_autoptr (GPtrArray) rows = NULL;

      if (!kam_rows_list (self, children[i], "WHERE lead_id = ?1 AND rev = 0 AND delete_id IS NULL ORDER BY key", kam_row_id (row), &rows, error))
        return FALSE;

      for (guint n = 0; n < rows->len; n++)
        {
          if (!make_again (self, rows->pdata[n], edit->now_us, error))
            return FALSE;
        }
    }

  return TRUE;
}

/* Which revision the edit starts from. */
static void
set_base (KamMutation    *mutation,
          const KamRow   *before,
          const Waiting  *waiting)
{
  if (before == NULL)
    return;

  if (kam_row_rev (before) > 0)
    mutation->base_rev = mutation->base_rev > 0 ? mutation->base_rev : kam_row_rev (before);
  else
    mutation->base_rev = waiting->result_rev > 0 ? waiting->result_rev : KAM_BASE_AWAITED;
}

/* A lead is deleted with all that this device knows to belong to it, so what is newest among that is what the deletion has seen. */
static gboolean
raise_base (KamWorker    *self,
            KamMutation  *mutation,
            GError      **error)
{
  static const KamEntityKind children[] = { KAM_ENTITY_LEAD_EVENT, KAM_ENTITY_CONTACT, KAM_ENTITY_INTERACTION, KAM_ENTITY_CONFLICT };

  if (mutation->op != KAM_OP_DELETE || mutation->entity != KAM_ENTITY_LEAD || mutation->base_rev <= 0)
    return TRUE;

  for (guint i = 0; i < G_N_ELEMENTS (children); i++)
    {
      g_autoptr (GPtrArray) rows = NULL;

      if (!kam_rows_list (self, children[i], "WHERE lead_id = ?1 ORDER BY key", mutation->id, &rows, error))
        return FALSE;

      for (guint n = 0; n < rows->len; n++)
        mutation->base_rev = MAX (mutation->base_rev, kam_row_rev (rows->pdata[n]));
    }

  return TRUE;
}

static gboolean
keep_local (KamWorker  *self,
            KamRow     *row,
            GError    **error)
{
  kam_row_set_rev (row, 1);

  return kam_rows_put (self, row, FALSE, error);
}

/* Made here, and deleted, or its lead, before anybody heard of it: there is nothing left to change but the deletion itself. */
static gboolean
has_vanished (const KamRow  *row,
              const Waiting *waiting)
{
  return row != NULL && kam_row_rev (row) == 0 && waiting->seq == 0 && !waiting->made_here && !waiting->made_sent && waiting->result_rev == 0;
}

static gboolean
fail_missing (GError **error)
{
  g_set_error_literal (error, KAM_STORE_ERROR, KAM_STORE_ERROR_MISSING, _("This is no longer here. Somebody else may have it now, or it was "
                                                                          "deleted for good"));

  return FALSE;
}

static gboolean
keep (KamWorker     *self,
      Edit          *edit,
      KamMutation   *mutation,
      const KamRow  *before,
      KamRow        *after,
      GError       **error)
{
  const char *lead_id = kam_row_lead_id (after);
  g_auto (Waiting) waiting = { 0, };

  if (lead_id != NULL)
    kam_worker_touch (self, lead_id);

  if (edit->is_local)
    return keep_local (self, after, error);

  if (!find_waiting (self, mutation, &waiting, error))
    return FALSE;

  if (mutation->op == KAM_OP_DELETE && waiting.made_here)
    return vanish (self, after, error);

  if (has_vanished (before, &waiting))
    return mutation->op == KAM_OP_RESTORE ? reappear (self, edit, after, error) : fail_missing (error);

  set_base (mutation, before, &waiting);

  return raise_base (self, mutation, error) && kam_shadow_ensure (self, mutation->entity, mutation->id, lead_id, error) &&
         enqueue (self, mutation, lead_id, &waiting, error) && kam_shadow_rebuild (self, mutation->entity, mutation->id, lead_id != NULL, error);
}

static gboolean
edit_row (KamWorker    *self,
          Edit         *edit,
          KamMutation  *mutation,
          GError      **error)
{
  g_autoptr (KamRow) before = NULL;
  g_autoptr (KamRow) after = NULL;

  if (!kam_rows_get (self, mutation->entity, mutation->id, &before, error))
    return FALSE;

  if (before == NULL && !makes_row (mutation))
    return fail_missing (error);

  if (before == NULL)
    complete (edit, mutation);

  if (mutation->changes->len == 0)
    return TRUE;

  after = before != NULL ? kam_row_copy (before) : kam_row_new (mutation->entity, mutation->id);
  kam_mutation_apply (mutation, after);

  return check (edit, mutation, before == NULL, after, error) && keep (self, edit, mutation, before, after, error);
}

static gboolean
save (KamWorker  *self,
      gpointer    data,
      GError    **error)
{
  Edit *edit = data;

  g_clear_pointer (&edit->user_id, g_free);
  edit->now_us = kam_clock_now (self->clock);

  if (!kam_setting_get (self, "user_id", &edit->user_id, error) || !kam_store_is_local (self, &edit->is_local, error))
    return FALSE;

  for (guint i = 0; i < edit->mutations->len; i++)
    {
      if (!edit_row (self, edit, edit->mutations->pdata[i], error))
        return FALSE;
    }

  return TRUE;
}

/* Whoever is referred to is made first: what makes rows goes by the order of entities, the rest comes after. */
static void
add_copies (GPtrArray *to,
            GPtrArray *from,
            int        pass)
{
  for (guint i = 0; i < from->len; i++)
    {
      const KamMutation *mutation = from->pdata[i];
      int place = makes_row (mutation) ? (int) mutation->entity : KAM_N_ENTITIES;

      if (place == pass)
        g_ptr_array_add (to, kam_mutation_copy (mutation));
    }
}

void
kam_store_edit_async (KamStore            *self,
                      GPtrArray           *mutations,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  GTask *task = kam_store_task (self, kam_store_edit_async, cancellable, callback, user_data);
  Edit *edit = g_new0 (Edit, 1);

  edit->mutations = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_mutation_free);

  for (int pass = 0; pass <= KAM_N_ENTITIES; pass++)
    add_copies (edit->mutations, mutations, pass);

  kam_store_push_write (self, task, save, TRUE, edit, free_edit);
}

gboolean
kam_store_edit_finish (KamStore      *self,
                       GAsyncResult  *result,
                       GError       **error)
{
  return kam_store_finish_write (self, result, error);
}
