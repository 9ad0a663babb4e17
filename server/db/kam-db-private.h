/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Inside server/db's driver only: nobody else sees libmariadb. */

#include "kam-db.h"

#include <mysql.h>

G_BEGIN_DECLS

struct _KamDb
{
  MYSQL      *mysql;          /* (owned) */
  GHashTable *statements;     /* (owned) (element-type utf8 Statement) by text */
  gboolean    broken;         /* the connection is gone; only closing makes sense */
  gboolean    read_committed; /* the isolation level that the next transaction has */
  gint64      used_at;        /* monotonic µs of the last word from the server */
};

gboolean kam_db_run_text         (KamDb       *self,
                                  const char  *sql,
                                  GError     **error);
void     kam_db_set_error        (KamDb       *self,
                                  GError     **error,
                                  guint        number,
                                  const char  *message);
void     kam_db_clear_statements (KamDb       *self);

G_END_DECLS
