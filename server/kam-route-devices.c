/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-routes.h"

#include "kam-time.h"

/* What a person is signed in on, and signing one of these out from elsewhere. */

typedef struct
{
  guint8 token_hash[KAM_TOKEN_HASH_BYTES];
  gint64 now_us;
  char  *device_id; /* (owned) (nullable): the one to sign out */
  char   caller_id[KAM_ID_LENGTH + 1];
} Question;

static Question *
question_new (KamServer  *server,
              KamRequest *request)
{
  Question *self = g_new0 (Question, 1);

  memcpy (self->token_hash, kam_request_token_hash (request), KAM_TOKEN_HASH_BYTES);
  self->now_us = kam_server_now (server);

  return self;
}

static void
question_free (gpointer data)
{
  Question *self = data;

  g_free (self->device_id);
  g_free (self);
}

static void
add_device (JsonArray             *devices,
            const KamDeviceRecord *device,
            const char            *current)
{
  JsonObject *object = json_object_new ();
  g_autofree char *created_at = kam_instant_format (device->created_at);
  g_autofree char *seen_at = kam_instant_format (device->seen_at);

  json_object_set_string_member (object, "id", device->id);
  json_object_set_string_member (object, "name", device->name);
  json_object_set_string_member (object, "created_at", created_at);
  json_object_set_string_member (object, "seen_at", seen_at);
  json_object_set_boolean_member (object, "signed_in", device->signed_in);
  json_object_set_boolean_member (object, "current", strcmp (device->id, current) == 0);
  json_array_add_object_element (devices, object);
}

static gpointer
list_devices (KamDb         *db,
              gpointer       data,
              GCancellable  *cancellable,
              GError       **error)
{
  Question *question = data;
  g_autoptr (KamSession) session = kam_routes_caller (db, question->token_hash, question->now_us, error);
  g_autoptr (GPtrArray) devices = NULL;
  JsonObject *object;
  JsonArray *array;
  JsonNode *node;

  if (session == NULL)
    return NULL;

  kam_routes_note_seen (db, question->token_hash, session, question->now_us);
  devices = kam_session_list_devices (db, session->user_id, question->now_us, error);
  if (devices == NULL)
    return NULL;

  array = json_array_new ();
  for (guint i = 0; i < devices->len; i++)
    add_device (array, g_ptr_array_index (devices, i), session->device_id);

  object = json_object_new ();
  json_object_set_array_member (object, "devices", array);
  node = json_node_new (JSON_NODE_OBJECT);
  json_node_take_object (node, object);

  return node;
}

static void
unref_node (gpointer node)
{
  json_node_unref (node);
}

static void
listed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (KamAsked) asked = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) body = kam_db_pool_run_finish (KAM_DB_POOL (source), result, &error);

  if (body != NULL)
    kam_request_answer (asked->request, SOUP_STATUS_OK, body);
  else
    kam_request_fail (asked->request, error);
}

void
kam_route_devices (KamServer  *server,
                   KamRequest *request)
{
  kam_db_pool_run_async (kam_server_pool (server), list_devices, question_new (server, request), question_free, unref_node,
                         kam_request_cancellable (request), listed_cb, kam_asked_new (server, request));
}

static gboolean
revoke_device (KamDb         *db,
        gpointer       data,
        GCancellable  *cancellable,
        GError       **error)
{
  Question *question = data;
  gboolean found = FALSE;

  if (!kam_session_revoke_device (db, question->caller_id, question->device_id, question->now_us, &found, error))
    return FALSE;

  if (!found)
    g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_NOT_FOUND, "You have no such device.");

  return found;
}

static gpointer
end_device (KamDb         *db,
            gpointer       data,
            GCancellable  *cancellable,
            GError       **error)
{
  Question *question = data;
  g_autoptr (KamSession) session = kam_routes_caller (db, question->token_hash, question->now_us, error);

  if (session == NULL)
    return NULL;

  g_strlcpy (question->caller_id, session->user_id, sizeof question->caller_id);
  kam_db_transact (db, KAM_DB_READ_WRITE, revoke_device, question, cancellable, error);

  return NULL;
}

static void
ended_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (KamAsked) asked = user_data;
  g_autoptr (GError) error = NULL;

  kam_db_pool_run_finish (KAM_DB_POOL (source), result, &error);
  if (error != NULL)
    kam_request_fail (asked->request, error);
  else
    kam_request_answer (asked->request, SOUP_STATUS_NO_CONTENT, NULL);
}

void
kam_route_end_device (KamServer  *server,
                      KamRequest *request)
{
  const char *path = g_uri_get_path (soup_server_message_get_uri (kam_request_message (request)));
  const char *id = strrchr (path, '/') + 1;
  g_autoptr (GError) error = NULL;
  Question *question;

  if (!kam_id_is_valid (id))
    {
      error = g_error_new_literal (KAM_SERVER_ERROR, KAM_SERVER_ERROR_NOT_FOUND, "You have no such device.");
      kam_request_fail (request, error);
      return;
    }

  question = question_new (server, request);
  question->device_id = g_strdup (id);
  /* Not cancellable: it is to happen also if the answer is not waited for. */
  kam_db_pool_run_async (kam_server_pool (server), end_device, question, question_free, NULL, NULL, ended_cb, kam_asked_new (server, request));
}
