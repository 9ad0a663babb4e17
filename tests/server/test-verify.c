/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-id.h"
#include "kam-test-mariadb.h"
#include "kam-test-verify.h"

/* Comparing a copy with the server's data, and taking what differs anew. */

#define N_LEADS 30

/* Manager over kam1 and kam2; kam3 reports to nobody. Everybody has leads with a contact each. */
typedef struct
{
  const KamDbOptions *database;
  KamTestServer      *server;
  char               *admin;
  char               *manager;
  char               *kams[3];
} Fixture;

static KamTestMariadb *mariadb;

static void
add_leads (KamTestClient *admin,
           const char    *owner)
{
  g_autoptr (GPtrArray) mutations = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (JsonArray) results = NULL;

  for (guint i = 0; i < N_LEADS; i++)
    {
      g_autofree char *lead = kam_id_new (g_get_real_time ());
      g_autofree char *contact = kam_id_new (g_get_real_time ());

      g_ptr_array_add (mutations, g_strdup_printf ("\"entity\":\"lead\",\"id\":\"%s\",\"op\":\"put\",\"base_rev\":0,\"at\":\"2026-01-01T00:00:00.000000Z\","
                                                   "\"set\":{\"name\":[null,\"Lead \\\"%u\\\" पनीर\"],\"kam_id\":[null,\"%s\"],\"status\":[null,\"new\"],"
                                                   "\"tags\":[null,[\"veg\",\"buffet\"]],\"time_zone\":[null,\"Asia/Kolkata\"]}", lead, i, owner));
      g_ptr_array_add (mutations, g_strdup_printf ("\"entity\":\"contact\",\"id\":\"%s\",\"op\":\"put\",\"base_rev\":0,"
                                                   "\"at\":\"2026-01-01T00:00:00.000000Z\",\"set\":{\"lead_id\":[null,\"%s\"],\"name\":[null,\"C\"],"
                                                   "\"is_primary\":[null,true]}", contact, lead));
    }

  results = kam_test_client_push_all (admin, mutations);

  for (guint i = 0; i < json_array_get_length (results); i++)
    g_assert_cmpstr (json_object_get_string_member (json_array_get_object_element (results, i), "result"), ==, "applied");
}

static void
set_up (Fixture       *fixture,
        gconstpointer  data)
{
  g_autoptr (KamTestClient) admin = NULL;

  fixture->database = kam_test_mariadb_migrated (mariadb);
  fixture->admin = kam_test_add_person (fixture->database, "admin@kam.test", "admin", NULL);
  fixture->manager = kam_test_add_person (fixture->database, "manager@kam.test", "manager", fixture->admin);
  fixture->kams[0] = kam_test_add_person (fixture->database, "kam1@kam.test", "kam", fixture->manager);
  fixture->kams[1] = kam_test_add_person (fixture->database, "kam2@kam.test", "kam", fixture->manager);
  fixture->kams[2] = kam_test_add_person (fixture->database, "kam3@kam.test", "kam", NULL);
  fixture->server = kam_test_server_new (fixture->database, NULL);
  admin = kam_test_client_new (fixture->server, "admin@kam.test");
  for (int i = 0; i < 3; i++)
    add_leads (admin, fixture->kams[i]);
}

static void
tear_down (Fixture       *fixture,
           gconstpointer  data)
{
  kam_test_server_free (fixture->server);
  g_free (fixture->admin);
  g_free (fixture->manager);
  for (int i = 0; i < 3; i++)
    g_free (fixture->kams[i]);
}

/* The id of any row of the entity, for which nothing else is done with its range. */
static char *
pick (KamTestClient *client,
      const char    *entity,
      GHashTable    *taken,
      guint          digits)
{
  GHashTableIter iter;
  gpointer key;
  gpointer value;

  g_hash_table_iter_init (&iter, client->rows);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      const KamTestRow *row = value;
      char *range = g_strdup_printf ("%s %s", entity, (const char *) key + KAM_ID_LENGTH - digits);

      if (g_str_equal (row->entity, entity) && g_hash_table_add (taken, range))
        return g_strdup (key);

      if (!g_str_equal (row->entity, entity))
        g_free (range);
    }

  g_assert_not_reached ();
}

/* One value is another now. */
static void
change_line (KamTestClient *client,
             const char    *id)
{
  KamTestRow *row = g_hash_table_lookup (client->rows, id);
  char *at = strstr (row->line, "Lead");

  g_assert_nonnull (at);
  *at = 'l';
}

static void
copy_row (KamTestClient *to,
          KamTestClient *from,
          const char    *id,
          const char    *as)
{
  const KamTestRow *row = g_hash_table_lookup (from->rows, id);
  KamTestRow *copy = g_new0 (KamTestRow, 1);
  g_auto (GStrv) parts = g_strsplit (row->line, id, 2);

  copy->entity = g_strdup (row->entity);
  copy->scope = g_strdup (row->scope);
  copy->rev = row->rev;
  copy->values = json_array_ref (row->values);
  copy->line = g_strjoinv (as, parts);
  g_hash_table_replace (to->rows, g_strdup (as), copy);
}

static void
expect_ranges (KamTestReply *reply,
               GHashTable   *expected)
{
  g_autoptr (GPtrArray) ranges = kam_test_verify_ranges (reply);

  for (guint i = 0; i < ranges->len; i++)
    {
      if (!g_hash_table_contains (expected, g_ptr_array_index (ranges, i)))
        g_error ("%s does not differ", (const char *) g_ptr_array_index (ranges, i));
    }

  g_assert_cmpuint (ranges->len, ==, g_hash_table_size (expected));
}

/* What is whole is found to be so, and the answer's cursor is as good as any. */
static void
test_whole (Fixture       *fixture,
            gconstpointer  data)
{
  static const char *const people[] = { "admin@kam.test", "manager@kam.test", "kam1@kam.test", "kam3@kam.test" };

  for (gsize i = 0; i < G_N_ELEMENTS (people); i++)
    {
      g_autoptr (KamTestClient) client = kam_test_client_new (fixture->server, people[i]);
      g_autoptr (GHashTable) none = g_hash_table_new (g_str_hash, g_str_equal);
      guint before;

      kam_test_client_pull (client, 0);
      before = g_hash_table_size (client->rows);

      for (guint digits = 2; digits <= 3; digits++)
        {
          g_autoptr (KamTestReply) reply = kam_test_verify (client, digits);

          expect_ranges (reply, none);
          g_assert_cmpint (kam_test_reply_int (reply, "head"), ==, client->head);
          kam_test_verify_repair (client, reply, 512);
          g_assert_cmpuint (client->pages, ==, 1);
          g_assert_cmpuint (g_hash_table_size (client->rows), ==, before);
        }
    }
}

/* A changed value, a missing row, a surplus row, somebody else's row: exactly their ranges are named, and they are repaired. */
static void
test_corrupted (Fixture       *fixture,
                gconstpointer  data)
{
  guint digits = GPOINTER_TO_UINT (data);
  g_autoptr (KamTestClient) client = kam_test_client_new (fixture->server, "manager@kam.test");
  g_autoptr (KamTestClient) fresh = kam_test_client_new (fixture->server, "manager@kam.test");
  g_autoptr (KamTestClient) stranger = kam_test_client_new (fixture->server, "kam3@kam.test");
  g_autoptr (GHashTable) ranges = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) none = g_hash_table_new (g_str_hash, g_str_equal);
  g_autofree char *changed = NULL;
  g_autofree char *missing = NULL;
  g_autofree char *foreign = NULL;
  g_autofree char *surplus = kam_id_new (g_get_real_time ());
  g_autoptr (KamTestReply) reply = NULL;
  g_autoptr (KamTestReply) again = NULL;

  kam_test_client_pull (client, 0);
  kam_test_client_pull (fresh, 0);
  kam_test_client_pull (stranger, 0);
  changed = pick (client, "lead", ranges, digits);
  missing = pick (client, "contact", ranges, digits);
  foreign = pick (stranger, "lead", ranges, digits);
  change_line (client, changed);
  copy_row (client, client, missing, surplus);
  g_hash_table_add (ranges, g_strdup_printf ("contact %s", surplus + KAM_ID_LENGTH - digits));
  g_hash_table_remove (client->rows, missing);
  copy_row (client, stranger, foreign, foreign);

  reply = kam_test_verify (client, digits);
  expect_ranges (reply, ranges);
  kam_test_verify_repair (client, reply, 2);
  g_assert_false (g_hash_table_contains (client->rows, foreign));
  kam_test_verify_same (client, fresh);
  again = kam_test_verify (client, digits);
  expect_ranges (again, none);
}

/* Whoever has nothing, and whoever has only what is not theirs, gets all of theirs and nothing else. */
static void
test_foreign (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (KamTestClient) client = kam_test_client_new (fixture->server, "kam1@kam.test");
  g_autoptr (KamTestClient) fresh = kam_test_client_new (fixture->server, "kam1@kam.test");
  g_autoptr (KamTestClient) admin = kam_test_client_new (fixture->server, "admin@kam.test");
  g_autoptr (KamTestReply) reply = NULL;
  g_autoptr (KamTestReply) other = NULL;
  g_autofree char *some = NULL;

  kam_test_client_pull (fresh, 0);
  kam_test_client_pull (admin, 0);
  client->columns = g_strdup (fresh->columns);
  reply = kam_test_verify (client, 3);
  kam_test_verify_repair (client, reply, 100);
  kam_test_verify_same (client, fresh);

  /* The admin's copy under kam1's name; the contacts are not even spoken of, which is the same as having none. */
  g_hash_table_remove_all (client->rows);
  some = kam_test_verify_body (admin, 2, "contact");
  other = kam_test_request (client->server, "POST", "/v1/verify", client->token, some);
  g_assert_cmpuint (other->status, ==, 200);
  kam_test_verify_repair (client, other, 512);

  {
    GHashTableIter iter;
    gpointer key;

    g_hash_table_iter_init (&iter, client->rows);
    while (g_hash_table_iter_next (&iter, &key, NULL))
      g_assert_true (g_hash_table_contains (fresh->rows, key));
  }
}

/* Between the comparison and the ranges somebody writes: in a range that differs, in one that does not, a new row, one that goes. */
static void
test_written_meanwhile (Fixture       *fixture,
                        gconstpointer  data)
{
  g_autoptr (KamTestClient) client = kam_test_client_new (fixture->server, "kam1@kam.test");
  g_autoptr (KamTestClient) fresh = kam_test_client_new (fixture->server, "kam1@kam.test");
  g_autoptr (KamTestClient) manager = kam_test_client_new (fixture->server, "manager@kam.test");
  g_autoptr (GHashTable) ranges = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *bad = NULL;
  g_autofree char *good = NULL;
  g_autofree char *moved = NULL;
  g_autofree char *move = g_strdup_printf ("{\"kam_id\":[\"%s\",\"%s\"]}", fixture->kams[0], fixture->kams[1]);
  g_autofree char *late = NULL;
  g_autoptr (KamTestReply) reply = NULL;
  g_autoptr (KamTestReply) again = NULL;
  g_autoptr (GHashTable) none = g_hash_table_new (g_str_hash, g_str_equal);

  kam_test_client_pull (client, 0);
  kam_test_client_pull (manager, 0);
  bad = pick (client, "lead", ranges, 2);
  moved = pick (client, "lead", ranges, 2);
  change_line (client, bad);
  change_line (client, moved);
  reply = kam_test_verify (client, 2);
  expect_ranges (reply, ranges);
  good = pick (client, "lead", ranges, 2);

  kam_test_client_set (manager, "lead", bad, "{\"city\":[null,\"Pune\"]}");
  kam_test_client_set (manager, "lead", good, "{\"city\":[null,\"Mumbai\"]}");
  kam_test_verify_pull (client, reply, 0, 1);
  kam_test_client_pull (manager, 0);
  kam_test_client_set (manager, "lead", moved, move);
  late = kam_test_client_add_lead (manager, "Late", fixture->kams[0]);
  kam_test_verify_pull (client, reply, 1, 1);
  kam_test_client_set (manager, "lead", bad, "{\"state\":[null,\"MH\"]}");
  kam_test_client_pull (client, 0);

  kam_test_client_pull (fresh, 0);
  g_assert_false (g_hash_table_contains (client->rows, moved));
  g_assert_true (g_hash_table_contains (client->rows, late));
  kam_test_verify_same (client, fresh);
  again = kam_test_verify (client, 2);
  expect_ranges (again, none);
}

/* Somebody leaves the team, and somebody else comes, between the comparison and the ranges. */
static void
test_granted_meanwhile (Fixture       *fixture,
                        gconstpointer  data)
{
  g_autoptr (KamTestClient) client = kam_test_client_new (fixture->server, "manager@kam.test");
  g_autoptr (KamTestClient) fresh = kam_test_client_new (fixture->server, "manager@kam.test");
  g_autoptr (KamTestClient) admin = kam_test_client_new (fixture->server, "admin@kam.test");
  g_autoptr (KamTestReply) reply = NULL;
  g_autofree char *join = g_strdup_printf ("{\"manager_id\":[null,\"%s\"]}", fixture->manager);
  g_autofree char *leave = g_strdup_printf ("{\"manager_id\":[\"%s\",null]}", fixture->manager);

  kam_test_client_pull (admin, 0);
  kam_test_client_pull (client, 0);
  g_hash_table_remove_all (client->rows);
  reply = kam_test_verify (client, 2);
  kam_test_client_set (admin, "user", fixture->kams[0], leave);
  kam_test_client_set (admin, "user", fixture->kams[2], join);
  kam_test_verify_repair (client, reply, 200);
  kam_test_client_pull (fresh, 0);
  kam_test_verify_same (client, fresh);
  g_assert_cmpuint (kam_test_client_count (client, "lead"), ==, 2 * N_LEADS);
}

int
main (int    argc,
      char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  mariadb = kam_test_mariadb_new ();

#define ADD(path, data, test) g_test_add (path, Fixture, data, set_up, test, tear_down)
  ADD ("/verify/whole", NULL, test_whole);
  ADD ("/verify/fault-35-corrupted/2", GUINT_TO_POINTER (2), test_corrupted);
  ADD ("/verify/fault-35-corrupted/3", GUINT_TO_POINTER (3), test_corrupted);
  ADD ("/verify/fault-35-foreign", NULL, test_foreign);
  ADD ("/verify/fault-35-written-meanwhile", NULL, test_written_meanwhile);
  ADD ("/verify/fault-35-granted-meanwhile", NULL, test_granted_meanwhile);

  status = g_test_run ();
  kam_test_mariadb_free (mariadb);

  return status;
}
