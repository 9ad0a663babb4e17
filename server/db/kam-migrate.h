/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-db.h"

G_BEGIN_DECLS

/* The schema version that this program speaks: the number of its last migration. */
guint    kam_migrate_target (void);

/* Brings the database (which may be empty) to the program's version, step by step, and founds the organisation where there is none. Safe to run
 * twice, after a crash,
 * and from two processes at a time: one of them then gets KAM_DB_ERROR_BUSY. */
gboolean kam_migrate_run    (KamDb    *db,
                             gint64    now_us,
                             GError  **error);

/* Around a restore: empty tables of an earlier version, which no program takes for a database until the end is noted. Begin without tables. */
gboolean kam_migrate_begin_restore (KamDb    *db,
                                    guint     version,
                                    gint64    now_us,
                                    GError  **error);
gboolean kam_migrate_end_restore   (KamDb    *db,
                                    GError  **error);

/* KAM_DB_ERROR_VERSION, with a message that says what to do, unless the database is exactly of the program's version. */
gboolean kam_migrate_check  (KamDb    *db,
                             GError  **error);

G_END_DECLS
