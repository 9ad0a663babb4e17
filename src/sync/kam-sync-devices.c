/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-sync.h"

#include "kam-error.h"
#include "kam-id.h"
#include "kam-json.h"
#include "kam-sync-ask.h"
#include "kam-time.h"

/* The person's devices, as the server knows them. */

void
kam_device_free (KamDevice *self)
{
  g_free (self->id);
  g_free (self->name);
  g_free (self);
}

static KamDevice *
read_device (JsonNode  *node,
             GError   **error)
{
  g_autoptr (KamDevice) device = g_new0 (KamDevice, 1);
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *id = NULL;
  const char *name = NULL;
  const char *created = NULL;
  const char *seen = NULL;

  if (object == NULL)
    {
      g_set_error (error, KAM_ERROR, KAM_ERROR_INVALID_WIRE, "A device is no object");
      return NULL;
    }

  if (!kam_json_get_string (object, "id", &id, error) || !kam_json_get_string (object, "name", &name, error) ||
      !kam_json_get_string (object, "created_at", &created, error) || !kam_instant_parse (created, &device->created_at, error) ||
      !kam_json_opt_string (object, "seen_at", &seen, error) || (seen != NULL && !kam_instant_parse (seen, &device->seen_at, error)) ||
      !kam_json_opt_bool (object, "signed_in", &device->signed_in, error) || !kam_json_opt_bool (object, "current", &device->current, error))
    return NULL;

  if (!kam_id_is_valid (id))
    {
      g_set_error (error, KAM_ERROR, KAM_ERROR_INVALID_WIRE, "“id” is no id");
      return NULL;
    }

  device->id = g_strdup (id);
  device->name = g_strdup (name);

  return g_steal_pointer (&device);
}

static gpointer
read_devices (JsonObject  *object,
              gpointer     data,
              GError     **error)
{
  g_autoptr (GPtrArray) devices = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_device_free);
  JsonArray *array = NULL;

  if (!kam_json_get_array (object, "devices", &array, error))
    return NULL;

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      KamDevice *device = read_device (json_array_get_element (array, i), error);

      if (device == NULL)
        return NULL;

      g_ptr_array_add (devices, device);
    }

  return g_steal_pointer (&devices);
}

void
kam_sync_devices_async (KamSync             *self,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, kam_sync_devices_async);
  kam_sync_worker_ask (kam_sync_get_worker (self), "GET", "/v1/devices", read_devices, (GDestroyNotify) g_ptr_array_unref, task);
}

GPtrArray *
kam_sync_devices_finish (KamSync       *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
kam_sync_end_device_async (KamSync             *self,
                           const char          *id,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autofree char *path = g_strconcat ("/v1/devices/", id, NULL);

  g_task_set_source_tag (task, kam_sync_end_device_async);
  kam_sync_worker_ask (kam_sync_get_worker (self), "DELETE", path, NULL, NULL, task);
}

gboolean
kam_sync_end_device_finish (KamSync       *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
