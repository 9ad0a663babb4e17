/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-people-repository.h"

#include "kam-history-repository.h"
#include "kam-org-repository.h"
#include "kam-row-repository.h"
#include "kam-row-sql.h"
#include "kam-session-repository.h"

#define SELECT_PERSON                                                                                                                         \
  "SELECT u.`id`, u.`name`, u.`email`, u.`role`, c.`password_hash`, u.`active` FROM `user` u LEFT JOIN `credential` c ON c.`user_id` = u.`id` " \
  "WHERE "

void
kam_person_free (KamPerson *self)
{
  g_free (self->name);
  g_free (self->email);
  g_free (self->role);
  g_free (self->password_hash);
  g_free (self);
}

static KamPerson *
find (KamDb       *db,
      const char  *sql,
      KamParam     param,
      GError     **error)
{
  g_autoptr (KamDbRows) row = NULL;
  KamPerson *person;

  if (!kam_db_query_row (db, sql, &param, 1, &row, error) || row == NULL)
    return NULL;

  person = g_new0 (KamPerson, 1);
  g_strlcpy (person->id, kam_db_rows_id (row, 0), sizeof person->id);
  person->name = g_strdup (kam_db_rows_text (row, 1));
  person->email = g_strdup (kam_db_rows_text (row, 2));
  person->role = g_strdup (kam_db_rows_text (row, 3));
  person->password_hash = g_strdup (kam_db_rows_text (row, 4));
  person->active = kam_db_rows_int (row, 5) != 0;

  return person;
}

KamPerson *
kam_people_find_by_email (KamDb       *db,
                          const char  *email,
                          GError     **error)
{
  return find (db, SELECT_PERSON "u.`email_key` = LOWER(?)", KAM_PARAM_TEXT (email), error);
}

KamPerson *
kam_people_find (KamDb       *db,
                 const char  *id,
                 GError     **error)
{
  return find (db, SELECT_PERSON "u.`id` = ?", KAM_PARAM_ID (id), error);
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  KamRow *row_a = *(KamRow *const *) a;
  KamRow *row_b = *(KamRow *const *) b;
  int order = g_utf8_collate (kam_row_text (row_a, KAM_USER_NAME), kam_row_text (row_b, KAM_USER_NAME));

  return order != 0 ? order : g_strcmp0 (kam_row_id (row_a), kam_row_id (row_b));
}

GPtrArray *
kam_people_list (KamDb   *db,
                 GError **error)
{
  g_autoptr (GPtrArray) people = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_row_unref);
  g_autofree char *directory = kam_scope_directory ();
  KamParam params[] = { KAM_PARAM_ID (directory), KAM_PARAM_INT (0), KAM_PARAM_INT (G_MAXINT64), KAM_PARAM_INT (G_MAXINT32) };
  g_autoptr (KamDbRows) rows = kam_db_query (db, kam_row_sql_get (KAM_ENTITY_USER)->feed_later, params, 4, error);

  if (rows == NULL)
    return NULL;

  while (kam_db_rows_next (rows, error))
    g_ptr_array_add (people, kam_row_sql_read (KAM_ENTITY_USER, rows));

  g_ptr_array_sort (people, compare_names);

  return kam_db_rows_ended (rows) ? g_steal_pointer (&people) : NULL;
}

gboolean
kam_people_lock (KamDb   *db,
                 GError **error)
{
  g_autoptr (KamDbRows) rows = kam_db_query (db, "SELECT `id` FROM `user` ORDER BY `id` FOR UPDATE", NULL, 0, error);

  return rows != NULL;
}

gboolean
kam_people_would_cycle (KamDb       *db,
                        const char  *id,
                        const char  *manager_id,
                        gboolean    *cycle,
                        GError     **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *above = g_strdup (manager_id);

  *cycle = FALSE;

  while (above != NULL && g_hash_table_add (seen, g_strdup (above)))
    {
      g_autoptr (KamDbRows) row = NULL;
      KamParam param = KAM_PARAM_ID (above);

      if (g_str_equal (above, id))
        {
          *cycle = TRUE;
          return TRUE;
        }

      if (!kam_db_query_row (db, "SELECT `manager_id` FROM `user` WHERE `id` = ?", &param, 1, &row, error))
        return FALSE;

      g_free (above);
      above = row != NULL ? g_strdup (kam_db_rows_id (row, 0)) : NULL;
    }

  return TRUE;
}

static gboolean
write_user (KamDb         *db,
            const KamRow  *before,
            KamRow        *user,
            gint64         now_us,
            GError       **error)
{
  KamHistoryStamp stamp = { .at = now_us };

  stamp.seq = kam_org_next_head (db, now_us, error);

  if (stamp.seq == 0)
    return FALSE;

  kam_row_set_rev (user, stamp.seq);

  return (before == NULL ? kam_rows_insert (db, user, error) : kam_rows_update (db, user, error)) &&
         kam_history_write (db, &stamp, before, user, error) && kam_people_refresh_grants (db, stamp.seq, now_us, error);
}

/**
 * kam_people_put:
 * @user: its scope and rev are set
 *
 * Makes or changes a person outside a push, as a commit of its own within the caller's transaction.
 *
 * Returns: FALSE with KAM_DB_ERROR_DUPLICATE where another person has the email, KAM_DB_ERROR_CONSTRAINT where the person would report to themselves
 */
gboolean
kam_people_put (KamDb   *db,
                KamRow  *user,
                gint64   now_us,
                GError **error)
{
  g_autofree char *directory = kam_scope_directory ();
  g_autoptr (KamRow) before = NULL;
  g_autoptr (GError) local_error = NULL;
  gboolean cycle = FALSE;

  if (!kam_people_lock (db, error) ||
      !kam_people_would_cycle (db, kam_row_id (user), kam_row_text (user, KAM_USER_MANAGER), &cycle, error))
    return FALSE;

  if (cycle)
    {
      g_set_error (error, KAM_DB_ERROR, KAM_DB_ERROR_CONSTRAINT, "A person cannot report to themselves, nor to somebody who reports to them");
      return FALSE;
    }

  before = kam_rows_find (db, KAM_ENTITY_USER, kam_row_id (user), &local_error);

  if (local_error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  kam_row_set_scope (user, directory);

  return write_user (db, before, user, now_us, error);
}

gboolean
kam_people_set_password (KamDb       *db,
                         const char  *id,
                         const char  *password_hash,
                         GError     **error)
{
  KamParam params[] = { KAM_PARAM_ID (id), KAM_PARAM_TEXT (password_hash) };

  return kam_db_exec (db, "REPLACE INTO `credential` (`user_id`, `password_hash`) VALUES (?, ?)", params, 2, NULL, error) &&
         kam_session_end_all (db, id, error);
}

gint64
kam_people_count_leads (KamDb       *db,
                        const char  *id,
                        GError     **error)
{
  KamParam param = KAM_PARAM_ID (id);
  g_autoptr (KamDbRows) row = NULL;

  if (!kam_db_query_row (db, "SELECT COUNT(*) FROM `lead` WHERE `kam_id` = ? AND `delete_id` IS NULL", &param, 1, &row, error))
    return -1;

  return kam_db_rows_int (row, 0);
}

static GPtrArray *
list_scopes (KamDb           *db,
             const char      *sql,
             const KamParam  *params,
             guint            n_params,
             GError         **error)
{
  g_autoptr (GPtrArray) scopes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (KamDbRows) rows = kam_db_query (db, sql, params, n_params, error);

  if (rows == NULL)
    return NULL;

  while (kam_db_rows_next (rows, error))
    g_ptr_array_add (scopes, g_strdup (kam_db_rows_id (rows, 0)));

  return kam_db_rows_ended (rows) ? g_steal_pointer (&scopes) : NULL;
}

GPtrArray *
kam_people_scopes (KamDb       *db,
                   const char  *user_id,
                   gint64       now_us,
                   GError     **error)
{
  KamParam params[] = { KAM_PARAM_ID (user_id), KAM_PARAM_ID (user_id), KAM_PARAM_INT (now_us) };

  return list_scopes (db,
                      "SELECT `scope_id` FROM `grants` WHERE `user_id` = ? AND `until_seq` IS NULL AND `scope_id` NOT IN "
                      "(SELECT `scope_id` FROM `grant_end` WHERE `user_id` = ? AND `ends_at` <= ?) ORDER BY `scope_id`",
                      params, 3, error);
}

GPtrArray *
kam_people_covered_scopes (KamDb       *db,
                           const char  *user_id,
                           GError     **error)
{
  KamParam param = KAM_PARAM_ID (user_id);

  return list_scopes (db, "SELECT `scope_id` FROM `grant_end` WHERE `user_id` = ?", &param, 1, error);
}

gboolean
kam_people_may_read (KamDb       *db,
                     const char  *user_id,
                     const char  *scope,
                     gint64       now_us,
                     gboolean    *may,
                     GError     **error)
{
  g_autoptr (KamDbRows) row = NULL;
  KamParam params[] = { KAM_PARAM_ID (user_id), KAM_PARAM_ID (scope), KAM_PARAM_ID (user_id), KAM_PARAM_ID (scope), KAM_PARAM_INT (now_us) };

  if (!kam_db_query_row (db,
                         "SELECT 1 FROM `grants` WHERE `user_id` = ? AND `scope_id` = ? AND `until_seq` IS NULL AND NOT EXISTS "
                         "(SELECT 1 FROM `grant_end` WHERE `user_id` = ? AND `scope_id` = ? AND `ends_at` <= ?)",
                         params, 5, &row, error))
    return FALSE;

  *may = row != NULL;

  return TRUE;
}
