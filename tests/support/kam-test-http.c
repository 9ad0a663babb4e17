/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-test-server.h"

void
kam_test_reply_free (KamTestReply *self)
{
  g_clear_pointer (&self->body, g_bytes_unref);
  g_clear_pointer (&self->json, json_node_unref);
  g_clear_pointer (&self->headers, soup_message_headers_unref);
  g_free (self);
}

static SoupSession *
open_session (KamTestServer *self)
{
  SoupSession *session = soup_session_new_with_options ("timeout", 60, "proxy-resolver", NULL, NULL);
  const char *ca_file = kam_test_server_ca_file (self);

  if (g_str_has_prefix (kam_test_server_uri (self), "https:"))
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GTlsDatabase) database = g_tls_file_database_new (ca_file, &error);

      g_assert_no_error (error);
      soup_session_set_tls_database (session, database);
    }

  return session;
}

KamTestReply *
kam_test_request_as (KamTestServer *self,
                     const char    *method,
                     const char    *path,
                     const char    *authorization,
                     GBytes        *body)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (SoupSession) session = NULL;
  g_autofree char *uri = g_strconcat (kam_test_server_uri (self), path, NULL);
  g_autoptr (SoupMessage) message = soup_message_new (method, uri);
  g_autoptr (GError) error = NULL;
  KamTestReply *reply = g_new0 (KamTestReply, 1);
  gsize size = 0;
  const char *text;

  g_assert_nonnull (message);
  g_main_context_push_thread_default (context);
  session = open_session (self);
  if (authorization != NULL)
    soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization", authorization);
  if (body != NULL)
    soup_message_set_request_body_from_bytes (message, "application/json", body);
  soup_message_headers_replace (soup_message_get_request_headers (message), "Connection", "close");

  reply->body = soup_session_send_and_read (session, message, NULL, &error);
  g_main_context_pop_thread_default (context);
  if (error != NULL)
    g_error ("%s %s: %s", method, path, error->message);

  reply->status = soup_message_get_status (message);
  reply->headers = soup_message_headers_ref (soup_message_get_response_headers (message));
  text = g_bytes_get_data (reply->body, &size);
  if (size > 0 && strstr (soup_message_headers_get_content_type (reply->headers, NULL), "json") != NULL &&
      !g_str_has_suffix (soup_message_headers_get_content_type (reply->headers, NULL), "ndjson"))
    {
      g_autofree char *copy = g_strndup (text, size);

      reply->json = json_from_string (copy, &error);
      g_assert_no_error (error);
    }

  return reply;
}

KamTestReply *
kam_test_request_bytes (KamTestServer *self,
                        const char    *method,
                        const char    *path,
                        const char    *token,
                        GBytes        *body)
{
  g_autofree char *authorization = token != NULL ? g_strconcat ("Bearer ", token, NULL) : NULL;

  return kam_test_request_as (self, method, path, authorization, body);
}

KamTestReply *
kam_test_request (KamTestServer *self,
                  const char    *method,
                  const char    *path,
                  const char    *token,
                  const char    *body)
{
  g_autoptr (GBytes) bytes = body != NULL ? g_bytes_new (body, strlen (body)) : NULL;

  return kam_test_request_bytes (self, method, path, token, bytes);
}

const char *
kam_test_reply_text (KamTestReply *self,
                     const char   *member)
{
  g_assert_nonnull (self->json);

  return json_object_get_string_member (json_node_get_object (self->json), member);
}

gint64
kam_test_reply_int (KamTestReply *self,
                    const char   *member)
{
  g_assert_nonnull (self->json);

  return json_object_get_int_member (json_node_get_object (self->json), member);
}

void
kam_test_assert_problem (KamTestReply *self,
                         guint         status,
                         const char   *code)
{
  g_assert_cmpuint (self->status, ==, status);
  g_assert_cmpstr (soup_message_headers_get_content_type (self->headers, NULL), ==, "application/problem+json");
  g_assert_cmpstr (kam_test_reply_text (self, "code"), ==, code);
  g_assert_cmpint (kam_test_reply_int (self, "status"), ==, status);
  g_assert_cmpstr (kam_test_reply_text (self, "request_id"), ==, soup_message_headers_get_one (self->headers, "X-Request-Id"));
  g_assert_cmpuint (strlen (kam_test_reply_text (self, "detail")), >, 0);
  g_assert_cmpuint (strlen (kam_test_reply_text (self, "title")), >, 0);
}

char *
kam_test_sign_in (KamTestServer *self,
                  const char    *email)
{
  g_autofree char *body = g_strdup_printf ("{\"email\":\"%s\",\"password\":\"" KAM_TEST_PASSWORD "\",\"device\":{\"id\":\"" KAM_TEST_DEVICE
                                           "\",\"name\":\"Test\"}}", email);
  g_autoptr (KamTestReply) reply = kam_test_request (self, "POST", "/v1/session", NULL, body);

  g_assert_cmpuint (reply->status, ==, 201);

  return g_strdup (kam_test_reply_text (reply, "token"));
}
