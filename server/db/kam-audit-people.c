/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-audit-private.h"

#include "kam-people-repository.h"

/* Reads a statement of two ids, the second may be null: (element-type utf8 utf8), without those that have no second. */
static GHashTable *
read_pairs (KamAuditing  *self,
            const char   *sql,
            GError      **error)
{
  g_autoptr (GHashTable) pairs = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (KamDbRows) rows = kam_db_query_streamed (self->db, sql, NULL, 0, error);

  if (rows == NULL)
    return NULL;

  while (kam_db_rows_next (rows, error))
    {
      char *id = g_strdup (kam_db_rows_id (rows, 0));

      g_hash_table_insert (pairs, id, g_strdup (kam_db_rows_id (rows, 1)));
    }

  return kam_db_rows_ended (rows) ? g_steal_pointer (&pairs) : NULL;
}

static gboolean
look_at_circles (KamAuditing   *self,
                 KamAuditRule   rule,
                 const char    *what,
                 const char    *sql,
                 GError       **error)
{
  g_autoptr (GHashTable) above = read_pairs (self, sql, error);

  if (above == NULL)
    return FALSE;

  kam_audit_circles (self, rule, what, above);

  return TRUE;
}

/* When the newest commit was made: until then somebody was there to open and end what a day brings. */
static gboolean
read_newest (KamAuditing  *self,
             gint64       *at,
             GError      **error)
{
  g_autoptr (KamDbRows) row = NULL;

  if (!kam_db_query_row (self->db, "SELECT `at` FROM `commit_log` ORDER BY `seq` DESC LIMIT 1", NULL, 0, &row, error))
    return FALSE;

  *at = row != NULL ? MIN (kam_db_rows_int (row, 0), self->now_us) : self->now_us;

  return TRUE;
}

static void
note_grant (KamAuditing *self,
            const char  *key,
            const char  *what)
{
  g_auto (GStrv) ids = g_strsplit (key, " ", 2);

  kam_audit_note (self, KAM_RULE_GRANTS, ids[0], "%s %s", what, ids[1]);
}

/* Cover comes and goes with the days, a little later than they do, and later still where no server is running; what is over nobody can read by. */
static void
compare_grants (KamAuditing *self,
                GHashTable  *wanted,
                GHashTable  *wanted_then,
                GHashTable  *current)
{
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  g_hash_table_iter_init (&iter, wanted);

  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      const gint64 *end = g_hash_table_lookup (current, key);

      if (end == NULL && g_hash_table_contains (wanted_then, key))
        note_grant (self, key, "does not read");
    }

  g_hash_table_iter_init (&iter, current);

  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      const gint64 *end = value;
      const gint64 *right = g_hash_table_lookup (wanted, key);

      if (right == NULL ? *end == 0 || *end > self->now_us : *end != *right && g_hash_table_contains (wanted_then, key))
        note_grant (self, key, right == NULL ? "reads" : "does not read for as long as it is to, scope");
    }
}

static gboolean
look_at_grants (KamAuditing  *self,
                GError      **error)
{
  g_autoptr (GHashTable) current = kam_people_current_grants (self->db, error);
  g_autoptr (GHashTable) wanted = current != NULL ? kam_people_wanted_grants (self->db, self->now_us, error) : NULL;
  g_autoptr (GHashTable) wanted_then = NULL;
  gint64 newest = 0;

  if (wanted == NULL || !read_newest (self, &newest, error))
    return FALSE;

  wanted_then = kam_people_wanted_grants (self->db, newest, error);

  if (wanted_then == NULL)
    return FALSE;

  compare_grants (self, wanted, wanted_then, current);

  return TRUE;
}

/**
 * kam_audit_people:
 *
 * Who stands above whom, and who therefore reads what.
 */
gboolean
kam_audit_people (KamAuditing  *self,
                  GError      **error)
{
  return look_at_grants (self, error) &&
         look_at_circles (self, KAM_RULE_MANAGERS, "user", "SELECT `id`, `manager_id` FROM `user` WHERE `manager_id` IS NOT NULL", error) &&
         look_at_circles (self, KAM_RULE_PARENTS, "lead", "SELECT `id`, `parent_id` FROM `lead` WHERE `parent_id` IS NOT NULL", error);
}
