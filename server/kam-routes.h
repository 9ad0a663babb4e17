/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-server.h"

G_BEGIN_DECLS

#define KAM_MOST_PAGE_ROWS 10000

typedef void (*KamRouteFunc) (KamServer  *server,
                              KamRequest *request);

/**
 * KamRoute:
 *
 * One method of one path. A path that has any route answers other methods with 405.
 */
typedef struct
{
  const char   *path;          /* one that ends in a slash: with one more word after it */
  const char   *method;
  gboolean      needs_session; /* a token must be there; whether it is good is asked in the database, by the route */
  guint         body_bytes;    /* 0: whatever the configuration allows */
  KamRouteFunc  handle;
} KamRoute;

/* NULL with KAM_SERVER_ERROR_NOT_FOUND or KAM_SERVER_ERROR_METHOD. */
const KamRoute *kam_routes_find    (const char  *path,
                                    const char  *method,
                                    GError     **error);
/* The methods of a path, as an Allow header has them. */
char           *kam_routes_allow   (const char  *path);

void kam_route_hello          (KamServer *server, KamRequest *request);
void kam_route_health         (KamServer *server, KamRequest *request);
void kam_route_sign_in        (KamServer *server, KamRequest *request);
void kam_route_who            (KamServer *server, KamRequest *request);
void kam_route_sign_out       (KamServer *server, KamRequest *request);
void kam_route_push           (KamServer *server, KamRequest *request);
void kam_route_pull           (KamServer *server, KamRequest *request);
void kam_route_verify         (KamServer *server, KamRequest *request);
void kam_route_poke           (KamServer *server, KamRequest *request);
void kam_route_history        (KamServer *server, KamRequest *request);
void kam_route_devices        (KamServer *server, KamRequest *request);
void kam_route_end_device     (KamServer *server, KamRequest *request);
void kam_route_quarantine     (KamServer *server, KamRequest *request);

/**
 * KamAsked:
 *
 * A request and the server that serves it, kept while a worker has the question.
 */
typedef struct
{
  KamServer  *server;  /* (owned) */
  KamRequest *request; /* (owned) */
} KamAsked;

KamAsked *kam_asked_new  (KamServer  *server,
                          KamRequest *request);
void      kam_asked_free (KamAsked   *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamAsked, kam_asked_free)

/* Who asks, from the database (thread worker): NULL with KAM_SERVER_ERROR_UNAUTHORIZED, KAM_SERVER_ERROR_SESSION_EXPIRED or
 * KAM_SERVER_ERROR_SESSION_REVOKED. Only reads. */
KamSession     *kam_routes_caller  (KamDb         *db,
                                    const guint8  *token_hash,
                                    gint64         now_us,
                                    GError       **error);
/* That they did (thread worker, outside of transactions); what fails here does not matter to them. */
void            kam_routes_note_seen (KamDb            *db,
                                      const guint8     *token_hash,
                                      const KamSession *session,
                                      gint64            now_us);

/* The schema that a request speaks: from the oldest that is still served to this program's own. What an older client does not know it does not send,
 * and that is left alone. */
gboolean        kam_routes_check_schema (JsonObject  *body,
                                         guint        oldest,
                                         GError     **error);

G_END_DECLS
