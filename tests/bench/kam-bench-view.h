/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-bench-store.h"
#include "kam-list-page.h"
#include "kam-window.h"

G_BEGIN_DECLS

/* Child programs of bench-window: each opens one window, measures one thing, prints "name value" lines, and ends. */

typedef int (*KamBenchView) (const char *profile,
                             const char *detail);

int  kam_bench_view_empty  (const char *profile,
                            const char *detail);
int  kam_bench_view_plain  (const char *profile,
                            const char *detail);
int  kam_bench_view_start  (const char *profile,
                            const char *detail); /* "today", "leads" */
int  kam_bench_view_search (const char *profile,
                            const char *detail); /* how many texts */
int  kam_bench_view_scroll (const char *profile,
                            const char *detail); /* "smooth", "pages", "jumps" */

/* ms since the parent started this program, and what it takes up. */
void kam_bench_view_tell   (GtkWidget  *window,
                            double      not_counted);

/* Runs the real program on a profile. func is called once the view is painted and filled: its window stays until gtk_window_close(). */
typedef void (*KamBenchFilled) (KamWindow   *window,
                                KamListPage *page, /* (nullable): of Today */
                                gpointer     data);
int  kam_bench_run_kam     (const char     *profile,
                            const char     *view,
                            KamBenchFilled  func,
                            gpointer        data);

/* Calls func after the next frame. */
void kam_bench_after_paint (GtkWidget  *widget,
                            GCallback   func,
                            gpointer    data);

G_END_DECLS
