/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-test-ask.h"

#include <sqlite3.h>

KamLine *
test_line_range (KamEntityKind  entity,
                 const char    *digits)
{
  KamLine *line = g_new0 (KamLine, 1);

  line->kind = KAM_LINE_RANGE;
  line->entity = entity;
  line->range = g_strdup (digits);

  return line;
}

void
test_store_keep (TestStore *self,
                 ...)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) lines = NULL;
  va_list args;

  va_start (args, self);
  lines = test_collect (args, test_free_line);
  va_end (args);
  test_store_stage_lines (self, lines);

  {
    ASK (commit_page, NULL, 0, TRUE);

    kam_store_commit_page_finish (self->store, result, &error);
    g_assert_no_error (error);
  }
}

void
test_store_forget_stage (TestStore *self)
{
  g_autoptr (GError) error = NULL;
  ASK_NOTHING (forget_stage);

  kam_store_forget_stage_finish (self->store, result, &error);
  g_assert_no_error (error);
}

gboolean
test_store_fork (TestStore  *self,
                 gboolean    all,
                 GError    **error)
{
  ASK (fork, all);

  return kam_store_fork_finish (self->store, result, error);
}

void
test_store_durable (TestStore *self,
                    gint64     durable)
{
  g_autoptr (GError) error = NULL;
  ASK (note_durable, durable);

  kam_store_note_durable_finish (self->store, result, &error);
  g_assert_no_error (error);
}

KamDigestSet *
test_store_digests (TestStore *self)
{
  g_autoptr (GError) error = NULL;
  ASK_NOTHING (digests);
  KamDigestSet *set = kam_store_digests_finish (self->store, result, &error);

  g_assert_no_error (error);

  return set;
}

static sqlite3 *
open_file (TestStore *self)
{
  g_autofree char *path = test_store_path (self, "cache.db");
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_busy_timeout (db, 10000);

  return db;
}

void
test_store_sql (TestStore  *self,
                const char *sql)
{
  sqlite3 *db = open_file (self);
  int rc = sqlite3_exec (db, sql, NULL, NULL, NULL);

  g_assert_cmpstr (rc == SQLITE_OK ? "" : sqlite3_errmsg (db), ==, "");
  sqlite3_close (db);
}

char *
test_store_ask (TestStore  *self,
                const char *sql)
{
  sqlite3 *db = open_file (self);
  g_autofree char *answer = NULL;
  sqlite3_stmt *stmt;

  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &stmt, NULL), ==, SQLITE_OK);

  if (sqlite3_step (stmt) == SQLITE_ROW)
    answer = g_strdup ((const char *) sqlite3_column_text (stmt, 0));

  sqlite3_finalize (stmt);
  sqlite3_close (db);

  return g_steal_pointer (&answer);
}
