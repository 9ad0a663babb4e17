/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-store-private.h"

void
kam_sync_state_free (KamSyncState *self)
{
  if (self == NULL)
    return;

  g_free (self->client_id);
  g_free (self->cursor);
  g_free (self->server_id);
  g_free (self);
}

static gboolean
read_state (KamWorker     *self,
            KamSyncState  *state,
            GError       **error)
{
  KamPendingCounts counts = { 0, };
  gint64 kept;

  if (!kam_meta_get_text (self, "client_id", &state->client_id, error) || !kam_meta_get_text (self, "cursor", &state->cursor, error) ||
      !kam_meta_get_number (self, "head", &state->head, error) || !kam_meta_get_number (self, "last_mid", &state->last_mid, error) ||
      !kam_meta_get_number (self, "acked_mid", &state->acked_mid, error) || !kam_meta_get_number (self, "durable", &state->durable, error) ||
      !kam_setting_get (self, "server_id", &state->server_id, error) || !kam_pending_count (self, &counts, error) ||
      !kam_sqlite_number (self->db, &kept, 0, error, "SELECT count (*) FROM outbox WHERE state = 3", ""))
    return FALSE;

  state->n_waiting = counts.n_waiting;
  state->n_rejected = counts.n_rejected;
  state->n_conflicts = counts.n_conflicts;
  state->n_kept = (guint) kept;

  return TRUE;
}

static void
state_job (KamWorker *self,
           GTask     *task,
           gpointer   data)
{
  g_autoptr (KamSyncState) state = g_new0 (KamSyncState, 1);
  GError *error = NULL;

  if (read_state (self, state, &error))
    g_task_return_pointer (task, g_steal_pointer (&state), (GDestroyNotify) kam_sync_state_free);
  else
    g_task_return_error (task, error);
}

void
kam_store_sync_state_async (KamStore            *self,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  kam_store_push (self, kam_store_task (self, kam_store_sync_state_async, cancellable, callback, user_data), state_job);
}

KamSyncState *
kam_store_sync_state_finish (KamStore      *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
next_cursor_job (KamWorker *self,
                 GTask     *task,
                 gpointer   data)
{
  g_autofree char *staged = NULL;
  g_autofree char *published = NULL;
  GError *error = NULL;

  if (!kam_meta_get_text (self, "stage_cursor", &staged, &error) || !kam_meta_get_text (self, "cursor", &published, &error))
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, staged != NULL ? g_steal_pointer (&staged) : g_steal_pointer (&published), g_free);
}

void
kam_store_next_cursor_async (KamStore            *self,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  kam_store_push (self, kam_store_task (self, kam_store_next_cursor_async, cancellable, callback, user_data), next_cursor_job);
}

/**
 * kam_store_next_cursor_finish:
 *
 * Returns: (transfer full) (nullable): the cursor; NULL without an error before the first page
 */
char *
kam_store_next_cursor_finish (KamStore      *self,
                              GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
