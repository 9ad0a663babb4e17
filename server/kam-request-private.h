/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-request.h"

G_BEGIN_DECLS

struct _KamRequest
{
  SoupServerMessage  *message;        /* from the body's end to the end of the request owned, else not */
  gboolean            owns_message;
  KamRequestLimits    limits;
  KamRequestHooks     hooks;
  GCancellable       *cancellable;    /* (owned) */
  char               *address;        /* (owned) */
  char                id[25];         /* random, 24 hex digits */
  const char         *route;
  const char         *code;           /* static: of the problem document */
  guint8              token_hash[KAM_TOKEN_HASH_BYTES];
  gboolean            has_token;
  gboolean            answered;
  gboolean            dropped;        /* its time was up: whatever still arrives is not a request */
  gboolean            cut;            /* by us, in the middle of an answer */
  gboolean            written;        /* the answer, to its end */
  gboolean            started;        /* the headers have come */
  gboolean            waiting;        /* paused until it is answered */
  gboolean            finished;
  gboolean            counts;         /* the hooks know of it */
  guint               deadline;       /* source id */
  guint               retry_after;
  gint64              started_at;     /* monotonic µs */
  guint64             received;
  guint64             sent;
  gatomicrefcount     ref_count;
};

void kam_request_shut (KamRequest *self);

G_END_DECLS
