/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-bench-store.h"

#include "kam-store-edit.h"

#include <fcntl.h>
#include <locale.h>
#include <unistd.h>

/* What the store takes without any window: the first rows of a list, all its keys, a search at every key press, an edit. */

#define ROUNDS 9
#define SEARCHES 60
#define EDITS 300

typedef struct
{
  GArray *start;  /* (owned) */
  GArray *keys;   /* (owned) */
  GArray *search; /* (owned) */
  GArray *cpu;    /* (owned): of a search */
  char   *worst;  /* (owned) (nullable) */
} Times;

static void
measure_lists (KamStore *store,
               Times    *times)
{
  for (guint i = 0; i < ROUNDS; i++)
    {
      KamListQuery query = { .entity = KAM_ENTITY_LEAD, .sort = (KamSort) (i % 3), .descending = i % 2 == 1 };
      double before = kam_bench_now ();
      g_autoptr (GPtrArray) rows = kam_bench_list_start (store, &query, NULL);
      double between = kam_bench_now ();
      g_autoptr (GArray) keys = kam_bench_list_keys (store, &query);

      kam_bench_add (times->start, between - before);
      kam_bench_add (times->keys, kam_bench_now () - between);
    }
}

/* As if typed: each letter is a search of its own. */
static void
measure_search (KamStore   *store,
                const char *text,
                Times      *times,
                double     *slowest)
{
  for (glong n = 1; n <= g_utf8_strlen (text, -1); n++)
    {
      g_autofree char *typed = g_utf8_substring (text, 0, n);
      KamListQuery query = { .entity = KAM_ENTITY_LEAD, .search = typed };
      double cpu = kam_bench_cpu_of_all ();
      double before = kam_bench_now ();
      g_autoptr (GPtrArray) rows = kam_bench_list_start (store, &query, NULL);
      double took = kam_bench_now () - before;

      kam_bench_add (times->search, took);
      kam_bench_add (times->cpu, kam_bench_cpu_of_all () - cpu);

      if (took > *slowest)
        {
          *slowest = took;
          g_free (times->worst);
          times->worst = g_strdup_printf ("“%s”, %u rows", typed, rows->len);
        }
    }
}

static void
report_lists (guint  leads,
              Times *times)
{
  g_autofree char *measure = g_strdup_printf ("search as you type, %u leads: answer of the store, p99", leads);
  double median = kam_bench_median (times->search);
  double most = kam_bench_percentile (times->search, 0.99);
  double budget = leads > 500000 ? 150 : 50;

  kam_bench_row (&(KamBenchRow){ "first 200 rows of a list, median", kam_bench_median (times->start), "ms", .ratio = -1 });
  kam_bench_row (&(KamBenchRow){ "keys of the whole list, median", kam_bench_median (times->keys), "ms", .ratio = -1 });
  kam_bench_row (&(KamBenchRow){ measure, most, "ms", "p50", median, -1, leads > 500000 ? "≤ 150 ms painted" : "≤ 50 ms painted", most <= budget });
  kam_bench_note ("%u key presses; slowest %.1f ms: %s; processor time p50 %.1f ms, p99 %.1f ms", times->search->len, kam_bench_percentile (times->search, 1),
                  times->worst, kam_bench_median (times->cpu), kam_bench_percentile (times->cpu, 0.99));
}

static void
measure_profile (guint leads)
{
  g_autofree char *folder = kam_bench_profile (leads);
  g_autofree char *title = g_strdup_printf ("Store, %u leads (asked from the main loop to answered there; file in the page cache)", leads);
  g_autoptr (GPtrArray) searches = kam_bench_searches (folder, SEARCHES);
  g_autoptr (KamClock) clock = kam_clock_new_fixed (KAM_BENCH_TODAY);
  KamStore *store = kam_bench_open (folder, clock);
  Times times = { kam_bench_samples (), kam_bench_samples (), kam_bench_samples (), kam_bench_samples (), NULL };
  double slowest = 0;

  measure_lists (store, &times);

  for (guint i = 0; i < searches->len; i++)
    measure_search (store, searches->pdata[i], &times, &slowest);

  kam_bench_title (title);
  report_lists (leads, &times);
  kam_bench_close (store);
  g_array_unref (times.start);
  g_array_unref (times.keys);
  g_array_unref (times.search);
  g_array_unref (times.cpu);
  g_free (times.worst);
}

/* Edits */

static void
changed_cb (KamStore   *store,
            KamChanges *changes,
            gpointer    data)
{
  *(gboolean *) data = TRUE;
}

/* What the disk takes at least: as much as an edit writes, and one fsync. */
static double
fsync_once (int fd)
{
  static char block[16384];
  double before = kam_bench_now ();

  if (write (fd, block, sizeof block) != sizeof block || fsync (fd) != 0)
    g_error ("cannot write");

  return kam_bench_now () - before;
}

static KamMutation *
make_edit (KamListRow *row,
           guint       n)
{
  g_autoptr (KamRow) after = kam_row_copy (row->row);
  g_autofree char *notes = g_strdup_printf ("Called again, the %uth time", n);
  KamMutation *mutation;

  kam_row_set_text (after, KAM_LEAD_NOTES, notes);
  mutation = kam_mutation_between (row->row, after, KAM_BENCH_TODAY);
  kam_row_unref (row->row);
  row->row = g_steal_pointer (&after);

  return mutation;
}

static double
edit_once (KamStore   *store,
           KamListRow *row,
           guint       n,
           gboolean   *changed)
{
  g_autoptr (GPtrArray) mutations = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_mutation_free);
  g_autoptr (GAsyncResult) result = NULL;
  GError *error = NULL;
  double before;

  g_ptr_array_add (mutations, make_edit (row, n));
  *changed = FALSE;
  before = kam_bench_now ();
  kam_store_edit_async (store, mutations, NULL, kam_bench_ready_cb, &result);
  kam_bench_await (&result);

  while (!*changed)
    g_main_context_iteration (NULL, TRUE);

  kam_store_edit_finish (store, result, &error);
  kam_bench_must (error);

  return kam_bench_now () - before;
}

static void
report_edits (GArray *edits,
              GArray *syncs,
              GArray *cpu)
{
  double edit = kam_bench_percentile (edits, 0.99), sync = kam_bench_percentile (syncs, 0.99);
  double median = kam_bench_median (edits), sync_median = kam_bench_median (syncs);

  kam_bench_title ("Edits (100,000 leads; a lead's notes, durable, and told to the lists; without painting)");
  kam_bench_row (&(KamBenchRow){ "an edit, p99", edit, "ms", "16 KB written and fsync, p99", sync, -1, "≤ 16 ms more", edit - sync <= 16 });
  kam_bench_row (&(KamBenchRow){ "an edit, p50", median, "ms", "16 KB written and fsync, p50", sync_median, median / sync_median });
  kam_bench_note ("%u edits of as many leads, each followed by one fsync of a file beside it; processor time p50 %.1f ms, p99 %.1f ms", edits->len,
                  kam_bench_median (cpu), kam_bench_percentile (cpu, 0.99));
}

static void
measure_edits (void)
{
  g_autofree char *profile = kam_bench_profile (100000);
  g_autofree char *folder = kam_bench_scratch ();
  g_autofree char *path = g_build_filename (folder, "fsync", NULL);
  g_autoptr (KamClock) clock = kam_clock_new_fixed (KAM_BENCH_TODAY);
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GArray) edits = kam_bench_samples ();
  g_autoptr (GArray) syncs = kam_bench_samples ();
  g_autoptr (GArray) cpu = kam_bench_samples ();
  int fd = open (path, O_WRONLY | O_CREAT | O_APPEND, 0600);
  gboolean changed = FALSE;
  KamListQuery query = { .entity = KAM_ENTITY_LEAD };
  KamStore *store;

  kam_bench_copy_profile (profile, folder);
  store = kam_bench_open (folder, clock);
  g_signal_connect (store, "changed", G_CALLBACK (changed_cb), &changed);
  rows = kam_bench_list_start (store, &query, NULL);

  for (guint i = 0; i < EDITS; i++)
    {
      double before = kam_bench_cpu_of_all ();

      kam_bench_add (edits, edit_once (store, rows->pdata[i % rows->len], i, &changed));
      kam_bench_add (cpu, kam_bench_cpu_of_all () - before);
      kam_bench_add (syncs, fsync_once (fd));
    }

  report_edits (edits, syncs, cpu);
  close (fd);
  kam_bench_close (store);
  kam_bench_remove (folder);
}

int
main (void)
{
  setlocale (LC_ALL, "");
  measure_profile (100000);

  if (kam_bench_is_big ())
    measure_profile (1000000);

  measure_edits ();

  return 0;
}
