/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-field-cases.h"
#include "kam-json.h"
#include "kam-test-client.h"
#include "kam-test-mariadb.h"

/* What no good client sends: it is refused with a stable code, and nothing is written. */

#define AT "\"at\":\"2026-01-01T00:00:00.000000Z\""
#define NOBODY "01890000-0000-7000-8000-00000000dead"
#define DELETION "01890000-0000-7000-8000-00000000de1e"

typedef struct
{
  KamTestClient *mine;        /* (owned) */
  KamTestClient *theirs;      /* (owned) of another KAM */
  KamDb         *db;          /* (owned) */
  char          *lead;        /* (owned): my rows … */
  char          *contact;     /* (owned) */
  char          *call;        /* (owned) */
  char          *their_lead;  /* (owned): … and theirs */
  char          *their_contact; /* (owned) */
  char          *their_call;  /* (owned) */
} Fixture;

static KamTestMariadb *mariadb;
static const KamDbOptions *database;
static KamTestServer *server;
static char *kam1;
static char *kam2;

static char *
add_child (KamTestClient *client,
           const char    *entity,
           const char    *lead,
           const char    *set)
{
  char *id = kam_id_new (g_get_real_time ());
  g_autofree char *mutation = g_strdup_printf ("\"entity\":\"%s\",\"id\":\"%s\",\"op\":\"put\",\"base_rev\":0," AT
                                               ",\"set\":{\"lead_id\":[null,\"%s\"],%s}", entity, id, lead, set);

  g_assert_cmpstr (kam_test_client_push (client, mutation), ==, "applied");

  return id;
}

#define CONTACT_SET "\"name\":[null,\"Somebody\"]"
#define CALL_SET "\"kind\":[null,\"call\"],\"state\":[null,\"planned\"],\"local_date\":[null,\"2026-01-01\"],\"time_zone\":[null,\"UTC\"]," \
  "\"dated_by\":[null,\"person\"]"

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->mine = kam_test_client_new (server, "kam1@kam.test");
  self->theirs = kam_test_client_new (server, "kam2@kam.test");
  self->db = kam_test_mariadb_connect (database);
  self->lead = kam_test_client_add_lead (self->mine, "Mine", kam1);
  self->contact = add_child (self->mine, "contact", self->lead, CONTACT_SET);
  self->call = add_child (self->mine, "interaction", self->lead, CALL_SET);
  self->their_lead = kam_test_client_add_lead (self->theirs, "Theirs", kam2);
  self->their_contact = add_child (self->theirs, "contact", self->their_lead, CONTACT_SET);
  self->their_call = add_child (self->theirs, "interaction", self->their_lead, CALL_SET);
  kam_test_client_pull (self->mine, 0);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  kam_test_client_free (self->mine);
  kam_test_client_free (self->theirs);
  kam_db_close (self->db);
  g_free (self->lead);
  g_free (self->contact);
  g_free (self->call);
  g_free (self->their_lead);
  g_free (self->their_contact);
  g_free (self->their_call);
}

static gint64
rev_of (Fixture    *self,
        const char *id)
{
  KamTestRow *row = g_hash_table_lookup (self->mine->rows, id);

  return row != NULL ? row->rev : 1;
}

/* The error of a mutation, as text. set: {"field": [old, new]} */
static char *
refuse (Fixture    *self,
        const char *op,
        const char *entity,
        const char *id,
        gint64      base_rev,
        const char *set)
{
  g_autoptr (GPtrArray) mutations = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *before = kam_test_mariadb_digest (self->db);
  g_autofree char *after = NULL;
  g_autoptr (JsonArray) results = NULL;
  JsonObject *result;

  g_ptr_array_add (mutations, g_strdup_printf ("\"entity\":\"%s\",\"id\":\"%s\",\"op\":\"%s\",\"base_rev\":%" G_GINT64_FORMAT "," AT ",\"set\":%s", entity, id,
                                               op, base_rev, set));
  results = kam_test_client_push_all (self->mine, mutations);
  after = kam_test_mariadb_digest (self->db);
  g_assert_cmpstr (before, ==, after);
  result = json_array_get_object_element (results, 0);
  if (!json_object_has_member (result, "error"))
    g_error ("%s %s %s was taken", op, entity, set);

  return kam_json_to_text (json_object_get_member (result, "error"));
}

static void
expect (Fixture    *self,
        const char *op,
        const char *entity,
        const char *id,
        gint64      base_rev,
        const char *set,
        const char *code,
        const char *field)
{
  g_autofree char *problem = refuse (self, op, entity, id, base_rev, set);
  g_autoptr (JsonNode) node = json_from_string (problem, NULL);
  JsonObject *object = json_node_get_object (node);

  if (g_strcmp0 (json_object_get_string_member (object, "code"), code) != 0 ||
      g_strcmp0 (json_object_get_string_member_with_default (object, "field", NULL), field) != 0)
    g_error ("%s %s %s must be %s of %s: %s", op, entity, set, code, field, problem);
}

/* Whatever is tried with a row of somebody else, the answer is that to a row that is not there. */
static void
test_foreign (Fixture       *self,
              gconstpointer  data)
{
  const struct
  {
    const char *entity;
    const char *id;
    const char *set;
  } rows[] = {
    { "lead", self->their_lead, "{\"name\":[\"Theirs\",\"Stolen\"]}" },
    { "contact", self->their_contact, "{\"name\":[\"Somebody\",\"Stolen\"]}" },
    { "interaction", self->their_call, "{\"summary\":[null,\"Stolen\"]}" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *const ids[] = { rows[i].id, NOBODY };
      char *problems[2][4] = { { NULL } };

      for (guint k = 0; k < 2; k++)
        {
          problems[k][0] = refuse (self, "put", rows[i].entity, ids[k], 1, rows[i].set);
          problems[k][1] = refuse (self, "delete", rows[i].entity, ids[k], 1, "{\"delete_id\":[null,\"" DELETION "\"]}");
          problems[k][2] = refuse (self, "restore", rows[i].entity, ids[k], 1, "{\"delete_id\":[\"" DELETION "\",null]}");
        }
      for (guint k = 0; problems[0][k] != NULL; k++)
        {
          g_assert_cmpstr (problems[0][k], ==, problems[1][k]);
          g_assert_nonnull (strstr (problems[0][k], "\"not_found\""));
          g_free (problems[0][k]);
          g_free (problems[1][k]);
        }

      /* Not even as a new one. */
      expect (self, "put", rows[i].entity, rows[i].id, 0, rows[i].set, "not_found", NULL);
    }
}

static void
test_foreign_references (Fixture       *self,
                         gconstpointer  data)
{
  g_autofree char *fresh = kam_id_new (g_get_real_time ());
  const struct
  {
    const char *entity;
    const char *id;
    const char *field;
    const char *there;
  } cases[] = {
    { "lead", self->lead, "parent_id", self->their_lead },
    { "contact", self->contact, "reports_to_id", self->their_contact },
    { "interaction", self->call, "contact_id", self->their_contact },
    { "interaction", self->call, "plan_id", self->their_call },
    { "contact", fresh, "lead_id", self->their_lead },
    { "interaction", fresh, "lead_id", self->their_lead },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gint64 rev = cases[i].id == fresh ? 0 : rev_of (self, cases[i].id);
      g_autofree char *there = g_strdup_printf ("{\"%s\":[null,\"%s\"]}", cases[i].field, cases[i].there);
      g_autofree char *nowhere = g_strdup_printf ("{\"%s\":[null,\"" NOBODY "\"]}", cases[i].field);
      g_autofree char *one = refuse (self, "put", cases[i].entity, cases[i].id, rev, there);
      g_autofree char *two = refuse (self, "put", cases[i].entity, cases[i].id, rev, nowhere);

      g_assert_cmpstr (one, ==, two);
      expect (self, "put", cases[i].entity, cases[i].id, rev, there, "not_found", cases[i].field);
    }
}

/* What is set for good, and what only the server writes. */
static void
test_fixed_and_derived (Fixture       *self,
                        gconstpointer  data)
{
  const struct
  {
    const char *entity;
    const char *id;
  } rows[] = { { "lead", self->lead }, { "contact", self->contact }, { "interaction", self->call } };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const KamEntity *entity = kam_entity_by_name (rows[i].entity);

      for (guint k = 0; k < entity->n_fields; k++)
        {
          const KamField *field = &entity->fields[k];
          gboolean fixed = (field->flags & KAM_FIELD_FIXED) != 0;
          const char *value = field->type == KAM_TYPE_ENUM    ? field->choices[1]
                              : field->type == KAM_TYPE_INSTANT ? "2020-01-01T00:00:00.000000Z"
                                                                : NOBODY;
          g_autofree char *set = g_strdup_printf ("{\"%s\":[null,\"%s\"]}", field->name, value);

          if (fixed || field->writer == KAM_WRITER_SERVER || field->writer == KAM_WRITER_DELETION)
            expect (self, "put", rows[i].entity, rows[i].id, rev_of (self, rows[i].id), set, fixed ? "fixed" : "not_allowed", field->name);
        }
    }
}

static void
test_not_allowed (Fixture       *self,
                  gconstpointer  data)
{
  g_autofree char *id = kam_id_new (g_get_real_time ());
  g_autofree char *give = g_strdup_printf ("{\"kam_id\":[\"%s\",\"%s\"]}", kam1, kam2);
  gint64 rev = rev_of (self, self->lead);

  expect (self, "put", "lead", self->lead, rev, give, "not_allowed", "kam_id");
  expect (self, "put", "lead", NOBODY, 0, "{\"name\":[null,\"x\"]}", "required", "kam_id");
  expect (self, "put", "user", kam2, rev_of (self, kam2), "{\"name\":[\"kam2@kam.test\",\"x\"]}", "not_allowed", "name");
  expect (self, "put", "user", kam2, rev_of (self, kam2), "{\"phone\":[null,\"+919812345678\"]}", "not_allowed", "phone");
  expect (self, "put", "user", kam1, rev_of (self, kam1), "{\"role\":[\"kam\",\"admin\"]}", "not_allowed", "role");
  expect (self, "put", "user", id, 0, "{\"name\":[null,\"x\"]}", "not_allowed", NULL);
  expect (self, "put", "lead_event", id, 0, "{\"kind\":[null,\"status\"]}", "not_allowed", NULL);
  expect (self, "put", "conflict", id, 0, "{\"field\":[null,\"name\"]}", "not_allowed", NULL);
}

static void
test_unknown (Fixture       *self,
              gconstpointer  data)
{
  g_autofree char *long_name = g_strnfill (100000, 'x');
  g_autofree char *long_field = g_strdup_printf ("{\"%s\":[null,1]}", long_name);
  g_autofree char *problem = NULL;
  gint64 rev = rev_of (self, self->lead);

  expect (self, "put", "dragon", self->lead, 1, "{}", "unknown_entity", NULL);
  expect (self, "put", "", self->lead, 1, "{}", "unknown_entity", NULL);
  expect (self, "put", "LEAD", self->lead, 1, "{}", "unknown_entity", NULL);
  expect (self, "put", "lead", self->lead, rev, "{\"wings\":[null,2]}", "unknown_field", "wings");
  expect (self, "put", "lead", self->lead, rev, "{\"id\":[null,\"" NOBODY "\"]}", "unknown_field", "id");
  expect (self, "put", "lead", self->lead, rev, "{\"rev\":[null,7]}", "unknown_field", "rev");
  expect (self, "put", "lead", self->lead, rev, "{\"name` = 'x' --\":[null,\"x\"]}", "unknown_field", "name` = 'x' --");

  /* What was wrong is kept and sent back, but not all of it. */
  problem = refuse (self, "put", "lead", self->lead, rev, long_field);
  g_assert_cmpuint (strlen (problem), <, 1000);
  g_free (problem);
  problem = refuse (self, "put", long_name, self->lead, rev, "{}");
  g_assert_cmpuint (strlen (problem), <, 1000);
}

static void
test_bad_mutations (Fixture       *self,
                    gconstpointer  data)
{
  const char *id = self->lead;
  gint64 rev = rev_of (self, self->lead);

  expect (self, "burn", "lead", id, rev, "{}", "bad_mutation", NULL);
  expect (self, "put", "lead", "", rev, "{}", "bad_mutation", NULL);
  expect (self, "put", "lead", "x", rev, "{}", "bad_mutation", NULL);
  expect (self, "put", "lead", id, -1, "{}", "bad_mutation", NULL);
  expect (self, "put", "lead", id, rev, "[]", "bad_mutation", NULL);
  expect (self, "put", "lead", id, rev, "null", "bad_mutation", NULL);
  expect (self, "put", "lead", id, rev, "{\"name\":\"x\"}", "bad_mutation", "name");
  expect (self, "put", "lead", id, rev, "{\"name\":[\"x\"]}", "bad_mutation", "name");
  expect (self, "put", "lead", id, rev, "{\"name\":[\"a\",\"b\",\"c\"]}", "bad_mutation", "name");
  expect (self, "put", "lead", id, rev, "{\"name\":[7,\"b\"]}", "bad_value", "name");
  expect (self, "delete", "lead", id, rev, "{}", "bad_mutation", NULL);
  expect (self, "delete", "lead", id, rev, "{\"delete_id\":[null,\"x\"]}", "bad_mutation", NULL);
  expect (self, "delete", "lead", id, rev, "{\"delete_id\":[null,\"" DELETION "\"],\"name\":[\"Mine\",\"x\"]}", "bad_mutation", NULL);
  expect (self, "delete", "user", kam1, 1, "{\"delete_id\":[null,\"" DELETION "\"]}", "unknown_field", "delete_id");
  expect (self, "restore", "lead", id, rev, "{\"delete_id\":[null,\"" DELETION "\"]}", "bad_mutation", NULL);
}

/* A value that loses to another's becomes a conflict for people to look at: it must be one that could have been. */
static void
test_losers (Fixture       *self,
             gconstpointer  data)
{
  g_autofree char *most = kam_field_cases_fill ("🍛", 200);
  g_autofree char *over = g_strdup_printf ("{\"name\":[\"Another\",\"%sx\"]}", most);
  g_autofree char *unseen = g_strdup_printf ("\"entity\":\"lead\",\"id\":\"%s\",\"op\":\"put\",\"base_rev\":%" G_GINT64_FORMAT "," AT
                                             ",\"set\":{\"name\":[\"%sx\",\"%s\"]}", self->lead, rev_of (self, self->lead), most, most);
  g_autoptr (GError) error = NULL;
  g_autoptr (KamDbRows) row = NULL;
  gint64 rev = rev_of (self, self->lead);

  expect (self, "put", "lead", self->lead, rev, over, "too_long", "name");
  expect (self, "put", "lead", self->lead, rev, "{\"name\":[\"Another\",null]}", "required", "name");
  expect (self, "put", "lead", self->lead, rev, "{\"name\":[\"Another\",\" \"]}", "bad_text", "name");
  expect (self, "put", "lead", self->lead, rev, "{\"kam_id\":[\"" NOBODY "\",null]}", "required", "kam_id");
  expect (self, "put", "lead", self->lead, rev, "{\"tier\":[\"b\",\"z\"]}", "not_a_choice", "tier");

  /* What it claims to have seen cannot be: as if it had seen nothing. */
  g_assert_cmpstr (kam_test_client_push (self->mine, unseen), ==, "conflict");
  kam_db_query_row (self->db, "SELECT `base`, `mine` FROM `conflict` WHERE `target_id` = ?", &KAM_PARAM_ID (self->lead), 1, &row, &error);
  g_assert_no_error (error);
  g_assert_nonnull (row);
  g_assert_null (kam_db_rows_text (row, 0));
  g_assert_nonnull (strstr (kam_db_rows_text (row, 1), most));
}

int
main (int    argc,
      char **argv)
{
  const struct
  {
    const char *path;
    void      (*func) (Fixture *, gconstpointer);
  } tests[] = {
    { "/bad-input/foreign", test_foreign },
    { "/bad-input/foreign-references", test_foreign_references },
    { "/bad-input/fixed-and-derived", test_fixed_and_derived },
    { "/bad-input/not-allowed", test_not_allowed },
    { "/bad-input/unknown", test_unknown },
    { "/bad-input/mutations", test_bad_mutations },
    { "/bad-input/losers", test_losers },
  };
  int status;

  g_test_init (&argc, &argv, NULL);
  mariadb = kam_test_mariadb_new ();
  database = kam_test_mariadb_migrated (mariadb);
  kam1 = kam_test_add_person (database, "kam1@kam.test", "kam", NULL);
  kam2 = kam_test_add_person (database, "kam2@kam.test", "kam", NULL);
  server = kam_test_server_new (database, "[limits]\nlogin-attempts-per-address=1000\n");

  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);

  status = g_test_run ();
  kam_test_server_free (server);
  kam_test_mariadb_free (mariadb);
  g_free (kam1);
  g_free (kam2);

  return status;
}
