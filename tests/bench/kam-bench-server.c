/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-bench-server.h"

#include "kam-digest.h"
#include "kam-json.h"
#include "kam-sample.h"
#include "kam-store-schema.h"
#include "kam-wire.h"

#include <libsoup/soup.h>
#include <signal.h>
#include <sys/prctl.h>

static void
die_with_parent (gpointer data)
{
  prctl (PR_SET_PDEATHSIG, SIGTERM);
}

KamBenchServer *
kam_bench_server_new (guint leads,
                      guint kams)
{
  KamBenchServer *self = g_new0 (KamBenchServer, 1);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr (GDataInputStream) out = NULL;
  g_autofree char *name = g_strdup_printf ("server-%d-%u-%u", KAM_SCHEMA_VERSION, leads, kams);
  g_autofree char *folder = kam_bench_folder (name);
  g_autofree char *n_leads = g_strdup_printf ("%u", leads);
  g_autofree char *n_kams = g_strdup_printf ("%u", kams);
  g_autofree char *line = NULL;
  g_auto (GStrv) words = NULL;
  GError *error = NULL;

  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  self->process = g_subprocess_launcher_spawn (launcher, &error, "sh", KAM_BENCH_SERVER_SCRIPT, KAM_BENCH_BUILD_DIR, "server", "--dir", folder,
                                               "--leads", n_leads,
                                               "--kams", n_kams, NULL);
  kam_bench_must (error);
  out = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->process));
  line = g_data_input_stream_read_line (out, NULL, NULL, &error);
  kam_bench_must (error);
  words = g_strsplit (line != NULL ? line : "", " ", 3);

  if (g_strv_length (words) != 3 || !g_str_equal (words[0], "ready"))
    g_error ("the server did not start");

  self->url = g_strdup (words[1]);
  self->ca_file = g_strdup (words[2]);
  self->socket = g_build_filename (folder, "mariadb.sock", NULL);

  return self;
}

void
kam_bench_server_free (KamBenchServer *self)
{
  g_subprocess_send_signal (self->process, SIGTERM);
  g_subprocess_wait (self->process, NULL, NULL);
  g_object_unref (self->process);
  g_free (self->url);
  g_free (self->ca_file);
  g_free (self->socket);
  g_free (self);
}

/* The child of the script that serves. */
GPid
kam_bench_server_pid (KamBenchServer *self)
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/task/%s/children", g_subprocess_get_identifier (self->process),
                                           g_subprocess_get_identifier (self->process));
  g_autofree char *children = NULL;
  g_auto (GStrv) pids = NULL;
  GError *error = NULL;

  g_file_get_contents (path, &children, NULL, &error);
  kam_bench_must (error);
  pids = g_strsplit (children, " ", -1);

  for (guint i = 0; pids[i] != NULL; i++)
    {
      g_autofree char *name_path = g_strdup_printf ("/proc/%s/comm", pids[i]);
      g_autofree char *name = NULL;

      if (*pids[i] != '\0' && g_file_get_contents (name_path, &name, NULL, NULL) && g_str_has_prefix (name, "kam-server"))
        return (GPid) g_ascii_strtoll (pids[i], NULL, 10);
    }

  g_error ("no kam-server below the script");
}

guint
kam_bench_server_plain (KamBenchServer *self)
{
  static GSubprocess *process;
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GDataInputStream) out = NULL;
  g_autofree char *folder = kam_bench_scratch ();
  g_autofree char *path = g_build_filename (folder, "server.conf", NULL);
  g_autofree char *text = g_strdup_printf ("[server]\nport=0\n[database]\nsocket=%s\nname=kam\nuser=root\n[limits]\nrequests-per-minute=1000000\n",
                                           self->socket);
  g_autofree char *line = NULL;
  GError *error = NULL;

  g_file_set_contents (path, text, -1, &error);
  kam_bench_must (error);
  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  process = g_subprocess_launcher_spawn (launcher, &error, KAM_BENCH_BUILD_DIR "/server/kam-server", "--config", path, "serve", NULL);
  kam_bench_must (error);
  out = g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  line = g_data_input_stream_read_line (out, NULL, NULL, &error);
  kam_bench_must (error);
  kam_bench_remove (folder);

  if (line == NULL || strrchr (line, ':') == NULL)
    g_error ("the server without TLS did not start");

  return (guint) g_ascii_strtoull (strrchr (line, ':') + 1, NULL, 10);
}

/* A first sync by hand */

static GBytes *
post (SoupSession    *session,
      KamBenchServer *server,
      const char     *path,
      const char     *token,
      const char     *body,
      KamBenchPull   *pull)
{
  g_autofree char *url = g_strconcat (server->url, path, NULL);
  g_autoptr (SoupMessage) message = soup_message_new ("POST", url);
  g_autoptr (GBytes) content = g_bytes_new (body, strlen (body));
  g_autofree char *bearer = g_strdup_printf ("Bearer %s", token);
  SoupMessageMetrics *metrics;
  GError *error = NULL;
  GBytes *answer;

  soup_message_add_flags (message, SOUP_MESSAGE_COLLECT_METRICS);
  soup_message_set_request_body_from_bytes (message, "application/json", content);

  if (token != NULL)
    soup_message_headers_replace (soup_message_get_request_headers (message), "Authorization", bearer);

  answer = soup_session_send_and_read (session, message, NULL, &error);
  kam_bench_must (error);

  if (soup_message_get_status (message) >= 300)
    g_error ("%s: %u %.*s", path, soup_message_get_status (message), (int) g_bytes_get_size (answer), (const char *) g_bytes_get_data (answer, NULL));

  metrics = soup_message_get_metrics (message);
  pull->bytes += (goffset) (soup_message_metrics_get_response_body_bytes_received (metrics) +
                            soup_message_metrics_get_response_header_bytes_received (metrics));
  pull->plain += (goffset) g_bytes_get_size (answer);

  return answer;
}

static char *
sign_in (SoupSession    *session,
         KamBenchServer *server,
         const char     *email)
{
  KamBenchPull unused = { NULL, };
  g_autofree char *body = g_strdup_printf ("{\"email\": \"%s\", \"password\": \"%s\", "
                                           "\"device\": {\"id\": \"01890000-0000-7000-8000-00000000beac\", \"name\": \"bench\"}}",
                                           email, KAM_SAMPLE_PASSWORD);
  g_autoptr (GBytes) answer = post (session, server, "/v1/session", NULL, body, &unused);
  g_autoptr (JsonParser) parser = json_parser_new ();

  json_parser_load_from_data (parser, g_bytes_get_data (answer, NULL), (gssize) g_bytes_get_size (answer), NULL);

  return g_strdup (json_object_get_string_member (json_node_get_object (json_parser_get_root (parser)), "token"));
}

static SoupSession *
new_session (KamBenchServer *server)
{
  SoupSession *session = soup_session_new ();
  g_autoptr (GTlsDatabase) trusted = g_tls_file_database_new (server->ca_file, NULL);

  soup_session_set_tls_database (session, trusted);
  soup_session_set_timeout (session, 600);

  return session;
}

static void
free_line (gpointer data)
{
  kam_line_clear (data);
  g_free (data);
}

static GPtrArray *
read_page (GBytes       *answer,
           KamBenchPull *pull)
{
  g_autoptr (KamPageReader) reader = kam_page_reader_new ();
  GPtrArray *lines = g_ptr_array_new_with_free_func (free_line);
  gsize size;
  const char *text = g_bytes_get_data (answer, &size);
  const char *end = text + size;

  while (text < end)
    {
      const char *newline = memchr (text, '\n', (gsize) (end - text));
      KamLine *line = g_new0 (KamLine, 1);
      GError *error = NULL;

      kam_page_reader_read (reader, text, (gsize) (newline - text), line, &error);
      kam_bench_must (error);
      pull->n_rows += line->kind == KAM_LINE_ROW;
      g_ptr_array_add (lines, line);
      text = newline + 1;
    }

  return lines;
}

KamBenchPull *
kam_bench_pull (KamBenchServer *server,
                const char     *email)
{
  KamBenchPull *pull = g_new0 (KamBenchPull, 1);
  g_autoptr (SoupSession) session = new_session (server);
  gboolean more = TRUE;

  pull->token = sign_in (session, server, email);
  pull->pages = g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);

  while (more)
    {
      g_autofree char *body = g_strdup_printf (pull->cursor != NULL ? "{\"schema\": %d, \"cursor\": \"%s\"}" :
                                               "{\"schema\": %d, \"cursor\": null}", KAM_SCHEMA_VERSION, pull->cursor);
      double before = kam_bench_now ();
      g_autoptr (GBytes) answer = post (session, server, "/v1/pull", pull->token, body, pull);
      GPtrArray *page;
      const KamLine *footer;

      pull->ms += kam_bench_now () - before;
      page = read_page (answer, pull);
      footer = page->pdata[page->len - 1];
      g_ptr_array_add (pull->pages, page);
      g_free (pull->cursor);
      pull->cursor = g_strdup (footer->cursor);
      more = footer->more;
    }

  return pull;
}

void
kam_bench_pull_free (KamBenchPull *self)
{
  g_ptr_array_unref (self->pages);
  g_free (self->token);
  g_free (self->cursor);
  g_free (self);
}

/* The rows that came as digests. */
static KamDigestSet *
sum_up (KamBenchPull *pull)
{
  KamDigestSet *set = kam_digest_set_new ();

  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    set->of[i] = kam_digest_new ((KamEntityKind) i, kam_digest_choose (pull->n_rows));

  for (guint i = 0; i < pull->pages->len; i++)
    {
      GPtrArray *page = pull->pages->pdata[i];

      for (guint k = 0; k < page->len; k++)
        {
          const KamLine *line = page->pdata[k];

          if (line->kind == KAM_LINE_ROW)
            kam_digest_add (set->of[line->entity], line->row);
        }
    }

  return set;
}

/* The answer; what it took is added to *ms. */
static JsonNode *
verify (SoupSession    *session,
        KamBenchServer *server,
        const char     *token,
        KamDigestSet   *set,
        double         *ms)
{
  KamBenchPull unused = { NULL, };
  g_autoptr (GString) body = g_string_new (NULL);
  g_autoptr (GBytes) answer = NULL;
  double before;
  JsonNode *node;
  GError *error = NULL;

  g_string_append_printf (body, "{\"schema\":%d,", KAM_SCHEMA_VERSION);
  kam_digest_set_append_json (set, body);
  g_string_append_c (body, '}');
  before = kam_bench_now ();
  answer = post (session, server, "/v1/verify", token, body->str, &unused);
  *ms += kam_bench_now () - before;
  node = kam_json_parse (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer), &error);
  kam_bench_must (error);

  return node;
}

double
kam_bench_verify (KamBenchServer *server,
                  const char     *email,
                  KamBenchPull   *pull,
                  double         *sum_ms)
{
  g_autoptr (SoupSession) session = new_session (server);
  g_autofree char *token = sign_in (session, server, email);
  double before = kam_bench_now ();
  g_autoptr (KamDigestSet) set = sum_up (pull);
  g_autoptr (JsonNode) answer = NULL;
  double ms = 0;

  *sum_ms = kam_bench_now () - before;
  answer = verify (session, server, token, set, &ms);

  if (json_array_get_length (json_object_get_array_member (json_node_get_object (answer), "differ")) > 0)
    g_error ("what was pulled is not what the server has");

  return ms;
}

double
kam_bench_pull_ranges (KamBenchServer *server,
                       const char     *email,
                       guint          *n_rows)
{
  g_autoptr (SoupSession) session = new_session (server);
  g_autofree char *token = sign_in (session, server, email);
  g_autoptr (KamDigestSet) set = kam_digest_set_new ();
  KamBenchPull pull = { NULL, };
  double unused = 0;
  g_autoptr (JsonNode) answer = verify (session, server, token, set, &unused);
  JsonObject *object = json_node_get_object (answer);
  JsonArray *differ = json_object_get_array_member (object, "differ");
  double ms = 0;

  for (guint i = 0; i < json_array_get_length (differ); i += 512)
    {
      g_autoptr (GString) body = g_string_new (NULL);
      g_autoptr (GBytes) page = NULL;
      double before;

      g_string_append_printf (body, "{\"schema\":%d,\"cursor\":\"%s\",\"ranges\":[", KAM_SCHEMA_VERSION, json_object_get_string_member (object, "cursor"));
      for (guint k = i; k < MIN (i + 512, json_array_get_length (differ)); k++)
        {
          if (k > i)
            g_string_append_c (body, ',');
          kam_json_append_node (body, json_array_get_element (differ, k));
        }
      g_string_append (body, "]}");
      before = kam_bench_now ();
      page = post (session, server, "/v1/pull", token, body->str, &pull);
      ms += kam_bench_now () - before;
      g_ptr_array_unref (read_page (page, &pull));
    }

  *n_rows = pull.n_rows;

  return ms;
}
