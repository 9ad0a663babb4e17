/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-store-pending.h"
#include "test-company.h"

/* A device comes back after a long time, and finds the server away. Nobody edits again, nobody asks: it gets there by itself, and can say in few words what
 * has happened meanwhile. */

#define N_OWN 40
#define N_CHANGED 12

static KamTestMariadb *mariadb;

typedef struct
{
  TestCompany company;
  TestDevice *a;                     /* (owned): of kam1 */
  TestDevice *b;                     /* (owned): of kam1 too */
  char       *leads[N_CHANGED + 1];  /* (owned): of kam1; the last one will be lost */
  char       *strange;               /* (owned): of kam2 */
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  g_autoptr (TestDevice) other = NULL;

  test_company_set_up (&self->company, mariadb);
  other = test_company_device (&self->company, "kam2@kam.test");
  self->strange = test_device_add_lead (other, "Of the other");
  test_device_settle (other);
  self->a = test_company_device (&self->company, "kam1@kam.test");
  self->b = test_company_device (&self->company, "kam1@kam.test");
  for (guint i = 0; i < G_N_ELEMENTS (self->leads); i++)
    self->leads[i] = test_device_add_lead (self->a, "At first");
  test_device_settle (self->a);
  for (guint i = 0; i < G_N_ELEMENTS (self->leads); i++)
    g_assert_true (test_device_has_lead (self->b, self->leads[i], "At first", 10));
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  test_device_free (self->a);
  test_device_free (self->b);
  for (guint i = 0; i < G_N_ELEMENTS (self->leads); i++)
    g_free (self->leads[i]);
  g_free (self->strange);
  test_company_tear_down (&self->company);
}

typedef struct
{
  gboolean       done;
  KamSyncSummary summary;
} Asking;

static void
seen_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  Asking *asking = data;

  g_assert_true (kam_store_summary_seen_finish (KAM_STORE (source), result, NULL));
  asking->done = TRUE;
}

static void
summary_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      data)
{
  Asking *asking = data;

  g_assert_true (kam_store_summary_finish (KAM_STORE (source), result, &asking->summary, NULL));
  asking->done = TRUE;
}

static KamSyncSummary
ask (TestDevice *device,
     gboolean    seen)
{
  Asking asking = { FALSE, { 0 } };

  if (seen)
    kam_store_summary_seen_async (device->store, NULL, seen_cb, &asking);
  else
    kam_store_summary_async (device->store, NULL, summary_cb, &asking);
  while (!asking.done)
    test_wait (1);

  return asking.summary;
}

/* While the first device is away. */
static void
work_elsewhere (Fixture *self)
{
  for (guint i = 0; i < N_CHANGED; i++)
    test_device_set (self->b, KAM_ENTITY_LEAD, self->leads[i], KAM_LEAD_CITY, "Goa");
  test_device_settle (self->b);
  test_company_move_lead (&self->company, self->leads[N_CHANGED], self->company.kam1, self->company.kam2);
  test_company_move_lead (&self->company, self->strange, self->company.kam2, self->company.kam1);
}

static void
test_long_absence (Fixture       *self,
                   gconstpointer  data)
{
  KamSyncSummary summary;

  ask (self->a, TRUE);
  test_device_offline (self->a);
  for (guint i = 0; i < N_OWN; i++)
    {
      g_autofree char *name = g_strdup_printf ("Made while away %u", i);
      g_autofree char *lead = test_device_add_lead (self->a, name);
    }
  test_device_set (self->a, KAM_ENTITY_LEAD, self->leads[0], KAM_LEAD_CITY, "Pune");
  work_elsewhere (self);

  /* It comes back where there is no server, and stays for several attempts. */
  kam_test_server_stop (self->company.server);
  test_device_connect (self->a);
  g_assert_true (test_device_reaches (self->a, KAM_SYNC_OFFLINE, 10));
  test_wait (5000);
  g_assert_cmpuint (test_device_pending (self->a), ==, N_OWN + 1);
  kam_test_server_restart (self->company.server);

  test_device_settle (self->a);
  test_company_check (&self->company, self->a, "kam1@kam.test");
  summary = ask (self->a, FALSE);
  g_test_message ("%u changed, %u gained, %u lost, %u sent, %u conflicts, %u rejected", summary.n_leads_changed, summary.n_leads_gained,
                  summary.n_leads_lost, summary.n_sent, summary.n_conflicts, summary.n_rejected);
  g_assert_cmpuint (summary.n_leads_changed, ==, N_CHANGED);
  g_assert_cmpuint (summary.n_leads_gained, ==, 1);
  g_assert_cmpuint (summary.n_leads_lost, ==, 1);
  g_assert_cmpuint (summary.n_sent, ==, N_OWN + 1);
  g_assert_cmpuint (summary.n_conflicts, ==, 1);
  g_assert_cmpuint (summary.n_rejected, ==, 0);
  g_assert_cmpint (summary.since_us, >, 0);
}

int
main (int    argc,
      char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  mariadb = kam_test_mariadb_new ();
  g_test_add ("/absence/fault-11-long-absence", Fixture, NULL, set_up, test_long_absence, tear_down);
  status = g_test_run ();
  kam_test_mariadb_free (mariadb);

  return status;
}
