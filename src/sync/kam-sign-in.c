/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-sync-worker-private.h"

#include "kam-json.h"
#include "kam-server-address.h"
#include "kam-sync-message.h"
#include "kam-token.h"
#include "kam-wire.h"

#include <glib/gi18n.h>
#include <string.h>

/* Signing in: who is the server, then who is the person, then may this profile hold both; only then is anything kept. */

#define HELLO_SECONDS 20
#define SESSION_SECONDS 30

struct _KamSignIn
{
  KamOperation    *operation;   /* (owned) */
  KamSyncWorker   *worker;      /* (owned) */
  GTask           *task;        /* (owned) (nullable): answered */
  GCancellable    *cancellable; /* (owned): in the worker's thread */
  GCancellable    *outer;       /* (owned) (nullable): the caller's */
  gulong           outer_id;
  gulong           stop_id;
  char            *typed;       /* (owned) */
  char            *ca_file;     /* (owned) (nullable) */
  char            *email;       /* (owned) */
  char            *password;    /* (owned) (nullable) */
  char            *token;       /* (owned) (nullable) */
  KamSyncSettings *settings;    /* (owned) (nullable): as they are, then as they will be */
  KamHttp         *http;        /* (owned) (nullable) */
  GError          *error;       /* (owned) (nullable): to be told when the session that must not be has been ended */
};

static void
wipe (char *secret)
{
  if (secret == NULL)
    return;

  explicit_bzero (secret, strlen (secret));
  g_free (secret);
}

static void
cancel_in_thread (KamSyncWorker *worker,
                  gpointer       cancellable)
{
  g_cancellable_cancel (cancellable);
}

/* In the caller's thread; connections belong to the worker's. */
static void
outer_cancelled_cb (GCancellable *outer,
                    gpointer      data)
{
  KamSignIn *self = data;

  kam_sync_worker_post (self->worker, cancel_in_thread, g_object_ref (self->cancellable), g_object_unref);
}

static void
stop_cb (GCancellable *stop,
         gpointer      cancellable)
{
  g_cancellable_cancel (cancellable);
}

KamSignIn *
kam_sign_in_new (KamSyncWorker *worker,
                 const char    *server,
                 const char    *ca_file,
                 const char    *email,
                 const char    *password,
                 GTask         *task)
{
  KamSignIn *self = g_new0 (KamSignIn, 1);

  self->worker = kam_sync_worker_ref (worker);
  self->task = task;
  self->cancellable = g_cancellable_new ();
  self->typed = g_strdup (server);
  self->ca_file = ca_file != NULL && *ca_file != '\0' ? g_canonicalize_filename (ca_file, NULL) : NULL;
  self->email = g_strstrip (g_strdup (email));
  self->password = g_strdup (password);

  if (g_task_get_cancellable (task) != NULL)
    {
      self->outer = g_object_ref (g_task_get_cancellable (task));
      self->outer_id = g_cancellable_connect (self->outer, G_CALLBACK (outer_cancelled_cb), self, NULL);
    }

  return self;
}

static void
sign_in_free (KamSignIn *self)
{
  if (self->outer != NULL)
    g_cancellable_disconnect (self->outer, self->outer_id);
  g_clear_object (&self->outer);
  g_cancellable_disconnect (self->worker->stop, self->stop_id);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->task);
  g_clear_pointer (&self->settings, kam_sync_settings_free);
  g_clear_pointer (&self->http, kam_http_free);
  g_clear_pointer (&self->operation, kam_operation_free);
  g_clear_error (&self->error);
  kam_sync_worker_unref (self->worker);
  g_free (self->typed);
  g_free (self->ca_file);
  g_free (self->email);
  wipe (self->password);
  wipe (self->token);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamSignIn, sign_in_free)

static void
finish (KamSignIn *self,
        GError    *error)
{
  kam_sync_worker_answer (self->worker, g_steal_pointer (&self->task), error);
}

/* Takes a good reply's object, or answers the task with what went wrong. */
static JsonObject *
take_object (KamSignIn    *self,
             KamHttpReply *reply)
{
  GError *error = NULL;

  if (kam_http_reply_is_good (reply) && reply->body != NULL && JSON_NODE_HOLDS_OBJECT (reply->body))
    return json_node_get_object (reply->body);

  if (kam_http_reply_is_good (reply))
    reply->trouble = KAM_TROUBLE_GARBLED;

  kam_sync_message_set_error (&error, reply, self->settings->server);
  finish (self, error);

  return NULL;
}

static void
install (KamSignIn *self,
         gboolean   in_keyring)
{
  KamSyncWorker *worker = self->worker;
  KamEvent event = { .kind = KAM_EVENT_SIGNED_IN };

  g_clear_pointer (&worker->http, kam_http_free);
  g_clear_pointer (&worker->settings, kam_sync_settings_free);
  worker->http = g_steal_pointer (&self->http);
  worker->settings = g_steal_pointer (&self->settings);
  worker->has_keyring = in_keyring;
  kam_http_set_token (worker->http, self->token);
  event.server_id = worker->settings->server_id;

  if (worker->running)
    kam_sync_worker_feed (worker, &event);
  else
    kam_sync_worker_begin (worker, TRUE);

  kam_sync_worker_report (worker);
}

static void
token_saved_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      data)
{
  g_autoptr (KamSignIn) self = data;
  GError *error = NULL;
  gboolean in_keyring = FALSE;

  if (kam_token_save_finish (result, &in_keyring, &error))
    install (self, in_keyring);

  finish (self, error);
}

static void
settings_saved_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      data)
{
  g_autoptr (KamSignIn) self = data;
  GError *error = NULL;

  if (!kam_sync_settings_save_finish (result, &error))
    {
      finish (self, error);
      return;
    }

  kam_token_save_async (kam_store_get_dir (self->worker->store), self->settings->server, self->token, self->worker->stop, token_saved_cb, self);
  g_steal_pointer (&self);
}

static void
ended_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (KamSignIn) self = data;
  g_autoptr (GError) ignored = NULL;
  g_autoptr (KamHttpReply) reply = kam_http_finish (result, &ignored);

  finish (self, g_steal_pointer (&self->error));
}

static GError *
belongs_to_another (KamSyncSettings *settings)
{
  if (settings->user_name != NULL)
    return g_error_new (KAM_SYNC_ERROR, KAM_SYNC_ERROR_FAILED,
                        _("This profile holds the work of %s on %s. Sign in there and then sign out, or use another profile."),
                        settings->user_name, settings->server);

  return g_error_new (KAM_SYNC_ERROR, KAM_SYNC_ERROR_FAILED,
                      _("This profile holds somebody else’s work. Sign in as that person and then sign out, or use another profile."));
}

/* Takes the session's token and person over into what will be kept. */
static gboolean
read_session (KamSignIn  *self,
              JsonObject *object)
{
  JsonObject *user = NULL;
  const char *token = NULL;
  const char *id = NULL;
  const char *name = NULL;

  if (!kam_json_get_string (object, "token", &token, NULL) || !kam_json_get_object (object, "user", &user, NULL) ||
      !kam_json_get_string (user, "id", &id, NULL) || !kam_id_is_valid (id) || !kam_json_opt_string (user, "name", &name, NULL))
    {
      finish (self, g_error_new (KAM_SYNC_ERROR, KAM_SYNC_ERROR_NOT_KAM, _("%s answers in a way that Kam does not understand"), self->settings->server));
      return FALSE;
    }

  self->token = g_strdup (token);
  kam_http_set_token (self->http, token);

  if (self->settings->user_id != NULL && strcmp (self->settings->user_id, id) != 0)
    {
      self->error = belongs_to_another (self->settings);
      return TRUE;
    }

  g_free (self->settings->user_id);
  self->settings->user_id = g_strdup (id);
  g_free (self->settings->user_name);
  self->settings->user_name = g_strdup (name);

  return TRUE;
}

static void
session_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  g_autoptr (KamSignIn) self = data;
  GError *error = NULL;
  g_autoptr (KamHttpReply) reply = kam_http_finish (result, &error);
  JsonObject *object;

  wipe (g_steal_pointer (&self->password));

  if (reply == NULL)
    {
      finish (self, error);
      return;
    }

  object = take_object (self, reply);
  if (object == NULL || !read_session (self, object))
    return;

  /* From here on the caller's cancelling comes too late: what has begun is brought to its end. */
  if (self->error != NULL)
    kam_http_call_async (self->http, "DELETE", "/v1/session", NULL, HELLO_SECONDS, self->worker->stop, ended_cb, self);
  else
    kam_sync_settings_save_async (self->worker->store, self->settings, NULL, settings_saved_cb, self);

  g_steal_pointer (&self);
}

static void
ask_session (KamSignIn *self)
{
  g_autoptr (GString) body = g_string_new ("{\"email\":");

  if (self->settings->device_id == NULL)
    self->settings->device_id = kam_id_new (kam_clock_now (self->worker->clock));

  kam_json_append_string (body, self->email);
  g_string_append (body, ",\"password\":");
  kam_json_append_string (body, self->password);
  g_string_append (body, ",\"device\":{\"id\":");
  kam_json_append_string (body, self->settings->device_id);
  g_string_append (body, ",\"name\":");
  kam_json_append_string (body, g_get_host_name ());
  g_string_append (body, "}}");

  kam_http_call_async (self->http, "POST", "/v1/session", body->str, SESSION_SECONDS, self->cancellable, session_cb, self);
  explicit_bzero (body->str, body->len);
}

/* Nothing, or why this server cannot be the one. */
static GError *
check_server (KamSignIn      *self,
              const KamEvent *hello)
{
  if (hello->protocol_min > KAM_PROTOCOL_VERSION)
    return g_error_new (KAM_SYNC_ERROR, KAM_SYNC_ERROR_VERSION, _("This version of Kam is too old for the server. Update Kam."));

  if (hello->protocol_max < KAM_PROTOCOL_VERSION)
    return g_error_new (KAM_SYNC_ERROR, KAM_SYNC_ERROR_VERSION, _("The server is too old for this version of Kam. Ask your administrator to update it."));

  if (self->settings->user_id != NULL && g_strcmp0 (self->settings->server_id, hello->server_id) != 0)
    return belongs_to_another (self->worker->settings != NULL ? self->worker->settings : self->settings);

  return NULL;
}

static void
hello_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (KamSignIn) self = data;
  GError *error = NULL;
  g_autoptr (KamHttpReply) reply = kam_http_finish (result, &error);
  KamEvent hello = { 0 };
  JsonObject *object;

  if (reply == NULL)
    {
      finish (self, error);
      return;
    }

  /* Whatever it says, a server that does not say hello is none of ours. */
  if (reply->status >= 300 && reply->status < 500 && reply->status != 429 && reply->code == NULL)
    reply->trouble = KAM_TROUBLE_GARBLED;

  object = take_object (self, reply);
  if (object == NULL)
    return;

  if (kam_sync_read_hello (object, &hello))
    error = check_server (self, &hello);
  else
    error = g_error_new (KAM_SYNC_ERROR, KAM_SYNC_ERROR_NOT_KAM, _("Something answers at %s, but it is not a Kam server. Check the "
                                                                   "address."), self->settings->server);

  if (error != NULL)
    {
      finish (self, error);
      return;
    }

  g_free (self->settings->server_id);
  self->settings->server_id = g_strdup (hello.server_id);
  ask_session (g_steal_pointer (&self));
}

/* Puts the new server in the place of the old in what will be kept, and opens connections to it. */
static gboolean
prepare (KamSignIn  *self,
         GError    **error)
{
  g_autoptr (GError) cause = NULL;
  char *server = kam_server_address_parse (self->typed, error);

  if (server == NULL)
    return FALSE;

  g_free (self->settings->server);
  self->settings->server = server;
  g_free (self->settings->ca_file);
  self->settings->ca_file = g_strdup (self->ca_file);

  g_clear_pointer (&self->settings->notice, g_free);

  if (self->worker->erasing)
    {
      g_set_error (error, KAM_SYNC_ERROR, KAM_SYNC_ERROR_FAILED, _("The copy that was here is just being erased. Try again in a moment."));
      return FALSE;
    }

  if (self->settings->local != NULL)
    {
      g_set_error (error, KAM_SYNC_ERROR, KAM_SYNC_ERROR_FAILED, _("This profile holds sample data. Use another profile to sign in to a server."));
      return FALSE;
    }

  self->http = kam_http_new (server, self->ca_file, &cause);
  if (self->http == NULL)
    {
      g_set_error (error, KAM_SYNC_ERROR, KAM_SYNC_ERROR_CERTIFICATE, _("The certificate file cannot be read: %s"), cause->message);
      return FALSE;
    }

  return TRUE;
}

static void
settings_loaded_cb (GObject      *source,
                    GAsyncResult *result,
                    gpointer      data)
{
  g_autoptr (KamSignIn) self = data;
  GError *error = NULL;

  self->settings = kam_sync_settings_load_finish (result, &error);
  if (self->settings == NULL || !prepare (self, &error))
    {
      finish (self, error);
      return;
    }

  kam_http_call_async (self->http, "GET", "/v1/hello", NULL, HELLO_SECONDS, self->cancellable, hello_cb, self);
  g_steal_pointer (&self);
}

void
kam_sync_worker_run_sign_in (KamSyncWorker *worker,
                             gpointer       data)
{
  KamSignIn *self = data;

  self->operation = kam_operation_new (worker, KAM_LANE_HELLO);
  self->stop_id = g_cancellable_connect (worker->stop, G_CALLBACK (stop_cb), g_object_ref (self->cancellable), g_object_unref);
  kam_sync_settings_load_async (worker->store, NULL, settings_loaded_cb, self);
}
