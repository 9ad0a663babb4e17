/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-bench-raw-push.h"

#include "kam-db.h"
#include "kam-id.h"
#include "kam-migrate.h"
#include "kam-people-repository.h"

#define DATABASE "kam_bench_raw"
#define LEAD_COLUMNS "`id`, `rev`, `scope_id`, `name`, `address`, `city`, `state`, `country`, `postcode`, `phone`, `email`, `status`, `status_reason`, " \
                     "`kam_id`, `tier`, `call_interval_days`, `call_time`, `time_zone`, `open_days`, `parent_id`, `merged_into_id`, `tags`, `notes`, " \
                     "`allocated_at`, `delete_id`"

/* One connection and what it writes. */
typedef struct
{
  KamDbOptions *options;
  double        until;
  guint         n;
  char         *client; /* (owned) */
  char         *lead;   /* (owned) */
  char         *user;   /* (owned) */
  GThread      *thread;
} Writer;

static void
run (KamDb          *db,
     const char     *sql,
     const KamParam *params,
     guint           n_params)
{
  GError *error = NULL;

  kam_db_exec (db, sql, params, n_params, NULL, &error);
  kam_bench_must (error);
}

static gint64
read_rows (KamDb          *db,
           const char     *sql,
           const KamParam *params,
           guint           n_params)
{
  GError *error = NULL;
  g_autoptr (KamDbRows) rows = kam_db_query (db, sql, params, n_params, &error);
  gint64 first = 0;

  kam_bench_must (error);

  while (kam_db_rows_next (rows, &error))
    first = kam_db_rows_int (rows, 0);

  kam_bench_must (error);

  return first;
}

static void
read_what_is_merged (KamDb  *db,
                     Writer *self)
{
  read_rows (db, "SELECT `last_mid`, `acked_mid` FROM `client` WHERE `id` = ? FOR UPDATE", (KamParam[]){ KAM_PARAM_ID (self->client) }, 1);
  read_rows (db, "SELECT `rev`, " LEAD_COLUMNS " FROM `lead` WHERE `id` = ? FOR UPDATE", (KamParam[]){ KAM_PARAM_ID (self->lead) }, 1);
  read_rows (db, "SELECT `at`, `lead_id` FROM `conflict` WHERE `lead_id` = ?", (KamParam[]){ KAM_PARAM_ID (self->lead) }, 1);
  read_rows (db, "SELECT `since_seq`, `scope_id` FROM `grants` WHERE `user_id` = ? AND `until_seq` IS NULL ORDER BY `scope_id`",
             (KamParam[]){ KAM_PARAM_ID (self->user) }, 1);
  read_rows (db, "SELECT COUNT(*) FROM `grants` WHERE `user_id` = ? AND `until_seq` IS NOT NULL", (KamParam[]){ KAM_PARAM_ID (self->user) }, 1);
}

static void
write_what_follows (KamDb  *db,
                    Writer *self,
                    gint64  seq)
{
  static const char hash[32], result[] = "{\"mid\":1,\"result\":\"applied\",\"rev\":1}";
  g_autofree char *nonce = kam_id_new (g_get_real_time ());
  gint64 now = g_get_real_time ();

  run (db, "INSERT INTO `commit_log` (`seq`, `nonce`, `at`) VALUES (?, ?, ?)", (KamParam[]){ KAM_PARAM_INT (seq), KAM_PARAM_ID (nonce),
       KAM_PARAM_INT (now) }, 3);
  run (db, "UPDATE `lead` SET `rev` = ?, `scope_id` = ?, `name` = 'A name', `address` = 'An address', `city` = 'Mumbai', `notes` = ? WHERE `id` = ?",
       (KamParam[]){ KAM_PARAM_INT (seq), KAM_PARAM_ID (self->user), KAM_PARAM_TEXT (nonce), KAM_PARAM_ID (self->lead) }, 4);
  run (db, "INSERT INTO `history` (`row_id`, `seq`, `field`, `entity`, `lead_id`, `before`, `after`, `author_id`, `device_id`, `at`) "
           "VALUES (?, ?, 'notes', 'lead', ?, 'before', ?, ?, ?, ?)",
       (KamParam[]){ KAM_PARAM_ID (self->lead), KAM_PARAM_INT (seq), KAM_PARAM_ID (self->lead), KAM_PARAM_TEXT (nonce), KAM_PARAM_ID (self->user),
                     KAM_PARAM_ID (self->client), KAM_PARAM_INT (now) }, 7);
  run (db, "INSERT IGNORE INTO `commit_scope` (`seq`, `scope_id`) VALUES (?, ?)", (KamParam[]){ KAM_PARAM_INT (seq), KAM_PARAM_ID (self->user) }, 2);
  read_rows (db, "SELECT `head`, `server_id`, `epoch`, `durable`, `is_sample`, `secret` FROM `org` WHERE `one` = 1", NULL, 0);
  run (db, "INSERT INTO `mutation_result` (`client_id`, `mid`, `content_hash`, `result`, `origin_client_id`, `origin_mid`) VALUES (?, ?, ?, ?, ?, ?)",
       (KamParam[]){ KAM_PARAM_ID (self->client), KAM_PARAM_INT (self->n), KAM_PARAM_BYTES (hash, sizeof hash), KAM_PARAM_TEXT (result), { 0 }, { 0 } }, 6);
  run (db, "UPDATE `client` SET `last_mid` = ?, `acked_mid` = ? WHERE `id` = ?",
       (KamParam[]){ KAM_PARAM_INT (self->n), KAM_PARAM_INT (self->n - 1), KAM_PARAM_ID (self->client) }, 3);
}

static gboolean
push_once (KamDb         *db,
           gpointer       data,
           GCancellable  *cancellable,
           GError       **error)
{
  Writer *self = data;

  read_what_is_merged (db, self);
  run (db, "UPDATE `org` SET `head` = LAST_INSERT_ID(`head` + 1) WHERE `one` = 1", NULL, 0);
  write_what_follows (db, self, read_rows (db, "SELECT LAST_INSERT_ID()", NULL, 0));

  return TRUE;
}

static gpointer
write_cb (gpointer data)
{
  Writer *self = data;
  GError *error = NULL;
  g_autoptr (KamDb) db = kam_db_connect (self->options, &error);

  kam_bench_must (error);

  while (kam_bench_now () < self->until)
    {
      self->n++;
      read_rows (db, "SELECT `expires_at`, `user_id`, `device_id` FROM `session` WHERE `user_id` = ?", (KamParam[]){ KAM_PARAM_ID (self->user) }, 1);
      kam_db_transact (db, KAM_DB_READ_WRITE, push_once, self, NULL, &error);
      kam_bench_must (error);
      run (db, "DELETE FROM `mutation_result` WHERE `client_id` = ? AND `mid` <= ?",
           (KamParam[]){ KAM_PARAM_ID (self->client), KAM_PARAM_INT (self->n - 1) }, 2);
    }

  return NULL;
}

static void
make_writer (KamDb        *db,
             KamDbOptions *options,
             Writer       *self)
{
  gint64 now = g_get_real_time ();

  *self = (Writer){ .options = options, .client = kam_id_new (now), .lead = kam_id_new (now), .user = kam_id_new (now) };
  run (db, "INSERT INTO `client` (`id`, `user_id`, `device_id`, `last_mid`, `acked_mid`) VALUES (?, ?, ?, 0, 0)",
       (KamParam[]){ KAM_PARAM_ID (self->client), KAM_PARAM_ID (self->user), KAM_PARAM_ID (self->client) }, 3);
  run (db, "INSERT INTO `lead` (`id`, `rev`, `scope_id`, `name`, `status`, `kam_id`, `time_zone`) VALUES (?, 0, ?, 'A name', 'new', ?, 'Asia/Kolkata')",
       (KamParam[]){ KAM_PARAM_ID (self->lead), KAM_PARAM_ID (self->user), KAM_PARAM_ID (self->user) }, 3);
}

double
kam_bench_raw_push (const char *socket,
                    guint       n_connections,
                    double      seconds)
{
  KamDbOptions options = { .socket = (char *) socket, .name = (char *) DATABASE, .user = (char *) "root", .timeout_s = 30 };
  g_autofree Writer *writers = g_new0 (Writer, n_connections);
  g_autoptr (KamDb) db = NULL;
  GError *error = NULL;
  double before;
  guint n = 0;

  kam_db_create_database (&options, &error);
  kam_bench_must (error);
  db = kam_db_connect (&options, &error);
  kam_bench_must (error);
  kam_migrate_run (db, g_get_real_time (), &error);
  kam_bench_must (error);

  for (guint i = 0; i < n_connections; i++)
    make_writer (db, &options, &writers[i]);

  before = kam_bench_now ();
  for (guint i = 0; i < n_connections; i++)
    {
      writers[i].until = before + seconds * 1000;
      writers[i].thread = g_thread_new ("writer", write_cb, &writers[i]);
    }

  for (guint i = 0; i < n_connections; i++)
    {
      g_thread_join (writers[i].thread);
      n += writers[i].n;
      g_free (writers[i].client);
      g_free (writers[i].lead);
      g_free (writers[i].user);
    }

  seconds = (kam_bench_now () - before) / 1000;
  run (db, "DROP DATABASE `" DATABASE "`", NULL, 0);

  return n / seconds;
}
