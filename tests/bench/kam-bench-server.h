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

G_END_DECLS
