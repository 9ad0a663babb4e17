/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-push-client.h"

/* The contract of a push: numbers, repetition, forks, gaps, poison. */

#define LEAD "{'name': [null, '%s'], 'kam_id': [null, '%s'], 'status': [null, 'new'], 'time_zone': [null, 'Asia/Kolkata']}"

static void
test_create (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (PushClient) client = push_client_new (fixture, KAM1);
  g_autofree char *id = push_client_new_id (client);
  g_autofree char *contact = push_client_new_id (client);
  g_autofree char *call = push_client_new_id (client);
  g_autofree char *scope = kam_scope_of_leads (fixture->people[KAM1]);
  g_autoptr (KamRow) lead = NULL;
  g_autoptr (KamRow) interaction = NULL;

  push_client_add (client, "put", "lead", id, 0, LEAD, "Café “Ω” 🍛 पनीर ‏شاي", fixture->people[KAM1]);
  push_client_add (client, "put", "contact", contact, 0, "{'lead_id': [null, '%s'], 'name': [null, 'Asha']}", id);
  push_client_add (client, "put", "interaction", call, 0,
                   "{'lead_id': [null, '%s'], 'contact_id': [null, '%s'], 'kind': [null, 'call'], 'state': [null, 'done'], 'outcome': [null, 'reached'], "
                   "'starts_at': [null, '2025-12-31T10:00:00.000000Z'], 'author_id': [null, '%s']}",
                   id, contact, fixture->people[KAM2]);
  push_client_must (client);

  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpstr (push_client_result (client, i)->message, ==, NULL);
      g_assert_cmpint (push_client_result (client, i)->kind, ==, KAM_RESULT_APPLIED);
    }

  lead = fixture_find (fixture, KAM_ENTITY_LEAD, id);
  interaction = fixture_find (fixture, KAM_ENTITY_INTERACTION, call);
  g_assert_cmpstr (kam_row_text (lead, KAM_LEAD_NAME), ==, "Café “Ω” 🍛 पनीर ‏شاي");
  g_assert_cmpstr (kam_row_text (lead, KAM_LEAD_STATUS), ==, "contacted");
  g_assert_cmpint (kam_row_int (lead, KAM_LEAD_ALLOCATED_AT, 0), ==, FIXTURE_NOW);
  g_assert_cmpstr (kam_row_scope (lead), ==, scope);
  g_assert_cmpstr (kam_row_scope (interaction), ==, scope);
  g_assert_cmpstr (kam_row_text (interaction, KAM_INTERACTION_AUTHOR), ==, fixture->people[KAM1]);
  g_assert_cmpstr (kam_row_text (interaction, KAM_INTERACTION_ORIGIN), ==, "person");

  /* One commit, with an event for the first status, one for the owner, and one for being reached. */
  g_assert_cmpint (kam_row_rev (interaction), ==, push_client_result (client, 2)->rev);
  g_assert_cmpint (kam_row_rev (lead), ==, push_client_result (client, 0)->rev);
  g_assert_cmpint (fixture_count (fixture, "SELECT COUNT(*) FROM lead_event"), ==, 3);
  g_assert_cmpint (fixture_count (fixture, "SELECT COUNT(*) FROM history WHERE lead_id IS NOT NULL"), ==, 6);
  g_assert_cmpuint (client->touched->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (client->touched, 0), ==, scope);
}

static void
test_replay (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (PushClient) client = push_client_new (fixture, KAM1);
  g_autofree char *id = push_client_new_id (client);
  g_autoptr (GError) error = NULL;
  gint64 rev, head;

  push_client_add (client, "put", "lead", id, 0, LEAD, "A", fixture->people[KAM1]);
  push_client_add (client, "put", "lead", id, 0, "{'city': [null, 'Pune'], 'email': [null, 'no email']}");
  g_assert_true (push_client_send (client, &error));
  rev = push_client_result (client, 0)->rev;
  head = fixture_count (fixture, "SELECT head FROM org");

  /* The answer got lost: the same again, with one more. */
  push_client_add (client, "put", "lead", id, rev, "{'city': [null, 'Pune']}");
  g_assert_true (push_client_send (client, &error));
  g_assert_cmpint (push_client_result (client, 0)->rev, ==, rev);
  g_assert_cmpint (push_client_result (client, 1)->kind, ==, KAM_RESULT_REJECTED);
  g_assert_cmpstr (push_client_result (client, 1)->code, ==, "bad_email");
  g_assert_cmpint (push_client_result (client, 2)->kind, ==, KAM_RESULT_APPLIED);
  g_assert_cmpint (push_client_result (client, 2)->rev, ==, head + 1);
  g_assert_cmpint (fixture_count (fixture, "SELECT head FROM org"), ==, head + 1);

  /* And all of it once more: nothing happens. */
  g_assert_true (push_client_send (client, &error));
  g_assert_cmpint (push_client_result (client, 2)->rev, ==, head + 1);
  g_assert_cmpint (fixture_count (fixture, "SELECT head FROM org"), ==, head + 1);
  g_assert_cmpint (fixture_count (fixture, "SELECT COUNT(*) FROM lead"), ==, 1);
}

static void
test_ack (Fixture       *fixture,
          gconstpointer  data)
{
  g_autoptr (PushClient) client = push_client_new (fixture, KAM1);
  g_autofree char *id = push_client_new_id (client);
  g_autoptr (GError) error = NULL;

  push_client_add (client, "put", "lead", id, 0, LEAD, "A", fixture->people[KAM1]);
  g_assert_true (push_client_send (client, &error));
  g_assert_cmpint (fixture_count (fixture, "SELECT COUNT(*) FROM mutation_result"), ==, 1);
  client->ack = 1;
  push_client_add (client, "put", "lead", id, 0, "{'city': [null, 'Pune']}");
  json_array_remove_element (client->mutations, 0);
  g_assert_true (push_client_send (client, &error));
  g_assert_cmpint (fixture_count (fixture, "SELECT COUNT(*) FROM mutation_result WHERE result <> ''"), ==, 1);
  g_assert_cmpint (fixture_count (fixture, "SELECT acked_mid FROM client"), ==, 1);

  /* What was confirmed is not sent again by the client that confirmed it. */
  json_array_remove_element (client->mutations, 0);
  client->mid = 0;
  push_client_add (client, "put", "lead", id, 0, LEAD, "A", fixture->people[KAM1]);
  g_assert_false (push_client_send (client, &error));
  g_assert_error (error, KAM_PUSH_ERROR, KAM_PUSH_ERROR_CLIENT_FORKED);
  g_clear_error (&error);

  /* Who confirms what was never given had it from a server that has lost it since. */
  client->ack = 100;
  g_assert_false (push_client_send (client, &error));
  g_assert_error (error, KAM_PUSH_ERROR, KAM_PUSH_ERROR_MID_GAP);
}

static void
test_gap (Fixture       *fixture,
          gconstpointer  data)
{
  g_autoptr (PushClient) client = push_client_new (fixture, KAM1);
  g_autofree char *id = push_client_new_id (client);
  g_autoptr (GError) error = NULL;
  gint64 head = fixture_count (fixture, "SELECT head FROM org");

  push_client_add (client, "put", "lead", id, 0, LEAD, "A", fixture->people[KAM1]);
  client->mid = 2;
  push_client_add (client, "put", "lead", id, 0, "{'city': [null, 'Pune']}");
  g_assert_false (push_client_send (client, &error));
  g_assert_error (error, KAM_PUSH_ERROR, KAM_PUSH_ERROR_MID_GAP);
  g_assert_cmpint (kam_push_error_last_mid (error), ==, 0);
  g_assert_cmpint (fixture_count (fixture, "SELECT head FROM org"), ==, head);
  g_clear_error (&error);

  json_array_remove_element (client->mutations, 1);
  g_assert_true (push_client_send (client, &error));
  json_array_remove_element (client->mutations, 0);
  client->mid = 4;
  push_client_add (client, "put", "lead", id, 0, "{'city': [null, 'Pune']}");
  g_assert_false (push_client_send (client, &error));
  g_assert_error (error, KAM_PUSH_ERROR, KAM_PUSH_ERROR_MID_GAP);
  g_assert_cmpint (kam_push_error_last_mid (error), ==, 1);
}

/* The client's database was copied: both go on under one id, until one finds out, takes a new one, and sends again what it is not sure of. */
static void
test_fork (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (PushClient) client = push_client_new (fixture, KAM1);
  g_autoptr (PushClient) fork = push_client_new (fixture, KAM1);
  g_autoptr (PushClient) stranger = push_client_new (fixture, KAM2);
  g_autofree char *id = push_client_new_id (client);
  g_autoptr (GError) error = NULL;
  JsonArray *origin = json_array_new ();
  gint64 rev;

  push_client_add (client, "put", "lead", id, 0, LEAD, "A", fixture->people[KAM1]);
  push_client_must (client);
  rev = push_client_result (client, 0)->rev;
  client->mid = 0;
  push_client_add (client, "put", "lead", id, 0, LEAD, "B", fixture->people[KAM1]);
  g_assert_false (push_client_send (client, &error));
  g_assert_error (error, KAM_PUSH_ERROR, KAM_PUSH_ERROR_CLIENT_FORKED);
  g_clear_error (&error);

  push_client_add (stranger, "put", "lead", id, 0, LEAD, "A", fixture->people[KAM2]);
  g_strlcpy (stranger->client_id, client->client_id, sizeof stranger->client_id);
  g_assert_false (push_client_send (stranger, &error));
  g_assert_error (error, KAM_PUSH_ERROR, KAM_PUSH_ERROR_CLIENT_FORKED);
  g_clear_error (&error);

  push_client_add (fork, "put", "lead", id, 0, LEAD, "A", fixture->people[KAM1]);
  json_array_add_string_element (origin, client->client_id);
  json_array_add_int_element (origin, 1);
  json_object_set_array_member (json_array_get_object_element (fork->mutations, 0), "origin", origin);
  push_client_must (fork);
  g_assert_cmpint (push_client_result (fork, 0)->rev, ==, rev);
  g_assert_cmpint (push_client_result (fork, 0)->mid, ==, 1);
  g_assert_cmpint (fixture_count (fixture, "SELECT head FROM org"), ==, rev);
}

/* What is wrong with one mutation holds up nothing else. */
static void
test_poison (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (PushClient) client = push_client_new (fixture, KAM1);
  g_autofree char *id = push_client_new_id (client);
  g_autofree char *bad = push_client_new_id (client);
  g_autofree char *child = push_client_new_id (client);
  g_autofree char *good = push_client_new_id (client);
  static const char *const codes[] = { "required", "not_found", "unknown_entity", "unknown_field", NULL, "bad_mutation", "bad_mutation", NULL };

  push_client_add (client, "put", "lead", bad, 0, "{'kam_id': [null, '%s'], 'time_zone': [null, 'UTC']}", fixture->people[KAM1]);
  push_client_add (client, "put", "contact", child, 0, "{'lead_id': [null, '%s'], 'name': [null, 'child of what was rejected']}", bad);
  push_client_add (client, "put", "dragon", id, 0, "{}");
  push_client_add (client, "put", "lead", id, 0, "{'wings': [null, 2]}");
  push_client_add (client, "put", "lead", id, 0, "{'name': [null, 7]}");
  push_client_add (client, "burn", "lead", id, 0, "{}");
  push_client_add (client, "put", "lead", "not an id", 0, "{}");
  push_client_add (client, "put", "lead", good, 0, LEAD, "Good", fixture->people[KAM1]);
  push_client_must (client);

  for (guint i = 0; i < 7; i++)
    {
      KamResult *result = push_client_result (client, i);

      g_assert_cmpint (result->kind, ==, KAM_RESULT_REJECTED);
      g_assert_nonnull (result->message);

      if (codes[i] != NULL)
        g_assert_cmpstr (result->code, ==, codes[i]);
    }

  g_assert_cmpint (push_client_result (client, 7)->kind, ==, KAM_RESULT_APPLIED);
  g_assert_cmpint (fixture_count (fixture, "SELECT COUNT(*) FROM lead"), ==, 1);
  g_assert_cmpint (fixture_count (fixture, "SELECT COUNT(*) FROM contact"), ==, 0);
}

static void
send_wrong (Fixture    *fixture,
            const char *json,
            int         code)
{
  g_autoptr (PushClient) client = push_client_new (fixture, KAM1);
  g_autofree char *text = g_strdelimit (g_strdup (json), "'", '"');
  g_autoptr (JsonNode) node = json_from_string (text, NULL);
  g_autoptr (GPtrArray) touched = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (kam_push_run (fixture->db, &client->session, json_node_get_object (node), FIXTURE_NOW, &touched, &error));
  g_assert_error (error, KAM_PUSH_ERROR, code);
}

static void
test_envelope (Fixture       *fixture,
               gconstpointer  data)
{
#define ID "'client_id': '00000000-0000-7000-8000-000000000000'"
#define SENT "'sent_at': '2026-01-01T00:00:00.000000Z'"
  send_wrong (fixture, "{}", KAM_PUSH_ERROR_BAD_REQUEST);
  send_wrong (fixture, "{" ID ", 'schema': 1, " SENT ", 'ack': 0}", KAM_PUSH_ERROR_BAD_REQUEST);
  send_wrong (fixture, "{" ID ", 'schema': '1', " SENT ", 'ack': 0, 'mutations': []}", KAM_PUSH_ERROR_BAD_REQUEST);
  send_wrong (fixture, "{" ID ", 'schema': 1, 'sent_at': 'now', 'ack': 0, 'mutations': []}", KAM_PUSH_ERROR_BAD_REQUEST);
  send_wrong (fixture, "{'client_id': 'me', 'schema': 1, " SENT ", 'ack': 0, 'mutations': []}", KAM_PUSH_ERROR_BAD_REQUEST);
  send_wrong (fixture, "{" ID ", 'schema': 1, " SENT ", 'ack': -1, 'mutations': []}", KAM_PUSH_ERROR_BAD_REQUEST);
  send_wrong (fixture, "{" ID ", 'schema': 1, " SENT ", 'ack': 0, 'mutations': [1]}", KAM_PUSH_ERROR_BAD_REQUEST);
  send_wrong (fixture, "{" ID ", 'schema': 1, " SENT ", 'ack': 0, 'mutations': [{'mid': '1'}]}", KAM_PUSH_ERROR_BAD_REQUEST);
  send_wrong (fixture, "{" ID ", 'schema': 1, " SENT ", 'ack': 0, 'mutations': [{'mid': 1}, {'mid': 1}]}", KAM_PUSH_ERROR_BAD_REQUEST);
  send_wrong (fixture, "{" ID ", 'schema': 99, " SENT ", 'ack': 0, 'mutations': []}", KAM_PUSH_ERROR_TOO_NEW);
  g_assert_cmpint (fixture_count (fixture, "SELECT COUNT(*) FROM client"), ==, 0);
#undef ID
#undef SENT
}

static void
test_many (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (PushClient) client = push_client_new (fixture, KAM1);
  g_autoptr (GError) error = NULL;
  gint64 head = fixture_count (fixture, "SELECT head FROM org");

  for (guint i = 0; i < KAM_PUSH_MAX_MUTATIONS; i++)
    {
      g_autofree char *id = push_client_new_id (client);

      push_client_add (client, "put", "lead", id, 0, LEAD, "Many", fixture->people[KAM1]);
    }

  g_assert_true (push_client_send (client, &error));
  g_assert_cmpint (fixture_count (fixture, "SELECT COUNT(*) FROM lead"), ==, KAM_PUSH_MAX_MUTATIONS);
  g_assert_cmpint (fixture_count (fixture, "SELECT head FROM org"), ==, head + 1);

  {
    g_autofree char *id = push_client_new_id (client);

    push_client_add (client, "put", "lead", id, 0, LEAD, "One more", fixture->people[KAM1]);
  }

  g_assert_false (push_client_send (client, &error));
  g_assert_error (error, KAM_PUSH_ERROR, KAM_PUSH_ERROR_TOO_LARGE);
}

static void
expect_gone (PushClient *client,
             const char *op,
             const char *entity,
             const char *id,
             gint64      base_rev,
             const char *set)
{
  push_client_add (client, op, entity, id, base_rev, "%s", set);
  push_client_expect (client, KAM_RESULT_REJECTED, "gone");
}

/* After the purge there is nothing to come back to, and whoever could see it is told so. */
static void
test_gone (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (PushClient) kam = push_client_new (fixture, KAM1);
  g_autoptr (PushClient) stranger = push_client_new (fixture, KAM3);
  g_autofree char *lead = fixture_add_lead (fixture, KAM1, "Purged");
  g_autofree char *contact = push_client_new_id (kam);
  g_autofree char *child = push_client_new_id (kam);
  g_autofree char *set = g_strdup_printf ("{'lead_id': [null, '%s'], 'name': [null, 'A']}", lead);

  push_client_add (kam, "put", "contact", contact, 0, "%s", set);
  push_client_expect (kam, KAM_RESULT_APPLIED, NULL);
  fixture->by_hand = TRUE;
  fixture_exec (fixture, "INSERT INTO tombstone (scope_id, rev, id, entity, kind) SELECT scope_id, rev, id, 'lead', 'deleted' FROM `lead`");
  fixture_exec (fixture, "DELETE FROM `lead`");
  fixture_exec (fixture, "DELETE FROM contact");
  expect_gone (kam, "put", "lead", lead, 1, "{'city': [null, 'Goa']}");
  expect_gone (kam, "put", "contact", contact, 1, "{'role': [null, 'chef']}");
  expect_gone (kam, "put", "contact", child, 0, set);
  expect_gone (kam, "delete", "lead", lead, 99, "{'delete_id': [null, '01890000-0000-7000-8000-0000000000aa']}");
  expect_gone (kam, "restore", "lead", lead, 99, "{'delete_id': ['01890000-0000-7000-8000-0000000000aa', null]}");
  push_client_add (stranger, "put", "lead", lead, 1, "{'city': [null, 'Goa']}");
  push_client_expect (stranger, KAM_RESULT_REJECTED, "not_found");
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int   argc,
      char *argv[])
{
  fixture_start (&argc, &argv);
  ADD ("/push/create", test_create);
  ADD ("/push/fault-03-replay", test_replay);
  ADD ("/push/ack", test_ack);
  ADD ("/push/fault-04-gap", test_gap);
  ADD ("/push/fault-26-fork", test_fork);
  ADD ("/push/fault-05-poison", test_poison);
  ADD ("/push/fault-15-gone-after-the-purge", test_gone);
  ADD ("/push/envelope", test_envelope);
  ADD ("/push/many", test_many);

  return fixture_run ();
}
