/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-db.h"
#include "kam-session-repository.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What a client asks for. */
typedef struct
{
  guint8   token_hash[KAM_TOKEN_HASH_BYTES];
  gint64   now_us;
  GBytes  *body;    /* (owned): JSON, with the digests of what the client has */
  guint    oldest_schema;
  gboolean replica; /* the database may lag behind what the client has seen */
} KamVerifyRequest;

void      kam_verify_request_free (KamVerifyRequest       *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamVerifyRequest, kam_verify_request_free)

/* The answer: which ranges differ from what the caller may read, all from one snapshot, and the cursor of somebody who is complete there (thread
 * worker). */
JsonNode *kam_verify_run          (KamDb                  *db,
                                   const KamVerifyRequest *request,
                                   GCancellable           *cancellable,
                                   GError                **error);

G_END_DECLS
