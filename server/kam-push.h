/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-repositories.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * KamPushError:
 * @KAM_PUSH_ERROR_BAD_REQUEST: the envelope is not what the protocol says; nothing was written (`bad_request`)
 * @KAM_PUSH_ERROR_TOO_LARGE: more mutations than KAM_PUSH_MAX_MUTATIONS (`too_large`)
 * @KAM_PUSH_ERROR_TOO_NEW: the client speaks a later schema than this server (`too_new`)
 * @KAM_PUSH_ERROR_CLIENT_FORKED: a mutation under a number that another one has had, or whose result the client has confirmed; or a client id of
 * another person or device.
 *   The client takes a new client id and sends what is unsettled again with `origin` (409 `client_forked`)
 * @KAM_PUSH_ERROR_MID_GAP: a number is missing; kam_push_error_last_mid() says from where to send again (409 `mid_gap`)
 */
typedef enum
{
  KAM_PUSH_ERROR_BAD_REQUEST,
  KAM_PUSH_ERROR_TOO_LARGE,
  KAM_PUSH_ERROR_TOO_NEW,
  KAM_PUSH_ERROR_CLIENT_FORKED,
  KAM_PUSH_ERROR_MID_GAP,
} KamPushError;

#define KAM_PUSH_ERROR (kam_push_error_quark ())
GQuark kam_push_error_quark (void);

/* With KAM_PUSH_ERROR_MID_GAP: the last mutation that the server has settled. */
gint64 kam_push_error_last_mid (const GError *error);

#define KAM_PUSH_MAX_MUTATIONS 500

/**
 * kam_push_run:
 * @request: `{client_id, schema, sent_at, ack, mutations}`
 * @now_us: the server's clock
 * @touched_scopes: (out) (element-type utf8): scopes in which something changed, for those who wait in poke
 *
 * Applies a push, all of it in one transaction. Call from a worker thread, outside a transaction.
 *
 * Each mutation has a result of its own, and a bad one holds up nothing but what hangs on it. Results:
 *
 * - `applied`: the row is as the mutation wanted it, at `rev`
 * - `merged`: the row holds the mutation's part together with what others or the rules made of it (notes and tags of both, a time shifted by the
 *   device's clock error, a deleted
 *   row that an edit brought back)
 * - `conflict`: for at least one field another's value stayed; a row of entity `conflict` holds both. A deletion that somebody's later edit forbade
 *   has the field `delete_id`
 * - `rejected`: nothing was written; `error` is `{code, field?, message}`
 *
 * Codes of rejected mutations: what kam_row_check() and kam_field_check() say (`required`, `too_long`, `in_future`, …), and
 *
 * - `bad_mutation`: its members or their types are not what the protocol says
 * - `unknown_entity`, `unknown_field`: this server does not know them
 * - `bad_value`: a value has the wrong JSON type for its field
 * - `not_found`: the row, or one that it refers to, does not exist or may not be read (there is no telling which); also a child of a create that was
 *   rejected
 * - `not_allowed`: the person may not write this field or entity
 * - `fixed`: the field is set when the row is made and not changed
 * - `wrong_lead`: it refers to a contact or interaction of another lead
 * - `cycle`: a lead would be part of itself, or a person stand above themselves
 * - `taken`: another person has this email
 * - `has_leads`: a person is deactivated only once their leads have gone to somebody else
 * - `last_admin`: the last admin stays one
 *
 * Returns: (transfer full): `{results, last_mid, head}`; NULL with KAM_PUSH_ERROR or KAM_DB_ERROR
 */
JsonNode *kam_push_run (KamDb             *db,
                        const KamSession  *session,
                        JsonObject        *request,
                        gint64             now_us,
                        GPtrArray        **touched_scopes,
                        GError           **error);

G_END_DECLS
