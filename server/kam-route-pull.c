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
  KamRequest    *request; /* (owned) */
  KamPageStream *stream;  /* (owned) */
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
  kam_request_unref (pulling->request);
  kam_page_stream_unref (pulling->stream);
  g_free (pulling);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Pulling, pulling_free)

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
  if (!kam_routes_check_schema (object, error) ||
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

  return g_steal_pointer (&pull);
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
  KamPullRequest *pull = read_body (server, request, &error);
  Job *job;
  Pulling *pulling;

  if (pull == NULL)
    {
      kam_request_fail (request, error);
      return;
    }

  job = g_new0 (Job, 1);
  job->pull = pull;
  job->stream = kam_page_stream_new (request, "application/x-ndjson", accepts_gzip (request));
  job->cancellable = g_object_ref (kam_request_cancellable (request));

  pulling = g_new0 (Pulling, 1);
  pulling->request = kam_request_ref (request);
  pulling->stream = kam_page_stream_ref (job->stream);

  kam_db_pool_run_async (kam_server_pool (server), write_page, job, job_free, NULL, kam_request_cancellable (request), pulled_cb, pulling);
}
