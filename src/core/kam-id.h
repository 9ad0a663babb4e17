/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Ids are UUIDs (RFC 9562) in canonical lower-case text everywhere but in the databases, which keep the 16 bytes. */
#define KAM_ID_LENGTH 36
#define KAM_ID_BYTES 16

char    *kam_id_new        (gint64        unix_us);
char    *kam_id_new_from   (gint64        unix_us,
                            const guint8  random[10]);
char    *kam_id_derive     (const char   *space_id,
                            const char   *name);
gboolean kam_id_is_valid   (const char   *id);
gboolean kam_id_to_bytes   (const char   *id,
                            guint8        bytes[KAM_ID_BYTES]);
void     kam_id_from_bytes (const guint8  bytes[KAM_ID_BYTES],
                            char          id[KAM_ID_LENGTH + 1]);

/* Scopes: what a row's readers are granted as one. Derived, so that every side computes them alike. */
char    *kam_scope_directory (void);
char    *kam_scope_of_leads  (const char *user_id);
char    *kam_scope_personal  (const char *user_id);

G_END_DECLS
