/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-store-private.h"

#include <glib/gi18n.h>

/* What a person takes back of their edits, or sends again. */

typedef struct
{
  KamMutation    *mutation; /* (owned) (nullable) */
  char           *lead_id;  /* (owned) (nullable) */
  KamOutboxState  state;
} Entry;

static void
clear_entry (Entry *entry)
{
  g_clear_pointer (&entry->mutation, kam_mutation_free);
  g_free (entry->lead_id);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Entry, clear_entry)

static gboolean
load (KamWorker  *self,
      gint64      seq,
      Entry      *entry,
      GError    **error)
{
  sqlite3_stmt *stmt = kam_sqlite_query (self->db, error, "SELECT " KAM_OUTBOX_COLUMNS ", lead_id FROM outbox WHERE seq = ?1", "i", seq);
  int step = stmt != NULL ? kam_sqlite_step (self->db, stmt, error) : -1;

  if (step > 0)
    {
      entry->mutation = kam_outbox_read (stmt);
      entry->state = (KamOutboxState) sqlite3_column_int (stmt, KAM_OUTBOX_SEQ + 1);
      entry->lead_id = kam_sqlite_id (stmt, KAM_OUTBOX_SEQ + 2);
      sqlite3_reset (stmt);
    }
  else if (step == 0)
    {
      g_set_error_literal (error, KAM_STORE_ERROR, KAM_STORE_ERROR_MISSING, _("This change is no longer in the list"));
    }

  return step > 0;
}

static gboolean
refuse (GError **error)
{
  g_set_error_literal (error, KAM_STORE_ERROR, KAM_STORE_ERROR_INVALID, _("This change is on its way to the server already"));

  return FALSE;
}

static gboolean
makes_row (const Entry *entry)
{
  return entry->mutation->op == KAM_OP_PUT && entry->mutation->base_rev == 0;
}

static gboolean
touch (KamWorker    *self,
       const Entry  *entry,
       GError      **error)
{
  KamOutboxRow row = { entry->mutation->entity, entry->mutation->id, entry->lead_id };

  return kam_outbox_touch (self, &row, error);
}

#define UNSENT_OF_ROW "state = 0 AND mid IS NULL AND origin_client IS NULL AND (id = ?1 OR lead_id = ?1)"
#define WAITS_FOR_ROW "state = 0 AND mid IS NULL AND (id = ?1 OR lead_id = ?1)"

/* A row that nobody has heard of, with what belongs to it. */
static gboolean
take_back_row (KamWorker    *self,
               const Entry  *entry,
               GError      **error)
{
  const char *id = entry->mutation->id;
  g_autoptr (GArray) rows = kam_outbox_rows (self, kam_sqlite_query (self->db, error, "SELECT entity, id, lead_id FROM outbox WHERE " UNSENT_OF_ROW, "u", id),
                                             error);

  return rows != NULL && kam_sqlite_exec (self->db, error, "DELETE FROM outbox WHERE " UNSENT_OF_ROW, "u", id) && kam_outbox_touch_all (self, rows, error);
}

/* What waits for a row that will never be. */
static gboolean
reject_row (KamWorker    *self,
            const Entry  *entry,
            GError      **error)
{
  const char *id = entry->mutation->id;
  g_autoptr (GArray) rows = kam_outbox_rows (self, kam_sqlite_query (self->db, error, "SELECT entity, id, lead_id FROM outbox WHERE " WAITS_FOR_ROW, "u", id),
                                             error);

  return rows != NULL &&
         kam_sqlite_exec (self->db, error, "UPDATE outbox SET state = 2, code = 'parent_gone', message = ?2 WHERE " WAITS_FOR_ROW, "ut", id,
                          _("What this belongs to was not made")) &&
         kam_outbox_touch_all (self, rows, error);
}

/* The edit that waits behind it starts from what that one had seen, or the server would take it for one that missed something. */
static gboolean
rebase_next (KamWorker          *self,
             gint64              seq,
             const KamMutation  *gone,
             GError            **error)
{
  sqlite3_stmt *stmt = kam_sqlite_query (self->db, error, "SELECT " KAM_OUTBOX_COLUMNS " FROM outbox WHERE id = ?1 AND entity = ?2 AND seq > ?3 AND state = 0 "
                                                          "AND mid IS NULL ORDER BY seq LIMIT 1", "uii", gone->id, (gint64) gone->entity, seq);
  int step = stmt != NULL ? kam_sqlite_step (self->db, stmt, error) : -1;
  g_autoptr (KamMutation) next = NULL;
  gint64 next_seq;

  if (step <= 0)
    return step == 0;

  next = kam_outbox_read (stmt);
  next_seq = sqlite3_column_int64 (stmt, KAM_OUTBOX_SEQ);
  sqlite3_reset (stmt);

  for (guint i = 0; i < gone->changes->len; i++)
    {
      const KamChange *change = &g_array_index (gone->changes, KamChange, i);
      KamChange *later = kam_mutation_find (next, change->field);

      if (later != NULL)
        kam_value_copy (&later->old, &change->old);
    }

  return kam_outbox_replace (self, next_seq, next, error);
}

static gboolean
discard (KamWorker  *self,
         gpointer    data,
         GError    **error)
{
  gint64 seq = *(gint64 *) data;
  g_auto (Entry) entry = { NULL, };

  if (!load (self, seq, &entry, error))
    return FALSE;

  if (entry.state == KAM_OUTBOX_REJECTED)
    return (!makes_row (&entry) || reject_row (self, &entry, error)) &&
           kam_sqlite_exec (self->db, error, "DELETE FROM outbox WHERE seq = ?1", "i", seq) &&
           touch (self, &entry, error);

  if (entry.state != KAM_OUTBOX_WAITING || entry.mutation->mid != 0 || entry.mutation->origin_client_id != NULL)
    return refuse (error);

  if (makes_row (&entry))
    return take_back_row (self, &entry, error);

  return rebase_next (self, seq, entry.mutation, error) && kam_outbox_remove (self, seq, error) &&
         touch (self, &entry, error);
}

static gboolean
resend (KamWorker  *self,
        gpointer    data,
        GError    **error)
{
  gint64 seq = *(gint64 *) data;
  g_auto (Entry) entry = { NULL, };

  if (!load (self, seq, &entry, error))
    return FALSE;

  if (entry.state != KAM_OUTBOX_REJECTED)
    return refuse (error);

  /* It waited for a making that was never done, so there is no result that it could start from. */
  return kam_shadow_ensure (self, entry.mutation->entity, entry.mutation->id, entry.lead_id, error) &&
         kam_sqlite_exec (self->db, error,
                          "UPDATE outbox SET state = 0, mid = NULL, origin_client = NULL, origin_mid = NULL, result = NULL, result_rev = NULL, code = NULL,"
                          " field = NULL, message = NULL, base_rev = CASE WHEN base_rev < 0 THEN 1 ELSE base_rev END WHERE seq = ?1", "i", seq) &&
         touch (self, &entry, error);
}

void
kam_store_pending_discard_async (KamStore            *self,
                                 gint64               seq,
                                 GCancellable        *cancellable,
                                 GAsyncReadyCallback  callback,
                                 gpointer             user_data)
{
  GTask *task = kam_store_task (self, kam_store_pending_discard_async, cancellable, callback, user_data);

  kam_store_push_write (self, task, discard, TRUE, g_memdup2 (&seq, sizeof seq), g_free);
}

gboolean
kam_store_pending_discard_finish (KamStore      *self,
                                  GAsyncResult  *result,
                                  GError       **error)
{
  return kam_store_finish_write (self, result, error);
}

void
kam_store_pending_resend_async (KamStore            *self,
                                gint64               seq,
                                GCancellable        *cancellable,
                                GAsyncReadyCallback  callback,
                                gpointer             user_data)
{
  GTask *task = kam_store_task (self, kam_store_pending_resend_async, cancellable, callback, user_data);

  kam_store_push_write (self, task, resend, TRUE, g_memdup2 (&seq, sizeof seq), g_free);
}

gboolean
kam_store_pending_resend_finish (KamStore      *self,
                                 GAsyncResult  *result,
                                 GError       **error)
{
  return kam_store_finish_write (self, result, error);
}
