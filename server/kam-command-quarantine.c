/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-command.h"

#include "kam-people-repository.h"
#include "kam-quarantine.h"
#include "kam-server-error.h"
#include "kam-time.h"

#include <stdio.h>

#define USAGE "quarantine list|show|apply|drop"
#define AT_ONCE 500

static gboolean
list (const KamServerConfig  *config,
      int                     argc,
      char                  **argv,
      GError                **error)
{
  const GOptionEntry options[] = { G_OPTION_ENTRY_NULL };
  g_autoptr (KamDb) db = NULL;
  g_autoptr (GPtrArray) all = NULL;

  if (!kam_command_parse ("quarantine list", "Prints, for each device that was signed out with changes it had not sent: id, since when, whose, device, "
                          "how many changes, how many of them are open, and whether that is all it had.",
                          options, &argc, &argv, 0, error))
    return FALSE;

  db = kam_command_open (config, error);
  all = db != NULL ? kam_quarantine_list (db, error) : NULL;
  if (all == NULL)
    return FALSE;

  for (guint i = 0; i < all->len; i++)
    {
      const KamQuarantine *it = g_ptr_array_index (all, i);
      g_autofree char *since = kam_instant_format (it->created_at);

      printf ("%s\t%.19sZ\t%s\t%s\t%" G_GINT64_FORMAT "\t%" G_GINT64_FORMAT "\t%s\n", it->id, since, it->email, it->device != NULL ? it->device : "-",
              it->n_mutations, it->n_open, it->is_complete ? "complete" : "incomplete");
    }

  return TRUE;
}

static gboolean
check_id (const char  *id,
          GError     **error)
{
  if (kam_id_is_valid (id))
    return TRUE;

  g_set_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_USAGE, "“%s” is no id; see “kam-server quarantine list”", id);

  return FALSE;
}

static gboolean
print_mutations (KamDb       *db,
                 const char  *id,
                 GError     **error)
{
  gint64 after = 0;

  for (;;)
    {
      g_autoptr (GPtrArray) some = kam_quarantine_read (db, id, after, AT_ONCE, error);

      if (some == NULL)
        return FALSE;

      if (some->len == 0)
        return TRUE;

      for (guint i = 0; i < some->len; i++)
        {
          const KamQuarantined *it = g_ptr_array_index (some, i);

          after = it->mid;
          printf ("%s\t%s\n", it->content, it->result != NULL ? it->result : "-");
        }
    }
}

/* It must be there. */
static gboolean
check_there (KamDb       *db,
             const char  *id,
             GError     **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (KamQuarantine) quarantine = kam_quarantine_find (db, id, &failure);

  if (quarantine != NULL)
    return TRUE;

  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else
    g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_REFUSED,
                         "there is nothing of this id in quarantine; see “kam-server quarantine list”");

  return FALSE;
}

static gboolean
show (const KamServerConfig  *config,
      int                     argc,
      char                  **argv,
      GError                **error)
{
  const GOptionEntry options[] = { G_OPTION_ENTRY_NULL };
  g_autoptr (KamDb) db = NULL;

  if (!kam_command_parse ("quarantine show ID", "Prints each change as it was handed in, and what became of it where it was applied.", options, &argc,
                          &argv, 1, error) ||
      !check_id (argv[1], error))
    return FALSE;

  db = kam_command_open (config, error);

  return db != NULL && check_there (db, argv[1], error) && print_mutations (db, argv[1], error);
}

/* Who is to have the new leads of somebody who has left. */
static gboolean
find_successor (KamDb        *db,
                const char   *email,
                char        **id,
                GError      **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (KamPerson) person = email != NULL ? kam_people_find_by_email (db, email, &failure) : NULL;

  if (email == NULL)
    return TRUE;

  if (person != NULL && person->active)
    {
      *id = g_strdup (person->id);
      return TRUE;
    }

  if (failure != NULL)
    g_propagate_error (error, g_steal_pointer (&failure));
  else
    g_set_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_REFUSED, "there is nobody active with the address %s", email);

  return FALSE;
}

static gboolean
apply (const KamServerConfig  *config,
       int                     argc,
       char                  **argv,
       GError                **error)
{
  g_autofree char *leads_to = NULL;
  g_autofree char *successor = NULL;
  const GOptionEntry options[] = {
    { "leads-to", 0, 0, G_OPTION_ARG_STRING, &leads_to, "whose new leads are to be, where the person has left", "ADDRESS" },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (KamDb) db = NULL;
  KamQuarantineOutcome outcome;

  if (!kam_command_parse ("quarantine apply [--leads-to ADDRESS] ID",
                          "Pushes the changes as the person who had made them. What was applied is not applied again; what was rejected is tried again.",
                          options, &argc, &argv, 1, error) ||
      !check_id (argv[1], error))
    return FALSE;

  db = kam_command_open (config, error);
  if (db == NULL || !check_there (db, argv[1], error) || !find_successor (db, leads_to, &successor, error) ||
      !kam_quarantine_apply (db, argv[1], successor, g_get_real_time (), &outcome, error))
    return FALSE;

  printf ("applied %u, merged %u, conflict %u, rejected %u\n", outcome.n_applied, outcome.n_merged, outcome.n_conflict, outcome.n_rejected);

  return TRUE;
}

static gboolean
drop_it (KamDb         *db,
         gpointer       data,
         GCancellable  *cancellable,
         GError       **error)
{
  return kam_quarantine_drop (db, data, error);
}

static gboolean
drop (const KamServerConfig  *config,
      int                     argc,
      char                  **argv,
      GError                **error)
{
  const GOptionEntry options[] = { G_OPTION_ENTRY_NULL };
  g_autoptr (KamDb) db = NULL;

  if (!kam_command_parse ("quarantine drop ID", "Forgets the changes for good. What was applied stays applied.", options, &argc, &argv, 1, error) ||
      !check_id (argv[1], error))
    return FALSE;

  db = kam_command_open (config, error);

  return db != NULL && check_there (db, argv[1], error) && kam_db_transact (db, KAM_DB_READ_WRITE, drop_it, argv[1], NULL, error);
}

gboolean
kam_command_quarantine (const KamServerConfig  *config,
                        int                     argc,
                        char                  **argv,
                        GError                **error)
{
  const char *what = argc > 1 ? argv[1] : "";

  if (g_str_equal (what, "list"))
    return list (config, argc - 1, argv + 1, error);

  if (g_str_equal (what, "show"))
    return show (config, argc - 1, argv + 1, error);

  if (g_str_equal (what, "apply"))
    return apply (config, argc - 1, argv + 1, error);

  if (g_str_equal (what, "drop"))
    return drop (config, argc - 1, argv + 1, error);

  if (g_str_equal (what, "--help"))
    {
      printf ("Usage: kam-server [--config FILE] " USAGE " [OPTION…]\n\n“kam-server quarantine apply --help” and so on say more.\n");
      return TRUE;
    }

  g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_USAGE, "use it like this: kam-server " USAGE);

  return FALSE;
}
