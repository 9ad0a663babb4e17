/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-row.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * KamDbError:
 * @KAM_DB_ERROR_CONNECT: the database cannot be reached; retry later
 * @KAM_DB_ERROR_LOST: the connection broke outside a transaction's commit; retry later
 * @KAM_DB_ERROR_UNCERTAIN: the connection broke during a commit: it may or may not have happened
 * @KAM_DB_ERROR_DEADLOCK: 1213 or 1205; run the whole transaction again
 * @KAM_DB_ERROR_DUPLICATE: a unique key says no
 * @KAM_DB_ERROR_CONSTRAINT: another constraint says no
 * @KAM_DB_ERROR_VERSION: the database's schema is of another version than the program's
 * @KAM_DB_ERROR_BUSY: too much waits already; shed the load
 * @KAM_DB_ERROR_FAILED: anything else
 */
typedef enum
{
  KAM_DB_ERROR_CONNECT,
  KAM_DB_ERROR_LOST,
  KAM_DB_ERROR_UNCERTAIN,
  KAM_DB_ERROR_DEADLOCK,
  KAM_DB_ERROR_DUPLICATE,
  KAM_DB_ERROR_CONSTRAINT,
  KAM_DB_ERROR_VERSION,
  KAM_DB_ERROR_BUSY,
  KAM_DB_ERROR_FAILED,
} KamDbError;

#define KAM_DB_ERROR (kam_db_error_quark ())
GQuark kam_db_error_quark (void);

/* Where the database is and how to get in. */
typedef struct
{
  char  *socket;        /* (owned) (nullable): a unix socket; else host and port */
  char  *host;          /* (owned) (nullable) */
  guint  port;
  char  *name;          /* (owned) of the database */
  char  *user;          /* (owned) */
  char  *password;      /* (owned) (nullable) */
  char  *ca_file;       /* (owned) (nullable): TLS, verified against it */
  guint  timeout_s;
  guint  answer_s;      /* how long an answer may take; 0: a minute */
} KamDbOptions;

/**
 * KamDb:
 *
 * One connection, used by one thread at a time. SQL is constant text; values are bound.
 */
typedef struct _KamDb KamDb;

KamDb   *kam_db_connect (const KamDbOptions *options,
                         GError            **error);
void     kam_db_close   (KamDb              *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamDb, kam_db_close)

/* Asks the server unless it has answered within idle_us. */
gboolean kam_db_is_alive        (KamDb              *self,
                                 gint64              idle_us);
/* Makes the options' database unless it is there. */
gboolean kam_db_create_database (const KamDbOptions *options,
                                 GError            **error);

/* A bound value: integers and text as KamValue has them, ids as 16 bytes. */
typedef enum
{
  KAM_PARAM_NULL,
  KAM_PARAM_INT,
  KAM_PARAM_TEXT,
  KAM_PARAM_ID,    /* canonical text here, 16 bytes in the database */
  KAM_PARAM_BYTES,
} KamParamKind;

typedef struct
{
  KamParamKind  kind;
  gint64        number;
  const char   *text;
  gconstpointer bytes;
  gsize         n_bytes;
} KamParam;

#define KAM_PARAM_INT(value) ((KamParam) { .kind = KAM_PARAM_INT, .number = (value) })
#define KAM_PARAM_TEXT(value) ((KamParam) { .kind = KAM_PARAM_TEXT, .text = (value) }) /* NULL binds null */
#define KAM_PARAM_ID(value) ((KamParam) { .kind = KAM_PARAM_ID, .text = (value) })     /* NULL binds null */
#define KAM_PARAM_BYTES(value, n) ((KamParam) { .kind = KAM_PARAM_BYTES, .bytes = (value), .n_bytes = (n) })

/* Runs one statement; prepared once per connection and text. n_affected is optional. */
gboolean kam_db_exec  (KamDb          *self,
                       const char     *sql,
                       const KamParam *params,
                       guint           n_params,
                       guint64        *n_affected,
                       GError        **error);

/* Inserts many rows in few statements. insert: constant text up to the values, as in "INSERT INTO t (a, b)". params: (element-type KamParam), row by
 * row. */
gboolean kam_db_insert_many (KamDb      *self,
                             const char *insert,
                             guint       n_columns,
                             GArray     *params,
                             GError    **error);

/**
 * KamDbRows:
 *
 * The answer to a query, read row by row; the connection is busy until it is freed.
 */
typedef struct _KamDbRows KamDbRows;

KamDbRows  *kam_db_query        (KamDb          *self,
                                 const char     *sql,
                                 const KamParam *params,
                                 guint           n_params,
                                 GError        **error);
KamDbRows  *kam_db_query_streamed (KamDb        *self,
                                   const char   *sql,
                                   const KamParam *params,
                                   guint         n_params,
                                   GError      **error);
gboolean    kam_db_rows_next    (KamDbRows      *self, /* FALSE at the end, and with the error set where it broke */
                                 GError        **error);
gboolean    kam_db_rows_ended   (KamDbRows      *self); /* the last call found the end, rather than an error */
/* The first row of an answer; *row is NULL where there is none. */
gboolean    kam_db_query_row    (KamDb          *self,
                                 const char     *sql,
                                 const KamParam *params,
                                 guint           n_params,
                                 KamDbRows     **row,
                                 GError        **error);
guint       kam_db_rows_width   (KamDbRows      *self);
gboolean    kam_db_rows_is_number (KamDbRows    *self,
                                   guint         column);
gboolean    kam_db_rows_is_null (KamDbRows      *self,
                                 guint           column);
gint64      kam_db_rows_int     (KamDbRows      *self,
                                 guint           column);
const char *kam_db_rows_text    (KamDbRows      *self, /* until the next row; NULL where null */
                                 guint           column);
const char *kam_db_rows_id      (KamDbRows      *self, /* canonical text, until the next row */
                                 guint           column);
gconstpointer kam_db_rows_bytes (KamDbRows      *self, /* until the next row; NULL where null */
                                 guint           column,
                                 gsize          *length);
void        kam_db_rows_free    (KamDbRows      *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamDbRows, kam_db_rows_free)

/* Runs func in a transaction, whole again on DEADLOCK (at most ten times, with jitter). func must be safe to run more than once. */
typedef gboolean (*KamDbTransactionFunc) (KamDb        *db,
                                          gpointer      data,
                                          GCancellable *cancellable,
                                          GError      **error);
typedef enum
{
  KAM_DB_READ_WRITE, /* lock what you change, then read: what is read is what is committed, not a snapshot */
  KAM_DB_SNAPSHOT, /* read only, all of it from one consistent snapshot */
} KamDbMode;

gboolean kam_db_transact (KamDb                *self,
                          KamDbMode             mode,
                          KamDbTransactionFunc  func,
                          gpointer              data,
                          GCancellable         *cancellable,
                          GError              **error);

G_END_DECLS
