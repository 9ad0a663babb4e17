/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-sync-worker-private.h"

#include "kam-json.h"
#include "kam-wire.h"

/* The lane pull: pages of what is new, what differs by the digests, and the rows of ranges. */

#define PULL_SECONDS 60
#define VERIFY_SECONDS 120 /* the server reads every row */
#define PAGE_ROWS 2000
#define RANGES_MOST 512

/* One part of an entity that differs. */
typedef struct
{
  KamEntityKind entity;
  char          digits[KAM_DIGEST_MOST_DIGITS + 1];
} Range;

void
kam_verified_free (KamVerified *self)
{
  g_free (self->cursor);
  g_clear_pointer (&self->ranges, g_ptr_array_unref);
  g_free (self);
}

static void
feed_page_end (KamSyncWorker *self)
{
  const KamLine *footer = kam_pull_stream_get_footer (self->page);
  KamEvent event = { .kind = KAM_EVENT_PAGE_END, .head = footer->head, .durable = footer->durable, .more = footer->more };

  event.moved = g_strcmp0 (footer->cursor, self->asked_cursor) != 0;

  if (self->errand == KAM_ERRAND_RANGES)
    {
      /* Rows of ranges mean something only together with the cursor that they were asked for with. */
      if (event.moved)
        {
          kam_sync_worker_drop_page (self);
          kam_sync_worker_failed (self, KAM_LANE_PULL, KAM_TROUBLE_GARBLED);
          return;
        }

      event.more = self->verified->n_asked < self->verified->ranges->len;
    }

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
      kam_sync_worker_failed (self, KAM_LANE_PULL, error->domain == G_IO_ERROR ? KAM_TROUBLE_NETWORK : KAM_TROUBLE_GARBLED);
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
  g_autoptr (KamHttpReply) reply = kam_operation_take_reply (operation, result);
  KamSyncWorker *self = operation->worker;

  if (reply == NULL)
    return;

  if (reply->stream == NULL)
    {
      kam_sync_worker_failed (self, KAM_LANE_PULL, KAM_TROUBLE_GARBLED);
      return;
    }

  kam_sync_worker_drop_page (self);
  self->page = kam_pull_stream_new (reply->stream);
  kam_sync_worker_read_page (self);
}

static void
open_page (KamSyncWorker *self,
           GString       *body)
{
  kam_http_open_async (self->http, "POST", "/v1/pull", body->str, PULL_SECONDS, self->cancellables[KAM_LANE_PULL], pull_cb,
                       kam_operation_new (self, KAM_LANE_PULL));
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
      kam_sync_worker_failed (self, KAM_LANE_PULL, KAM_TROUBLE_GARBLED);
      return;
    }

  g_free (self->asked_cursor);
  self->asked_cursor = g_steal_pointer (&cursor);

  if (self->asked_cursor != NULL)
    kam_json_append_string (body, self->asked_cursor);
  else
    g_string_append (body, "null");
  g_string_append_printf (body, ",\"schema\":%d,\"limit\":%d}", KAM_SCHEMA_VERSION, PAGE_ROWS);
  open_page (self, body);
}

/* The next so many of the ranges that differ. */
static void
ask_for_ranges (KamSyncWorker *self)
{
  KamVerified *verified = self->verified;
  g_autoptr (GString) body = g_string_new ("{\"cursor\":");
  guint end = MIN (verified->n_asked + RANGES_MOST, verified->ranges->len);

  g_free (self->asked_cursor);
  self->asked_cursor = g_strdup (verified->cursor);
  kam_json_append_string (body, verified->cursor);
  g_string_append_printf (body, ",\"schema\":%d,\"ranges\":[", KAM_SCHEMA_VERSION);

  for (; verified->n_asked < end; verified->n_asked++)
    {
      const Range *range = g_ptr_array_index (verified->ranges, verified->n_asked);

      if (body->str[body->len - 1] != '[')
        g_string_append_c (body, ',');
      g_string_append_printf (body, "[\"%s\",\"%s\"]", kam_entity_get (range->entity)->name, range->digits);
    }

  g_string_append (body, "]}");
  open_page (self, body);
}

static gboolean
read_range (KamVerified *verified,
            JsonNode    *node)
{
  JsonArray *pair = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  const KamEntity *entity;
  const char *digits;
  Range *range;

  if (pair == NULL || json_array_get_length (pair) != 2 || json_node_get_value_type (json_array_get_element (pair, 0)) != G_TYPE_STRING ||
      json_node_get_value_type (json_array_get_element (pair, 1)) != G_TYPE_STRING)
    return FALSE;

  entity = kam_entity_by_name (json_array_get_string_element (pair, 0));
  digits = json_array_get_string_element (pair, 1);
  if (entity == NULL || !kam_range_is_valid (digits))
    return FALSE;

  range = g_new0 (Range, 1);
  range->entity = entity->kind;
  g_strlcpy (range->digits, digits, sizeof range->digits);
  g_ptr_array_add (verified->ranges, range);

  return TRUE;
}

static KamVerified *
read_verified (JsonObject *object)
{
  g_autoptr (KamVerified) verified = g_new0 (KamVerified, 1);
  JsonArray *differ = NULL;
  const char *cursor = NULL;

  if (!kam_json_get_int (object, "head", &verified->head, NULL) || !kam_json_get_string (object, "cursor", &cursor, NULL) ||
      !kam_json_get_array (object, "differ", &differ, NULL))
    return NULL;

  verified->cursor = g_strdup (cursor);
  verified->ranges = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < json_array_get_length (differ); i++)
    {
      if (!read_range (verified, json_array_get_element (differ, i)))
        return NULL;
    }

  return g_steal_pointer (&verified);
}

static void
verified_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  g_autoptr (KamOperation) operation = data;
  g_autoptr (KamHttpReply) reply = NULL;
  JsonObject *object = kam_operation_take_object (operation, result, &reply);
  KamSyncWorker *self = operation->worker;
  KamEvent event = { .kind = KAM_EVENT_VERIFIED };

  if (object == NULL)
    return;

  g_clear_pointer (&self->verified, kam_verified_free);
  self->verified = read_verified (object);
  if (self->verified == NULL)
    {
      kam_sync_worker_failed (self, KAM_LANE_PULL, KAM_TROUBLE_GARBLED);
      return;
    }

  event.count = self->verified->ranges->len;
  event.head = self->verified->head;
  kam_sync_worker_feed (self, &event);
}

static void
ask_what_differs (KamSyncWorker *self,
                  KamOperation  *operation)
{
  g_autoptr (GString) body = g_string_new (NULL);

  g_string_append_printf (body, "{\"schema\":%d,", KAM_SCHEMA_VERSION);
  kam_digest_set_append_json (self->digests, body);
  g_string_append_c (body, '}');
  g_clear_pointer (&self->digests, kam_digest_set_free);
  kam_http_call_async (self->http, "POST", "/v1/verify", body->str, VERIFY_SECONDS, self->cancellables[KAM_LANE_PULL], verified_cb, operation);
}

/* Takes the operation over. */
void
kam_sync_worker_pull (KamSyncWorker *self,
                      KamOperation  *operation)
{
  g_autoptr (KamOperation) owned = operation;

  switch ((int) self->errand)
    {
    case KAM_ERRAND_VERIFY:
      ask_what_differs (self, g_steal_pointer (&owned));
      break;
    case KAM_ERRAND_RANGES:
      ask_for_ranges (self);
      break;
    default:
      kam_store_next_cursor_async (self->store, NULL, cursor_cb, g_steal_pointer (&owned));
    }
}
