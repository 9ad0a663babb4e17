/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What all benchmarks share: a clock, percentiles, memory, and the table. Main thread only. Whatever fails ends the program with a message. */

double   kam_bench_now        (void); /* ms, of the monotonic clock, which all processes share */
double   kam_bench_cpu        (void); /* ms, used by the calling thread */
double   kam_bench_cpu_of_all (void); /* ms, used by all threads of this program: what a busy machine does not change */

/* samples: (element-type double); sorted in place. part: 0.5 is the median. 0 where there are none. */
double   kam_bench_percentile (GArray       *samples,
                               double        part);
double   kam_bench_median     (GArray       *samples);
void     kam_bench_add        (GArray       *samples,
                               double        value);
GArray  *kam_bench_samples    (void);

/* MB of a process, now. */
double   kam_bench_rss        (GPid          pid);
double   kam_bench_pss        (GPid          pid);
/* Without files that are mapped, whose pages the system takes back when it needs them. */
double   kam_bench_private    (GPid          pid);

/* The table. ratio and budget below 0: there is none. What is measured has to stay at or below its budget, or at or above it where at_least. */
typedef struct
{
  const char *measure;
  double      value;
  const char *unit;
  const char *limit;        /* (nullable): what it is compared with, measured in the same run */
  double      limit_value;
  double      ratio;
  const char *budget;       /* (nullable): in words */
  gboolean    met;
} KamBenchRow;

void     kam_bench_title      (const char        *title);
void     kam_bench_row        (const KamBenchRow *row);
void     kam_bench_note       (const char        *format,
                               ...) G_GNUC_PRINTF (1, 2);

/* Folder of prepared data that stays between runs: $KAM_BENCH_DIR, or one in the build folder. (transfer full) */
char    *kam_bench_folder     (const char        *name);
/* Of this run alone; removed by kam_bench_remove(). */
char    *kam_bench_scratch    (void);
void     kam_bench_remove     (const char        *folder);
/* "1", "yes": a million leads as well. */
gboolean kam_bench_is_big     (void);

/* Waits for an asynchronous call: pass kam_bench_ready_cb with the address of a result that is NULL. */
void     kam_bench_ready_cb   (GObject           *source,
                               GAsyncResult      *result,
                               gpointer           place);
void     kam_bench_await      (GAsyncResult     **result);
/* Ends the program where there is an error. */
void     kam_bench_must       (GError            *error);

G_END_DECLS
