/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-command.h"

#include "kam-check.h"
#include "kam-repositories.h"
#include "kam-server-error.h"

#include <stdio.h>

#define DEFAULT_ZONE "Asia/Kolkata"
#define DEFAULT_DAYS "63" /* Monday to Saturday */

/* A change of one person, as a transaction. */
typedef struct
{
  const KamPersonOptions *options;       /* (unowned) */
  const char             *email;         /* (unowned) */
  const char             *password_hash; /* (unowned) */
  gint64                  now_us;
} Change;

void
kam_person_options_clear (KamPersonOptions *self)
{
  g_clear_pointer (&self->email, g_free);
  g_clear_pointer (&self->name, g_free);
  g_clear_pointer (&self->role, g_free);
  g_clear_pointer (&self->manager_email, g_free);
  g_clear_pointer (&self->time_zone, g_free);
  g_clear_pointer (&self->phone, g_free);
}

static KamPerson *
find_person (KamDb       *db,
             const char  *email,
             GError     **error)
{
  g_autoptr (GError) failure = NULL;
  KamPerson *person = kam_people_find_by_email (db, email, &failure);

  if (person != NULL)
    return person;

  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else
    g_set_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_REFUSED, "there is nobody with the email address %s; see “kam-server user list”", email);

  return NULL;
}

static gboolean
set_field (KamRow      *row,
           guint        field,
           const char  *option,
           const char  *text,
           GError     **error)
{
  KamValue value = KAM_VALUE_INIT;
  g_autoptr (KamProblem) problem = kam_field_parse (kam_entity_get (KAM_ENTITY_USER), field, text != NULL ? text : "", &value);

  if (problem != NULL)
    g_set_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_USAGE, "%s: %s", option, problem->message);
  else
    kam_row_set (row, field, &value);

  kam_value_clear (&value);

  return problem == NULL;
}

static gboolean
set_manager (KamDb       *db,
             KamRow      *row,
             const char  *email,
             GError     **error)
{
  g_autoptr (KamPerson) manager = NULL;

  if (email == NULL)
    return TRUE;

  manager = find_person (db, email, error);
  if (manager == NULL)
    return FALSE;

  if (!manager->active || g_str_equal (manager->role, "kam"))
    {
      g_set_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_REFUSED, "%s is not an active manager, so nobody can report to them", email);
      return FALSE;
    }

  kam_row_set_text (row, KAM_USER_MANAGER, manager->id);

  return TRUE;
}

static KamRow *
make_row (KamDb                   *db,
          const KamPersonOptions  *options,
          gint64                   now_us,
          GError                 **error)
{
  g_autofree char *id = kam_id_new (now_us);
  g_autoptr (KamRow) row = kam_row_new (KAM_ENTITY_USER, id);
  g_autoptr (GPtrArray) problems = NULL;

  if (!set_field (row, KAM_USER_EMAIL, "--email", options->email, error) ||
      !set_field (row, KAM_USER_NAME, "--name", options->name, error) ||
      !set_field (row, KAM_USER_ROLE, "--role", options->role, error) ||
      !set_field (row, KAM_USER_PHONE, "--phone", options->phone, error) ||
      !set_field (row, KAM_USER_TIME_ZONE, "--time-zone", options->time_zone != NULL ? options->time_zone : DEFAULT_ZONE, error) ||
      !set_field (row, KAM_USER_WORK_DAYS, "working days", DEFAULT_DAYS, error) ||
      !set_manager (db, row, options->manager_email, error))
    return NULL;

  kam_row_set_int (row, KAM_USER_ACTIVE, 1);
  problems = kam_row_check (row, now_us);
  if (problems->len > 0)
    {
      KamProblem *problem = g_ptr_array_index (problems, 0);

      g_set_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_USAGE, "%s: %s",
                   problem->field >= 0 ? kam_entity_get (KAM_ENTITY_USER)->fields[problem->field].name : "person", problem->message);
      return NULL;
    }

  return g_steal_pointer (&row);
}

static gboolean
add_person (KamDb         *db,
            gpointer       data,
            GCancellable  *cancellable,
            GError       **error)
{
  Change *change = data;
  g_autoptr (KamRow) row = make_row (db, change->options, change->now_us, error);
  g_autoptr (GError) failure = NULL;

  if (row == NULL)
    return FALSE;

  if (kam_people_put (db, row, change->now_us, &failure))
    return kam_people_set_password (db, kam_row_id (row), change->password_hash, error);

  if (g_error_matches (failure, KAM_DB_ERROR, KAM_DB_ERROR_DUPLICATE))
    g_set_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_REFUSED, "there is already a person with the email address %s", change->options->email);
  else
    g_propagate_error (error, g_steal_pointer (&failure));

  return FALSE;
}

gboolean
kam_command_add_person (KamDb                   *db,
                        const KamPersonOptions  *options,
                        const char              *password_hash,
                        GError                 **error)
{
  Change change = { .options = options, .password_hash = password_hash, .now_us = g_get_real_time () };

  return kam_db_transact (db, KAM_DB_READ_WRITE, add_person, &change, NULL, error);
}

static gboolean
add (const KamServerConfig  *config,
     int                     argc,
     char                  **argv,
     GError                **error)
{
  g_auto (KamPersonOptions) person = { 0 };
  const GOptionEntry options[] = {
    { "email", 0, 0, G_OPTION_ARG_STRING, &person.email, "How the person signs in; each address once", "ADDRESS" },
    { "name", 0, 0, G_OPTION_ARG_STRING, &person.name, "Their name", "NAME" },
    { "role", 0, 0, G_OPTION_ARG_STRING, &person.role, "kam, manager or admin", "ROLE" },
    { "manager", 0, 0, G_OPTION_ARG_STRING, &person.manager_email, "To whom they report", "ADDRESS" },
    { "time-zone", 0, 0, G_OPTION_ARG_STRING, &person.time_zone, "Where they work (" DEFAULT_ZONE ")", "ZONE" },
    { "phone", 0, 0, G_OPTION_ARG_STRING, &person.phone, "Their phone, +91…", "NUMBER" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (KamDb) db = NULL;
  g_autofree char *hash = NULL;

  if (!kam_command_parse ("user add --email ADDRESS --name NAME --role ROLE [OPTION…]", "Adds a person. Their password is read from standard input.",
                          options, &argc, &argv, 0, error))
    return FALSE;

  if (person.email == NULL || person.name == NULL || person.role == NULL)
    {
      g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_USAGE, "“user add” needs --email, --name and --role");
      return FALSE;
    }

  db = kam_command_open (config, error);
  if (db == NULL)
    return FALSE;

  hash = kam_command_read_password (config, error);

  return hash != NULL && kam_command_add_person (db, &person, hash, error);
}

static gboolean
list (const KamServerConfig  *config,
      int                     argc,
      char                  **argv,
      GError                **error)
{
  const GOptionEntry options[] = { G_OPTION_ENTRY_NULL };
  g_autoptr (KamDb) db = NULL;
  g_autoptr (GPtrArray) people = NULL;
  g_autoptr (GHashTable) emails = g_hash_table_new (g_str_hash, g_str_equal);

  if (!kam_command_parse ("user list", "Lists people, one a line: email, role, active or inactive, their manager's email or “-”, name; separated by tabs.",
                          options, &argc, &argv, 0, error))
    return FALSE;

  db = kam_command_open (config, error);
  people = db != NULL ? kam_people_list (db, error) : NULL;
  if (people == NULL)
    return FALSE;

  for (guint i = 0; i < people->len; i++)
    {
      KamRow *row = g_ptr_array_index (people, i);

      g_hash_table_insert (emails, (gpointer) kam_row_id (row), (gpointer) kam_row_text (row, KAM_USER_EMAIL));
    }

  for (guint i = 0; i < people->len; i++)
    {
      KamRow *row = g_ptr_array_index (people, i);
      const char *manager = kam_row_text (row, KAM_USER_MANAGER);
      const char *email = manager != NULL ? g_hash_table_lookup (emails, manager) : NULL;

      printf ("%s\t%s\t%s\t%s\t%s\n", kam_row_text (row, KAM_USER_EMAIL), kam_row_text (row, KAM_USER_ROLE),
              kam_row_int (row, KAM_USER_ACTIVE, 0) != 0 ? "active" : "inactive", email != NULL ? email : "-", kam_row_text (row, KAM_USER_NAME));
    }

  return TRUE;
}

static gboolean
check_no_leads (KamDb       *db,
                const char  *id,
                const char  *email,
                GError     **error)
{
  gint64 n = kam_people_count_leads (db, id, error);

  if (n < 0)
    return FALSE;

  if (n > 0)
    {
      g_set_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_REFUSED,
                   "%s still has %" G_GINT64_FORMAT " leads; a manager must first give them to somebody else (in Kam: Leads, "
                   "select them, change the key account manager), then try again", email, n);
      return FALSE;
    }

  return TRUE;
}

static gboolean
deactivate_person (KamDb         *db,
                   gpointer       data,
                   GCancellable  *cancellable,
                   GError       **error)
{
  Change *change = data;
  g_autoptr (KamPerson) person = NULL;
  g_autoptr (KamRow) row = NULL;

  if (!kam_people_lock (db, error))
    return FALSE;

  person = find_person (db, change->email, error);
  if (person == NULL || !check_no_leads (db, person->id, change->email, error))
    return FALSE;

  row = kam_rows_find (db, KAM_ENTITY_USER, person->id, error);
  if (row == NULL)
    return FALSE;

  kam_row_set_int (row, KAM_USER_ACTIVE, 0);

  return kam_people_put (db, row, change->now_us, error) && kam_session_end_all (db, person->id, error);
}

static gboolean
deactivate (const KamServerConfig  *config,
            int                     argc,
            char                  **argv,
            GError                **error)
{
  const GOptionEntry options[] = { G_OPTION_ENTRY_NULL };
  g_autoptr (KamDb) db = NULL;
  Change change = { .now_us = g_get_real_time () };

  if (!kam_command_parse ("user deactivate ADDRESS", "Ends a person's sessions and keeps them out. Nobody is ever deleted. The person must have no leads.",
                          options, &argc, &argv, 1, error))
    return FALSE;

  change.email = argv[1];
  db = kam_command_open (config, error);

  return db != NULL && kam_db_transact (db, KAM_DB_READ_WRITE, deactivate_person, &change, NULL, error);
}

static gboolean
change_password (KamDb         *db,
                 gpointer       data,
                 GCancellable  *cancellable,
                 GError       **error)
{
  Change *change = data;
  g_autoptr (KamPerson) person = find_person (db, change->email, error);

  return person != NULL && kam_people_set_password (db, person->id, change->password_hash, error);
}

static gboolean
password (const KamServerConfig  *config,
          int                     argc,
          char                  **argv,
          GError                **error)
{
  const GOptionEntry options[] = { G_OPTION_ENTRY_NULL };
  g_autoptr (KamDb) db = NULL;
  g_autofree char *hash = NULL;
  Change change = { 0 };

  if (!kam_command_parse ("user password ADDRESS", "Sets a person's password, which is read from standard input, and ends their sessions.",
                          options, &argc, &argv, 1, error))
    return FALSE;

  change.email = argv[1];
  db = kam_command_open (config, error);
  if (db == NULL)
    return FALSE;

  hash = kam_command_read_password (config, error);
  change.password_hash = hash;

  return hash != NULL && kam_db_transact (db, KAM_DB_READ_WRITE, change_password, &change, NULL, error);
}

gboolean
kam_command_user (const KamServerConfig  *config,
                  int                     argc,
                  char                  **argv,
                  GError                **error)
{
  const char *what = argc > 1 ? argv[1] : "";

  if (g_str_equal (what, "add"))
    return add (config, argc - 1, argv + 1, error);

  if (g_str_equal (what, "list"))
    return list (config, argc - 1, argv + 1, error);

  if (g_str_equal (what, "deactivate"))
    return deactivate (config, argc - 1, argv + 1, error);

  if (g_str_equal (what, "password"))
    return password (config, argc - 1, argv + 1, error);

  if (g_str_equal (what, "--help"))
    {
      printf ("Usage: kam-server [--config FILE] user add|list|deactivate|password [OPTION…]\n\n“kam-server user add --help” and so on say more.\n");
      return TRUE;
    }

  g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_USAGE, "use it like this: kam-server user add|list|deactivate|password");

  return FALSE;
}
