/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-org-repository.h"
#include "kam-people-repository.h"

/* Somebody, as far as grants depend on it. */
typedef struct
{
  char    *id;         /* (owned) */
  char    *manager_id; /* (owned) (nullable) */
  char    *leads;      /* (owned) the scope of their leads */
  gboolean active;
  gboolean is_manager;
  gboolean is_admin;
} Member;

static void
member_free (Member *self)
{
  g_free (self->id);
  g_free (self->manager_id);
  g_free (self->leads);
  g_free (self);
}

/* Locked, so that two changes of people at a time come one after the other, each seeing all of the other. */
static GHashTable *
read_members (KamDb   *db,
              GError **error)
{
  g_autoptr (GHashTable) members = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) member_free);
  g_autoptr (KamDbRows) rows =
      kam_db_query (db, "SELECT `id`, `manager_id`, `role`, `active` FROM `user` ORDER BY `id` FOR UPDATE", NULL, 0, error);

  if (rows == NULL)
    return NULL;

  while (kam_db_rows_next (rows, error))
    {
      Member *member = g_new0 (Member, 1);

      member->id = g_strdup (kam_db_rows_id (rows, 0));
      member->manager_id = g_strdup (kam_db_rows_id (rows, 1));
      member->leads = kam_scope_of_leads (member->id);
      member->is_manager = g_strcmp0 (kam_db_rows_text (rows, 2), "manager") == 0;
      member->is_admin = g_strcmp0 (kam_db_rows_text (rows, 2), "admin") == 0;
      member->active = kam_db_rows_int (rows, 3) != 0;
      g_hash_table_insert (members, member->id, member);
    }

  return kam_db_rows_ended (rows) ? g_steal_pointer (&members) : NULL;
}

/* A grant is the key "user scope". */
static void
add_grant (GHashTable *grants,
           const char *user_id,
           const char *scope)
{
  g_hash_table_add (grants, g_strconcat (user_id, " ", scope, NULL));
}

static void
add_own (GHashTable   *grants,
         const Member *member)
{
  g_autofree char *directory = kam_scope_directory ();
  g_autofree char *personal = kam_scope_personal (member->id);

  add_grant (grants, member->id, directory);
  add_grant (grants, member->id, personal);
  add_grant (grants, member->id, member->leads);
}

/* Whoever stands above a member, directly or further up, reads the member's leads. */
static void
add_above (GHashTable   *grants,
           GHashTable   *members,
           const Member *member)
{
  const Member *above = member->manager_id != NULL ? g_hash_table_lookup (members, member->manager_id) : NULL;

  for (guint steps = 0; above != NULL && steps < g_hash_table_size (members); steps++)
    {
      if (above->active && above->is_manager)
        add_grant (grants, above->id, member->leads);

      above = above->manager_id != NULL ? g_hash_table_lookup (members, above->manager_id) : NULL;
    }
}

static GHashTable *
wanted_grants (GHashTable *members)
{
  GHashTable *grants = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GList) all = g_hash_table_get_values (members);

  for (GList *l = all; l != NULL; l = l->next)
    {
      const Member *member = l->data;

      if (member->active)
        add_own (grants, member);

      add_above (grants, members, member);

      for (GList *m = all; member->active && member->is_admin && m != NULL; m = m->next)
        add_grant (grants, member->id, ((const Member *) m->data)->leads);
    }

  return grants;
}

static GHashTable *
current_grants (KamDb   *db,
                GError **error)
{
  g_autoptr (GHashTable) grants = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (KamDbRows) rows = kam_db_query (db, "SELECT `user_id`, `scope_id` FROM `grants` WHERE `until_seq` IS NULL", NULL, 0, error);

  if (rows == NULL)
    return NULL;

  while (kam_db_rows_next (rows, error))
    add_grant (grants, kam_db_rows_id (rows, 0), kam_db_rows_id (rows, 1));

  return kam_db_rows_ended (rows) ? g_steal_pointer (&grants) : NULL;
}

static gboolean
end_lost (KamDb       *db,
          gint64       seq,
          GHashTable  *wanted,
          GHashTable  *current,
          GPtrArray   *touched,
          GError     **error)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, current);

  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      g_auto (GStrv) ids = g_hash_table_contains (wanted, key) ? NULL : g_strsplit (key, " ", 2);
      KamParam params[] = { KAM_PARAM_INT (seq), KAM_PARAM_ID (ids != NULL ? ids[0] : NULL), KAM_PARAM_ID (ids != NULL ? ids[1] : NULL) };

      if (ids == NULL)
        continue;

      g_ptr_array_add (touched, kam_scope_personal (ids[0]));

      if (!kam_db_exec (db, "UPDATE `grants` SET `until_seq` = ? WHERE `user_id` = ? AND `scope_id` = ? AND `until_seq` IS NULL", params, 3, NULL,
                        error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
add_gained (KamDb       *db,
            gint64       seq,
            GHashTable  *wanted,
            GHashTable  *current,
            GPtrArray   *touched,
            GError     **error)
{
  g_autoptr (GArray) params = g_array_new (FALSE, FALSE, sizeof (KamParam));
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, wanted);

  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      char **pair = g_hash_table_contains (current, key) ? NULL : g_strsplit (key, " ", 2);

      if (pair != NULL)
        {
          KamParam row[] = { KAM_PARAM_ID (pair[0]), KAM_PARAM_ID (pair[1]), KAM_PARAM_INT (seq) };

          g_ptr_array_add (ids, pair);
          g_ptr_array_add (touched, kam_scope_personal (pair[0]));
          g_array_append_vals (params, row, 3);
        }
    }

  return kam_db_insert_many (db, "INSERT INTO `grants` (`user_id`, `scope_id`, `since_seq`)", 3, params, error);
}

/**
 * kam_people_refresh_grants:
 * @seq: the commit that changed people
 *
 * Computes who may read what from the people as they now are, opens what was gained and ends what was lost with this commit, and touches the
 * directory, in
 * which the people are, and the personal scope of everybody whose grants changed.
 */
gboolean
kam_people_refresh_grants (KamDb   *db,
                           gint64   seq,
                           GError **error)
{
  g_autoptr (GHashTable) members = read_members (db, error);
  g_autoptr (GHashTable) current = members != NULL ? current_grants (db, error) : NULL;
  g_autoptr (GHashTable) wanted = NULL;
  g_autoptr (GPtrArray) touched = g_ptr_array_new_with_free_func (g_free);

  if (current == NULL)
    return FALSE;

  wanted = wanted_grants (members);
  g_ptr_array_add (touched, kam_scope_directory ());

  return end_lost (db, seq, wanted, current, touched, error) && add_gained (db, seq, wanted, current, touched, error) &&
         kam_org_touch (db, seq, touched, error);
}
