/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-request-private.h"

#include "kam-json.h"
#include "kam-server-log.h"

#include <sodium.h>

/* What a refused upload may still send before its connection is cut: that much is thrown away so that the client reads the refusal. */
#define DISCARD_MOST (16 << 20)

/* In the log only: nobody was there any more to be answered. */
#define STATUS_ABORTED 499

static void
stop_deadline (KamRequest *self)
{
  if (self->deadline != 0)
    g_source_remove (self->deadline);
  self->deadline = 0;
}

void
kam_request_shut (KamRequest *self)
{
  GSocket *socket = self->message != NULL ? soup_server_message_get_socket (self->message) : NULL;

  if (socket != NULL)
    g_socket_shutdown (socket, TRUE, TRUE, NULL);
}

static gboolean
deadline_cb (gpointer user_data)
{
  KamRequest *self = user_data;

  self->deadline = 0;
  self->dropped = TRUE;
  kam_request_shut (self);

  return G_SOURCE_REMOVE;
}

static void
set_deadline (KamRequest *self,
              guint       seconds)
{
  stop_deadline (self);
  self->deadline = g_timeout_add_seconds (seconds, deadline_cb, self);
}

static void
got_headers_cb (SoupServerMessage *message,
                gpointer           user_data)
{
  KamRequest *self = user_data;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  g_autoptr (GError) error = NULL;

  if (self->dropped)
    {
      soup_server_message_set_status (message, SOUP_STATUS_REQUEST_TIMEOUT, NULL);
      return;
    }

  self->started = TRUE;
  self->started_at = g_get_monotonic_time ();
  /* No answer here is served in ranges, and libsoup would cut one into parts. */
  soup_message_headers_remove (headers, "Range");
  set_deadline (self, self->limits.body_seconds);

  if (soup_server_message_get_status (message) != 0)
    {
      error = g_error_new_literal (KAM_SERVER_ERROR, KAM_SERVER_ERROR_BAD_REQUEST, "The address of the request cannot be read.");
    }
  else
    {
      self->counts = TRUE;
      if (self->hooks.admit (self, self->hooks.user_data, &error) &&
          soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CONTENT_LENGTH &&
          (guint64) soup_message_headers_get_content_length (headers) > self->limits.body_bytes)
        error = g_error_new (KAM_SERVER_ERROR, KAM_SERVER_ERROR_TOO_LARGE, "At most %" G_GUINT64_FORMAT " bytes are taken here.",
                             self->limits.body_bytes);
    }

  if (error != NULL)
    {
      soup_message_body_set_accumulate (soup_server_message_get_request_body (message), FALSE);
      kam_request_fail (self, error);
    }
}

static void
got_chunk_cb (SoupServerMessage *message,
              GBytes            *chunk,
              gpointer           user_data)
{
  KamRequest *self = user_data;
  SoupMessageBody *body = soup_server_message_get_request_body (message);

  self->received += g_bytes_get_size (chunk);
  if (self->received > self->limits.body_bytes && !self->answered)
    {
      g_autoptr (GError) error = g_error_new (KAM_SERVER_ERROR, KAM_SERVER_ERROR_TOO_LARGE, "At most %" G_GUINT64_FORMAT " bytes are taken here.",
                                              self->limits.body_bytes);

      soup_message_body_set_accumulate (body, FALSE);
      soup_message_body_truncate (body);
      kam_request_fail (self, error);
    }

  if (self->answered && self->received > DISCARD_MOST)
    {
      self->dropped = TRUE;
      kam_request_shut (self);
    }
}

static void
got_body_cb (SoupServerMessage *message,
             gpointer           user_data)
{
  KamRequest *self = user_data;

  stop_deadline (self);
  if (self->dropped || self->answered)
    return;

  g_object_ref (message);
  self->owns_message = TRUE;
  self->hooks.handle (self, self->hooks.user_data);
}

static void
wrote_data_cb (SoupServerMessage *message,
               guint              size,
               gpointer           user_data)
{
  KamRequest *self = user_data;

  self->sent += size;
}

static void
wrote_body_cb (SoupServerMessage *message,
               gpointer           user_data)
{
  KamRequest *self = user_data;

  self->written = TRUE;
}

/* Of a client that has gone libsoup says 500, as if it were our fault. */
static void
log_end (KamRequest *self)
{
  gboolean aborted = !self->written && !self->cut;
  const char *method = soup_server_message_get_method (self->message);
  KamServerLogRequest line = {
    .id = self->id,
    /* A method that no route takes is the caller's own text. */
    .method = method == SOUP_METHOD_GET || method == SOUP_METHOD_POST || method == SOUP_METHOD_DELETE ? method : "OTHER",
    .route = self->route != NULL ? self->route : "-",
    .status = aborted ? STATUS_ABORTED : soup_server_message_get_status (self->message),
    .code = aborted ? "aborted" : self->code,
    .duration_us = self->started_at != 0 ? g_get_monotonic_time () - self->started_at : 0,
    .bytes = self->sent,
  };

  kam_server_log_request (&line);
}

static void
finished_cb (SoupServerMessage *message,
             gpointer           user_data)
{
  g_autoptr (KamRequest) self = kam_request_ref (user_data);

  if (self->finished)
    return;

  stop_deadline (self);
  if (self->started && !self->dropped)
    log_end (self);
  self->finished = TRUE;
  g_cancellable_cancel (self->cancellable);
  if (self->counts)
    self->hooks.finish (self, self->hooks.user_data);

  self->message = NULL;
  if (self->owns_message)
    g_object_unref (message);
  self->owns_message = FALSE;
}

static void
message_gone_cb (gpointer  data,
                 GObject  *where_the_object_was)
{
  g_autoptr (KamRequest) self = data;

  stop_deadline (self);
  self->message = NULL;
  self->finished = TRUE;
}

/**
 * kam_request_attach:
 * @message: a message that has just started
 * @limits: copied
 * @hooks: copied
 */
void
kam_request_attach (SoupServerMessage      *message,
                    const KamRequestLimits *limits,
                    const KamRequestHooks  *hooks)
{
  KamRequest *self = g_new0 (KamRequest, 1);
  GSocketAddress *remote = soup_server_message_get_remote_address (message);
  GSocket *socket = soup_server_message_get_socket (message);
  guint8 random[12];

  g_atomic_ref_count_init (&self->ref_count);
  self->message = message;
  self->limits = *limits;
  self->hooks = *hooks;
  self->cancellable = g_cancellable_new ();
  randombytes_buf (random, sizeof random);
  sodium_bin2hex (self->id, sizeof self->id, random, sizeof random);
  if (G_IS_INET_SOCKET_ADDRESS (remote))
    self->address = g_inet_address_to_string (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (remote)));

  /* Silent ones and those who drip: libsoup itself waits for ever. */
  if (socket != NULL)
    g_socket_set_timeout (socket, limits->idle_seconds);
  set_deadline (self, limits->header_seconds);

  g_signal_connect (message, "got-headers", G_CALLBACK (got_headers_cb), self);
  g_signal_connect (message, "got-chunk", G_CALLBACK (got_chunk_cb), self);
  g_signal_connect (message, "got-body", G_CALLBACK (got_body_cb), self);
  g_signal_connect (message, "wrote-body-data", G_CALLBACK (wrote_data_cb), self);
  g_signal_connect (message, "wrote-body", G_CALLBACK (wrote_body_cb), self);
  g_signal_connect (message, "finished", G_CALLBACK (finished_cb), self);
  g_object_weak_ref (G_OBJECT (message), message_gone_cb, self);
}

KamRequest *
kam_request_ref (KamRequest *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
kam_request_unref (KamRequest *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_clear_object (&self->cancellable);
  g_free (self->address);
  g_free (self);
}

const char *
kam_request_id (KamRequest *self)
{
  return self->id;
}

SoupServerMessage *
kam_request_message (KamRequest *self)
{
  return self->message;
}

GCancellable *
kam_request_cancellable (KamRequest *self)
{
  return self->cancellable;
}

gboolean
kam_request_is_finished (KamRequest *self)
{
  return self->finished || self->dropped;
}

const char *
kam_request_address (KamRequest *self)
{
  return self->address != NULL ? self->address : "local";
}

void
kam_request_set_route (KamRequest *self,
                       const char *route)
{
  self->route = route;
}

void
kam_request_limit_body (KamRequest *self,
                        guint64     bytes)
{
  self->limits.body_bytes = MIN (self->limits.body_bytes, bytes);
}

void
kam_request_set_token_hash (KamRequest   *self,
                            const guint8  hash[KAM_TOKEN_HASH_BYTES])
{
  memcpy (self->token_hash, hash, KAM_TOKEN_HASH_BYTES);
  self->has_token = TRUE;
}

const guint8 *
kam_request_token_hash (KamRequest *self)
{
  return self->has_token ? self->token_hash : NULL;
}

const char *
kam_request_query (KamRequest  *self,
                   const char  *name,
                   char       **value)
{
  const char *query = g_uri_get_query (soup_server_message_get_uri (self->message));
  g_autoptr (GHashTable) params = query != NULL ? g_uri_parse_params (query, -1, "&", G_URI_PARAMS_NONE, NULL) : NULL;

  *value = params != NULL ? g_strdup (g_hash_table_lookup (params, name)) : NULL;

  return *value;
}

GBytes *
kam_request_body (KamRequest *self)
{
  return soup_message_body_flatten (soup_server_message_get_request_body (self->message));
}

JsonNode *
kam_request_parse_bytes (GBytes  *bytes,
                         GError **error)
{
  gsize size = 0;
  const char *text = g_bytes_get_data (bytes, &size);
  g_autoptr (JsonNode) node = kam_json_parse (text != NULL ? text : "", size, error);

  if (node == NULL)
    return NULL;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_BAD_REQUEST, "The body must be a JSON object.");
      return NULL;
    }

  return g_steal_pointer (&node);
}

/**
 * kam_request_parse:
 *
 * Returns: (transfer full): the body, an object; or %NULL with an error
 */
JsonNode *
kam_request_parse (KamRequest  *self,
                   GError     **error)
{
  g_autoptr (GBytes) bytes = kam_request_body (self);

  return kam_request_parse_bytes (bytes, error);
}
