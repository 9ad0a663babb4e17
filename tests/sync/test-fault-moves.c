/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "test-company.h"

/* Leads and people change hands while devices are online and offline, through real parts. */

#define N_CHILDREN 12

static KamTestMariadb *mariadb;

typedef struct
{
  TestCompany company;
  TestDevice *a;        /* (owned): of kam1 */
  TestDevice *b;        /* (owned): of kam2 */
  TestDevice *manager;  /* (owned): of both their manager */
  char       *lead;     /* (owned): of kam1 at first */
  char       *contacts[N_CHILDREN]; /* (owned) */
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  test_company_set_up (&self->company, mariadb);
  self->a = test_company_device (&self->company, "kam1@kam.test");
  self->b = test_company_device (&self->company, "kam2@kam.test");
  self->manager = test_company_device (&self->company, "manager@kam.test");
  self->lead = test_device_add_lead (self->a, "Zamorin Residency");
  test_device_set (self->a, KAM_ENTITY_LEAD, self->lead, KAM_LEAD_CITY, "Nashik");
  for (guint i = 0; i < N_CHILDREN; i++)
    {
      g_autofree char *call = test_device_add_call (self->a, self->lead, "Quorndon samovar");

      self->contacts[i] = test_device_add_contact (self->a, self->lead, "Xanthippe Zwolle");
    }
  test_device_settle (self->a);
  g_assert_true (test_device_shows (self->manager, KAM_ENTITY_LEAD, self->lead, KAM_LEAD_CITY, "Nashik", 10));
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  test_device_free (self->a);
  test_device_free (self->b);
  test_device_free (self->manager);
  for (guint i = 0; i < N_CHILDREN; i++)
    g_free (self->contacts[i]);
  g_free (self->lead);
  test_company_tear_down (&self->company);
}

static void
check_all (Fixture *self)
{
  test_company_check (&self->company, self->a, "kam1@kam.test");
  test_company_check (&self->company, self->b, "kam2@kam.test");
  test_company_check (&self->company, self->manager, "manager@kam.test");
}

/* The lead, its contacts and its calls: all of them, or none. */
static gint64
count_parts (TestDevice *device)
{
  return test_device_number (device, "SELECT (SELECT count(*) FROM lead) + (SELECT count(*) FROM contact) + (SELECT count(*) FROM interaction)");
}

static void
assert_whole (TestDevice *device)
{
  gint64 parts = count_parts (device);

  g_assert_true (parts == 0 || parts == 1 + 2 * N_CHILDREN);
}

static gboolean
wait_for_parts (Fixture    *self,
                TestDevice *device,
                gint64      parts)
{
  gint64 until = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  while (count_parts (device) != parts && g_get_monotonic_time () < until)
    {
      assert_whole (self->a);
      assert_whole (self->b);
      g_assert_cmpint (test_device_number (self->manager, "SELECT count(*) FROM lead"), ==, 1);
      test_wait (1);
    }

  return count_parts (device) == parts;
}

/* To and fro: wherever one looks, at any moment, the lead is there with all that belongs to it, or not at all. */
static void
test_moves (Fixture       *self,
            gconstpointer  data)
{
  for (guint i = 0; i < 5; i++)
    {
      test_company_move_lead (&self->company, self->lead, i % 2 == 0 ? self->company.kam1 : self->company.kam2,
                              i % 2 == 0 ? self->company.kam2 : self->company.kam1);
      g_assert_true (wait_for_parts (self, i % 2 == 0 ? self->b : self->a, 1 + 2 * N_CHILDREN));
      g_assert_true (wait_for_parts (self, i % 2 == 0 ? self->a : self->b, 0));
    }
  check_all (self);
}

/* Away and back while the first owner is offline with work in it: nothing is lost, and nothing comes twice. */
static void
test_there_and_back (Fixture       *self,
                     gconstpointer  data)
{
  g_autofree char *call = NULL;

  test_device_offline (self->a);
  call = test_device_add_call (self->a, self->lead, "While offline");
  test_device_set (self->a, KAM_ENTITY_CONTACT, self->contacts[0], KAM_CONTACT_NAME, "Renamed offline");
  test_company_move_lead (&self->company, self->lead, self->company.kam1, self->company.kam2);
  g_assert_true (test_device_shows (self->b, KAM_ENTITY_LEAD, self->lead, KAM_LEAD_CITY, "Nashik", 10));
  test_device_set (self->b, KAM_ENTITY_LEAD, self->lead, KAM_LEAD_CITY, "Goa");
  test_device_settle (self->b);
  test_company_move_lead (&self->company, self->lead, self->company.kam2, self->company.kam1);
  test_device_online (self->a);

  g_assert_true (test_device_shows (self->a, KAM_ENTITY_LEAD, self->lead, KAM_LEAD_CITY, "Goa", 10));
  g_assert_true (test_device_shows (self->a, KAM_ENTITY_CONTACT, self->contacts[0], KAM_CONTACT_NAME, "Renamed offline", 0));
  g_assert_cmpint (test_device_number (self->a, "SELECT count(*) FROM interaction WHERE summary = 'While offline'"), ==, 1);
  check_all (self);
  g_assert_null (test_device_load (self->b, KAM_ENTITY_LEAD, self->lead));
  g_assert_cmpint (test_company_number (&self->company, "SELECT count(*) FROM conflict"), ==, 0);
}

/* The lead is somebody else's by the time the work arrives: what happened is a fact and goes along; what was changed is offered to the new owner, and
 * its author sees that it is. */
static void
test_edits_after_losing (Fixture       *self,
                         gconstpointer  data)
{
  g_autofree char *call = NULL;
  static const char copies[] = "SELECT count(*) FROM conflict WHERE field = 'city' AND mine = '\"Pune\"' AND theirs IS NULL";
  static const char offers[] = "SELECT count(*) FROM conflict WHERE field = 'city' AND mine = '\"Pune\"' AND theirs = '\"Nashik\"'";

  test_device_offline (self->a);
  call = test_device_add_call (self->a, self->lead, "Went there in person");
  test_device_set (self->a, KAM_ENTITY_LEAD, self->lead, KAM_LEAD_CITY, "Pune");
  test_company_move_lead (&self->company, self->lead, self->company.kam1, self->company.kam2);
  test_device_online (self->a);

  g_assert_true (test_device_shows (self->b, KAM_ENTITY_INTERACTION, call, KAM_INTERACTION_SUMMARY, "Went there in person", 10));
  check_all (self);
  g_assert_null (test_device_load (self->a, KAM_ENTITY_LEAD, self->lead));
  g_assert_true (test_device_shows (self->b, KAM_ENTITY_LEAD, self->lead, KAM_LEAD_CITY, "Nashik", 0));
  g_assert_cmpint (test_device_number (self->b, offers), ==, 1);
  g_assert_cmpint (test_device_number (self->a, copies), ==, 1);
  g_assert_cmpint (test_device_number (self->a, "SELECT count(*) FROM interaction"), ==, 0);
}

static void
test_manager_loses_person (Fixture       *self,
                           gconstpointer  data)
{
  g_autofree char *other = test_device_add_lead (self->b, "Stays with the manager");

  g_assert_true (test_device_has_lead (self->manager, other, "Stays with the manager", 10));
  test_company_change (&self->company, "user", self->company.kam1, "manager_id", self->company.manager, NULL);
  g_assert_true (test_device_shows (self->manager, KAM_ENTITY_LEAD, self->lead, KAM_LEAD_CITY, NULL, 10));
  check_all (self);
  g_assert_cmpint (count_parts (self->manager), ==, 1);

  /* And back, in two steps that the device sees as one: it was away meanwhile. */
  test_device_offline (self->manager);
  test_company_change (&self->company, "user", self->company.kam1, "manager_id", NULL, self->company.manager);
  test_company_change (&self->company, "user", self->company.kam2, "manager_id", self->company.manager, NULL);
  test_device_online (self->manager);
  g_assert_true (test_device_shows (self->manager, KAM_ENTITY_LEAD, self->lead, KAM_LEAD_CITY, "Nashik", 10));
  check_all (self);
  g_assert_cmpint (count_parts (self->manager), ==, 1 + 2 * N_CHILDREN);
}

/* The manager sees everything of an administrator's; made a manager again, only what the own people have. */
static void
test_second_grant (Fixture       *self,
                   gconstpointer  data)
{
  g_autofree char *strange = kam_test_client_add_lead (self->company.boss, "Of nobody below", self->company.admin);
  gint64 until = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  test_company_change (&self->company, "user", self->company.manager, "role", "manager", "admin");
  g_assert_true (test_device_has_lead (self->manager, strange, "Of nobody below", 10));
  test_company_change (&self->company, "user", self->company.manager, "role", "admin", "manager");

  /* The other lead goes; this one is still seen by the first grant, and at no moment is it away. */
  while (test_device_number (self->manager, "SELECT count(*) FROM lead") > 1 && g_get_monotonic_time () < until)
    {
      g_assert_cmpint (test_device_number (self->manager, "SELECT count(*) FROM contact"), ==, N_CHILDREN);
      test_wait (1);
    }
  g_assert_true (test_device_shows (self->manager, KAM_ENTITY_LEAD, self->lead, KAM_LEAD_CITY, "Nashik", 0));
  check_all (self);
  g_assert_null (test_device_load (self->manager, KAM_ENTITY_LEAD, strange));
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

/* What one may no longer see is in no file of the cache, not in its log either. (What somebody wrote stays in their own journal until a backup has it.) */
static void
test_nothing_stays (Fixture       *self,
                    gconstpointer  data)
{
  gint64 until = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  g_assert_true (test_device_holds_text (self->a, "Xanthippe"));
  test_company_exec (&self->company, "UPDATE org SET durable = head");
  test_company_move_lead (&self->company, self->lead, self->company.kam1, self->company.kam2);
  g_assert_true (wait_for_parts (self, self->a, 0));
  test_device_settle (self->a);
  while (test_device_holds_text (self->a, "Xanthippe") && g_get_monotonic_time () < until)
    test_wait (100);
  g_assert_false (test_device_holds_text (self->a, "Xanthippe"));
  g_assert_false (test_device_holds_text (self->a, "Zamorin"));
  g_assert_false (test_device_holds_text (self->a, "samovar"));
}

int
main (int    argc,
      char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  mariadb = kam_test_mariadb_new ();

  ADD ("/moves/fault-19-to-and-fro", test_moves);
  ADD ("/moves/fault-19-nothing-stays", test_nothing_stays);
  ADD ("/moves/fault-20-there-and-back", test_there_and_back);
  ADD ("/moves/fault-21-edits-after-losing", test_edits_after_losing);
  ADD ("/moves/fault-22-manager-loses-person", test_manager_loses_person);
  ADD ("/moves/fault-23-second-grant", test_second_grant);

  status = g_test_run ();
  kam_test_mariadb_free (mariadb);

  return status;
}
