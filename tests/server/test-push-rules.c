/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-push-client.h"
#include "kam-time.h"

/* What a push does to rows: merging, conflicts, what follows from facts, deletion, rights. */

#define CALL                                                                                                      \
  "{'lead_id': [null, '%s'], 'kind': [null, 'call'], 'state': [null, 'done'], 'outcome': [null, 'reached'], " \
  "'starts_at': [null, '2025-12-31T10:00:00.000000Z']}"
#define VISIT "{'lead_id': [null, '%s'], 'kind': [null, 'visit'], 'state': [null, 'done'], 'outcome': [null, 'other'], 'starts_at': [null, '%s']}"
#define PLAN                                                                                                            \
  "{'lead_id': [null, '%s'], 'kind': [null, 'call'], 'state': [null, 'planned'], 'local_date': [null, '2026-01-05'], " \
  "'time_zone': [null, 'Asia/Kolkata'], 'dated_by': [null, 'person']}"
#define CONTACT "{'lead_id': [null, '%s'], 'name': [null, '%s']}"
#define DELETION "01890000-0000-7000-8000-0000000000aa"

static void
change (PushClient    *client,
        const char    *entity,
        const char    *id,
        const char    *set,
        KamResultKind  kind,
        const char    *code)
{
  push_client_add (client, "put", entity, id, 1, "%s", set);
  push_client_expect (client, kind, code);
}

static char *
add_child (PushClient *client,
           const char *entity,
           const char *format,
           const char *lead_id,
           const char *name)
{
  char *id = push_client_new_id (client);
  g_auto (GStrv) parts = g_strsplit (format, "%s", 3);
  g_autofree char *set = parts[2] != NULL ? g_strconcat (parts[0], lead_id, parts[1], name, parts[2], NULL) : g_strconcat (parts[0], lead_id, parts[1], NULL);

  push_client_add (client, "put", entity, id, 0, "%s", set);
  push_client_expect (client, KAM_RESULT_APPLIED, NULL);

  return id;
}

static void
assert_field (Fixture       *fixture,
              KamEntityKind  kind,
              const char    *id,
              guint          field,
              const char    *value)
{
  g_autoptr (KamRow) row = fixture_find (fixture, kind, id);

  g_assert_nonnull (row);
  g_assert_cmpstr (kam_row_text (row, field), ==, value);
}

static void
test_different_fields (Fixture       *fixture,
                       gconstpointer  data)
{
  g_autoptr (PushClient) a = push_client_new (fixture, KAM1);
  g_autoptr (PushClient) b = push_client_new (fixture, MANAGER);
  g_autofree char *lead = fixture_add_lead (fixture, KAM1, "Merge");

  change (a, "lead", lead, "{'city': [null, 'Pune']}", KAM_RESULT_APPLIED, NULL);
  change (b, "lead", lead, "{'state': [null, 'MH']}", KAM_RESULT_APPLIED, NULL);
  assert_field (fixture, KAM_ENTITY_LEAD, lead, KAM_LEAD_CITY, "Pune");
  assert_field (fixture, KAM_ENTITY_LEAD, lead, KAM_LEAD_STATE, "MH");

  /* Texts of both. */
  change (a, "lead", lead, "{'notes': [null, 'one'], 'tags': [null, ['x']]}", KAM_RESULT_APPLIED, NULL);
  change (b, "lead", lead, "{'notes': [null, 'two'], 'tags': [null, ['y']]}", KAM_RESULT_MERGED, NULL);
  assert_field (fixture, KAM_ENTITY_LEAD, lead, KAM_LEAD_NOTES, "one\n\ntwo");
  assert_field (fixture, KAM_ENTITY_LEAD, lead, KAM_LEAD_TAGS, "x\ny");
  g_assert_cmpint (fixture_count (fixture, "SELECT COUNT(*) FROM conflict"), ==, 0);
}

/* The first stays, the second is kept where the owner sees it; a later edit takes its place. */
static void
test_same_field (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr (PushClient) a = push_client_new (fixture, KAM1);
  g_autoptr (PushClient) b = push_client_new (fixture, MANAGER);
  g_autofree char *lead = fixture_add_lead (fixture, KAM1, "Merge");

  change (a, "lead", lead, "{'city': [null, 'Pune']}", KAM_RESULT_APPLIED, NULL);
  change (a, "lead", lead, "{'city': ['Pune', 'Mumbai']}", KAM_RESULT_APPLIED, NULL);
  change (b, "lead", lead, "{'city': ['Pune', 'Delhi'], 'postcode': [null, '110001']}", KAM_RESULT_CONFLICT, NULL);
  change (b, "lead", lead, "{'city': ['Pune', 'Goa']}", KAM_RESULT_CONFLICT, NULL);
  assert_field (fixture, KAM_ENTITY_LEAD, lead, KAM_LEAD_CITY, "Mumbai");
  assert_field (fixture, KAM_ENTITY_LEAD, lead, KAM_LEAD_POSTCODE, "110001");
  g_assert_cmpint (fixture_count (fixture, "SELECT COUNT(*) FROM conflict"), ==, 1);
  g_assert_cmpint (fixture_count (fixture, "SELECT COUNT(*) FROM conflict c JOIN `lead` l ON l.id = c.lead_id AND l.scope_id = c.scope_id "
                                           "WHERE c.field = 'city' AND c.base = '\"Pune\"' AND c.theirs = '\"Mumbai\"' AND c.mine = '\"Goa\"'"),
                   ==, 1);
}

static void
test_same_value (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr (PushClient) a = push_client_new (fixture, KAM1);
  g_autoptr (PushClient) b = push_client_new (fixture, MANAGER);
  g_autofree char *lead = fixture_add_lead (fixture, KAM1, "Merge");
  gint64 head;

  change (a, "lead", lead, "{'city': [null, 'Pune']}", KAM_RESULT_APPLIED, NULL);
  head = fixture_count (fixture, "SELECT head FROM org");
  change (b, "lead", lead, "{'city': [null, 'Pune']}", KAM_RESULT_APPLIED, NULL);
  g_assert_cmpint (fixture_count (fixture, "SELECT head FROM org"), ==, head);
  g_assert_cmpint (fixture_count (fixture, "SELECT COUNT(*) FROM conflict"), ==, 0);
}

/* What a device made and deleted before it came online, in one push and in two; and the deletion of what the server never had. */
static void
test_never_synced (Fixture       *fixture,
                   gconstpointer  data)
{
  g_autoptr (PushClient) client = push_client_new (fixture, KAM1);
  g_autofree char *lead = fixture_add_lead (fixture, KAM1, "Lead");
  g_autofree char *contact = push_client_new_id (client);
  g_autofree char *unknown = push_client_new_id (client);

  push_client_add (client, "put", "contact", contact, 0, CONTACT, lead, "Made and deleted");
  push_client_add (client, "delete", "contact", contact, 0, "{'delete_id': [null, '%s']}", DELETION);
  push_client_add (client, "delete", "contact", unknown, 0, "{'delete_id': [null, '%s']}", DELETION);
  push_client_must (client);
  g_assert_cmpint (push_client_result (client, 0)->kind, ==, KAM_RESULT_APPLIED);
  g_assert_cmpint (push_client_result (client, 1)->kind, ==, KAM_RESULT_APPLIED);
  g_assert_cmpstr (push_client_result (client, 2)->code, ==, "not_found");
  assert_field (fixture, KAM_ENTITY_CONTACT, contact, KAM_CONTACT_DELETE, DELETION);
  g_assert_cmpint (fixture_count (fixture, "SELECT COUNT(*) FROM conflict"), ==, 0);

  push_client_add (client, "restore", "contact", contact, 0, "{'delete_id': ['%s', null]}", DELETION);
  push_client_expect (client, KAM_RESULT_APPLIED, NULL);
  push_client_add (client, "delete", "contact", contact, push_client_result (client, 0)->rev, "{'delete_id': [null, '%s']}", DELETION);
  push_client_expect (client, KAM_RESULT_APPLIED, NULL);
}

/* A column that a later version has: whoever does not know it leaves it alone, in edits, moves, deletions and settlements. */
static void
test_new_column (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr (PushClient) kam = push_client_new (fixture, KAM1);
  g_autoptr (PushClient) manager = push_client_new (fixture, MANAGER);
  g_autofree char *lead = fixture_add_lead (fixture, KAM1, "Lead");
  g_autofree char *contact = add_child (kam, "contact", CONTACT, lead, "C");
  g_autofree char *move = g_strdup_printf ("{'kam_id': ['%s', '%s']}", fixture->people[KAM1], fixture->people[KAM2]);

  change (manager, "lead", lead, "{'tier': [null, 'a'], 'notes': [null, 'n'], 'call_interval_days': [null, 7]}", KAM_RESULT_APPLIED, NULL);
  fixture_exec (fixture, "ALTER TABLE `lead` ADD COLUMN `rating` INT NULL");
  fixture_exec (fixture, "ALTER TABLE contact ADD COLUMN `pronoun` VARCHAR(10) NULL");
  fixture_exec (fixture, "UPDATE `lead` SET rating = 5");
  fixture_exec (fixture, "UPDATE contact SET pronoun = 'they'");

  /* What is not sent stays: also columns that everybody knows. */
  change (kam, "lead", lead, "{'city': [null, 'Pune']}", KAM_RESULT_APPLIED, NULL);
  change (kam, "contact", contact, "{'role': [null, 'chef']}", KAM_RESULT_APPLIED, NULL);
  push_client_add (kam, "delete", "lead", lead, 99, "{'delete_id': [null, '%s']}", DELETION);
  push_client_expect (kam, KAM_RESULT_APPLIED, NULL);
  push_client_add (kam, "restore", "lead", lead, 99, "{'delete_id': ['%s', null]}", DELETION);
  push_client_expect (kam, KAM_RESULT_APPLIED, NULL);
  change (manager, "lead", lead, move, KAM_RESULT_APPLIED, NULL);
  g_assert_cmpint (fixture_count (fixture, "SELECT COUNT(*) FROM `lead` WHERE rating = 5 AND tier = 'a' AND notes = 'n' AND call_interval_days = 7"), ==, 1);
  g_assert_cmpint (fixture_count (fixture, "SELECT COUNT(*) FROM contact WHERE pronoun = 'they'"), ==, 1);
}

static void
test_status (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (PushClient) client = push_client_new (fixture, KAM1);
  g_autofree char *lead = fixture_add_lead (fixture, KAM1, "Status");
  g_autofree char *plan = add_child (client, "interaction", PLAN, lead, NULL);
  g_autofree char *call = add_child (client, "interaction", CALL, lead, NULL);
  g_autofree char *late = NULL;

  assert_field (fixture, KAM_ENTITY_LEAD, lead, KAM_LEAD_STATUS, "contacted");
  assert_field (fixture, KAM_ENTITY_INTERACTION, plan, KAM_INTERACTION_STATE, "planned");

  /* The client saw another status that follows from facts: no conflict. Inactive wants a reason, and cancels what is planned, also what comes later. */
  change (client, "lead", lead, "{'status': ['new', 'inactive']}", KAM_RESULT_REJECTED, "required");
  change (client, "lead", lead, "{'status': ['new', 'inactive'], 'status_reason': [null, 'closed']}", KAM_RESULT_APPLIED, NULL);
  assert_field (fixture, KAM_ENTITY_LEAD, lead, KAM_LEAD_STATUS, "inactive");
  assert_field (fixture, KAM_ENTITY_INTERACTION, plan, KAM_INTERACTION_STATE, "cancelled");
  assert_field (fixture, KAM_ENTITY_INTERACTION, plan, KAM_INTERACTION_CANCELLED_BY, lead);
  late = add_child (client, "interaction", PLAN, lead, NULL);
  assert_field (fixture, KAM_ENTITY_INTERACTION, late, KAM_INTERACTION_STATE, "cancelled");

  change (client, "lead", lead, "{'status': ['inactive', 'new'], 'status_reason': ['closed', null]}", KAM_RESULT_APPLIED, NULL);
  assert_field (fixture, KAM_ENTITY_LEAD, lead, KAM_LEAD_STATUS, "contacted");
  assert_field (fixture, KAM_ENTITY_INTERACTION, plan, KAM_INTERACTION_STATE, "planned");
  assert_field (fixture, KAM_ENTITY_INTERACTION, late, KAM_INTERACTION_STATE, "planned");

  /* Undone, and done again: an event each time. */
  change (client, "interaction", call, "{'outcome': ['reached', 'no_answer']}", KAM_RESULT_APPLIED, NULL);
  assert_field (fixture, KAM_ENTITY_LEAD, lead, KAM_LEAD_STATUS, "new");
  change (client, "interaction", call, "{'outcome': ['no_answer', 'reached']}", KAM_RESULT_APPLIED, NULL);
  assert_field (fixture, KAM_ENTITY_LEAD, lead, KAM_LEAD_STATUS, "contacted");
  g_assert_cmpint (fixture_count (fixture, "SELECT COUNT(*) FROM lead_event WHERE kind = 'status'"), ==, 6);
  change (client, "interaction", call, "{'kind': ['call', 'order']}", KAM_RESULT_REJECTED, "fixed");
}

static void
test_future (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (PushClient) client = push_client_new (fixture, KAM1);
  g_autofree char *lead = fixture_add_lead (fixture, KAM1, "Future");
  g_autofree char *shifted = push_client_new_id (client);
  g_autofree char *future = push_client_new_id (client);
  g_autoptr (KamRow) row = NULL;

  client->skew_us = 3600ll * SECOND;
  push_client_add (client, "put", "interaction", shifted, 0, VISIT, lead, "2026-01-01T00:59:00.000000Z");
  push_client_expect (client, KAM_RESULT_MERGED, NULL);
  push_client_add (client, "put", "interaction", future, 0, VISIT, lead, "2026-01-01T03:00:00.000000Z");
  push_client_expect (client, KAM_RESULT_REJECTED, "in_future");
  g_assert_cmpstr (push_client_result (client, 0)->field, ==, "starts_at");
  row = fixture_find (fixture, KAM_ENTITY_INTERACTION, shifted);
  g_assert_cmpint (kam_row_int (row, KAM_INTERACTION_STARTS_AT, 0), ==, FIXTURE_NOW - 60 * SECOND);
}

static void
test_delete (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (PushClient) client = push_client_new (fixture, KAM1);
  g_autofree char *lead = fixture_add_lead (fixture, KAM1, "Delete");
  g_autofree char *contact = add_child (client, "contact", CONTACT, lead, "Asha");
  g_autofree char *gone = add_child (client, "contact", CONTACT, lead, "Ben");
  g_autofree char *call = add_child (client, "interaction", CALL, lead, NULL);
  gint64 rev;

  push_client_add (client, "delete", "interaction", call, 99, "{'delete_id': [null, '%s']}", DELETION);
  push_client_expect (client, KAM_RESULT_APPLIED, NULL);
  assert_field (fixture, KAM_ENTITY_LEAD, lead, KAM_LEAD_STATUS, "new");
  push_client_add (client, "restore", "interaction", call, 99, "{'delete_id': ['%s', null]}", DELETION);
  push_client_expect (client, KAM_RESULT_APPLIED, NULL);
  assert_field (fixture, KAM_ENTITY_LEAD, lead, KAM_LEAD_STATUS, "contacted");

  push_client_add (client, "delete", "contact", gone, 99, "{'delete_id': [null, '%s']}", "01890000-0000-7000-8000-0000000000bb");
  push_client_expect (client, KAM_RESULT_APPLIED, NULL);
  push_client_add (client, "delete", "lead", lead, 99, "{'delete_id': [null, '%s']}", DELETION);
  push_client_expect (client, KAM_RESULT_APPLIED, NULL);
  rev = push_client_result (client, 0)->rev;
  assert_field (fixture, KAM_ENTITY_LEAD, lead, KAM_LEAD_DELETE, DELETION);
  assert_field (fixture, KAM_ENTITY_CONTACT, contact, KAM_CONTACT_DELETE, DELETION);
  assert_field (fixture, KAM_ENTITY_CONTACT, gone, KAM_CONTACT_DELETE, "01890000-0000-7000-8000-0000000000bb");
  assert_field (fixture, KAM_ENTITY_INTERACTION, call, KAM_INTERACTION_DELETE, DELETION);
  g_assert_cmpint (fixture_count (fixture, "SELECT MIN(rev) FROM lead_event"), ==, rev);

  /* Restored is what was deleted with it, and nothing else. */
  push_client_add (client, "restore", "lead", lead, rev, "{'delete_id': ['%s', null]}", DELETION);
  push_client_expect (client, KAM_RESULT_APPLIED, NULL);
  assert_field (fixture, KAM_ENTITY_LEAD, lead, KAM_LEAD_DELETE, NULL);
  assert_field (fixture, KAM_ENTITY_CONTACT, contact, KAM_CONTACT_DELETE, NULL);
  assert_field (fixture, KAM_ENTITY_CONTACT, gone, KAM_CONTACT_DELETE, "01890000-0000-7000-8000-0000000000bb");
}

static void
test_delete_against_edit (Fixture       *fixture,
                          gconstpointer  data)
{
  g_autoptr (PushClient) a = push_client_new (fixture, KAM1);
  g_autoptr (PushClient) b = push_client_new (fixture, MANAGER);
  g_autofree char *lead = fixture_add_lead (fixture, KAM1, "Delete or edit");
  gint64 seen = fixture_count (fixture, "SELECT head FROM org");
  g_autofree char *contact = add_child (b, "contact", CONTACT, lead, "New child");

  /* The lead got a contact that its deleter has not seen: it stays, and the wish is kept. */
  push_client_add (a, "delete", "lead", lead, seen, "{'delete_id': [null, '%s']}", DELETION);
  push_client_expect (a, KAM_RESULT_CONFLICT, NULL);
  assert_field (fixture, KAM_ENTITY_LEAD, lead, KAM_LEAD_DELETE, NULL);
  g_assert_cmpint (fixture_count (fixture, "SELECT COUNT(*) FROM conflict WHERE field = 'delete_id' AND theirs IS NULL AND mine IS NOT NULL"), ==, 1);

  /* Having seen it, they delete it; an edit by somebody who has not seen that brings it back, and tells the deleter. */
  push_client_add (a, "delete", "lead", lead, 999, "{'delete_id': [null, '%s']}", DELETION);
  push_client_expect (a, KAM_RESULT_APPLIED, NULL);
  change (b, "contact", contact, "{'role': [null, 'chef']}", KAM_RESULT_MERGED, NULL);
  assert_field (fixture, KAM_ENTITY_LEAD, lead, KAM_LEAD_DELETE, NULL);
  assert_field (fixture, KAM_ENTITY_CONTACT, contact, KAM_CONTACT_DELETE, NULL);
  assert_field (fixture, KAM_ENTITY_CONTACT, contact, KAM_CONTACT_ROLE, "chef");
  g_assert_cmpint (fixture_count (fixture, "SELECT COUNT(*) FROM conflict WHERE field = 'delete_id'"), ==, 1);
}

static void
test_references (Fixture       *fixture,
                 gconstpointer  data)
{
  g_autoptr (PushClient) client = push_client_new (fixture, KAM1);
  g_autofree char *lead = fixture_add_lead (fixture, KAM1, "One");
  g_autofree char *other = fixture_add_lead (fixture, KAM1, "Two");
  g_autofree char *foreign = fixture_add_lead (fixture, KAM2, "Foreign");
  g_autofree char *a = add_child (client, "contact", CONTACT, lead, "A");
  g_autofree char *b = add_child (client, "contact", CONTACT, lead, "B");
  g_autofree char *stranger = add_child (client, "contact", CONTACT, other, "C");
  g_autofree char *b_above = g_strdup_printf ("{'reports_to_id': [null, '%s'], 'is_primary': [null, true]}", a);
  g_autofree char *circle = g_strdup_printf ("{'reports_to_id': [null, '%s'], 'role': [null, 'owner'], 'is_primary': [null, true]}", b);
  g_autofree char *wrong = g_strdup_printf ("{'reports_to_id': [null, '%s']}", stranger);
  g_autofree char *itself = g_strdup_printf ("{'reports_to_id': [null, '%s']}", a);
  g_autofree char *parent = g_strdup_printf ("{'parent_id': [null, '%s']}", lead);
  g_autofree char *child = g_strdup_printf ("{'parent_id': [null, '%s']}", other);
  g_autofree char *unreadable = g_strdup_printf ("{'parent_id': [null, '%s']}", foreign);

  change (client, "contact", b, b_above, KAM_RESULT_APPLIED, NULL);
  change (client, "contact", a, circle, KAM_RESULT_CONFLICT, NULL);
  assert_field (fixture, KAM_ENTITY_CONTACT, a, KAM_CONTACT_ROLE, "owner");
  assert_field (fixture, KAM_ENTITY_CONTACT, a, KAM_CONTACT_REPORTS_TO, NULL);
  g_assert_cmpint (fixture_count (fixture, "SELECT COUNT(*) FROM conflict WHERE field = 'reports_to_id'"), ==, 1);
  change (client, "contact", a, wrong, KAM_RESULT_REJECTED, "wrong_lead");
  change (client, "contact", a, itself, KAM_RESULT_REJECTED, "cycle");

  /* The later primary contact is the one. */
  g_assert_cmpint (fixture_count (fixture, "SELECT SUM(is_primary) = 1 FROM contact"), ==, 1);
  g_assert_cmpint (fixture_count (fixture, "SELECT is_primary FROM contact WHERE name = 'A'"), ==, 1);

  change (client, "lead", other, parent, KAM_RESULT_APPLIED, NULL);
  change (client, "lead", lead, child, KAM_RESULT_REJECTED, "cycle");
  change (client, "lead", lead, unreadable, KAM_RESULT_REJECTED, "not_found");
}

static void
test_foreign (Fixture       *fixture,
              gconstpointer  data)
{
  g_autoptr (PushClient) client = push_client_new (fixture, KAM1);
  g_autoptr (PushClient) above = push_client_new (fixture, MANAGER);
  g_autoptr (PushClient) admin = push_client_new (fixture, ADMIN);
  g_autoptr (PushClient) owner = push_client_new (fixture, KAM2);
  g_autoptr (PushClient) far = push_client_new (fixture, OTHER_MANAGER);
  g_autofree char *lead = fixture_add_lead (fixture, KAM2, "Of another");
  g_autofree char *contact = add_child (owner, "contact", CONTACT, lead, "C");
  g_autofree char *unknown = push_client_new_id (client);
  g_autofree char *child = push_client_new_id (client);
  g_autofree char *unknown_message = NULL;
  gint64 head = fixture_count (fixture, "SELECT head FROM org");

  /* One answer for what is not theirs and what is not there. */
  change (client, "lead", unknown, "{'city': [null, 'Pune']}", KAM_RESULT_REJECTED, "not_found");
  unknown_message = g_strdup (push_client_result (client, 0)->message);
  change (client, "lead", lead, "{'city': [null, 'Pune']}", KAM_RESULT_REJECTED, "not_found");
  g_assert_cmpstr (push_client_result (client, 0)->message, ==, unknown_message);
  change (far, "lead", lead, "{'city': [null, 'Pune']}", KAM_RESULT_REJECTED, "not_found");
  change (client, "contact", contact, "{'role': [null, 'chef']}", KAM_RESULT_REJECTED, "not_found");
  push_client_add (client, "put", "contact", child, 0, CONTACT, lead, "C");
  push_client_expect (client, KAM_RESULT_REJECTED, "not_found");
  push_client_add (client, "put", "interaction", child, 0, CALL, lead);
  push_client_expect (client, KAM_RESULT_REJECTED, "not_found");
  push_client_add (client, "put", "lead", lead, 0, "{'name': [null, 'mine now'], 'kam_id': [null, '%s']}", fixture->people[KAM1]);
  push_client_expect (client, KAM_RESULT_REJECTED, "not_found");
  push_client_add (client, "delete", "lead", lead, 99, "{'delete_id': [null, '%s']}", DELETION);
  push_client_expect (client, KAM_RESULT_REJECTED, "not_found");
  g_assert_cmpint (fixture_count (fixture, "SELECT head FROM org"), ==, head);

  change (above, "lead", lead, "{'city': [null, 'Pune']}", KAM_RESULT_APPLIED, NULL);
  change (admin, "lead", lead, "{'state': [null, 'MH']}", KAM_RESULT_APPLIED, NULL);
}

static void
test_server_fields (Fixture       *fixture,
                    gconstpointer  data)
{
  g_autoptr (PushClient) client = push_client_new (fixture, KAM1);
  g_autofree char *lead = fixture_add_lead (fixture, KAM1, "Fields");
  g_autofree char *event = push_client_new_id (client);
  g_autofree char *of_another = push_client_new_id (client);
  g_autofree char *give_away = g_strdup_printf ("{'kam_id': ['%s', '%s']}", fixture->people[KAM1], fixture->people[KAM2]);
  g_autofree char *promote = g_strdup ("{'role': ['kam', 'admin']}");

  change (client, "lead", lead, "{'allocated_at': [null, '2020-01-01T00:00:00.000000Z']}", KAM_RESULT_REJECTED, "not_allowed");
  change (client, "lead", lead, "{'delete_id': [null, '" DELETION "']}", KAM_RESULT_REJECTED, "not_allowed");
  change (client, "lead", lead, give_away, KAM_RESULT_REJECTED, "not_allowed");
  push_client_add (client, "put", "lead", of_another, 0, "{'name': [null, 'x'], 'status': [null, 'new'], 'time_zone': [null, 'UTC'], 'kam_id': [null, '%s']}",
                   fixture->people[KAM2]);
  push_client_expect (client, KAM_RESULT_REJECTED, "not_allowed");
  push_client_add (client, "put", "lead_event", event, 0, "{'lead_id': [null, '%s']}", lead);
  push_client_expect (client, KAM_RESULT_REJECTED, "not_allowed");

  /* People: oneself a little, the rest the admin. */
  change (client, "user", fixture->people[KAM1], "{'work_days': [63, 31]}", KAM_RESULT_APPLIED, NULL);
  change (client, "user", fixture->people[KAM1], promote, KAM_RESULT_REJECTED, "not_allowed");
  change (client, "user", fixture->people[KAM2], "{'work_days': [63, 31]}", KAM_RESULT_REJECTED, "not_allowed");
}

static void
test_people (Fixture       *fixture,
             gconstpointer  data)
{
  g_autoptr (PushClient) admin = push_client_new (fixture, ADMIN);
  g_autoptr (PushClient) other = push_client_new (fixture, OTHER_MANAGER);
  g_autofree char *lead = fixture_add_lead (fixture, KAM1, "Of kam1");
  g_autofree char *up = g_strdup_printf ("{'manager_id': ['%s', '%s']}", fixture->people[ADMIN], fixture->people[KAM1]);
  g_autofree char *across = g_strdup_printf ("{'manager_id': ['%s', '%s']}", fixture->people[MANAGER], fixture->people[OTHER_MANAGER]);
  g_autofree char *created = push_client_new_id (admin);
  g_autofree char *twin = push_client_new_id (admin);

  change (admin, "user", fixture->people[KAM1], "{'active': [true, false]}", KAM_RESULT_REJECTED, "has_leads");
  change (admin, "user", fixture->people[KAM3], "{'active': [true, false]}", KAM_RESULT_APPLIED, NULL);
  change (admin, "user", fixture->people[MANAGER], up, KAM_RESULT_REJECTED, "cycle");
  change (admin, "user", fixture->people[KAM2], "{'email': ['kam2@kam.test', 'KAM1@kam.test']}", KAM_RESULT_REJECTED, "taken");
  change (admin, "user", fixture->people[ADMIN], "{'role': ['admin', 'kam']}", KAM_RESULT_REJECTED, "last_admin");

  /* Two of the same email in one push: one of them. */
#define NEW_USER                                                                                                                            \
  "{'name': [null, 'New'], 'email': [null, 'new@kam.test'], 'role': [null, 'kam'], 'time_zone': [null, 'UTC'], 'work_days': [null, 31], " \
  "'active': [null, true]}"
  push_client_add (admin, "put", "user", created, 0, NEW_USER);
  push_client_add (admin, "put", "user", twin, 0, NEW_USER);
  push_client_must (admin);
  g_assert_cmpint (push_client_result (admin, 0)->kind, ==, KAM_RESULT_APPLIED);
  g_assert_cmpstr (push_client_result (admin, 1)->code, ==, "taken");
#undef NEW_USER

  /* A person goes to another team, and their leads with them, in the same commit. */
  change (other, "lead", lead, "{'city': [null, 'Pune']}", KAM_RESULT_REJECTED, "not_found");
  change (admin, "user", fixture->people[KAM1], across, KAM_RESULT_APPLIED, NULL);
  change (other, "lead", lead, "{'city': [null, 'Pune']}", KAM_RESULT_APPLIED, NULL);
}

static void
test_move (Fixture       *fixture,
           gconstpointer  data)
{
  g_autoptr (PushClient) kam = push_client_new (fixture, KAM1);
  g_autoptr (PushClient) manager = push_client_new (fixture, MANAGER);
  g_autofree char *lead = fixture_add_lead (fixture, KAM1, "Move");
  g_autofree char *contact = add_child (kam, "contact", CONTACT, lead, "C");
  g_autofree char *call = add_child (kam, "interaction", CALL, lead, NULL);
  g_autofree char *scope = kam_scope_of_leads (fixture->people[KAM2]);
  g_autofree char *move = g_strdup_printf ("{'kam_id': ['%s', '%s']}", fixture->people[KAM1], fixture->people[KAM2]);
  g_autofree char *far = g_strdup_printf ("{'kam_id': ['%s', '%s']}", fixture->people[KAM2], fixture->people[KAM3]);
  g_autofree char *fact = push_client_new_id (kam);
  g_autoptr (KamRow) moved = NULL;
  g_autoptr (KamRow) child = NULL;
  gint64 rev;

  fixture->now_us += DAY;
  change (manager, "lead", lead, move, KAM_RESULT_APPLIED, NULL);
  rev = push_client_result (manager, 0)->rev;
  moved = fixture_find (fixture, KAM_ENTITY_LEAD, lead);
  child = fixture_find (fixture, KAM_ENTITY_CONTACT, contact);
  g_assert_cmpstr (kam_row_scope (moved), ==, scope);
  g_assert_cmpint (kam_row_int (moved, KAM_LEAD_ALLOCATED_AT, 0), ==, fixture->now_us);
  g_assert_cmpstr (kam_row_scope (child), ==, scope);
  g_assert_cmpint (kam_row_rev (child), ==, rev);
  g_assert_cmpint (fixture_count (fixture, "SELECT COUNT(*) FROM tombstone WHERE kind = 'moved' AND entity = 'lead'"), ==, 1);
  g_assert_cmpint (fixture_count (fixture, "SELECT COUNT(DISTINCT scope_id) FROM "
                                           "(SELECT scope_id FROM lead_event UNION ALL SELECT scope_id FROM interaction) x"),
                   ==, 1);
  g_assert_cmpint (fixture_count (fixture, "SELECT COUNT(*) FROM lead_event WHERE kind = 'owner'"), ==, 2);
  g_assert_cmpuint (manager->touched->len, ==, 2);
  change (manager, "lead", lead, far, KAM_RESULT_REJECTED, "not_found");

  /* The former owner was offline: facts are taken, edits of the lead become conflicts with a copy of their own, the rest is not theirs any more. */
  push_client_add (kam, "put", "interaction", fact, 0, CALL, lead);
  push_client_expect (kam, KAM_RESULT_APPLIED, NULL);
  change (kam, "lead", lead, "{'city': [null, 'Goa']}", KAM_RESULT_CONFLICT, NULL);
  change (kam, "lead", lead, "{'city': [null, 'Goa Velha']}", KAM_RESULT_CONFLICT, NULL);
  change (kam, "contact", contact, "{'role': [null, 'chef']}", KAM_RESULT_REJECTED, "not_found");
  assert_field (fixture, KAM_ENTITY_LEAD, lead, KAM_LEAD_CITY, NULL);
  g_assert_cmpint (fixture_count (fixture, "SELECT COUNT(*) FROM conflict WHERE mine = '\"Goa Velha\"'"), ==, 2);
  g_assert_cmpint (fixture_count (fixture, "SELECT COUNT(*) FROM conflict WHERE lead_id IS NULL AND theirs IS NULL"), ==, 1);

  fixture->now_us += 181 * DAY;
  change (kam, "lead", lead, "{'city': [null, 'Goa']}", KAM_RESULT_REJECTED, "not_found");
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int   argc,
      char *argv[])
{
  fixture_start (&argc, &argv);
  ADD ("/push/fault-12-different-fields", test_different_fields);
  ADD ("/push/fault-13-same-field", test_same_field);
  ADD ("/push/fault-14-same-value", test_same_value);
  ADD ("/push/fault-16-never-synced", test_never_synced);
  ADD ("/push/fault-28-new-column", test_new_column);
  ADD ("/push/status", test_status);
  ADD ("/push/fault-27-future", test_future);
  ADD ("/push/delete", test_delete);
  ADD ("/push/fault-15-delete-against-edit", test_delete_against_edit);
  ADD ("/push/references", test_references);
  ADD ("/push/foreign", test_foreign);
  ADD ("/push/server-fields", test_server_fields);
  ADD ("/push/fault-22-people", test_people);
  ADD ("/push/fault-21-move", test_move);

  return fixture_run ();
}
