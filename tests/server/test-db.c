/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-db-pool.h"
#include "kam-test-mariadb.h"

#include <string.h>

static KamTestMariadb *mariadb;
static const KamDbOptions *options;

#define EMOJI "Café “Ω” 🍛 पनीर ‏شاي it's; \\ --"

static void
exec (KamDb      *db,
      const char *sql)
{
  g_autoptr (GError) error = NULL;

  kam_db_exec (db, sql, NULL, 0, NULL, &error);
  g_assert_no_error (error);
}

static gint64
count (KamDb      *db,
       const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KamDbRows) row = NULL;

  kam_db_query_row (db, sql, NULL, 0, &row, &error);
  g_assert_no_error (error);
  g_assert_nonnull (row);

  return kam_db_rows_int (row, 0);
}

static void
test_types (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KamDb) db = kam_test_mariadb_connect (options);
  g_autoptr (KamDbRows) rows = NULL;
  g_autofree char *id = kam_id_new (0);
  g_autofree char *large = g_strnfill (70000, 'x');
  static const guint8 bytes[] = { 0, 1, 0xff, 0 };
  KamParam params[] = { KAM_PARAM_ID (id),           KAM_PARAM_INT (G_MININT64), KAM_PARAM_INT (G_MAXINT64),     KAM_PARAM_TEXT (EMOJI),
                        KAM_PARAM_TEXT (large),      KAM_PARAM_TEXT (NULL),      KAM_PARAM_ID (NULL),            KAM_PARAM_BYTES (bytes, sizeof bytes),
                        { .kind = KAM_PARAM_NULL },  KAM_PARAM_TEXT ("") };
  gsize length;

  exec (db, "CREATE TABLE types (a BINARY(16), b BIGINT, c BIGINT, d VARCHAR(200), e MEDIUMTEXT, f TEXT, g BINARY(16), h BLOB, i INT, j TEXT)");
  kam_db_exec (db, "INSERT INTO types VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", params, G_N_ELEMENTS (params), NULL, &error);
  g_assert_no_error (error);
  params[3] = KAM_PARAM_TEXT ("short");
  params[4] = KAM_PARAM_TEXT ("after a long one");
  kam_db_exec (db, "INSERT INTO types VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", params, G_N_ELEMENTS (params), NULL, &error);
  g_assert_no_error (error);

  rows = kam_db_query (db, "SELECT * FROM types ORDER BY LENGTH(e) DESC", NULL, 0, &error);
  g_assert_no_error (error);
  g_assert_true (kam_db_rows_next (rows, &error));
  g_assert_cmpstr (kam_db_rows_id (rows, 0), ==, id);
  g_assert_cmpint (kam_db_rows_int (rows, 1), ==, G_MININT64);
  g_assert_cmpint (kam_db_rows_int (rows, 2), ==, G_MAXINT64);
  g_assert_cmpstr (kam_db_rows_text (rows, 3), ==, EMOJI);
  g_assert_cmpstr (kam_db_rows_text (rows, 4), ==, large);
  g_assert_null (kam_db_rows_text (rows, 5));
  g_assert_null (kam_db_rows_id (rows, 6));
  g_assert_cmpmem (kam_db_rows_bytes (rows, 7, &length), 4, bytes, 4);
  g_assert_cmpuint (length, ==, 4);
  g_assert_true (kam_db_rows_is_null (rows, 8));
  g_assert_cmpstr (kam_db_rows_text (rows, 9), ==, "");

  g_assert_true (kam_db_rows_next (rows, &error));
  g_assert_cmpstr (kam_db_rows_text (rows, 3), ==, "short");
  g_assert_cmpstr (kam_db_rows_text (rows, 4), ==, "after a long one");
  g_assert_false (kam_db_rows_next (rows, &error));
  g_assert_no_error (error);
  g_assert_true (kam_db_rows_ended (rows));
}

static void
assert_fails (KamDb      *db,
              const char *sql,
              KamParam    param,
              KamDbError  code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (kam_db_exec (db, sql, &param, 1, NULL, &error));
  g_assert_error (error, KAM_DB_ERROR, (int) code);
}

static void
test_errors (void)
{
  g_autoptr (KamDb) db = kam_test_mariadb_connect (options);
  g_autoptr (GError) error = NULL;
  KamDbOptions nowhere = { .socket = (char *) "/nonexistent/socket", .user = (char *) "root" };
  KamDbOptions far = { .host = (char *) "192.0.2.1", .user = (char *) "root" };

  exec (db, "CREATE TABLE errors (a VARCHAR(3) PRIMARY KEY, b INT CHECK (b > 0))");
  exec (db, "INSERT INTO errors VALUES ('a', 1)");
  assert_fails (db, "INSERT INTO errors VALUES (?, 1)", KAM_PARAM_TEXT ("a"), KAM_DB_ERROR_DUPLICATE);
  assert_fails (db, "INSERT INTO errors VALUES (?, 1)", KAM_PARAM_TEXT ("long"), KAM_DB_ERROR_CONSTRAINT);
  assert_fails (db, "INSERT INTO errors VALUES ('x', ?)", KAM_PARAM_INT (0), KAM_DB_ERROR_CONSTRAINT);
  assert_fails (db, "INSERT INTO errors VALUES ('x', ?)", KAM_PARAM_INT (G_MAXINT64), KAM_DB_ERROR_CONSTRAINT);
  assert_fails (db, "INSERT INTO errors VALUES (?, 1)", KAM_PARAM_TEXT (NULL), KAM_DB_ERROR_CONSTRAINT);
  assert_fails (db, "INSERT INTO errors VALUES (?, 1)", KAM_PARAM_ID ("no id"), KAM_DB_ERROR_CONSTRAINT);
  assert_fails (db, "INSERT INTO nothing VALUES (?)", KAM_PARAM_INT (1), KAM_DB_ERROR_FAILED);
  assert_fails (db, "this is no SQL ?", KAM_PARAM_INT (1), KAM_DB_ERROR_FAILED);
  assert_fails (db, "SELECT ?, ?", KAM_PARAM_INT (1), KAM_DB_ERROR_FAILED);

  /* The connection is as good as before. Names are compared byte by byte. */
  g_assert_cmpint (count (db, "SELECT COUNT(*) FROM errors WHERE a = 'A'"), ==, 0);
  g_assert_cmpint (count (db, "SELECT COUNT(*) FROM errors WHERE a = 'a'"), ==, 1);

  g_assert_null (kam_db_connect (&nowhere, &error));
  g_assert_error (error, KAM_DB_ERROR, KAM_DB_ERROR_CONNECT);
  g_clear_error (&error);
  g_assert_null (kam_db_connect (&far, &error));
  g_assert_error (error, KAM_DB_ERROR, KAM_DB_ERROR_CONNECT);
}

/* A table that changed under its prepared statements is no error, and one statement can be read twice at a time. */
static void
test_statements (void)
{
  g_autoptr (KamDb) db = kam_test_mariadb_connect (options);
  g_autoptr (GError) error = NULL;
  g_autoptr (KamDbRows) outer = NULL;
  g_autoptr (KamDbRows) inner = NULL;

  exec (db, "CREATE TABLE shape (a INT)");
  exec (db, "INSERT INTO shape VALUES (1), (2)");
  g_assert_cmpint (count (db, "SELECT a FROM shape ORDER BY a"), ==, 1);
  exec (db, "ALTER TABLE shape ADD COLUMN b INT");
  g_assert_cmpint (count (db, "SELECT a FROM shape ORDER BY a"), ==, 1);

  outer = kam_db_query (db, "SELECT a FROM shape ORDER BY a", NULL, 0, &error);
  g_assert_true (kam_db_rows_next (outer, &error));
  inner = kam_db_query (db, "SELECT a FROM shape ORDER BY a", NULL, 0, &error);
  g_assert_true (kam_db_rows_next (inner, &error));
  g_assert_cmpint (kam_db_rows_int (inner, 0), ==, 1);
  g_assert_true (kam_db_rows_next (outer, &error));
  g_assert_cmpint (kam_db_rows_int (outer, 0), ==, 2);
  g_assert_no_error (error);
}

typedef struct
{
  gint first;   /* the row to lock first */
  gint second;
  gint tries;
  gint *barrier; /* both have their first lock */
} Cross;

static gboolean
cross (KamDb         *db,
       gpointer       data,
       GCancellable  *cancellable,
       GError       **error)
{
  Cross *self = data;
  KamParam first = KAM_PARAM_INT (self->first);
  KamParam second = KAM_PARAM_INT (self->second);

  if (!kam_db_exec (db, "UPDATE crossing SET n = n + 1 WHERE id = ?", &first, 1, NULL, error))
    return FALSE;

  if (self->tries++ == 0)
    {
      g_atomic_int_inc (self->barrier);

      while (g_atomic_int_get (self->barrier) < 2)
        g_usleep (1000);
    }

  return kam_db_exec (db, "UPDATE crossing SET n = n + 1 WHERE id = ?", &second, 1, NULL, error);
}

static gpointer
cross_thread (gpointer data)
{
  g_autoptr (KamDb) db = kam_test_mariadb_connect (options);
  g_autoptr (GError) error = NULL;

  kam_db_transact (db, KAM_DB_READ_WRITE, cross, data, NULL, &error);
  g_assert_no_error (error);

  return NULL;
}

static void
test_deadlock (void)
{
  g_autoptr (KamDb) db = kam_test_mariadb_connect (options);
  gint barrier = 0;
  Cross a = { .first = 1, .second = 2, .barrier = &barrier };
  Cross b = { .first = 2, .second = 1, .barrier = &barrier };
  GThread *thread;

  exec (db, "CREATE TABLE crossing (id INT PRIMARY KEY, n INT)");
  exec (db, "INSERT INTO crossing VALUES (1, 0), (2, 0)");
  thread = g_thread_new ("b", cross_thread, &b);
  cross_thread (&a);
  g_thread_join (thread);

  g_assert_cmpint (a.tries + b.tries, >=, 3); /* one of them was rolled back and ran again */
  g_assert_cmpint (count (db, "SELECT SUM(n) = 4 FROM crossing"), ==, 1);
}

static gboolean
fail_after_write (KamDb         *db,
                  gpointer       data,
                  GCancellable  *cancellable,
                  GError       **error)
{
  if (!kam_db_exec (db, "INSERT INTO undone VALUES (1)", NULL, 0, NULL, error))
    return FALSE;

  g_set_error (error, KAM_DB_ERROR, KAM_DB_ERROR_FAILED, "no");
  return FALSE;
}

static void
test_rollback (void)
{
  g_autoptr (KamDb) db = kam_test_mariadb_connect (options);
  g_autoptr (GError) error = NULL;

  exec (db, "CREATE TABLE undone (a INT)");
  g_assert_false (kam_db_transact (db, KAM_DB_READ_WRITE, fail_after_write, NULL, NULL, &error));
  g_assert_error (error, KAM_DB_ERROR, KAM_DB_ERROR_FAILED);
  g_assert_cmpint (count (db, "SELECT COUNT(*) FROM undone"), ==, 0);
  g_clear_error (&error);
  g_assert_false (kam_db_transact (db, KAM_DB_SNAPSHOT, fail_after_write, NULL, NULL, &error));
  g_assert_error (error, KAM_DB_ERROR, KAM_DB_ERROR_FAILED);
}

static gboolean
count_twice (KamDb         *db,
             gpointer       data,
             GCancellable  *cancellable,
             GError       **error)
{
  g_autoptr (KamDb) other = kam_test_mariadb_connect (options);
  gint64 *seen = data;

  seen[0] = count (db, "SELECT COUNT(*) FROM snapshot");
  exec (other, "INSERT INTO snapshot VALUES (1)");
  seen[1] = count (db, "SELECT COUNT(*) FROM snapshot");

  return TRUE;
}

/* Who reads has one picture; who writes sees what others commit. */
static void
test_isolation (void)
{
  g_autoptr (KamDb) db = kam_test_mariadb_connect (options);
  g_autoptr (GError) error = NULL;
  gint64 seen[2];

  exec (db, "CREATE TABLE snapshot (a INT)");
  g_assert_true (kam_db_transact (db, KAM_DB_SNAPSHOT, count_twice, seen, NULL, &error));
  g_assert_cmpint (seen[1], ==, seen[0]);
  g_assert_true (kam_db_transact (db, KAM_DB_READ_WRITE, count_twice, seen, NULL, &error));
  g_assert_cmpint (seen[1], ==, seen[0] + 1);
  g_assert_true (kam_db_transact (db, KAM_DB_SNAPSHOT, count_twice, seen, NULL, &error));
  g_assert_cmpint (seen[1], ==, seen[0]);
}

static void
kill_connection (KamDb *victim)
{
  g_autoptr (KamDb) db = kam_test_mariadb_connect (options);
  KamParam id = KAM_PARAM_INT (count (victim, "SELECT CONNECTION_ID()"));
  g_autoptr (GError) error = NULL;

  kam_db_exec (db, "KILL ?", &id, 1, NULL, &error);
  g_assert_no_error (error);
}

static void
test_lost (void)
{
  g_autoptr (KamDb) db = kam_test_mariadb_connect (options);
  g_autoptr (GError) error = NULL;

  g_assert_true (kam_db_is_alive (db, 0));
  kill_connection (db);
  g_assert_false (kam_db_exec (db, "SELECT 1", NULL, 0, NULL, &error));
  g_assert_error (error, KAM_DB_ERROR, KAM_DB_ERROR_LOST);
  g_assert_false (kam_db_is_alive (db, G_MAXINT64));
}

/* Does its work, then loses its connection, so that the commit finds none. */
static gboolean
lose (KamDb         *db,
      gpointer       data,
      GCancellable  *cancellable,
      GError       **error)
{
  kill_connection (db);

  return TRUE;
}

static void
test_uncertain (void)
{
  g_autoptr (KamDb) db = kam_test_mariadb_connect (options);
  g_autoptr (GError) error = NULL;

  g_assert_false (kam_db_transact (db, KAM_DB_READ_WRITE, lose, NULL, NULL, &error));
  g_assert_error (error, KAM_DB_ERROR, KAM_DB_ERROR_UNCERTAIN);
}

static void
test_insert_many (void)
{
  g_autoptr (KamDb) db = kam_test_mariadb_connect (options);
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) params = g_array_new (FALSE, FALSE, sizeof (KamParam));

  exec (db, "CREATE TABLE many (a BIGINT, b BIGINT)");
  kam_db_insert_many (db, "INSERT INTO many (a, b)", 2, params, &error);
  g_assert_no_error (error);

  for (gint64 i = 0; i < 1234; i++)
    {
      KamParam row[] = { KAM_PARAM_INT (i), KAM_PARAM_INT (i * i) };

      g_array_append_vals (params, row, 2);
    }

  kam_db_insert_many (db, "INSERT INTO many (a, b)", 2, params, &error);
  g_assert_no_error (error);
  g_assert_cmpint (count (db, "SELECT COUNT(*) FROM many WHERE b = a * a"), ==, 1234);
  g_assert_cmpint (count (db, "SELECT COUNT(DISTINCT a) FROM many"), ==, 1234);
}

/* The pool. */

typedef struct
{
  GMutex lock;    /* held by the test: the first function waits for it */
  GString *order; /* (thread worker): there is one */
  guint answers;
  guint refusals;
} PoolTest;

typedef struct
{
  PoolTest *test;
  char      letter;
} Letter;

static gpointer
write_letter (KamDb         *db,
              gpointer       data,
              GCancellable  *cancellable,
              GError       **error)
{
  Letter *self = data;

  g_mutex_lock (&self->test->lock);
  g_mutex_unlock (&self->test->lock);

  if (self->letter == 'k')
    {
      kill_connection (db);
      kam_db_exec (db, "SELECT 1", NULL, 0, NULL, NULL); /* finds it gone */
    }
  else if (count (db, "SELECT 1") == 1)
    g_string_append_c (self->test->order, self->letter);

  return GINT_TO_POINTER (self->letter);
}

static void
letter_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  PoolTest *test = user_data;
  g_autoptr (GError) error = NULL;

  kam_db_pool_run_finish (KAM_DB_POOL (source), result, &error);

  if (error == NULL)
    test->answers++;
  else if (g_error_matches (error, KAM_DB_ERROR, KAM_DB_ERROR_BUSY) || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    test->refusals++;
  else
    g_assert_no_error (error);
}

static void
send_letter (KamDbPool    *pool,
             PoolTest     *test,
             char          letter,
             GCancellable *cancellable)
{
  Letter *data = g_new0 (Letter, 1);

  data->test = test;
  data->letter = letter;
  kam_db_pool_run_async (pool, write_letter, data, g_free, NULL, cancellable, letter_cb, test);
}

static void
test_pool (void)
{
  g_autoptr (KamDbPool) pool = kam_db_pool_new (options, 1, 30);
  g_autoptr (GString) order = g_string_new (NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  PoolTest test = { .order = order };

  g_mutex_init (&test.lock);
  g_mutex_lock (&test.lock);

  for (char letter = 'a'; letter <= 'z'; letter++)
    send_letter (pool, &test, letter, letter == 'q' ? cancellable : NULL);

  g_cancellable_cancel (cancellable);

  for (guint i = 0; i < 10; i++)
    send_letter (pool, &test, '+', NULL);

  g_mutex_unlock (&test.lock);

  while (test.answers + test.refusals < 36)
    g_main_context_iteration (NULL, TRUE);

  kam_db_pool_shut_down (pool);

  /* In order; the broken connection was made again; what was cancelled did not run; what was too much was refused. */
  g_assert_true (g_str_has_prefix (order->str, "abcdefghijlmnoprstuvwxyz++++"));
  g_assert_cmpuint (test.refusals, ==, 1 + 10 - (order->len - 24));
  g_mutex_clear (&test.lock);
}

int
main (int   argc,
      char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);
  mariadb = kam_test_mariadb_new ();
  options = kam_test_mariadb_fresh (mariadb);

  g_test_add_func ("/db/types", test_types);
  g_test_add_func ("/db/errors", test_errors);
  g_test_add_func ("/db/statements", test_statements);
  g_test_add_func ("/db/deadlock", test_deadlock);
  g_test_add_func ("/db/rollback", test_rollback);
  g_test_add_func ("/db/isolation", test_isolation);
  g_test_add_func ("/db/lost", test_lost);
  g_test_add_func ("/db/uncertain", test_uncertain);
  g_test_add_func ("/db/insert-many", test_insert_many);
  g_test_add_func ("/db/pool", test_pool);

  result = g_test_run ();
  kam_test_mariadb_free (mariadb);

  return result;
}
