/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-test-ask.h"
#include "kam-store-pending.h"
#include "kam-test-vfs.h"

#include <glib/gstdio.h>
#include <sqlite3.h>

/* A session in which the store does everything that it can. After a crash at any write the file is as it was before the step under way, or as it is
 * after it. */

static gboolean
edit_make (TestStore *self)
{
  g_autoptr (KamRow) made = test_lead (3, "Made", "Goa");
  g_autoptr (KamRow) call = test_call (4, 3, "reached");

  return test_store_edit (self, NULL, test_create (made), test_create (call), NULL);
}

static gboolean
edit_change (TestStore *self)
{
  g_autoptr (KamRow) spice = test_lead (1, "Spice", "Pune");

  kam_row_set_rev (spice, 5);

  return test_store_edit (self, NULL, test_change (spice, KAM_LEAD_NAME, "Spices"), NULL);
}

static gboolean
edit_more (TestStore *self)
{
  g_autoptr (KamRow) made = test_lead (3, "Made", "Goa");
  g_autoptr (KamRow) never = test_lead (6, "Never sent", "Goa");

  return test_store_edit (self, NULL, test_change (made, KAM_LEAD_CITY, "Agra"), test_create (never), NULL);
}

static gboolean
edit_delete (TestStore *self)
{
  g_autoptr (KamRow) sugar = test_lead (2, "Sugar", "Pune");
  g_autoptr (KamRow) never = test_lead (6, "Never sent", "Goa");

  kam_row_set_rev (sugar, 5);

  return test_store_edit (self, NULL, test_delete (sugar), test_delete (never), NULL);
}

static gboolean
take (TestStore *self)
{
  ASK (outbox_take, 10);
  g_autoptr (GPtrArray) batch = kam_store_outbox_take_finish (self->store, result, NULL);

  return batch != NULL;
}

static gboolean
settle (TestStore     *self,
        guint          n,
        KamResultKind  kind,
        gint64         rev)
{
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_result_free);

  for (guint i = 1; i <= n; i++)
    g_ptr_array_add (results, kam_result_new (i, kind, rev));

  {
    ASK (outbox_settle, results);

    return kam_store_outbox_settle_finish (self->store, result, NULL);
  }
}

static gboolean
settle_done (TestStore *self)
{
  return settle (self, 3, KAM_RESULT_APPLIED, 6);
}

static gboolean
settle_rejected (TestStore *self)
{
  return settle (self, 1, KAM_RESULT_REJECTED, 0);
}

static gboolean
stage (TestStore *self)
{
  test_store_stage (self, test_line_row (test_lead (1, "Spices", "Mumbai"), 6), test_line_row (test_contact (7, 1, "Ramesh"), 6), NULL);

  return test_store_commit (self, 6, TRUE, NULL);
}

static gboolean
publish (TestStore *self)
{
  test_store_stage (self, test_line_row (test_lead (3, "Made", "Goa"), 6), test_line_row (test_lead (5, "New", "Goa"), 7), NULL);

  return test_store_commit (self, 7, FALSE, NULL);
}

static gboolean
fork_all (TestStore *self)
{
  return test_store_fork (self, TRUE, NULL);
}

static gboolean
keep_range (TestStore *self)
{
  test_store_stage (self, test_line_range (KAM_ENTITY_LEAD, "01"), test_line_row (test_lead (1, "Spice", "Delhi"), 4), NULL);

  {
    ASK (commit_page, NULL, 0, TRUE);

    return kam_store_commit_page_finish (self->store, result, NULL);
  }
}

static gboolean
last_range (TestStore *self)
{
  test_store_stage (self, test_line_range (KAM_ENTITY_LEAD, "05"), test_line_range (KAM_ENTITY_CONTACT, "07"), NULL);

  return test_store_commit (self, 8, TRUE, NULL);
}

static gboolean
publish_ranges (TestStore *self)
{
  test_store_stage (self, test_line_row (test_lead (8, "Later", "Goa"), 9), NULL);

  return test_store_commit (self, 9, FALSE, NULL);
}

static gboolean
export (TestStore *self)
{
  ASK_NOTHING (pending_export);
  g_autoptr (GBytes) bytes = kam_store_pending_export_finish (self->store, result, NULL);

  return bytes != NULL;
}

static gboolean
note_durable (TestStore *self)
{
  ASK (note_durable, 30);

  return kam_store_note_durable_finish (self->store, result, NULL);
}

typedef struct
{
  const char *name;
  gboolean  (*run) (TestStore *self);
  gboolean    durable;
} Step;

/* Ranges that were only set aside do not outlive the program, so that what keeps them leaves nothing; see kam_store_commit_page_async(). */
static const Step steps[] = {
  { "make", edit_make, TRUE },        { "change", edit_change, TRUE },
  { "take", take, TRUE },             { "edit behind", edit_more, TRUE },
  { "settle", settle_done, TRUE },    { "stage", stage, FALSE },
  { "publish", publish, FALSE },      { "delete", edit_delete, TRUE },
  { "fork", fork_all, TRUE },         { "range", keep_range, FALSE },
  { "last range", last_range, FALSE }, { "publish ranges", publish_ranges, FALSE },
  { "take again", take, TRUE },       { "reject", settle_rejected, TRUE },
  { "export", export, TRUE },         { "durable", note_durable, FALSE },
};

#define N_STEPS G_N_ELEMENTS (steps)

typedef struct
{
  TestStore *test;                  /* (owned): closed between uses */
  char      *bytes;                 /* (owned): the file before the session */
  gsize      length;
  char      *after[N_STEPS + 1];    /* (owned): what it holds after so many steps, and a restart */
} Session;

static void
append_rows (GString    *text,
             sqlite3    *db,
             const char *sql)
{
  sqlite3_stmt *stmt;

  g_assert_cmpint (sqlite3_prepare_v2 (db, sql, -1, &stmt, NULL), ==, SQLITE_OK);

  while (sqlite3_step (stmt) == SQLITE_ROW)
    {
      for (int i = 0; i < sqlite3_column_count (stmt); i++)
        g_string_append_printf (text, "%s ", sqlite3_column_text (stmt, i) != NULL ? (const char *) sqlite3_column_text (stmt, i) : "-");

      g_string_append_c (text, '\n');
    }

  sqlite3_finalize (stmt);
}

/* Of rows as much as tells them apart. */
static char *
describe (TestStore *self)
{
  g_autofree char *path = test_store_path (self, "cache.db");
  g_autoptr (GString) text = g_string_new (NULL);
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_busy_timeout (db, 10000);
  append_rows (text, db, "PRAGMA integrity_check");
  append_rows (text, db, "SELECT hex (id), rev, name, city, status, delete_id IS NULL, listed FROM lead ORDER BY id");
  append_rows (text, db, "SELECT hex (id), rev, name, listed FROM contact ORDER BY id");
  append_rows (text, db, "SELECT hex (id), rev, state FROM interaction ORDER BY id");
  append_rows (text, db, "SELECT entity, hex (id), rev, hex (data) FROM shadow ORDER BY entity, id");
  append_rows (text, db, "SELECT seq, mid, entity, hex (id), op, base_rev, hex (changes), origin_client IS NULL, origin_mid, state, result_rev FROM outbox "
                         "ORDER BY seq");
  append_rows (text, db, "SELECT page, phase, n, kind, hex (id) FROM stage ORDER BY page, phase, n");
  append_rows (text, db, "SELECT * FROM listed_count WHERE n <> 0");
  append_rows (text, db, "SELECT hex (lead_id), rev, kind FROM lead_news");
  append_rows (text, db, "SELECT key, value FROM meta WHERE key IN ('cursor', 'stage_cursor', 'head', 'last_mid', 'acked_mid', 'durable', 'summary_sent', "
                         "'summary_rejected') AND value IS NOT NULL ORDER BY key");
  g_assert_cmpint (sqlite3_exec (db, "INSERT INTO search (search) VALUES ('integrity-check')", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);

  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
put_back (Session    *session,
          TestStore  *test)
{
  static const char *const rest[] = { "cache.db-wal", "cache.db-shm" };
  g_autofree char *path = test_store_path (test, "cache.db");

  for (guint i = 0; i < G_N_ELEMENTS (rest); i++)
    {
      g_autofree char *other = test_store_path (test, rest[i]);

      g_unlink (other);
    }

  g_assert_true (g_file_set_contents_full (path, session->bytes, (gssize) session->length, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

static void
start (Session *session)
{
  put_back (session, session->test);
  g_assert_true (test_store_open (session->test, NULL));
}

static Session *
session_new (void)
{
  Session *session = g_new0 (Session, 1);
  TestStore *test = session->test = test_store_new ();
  g_autofree char *path = test_store_path (test, "cache.db");

  test_store_publish (test, 5, test_line_row (test_lead (1, "Spice", "Pune"), 5), test_line_row (test_lead (2, "Sugar", "Pune"), 5), NULL);

  while (!test_store_is_indexed (test))
    g_usleep (1000);

  test_store_close (test);
  g_assert_true (g_file_get_contents (path, &session->bytes, &session->length, NULL));

  for (guint n = 0; n <= N_STEPS; n++)
    {
      start (session);

      for (guint i = 0; i < n; i++)
        g_assert_true (steps[i].run (test));

      test_store_reopen (test);
      session->after[n] = describe (test);
      test_store_close (test);
    }

  return session;
}

static void
session_free (Session *session)
{
  for (guint n = 0; n <= N_STEPS; n++)
    g_free (session->after[n]);

  g_free (session->bytes);
  test_store_free (session->test);
  g_free (session);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Session, session_free)

/* Returns how many steps were done. */
static guint
run_steps (TestStore *test)
{
  guint n = 0;

  while (n < N_STEPS && steps[n].run (test))
    n++;

  return n;
}

static gboolean
is_after (const Session *session,
          guint          n,
          const char    *text)
{
  return n <= N_STEPS && g_str_equal (session->after[n], text);
}

static void
test_every_write (void)
{
  g_autoptr (Session) session = session_new ();
  gboolean through = FALSE;
  guint broke[N_STEPS + 1] = { 0, };

  for (int k = 1; !through; k++)
    {
      g_autofree char *text = NULL;
      guint n;

      start (session);
      test_vfs_break_at (k, k % 2 ? SQLITE_IOERR_WRITE : SQLITE_FULL);
      n = run_steps (session->test);
      through = test_vfs_writes () < k;
      test_store_close (session->test);
      test_vfs_heal ();
      g_assert_true (test_store_open (session->test, NULL));
      text = describe (session->test);
      test_store_close (session->test);
      broke[n]++;

      if (!is_after (session, n, text) && !is_after (session, n + 1, text))
        g_error ("Broken at write %d, in “%s”:\n%s\nbefore it:\n%s", k, n < N_STEPS ? steps[n].name : "nothing", text, session->after[n]);
    }

  for (guint i = 0; i < N_STEPS; i++)
    {
      g_test_message ("%s: %u writes", steps[i].name, broke[i]);
      g_assert_cmpuint (broke[i], >, 0);
    }
}

/* The power fails after each step: what a person saved, and what a server must not see twice, is on the disk; the rest is as it was at some time. */
static void
test_power_loss (void)
{
  g_autoptr (Session) session = session_new ();
  TestStore *lost = test_store_new ();
  guint certain = 0;

  test_store_close (lost);
  test_vfs_watch (TRUE);
  start (session);

  for (guint n = 1; n <= N_STEPS; n++)
    {
      g_autofree char *text = NULL;
      gboolean found = FALSE;

      g_assert_true (steps[n - 1].run (session->test));
      certain = steps[n - 1].durable ? n : certain;
      put_back (session, lost);
      test_vfs_lose_power (session->test->dir, lost->dir);
      g_assert_true (test_store_open (lost, NULL));
      text = describe (lost);
      test_store_close (lost);

      for (guint i = certain; i <= n; i++)
        found = found || is_after (session, i, text);

      if (!found)
        g_error ("No power after “%s”:\n%s\nafter it:\n%s", steps[n - 1].name, text, session->after[n]);
    }

  test_vfs_watch (FALSE);
  test_store_close (session->test);
  test_store_free (lost);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_vfs_install ();
  g_test_add_func ("/store/crash-session/fault-06-fault-07-every-write", test_every_write);
  g_test_add_func ("/store/crash-session/fault-09-power-loss", test_power_loss);

  return g_test_run ();
}
