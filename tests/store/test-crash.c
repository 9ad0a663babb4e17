/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-test-store.h"
#include "kam-test-vfs.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

/* How far a session got before the disk broke. */
typedef struct
{
  gboolean made;      /* the lead was saved */
  gboolean renamed;   /* a server row was edited */
  gboolean published; /* a pull was published */
  gboolean deleted;   /* a server row was deleted */
} Reached;

static void
prepare (TestStore *test)
{
  test_store_publish (test, 5, test_line_row (test_lead (1, "Spice", "Pune"), 5), test_line_row (test_lead (2, "Sugar", "Pune"), 5), NULL);
}

static Reached
run_session (TestStore *test)
{
  g_autoptr (KamRow) made = test_lead (3, "Made", "Goa");
  g_autoptr (KamRow) call = test_call (4, 3, "reached");
  g_autoptr (KamRow) spice = test_lead (1, "Spice", "Pune");
  g_autoptr (KamRow) sugar = test_lead (2, "Sugar", "Pune");
  Reached reached = { FALSE, };

  kam_row_set_rev (spice, 5);
  kam_row_set_rev (sugar, 5);
  reached.made = test_store_edit (test, NULL, test_create (made), test_create (call), NULL);
  reached.renamed = test_store_edit (test, NULL, test_change (spice, KAM_LEAD_NAME, "Spices"), NULL);
  test_store_stage (test, test_line_row (test_lead (1, "Spice", "Mumbai"), 6), test_line_row (test_contact (7, 1, "Ramesh"), 6), NULL);
  reached.published = test_store_commit (test, 6, FALSE, NULL);
  reached.deleted = test_store_edit (test, NULL, test_delete (sugar), NULL);

  return reached;
}

/* Nothing that was confirmed is lost, nothing that failed is half there, and each edit waits exactly once. */
static void
assert_whole (TestStore *test,
              Reached    reached)
{
  g_autoptr (KamRow) made = test_store_row (test, KAM_ENTITY_LEAD, 3);
  g_autoptr (KamRow) call = test_store_row (test, KAM_ENTITY_INTERACTION, 4);
  g_autoptr (KamRow) spice = test_store_row (test, KAM_ENTITY_LEAD, 1);
  g_autoptr (KamRow) sugar = test_store_row (test, KAM_ENTITY_LEAD, 2);
  g_autoptr (KamRow) contact = test_store_row (test, KAM_ENTITY_CONTACT, 7);
  g_autoptr (KamSyncState) state = test_store_state (test);
  KamListQuery query = { .entity = KAM_ENTITY_LEAD };
  g_autoptr (GArray) keys = test_store_keys (test, &query);
  g_autoptr (GPtrArray) rows = NULL;
  guint n, expected = 0;

  g_assert_true (!reached.made || made != NULL);
  g_assert_true ((made != NULL) == (call != NULL));
  g_assert_true (!reached.renamed || kam_row_is (spice, KAM_LEAD_NAME, "Spices"));
  g_assert_true (!reached.published || state->head == 6);
  g_assert_true ((state->head == 6) == (contact != NULL));
  g_assert_true ((state->head == 6) == kam_row_is (spice, KAM_LEAD_CITY, "Mumbai"));
  g_assert_true (!reached.deleted || kam_row_is_deleted (sugar));

  expected += made != NULL ? 2 : 0;
  expected += kam_row_is (spice, KAM_LEAD_NAME, "Spices") ? 1 : 0;
  expected += kam_row_is_deleted (sugar) ? 1 : 0;
  g_assert_cmpuint (state->n_waiting, ==, expected);
  rows = test_store_start (test, &query, 0, &n);
  g_assert_cmpuint (n, ==, keys->len);
}

static void
assert_sound (TestStore *test)
{
  g_autofree char *path = test_store_path (test, "cache.db");
  sqlite3_stmt *stmt;
  sqlite3 *db;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  sqlite3_busy_timeout (db, 10000);
  g_assert_cmpint (sqlite3_prepare_v2 (db, "PRAGMA integrity_check", -1, &stmt, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (stmt), ==, SQLITE_ROW);
  g_assert_cmpstr ((const char *) sqlite3_column_text (stmt, 0), ==, "ok");
  sqlite3_finalize (stmt);
  g_assert_cmpint (sqlite3_exec (db, "INSERT INTO search (search) VALUES ('integrity-check')", NULL, NULL, NULL), ==, SQLITE_OK);
  sqlite3_close (db);
}

/* The disk breaks at each write in turn; the program goes away and comes back. */
static void
break_everywhere (int code)
{
  gboolean through = FALSE;

  for (int k = 1; !through; k++)
    {
      g_autoptr (TestStore) test = test_store_new ();
      Reached reached;

      prepare (test);
      test_vfs_break_at (k, code);
      reached = run_session (test);
      through = test_vfs_writes () < k;
      test_store_close (test);
      test_vfs_heal ();
      g_assert_true (test_store_open (test, NULL));
      assert_whole (test, reached);
      assert_sound (test);

      if (through)
        g_test_message ("%d writes", k - 1);
    }
}

static void
test_broken_disk (void)
{
  break_everywhere (SQLITE_IOERR_WRITE);
}

static void
test_full_disk (void)
{
  break_everywhere (SQLITE_FULL);
}

/* A full disk is said so, nothing of the edit is there, and once there is room the same store takes what the person still has before them. */
static void
test_room_again (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  g_autoptr (KamRow) lead = test_lead (3, "Made", "Goa");
  g_autoptr (GError) error = NULL;
  g_autoptr (KamRow) saved = NULL;

  prepare (test);
  test_vfs_break_at (1, SQLITE_FULL);
  g_assert_false (test_store_edit (test, &error, test_create (lead), NULL));
  g_assert_error (error, KAM_STORE_ERROR, KAM_STORE_ERROR_FULL);
  saved = test_store_row (test, KAM_ENTITY_LEAD, 3);
  g_assert_null (saved);
  test_vfs_heal ();
  test_store_save (test, test_create (lead), NULL);
  saved = test_store_row (test, KAM_ENTITY_LEAD, 3);
  g_assert_nonnull (saved);
}

/* Saves leads one after the other and says so on the pipe, until it is killed. */
static void
run_child (const char *dir,
           int         fd,
           guint       first)
{
  TestStore *test = test_store_new_at (dir);

  if (!test_store_open (test, NULL))
    _exit (1);

  for (guint n = first;; n++)
    {
      g_autoptr (KamRow) lead = test_lead (n, "Saved", "Pune");

      if (!test_store_edit (test, NULL, test_create (lead), NULL) || write (fd, &n, sizeof n) != sizeof n)
        _exit (1);
    }
}

static guint
run_and_kill (TestStore *test,
              const char *program,
              guint       first,
              gulong      after_us)
{
  guint last = first - 1, n;
  int fds[2];
  pid_t pid;

  g_assert_cmpint (pipe (fds), ==, 0);
  pid = fork ();

  if (pid == 0)
    {
      g_autofree char *fd = g_strdup_printf ("%d", fds[1]);
      g_autofree char *from = g_strdup_printf ("%u", first);

      close (fds[0]);
      execl (program, program, "--child", test->dir, fd, from, NULL);
      _exit (1);
    }

  close (fds[1]);

  /* From the first confirmed one on, somewhere in the middle of the next. */
  g_assert_cmpint (read (fds[0], &last, sizeof last), ==, sizeof last);
  g_usleep (after_us);
  kill (pid, SIGKILL);

  while (read (fds[0], &n, sizeof n) == sizeof n)
    last = n;

  close (fds[0]);
  waitpid (pid, NULL, 0);

  return last;
}

static const char *self_path;

static void
test_killed (void)
{
  g_autoptr (TestStore) test = test_store_new ();
  KamListQuery query = { .entity = KAM_ENTITY_LEAD };
  guint last = 0;

  for (guint round = 0; round < 12; round++)
    {
      g_autoptr (KamSyncState) state = NULL;
      g_autoptr (GArray) keys = NULL;

      test_store_close (test);
      last = run_and_kill (test, self_path, last + 1, 500 + round * 700);
      g_assert_true (test_store_open (test, NULL));
      state = test_store_state (test);
      keys = test_store_keys (test, &query);

      /* The one under way when it was killed may have made it. */
      g_assert_cmpuint (keys->len, >=, last);
      g_assert_cmpuint (keys->len, <=, last + 1);
      g_assert_cmpuint (state->n_waiting, ==, keys->len);
      last = keys->len;
    }

  assert_sound (test);
}

int
main (int    argc,
      char **argv)
{
  if (argc == 5 && g_str_equal (argv[1], "--child"))
    {
      run_child (argv[2], atoi (argv[3]), (guint) atoi (argv[4]));
      return 0;
    }

  self_path = argv[0];
  g_test_init (&argc, &argv, NULL);
  test_vfs_install ();
  g_test_add_func ("/store/crash/fault-06-killed", test_killed);
  g_test_add_func ("/store/crash/fault-06-broken-disk", test_broken_disk);
  g_test_add_func ("/store/crash/fault-36-full-disk", test_full_disk);
  g_test_add_func ("/store/crash/fault-36-room-again", test_room_again);

  return g_test_run ();
}
