/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-bench.h"

G_BEGIN_DECLS

/* Clients that ask one thing after another, each in a thread of its own, with a connection for each request: as libsoup below 3.3 lets servers have it. */
typedef struct
{
  guint         port;       /* on 127.0.0.1 */
  GTlsDatabase *trusted;    /* (nullable): plain HTTP */
  const char   *path;
  GPtrArray    *tokens;     /* (nullable) (element-type utf8): taken in turn */
  /* (transfer full): the nth body of a client; NULL gets instead of posting. In the client's thread. */
  char        *(*make_body) (guint client, guint n, gpointer data);
  gpointer      data;
  const char   *expected;   /* what every answer holds */
  guint         n_clients;
  double        seconds;
} KamBenchLoad;

typedef struct
{
  double per_second;
  double median; /* ms */
  double p99;    /* ms */
} KamBenchThroughput;

KamBenchThroughput kam_bench_load       (const KamBenchLoad *load);
/* A connection on which a request has been sent, and nothing is read. (transfer full) */
GIOStream         *kam_bench_hold       (guint               port,
                                         GTlsDatabase       *trusted,
                                         const char         *path,
                                         const char         *token);

/* What libsoup can do at most: a server that answers `{}`, in a thread of this program. Lasts until the program ends; its port. */
guint              kam_bench_soup_empty (void);

G_END_DECLS
