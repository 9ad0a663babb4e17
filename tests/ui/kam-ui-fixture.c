/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-ui-fixture.h"

#include <glib/gstdio.h>

#define PATIENCE_US (25 * G_USEC_PER_SEC) /* machines under test are busy */

/* 2026-11-22T12:00:00Z */
#define NOW_US G_GINT64_CONSTANT (1795348800000000)

static gboolean
wake_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

void
kam_ui_wait (KamUiCondition condition,
             gpointer       user_data)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_US;
  guint source = g_timeout_add (20, wake_cb, NULL);

  while (!condition (user_data))
    {
      g_main_context_iteration (NULL, TRUE);
      g_assert_cmpint (g_get_monotonic_time (), <, end);
    }
  g_source_remove (source);
}

void
kam_ui_settle (guint ms)
{
  gint64 end = g_get_monotonic_time () + ms * G_TIME_SPAN_MILLISECOND;
  guint source = g_timeout_add (10, wake_cb, NULL);

  while (g_get_monotonic_time () < end)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (source);
}

void
kam_ui_result_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

static gboolean
has_result (gpointer user_data)
{
  return *(GAsyncResult **) user_data != NULL;
}

GAsyncResult *
kam_ui_wait_result (GAsyncResult **result)
{
  kam_ui_wait (has_result, result);

  return g_steal_pointer (result);
}

static gboolean
is_open (gpointer user_data)
{
  return kam_profile_get_state (user_data) != KAM_PROFILE_OPENING;
}

static void
open_profile (KamUiFixture *self)
{
  self->profile = kam_profile_new (self->dir, self->clock);
  kam_profile_open (self->profile);
  kam_ui_wait (is_open, self->profile);
}

void
kam_ui_fixture_init (KamUiFixture *self,
                     guint         leads)
{
  GAsyncResult *result = NULL;
  g_autoptr (GAsyncResult) filled = NULL;
  g_autoptr (GError) error = NULL;

  self->dir = g_dir_make_tmp ("kam-ui-XXXXXX", &error);
  g_assert_no_error (error);
  self->clock = kam_clock_new_fixed (NOW_US);
  open_profile (self);
  g_assert_cmpint (kam_profile_get_state (self->profile), ==, KAM_PROFILE_SIGN_IN);
  if (leads == 0)
    return;

  kam_profile_fill_sample_async (self->profile, leads, NULL, NULL, NULL, kam_ui_result_cb, &result);
  filled = kam_ui_wait_result (&result);
  g_assert_true (kam_profile_fill_sample_finish (self->profile, filled, &error));
  g_assert_no_error (error);
  g_assert_cmpint (kam_profile_get_state (self->profile), ==, KAM_PROFILE_READY);
}

static void
close_profile (KamUiFixture *self)
{
  GAsyncResult *result = NULL;
  g_autoptr (GAsyncResult) closed = NULL;
  g_autoptr (GError) error = NULL;

  kam_profile_close_async (self->profile, kam_ui_result_cb, &result);
  closed = kam_ui_wait_result (&result);
  g_assert_true (kam_profile_close_finish (self->profile, closed, &error));
  g_assert_no_error (error);
  g_clear_object (&self->profile);
}

void
kam_ui_fixture_reopen (KamUiFixture *self)
{
  close_profile (self);
  open_profile (self);
}

void
kam_ui_fixture_clear (KamUiFixture *self)
{
  g_autoptr (GDir) dir = NULL;
  const char *name = NULL;

  close_profile (self);
  dir = g_dir_open (self->dir, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->dir, name, NULL);

      g_remove (path);
    }
  g_rmdir (self->dir);
  g_clear_pointer (&self->dir, g_free);
  g_clear_pointer (&self->clock, kam_clock_unref);
}
