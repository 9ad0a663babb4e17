/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-field-cases.h"
#include "kam-json.h"
#include "kam-test-client.h"
#include "kam-test-mariadb.h"

/* Every field of the table that somebody may write, from the wire: what is outside its limits is refused by name and leaves nothing behind, what is
 * within comes back as it was sent. */

#define AT "\"at\":\"2026-01-01T00:00:00.000000Z\""
#define LEAD_SET "\"name\":[null,\"Base\"],\"status\":[null,\"new\"],\"kam_id\":[null,\"%s\"],\"time_zone\":[null,\"UTC\"]"

/* Somebody who may write all fields of a kind of row. */
typedef struct
{
  KamTestClient   *client;         /* (owned) */
  KamDb           *db;             /* (owned) */
  const KamEntity *entity;
  GHashTable      *base;           /* (owned) name → JSON: the least that a row needs */
  char            *references[KAM_N_ENTITIES]; /* (owned) (nullable) ids to refer to */
} Fixture;

static KamTestMariadb *mariadb;
static const KamDbOptions *database;
static KamTestServer *server;
static char *admin_id;
static char *kam_id;

static void
base (Fixture    *self,
      const char *field,
      const char *json)
{
  g_hash_table_insert (self->base, g_strdup (field), g_strdup (json));
}

static void
base_id (Fixture    *self,
         const char *field,
         const char *id)
{
  g_hash_table_insert (self->base, g_strdup (field), g_strdup_printf ("\"%s\"", id));
}

static void
set_base (Fixture *self)
{
  switch (self->entity->kind)
    {
    case KAM_ENTITY_USER:
      base (self, "name", "\"Base\"");
      base (self, "role", "\"kam\"");
      base (self, "time_zone", "\"UTC\"");
      base (self, "work_days", "127");
      base (self, "active", "true");
      break;
    case KAM_ENTITY_LEAVE:
      base_id (self, "user_id", kam_id);
      base (self, "from_on", "\"0001-01-01\"");
      base (self, "to_on", "\"9999-12-31\"");
      break;
    case KAM_ENTITY_LEAD:
      base (self, "name", "\"Base\"");
      base (self, "status", "\"new\"");
      base_id (self, "kam_id", kam_id);
      base (self, "time_zone", "\"UTC\"");
      break;
    case KAM_ENTITY_CONTACT:
      base_id (self, "lead_id", self->references[KAM_ENTITY_LEAD]);
      base (self, "name", "\"Base\"");
      break;
    default:
      base_id (self, "lead_id", self->references[KAM_ENTITY_LEAD]);
      base (self, "kind", "\"call\"");
      base (self, "state", "\"done\"");
      base (self, "starts_at", "\"2020-01-01T09:30:00.000000Z\"");
      base (self, "local_date", "\"2020-01-01\"");
      base (self, "time_zone", "\"UTC\"");
      base (self, "dated_by", "\"person\"");
      base (self, "outcome", "\"reached\"");
      base (self, "order_value", "100");
      base (self, "currency", "\"INR\"");
      break;
    }
}

/* What a row of this kind has with one field otherwise. field: (nullable) */
static char *
make_set (Fixture    *self,
          const char *id,
          const char *field,
          const char *json)
{
  g_autoptr (GString) set = g_string_new ("{");
  GHashTableIter iter;
  gpointer name;
  gpointer value;

  g_hash_table_iter_init (&iter, self->base);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      if (g_strcmp0 (name, field) != 0)
        g_string_append_printf (set, "%s\"%s\":[null,%s]", set->len > 1 ? "," : "", (char *) name, (char *) value);
    }
  if (self->entity->kind == KAM_ENTITY_USER && g_strcmp0 (field, "email") != 0)
    g_string_append_printf (set, ",\"email\":[null,\"%s@kam.test\"]", id);
  if (field != NULL)
    g_string_append_printf (set, ",\"%s\":[null,%s]", field, json);
  g_string_append_c (set, '}');

  return g_string_free (g_steal_pointer (&set), FALSE);
}

static char *
make_mutation (Fixture    *self,
               const char *id,
               gint64      base_rev,
               const char *set)
{
  return g_strdup_printf ("\"entity\":\"%s\",\"id\":\"%s\",\"op\":\"put\",\"base_rev\":%" G_GINT64_FORMAT "," AT ",\"set\":%s", self->entity->name, id,
                          base_rev, set);
}

static char *
make_change (Fixture    *self,
             const char *id,
             const char *field,
             const char *json)
{
  const char *old = g_hash_table_lookup (self->base, field);

  if (self->entity->kind == KAM_ENTITY_USER && g_str_equal (field, "email"))
    return g_strdup_printf ("{\"email\":[\"%s@kam.test\",%s]}", id, json);

  return g_strdup_printf ("{\"%s\":[%s,%s]}", field, old != NULL ? old : "null", json);
}

/* A new row as it is when nothing is wrong: its id. */
static char * G_GNUC_PRINTF (3, 4)
add_row (Fixture    *self,
         const char *entity,
         const char *format,
         ...)
{
  char *id = kam_id_new (g_get_real_time ());
  g_autofree char *set = NULL;
  g_autofree char *mutation = NULL;
  va_list args;

  va_start (args, format);
  set = g_strdup_vprintf (format, args);
  va_end (args);
  mutation = g_strdup_printf ("\"entity\":\"%s\",\"id\":\"%s\",\"op\":\"put\",\"base_rev\":0," AT ",\"set\":{%s}", entity, id, set);
  g_assert_cmpstr (kam_test_client_push (self->client, mutation), ==, "applied");

  return id;
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  g_autoptr (KamTestClient) kam = kam_test_client_new (server, "kam@kam.test");
  const char *lead;

  self->entity = data;
  self->db = kam_test_mariadb_connect (database);
  self->base = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->client = g_steal_pointer (&kam);
  self->references[KAM_ENTITY_LEAD] = add_row (self, "lead", LEAD_SET, kam_id);
  lead = self->references[KAM_ENTITY_LEAD];
  self->references[KAM_ENTITY_CONTACT] = add_row (self, "contact", "\"lead_id\":[null,\"%s\"],\"name\":[null,\"Base\"]", lead);
  self->references[KAM_ENTITY_INTERACTION] = add_row (self, "interaction", "\"lead_id\":[null,\"%s\"],\"kind\":[null,\"call\"],\"state\":[null,\"planned\"],"
                                                      "\"local_date\":[null,\"2020-01-01\"],\"time_zone\":[null,\"UTC\"],\"dated_by\":[null,\"person\"]", lead);
  self->references[KAM_ENTITY_USER] = g_strdup (self->entity->kind == KAM_ENTITY_LEAD ? kam_id : admin_id);
  if (self->entity->kind == KAM_ENTITY_USER || self->entity->kind == KAM_ENTITY_LEAVE)
    {
      kam_test_client_free (self->client);
      self->client = kam_test_client_new (server, "admin@kam.test");
    }
  set_base (self);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  kam_test_client_free (self->client);
  kam_db_close (self->db);
  g_hash_table_unref (self->base);
  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    g_free (self->references[i]);
}

static gboolean
is_writable (const KamField *field)
{
  return field->writer != KAM_WRITER_SERVER && field->writer != KAM_WRITER_DELETION;
}

/* What the rules between fields make of a case that the field alone would take, or would refuse otherwise. NULL: it is taken. */
static const char *
expected_code (Fixture            *self,
               const KamField     *field,
               const KamFieldCase *it)
{
  static const char *const together[] = { "starts_at", "outcome", "order_value", "currency", NULL };

  if (self->entity->kind == KAM_ENTITY_INTERACTION && g_str_equal (it->json, "null") && g_strv_contains (together, field->name))
    return "required";

  /* To a key account manager all others are one. */
  if (self->entity->kind == KAM_ENTITY_LEAD && g_str_equal (field->name, "kam_id") && g_strcmp0 (it->code, "not_found") == 0)
    return "not_allowed";

  return it->code;
}

/* The status of a lead follows from facts; that is tested elsewhere. */
static gboolean
is_derived (Fixture            *self,
            const KamField     *field,
            const KamFieldCase *it)
{
  return self->entity->kind == KAM_ENTITY_LEAD && g_str_equal (field->name, "status") && it->code == NULL;
}

typedef void (*CaseFunc) (Fixture            *self,
                          const KamField     *field,
                          const KamFieldCase *it,
                          const char         *code,
                          gpointer            data);

static void
for_each_case (Fixture  *self,
               CaseFunc  func,
               gpointer  data)
{
  for (guint i = 0; i < self->entity->n_fields; i++)
    {
      const KamField *field = &self->entity->fields[i];
      g_autoptr (GPtrArray) cases = is_writable (field) ? kam_field_cases_new (field, field->refers >= 0 ? self->references[field->refers] : NULL) : NULL;

      for (guint k = 0; cases != NULL && k < cases->len; k++)
        {
          const KamFieldCase *it = g_ptr_array_index (cases, k);

          if (!is_derived (self, field, it))
            func (self, field, it, expected_code (self, field, it), data);
        }
    }
}

/* A batch of mutations, and what is expected of each. */
typedef struct
{
  GPtrArray *ids;       /* (owned) */
  GPtrArray *mutations; /* (owned) */
  GPtrArray *fields;    /* (owned) (element-type KamField) */
  GPtrArray *values;    /* (owned) JSON */
  GPtrArray *codes;     /* (owned) nullable */
  gboolean   change;    /* rows that are there; else new ones */
  gboolean   taken;     /* the cases that are taken; else those that are refused */
  char      *id;        /* (owned) (nullable) the row that is changed */
  gint64     rev;
} Batch;

static void
batch_init (Batch    *self,
            gboolean  change,
            gboolean  taken)
{
  *self = (Batch) { .change = change, .taken = taken };
  self->ids = g_ptr_array_new_with_free_func (g_free);
  self->mutations = g_ptr_array_new_with_free_func (g_free);
  self->fields = g_ptr_array_new ();
  self->values = g_ptr_array_new_with_free_func (g_free);
  self->codes = g_ptr_array_new ();
}

static void
batch_clear (Batch *self)
{
  g_ptr_array_unref (self->ids);
  g_ptr_array_unref (self->mutations);
  g_ptr_array_unref (self->fields);
  g_ptr_array_unref (self->values);
  g_ptr_array_unref (self->codes);
  g_free (self->id);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Batch, batch_clear)

static void
collect_cb (Fixture            *self,
            const KamField     *field,
            const KamFieldCase *it,
            const char         *code,
            gpointer            data)
{
  Batch *batch = data;
  char *id = batch->id != NULL ? g_strdup (batch->id) : kam_id_new (g_get_real_time ());
  g_autofree char *set = NULL;

  if ((code == NULL) != batch->taken || (batch->change && (field->flags & KAM_FIELD_FIXED) != 0))
    {
      g_free (id);
      return;
    }

  set = batch->change ? make_change (self, id, field->name, it->json) : make_set (self, id, field->name, it->json);
  g_ptr_array_add (batch->ids, id);
  g_ptr_array_add (batch->mutations, make_mutation (self, id, batch->rev, set));
  g_ptr_array_add (batch->fields, (gpointer) field);
  g_ptr_array_add (batch->values, g_strdup (it->json));
  g_ptr_array_add (batch->codes, (gpointer) code);
}

static void
check_refused (Batch     *batch,
               JsonArray *results)
{
  for (guint i = 0; i < batch->ids->len; i++)
    {
      const KamField *field = batch->fields->pdata[i];
      g_autofree char *all = kam_json_to_text (json_array_get_element (results, i));
      JsonObject *result = json_array_get_object_element (results, i);
      JsonObject *problem = json_object_has_member (result, "error") ? json_object_get_object_member (result, "error") : NULL;

      if (problem == NULL || !g_str_equal (json_object_get_string_member (result, "result"), "rejected") ||
          !g_str_equal (json_object_get_string_member (problem, "code"), batch->codes->pdata[i]) ||
          g_strcmp0 (json_object_get_string_member_with_default (problem, "field", NULL), field->name) != 0)
        g_error ("%s “%s” to %.60s must be %s: %s", batch->change ? "change" : "new", field->name,
                 (char *) batch->values->pdata[i], (char *) batch->codes->pdata[i], all);

      g_assert_cmpint (json_object_get_int_member (result, "rev"), ==, 0);
      g_assert_cmpint (g_utf8_strlen (json_object_get_string_member (problem, "message"), -1), <=, 300);
    }
}

/* A row that takes part in nothing else: its id and rev. */
static char *
add_base (Fixture *self,
          gint64  *rev)
{
  char *id = kam_id_new (g_get_real_time ());
  g_autofree char *set = make_set (self, id, NULL, NULL);
  g_autoptr (GPtrArray) mutations = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (JsonArray) results = NULL;

  g_ptr_array_add (mutations, make_mutation (self, id, 0, set));
  results = kam_test_client_push_all (self->client, mutations);
  g_assert_cmpstr (json_object_get_string_member (json_array_get_object_element (results, 0), "result"), ==, "applied");
  *rev = json_object_get_int_member (json_array_get_object_element (results, 0), "rev");

  return id;
}

static void
test_refused (Fixture       *self,
              gconstpointer  data)
{
  for (guint change = 0; change < 2; change++)
    {
      g_auto (Batch) batch = { 0 };
      g_autofree char *before = NULL;
      g_autofree char *after = NULL;
      g_autoptr (JsonArray) results = NULL;

      batch_init (&batch, change == 1, FALSE);
      if (change == 1)
        batch.id = add_base (self, &batch.rev);
      before = kam_test_mariadb_digest (self->db);
      for_each_case (self, collect_cb, &batch);
      g_assert_cmpuint (batch.ids->len, >, 20);
      results = kam_test_client_push_all (self->client, batch.mutations);
      check_refused (&batch, results);
      after = kam_test_mariadb_digest (self->db);
      g_assert_cmpstr (before, ==, after);
    }
}

static void
check_taken (Fixture   *self,
             Batch     *batch,
             JsonArray *results)
{
  kam_test_client_pull (self->client, 0);

  for (guint i = 0; i < batch->ids->len; i++)
    {
      const KamField *field = batch->fields->pdata[i];
      g_autofree char *all = kam_json_to_text (json_array_get_element (results, i));
      KamTestRow *row = g_hash_table_lookup (self->client->rows, batch->ids->pdata[i]);
      int index = kam_entity_find_field (self->entity, field->name);
      g_autoptr (JsonNode) sent = kam_json_parse (batch->values->pdata[i], strlen (batch->values->pdata[i]), NULL);
      g_autofree char *wanted = kam_json_to_text (sent);
      g_autofree char *got = NULL;

      if (!g_str_equal (json_object_get_string_member (json_array_get_object_element (results, i), "result"), "applied") || row == NULL)
        g_error ("%s of “%s” to %.60s: %s", batch->change ? "change" : "new", field->name, (char *) batch->values->pdata[i], all);

      got = kam_json_to_text (json_array_get_element (row->values, (guint) index + 1));
      g_assert_cmpstr (got, ==, wanted);
    }
}

static void
test_taken_new (Fixture       *self,
                gconstpointer  data)
{
  g_auto (Batch) batch = { 0 };
  g_autoptr (JsonArray) results = NULL;

  batch_init (&batch, FALSE, TRUE);
  for_each_case (self, collect_cb, &batch);
  g_assert_cmpuint (batch.ids->len, >, 5);
  results = kam_test_client_push_all (self->client, batch.mutations);
  check_taken (self, &batch, results);
}

/* Each on a row of its own, which is made first. */
static void
test_taken_change (Fixture       *self,
                   gconstpointer  data)
{
  g_auto (Batch) batch = { 0 };
  g_autoptr (GPtrArray) bases = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (JsonArray) made = NULL;
  g_autoptr (JsonArray) results = NULL;

  batch_init (&batch, TRUE, TRUE);
  batch.rev = 1;
  for_each_case (self, collect_cb, &batch);
  for (guint i = 0; i < batch.ids->len; i++)
    {
      g_autofree char *set = make_set (self, batch.ids->pdata[i], NULL, NULL);

      g_ptr_array_add (bases, make_mutation (self, batch.ids->pdata[i], 0, set));
    }
  made = kam_test_client_push_all (self->client, bases);
  results = kam_test_client_push_all (self->client, batch.mutations);
  check_taken (self, &batch, results);
}

static void
add_tests (KamEntityKind kind)
{
  const KamEntity *entity = kam_entity_get (kind);
  g_autofree char *refused = g_strdup_printf ("/fields/%s/refused", entity->name);
  g_autofree char *taken = g_strdup_printf ("/fields/%s/new", entity->name);
  g_autofree char *changed = g_strdup_printf ("/fields/%s/changed", entity->name);

  g_test_add (refused, Fixture, entity, set_up, test_refused, tear_down);
  g_test_add (changed, Fixture, entity, set_up, test_taken_change, tear_down);
  /* Two people cannot have one address. */
  if (kind != KAM_ENTITY_USER)
    g_test_add (taken, Fixture, entity, set_up, test_taken_new, tear_down);
}

int
main (int    argc,
      char **argv)
{
  const KamEntityKind kinds[] = { KAM_ENTITY_USER, KAM_ENTITY_LEAVE, KAM_ENTITY_LEAD, KAM_ENTITY_CONTACT, KAM_ENTITY_INTERACTION };
  int status;

  g_test_init (&argc, &argv, NULL);
  mariadb = kam_test_mariadb_new ();
  database = kam_test_mariadb_migrated (mariadb);
  admin_id = kam_test_add_person (database, "admin@kam.test", "admin", NULL);
  kam_id = kam_test_add_person (database, "kam@kam.test", "kam", admin_id);
  server = kam_test_server_new (database, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    add_tests (kinds[i]);

  status = g_test_run ();
  kam_test_server_free (server);
  kam_test_mariadb_free (mariadb);
  g_free (admin_id);
  g_free (kam_id);

  return status;
}
