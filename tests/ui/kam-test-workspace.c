/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-test-workspace.h"

#include <glib/gstdio.h>

#define TIMEOUT_S 30

typedef struct
{
  GAsyncResult *result; /* (owned) (nullable) */
} Answer;

static void
answer_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  ((Answer *) user_data)->result = g_object_ref (result);
}

static gboolean
late_cb (gpointer user_data)
{
  g_error ("What was waited for did not happen within %d s", TIMEOUT_S);

  return G_SOURCE_REMOVE;
}

void
test_workspace_wait (TestCondition condition,
                     gpointer      user_data)
{
  guint timeout = g_timeout_add_seconds (TIMEOUT_S, late_cb, NULL);

  while (!condition (user_data))
    g_main_context_iteration (NULL, TRUE);

  g_source_remove (timeout);
}

static gboolean
is_answered (gpointer user_data)
{
  return ((Answer *) user_data)->result != NULL;
}

static GAsyncResult *
wait_for (Answer *answer)
{
  test_workspace_wait (is_answered, answer);

  return answer->result;
}

/* The store answers in the order it was asked. What follows an answer may ask again, twice at most in what is tested here. */
void
test_workspace_settle (TestWorkspace *self)
{
  for (guint i = 0; i < 4; i++)
    {
      Answer answer = { NULL };
      g_autoptr (GAsyncResult) result = NULL;
      g_autofree char *value = NULL;

      while (g_main_context_iteration (NULL, FALSE))
        ;
      kam_store_get_setting_async (self->store, "test", NULL, answer_cb, &answer);
      result = wait_for (&answer);
      value = kam_store_get_setting_finish (self->store, result, NULL);
    }
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static void
open_store (TestWorkspace *self)
{
  g_autofree char *parent = g_dir_make_tmp ("kam-ui-XXXXXX", NULL);
  Answer answer = { NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  self->dir = g_build_filename (parent, "profile", NULL);
  kam_store_open_async (self->dir, self->clock, NULL, answer_cb, &answer);
  result = wait_for (&answer);
  self->store = kam_store_open_finish (result, &error);
  g_assert_no_error (error);
}

static void
fill (TestWorkspace *self,
      guint          leads)
{
  Answer answer = { NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *user_id = NULL;

  kam_store_fill_sample_async (self->store, leads, 7, NULL, NULL, NULL, answer_cb, &answer);
  result = wait_for (&answer);
  user_id = kam_store_fill_sample_finish (self->store, result, &error);
  g_assert_no_error (error);
  g_assert_nonnull (user_id);
}

static gboolean
is_signed_in (gpointer user_data)
{
  TestWorkspace *self = user_data;
  const char *me = kam_workspace_get_user_id (self->workspace);

  return me != NULL && kam_workspace_get_person (self->workspace, me) != NULL;
}

TestWorkspace *
test_workspace_new (guint leads)
{
  TestWorkspace *self = g_new0 (TestWorkspace, 1);

  self->clock = kam_clock_new_fixed (TEST_WORKSPACE_NOW);
  open_store (self);
  fill (self, MAX (leads, 1));
  self->sync = kam_sync_new (self->store, self->clock);
  self->workspace = kam_workspace_new (self->store, self->sync, self->clock);
  test_workspace_wait (is_signed_in, self);

  return self;
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

void
test_workspace_free (TestWorkspace *self)
{
  Answer answer = { NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autofree char *parent = g_path_get_dirname (self->dir);

  g_clear_object (&self->workspace);
  kam_store_close_async (self->store, NULL, answer_cb, &answer);
  result = wait_for (&answer);
  kam_store_close_finish (self->store, result, NULL);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_object (&self->sync);
  g_clear_object (&self->store);
  kam_clock_unref (self->clock);
  remove_tree (parent);
  g_free (self->dir);
  g_free (self);
}

void
test_workspace_put (TestWorkspace *self,
                    KamRow        *before,
                    KamRow        *after)
{
  Answer answer = { NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) mutations = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_mutation_free);

  g_ptr_array_add (mutations, kam_mutation_between (before, after, kam_clock_now (self->clock)));
  kam_store_edit_async (self->store, mutations, NULL, answer_cb, &answer);
  result = wait_for (&answer);
  kam_store_edit_finish (self->store, result, &error);
  g_assert_no_error (error);
}

KamRow *
test_workspace_get (TestWorkspace *self,
                    KamEntityKind  kind,
                    const char    *id)
{
  Answer answer = { NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  KamRow *row;

  kam_store_get_row_async (self->store, kind, id, NULL, answer_cb, &answer);
  result = wait_for (&answer);
  row = kam_store_get_row_finish (self->store, result, &error);
  g_assert_no_error (error);

  return row;
}

char *
test_workspace_lead (TestWorkspace *self,
                     guint          n)
{
  const KamListQuery query = { .entity = KAM_ENTITY_LEAD, .sort = KAM_SORT_NAME };
  Answer answer = { NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  guint n_rows = 0;

  kam_store_list_start_async (self->store, &query, n + 1, NULL, answer_cb, &answer);
  result = wait_for (&answer);
  rows = kam_store_list_start_finish (self->store, result, &n_rows, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (rows->len, >, n);

  return g_strdup (kam_row_id (((KamListRow *) g_ptr_array_index (rows, n))->row));
}

KamRow *
test_workspace_add_lead (TestWorkspace *self,
                         const char    *name)
{
  g_autofree char *id = kam_id_new (kam_clock_now (self->clock));
  KamRow *lead = kam_row_new (KAM_ENTITY_LEAD, id);

  kam_row_set_text (lead, KAM_LEAD_NAME, name);
  kam_row_set_text (lead, KAM_LEAD_STATUS, "new");
  kam_row_set_text (lead, KAM_LEAD_KAM, kam_workspace_get_user_id (self->workspace));
  kam_row_set_text (lead, KAM_LEAD_TIME_ZONE, "Asia/Kolkata");
  kam_row_set_text (lead, KAM_LEAD_COUNTRY, "IN");
  test_workspace_put (self, NULL, lead);

  return lead;
}

KamRow *
test_workspace_add_contact (TestWorkspace *self,
                            KamRow        *lead,
                            const char    *name,
                            KamRow        *reports_to)
{
  g_autofree char *id = kam_id_new (kam_clock_now (self->clock));
  KamRow *contact = kam_row_new (KAM_ENTITY_CONTACT, id);

  kam_row_set_text (contact, KAM_CONTACT_LEAD, kam_row_id (lead));
  kam_row_set_text (contact, KAM_CONTACT_NAME, name);
  kam_row_set_text (contact, KAM_CONTACT_REPORTS_TO, reports_to != NULL ? kam_row_id (reports_to) : NULL);
  test_workspace_put (self, NULL, contact);

  return contact;
}
