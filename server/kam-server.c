/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-server.h"

#include "kam-auth.h"
#include "kam-load.h"
#include "kam-routes.h"
#include "kam-server-log.h"
#include "kam-socket.h"

#include <sodium.h>

/* Files that are not client connections: the database's, the log, the listener. */
#define FILES_RESERVED 128
#define LONG_RETRY_SECONDS 5

struct _KamServer
{
  GObject                parent_instance;
  const KamServerConfig *config;          /* (unowned) */
  KamClock              *clock;           /* (owned) */
  SoupServer            *soup;            /* (owned) */
  KamDbPool             *pool;            /* (owned) */
  KamPokeHub            *hub;             /* (owned) */
  GThreadPool           *passwords;       /* (owned) */
  KamRateLimiter        *requests;        /* (owned) by session, or address where there is none */
  KamRateLimiter        *accounts;        /* (owned) failed logins */
  KamRateLimiter        *addresses;       /* (owned) failed logins */
  GHashTable            *sockets;         /* (owned) set of GSocket (unowned): the connections that are open */
  guint                  connections_most;
  guint                  under_way;       /* requests */
  KamLoad               *load;            /* (owned) */
  guint                  long_ones;       /* of them, that take long */
  GTask                 *stop_task;       /* (owned) */
  guint                  stop_timeout;    /* source id */
};

G_DEFINE_FINAL_TYPE (KamServer, kam_server, G_TYPE_OBJECT)

static void
finish_stop (KamServer *self)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->stop_task);

  if (self->stop_timeout != 0)
    g_source_remove (self->stop_timeout);
  self->stop_timeout = 0;

  soup_server_disconnect (self->soup);
  g_task_return_boolean (task, TRUE);
}

static gboolean
stop_timeout_cb (gpointer user_data)
{
  KamServer *self = user_data;

  self->stop_timeout = 0;
  kam_server_log_fault (NULL, "stopping", "some requests did not end in time");
  finish_stop (self);

  return G_SOURCE_REMOVE;
}

static gboolean
finish_idle_cb (gpointer user_data)
{
  KamServer *self = user_data;

  if (self->stop_task != NULL && self->under_way == 0)
    finish_stop (self);

  return G_SOURCE_REMOVE;
}

/* Later, so that the last answer's bytes are on their way before the connections go. */
static void
finish_if_idle (KamServer *self)
{
  if (self->stop_task != NULL && self->under_way == 0)
    g_idle_add_full (G_PRIORITY_LOW, finish_idle_cb, g_object_ref (self), g_object_unref);
}

static gboolean
check_token (KamRequest  *request,
             GError     **error)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (kam_request_message (request));
  const char *token = kam_auth_bearer (soup_message_headers_get_one (headers, "Authorization"));
  guint8 hash[KAM_TOKEN_HASH_BYTES];

  if (token == NULL || !kam_auth_hash_token (token, hash))
    {
      g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_UNAUTHORIZED, "Sign in first.");
      return FALSE;
    }

  kam_request_set_token_hash (request, hash);

  return TRUE;
}

static gboolean
check_rate (KamServer   *self,
            KamRequest  *request,
            GError     **error)
{
  const guint8 *hash = kam_request_token_hash (request);
  char key[2 * KAM_TOKEN_HASH_BYTES + 1];
  guint wait;

  if (hash != NULL)
    sodium_bin2hex (key, sizeof key, hash, KAM_TOKEN_HASH_BYTES);
  else
    g_strlcpy (key, kam_request_address (request), sizeof key);

  wait = kam_rate_limiter_take (self->requests, key, g_get_monotonic_time ());
  if (wait == 0)
    return TRUE;

  kam_request_retry_after (request, wait);
  g_set_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_RATE_LIMITED, "Too many requests; try again in %u s.", wait);

  return FALSE;
}

static gboolean
check_load (KamServer   *self,
            KamRequest  *request,
            GError     **error)
{
  const guint8 *hash = kam_request_token_hash (request);
  char key[2 * KAM_TOKEN_HASH_BYTES + 1];

  if (hash != NULL)
    sodium_bin2hex (key, sizeof key, hash, KAM_TOKEN_HASH_BYTES);

  return kam_load_admit (self->load, request, hash != NULL ? key : NULL, kam_poke_hub_size (self->hub), error);
}

static guint
patience_cb (gpointer user_data)
{
  KamServer *self = user_data;

  return kam_load_patience (self->load, g_get_monotonic_time ());
}

static const KamRoute *
find_route (KamRequest  *request,
            GError     **error)
{
  SoupServerMessage *message = kam_request_message (request);
  const char *path = g_uri_get_path (soup_server_message_get_uri (message));
  g_autoptr (GError) reason = NULL;
  const KamRoute *route = kam_routes_find (path, soup_server_message_get_method (message), &reason);

  if (route != NULL)
    return route;

  if (g_error_matches (reason, KAM_SERVER_ERROR, KAM_SERVER_ERROR_METHOD))
    {
      g_autofree char *allow = kam_routes_allow (path);

      soup_message_headers_replace (soup_server_message_get_response_headers (message), "Allow", allow);
    }

  g_propagate_error (error, g_steal_pointer (&reason));

  return NULL;
}

/* Refuses what can be refused before the body has come. */
static gboolean
admit_cb (KamRequest  *request,
          gpointer     user_data,
          GError     **error)
{
  KamServer *self = user_data;
  SoupMessageHeaders *answer = soup_server_message_get_response_headers (kam_request_message (request));
  const KamRoute *route;

  self->under_way++;
  if (self->stop_task != NULL)
    {
      soup_message_headers_replace (answer, "Connection", "close");
      g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_BUSY, "The server is stopping; try again later.");
      return FALSE;
    }

  route = find_route (request, error);
  if (route == NULL)
    return FALSE;

  kam_request_set_route (request, route->path);
  if (route->body_bytes != 0)
    kam_request_limit_body (request, route->body_bytes);

  if (route->needs_session && !check_token (request, error))
    return FALSE;

  return route->handle == kam_route_health || (check_rate (self, request, error) && check_load (self, request, error));
}

static void
handle_cb (KamRequest *request,
           gpointer    user_data)
{
  KamServer *self = user_data;
  g_autoptr (GError) error = NULL;
  const KamRoute *route = find_route (request, &error);

  /* Whatever a route does, the answer may come later. */
  kam_request_wait (request);
  if (route == NULL)
    kam_request_fail (request, error);
  else
    route->handle (self, request);
}

static void
finish_cb (KamRequest *request,
           gpointer    user_data)
{
  KamServer *self = user_data;

  self->under_way--;
  kam_load_leave (self->load, request);
  finish_if_idle (self);
}

static void
request_started_cb (SoupServer        *soup,
                    SoupServerMessage *message,
                    gpointer           user_data)
{
  KamServer *self = user_data;
  GSocket *socket = soup_server_message_get_socket (message);
  KamRequestHooks hooks = { admit_cb, handle_cb, finish_cb, patience_cb, self };
  KamRequestLimits limits = {
    .body_bytes = self->config->body_bytes,
    .header_seconds = self->config->header_seconds,
    .body_seconds = self->config->body_seconds,
    .idle_seconds = self->config->idle_seconds,
  };

  kam_request_attach (message, &limits, &hooks);
  if (socket != NULL && !kam_socket_count (self->sockets, socket, self->connections_most))
    g_socket_shutdown (socket, TRUE, TRUE, NULL);
}

/* libsoup answers 404 by itself where nothing is registered; the real work is done when the body has come. */
static void
catch_all_cb (SoupServer        *soup,
              SoupServerMessage *message,
              const char        *path,
              GHashTable        *query,
              gpointer           user_data)
{
}

static void
kam_server_dispose (GObject *object)
{
  KamServer *self = KAM_SERVER (object);

  if (self->soup != NULL)
    {
      soup_server_disconnect (self->soup);
      g_signal_handlers_disconnect_by_data (self->soup, self);
    }

  if (self->pool != NULL)
    kam_db_pool_shut_down (self->pool);

  G_OBJECT_CLASS (kam_server_parent_class)->dispose (object);
}

static void
kam_server_finalize (GObject *object)
{
  KamServer *self = KAM_SERVER (object);

  if (self->passwords != NULL)
    g_thread_pool_free (self->passwords, FALSE, TRUE);
  g_clear_object (&self->hub);
  g_clear_object (&self->pool);
  g_clear_object (&self->soup);
  g_clear_pointer (&self->load, kam_load_free);
  g_clear_pointer (&self->requests, kam_rate_limiter_free);
  g_clear_pointer (&self->accounts, kam_rate_limiter_free);
  g_clear_pointer (&self->addresses, kam_rate_limiter_free);
  g_clear_pointer (&self->sockets, g_hash_table_unref);
  g_clear_pointer (&self->clock, kam_clock_unref);

  G_OBJECT_CLASS (kam_server_parent_class)->finalize (object);
}

static void
kam_server_class_init (KamServerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = kam_server_dispose;
  object_class->finalize = kam_server_finalize;
}

static void
kam_server_init (KamServer *self)
{
  self->sockets = g_hash_table_new (NULL, NULL);
}

KamServer *
kam_server_new (const KamServerConfig *config,
                KamClock              *clock)
{
  KamServer *self = g_object_new (KAM_TYPE_SERVER, NULL);
  gint64 window = (gint64) config->login_window_seconds * G_USEC_PER_SEC;

  self->config = config;
  self->clock = kam_clock_ref (clock);
  self->connections_most = kam_socket_raise_limit (config->connections);
  self->pool = kam_db_pool_new (&config->database, config->workers, config->waiting);
  self->hub = kam_poke_hub_new (self->pool);
  self->load = kam_load_new (config->workers + config->waiting, config->requests_at_once);
  self->passwords = g_thread_pool_new_full (kam_auth_run_job, NULL, NULL, (gint) config->password_workers, FALSE, NULL);
  self->requests = kam_rate_limiter_new (config->requests_per_minute, 60 * G_USEC_PER_SEC);
  self->accounts = kam_rate_limiter_new (config->login_attempts, window);
  self->addresses = kam_rate_limiter_new (config->login_attempts_per_address, window);
  self->soup = soup_server_new (NULL, NULL);
  soup_server_add_handler (self->soup, NULL, catch_all_cb, NULL, NULL);
  g_signal_connect (self->soup, "request-started", G_CALLBACK (request_started_cb), self);

  return self;
}

gboolean
kam_server_listen (KamServer  *self,
                   GError    **error)
{
  g_autoptr (GSocket) socket = NULL;
  SoupServerListenOptions options = 0;

  if (!kam_server_config_check_serve (self->config, error))
    return FALSE;

  if (self->config->certificate != NULL)
    {
      g_autoptr (GTlsCertificate) certificate = g_tls_certificate_new_from_files (self->config->certificate, self->config->key, error);

      if (certificate == NULL)
        return FALSE;

      soup_server_set_tls_certificate (self->soup, certificate);
      options = SOUP_SERVER_LISTEN_HTTPS;
    }

  socket = kam_socket_listen (self->config->address, self->config->port, error);

  return socket != NULL && soup_server_listen_socket (self->soup, socket, options, error);
}

char *
kam_server_get_uri (KamServer *self)
{
  GSList *uris = soup_server_get_uris (self->soup);
  char *text = NULL;

  if (uris != NULL)
    {
      GUri *uri = uris->data;
      gboolean is_v6 = strchr (g_uri_get_host (uri), ':') != NULL;

      text = g_strdup_printf ("%s://%s%s%s:%d", g_uri_get_scheme (uri), is_v6 ? "[" : "", g_uri_get_host (uri), is_v6 ? "]" : "", g_uri_get_port (uri));
    }

  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);

  return text;
}

void
kam_server_stop_async (KamServer           *self,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  GSList *listeners;

  g_return_if_fail (self->stop_task == NULL);

  self->stop_task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (self->stop_task, kam_server_stop_async);

  /* Not soup_server_disconnect(): that ends the requests under way as well. */
  listeners = soup_server_get_listeners (self->soup);
  for (GSList *l = listeners; l != NULL; l = l->next)
    g_socket_close (l->data, NULL);
  g_slist_free (listeners);

  self->stop_timeout = g_timeout_add_seconds (self->config->stop_seconds, stop_timeout_cb, self);
  kam_poke_hub_release (self->hub);
  finish_if_idle (self);
}

gboolean
kam_server_stop_finish (KamServer     *self,
                        GAsyncResult  *result,
                        GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

const KamServerConfig *
kam_server_config (KamServer *self)
{
  return self->config;
}

KamDbPool *
kam_server_pool (KamServer *self)
{
  return self->pool;
}

KamPokeHub *
kam_server_poke_hub (KamServer *self)
{
  return self->hub;
}

GThreadPool *
kam_server_passwords (KamServer *self)
{
  return self->passwords;
}

gint64
kam_server_now (KamServer *self)
{
  return kam_clock_now (self->clock);
}

gboolean
kam_server_is_stopping (KamServer *self)
{
  return self->stop_task != NULL;
}

gboolean
kam_server_begin_long (KamServer   *self,
                       KamRequest  *request,
                       GError     **error)
{
  if (self->long_ones >= MAX (self->config->workers / 2, 1))
    {
      kam_request_retry_after (request, LONG_RETRY_SECONDS);
      g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_BUSY, "Others are comparing their copies; try again later.");
      return FALSE;
    }

  self->long_ones++;

  return TRUE;
}

void
kam_server_end_long (KamServer *self)
{
  self->long_ones--;
}

KamRateLimiter *
kam_server_account_limiter (KamServer *self)
{
  return self->accounts;
}

KamRateLimiter *
kam_server_address_limiter (KamServer *self)
{
  return self->addresses;
}
