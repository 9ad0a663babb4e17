/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-db.h"

G_BEGIN_DECLS

/* What the server remembers of a client: whose it is, the last mutation it has settled, and up to which the client has the results. */
typedef struct
{
  char   user_id[KAM_ID_LENGTH + 1];
  char   device_id[KAM_ID_LENGTH + 1];
  gint64 last_mid;
  gint64 acked_mid;
} KamClient;

#define KAM_CONTENT_HASH_BYTES 32

/* The result of a mutation, with what tells whether it is sent again or another one under its number. */
typedef struct
{
  gint64 mid;
  guint8 content_hash[KAM_CONTENT_HASH_BYTES];
  char  *result;           /* (owned) JSON */
  char  *origin_client_id; /* (owned) (nullable) */
  gint64 origin_mid;
} KamStoredResult;

void     kam_stored_result_free        (KamStoredResult *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamStoredResult, kam_stored_result_free)

/* Locks the client until the transaction ends, and makes it this person's and device's where it is new. */
gboolean kam_mutations_lock_client     (KamDb       *db,
                                        const char  *client_id,
                                        const char  *user_id,
                                        const char  *device_id,
                                        KamClient   *client,
                                        GError     **error);
gboolean kam_mutations_save_client     (KamDb       *db,
                                        const char  *client_id,
                                        gint64       last_mid,
                                        gint64       acked_mid,
                                        GError     **error);

/* *stored is NULL where there is none (any more). */
gboolean kam_mutations_find_result     (KamDb            *db,
                                        const char       *client_id,
                                        gint64            mid,
                                        KamStoredResult **stored,
                                        GError          **error);
/* What became of a mutation that was first sent under another client id of the same person, whoever sent it last. *settled: it was done, also where
 * its result is forgotten. Another one that had the same number, in a clone of that client, is none of it. */
gboolean kam_mutations_find_by_origin  (KamDb            *db,
                                        const char       *user_id,
                                        const char       *origin_client_id,
                                        gint64            origin_mid,
                                        const guint8     *content_hash,
                                        KamStoredResult **stored,
                                        gboolean         *settled,
                                        GError          **error);
/* results: (element-type KamStoredResult) */
gboolean kam_mutations_store           (KamDb       *db,
                                        const char  *client_id,
                                        GPtrArray   *results,
                                        GError     **error);
/* Forgets the results that the client has. Run by itself, not in the push's transaction: it locks a range. */
gboolean kam_mutations_forget          (KamDb       *db,
                                        const char  *client_id,
                                        gint64       acked_mid,
                                        GError     **error);

G_END_DECLS
