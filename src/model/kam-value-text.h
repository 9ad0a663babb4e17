/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-workspace.h"

G_BEGIN_DECLS

/* How a value of any field reads to a person: names for people, leads and contacts, dates in full, money with its currency. What is returned is owned by
 * the caller. */

/* row: (nullable): the row whose field it is, for what a value means only together with another (an amount and its currency, a phone and its country). */
char    *kam_value_text       (KamWorkspace   *workspace,
                               KamEntityKind   entity,
                               guint           field,
                               const KamValue *value,
                               KamRow         *row);

/* The same for a value as it travels; NULL is null. Where it cannot be read, the text itself. */
char    *kam_value_text_wire  (KamWorkspace   *workspace,
                               KamEntityKind   entity,
                               guint           field,
                               const char     *json,
                               KamRow         *row);

/* The field's value from its JSON text; FALSE where it is none. NULL is null. */
gboolean kam_value_from_wire  (KamEntityKind   entity,
                               guint           field,
                               const char     *json, /* (nullable) */
                               KamValue       *value);
/* The other way: (transfer full) (nullable): NULL for null. */
char    *kam_value_to_wire    (KamEntityKind   entity,
                               guint           field,
                               const KamValue *value);

/* What a row is called: a lead's or contact's name, "Call, yesterday" for an interaction. (nullable) */
char    *kam_value_row_name   (KamWorkspace   *workspace,
                               KamRow         *row); /* (nullable) */

/* "Phone: old → new" needs what stands in between never to turn round: wraps a text so that its direction stays its own. */
char    *kam_value_isolate    (const char     *text);

G_END_DECLS
