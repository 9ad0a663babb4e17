/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-server-error.h"

#include "kam-db.h"
#include "kam-error.h"
#include "kam-push.h"

G_DEFINE_QUARK (kam-server-error-quark, kam_server_error)

static const KamServerAnswer answers[] = {
  [KAM_SERVER_ERROR_BAD_JSON] = { 400, "bad_json", "The body is not valid JSON" },
  [KAM_SERVER_ERROR_BAD_REQUEST] = { 400, "bad_request", "The request is not what this address takes" },
  [KAM_SERVER_ERROR_UNAUTHORIZED] = { 401, "unauthorized", "Sign in first" },
  [KAM_SERVER_ERROR_SESSION_EXPIRED] = { 401, "session_expired", "The session has ended" },
  [KAM_SERVER_ERROR_SESSION_REVOKED] = { 401, "session_revoked", "The device was signed out" },
  [KAM_SERVER_ERROR_FORBIDDEN] = { 403, "forbidden", "Not allowed" },
  [KAM_SERVER_ERROR_NOT_FOUND] = { 404, "not_found", "Not found" },
  [KAM_SERVER_ERROR_METHOD] = { 405, "bad_request", "The method is not allowed here" },
  [KAM_SERVER_ERROR_TOO_LARGE] = { 413, "too_large", "The body is too large" },
  [KAM_SERVER_ERROR_RATE_LIMITED] = { 429, "rate_limited", "Too many requests" },
  [KAM_SERVER_ERROR_CLIENT_FORKED] = { 409, "client_forked", "This client id was used elsewhere" },
  [KAM_SERVER_ERROR_MID_GAP] = { 409, "mid_gap", "Earlier mutations are missing" },
  [KAM_SERVER_ERROR_DIVERGED] = { 410, "diverged", "The server's history has changed" },
  [KAM_SERVER_ERROR_EXPIRED] = { 410, "expired", "The cursor is too old" },
  [KAM_SERVER_ERROR_BEHIND] = { 503, "behind", "The server has not caught up yet" },
  [KAM_SERVER_ERROR_BUSY] = { 503, "busy", "The server is busy" },
  [KAM_SERVER_ERROR_TOO_OLD] = { 426, "too_old", "This program is too old for the server" },
  [KAM_SERVER_ERROR_TOO_NEW] = { 426, "too_new", "This program is too new for the server" },
  [KAM_SERVER_ERROR_INTERNAL] = { 500, "internal", "The server failed" },
};

const KamServerAnswer *
kam_server_error_answer (KamServerError code)
{
  if (code >= G_N_ELEMENTS (answers))
    code = KAM_SERVER_ERROR_INTERNAL;

  return &answers[code];
}

static GError *
from_database (const GError *error)
{
  switch ((KamDbError) error->code)
    {
    case KAM_DB_ERROR_CONNECT:
    case KAM_DB_ERROR_LOST:
      return g_error_new_literal (KAM_SERVER_ERROR, KAM_SERVER_ERROR_BUSY, "The database cannot be reached; try again later.");

    case KAM_DB_ERROR_UNCERTAIN:
      return g_error_new_literal (KAM_SERVER_ERROR, KAM_SERVER_ERROR_BUSY,
                                  "The database went away while it saved; send the same request again.");

    case KAM_DB_ERROR_BUSY:
    case KAM_DB_ERROR_DEADLOCK:
      return g_error_new_literal (KAM_SERVER_ERROR, KAM_SERVER_ERROR_BUSY, "Too many requests are under way; try again later.");

    case KAM_DB_ERROR_DUPLICATE:
    case KAM_DB_ERROR_CONSTRAINT:
    case KAM_DB_ERROR_VERSION:
    case KAM_DB_ERROR_FAILED:
    default:
      return g_error_new_literal (KAM_SERVER_ERROR, KAM_SERVER_ERROR_INTERNAL,
                                  "The server could not do this; its administrator finds the reason in the log under the request id.");
    }
}

static KamServerError
code_of_push (const GError *error)
{
  switch ((KamPushError) error->code)
    {
    case KAM_PUSH_ERROR_TOO_LARGE:
      return KAM_SERVER_ERROR_TOO_LARGE;

    case KAM_PUSH_ERROR_TOO_NEW:
      return KAM_SERVER_ERROR_TOO_NEW;

    case KAM_PUSH_ERROR_CLIENT_FORKED:
      return KAM_SERVER_ERROR_CLIENT_FORKED;

    case KAM_PUSH_ERROR_MID_GAP:
      return KAM_SERVER_ERROR_MID_GAP;

    case KAM_PUSH_ERROR_BAD_REQUEST:
    default:
      return KAM_SERVER_ERROR_BAD_REQUEST;
    }
}

GError *
kam_server_error_from (const GError *error)
{
  if (error->domain == KAM_SERVER_ERROR)
    return g_error_copy (error);

  if (error->domain == KAM_DB_ERROR)
    return from_database (error);

  if (error->domain == KAM_PUSH_ERROR)
    return g_error_new_literal (KAM_SERVER_ERROR, code_of_push (error), error->message);

  if (error->domain == KAM_ERROR)
    return g_error_new_literal (KAM_SERVER_ERROR, error->code == KAM_ERROR_INVALID_JSON ? KAM_SERVER_ERROR_BAD_JSON : KAM_SERVER_ERROR_BAD_REQUEST,
                                error->message);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_error_new_literal (KAM_SERVER_ERROR, KAM_SERVER_ERROR_BUSY, "The server is stopping; try again later.");

  return g_error_new_literal (KAM_SERVER_ERROR, KAM_SERVER_ERROR_INTERNAL,
                              "The server could not do this; its administrator finds the reason in the log under the request id.");
}
