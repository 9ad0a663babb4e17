/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-bench-load.h"
#include "kam-bench-raw-push.h"
#include "kam-bench-server.h"

#include "kam-id.h"
#include "kam-time.h"
#include "kam-wire.h"

#include <locale.h>
#include <sys/resource.h>

/* What the server can take. Those who ask run on the same processors, here and in what it is compared with. */

#define LEADS 20000
#define KAMS 10
#define CLIENTS 16
#define SECONDS 8
#define WAITING 1000

/* A device of somebody who has everything, and a lead for each client. */
typedef struct
{
  KamBenchPull *pull;              /* (owned) */
  GPtrArray    *tokens;            /* (owned) */
  KamRow       *leads[CLIENTS];    /* (owned) */
  char         *clients[CLIENTS];  /* (owned) */
  char         *now;               /* (owned) */
} Device;

static KamRow *
nth_lead (KamBenchPull *pull,
          guint         n)
{
  for (guint i = 0; i < pull->pages->len; i++)
    {
      GPtrArray *page = pull->pages->pdata[i];

      for (guint j = 0; j < page->len; j++)
        {
          KamLine *line = page->pdata[j];

          if (line->kind == KAM_LINE_ROW && line->entity == KAM_ENTITY_LEAD && kam_row_text (line->row, KAM_LEAD_DELETE) == NULL && n-- == 0)
            return kam_row_ref (line->row);
        }
    }

  g_error ("too few leads");
}

static void
device_init (Device         *self,
             KamBenchServer *server)
{
  self->pull = kam_bench_pull (server, "kam1@kam.test");
  self->tokens = g_ptr_array_new ();
  g_ptr_array_add (self->tokens, self->pull->token);
  self->now = kam_instant_format (g_get_real_time ());

  for (guint i = 0; i < CLIENTS; i++)
    {
      self->leads[i] = nth_lead (self->pull, i);
      self->clients[i] = kam_id_new (g_get_real_time ());
    }
}

static void
device_clear (Device *self)
{
  for (guint i = 0; i < CLIENTS; i++)
    {
      kam_row_unref (self->leads[i]);
      g_free (self->clients[i]);
    }

  g_ptr_array_unref (self->tokens);
  kam_bench_pull_free (self->pull);
  g_free (self->now);
}

static char *
pull_body (guint    client,
           guint    n,
           gpointer data)
{
  Device *self = data;

  return g_strdup_printf ("{\"schema\": %d, \"cursor\": \"%s\"}", KAM_SCHEMA_VERSION, self->pull->cursor);
}

/* One edit: the postcode, from what it was to another. */
static char *
push_body (guint    client,
           guint    n,
           gpointer data)
{
  Device *self = data;
  KamRow *lead = self->leads[client];
  const char *before = kam_row_text (lead, KAM_LEAD_POSTCODE);
  g_autofree char *old = n > 0 ? g_strdup_printf ("\"N%u\"", n - 1) : before != NULL ? g_strdup_printf ("\"%s\"", before) : g_strdup ("null");

  return g_strdup_printf ("{\"client_id\": \"%s\", \"schema\": %d, \"sent_at\": \"%s\", \"ack\": %u, \"mutations\": [{\"mid\": %u, \"entity\": \"lead\", "
                          "\"id\": \"%s\", \"op\": \"put\", \"base_rev\": %" G_GINT64_FORMAT ", \"at\": \"%s\", \"set\": {\"postcode\": [%s, \"N%u\"]}}]}",
                          self->clients[client], KAM_SCHEMA_VERSION, self->now, n, n + 1, kam_row_id (lead), kam_row_rev (lead), self->now, old, n);
}

static void
measure_pulls (Device *device,
               guint   port)
{
  KamBenchLoad load = { .port = port, .path = "/v1/pull", .tokens = device->tokens, .make_body = pull_body, .data = device, .expected = "\"count\":0",
                        .n_clients = CLIENTS, .seconds = SECONDS };
  KamBenchLoad least = { .port = kam_bench_soup_empty (), .path = "/", .make_body = pull_body, .data = device, .expected = "{}", .n_clients = CLIENTS,
                         .seconds = SECONDS };
  KamBenchThroughput limit = kam_bench_load (&least), idle = kam_bench_load (&load);
  double ratio = idle.per_second / limit.per_second;

  kam_bench_row (&(KamBenchRow){ "idle pulls", idle.per_second, "/s", "SoupServer, empty answers", limit.per_second, ratio, "≥ 0.7", ratio >= 0.7 });
  kam_bench_note ("%d clients, plain HTTP, a connection each time in both (libsoup below 3.3 may keep none); p50 %.1f ms, p99 %.1f ms", CLIENTS, idle.median,
                  idle.p99);
}

static void
measure_pushes (KamBenchServer *server,
                Device         *device,
                guint           port)
{
  KamBenchLoad load = { .port = port, .path = "/v1/push", .tokens = device->tokens, .make_body = push_body, .data = device, .expected = "\"applied\"",
                        .n_clients = CLIENTS, .seconds = SECONDS };
  double limit = kam_bench_raw_push (server->socket, CLIENTS, SECONDS);
  KamBenchThroughput pushes = kam_bench_load (&load);
  double ratio = pushes.per_second / limit;

  kam_bench_row (&(KamBenchRow){ "pushes of one edit", pushes.per_second, "/s", "MariaDB, the same statements", limit, ratio, "≥ 0.6", ratio >= 0.6 });
  kam_bench_note ("%d clients, a lead each, durable commits; plain HTTP, a connection each time; p50 %.1f ms, p99 %.1f ms", CLIENTS, pushes.median, pushes.p99);
}

static void
measure_waiting (KamBenchServer *server,
                 Device         *device)
{
  g_autoptr (GTlsDatabase) trusted = g_tls_file_database_new (server->ca_file, NULL);
  g_autoptr (GPtrArray) held = g_ptr_array_new_with_free_func (g_object_unref);
  GPtrArray *last = device->pull->pages->pdata[device->pull->pages->len - 1];
  const KamLine *footer = last->pdata[last->len - 1];
  g_autofree char *path = g_strdup_printf ("/v1/poke?since=%" G_GINT64_FORMAT, footer->head);
  guint port = (guint) g_ascii_strtoull (strrchr (server->url, ':') + 1, NULL, 10);
  KamBenchLoad load = { .port = port, .trusted = trusted, .path = "/v1/hello", .expected = "server_id", .n_clients = 2, .seconds = SECONDS };
  GPid pid = kam_bench_server_pid (server);
  double before = kam_bench_rss (pid), after;
  KamBenchThroughput alone = kam_bench_load (&load), beside;

  for (guint i = 0; i < WAITING; i++)
    g_ptr_array_add (held, kam_bench_hold (port, trusted, path, device->pull->token));

  beside = kam_bench_load (&load);
  after = kam_bench_rss (pid);
  kam_bench_row (&(KamBenchRow){ "memory of the server, 1,000 clients waiting", after, "MB", "before", before, -1, "≤ 100 MB", after <= 100 });
  kam_bench_row (&(KamBenchRow){ "p99 of other requests meanwhile", beside.p99, "ms", "without them", alone.p99, beside.p99 / alone.p99, "≤ 2",
                                 beside.p99 <= 2 * alone.p99 });
  kam_bench_note ("TLS; `hello` from two clients, a connection each time; %.0f a second, %.0f without", beside.per_second, alone.per_second);
}

int
main (void)
{
  g_autoptr (KamBenchServer) server = NULL;
  struct rlimit files;
  Device device = { 0 };
  guint port;

  setlocale (LC_ALL, "");
  getrlimit (RLIMIT_NOFILE, &files);
  files.rlim_cur = MIN (files.rlim_max, 16384);
  setrlimit (RLIMIT_NOFILE, &files);
  server = kam_bench_server_new (LEADS, KAMS);
  device_init (&device, server);
  kam_bench_title ("Server (20,000 leads; MariaDB durable; clients on the same machine)");
  measure_waiting (server, &device);
  port = kam_bench_server_plain (server);
  measure_pulls (&device, port);
  measure_pushes (server, &device, port);
  device_clear (&device);

  return 0;
}
