/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-bench-load.h"

#include <libsoup/soup.h>

typedef struct
{
  const KamBenchLoad *load;
  guint               index;
  double              until;
  GArray             *samples; /* (owned) */
  GThread            *thread;  /* (owned) */
} Client;

static GIOStream *
open_connection (guint         port,
                 GTlsDatabase *trusted)
{
  g_autoptr (GSocketClient) sockets = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GSocketConnectable) identity = g_network_address_new ("127.0.0.1", (guint16) port);
  GIOStream *tls;
  GError *error = NULL;

  g_socket_client_set_enable_proxy (sockets, FALSE);
  connection = g_socket_client_connect_to_host (sockets, "127.0.0.1", (guint16) port, NULL, &error);
  kam_bench_must (error);

  if (trusted == NULL)
    return G_IO_STREAM (g_steal_pointer (&connection));

  tls = g_tls_client_connection_new (G_IO_STREAM (connection), identity, &error);
  kam_bench_must (error);
  g_tls_connection_set_database (G_TLS_CONNECTION (tls), trusted);

  return tls;
}

static void
write_request (GIOStream  *connection,
               const char *path,
               const char *token,
               const char *body)
{
  g_autoptr (GString) text = g_string_new (body != NULL ? "POST " : "GET ");
  GError *error = NULL;

  g_string_append_printf (text, "%s HTTP/1.1\r\nHost: localhost\r\n", path);

  if (token != NULL)
    g_string_append_printf (text, "Authorization: Bearer %s\r\n", token);
  if (body != NULL)
    g_string_append_printf (text, "Content-Type: application/json\r\nContent-Length: %zu\r\n", strlen (body));

  g_string_append_printf (text, "\r\n%s", body != NULL ? body : "");
  g_output_stream_write_all (g_io_stream_get_output_stream (connection), text->str, text->len, NULL, NULL, &error);
  kam_bench_must (error);
}

/* Until the server closes. */
static void
read_answer (GIOStream  *connection,
             const char *expected)
{
  char answer[65536];
  gsize size = 0;
  GError *error = NULL;

  g_input_stream_read_all (g_io_stream_get_input_stream (connection), answer, sizeof answer - 1, &size, NULL, &error);
  kam_bench_must (error);
  answer[size] = '\0';

  if (!g_str_has_prefix (answer, "HTTP/1.1 200 ") || strstr (answer, expected) == NULL)
    g_error ("an unexpected answer: %s", answer);
}

static void
ask_once (Client     *self,
          guint       n,
          const char *token)
{
  const KamBenchLoad *load = self->load;
  g_autofree char *body = load->make_body != NULL ? load->make_body (self->index, n, load->data) : NULL;
  g_autoptr (GIOStream) connection = open_connection (load->port, load->trusted);

  write_request (connection, load->path, token, body);
  read_answer (connection, load->expected);
  g_io_stream_close (connection, NULL, NULL);
}

static gpointer
run_client (gpointer data)
{
  Client *self = data;
  GPtrArray *tokens = self->load->tokens;
  const char *token = tokens != NULL ? g_ptr_array_index (tokens, self->index % tokens->len) : NULL;

  for (guint n = 0; kam_bench_now () < self->until; n++)
    {
      double before = kam_bench_now ();

      ask_once (self, n, token);
      kam_bench_add (self->samples, kam_bench_now () - before);
    }

  return NULL;
}

KamBenchThroughput
kam_bench_load (const KamBenchLoad *load)
{
  g_autofree Client *clients = g_new0 (Client, load->n_clients);
  g_autoptr (GArray) all = kam_bench_samples ();
  KamBenchThroughput result;
  double before = kam_bench_now ();

  for (guint i = 0; i < load->n_clients; i++)
    {
      clients[i] = (Client){ load, i, before + load->seconds * 1000, kam_bench_samples (), NULL };
      clients[i].thread = g_thread_new ("client", run_client, &clients[i]);
    }

  for (guint i = 0; i < load->n_clients; i++)
    {
      g_thread_join (clients[i].thread);
      g_array_append_vals (all, clients[i].samples->data, clients[i].samples->len);
      g_array_unref (clients[i].samples);
    }

  result.per_second = all->len / (kam_bench_now () - before) * 1000;
  result.median = kam_bench_median (all);
  result.p99 = kam_bench_percentile (all, 0.99);

  return result;
}

GIOStream *
kam_bench_hold (guint         port,
                GTlsDatabase *trusted,
                const char   *path,
                const char   *token)
{
  GIOStream *connection = open_connection (port, trusted);

  write_request (connection, path, token, NULL);

  return connection;
}

/* SoupServer alone */


static void
empty_cb (SoupServer        *server,
          SoupServerMessage *message,
          const char        *path,
          GHashTable        *query,
          gpointer           data)
{
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Connection", "close");
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_STATIC, "{}", 2);
}

static gpointer
serve_empty (gpointer data)
{
  GAsyncQueue *ready = data;
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (GMainLoop) loop = NULL;
  g_autoptr (SoupServer) server = NULL;
  GSList *addresses;
  GError *error = NULL;

  g_main_context_push_thread_default (context);
  loop = g_main_loop_new (context, FALSE);
  server = soup_server_new (NULL, NULL);
  soup_server_add_handler (server, NULL, empty_cb, NULL, NULL);
  soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error);
  kam_bench_must (error);
  addresses = soup_server_get_uris (server);
  g_async_queue_push (ready, GINT_TO_POINTER (g_uri_get_port (addresses->data)));
  g_slist_free_full (addresses, (GDestroyNotify) g_uri_unref);
  g_main_loop_run (loop);

  return NULL;
}

guint
kam_bench_soup_empty (void)
{
  g_autoptr (GAsyncQueue) ready = g_async_queue_new ();

  g_thread_unref (g_thread_new ("soup", serve_empty, g_async_queue_ref (ready)));

  return GPOINTER_TO_UINT (g_async_queue_pop (ready));
}
