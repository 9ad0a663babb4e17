/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-db.h"

G_BEGIN_DECLS

/* Who is asking: a valid session of an active person. */
typedef struct
{
  char    user_id[KAM_ID_LENGTH + 1];
  char    device_id[KAM_ID_LENGTH + 1];
  char   *role;         /* (owned) */
  gint64  expires_at;   /* µs UTC */
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
/* NULL without error where there is none, it has expired or was ended, or its person is not active. ended is TRUE then if the token was good once. */
KamSession *kam_session_find   (KamDb        *db,
                                const guint8  token_hash[KAM_TOKEN_HASH_BYTES],
                                gint64        now_us,
                                gboolean     *ended,
                                GError      **error);
gboolean    kam_session_end    (KamDb        *db,
                                const guint8  token_hash[KAM_TOKEN_HASH_BYTES],
                                GError      **error);
gboolean    kam_session_end_all (KamDb       *db,
                                const char   *user_id,
                                GError      **error);

G_END_DECLS
