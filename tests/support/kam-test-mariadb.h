/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-db.h"

G_BEGIN_DECLS

/**
 * KamTestMariadb:
 *
 * A real MariaDB for one test program: its own folder, a unix socket, no network, no durability. It ends, and its folder goes, with the program,
 * however that ends. The
 * installed template is made once per build folder ($KAM_TEST_CACHE overrides where) and copied.
 */
typedef struct _KamTestMariadb KamTestMariadb;

/* Starts it and waits until it answers. Ends the program with a message where it cannot. Call from the main thread. */
KamTestMariadb     *kam_test_mariadb_new     (void);
/* The same with these options, NULL-terminated, instead of "--skip-networking". */
KamTestMariadb     *kam_test_mariadb_new_with (const char *const *options);
void                kam_test_mariadb_free    (KamTestMariadb     *self);

/* Makes a new, empty database in it. Returns: (transfer none): how to connect to it, until the server is freed */
const KamDbOptions *kam_test_mariadb_fresh   (KamTestMariadb     *self);
/* The same, migrated. */
const KamDbOptions *kam_test_mariadb_migrated (KamTestMariadb    *self);

/* A connection that must succeed. */
KamDb              *kam_test_mariadb_connect (const KamDbOptions *options);
/* A text that is another when anything was written but results of pushes and what is known of sessions. */
char               *kam_test_mariadb_digest  (KamDb              *db);

/* Everything in it must be as the server's own check wants it: fails with what is not. now_us: as in kam_audit_run() */
void                kam_test_mariadb_assert_clean (const KamDbOptions *options,
                                                   gint64              now_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamTestMariadb, kam_test_mariadb_free)

G_END_DECLS
