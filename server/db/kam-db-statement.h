/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Inside server/db's driver only. */

#include "kam-db-private.h"

G_BEGIN_DECLS

/* One column of the row that was read last. */
typedef struct
{
  gboolean      is_number;
  gint64        number;
  char         *buffer;   /* (owned), one byte longer than size, for the final NUL */
  unsigned long size;
  unsigned long length;
  my_bool       is_null;
  my_bool       is_cut;
  char          id[KAM_ID_LENGTH + 1];
} KamDbColumn;

/* A prepared statement. */
typedef struct
{
  MYSQL_STMT  *stmt;      /* (owned) */
  char        *sql;       /* (owned) */
  guint        n_params;
  guint        n_columns;
  KamDbColumn *columns;   /* (owned) */
  MYSQL_BIND  *results;   /* (owned) */
  gboolean     in_use;    /* by KamDbRows that are still read */
  gboolean     is_cached;
} KamDbStatement;

/* The statement, executed. One that is not cached is the caller's to free. */
KamDbStatement *kam_db_statement_run         (KamDb           *db,
                                              const char      *sql,
                                              const KamParam  *params,
                                              guint            n_params,
                                              GError         **error);
void            kam_db_statement_free        (KamDbStatement  *self);
void            kam_db_statement_drop        (KamDb           *db,
                                              KamDbStatement  *self);
void            kam_db_statement_bind_column (KamDbStatement  *self,
                                              guint            column);
void            kam_db_statement_set_error   (KamDb           *db,
                                              KamDbStatement  *self,
                                              GError         **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamDbStatement, kam_db_statement_free)

G_END_DECLS
