/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-bench.h"

G_BEGIN_DECLS

/* What MariaDB alone can do of a push of one edit: its statements in their order, in transactions of their own, from so many connections at a time, each
 * with a lead of its own. Pushes a second. In a database that is made for it and gone afterwards. */
double kam_bench_raw_push (const char *socket,
                           guint       n_connections,
                           double      seconds);

G_END_DECLS
