/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-entity.h"
#include "kam-store.h"
#include "kam-value.h"

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
 * @KAM_SYNC_ERROR_SIGNED_OUT: nobody is signed in, or the session has ended
 * @KAM_SYNC_ERROR_MISSING: the server has no such thing for this person
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
  KAM_SYNC_ERROR_SIGNED_OUT,
  KAM_SYNC_ERROR_MISSING,
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
 * `user-id` (string, nullable) · `clock-skew` (int64: device minus server, µs) · `checking` (boolean: the copy is being compared with the server) ·
 * `last-checked` (int64: µs UTC of the last comparison that was brought to its end, 0 for never) · `repaired` (uint: parts that it fetched anew).
 *
 * `message` is also set while nobody is signed in, where the server ended the session for good: what has happened to this device and its changes.
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

/* Compares what is here with the server, part by part, and fetches again what differs; see `checking`. Does nothing while nobody is signed in; waits
 * for the network where there is none. */
void        kam_sync_check_copy      (KamSync              *self);

/**
 * KamHistoryEntry:
 *
 * What one commit did to one field. Immutable.
 */
typedef struct
{
  gint64        seq;
  gint64        at;        /* µs UTC, the server's clock */
  char         *author_id; /* (owned) (nullable): the server itself */
  char         *author;    /* (owned) (nullable): their name then */
  char         *device;    /* (owned) (nullable): the name of theirs it was made on */
  KamEntityKind entity;
  char         *id;        /* (owned) of the row */
  int           field;     /* index in the entity's fields; -1: the row was made */
  KamValue      before;    /* of a settled conflict the value that had lost … */
  KamValue      after;     /* … and what was decided */
  gboolean      settled;   /* a conflict about the field was settled */
} KamHistoryEntry;

void        kam_history_entry_free   (KamHistoryEntry      *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamHistoryEntry, kam_history_entry_free)

/* What has been done to one row, newest first, some 50 entries at a time; fields that this version does not know are left out. Needs the server:
 * fails with one of KAM_SYNC_ERROR, whose message is for the person; MISSING for a row that has not reached the server yet. */
void        kam_sync_history_async   (KamSync              *self,
                                      KamEntityKind         entity,
                                      const char           *id,
                                      gboolean              all,    /* of a lead: also of all that belongs to it */
                                      gint64                before, /* 0: the newest; else the `next` of the answer before */
                                      GCancellable         *cancellable,
                                      GAsyncReadyCallback   callback,
                                      gpointer              user_data);
/* Returns: (transfer full) (element-type KamHistoryEntry). next: (out): what to pass as `before` to go on, 0 at the end. */
GPtrArray  *kam_sync_history_finish  (KamSync              *self,
                                      GAsyncResult         *result,
                                      gint64               *next,
                                      GError              **error);

/* One of the person's devices, as the server knows it. Immutable. */
typedef struct
{
  char    *id;         /* (owned) */
  char    *name;       /* (owned) */
  gint64   created_at; /* µs UTC */
  gint64   seen_at;    /* µs UTC, 0 for never */
  gboolean signed_in;
  gboolean current;    /* this one */
} KamDevice;

void        kam_device_free          (KamDevice            *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamDevice, kam_device_free)

/* Needs the server, as above. */
void        kam_sync_devices_async   (KamSync              *self,
                                      GCancellable         *cancellable,
                                      GAsyncReadyCallback   callback,
                                      gpointer              user_data);
/* Returns: (transfer full) (element-type KamDevice) */
GPtrArray  *kam_sync_devices_finish  (KamSync              *self,
                                      GAsyncResult         *result,
                                      GError              **error);

/* Signs another device of the same person out: what waits there is handed to the server, and its copy is erased as soon as it connects. */
void        kam_sync_end_device_async  (KamSync             *self,
                                        const char          *id,
                                        GCancellable        *cancellable,
                                        GAsyncReadyCallback  callback,
                                        gpointer             user_data);
gboolean    kam_sync_end_device_finish (KamSync             *self,
                                        GAsyncResult        *result,
                                        GError             **error);

KamSyncStatus kam_sync_get_status    (KamSync              *self);
const char *kam_sync_get_user_id     (KamSync              *self);
const char *kam_sync_get_server      (KamSync              *self);
gboolean    kam_sync_has_keyring     (KamSync              *self); /* FALSE: the token is kept in a file of the profile that only this account reads */

G_END_DECLS
