/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-sqlite.h"

G_BEGIN_DECLS

#define KAM_STORE_SCHEMA 2
#define KAM_STORE_FILE_ID "0x4b616d31" /* "Kam1" */

/* kam-store-migrate.c: brings the file to this version's schema, in one transaction per step, and to this program's fields, after a backup of a file that was
 * there. The backup is for a migration that turns out wrong: it goes with the first pull that is published after it (what a person may no longer read must not
 * live on in it), at the latest when the migrated file is opened once more. */
gboolean    kam_schema_migrate (KamSqlite   *db,
                                const char  *backup_path,
                                gboolean    *migrated, /* there is a backup now */
                                GError     **error);

/* kam-store-fields.c: columns that this program has learnt since the file was used last are made, and take what was kept for them in `extra`. */
gboolean    kam_fields_are_new (KamSqlite   *db,
                                gboolean    *are_new,
                                GError     **error);
gboolean    kam_fields_adopt   (KamSqlite   *db,
                                GError     **error);
gboolean    kam_fields_note    (KamSqlite   *db,
                                GError     **error);

/* Makes everything in an empty file, within a transaction. */
gboolean    kam_schema_create  (KamSqlite   *db,
                                GError     **error);
/* "TEXT", "INTEGER" or "BLOB" */
const char *kam_schema_type    (const KamField *field);

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
