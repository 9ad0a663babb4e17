/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-push-client.h"
#include "kam-time.h"

/* Cover for people on leave: who reads whose leads, from when, and until when. kam2 covers for kam1, who is in Kolkata; kam3 is of another team. */

static gint64
at (const char *instant)
{
  g_autoptr (GError) error = NULL;
  gint64 us = 0;

  kam_instant_parse (instant, &us, &error);
  g_assert_no_error (error);

  return us;
}

static char *
add_leave (Fixture       *fixture,
           FixturePerson  by,
           FixturePerson  absent,
           FixturePerson  cover,
           const char    *from_on,
           const char    *to_on)
{
  g_autoptr (PushClient) client = push_client_new (fixture, by);
  char *id = push_client_new_id (client);

  push_client_add (client, "put", "leave", id, 0, "{'user_id': [null, '%s'], 'from_on': [null, '%s'], 'to_on': [null, '%s'], 'cover_id': [null, '%s']}",
                   fixture->people[absent], from_on, to_on, fixture->people[cover]);
  push_client_expect (client, KAM_RESULT_APPLIED, NULL);

  return id;
}

static gboolean
reads (Fixture       *fixture,
       FixturePerson  reader,
       FixturePerson  owner)
{
  g_autofree char *scope = kam_scope_of_leads (fixture->people[owner]);
  g_autoptr (GPtrArray) scopes = kam_people_scopes (fixture->db, fixture->people[reader], fixture->now_us, NULL);
  gboolean may = FALSE;

  g_assert_true (kam_people_may_read (fixture->db, fixture->people[reader], scope, fixture->now_us, &may, NULL));
  g_assert_cmpint (may, ==, g_ptr_array_find_with_equal_func (scopes, scope, g_str_equal, NULL));

  return may;
}

static gboolean
turn (Fixture    *fixture,
      const char *instant)
{
  g_autoptr (GError) error = NULL;
  gboolean changed = FALSE;

  fixture->now_us = at (instant);
  kam_people_turn_day (fixture->db, fixture->now_us, &changed, &error);
  g_assert_no_error (error);

  return changed;
}

static gint64
head (Fixture *fixture)
{
  return fixture_count (fixture, "SELECT head FROM org");
}

static void
test_days (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *lead = fixture_add_lead (fixture, KAM1, "Covered");
  g_autofree char *leave = add_leave (fixture, MANAGER, KAM1, KAM2, "2026-01-10", "2026-01-12");
  g_autoptr (PushClient) cover = push_client_new (fixture, KAM2);
  gint64 before = head (fixture);

  /* Kolkata is five and a half hours ahead. */
  g_assert_false (turn (fixture, "2026-01-09T18:29:59.000000Z"));
  g_assert_false (reads (fixture, KAM2, KAM1));
  push_client_add (cover, "put", "lead", lead, 1, "{'city': [null, 'Pune']}");
  push_client_expect (cover, KAM_RESULT_REJECTED, "not_found");
  g_assert_cmpint (head (fixture), ==, before);

  g_assert_true (turn (fixture, "2026-01-09T18:30:00.000000Z"));
  g_assert_cmpint (head (fixture), ==, before + 1);
  g_assert_true (reads (fixture, KAM2, KAM1));
  g_assert_false (reads (fixture, KAM3, KAM1));
  push_client_add (cover, "put", "lead", lead, 1, "{'city': [null, 'Pune']}");
  push_client_expect (cover, KAM_RESULT_APPLIED, NULL);

  /* Whom it concerns is woken, and nobody else. */
  {
    g_autofree char *personal = kam_scope_personal (fixture->people[KAM2]);
    g_autoptr (GPtrArray) touched = kam_org_touched (fixture->db, before, before + 1, NULL);

    g_assert_cmpuint (touched->len, ==, 1);
    g_assert_cmpstr (g_ptr_array_index (touched, 0), ==, personal);
  }

  g_assert_false (turn (fixture, "2026-01-12T18:29:59.000000Z"));
  g_assert_true (reads (fixture, KAM2, KAM1));

  /* Over is over, also before a commit says so. */
  fixture->now_us = at ("2026-01-12T18:30:00.000000Z");
  g_assert_false (reads (fixture, KAM2, KAM1));
  push_client_add (cover, "put", "contact", leave, 0, "{'lead_id': [null, '%s'], 'name': [null, 'X']}", lead);
  push_client_expect (cover, KAM_RESULT_REJECTED, "not_found");
  g_assert_true (turn (fixture, "2026-01-12T18:30:00.000000Z"));
  g_assert_false (turn (fixture, "2026-01-13T18:30:00.000000Z"));
  g_assert_cmpint (fixture_count (fixture, "SELECT COUNT(*) FROM grant_end"), ==, 0);
  g_assert_true (reads (fixture, KAM1, KAM1) && reads (fixture, MANAGER, KAM1) && reads (fixture, ADMIN, KAM1));
}

/* What the cover has done comes through also after the last day, as from anybody who has lost a lead; before and after the tick. */
static void
test_late (Fixture       *fixture,
           gconstpointer  data)
{
  g_autofree char *lead = fixture_add_lead (fixture, KAM1, "Covered");
  g_autofree char *leave = NULL;
  g_autoptr (PushClient) cover = push_client_new (fixture, KAM2);

  fixture->now_us = at ("2026-01-10T06:00:00.000000Z");
  leave = add_leave (fixture, MANAGER, KAM1, KAM2, "2026-01-10", "2026-01-12");
  g_assert_true (reads (fixture, KAM2, KAM1));
  fixture->now_us = at ("2026-01-13T06:00:00.000000Z");

  for (int i = 0; i < 2; i++)
    {
      g_autofree char *call = push_client_new_id (cover);

      push_client_add (cover, "put", "interaction", call, 0,
                       "{'lead_id': [null, '%s'], 'kind': [null, 'call'], 'state': [null, 'done'], 'outcome': [null, 'reached'], "
                       "'starts_at': [null, '2026-01-11T10:00:00.000000Z']}",
                       lead);
      push_client_expect (cover, KAM_RESULT_APPLIED, NULL);
      push_client_add (cover, "put", "lead", lead, 1, "{'city': [null, 'Goa']}");
      push_client_expect (cover, KAM_RESULT_CONFLICT, NULL);
      g_assert_cmpint (turn (fixture, "2026-01-13T06:00:00.000000Z"), ==, i == 0);
    }
}

/* Working somebody's leads is not deciding about them: a manager of another team who covers gives none of them away, nor sets leave. */
static void
test_manager_covers (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autofree char *lead = fixture_add_lead (fixture, KAM1, "Covered");
  g_autofree char *leave = NULL;
  g_autofree char *other = NULL;
  g_autoptr (PushClient) cover = push_client_new (fixture, OTHER_MANAGER);

  fixture->now_us = at ("2026-01-10T06:00:00.000000Z");
  leave = add_leave (fixture, MANAGER, KAM1, OTHER_MANAGER, "2026-01-10", "2026-01-12");
  other = push_client_new_id (cover);
  g_assert_true (reads (fixture, OTHER_MANAGER, KAM1));
  push_client_add (cover, "put", "lead", lead, 1, "{'city': [null, 'Pune']}");
  push_client_expect (cover, KAM_RESULT_APPLIED, NULL);
  push_client_add (cover, "put", "lead", lead, 1, "{'kam_id': ['%s', '%s']}", fixture->people[KAM1], fixture->people[KAM3]);
  push_client_expect (cover, KAM_RESULT_REJECTED, "not_allowed");
  push_client_add (cover, "put", "leave", leave, 1, "{'to_on': ['2026-01-12', '2030-01-01']}");
  push_client_expect (cover, KAM_RESULT_REJECTED, "not_allowed");
  push_client_add (cover, "put", "leave", other, 0, "{'user_id': [null, '%s'], 'from_on': [null, '2026-01-10'], 'to_on': [null, '2026-01-12']}",
                   fixture->people[KAM1]);
  push_client_expect (cover, KAM_RESULT_REJECTED, "not_allowed");
}

/* Changes of a leave under way count in the commit that makes them; whoever reads the leads anyway goes on reading them. */
static void
test_changes (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (PushClient) manager = push_client_new (fixture, MANAGER);
  g_autoptr (PushClient) admin = push_client_new (fixture, ADMIN);
  g_autofree char *leave = NULL;
  g_autofree char *second = NULL;

  fixture->now_us = at ("2026-01-10T06:00:00.000000Z");
  leave = add_leave (fixture, KAM1, KAM1, KAM2, "2026-01-10", "2026-01-12");
  g_assert_true (reads (fixture, KAM2, KAM1));

  push_client_add (manager, "put", "leave", leave, 1, "{'cover_id': ['%s', '%s']}", fixture->people[KAM2], fixture->people[KAM3]);
  push_client_expect (manager, KAM_RESULT_APPLIED, NULL);
  g_assert_false (reads (fixture, KAM2, KAM1));
  g_assert_true (reads (fixture, KAM3, KAM1));

  /* Of two leaves the later end counts. */
  second = add_leave (fixture, KAM1, KAM1, KAM3, "2026-01-09", "2026-01-20");
  g_assert_false (turn (fixture, "2026-01-13T06:00:00.000000Z"));
  g_assert_true (reads (fixture, KAM3, KAM1));

  /* Fault 23: the manager covers, and stays the manager. */
  push_client_add (manager, "put", "leave", second, 1, "{'cover_id': ['%s', '%s']}", fixture->people[KAM3], fixture->people[MANAGER]);
  push_client_expect (manager, KAM_RESULT_APPLIED, NULL);
  g_assert_false (reads (fixture, KAM3, KAM1));
  g_assert_true (reads (fixture, MANAGER, KAM1));
  g_assert_cmpint (fixture_count (fixture, "SELECT COUNT(*) FROM grant_end"), ==, 0);
  g_assert_false (turn (fixture, "2026-02-13T06:00:00.000000Z"));
  g_assert_true (reads (fixture, MANAGER, KAM1));

  /* Who is not active covers for nobody. */
  fixture->now_us = at ("2026-01-13T06:00:00.000000Z");
  push_client_add (manager, "put", "leave", second, 1, "{'cover_id': ['%s', '%s']}", fixture->people[MANAGER], fixture->people[KAM3]);
  push_client_expect (manager, KAM_RESULT_APPLIED, NULL);
  g_assert_true (reads (fixture, KAM3, KAM1));
  push_client_add (admin, "put", "user", fixture->people[KAM3], 1, "{'active': [true, false]}");
  push_client_expect (admin, KAM_RESULT_APPLIED, NULL);
  g_assert_false (reads (fixture, KAM3, KAM1));
}

/* The days are those of the person on leave, through changes of the clock too. */
static void
test_zones (Fixture       *fixture,
            gconstpointer  data)
{
  static const struct
  {
    const char *zone;
    const char *from_on;
    const char *to_on;
    const char *begins;
    const char *ends;
  } cases[] = {
    { "UTC", "2026-03-01", "2026-03-01", "2026-03-01T00:00:00.000000Z", "2026-03-02T00:00:00.000000Z" },
    { "Pacific/Kiritimati", "2026-03-01", "2026-03-01", "2026-02-28T10:00:00.000000Z", "2026-03-01T10:00:00.000000Z" },
    { "America/Los_Angeles", "2026-03-07", "2026-03-08", "2026-03-07T08:00:00.000000Z", "2026-03-09T07:00:00.000000Z" },
    { "Europe/Berlin", "2026-03-29", "2026-03-29", "2026-03-28T23:00:00.000000Z", "2026-03-29T22:00:00.000000Z" },
    { "Europe/Berlin", "2026-10-25", "2026-10-25", "2026-10-24T22:00:00.000000Z", "2026-10-25T23:00:00.000000Z" },
    /* Here the clock is put forward at midnight: the 24th of April 2026 begins at one. */
    { "Africa/Cairo", "2026-04-22", "2026-04-23", "2026-04-21T22:00:00.000000Z", "2026-04-23T22:00:00.000000Z" },
  };
  g_autofree char *leave = add_leave (fixture, KAM1, KAM1, KAM3, "2026-02-01", "2026-02-01");

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (KamRow) user = fixture_find (fixture, KAM_ENTITY_USER, fixture->people[KAM1]);
      KamParam params[] = { KAM_PARAM_TEXT (cases[i].from_on), KAM_PARAM_TEXT (cases[i].to_on), KAM_PARAM_ID (leave) };
      g_autoptr (GError) error = NULL;
      g_autofree char *last = NULL;

      g_test_message ("%s", cases[i].zone);
      kam_db_exec (fixture->db, "UPDATE `leave` SET from_on = ?, to_on = ? WHERE id = ?", params, 3, NULL, &error);
      g_assert_no_error (error);
      kam_row_set_text (user, KAM_USER_TIME_ZONE, cases[i].zone);
      fixture->now_us = FIXTURE_NOW;
      fixture_put_user (fixture, user);

      last = kam_instant_format (at (cases[i].begins) - 1);
      g_assert_false (turn (fixture, last));
      g_assert_true (turn (fixture, cases[i].begins));
      g_assert_true (reads (fixture, KAM3, KAM1));
      g_free (last);
      last = kam_instant_format (at (cases[i].ends) - 1);
      g_assert_false (turn (fixture, last));
      g_assert_true (reads (fixture, KAM3, KAM1));
      fixture->now_us = at (cases[i].ends);
      g_assert_false (reads (fixture, KAM3, KAM1));
      g_assert_true (turn (fixture, cases[i].ends));
    }
}

typedef struct
{
  const KamDbOptions *options;
  gint64              now_us;
  guint               n_changed;
} Process;

static gpointer
run_process (gpointer data)
{
  Process *process = data;
  g_autoptr (KamDb) db = kam_test_mariadb_connect (process->options);

  for (int i = 0; i < 5; i++)
    {
      g_autoptr (GError) error = NULL;
      gboolean changed = FALSE;

      kam_people_turn_day (db, process->now_us, &changed, &error);
      g_assert_no_error (error);
      process->n_changed += changed ? 1 : 0;
    }

  return NULL;
}

/* However many processes see the day turn, it is one commit. */
static void
test_many_processes (Fixture       *fixture,
                     gconstpointer  data)
{
  g_autofree char *leave = add_leave (fixture, KAM1, KAM1, KAM3, "2026-01-10", "2026-01-12");
  gint64 before = head (fixture);
  Process processes[4];
  GThread *threads[4];
  guint n_changed = 0;

  for (guint i = 0; i < 4; i++)
    {
      processes[i] = (Process) { .options = fixture->options, .now_us = at ("2026-01-10T06:00:00.000000Z") };
      threads[i] = g_thread_new ("process", run_process, &processes[i]);
    }

  for (guint i = 0; i < 4; i++)
    {
      g_thread_join (threads[i]);
      n_changed += processes[i].n_changed;
    }

  g_assert_cmpuint (n_changed, ==, 1);
  g_assert_cmpint (head (fixture), ==, before + 1);
  g_assert_cmpint (fixture_count (fixture, "SELECT COUNT(*) FROM grants g JOIN grant_end e ON e.user_id = g.user_id AND e.scope_id = g.scope_id"), ==, 1);
  fixture->now_us = at ("2026-01-10T06:00:00.000000Z");
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int   argc,
      char *argv[])
{
  fixture_start (&argc, &argv);
  ADD ("/cover/days", test_days);
  ADD ("/cover/late", test_late);
  ADD ("/cover/manager-covers", test_manager_covers);
  ADD ("/cover/fault-23-changes", test_changes);
  ADD ("/cover/zones", test_zones);
  ADD ("/cover/many-processes", test_many_processes);

  return fixture_run ();
}
