/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "test-company.h"

/* What is asked beside the copy, history and devices, and how a session ends that the server ended for good. */

static KamTestMariadb *mariadb;

static void
set_up (TestCompany   *self,
        gconstpointer  data)
{
  test_company_set_up_plain (self, mariadb);
}

static void
tear_down (TestCompany   *self,
           gconstpointer  data)
{
  test_company_tear_down (self);
}

typedef struct
{
  GAsyncResult *result; /* (owned) (nullable) */
} Asked;

static void
asked_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  ((Asked *) data)->result = g_object_ref (result);
}

static void
await (Asked *asked)
{
  while (asked->result == NULL)
    test_wait (5);
}

/* The person's only other device. */
static char *
find_other_device (TestDevice *device)
{
  Asked asked = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) devices = NULL;
  char *id = NULL;

  kam_sync_devices_async (device->sync, NULL, asked_cb, &asked);
  await (&asked);
  devices = kam_sync_devices_finish (device->sync, asked.result, &error);
  g_object_unref (asked.result);
  g_assert_no_error (error);

  for (guint i = 0; i < devices->len; i++)
    {
      const KamDevice *each = g_ptr_array_index (devices, i);

      g_assert_true (each->signed_in);
      g_assert_cmpint (each->created_at, >, 0);
      if (!each->current)
        id = g_strdup (each->id);
    }

  g_assert_cmpuint (devices->len, ==, 2);

  return id;
}

static void
end_device (TestDevice *device,
            const char *id)
{
  Asked asked = { NULL };
  g_autoptr (GError) error = NULL;

  kam_sync_end_device_async (device->sync, id, NULL, asked_cb, &asked);
  await (&asked);
  kam_sync_end_device_finish (device->sync, asked.result, &error);
  g_object_unref (asked.result);
  g_assert_no_error (error);
}

/* Nothing is left but a word about what happened. */
static void
check_erased (TestDevice *device,
              const char *text)
{
  gint64 until = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;
  g_autofree char *token = g_build_filename (device->dir, "token", NULL);
  g_autofree char *message = NULL;

  while (kam_sync_get_user_id (device->sync) != NULL && g_get_monotonic_time () < until)
    test_wait (5);

  g_assert_null (kam_sync_get_user_id (device->sync));
  g_assert_cmpint (kam_sync_get_status (device->sync), ==, KAM_SYNC_SIGNED_OUT);
  g_object_get (device->sync, "message", &message, NULL);
  g_assert_nonnull (message);
  g_assert_nonnull (strstr (message, "erased"));
  g_assert_nonnull (strstr (message, "1 change"));
  g_assert_false (g_file_test (token, G_FILE_TEST_EXISTS));
  g_assert_false (test_device_holds_text (device, text));
}

static void
test_signed_out_elsewhere (TestCompany   *self,
                           gconstpointer  data)
{
  g_autoptr (TestDevice) a = test_company_device (self, "kam1@kam.test");
  g_autoptr (TestDevice) b = test_company_device (self, "kam1@kam.test");
  g_autofree char *lead = test_device_add_lead (a, "Known to the server");
  g_autofree char *lost = NULL;
  g_autofree char *id = NULL;
  g_autofree char *message = NULL;

  test_device_settle (a);
  test_device_offline (a);
  lost = test_device_add_lead (a, "Not yet sent from here");
  id = find_other_device (b);
  end_device (b, id);

  test_device_stop (a);
  test_device_start (a);
  check_erased (a, "Not yet sent from here");
  g_assert_cmpint (test_company_number (self, "SELECT count(*) FROM quarantine_mutation"), ==, 1);

  /* The word stays until somebody signs in. */
  test_device_stop (a);
  test_device_start (a);
  g_object_get (a->sync, "message", &message, NULL);
  g_assert_nonnull (message);
  test_company_sign_in (self, a, "kam1@kam.test");
  g_clear_pointer (&message, g_free);
  g_object_get (a->sync, "message", &message, NULL);
  g_assert_null (message);
  test_company_check (self, a, "kam1@kam.test");
}

static void
test_person_left (TestCompany   *self,
                  gconstpointer  data)
{
  g_autoptr (TestDevice) a = test_company_device (self, "kam2@kam.test");
  g_autofree char *lost = NULL;

  test_device_offline (a);
  lost = test_device_add_lead (a, "Saved by somebody who has left");
  kam_test_client_pull (self->boss, 0);
  kam_test_client_set (self->boss, "user", self->kam2, "{\"active\":[true,false]}");
  test_device_stop (a);
  test_device_start (a);
  check_erased (a, "Saved by somebody who has left");
  g_assert_cmpint (test_company_number (self, "SELECT count(*) FROM quarantine_mutation"), ==, 1);
}

/* One profile, two programs: the second is told, and touches nothing. */
static void
test_two_instances (TestCompany   *self,
                    gconstpointer  data)
{
  g_autoptr (TestDevice) a = test_company_device (self, "kam1@kam.test");
  g_autoptr (GError) error = NULL;
  Asked asked = { NULL };
  KamStore *second;

  kam_store_open_async (a->dir, a->clock, NULL, asked_cb, &asked);
  await (&asked);
  second = kam_store_open_finish (asked.result, &error);
  g_object_unref (asked.result);
  g_assert_null (second);
  g_assert_error (error, KAM_STORE_ERROR, KAM_STORE_ERROR_BUSY);
  test_device_settle (a);
}

static void
test_history (TestCompany   *self,
              gconstpointer  data)
{
  g_autoptr (TestDevice) a = test_company_device (self, "kam1@kam.test");
  g_autofree char *lead = test_device_add_lead (a, "Old name");
  g_autoptr (GPtrArray) entries = NULL;
  g_autoptr (GPtrArray) none = NULL;
  g_autoptr (GError) error = NULL;
  Asked asked = { NULL };
  const KamHistoryEntry *newest;
  gint64 next = -1;

  test_device_settle (a);
  test_device_rename (a, lead, "New name");
  test_device_settle (a);
  kam_sync_history_async (a->sync, KAM_ENTITY_LEAD, lead, TRUE, 0, NULL, asked_cb, &asked);
  await (&asked);
  entries = kam_sync_history_finish (a->sync, asked.result, &next, &error);
  g_clear_object (&asked.result);
  g_assert_no_error (error);
  g_assert_cmpint (next, ==, 0);
  g_assert_cmpuint (entries->len, >=, 2);
  newest = g_ptr_array_index (entries, 0);
  g_assert_cmpint (newest->field, ==, KAM_LEAD_NAME);
  g_assert_cmpstr (newest->before.text, ==, "Old name");
  g_assert_cmpstr (newest->after.text, ==, "New name");
  g_assert_cmpstr (newest->author_id, ==, self->kam1);
  g_assert_cmpstr (newest->id, ==, lead);

  /* What the server does not know, and what it cannot be asked. */
  kam_sync_history_async (a->sync, KAM_ENTITY_LEAD, KAM_TEST_DEVICE, FALSE, 0, NULL, asked_cb, &asked);
  await (&asked);
  none = kam_sync_history_finish (a->sync, asked.result, &next, &error);
  g_clear_object (&asked.result);
  g_assert_null (none);
  g_assert_error (error, KAM_SYNC_ERROR, KAM_SYNC_ERROR_MISSING);
  g_clear_error (&error);

  test_company_stop (self);
  kam_sync_history_async (a->sync, KAM_ENTITY_LEAD, lead, FALSE, 0, NULL, asked_cb, &asked);
  await (&asked);
  none = kam_sync_history_finish (a->sync, asked.result, &next, &error);
  g_clear_object (&asked.result);
  g_assert_null (none);
  g_assert_error (error, KAM_SYNC_ERROR, KAM_SYNC_ERROR_NETWORK);
}

#define ADD(path, func) g_test_add (path, TestCompany, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  mariadb = kam_test_mariadb_new ();

  ADD ("/sync/fault-24-signed-out-elsewhere", test_signed_out_elsewhere);
  ADD ("/sync/fault-24-person-left", test_person_left);
  ADD ("/sync/fault-41-two-instances", test_two_instances);
  ADD ("/sync/history", test_history);

  status = g_test_run ();
  kam_test_mariadb_free (mariadb);

  return status;
}
