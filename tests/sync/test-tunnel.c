/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "test-tunnel.h"

#include <string.h>

struct _TestTunnel
{
  GSocketService *service;  /* (owned) */
  guint           port;     /* of the server */
  char           *uri;      /* (owned) */
  GMutex          lock;
  char           *victim;   /* (owned) (lock) (nullable): how the request begins whose answer is to be cut */
  guint           keep;     /* (lock) bytes of it that are passed on */
  gint            cuts;     /* (atomic) */
  gint            active;   /* (atomic) connections */
};

/* Both directions of one connection. */
typedef struct
{
  TestTunnel        *tunnel;
  GSocketConnection *client; /* (owned) */
  GSocketConnection *server; /* (owned) */
  gint               budget; /* (atomic) bytes of the answer still passed on; -1 for all */
} Pipe;

/* Is this the request that was waited for? Then only so much of its answer comes back. */
static void
watch_for_victim (Pipe       *pipe,
                  const char *bytes,
                  gsize       length)
{
  TestTunnel *self = pipe->tunnel;
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->victim == NULL || length < strlen (self->victim) || memcmp (bytes, self->victim, strlen (self->victim)) != 0)
    return;

  g_clear_pointer (&self->victim, g_free);
  g_atomic_int_set (&pipe->budget, (gint) self->keep);
}

static gpointer
upwards (gpointer data)
{
  Pipe *pipe = data;
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (pipe->client));
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (pipe->server));
  char buffer[65536];
  gssize length;

  while ((length = g_input_stream_read (in, buffer, sizeof buffer, NULL, NULL)) > 0)
    {
      watch_for_victim (pipe, buffer, (gsize) length);
      if (!g_output_stream_write_all (out, buffer, (gsize) length, NULL, NULL, NULL))
        break;
    }

  g_socket_shutdown (g_socket_connection_get_socket (pipe->server), TRUE, TRUE, NULL);

  return NULL;
}

static void
downwards (Pipe *pipe)
{
  GInputStream *in = g_io_stream_get_input_stream (G_IO_STREAM (pipe->server));
  GOutputStream *out = g_io_stream_get_output_stream (G_IO_STREAM (pipe->client));
  char buffer[65536];
  gssize length;

  while ((length = g_input_stream_read (in, buffer, sizeof buffer, NULL, NULL)) > 0)
    {
      gint budget = g_atomic_int_get (&pipe->budget);
      gsize passed = budget < 0 ? (gsize) length : MIN ((gsize) length, (gsize) budget);

      if (passed > 0 && !g_output_stream_write_all (out, buffer, passed, NULL, NULL, NULL))
        break;

      if (budget >= 0 && passed < (gsize) length)
        {
          g_atomic_int_inc (&pipe->tunnel->cuts);
          break;
        }

      if (budget >= 0)
        g_atomic_int_set (&pipe->budget, budget - (gint) passed);
    }

  g_socket_shutdown (g_socket_connection_get_socket (pipe->client), TRUE, TRUE, NULL);
  g_socket_shutdown (g_socket_connection_get_socket (pipe->server), TRUE, TRUE, NULL);
}

static gboolean
run_cb (GThreadedSocketService *service,
        GSocketConnection      *client,
        GObject                *source,
        gpointer                data)
{
  TestTunnel *self = data;
  g_autoptr (GSocketClient) connector = g_socket_client_new ();
  g_autoptr (GSocketConnection) server = g_socket_client_connect_to_host (connector, "127.0.0.1", (guint16) self->port, NULL, NULL);
  Pipe pipe = { .tunnel = self, .client = client, .server = server, .budget = -1 };
  GThread *thread;

  if (server == NULL)
    return TRUE;

  g_atomic_int_inc (&self->active);
  thread = g_thread_new ("upwards", upwards, &pipe);
  downwards (&pipe);
  g_thread_join (thread);
  g_atomic_int_add (&self->active, -1);

  return TRUE;
}

TestTunnel *
test_tunnel_new (guint port)
{
  TestTunnel *self = g_new0 (TestTunnel, 1);
  g_autoptr (GError) error = NULL;
  guint16 own;

  g_mutex_init (&self->lock);
  self->port = port;
  self->service = g_threaded_socket_service_new (64);
  own = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (self->service), NULL, &error);
  g_assert_no_error (error);
  self->uri = g_strdup_printf ("http://127.0.0.1:%u", own);
  g_signal_connect (self->service, "run", G_CALLBACK (run_cb), self);
  g_socket_service_start (self->service);

  return self;
}

void
test_tunnel_free (TestTunnel *self)
{
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  g_object_unref (self->service);
  while (g_atomic_int_get (&self->active) > 0)
    g_usleep (1000);
  g_free (self->uri);
  g_free (self->victim);
  g_mutex_clear (&self->lock);
  g_free (self);
}

const char *
test_tunnel_get_uri (TestTunnel *self)
{
  return self->uri;
}

guint
test_tunnel_get_cuts (TestTunnel *self)
{
  return (guint) g_atomic_int_get (&self->cuts);
}

void
test_tunnel_cut_answer (TestTunnel *self,
                        const char *request,
                        guint       bytes)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_free (self->victim);
  self->victim = g_strdup (request);
  self->keep = bytes;
}

void
test_tunnel_lose_answer (TestTunnel *self,
                         const char *request)
{
  test_tunnel_cut_answer (self, request, 0);
}
