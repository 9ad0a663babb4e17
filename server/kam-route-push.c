/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-push.h"
#include "kam-routes.h"

/* A push for a worker, which also parses it: it may be long. */
typedef struct
{
  guint8  token_hash[KAM_TOKEN_HASH_BYTES];
  gint64  now_us;
  guint   oldest_schema;
  GBytes *body; /* (owned) */
} Push;

static void
push_free (gpointer data)
{
  Push *push = data;

  g_bytes_unref (push->body);
  g_free (push);
}

static void
unref_node (gpointer node)
{
  json_node_unref (node);
}

static gpointer
run_push (KamDb         *db,
          gpointer       data,
          GCancellable  *cancellable,
          GError       **error)
{
  Push *push = data;
  g_autoptr (JsonNode) body = NULL;
  g_autoptr (KamSession) session = kam_routes_caller (db, push->token_hash, push->now_us, error);
  g_autoptr (GPtrArray) touched = NULL;

  if (session == NULL)
    return NULL;

  kam_routes_note_seen (db, push->token_hash, session, push->now_us);
  body = kam_request_parse_bytes (push->body, error);
  if (body == NULL || !kam_routes_check_schema (json_node_get_object (body), push->oldest_schema, error))
    return NULL;

  return kam_push_run (db, session, json_node_get_object (body), push->now_us, &touched, error);
}

static void
pushed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (KamAsked) asked = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer = kam_db_pool_run_finish (KAM_DB_POOL (source), result, &error);

  if (answer != NULL)
    {
      /* Those who wait for news need not wait for the next tick. */
      kam_poke_hub_wake (kam_server_poke_hub (asked->server));
      kam_request_answer (asked->request, SOUP_STATUS_OK, answer);
    }
  else if (g_error_matches (error, KAM_PUSH_ERROR, KAM_PUSH_ERROR_MID_GAP))
    {
      kam_request_fail_with (asked->request, error, "last_mid", kam_push_error_last_mid (error));
    }
  else
    {
      kam_request_fail (asked->request, error);
    }
}

void
kam_route_push (KamServer  *server,
                KamRequest *request)
{
  Push *push = g_new0 (Push, 1);

  memcpy (push->token_hash, kam_request_token_hash (request), KAM_TOKEN_HASH_BYTES);
  push->now_us = kam_server_now (server);
  push->oldest_schema = kam_server_config (server)->oldest_schema;
  push->body = kam_request_body (request);

  /* Not cancellable: what somebody has sent is saved, also if they do not wait for the answer. */
  kam_db_pool_run_async (kam_server_pool (server), run_push, push, push_free, unref_node, NULL, pushed_cb, kam_asked_new (server, request));
}
