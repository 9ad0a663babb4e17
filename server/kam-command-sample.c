/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-command.h"

#include "kam-auth.h"
#include "kam-sample-loader.h"
#include "kam-server-error.h"

#include <stdio.h>
#include <unistd.h>

static void
progress_cb (guint    leads_done,
             guint    leads_total,
             gpointer user_data)
{
  gboolean *on_terminal = user_data;

  /* A line that is written over, or one a step where it goes to a file. */
  fprintf (stderr, "%s%u of %u leads%s", *on_terminal ? "\r" : "", leads_done, leads_total, *on_terminal ? "\033[K" : "\n");
}

gboolean
kam_command_sample (const KamServerConfig  *config,
                    int                     argc,
                    char                  **argv,
                    GError                **error)
{
  int leads = 1000;
  int kams = 8;
  int seed = 1;
  const GOptionEntry entries[] = {
    { "leads", 0, 0, G_OPTION_ARG_INT, &leads, "How many restaurants (1000)", "N" },
    { "kams", 0, 0, G_OPTION_ARG_INT, &kams, "How many key account managers (8)", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT, &seed, "The same number gives the same data (1)", "N" },
    G_OPTION_ENTRY_NULL,
  };
  KamSampleOptions options = { .now_us = g_get_real_time () };
  gboolean on_terminal = isatty (STDERR_FILENO);
  g_autoptr (KamDb) db = NULL;
  g_autofree char *hash = NULL;

  if (!kam_command_parse ("sample [--leads N] [--kams N] [--seed N]",
                          "Fills a database that has no people yet with sample data. Its people sign in as admin@kam.test, manager1@kam.test …, "
                          "kam1@kam.test …, all with the password “" KAM_SAMPLE_PASSWORD "”.",
                          entries, &argc, &argv, 0, error))
    return FALSE;

  if (leads < 1 || leads > 10000000 || kams < 1 || kams > 100000 || seed < 0)
    {
      g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_USAGE, "--leads and --kams must be 1 or more, --seed 0 or more");
      return FALSE;
    }

  options.leads = (guint) leads;
  options.kams = (guint) kams;
  options.seed = (guint) seed;
  db = kam_command_open (config, error);
  hash = db != NULL ? kam_auth_hash_password (KAM_SAMPLE_PASSWORD, error) : NULL;
  if (hash == NULL || !kam_sample_load (db, &options, hash, progress_cb, &on_terminal, error))
    return FALSE;

  if (on_terminal)
    fprintf (stderr, "\n");
  printf ("%d leads for %d key account managers are in.\n", leads, kams);

  return TRUE;
}
