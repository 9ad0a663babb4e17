/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-migrate.h"

#include "kam-migration-resources.h"
#include "kam-org-repository.h"

#include <string.h>

#define PREFIX "/org/udaan/Kam/server/migrations/"
/* A migration holds the database for this long and says so again with each step; after a crash the next one waits until then. */
#define RESTORING (-1) /* in the place of a step */
#define LEASE_US (10 * 60 * G_USEC_PER_SEC)

typedef struct
{
  KamDb  *db;
  gint64  now_us;
  char   *holder;  /* (owned) an id that tells this run from others */
  guint   version; /* of the last migration that is complete */
  guint   step;    /* how many statements of the next one have run */
} Run;

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* In order of their numbers; the order of a resource's children is not defined. */
static GPtrArray *
list_migrations (void)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) names = g_resource_enumerate_children (kam_migrations_get_resource (), PREFIX, 0, &error);
  GPtrArray *sorted = g_ptr_array_new_with_free_func (g_free);

  g_assert_no_error (error);

  for (guint i = 0; names[i] != NULL; i++)
    g_ptr_array_add (sorted, g_strdup (names[i]));

  g_ptr_array_sort (sorted, compare_names);

  return sorted;
}

guint
kam_migrate_target (void)
{
  g_autoptr (GPtrArray) names = list_migrations ();

  return (guint) g_ascii_strtoull (g_ptr_array_index (names, names->len - 1), NULL, 10);
}

static void
add_statement (GPtrArray *statements,
               GString   *text)
{
  g_ptr_array_add (statements, g_strdup (text->str));
  g_string_truncate (text, 0);
}

/* A statement ends where a line ends with a semicolon; comments are lines that begin with two dashes. */
static GPtrArray *
split_statements (const char *sql)
{
  g_auto (GStrv) lines = g_strsplit (sql, "\n", -1);
  g_autoptr (GString) text = g_string_new (NULL);
  GPtrArray *statements = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      const char *line = g_strchomp (lines[i]);

      if (line[0] == '\0' || g_str_has_prefix (line, "--"))
        continue;

      g_string_append_printf (text, "%s\n", line);

      if (!g_str_has_suffix (line, ";"))
        continue;

      g_string_truncate (text, text->len - 2);
      add_statement (statements, text);
    }

  return statements;
}

static gboolean
prepare_ledger (KamDb   *db,
                GError **error)
{
  return kam_db_exec (db,
                      "CREATE TABLE IF NOT EXISTS `schema_version` (`one` TINYINT NOT NULL PRIMARY KEY, `version` INT NOT NULL, `step` INT NOT NULL, "
                      "`holder` BINARY(16) NULL, `held_until` BIGINT NOT NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
                      NULL, 0, NULL, error) &&
         kam_db_exec (db, "INSERT IGNORE INTO `schema_version` (`one`, `version`, `step`, `held_until`) VALUES (1, 0, 0, 0)", NULL, 0, NULL, error);
}

/* DDL commits by itself, so no lock outlives it: a lease on the row instead. */
static gboolean
take_lease (Run     *run,
            GError **error)
{
  KamParam params[] = { KAM_PARAM_ID (run->holder), KAM_PARAM_INT (run->now_us + LEASE_US), KAM_PARAM_INT (run->now_us) };
  guint64 n = 0;

  if (!kam_db_exec (run->db, "UPDATE `schema_version` SET `holder` = ?, `held_until` = ? WHERE `holder` IS NULL OR `held_until` < ?", params, 3, &n,
                    error))
    return FALSE;

  if (n == 1)
    return TRUE;

  g_set_error (error, KAM_DB_ERROR, KAM_DB_ERROR_BUSY,
               "Another process is migrating this database. Wait until it has ended; if it crashed, try again in ten minutes");
  return FALSE;
}

static gboolean
drop_lease (Run     *run,
            GError **error)
{
  KamParam holder = KAM_PARAM_ID (run->holder);

  return kam_db_exec (run->db, "UPDATE `schema_version` SET `holder` = NULL, `held_until` = 0 WHERE `holder` = ?", &holder, 1, NULL, error);
}

static gboolean
read_ledger (KamDb   *db,
             guint   *version,
             guint   *step,
             GError **error)
{
  g_autoptr (KamDbRows) row = NULL;

  if (!kam_db_query_row (db, "SELECT `version`, `step` FROM `schema_version`", NULL, 0, &row, error))
    return FALSE;

  *version = row != NULL ? (guint) kam_db_rows_int (row, 0) : 0;
  *step = row != NULL ? (guint) kam_db_rows_int (row, 1) : 0;

  return TRUE;
}

static gboolean
note_progress (Run     *run,
               GError **error)
{
  KamParam params[] = { KAM_PARAM_INT (run->version), KAM_PARAM_INT ((gint) run->step), KAM_PARAM_ID (run->holder) };

  return kam_db_exec (run->db, "UPDATE `schema_version` SET `version` = ?, `step` = ? WHERE `holder` = ?", params, 3, NULL, error);
}

static gboolean
run_migration (Run        *run,
               const char *name,
               GError    **error)
{
  g_autofree char *path = g_strconcat (PREFIX, name, NULL);
  g_autoptr (GBytes) bytes = g_resource_lookup_data (kam_migrations_get_resource (), path, 0, error);
  g_autoptr (GPtrArray) statements = NULL;

  if (bytes == NULL)
    return FALSE;

  statements = split_statements (g_bytes_get_data (bytes, NULL));

  while (run->step < statements->len)
    {
      if (!kam_db_exec (run->db, g_ptr_array_index (statements, run->step), NULL, 0, NULL, error))
        {
          g_prefix_error (error, "Migration %s, statement %u: ", name, run->step + 1);
          return FALSE;
        }

      run->step++;

      if (!note_progress (run, error))
        return FALSE;
    }

  run->version = (guint) g_ascii_strtoull (name, NULL, 10);
  run->step = 0;

  return note_progress (run, error);
}

static gboolean
run_migrations (Run     *run,
                guint    up_to,
                GError **error)
{
  g_autoptr (GPtrArray) names = list_migrations ();

  if (!read_ledger (run->db, &run->version, &run->step, error))
    return FALSE;

  if (run->version > kam_migrate_target () || run->step == (guint) RESTORING)
    return kam_migrate_check (run->db, error);

  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      guint64 number = g_ascii_strtoull (name, NULL, 10);

      if (number > run->version && number <= up_to && !run_migration (run, name, error))
        return FALSE;
    }

  return TRUE;
}

gboolean
kam_migrate_run (KamDb   *db,
                 gint64   now_us,
                 GError **error)
{
  g_autofree char *holder = kam_id_new (now_us);
  Run run = { .db = db, .now_us = now_us, .holder = holder };
  gboolean done;

  if (!prepare_ledger (db, error) || !take_lease (&run, error))
    return FALSE;

  done = run_migrations (&run, kam_migrate_target (), error) && kam_org_found (db, now_us, error);

  /* Where the migration failed its own error is the one to tell. */
  return drop_lease (&run, done ? error : NULL) && done;
}

gboolean
kam_migrate_begin_restore (KamDb   *db,
                           guint    version,
                           gint64   now_us,
                           GError **error)
{
  g_autofree char *holder = kam_id_new (now_us);
  Run run = { .db = db, .now_us = now_us, .holder = holder };

  if (!prepare_ledger (db, error) || !take_lease (&run, error) || !run_migrations (&run, version, error))
    return FALSE;

  run.step = (guint) RESTORING;

  return note_progress (&run, error) && drop_lease (&run, error);
}

gboolean
kam_migrate_end_restore (KamDb   *db,
                         GError **error)
{
  return kam_db_exec (db, "UPDATE `schema_version` SET `step` = 0", NULL, 0, NULL, error);
}

static gboolean
has_ledger (KamDb     *db,
            gboolean  *has,
            GError   **error)
{
  g_autoptr (KamDbRows) row = NULL;

  if (!kam_db_query_row (db, "SELECT 1 FROM `information_schema`.`tables` WHERE `table_schema` = DATABASE() AND `table_name` = 'schema_version'", NULL,
                         0, &row, error))
    return FALSE;

  *has = row != NULL;

  return TRUE;
}

gboolean
kam_migrate_check (KamDb   *db,
                   GError **error)
{
  guint version = 0;
  guint step = 0;
  gboolean has = FALSE;

  if (!has_ledger (db, &has, error) || (has && !read_ledger (db, &version, &step, error)))
    return FALSE;

  if (version == kam_migrate_target () && step == 0)
    return TRUE;

  if (step == (guint) RESTORING)
    g_set_error (error, KAM_DB_ERROR, KAM_DB_ERROR_VERSION,
                 "A restore of this database has not come to its end. Run “kam-server restore FILE --replace” again");
  else if (version == 0 && step == 0)
    g_set_error (error, KAM_DB_ERROR, KAM_DB_ERROR_VERSION, "The database is empty. Run “kam-server init” first");
  else if (version > kam_migrate_target ())
    g_set_error (error, KAM_DB_ERROR, KAM_DB_ERROR_VERSION,
                 "The database has version %u, this program only knows version %u. Install the newer program that made it", version,
                 kam_migrate_target ());
  else
    g_set_error (error, KAM_DB_ERROR, KAM_DB_ERROR_VERSION,
                 "The database has version %u, this program needs version %u. Make a backup, then run “kam-server migrate”", version,
                 kam_migrate_target ());

  return FALSE;
}
