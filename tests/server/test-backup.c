/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-backup.h"
#include "kam-repositories.h"
#include "kam-test-client.h"
#include "kam-test-mariadb.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static KamTestMariadb *mariadb;

typedef struct
{
  char               *dir;      /* (owned) */
  char               *file;     /* (owned) where the backup goes */
  const KamDbOptions *database;
  KamDb              *db;       /* (owned) */
  char               *kam;      /* (owned) */
} Fixture;

static void
exec (KamDb      *db,
      const char *sql)
{
  g_autoptr (GError) error = NULL;

  kam_db_exec (db, sql, NULL, 0, NULL, &error);
  g_assert_no_error (error);
}

static gint64
get_number (KamDb      *db,
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
read_org (KamDb  *db,
          KamOrg *org)
{
  g_autoptr (GError) error = NULL;

  kam_org_read (db, org, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *admin = NULL;

  fixture->dir = g_dir_make_tmp ("kam-test-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->file = g_build_filename (fixture->dir, "backup", NULL);
  fixture->database = kam_test_mariadb_migrated (mariadb);
  fixture->db = kam_test_mariadb_connect (fixture->database);
  admin = kam_test_add_person (fixture->database, "admin@kam.test", "admin", NULL);
  fixture->kam = kam_test_add_person (fixture->database, "kam@kam.test", "kam", admin);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  const char *argv[] = { "rm", "-rf", fixture->dir, NULL };

  g_clear_pointer (&fixture->db, kam_db_close);
  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL);
  g_free (fixture->dir);
  g_free (fixture->file);
  g_free (fixture->kam);
}

static void
expect (const KamDbOptions *database,
        int                 status,
        const char         *says,
        const char         *command,
        const char         *first,
        const char         *second)
{
  g_autofree char *errors = NULL;
  g_autofree char *output = NULL;

  int got = kam_test_server_command (database, NULL, &output, &errors, command, first, second, NULL);

  if (got != status)
    g_test_message ("%s %s: %s%s", command, first, output, errors);

  g_assert_cmpint (got, ==, status);

  if (says != NULL)
    g_assert_nonnull (strstr (status == 0 ? output : errors, says));
}

/* Every byte of every table, but for what a restore changes. */
static char *
digest_all (KamDb *db)
{
  g_autoptr (GString) all = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) tables = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (KamDbRows) rows = kam_db_query (db,
                                             "SELECT `table_name` FROM `information_schema`.`tables` WHERE `table_schema` = DATABASE() "
                                             "AND `table_name` NOT IN ('org', 'schema_version') ORDER BY 1",
                                             NULL, 0, &error);

  g_assert_no_error (error);

  while (kam_db_rows_next (rows, &error))
    g_ptr_array_add (tables, g_strdup (kam_db_rows_text (rows, 0)));

  for (guint i = 0; i < tables->len; i++)
    {
      g_autofree char *sql = g_strdup_printf ("CHECKSUM TABLE `%s` EXTENDED", (const char *) g_ptr_array_index (tables, i));
      g_autoptr (KamDbRows) sum = NULL;

      kam_db_query_row (db, sql, NULL, 0, &sum, &error);
      g_assert_no_error (error);
      g_string_append_printf (all, "%s %" G_GINT64_FORMAT "\n", (const char *) g_ptr_array_index (tables, i), kam_db_rows_int (sum, 1));
    }

  return g_string_free (g_steal_pointer (&all), FALSE);
}

/* What a restore gives back is what was there: any text, long ones, nothing, numbers at their ends. */
static void
fill_oddly (Fixture *fixture)
{
  exec (fixture->db, "INSERT INTO `device` VALUES (UNHEX('00000000000000000000000000000000'), (SELECT `id` FROM `user` LIMIT 1), 'ἄ 🍛 \\0 \\' \\\\ \\r\\n', "
                     "-9223372036854775808, 9223372036854775807)");
  exec (fixture->db, "INSERT INTO `device` VALUES (UNHEX('FFFFFFFFFFFFFFFFFFFFFFFF0A0D005C'), (SELECT `id` FROM `user` LIMIT 1), '', 0, -1)");
  exec (fixture->db, "INSERT INTO `history` (`row_id`, `seq`, `field`, `entity`, `before`, `after`, `at`) "
                     "SELECT `id`, 1, 'name', 'user', '', REPEAT('é漢', 400000), 0 FROM `user` LIMIT 1");
}

static void
test_round_trip (Fixture       *fixture,
                 gconstpointer  data)
{
  const KamDbOptions *empty = kam_test_mariadb_fresh (mariadb);
  g_autoptr (KamDb) other = NULL;
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  KamOrg old;
  KamOrg new;
  struct stat info;

  fill_oddly (fixture);
  before = digest_all (fixture->db);
  expect (fixture->database, 0, "at head 2", "backup", fixture->file, NULL);
  g_assert_cmpint (stat (fixture->file, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  read_org (fixture->db, &old);
  g_assert_cmpint (old.durable, ==, old.head);

  expect (empty, 0, "at head 2", "restore", fixture->file, NULL);
  other = kam_test_mariadb_connect (empty);
  after = digest_all (other);
  g_assert_cmpstr (after, ==, before);
  read_org (other, &new);
  g_assert_cmpstr (new.server_id, ==, old.server_id);
  g_assert_cmpstr (new.epoch, !=, old.epoch);
  g_assert_cmpint (new.head, ==, old.head);
  g_assert_cmpint (new.durable, ==, old.head);
  g_assert_cmpmem (new.secret, sizeof new.secret, old.secret, sizeof old.secret);

  /* Once more only when it is said; and into what “init” has made. */
  expect (empty, 1, "--replace", "restore", fixture->file, NULL);
  expect (empty, 0, NULL, "restore", fixture->file, "--replace");
  expect (kam_test_mariadb_migrated (mariadb), 0, NULL, "restore", fixture->file, NULL);
}

static void
test_durable (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  KamBackupInfo info = { 0 };
  KamOrg org;

  expect (fixture->database, 0, NULL, "backup", fixture->file, NULL);
  kam_backup_verify (fixture->file, &info, &error);
  g_assert_no_error (error);
  exec (fixture->db, "UPDATE `org` SET `head` = 10, `durable` = 7");

  /* Never backwards, never ahead, and never for another history. */
  info.head = 6;
  g_assert_true (kam_backup_note_durable (fixture->db, &info, &error));
  read_org (fixture->db, &org);
  g_assert_cmpint (org.durable, ==, 7);
  info.head = 11;
  g_assert_true (kam_backup_note_durable (fixture->db, &info, &error));
  read_org (fixture->db, &org);
  g_assert_cmpint (org.durable, ==, 7);
  info.head = 9;
  exec (fixture->db, "UPDATE `org` SET `epoch` = `server_id`");
  g_assert_true (kam_backup_note_durable (fixture->db, &info, &error));
  read_org (fixture->db, &org);
  g_assert_cmpint (org.durable, ==, 7);
  g_strlcpy (info.epoch, org.epoch, sizeof info.epoch);
  g_assert_true (kam_backup_note_durable (fixture->db, &info, &error));
  read_org (fixture->db, &org);
  g_assert_cmpint (org.durable, ==, 9);
  g_assert_no_error (error);
}

/* What goes to a pipe may never arrive: nothing counts as kept. */
static void
test_pipe (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *config = g_build_filename (fixture->dir, "conf", NULL);
  g_autofree char *text = g_strdup_printf ("[database]\nsocket=%s\nname=%s\nuser=%s\n", fixture->database->socket, fixture->database->name,
                                           fixture->database->user);
  g_autofree char *command = g_strdup_printf (KAM_SERVER_PROGRAM " --config '%s' backup - >'%s'", config, fixture->file);
  const char *argv[] = { "/bin/sh", "-c", command, NULL };
  g_autoptr (GError) error = NULL;
  KamBackupInfo info;
  KamOrg org;
  int status = 0;

  g_file_set_contents (config, text, -1, &error);
  g_assert_no_error (error);
  g_spawn_sync (NULL, (char **) argv, NULL, 0, NULL, NULL, NULL, NULL, &status, &error);
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  g_assert_true (kam_backup_verify (fixture->file, &info, &error));
  g_assert_cmpint (info.head, ==, 2);
  read_org (fixture->db, &org);
  g_assert_cmpint (org.durable, ==, 0);
}

/* Whatever is not the whole file, byte by byte, is refused before anything is touched. */
static void
test_damaged (Fixture       *fixture,
              gconstpointer  data)
{
  const KamDbOptions *target = kam_test_mariadb_migrated (mariadb);
  g_autoptr (KamDb) other = kam_test_mariadb_connect (target);
  g_autofree char *before = kam_test_mariadb_digest (other);
  g_autofree char *after = NULL;
  g_autofree char *bytes = NULL;
  g_autoptr (GError) error = NULL;
  gsize length = 0;

  expect (fixture->database, 0, NULL, "backup", fixture->file, NULL);
  g_file_get_contents (fixture->file, &bytes, &length, &error);
  g_assert_no_error (error);

  for (gsize i = 0; i < 300; i++)
    {
      g_autofree char *copy = g_memdup2 (bytes, length);
      g_autoptr (GError) why = NULL;
      KamBackupInfo info;
      gsize at = 10 + i * (length - 10) / 300; /* the first ten are of the gzip header */
      gboolean cut = i % 2 == 0;

      if (!cut)
        copy[at] = (char) (copy[at] ^ (1 << (i / 2 % 8)));

      g_file_set_contents (fixture->file, copy, (gssize) (cut ? at : length), &error);
      g_assert_no_error (error);
      g_assert_false (kam_backup_verify (fixture->file, &info, &why));
      g_assert_nonnull (why);

      if (i % 50 < 2)
        expect (target, 1, NULL, "restore", fixture->file, "--replace");
    }

  expect (target, 1, NULL, "restore", "/nowhere/backup", NULL);
  after = kam_test_mariadb_digest (other);
  g_assert_cmpstr (before, ==, after);
  expect (fixture->database, 1, NULL, "backup", "/nowhere/backup", NULL);
}

/* Starts a backup and ends it by force after so long: TRUE where it had come to its end by itself. */
static gboolean
kill_after (Fixture    *fixture,
            const char *config,
            gulong      after_us)
{
  const char *argv[] = { KAM_SERVER_PROGRAM, "--config", config, "backup", fixture->file, NULL };
  g_autoptr (GError) error = NULL;
  int status = 0;
  GPid pid;

  g_spawn_async (NULL, (char **) argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, &pid, &error);
  g_assert_no_error (error);
  g_usleep (after_us);
  kill (pid, SIGKILL);
  waitpid (pid, &status, 0);

  return WIFEXITED (status);
}

static void
test_killed (Fixture       *fixture,
             gconstpointer  data)
{
  g_autofree char *config = g_build_filename (fixture->dir, "conf", NULL);
  g_autofree char *part = g_strconcat (fixture->file, ".part", NULL);
  g_autofree char *text = g_strdup_printf ("[database]\nsocket=%s\nname=%s\nuser=%s\n", fixture->database->socket, fixture->database->name,
                                           fixture->database->user);
  g_autoptr (GError) error = NULL;
  gboolean ended = FALSE;
  guint cut_off = 0;
  KamBackupInfo info;
  KamOrg org;

  g_file_set_contents (config, text, -1, &error);
  g_assert_no_error (error);
  exec (fixture->db, "INSERT INTO `history` (`row_id`, `seq`, `field`, `entity`, `after`, `at`) "
                     "SELECT u.`id`, 1, CONCAT('f', s.`seq`), 'user', REPEAT('x', 2000), 0 FROM `seq_1_to_4000` s, `user` u LIMIT 4000");

  for (gulong after = 20 * 1000; !ended && after < 20 * G_USEC_PER_SEC; after += after / 3)
    {
      ended = kill_after (fixture, config, after);
      cut_off += g_file_test (part, G_FILE_TEST_EXISTS);

      if (g_file_test (fixture->file, G_FILE_TEST_EXISTS))
        {
          g_assert_true (kam_backup_verify (fixture->file, &info, &error));
          g_assert_no_error (error);
        }
      else
        {
          read_org (fixture->db, &org);
          g_assert_cmpint (org.durable, ==, 0);
        }
    }

  /* Some were killed in the middle; the next one is not hindered by what those left. */
  g_assert_cmpuint (cut_off, >, 0);
  g_assert_true (ended);
  g_assert_false (g_file_test (part, G_FILE_TEST_EXISTS));
}

/* A restore that was cut off leaves a database that nobody serves, and a second one brings back. */
static void
test_cut_off_restore (Fixture       *fixture,
                      gconstpointer  data)
{
  const KamDbOptions *target = kam_test_mariadb_migrated (mariadb);
  g_autoptr (KamDb) other = kam_test_mariadb_connect (target);

  expect (fixture->database, 0, NULL, "backup", fixture->file, NULL);
  exec (other, "DELETE FROM `org`");
  exec (other, "UPDATE `schema_version` SET `step` = -1");
  expect (target, 1, "restore", "check", NULL, NULL);
  expect (target, 1, "restore", "migrate", NULL, NULL);
  expect (target, 0, NULL, "restore", fixture->file, "--replace");
  expect (target, 0, "0 findings", "check", NULL, NULL);
}

/* What the server had confirmed and has lost: it says so, and takes it under another client id, once. */
static void
send_again (KamTestClient *client,
            KamTestServer *server,
            const char    *lost,
            const char    *owner)
{
  g_autofree char *old_id = g_strdup (client->client_id);
  g_autofree char *mutation = g_strdup_printf ("\"entity\":\"lead\",\"id\":\"%s\",\"op\":\"put\",\"base_rev\":0,\"at\":\"2026-01-01T00:00:00.000000Z\","
                                               "\"origin\":[\"%s\",2],\"set\":{\"name\":[null,\"Lost\"],\"kam_id\":[null,\"%s\"],"
                                               "\"status\":[null,\"new\"],\"time_zone\":[null,\"Asia/Kolkata\"]}",
                                               lost, old_id, owner);
  g_autofree char *body = g_strdup_printf ("{\"client_id\":\"%s\",\"schema\":1,\"sent_at\":\"2026-01-01T00:00:00.000000Z\",\"ack\":2,\"mutations\":[]}",
                                           old_id);
  g_autoptr (KamTestReply) gap = kam_test_request (server, "POST", "/v1/push", client->token, body);

  g_assert_cmpint (client->mid, ==, 2);
  kam_test_assert_problem (gap, 409, "mid_gap");
  g_assert_cmpint (kam_test_reply_int (gap, "last_mid"), ==, 1);

  for (int i = 0; i < 2; i++)
    {
      g_free (client->client_id);
      client->client_id = kam_id_new (g_get_real_time ());
      client->mid = 0;
      g_assert_cmpstr (kam_test_client_push (client, mutation), ==, "applied");
    }
}

/* The server's half of a restored server: what came after the backup is gone, every cursor of before is refused for good, devices need not sign in
 * again, and a client that sends again what is missing gets it in once. */
static void
test_restored (Fixture       *fixture,
               gconstpointer  data)
{
  g_autoptr (KamTestServer) server = kam_test_server_new (fixture->database, NULL);
  g_autoptr (KamTestClient) client = kam_test_client_new (server, "kam@kam.test");
  g_autoptr (KamTestServer) restored = NULL;
  g_autoptr (KamTestReply) refused = NULL;
  g_autoptr (KamTestReply) hello = NULL;
  g_autofree char *kept = kam_test_client_add_lead (client, "Kept", fixture->kam);
  g_autofree char *lost = NULL;
  g_autofree char *old_cursor = NULL;
  g_autofree char *body = NULL;
  g_autofree char *epoch = NULL;
  gint64 backed_up;

  kam_test_client_pull (client, 0);
  old_cursor = g_strdup (client->cursor);
  backed_up = client->head;
  hello = kam_test_request (server, "GET", "/v1/hello", NULL, NULL);
  epoch = g_strdup (kam_test_reply_text (hello, "epoch"));
  expect (fixture->database, 0, NULL, "backup", fixture->file, NULL);
  lost = kam_test_client_add_lead (client, "Lost", fixture->kam);
  kam_test_client_pull (client, 0);
  g_assert_cmpint (client->head, >, backed_up);
  g_clear_pointer (&server, kam_test_server_free);

  expect (fixture->database, 0, NULL, "restore", fixture->file, "--replace");
  restored = kam_test_server_new (fixture->database, NULL);
  client->server = restored;
  g_clear_pointer (&hello, kam_test_reply_free);
  hello = kam_test_request (restored, "GET", "/v1/hello", NULL, NULL);
  g_assert_cmpstr (kam_test_reply_text (hello, "epoch"), !=, epoch);
  g_assert_cmpint (kam_test_reply_int (hello, "head"), ==, backed_up);
  g_assert_cmpint (kam_test_reply_int (hello, "durable"), ==, backed_up);

  /* Both the cursor of what is lost, and one that the backup holds: what follows it is another history. */
  for (int i = 0; i < 2; i++)
    {
      g_free (body);
      body = g_strdup_printf ("{\"schema\":1,\"cursor\":\"%s\"}", i == 0 ? client->cursor : old_cursor);
      g_clear_pointer (&refused, kam_test_reply_free);
      refused = kam_test_request (restored, "POST", "/v1/pull", client->token, body);
      kam_test_assert_problem (refused, 410, "diverged");
    }

  g_clear_pointer (&client->cursor, g_free);
  g_hash_table_remove_all (client->rows);
  kam_test_client_pull (client, 0);
  g_assert_true (g_hash_table_contains (client->rows, kept));
  g_assert_false (g_hash_table_contains (client->rows, lost));

  send_again (client, restored, lost, fixture->kam);
  kam_test_client_pull (client, 0);
  g_assert_true (g_hash_table_contains (client->rows, lost));
  g_assert_cmpint (get_number (fixture->db, "SELECT COUNT(*) FROM `lead`"), ==, 2);
  g_assert_cmpint (get_number (fixture->db, "SELECT `durable` < `head` FROM `org`"), ==, 1);
}

int
main (int    argc,
      char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  mariadb = kam_test_mariadb_new ();

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)
  ADD ("/backup/round-trip", test_round_trip);
  ADD ("/backup/durable", test_durable);
  ADD ("/backup/pipe", test_pipe);
  ADD ("/backup/damaged", test_damaged);
  ADD ("/backup/killed", test_killed);
  ADD ("/backup/cut-off-restore", test_cut_off_restore);
  ADD ("/backup/fault-25-server-restored", test_restored);
#undef ADD

  status = g_test_run ();
  kam_test_mariadb_free (mariadb);

  return status;
}
