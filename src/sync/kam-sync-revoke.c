/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-sync-worker-private.h"

#include "kam-json.h"
#include "kam-token.h"
#include "kam-wire.h"

/* The end of a session that the server ended for good: what waits is handed over in pieces, and with the receipt for the last one the copy is erased. */

#define HAND_OVER_SECONDS 60
#define PIECE_MUTATIONS 500
#define PIECE_BYTES (4 * 1024 * 1024)

static void
handed_over_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      data)
{
  g_autoptr (KamOperation) operation = data;
  g_autoptr (KamHttpReply) reply = NULL;
  JsonObject *object = kam_operation_take_object (operation, result, &reply);
  KamSyncWorker *self = operation->worker;
  KamEvent event = { .kind = KAM_EVENT_QUARANTINED };
  const char *receipt = NULL;

  if (object == NULL)
    return;

  if (!kam_json_get_string (object, "server_id", &event.server_id, NULL) || !kam_json_get_string (object, "receipt", &receipt, NULL) ||
      !kam_id_is_valid (receipt))
    {
      kam_sync_worker_failed (self, KAM_LANE_PUSH, KAM_TROUBLE_GARBLED);
      return;
    }

  self->n_handed += self->n_handing;
  event.more = self->n_handed < self->batch->len;
  kam_sync_worker_feed (self, &event);
}

/* Takes the operation over. */
void
kam_sync_worker_hand_over (KamSyncWorker *self,
                           KamOperation  *operation)
{
  g_autoptr (GString) body = g_string_new ("{\"client_id\":");
  guint i = self->n_handed;

  kam_json_append_string (body, self->state->client_id);
  g_string_append (body, ",\"server_id\":");
  kam_json_append_string (body, self->settings->server_id);
  g_string_append_printf (body, ",\"schema\":%d,\"mutations\":[", KAM_SCHEMA_VERSION);

  for (; i < self->batch->len && i - self->n_handed < PIECE_MUTATIONS && body->len < PIECE_BYTES; i++)
    kam_sync_append_mutation (body, g_ptr_array_index (self->batch, i));

  self->n_handing = i - self->n_handed;
  g_string_append_printf (body, "],\"last\":%s}", i == self->batch->len ? "true" : "false");
  kam_http_call_async (self->http, "POST", "/v1/quarantine", body->str, HAND_OVER_SECONDS, self->cancellables[KAM_LANE_PUSH], handed_over_cb, operation);
}

static void
noted_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (KamOperation) operation = data;
  g_autoptr (GError) error = NULL;
  KamSyncWorker *self = operation->worker;

  if (!kam_sync_settings_save_finish (result, &error))
    g_warning ("The cache failed: %s", error->message);

  self->erasing = FALSE;
  if (self->stopping)
    return;

  kam_sync_worker_begin (self, FALSE);
  kam_sync_worker_report (self);
}

static void
cleared_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (KamOperation) operation = data;
  g_autoptr (GError) error = NULL;
  KamSyncWorker *self = operation->worker;

  /* It opens nothing any more, and the folder no longer says for whom it was. */
  if (!kam_token_clear_finish (result, &error))
    g_warning ("The token of the session that has ended cannot be removed: %s", error->message);

  kam_sync_settings_save_async (self->store, self->settings, NULL, noted_cb, g_steal_pointer (&operation));
}

static void
erased_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (KamOperation) operation = data;
  g_autoptr (GError) error = NULL;
  KamSyncWorker *self = operation->worker;
  g_autofree char *server = g_strdup (self->settings->server);
  guint n_handed = self->n_handed;

  if (!kam_store_erase_finish (KAM_STORE (source), result, &error))
    {
      self->erasing = FALSE;
      if (kam_operation_is_current (operation))
        kam_sync_worker_store_failed (self, KAM_LANE_PUSH, error);
      return;
    }

  kam_sync_worker_halt (self);
  kam_sync_worker_forget (self);
  self->settings->notice = g_strdup_printf ("%u", n_handed);
  kam_token_clear_async (kam_store_get_dir (self->store), server, NULL, cleared_cb, g_steal_pointer (&operation));
}

/* What was saved since the outbox was taken is handed over first. */
static void
state_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (KamOperation) operation = data;
  g_autoptr (GError) error = NULL;
  KamSyncWorker *self = operation->worker;
  g_autoptr (KamSyncState) state = kam_store_sync_state_finish (KAM_STORE (source), result, &error);
  KamEvent event = { .kind = KAM_EVENT_ERASED, .more = TRUE };

  if (!kam_operation_is_current (operation))
    {
      self->erasing = FALSE;
      return;
    }

  if (state != NULL && state->n_waiting <= self->n_handed)
    {
      kam_store_erase_async (self->store, NULL, erased_cb, g_steal_pointer (&operation));
      return;
    }

  self->erasing = FALSE;
  if (state == NULL)
    kam_sync_worker_store_failed (self, KAM_LANE_PUSH, error);
  else
    kam_sync_worker_feed (self, &event);
}

void
kam_sync_worker_erase (KamSyncWorker *self)
{
  self->erasing = TRUE;
  kam_store_sync_state_async (self->store, NULL, state_cb, kam_operation_new (self, KAM_LANE_PUSH));
}

/* The profile is empty, and belongs to nobody. */
void
kam_sync_worker_forget (KamSyncWorker *self)
{
  g_clear_pointer (&self->http, kam_http_free);
  g_clear_pointer (&self->settings, kam_sync_settings_free);
  g_clear_pointer (&self->state, kam_sync_state_free);
  self->settings = g_new0 (KamSyncSettings, 1);
  self->last_synced = 0;
  self->repaired = 0;
}
