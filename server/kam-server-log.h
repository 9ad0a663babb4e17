/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * Logging for journald: one line a message on standard error, with its priority as sd-daemon(3) wants it (`<6>`). No personal data, no tokens, no queries.
 */

/* Sends everything that the program logs that way. quiet keeps what is below a warning back. */
void kam_server_log_set_up  (gboolean    quiet);

/* One finished request. Bytes are of the answer's body. */
typedef struct
{
  const char *id;
  const char *method;
  const char *route; /* as the routing table names it: never what the caller sent */
  guint       status;
  const char *code;  /* (nullable) of the problem document */
  gint64      duration_us;
  guint64     bytes;
} KamServerLogRequest;

void kam_server_log_request (const KamServerLogRequest *request);

/* Something that an administrator should read. id is of the request that met it (nullable). */
void kam_server_log_fault   (const char *id,
                             const char *what,
                             const char *reason);

G_END_DECLS
