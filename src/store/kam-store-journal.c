/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-store-private.h"

/* What has been done stays until a verified backup of the server holds it: a restored server may have lost it, and gets it again from here. */

#define JOURNAL_MOST 20000
#define JOURNAL_LEAST 1000
#define JOURNAL_US (180 * G_TIME_SPAN_DAY)
#define PRUNED_AT_ONCE 200

/* The oldest go first, a few at a time: the journal grows no faster. Some stay however old they look: the device's clock may be off by years. */
static gboolean
prune (KamWorker  *self,
       GError    **error)
{
  return kam_sqlite_exec (self->db, error,
                          "DELETE FROM outbox WHERE seq IN (SELECT seq FROM (SELECT seq, at FROM outbox WHERE state = 3 ORDER BY seq LIMIT "
                          G_STRINGIFY (PRUNED_AT_ONCE) ") WHERE at < ?1 AND seq <= (SELECT seq FROM outbox WHERE state = 3 ORDER BY seq DESC LIMIT 1 OFFSET "
                          G_STRINGIFY (JOURNAL_LEAST) "))", "i", kam_clock_now (self->clock) - JOURNAL_US) &&
         kam_sqlite_exec (self->db, error,
                          "DELETE FROM outbox WHERE state = 3 AND seq <= (SELECT seq FROM outbox WHERE state = 3 ORDER BY seq DESC LIMIT 1 OFFSET "
                          G_STRINGIFY (JOURNAL_MOST) ")", "");
}

gboolean
kam_outbox_publish (KamWorker  *self,
                    gint64      head,
                    GError    **error)
{
  g_autoptr (GArray) done = kam_outbox_rows (self, kam_sqlite_query (self->db, error, "SELECT entity, id, lead_id FROM outbox WHERE state = 1 AND "
                                                                                       "result_rev <= ?1", "i", head), error);
  gint64 durable;

  if (done == NULL || done->len == 0)
    return done != NULL;

  return kam_meta_get_number (self, "durable", &durable, error) &&
         kam_sqlite_exec (self->db, error, "DELETE FROM outbox WHERE state = 1 AND result_rev <= ?1", "i", MIN (head, durable)) &&
         kam_sqlite_exec (self->db, error, "UPDATE outbox SET state = 3 WHERE state = 1 AND result_rev <= ?1", "i", head) && prune (self, error) &&
         kam_outbox_touch_all (self, done, error);
}

static gboolean
note_durable (KamWorker  *self,
              gpointer    data,
              GError    **error)
{
  gint64 durable = *(gint64 *) data;
  gint64 before;

  if (!kam_meta_get_number (self, "durable", &before, error))
    return FALSE;

  return durable == before || (kam_meta_set_number (self, "durable", durable, error) &&
                               kam_sqlite_exec (self->db, error, "DELETE FROM outbox WHERE state = 3 AND result_rev <= ?1", "i", durable));
}

void
kam_store_note_durable_async (KamStore            *self,
                              gint64               durable,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  kam_store_push_write (self, kam_store_task (self, kam_store_note_durable_async, cancellable, callback, user_data), note_durable, FALSE,
                        g_memdup2 (&durable, sizeof durable), g_free);
}

gboolean
kam_store_note_durable_finish (KamStore      *self,
                               GAsyncResult  *result,
                               GError       **error)
{
  return kam_store_finish_write (self, result, error);
}

/* The first time that the server may have heard of it counts, unless it has answered since: that answer is what it knows it by. */
static gboolean
name_origins (KamWorker   *self,
              const char  *client_id,
              GError     **error)
{
  return kam_sqlite_exec (self->db, error,
                          "UPDATE outbox SET origin_client = ?1, origin_mid = mid WHERE mid IS NOT NULL AND state <> 2 AND"
                          " (origin_client IS NULL OR state <> 0)", "t", client_id) &&
         kam_sqlite_exec (self->db, error, "UPDATE outbox SET mid = NULL WHERE mid IS NOT NULL", "");
}

/* Its patches lie on their rows again until they have been answered once more. */
static gboolean
wait_again (KamWorker  *self,
            GError    **error)
{
  g_autoptr (GArray) rows = kam_outbox_rows (self, kam_sqlite_query (self->db, error, "SELECT entity, id, lead_id FROM outbox WHERE state IN (1, 3)", ""),
                                             error);

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      const KamOutboxRow *row = &g_array_index (rows, KamOutboxRow, i);

      if (!kam_shadow_ensure (self, row->entity, row->id, row->lead_id, error))
        return FALSE;
    }

  return rows != NULL && kam_sqlite_exec (self->db, error, "UPDATE outbox SET state = 0, result = NULL, result_rev = NULL WHERE state IN (1, 3)", "") &&
         kam_outbox_touch_all (self, rows, error);
}

static gboolean
fork_client (KamWorker  *self,
             gpointer    data,
             GError    **error)
{
  g_autofree char *old = NULL;
  g_autofree char *new = kam_id_new (kam_clock_now (self->clock));

  kam_changes_add_outbox (self->changes);

  return kam_meta_get_text (self, "client_id", &old, error) && name_origins (self, old, error) &&
         (!GPOINTER_TO_INT (data) || wait_again (self, error)) && kam_meta_set_text (self, "client_id", new, error) &&
         kam_meta_set_number (self, "last_mid", 0, error) && kam_meta_set_number (self, "acked_mid", 0, error);
}

void
kam_store_fork_async (KamStore            *self,
                      gboolean             all,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  /* Durable: under the old id nothing must be sent any more. */
  kam_store_push_write (self, kam_store_task (self, kam_store_fork_async, cancellable, callback, user_data), fork_client, TRUE, GINT_TO_POINTER (all), NULL);
}

gboolean
kam_store_fork_finish (KamStore      *self,
                       GAsyncResult  *result,
                       GError       **error)
{
  return kam_store_finish_write (self, result, error);
}
