/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-bench-device.h"

#include <locale.h>
#include <unistd.h>

/* Two devices of one KAM that are in step, each as its window has it, in one program; server and MariaDB are the real ones. */

#define LEADS 20000
#define KAMS 10
#define WHO "kam1@kam.test"
#define ROUNDS 200
#define QUEUE 2000
#define TICK_MS 5
#define MANY_LEADS 60000 /* some million rows */

/* How late the main loop comes to what is due: the longest of all. */
typedef struct
{
  double last;
  double longest;
} Ticker;

static gboolean
tick_cb (gpointer data)
{
  Ticker *ticker = data;
  double now = kam_bench_now ();

  ticker->longest = MAX (ticker->longest, now - ticker->last - TICK_MS);
  ticker->last = now;

  return G_SOURCE_CONTINUE;
}

static double
live_once (KamBenchDevice *a,
           KamBenchDevice *b,
           guint           n)
{
  guint position = n % 20;
  g_autofree char *notes = g_strdup_printf ("Called again, the %uth time", n);
  double before;

  kam_bench_device_edit (a, kam_bench_device_row (a, position), KAM_LEAD_NOTES, notes);
  before = kam_bench_now ();

  while (g_strcmp0 (kam_row_text (kam_bench_device_row (b, position), KAM_LEAD_NOTES), notes) != 0)
    g_main_context_iteration (NULL, TRUE);

  return kam_bench_now () - before;
}

static void
measure_live (KamBenchDevice *a,
              KamBenchDevice *b,
              Ticker         *ticker)
{
  g_autoptr (GArray) samples = kam_bench_samples ();
  double median, p99;

  for (guint i = 0; i < ROUNDS; i++)
    {
      kam_bench_add (samples, live_once (a, b, i));
      kam_bench_device_await (a);
    }

  median = kam_bench_median (samples);
  p99 = kam_bench_percentile (samples, 0.99);
  kam_bench_row (&(KamBenchRow){ "commit on A to the list of B, p50", median, "ms", .ratio = -1, .budget = "≤ 50 ms", .met = median <= 50 });
  kam_bench_row (&(KamBenchRow){ "commit on A to the list of B, p99", p99, "ms", .ratio = -1, .budget = "≤ 200 ms", .met = p99 <= 200 });
  kam_bench_note ("%d edits, one after the other; durable on A → server → MariaDB, durable → B's model; painting is a frame more", ROUNDS);
  kam_bench_row (&(KamBenchRow){ "longest stall of the main loop meanwhile", ticker->longest, "ms", .ratio = -1, .budget = "≤ 100 ms",
                                 .met = ticker->longest <= 100 });
}

static void
measure_queue (KamBenchDevice *a,
               Ticker         *ticker)
{
  double before, ms;

  kam_bench_device_stop (a);
  for (guint i = 0; i < QUEUE; i++)
    {
      g_autofree char *notes = g_strdup_printf ("Offline, number %u", i);

      kam_bench_device_edit (a, kam_bench_device_row (a, i % g_list_model_get_n_items (G_LIST_MODEL (a->list))), KAM_LEAD_NOTES, notes);
    }

  *ticker = (Ticker) { kam_bench_now (), 0 };
  before = kam_bench_now ();
  kam_bench_device_start (a);
  kam_bench_device_await (a);
  ms = kam_bench_now () - before;
  kam_bench_row (&(KamBenchRow){ "a queue of 2,000 offline edits pushed", ms, "ms", .ratio = -1, .budget = "≤ 2 s", .met = ms <= 2000 });
  kam_bench_note ("of as many leads; from starting to sync until all are acknowledged and what they changed has come back");
  kam_bench_row (&(KamBenchRow){ "longest stall of the main loop meanwhile", ticker->longest, "ms", .ratio = -1, .budget = "≤ 100 ms",
                                 .met = ticker->longest <= 100 });
}

/* Somebody who may read everything, for the first time. */
static void
measure_memory (void)
{
  g_autoptr (KamBenchServer) server = kam_bench_server_new (kam_bench_is_big () ? MANY_LEADS : LEADS, KAMS);
  GPid pid = kam_bench_server_pid (server);
  double server_before = kam_bench_private (pid), before = kam_bench_private (getpid ()), most = 0, server_most = 0, begun = kam_bench_now (), ms;
  g_autoptr (KamBenchDevice) device = kam_bench_device_new (server, "admin@kam.test");
  double next = 0;
  guint rows = 0;

  while (kam_sync_get_status (device->sync) != KAM_SYNC_SYNCED)
    {
      guint so_far = 0;

      g_main_context_iteration (NULL, TRUE);
      g_object_get (device->sync, "rows", &so_far, NULL);
      rows = MAX (rows, so_far);

      if (kam_bench_now () > next)
        {
          most = MAX (most, kam_bench_private (getpid ()));
          server_most = MAX (server_most, kam_bench_private (pid));
          next = kam_bench_now () + 50;
        }
    }

  ms = kam_bench_now () - begun;
  kam_bench_title ("Memory of a first sync of everything (TLS, gzip, loopback)");
  kam_bench_row (&(KamBenchRow){ "client, above idle, at most", most - before, "MB", "idle", before, -1, "≤ 40 MB", most - before <= 40 });
  kam_bench_row (&(KamBenchRow){ "server, above idle, at most", server_most - server_before, "MB", "idle", server_before, -1, "≤ 40 MB",
                                 server_most - server_before <= 40 });
  kam_bench_note ("%u rows in %.1f s; looked at every 50 ms, without the mapped file of the cache; KAM_BENCH_BIG=1 has a million rows", rows, ms / 1000);
}

int
main (void)
{
  g_autoptr (KamBenchServer) server = NULL;
  g_autoptr (KamBenchDevice) a = NULL;
  g_autoptr (KamBenchDevice) b = NULL;
  Ticker ticker = { 0 };

  setlocale (LC_ALL, "");
  measure_memory ();
  server = kam_bench_server_new (LEADS, KAMS);
  a = kam_bench_device_new (server, WHO);
  b = kam_bench_device_new (server, WHO);
  kam_bench_device_await (a);
  kam_bench_device_await (b);
  kam_bench_await_index (a->folder);
  kam_bench_await_index (b->folder);
  kam_bench_title ("Live (two devices of a KAM with some 2,000 leads; TLS on the loopback interface)");
  ticker.last = kam_bench_now ();
  g_timeout_add (TICK_MS, tick_cb, &ticker);
  measure_live (a, b, &ticker);
  measure_queue (a, &ticker);

  return 0;
}
