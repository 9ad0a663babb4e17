/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-push-client.h"

#include "kam-history-repository.h"

/* Conflicts: how they come to be, who has a copy, how they keep up, and how they are settled. */

#define CONTACT "{'lead_id': [null, '%s'], 'name': [null, '%s']}"
#define ORDER                                                                                                              \
  "{'lead_id': [null, '%s'], 'kind': [null, 'order'], 'state': [null, 'done'], 'starts_at': [null, '2025-12-31T10:00:00.000000Z'], " \
  "'order_value': [null, 10000], 'currency': [null, 'INR']}"
#define DELETION "01890000-0000-7000-8000-0000000000aa"

/* kam1 owns a lead; their manager has changed its city meanwhile. */
typedef struct
{
  Fixture     base;
  PushClient *kam;     /* (owned) */
  PushClient *manager; /* (owned) */
  char       *lead;    /* (owned) */
} Case;

static void
set_up (Case          *self,
        gconstpointer  data)
{
  fixture_set_up (&self->base, data);
  self->kam = push_client_new (&self->base, KAM1);
  self->manager = push_client_new (&self->base, MANAGER);
  self->lead = fixture_add_lead (&self->base, KAM1, "Conflicts");
}

static void
tear_down (Case          *self,
           gconstpointer  data)
{
  g_clear_pointer (&self->kam, push_client_free);
  g_clear_pointer (&self->manager, push_client_free);
  g_clear_pointer (&self->lead, g_free);
  fixture_tear_down (&self->base, data);
}

static void
put (PushClient    *client,
     const char    *entity,
     const char    *id,
     const char    *set,
     KamResultKind  kind,
     const char    *code)
{
  push_client_add (client, "put", entity, id, 1, "%s", set);
  push_client_expect (client, kind, code);
}

/* The one conflict about this field that is in a lead's scope; with copy, the author's own. */
static char *
find_conflict (Case       *self,
               const char *field,
               gboolean    copy)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KamDbRows) row = NULL;
  KamParam params[] = { KAM_PARAM_TEXT (field), KAM_PARAM_INT (copy) };

  kam_db_query_row (self->base.db, "SELECT `id` FROM `conflict` WHERE `field` = ? AND (`lead_id` IS NULL) = ?", params, 2, &row, &error);
  g_assert_no_error (error);

  return row != NULL ? g_strdup (kam_db_rows_id (row, 0)) : NULL;
}

static void
assert_conflict (Case       *self,
                 const char *id,
                 const char *theirs,
                 const char *mine)
{
  g_autoptr (KamRow) row = fixture_find (&self->base, KAM_ENTITY_CONFLICT, id);

  g_assert_nonnull (row);
  g_assert_cmpstr (kam_row_text (row, KAM_CONFLICT_THEIRS), ==, theirs);
  g_assert_cmpstr (kam_row_text (row, KAM_CONFLICT_MINE), ==, mine);
}

static void
assert_field (Case          *self,
              KamEntityKind  kind,
              const char    *id,
              guint          field,
              const char    *value)
{
  g_autoptr (KamRow) row = fixture_find (&self->base, kind, id);

  g_assert_nonnull (row);
  g_assert_cmpstr (kam_row_text (row, field), ==, value);
}

static JsonNode *
text_node (const char *text)
{
  return text != NULL ? json_node_init_string (json_node_alloc (), text) : json_node_init_null (json_node_alloc ());
}

static void
settle (PushClient    *client,
        const char    *conflict,
        const char    *seen,
        const char    *wanted,
        KamResultKind  kind,
        const char    *code)
{
  g_autoptr (JsonObject) set = json_object_new ();
  JsonArray *pair = json_array_new ();
  JsonObject *mutation;

  push_client_add (client, "put", "conflict", conflict, 1, "{}");
  mutation = json_array_get_object_element (client->mutations, json_array_get_length (client->mutations) - 1);

  json_array_add_element (pair, text_node (seen));
  json_array_add_element (pair, text_node (wanted));
  json_object_set_array_member (set, "theirs", pair);
  json_object_set_object_member (mutation, "set", g_steal_pointer (&set));
  push_client_expect (client, kind, code);
}

/* Their manager's Pune stays; kam1 wanted Goa. */
static char *
make_conflict (Case *self)
{
  put (self->manager, "lead", self->lead, "{'city': [null, 'Pune']}", KAM_RESULT_APPLIED, NULL);
  put (self->kam, "lead", self->lead, "{'city': [null, 'Goa']}", KAM_RESULT_CONFLICT, NULL);

  return find_conflict (self, "city", FALSE);
}

static guint
count_settled (Case       *self,
               const char *lost,
               const char *decided)
{
  g_autoptr (GError) error = NULL;
  gboolean more = FALSE;
  g_autoptr (GPtrArray) records = kam_history_read (self->base.db, self->lead, FALSE, G_MAXINT64, 100, &more, &error);
  guint n = 0;

  g_assert_no_error (error);

  for (guint i = 0; i < records->len; i++)
    {
      const KamHistoryRecord *record = g_ptr_array_index (records, i);

      if (record->settled && g_strcmp0 (record->before, lost) == 0 && g_strcmp0 (record->after, decided) == 0)
        n++;
    }

  return n;
}

static void
assert_gone (Case       *self,
             const char *conflict)
{
  g_assert_null (fixture_find (&self->base, KAM_ENTITY_CONFLICT, conflict));
}

static void
test_keep (Case          *self,
           gconstpointer  data)
{
  g_autofree char *conflict = make_conflict (self);
  gint64 rev;

  assert_conflict (self, conflict, "\"Pune\"", "\"Goa\"");
  settle (self->manager, conflict, "\"Pune\"", "\"Pune\"", KAM_RESULT_APPLIED, NULL);
  rev = push_client_result (self->manager, 0)->rev;
  assert_gone (self, conflict);
  assert_field (self, KAM_ENTITY_LEAD, self->lead, KAM_LEAD_CITY, "Pune");
  g_assert_cmpuint (count_settled (self, "\"Goa\"", "\"Pune\""), ==, 1);
  g_assert_cmpint (fixture_count (&self->base, "SELECT rev FROM tombstone WHERE entity = 'conflict' AND kind = 'deleted'"), ==, rev);
  g_assert_cmpint (fixture_count (&self->base, "SELECT COUNT(*) FROM commit_scope c JOIN tombstone t ON t.scope_id = c.scope_id AND t.rev = c.seq"), ==, 1);

  /* The same decision once more is no news; another comes too late. */
  settle (self->kam, conflict, "\"Pune\"", "\"Pune\"", KAM_RESULT_APPLIED, NULL);
  settle (self->kam, conflict, "\"Pune\"", "\"Goa\"", KAM_RESULT_REJECTED, "gone");
  assert_field (self, KAM_ENTITY_LEAD, self->lead, KAM_LEAD_CITY, "Pune");
}

static void
test_mine (Case          *self,
           gconstpointer  data)
{
  g_autofree char *conflict = make_conflict (self);

  settle (self->kam, conflict, "\"Pune\"", "\"Goa\"", KAM_RESULT_APPLIED, NULL);
  assert_gone (self, conflict);
  assert_field (self, KAM_ENTITY_LEAD, self->lead, KAM_LEAD_CITY, "Goa");
  g_assert_cmpuint (count_settled (self, "\"Goa\"", "\"Goa\""), ==, 1);
  g_assert_cmpint (fixture_count (&self->base, "SELECT COUNT(*) FROM history WHERE field = 'city' AND `before` = '\"Pune\"' AND `after` = '\"Goa\"'"), ==, 1);
}

static void
test_edit (Case          *self,
           gconstpointer  data)
{
  g_autofree char *conflict = make_conflict (self);
  g_autofree char *long_name = g_strnfill (200, 'x');
  g_autofree char *long_json = g_strdup_printf ("\"%s\"", long_name);

  settle (self->kam, conflict, "\"Pune\"", long_json, KAM_RESULT_REJECTED, "too_long");
  settle (self->kam, conflict, "\"Pune\"", "7", KAM_RESULT_REJECTED, "bad_value");
  settle (self->kam, conflict, "\"Pune\"", "{not json", KAM_RESULT_REJECTED, "bad_value");
  assert_conflict (self, conflict, "\"Pune\"", "\"Goa\"");
  settle (self->kam, conflict, "\"Pune\"", NULL, KAM_RESULT_APPLIED, NULL);
  assert_gone (self, conflict);
  assert_field (self, KAM_ENTITY_LEAD, self->lead, KAM_LEAD_CITY, NULL);
}

/* Decided on what is not there any more: nothing happens but that they see it. */
static void
test_not_current (Case          *self,
                  gconstpointer  data)
{
  g_autofree char *conflict = make_conflict (self);

  put (self->manager, "lead", self->lead, "{'city': ['Pune', 'Delhi']}", KAM_RESULT_APPLIED, NULL);
  assert_conflict (self, conflict, "\"Delhi\"", "\"Goa\"");
  settle (self->kam, conflict, "\"Pune\"", "\"Goa\"", KAM_RESULT_CONFLICT, NULL);
  assert_conflict (self, conflict, "\"Delhi\"", "\"Goa\"");
  assert_field (self, KAM_ENTITY_LEAD, self->lead, KAM_LEAD_CITY, "Delhi");
  settle (self->kam, conflict, "\"Delhi\"", "\"Goa\"", KAM_RESULT_APPLIED, NULL);
  assert_field (self, KAM_ENTITY_LEAD, self->lead, KAM_LEAD_CITY, "Goa");
}

/* What the author does next to the same field. */
static void
test_author_again (Case          *self,
                   gconstpointer  data)
{
  g_autofree char *conflict = make_conflict (self);
  g_autofree char *other = NULL;

  /* Not having seen the other's value: their wish is another now. */
  put (self->kam, "lead", self->lead, "{'city': ['Goa', 'Panaji']}", KAM_RESULT_CONFLICT, NULL);
  assert_conflict (self, conflict, "\"Pune\"", "\"Panaji\"");

  /* Having seen it: they have what they want. */
  put (self->kam, "lead", self->lead, "{'city': ['Pune', 'Mapusa']}", KAM_RESULT_APPLIED, NULL);
  assert_gone (self, conflict);

  /* Somebody else comes to the same value: nothing is lost any more. */
  put (self->kam, "lead", self->lead, "{'city': ['Pune', 'Margao']}", KAM_RESULT_CONFLICT, NULL);
  other = find_conflict (self, "city", FALSE);
  put (self->manager, "lead", self->lead, "{'city': ['Mapusa', 'Margao']}", KAM_RESULT_APPLIED, NULL);
  assert_gone (self, other);
}

static void
test_rights (Case          *self,
             gconstpointer  data)
{
  g_autofree char *conflict = make_conflict (self);
  g_autofree char *unknown = push_client_new_id (self->kam);
  g_autoptr (PushClient) stranger = push_client_new (&self->base, KAM2);
  g_autoptr (PushClient) far = push_client_new (&self->base, OTHER_MANAGER);

  settle (stranger, conflict, "\"Pune\"", "\"Pune\"", KAM_RESULT_REJECTED, "not_found");
  settle (far, conflict, "\"Pune\"", "\"Pune\"", KAM_RESULT_REJECTED, "not_found");
  settle (self->kam, unknown, "\"Pune\"", "\"Pune\"", KAM_RESULT_REJECTED, "not_found");
  put (self->kam, "conflict", conflict, "{'mine': ['\\\"Goa\\\"', null]}", KAM_RESULT_REJECTED, "not_allowed");
  put (self->kam, "conflict", conflict, "{}", KAM_RESULT_REJECTED, "not_allowed");
  assert_conflict (self, conflict, "\"Pune\"", "\"Goa\"");
}

/* Fields of people: a conflict is the author's own, and only who may write the field settles it. */
static void
test_people (Case          *self,
             gconstpointer  data)
{
  g_autoptr (PushClient) admin = push_client_new (&self->base, ADMIN);
  const char *id = self->base.people[KAM1];
  g_autofree char *conflict = NULL;

  put (admin, "user", id, "{'work_days': [63, 31]}", KAM_RESULT_APPLIED, NULL);
  put (self->kam, "user", id, "{'work_days': [63, 15]}", KAM_RESULT_CONFLICT, NULL);
  put (self->kam, "user", id, "{'work_days': [63, 7]}", KAM_RESULT_CONFLICT, NULL);
  g_assert_cmpint (fixture_count (&self->base, "SELECT COUNT(*) FROM conflict"), ==, 1);
  conflict = find_conflict (self, "work_days", TRUE);
  assert_conflict (self, conflict, "31", "7");
  settle (admin, conflict, "31", "31", KAM_RESULT_REJECTED, "not_found");
  settle (self->kam, conflict, "31", "7", KAM_RESULT_APPLIED, NULL);
  assert_gone (self, conflict);
  g_assert_cmpint (fixture_count (&self->base, "SELECT work_days FROM user WHERE name = 'kam1'"), ==, 7);
}

/* The lead goes to kam2 while its conflict is open: kam1 sees what they wanted, kam2 decides, and kam1's copy goes. */
static void
test_move (Case          *self,
           gconstpointer  data)
{
  g_autofree char *conflict = make_conflict (self);
  g_autoptr (PushClient) owner = push_client_new (&self->base, KAM2);
  g_autofree char *away = g_strdup_printf ("{'kam_id': ['%s', '%s']}", self->base.people[KAM1], self->base.people[KAM2]);
  g_autofree char *back = g_strdup_printf ("{'kam_id': ['%s', '%s']}", self->base.people[KAM2], self->base.people[KAM1]);
  g_autofree char *copy = NULL;
  g_autofree char *again = NULL;
  g_autoptr (KamRow) row = NULL;
  g_autofree char *personal = kam_scope_personal (self->base.people[KAM1]);

  put (self->manager, "lead", self->lead, away, KAM_RESULT_APPLIED, NULL);
  copy = find_conflict (self, "city", TRUE);
  g_assert_nonnull (copy);
  assert_conflict (self, copy, NULL, "\"Goa\"");
  row = fixture_find (&self->base, KAM_ENTITY_CONFLICT, copy);
  g_assert_cmpstr (kam_row_scope (row), ==, personal);
  settle (self->kam, copy, NULL, "\"Goa\"", KAM_RESULT_REJECTED, "not_allowed");
  settle (self->kam, conflict, "\"Pune\"", "\"Goa\"", KAM_RESULT_REJECTED, "not_found");

  /* Home again the copy is not needed; and away again it is. */
  put (self->manager, "lead", self->lead, back, KAM_RESULT_APPLIED, NULL);
  assert_gone (self, copy);
  put (self->manager, "lead", self->lead, away, KAM_RESULT_APPLIED, NULL);

  put (self->kam, "lead", self->lead, "{'city': ['Goa', 'Panaji']}", KAM_RESULT_CONFLICT, NULL);
  again = find_conflict (self, "city", TRUE);
  assert_conflict (self, again, NULL, "\"Panaji\"");
  assert_conflict (self, conflict, "\"Pune\"", "\"Panaji\"");
  settle (owner, conflict, "\"Pune\"", "\"Panaji\"", KAM_RESULT_APPLIED, NULL);
  assert_gone (self, again);
  g_assert_cmpint (fixture_count (&self->base, "SELECT COUNT(*) FROM conflict"), ==, 0);
  assert_field (self, KAM_ENTITY_LEAD, self->lead, KAM_LEAD_CITY, "Panaji");
}

/* The author loses the lead with their team: they have a copy from then on, until the team is theirs again. */
static void
test_team (Case          *self,
           gconstpointer  data)
{
  g_autofree char *away = g_strdup_printf ("{'manager_id': ['%s', '%s']}", self->base.people[MANAGER], self->base.people[OTHER_MANAGER]);
  g_autofree char *back = g_strdup_printf ("{'manager_id': ['%s', '%s']}", self->base.people[OTHER_MANAGER], self->base.people[MANAGER]);
  g_autoptr (PushClient) admin = push_client_new (&self->base, ADMIN);
  g_autofree char *conflict = NULL;

  put (self->kam, "lead", self->lead, "{'city': [null, 'Pune']}", KAM_RESULT_APPLIED, NULL);
  put (self->manager, "lead", self->lead, "{'city': [null, 'Goa']}", KAM_RESULT_CONFLICT, NULL);
  conflict = find_conflict (self, "city", FALSE);

  for (int i = 0; i < 2; i++)
    {
      g_autofree char *copy = NULL;

      put (admin, "user", self->base.people[KAM1], away, KAM_RESULT_APPLIED, NULL);
      copy = find_conflict (self, "city", TRUE);
      assert_conflict (self, copy, NULL, "\"Goa\"");

      if (i == 0)
        put (admin, "user", self->base.people[KAM1], back, KAM_RESULT_APPLIED, NULL);
      else
        settle (self->kam, conflict, "\"Pune\"", "\"Pune\"", KAM_RESULT_APPLIED, NULL);

      assert_gone (self, copy);
    }
}

/* Settled and moved in one push, and moved by one while the other settles. */
static void
test_move_with_settling (Case          *self,
                         gconstpointer  data)
{
  g_autofree char *conflict = make_conflict (self);

  push_client_add (self->manager, "put", "lead", self->lead, 1, "{'kam_id': ['%s', '%s']}", self->base.people[KAM1], self->base.people[KAM2]);
  push_client_add (self->manager, "put", "conflict", conflict, 1, "{'theirs': ['\\\"Pune\\\"', '\\\"Goa\\\"']}");
  push_client_must (self->manager);
  g_assert_cmpint (push_client_result (self->manager, 0)->kind, ==, KAM_RESULT_APPLIED);
  g_assert_cmpint (push_client_result (self->manager, 1)->kind, ==, KAM_RESULT_APPLIED);
  g_assert_cmpint (fixture_count (&self->base, "SELECT COUNT(*) FROM conflict"), ==, 0);
  assert_field (self, KAM_ENTITY_LEAD, self->lead, KAM_LEAD_CITY, "Goa");
  g_assert_cmpint (fixture_count (&self->base, "SELECT COUNT(*) FROM tombstone"), ==, 2);
}

static void
test_deletion (Case          *self,
               gconstpointer  data)
{
  gint64 seen = fixture_count (&self->base, "SELECT head FROM org");
  g_autofree char *contact = push_client_new_id (self->manager);
  g_autofree char *conflict = NULL;
  g_autofree char *again = NULL;

  push_client_add (self->manager, "put", "contact", contact, 0, CONTACT, self->lead, "New");
  push_client_expect (self->manager, KAM_RESULT_APPLIED, NULL);
  push_client_add (self->kam, "delete", "lead", self->lead, seen, "{'delete_id': [null, '%s']}", DELETION);
  push_client_expect (self->kam, KAM_RESULT_CONFLICT, NULL);
  conflict = find_conflict (self, "delete_id", FALSE);
  assert_conflict (self, conflict, NULL, "\"" DELETION "\"");
  settle (self->manager, conflict, NULL, NULL, KAM_RESULT_APPLIED, NULL);
  assert_gone (self, conflict);
  assert_field (self, KAM_ENTITY_LEAD, self->lead, KAM_LEAD_DELETE, NULL);

  push_client_add (self->kam, "delete", "lead", self->lead, seen, "{'delete_id': [null, '%s']}", DELETION);
  push_client_expect (self->kam, KAM_RESULT_CONFLICT, NULL);
  again = find_conflict (self, "delete_id", FALSE);
  settle (self->kam, again, NULL, "\"" DELETION "\"", KAM_RESULT_APPLIED, NULL);
  assert_gone (self, again);
  assert_field (self, KAM_ENTITY_LEAD, self->lead, KAM_LEAD_DELETE, DELETION);
  assert_field (self, KAM_ENTITY_CONTACT, contact, KAM_CONTACT_DELETE, DELETION);
}

/* Fields of a group are settled one by one, also where the row could not be with the first of them alone. */
static void
test_group (Case          *self,
            gconstpointer  data)
{
  g_autofree char *order = push_client_new_id (self->kam);
  g_autofree char *value = NULL;
  g_autofree char *currency = NULL;

  push_client_add (self->kam, "put", "interaction", order, 0, ORDER, self->lead);
  push_client_expect (self->kam, KAM_RESULT_APPLIED, NULL);
  put (self->manager, "interaction", order, "{'order_value': [10000, 20000], 'currency': ['INR', 'INR']}", KAM_RESULT_APPLIED, NULL);
  put (self->kam, "interaction", order, "{'order_value': [10000, 150], 'currency': ['INR', 'USD']}", KAM_RESULT_CONFLICT, NULL);
  value = find_conflict (self, "order_value", FALSE);
  currency = find_conflict (self, "currency", FALSE);
  settle (self->kam, value, "20000", "150", KAM_RESULT_APPLIED, NULL);
  settle (self->kam, currency, "\"INR\"", "\"USD\"", KAM_RESULT_APPLIED, NULL);
  g_assert_cmpint (fixture_count (&self->base, "SELECT COUNT(*) FROM interaction WHERE order_value = 150 AND currency = 'USD'"), ==, 1);
  g_assert_cmpint (fixture_count (&self->base, "SELECT COUNT(*) FROM conflict"), ==, 0);
}

static void
test_group_together (Case          *self,
                     gconstpointer  data)
{
  g_autofree char *status = NULL;
  g_autofree char *reason = NULL;

  put (self->manager, "lead", self->lead, "{'status': ['new', 'inactive'], 'status_reason': [null, 'Closed']}", KAM_RESULT_APPLIED, NULL);
  put (self->manager, "lead", self->lead, "{'status': ['inactive', 'new'], 'status_reason': ['Closed', null]}", KAM_RESULT_APPLIED, NULL);
  put (self->manager, "lead", self->lead, "{'status': ['new', 'new'], 'status_reason': [null, 'Open again']}", KAM_RESULT_APPLIED, NULL);
  put (self->kam, "lead", self->lead, "{'status': ['new', 'inactive'], 'status_reason': [null, 'Moved away']}", KAM_RESULT_CONFLICT, NULL);
  status = find_conflict (self, "status", FALSE);
  reason = find_conflict (self, "status_reason", FALSE);
  put (self->manager, "lead", self->lead, "{'status': ['new', 'new'], 'status_reason': ['Open again', null]}", KAM_RESULT_APPLIED, NULL);

  /* Inactive needs a reason: it comes along, and its own conflict with it. */
  settle (self->kam, status, "\"new\"", "\"inactive\"", KAM_RESULT_APPLIED, NULL);
  assert_field (self, KAM_ENTITY_LEAD, self->lead, KAM_LEAD_STATUS_REASON, "Moved away");
  assert_gone (self, reason);
  settle (self->kam, reason, NULL, "\"Moved away\"", KAM_RESULT_APPLIED, NULL);
}

static void
test_cycle (Case          *self,
            gconstpointer  data)
{
  g_autofree char *a = push_client_new_id (self->kam);
  g_autofree char *b = push_client_new_id (self->kam);
  g_autofree char *up = g_strdup_printf ("{'reports_to_id': [null, '%s']}", a);
  g_autofree char *round = g_strdup_printf ("{'reports_to_id': [null, '%s']}", b);
  g_autofree char *down = g_strdup_printf ("{'reports_to_id': ['%s', null]}", a);
  g_autofree char *json = g_strdup_printf ("\"%s\"", b);
  g_autofree char *conflict = NULL;

  push_client_add (self->kam, "put", "contact", a, 0, CONTACT, self->lead, "A");
  push_client_add (self->kam, "put", "contact", b, 0, CONTACT, self->lead, "B");
  push_client_must (self->kam);
  put (self->kam, "contact", b, up, KAM_RESULT_APPLIED, NULL);
  put (self->manager, "contact", a, round, KAM_RESULT_CONFLICT, NULL);
  conflict = find_conflict (self, "reports_to_id", FALSE);
  settle (self->kam, conflict, NULL, json, KAM_RESULT_REJECTED, "cycle");
  put (self->kam, "contact", b, down, KAM_RESULT_APPLIED, NULL);
  settle (self->kam, conflict, NULL, json, KAM_RESULT_APPLIED, NULL);
  assert_field (self, KAM_ENTITY_CONTACT, a, KAM_CONTACT_REPORTS_TO, b);
}

#define ADD(path, func) g_test_add (path, Case, NULL, set_up, func, tear_down)

int
main (int   argc,
      char *argv[])
{
  fixture_start (&argc, &argv);
  ADD ("/settle/keep", test_keep);
  ADD ("/settle/mine", test_mine);
  ADD ("/settle/edit", test_edit);
  ADD ("/settle/not-current", test_not_current);
  ADD ("/settle/author-again", test_author_again);
  ADD ("/settle/rights", test_rights);
  ADD ("/settle/people", test_people);
  ADD ("/settle/fault-21-lead-moves-away", test_move);
  ADD ("/settle/fault-22-team", test_team);
  ADD ("/settle/moves-in-the-same-push", test_move_with_settling);
  ADD ("/settle/fault-15-deletion", test_deletion);
  ADD ("/settle/group", test_group);
  ADD ("/settle/group-together", test_group_together);
  ADD ("/settle/cycle", test_cycle);

  return fixture_run ();
}
