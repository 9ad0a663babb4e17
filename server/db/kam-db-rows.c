/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-db-statement.h"

struct _KamDbRows
{
  KamDb          *db;
  KamDbStatement *statement; /* (owned) unless cached */
  gboolean        ended;
};

static KamDbRows *
query (KamDb          *self,
       const char     *sql,
       const KamParam *params,
       guint           n_params,
       gboolean        whole,
       GError        **error)
{
  KamDbStatement *statement = kam_db_statement_run (self, sql, params, n_params, error);
  KamDbRows *rows;

  if (statement == NULL)
    return NULL;

  if (statement->n_columns == 0 || mysql_stmt_bind_result (statement->stmt, statement->results) != 0 ||
      (whole && mysql_stmt_store_result (statement->stmt) != 0))
    {
      kam_db_statement_set_error (self, statement, error);
      kam_db_statement_drop (self, statement);
      return NULL;
    }

  statement->in_use = TRUE;
  rows = g_new0 (KamDbRows, 1);
  rows->db = self;
  rows->statement = statement;

  return rows;
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
  return query (self, sql, params, n_params, TRUE, error);
}

/**
 * kam_db_query_streamed:
 *
 * Like kam_db_query(), for an answer of any length: rows are fetched as they are read, and until the last one is, or the rows are freed, the
 * connection can do nothing else.
 *
 * Returns: (transfer full): the rows, before the first one
 */
KamDbRows *
kam_db_query_streamed (KamDb          *self,
                       const char     *sql,
                       const KamParam *params,
                       guint           n_params,
                       GError        **error)
{
  return query (self, sql, params, n_params, FALSE, error);
}

/* Columns that did not fit are read again with room enough, which stays for the rows to come. */
static gboolean
fetch_cut (KamDbRows  *self,
           GError    **error)
{
  KamDbStatement *statement = self->statement;

  for (guint i = 0; i < statement->n_columns; i++)
    {
      KamDbColumn *column = &statement->columns[i];

      if (column->is_number || column->is_null || column->length <= column->size)
        continue;

      column->size = MAX (column->length, column->size * 2);
      g_free (column->buffer);
      column->buffer = g_malloc0 (column->size + 1);
      kam_db_statement_bind_column (statement, i);

      if (mysql_stmt_fetch_column (statement->stmt, &statement->results[i], i, 0) != 0)
        {
          kam_db_statement_set_error (self->db, statement, error);
          return FALSE;
        }
    }

  if (mysql_stmt_bind_result (statement->stmt, statement->results) != 0)
    {
      kam_db_statement_set_error (self->db, statement, error);
      return FALSE;
    }

  return TRUE;
}

gboolean
kam_db_rows_next (KamDbRows *self,
                  GError   **error)
{
  KamDbStatement *statement = self->statement;

  switch (mysql_stmt_fetch (statement->stmt))
    {
    case MYSQL_NO_DATA:
      self->ended = TRUE; /* which is not an error */
      return FALSE;
    case MYSQL_DATA_TRUNCATED:
      if (!fetch_cut (self, error))
        return FALSE;
      break;
    case 0:
      break;
    default:
      kam_db_statement_set_error (self->db, statement, error);
      return FALSE;
    }

  for (guint i = 0; i < statement->n_columns; i++)
    {
      KamDbColumn *column = &statement->columns[i];

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

/**
 * kam_db_rows_width:
 *
 * Returns: how many columns there are
 */
guint
kam_db_rows_width (KamDbRows *self)
{
  return self->statement->n_columns;
}

/**
 * kam_db_rows_is_number:
 *
 * Returns: whether a column is read with kam_db_rows_int() rather than as text or bytes
 */
gboolean
kam_db_rows_is_number (KamDbRows *self,
                       guint      column)
{
  g_return_val_if_fail (column < self->statement->n_columns, FALSE);

  return self->statement->columns[column].is_number;
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
  KamDbStatement *statement = self->statement;

  if (statement->is_cached)
    {
      mysql_stmt_free_result (statement->stmt);
      statement->in_use = FALSE;
    }
  else
    {
      kam_db_statement_free (statement);
    }

  g_free (self);
}
