/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-db-private.h"

#include <errmsg.h>
#include <mysqld_error.h>
#include <string.h>

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
} Column;

typedef struct
{
  MYSQL_STMT *stmt;      /* (owned) */
  char       *sql;       /* (owned) */
  guint       n_params;
  guint       n_columns;
  Column     *columns;   /* (owned) */
  MYSQL_BIND *results;   /* (owned) */
  gboolean    in_use;    /* by KamDbRows that are still read */
  gboolean    is_cached;
} Statement;

struct _KamDbRows
{
  KamDb     *db;
  Statement *statement; /* (owned) unless cached */
  gboolean   ended;
};

/* How many rows go into one statement; few sizes, so that few texts are prepared. */
static const guint batch_sizes[] = { 100, 10, 1 };

#define FIRST_SIZE 64

static void
statement_free (Statement *self)
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

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Statement, statement_free)

void
kam_db_clear_statements (KamDb *self)
{
  GHashTableIter iter;
  gpointer statement;

  g_hash_table_iter_init (&iter, self->statements);

  while (g_hash_table_iter_next (&iter, NULL, &statement))
    {
      g_hash_table_iter_steal (&iter);
      statement_free (statement);
    }
}

static void
set_statement_error (KamDb      *self,
                     Statement  *statement,
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

static void
bind_column (Statement *self,
             guint      i)
{
  Column *column = &self->columns[i];
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
make_columns (Statement *self,
              MYSQL_RES *meta)
{
  self->n_columns = mysql_num_fields (meta);
  self->columns = g_new0 (Column, self->n_columns);
  self->results = g_new0 (MYSQL_BIND, self->n_columns);

  for (guint i = 0; i < self->n_columns; i++)
    {
      Column *column = &self->columns[i];

      column->is_number = is_number_type (mysql_fetch_field_direct (meta, i)->type);

      if (!column->is_number)
        {
          column->size = FIRST_SIZE;
          column->buffer = g_malloc0 (column->size + 1);
        }

      bind_column (self, i);
    }
}

static Statement *
prepare (KamDb      *self,
         const char *sql,
         GError    **error)
{
  g_autoptr (Statement) statement = g_new0 (Statement, 1);
  MYSQL_RES *meta;

  statement->sql = g_strdup (sql);
  statement->stmt = mysql_stmt_init (self->mysql);

  if (statement->stmt == NULL || mysql_stmt_prepare (statement->stmt, sql, strlen (sql)) != 0)
    {
      set_statement_error (self, statement, error);
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
static Statement *
find_statement (KamDb      *self,
                const char *sql,
                GError    **error)
{
  Statement *cached = g_hash_table_lookup (self->statements, sql);
  Statement *statement;

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
static void
drop_statement (KamDb     *self,
                Statement *statement)
{
  if (statement->is_cached)
    g_hash_table_remove (self->statements, statement->sql);

  statement_free (statement);
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
         Statement      *statement,
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
      set_statement_error (self, statement, error);
      return FALSE;
    }

  self->used_at = g_get_monotonic_time ();

  return TRUE;
}

/* The statement, executed. One that the server forgot or that no longer fits its tables is prepared once more; it has not run then. */
static Statement *
run (KamDb          *self,
     const char     *sql,
     const KamParam *params,
     guint           n_params,
     GError        **error)
{
  for (guint try = 0;; try++)
    {
      g_autoptr (GError) local_error = NULL;
      Statement *statement = find_statement (self, sql, error);
      guint number;

      if (statement == NULL)
        return NULL;

      if (execute (self, statement, params, n_params, &local_error))
        return statement;

      number = mysql_stmt_errno (statement->stmt);
      drop_statement (self, statement);

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
  Statement *statement = run (self, sql, params, n_params, error);

  if (statement == NULL)
    return FALSE;

  if (n_affected != NULL)
    *n_affected = mysql_stmt_affected_rows (statement->stmt);

  if (!statement->is_cached)
    statement_free (statement);

  return TRUE;
}

/**
 * kam_db_query:
 *
 * Runs a statement and takes its whole answer to this side, so bound large ones by LIMIT.
 *
 * Returns: (transfer full): the rows, before the first one
 */
KamDbRows *
kam_db_query (KamDb          *self,
              const char     *sql,
              const KamParam *params,
              guint           n_params,
              GError        **error)
{
  Statement *statement = run (self, sql, params, n_params, error);
  KamDbRows *rows;

  if (statement == NULL)
    return NULL;

  if (statement->n_columns == 0 || mysql_stmt_bind_result (statement->stmt, statement->results) != 0 ||
      mysql_stmt_store_result (statement->stmt) != 0)
    {
      set_statement_error (self, statement, error);
      drop_statement (self, statement);
      return NULL;
    }

  statement->in_use = TRUE;
  rows = g_new0 (KamDbRows, 1);
  rows->db = self;
  rows->statement = statement;

  return rows;
}

/* Columns that did not fit are read again with room enough, which stays for the rows to come. */
static gboolean
fetch_cut (KamDbRows  *self,
           GError    **error)
{
  Statement *statement = self->statement;

  for (guint i = 0; i < statement->n_columns; i++)
    {
      Column *column = &statement->columns[i];

      if (column->is_number || column->is_null || column->length <= column->size)
        continue;

      column->size = MAX (column->length, column->size * 2);
      g_free (column->buffer);
      column->buffer = g_malloc0 (column->size + 1);
      bind_column (statement, i);

      if (mysql_stmt_fetch_column (statement->stmt, &statement->results[i], i, 0) != 0)
        {
          set_statement_error (self->db, statement, error);
          return FALSE;
        }
    }

  if (mysql_stmt_bind_result (statement->stmt, statement->results) != 0)
    {
      set_statement_error (self->db, statement, error);
      return FALSE;
    }

  return TRUE;
}

gboolean
kam_db_rows_next (KamDbRows *self,
                  GError   **error)
{
  Statement *statement = self->statement;

  switch (mysql_stmt_fetch (statement->stmt))
    {
    case MYSQL_NO_DATA:
      self->ended = TRUE;
      return FALSE;
    case MYSQL_DATA_TRUNCATED:
      if (!fetch_cut (self, error))
        return FALSE;
      break;
    case 0:
      break;
    default:
      set_statement_error (self->db, statement, error);
      return FALSE;
    }

  for (guint i = 0; i < statement->n_columns; i++)
    {
      Column *column = &statement->columns[i];

      if (!column->is_number && !column->is_null)
        column->buffer[column->length] = '\0';
    }

  return TRUE;
}

gboolean
kam_db_rows_ended (KamDbRows *self)
{
  return self->ended;
}

gboolean
kam_db_query_row (KamDb          *self,
                  const char     *sql,
                  const KamParam *params,
                  guint           n_params,
                  KamDbRows     **row,
                  GError        **error)
{
  g_autoptr (KamDbRows) rows = kam_db_query (self, sql, params, n_params, error);

  *row = NULL;

  if (rows == NULL)
    return FALSE;

  if (!kam_db_rows_next (rows, error))
    return rows->ended;

  *row = g_steal_pointer (&rows);

  return TRUE;
}

static char *
make_insert (const char *insert,
             guint       n_columns,
             guint       n_rows)
{
  GString *sql = g_string_new (insert);

  g_string_append (sql, " VALUES ");

  for (guint row = 0; row < n_rows; row++)
    {
      g_string_append (sql, row == 0 ? "(" : ", (");

      for (guint column = 0; column < n_columns; column++)
        g_string_append (sql, column == 0 ? "?" : ", ?");

      g_string_append_c (sql, ')');
    }

  return g_string_free (sql, FALSE);
}

gboolean
kam_db_insert_many (KamDb      *self,
                    const char *insert,
                    guint       n_columns,
                    GArray     *params,
                    GError    **error)
{
  guint n_rows = params->len / n_columns;
  guint row = 0;

  for (guint i = 0; i < G_N_ELEMENTS (batch_sizes); i++)
    {
      g_autofree char *sql = NULL;

      for (; n_rows - row >= batch_sizes[i]; row += batch_sizes[i])
        {
          if (sql == NULL)
            sql = make_insert (insert, n_columns, batch_sizes[i]);

          if (!kam_db_exec (self, sql, &g_array_index (params, KamParam, row * n_columns), batch_sizes[i] * n_columns, NULL, error))
            return FALSE;
        }
    }

  return TRUE;
}

gboolean
kam_db_rows_is_null (KamDbRows *self,
                     guint      column)
{
  g_return_val_if_fail (column < self->statement->n_columns, TRUE);

  return self->statement->columns[column].is_null;
}

/**
 * kam_db_rows_int:
 *
 * Returns: the number in a column; 0 where it is null
 */
gint64
kam_db_rows_int (KamDbRows *self,
                 guint      column)
{
  g_return_val_if_fail (column < self->statement->n_columns && self->statement->columns[column].is_number, 0);

  return self->statement->columns[column].is_null ? 0 : self->statement->columns[column].number;
}

const char *
kam_db_rows_text (KamDbRows *self,
                  guint      column)
{
  g_return_val_if_fail (column < self->statement->n_columns && !self->statement->columns[column].is_number, NULL);

  return self->statement->columns[column].is_null ? NULL : self->statement->columns[column].buffer;
}

/**
 * kam_db_rows_bytes:
 * @length: (out): how many
 *
 * Returns: (nullable): the bytes in a column, until the next row
 */
gconstpointer
kam_db_rows_bytes (KamDbRows *self,
                   guint      column,
                   gsize     *length)
{
  const char *bytes = kam_db_rows_text (self, column);

  *length = bytes != NULL ? self->statement->columns[column].length : 0;

  return bytes;
}

/**
 * kam_db_rows_id:
 *
 * Returns: (nullable): the id in a column as text, until the next row
 */
const char *
kam_db_rows_id (KamDbRows *self,
                guint      column)
{
  gsize length;
  const guint8 *bytes = kam_db_rows_bytes (self, column, &length);

  if (bytes == NULL)
    return NULL;

  g_return_val_if_fail (length == KAM_ID_BYTES, NULL);
  kam_id_from_bytes (bytes, self->statement->columns[column].id);

  return self->statement->columns[column].id;
}

void
kam_db_rows_free (KamDbRows *self)
{
  Statement *statement = self->statement;

  if (statement->is_cached)
    {
      mysql_stmt_free_result (statement->stmt);
      statement->in_use = FALSE;
    }
  else
    {
      statement_free (statement);
    }

  g_free (self);
}
