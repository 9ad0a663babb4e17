/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "test-company.h"

#include <sqlite3.h>
#include <string.h>

/* What a person does on a device, and a look into its files. */

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

KamRow *
test_device_load (TestDevice    *self,
                  KamEntityKind  entity,
                  const char    *id)
{
  g_autoptr (GAsyncResult) result = NULL;

  kam_store_get_row_async (self->store, entity, id, NULL, result_cb, &result);

  return kam_store_get_row_finish (self->store, await (&result), NULL);
}

static gboolean
try_edit (TestDevice   *self,
          KamMutation  *mutation,
          GError      **error)
{
  g_autoptr (GPtrArray) mutations = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_mutation_free);
  g_autoptr (GAsyncResult) result = NULL;

  g_ptr_array_add (mutations, mutation);
  kam_store_edit_async (self->store, mutations, NULL, result_cb, &result);

  return kam_store_edit_finish (self->store, await (&result), error);
}

gboolean
test_device_try_save (TestDevice    *self,
                      const KamRow  *before,
                      const KamRow  *after,
                      GError       **error)
{
  return try_edit (self, kam_mutation_between (before, after, kam_clock_now (self->clock)), error);
}

static void
save (TestDevice   *self,
      const KamRow *before,
      const KamRow *after)
{
  g_autoptr (GError) error = NULL;

  test_device_try_save (self, before, after, &error);
  g_assert_no_error (error);
}

void
test_device_set (TestDevice    *self,
                 KamEntityKind  entity,
                 const char    *id,
                 guint          field,
                 const char    *text)
{
  g_autoptr (KamRow) before = test_device_load (self, entity, id);
  g_autoptr (KamRow) after = NULL;

  g_assert_nonnull (before);
  after = kam_row_copy (before);
  kam_row_set_text (after, field, text);
  save (self, before, after);
}

void
test_device_delete (TestDevice    *self,
                    KamEntityKind  entity,
                    const char    *id)
{
  g_autoptr (KamRow) row = test_device_load (self, entity, id);
  gint64 now = kam_clock_now (self->clock);
  KamMutation *mutation = kam_mutation_new (entity, id, KAM_OP_DELETE, kam_row_rev (row), now);
  g_autofree char *deletion = kam_id_new (now);
  KamValue before = { 0, };
  KamValue after = { 0, };
  g_autoptr (GError) error = NULL;

  kam_value_set_text (&after, deletion);
  kam_mutation_add (mutation, (guint) kam_entity_get (entity)->delete_field, &before, &after);
  kam_value_clear (&after);
  try_edit (self, mutation, &error);
  g_assert_no_error (error);
}

char *
test_device_add_contact (TestDevice *self,
                         const char *lead,
                         const char *name)
{
  char *id = kam_id_new (kam_clock_now (self->clock));
  g_autoptr (KamRow) row = kam_row_new (KAM_ENTITY_CONTACT, id);

  kam_row_set_text (row, KAM_CONTACT_LEAD, lead);
  kam_row_set_text (row, KAM_CONTACT_NAME, name);
  save (self, NULL, row);

  return id;
}

char *
test_device_add_call (TestDevice *self,
                      const char *lead,
                      const char *summary)
{
  gint64 now = kam_clock_now (self->clock);
  char *id = kam_id_new (now);
  g_autoptr (KamRow) row = kam_row_new (KAM_ENTITY_INTERACTION, id);

  kam_row_set_text (row, KAM_INTERACTION_LEAD, lead);
  kam_row_set_text (row, KAM_INTERACTION_KIND, "call");
  kam_row_set_text (row, KAM_INTERACTION_STATE, "done");
  kam_row_set_text (row, KAM_INTERACTION_OUTCOME, "reached");
  kam_row_set_text (row, KAM_INTERACTION_SUMMARY, summary);
  kam_row_set_int (row, KAM_INTERACTION_STARTS_AT, now - 60 * G_USEC_PER_SEC);
  save (self, NULL, row);

  return id;
}

char *
test_device_text (TestDevice    *self,
                  KamEntityKind  entity,
                  const char    *id,
                  guint          field)
{
  g_autoptr (KamRow) row = test_device_load (self, entity, id);

  return g_strdup (row != NULL ? kam_row_text (row, field) : "?");
}

gboolean
test_device_shows (TestDevice    *self,
                   KamEntityKind  entity,
                   const char    *id,
                   guint          field,
                   const char    *text,
                   guint          seconds)
{
  gint64 until = g_get_monotonic_time () + seconds * G_USEC_PER_SEC;

  for (;;)
    {
      g_autofree char *now = test_device_text (self, entity, id, field);

      if (g_strcmp0 (now, text != NULL ? text : "?") == 0)
        return TRUE;

      if (g_get_monotonic_time () >= until)
        {
          g_test_message ("“%s” instead of “%s”", now, text);
          return FALSE;
        }

      test_wait (10);
    }
}

GPtrArray *
test_device_similar (TestDevice *self,
                     KamRow     *lead)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *rows;

  kam_store_similar_leads_async (self->store, lead, NULL, result_cb, &result);
  rows = kam_store_similar_leads_finish (self->store, await (&result), &error);
  g_assert_no_error (error);

  return rows;
}

void
test_device_offline (TestDevice *self)
{
  g_autoptr (GAsyncResult) stopped = NULL;
  g_autoptr (GError) error = NULL;

  kam_sync_stop_async (self->sync, result_cb, &stopped);
  kam_sync_stop_finish (self->sync, await (&stopped), &error);
  g_assert_no_error (error);
  g_clear_object (&self->sync);
}

void
test_device_connect (TestDevice *self)
{
  g_autoptr (GAsyncResult) started = NULL;
  g_autoptr (GError) error = NULL;

  self->sync = kam_sync_new (self->store, self->clock);
  kam_sync_start_async (self->sync, NULL, result_cb, &started);
  kam_sync_start_finish (self->sync, await (&started), &error);
  g_assert_no_error (error);
}

void
test_device_online (TestDevice *self)
{
  test_device_connect (self);
  test_device_settle (self);
}

static sqlite3 *
open_cache (TestDevice *self)
{
  g_autofree char *path = g_build_filename (self->dir, "cache.db", NULL);
  sqlite3 *db = NULL;

  g_assert_cmpint (sqlite3_open_v2 (path, &db, SQLITE_OPEN_READWRITE, NULL), ==, SQLITE_OK);
  sqlite3_busy_timeout (db, 10000);

  return db;
}

void
test_device_exec (TestDevice *self,
                  const char *sql)
{
  sqlite3 *db = open_cache (self);

  if (sqlite3_exec (db, sql, NULL, NULL, NULL) != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (db));
  sqlite3_close (db);
}

gint64
test_device_number (TestDevice *self,
                    const char *sql)
{
  sqlite3 *db = open_cache (self);
  sqlite3_stmt *stmt = NULL;
  gint64 number;

  if (sqlite3_prepare_v2 (db, sql, -1, &stmt, NULL) != SQLITE_OK)
    g_error ("%s: %s", sql, sqlite3_errmsg (db));
  g_assert_cmpint (sqlite3_step (stmt), ==, SQLITE_ROW);
  number = sqlite3_column_int64 (stmt, 0);
  sqlite3_finalize (stmt);
  sqlite3_close (db);

  return number;
}

static void
append_row (GString      *out,
            sqlite3_stmt *stmt)
{
  for (int i = 0; i < sqlite3_column_count (stmt); i++)
    {
      g_autofree char *text = g_strescape (sqlite3_column_type (stmt, i) == SQLITE_NULL ? "" : (const char *) sqlite3_column_text (stmt, i), "\"");

      g_string_append_printf (out, "%s%s", i > 0 ? "|" : "", text);
    }

  g_string_append_c (out, '\n');
}

/* Ids and revisions first, then every field. What the cache keeps for itself beside them is left out, and so is what was deleted before the server heard
 * of it: that lies in the bin of this device alone. */
char *
test_device_dump (TestDevice    *self,
                  KamEntityKind  entity)
{
  const KamEntity *table = kam_entity_get (entity);
  g_autoptr (GString) sql = g_string_new ("SELECT hex(id), rev, hex(scope)");
  GString *out = g_string_new (NULL);
  sqlite3 *db = open_cache (self);
  sqlite3_stmt *stmt = NULL;

  for (guint i = 0; i < table->n_fields; i++)
    g_string_append_printf (sql, table->fields[i].type == KAM_TYPE_ID ? ", hex(\"%s\")" : ", \"%s\"", table->fields[i].name);
  g_string_append_printf (sql, " FROM \"%s\" WHERE rev > 0%s ORDER BY id", table->name, table->delete_field >= 0 ? " OR delete_id IS NULL" : "");
  if (sqlite3_prepare_v2 (db, sql->str, -1, &stmt, NULL) != SQLITE_OK)
    g_error ("%s: %s", sql->str, sqlite3_errmsg (db));
  while (sqlite3_step (stmt) == SQLITE_ROW)
    append_row (out, stmt);
  sqlite3_finalize (stmt);
  sqlite3_close (db);

  return g_string_free (out, FALSE);
}

gboolean
test_device_holds_text (TestDevice *self,
                        const char *text)
{
  g_autoptr (GDir) dir = g_dir_open (self->dir, 0, NULL);
  const char *name;
  gboolean found = FALSE;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->dir, name, NULL);
      g_autofree char *bytes = NULL;
      gsize length = 0;

      if (g_file_get_contents (path, &bytes, &length, NULL) && length > 0 && memmem (bytes, length, text, strlen (text)) != NULL)
        {
          g_test_message ("“%s” is in %s", text, name);
          found = TRUE;
        }
    }

  return found;
}
