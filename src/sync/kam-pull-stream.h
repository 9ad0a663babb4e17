/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-wire.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * KamPullStream:
 *
 * Reads a page of a pull piece by piece as it comes over the network: never more in memory than one piece, and nothing is read while nobody asks.
 * Belongs to one thread.
 */
typedef struct _KamPullStream KamPullStream;

KamPullStream *kam_pull_stream_new         (GInputStream        *stream);
void           kam_pull_stream_free        (KamPullStream       *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamPullStream, kam_pull_stream_free)

void           kam_pull_stream_read_async  (KamPullStream       *self,
                                            guint                most,
                                            GCancellable        *cancellable,
                                            GAsyncReadyCallback  callback,
                                            gpointer             user_data);
GPtrArray     *kam_pull_stream_read_finish (KamPullStream       *self,
                                            GAsyncResult        *result,
                                            GError             **error);

/* NULL until the page has been read to its end and is whole. */
const KamLine *kam_pull_stream_get_footer  (KamPullStream       *self);
/* Of the header: rows of the whole sync that are here after this page, and in all; 0 where unknown. */
gint64         kam_pull_stream_get_done    (KamPullStream       *self);
gint64         kam_pull_stream_get_total   (KamPullStream       *self);

G_END_DECLS
