/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-routes.h"

#include "kam-quarantine.h"

typedef struct
{
  guint8  token_hash[KAM_TOKEN_HASH_BYTES];
  gint64  now_us;
  GBytes *body; /* (owned) */
} Handed;

static void
handed_free (gpointer data)
{
  Handed *handed = data;

  g_bytes_unref (handed->body);
  g_free (handed);
}

static void
unref_node (gpointer node)
{
  json_node_unref (node);
}

static KamSession *
find_revoked (KamDb         *db,
              const Handed  *handed,
              GError       **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (KamSession) session = kam_session_find (db, handed->token_hash, handed->now_us, &failure);

  if (session != NULL && session->state == KAM_SESSION_REVOKED)
    return g_steal_pointer (&session);

  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else if (session == NULL)
    g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_UNAUTHORIZED, "Sign in first.");
  else if (session->state == KAM_SESSION_ENDED)
    g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_SESSION_EXPIRED, "The session has ended; sign in again.");
  else
    g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_FORBIDDEN, "This device is signed in: push instead.");

  return NULL;
}

static gpointer
take (KamDb         *db,
      gpointer       data,
      GCancellable  *cancellable,
      GError       **error)
{
  Handed *handed = data;
  g_autoptr (KamSession) session = find_revoked (db, handed, error);
  g_autoptr (JsonNode) body = session != NULL ? kam_request_parse_bytes (handed->body, error) : NULL;

  if (body == NULL)
    return NULL;

  return kam_quarantine_take (db, session, json_node_get_object (body), handed->now_us, error);
}

static void
taken_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (KamAsked) asked = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer = kam_db_pool_run_finish (KAM_DB_POOL (source), result, &error);

  if (answer != NULL)
    kam_request_answer (asked->request, SOUP_STATUS_OK, answer);
  else
    kam_request_fail (asked->request, error);
}

void
kam_route_quarantine (KamServer  *server,
                      KamRequest *request)
{
  Handed *handed = g_new0 (Handed, 1);

  memcpy (handed->token_hash, kam_request_token_hash (request), KAM_TOKEN_HASH_BYTES);
  handed->now_us = kam_server_now (server);
  handed->body = kam_request_body (request);

  /* Not cancellable: what was handed in is kept, also if the receipt is not waited for. */
  kam_db_pool_run_async (kam_server_pool (server), take, handed, handed_free, unref_node, NULL, taken_cb, kam_asked_new (server, request));
}
