/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-db.h"

/* How many rows go into one statement; few sizes, so that few texts are prepared. */
static const guint batch_sizes[] = { 100, 10, 1 };

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
