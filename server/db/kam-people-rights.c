/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-people-rights.h"

#include "kam-people-repository.h"
#include "kam-time.h"

/* Somebody, as far as grants depend on it. */
typedef struct
{
  char    *id;         /* (owned) */
  char    *manager_id; /* (owned) (nullable) */
  char    *leads;      /* (owned) the scope of their leads */
  char    *time_zone;  /* (owned) */
  gboolean active;
  gboolean is_manager;
  gboolean is_admin;
} Member;

void
kam_rights_clear (KamRights *self)
{
  g_clear_pointer (&self->grants, g_hash_table_unref);
  g_clear_pointer (&self->ends, g_hash_table_unref);
}

static void
rights_init (KamRights *self)
{
  self->grants = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->ends = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static void
member_free (Member *self)
{
  g_free (self->id);
  g_free (self->manager_id);
  g_free (self->leads);
  g_free (self->time_zone);
  g_free (self);
}

static GHashTable *
read_members (KamDb   *db,
              GError **error)
{
  g_autoptr (GHashTable) members = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) member_free);
  g_autoptr (KamDbRows) rows = kam_db_query (db, "SELECT `id`, `manager_id`, `role`, `active`, `time_zone` FROM `user`", NULL, 0, error);

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
      member->time_zone = g_strdup (kam_db_rows_text (rows, 4));
      g_hash_table_insert (members, member->id, member);
    }

  return kam_db_rows_ended (rows) ? g_steal_pointer (&members) : NULL;
}

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

/* From the first minute of the first day to the last of the last, as the clock of the person on leave has it. */
static gboolean
is_under_way (const Member *absent,
              const char   *from_on,
              const char   *to_on,
              gint64        now_us,
              gint64       *ends_at)
{
  g_autofree char *today = NULL;
  g_autofree char *after = NULL;

  if (absent->time_zone == NULL || !kam_date_is_valid (from_on) || !kam_date_is_valid (to_on) ||
      !kam_instant_to_local (now_us, absent->time_zone, &today, NULL, NULL) || strcmp (today, from_on) < 0 || strcmp (today, to_on) > 0)
    return FALSE;

  after = kam_date_add_days (to_on, 1);

  return after != NULL && kam_local_to_instant (after, "00:00", absent->time_zone, ends_at, NULL);
}

static void
add_cover (KamRights       *rights,
           const Member *absent,
           const Member *cover,
           gint64        ends_at)
{
  g_autofree char *key = g_strconcat (cover->id, " ", absent->leads, NULL);
  const gint64 *until = g_hash_table_lookup (rights->ends, key);
  gint64 *end;

  /* Whoever reads these leads anyway needs no cover; of two leaves the one that ends later counts. */
  if (g_hash_table_contains (rights->grants, key) && (until == NULL || *until >= ends_at))
    return;

  end = g_new (gint64, 1);
  *end = ends_at;
  g_hash_table_add (rights->grants, g_strdup (key));
  g_hash_table_replace (rights->ends, g_steal_pointer (&key), end);
}

static gboolean
add_covers (KamDb       *db,
            GHashTable  *members,
            gint64       now_us,
            KamRights      *rights,
            GError     **error)
{
  g_autoptr (KamDbRows) rows =
      kam_db_query (db, "SELECT `user_id`, `cover_id`, `from_on`, `to_on` FROM `leave` WHERE `cover_id` IS NOT NULL", NULL, 0, error);

  if (rows == NULL)
    return FALSE;

  while (kam_db_rows_next (rows, error))
    {
      const Member *absent = g_hash_table_lookup (members, kam_db_rows_id (rows, 0));
      const Member *cover = g_hash_table_lookup (members, kam_db_rows_id (rows, 1));
      gint64 ends_at = 0;

      if (absent != NULL && cover != NULL && cover->active &&
          is_under_way (absent, kam_db_rows_text (rows, 2), kam_db_rows_text (rows, 3), now_us, &ends_at))
        add_cover (rights, absent, cover, ends_at);
    }

  return kam_db_rows_ended (rows);
}

/* What follows from the people and their leaves as they are now. */
gboolean
kam_rights_read_wanted (KamDb   *db,
             gint64   now_us,
             KamRights  *rights,
             GError **error)
{
  g_autoptr (GHashTable) members = read_members (db, error);
  g_autoptr (GList) all = members != NULL ? g_hash_table_get_values (members) : NULL;

  if (members == NULL)
    return FALSE;

  rights_init (rights);

  for (GList *l = all; l != NULL; l = l->next)
    {
      const Member *member = l->data;

      if (member->active)
        add_own (rights->grants, member);

      add_above (rights->grants, members, member);

      for (GList *m = all; member->active && member->is_admin && m != NULL; m = m->next)
        add_grant (rights->grants, member->id, ((const Member *) m->data)->leads);
    }

  return add_covers (db, members, now_us, rights, error);
}

/* What is granted by now. */
gboolean
kam_rights_read_current (KamDb   *db,
              KamRights  *rights,
              GError **error)
{
  g_autoptr (KamDbRows) rows =
      kam_db_query (db,
                    "SELECT g.`user_id`, g.`scope_id`, e.`ends_at` FROM `grants` g LEFT JOIN `grant_end` e ON e.`user_id` = g.`user_id` "
                    "AND e.`scope_id` = g.`scope_id` WHERE g.`until_seq` IS NULL",
                    NULL, 0, error);

  if (rows == NULL)
    return FALSE;

  rights_init (rights);

  while (kam_db_rows_next (rows, error))
    {
      g_autofree char *key = g_strconcat (kam_db_rows_id (rows, 0), " ", kam_db_rows_id (rows, 1), NULL);
      gint64 *end;

      g_hash_table_add (rights->grants, g_strdup (key));

      if (kam_db_rows_is_null (rows, 2))
        continue;

      end = g_new (gint64, 1);
      *end = kam_db_rows_int (rows, 2);
      g_hash_table_replace (rights->ends, g_steal_pointer (&key), end);
    }

  return kam_db_rows_ended (rows);
}

static GHashTable *
with_ends (const KamRights *rights)
{
  GHashTable *all = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, rights->grants);

  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      const gint64 *end = g_hash_table_lookup (rights->ends, key);
      gint64 *copy = g_new (gint64, 1);

      *copy = end != NULL ? *end : 0;
      g_hash_table_insert (all, g_strdup (key), copy);
    }

  return all;
}

/**
 * kam_people_wanted_grants:
 * @now_us: for what depends on the day
 *
 * Who is to read what, as people and their leaves are. Locks nothing.
 *
 * Returns: (transfer full) (element-type utf8 gint64): “user scope” → µs UTC at which it is over; 0 where it is for good
 */
GHashTable *
kam_people_wanted_grants (KamDb   *db,
                          gint64   now_us,
                          GError **error)
{
  g_auto (KamRights) rights = { 0 };

  return kam_rights_read_wanted (db, now_us, &rights, error) ? with_ends (&rights) : NULL;
}

/**
 * kam_people_current_grants:
 *
 * Who reads what, likewise.
 *
 * Returns: (transfer full) (element-type utf8 gint64)
 */
GHashTable *
kam_people_current_grants (KamDb   *db,
                           GError **error)
{
  g_auto (KamRights) rights = { 0 };

  return kam_rights_read_current (db, &rights, error) ? with_ends (&rights) : NULL;
}
