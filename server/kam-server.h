/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-clock.h"
#include "kam-db-pool.h"
#include "kam-org-repository.h"
#include "kam-poke-hub.h"
#include "kam-rate-limiter.h"
#include "kam-request.h"
#include "kam-server-config.h"

G_BEGIN_DECLS

/**
 * KamServer:
 *
 * Listens, routes and stops. Belongs to the thread of its main context; the work with the database is done by its pool.
 */
#define KAM_TYPE_SERVER (kam_server_get_type ())
G_DECLARE_FINAL_TYPE (KamServer, kam_server, KAM, SERVER, GObject)

/* config stays the caller's and outlives the server. */
KamServer   *kam_server_new           (const KamServerConfig *config,
                                       KamClock              *clock);

/* Starts to listen. The address of the server, with the port that was taken: kam_server_get_uri(). */
gboolean     kam_server_listen        (KamServer             *self,
                                       GError               **error);
char        *kam_server_get_uri       (KamServer             *self);

/* No new connections from here on; requests under way are finished, but not for longer than the configuration's stop-seconds. */
void         kam_server_stop_async    (KamServer             *self,
                                       GAsyncReadyCallback    callback,
                                       gpointer               user_data);
gboolean     kam_server_stop_finish   (KamServer             *self,
                                       GAsyncResult          *result,
                                       GError               **error);

/* For the routes. */
const KamServerConfig *kam_server_config       (KamServer     *self);
KamDbPool             *kam_server_pool         (KamServer     *self);
KamPokeHub            *kam_server_poke_hub     (KamServer     *self);
GThreadPool           *kam_server_passwords    (KamServer     *self);
gint64                 kam_server_now          (KamServer     *self);
gboolean               kam_server_is_stopping  (KamServer     *self);
/* What reads all that somebody may read takes seconds: no more than half of the workers do it at a time. FALSE with KAM_SERVER_ERROR_BUSY. */
gboolean               kam_server_begin_long   (KamServer     *self,
                                                KamRequest    *request,
                                                GError       **error);
void                   kam_server_end_long     (KamServer     *self);
KamRateLimiter        *kam_server_account_limiter (KamServer  *self);
KamRateLimiter        *kam_server_address_limiter (KamServer  *self);

G_END_DECLS
