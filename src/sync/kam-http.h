/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-failure.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * KamHttp:
 *
 * Connections to one server. Belongs to the thread in which it was made, and works in that thread's main context.
 */
typedef struct _KamHttp KamHttp;

/**
 * KamHttpReply:
 *
 * What came of a request. All that can go wrong with server or network is here rather than in a GError, since each has its own meaning.
 */
typedef struct
{
  KamTrouble           trouble;
  guint                status;         /* HTTP; 0 where there was no answer */
  GTlsCertificateFlags tls_flags;      /* why the certificate is not trusted */
  char                *code;           /* (owned) (nullable): of a problem document */
  char                *detail;         /* (owned) (nullable): of the same, or what the system says of the network */
  gint64               retry_after_us;
  gint64               last_mid;       /* of a `mid_gap` */
  JsonNode            *body;           /* (owned) (nullable): of a success */
  GInputStream        *stream;         /* (owned) (nullable): of an opened one */
} KamHttpReply;

void          kam_http_reply_free    (KamHttpReply        *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamHttpReply, kam_http_reply_free)
gboolean      kam_http_reply_is_good (KamHttpReply        *self);

KamHttp      *kam_http_new           (const char          *server,
                                      const char          *ca_file,
                                      GError             **error);
void          kam_http_free          (KamHttp             *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamHttp, kam_http_free)
void          kam_http_set_token     (KamHttp             *self,
                                      const char          *token);

/* Answers within seconds, with what came or a timeout. Only cancelling is an error. @body is JSON text, NULL for none. */
void          kam_http_call_async    (KamHttp             *self,
                                      const char          *method,
                                      const char          *path,
                                      const char          *body,
                                      guint                seconds,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data);
/* Answers when the headers are there; a success is read by its stream. */
void          kam_http_open_async    (KamHttp             *self,
                                      const char          *method,
                                      const char          *path,
                                      const char          *body,
                                      guint                seconds,
                                      GCancellable        *cancellable,
                                      GAsyncReadyCallback  callback,
                                      gpointer             user_data);
KamHttpReply *kam_http_finish        (GAsyncResult        *result,
                                      GError             **error);

G_END_DECLS
