/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-tidy.h"

/* Rows that go at a time: some ten milliseconds. */
#define STEP_ROWS 2000

typedef struct
{
  gint64             first;
  KamTombstoneCounts removed; /* by this step */
  gboolean           done;
} Step;

static gboolean
remove_some (KamDb         *db,
             gpointer       data,
             GCancellable  *cancellable,
             GError       **error)
{
  Step *step = data;

  step->removed = (KamTombstoneCounts) { 0 };

  return kam_tombstones_remove (db, step->first, STEP_ROWS, &step->removed, &step->done, error);
}

gboolean
kam_tidy_run (KamDb               *db,
              gint64               now_us,
              gboolean             dry_run,
              KamTombstoneCounts  *counts,
              GCancellable        *cancellable,
              GError             **error)
{
  Step step = { 0 };

  *counts = (KamTombstoneCounts) { 0 };

  if (!kam_tombstones_find_first (db, now_us - KAM_TOMBSTONES_KEPT_DAYS * G_TIME_SPAN_DAY, &step.first, error))
    return FALSE;

  if (dry_run)
    return kam_tombstones_count (db, step.first, counts, error);

  while (!step.done)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error) || !kam_db_transact (db, KAM_DB_READ_WRITE, remove_some, &step, cancellable, error))
        return FALSE;

      counts->n_commits += step.removed.n_commits;
      counts->n_touches += step.removed.n_touches;
      counts->n_tombstones += step.removed.n_tombstones;
    }

  return TRUE;
}
