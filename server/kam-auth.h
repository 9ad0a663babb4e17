/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-session-repository.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Passwords (Argon2id) and tokens (32 random bytes, kept hashed), by libsodium. Functions may be called from any thread after kam_auth_init(). */

gboolean kam_auth_init           (GError      **error);

/* The hash to keep; slow on purpose (some 60 ms and 64 MB). NULL with an error where there is not enough memory. */
char    *kam_auth_hash_password  (const char   *password,
                                  GError      **error);

/* Takes as long for an unknown account (hash NULL) as for a known one, and is FALSE then. */
gboolean kam_auth_check_password (const char   *hash,
                                  const char   *password);

/* The same on a thread of a pool whose function is kam_auth_run_job(): the hash is slow, so only a few run at a time. hash may be NULL. At most
 * waiting_most wait, beyond that
 * KAM_SERVER_ERROR_BUSY. The callback runs in the caller's main context. */
void     kam_auth_check_async    (GThreadPool         *pool,
                                  guint                waiting_most,
                                  const char          *hash,
                                  const char          *password,
                                  GAsyncReadyCallback  callback,
                                  gpointer             user_data);
gboolean kam_auth_check_finish   (GAsyncResult        *result,
                                  gboolean            *right,
                                  GError             **error);
void     kam_auth_run_job        (gpointer             job,
                                  gpointer             user_data);

/* Is it long enough, text, and not absurdly long? */
gboolean kam_auth_check_length   (const char   *password,
                                  guint         least,
                                  GError      **error);

/* A new token, and what the database keeps of it. */
char    *kam_auth_new_token      (guint8        hash[KAM_TOKEN_HASH_BYTES]);

/* FALSE where the text cannot be a token. */
gboolean kam_auth_hash_token     (const char   *token,
                                  guint8        hash[KAM_TOKEN_HASH_BYTES]);

/* The token of an `Authorization: Bearer` header; NULL without error where it has another form. */
const char *kam_auth_bearer      (const char   *header);

G_END_DECLS
