/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-store-private.h"
#include "kam-store-schema.h"

#include <gio/gio.h>

static gboolean
remove_all (KamWorker  *self,
            gpointer    data,
            GError    **error)
{
  static const char others[] = "DELETE FROM shadow; DELETE FROM outbox; DELETE FROM stage; DELETE FROM listed_count; DELETE FROM lead_news; DELETE FROM meta;"
                               "DELETE FROM setting; DELETE FROM search_content; DELETE FROM search_docsize;"
                               "INSERT INTO search (search) VALUES ('rebuild'); DELETE FROM sqlite_sequence;";
  g_autofree char *client_id = kam_id_new (kam_clock_now (self->clock));

  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    {
      g_autofree char *sql = g_strdup_printf (/* names only */ "DELETE FROM \"%s\"", kam_entity_get ((KamEntityKind) i)->name);

      if (!kam_sqlite_script (self->db, sql, error))
        return FALSE;

      kam_changes_add_all (self->changes, (KamEntityKind) i);
    }

  kam_changes_add_outbox (self->changes);

  /* Whoever signs in next is another client to the server. */
  return kam_sqlite_script (self->db, others, error) && kam_meta_set_text (self, "client_id", client_id, error) && kam_fields_note (self->db, error);
}

/* secure_delete overwrites what was deleted, VACUUM leaves no free page, and the truncated log no old copy of one. */
static gboolean
erase (KamWorker  *self,
       GError    **error)
{
  gboolean ok;

  g_ptr_array_set_size (self->page, 0);
  self->has_backlog = FALSE;

  ok = kam_worker_write (self, TRUE, remove_all, NULL, error) && kam_sqlite_script (self->db, "VACUUM; PRAGMA wal_checkpoint (TRUNCATE)", error);
  kam_worker_remove_backup (self);

  return ok;
}

static void
erase_job (KamWorker *self,
           GTask     *task,
           gpointer   data)
{
  GError *error = NULL;

  if (erase (self, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
kam_store_erase_async (KamStore            *self,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  GTask *task = kam_store_task (self, kam_store_erase_async, cancellable, callback, user_data);

  g_task_set_check_cancellable (task, FALSE);
  kam_store_push (self, task, erase_job);
}

gboolean
kam_store_erase_finish (KamStore      *self,
                        GAsyncResult  *result,
                        GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
