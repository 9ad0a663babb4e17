/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "test-company.h"

/* Two devices that write without knowing of each other, through the real client, TLS, the real server and MariaDB. */

static KamTestMariadb *mariadb;

typedef struct
{
  TestCompany company;
  TestDevice *a;    /* (owned): of kam1 */
  TestDevice *b;    /* (owned): of kam1 too */
  char       *lead; /* (owned): of kam1, on both */
} Fixture;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  test_company_set_up (&self->company, mariadb);
  self->a = test_company_device (&self->company, "kam1@kam.test");
  self->b = test_company_device (&self->company, "kam1@kam.test");
  self->lead = test_device_add_lead (self->a, "Spice Garden");
  test_device_set (self->a, KAM_ENTITY_LEAD, self->lead, KAM_LEAD_CITY, "Nashik");
  test_device_settle (self->a);
  g_assert_true (test_device_shows (self->b, KAM_ENTITY_LEAD, self->lead, KAM_LEAD_CITY, "Nashik", 10));
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  test_device_free (self->a);
  test_device_free (self->b);
  g_free (self->lead);
  test_company_tear_down (&self->company);
}

static void
check_both (Fixture *self)
{
  test_company_check (&self->company, self->a, "kam1@kam.test");
  test_company_check (&self->company, self->b, "kam1@kam.test");
}

/* A writes offline, B at the server, then A comes back. */
static void
write_apart (Fixture    *self,
             guint       field_a,
             const char *text_a,
             guint       field_b,
             const char *text_b)
{
  test_device_offline (self->a);
  test_device_set (self->a, KAM_ENTITY_LEAD, self->lead, field_a, text_a);
  test_device_set (self->b, KAM_ENTITY_LEAD, self->lead, field_b, text_b);
  test_device_settle (self->b);
  test_device_online (self->a);
}

static void
test_different_fields (Fixture       *self,
                       gconstpointer  data)
{
  write_apart (self, KAM_LEAD_NAME, "Spice Court", KAM_LEAD_CITY, "Goa");
  g_assert_true (test_device_shows (self->a, KAM_ENTITY_LEAD, self->lead, KAM_LEAD_CITY, "Goa", 10));
  g_assert_true (test_device_shows (self->a, KAM_ENTITY_LEAD, self->lead, KAM_LEAD_NAME, "Spice Court", 0));
  g_assert_true (test_device_shows (self->b, KAM_ENTITY_LEAD, self->lead, KAM_LEAD_NAME, "Spice Court", 10));
  g_assert_true (test_device_shows (self->b, KAM_ENTITY_LEAD, self->lead, KAM_LEAD_CITY, "Goa", 0));
  g_assert_cmpint (test_company_number (&self->company, "SELECT count(*) FROM conflict"), ==, 0);
  check_both (self);
}

/* The loser is shown, with base, theirs and mine, on every device. */
static void
test_same_field (Fixture       *self,
                 gconstpointer  data)
{
  static const char conflicts[] = "SELECT count(*) FROM conflict WHERE field = 'city' AND base = '\"Nashik\"' AND theirs = '\"Goa\"' AND mine = '\"Pune\"'";

  write_apart (self, KAM_LEAD_CITY, "Pune", KAM_LEAD_CITY, "Goa");
  g_assert_true (test_device_shows (self->a, KAM_ENTITY_LEAD, self->lead, KAM_LEAD_CITY, "Goa", 10));
  g_assert_cmpint (test_company_number (&self->company, "SELECT count(*) FROM conflict WHERE field = 'city'"), ==, 1);
  check_both (self);
  g_assert_cmpint (test_device_number (self->a, conflicts), ==, 1);
  g_assert_cmpint (test_device_number (self->b, conflicts), ==, 1);
}

static void
test_same_value (Fixture       *self,
                 gconstpointer  data)
{
  write_apart (self, KAM_LEAD_CITY, "Goa", KAM_LEAD_CITY, "Goa");
  g_assert_true (test_device_shows (self->a, KAM_ENTITY_LEAD, self->lead, KAM_LEAD_CITY, "Goa", 10));
  g_assert_cmpint (test_company_number (&self->company, "SELECT count(*) FROM conflict"), ==, 0);
  check_both (self);
}

/* One deletes what another goes on with: it stays, and both are told. */
static void
test_delete_and_edit (Fixture       *self,
                      gconstpointer  data)
{
  test_device_offline (self->a);
  test_device_delete (self->a, KAM_ENTITY_LEAD, self->lead);
  test_device_set (self->b, KAM_ENTITY_LEAD, self->lead, KAM_LEAD_CITY, "Goa");
  test_device_settle (self->b);
  test_device_online (self->a);
  check_both (self);
  g_assert_true (test_device_shows (self->a, KAM_ENTITY_LEAD, self->lead, KAM_LEAD_CITY, "Goa", 10));
  g_assert_true (test_device_shows (self->a, KAM_ENTITY_LEAD, self->lead, KAM_LEAD_DELETE, NULL, 0) ||
                 test_device_number (self->a, "SELECT count(*) FROM lead WHERE delete_id IS NULL") == 1);
  g_assert_cmpint (test_device_number (self->a, "SELECT count(*) FROM conflict WHERE field = 'delete_id'"), ==, 1);
  g_assert_cmpint (test_device_number (self->b, "SELECT count(*) FROM conflict WHERE field = 'delete_id'"), ==, 1);
}

/* And the other way round: it is deleted first, and then somebody who did not know goes on with it. */
static void
test_edit_and_delete (Fixture       *self,
                      gconstpointer  data)
{
  g_autofree char *call = NULL;

  test_device_offline (self->a);
  call = test_device_add_call (self->a, self->lead, "They want to see samples");
  test_device_delete (self->b, KAM_ENTITY_LEAD, self->lead);
  test_device_settle (self->b);
  test_device_online (self->a);
  check_both (self);
  g_assert_true (test_device_shows (self->b, KAM_ENTITY_INTERACTION, call, KAM_INTERACTION_SUMMARY, "They want to see samples", 10));
  g_assert_cmpint (test_device_number (self->b, "SELECT count(*) FROM lead WHERE delete_id IS NULL"), ==, 1);
  g_assert_cmpint (test_device_number (self->a, "SELECT count(*) FROM conflict WHERE field = 'delete_id'"), >=, 1);
}

static void
test_create_and_delete (Fixture       *self,
                        gconstpointer  data)
{
  gint64 head = test_company_number (&self->company, "SELECT head FROM org");
  g_autofree char *lead = NULL;
  g_autofree char *contact = NULL;

  test_device_offline (self->a);
  lead = test_device_add_lead (self->a, "Never was");
  contact = test_device_add_contact (self->a, lead, "Nobody");
  test_device_delete (self->a, KAM_ENTITY_CONTACT, contact);
  test_device_delete (self->a, KAM_ENTITY_LEAD, lead);
  g_assert_cmpuint (test_device_pending (self->a), ==, 0);
  test_device_online (self->a);
  g_assert_cmpint (test_company_number (&self->company, "SELECT head FROM org"), ==, head);
  check_both (self);
}

/* More than one push takes: the other device sees a child only with its lead, at any moment. */
static void
test_child_before_parent (Fixture       *self,
                          gconstpointer  data)
{
  static const char orphans[] = "SELECT (SELECT count(*) FROM contact WHERE lead_id NOT IN (SELECT id FROM lead)) + "
                                "(SELECT count(*) FROM interaction WHERE lead_id NOT IN (SELECT id FROM lead))";
  gint64 until = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  test_device_offline (self->a);
  for (guint i = 0; i < 180; i++)
    {
      g_autofree char *name = g_strdup_printf ("Branch %u", i);
      g_autofree char *lead = test_device_add_lead (self->a, name);
      g_autofree char *contact = test_device_add_contact (self->a, lead, "Owner");
      g_autofree char *call = test_device_add_call (self->a, lead, "First call");
    }
  test_device_online (self->a);
  while (test_device_number (self->b, "SELECT count(*) FROM interaction") < 180 && g_get_monotonic_time () < until)
    {
      g_assert_cmpint (test_device_number (self->b, orphans), ==, 0);
      test_wait (1);
    }
  g_assert_cmpint (test_device_number (self->b, "SELECT count(*) FROM contact"), ==, 180);
  g_assert_cmpint (test_device_number (self->b, "SELECT count(*) FROM interaction"), ==, 180);
  g_assert_cmpint (test_device_number (self->b, orphans), ==, 0);
  check_both (self);
}

/* A restaurant entered by two people: both are kept, as two, and whoever sees both is told. */
static void
test_same_restaurant (Fixture       *self,
                      gconstpointer  data)
{
  g_autoptr (TestDevice) other = test_company_device (&self->company, "kam2@kam.test");
  g_autoptr (TestDevice) manager = test_company_device (&self->company, "manager@kam.test");
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autoptr (KamRow) row = NULL;
  g_autoptr (GPtrArray) similar = NULL;

  test_device_offline (self->a);
  test_device_offline (other);
  first = test_device_add_lead (self->a, "Annapurna Bhojanalaya");
  second = test_device_add_lead (other, "Annapurna  bhojanalaya");
  test_device_set (self->a, KAM_ENTITY_LEAD, first, KAM_LEAD_PHONE, "+919812345678");
  test_device_set (other, KAM_ENTITY_LEAD, second, KAM_LEAD_PHONE, "+919812345678");
  test_device_online (self->a);
  test_device_online (other);
  g_assert_true (test_device_shows (manager, KAM_ENTITY_LEAD, first, KAM_LEAD_PHONE, "+919812345678", 10));
  g_assert_true (test_device_shows (manager, KAM_ENTITY_LEAD, second, KAM_LEAD_PHONE, "+919812345678", 10));

  row = test_device_load (manager, KAM_ENTITY_LEAD, first);
  similar = test_device_similar (manager, row);
  g_assert_cmpuint (similar->len, ==, 1);
  g_assert_cmpstr (kam_row_id (g_ptr_array_index (similar, 0)), ==, second);
  check_both (self);
  test_company_check (&self->company, other, "kam2@kam.test");
  test_company_check (&self->company, manager, "manager@kam.test");
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  mariadb = kam_test_mariadb_new ();

  ADD ("/merge/fault-12-different-fields", test_different_fields);
  ADD ("/merge/fault-13-same-field", test_same_field);
  ADD ("/merge/fault-14-same-value", test_same_value);
  ADD ("/merge/fault-15-delete-and-edit", test_delete_and_edit);
  ADD ("/merge/fault-15-edit-and-delete", test_edit_and_delete);
  ADD ("/merge/fault-17-create-and-delete", test_create_and_delete);
  ADD ("/merge/fault-18-child-before-parent", test_child_before_parent);
  ADD ("/merge/fault-38-same-restaurant", test_same_restaurant);

  status = g_test_run ();
  kam_test_mariadb_free (mariadb);

  return status;
}
