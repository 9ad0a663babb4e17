/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-bench.h"

#include "kam-store-query.h"

G_BEGIN_DECLS

/* When the sample data was made: all of them see the same day. */
#define KAM_BENCH_TODAY G_GINT64_CONSTANT (1793700000000000)

/* A folder with a local profile of this many leads, its search index complete. Made once, then kept: not to be changed. (transfer full) */
char     *kam_bench_profile      (guint           leads);
/* The file of such a profile in a folder of this run. */
void      kam_bench_copy_profile (const char     *profile,
                                  const char     *folder);

KamStore *kam_bench_open         (const char     *folder,
                                  KamClock       *clock);
void      kam_bench_close        (KamStore       *store);
/* One number of a profile's file, read beside the store. fallback where there is no such row yet. */
gint64    kam_bench_number       (const char     *folder,
                                  const char     *sql,
                                  gint64          fallback);
/* Lets the main loop run until the search index is complete. */
void      kam_bench_await_index  (const char     *folder);

/* Waits for the answers of the store. */
GPtrArray *kam_bench_list_start  (KamStore           *store,
                                  const KamListQuery *query,
                                  guint              *n_rows);
GArray    *kam_bench_list_keys   (KamStore           *store,
                                  const KamListQuery *query);

/* What somebody might type, letter by letter: names, cities, contacts, summaries and phones of the rows themselves. (element-type utf8) */
GPtrArray *kam_bench_searches    (const char         *folder,
                                  guint               n);

G_END_DECLS
