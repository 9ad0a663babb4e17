/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-sample.h"
#include "kam-store-private.h"

#include <glib/gi18n.h>

typedef struct
{
  KamWorker             *worker;
  guint                  leads;
  guint                  seed;
  GCancellable          *cancellable;   /* (owned) (nullable) */
  GMainContext          *context;       /* (owned) */
  GFileProgressCallback  progress;
  gpointer               progress_data;
  guint                  told;          /* leads done when progress was told last */
  char                  *user_id;       /* (owned) (nullable): the first KAM */
} Fill;

static void
free_fill (gpointer data)
{
  Fill *fill = data;

  g_clear_object (&fill->cancellable);
  g_main_context_unref (fill->context);
  g_free (fill->user_id);
  g_free (fill);
}

typedef struct
{
  GFileProgressCallback func;
  gpointer              data;
  goffset               done;
  goffset               total;
} Progress;

static gboolean
progress_cb (gpointer data)
{
  Progress *progress = data;

  progress->func (progress->done, progress->total, progress->data);

  return G_SOURCE_REMOVE;
}

static void
tell_progress (Fill  *fill,
               guint  done)
{
  g_autoptr (GSource) source = NULL;
  Progress *progress;

  if (fill->progress == NULL || (done < fill->told + 100 && done < fill->leads))
    return;

  fill->told = done;
  progress = g_new0 (Progress, 1);
  *progress = (Progress){ fill->progress, fill->progress_data, done, fill->leads };
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, progress_cb, progress, g_free);
  g_source_attach (source, fill->context);
}

static gboolean
take_row (KamRow    *row,
          guint      leads_done,
          gpointer   data,
          GError   **error)
{
  Fill *fill = data;
  g_autoptr (KamRow) mine = kam_row_copy (row);

  if (g_cancellable_set_error_if_cancelled (fill->cancellable, error))
    return FALSE;

  if (fill->user_id == NULL && kam_row_kind (row) == KAM_ENTITY_USER && kam_row_is (row, KAM_USER_ROLE, "kam"))
    fill->user_id = g_strdup (kam_row_id (row));

  kam_row_set_rev (mine, 1);
  tell_progress (fill, leads_done);

  return kam_rows_put (fill->worker, mine, FALSE, error);
}

static gboolean
fill (KamWorker  *self,
      gpointer    data,
      GError    **error)
{
  Fill *filled = data;
  g_autofree char *cursor = NULL;
  KamSampleOptions options = { .leads = filled->leads, .kams = 1 + filled->leads / 400, .seed = filled->seed, .now_us = kam_clock_now (self->clock) };
  gint64 rows;

  if (!kam_meta_get_text (self, "cursor", &cursor, error) || !kam_sqlite_number (self->db, &rows, 0, error, "SELECT EXISTS (SELECT 1 FROM user)", ""))
    return FALSE;

  if (cursor != NULL || rows != 0)
    {
      g_set_error_literal (error, KAM_STORE_ERROR, KAM_STORE_ERROR_INVALID, _("Sample data only goes into an empty profile"));
      return FALSE;
    }

  if (!kam_sample_generate (&options, take_row, filled, error))
    return FALSE;

  return kam_meta_set_number (self, "local", 1, error) && kam_setting_set (self, "user_id", filled->user_id, error) && kam_backlog_restart (self, error);
}

static void
fill_job (KamWorker *self,
          GTask     *task,
          gpointer   data)
{
  Fill *filled = data;
  GError *error = NULL;

  filled->worker = self;

  if (kam_worker_write (self, TRUE, fill, filled, &error))
    g_task_return_pointer (task, g_strdup (filled->user_id), g_free);
  else
    g_task_return_error (task, error);
}

void
kam_store_fill_sample_async (KamStore              *self,
                             guint                  leads,
                             guint                  seed,
                             GCancellable          *cancellable,
                             GFileProgressCallback  progress,
                             gpointer               progress_data,
                             GAsyncReadyCallback    callback,
                             gpointer               user_data)
{
  GTask *task = kam_store_task (self, kam_store_fill_sample_async, cancellable, callback, user_data);
  Fill *filled = g_new0 (Fill, 1);

  filled->leads = leads;
  filled->seed = seed;
  filled->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  filled->context = g_main_context_ref_thread_default ();
  filled->progress = progress;
  filled->progress_data = progress_data;
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, filled, free_fill);
  kam_store_push (self, task, fill_job);
}

char *
kam_store_fill_sample_finish (KamStore      *self,
                              GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
