/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-db-statement.h"

#include <errmsg.h>
#include <mysqld_error.h>
#include <string.h>

#define FIRST_SIZE 64

void
kam_db_statement_free (KamDbStatement *self)
{
  for (guint i = 0; i < self->n_columns; i++)
    g_free (self->columns[i].buffer);

  if (self->stmt != NULL)
    mysql_stmt_close (self->stmt);

  g_free (self->columns);
  g_free (self->results);
  g_free (self->sql);
  g_free (self);
}

void
kam_db_clear_statements (KamDb *self)
{
  GHashTableIter iter;
  gpointer statement;

  g_hash_table_iter_init (&iter, self->statements);

  while (g_hash_table_iter_next (&iter, NULL, &statement))
    {
      g_hash_table_iter_steal (&iter);
      kam_db_statement_free (statement);
    }
}

void
kam_db_statement_set_error (KamDb      *self,
                     KamDbStatement  *statement,
                     GError    **error)
{
  kam_db_set_error (self, error, mysql_stmt_errno (statement->stmt), mysql_stmt_error (statement->stmt));
}

static gboolean
is_number_type (enum enum_field_types type)
{
  switch (type)
    {
    case MYSQL_TYPE_TINY:
    case MYSQL_TYPE_SHORT:
    case MYSQL_TYPE_INT24:
    case MYSQL_TYPE_LONG:
    case MYSQL_TYPE_LONGLONG:
      return TRUE;
    default:
      return FALSE;
    }
}

void
kam_db_statement_bind_column (KamDbStatement *self,
             guint      i)
{
  KamDbColumn *column = &self->columns[i];
  MYSQL_BIND *bind = &self->results[i];

  bind->is_null = &column->is_null;
  bind->error = &column->is_cut;
  bind->length = &column->length;

  if (column->is_number)
    {
      bind->buffer_type = MYSQL_TYPE_LONGLONG;
      bind->buffer = &column->number;
      return;
    }

  /* As bytes: the session speaks UTF-8, so nothing is converted, and ids stay what they are. */
  bind->buffer_type = MYSQL_TYPE_BLOB;
  bind->buffer = column->buffer;
  bind->buffer_length = column->size;
}

static void
make_columns (KamDbStatement *self,
              MYSQL_RES *meta)
{
  self->n_columns = mysql_num_fields (meta);
  self->columns = g_new0 (KamDbColumn, self->n_columns);
  self->results = g_new0 (MYSQL_BIND, self->n_columns);

  for (guint i = 0; i < self->n_columns; i++)
    {
      KamDbColumn *column = &self->columns[i];

      column->is_number = is_number_type (mysql_fetch_field_direct (meta, i)->type);

      if (!column->is_number)
        {
          column->size = FIRST_SIZE;
          column->buffer = g_malloc0 (column->size + 1);
        }

      kam_db_statement_bind_column (self, i);
    }
}

static KamDbStatement *
prepare (KamDb      *self,
         const char *sql,
         GError    **error)
{
  g_autoptr (KamDbStatement) statement = g_new0 (KamDbStatement, 1);
  MYSQL_RES *meta;

  statement->sql = g_strdup (sql);
  statement->stmt = mysql_stmt_init (self->mysql);

  if (statement->stmt == NULL || mysql_stmt_prepare (statement->stmt, sql, strlen (sql)) != 0)
    {
      kam_db_statement_set_error (self, statement, error);
      return NULL;
    }

  statement->n_params = (guint) mysql_stmt_param_count (statement->stmt);
  meta = mysql_stmt_result_metadata (statement->stmt);

  if (meta != NULL)
    {
      make_columns (statement, meta);
      mysql_free_result (meta);
    }

  return g_steal_pointer (&statement);
}

/* The connection's statement of this text; another one while that one is being read. */
static KamDbStatement *
find_statement (KamDb      *self,
                const char *sql,
                GError    **error)
{
  KamDbStatement *cached = g_hash_table_lookup (self->statements, sql);
  KamDbStatement *statement;

  if (cached != NULL && !cached->in_use)
    return cached;

  statement = prepare (self, sql, error);

  if (statement != NULL && cached == NULL)
    {
      statement->is_cached = TRUE;
      g_hash_table_insert (self->statements, statement->sql, statement);
    }

  return statement;
}

/* After an error the statement may be of no use (its tables have changed, its connection is gone): the next call prepares it anew. */
void
kam_db_statement_drop (KamDb     *self,
                KamDbStatement *statement)
{
  if (statement->is_cached)
    g_hash_table_remove (self->statements, statement->sql);

  kam_db_statement_free (statement);
}

static gboolean
bind_param (MYSQL_BIND     *bind,
            const KamParam *param,
            guint8         *id,
            GError        **error)
{
  bind->buffer_type = MYSQL_TYPE_NULL;

  switch (param->kind)
    {
    case KAM_PARAM_INT:
      bind->buffer_type = MYSQL_TYPE_LONGLONG;
      bind->buffer = (gpointer) &param->number;
      break;
    case KAM_PARAM_TEXT:
      if (param->text == NULL)
        break;
      bind->buffer_type = MYSQL_TYPE_STRING;
      bind->buffer = (gpointer) param->text;
      bind->buffer_length = strlen (param->text);
      break;
    case KAM_PARAM_ID:
      if (param->text == NULL)
        break;
      if (!kam_id_to_bytes (param->text, id))
        {
          g_set_error (error, KAM_DB_ERROR, KAM_DB_ERROR_CONSTRAINT, "“%s” is no id", param->text);
          return FALSE;
        }
      bind->buffer_type = MYSQL_TYPE_BLOB;
      bind->buffer = id;
      bind->buffer_length = KAM_ID_BYTES;
      break;
    case KAM_PARAM_BYTES:
      bind->buffer_type = MYSQL_TYPE_BLOB;
      bind->buffer = (gpointer) param->bytes;
      bind->buffer_length = param->n_bytes;
      break;
    case KAM_PARAM_NULL:
    default:
      break;
    }

  return TRUE;
}

static gboolean
execute (KamDb          *self,
         KamDbStatement      *statement,
         const KamParam *params,
         guint           n_params,
         GError        **error)
{
  g_autofree MYSQL_BIND *binds = g_new0 (MYSQL_BIND, n_params + 1);
  g_autofree guint8 *ids = g_malloc ((n_params + 1) * KAM_ID_BYTES);

  if (n_params != statement->n_params)
    {
      g_set_error (error, KAM_DB_ERROR, KAM_DB_ERROR_FAILED, "%u values for %u places in a statement", n_params, statement->n_params);
      return FALSE;
    }

  for (guint i = 0; i < n_params; i++)
    {
      if (!bind_param (&binds[i], &params[i], ids + i * KAM_ID_BYTES, error))
        return FALSE;
    }

  if ((n_params > 0 && mysql_stmt_bind_param (statement->stmt, binds) != 0) || mysql_stmt_execute (statement->stmt) != 0)
    {
      kam_db_statement_set_error (self, statement, error);
      return FALSE;
    }

  self->used_at = g_get_monotonic_time ();

  return TRUE;
}

/* The statement, executed. One that the server forgot or that no longer fits its tables is prepared once more; it has not run then. */
KamDbStatement *
kam_db_statement_run (KamDb          *self,
     const char     *sql,
     const KamParam *params,
     guint           n_params,
     GError        **error)
{
  for (guint try = 0;; try++)
    {
      g_autoptr (GError) local_error = NULL;
      KamDbStatement *statement = find_statement (self, sql, error);
      guint number;

      if (statement == NULL)
        return NULL;

      if (execute (self, statement, params, n_params, &local_error))
        return statement;

      number = mysql_stmt_errno (statement->stmt);
      kam_db_statement_drop (self, statement);

      if (try > 0 || (number != ER_NEED_REPREPARE && number != ER_UNKNOWN_STMT_HANDLER))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }
    }
}

/**
 * kam_db_exec:
 * @sql: constant text
 * @n_affected: (out) (optional): rows that the statement matched
 *
 * Runs a statement that gives no rows.
 */
gboolean
kam_db_exec (KamDb          *self,
             const char     *sql,
             const KamParam *params,
             guint           n_params,
             guint64        *n_affected,
             GError        **error)
{
  KamDbStatement *statement = kam_db_statement_run (self, sql, params, n_params, error);

  if (statement == NULL)
    return FALSE;

  if (n_affected != NULL)
    *n_affected = mysql_stmt_affected_rows (statement->stmt);

  if (!statement->is_cached)
    kam_db_statement_free (statement);

  return TRUE;
}
