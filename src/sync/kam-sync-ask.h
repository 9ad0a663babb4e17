/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-sync-worker.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What a person wants to see of the server that is not part of the copy: one request with their token, made in the thread beside the lanes. */

/* Makes the answer's value from the body, in the thread; data is what the question was asked with. NULL with an error of KAM_ERROR where the body is
 * not what the protocol says. */
typedef gpointer (*KamSyncParseFunc) (JsonObject *object,
                                      gpointer    data,
                                      GError    **error);

/* Takes the task over, whose task data is the data of the functions. parse: (nullable): the answer is only whether it went well. */
void kam_sync_worker_ask (KamSyncWorker    *self,
                          const char       *method,
                          const char       *path,
                          KamSyncParseFunc  parse,
                          GDestroyNotify    destroy,
                          GTask            *task);

G_END_DECLS
