/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-bench-view.h"

#include <locale.h>

/* Runs itself, once for each window and measurement, and puts together what comes out. */

#define ROUNDS 9
#define SEARCHES 18

typedef struct
{
  GHashTable *samples; /* (owned) (element-type utf8 GArray) */
  char       *slowest; /* (owned) (nullable): words of the child */
} Result;

static Result
result_new (void)
{
  return (Result){ g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_array_unref), NULL };
}

static void
result_clear (Result *result)
{
  g_hash_table_unref (result->samples);
  g_free (result->slowest);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Result, result_clear)

static GArray *
samples_of (Result     *result,
            const char *name)
{
  GArray *samples = g_hash_table_lookup (result->samples, name);

  if (samples == NULL)
    {
      samples = kam_bench_samples ();
      g_hash_table_insert (result->samples, g_strdup (name), samples);
    }

  return samples;
}

static void
take_line (Result     *result,
           const char *line)
{
  g_auto (GStrv) parts = g_strsplit (line, " ", 2);

  if (parts[0] == NULL || parts[1] == NULL)
    return;

  if (g_str_equal (parts[0], "slowest"))
    {
      g_free (result->slowest);
      result->slowest = g_strdup (parts[1]);
      return;
    }

  kam_bench_add (samples_of (result, parts[0]), g_ascii_strtod (parts[1], NULL));
}

static void
run (Result     *result,
     const char *view,
     const char *profile,
     const char *detail)
{
  const char *arguments[] = { "/proc/self/exe", view, profile != NULL ? profile : "", detail != NULL ? detail : "", NULL };
  g_auto (GStrv) environment = g_get_environ ();
  g_autofree char *started = g_strdup_printf ("%.3f", kam_bench_now ());
  g_autofree char *out = NULL;
  g_auto (GStrv) lines = NULL;
  GError *error = NULL;
  int status = 0;

  environment = g_environ_setenv (environment, "KAM_BENCH_STARTED", started, TRUE);
  g_spawn_sync (NULL, (char **) arguments, environment, G_SPAWN_DEFAULT, NULL, NULL, &out, NULL, &status, &error);
  kam_bench_must (error);
  g_spawn_check_wait_status (status, &error);
  kam_bench_must (error);
  lines = g_strsplit (out, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    take_line (result, lines[i]);
}

static double
median (Result     *result,
        const char *name)
{
  return kam_bench_median (samples_of (result, name));
}

/* Start */

typedef struct
{
  Result empty;
  Result plain;
  Result today[3]; /* 1,000, 100,000 and a million leads */
  Result leads[3];
} Starts;

static const char *const sizes[] = { "1,000", "100,000", "1,000,000" };

static void
report_start (const char *view,
              Result      results[3],
              Starts     *starts,
              guint       n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *measure = g_strdup_printf ("start to painted, filled %s, %s leads", view, sizes[i]);
      g_autofree char *memory = g_strdup_printf ("resident then, %s, %s leads", view, sizes[i]);
      double ms = median (&results[i], "ms"), limit = median (&starts->plain, "ms"), base = median (&results[1], "ms");
      double rss = median (&results[i], "rss"), least = median (&starts->plain, "rss");

      if (i < 2)
        kam_bench_row (&(KamBenchRow){ measure, ms, "ms", "same widgets, 1,000 rows in memory", limit, ms / limit, "≤ 1.5 ×", ms <= 1.5 * limit });
      else
        kam_bench_row (&(KamBenchRow){ measure, ms, "ms", "100,000 leads", base, ms / base, "≤ 1.1 ×", ms <= 1.1 * base });

      kam_bench_row (&(KamBenchRow){ memory, rss, "MB", "same widgets, 1,000 rows in memory", least, -1, "≤ 60 MB more", rss - least <= 60 });
    }
}

static void
measure_starts (const char *const *profiles,
                guint              n)
{
  Starts starts = { result_new (), result_new (), { result_new (), result_new (), result_new () }, { result_new (), result_new (), result_new () } };

  for (guint round = 0; round < ROUNDS; round++)
    {
      run (&starts.empty, "empty", NULL, NULL);
      run (&starts.plain, "plain", profiles[0], NULL);

      for (guint i = 0; i < n; i++)
        {
          run (&starts.today[i], "start", profiles[i], "today");
          run (&starts.leads[i], "start", profiles[i], "leads");
        }
    }

  kam_bench_title ("Start (cairo, 1200 × 760; from the start of the process to the end of the first frame with rows)");
  kam_bench_row (&(KamBenchRow){ "empty AdwApplicationWindow", median (&starts.empty, "ms"), "ms", .ratio = -1 });
  kam_bench_row (&(KamBenchRow){ "resident then, empty AdwApplicationWindow", median (&starts.empty, "rss"), "MB", .ratio = -1 });
  report_start ("Today", starts.today, &starts, n);
  report_start ("Leads", starts.leads, &starts, n);
  kam_bench_note ("medians of %d runs, taken in turn; files in the page cache; PSS: empty %.1f, in memory %.1f, Leads with 100,000 %.1f MB", ROUNDS,
                  median (&starts.empty, "pss"), median (&starts.plain, "pss"), median (&starts.leads[1], "pss"));
  kam_bench_note ("the window compared with has sidebar, header and list of Leads, but no page of a lead, profile or sync; reading its rows is not counted");

  result_clear (&starts.empty);
  result_clear (&starts.plain);

  for (guint i = 0; i < 3; i++)
    {
      result_clear (&starts.today[i]);
      result_clear (&starts.leads[i]);
    }
}

static void
measure_search (const char *profile,
                guint       size)
{
  g_auto (Result) result = result_new ();
  g_autofree char *measure = g_strdup_printf ("search as you type, %s leads: key press to list painted, p99", sizes[size]);
  g_autofree char *searches = g_strdup_printf ("%d", SEARCHES);
  GArray *presses = samples_of (&result, "press");
  double most;

  run (&result, "search", profile, searches);
  most = kam_bench_percentile (presses, 0.99);
  kam_bench_row (&(KamBenchRow){ measure, most, "ms", "p50", kam_bench_median (presses), -1,
                                 size == 2 ? "≤ 150 ms" : "≤ 50 ms", most <= (size == 2 ? 150 : 50) });
  kam_bench_note ("%u key presses; slowest %.1f ms at “%s”; main thread's own time p50 %.1f ms, p99 %.1f ms; "
                  "the letter goes into the entry, not through the display server",
                  presses->len, kam_bench_percentile (presses, 1), result.slowest, median (&result, "main"),
                  kam_bench_percentile (samples_of (&result, "main"), 0.99));
}

static void
measure_scrolling (const char *profile,
                   const char *way,
                   const char *name)
{
  g_auto (Result) result = result_new ();
  g_autofree char *measure = g_strdup_printf ("scrolling Leads, cairo, %s: a frame, p95", name);
  GArray *frames = samples_of (&result, "frame");
  GArray *cpu = samples_of (&result, "cpu");
  gboolean is_rule = g_str_equal (way, "smooth");
  guint stalls = 0;
  double most;

  run (&result, "scroll", profile, way);
  most = kam_bench_percentile (frames, 0.95);

  for (guint i = 0; i < frames->len; i++)
    stalls += g_array_index (frames, double, i) > 100;

  kam_bench_row (&(KamBenchRow){ measure, most, "ms", "p50", kam_bench_median (frames), -1, is_rule ? "≤ 16.6 ms" : NULL, most <= 16.6 });
  kam_bench_note ("%u frames, %u over 100 ms; main thread's own time from frame to frame, rows that arrive included: p50 %.1f ms, p95 %.1f ms",
                  frames->len, stalls, kam_bench_median (cpu), kam_bench_percentile (cpu, 0.95));
}

static int
measure_all (void)
{
  guint n = kam_bench_is_big () ? 3 : 2;
  g_autofree char *small = kam_bench_profile (1000);
  g_autofree char *middle = kam_bench_profile (100000);
  g_autofree char *big = n == 3 ? kam_bench_profile (1000000) : NULL;
  const char *const profiles[] = { small, middle, big };

  measure_starts (profiles, n);
  kam_bench_title ("Searching and scrolling (cairo, 1200 × 760, in the real window)");

  for (guint i = 1; i < n; i++)
    measure_search (profiles[i], i);

  measure_scrolling (middle, "smooth", "40 px a frame");
  measure_scrolling (middle, "pages", "a page a frame");
  measure_scrolling (middle, "jumps", "jumping anywhere");

  return 0;
}

static const struct
{
  const char   *name;
  KamBenchView  func;
} views[] = {
  { "empty", kam_bench_view_empty },   { "plain", kam_bench_view_plain },   { "start", kam_bench_view_start },
  { "search", kam_bench_view_search }, { "scroll", kam_bench_view_scroll },
};

int
main (int    argc,
      char **argv)
{
  for (guint i = 0; i < G_N_ELEMENTS (views); i++)
    {
      if (argc == 4 && g_str_equal (argv[1], views[i].name))
        return views[i].func (argv[2], argv[3]);
    }

  setlocale (LC_ALL, "");

  return measure_all ();
}
