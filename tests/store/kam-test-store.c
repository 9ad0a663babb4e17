/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-test-ask.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <sqlite3.h>

#define TIMEOUT_S 20

void
test_answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  TestWait *wait = data;

  wait->result = g_object_ref (result);
}

static gboolean
late_cb (gpointer data)
{
  TestWait *wait = data;

  wait->late = TRUE;

  return G_SOURCE_CONTINUE;
}

GAsyncResult *
test_answer (TestWait *wait)
{
  guint timeout = g_timeout_add_seconds (TIMEOUT_S, late_cb, wait);

  while (wait->result == NULL && !wait->late)
    g_main_context_iteration (NULL, TRUE);

  g_source_remove (timeout);

  if (wait->result == NULL)
    g_error ("The store did not answer within %d s", TIMEOUT_S);

  return wait->result;
}

static void
changed_cb (KamStore   *store,
            KamChanges *changes,
            TestStore  *self)
{
  g_clear_pointer (&self->changes, kam_changes_unref);
  self->changes = kam_changes_ref (changes);
  self->n_changes++;
}

gboolean
test_store_open (TestStore  *self,
                 GError    **error)
{
  TestWait wait = { NULL, FALSE };
  g_autoptr (GAsyncResult) result = NULL;

  kam_store_open_async (self->dir, self->clock, NULL, test_answered_cb, &wait);
  result = test_answer (&wait);
  self->store = kam_store_open_finish (result, error);

  if (self->store != NULL)
    g_signal_connect (self->store, "changed", G_CALLBACK (changed_cb), self);

  return self->store != NULL;
}

void
test_store_close (TestStore *self)
{
  g_autoptr (GError) error = NULL;
  ASK_NOTHING (close);

  kam_store_close_finish (self->store, result, &error);
  g_assert_no_error (error);
  test_store_spin (self);
  g_signal_handlers_disconnect_by_data (self->store, self);
  g_clear_object (&self->store);
}

TestStore *
test_store_new_at (const char *dir)
{
  TestStore *self = g_new0 (TestStore, 1);

  self->dir = g_strdup (dir);
  self->clock = kam_clock_new_fixed (TEST_NOW);

  return self;
}

TestStore *
test_store_new (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *parent = g_dir_make_tmp ("kam-store-XXXXXX", &error);
  g_autofree char *dir = NULL;
  TestStore *self;

  g_assert_no_error (error);
  dir = g_build_filename (parent, "profile", NULL);
  self = test_store_new_at (dir);
  test_store_open (self, &error);
  g_assert_no_error (error);
  test_store_set (self, "user_id", TEST_USER);

  return self;
}

void
test_store_remove (const char *dir)
{
  g_autoptr (GDir) entries = g_dir_open (dir, 0, NULL);
  const char *name;

  while (entries != NULL && (name = g_dir_read_name (entries)) != NULL)
    {
      g_autofree char *path = g_build_filename (dir, name, NULL);

      g_unlink (path);
    }

  g_rmdir (dir);
}

void
test_store_free (TestStore *self)
{
  g_autofree char *parent = g_path_get_dirname (self->dir);

  if (self->store != NULL)
    test_store_close (self);

  g_clear_pointer (&self->changes, kam_changes_unref);
  test_store_remove (self->dir);
  g_rmdir (parent);
  kam_clock_unref (self->clock);
  g_free (self->dir);
  g_free (self);
}

void
test_store_reopen (TestStore *self)
{
  g_autoptr (GError) error = NULL;

  test_store_close (self);
  test_store_open (self, &error);
  g_assert_no_error (error);
}

char *
test_store_path (TestStore  *self,
                 const char *name)
{
  return g_build_filename (self->dir, name, NULL);
}

/* A round trip through the worker: whatever it told before has arrived by then. */
void
test_store_spin (TestStore *self)
{
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static gboolean
edit_all (TestStore  *self,
          GPtrArray  *mutations,
          GError    **error)
{
  ASK (edit, mutations);

  return kam_store_edit_finish (self->store, result, error);
}

GPtrArray *
test_collect (va_list        args,
              GDestroyNotify free_func)
{
  GPtrArray *array = g_ptr_array_new_with_free_func (free_func);
  gpointer item;

  while ((item = va_arg (args, gpointer)) != NULL)
    g_ptr_array_add (array, item);

  return array;
}

gboolean
test_store_edit (TestStore  *self,
                 GError    **error,
                 ...)
{
  g_autoptr (GPtrArray) mutations = NULL;
  va_list args;

  va_start (args, error);
  mutations = test_collect (args, (GDestroyNotify) kam_mutation_free);
  va_end (args);

  return edit_all (self, mutations, error);
}

void
test_store_save (TestStore *self,
                 ...)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) mutations = NULL;
  va_list args;

  va_start (args, self);
  mutations = test_collect (args, (GDestroyNotify) kam_mutation_free);
  va_end (args);
  edit_all (self, mutations, &error);
  g_assert_no_error (error);
}

KamRow *
test_store_row (TestStore     *self,
                KamEntityKind  entity,
                guint          n)
{
  g_autofree char *id = test_id (n);
  g_autoptr (GError) error = NULL;
  ASK (get_row, entity, id);
  KamRow *row = kam_store_get_row_finish (self->store, result, &error);

  if (row == NULL)
    g_assert_error (error, KAM_STORE_ERROR, KAM_STORE_ERROR_MISSING);

  return row;
}

KamLeadPage *
test_store_page (TestStore *self,
                 guint      lead)
{
  g_autofree char *id = test_id (lead);
  g_autoptr (GError) error = NULL;
  ASK (lead_page, id, 0);
  KamLeadPage *page = kam_store_lead_page_finish (self->store, result, &error);

  g_assert_no_error (error);

  return page;
}

GPtrArray *
test_store_take (TestStore *self,
                 guint      max)
{
  g_autoptr (GError) error = NULL;
  ASK (outbox_take, max);
  GPtrArray *batch = kam_store_outbox_take_finish (self->store, result, &error);

  g_assert_no_error (error);

  return batch;
}

static void
settle (TestStore *self,
        KamResult *answer)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_result_free);

  g_ptr_array_add (results, answer);

  {
    ASK (outbox_settle, results);

    kam_store_outbox_settle_finish (self->store, result, &error);
    g_assert_no_error (error);
  }
}

void
test_store_settle (TestStore     *self,
                   gint64         mid,
                   KamResultKind  kind,
                   gint64         rev)
{
  settle (self, kam_result_new (mid, kind, rev));
}

void
test_store_reject (TestStore  *self,
                   gint64      mid,
                   const char *code)
{
  KamResult *answer = kam_result_new (mid, KAM_RESULT_REJECTED, 0);

  answer->code = g_strdup (code);
  answer->field = g_strdup ("name");
  answer->message = g_strdup ("Not so");
  settle (self, answer);
}

KamSyncState *
test_store_state (TestStore *self)
{
  g_autoptr (GError) error = NULL;
  ASK_NOTHING (sync_state);
  KamSyncState *state = kam_store_sync_state_finish (self->store, result, &error);

  g_assert_no_error (error);

  return state;
}

char *
test_store_cursor (TestStore *self)
{
  g_autoptr (GError) error = NULL;
  ASK_NOTHING (next_cursor);
  char *cursor = kam_store_next_cursor_finish (self->store, result, &error);

  g_assert_no_error (error);

  return cursor;
}

void
test_store_set (TestStore  *self,
                const char *key,
                const char *value)
{
  g_autoptr (GError) error = NULL;
  ASK (set_setting, key, value);

  kam_store_set_setting_finish (self->store, result, &error);
  g_assert_no_error (error);
}

char *
test_store_get (TestStore  *self,
                const char *key)
{
  g_autoptr (GError) error = NULL;
  ASK (get_setting, key);
  char *value = kam_store_get_setting_finish (self->store, result, &error);

  g_assert_no_error (error);

  return value;
}

void
test_store_erase (TestStore *self)
{
  g_autoptr (GError) error = NULL;
  ASK_NOTHING (erase);

  kam_store_erase_finish (self->store, result, &error);
  g_assert_no_error (error);
}

void
test_store_discard (TestStore *self)
{
  g_autoptr (GError) error = NULL;
  ASK_NOTHING (discard_page);

  kam_store_discard_page_finish (self->store, result, &error);
  g_assert_no_error (error);
}

void
test_store_stage_lines (TestStore *self,
                        GPtrArray *lines)
{
  g_autoptr (GError) error = NULL;
  ASK (stage, lines);

  kam_store_stage_finish (self->store, result, &error);
  g_assert_no_error (error);
}

void
test_free_line (gpointer data)
{
  kam_line_clear (data);
  g_free (data);
}

void
test_store_stage (TestStore *self,
                  ...)
{
  g_autoptr (GPtrArray) lines = NULL;
  va_list args;

  va_start (args, self);
  lines = test_collect (args, test_free_line);
  va_end (args);
  test_store_stage_lines (self, lines);
}

gboolean
test_store_commit (TestStore  *self,
                   gint64      head,
                   gboolean    more,
                   GError    **error)
{
  g_autofree char *cursor = g_strdup_printf ("cursor-%" G_GINT64_FORMAT, head);
  ASK (commit_page, cursor, head, more);

  return kam_store_commit_page_finish (self->store, result, error);
}

void
test_store_publish (TestStore *self,
                    gint64     head,
                    ...)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) lines = NULL;
  va_list args;

  va_start (args, head);
  lines = test_collect (args, test_free_line);
  va_end (args);
  test_store_stage_lines (self, lines);
  test_store_commit (self, head, FALSE, &error);
  g_assert_no_error (error);
}

gboolean
test_store_is_indexed (TestStore *self)
{
  g_autofree char *path = test_store_path (self, "cache.db");
  sqlite3_stmt *stmt;
  gboolean done;
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, "SELECT value FROM meta WHERE key = 'backlog'", -1, &stmt, NULL), ==, SQLITE_OK);
  done = sqlite3_step (stmt) == SQLITE_ROW && sqlite3_column_int (stmt, 0) == 0;
  sqlite3_finalize (stmt);
  sqlite3_close (db);

  return done;
}
