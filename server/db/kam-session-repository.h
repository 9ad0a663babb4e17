/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-db.h"

G_BEGIN_DECLS

typedef enum
{
  KAM_SESSION_OPEN,
  KAM_SESSION_ENDED,   /* by time, by signing out, by a new password: signing in again goes on */
  KAM_SESSION_REVOKED, /* from elsewhere, or the person is not active: the device may hand in what it has, and no more */
} KamSessionState;

/* Who is asking. */
typedef struct
{
  char            user_id[KAM_ID_LENGTH + 1];
  char            device_id[KAM_ID_LENGTH + 1];
  char           *role;         /* (owned) */
  gint64          expires_at;   /* µs UTC */
  gint64          seen_at;      /* µs UTC: as noted, which is coarse */
  KamSessionState state;

  /* Where an administrator applies what somebody had not sent who is not active any more. */
  gboolean        is_former;
  char            successor_id[KAM_ID_LENGTH + 1]; /* whose their new leads are to be; else empty */
} KamSession;

void        kam_session_free   (KamSession  *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamSession, kam_session_free)

#define KAM_TOKEN_HASH_BYTES 32

/* Tokens are opaque, 32 random bytes; the database keeps only their BLAKE2b hash. */
gboolean    kam_session_create (KamDb        *db,
                                const guint8  token_hash[KAM_TOKEN_HASH_BYTES],
                                const char   *user_id,
                                const char   *device_id,
                                const char   *device_name,
                                gint64        now_us,
                                gint64        expires_at,
                                GError      **error);
/* NULL without error where there is none. Only reads. */
KamSession *kam_session_find   (KamDb        *db,
                                const guint8  token_hash[KAM_TOKEN_HASH_BYTES],
                                gint64        now_us,
                                GError      **error);
/* Notes when the session and its device were last used, once in some minutes, so that reading does not mean writing. Not inside a transaction that reads. */
gboolean    kam_session_note_seen (KamDb            *db,
                                   const guint8      token_hash[KAM_TOKEN_HASH_BYTES],
                                   const KamSession *session,
                                   gint64            now_us,
                                   GError          **error);
gboolean    kam_session_end    (KamDb        *db,
                                const guint8  token_hash[KAM_TOKEN_HASH_BYTES],
                                GError      **error);
gboolean    kam_session_end_all (KamDb       *db,
                                const char   *user_id,
                                GError      **error);

/* What a person signs in on. */
typedef struct
{
  char     id[KAM_ID_LENGTH + 1];
  char    *name;       /* (owned) */
  gint64   created_at; /* µs UTC */
  gint64   seen_at;    /* µs UTC */
  gboolean signed_in;  /* it has a session that is open */
} KamDeviceRecord;

void        kam_device_record_free (KamDeviceRecord *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamDeviceRecord, kam_device_record_free)

/* (element-type KamDeviceRecord): the one seen last first */
GPtrArray  *kam_session_list_devices  (KamDb        *db,
                                       const char   *user_id,
                                       gint64        now_us,
                                       GError      **error);
/* Revokes every session that the person has had on the device. *found is FALSE where they have no such device. Run inside a read-write transaction. */
gboolean    kam_session_revoke_device (KamDb        *db,
                                       const char   *user_id,
                                       const char   *device_id,
                                       gint64        now_us,
                                       gboolean     *found,
                                       GError      **error);

G_END_DECLS
