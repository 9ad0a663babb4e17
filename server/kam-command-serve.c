/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-command.h"

#include "kam-day-tick.h"
#include "kam-jobs.h"
#include "kam-server-error.h"
#include "kam-server-log.h"
#include "kam-server.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Processes that are started together need not all do the same at once. */
#define JOBS_FIRST_SECONDS (60 * 60)

typedef struct
{
  const KamServerConfig *config;
  KamServer             *server; /* (owned) (nullable): not yet there */
  KamJobs               *jobs;   /* (owned) (nullable): likewise */
  KamDayTick            *tick;   /* (owned) (nullable) */
  GMainLoop             *loop;   /* (unowned) */
  GError                *error;  /* (owned) (nullable): why it does not serve */
  gboolean               stopping;
} Serving;

/* Tells systemd how things are (sd_notify(3)); nobody else asks for it. */
static void
notify (const char *state)
{
  const char *path = g_getenv ("NOTIFY_SOCKET");
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  gsize length = path != NULL ? strlen (path) : 0;
  int fd;

  if (length == 0 || length >= sizeof address.sun_path)
    return;

  memcpy (address.sun_path, path, length);
  if (address.sun_path[0] == '@')
    address.sun_path[0] = '\0';

  fd = socket (AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return;

  if (sendto (fd, state, strlen (state), MSG_NOSIGNAL, (struct sockaddr *) &address, (socklen_t) (G_STRUCT_OFFSET (struct sockaddr_un, sun_path) + length)) < 0)
    kam_server_log_fault (NULL, "systemd", "does not listen");

  close (fd);
}

static void
stopped_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Serving *serving = user_data;

  kam_server_stop_finish (serving->server, result, NULL);
  g_main_loop_quit (serving->loop);
}

static gboolean
stop_cb (gpointer user_data)
{
  Serving *serving = user_data;

  if (!serving->stopping)
    {
      serving->stopping = TRUE;
      notify ("STOPPING=1");
      g_message ("stopping");
      g_clear_pointer (&serving->jobs, kam_jobs_free);
      if (serving->server != NULL)
        kam_server_stop_async (serving->server, stopped_cb, serving);
      else
        g_main_loop_quit (serving->loop);
    }

  return G_SOURCE_CONTINUE;
}

static gboolean
say_ready (KamServer  *server,
           GError    **error)
{
  g_autofree char *uri = kam_server_get_uri (server);

  if (printf ("ready %s\n", uri) < 0 || fflush (stdout) != 0)
    {
      g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_REFUSED, "standard output is closed");
      return FALSE;
    }

  g_message ("version %s serves at %s", PACKAGE_VERSION, uri);
  notify ("READY=1");

  return TRUE;
}

static gboolean
listen_cb (gpointer user_data)
{
  Serving *serving = user_data;
  g_autoptr (KamClock) clock = kam_clock_new_system ();

  if (serving->error == NULL)
    {
      serving->server = kam_server_new (serving->config, clock);
      if (kam_server_listen (serving->server, &serving->error) && say_ready (serving->server, &serving->error))
        {
          if (!serving->config->replica)
            serving->jobs = kam_jobs_new (kam_server_pool (serving->server), clock, JOBS_FIRST_SECONDS);
          serving->tick = kam_day_tick_new (serving->server);
          return G_SOURCE_REMOVE;
        }
    }

  g_main_loop_quit (serving->loop);

  return G_SOURCE_REMOVE;
}

/* The database may be long in answering. A signal that has come meanwhile goes first: this is idle, signals are not. */
static gboolean
check_database_cb (gpointer user_data)
{
  Serving *serving = user_data;
  g_autoptr (KamDb) db = kam_command_open (serving->config, &serving->error);

  g_idle_add (listen_cb, serving);

  return G_SOURCE_REMOVE;
}

gboolean
kam_command_serve (const KamServerConfig  *config,
                   int                     argc,
                   char                  **argv,
                   GError                **error)
{
  const GOptionEntry options[] = { G_OPTION_ENTRY_NULL };
  g_autoptr (GMainLoop) loop = NULL;
  g_autoptr (GError) local_error = NULL;
  Serving serving = { .config = config };
  guint term;
  guint interrupt;

  if (!kam_command_parse ("serve", "Answers clients until SIGTERM or Ctrl+C. Prints “ready ADDRESS” once it does.", options, &argc, &argv, 0, error) ||
      !kam_server_config_check_serve (config, error))
    return FALSE;

  signal (SIGPIPE, SIG_IGN);
  loop = g_main_loop_new (NULL, FALSE);
  serving.loop = loop;
  term = g_unix_signal_add (SIGTERM, stop_cb, &serving);
  interrupt = g_unix_signal_add (SIGINT, stop_cb, &serving);
  g_idle_add (check_database_cb, &serving);
  g_main_loop_run (loop);
  g_source_remove (term);
  g_source_remove (interrupt);
  g_idle_remove_by_data (&serving);
  g_clear_pointer (&serving.jobs, kam_jobs_free);
  g_clear_pointer (&serving.tick, kam_day_tick_free);
  g_clear_object (&serving.server);
  local_error = serving.error;

  if (local_error != NULL && !serving.stopping)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  g_message ("stopped");

  return TRUE;
}
