/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-conflict-copies.h"
#include "kam-org-repository.h"
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

/* Who may read what. A grant is the key "user scope". */
typedef struct
{
  GHashTable *grants; /* (owned) (element-type utf8) */
  GHashTable *ends;   /* (owned) (element-type utf8 gint64): those of them that are only for cover, with the instant at which it is over */
} Rights;

static void
rights_clear (Rights *self)
{
  g_clear_pointer (&self->grants, g_hash_table_unref);
  g_clear_pointer (&self->ends, g_hash_table_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Rights, rights_clear)

static void
rights_init (Rights *self)
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
add_cover (Rights       *rights,
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
            Rights      *rights,
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
static gboolean
read_wanted (KamDb   *db,
             gint64   now_us,
             Rights  *rights,
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
static gboolean
read_current (KamDb   *db,
              Rights  *rights,
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

static gboolean
ends_alike (const Rights *a,
            const Rights *b,
            const char   *key)
{
  const gint64 *end_a = g_hash_table_lookup (a->ends, key);
  const gint64 *end_b = g_hash_table_lookup (b->ends, key);

  return end_a == NULL || end_b == NULL ? end_a == end_b : *end_a == *end_b;
}

static gboolean
rights_equal (const Rights *a,
              const Rights *b)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, a->grants);

  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      if (!g_hash_table_contains (b->grants, key) || !ends_alike (a, b, key))
        return FALSE;
    }

  return g_hash_table_size (a->grants) == g_hash_table_size (b->grants);
}

static gboolean
end_lost (KamDb         *db,
          gint64         seq,
          const Rights  *wanted,
          const Rights  *current,
          GPtrArray     *touched,
          GError       **error)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, current->grants);

  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      g_auto (GStrv) ids = g_hash_table_contains (wanted->grants, key) ? NULL : g_strsplit (key, " ", 2);
      KamParam params[] = { KAM_PARAM_INT (seq), KAM_PARAM_ID (ids != NULL ? ids[0] : NULL), KAM_PARAM_ID (ids != NULL ? ids[1] : NULL) };

      if (ids == NULL)
        continue;

      g_ptr_array_add (touched, kam_scope_personal (ids[0]));

      if (!kam_db_exec (db, "UPDATE `grants` SET `until_seq` = ? WHERE `user_id` = ? AND `scope_id` = ? AND `until_seq` IS NULL", params, 3, NULL,
                        error) ||
          !kam_conflict_copies_follow (db, ids[0], ids[1], FALSE, seq, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
add_gained (KamDb         *db,
            gint64         seq,
            const Rights  *wanted,
            const Rights  *current,
            GPtrArray     *touched,
            GError       **error)
{
  g_autoptr (GArray) params = g_array_new (FALSE, FALSE, sizeof (KamParam));
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, wanted->grants);

  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      char **pair = g_hash_table_contains (current->grants, key) ? NULL : g_strsplit (key, " ", 2);

      if (pair != NULL)
        {
          KamParam row[] = { KAM_PARAM_ID (pair[0]), KAM_PARAM_ID (pair[1]), KAM_PARAM_INT (seq) };

          g_ptr_array_add (ids, pair);
          g_ptr_array_add (touched, kam_scope_personal (pair[0]));
          g_array_append_vals (params, row, 3);

          if (!kam_conflict_copies_follow (db, pair[0], pair[1], TRUE, seq, error))
            return FALSE;
        }
    }

  return kam_db_insert_many (db, "INSERT INTO `grants` (`user_id`, `scope_id`, `since_seq`)", 3, params, error);
}

/* Brings the ends of grants, which are few, from what they are to what they are to be. */
static gboolean
write_ends (KamDb         *db,
            const Rights  *wanted,
            const Rights  *current,
            GError       **error)
{
  g_autoptr (GHashTable) keys = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, current->ends);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_hash_table_add (keys, key);

  g_hash_table_iter_init (&iter, wanted->ends);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_hash_table_add (keys, key);

  g_hash_table_iter_init (&iter, keys);

  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      g_auto (GStrv) ids = ends_alike (wanted, current, key) ? NULL : g_strsplit (key, " ", 2);
      const gint64 *end = g_hash_table_lookup (wanted->ends, key);
      KamParam params[] = { KAM_PARAM_ID (ids != NULL ? ids[0] : NULL), KAM_PARAM_ID (ids != NULL ? ids[1] : NULL),
                            KAM_PARAM_INT (end != NULL ? *end : 0) };
      const char *sql = end != NULL ? "REPLACE INTO `grant_end` (`user_id`, `scope_id`, `ends_at`) VALUES (?, ?, ?)"
                                    : "DELETE FROM `grant_end` WHERE `user_id` = ? AND `scope_id` = ?";

      if (ids != NULL && !kam_db_exec (db, sql, params, end != NULL ? 3 : 2, NULL, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
write_difference (KamDb         *db,
                  gint64         seq,
                  const Rights  *wanted,
                  const Rights  *current,
                  GPtrArray     *touched,
                  GError       **error)
{
  return end_lost (db, seq, wanted, current, touched, error) && add_gained (db, seq, wanted, current, touched, error) &&
         write_ends (db, wanted, current, error) && kam_org_touch (db, seq, touched, error);
}

/**
 * kam_people_refresh_grants:
 * @seq: the commit that changed people or their leaves
 *
 * Computes who may read what from the people and their leaves as they now are, opens what was gained and ends what was lost with this commit, and
 * touches the directory, in which the people are, and the personal scope of everybody whose grants changed.
 *
 * People are locked from here on at the latest, so that two changes come one after the other, each seeing all of the other.
 */
gboolean
kam_people_refresh_grants (KamDb   *db,
                           gint64   seq,
                           gint64   now_us,
                           GError **error)
{
  g_autoptr (GPtrArray) touched = g_ptr_array_new_with_free_func (g_free);
  g_auto (Rights) wanted = { 0 };
  g_auto (Rights) current = { 0 };

  if (!kam_people_lock (db, error) || !read_wanted (db, now_us, &wanted, error) || !read_current (db, &current, error))
    return FALSE;

  g_ptr_array_add (touched, kam_scope_directory ());

  return write_difference (db, seq, &wanted, &current, touched, error);
}

typedef struct
{
  gint64   now_us;
  gboolean is_due;
} Turn;

static gboolean
look (KamDb         *db,
      gpointer       data,
      GCancellable  *cancellable,
      GError       **error)
{
  Turn *turn = data;
  g_auto (Rights) wanted = { 0 };
  g_auto (Rights) current = { 0 };

  if (!read_wanted (db, turn->now_us, &wanted, error) || !read_current (db, &current, error))
    return FALSE;

  turn->is_due = !rights_equal (&wanted, &current);

  return TRUE;
}

/* Another process may have been quicker: then nothing is left to do. */
static gboolean
turn_page (KamDb         *db,
           gpointer       data,
           GCancellable  *cancellable,
           GError       **error)
{
  Turn *turn = data;
  g_autoptr (GPtrArray) touched = g_ptr_array_new_with_free_func (g_free);
  g_auto (Rights) wanted = { 0 };
  g_auto (Rights) current = { 0 };
  gint64 seq;

  if (!kam_people_lock (db, error) || !read_wanted (db, turn->now_us, &wanted, error) || !read_current (db, &current, error))
    return FALSE;

  turn->is_due = !rights_equal (&wanted, &current);

  if (!turn->is_due)
    return TRUE;

  seq = kam_org_next_head (db, turn->now_us, error);

  return seq != 0 && write_difference (db, seq, &wanted, &current, touched, error);
}

gboolean
kam_people_turn_day (KamDb     *db,
                     gint64     now_us,
                     gboolean  *changed,
                     GError   **error)
{
  Turn turn = { .now_us = now_us };

  *changed = FALSE;

  if (!kam_db_transact (db, KAM_DB_SNAPSHOT, look, &turn, NULL, error) ||
      (turn.is_due && !kam_db_transact (db, KAM_DB_READ_WRITE, turn_page, &turn, NULL, error)))
    return FALSE;

  *changed = turn.is_due;

  return TRUE;
}
