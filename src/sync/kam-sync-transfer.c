/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-sync-worker-private.h"

#include "kam-json.h"
#include "kam-time.h"

/* What the lanes say to the server, and how its answers are read. Pages are in kam-sync-pages.c, the end of a session in kam-sync-revoke.c. */

#define HELLO_SECONDS 15
#define PUSH_SECONDS 60
#define POKE_SECONDS 70 /* the server holds it open up to 55 */

void
kam_sync_worker_failed (KamSyncWorker *self,
                        KamLane        lane,
                        KamTrouble     trouble)
{
  KamEvent event = { .kind = KAM_EVENT_FAILED, .lane = lane, .trouble = trouble };

  kam_sync_worker_feed (self, &event);
}

/* Takes the reply of a request that somebody still waits for and that went well; tells the engine of one that did not. */
KamHttpReply *
kam_operation_take_reply (KamOperation *operation,
                          GAsyncResult *result)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KamHttpReply) reply = kam_http_finish (result, &error);
  KamEvent event = { .kind = KAM_EVENT_FAILED, .lane = operation->lane };

  if (reply == NULL || !kam_operation_is_awaited (operation))
    return NULL;

  if (kam_http_reply_is_good (reply))
    return g_steal_pointer (&reply);

  g_debug ("Request failed: trouble %d, status %u, code %s, %s", reply->trouble, reply->status, reply->code, reply->detail);
  event.trouble = reply->trouble;
  event.status = reply->status;
  event.code = reply->code;
  event.retry_after_us = reply->retry_after_us;
  event.last_mid = reply->last_mid;
  kam_sync_worker_feed (operation->worker, &event);

  return NULL;
}

/* The same for one whose body must be an object, which belongs to the reply. */
JsonObject *
kam_operation_take_object (KamOperation  *operation,
                           GAsyncResult  *result,
                           KamHttpReply **reply)
{
  *reply = kam_operation_take_reply (operation, result);
  if (*reply == NULL)
    return NULL;

  if ((*reply)->body != NULL && JSON_NODE_HOLDS_OBJECT ((*reply)->body))
    return json_node_get_object ((*reply)->body);

  kam_sync_worker_failed (operation->worker, operation->lane, KAM_TROUBLE_GARBLED);

  return NULL;
}

/* The names are borrowed from the object. */
gboolean
kam_sync_read_hello (JsonObject *object,
                     KamEvent   *event)
{
  JsonObject *protocol = NULL;
  gint64 least = 0;
  gint64 most = 0;

  if (!kam_json_get_string (object, "server_id", &event->server_id, NULL) || !kam_json_get_object (object, "protocol", &protocol, NULL) ||
      !kam_json_get_int (protocol, "min", &least, NULL) || !kam_json_get_int (protocol, "max", &most, NULL))
    return FALSE;

  event->protocol_min = (int) CLAMP (least, 0, G_MAXINT);
  event->protocol_max = (int) CLAMP (most, 0, G_MAXINT);

  return kam_id_is_valid (event->server_id);
}

static void
measure_skew (KamOperation *operation,
              JsonObject   *object)
{
  KamSyncWorker *self = operation->worker;
  const char *text = NULL;
  gint64 there = 0;
  gint64 now = kam_clock_now (self->clock);

  if (!kam_json_opt_string (object, "time", &text, NULL) || text == NULL || !kam_instant_parse (text, &there, NULL))
    return;

  self->clock_skew = now - (now - operation->begun_us) / 2 - there;
}

static void
hello_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (KamOperation) operation = data;
  g_autoptr (KamHttpReply) reply = NULL;
  JsonObject *object = kam_operation_take_object (operation, result, &reply);
  KamEvent event = { .kind = KAM_EVENT_HELLO };

  if (object == NULL)
    return;

  if (!kam_sync_read_hello (object, &event))
    {
      kam_sync_worker_failed (operation->worker, KAM_LANE_HELLO, KAM_TROUBLE_GARBLED);
      return;
    }

  measure_skew (operation, object);
  kam_sync_worker_feed (operation->worker, &event);
}

/* Keeps the results of what was sent, and of nothing else. */
static GPtrArray *
read_results (KamSyncWorker *self,
              JsonObject    *object,
              gint64        *rev)
{
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_result_free);
  JsonArray *array = NULL;
  gint64 first = ((KamMutation *) g_ptr_array_index (self->batch, 0))->mid;
  gint64 last = ((KamMutation *) g_ptr_array_index (self->batch, self->batch->len - 1))->mid;

  if (!kam_json_get_array (object, "results", &array, NULL))
    return NULL;

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      g_autoptr (GError) error = NULL;
      KamResult *each = kam_result_from_json (json_array_get_element (array, i), &error);

      if (each == NULL)
        {
          g_warning ("A result cannot be read: %s", error->message);
          return NULL;
        }

      if (each->mid < first || each->mid > last)
        {
          kam_result_free (each);
          continue;
        }

      *rev = MAX (*rev, each->rev);
      g_ptr_array_add (results, each);
    }

  return g_steal_pointer (&results);
}

static void
push_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr (KamOperation) operation = data;
  g_autoptr (KamHttpReply) reply = NULL;
  JsonObject *object = kam_operation_take_object (operation, result, &reply);
  KamSyncWorker *self = operation->worker;
  KamEvent event = { .kind = KAM_EVENT_PUSHED };

  if (object == NULL)
    return;

  g_clear_pointer (&self->results, g_ptr_array_unref);
  self->results = read_results (self, object, &event.rev);
  if (self->results == NULL)
    {
      kam_sync_worker_failed (self, KAM_LANE_PUSH, KAM_TROUBLE_GARBLED);
      return;
    }

  event.count = self->results->len;
  kam_sync_worker_feed (self, &event);
}

static void
poke_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr (KamOperation) operation = data;
  g_autoptr (KamHttpReply) reply = NULL;
  JsonObject *object = kam_operation_take_object (operation, result, &reply);
  KamEvent event = { .kind = KAM_EVENT_POKED };

  if (object == NULL)
    return;

  if (!kam_json_get_int (object, "head", &event.head, NULL))
    {
      kam_sync_worker_failed (operation->worker, KAM_LANE_POKE, KAM_TROUBLE_GARBLED);
      return;
    }

  operation->worker->last_synced = kam_clock_now (operation->worker->clock);
  kam_sync_worker_feed (operation->worker, &event);
}

/* Appends one mutation to a list of them. */
void
kam_sync_append_mutation (GString           *out,
                          const KamMutation *mutation)
{
  g_autoptr (JsonNode) node = kam_mutation_to_json (mutation);

  if (out->str[out->len - 1] != '[')
    g_string_append_c (out, ',');
  kam_json_append_node (out, node);
}

static char *
push_body (KamSyncWorker *self)
{
  GString *body = g_string_new ("{\"client_id\":");
  g_autofree char *sent_at = kam_instant_format (kam_clock_now (self->clock));

  kam_json_append_string (body, self->state->client_id);
  g_string_append_printf (body, ",\"schema\":%d,\"sent_at\":\"%s\",\"ack\":%" G_GINT64_FORMAT ",\"mutations\":[",
                          KAM_SCHEMA_VERSION, sent_at, self->state->acked_mid);

  for (guint i = 0; i < self->batch->len; i++)
    kam_sync_append_mutation (body, g_ptr_array_index (self->batch, i));

  g_string_append (body, "]}");

  return g_string_free (body, FALSE);
}

static void
send_push (KamSyncWorker *self,
           KamOperation  *operation)
{
  g_autofree char *body = push_body (self);

  kam_http_call_async (self->http, "POST", "/v1/push", body, PUSH_SECONDS, self->cancellables[KAM_LANE_PUSH], push_cb, operation);
}

static void
send_poke (KamSyncWorker *self,
           gint64         since,
           KamOperation  *operation)
{
  g_autofree char *path = g_strdup_printf ("/v1/poke?since=%" G_GINT64_FORMAT, since);

  kam_http_call_async (self->http, "GET", path, NULL, POKE_SECONDS, self->cancellables[KAM_LANE_POKE], poke_cb, operation);
}

void
kam_sync_worker_send (KamSyncWorker   *self,
                      const KamAction *action)
{
  KamOperation *operation = kam_operation_new (self, action->lane);

  g_clear_object (&self->cancellables[action->lane]);
  self->cancellables[action->lane] = g_cancellable_new ();

  switch (action->lane)
    {
    case KAM_LANE_HELLO:
      kam_http_call_async (self->http, "GET", "/v1/hello", NULL, HELLO_SECONDS, self->cancellables[KAM_LANE_HELLO], hello_cb, operation);
      break;
    case KAM_LANE_PUSH:
      if (action->errand == KAM_ERRAND_QUARANTINE)
        kam_sync_worker_hand_over (self, operation);
      else
        send_push (self, operation);
      break;
    case KAM_LANE_PULL:
      self->errand = action->errand;
      kam_sync_worker_pull (self, operation);
      break;
    case KAM_LANE_POKE:
      send_poke (self, action->since, operation);
      break;
    default:
      g_assert_not_reached ();
    }
}
