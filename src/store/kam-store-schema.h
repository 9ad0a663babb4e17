/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-sqlite.h"

G_BEGIN_DECLS

#define KAM_STORE_SCHEMA 1

/* Brings the file to this version's schema, in one transaction per step, after a backup of a file that was there. */
gboolean    kam_schema_migrate (KamSqlite       *db,
                                const char  *backup_path,
                                GError     **error);

/* Text of statements, made once from the field table. What rows are read with begins with the columns id, rev, scope and the fields; key comes last. */
const char *kam_schema_select  (KamEntityKind entity,
                                const char   *tail);
const char *kam_schema_insert  (KamEntityKind entity);
const char *kam_schema_update  (KamEntityKind entity);
/* Columns beside the fields that are written with each row, in the order of their places after them. */
guint       kam_schema_n_extra (KamEntityKind entity);

/* "lead" → SELECT key, id FROM "lead" …: one text per entity, for statements that are the same for all. */
const char *kam_schema_each    (KamEntityKind entity,
                                const char   *before,
                                const char   *after);

G_END_DECLS
