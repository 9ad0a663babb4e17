/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-command.h"

#include "kam-migrate.h"
#include "kam-server-error.h"

#include <stdio.h>

/* The database itself may not be there yet, and its user may not be allowed to make it. */
static KamDb *
connect_or_create (const KamServerConfig  *config,
                   GError                **error)
{
  KamDb *db = kam_db_connect (&config->database, NULL);

  if (db != NULL)
    return db;

  return kam_db_create_database (&config->database, error) ? kam_db_connect (&config->database, error) : NULL;
}

gboolean
kam_command_init (const KamServerConfig  *config,
                  int                     argc,
                  char                  **argv,
                  GError                **error)
{
  g_auto (KamPersonOptions) admin = { 0 };
  const GOptionEntry options[] = {
    { "admin-email", 0, 0, G_OPTION_ARG_STRING, &admin.email, "Add an administrator, with the password from standard input", "ADDRESS" },
    { "admin-name", 0, 0, G_OPTION_ARG_STRING, &admin.name, "Their name", "NAME" },
    { "time-zone", 0, 0, G_OPTION_ARG_STRING, &admin.time_zone, "Where they work", "ZONE" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (KamDb) db = NULL;
  g_autofree char *hash = NULL;

  if (!kam_command_parse ("init [--admin-email ADDRESS --admin-name NAME]",
                          "Sets up the database: makes it where it is missing, its tables, and the organisation. Does no harm to one that is set up already.",
                          options, &argc, &argv, 0, error))
    return FALSE;

  if ((admin.email == NULL) != (admin.name == NULL))
    {
      g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_USAGE, "--admin-email and --admin-name belong together");
      return FALSE;
    }

  admin.role = g_strdup ("admin");
  if (admin.email != NULL)
    {
      hash = kam_command_read_password (config, error);
      if (hash == NULL)
        return FALSE;
    }

  db = connect_or_create (config, error);
  if (db == NULL || !kam_migrate_run (db, g_get_real_time (), error))
    return FALSE;

  printf ("The database is set up (schema %u).\n", kam_migrate_target ());

  return hash == NULL || kam_command_add_person (db, &admin, hash, error);
}

gboolean
kam_command_migrate (const KamServerConfig  *config,
                     int                     argc,
                     char                  **argv,
                     GError                **error)
{
  const GOptionEntry options[] = { G_OPTION_ENTRY_NULL };
  g_autoptr (KamDb) db = NULL;

  if (!kam_command_parse ("migrate", "Brings the database up to this program's version, step by step. Make a backup first, and stop the servers that use it.",
                          options, &argc, &argv, 0, error))
    return FALSE;

  db = kam_db_connect (&config->database, error);
  if (db == NULL || !kam_migrate_run (db, g_get_real_time (), error))
    return FALSE;

  printf ("The database is up to date (schema %u).\n", kam_migrate_target ());

  return TRUE;
}
