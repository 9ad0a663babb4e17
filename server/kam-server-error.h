/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * KamServerError:
 * @KAM_SERVER_ERROR_BAD_JSON: the body is not strict JSON
 * @KAM_SERVER_ERROR_BAD_REQUEST: JSON or a header that is not what the route takes
 * @KAM_SERVER_ERROR_UNAUTHORIZED: no valid credentials
 * @KAM_SERVER_ERROR_SESSION_EXPIRED: a token that was good once
 * @KAM_SERVER_ERROR_SESSION_REVOKED: the device was signed out from elsewhere, or the person was deactivated
 * @KAM_SERVER_ERROR_FORBIDDEN: signed in, but not for this
 * @KAM_SERVER_ERROR_NOT_FOUND: no such route, or nothing there that the caller may know of
 * @KAM_SERVER_ERROR_METHOD: the route does not take this method
 * @KAM_SERVER_ERROR_TOO_LARGE: the body is over the limit
 * @KAM_SERVER_ERROR_RATE_LIMITED: too many requests or attempts
 * @KAM_SERVER_ERROR_CLIENT_FORKED: the mid of this client id was used for something else
 * @KAM_SERVER_ERROR_MID_GAP: mids are missing before this one
 * @KAM_SERVER_ERROR_DIVERGED: the cursor is of a history that this server does not have
 * @KAM_SERVER_ERROR_EXPIRED: the cursor is older than the tombstones
 * @KAM_SERVER_ERROR_BEHIND: this replica has not reached the cursor yet
 * @KAM_SERVER_ERROR_BUSY: too much to do, or the database is away: later
 * @KAM_SERVER_ERROR_TOO_OLD: the client must be updated
 * @KAM_SERVER_ERROR_TOO_NEW: the server must be updated
 * @KAM_SERVER_ERROR_INTERNAL: a fault of the server
 * @KAM_SERVER_ERROR_USAGE: a command line that cannot be understood
 * @KAM_SERVER_ERROR_CONFIG: a configuration that cannot be used
 * @KAM_SERVER_ERROR_REFUSED: a command that cannot be done as things are
 *
 * All but the last three are problem documents on the wire; the message of the error is the document's detail, for a person to read.
 */
typedef enum
{
  KAM_SERVER_ERROR_BAD_JSON,
  KAM_SERVER_ERROR_BAD_REQUEST,
  KAM_SERVER_ERROR_UNAUTHORIZED,
  KAM_SERVER_ERROR_SESSION_EXPIRED,
  KAM_SERVER_ERROR_SESSION_REVOKED,
  KAM_SERVER_ERROR_FORBIDDEN,
  KAM_SERVER_ERROR_NOT_FOUND,
  KAM_SERVER_ERROR_METHOD,
  KAM_SERVER_ERROR_TOO_LARGE,
  KAM_SERVER_ERROR_RATE_LIMITED,
  KAM_SERVER_ERROR_CLIENT_FORKED,
  KAM_SERVER_ERROR_MID_GAP,
  KAM_SERVER_ERROR_DIVERGED,
  KAM_SERVER_ERROR_EXPIRED,
  KAM_SERVER_ERROR_BEHIND,
  KAM_SERVER_ERROR_BUSY,
  KAM_SERVER_ERROR_TOO_OLD,
  KAM_SERVER_ERROR_TOO_NEW,
  KAM_SERVER_ERROR_INTERNAL,
  KAM_SERVER_ERROR_USAGE,
  KAM_SERVER_ERROR_CONFIG,
  KAM_SERVER_ERROR_REFUSED,
} KamServerError;

#define KAM_SERVER_ERROR (kam_server_error_quark ())
GQuark kam_server_error_quark (void);

/* What a client is told: static text. */
typedef struct
{
  guint       status;
  const char *code;
  const char *title;
} KamServerAnswer;

const KamServerAnswer *kam_server_error_answer   (KamServerError  code);

/* Any error of the server, its database or of core as one of KAM_SERVER_ERROR. What a caller need not know (SQL, hosts) does not reach the message. */
GError                *kam_server_error_from     (const GError   *error);

G_END_DECLS
