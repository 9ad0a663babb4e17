/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-command.h"

#include "kam-tidy.h"

#include <stdio.h>

gboolean
kam_command_tidy (const KamServerConfig  *config,
                  int                     argc,
                  char                  **argv,
                  GError                **error)
{
  gboolean dry_run = FALSE;
  const GOptionEntry options[] = {
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &dry_run, "Say what would go, and change nothing", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (KamDb) db = NULL;
  KamTombstoneCounts counts;

  if (!kam_command_parse ("tidy [--dry-run]",
                          "Removes what only devices need that have not synchronised for 180 days: such a device compares everything when it comes back. "
                          "A running server does this by itself once a day.",
                          options, &argc, &argv, 0, error))
    return FALSE;

  db = kam_command_open (config, error);
  if (db == NULL || !kam_tidy_run (db, g_get_real_time (), dry_run, &counts, NULL, error))
    return FALSE;

  printf ("%s: %" G_GUINT64_FORMAT " commits, %" G_GUINT64_FORMAT " notes of what they touched, %" G_GUINT64_FORMAT " tombstones.\n",
          dry_run ? "Would go" : "Removed", counts.n_commits, counts.n_touches, counts.n_tombstones);

  return TRUE;
}
