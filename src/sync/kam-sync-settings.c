/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-sync-settings.h"

#include <string.h>

static const struct
{
  const char *key;
  gsize       offset;
} members[] = {
  { "server", G_STRUCT_OFFSET (KamSyncSettings, server) },
  { "ca_file", G_STRUCT_OFFSET (KamSyncSettings, ca_file) },
  { "server_id", G_STRUCT_OFFSET (KamSyncSettings, server_id) },
  { "user_id", G_STRUCT_OFFSET (KamSyncSettings, user_id) },
  { "user_name", G_STRUCT_OFFSET (KamSyncSettings, user_name) },
  { "device_id", G_STRUCT_OFFSET (KamSyncSettings, device_id) },
  { "local", G_STRUCT_OFFSET (KamSyncSettings, local) },
  { "checked", G_STRUCT_OFFSET (KamSyncSettings, checked) },
  { "notice", G_STRUCT_OFFSET (KamSyncSettings, notice) },
};

/* Several calls of the store, which answers them in the order they were made. */
typedef struct
{
  KamSyncSettings *settings; /* (owned) */
  guint            done;
  GError          *error;    /* (owned) (nullable): the first */
} Batch;

static char **
member (const KamSyncSettings *self,
        guint                  i)
{
  return (char **) G_STRUCT_MEMBER_P (self, members[i].offset);
}

static void
batch_free (Batch *batch)
{
  g_clear_pointer (&batch->settings, kam_sync_settings_free);
  g_clear_error (&batch->error);
  g_free (batch);
}

static Batch *
batch_new (GTask *task)
{
  Batch *batch = g_new0 (Batch, 1);

  batch->settings = g_new0 (KamSyncSettings, 1);
  g_task_set_task_data (task, batch, (GDestroyNotify) batch_free);

  return batch;
}

static void
got_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      data)
{
  g_autoptr (GTask) task = data;
  Batch *batch = g_task_get_task_data (task);

  *member (batch->settings, batch->done) = kam_store_get_setting_finish (KAM_STORE (source), result, batch->error == NULL ? &batch->error : NULL);

  if (++batch->done < G_N_ELEMENTS (members))
    return;

  if (batch->error != NULL)
    g_task_return_error (task, g_steal_pointer (&batch->error));
  else
    g_task_return_pointer (task, g_steal_pointer (&batch->settings), (GDestroyNotify) kam_sync_settings_free);
}

static void
set_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      data)
{
  g_autoptr (GTask) task = data;
  Batch *batch = g_task_get_task_data (task);

  kam_store_set_setting_finish (KAM_STORE (source), result, batch->error == NULL ? &batch->error : NULL);

  if (++batch->done < G_N_ELEMENTS (members))
    return;

  if (batch->error != NULL)
    g_task_return_error (task, g_steal_pointer (&batch->error));
  else
    g_task_return_boolean (task, TRUE);
}

void
kam_sync_settings_free (KamSyncSettings *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    g_free (*member (self, i));

  g_free (self);
}

KamSyncSettings *
kam_sync_settings_copy (const KamSyncSettings *self)
{
  KamSyncSettings *copy = g_new0 (KamSyncSettings, 1);

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    *member (copy, i) = g_strdup (*member (self, i));

  return copy;
}

void
kam_sync_settings_load_async (KamStore            *store,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (store, cancellable, callback, user_data);

  g_task_set_source_tag (task, kam_sync_settings_load_async);
  batch_new (task);

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    kam_store_get_setting_async (store, members[i].key, cancellable, got_cb, g_object_ref (task));
}

KamSyncSettings *
kam_sync_settings_load_finish (GAsyncResult  *result,
                               GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
kam_sync_settings_save_async (KamStore              *store,
                              const KamSyncSettings *settings,
                              GCancellable          *cancellable,
                              GAsyncReadyCallback    callback,
                              gpointer               user_data)
{
  g_autoptr (GTask) task = g_task_new (store, cancellable, callback, user_data);

  g_task_set_source_tag (task, kam_sync_settings_save_async);
  batch_new (task);

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    kam_store_set_setting_async (store, members[i].key, *member (settings, i), cancellable, set_cb, g_object_ref (task));
}

gboolean
kam_sync_settings_save_finish (GAsyncResult  *result,
                               GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
