/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "test-device.h"

#include <glib/gstdio.h>

static void
result_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static GAsyncResult *
await (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return *result;
}

static gboolean
wake_cb (gpointer data)
{
  *(gboolean *) data = TRUE;

  return G_SOURCE_REMOVE;
}

void
test_wait (guint milliseconds)
{
  gboolean over = FALSE;

  g_timeout_add (milliseconds, wake_cb, &over);
  while (!over)
    g_main_context_iteration (NULL, TRUE);
}

static TestDevice *
make_device (const char *dir,
             KamClock   *clock)
{
  TestDevice *self = g_new0 (TestDevice, 1);

  self->dir = g_strdup (dir);
  self->clock = clock;
  test_device_start (self);

  return self;
}

static char *
make_dir (void)
{
  g_autoptr (GError) error = NULL;
  char *dir = g_dir_make_tmp ("kam-device-XXXXXX", &error);

  g_assert_no_error (error);

  return dir;
}

TestDevice *
test_device_new_at (const char *dir)
{
  return make_device (dir, kam_clock_new_system ());
}

TestDevice *
test_device_new_with_clock (gint64 now_us)
{
  g_autofree char *dir = make_dir ();

  return make_device (dir, kam_clock_new_fixed (now_us));
}

TestDevice *
test_device_new (void)
{
  g_autofree char *dir = make_dir ();

  return test_device_new_at (dir);
}

void
test_device_start (TestDevice *self)
{
  g_autoptr (GAsyncResult) opened = NULL;
  g_autoptr (GAsyncResult) started = NULL;
  g_autoptr (GError) error = NULL;

  kam_store_open_async (self->dir, self->clock, NULL, result_cb, &opened);
  self->store = kam_store_open_finish (await (&opened), &error);
  g_assert_no_error (error);
  self->sync = kam_sync_new (self->store, self->clock);
  kam_sync_start_async (self->sync, NULL, result_cb, &started);
  kam_sync_start_finish (self->sync, await (&started), &error);
  g_assert_no_error (error);
}

void
test_device_stop (TestDevice *self)
{
  g_autoptr (GAsyncResult) stopped = NULL;
  g_autoptr (GAsyncResult) closed = NULL;
  g_autoptr (GError) error = NULL;

  if (self->store == NULL)
    return;

  if (self->sync != NULL)
    {
      kam_sync_stop_async (self->sync, result_cb, &stopped);
      kam_sync_stop_finish (self->sync, await (&stopped), &error);
      g_assert_no_error (error);
      g_clear_object (&self->sync);
    }

  kam_store_close_async (self->store, NULL, result_cb, &closed);
  kam_store_close_finish (self->store, await (&closed), &error);
  g_assert_no_error (error);
  g_clear_object (&self->store);
}

static void
remove_dir (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      if (g_file_test (file, G_FILE_TEST_IS_DIR))
        remove_dir (file);
      else
        g_unlink (file);
    }

  g_rmdir (path);
}

void
test_device_free (TestDevice *self)
{
  test_device_stop (self);
  remove_dir (self->dir);
  g_free (self->dir);
  kam_clock_unref (self->clock);
  g_free (self);
}

gboolean
test_device_sign_in (TestDevice  *self,
                     const char  *server,
                     const char  *ca_file,
                     const char  *email,
                     const char  *password,
                     GError     **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  kam_sync_sign_in_async (self->sync, server, ca_file, email, password, NULL, result_cb, &result);

  return kam_sync_sign_in_finish (self->sync, await (&result), error);
}

gboolean
test_device_sign_out (TestDevice  *self,
                      gboolean     discard,
                      GError     **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  kam_sync_sign_out_async (self->sync, discard, NULL, result_cb, &result);

  return kam_sync_sign_out_finish (self->sync, await (&result), error);
}

gboolean
test_device_reaches (TestDevice   *self,
                     KamSyncStatus status,
                     guint         seconds)
{
  gint64 until = g_get_monotonic_time () + seconds * G_USEC_PER_SEC;

  while (kam_sync_get_status (self->sync) != status && g_get_monotonic_time () < until)
    test_wait (5);

  return kam_sync_get_status (self->sync) == status;
}

guint
test_device_pending (TestDevice *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (KamSyncState) state = NULL;

  kam_store_sync_state_async (self->store, NULL, result_cb, &result);
  state = kam_store_sync_state_finish (self->store, await (&result), &error);
  g_assert_no_error (error);

  return state->n_waiting;
}

void
test_device_settle (TestDevice *self)
{
  gint64 until = g_get_monotonic_time () + 30 * G_USEC_PER_SEC;

  /* The status is looked at last: counting lets the main loop run. */
  while (test_device_pending (self) > 0 || kam_sync_get_status (self->sync) != KAM_SYNC_SYNCED)
    {
      if (g_get_monotonic_time () >= until)
        g_error ("not in step: %u wait, status %d", test_device_pending (self), kam_sync_get_status (self->sync));

      test_wait (5);
    }
}

static void
save (TestDevice  *self,
      KamMutation *mutation)
{
  g_autoptr (GPtrArray) mutations = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_mutation_free);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (mutations, mutation);
  kam_store_edit_async (self->store, mutations, NULL, result_cb, &result);
  kam_store_edit_finish (self->store, await (&result), &error);
  g_assert_no_error (error);
}

static KamRow *
load_lead (TestDevice *self,
           const char *id)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  KamRow *row;

  kam_store_get_row_async (self->store, KAM_ENTITY_LEAD, id, NULL, result_cb, &result);
  row = kam_store_get_row_finish (self->store, await (&result), &error);
  if (row == NULL)
    g_assert_error (error, KAM_STORE_ERROR, KAM_STORE_ERROR_MISSING);

  return row;
}

char *
test_device_add_lead (TestDevice *self,
                      const char *name)
{
  gint64 now = kam_clock_now (self->clock);
  char *id = kam_id_new (now);
  g_autoptr (KamRow) row = kam_row_new (KAM_ENTITY_LEAD, id);
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *user_id = NULL;

  kam_store_get_setting_async (self->store, "user_id", NULL, result_cb, &result);
  user_id = kam_store_get_setting_finish (self->store, await (&result), NULL);

  kam_row_set_text (row, KAM_LEAD_NAME, name);
  kam_row_set_text (row, KAM_LEAD_STATUS, "new");
  kam_row_set_text (row, KAM_LEAD_TIME_ZONE, "Asia/Kolkata");
  kam_row_set_text (row, KAM_LEAD_KAM, user_id);
  save (self, kam_mutation_between (NULL, row, now));

  return id;
}

void
test_device_rename (TestDevice *self,
                    const char *id,
                    const char *name)
{
  g_autoptr (KamRow) before = load_lead (self, id);
  g_autoptr (KamRow) after = kam_row_copy (before);

  kam_row_set_text (after, KAM_LEAD_NAME, name);
  save (self, kam_mutation_between (before, after, kam_clock_now (self->clock)));
}

gboolean
test_device_has_lead (TestDevice *self,
                      const char *id,
                      const char *name,
                      guint       seconds)
{
  gint64 until = g_get_monotonic_time () + seconds * G_USEC_PER_SEC;

  for (;;)
    {
      g_autoptr (KamRow) row = load_lead (self, id);

      if (row != NULL && kam_row_is (row, KAM_LEAD_NAME, name))
        return TRUE;

      if (g_get_monotonic_time () >= until)
        return FALSE;

      test_wait (5);
    }
}
