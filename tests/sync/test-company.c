/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "test-company.h"

static void
add_people (TestCompany    *self,
            KamTestMariadb *mariadb)
{
  self->database = kam_test_mariadb_migrated (mariadb);
  self->admin = kam_test_add_person (self->database, "admin@kam.test", "admin", NULL);
  self->manager = kam_test_add_person (self->database, "manager@kam.test", "manager", NULL);
  self->kam1 = kam_test_add_person (self->database, "kam1@kam.test", "kam", self->manager);
  self->kam2 = kam_test_add_person (self->database, "kam2@kam.test", "kam", self->manager);
}

void
test_company_set_up (TestCompany    *self,
                     KamTestMariadb *mariadb)
{
  add_people (self, mariadb);
  self->server = kam_test_server_new (self->database, NULL);
  self->boss = kam_test_client_new (self->server, "admin@kam.test");
}

void
test_company_set_up_plain (TestCompany    *self,
                           KamTestMariadb *mariadb)
{
  add_people (self, mariadb);
  self->server = kam_test_server_new_plain (self->database, NULL);
  self->port = kam_test_server_port (self->server);
  self->boss = kam_test_client_new (self->server, "admin@kam.test");
}

void
test_company_stop (TestCompany *self)
{
  g_clear_pointer (&self->boss, kam_test_client_free);
  g_clear_pointer (&self->server, kam_test_server_free);
}

void
test_company_restart_bare (TestCompany *self)
{
  g_autofree char *port = g_strdup_printf ("[server]\nport=%u", self->port);

  self->server = kam_test_server_new_plain (self->database, port);
}

void
test_company_restart (TestCompany *self)
{
  test_company_restart_bare (self);
  self->boss = kam_test_client_new (self->server, "admin@kam.test");
}

void
test_company_tear_down (TestCompany *self)
{
  g_clear_pointer (&self->boss, kam_test_client_free);
  g_clear_pointer (&self->server, kam_test_server_free);
  g_free (self->admin);
  g_free (self->manager);
  g_free (self->kam1);
  g_free (self->kam2);
}

void
test_company_sign_in (TestCompany *self,
                      TestDevice  *device,
                      const char  *email)
{
  g_autoptr (GError) error = NULL;

  test_device_sign_in (device, kam_test_server_uri (self->server), self->port == 0 ? kam_test_server_ca_file (self->server) : NULL, email,
                       KAM_TEST_PASSWORD, &error);
  g_assert_no_error (error);
  test_device_settle (device);
}

TestDevice *
test_company_device (TestCompany *self,
                     const char  *email)
{
  TestDevice *device = test_device_new ();

  test_company_sign_in (self, device, email);

  return device;
}

static char *
quote (const char *text)
{
  return text != NULL ? g_strdup_printf ("\"%s\"", text) : g_strdup ("null");
}

void
test_company_change (TestCompany *self,
                     const char  *entity,
                     const char  *id,
                     const char  *field,
                     const char  *from,
                     const char  *to)
{
  g_autofree char *old = quote (from);
  g_autofree char *new = quote (to);
  g_autofree char *set = g_strdup_printf ("{\"%s\":[%s,%s]}", field, old, new);

  kam_test_client_pull (self->boss, 0);
  kam_test_client_set (self->boss, entity, id, set);
}

void
test_company_move_lead (TestCompany *self,
                        const char  *lead,
                        const char  *from,
                        const char  *to)
{
  test_company_change (self, "lead", lead, "kam_id", from, to);
}

void
test_company_exec (TestCompany *self,
                   const char  *sql)
{
  g_autoptr (KamDb) db = kam_test_mariadb_connect (self->database);
  g_autoptr (GError) error = NULL;

  kam_db_exec (db, sql, NULL, 0, NULL, &error);
  g_assert_no_error (error);
}

gint64
test_company_number (TestCompany *self,
                     const char  *sql)
{
  g_autoptr (KamDb) db = kam_test_mariadb_connect (self->database);
  g_autoptr (GError) error = NULL;
  g_autoptr (KamDbRows) rows = kam_db_query (db, sql, NULL, 0, &error);

  g_assert_no_error (error);
  g_assert_true (kam_db_rows_next (rows, &error));

  return kam_db_rows_int (rows, 0);
}

/* Where the two first differ. */
static void
assert_same_text (KamEntityKind  entity,
                  const char    *mine,
                  const char    *fresh)
{
  g_auto (GStrv) a = g_strsplit (mine, "\n", -1);
  g_auto (GStrv) b = g_strsplit (fresh, "\n", -1);

  for (guint i = 0; a[i] != NULL || b[i] != NULL; i++)
    {
      if (g_strcmp0 (a[i], b[i]) != 0)
        g_error ("%s, row %u: the device has\n%s\nand a new one gets\n%s", kam_entity_get (entity)->name, i, a[i] != NULL ? a[i] : "(no more)",
                 b[i] != NULL ? b[i] : "(no more)");
    }
}

void
test_company_check (TestCompany *self,
                    TestDevice  *device,
                    const char  *email)
{
  g_autoptr (TestDevice) fresh = NULL;
  gint64 head = test_company_number (self, "SELECT head FROM org");
  gint64 until = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;

  /* A commit that nothing here may see does not move the device's head, but being asked does. */
  kam_sync_now (device->sync);
  test_device_settle (device);
  while (test_device_number (device, "SELECT value FROM meta WHERE key = 'head'") < head && g_get_monotonic_time () < until)
    test_wait (10);

  fresh = test_company_device (self, email);
  test_device_settle (device);
  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    {
      g_autofree char *mine = test_device_dump (device, (KamEntityKind) i);
      g_autofree char *new = test_device_dump (fresh, (KamEntityKind) i);

      assert_same_text ((KamEntityKind) i, mine, new);
    }
}
