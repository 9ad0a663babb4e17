/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-json-cursor.h"
#include "kam-wire.h"

G_BEGIN_DECLS

gboolean    kam_wire_take_tags (const KamField    *field,
                                const char *const *tags,
                                KamValue          *value,
                                GError           **error);
const char *kam_wire_wanted    (const KamField    *field);

void        kam_wire_append_int   (GString       *out,
                                   gint64         number);
void        kam_wire_append_place (GString       *out,
                                   KamEntityKind  entity,
                                   gint64         rev,
                                   const char    *scope);

gboolean    kam_wire_read_id    (KamJsonCursor  *cursor,
                                 char            id[KAM_ID_LENGTH + 1],
                                 GError        **error);
gboolean    kam_wire_read_value (KamJsonCursor  *cursor,
                                 KamRow         *row,
                                 guint           index,
                                 GError        **error);
gboolean    kam_wire_set_aside  (KamJsonCursor  *cursor,
                                 const char     *name,
                                 GString        *extra,
                                 GError        **error);

G_END_DECLS
