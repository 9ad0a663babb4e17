/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-engine.h"
#include "kam-http.h"

G_BEGIN_DECLS

/* Sentences for a person: what is wrong, and what to do. Translated, owned by the caller. */

char *kam_sync_message_for_status      (const KamEngineStatus *status,
                                        const char            *server);
/* What is said where a copy was, after so many edits of it had been handed over. */
char *kam_sync_message_for_erased      (guint                  n_handed);
char *kam_sync_message_for_certificate (GTlsCertificateFlags   flags,
                                        const char            *server);
/* Why signing in failed. */
void  kam_sync_message_set_error       (GError               **error,
                                        KamHttpReply          *reply,
                                        const char            *server);
/* Why another question could not be answered. */
void  kam_sync_message_set_ask_error   (GError               **error,
                                        KamHttpReply          *reply,
                                        const char            *server);

G_END_DECLS
