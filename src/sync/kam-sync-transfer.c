/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-sync-worker-private.h"

#include "kam-json.h"
#include "kam-time.h"

/* What the four lanes say to the server, and how its answers are read. */

#define HELLO_SECONDS 15
#define PUSH_SECONDS 60
#define PULL_SECONDS 60
#define POKE_SECONDS 70 /* the server holds it open up to 55 */
#define PAGE_ROWS 2000

static void
feed_failed (KamSyncWorker *self,
             KamLane        lane,
             KamTrouble     trouble)
{
  KamEvent event = { .kind = KAM_EVENT_FAILED, .lane = lane, .trouble = trouble };

  kam_sync_worker_feed (self, &event);
}

/* Takes the reply of a request that somebody still waits for and that went well; tells the engine of one that did not. */
static KamHttpReply *
take_reply (KamOperation *operation,
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

static JsonObject *
body_object (KamHttpReply *reply)
{
  return reply->body != NULL && JSON_NODE_HOLDS_OBJECT (reply->body) ? json_node_get_object (reply->body) : NULL;
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
  g_autoptr (KamHttpReply) reply = take_reply (operation, result);
  KamEvent event = { .kind = KAM_EVENT_HELLO };
  JsonObject *object;

  if (reply == NULL)
    return;

  object = body_object (reply);
  if (object == NULL || !kam_sync_read_hello (object, &event))
    {
      feed_failed (operation->worker, KAM_LANE_HELLO, KAM_TROUBLE_GARBLED);
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
  g_autoptr (KamHttpReply) reply = take_reply (operation, result);
  KamSyncWorker *self = operation->worker;
  KamEvent event = { .kind = KAM_EVENT_PUSHED };

  if (reply == NULL)
    return;

  g_clear_pointer (&self->results, g_ptr_array_unref);
  if (body_object (reply) != NULL)
    self->results = read_results (self, body_object (reply), &event.rev);

  if (self->results == NULL)
    {
      feed_failed (self, KAM_LANE_PUSH, KAM_TROUBLE_GARBLED);
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
  g_autoptr (KamHttpReply) reply = take_reply (operation, result);
  KamEvent event = { .kind = KAM_EVENT_POKED };

  if (reply == NULL)
    return;

  if (body_object (reply) == NULL || !kam_json_get_int (body_object (reply), "head", &event.head, NULL))
    {
      feed_failed (operation->worker, KAM_LANE_POKE, KAM_TROUBLE_GARBLED);
      return;
    }

  operation->worker->last_synced = kam_clock_now (operation->worker->clock);
  kam_sync_worker_feed (operation->worker, &event);
}

static void
feed_page_end (KamSyncWorker *self)
{
  const KamLine *footer = kam_pull_stream_get_footer (self->page);
  KamEvent event = { .kind = KAM_EVENT_PAGE_END, .head = footer->head, .more = footer->more };

  event.moved = g_strcmp0 (footer->cursor, self->asked_cursor) != 0;
  kam_sync_worker_feed (self, &event);
}

static gboolean
page_end_cb (gpointer data)
{
  KamOperation *operation = data;

  if (kam_operation_is_awaited (operation))
    feed_page_end (operation->worker);

  return G_SOURCE_REMOVE;
}

static void
page_read_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      data)
{
  g_autoptr (KamOperation) operation = data;
  g_autoptr (GError) error = NULL;
  KamSyncWorker *self = operation->worker;
  g_autoptr (GPtrArray) lines = kam_pull_stream_read_finish (operation->page, result, &error);
  KamEvent event = { .kind = KAM_EVENT_PAGE_LINES };

  if (!kam_operation_is_awaited (operation))
    {
      kam_pull_stream_free (operation->page);
      return;
    }

  self->page = operation->page;

  if (lines == NULL)
    {
      kam_sync_worker_drop_page (self);
      g_debug ("A page broke off: %s", error->message);
      feed_failed (self, KAM_LANE_PULL, error->domain == G_IO_ERROR ? KAM_TROUBLE_NETWORK : KAM_TROUBLE_GARBLED);
      return;
    }

  if (lines->len == 0)
    {
      feed_page_end (self);
      return;
    }

  event.count = lines->len;
  event.done = kam_pull_stream_get_done (self->page);
  event.total = kam_pull_stream_get_total (self->page);
  g_clear_pointer (&self->lines, g_ptr_array_unref);
  self->lines = g_steal_pointer (&lines);
  kam_sync_worker_feed (self, &event);
}

/* While a piece is being read, the page belongs to whoever reads. */
void
kam_sync_worker_read_page (KamSyncWorker *self)
{
  KamOperation *operation = kam_operation_new (self, KAM_LANE_PULL);

  if (kam_pull_stream_get_footer (self->page) != NULL)
    {
      g_autoptr (GSource) source = g_idle_source_new ();

      g_source_set_priority (source, G_PRIORITY_DEFAULT);
      g_source_set_callback (source, page_end_cb, operation, (GDestroyNotify) kam_operation_free);
      g_source_attach (source, self->context);
      return;
    }

  operation->page = g_steal_pointer (&self->page);
  kam_pull_stream_read_async (operation->page, KAM_ENGINE_BATCH, self->cancellables[KAM_LANE_PULL], page_read_cb, operation);
}

void
kam_sync_worker_drop_page (KamSyncWorker *self)
{
  g_clear_pointer (&self->page, kam_pull_stream_free);
  g_clear_pointer (&self->lines, g_ptr_array_unref);
}

static void
pull_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr (KamOperation) operation = data;
  g_autoptr (KamHttpReply) reply = take_reply (operation, result);
  KamSyncWorker *self = operation->worker;

  if (reply == NULL)
    return;

  if (reply->stream == NULL)
    {
      feed_failed (self, KAM_LANE_PULL, KAM_TROUBLE_GARBLED);
      return;
    }

  kam_sync_worker_drop_page (self);
  self->page = kam_pull_stream_new (reply->stream);
  kam_sync_worker_read_page (self);
}

static void
cursor_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (KamOperation) operation = data;
  g_autoptr (GError) error = NULL;
  KamSyncWorker *self = operation->worker;
  g_autoptr (GString) body = g_string_new ("{\"cursor\":");
  g_autofree char *cursor = kam_store_next_cursor_finish (KAM_STORE (source), result, &error);

  if (!kam_operation_is_awaited (operation))
    return;

  if (error != NULL)
    {
      g_warning ("The cache failed: %s", error->message);
      feed_failed (self, KAM_LANE_PULL, KAM_TROUBLE_GARBLED);
      return;
    }

  g_free (self->asked_cursor);
  self->asked_cursor = g_steal_pointer (&cursor);

  if (self->asked_cursor != NULL)
    kam_json_append_string (body, self->asked_cursor);
  else
    g_string_append (body, "null");
  g_string_append_printf (body, ",\"schema\":%d,\"limit\":%d}", KAM_SCHEMA_VERSION, PAGE_ROWS);

  kam_http_open_async (self->http, "POST", "/v1/pull", body->str, PULL_SECONDS, self->cancellables[KAM_LANE_PULL], pull_cb,
                       kam_operation_new (self, KAM_LANE_PULL));
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
    {
      g_autoptr (JsonNode) node = kam_mutation_to_json (g_ptr_array_index (self->batch, i));
      g_autofree char *text = kam_json_to_text (node);

      if (i > 0)
        g_string_append_c (body, ',');
      g_string_append (body, text);
    }

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
      send_push (self, operation);
      break;
    case KAM_LANE_PULL:
      kam_store_next_cursor_async (self->store, NULL, cursor_cb, operation);
      break;
    case KAM_LANE_POKE:
      send_poke (self, action->since, operation);
      break;
    default:
      g_assert_not_reached ();
    }
}
