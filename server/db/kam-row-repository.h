/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-db.h"

G_BEGIN_DECLS

/* Rows of any entity, by the field table: the SQL of an entity is made once from the table's constant names. */

/* NULL without error where there is none. Deleted rows (with delete_id) are found too. */
KamRow    *kam_rows_find            (KamDb         *db,
                                     KamEntityKind  entity,
                                     const char    *id,
                                     GError       **error);

/* The same, and nobody else changes the row until the transaction ends. */
KamRow    *kam_rows_find_locked     (KamDb         *db,
                                     KamEntityKind  entity,
                                     const char    *id,
                                     GError       **error);

/* The lead that a row belongs to; *lead_id is NULL where there is no such row, or it belongs to none. */
gboolean   kam_rows_find_lead_id    (KamDb         *db,
                                     KamEntityKind  entity,
                                     const char    *id,
                                     char         **lead_id,
                                     GError       **error);

gboolean   kam_rows_insert          (KamDb         *db,
                                     const KamRow  *row, /* with rev and scope */
                                     GError       **error);
gboolean   kam_rows_update          (KamDb         *db,
                                     const KamRow  *row,
                                     GError       **error);

/* Many rows of one entity in few statements (sample data, import). rows: (element-type KamRow) */
gboolean   kam_rows_insert_many     (KamDb         *db,
                                     GPtrArray     *rows,
                                     GError       **error);

/* (element-type KamRow): what belongs to a lead */
GPtrArray *kam_rows_of_lead         (KamDb         *db,
                                     KamEntityKind  entity,
                                     const char    *lead_id,
                                     GError       **error);

/* Has the person any lead that is not in the bin? */
gboolean   kam_rows_owns_leads      (KamDb         *db,
                                     const char    *user_id,
                                     gboolean      *owns,
                                     GError       **error);

/* Has the person been able to read this lead since then, though not now? */
gboolean   kam_rows_had_lead        (KamDb         *db,
                                     const char    *user_id,
                                     const char    *lead_id,
                                     gint64         since_us,
                                     gboolean      *had,
                                     GError       **error);

/* Which of these leads (element-type utf8) have open conflicts: added to found (element-type utf8). */
gboolean   kam_rows_find_conflicted (KamDb         *db,
                                     GPtrArray     *lead_ids,
                                     GHashTable    *found,
                                     GError       **error);
/* The conflicts about a row: (element-type utf8) their ids */
GPtrArray *kam_rows_conflicts_about (KamDb         *db,
                                     const char    *target_id,
                                     GError       **error);

/* Was a row of this id, or the lead it belonged to, purged from a scope that the person reads or could read since then? */
gboolean   kam_rows_is_gone         (KamDb         *db,
                                     const char    *user_id,
                                     const char    *id,
                                     gint64         since_us,
                                     gboolean      *gone,
                                     GError       **error);

/* Removes one row for good, and leaves a tombstone in its scope. */
gboolean   kam_rows_purge           (KamDb         *db,
                                     const KamRow  *row,
                                     gint64         seq,
                                     GError       **error);

/* A lead goes to another scope with all that belongs to it; one subtree tombstone stays in the old one. */
gboolean   kam_rows_move_lead       (KamDb         *db,
                                     const char    *lead_id,
                                     const char    *old_scope,
                                     const char    *new_scope,
                                     gint64         seq,
                                     GError       **error);

G_END_DECLS
