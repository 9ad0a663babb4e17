/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-store.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * KamSyncError:
 * @KAM_SYNC_ERROR_ADDRESS: the server's address cannot be read
 * @KAM_SYNC_ERROR_NETWORK: the server does not answer
 * @KAM_SYNC_ERROR_CERTIFICATE: the server's certificate is not trusted; the message says why and what to do
 * @KAM_SYNC_ERROR_CREDENTIALS: email or password are wrong
 * @KAM_SYNC_ERROR_LIMITED: too many attempts; the message says how long to wait
 * @KAM_SYNC_ERROR_NOT_KAM: something answers, but it is not a Kam server
 * @KAM_SYNC_ERROR_VERSION: client and server do not understand each other; one must be updated
 * @KAM_SYNC_ERROR_PENDING: unsent changes stand in the way
 * @KAM_SYNC_ERROR_FAILED: anything else
 */
typedef enum
{
  KAM_SYNC_ERROR_ADDRESS,
  KAM_SYNC_ERROR_NETWORK,
  KAM_SYNC_ERROR_CERTIFICATE,
  KAM_SYNC_ERROR_CREDENTIALS,
  KAM_SYNC_ERROR_LIMITED,
  KAM_SYNC_ERROR_NOT_KAM,
  KAM_SYNC_ERROR_VERSION,
  KAM_SYNC_ERROR_PENDING,
  KAM_SYNC_ERROR_FAILED,
} KamSyncError;

#define KAM_SYNC_ERROR (kam_sync_error_quark ())
GQuark kam_sync_error_quark (void);

typedef enum
{
  KAM_SYNC_LOCAL,      /* a profile without a server */
  KAM_SYNC_SIGNED_OUT, /* nobody is signed in, or the session has expired: local work goes on */
  KAM_SYNC_OFFLINE,    /* the server cannot be reached; tries again by itself */
  KAM_SYNC_SYNCING,
  KAM_SYNC_SYNCED,
  KAM_SYNC_ATTENTION,  /* something only a person can settle; see the message */
} KamSyncStatus;

#define KAM_TYPE_SYNC_STATUS (kam_sync_status_get_type ())
GType kam_sync_status_get_type (void);

/**
 * KamSync:
 *
 * Keeps one profile and its server in step. Works in a thread of its own; this object belongs to the main thread, and its properties change there:
 *
 * `status` (KamSyncStatus) · `pending` (uint: edits not yet acknowledged) · `rejected` (uint) · `fraction` (double: of a first or long sync, -1 when
 * unknown) · `rows` (uint: received in this sync) ·
 * `last-synced` (int64: µs UTC, 0 for never) · `message` (string, nullable: what is wrong and what to do, translated) · `server` (string, nullable: address) ·
 * `user-id` (string, nullable) · `clock-skew` (int64: device minus server, µs).
 */
#define KAM_TYPE_SYNC (kam_sync_get_type ())
G_DECLARE_FINAL_TYPE (KamSync, kam_sync, KAM, SYNC, GObject)

KamSync    *kam_sync_new             (KamStore             *store,
                                      KamClock             *clock);

/* Reads who is signed in from the store and the keyring, and starts syncing. Returns at once with the session's state; never waits for the network. */
void        kam_sync_start_async     (KamSync              *self,
                                      GCancellable         *cancellable,
                                      GAsyncReadyCallback   callback,
                                      gpointer              user_data);
gboolean    kam_sync_start_finish    (KamSync              *self,
                                      GAsyncResult         *result,
                                      GError              **error);

/* Ends the thread; a request under way is dropped, nothing is lost. */
void        kam_sync_stop_async      (KamSync              *self,
                                      GAsyncReadyCallback   callback,
                                      gpointer              user_data);
gboolean    kam_sync_stop_finish     (KamSync              *self,
                                      GAsyncResult         *result,
                                      GError              **error);

void        kam_sync_sign_in_async   (KamSync              *self,
                                      const char           *server,   /* https://host[:port], or host[:port] */
                                      const char           *ca_file,  /* (nullable) */
                                      const char           *email,
                                      const char           *password,
                                      GCancellable         *cancellable,
                                      GAsyncReadyCallback   callback,
                                      gpointer              user_data);
gboolean    kam_sync_sign_in_finish  (KamSync              *self,
                                      GAsyncResult         *result,
                                      GError              **error);

/* Sends what waits, ends the session on the server, forgets the token and erases the cache. Fails with KAM_SYNC_ERROR_PENDING and erases nothing
 * where edits could not be sent, unless discard. */
void        kam_sync_sign_out_async  (KamSync              *self,
                                      gboolean              discard,
                                      GCancellable         *cancellable,
                                      GAsyncReadyCallback   callback,
                                      gpointer              user_data);
gboolean    kam_sync_sign_out_finish (KamSync              *self,
                                      GAsyncResult         *result,
                                      GError              **error);

/* Syncs at once instead of at the next occasion. */
void        kam_sync_now             (KamSync              *self);

KamSyncStatus kam_sync_get_status    (KamSync              *self);
const char *kam_sync_get_user_id     (KamSync              *self);
const char *kam_sync_get_server      (KamSync              *self);
gboolean    kam_sync_has_keyring     (KamSync              *self); /* FALSE: the token is kept in a file of the profile that only this account reads */

G_END_DECLS
