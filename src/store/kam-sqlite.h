/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-store.h"

#include <sqlite3.h>

G_BEGIN_DECLS

/**
 * KamSqlite:
 *
 * A connection to SQLite with its prepared statements. Statements are kept by the address of their constant text, so the same text must not be asked
 * for again while
 * its rows are still being read. Belongs to one thread.
 *
 * Values are bound by a format, a letter for each: `i` gint64, `t` text (nullable), `u` id (const char *, 16 bytes in the file; nullable), `v`
 * GVariant (nullable).
 */
typedef struct _KamSqlite KamSqlite;

/* The log is written back by the commit that makes it this long, where it has not been before. */
#define KAM_LOG_PAGES 16000

KamSqlite        *kam_sqlite_open     (const char    *path,
                               GError       **error);
void          kam_sqlite_close    (KamSqlite         *self);
sqlite3      *kam_sqlite_handle   (KamSqlite         *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamSqlite, kam_sqlite_close)

/* Sets an error from what SQLite said last; always FALSE. */
gboolean      kam_sqlite_fail     (KamSqlite         *self,
                               GError       **error);
gboolean      kam_sqlite_script   (KamSqlite         *self,
                               const char    *sql,
                               GError       **error);

sqlite3_stmt *kam_sqlite_prepare  (KamSqlite         *self,
                               const char    *sql,
                               GError       **error);
void          kam_sqlite_bind_id  (sqlite3_stmt  *stmt,
                               int            place,
                               const char    *id);
void          kam_sqlite_bind     (sqlite3_stmt  *stmt,
                               int            place,
                               const KamField *field,
                               const KamValue *value);
sqlite3_stmt *kam_sqlite_query    (KamSqlite         *self,
                               GError       **error,
                               const char    *sql,
                               const char    *format,
                               ...);
gboolean      kam_sqlite_exec     (KamSqlite         *self,
                               GError       **error,
                               const char    *sql,
                               const char    *format,
                               ...);
/* One number, or fallback where there is no row or it is null. */
gboolean      kam_sqlite_number   (KamSqlite         *self,
                               gint64        *number,
                               gint64         fallback,
                               GError       **error,
                               const char    *sql,
                               const char    *format,
                               ...);
/* 1: a row, 0: the end (the statement is reset), -1: an error (reset too). */
int           kam_sqlite_step     (KamSqlite         *self,
                               sqlite3_stmt  *stmt,
                               GError       **error);
char         *kam_sqlite_text     (sqlite3_stmt  *stmt,
                               int            column);
char         *kam_sqlite_id       (sqlite3_stmt  *stmt,
                               int            column);
GVariant     *kam_sqlite_variant  (sqlite3_stmt  *stmt,
                               int            column,
                               const char    *type);

/* A transaction; durable ones are on the disk when commit returns. A commit that fails has been rolled back. */
gboolean      kam_sqlite_begin    (KamSqlite         *self,
                               gboolean       durable,
                               GError       **error);
gboolean      kam_sqlite_commit   (KamSqlite         *self,
                               GError       **error);
void          kam_sqlite_rollback (KamSqlite         *self);

G_END_DECLS
