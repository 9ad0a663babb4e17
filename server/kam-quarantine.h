/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-quarantine-repository.h"
#include "kam-session-repository.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * kam_quarantine_take:
 * @session: one that was revoked
 * @request: `{client_id, schema, server_id, mutations, last}`
 *
 * Keeps what a device hands in that may do nothing else any more. Call from a worker thread, outside a transaction. Again and again is the same as once.
 *
 * Returns: (transfer full): `{receipt, kept, server_id}`; NULL with KAM_SERVER_ERROR or KAM_DB_ERROR
 */
JsonNode *kam_quarantine_take  (KamDb             *db,
                                const KamSession  *session,
                                JsonObject        *request,
                                gint64             now_us,
                                GError           **error);

/* What became of the mutations of a quarantine. */
typedef struct
{
  guint n_applied;
  guint n_merged;
  guint n_conflict;
  guint n_rejected;
} KamQuarantineOutcome;

/**
 * kam_quarantine_apply:
 * @successor_id: (nullable): whose the new leads of a person are to be who is not active any more
 *
 * Pushes what is in the quarantine as the person who had written it, from the device it was written on. Whatever had come through before it was handed
 * in does not come twice, nor does what a run before had applied that was cut short; what was rejected is tried again.
 */
gboolean  kam_quarantine_apply (KamDb                *db,
                                const char           *id,
                                const char           *successor_id,
                                gint64                now_us,
                                KamQuarantineOutcome *outcome,
                                GError              **error);

G_END_DECLS
