/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sim-ledger.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* Runs seeds. What is asked of every run is in sim-oracle.c.
 *
 *   test-sim                     as a test: some hundred seeds
 *   test-sim --seeds FROM-TO     those, and how long they took
 *   test-sim --forever [FROM]    until one fails
 *   test-sim --seed N [--trace]  one, with everything that happens in it
 *   --faults KIND                usual, or also: backups, clones, expiries, revocations, strangers, replays
 *   --real                       with the real store
 *   --quiet                      no further than the first that fails
 */

#define TROUBLED (20 * SIM_MINUTE)
#define CALM (40 * SIM_MINUTE)
#define QUIET (60 * SIM_MINUTE)
#define REQUESTS_MOST 800

static guint
count_requests (SimWorld *world)
{
  guint n = 0;

  for (guint i = 0; i < world->clients->len; i++)
    n += ((SimClient *) g_ptr_array_index (world->clients, i))->n_requests;

  return n;
}

/* Kinds of trouble, so that a fault is found sooner than where everything goes wrong at once. */
static void
set_faults (SimOptions *options,
            const char *faults)
{
  if (strcmp (faults, "backups") == 0)
    options->backups = 2;
  else if (strcmp (faults, "clones") == 0)
    options->clones = 3;
  else if (strcmp (faults, "expiries") == 0)
    options->expiries = 4;
  else if (strcmp (faults, "revocations") == 0)
    options->revocations = 2;
  else if (strcmp (faults, "strangers") == 0)
    options->strangers = 2;
  else if (strcmp (faults, "replays") == 0)
    options->replays = TRUE;
  else if (strcmp (faults, "usual") != 0)
    g_error ("Nobody knows the faults “%s”", faults);
}

static SimOptions
options_of (guint       seed,
            const char *faults,
            gboolean    real)
{
  SimOptions options = { .seed = seed, .real = real, .edits = 70, .crashes = 6, .outages = 3, .disturbances = 6, .moves = 8, .kills = 5, .sleeps = 5,
                         .noise = 1 };

  if (seed % 4 == 1)
    options.noise = 0.2;
  if (seed % 4 == 2)
    options.crashes = options.sleeps = 0;
  if (real)
    options.edits = 40;
  set_faults (&options, faults);

  return options;
}

/* The violations: (element-type utf8) (transfer full). */
static GPtrArray *
run_seed (const SimOptions *options,
          guint64          *hash)
{
  g_autoptr (SimWorld) world = sim_world_new (options);
  guint before;

  sim_plan (world);
  sim_world_run (world, TROUBLED);
  sim_world_calm (world);
  sim_world_run (world, TROUBLED + CALM);
  sim_oracle_check (world);

  /* Nothing more to do: nothing but a poke a minute from each. */
  before = count_requests (world);
  sim_world_run (world, TROUBLED + CALM + QUIET);
  if (count_requests (world) - before > world->clients->len * 75)
    sim_violate (world, "%u requests in a quiet hour", count_requests (world) - before);

  for (guint i = 0; i < world->clients->len; i++)
    {
      if (((SimClient *) g_ptr_array_index (world->clients, i))->n_requests > REQUESTS_MOST)
        sim_violate (world, "device %u sends more requests than anybody should", i);
    }

  if (hash != NULL)
    *hash = world->hash;

  return g_ptr_array_ref (world->violations);
}

static void
test_seeds (guint       from,
            guint       n,
            const char *faults,
            gboolean    real)
{
  for (guint seed = from; seed < from + n && !g_test_failed (); seed++)
    {
      SimOptions options = options_of (seed, faults, real);
      g_autoptr (GPtrArray) violations = run_seed (&options, NULL);

      for (guint i = 0; i < violations->len; i++)
        g_test_fail_printf ("%s", (const char *) g_ptr_array_index (violations, i));
    }
}

static gboolean
is_long (void)
{
  return g_strcmp0 (g_getenv ("KAM_LONG"), "1") == 0;
}

/* fault-10, 12 to 15, 18 to 23: see what sim-plan.c and sim-person.c do. */
static void
test_model_store (void)
{
  test_seeds (0, is_long () ? 10000 : 60, "usual", FALSE);
}

static void
test_real_store (void)
{
  test_seeds (0, is_long () ? 1000 : 10, "usual", TRUE);
}

static void
test_faults (gconstpointer data)
{
  test_seeds (0, is_long () ? 1000 : 15, data, FALSE);
}

/* The same seed gives the same run. */
static void
test_same_again (void)
{
  for (guint real = 0; real < 2; real++)
    {
      SimOptions options = options_of (4711, "usual", real == 1);
      guint64 hashes[2] = { 0 };

      for (guint i = 0; i < 2; i++)
        g_ptr_array_unref (run_seed (&options, &hashes[i]));

      g_assert_cmpuint (hashes[0], ==, hashes[1]);
    }
}

typedef struct
{
  guint       from;
  guint       to;
  const char *faults;
  gboolean real;
  gboolean trace;
  gboolean quiet;
} Range;

static int
run_range (const Range *range)
{
  gint64 begin = g_get_monotonic_time ();
  guint n_bad = 0;
  guint seed;

  for (seed = range->from; seed < range->to && (n_bad == 0 || !range->quiet); seed++)
    {
      SimOptions options = options_of (seed, range->faults, range->real);
      guint64 hash = 0;
      g_autoptr (GPtrArray) violations = NULL;

      options.trace = range->trace;
      violations = run_seed (&options, &hash);
      n_bad += violations->len > 0;

      for (guint i = 0; i < violations->len; i++)
        g_print ("%s\n", (const char *) g_ptr_array_index (violations, i));

      if (range->trace)
        g_print ("seed %u: hash %016" G_GINT64_MODIFIER "x\n", seed, hash);
    }

  g_print ("%u seeds, %u with violations, %.1f s\n", seed - range->from, n_bad, (double) (g_get_monotonic_time () - begin) / G_USEC_PER_SEC);
  sim_store_clean_up ();

  return n_bad > 0 ? 1 : 0;
}

/* TRUE where the arguments ask for seeds rather than for the tests. */
static gboolean
read_arguments (int    argc,
                char **argv,
                Range *range)
{
  gboolean asked = FALSE;

  for (int i = 1; i < argc; i++)
    {
      const char *value = i + 1 < argc ? argv[i + 1] : "";
      const char *dash = strchr (value, '-');

      if (strcmp (argv[i], "--real") == 0)
        range->real = TRUE;
      else if (strcmp (argv[i], "--trace") == 0)
        range->trace = TRUE;
      else if (strcmp (argv[i], "--quiet") == 0)
        range->quiet = TRUE;
      else if (strcmp (argv[i], "--faults") == 0)
        range->faults = value;
      else if (strcmp (argv[i], "--seed") == 0 || strcmp (argv[i], "--seeds") == 0)
        {
          range->from = (guint) atoi (value);
          range->to = dash != NULL ? (guint) atoi (dash + 1) : range->from + 1;
          asked = TRUE;
        }
      else if (strcmp (argv[i], "--forever") == 0)
        {
          range->from = (guint) atoi (value);
          range->to = G_MAXUINT;
          range->quiet = TRUE;
          asked = TRUE;
        }
    }

  return asked;
}

int
main (int    argc,
      char **argv)
{
  Range range = { .faults = "usual" };
  int status;

  setlocale (LC_ALL, "C.UTF-8");

  if (read_arguments (argc, argv, &range))
    return run_range (&range);

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim/same-again", test_same_again);
  g_test_add_func ("/sim/seeds/model-store", test_model_store);
  g_test_add_func ("/sim/seeds/real-store", test_real_store);
  g_test_add_data_func ("/sim/fault-25-server-restored-from-backup", "backups", test_faults);
  g_test_add_data_func ("/sim/fault-26-client-restored-or-cloned", "clones", test_faults);
  g_test_add_data_func ("/sim/fault-31-cursor-older-than-tombstones", "expiries", test_faults);
  g_test_add_data_func ("/sim/fault-24-signed-out-with-pending-work", "revocations", test_faults);
  g_test_add_data_func ("/sim/fault-40-wrong-server", "strangers", test_faults);
  status = g_test_run ();
  sim_store_clean_up ();

  return status;
}
