/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-json.h"
#include "kam-pull.h"
#include "kam-push-client.h"

#include <string.h>

#define N_WRITERS 16
#define SECONDS 3
#define SECONDS_LONG 60
#define PAGE_ROWS 40
#define DELETION "01890000-0000-7000-8000-0000000000aa"

/* What all writers see of each other. */
typedef struct
{
  Fixture   *world;
  gint64     until;  /* monotonic µs */
  GMutex     lock;
  GPtrArray *leads;  /* (owned) (element-type utf8), under the lock: made and confirmed */
  guint      n_rows; /* under the lock: rows of leads, contacts and interactions that were confirmed */
  guint      n_pushes;
  guint      n_busy; /* pushes whose deadlocks did not end within the tries there are */
} Shared;

typedef struct
{
  Shared  *shared;
  GRand   *rand;   /* (owned) */
  Fixture  own;    /* the world, on a connection of its own */
} Writer;

static char *
pick (Writer *writer)
{
  Shared *shared = writer->shared;
  char *id;

  g_mutex_lock (&shared->lock);
  id = g_strdup (g_ptr_array_index (shared->leads, g_rand_int_range (writer->rand, 0, (gint32) shared->leads->len)));
  g_mutex_unlock (&shared->lock);

  return id;
}

/* Sends until it is in, as a client does that is told that the server is busy. */
static void
push (Writer     *writer,
      PushClient *client)
{
  for (;;)
    {
      g_autoptr (GError) error = NULL;

      if (push_client_send (client, &error))
        break;

      g_assert_error (error, KAM_DB_ERROR, KAM_DB_ERROR_DEADLOCK);
      g_mutex_lock (&writer->shared->lock);
      writer->shared->n_busy++;
      g_mutex_unlock (&writer->shared->lock);
    }

  json_array_unref (client->mutations);
  client->mutations = json_array_new ();
  client->ack = client->mid;
  g_mutex_lock (&writer->shared->lock);
  writer->shared->n_pushes++;
  g_mutex_unlock (&writer->shared->lock);
}

static void
make_lead (Writer     *writer,
           PushClient *client,
           const char *owner)
{
  Shared *shared = writer->shared;
  g_autofree char *lead = push_client_new_id (client);
  g_autofree char *contact = push_client_new_id (client);
  g_autofree char *call = push_client_new_id (client);

  push_client_add (client, "put", "lead", lead, 0,
                   "{'name': [null, 'L'], 'kam_id': [null, '%s'], 'status': [null, 'new'], 'time_zone': [null, 'Asia/Kolkata']}", owner);
  push_client_add (client, "put", "contact", contact, 0, "{'lead_id': [null, '%s'], 'name': [null, 'C']}", lead);
  push_client_add (client, "put", "interaction", call, 0, "{'lead_id': [null, '%s'], 'kind': [null, 'call'], 'state': [null, 'done'], "
                   "'starts_at': [null, '2025-12-31T10:00:00.000000Z'], 'outcome': [null, 'reached'], 'contact_id': [null, '%s']}", lead, contact);
  push (writer, client);

  for (guint i = 0; i < 3; i++)
    g_assert_cmpint (push_client_result (client, i)->kind, ==, KAM_RESULT_APPLIED);

  g_mutex_lock (&shared->lock);
  g_ptr_array_add (shared->leads, g_steal_pointer (&lead));
  shared->n_rows += 3;
  g_mutex_unlock (&shared->lock);
}

/* Edits of the same fields of the same leads, several at a time: they conflict, wait for each other, and deadlock. */
static void
edit_some (Writer     *writer,
           PushClient *client,
           guint       n)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id = pick (writer);

      push_client_add (client, "put", "lead", id, 1, "{'city': [null, 'City %d']}", g_rand_int_range (writer->rand, 0, 4));
    }

  push (writer, client);
}

static void
move (Writer     *writer,
      PushClient *manager,
      const char *from,
      const char *to)
{
  g_autofree char *id = pick (writer);

  push_client_add (manager, "put", "lead", id, 1, "{'kam_id': ['%s', '%s']}", from, to);
  push (writer, manager);
}

static gpointer
write_thread (gpointer data)
{
  Writer *writer = data;
  char (*people)[KAM_ID_LENGTH + 1] = writer->own.people;
  g_autoptr (PushClient) kam1 = NULL;
  g_autoptr (PushClient) manager = NULL;
  g_autoptr (PushClient) admin = NULL;

  writer->own.db = kam_test_mariadb_connect (writer->own.options);
  kam1 = push_client_new (&writer->own, KAM1);
  manager = push_client_new (&writer->own, MANAGER);
  admin = push_client_new (&writer->own, ADMIN);

  while (g_get_monotonic_time () < writer->shared->until)
    {
      int dice = g_rand_int_range (writer->rand, 0, 100);

      if (dice < 45)
        make_lead (writer, kam1, people[KAM1]);
      else if (dice < 75)
        edit_some (writer, dice % 2 == 0 ? manager : admin, (guint) g_rand_int_range (writer->rand, 1, 6));
      else if (dice < 85)
        move (writer, manager, people[KAM1], people[KAM2]);
      else if (dice < 95)
        move (writer, manager, people[KAM2], people[KAM1]);
      else
        {
          push_client_add (admin, "put", "user", people[KAM3], 1, "{'work_days': [63, %d]}", g_rand_int_range (writer->rand, 1, 127));
          push (writer, admin);
        }
    }

  g_clear_pointer (&writer->own.db, kam_db_close);

  return NULL;
}

/* Somebody who pulls all the time, and keeps what the pages say. */
typedef struct
{
  KamDb          *db;       /* (owned) */
  KamPullRequest  request;
  GString        *page;     /* (owned) */
  GHashTable     *rows;     /* (owned) id → Held */
  guint           n_pages;
  gboolean        more;
} Reader;

typedef struct
{
  gint64  rev;
  char   *scope;   /* (owned) */
  char   *lead_id; /* (owned) (nullable) */
} Held;

static void
held_free (gpointer data)
{
  Held *held = data;

  g_free (held->scope);
  g_free (held->lead_id);
  g_free (held);
}

static gboolean
sink_cb (const char *text,
         gsize       length,
         gpointer    data,
         GError    **error)
{
  g_string_append_len (data, text, (gssize) length);

  return TRUE;
}

static void
evict (Reader    *reader,
       JsonArray *line)
{
  const char *id = json_array_get_string_element (line, 4);
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  g_hash_table_iter_init (&iter, reader->rows);

  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      Held *held = value;

      if ((strcmp (key, id) == 0 || g_strcmp0 (held->lead_id, id) == 0) && strcmp (held->scope, json_array_get_string_element (line, 3)) == 0 &&
          held->rev <= json_array_get_int_element (line, 2))
        g_hash_table_iter_remove (&iter);
    }
}

static void
take_row (Reader    *reader,
          JsonArray *line)
{
  const char *entity = json_array_get_string_element (line, 0);
  JsonArray *values = json_array_get_array_element (line, 3);
  const char *id = json_array_get_string_element (values, 0);
  gint64 rev = json_array_get_int_element (line, 1);
  Held *held = g_hash_table_lookup (reader->rows, id);
  gboolean has_lead = strcmp (entity, "user") != 0 && strcmp (entity, "lead") != 0;

  if (held != NULL && held->rev >= rev)
    return;

  held = g_new0 (Held, 1);
  held->rev = rev;
  held->scope = g_strdup (json_array_get_string_element (line, 2));
  held->lead_id = has_lead && !json_array_get_null_element (values, 1) ? g_strdup (json_array_get_string_element (values, 1)) : NULL;
  g_hash_table_replace (reader->rows, g_strdup (id), held);
}

static void
take_line (Reader     *reader,
           const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) node = kam_json_parse (text, strlen (text), &error);

  g_assert_no_error (error);

  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *line = json_node_get_array (node);
      const char *kind = json_array_get_string_element (line, 0);

      g_assert_cmpstr (kind, !=, "drop");

      if (strcmp (kind, "-") == 0)
        evict (reader, line);
      else
        take_row (reader, line);
    }
  else if (json_object_has_member (json_node_get_object (node), "cursor"))
    {
      g_free (reader->request.cursor);
      reader->request.cursor = g_strdup (json_object_get_string_member (json_node_get_object (node), "cursor"));
      reader->more = json_object_get_boolean_member (json_node_get_object (node), "more");
    }
}

static void
read_page (Reader *reader)
{
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) lines = NULL;

  g_string_truncate (reader->page, 0);
  kam_pull_page (reader->db, &reader->request, sink_cb, reader->page, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (g_strchomp (reader->page->str), "\n", -1);
  reader->n_pages++;

  for (guint i = 0; lines[i] != NULL; i++)
    take_line (reader, lines[i]);
}

typedef struct
{
  Fixture *fixture;
  guint8   hash[KAM_TOKEN_HASH_BYTES];
} SignIn;

static gboolean
sign_in (KamDb         *db,
         gpointer       data,
         GCancellable  *cancellable,
         GError       **error)
{
  SignIn *self = data;

  return kam_session_create (db, self->hash, self->fixture->people[ADMIN], DELETION, "Reader", self->fixture->now_us, self->fixture->now_us + DAY, error);
}

static void
reader_init (Reader  *reader,
             Fixture *world)
{
  SignIn self = { .fixture = world };
  g_autoptr (GError) error = NULL;

  memset (self.hash, 7, sizeof self.hash);
  *reader = (Reader) { .db = kam_test_mariadb_connect (world->options), .request = { .now_us = world->now_us, .limit = PAGE_ROWS } };
  memcpy (reader->request.token_hash, self.hash, sizeof self.hash);
  reader->page = g_string_new (NULL);
  reader->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, held_free);
  kam_db_transact (reader->db, KAM_DB_READ_WRITE, sign_in, &self, NULL, &error);
  g_assert_no_error (error);
}

static void
reader_clear (Reader *reader)
{
  kam_db_close (reader->db);
  g_free (reader->request.cursor);
  g_string_free (reader->page, TRUE);
  g_hash_table_unref (reader->rows);
}

/* What an administrator reads, as it is in the database. */
static void
compare (Reader  *reader,
         Fixture *world)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KamDbRows) rows = kam_db_query (world->db,
                                             "SELECT x.`id`, x.`rev` FROM (SELECT `id`, `rev`, `scope_id` FROM `user` UNION ALL "
                                             "SELECT `id`, `rev`, `scope_id` FROM `lead` UNION ALL SELECT `id`, `rev`, `scope_id` FROM `lead_event` UNION ALL "
                                             "SELECT `id`, `rev`, `scope_id` FROM `contact` UNION ALL "
                                             "SELECT `id`, `rev`, `scope_id` FROM `interaction` UNION ALL "
                                             "SELECT `id`, `rev`, `scope_id` FROM `conflict`) x JOIN `grants` g ON g.`scope_id` = x.`scope_id` "
                                             "AND g.`until_seq` IS NULL JOIN `user` u ON u.`id` = g.`user_id` WHERE u.`name` = 'admin'",
                                             NULL, 0, &error);
  guint n = 0;
  guint missed = 0;
  guint old = 0;

  g_assert_no_error (error);

  for (; kam_db_rows_next (rows, &error); n++)
    {
      const Held *held = g_hash_table_lookup (reader->rows, kam_db_rows_id (rows, 0));

      missed += held == NULL;
      old += held != NULL && held->rev != kam_db_rows_int (rows, 1);
    }

  g_assert_no_error (error);
  g_test_message ("perf: %u rows, read in %u pages: %u missed, %u old", n, reader->n_pages, missed, old);
  g_assert_cmpuint (missed, ==, 0);
  g_assert_cmpuint (old, ==, 0);
  g_assert_cmpuint (g_hash_table_size (reader->rows), ==, n);
}

static gint64
count_deadlocks (Fixture *world)
{
  return fixture_count (world, "SELECT CONVERT(`variable_value`, SIGNED) FROM `information_schema`.`global_status` "
                               "WHERE `variable_name` = 'INNODB_DEADLOCKS'");
}

/* Commits must not become visible out of order, or a puller that has passed a number misses what comes below it. */
static void
test_out_of_order (Fixture       *world,
                   gconstpointer  data)
{
  guint seconds = g_getenv ("KAM_LONG") != NULL ? SECONDS_LONG : SECONDS;
  Shared shared = { .world = world };
  Writer writers[N_WRITERS] = { 0 };
  GThread *threads[N_WRITERS];
  gint64 head;
  Reader reader;

  g_mutex_init (&shared.lock);
  shared.leads = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (shared.leads, fixture_add_lead (world, KAM1, "First"));
  head = fixture_count (world, "SELECT `head` FROM `org`");
  reader_init (&reader, world);
  shared.until = g_get_monotonic_time () + seconds * G_USEC_PER_SEC;

  for (guint i = 0; i < N_WRITERS; i++)
    {
      writers[i] = (Writer) { .shared = &shared, .rand = g_rand_new_with_seed (i), .own = *world };
      threads[i] = g_thread_new ("writer", write_thread, &writers[i]);
    }

  while (g_get_monotonic_time () < shared.until)
    read_page (&reader);

  for (guint i = 0; i < N_WRITERS; i++)
    {
      g_thread_join (threads[i]);
      g_rand_free (writers[i].rand);
    }

  do
    read_page (&reader);
  while (reader.more);

  g_test_message ("perf: %u pushes of %u writers in %u s, %" G_GINT64_FORMAT " commits, %" G_GINT64_FORMAT " deadlocks, %u given up and sent again",
                  shared.n_pushes, N_WRITERS, seconds, fixture_count (world, "SELECT `head` FROM `org`") - head, count_deadlocks (world), shared.n_busy);
  compare (&reader, world);
  g_assert_cmpint (fixture_count (world, "SELECT (SELECT COUNT(*) FROM `lead`) + (SELECT COUNT(*) FROM `contact`) + "
                                         "(SELECT COUNT(*) FROM `interaction`)"), ==, shared.n_rows + 1);
  g_assert_cmpuint (shared.n_pushes, >, N_WRITERS);
  reader_clear (&reader);
  g_ptr_array_unref (shared.leads);
  g_mutex_clear (&shared.lock);
}

int
main (int    argc,
      char **argv)
{
  fixture_start (&argc, &argv);
  g_test_add ("/writers/fault-01-commits-out-of-order", Fixture, NULL, fixture_set_up, test_out_of_order, fixture_tear_down);

  return fixture_run ();
}
