/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-push-client.h"

#include <string.h>

/* Sessions, people and what they may read, and rows. */

static gboolean
create_session (KamDb         *db,
                gpointer       data,
                GCancellable  *cancellable,
                GError       **error)
{
  Fixture *fixture = data;
  guint8 hash[KAM_TOKEN_HASH_BYTES] = { 7 };
  g_autofree char *device = kam_id_derive (NULL, "device");

  return kam_session_create (db, hash, fixture->people[KAM1], device, "Asha’s laptop 💻", FIXTURE_NOW, FIXTURE_NOW + DAY, error);
}

static void
assert_session (Fixture *fixture,
                gint64   now_us,
                int      state) /* KamSessionState, or -1 for none */
{
  guint8 hash[KAM_TOKEN_HASH_BYTES] = { 7 };
  g_autoptr (GError) error = NULL;
  g_autoptr (KamSession) session = kam_session_find (fixture->db, hash, now_us, &error);

  g_assert_no_error (error);
  g_assert_cmpint (session != NULL ? (int) session->state : -1, ==, state);

  if (session != NULL)
    {
      g_assert_cmpstr (session->user_id, ==, fixture->people[KAM1]);
      g_assert_cmpstr (session->role, ==, "kam");
      g_assert_cmpint (session->expires_at, ==, FIXTURE_NOW + DAY);
      g_assert_true (kam_session_note_seen (fixture->db, hash, session, now_us, &error));
    }
}

static void
test_sessions (Fixture       *fixture,
               gconstpointer  data)
{
  guint8 hash[KAM_TOKEN_HASH_BYTES] = { 7 };
  g_autoptr (GError) error = NULL;

  assert_session (fixture, FIXTURE_NOW, -1);
  kam_db_transact (fixture->db, KAM_DB_READ_WRITE, create_session, fixture, NULL, &error);
  g_assert_no_error (error);
  assert_session (fixture, FIXTURE_NOW + 1, KAM_SESSION_OPEN);
  assert_session (fixture, FIXTURE_NOW + DAY / 2, KAM_SESSION_OPEN);
  g_assert_cmpint (fixture_count (fixture, "SELECT MIN(seen_at) FROM device"), ==, FIXTURE_NOW + DAY / 2);
  assert_session (fixture, FIXTURE_NOW + DAY, KAM_SESSION_ENDED);

  fixture_exec (fixture, "UPDATE user SET active = 0 WHERE name = 'kam1'");
  assert_session (fixture, FIXTURE_NOW + 1, KAM_SESSION_REVOKED);
  fixture_exec (fixture, "UPDATE user SET active = 1");
  assert_session (fixture, FIXTURE_NOW + 1, KAM_SESSION_OPEN);

  g_assert_true (kam_session_end (fixture->db, hash, &error));
  assert_session (fixture, FIXTURE_NOW + 1, KAM_SESSION_ENDED);
  fixture_exec (fixture, "UPDATE session SET ended_at = NULL");

  /* A new password ends all. */
  g_assert_true (kam_people_set_password (fixture->db, fixture->people[KAM1], "hash", &error));
  assert_session (fixture, FIXTURE_NOW + 1, KAM_SESSION_ENDED);
}

static void
test_people (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KamPerson) person = NULL;
  g_autoptr (KamPerson) nobody = NULL;
  g_autoptr (GPtrArray) people = NULL;

  g_assert_true (kam_people_set_password (fixture->db, fixture->people[KAM1], "hash", &error));
  person = kam_people_find_by_email (fixture->db, "KAM1@Kam.Test", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (person->id, ==, fixture->people[KAM1]);
  g_assert_cmpstr (person->password_hash, ==, "hash");
  g_assert_true (person->active);
  nobody = kam_people_find_by_email (fixture->db, "nobody@kam.test", &error);
  g_assert_no_error (error);
  g_assert_null (nobody);
  people = kam_people_list (fixture->db, &error);
  g_assert_cmpuint (people->len, ==, N_PEOPLE);
  g_assert_cmpstr (kam_row_text (g_ptr_array_index (people, 0), KAM_USER_NAME), ==, "admin");
}

/* For each person a letter for each person whose leads they read. */
static void
assert_reads (Fixture    *fixture,
              const char *expected[N_PEOPLE])
{
  for (int reader = 0; reader < N_PEOPLE; reader++)
    {
      g_autoptr (GString) reads = g_string_new (NULL);
      g_autoptr (GPtrArray) scopes = kam_people_scopes (fixture->db, fixture->people[reader], FIXTURE_NOW, NULL);
      g_autofree char *personal = kam_scope_personal (fixture->people[reader]);
      gboolean may = FALSE;
      guint own = 0;

      for (int owner = 0; owner < N_PEOPLE; owner++)
        {
          g_autofree char *scope = kam_scope_of_leads (fixture->people[owner]);

          g_assert_true (kam_people_may_read (fixture->db, fixture->people[reader], scope, FIXTURE_NOW, &may, NULL));
          g_assert_cmpint (may, ==, g_ptr_array_find_with_equal_func (scopes, scope, g_str_equal, NULL));

          if (may)
            g_string_append_c (reads, "AMabNc"[owner]);
        }

      g_assert_cmpstr (reads->str, ==, expected[reader]);
      g_assert_true (kam_people_may_read (fixture->db, fixture->people[reader], personal, FIXTURE_NOW, &may, NULL));
      own = reads->len > 0 ? 2 : 0; /* the directory, and what is personal */
      g_assert_cmpint (may, ==, reads->len > 0);
      g_assert_cmpuint (scopes->len, ==, reads->len + own);
    }
}

static void
change_person (Fixture       *fixture,
               FixturePerson  person,
               guint          field,
               const char    *text,
               gint64         number)
{
  g_autoptr (KamRow) user = fixture_find (fixture, KAM_ENTITY_USER, fixture->people[person]);

  if (text != NULL)
    kam_row_set_text (user, field, text);
  else
    kam_row_set_int (user, field, number);

  fixture_put_user (fixture, user);
}

static void
test_grants (Fixture       *fixture,
             gconstpointer  data)
{
  g_autofree char *scope = kam_scope_of_leads (fixture->people[KAM1]);
  g_autoptr (GPtrArray) before = NULL;
  g_autoptr (GPtrArray) touched = NULL;
  gint64 head;

  assert_reads (fixture, (const char *[]) { "AMabNc", "Mab", "a", "b", "Nc", "c" });

  /* kam1 goes to the other team; the change is noted with its commit, and wakes those whom it concerns. */
  head = fixture_count (fixture, "SELECT head FROM org");
  change_person (fixture, KAM1, KAM_USER_MANAGER, fixture->people[OTHER_MANAGER], 0);
  assert_reads (fixture, (const char *[]) { "AMabNc", "Mb", "a", "b", "aNc", "c" });
  g_assert_cmpint (fixture_count (fixture, "SELECT COUNT(*) FROM grants g JOIN org o ON g.until_seq = o.head"), ==, 1);
  g_assert_cmpint (fixture_count (fixture, "SELECT COUNT(*) FROM grants g JOIN org o ON g.since_seq = o.head"), ==, 1);
  touched = kam_org_touched (fixture->db, head, G_MAXINT64, NULL);
  g_assert_cmpuint (touched->len, ==, 3);

  /* A manager below a manager: through both. */
  change_person (fixture, OTHER_MANAGER, KAM_USER_MANAGER, fixture->people[MANAGER], 0);
  assert_reads (fixture, (const char *[]) { "AMabNc", "MabNc", "a", "b", "aNc", "c" });

  /* Roles count: who is no manager any more reads no team; but who is above still reads through them. */
  change_person (fixture, OTHER_MANAGER, KAM_USER_ROLE, "kam", 0);
  assert_reads (fixture, (const char *[]) { "AMabNc", "MabNc", "a", "b", "N", "c" });

  /* Who is not active reads nothing; their leads are still read by those above. */
  change_person (fixture, KAM2, KAM_USER_ACTIVE, NULL, 0);
  assert_reads (fixture, (const char *[]) { "AMabNc", "MabNc", "a", "", "N", "c" });
  change_person (fixture, KAM2, KAM_USER_ACTIVE, NULL, 1);
  assert_reads (fixture, (const char *[]) { "AMabNc", "MabNc", "a", "b", "N", "c" });
}

static gboolean
put_cycle (KamDb         *db,
           gpointer       data,
           GCancellable  *cancellable,
           GError       **error)
{
  Fixture *fixture = data;
  g_autoptr (KamRow) user = kam_rows_find (db, KAM_ENTITY_USER, fixture->people[MANAGER], error);

  kam_row_set_text (user, KAM_USER_MANAGER, fixture->people[KAM1]);

  return kam_people_put (db, user, FIXTURE_NOW, error);
}

static gboolean
put_twin (KamDb         *db,
          gpointer       data,
          GCancellable  *cancellable,
          GError       **error)
{
  g_autofree char *id = kam_id_new (FIXTURE_NOW);
  g_autoptr (KamRow) user = fixture_make_user (id, "KAM1", "kam", NULL);

  return kam_people_put (db, user, FIXTURE_NOW, error);
}

static void
test_refused (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  gint64 head = fixture_count (fixture, "SELECT head FROM org");

  g_assert_false (kam_db_transact (fixture->db, KAM_DB_READ_WRITE, put_cycle, fixture, NULL, &error));
  g_assert_error (error, KAM_DB_ERROR, KAM_DB_ERROR_CONSTRAINT);
  g_clear_error (&error);
  g_assert_false (kam_db_transact (fixture->db, KAM_DB_READ_WRITE, put_twin, fixture, NULL, &error));
  g_assert_error (error, KAM_DB_ERROR, KAM_DB_ERROR_DUPLICATE);
  g_assert_cmpint (fixture_count (fixture, "SELECT head FROM org"), ==, head);
}

/* A value of each type at the limits of its field. */
static void
fill (KamRow   *row,
      gboolean  most)
{
  const KamEntity *entity = kam_row_entity (row);

  for (guint i = 0; i < entity->n_fields; i++)
    {
      const KamField *field = &entity->fields[i];
      g_autofree char *id = kam_id_new (FIXTURE_NOW);
      g_autoptr (GString) text = g_string_new (NULL);

      if (!most && (field->flags & KAM_FIELD_REQUIRED) == 0)
        continue;

      if (field->type == KAM_TYPE_ID)
        kam_row_set_text (row, i, id);
      else if (field->type == KAM_TYPE_INSTANT)
        kam_row_set_int (row, i, most ? G_MAXINT64 : G_MININT64);
      else if (kam_field_is_number (field))
        kam_row_set_int (row, i, most ? field->most : field->least);
      else if (field->type == KAM_TYPE_ENUM)
        kam_row_set_text (row, i, field->choices[0]);
      else if (field->type == KAM_TYPE_DATE || field->type == KAM_TYPE_TIME)
        kam_row_set_text (row, i, field->type == KAM_TYPE_DATE ? "2026-02-28" : "23:59");
      else
        {
          for (gint64 j = 0; j < (most ? field->most : MAX (field->least, 1)); j++)
            g_string_append (text, "🍛");

          kam_row_set_text (row, i, text->str);
        }
    }
}

static void
test_rows (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *scope = kam_scope_directory ();

  for (int kind = 0; kind < KAM_N_ENTITIES; kind++)
    {
      g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_row_unref);

      for (guint i = 0; i < 13; i++)
        {
          g_autofree char *id = kam_id_new (FIXTURE_NOW);
          KamRow *row = kam_row_new ((KamEntityKind) kind, id);

          fill (row, i == 0);

          if (kind == KAM_ENTITY_USER && i > 0)
            kam_row_set_text (row, KAM_USER_EMAIL, id);

          kam_row_set_rev (row, 1000 + i);
          kam_row_set_scope (row, scope);
          g_ptr_array_add (rows, row);
        }

      kam_rows_insert_many (fixture->db, rows, &error);
      g_assert_no_error (error);

      for (guint i = 0; i < rows->len; i++)
        {
          g_autoptr (KamRow) found = fixture_find (fixture, (KamEntityKind) kind, kam_row_id (g_ptr_array_index (rows, i)));

          g_assert_true (kam_row_equal (found, g_ptr_array_index (rows, i)));
        }

      fill (g_ptr_array_index (rows, 0), FALSE);
      kam_row_set_rev (g_ptr_array_index (rows, 0), 5000);
      kam_rows_update (fixture->db, g_ptr_array_index (rows, 0), &error);
      g_assert_no_error (error);

      {
        g_autoptr (KamRow) found = fixture_find (fixture, (KamEntityKind) kind, kam_row_id (g_ptr_array_index (rows, 0)));

        g_assert_true (kam_row_equal (found, g_ptr_array_index (rows, 0)));
      }
    }
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down_by_hand)

int
main (int   argc,
      char *argv[])
{
  fixture_start (&argc, &argv);
  ADD ("/repositories/sessions", test_sessions);
  ADD ("/repositories/people", test_people);
  ADD ("/repositories/grants", test_grants);
  ADD ("/repositories/refused", test_refused);
  ADD ("/repositories/rows", test_rows);

  return fixture_run ();
}
