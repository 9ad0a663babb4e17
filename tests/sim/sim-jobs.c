/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sim-server.h"

#include <string.h>

/* What happens on the server by other ways than a push: who has which lead, who manages whom, who covers for whom. */

typedef struct
{
  SimId    what;
  SimId    whom;
  gboolean begins;
} Job;

static KamRow *
person_row (SimTxn     *self,
            const char *id)
{
  return sim_txn_get (self, id);
}

static void
want_grant (GArray     *wanted,
            const char *user,
            const char *scope)
{
  SimGrant grant = { .until = G_MAXINT64 };

  sim_id_set (&grant.user, user);
  sim_id_set (&grant.scope, scope);
  g_array_append_val (wanted, grant);
}

static gboolean
has_grant (GArray         *grants,
           const SimGrant *grant)
{
  for (guint i = 0; i < grants->len; i++)
    {
      const SimGrant *each = &g_array_index (grants, SimGrant, i);

      if (each->until == G_MAXINT64 && each->cover == grant->cover && sim_id_is (&each->user, grant->user.text) && sim_id_is (&each->scope, grant->scope.text))
        return TRUE;
    }

  return FALSE;
}

static GArray *
list_wanted (SimTxn *self)
{
  GArray *wanted = g_array_new (FALSE, FALSE, sizeof (SimGrant));
  g_autofree char *directory = kam_scope_directory ();

  for (guint i = 0; i < SIM_N_PEOPLE; i++)
    {
      const SimPerson *person = &self->world->people[i];
      const KamRow *row = person_row (self, person->id);
      const char *manager = row != NULL ? kam_row_text (row, KAM_USER_MANAGER) : NULL;

      want_grant (wanted, person->id, directory);
      want_grant (wanted, person->id, person->personal);
      want_grant (wanted, person->id, person->leads);

      if (manager != NULL)
        want_grant (wanted, manager, person->leads);
    }

  return wanted;
}

void
sim_txn_grant (SimTxn *self)
{
  GArray *grants = self->grants != NULL ? self->grants : g_array_copy (self->world->db->grants);
  g_autoptr (GArray) wanted = list_wanted (self);
  gint64 seq = self->world->db->head + 1; /* who gives grants holds the counter */

  self->grants = grants;

  for (guint i = 0; i < grants->len; i++)
    {
      SimGrant *grant = &g_array_index (grants, SimGrant, i);

      if (grant->until == G_MAXINT64 && !grant->cover && !has_grant (wanted, grant))
        grant->until = seq;
    }

  for (guint i = 0; i < wanted->len; i++)
    {
      SimGrant grant = g_array_index (wanted, SimGrant, i);

      grant.since = seq;
      if (!has_grant (grants, &grant))
        g_array_append_val (grants, grant);
    }
}

static void
start (SimWorld   *world,
       SimJobFunc  func,
       const char *what,
       const char *whom,
       gboolean    begins,
       const char *lock)
{
  SimTxn *txn = sim_txn_new (world, NULL, 0, NULL, NULL, NULL);
  Job *job = g_new0 (Job, 1);

  sim_id_set (&job->what, what);
  sim_id_set (&job->whom, whom);
  job->begins = begins;
  txn->job = func;
  txn->job_data = job;
  sim_txn_want (txn, lock);
  sim_txn_start (txn);
}

static void
move_lead (SimTxn        *self,
           gconstpointer  data)
{
  const Job *job = data;
  KamRow *lead = sim_txn_get (self, job->what.text);
  KamRow *changed;

  if (lead == NULL || kam_row_is (lead, KAM_LEAD_KAM, job->whom.text))
    return;

  changed = kam_row_copy (lead);
  kam_row_set_text (changed, KAM_LEAD_KAM, job->whom.text);
  kam_row_set_int (changed, KAM_LEAD_ALLOCATED_AT, sim_world_time (self->world));
  sim_txn_put (self, changed);
}

void
sim_job_move_lead (SimWorld        *world,
                   const char      *lead_id,
                   const SimPerson *to)
{
  start (world, move_lead, lead_id, to->id, TRUE, lead_id);
}

static void
move_person (SimTxn        *self,
             gconstpointer  data)
{
  const Job *job = data;
  KamRow *changed = kam_row_copy (person_row (self, job->what.text));

  kam_row_set_text (changed, KAM_USER_MANAGER, job->whom.text);
  sim_txn_put (self, changed);
  sim_txn_grant (self);
}

/* Whoever changes grants takes the counter first: there is nothing else that they wait for. */
void
sim_job_move_person (SimWorld        *world,
                     const SimPerson *person,
                     const SimPerson *manager)
{
  start (world, move_person, person->id, manager->id, TRUE, "org");
}

static void
change_cover (SimTxn        *self,
              gconstpointer  data)
{
  const Job *job = data;
  g_autofree char *scope = kam_scope_of_leads (job->what.text);
  SimGrant grant = { .until = G_MAXINT64, .cover = TRUE, .since = self->world->db->head + 1 };

  self->grants = g_array_copy (self->world->db->grants);

  for (guint i = 0; i < self->grants->len; i++)
    {
      SimGrant *each = &g_array_index (self->grants, SimGrant, i);

      if (each->cover && each->until == G_MAXINT64 && sim_id_is (&each->scope, scope))
        each->until = self->world->db->head + 1;
    }

  sim_id_set (&grant.user, job->whom.text);
  sim_id_set (&grant.scope, scope);
  if (job->begins)
    g_array_append_val (self->grants, grant);
}

void
sim_job_cover (SimWorld        *world,
               const SimPerson *absent,
               const SimPerson *cover,
               gboolean         begins)
{
  start (world, change_cover, absent->id, cover->id, begins, "org");
}

static void
hire (SimTxn        *self,
      gconstpointer  data)
{
  g_autofree char *directory = kam_scope_directory ();

  for (guint i = 0; i < SIM_N_PEOPLE; i++)
    {
      const SimPerson *person = &self->world->people[i];
      KamRow *row = kam_row_new (KAM_ENTITY_USER, person->id);

      kam_row_set_scope (row, directory);
      kam_row_set_text (row, KAM_USER_NAME, person->name);
      kam_row_take_text (row, KAM_USER_EMAIL, g_strdup_printf ("%s@kam.test", person->name));
      kam_row_set_text (row, KAM_USER_ROLE, person->role);
      kam_row_set_text (row, KAM_USER_TIME_ZONE, "Asia/Kolkata");
      kam_row_set_int (row, KAM_USER_WORK_DAYS, 31);
      kam_row_set_int (row, KAM_USER_ACTIVE, 1);
      if (i < SIM_MANAGER_M)
        kam_row_set_text (row, KAM_USER_MANAGER, self->world->people[SIM_MANAGER_M].id);
      sim_txn_put (self, row);
    }

  sim_txn_grant (self);
}

/* The organisation as it begins: head 1. */
void
sim_server_set_up (SimWorld *world)
{
  start (world, hire, "", "", TRUE, "org");
  sim_world_run (world, world->now_us + G_USEC_PER_SEC);
}
