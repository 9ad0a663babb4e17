/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-jobs.h"

#include "kam-tidy.h"

#define DAY_SECONDS (24 * 60 * 60)

/* One turn of a job (thread worker). Says what it did, in the log, where it did anything. */
typedef gboolean (*JobFunc) (KamDb         *db,
                             gint64         now_us,
                             GCancellable  *cancellable,
                             GError       **error);

typedef struct
{
  const char *name;
  guint       every_seconds;
  JobFunc     run;
} JobKind;

/* A job and when it runs next. */
typedef struct
{
  const JobKind *kind;
  KamJobs       *jobs;   /* (unowned) */
  guint          source; /* id; 0 while it runs */
} Job;

struct _KamJobs
{
  KamDbPool    *pool;        /* (owned) */
  KamClock     *clock;       /* (owned) */
  GCancellable *cancellable; /* (owned) */
  Job          *jobs;        /* (owned) */
};

/* A turn on its way. */
typedef struct
{
  const JobKind *kind;
  gint64         now_us;
  Job           *job;         /* (unowned): not to be looked at once cancelled */
  GCancellable  *cancellable; /* (owned) */
} Turn;

static gboolean
tidy (KamDb         *db,
      gint64         now_us,
      GCancellable  *cancellable,
      GError       **error)
{
  KamTombstoneCounts counts;

  if (!kam_tidy_run (db, now_us, FALSE, &counts, cancellable, error))
    return FALSE;

  if (counts.n_commits + counts.n_touches + counts.n_tombstones > 0)
    g_message ("tidied: %" G_GUINT64_FORMAT " commits and %" G_GUINT64_FORMAT " tombstones of more than %d days ago are gone", counts.n_commits,
               counts.n_tombstones, KAM_TOMBSTONES_KEPT_DAYS);

  return TRUE;
}

static const JobKind kinds[] = {
  { "tidy", DAY_SECONDS, tidy },
};

static void begin_cb (gpointer data);

static void
wait_for (Job   *job,
          guint  seconds)
{
  job->source = g_timeout_add_once (1000 * seconds, begin_cb, job);
}

static void
turn_free (Turn *turn)
{
  g_object_unref (turn->cancellable);
  g_free (turn);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Turn, turn_free)

static gpointer
run_turn (KamDb         *db,
          gpointer       data,
          GCancellable  *cancellable,
          GError       **error)
{
  Turn *turn = data;

  turn->kind->run (db, turn->now_us, cancellable, error);

  return NULL;
}

static void
ended_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (Turn) turn = user_data;
  g_autoptr (GError) error = NULL;
  guint every = turn->kind->every_seconds;

  kam_db_pool_run_finish (KAM_DB_POOL (source), result, &error);

  if (g_cancellable_is_cancelled (turn->cancellable))
    return;

  if (error != NULL)
    g_message ("%s: %s", turn->kind->name, error->message);

  /* Never all at once where many processes were started together. */
  wait_for (turn->job, every - every / 10 + (guint) g_random_int_range (0, (gint32) (every / 5 + 1)));
}

static void
begin_cb (gpointer data)
{
  Job *job = data;
  KamJobs *self = job->jobs;
  Turn *turn = g_new0 (Turn, 1);

  job->source = 0;
  turn->kind = job->kind;
  turn->now_us = kam_clock_now (self->clock);
  turn->job = job;
  turn->cancellable = g_object_ref (self->cancellable);
  kam_db_pool_run_async (self->pool, run_turn, turn, NULL, NULL, self->cancellable, ended_cb, turn);
}

KamJobs *
kam_jobs_new (KamDbPool *pool,
              KamClock  *clock,
              guint      first_seconds)
{
  KamJobs *self = g_new0 (KamJobs, 1);

  self->pool = g_object_ref (pool);
  self->clock = kam_clock_ref (clock);
  self->cancellable = g_cancellable_new ();
  self->jobs = g_new0 (Job, G_N_ELEMENTS (kinds));

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      self->jobs[i].kind = &kinds[i];
      self->jobs[i].jobs = self;
      wait_for (&self->jobs[i], (guint) g_random_int_range (0, (gint32) MIN (first_seconds, DAY_SECONDS) + 1));
    }

  return self;
}

void
kam_jobs_free (KamJobs *self)
{
  g_cancellable_cancel (self->cancellable);

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      if (self->jobs[i].source != 0)
        g_source_remove (self->jobs[i].source);
    }

  g_free (self->jobs);
  g_object_unref (self->cancellable);
  g_object_unref (self->pool);
  kam_clock_unref (self->clock);
  g_free (self);
}
