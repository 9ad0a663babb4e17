/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-bench.h"

G_BEGIN_DECLS

/* The private server of `./run server`: MariaDB, kam-server with TLS, sample data. Its folder stays between runs; it dies with this program. */
typedef struct
{
  GSubprocess *process; /* (owned) */
  char        *url;     /* (owned) */
  char        *ca_file; /* (owned) */
  char        *socket;  /* (owned) of its MariaDB */
} KamBenchServer;

KamBenchServer *kam_bench_server_new  (guint           leads,
                                       guint           kams);
void            kam_bench_server_free (KamBenchServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamBenchServer, kam_bench_server_free)

/* The process of kam-server, whose memory is measured. */
GPid            kam_bench_server_pid  (KamBenchServer *self);

/* Another kam-server over the same database, without TLS, that counts no requests. Its port; it dies with this program. */
guint           kam_bench_server_plain (KamBenchServer *self);

/* The pages of a first sync, as they come. */
typedef struct
{
  GPtrArray *pages;   /* (owned) (element-type GPtrArray of KamLine): with header and footer */
  guint      n_rows;
  goffset    bytes;   /* compressed, headers included */
  goffset    plain;   /* uncompressed */
  double     ms;
  char      *token;   /* (owned) */
  char      *cursor;  /* (owned): where the last page ends */
} KamBenchPull;

KamBenchPull   *kam_bench_pull        (KamBenchServer *server,
                                       const char     *email);
void            kam_bench_pull_free   (KamBenchPull   *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamBenchPull, kam_bench_pull_free)

/* Compares what was pulled with what the server has, which must be the same: the time of the request, in ms. *sum_ms: that of the sums on this side. */
double          kam_bench_verify      (KamBenchServer *server,
                                       const char     *email,
                                       KamBenchPull   *pull,
                                       double         *sum_ms);
/* The same with nothing on this side; then everything is pulled by ranges: the time of those pulls, in ms. */
double          kam_bench_pull_ranges (KamBenchServer *server,
                                       const char     *email,
                                       guint          *n_rows);

G_END_DECLS
