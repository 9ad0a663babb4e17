/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-push-client.h"

#include <string.h>

/* Reading the feed: by pages, and while others write. */

#define WRITERS 8
#define PUSHES 30

typedef struct
{
  GPtrArray *lines; /* (element-type utf8): what came, in order */
} Page;

static gboolean
take_row (KamRow    *row,
          gpointer   data,
          GError   **error)
{
  Page *page = data;

  g_ptr_array_add (page->lines, g_strdup_printf ("%d %" G_GINT64_FORMAT " %s %s", (int) kam_row_kind (row), kam_row_rev (row), kam_row_scope (row),
                                                 kam_row_id (row)));

  return TRUE;
}

static gboolean
take_tombstone (KamEntityKind  entity,
                gint64         rev,
                const char    *scope,
                const char    *id,
                gboolean       moved,
                gpointer       data,
                GError       **error)
{
  Page *page = data;

  g_ptr_array_add (page->lines, g_strdup_printf ("-%d %" G_GINT64_FORMAT " %s %s %d", (int) entity, rev, scope, id, moved));

  return TRUE;
}

/* All lines of a scan in pages of this size, joined. */
static char *
scan (KamDb     *db,
      GPtrArray *scopes,
      gint64     after,
      gint64     up_to,
      gboolean   incremental,
      guint      limit,
      guint     *n_lines)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  Page page = { .lines = lines };
  KamFeedPosition position;
  gboolean done = FALSE;

  kam_feed_position_init (&position, after, up_to, incremental);

  while (!done)
    {
      g_autoptr (GError) error = NULL;
      guint before = lines->len;

      kam_feed_scan (db, scopes, &position, limit, take_tombstone, take_row, &page, &done, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (lines->len - before, <=, limit);
      g_assert_true (done || lines->len - before == limit);
    }

  *n_lines = lines->len;
  g_ptr_array_add (lines, NULL);

  return g_strjoinv ("\n", (char **) lines->pdata);
}

/* Many rows of one commit, several commits, a moved lead. */
static void
add_rows (Fixture *fixture)
{
  g_autoptr (PushClient) client = push_client_new (fixture, KAM1);
  g_autoptr (PushClient) manager = push_client_new (fixture, MANAGER);
  g_autofree char *lead = fixture_add_lead (fixture, KAM1, "First");

  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *contact = push_client_new_id (client);

      push_client_add (client, "put", "contact", contact, 0, "{'lead_id': [null, '%s'], 'name': [null, 'C']}", lead);

      if (i % 15 == 14)
        push_client_must (client);
    }

  push_client_must (client);

  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *moved = fixture_add_lead (fixture, KAM1, "Moved");

      push_client_add (manager, "put", "lead", moved, 1, "{'kam_id': ['%s', '%s']}", fixture->people[KAM1], fixture->people[KAM2]);
    }

  push_client_must (manager);
}

static void
test_pages (Fixture       *fixture,
            gconstpointer  data)
{
  g_autoptr (GPtrArray) scopes = kam_people_scopes (fixture->db, fixture->people[MANAGER], FIXTURE_NOW, NULL);
  gint64 middle = fixture_count (fixture, "SELECT head FROM org") + 2;
  g_autofree char *whole = NULL;
  g_autofree char *later = NULL;
  guint n_whole, n_later;
  gint64 head;

  add_rows (fixture);
  head = fixture_count (fixture, "SELECT head FROM org");
  whole = scan (fixture->db, scopes, 0, head, FALSE, 10000, &n_whole);
  later = scan (fixture->db, scopes, middle, head, TRUE, 10000, &n_later);
  g_assert_cmpuint (n_whole, ==, N_PEOPLE + 4 + 40 + 4 * 2 + 3); /* people, leads, contacts, events at the beginning and of moving */
  g_assert_cmpint (kam_feed_count (fixture->db, scopes, 0, head, NULL), ==, n_whole);
  g_assert_true (g_str_has_prefix (later, "-2 "));
  g_assert_null (strchr (whole, '-') == whole ? whole : NULL);

  for (guint limit = 1; limit <= n_whole + 1; limit++)
    {
      guint n;
      g_autofree char *pages = scan (fixture->db, scopes, 0, head, FALSE, limit, &n);
      g_autofree char *later_pages = scan (fixture->db, scopes, middle, head, TRUE, limit, &n);

      g_assert_cmpstr (pages, ==, whole);
      g_assert_cmpstr (later_pages, ==, later);
    }
}

static void
test_scopes (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (GPtrArray) stranger = kam_people_scopes (fixture->db, fixture->people[KAM3], FIXTURE_NOW, NULL);
  g_autoptr (GPtrArray) owner = kam_people_scopes (fixture->db, fixture->people[KAM1], FIXTURE_NOW, NULL);
  gint64 before = fixture_count (fixture, "SELECT head FROM org");
  g_autoptr (GPtrArray) touched = NULL;
  gboolean news = TRUE;
  guint n;
  g_autofree char *lines = NULL;
  KamOrg org;

  add_rows (fixture);
  g_assert_true (kam_org_read (fixture->db, &org, NULL));
  lines = scan (fixture->db, stranger, before, G_MAXINT64, TRUE, 100, &n);
  g_assert_cmpuint (n, ==, 0);
  g_assert_true (kam_org_has_news (fixture->db, &org, stranger, before, &news, NULL));
  g_assert_false (news);
  g_assert_true (kam_org_has_news (fixture->db, &org, owner, before, &news, NULL));
  g_assert_true (news);
  touched = kam_feed_touched (fixture->db, owner, before, G_MAXINT64, NULL);
  g_assert_cmpuint (touched->len, ==, 1);
}

/* Each commit has one nonce; there is none for what never was. */
static void
test_commits (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  gint64 head = fixture_count (fixture, "SELECT head FROM org");
  g_autofree char *nonce = kam_org_get_nonce (fixture->db, head, &error);
  g_autofree char *other = kam_org_get_nonce (fixture->db, head - 1, &error);
  g_autofree char *none = kam_org_get_nonce (fixture->db, head + 1, &error);

  g_assert_no_error (error);
  g_assert_nonnull (nonce);
  g_assert_cmpstr (nonce, !=, other);
  g_assert_null (none);
}

typedef struct
{
  Fixture *fixture;
  GThread *thread;
  guint    number;
  gint    *running;
} Writer;

static void
push_some (Fixture *mine,
           guint    number)
{
  g_autoptr (PushClient) client = push_client_new (mine, number % 2 == 0 ? KAM1 : KAM2);

  for (guint i = 0; i < PUSHES; i++)
    {
      g_autofree char *id = push_client_new_id (client);
      g_autofree char *contact = push_client_new_id (client);

      push_client_add (client, "put", "lead", id, 0, "{'name': [null, 'L'], 'kam_id': [null, '%s'], 'status': [null, 'new'], 'time_zone': [null, 'UTC']}",
                       client->session.user_id);
      push_client_add (client, "put", "contact", contact, 0, "{'lead_id': [null, '%s'], 'name': [null, 'C']}", id);
      push_client_must (client);
    }
}

static gpointer
writer_thread (gpointer data)
{
  Writer *writer = data;
  Fixture mine = *writer->fixture;

  mine.db = kam_test_mariadb_connect (mine.options);
  push_some (&mine, writer->number);
  kam_db_close (mine.db);
  g_atomic_int_add (writer->running, -1);

  return NULL;
}

typedef struct
{
  GPtrArray  *scopes;
  GHashTable *seen;
  gint64      up_to;
} Reader;

static gboolean
remember_row (KamRow    *row,
              gpointer   data,
              GError   **error)
{
  Reader *reader = data;

  g_hash_table_add (reader->seen, g_strdup (kam_row_id (row)));

  return TRUE;
}

static gboolean
read_news (KamDb         *db,
           gpointer       data,
           GCancellable  *cancellable,
           GError       **error)
{
  Reader *reader = data;
  KamFeedPosition position;
  gboolean done = FALSE;
  KamOrg org;

  if (!kam_org_read (db, &org, error))
    return FALSE;

  kam_feed_position_init (&position, reader->up_to, org.head, TRUE);

  while (!done)
    {
      if (!kam_feed_scan (db, reader->scopes, &position, 7, take_tombstone, remember_row, reader, &done, error))
        return FALSE;
    }

  reader->up_to = org.head;

  return TRUE;
}

/* Whoever reads only what is new, again and again, has in the end all that is there. */
static void
test_writers (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (GPtrArray) scopes = kam_people_scopes (fixture->db, fixture->people[MANAGER], FIXTURE_NOW, NULL);
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Reader reader = { .scopes = scopes, .seen = seen };
  gint running = WRITERS;
  Writer writers[WRITERS];
  gboolean last = FALSE;

  for (guint i = 0; i < WRITERS; i++)
    {
      writers[i] = (Writer) { .fixture = fixture, .number = i, .running = &running };
      writers[i].thread = g_thread_new ("writer", writer_thread, &writers[i]);
    }

  while (!last)
    {
      g_autoptr (GError) error = NULL;

      last = g_atomic_int_get (&running) == 0;
      kam_db_transact (fixture->db, KAM_DB_SNAPSHOT, read_news, &reader, NULL, &error);
      g_assert_no_error (error);
    }

  for (guint i = 0; i < WRITERS; i++)
    g_thread_join (writers[i].thread);

  g_assert_cmpint (fixture_count (fixture, "SELECT COUNT(*) FROM `lead`"), ==, WRITERS * PUSHES);
  g_assert_cmpint (fixture_count (fixture, "SELECT COUNT(*) FROM contact"), ==, WRITERS * PUSHES);
  g_assert_cmpuint (g_hash_table_size (seen), ==, N_PEOPLE + WRITERS * PUSHES * 4); /* each lead with a contact and two events */
  g_assert_cmpint (fixture_count (fixture, "SELECT COUNT(*) = MAX(seq) FROM commit_log"), ==, 1);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int   argc,
      char *argv[])
{
  fixture_start (&argc, &argv);
  ADD ("/feed/pages", test_pages);
  ADD ("/feed/scopes", test_scopes);
  ADD ("/feed/commits", test_commits);
  ADD ("/feed/fault-01-writers", test_writers);

  return fixture_run ();
}
