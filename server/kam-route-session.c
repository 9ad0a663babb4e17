/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-routes.h"

#include "kam-auth.h"
#include "kam-json.h"
#include "kam-people-repository.h"
#include "kam-text.h"
#include "kam-time.h"

#define EMAIL_MOST 254
#define PASSWORD_MOST 1024
#define DEVICE_NAME_MOST 200
/* People who wait for their password to be checked, at some 60 ms each. */
#define SIGN_INS_WAITING 64

/* One attempt to sign in, on its way: parse, find the person, check the password, make the session, answer. */
typedef struct
{
  KamServer  *server;      /* (owned) */
  KamRequest *request;     /* (owned) */
  char       *email;       /* (owned) */
  char       *account;     /* (owned): key of the account's limit */
  char       *password;    /* (owned) */
  char       *device_id;   /* (owned) */
  char       *device_name; /* (owned) */
  KamPerson  *person;      /* (owned) (nullable) */
  char       *token;       /* (owned) */
  guint8      token_hash[KAM_TOKEN_HASH_BYTES];
  gint64      now_us;
  gint64      expires_at;
} SignIn;

static void
sign_in_free (SignIn *self)
{
  g_clear_object (&self->server);
  g_clear_pointer (&self->request, kam_request_unref);
  g_clear_pointer (&self->person, kam_person_free);
  g_free (self->email);
  g_free (self->account);
  g_free (self->password);
  g_free (self->device_id);
  g_free (self->device_name);
  g_free (self->token);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SignIn, sign_in_free)

static gboolean
check_text (const char  *member,
            const char  *value,
            glong        most,
            GError     **error)
{
  glong length = g_utf8_strlen (value, -1);

  if (length >= 1 && length <= most)
    return TRUE;

  g_set_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_BAD_REQUEST, "“%s” must have 1 to %ld characters.", member, most);

  return FALSE;
}

static gboolean
read_body (SignIn      *self,
           GError     **error)
{
  g_autoptr (JsonNode) body = kam_request_parse (self->request, error);
  JsonObject *object;
  JsonObject *device = NULL;
  const char *email = NULL;
  const char *password = NULL;
  const char *id = NULL;
  const char *name = NULL;

  if (body == NULL)
    return FALSE;

  object = json_node_get_object (body);
  if (!kam_json_get_string (object, "email", &email, error) ||
      !kam_json_get_string (object, "password", &password, error) ||
      !kam_json_get_object (object, "device", &device, error) ||
      !kam_json_get_string (device, "id", &id, error) ||
      !kam_json_get_string (device, "name", &name, error) ||
      !check_text ("email", email, EMAIL_MOST, error) ||
      !check_text ("password", password, PASSWORD_MOST, error) ||
      !check_text ("device.name", name, DEVICE_NAME_MOST, error))
    return FALSE;

  if (!kam_id_is_valid (id))
    {
      g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_BAD_REQUEST, "“device.id” must be a UUID in lower case.");
      return FALSE;
    }

  self->email = g_strstrip (g_strdup (email));
  self->account = g_utf8_casefold (self->email, -1);
  self->password = g_strdup (password);
  self->device_id = g_strdup (id);
  self->device_name = g_strdup (name);

  return TRUE;
}

/* An attempt counts when it starts, so that many at once cannot slip through; a successful one is taken back. */
static gboolean
count_attempt (SignIn  *self,
               GError **error)
{
  gint64 now = g_get_monotonic_time ();
  guint wait = kam_rate_limiter_take (kam_server_address_limiter (self->server), kam_request_address (self->request), now);

  if (wait == 0)
    {
      wait = kam_rate_limiter_take (kam_server_account_limiter (self->server), self->account, now);
      if (wait == 0)
        return TRUE;

      kam_rate_limiter_refund (kam_server_address_limiter (self->server), kam_request_address (self->request));
    }

  kam_request_retry_after (self->request, wait);
  g_set_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_RATE_LIMITED, "Too many attempts to sign in; try again in %u s.", wait);

  return FALSE;
}

static void
take_attempt_back (SignIn *self)
{
  kam_rate_limiter_refund (kam_server_address_limiter (self->server), kam_request_address (self->request));
  kam_rate_limiter_refund (kam_server_account_limiter (self->server), self->account);
}

static void
add_text (JsonObject *object,
          const char *name,
          const char *value)
{
  json_object_set_string_member (object, name, value);
}

static JsonNode *
describe (const char      *token,
          const KamPerson *person,
          const char      *device_id,
          gint64           expires_at)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObject *object = json_object_new ();
  JsonObject *user = json_object_new ();
  g_autofree char *expires = kam_instant_format (expires_at);

  if (token != NULL)
    add_text (object, "token", token);
  add_text (user, "id", person->id);
  add_text (user, "name", person->name);
  add_text (user, "email", person->email);
  add_text (user, "role", person->role);
  json_object_set_object_member (object, "user", user);
  add_text (object, "device_id", device_id);
  add_text (object, "expires_at", expires);
  json_node_take_object (node, object);

  return node;
}

static void
created_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (SignIn) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) body = NULL;

  kam_db_pool_run_finish (KAM_DB_POOL (source), result, &error);
  if (error != NULL)
    {
      kam_request_fail (self->request, error);
      return;
    }

  body = describe (self->token, self->person, self->device_id, self->expires_at);
  kam_request_answer (self->request, SOUP_STATUS_CREATED, body);
}

static gpointer
create_session (KamDb         *db,
                gpointer       data,
                GCancellable  *cancellable,
                GError       **error)
{
  SignIn *self = data;

  kam_session_create (db, self->token_hash, self->person->id, self->device_id, self->device_name, self->now_us, self->expires_at, error);

  return NULL;
}

static void
checked_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (SignIn) self = user_data;
  g_autoptr (GError) error = NULL;
  KamDbPool *pool = kam_server_pool (self->server);
  gboolean right = FALSE;

  if (kam_auth_check_finish (result, &right, &error) && !right)
    g_set_error_literal (&error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_UNAUTHORIZED, "The email address or the password is wrong.");

  if (error != NULL)
    {
      kam_request_fail (self->request, error);
      return;
    }

  take_attempt_back (self);
  if (kam_request_is_finished (self->request))
    return;

  self->token = kam_auth_new_token (self->token_hash);
  self->now_us = kam_server_now (self->server);
  self->expires_at = self->now_us + (gint64) kam_server_config (self->server)->session_days * 24 * 3600 * G_USEC_PER_SEC;
  kam_db_pool_run_async (pool, create_session, self, NULL, NULL, NULL, created_cb, self);
  g_steal_pointer (&self);
}

static void
found_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (SignIn) self = user_data;
  g_autoptr (GError) error = NULL;
  const char *hash;

  kam_db_pool_run_finish (KAM_DB_POOL (source), result, &error);
  if (error != NULL)
    {
      take_attempt_back (self);
      kam_request_fail (self->request, error);
      return;
    }

  /* One answer, and one duration, for nobody, somebody who has left, and a wrong password. */
  hash = self->person != NULL && self->person->active ? self->person->password_hash : NULL;
  kam_auth_check_async (kam_server_passwords (self->server), SIGN_INS_WAITING, hash, self->password, checked_cb, self);
  g_steal_pointer (&self);
}

static gpointer
find_person (KamDb         *db,
             gpointer       data,
             GCancellable  *cancellable,
             GError       **error)
{
  SignIn *self = data;

  self->person = kam_people_find_by_email (db, self->email, error);

  return NULL;
}

void
kam_route_sign_in (KamServer  *server,
                   KamRequest *request)
{
  g_autoptr (SignIn) self = g_new0 (SignIn, 1);
  g_autoptr (GError) error = NULL;

  self->server = g_object_ref (server);
  self->request = kam_request_ref (request);

  if (!read_body (self, &error) || !count_attempt (self, &error))
    {
      kam_request_fail (request, error);
      return;
    }

  kam_db_pool_run_async (kam_server_pool (server), find_person, self, NULL, NULL, NULL, found_cb, self);
  g_steal_pointer (&self);
}

/* Who somebody is, or the end of it: the token's hash and the time go to the worker. */
typedef struct
{
  guint8 token_hash[KAM_TOKEN_HASH_BYTES];
  gint64 now_us;
} Token;

typedef struct
{
  KamSession *session; /* (owned) */
  KamPerson  *person;  /* (owned) */
} Who;

static Token *
token_new (KamServer  *server,
           KamRequest *request)
{
  Token *token = g_new0 (Token, 1);

  memcpy (token->token_hash, kam_request_token_hash (request), KAM_TOKEN_HASH_BYTES);
  token->now_us = kam_server_now (server);

  return token;
}

static void
who_free (Who *who)
{
  g_clear_pointer (&who->session, kam_session_free);
  g_clear_pointer (&who->person, kam_person_free);
  g_free (who);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Who, who_free)

static void
who_free_cb (gpointer data)
{
  who_free (data);
}

static gpointer
find_who (KamDb         *db,
          gpointer       data,
          GCancellable  *cancellable,
          GError       **error)
{
  Token *token = data;
  g_autoptr (Who) who = g_new0 (Who, 1);
  g_autoptr (GError) failure = NULL;

  who->session = kam_routes_caller (db, token->token_hash, token->now_us, error);
  if (who->session == NULL)
    return NULL;

  kam_routes_note_seen (db, token->token_hash, who->session, token->now_us);
  who->person = kam_people_find (db, who->session->user_id, &failure);
  if (who->person != NULL)
    return g_steal_pointer (&who);

  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else
    g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_SESSION_EXPIRED, "The session has ended; sign in again.");

  return NULL;
}

static void
who_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (KamAsked) asked = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (Who) who = kam_db_pool_run_finish (KAM_DB_POOL (source), result, &error);
  g_autoptr (JsonNode) body = NULL;

  if (who == NULL)
    {
      kam_request_fail (asked->request, error);
      return;
    }

  body = describe (NULL, who->person, who->session->device_id, who->session->expires_at);
  kam_request_answer (asked->request, SOUP_STATUS_OK, body);
}

void
kam_route_who (KamServer  *server,
               KamRequest *request)
{
  kam_db_pool_run_async (kam_server_pool (server), find_who, token_new (server, request), g_free, who_free_cb,
                         kam_request_cancellable (request), who_cb, kam_asked_new (server, request));
}

static gpointer
end_session (KamDb         *db,
             gpointer       data,
             GCancellable  *cancellable,
             GError       **error)
{
  Token *token = data;
  g_autoptr (KamSession) session = kam_routes_caller (db, token->token_hash, token->now_us, error);

  if (session != NULL)
    kam_session_end (db, token->token_hash, error);

  return NULL;
}

static void
ended_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (KamAsked) asked = user_data;
  g_autoptr (GError) error = NULL;

  kam_db_pool_run_finish (KAM_DB_POOL (source), result, &error);
  if (error != NULL)
    kam_request_fail (asked->request, error);
  else
    kam_request_answer (asked->request, SOUP_STATUS_NO_CONTENT, NULL);
}

void
kam_route_sign_out (KamServer  *server,
                    KamRequest *request)
{
  kam_db_pool_run_async (kam_server_pool (server), end_session, token_new (server, request), g_free, NULL, NULL,
                         ended_cb, kam_asked_new (server, request));
}
