/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-test-server-private.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/wait.h>

#define START_TIMEOUT_US (20 * G_USEC_PER_SEC)
#define TRIES 5

static const char head[] =
  "daemon off;\n"
  "worker_processes 1;\n"
  "error_log stderr warn;\n"
  "pid nginx.pid;\n"
  "events { worker_connections 4096; }\n"
  "http {\n"
  "  access_log off;\n"
  "  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;\n"
  "  client_max_body_size 8m;\n"
  "  upstream kam {\n";

static const char tail[] =
  "    ssl_certificate server.pem;\n"
  "    ssl_certificate_key server.key;\n"
  "    location / {\n"
  "      proxy_pass http://kam;\n"
  "      proxy_http_version 1.1;\n"
  "      proxy_set_header Connection \"\";\n"
  "      proxy_set_header Host $host;\n"
  "      proxy_buffering off;\n"
  "      proxy_read_timeout 70s;\n"
  "    }\n"
  "  }\n"
  "}\n";

static char *
find_nginx (void)
{
  char *path = g_find_program_in_path ("nginx");

  if (path == NULL && g_file_test ("/usr/sbin/nginx", G_FILE_TEST_IS_EXECUTABLE))
    path = g_strdup ("/usr/sbin/nginx");

  if (path == NULL)
    g_error ("nginx is missing: install the package nginx-light");

  return path;
}

/* Free a moment ago; where somebody was quicker, another one is tried. */
static guint16
find_port (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GError) error = NULL;
  guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, &error);

  g_assert_no_error (error);
  g_socket_listener_close (listener);

  return port;
}

static void
write_proxy_config (KamTestServer        *self,
                    KamTestServer *const *backends,
                    guint                 n_backends,
                    guint16               port)
{
  g_autoptr (GString) text = g_string_new (head);
  g_autofree char *path = g_build_filename (self->dir, "nginx.conf", NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n_backends; i++)
    g_string_append_printf (text, "    server 127.0.0.1:%u max_fails=0;\n", kam_test_server_port (backends[i]));

  g_string_append_printf (text, "  }\n  server {\n    listen 127.0.0.1:%u ssl;\n%s", port, tail);
  g_file_set_contents (path, text->str, -1, &error);
  g_assert_no_error (error);
}

static gboolean
answers (guint16 port)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;

  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect_to_host (client, "127.0.0.1", port, NULL, NULL);

  return connection != NULL;
}

/* FALSE where it ends rather than answers. */
static gboolean
start_on (KamTestServer        *self,
          KamTestServer *const *backends,
          guint                 n_backends,
          guint16               port)
{
  g_autofree char *program = find_nginx ();
  g_autofree char *prefix = g_strconcat (self->dir, "/", NULL);
  g_autofree char *log = g_build_filename (self->dir, "log", NULL);
  const char *argv[] = { program, "-p", prefix, "-c", "nginx.conf", "-e", "stderr", NULL };
  gint64 end = g_get_monotonic_time () + START_TIMEOUT_US;
  int err = g_open (log, O_WRONLY | O_CREAT | O_CLOEXEC | O_APPEND, 0600);
  g_autoptr (GError) error = NULL;

  write_proxy_config (self, backends, n_backends, port);
  g_spawn_async_with_fds (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, kam_test_server_die_with_parent, NULL, &self->pid, -1, err, err, &error);
  g_assert_no_error (error);
  g_close (err, NULL);

  while (g_get_monotonic_time () < end)
    {
      if (waitpid (self->pid, NULL, WNOHANG) != 0)
        return FALSE;

      if (answers (port))
        return TRUE;

      g_usleep (5000);
    }

  return FALSE;
}

KamTestServer *
kam_test_server_new_proxy (KamTestServer *const *backends,
                           guint                 n_backends)
{
  KamTestServer *self = kam_test_server_prepare (TRUE);

  for (guint i = 0; i < TRIES; i++)
    {
      guint16 port = find_port ();

      if (start_on (self, backends, n_backends, port))
        {
          self->uri = g_strdup_printf ("https://127.0.0.1:%u", port);
          return self;
        }
    }

  {
    g_autofree char *log = kam_test_server_log (self);

    g_error ("nginx does not start:\n%s", log);
  }
}
