/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-routes.h"

#include "kam-verify.h"

static void
free_request (gpointer data)
{
  kam_verify_request_free (data);
}

static void
unref_node (gpointer node)
{
  json_node_unref (node);
}

static gpointer
run_verify (KamDb         *db,
            gpointer       data,
            GCancellable  *cancellable,
            GError       **error)
{
  return kam_verify_run (db, data, cancellable, error);
}

static void
verified_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (KamAsked) asked = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) answer = kam_db_pool_run_finish (KAM_DB_POOL (source), result, &error);

  kam_server_end_long (asked->server);

  if (answer != NULL)
    kam_request_answer (asked->request, SOUP_STATUS_OK, answer);
  else
    kam_request_fail (asked->request, error);
}

void
kam_route_verify (KamServer  *server,
                  KamRequest *request)
{
  KamVerifyRequest *verify = NULL;
  g_autoptr (GError) error = NULL;

  if (!kam_server_begin_long (server, request, &error))
    {
      kam_request_fail (request, error);
      return;
    }

  verify = g_new0 (KamVerifyRequest, 1);
  memcpy (verify->token_hash, kam_request_token_hash (request), KAM_TOKEN_HASH_BYTES);
  verify->now_us = kam_server_now (server);
  verify->body = kam_request_body (request);
  verify->replica = kam_server_config (server)->replica;
  verify->oldest_schema = kam_server_config (server)->oldest_schema;

  kam_db_pool_run_async (kam_server_pool (server), run_verify, verify, free_request, unref_node, kam_request_cancellable (request),
                         verified_cb, kam_asked_new (server, request));
}
