/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-db.h"
#include "kam-ranges.h"
#include "kam-session-repository.h"

G_BEGIN_DECLS

/* What a client asks for. */
typedef struct
{
  guint8   token_hash[KAM_TOKEN_HASH_BYTES];
  gint64   now_us;
  char    *cursor;  /* (owned) (nullable) */
  guint    limit;   /* rows of the page */
  gboolean replica; /* the database may lag behind what the client has seen */
  KamRanges *ranges; /* (owned) (nullable): these, whole, rather than what has changed since the cursor */
} KamPullRequest;

void kam_pull_request_free (KamPullRequest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamPullRequest, kam_pull_request_free)

/* Takes the lines as they are written, some kilobytes at a time. The text is the caller's. */
typedef gboolean (*KamPullSink) (const char *text,
                                 gsize       length,
                                 gpointer    data,
                                 GError    **error);

/* Writes one page, from one snapshot (thread worker). Nothing reaches the sink before everything that can be refused has been checked, so an error
 * before the first piece is for the client to
 * read, one after it means that the page is cut off. */
gboolean kam_pull_page (KamDb                *db,
                        const KamPullRequest *request,
                        KamPullSink           sink,
                        gpointer              data,
                        GCancellable         *cancellable,
                        GError              **error);

G_END_DECLS
