/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-request.h"

G_BEGIN_DECLS

/**
 * KamPageStream:
 *
 * Carries a long answer from the worker that writes it to the request that sends it, compressed on the way, in bounded memory: a worker that is
 * faster than the client waits, though not for
 * longer than KAM_PAGE_STREAM_PATIENCE_US in all, since it holds a connection to the database.
 *
 * Counted references, atomically.
 */
typedef struct _KamPageStream KamPageStream;

#define KAM_PAGE_STREAM_BYTES (512 << 10)
#define KAM_PAGE_STREAM_PATIENCE_US (20 * G_USEC_PER_SEC)

/* Main thread. */
KamPageStream *kam_page_stream_new   (KamRequest     *request,
                                      const char     *content_type,
                                      gboolean        gzip);
KamPageStream *kam_page_stream_ref   (KamPageStream  *self);
void           kam_page_stream_unref (KamPageStream  *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamPageStream, kam_page_stream_unref)

/* The worker. The last piece says so; a short answer in one piece is not compressed. */
gboolean       kam_page_stream_write (KamPageStream  *self,
                                      const char     *text,
                                      gsize           length,
                                      GCancellable   *cancellable,
                                      GError        **error);
gboolean       kam_page_stream_close (KamPageStream  *self,
                                      GError        **error);

/* Main thread, when the worker is done. With an error the request fails where nothing was sent yet, else it is cut. */
void           kam_page_stream_end   (KamPageStream  *self,
                                      const GError   *error);

G_END_DECLS
