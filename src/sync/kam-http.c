/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-http.h"

#include "kam-json.h"

#include <libsoup/soup.h>
#include <string.h>

#define CHUNK_BYTES 65536
#define ANSWER_MOST_BYTES (8 * 1024 * 1024)

struct _KamHttp
{
  char        *server;        /* (owned) */
  char        *authorization; /* (owned) (nullable) */
  SoupSession *session;       /* (owned) */
};

/* One request. A deadline of its own beside libsoup's timeout, which starts again with every byte. */
typedef struct
{
  SoupMessage  *message;     /* (owned) */
  GCancellable *cancellable; /* (owned): cancelled by the caller's, and by the deadline */
  GCancellable *outer;       /* (owned) (nullable) */
  gulong        outer_id;
  GSource      *deadline;    /* (owned) (nullable) */
  gboolean      timed_out;
  gboolean      keep_open;
  KamHttpReply *reply;       /* (owned) */
  GInputStream *stream;      /* (owned) (nullable) */
  GByteArray   *bytes;       /* (owned) */
} Call;

static void
end_deadline (Call *call)
{
  if (call->deadline == NULL)
    return;

  g_source_destroy (call->deadline);
  g_clear_pointer (&call->deadline, g_source_unref);
}

static void
call_free (Call *call)
{
  end_deadline (call);
  if (call->outer != NULL)
    g_cancellable_disconnect (call->outer, call->outer_id);
  g_clear_object (&call->outer);
  g_clear_object (&call->cancellable);
  g_signal_handlers_disconnect_by_data (call->message, call);
  g_clear_object (&call->message);
  g_clear_object (&call->stream);
  g_clear_pointer (&call->reply, kam_http_reply_free);
  g_clear_pointer (&call->bytes, g_byte_array_unref);
  g_free (call);
}

static gboolean
deadline_cb (gpointer data)
{
  Call *call = data;

  call->timed_out = TRUE;
  g_cancellable_cancel (call->cancellable);

  return G_SOURCE_REMOVE;
}

static void
outer_cancelled_cb (GCancellable *outer,
                    gpointer      data)
{
  g_cancellable_cancel (data);
}

static gboolean
accept_certificate_cb (SoupMessage          *message,
                       GTlsCertificate      *certificate,
                       GTlsCertificateFlags  flags,
                       Call                 *call)
{
  call->reply->tls_flags = flags;

  return FALSE;
}

static void
give_reply (GTask *task)
{
  Call *call = g_task_get_task_data (task);

  end_deadline (call);
  g_task_return_pointer (task, g_steal_pointer (&call->reply), (GDestroyNotify) kam_http_reply_free);
}

/* The caller's own cancelling is the one error there is; all else is a reply. */
static void
give_trouble (GTask        *task,
              KamTrouble    trouble,
              const GError *error)
{
  Call *call = g_task_get_task_data (task);

  if (g_cancellable_is_cancelled (call->outer))
    {
      end_deadline (call);
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled");
      return;
    }

  call->reply->trouble = call->reply->tls_flags != 0 ? KAM_TROUBLE_CERTIFICATE : trouble;
  if (error != NULL && !call->timed_out)
    call->reply->detail = g_strdup (error->message);
  give_reply (task);
}

static gint64
read_retry_after (SoupMessage *message)
{
  const char *text = soup_message_headers_get_one (soup_message_get_response_headers (message), "Retry-After");
  guint64 seconds = 0;

  if (text == NULL || !g_ascii_string_to_unsigned (text, 10, 0, 86400, &seconds, NULL))
    return 0;

  return (gint64) seconds * G_USEC_PER_SEC;
}

static void
read_problem (KamHttpReply *reply,
              JsonNode     *node)
{
  JsonObject *object = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  const char *code = NULL;
  const char *detail = NULL;

  if (object == NULL)
    return;

  if (kam_json_opt_string (object, "code", &code, NULL))
    reply->code = g_strdup (code);
  if (kam_json_opt_string (object, "detail", &detail, NULL))
    reply->detail = g_strdup (detail);
  if (!kam_json_opt_int (object, "last_mid", &reply->last_mid, NULL))
    reply->last_mid = 0;
}

static void
take_answer (GTask *task)
{
  Call *call = g_task_get_task_data (task);
  KamHttpReply *reply = call->reply;
  gboolean success = SOUP_STATUS_IS_SUCCESSFUL (reply->status);
  g_autoptr (JsonNode) node = NULL;

  if (call->bytes->len > 0)
    node = kam_json_parse ((const char *) call->bytes->data, call->bytes->len, NULL);

  if (success && node != NULL)
    reply->body = g_steal_pointer (&node);
  else if (success && call->bytes->len > 0)
    reply->trouble = KAM_TROUBLE_GARBLED;
  else if (node != NULL)
    read_problem (reply, node);

  give_reply (task);
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  Call *call = g_task_get_task_data (task);
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);

  if (bytes == NULL)
    {
      give_trouble (task, KAM_TROUBLE_NETWORK, error);
      return;
    }

  if (g_bytes_get_size (bytes) == 0)
    {
      take_answer (task);
      return;
    }

  g_byte_array_append (call->bytes, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  if (call->bytes->len > ANSWER_MOST_BYTES)
    {
      give_trouble (task, KAM_TROUBLE_GARBLED, NULL);
      return;
    }

  g_input_stream_read_bytes_async (call->stream, CHUNK_BYTES, G_PRIORITY_DEFAULT, call->cancellable, read_cb, g_object_ref (task));
}

static void
sent_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  Call *call = g_task_get_task_data (task);

  call->stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (call->stream == NULL)
    {
      give_trouble (task, KAM_TROUBLE_NETWORK, error);
      return;
    }

  call->reply->status = soup_message_get_status (call->message);
  call->reply->retry_after_us = read_retry_after (call->message);

  if (call->keep_open && call->reply->status == SOUP_STATUS_OK)
    {
      call->reply->stream = g_steal_pointer (&call->stream);
      give_reply (task);
      return;
    }

  g_input_stream_read_bytes_async (call->stream, CHUNK_BYTES, G_PRIORITY_DEFAULT, call->cancellable, read_cb, g_object_ref (task));
}

static Call *
call_new (KamHttp      *self,
          const char   *method,
          const char   *path,
          const char   *body,
          guint         seconds,
          GCancellable *outer)
{
  Call *call = g_new0 (Call, 1);
  g_autofree char *uri = g_strconcat (self->server, path, NULL);

  call->message = soup_message_new (method, uri);
  call->reply = g_new0 (KamHttpReply, 1);
  call->bytes = g_byte_array_new ();
  call->cancellable = g_cancellable_new ();
  call->deadline = g_timeout_source_new_seconds (seconds);
  g_source_set_callback (call->deadline, deadline_cb, call, NULL);
  g_source_attach (call->deadline, g_main_context_get_thread_default ());

  if (outer != NULL)
    {
      call->outer = g_object_ref (outer);
      call->outer_id = g_cancellable_connect (outer, G_CALLBACK (outer_cancelled_cb), g_object_ref (call->cancellable), g_object_unref);
    }

  /* A token goes to the server it was made for, and nowhere that server may point to. */
  soup_message_add_flags (call->message, SOUP_MESSAGE_NO_REDIRECT);
  g_signal_connect (call->message, "accept-certificate", G_CALLBACK (accept_certificate_cb), call);
  if (self->authorization != NULL)
    soup_message_headers_replace (soup_message_get_request_headers (call->message), "Authorization", self->authorization);

  if (body != NULL)
    {
      g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));

      soup_message_set_request_body_from_bytes (call->message, "application/json", bytes);
    }

  return call;
}

static void
begin (KamHttp             *self,
       const char          *method,
       const char          *path,
       const char          *body,
       guint                seconds,
       gboolean             keep_open,
       GCancellable        *cancellable,
       GAsyncReadyCallback  callback,
       gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Call *call = call_new (self, method, path, body, seconds, cancellable);

  /* A reply that has come is given, whatever happens meanwhile: its stream must be closed by somebody. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_source_tag (task, begin);
  g_task_set_task_data (task, call, (GDestroyNotify) call_free);
  call->keep_open = keep_open;
  soup_session_send_async (self->session, call->message, G_PRIORITY_DEFAULT, call->cancellable, sent_cb, g_object_ref (task));
}

void
kam_http_reply_free (KamHttpReply *self)
{
  g_free (self->code);
  g_free (self->detail);
  g_clear_pointer (&self->body, json_node_unref);
  g_clear_object (&self->stream);
  g_free (self);
}

/**
 * kam_http_reply_is_good:
 *
 * Returns: whether the server did what was asked
 */
gboolean
kam_http_reply_is_good (KamHttpReply *self)
{
  return self->trouble == KAM_TROUBLE_NONE && SOUP_STATUS_IS_SUCCESSFUL (self->status);
}

/**
 * kam_http_new:
 * @server: address as kam_server_address_parse() gives it
 * @ca_file: (nullable): PEM file of the authorities to trust instead of the system's
 *
 * Returns: (transfer full): connections to that server; NULL where the file cannot be read, with an error of GIO
 */
KamHttp *
kam_http_new (const char *server,
              const char *ca_file,
              GError    **error)
{
  g_autoptr (GTlsDatabase) trust = NULL;
  KamHttp *self;

  if (ca_file != NULL)
    {
      /* A relative path would load nothing, and only warn. */
      g_autofree char *absolute = g_canonicalize_filename (ca_file, NULL);

      trust = g_tls_file_database_new (absolute, error);
      if (trust == NULL)
        return NULL;
    }

  self = g_new0 (KamHttp, 1);
  self->server = g_strdup (server);
  self->session = soup_session_new_with_options ("user-agent", "kam/" PACKAGE_VERSION, "timeout", 75, "idle-timeout", 60, "max-conns-per-host", 6, NULL);
  if (trust != NULL)
    soup_session_set_tls_database (self->session, trust);

  return self;
}

void
kam_http_free (KamHttp *self)
{
  soup_session_abort (self->session);
  g_object_unref (self->session);
  g_free (self->server);
  g_free (self->authorization);
  g_free (self);
}

/**
 * kam_http_set_token:
 * @token: (nullable)
 */
void
kam_http_set_token (KamHttp    *self,
                    const char *token)
{
  g_free (self->authorization);
  self->authorization = token != NULL ? g_strconcat ("Bearer ", token, NULL) : NULL;
}

void
kam_http_call_async (KamHttp             *self,
                     const char          *method,
                     const char          *path,
                     const char          *body,
                     guint                seconds,
                     GCancellable        *cancellable,
                     GAsyncReadyCallback  callback,
                     gpointer             user_data)
{
  begin (self, method, path, body, seconds, FALSE, cancellable, callback, user_data);
}

void
kam_http_open_async (KamHttp             *self,
                     const char          *method,
                     const char          *path,
                     const char          *body,
                     guint                seconds,
                     GCancellable        *cancellable,
                     GAsyncReadyCallback  callback,
                     gpointer             user_data)
{
  begin (self, method, path, body, seconds, TRUE, cancellable, callback, user_data);
}

/**
 * kam_http_finish:
 *
 * Returns: (transfer full): the reply, NULL with G_IO_ERROR_CANCELLED where the caller cancelled
 */
KamHttpReply *
kam_http_finish (GAsyncResult  *result,
                 GError       **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
