/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-sample-loader.h"

#include "kam-org-repository.h"
#include "kam-people-repository.h"
#include "kam-row-repository.h"

/* Large enough that the commits don't count, small enough to be written while the next ones are made. */
#define ROWS_PER_COMMIT 5000

typedef struct
{
  KamDb                 *db;
  GPtrArray             *rows[KAM_N_ENTITIES]; /* (owned) (element-type KamRow): not written yet */
  guint                  n_rows;
  guint                  leads_total;
  gint64                 now_us;
  const char            *password_hash;
  KamSampleProgressFunc  progress;
  gpointer               user_data;
} Load;

/* Everybody whose rows are in this commit; emails and grants with them. */
static gboolean
set_passwords (Load       *load,
               GPtrArray  *users,
               GError    **error)
{
  g_autoptr (GArray) params = g_array_new (FALSE, FALSE, sizeof (KamParam));

  for (guint i = 0; i < users->len; i++)
    {
      KamParam row[] = { KAM_PARAM_ID (kam_row_id (g_ptr_array_index (users, i))), KAM_PARAM_TEXT (load->password_hash) };

      g_array_append_vals (params, row, 2);
    }

  return kam_db_insert_many (load->db, "INSERT INTO `credential` (`user_id`, `password_hash`)", 2, params, error);
}

static void
stamp (GPtrArray  *rows,
       GHashTable *scopes,
       gint64      seq)
{
  for (guint i = 0; i < rows->len; i++)
    {
      KamRow *row = g_ptr_array_index (rows, i);

      kam_row_set_rev (row, seq);
      g_hash_table_add (scopes, g_strdup (kam_row_scope (row)));
    }
}

static gboolean
touch (Load        *load,
       gint64       seq,
       GHashTable  *scopes,
       GError     **error)
{
  g_autofree gpointer *keys = g_hash_table_get_keys_as_array (scopes, NULL);
  g_autoptr (GPtrArray) list = g_ptr_array_new ();

  for (guint i = 0; keys[i] != NULL; i++)
    g_ptr_array_add (list, keys[i]);

  return kam_org_touch (load->db, seq, list, error);
}

static gboolean
write_rows (KamDb         *db,
            gpointer       data,
            GCancellable  *cancellable,
            GError       **error)
{
  Load *load = data;
  GPtrArray *users = load->rows[KAM_ENTITY_USER];
  g_autoptr (GHashTable) scopes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gint64 seq = kam_org_next_head (db, load->now_us, error);

  if (seq == 0)
    return FALSE;

  for (int kind = 0; kind < KAM_N_ENTITIES; kind++)
    {
      stamp (load->rows[kind], scopes, seq);

      if (!kam_rows_insert_many (db, load->rows[kind], error))
        return FALSE;
    }

  if (users->len > 0 && (!set_passwords (load, users, error) || !kam_people_refresh_grants (db, seq, load->now_us, error)))
    return FALSE;

  return touch (load, seq, scopes, error);
}

static gboolean
flush (Load    *load,
       GError **error)
{
  if (load->n_rows > 0 && !kam_db_transact (load->db, KAM_DB_READ_WRITE, write_rows, load, NULL, error))
    return FALSE;

  for (int kind = 0; kind < KAM_N_ENTITIES; kind++)
    g_ptr_array_set_size (load->rows[kind], 0);

  load->n_rows = 0;

  return TRUE;
}

/* A lead goes in with all that belongs to it, so a commit ends where the next lead begins. */
static gboolean
take_row (KamRow    *row,
          guint      leads_done,
          gpointer   data,
          GError   **error)
{
  Load *load = data;
  KamEntityKind kind = kam_row_kind (row);

  if (load->n_rows >= ROWS_PER_COMMIT && kind == KAM_ENTITY_LEAD)
    {
      if (!flush (load, error))
        return FALSE;

      if (load->progress != NULL)
        load->progress (leads_done, load->leads_total, load->user_data);
    }

  g_ptr_array_add (load->rows[kind], kam_row_ref (row));
  load->n_rows++;

  return TRUE;
}

static gboolean
begin (KamDb         *db,
       gpointer       data,
       GCancellable  *cancellable,
       GError       **error)
{
  g_autoptr (KamDbRows) row = NULL;

  if (!kam_db_query_row (db, "SELECT 1 FROM `user` LIMIT 1", NULL, 0, &row, error))
    return FALSE;

  if (row == NULL)
    return kam_org_mark_sample (db, error);

  g_set_error (error, KAM_DB_ERROR, KAM_DB_ERROR_CONSTRAINT, "The database has people already. Sample data only goes into an empty one");

  return FALSE;
}

gboolean
kam_sample_load (KamDb                   *db,
                 const KamSampleOptions  *options,
                 const char              *password_hash,
                 KamSampleProgressFunc    progress,
                 gpointer                 user_data,
                 GError                 **error)
{
  Load load = { .db = db,
                .leads_total = options->leads,
                .now_us = options->now_us,
                .password_hash = password_hash,
                .progress = progress,
                .user_data = user_data };
  gboolean done;

  for (int kind = 0; kind < KAM_N_ENTITIES; kind++)
    load.rows[kind] = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_row_unref);

  done = kam_db_transact (db, KAM_DB_READ_WRITE, begin, NULL, NULL, error) && kam_sample_generate (options, take_row, &load, error) &&
         flush (&load, error);

  if (done && progress != NULL)
    progress (options->leads, options->leads, user_data);

  for (int kind = 0; kind < KAM_N_ENTITIES; kind++)
    g_ptr_array_unref (load.rows[kind]);

  return done;
}
