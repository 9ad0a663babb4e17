/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-store-schema.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

/* Texts are as a new file has them, so that a migrated one is the same. */
static const char to_2[] =
  "ALTER TABLE user ADD COLUMN extra TEXT;"
  "ALTER TABLE leave ADD COLUMN extra TEXT;"
  "ALTER TABLE lead ADD COLUMN extra TEXT;"
  "ALTER TABLE lead_event ADD COLUMN extra TEXT;"
  "ALTER TABLE contact ADD COLUMN extra TEXT;"
  "ALTER TABLE interaction ADD COLUMN extra TEXT;"
  "ALTER TABLE conflict ADD COLUMN extra TEXT;"
  "ALTER TABLE shadow ADD COLUMN extra TEXT;"
  "ALTER TABLE stage ADD COLUMN extra TEXT;"
  "ALTER TABLE stage ADD COLUMN missing INTEGER NOT NULL DEFAULT 0;"
  "CREATE INDEX conflict_of_target ON conflict (target_id);"
  "CREATE INDEX outbox_by_rev ON outbox (result_rev) WHERE result_rev IS NOT NULL;"
  "CREATE TABLE lead_news (lead_id BLOB NOT NULL, rev INTEGER NOT NULL, kind INTEGER NOT NULL, PRIMARY KEY (lead_id, rev)) WITHOUT ROWID;"
  "PRAGMA user_version = 2;";

/* Step n brings version n + 1 to n + 2, and sets user_version itself. A new file is made with the newest schema at once. */
static const char *const steps[] = { to_2 };

G_STATIC_ASSERT (G_N_ELEMENTS (steps) == KAM_STORE_SCHEMA - 1);

/* One transaction, which is on the disk when it returns. */
static gboolean
finish (KamSqlite  *db,
        gboolean    ok,
        GError    **error)
{
  if (ok)
    return kam_sqlite_commit (db, error);

  kam_sqlite_rollback (db);

  return FALSE;
}

static gboolean
create (KamSqlite  *db,
        GError    **error)
{
  return kam_sqlite_begin (db, TRUE, error) && finish (db, kam_schema_create (db, error), error);
}

static gboolean
take_step (KamSqlite   *db,
           const char  *sql,
           GError     **error)
{
  return kam_sqlite_begin (db, TRUE, error) && finish (db, kam_sqlite_script (db, sql, error), error);
}

static gboolean
adopt (KamSqlite  *db,
       GError    **error)
{
  return kam_sqlite_begin (db, TRUE, error) && finish (db, kam_fields_adopt (db, error), error);
}

/* Under its name only once it is whole. */
static gboolean
back_up (KamSqlite   *db,
         const char  *path,
         GError     **error)
{
  g_autofree char *unfinished = g_strconcat (path, ".new", NULL);

  g_unlink (unfinished);

  if (!kam_sqlite_exec (db, error, "VACUUM INTO ?1", "t", unfinished))
    {
      g_unlink (unfinished);
      return FALSE;
    }

  if (g_chmod (unfinished, 0600) == 0 && g_rename (unfinished, path) == 0)
    return TRUE;

  g_set_error_literal (error, KAM_STORE_ERROR, KAM_STORE_ERROR_OPEN, _("The offline data of this profile cannot be backed up before they are brought up to "
                                                                       "date. Check the permissions of its folder"));
  g_unlink (unfinished);

  return FALSE;
}

static gboolean
check_file (gint64    version,
            gint64    application,
            gboolean  is_empty,
            GError  **error)
{
  if (version > KAM_STORE_SCHEMA)
    {
      g_set_error_literal (error, KAM_STORE_ERROR, KAM_STORE_ERROR_NEWER,
                           _("This profile was last used with a newer version of Kam. Update the program to open it"));
      return FALSE;
    }

  if (!is_empty && (application != g_ascii_strtoll (KAM_STORE_FILE_ID, NULL, 0) || version < 1))
    {
      g_set_error_literal (error, KAM_STORE_ERROR, KAM_STORE_ERROR_OPEN, _("The file of offline data in this folder is not Kam's. Choose another folder"));
      return FALSE;
    }

  return TRUE;
}

gboolean
kam_schema_migrate (KamSqlite   *db,
                    const char  *backup_path,
                    gboolean    *migrated,
                    GError     **error)
{
  gint64 version, tables, application;
  gboolean are_new;

  *migrated = FALSE;

  if (!kam_sqlite_number (db, &version, 0, error, "PRAGMA user_version", "") ||
      !kam_sqlite_number (db, &application, 0, error, "PRAGMA application_id", "") ||
      !kam_sqlite_number (db, &tables, 0, error, "SELECT count(*) FROM sqlite_schema", "") ||
      !check_file (version, application, tables == 0, error))
    return FALSE;

  if (tables == 0)
    return create (db, error);

  if (!kam_fields_are_new (db, &are_new, error))
    return FALSE;

  if (version == KAM_STORE_SCHEMA && !are_new)
    return TRUE;

  if (!back_up (db, backup_path, error))
    return FALSE;

  *migrated = TRUE;

  for (; version < KAM_STORE_SCHEMA; version++)
    {
      if (!take_step (db, steps[version - 1], error))
        return FALSE;
    }

  return !are_new || adopt (db, error);
}
