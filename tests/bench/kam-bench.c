/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-bench.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static double
read_clock (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);

  return (double) now.tv_sec * 1e3 + (double) now.tv_nsec / 1e6;
}

double
kam_bench_now (void)
{
  return read_clock (CLOCK_MONOTONIC);
}

double
kam_bench_cpu (void)
{
  return read_clock (CLOCK_THREAD_CPUTIME_ID);
}

double
kam_bench_cpu_of_all (void)
{
  return read_clock (CLOCK_PROCESS_CPUTIME_ID);
}

GArray *
kam_bench_samples (void)
{
  return g_array_new (FALSE, FALSE, sizeof (double));
}

void
kam_bench_add (GArray *samples,
               double  value)
{
  g_array_append_val (samples, value);
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  double x = *(const double *) a;
  double y = *(const double *) b;

  return (x > y) - (x < y);
}

double
kam_bench_percentile (GArray *samples,
                      double  part)
{
  guint place;

  if (samples->len == 0)
    return 0;

  g_array_sort (samples, compare);
  place = (guint) (part * samples->len);

  return g_array_index (samples, double, MIN (place, samples->len - 1));
}

double
kam_bench_median (GArray *samples)
{
  return kam_bench_percentile (samples, 0.5);
}

/* Memory */

static double
read_memory (GPid        pid,
             const char *file,
             const char *key)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/%s", (int) pid, file);
  g_autofree char *text = NULL;
  const char *place;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;

  place = strstr (text, key);

  return place != NULL ? g_ascii_strtod (place + strlen (key), NULL) / 1024 : 0;
}

double
kam_bench_rss (GPid pid)
{
  return read_memory (pid, "status", "VmRSS:");
}

double
kam_bench_private (GPid pid)
{
  return read_memory (pid, "status", "RssAnon:");
}

double
kam_bench_pss (GPid pid)
{
  return read_memory (pid, "smaps_rollup", "\nPss:");
}

/* The table */

static char *
number (double      value,
        const char *unit)
{
  return g_strdup_printf (value >= 1000 ? "%.0f %s" : value >= 10 ? "%.1f %s" : "%.2f %s", value, unit);
}

void
kam_bench_title (const char *title)
{
  g_print ("\n%s\n%-62s | %14s | %-46s | %6s | %s\n", title, "measure", "value", "limit measured in the same run", "ratio", "budget");
}

void
kam_bench_row (const KamBenchRow *row)
{
  g_autofree char *value = number (row->value, row->unit);
  g_autofree char *limit_value = row->limit != NULL ? number (row->limit_value, row->unit) : NULL;
  g_autofree char *limit = row->limit != NULL ? g_strdup_printf ("%s: %s", row->limit, limit_value) : g_strdup ("");
  g_autofree char *ratio = row->ratio >= 0 ? g_strdup_printf ("%.2f", row->ratio) : g_strdup ("");
  g_autofree char *budget = row->budget != NULL ? g_strdup_printf ("%s: %s", row->budget, row->met ? "met" : "MISSED") : g_strdup ("");

  g_print ("%-62s | %14s | %-46s | %6s | %s\n", row->measure, value, limit, ratio, budget);
  fflush (stdout);
}

void
kam_bench_note (const char *format,
                ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_print ("  · %s\n", text);
}

/* Folders */

char *
kam_bench_folder (const char *name)
{
  const char *base = g_getenv ("KAM_BENCH_DIR");
  g_autofree char *folder = g_build_filename (base != NULL && *base != '\0' ? base : KAM_BENCH_DEFAULT_DIR, name, NULL);

  if (g_mkdir_with_parents (folder, 0700) != 0)
    g_error ("cannot make %s", folder);

  return g_steal_pointer (&folder);
}

char *
kam_bench_scratch (void)
{
  g_autofree char *name = kam_bench_folder ("scratch-XXXXXX");

  g_rmdir (name);

  if (g_mkdtemp (name) == NULL)
    g_error ("cannot make %s", name);

  return g_steal_pointer (&name);
}

void
kam_bench_remove (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (!g_file_test (path, G_FILE_TEST_IS_SYMLINK) && g_file_test (path, G_FILE_TEST_IS_DIR))
        kam_bench_remove (path);
      else
        g_unlink (path);
    }

  g_rmdir (folder);
}

gboolean
kam_bench_is_big (void)
{
  const char *big = g_getenv ("KAM_BENCH_BIG");

  return big != NULL && *big != '\0' && !g_str_equal (big, "0");
}

/* Waiting */

void
kam_bench_ready_cb (GObject      *source,
                    GAsyncResult *result,
                    gpointer      place)
{
  *(GAsyncResult **) place = g_object_ref (result);
}

void
kam_bench_await (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

void
kam_bench_must (GError *error)
{
  if (error != NULL)
    g_error ("%s", error->message);
}
