/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-routes.h"

#include "kam-json.h"
#include "kam-wire.h"

#define SMALL_BODY 16384
#define CURSOR_BODY (1 << 20)

static const KamRoute routes[] = {
  { "/healthz", "GET", FALSE, SMALL_BODY, kam_route_health },
  { "/v1/hello", "GET", FALSE, SMALL_BODY, kam_route_hello },
  { "/v1/session", "POST", FALSE, SMALL_BODY, kam_route_sign_in },
  { "/v1/session", "GET", TRUE, SMALL_BODY, kam_route_who },
  { "/v1/session", "DELETE", TRUE, SMALL_BODY, kam_route_sign_out },
  { "/v1/push", "POST", TRUE, 0, kam_route_push },
  { "/v1/pull", "POST", TRUE, CURSOR_BODY, kam_route_pull },
  { "/v1/poke", "GET", TRUE, SMALL_BODY, kam_route_poke },
  { "/v1/verify", "POST", TRUE, CURSOR_BODY, kam_route_verify },
  { "/v1/history", "GET", TRUE, SMALL_BODY, kam_route_history },
  { "/v1/devices", "GET", TRUE, SMALL_BODY, kam_route_devices },
  { "/v1/quarantine", "POST", TRUE, 0, kam_route_quarantine },
  { "/v1/devices/", "DELETE", TRUE, SMALL_BODY, kam_route_end_device },
};

/* A path that ends in a slash stands for all that have one more word. */
static gboolean
matches (const KamRoute *route,
         const char     *path)
{
  gsize length = strlen (route->path);

  if (route->path[length - 1] != '/')
    return g_str_equal (route->path, path);

  return g_str_has_prefix (path, route->path) && path[length] != '\0' && strchr (path + length, '/') == NULL;
}

const KamRoute *
kam_routes_find (const char  *path,
                 const char  *method,
                 GError     **error)
{
  gboolean known = FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (routes); i++)
    {
      if (!matches (&routes[i], path))
        continue;

      if (g_str_equal (routes[i].method, method))
        return &routes[i];

      known = TRUE;
    }

  if (known)
    g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_METHOD, "This address takes other methods; see the Allow header.");
  else
    g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_NOT_FOUND, "There is nothing at this address.");

  return NULL;
}

char *
kam_routes_allow (const char *path)
{
  GString *methods = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (routes); i++)
    {
      if (matches (&routes[i], path))
        g_string_append_printf (methods, "%s%s", methods->len > 0 ? ", " : "", routes[i].method);
    }

  return g_string_free (methods, FALSE);
}

KamAsked *
kam_asked_new (KamServer  *server,
               KamRequest *request)
{
  KamAsked *self = g_new0 (KamAsked, 1);

  self->server = g_object_ref (server);
  self->request = kam_request_ref (request);

  return self;
}

void
kam_asked_free (KamAsked *self)
{
  g_object_unref (self->server);
  kam_request_unref (self->request);
  g_free (self);
}

KamSession *
kam_routes_caller (KamDb         *db,
                   const guint8  *token_hash,
                   gint64         now_us,
                   GError       **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (KamSession) session = kam_session_find (db, token_hash, now_us, &failure);

  if (session != NULL && session->state == KAM_SESSION_OPEN)
    return g_steal_pointer (&session);

  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else if (session == NULL)
    g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_UNAUTHORIZED, "Sign in first.");
  else if (session->state == KAM_SESSION_REVOKED)
    g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_SESSION_REVOKED, "This device was signed out from elsewhere.");
  else
    g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_SESSION_EXPIRED, "The session has ended; sign in again.");

  return NULL;
}

void
kam_routes_note_seen (KamDb            *db,
                      const guint8     *token_hash,
                      const KamSession *session,
                      gint64            now_us)
{
  g_autoptr (GError) error = NULL;

  if (!kam_session_note_seen (db, token_hash, session, now_us, &error))
    g_info ("When a device was seen is not noted: %s", error->message);
}

gboolean
kam_routes_check_schema (JsonObject  *body,
                         guint        oldest,
                         GError     **error)
{
  gint64 schema = 0;

  if (!kam_json_get_int (body, "schema", &schema, error))
    return FALSE;

  if (schema < 1)
    {
      g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_BAD_REQUEST, "“schema” must be 1 or more.");
      return FALSE;
    }

  if (schema < (gint64) oldest)
    {
      g_set_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_TOO_OLD, "This program is too old for the server (its schema is %" G_GINT64_FORMAT
                   ", the server takes %u and later). Update Kam; what waits to be sent stays.", schema, oldest);
      return FALSE;
    }

  if (schema > KAM_SCHEMA_VERSION)
    {
      g_set_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_TOO_NEW, "This program is newer than the server (its schema is %" G_GINT64_FORMAT
                   ", the server's %d). Update the server; what waits to be sent stays.", schema, KAM_SCHEMA_VERSION);
      return FALSE;
    }

  return TRUE;
}
