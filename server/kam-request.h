/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-server-error.h"
#include "kam-session-repository.h"

#include <json-glib/json-glib.h>
#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * KamRequest:
 *
 * One HTTP request from its first byte to the last one of its answer: its id, its limits, and how it is answered. Belongs to the main thread, as
 * the SoupServerMessage does; whoever
 * works for it elsewhere keeps a reference and comes back to the main thread. After it has finished (also because the client has gone) every
 * answer is ignored.
 */
typedef struct _KamRequest KamRequest;

/* Limits in bytes and seconds. */
typedef struct
{
  guint64 body_bytes;
  guint   header_seconds;
  guint   body_seconds;
  guint   idle_seconds;
} KamRequestLimits;

/* Called when the headers are there; returns FALSE with the error to refuse with. */
typedef gboolean (*KamRequestAdmitFunc)  (KamRequest *request,
                                          gpointer    user_data,
                                          GError    **error);
/* Called when the body is there and nothing was refused. */
typedef void     (*KamRequestHandleFunc) (KamRequest *request,
                                          gpointer    user_data);
/* Called when the last byte went out, or the client has gone. */
typedef void     (*KamRequestFinishFunc) (KamRequest *request,
                                          gpointer    user_data);

/* In how many seconds a client should come back that is sent away because there is too much to do. */
typedef guint    (*KamRequestPatienceFunc) (gpointer  user_data);

typedef struct
{
  KamRequestAdmitFunc    admit;
  KamRequestHandleFunc   handle;
  KamRequestFinishFunc   finish;
  KamRequestPatienceFunc patience;
  gpointer             user_data;
} KamRequestHooks;

/* Watches over a message that has just started. The message keeps the request. */
void               kam_request_attach         (SoupServerMessage      *message,
                                               const KamRequestLimits *limits,
                                               const KamRequestHooks  *hooks);
KamRequest        *kam_request_ref            (KamRequest             *self);
void               kam_request_unref          (KamRequest             *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamRequest, kam_request_unref)

const char        *kam_request_id             (KamRequest             *self);
SoupServerMessage *kam_request_message        (KamRequest             *self); /* NULL once finished */
GCancellable      *kam_request_cancellable    (KamRequest             *self); /* cancelled when the request finishes */
gboolean           kam_request_is_finished    (KamRequest             *self);
const char        *kam_request_address        (KamRequest             *self); /* of the client, without port */

void               kam_request_set_route      (KamRequest             *self,
                                               const char             *route);  /* static */
void               kam_request_limit_body     (KamRequest             *self,
                                               guint64                 bytes);
void               kam_request_set_token_hash (KamRequest             *self,
                                               const guint8            hash[KAM_TOKEN_HASH_BYTES]);
const guint8      *kam_request_token_hash     (KamRequest             *self);
const char        *kam_request_query          (KamRequest             *self,
                                               const char             *name,
                                               char                  **value); /* (out): owned; what is returned, NULL where missing */

/* The body as strict JSON, which must be an object. A long one is better parsed by a worker. */
JsonNode          *kam_request_parse          (KamRequest             *self,
                                               GError                **error);
GBytes            *kam_request_body           (KamRequest             *self);
JsonNode          *kam_request_parse_bytes    (GBytes                 *bytes, /* any thread */
                                               GError                **error);

/* Answers. Each may be called once; wait first for what is answered later. */
void               kam_request_wait           (KamRequest             *self);
void               kam_request_answer         (KamRequest             *self,
                                               guint                   status,
                                               JsonNode               *body); /* (nullable): 204 has none */
void               kam_request_fail           (KamRequest             *self,
                                               const GError           *error);
/* The same with one more member, or the seconds to wait, in the document. */
void               kam_request_fail_with      (KamRequest             *self,
                                               const GError           *error,
                                               const char             *member, /* (nullable) */
                                               gint64                  value);
void               kam_request_retry_after    (KamRequest             *self,
                                               guint                   seconds);

/* An answer in pieces, chunked: begin once, any number of pieces, end. A cut closes the connection before the end, so that the client sees that
 * something is missing. */
void               kam_request_stream_begin   (KamRequest             *self,
                                               const char             *content_type,
                                               gboolean                gzip);
void               kam_request_stream_piece   (KamRequest             *self,
                                               GBytes                 *piece);
void               kam_request_stream_end     (KamRequest             *self);
void               kam_request_cut            (KamRequest             *self);

G_END_DECLS
