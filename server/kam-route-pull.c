/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-routes.h"

#include "kam-json.h"
#include "kam-page-stream.h"
#include "kam-pull.h"
#include "kam-server-log.h"

/* One page on its way: what is asked, and where it goes. */
typedef struct
{
  KamPullRequest *pull;   /* (owned) */
  KamPageStream  *stream; /* (owned) */
  GCancellable   *cancellable; /* (owned) */
} Job;

/* What waits for the worker's end. */
typedef struct
{
  KamServer     *server;  /* (owned) */
  KamRequest    *request; /* (owned) */
  KamPageStream *stream;  /* (owned) */
  gboolean       is_long;
} Pulling;

static void
job_free (gpointer data)
{
  Job *job = data;

  kam_pull_request_free (job->pull);
  kam_page_stream_unref (job->stream);
  g_object_unref (job->cancellable);
  g_free (job);
}

static void
pulling_free (Pulling *pulling)
{
  g_object_unref (pulling->server);
  kam_request_unref (pulling->request);
  kam_page_stream_unref (pulling->stream);
  g_free (pulling);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pulling, pulling_free)

static gboolean
read_ranges (JsonObject      *object,
             KamPullRequest  *pull,
             GError         **error)
{
  JsonArray *ranges = NULL;

  if (!json_object_has_member (object, "ranges"))
    return TRUE;

  if (!kam_json_get_array (object, "ranges", &ranges, error))
    return FALSE;

  if (pull->cursor == NULL)
    {
      g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_BAD_REQUEST, "“ranges” needs the “cursor” that came with them.");
      return FALSE;
    }

  pull->ranges = kam_ranges_from_json (ranges, error);

  return pull->ranges != NULL;
}

static KamPullRequest *
read_body (KamServer   *server,
           KamRequest  *request,
           GError     **error)
{
  g_autoptr (JsonNode) body = kam_request_parse (request, error);
  g_autoptr (KamPullRequest) pull = g_new0 (KamPullRequest, 1);
  const KamServerConfig *config = kam_server_config (server);
  JsonObject *object;
  const char *cursor = NULL;
  gint64 limit = config->page_rows;

  if (body == NULL)
    return NULL;

  object = json_node_get_object (body);
  if (!kam_routes_check_schema (object, config->oldest_schema, error) ||
      !kam_json_opt_string (object, "cursor", &cursor, error) ||
      !kam_json_opt_int (object, "limit", &limit, error))
    return NULL;

  if (limit < 1 || limit > KAM_MOST_PAGE_ROWS)
    {
      g_set_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_BAD_REQUEST, "“limit” must be from 1 to %d.", KAM_MOST_PAGE_ROWS);
      return NULL;
    }

  memcpy (pull->token_hash, kam_request_token_hash (request), KAM_TOKEN_HASH_BYTES);
  pull->now_us = kam_server_now (server);
  pull->cursor = g_strdup (cursor);
  pull->limit = (guint) limit;
  pull->replica = config->replica;

  return read_ranges (object, pull, error) ? g_steal_pointer (&pull) : NULL;
}

static gboolean
write_cb (const char  *text,
          gsize        length,
          gpointer     data,
          GError     **error)
{
  Job *job = data;

  return kam_page_stream_write (job->stream, text, length, job->cancellable, error);
}

static gpointer
write_page (KamDb         *db,
            gpointer       data,
            GCancellable  *cancellable,
            GError       **error)
{
  Job *job = data;

  if (kam_pull_page (db, job->pull, write_cb, job, cancellable, error))
    kam_page_stream_close (job->stream, error);

  return NULL;
}

static void
pulled_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (Pulling) pulling = user_data;
  g_autoptr (GError) error = NULL;

  kam_db_pool_run_finish (KAM_DB_POOL (source), result, &error);
  if (pulling->is_long)
    kam_server_end_long (pulling->server);

  if (error != NULL && error->domain != KAM_SERVER_ERROR && !kam_request_is_finished (pulling->request))
    kam_server_log_fault (kam_request_id (pulling->request), "a page was not finished", error->message);

  kam_page_stream_end (pulling->stream, error);
}

static gboolean
accepts_gzip (KamRequest *request)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (kam_request_message (request));
  const char *accepted = soup_message_headers_get_list (headers, "Accept-Encoding");
  GSList *list = accepted != NULL ? soup_header_parse_quality_list (accepted, NULL) : NULL;
  gboolean gzip = g_slist_find_custom (list, "gzip", (GCompareFunc) g_ascii_strcasecmp) != NULL;

  soup_header_free_list (list);

  return gzip;
}

void
kam_route_pull (KamServer  *server,
                KamRequest *request)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KamPullRequest) pull = read_body (server, request, &error);
  gboolean is_long = pull != NULL && pull->ranges != NULL;
  Job *job;
  Pulling *pulling;

  if (pull == NULL || (is_long && !kam_server_begin_long (server, request, &error)))
    {
      kam_request_fail (request, error);
      return;
    }

  job = g_new0 (Job, 1);
  job->pull = g_steal_pointer (&pull);
  job->stream = kam_page_stream_new (request, "application/x-ndjson", accepts_gzip (request));
  job->cancellable = g_object_ref (kam_request_cancellable (request));

  pulling = g_new0 (Pulling, 1);
  pulling->server = g_object_ref (server);
  pulling->request = kam_request_ref (request);
  pulling->is_long = is_long;
  pulling->stream = kam_page_stream_ref (job->stream);

  kam_db_pool_run_async (kam_server_pool (server), write_page, job, job_free, NULL, kam_request_cancellable (request), pulled_cb, pulling);
}
