/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-json.h"
#include "kam-request-private.h"
#include "kam-server-log.h"

void
kam_request_wait (KamRequest *self)
{
  self->waiting = TRUE;
  soup_server_message_pause (self->message);
}

/* One answer, and only while somebody is there to read it. */
static gboolean
begin_answer (KamRequest *self)
{
  SoupMessageHeaders *headers;

  if (self->finished || self->answered || self->message == NULL)
    return FALSE;

  self->answered = TRUE;
  headers = soup_server_message_get_response_headers (self->message);
  soup_message_headers_replace (headers, "X-Request-Id", self->id);
  soup_message_headers_replace (headers, "Cache-Control", "no-store");
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");

  /* Before 3.3 libsoup never lets go of a connection that its client closes between two requests, so there none is kept. */
  if (!soup_check_version (3, 3, 0))
    soup_message_headers_replace (headers, "Connection", "close");

  return TRUE;
}

static void
send_text (KamRequest *self,
           guint       status,
           const char *content_type,
           char       *text) /* (transfer full) */
{
  soup_server_message_set_status (self->message, status, NULL);
  soup_server_message_set_response (self->message, content_type, SOUP_MEMORY_TAKE, text, strlen (text));
  if (self->waiting)
    soup_server_message_unpause (self->message);
}

void
kam_request_answer (KamRequest *self,
                    guint       status,
                    JsonNode   *body)
{
  if (!begin_answer (self))
    return;

  if (body != NULL)
    {
      send_text (self, status, "application/json", kam_json_to_text (body));
      return;
    }

  soup_server_message_set_status (self->message, status, NULL);
  if (self->waiting)
    soup_server_message_unpause (self->message);
}

void
kam_request_retry_after (KamRequest *self,
                         guint       seconds)
{
  self->retry_after = seconds;
}

void
kam_request_fail (KamRequest   *self,
                  const GError *error)
{
  kam_request_fail_with (self, error, NULL, 0);
}

static JsonNode *
make_document (KamRequest            *self,
               const KamServerAnswer *answer,
               const char            *detail,
               const char            *member,
               gint64                 value)
{
  g_autoptr (JsonObject) object = json_object_new ();
  g_autofree char *type = g_strconcat ("urn:kam:problem:", answer->code, NULL);
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);

  json_object_set_string_member (object, "type", type);
  json_object_set_string_member (object, "title", answer->title);
  json_object_set_int_member (object, "status", answer->status);
  json_object_set_string_member (object, "code", answer->code);
  json_object_set_string_member (object, "detail", detail);
  json_object_set_string_member (object, "request_id", self->id);
  if (member != NULL)
    json_object_set_int_member (object, member, value);
  json_node_set_object (node, object);

  return node;
}

void
kam_request_fail_with (KamRequest   *self,
                       const GError *error,
                       const char   *member,
                       gint64        value)
{
  g_autoptr (GError) shown = kam_server_error_from (error);
  const KamServerAnswer *answer = kam_server_error_answer (shown->code);
  g_autoptr (JsonNode) document = NULL;
  SoupMessageHeaders *headers;

  if (!begin_answer (self))
    return;

  if (answer->status == 500 || (answer->status == 503 && error->domain != KAM_SERVER_ERROR))
    kam_server_log_fault (self->id, g_quark_to_string (error->domain), error->message);

  headers = soup_server_message_get_response_headers (self->message);
  if (answer->status == 401)
    soup_message_headers_replace (headers, "WWW-Authenticate", "Bearer");
  if ((answer->status == 503 || answer->status == 429) && self->retry_after == 0)
    self->retry_after = self->hooks.patience (self->hooks.user_data);
  if (self->retry_after != 0)
    {
      g_autofree char *seconds = g_strdup_printf ("%u", self->retry_after);

      soup_message_headers_replace (headers, "Retry-After", seconds);
    }

  self->code = answer->code;
  document = make_document (self, answer, shown->message, member, value);
  send_text (self, answer->status, "application/problem+json", kam_json_to_text (document));
}

void
kam_request_stream_begin (KamRequest *self,
                          const char *content_type,
                          gboolean    gzip)
{
  SoupMessageHeaders *headers;

  if (!begin_answer (self))
    return;

  headers = soup_server_message_get_response_headers (self->message);
  soup_message_headers_set_content_type (headers, content_type, NULL);
  soup_message_headers_set_encoding (headers, SOUP_ENCODING_CHUNKED);
  soup_message_headers_replace (headers, "Vary", "Accept-Encoding");
  if (gzip)
    soup_message_headers_replace (headers, "Content-Encoding", "gzip");
  soup_message_body_set_accumulate (soup_server_message_get_response_body (self->message), FALSE);
  soup_server_message_set_status (self->message, SOUP_STATUS_OK, NULL);
}

void
kam_request_stream_piece (KamRequest *self,
                          GBytes     *piece)
{
  if (self->finished)
    return;

  soup_message_body_append_bytes (soup_server_message_get_response_body (self->message), piece);
  soup_server_message_unpause (self->message);
}

void
kam_request_stream_end (KamRequest *self)
{
  if (self->finished)
    return;

  soup_message_body_complete (soup_server_message_get_response_body (self->message));
  soup_server_message_unpause (self->message);
}

void
kam_request_cut (KamRequest *self)
{
  if (self->finished)
    return;

  self->cut = TRUE;
  kam_request_shut (self);
  soup_server_message_unpause (self->message);
}
