/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-bench-store.h"

G_BEGIN_DECLS

/* ms that SQLite alone takes to insert all rows of a profile in the order in which they came, into tables with the same columns and indexes, a transaction
 * for each page. The rows are in memory, ready to be bound. */
double kam_bench_raw_insert (const char *profile,
                             guint       rows_per_page,
                             guint      *n_rows);

G_END_DECLS
