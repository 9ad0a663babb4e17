/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-id.h"
#include "kam-test-client.h"
#include "kam-test-mariadb.h"

/* Devices, what happened to rows, and what a device hands in that was signed out; each asked by nobody, strangers and those whose time is over. */

#define UNKNOWN_TOKEN "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define LAPTOP "01890000-0000-7000-8000-000000000011"
#define DESK "01890000-0000-7000-8000-000000000012"
#define NOTHING "01890000-0000-7000-8000-0000000000ff"

typedef struct
{
  const KamDbOptions *database;
  KamTestServer      *server;
  KamDb              *db;        /* (owned) */
  char               *admin;     /* (owned) */
  char               *manager;   /* (owned) */
  char               *kams[2];   /* (owned) */
  char               *server_id; /* (owned) */
} Fixture;

static KamTestMariadb *mariadb;

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  g_autoptr (KamTestReply) hello = NULL;

  self->database = kam_test_mariadb_migrated (mariadb);
  self->admin = kam_test_add_person (self->database, "admin@kam.test", "admin", NULL);
  self->manager = kam_test_add_person (self->database, "manager@kam.test", "manager", self->admin);
  self->kams[0] = kam_test_add_person (self->database, "kam1@kam.test", "kam", self->manager);
  self->kams[1] = kam_test_add_person (self->database, "kam2@kam.test", "kam", self->manager);
  self->server = kam_test_server_new (self->database, NULL);
  self->db = kam_test_mariadb_connect (self->database);
  hello = kam_test_request (self->server, "GET", "/v1/hello", NULL, NULL);
  self->server_id = g_strdup (kam_test_reply_text (hello, "server_id"));
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  g_clear_pointer (&self->server, kam_test_server_free);
  g_clear_pointer (&self->db, kam_db_close);
  g_clear_pointer (&self->admin, g_free);
  g_clear_pointer (&self->manager, g_free);
  g_clear_pointer (&self->kams[0], g_free);
  g_clear_pointer (&self->kams[1], g_free);
  g_clear_pointer (&self->server_id, g_free);
}

static char *
sign_in (Fixture    *self,
         const char *email,
         const char *device,
         const char *name)
{
  g_autofree char *body = g_strdup_printf ("{\"email\":\"%s\",\"password\":\"" KAM_TEST_PASSWORD "\",\"device\":{\"id\":\"%s\",\"name\":\"%s\"}}", email,
                                           device, name);
  g_autoptr (KamTestReply) reply = kam_test_request (self->server, "POST", "/v1/session", NULL, body);

  g_assert_cmpuint (reply->status, ==, 201);

  return g_strdup (kam_test_reply_text (reply, "token"));
}

static void
expect (Fixture    *self,
        const char *method,
        const char *path,
        const char *token,
        const char *body,
        guint       status,
        const char *code)
{
  g_autoptr (KamTestReply) reply = kam_test_request (self->server, method, path, token, body);

  if (code != NULL)
    kam_test_assert_problem (reply, status, code);
  else
    g_assert_cmpuint (reply->status, ==, status);
}

static void
exec (Fixture    *self,
      const char *sql)
{
  g_autoptr (GError) error = NULL;

  kam_db_exec (self->db, sql, NULL, 0, NULL, &error);
  g_assert_no_error (error);
}

static gint64
count (Fixture    *self,
       const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KamDbRows) row = NULL;

  kam_db_query_row (self->db, sql, NULL, 0, &row, &error);
  g_assert_no_error (error);

  return kam_db_rows_int (row, 0);
}

/* Every route of these, with every kind of token that does not open it. */
static void
test_credentials (Fixture       *self,
                  gconstpointer  data)
{
  const char *const routes[] = { "GET /v1/devices", "DELETE /v1/devices/" LAPTOP, "GET /v1/history?entity=lead&id=" NOTHING, "POST /v1/quarantine" };
  const char *const tokens[] = { NULL, "", "short", UNKNOWN_TOKEN };
  g_autofree char *expired = sign_in (self, "kam1@kam.test", LAPTOP, "Laptop");
  g_autofree char *ended = NULL;
  g_autofree char *revoked = NULL;
  g_autofree char *open = NULL;

  exec (self, "UPDATE `session` SET `expires_at` = `created_at`");
  ended = sign_in (self, "kam1@kam.test", LAPTOP, "Laptop");
  expect (self, "DELETE", "/v1/session", ended, NULL, 204, NULL);
  revoked = sign_in (self, "kam1@kam.test", DESK, "Desk");
  open = sign_in (self, "kam1@kam.test", KAM_TEST_DEVICE, "Phone");
  expect (self, "DELETE", "/v1/devices/" DESK, open, NULL, 204, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (routes); i++)
    {
      g_auto (GStrv) words = g_strsplit (routes[i], " ", 2);
      const char *body = i == 3 ? "{}" : NULL;

      for (gsize k = 0; k < G_N_ELEMENTS (tokens); k++)
        expect (self, words[0], words[1], tokens[k], body, 401, "unauthorized");

      expect (self, words[0], words[1], expired, body, 401, "session_expired");
      expect (self, words[0], words[1], ended, body, 401, "session_expired");
      expect (self, words[0], words[1], revoked, body, i == 3 ? 400 : 401, i == 3 ? "bad_request" : "session_revoked");
    }

  /* The one route of a revoked token is nobody else's; all others are closed to it. */
  expect (self, "POST", "/v1/quarantine", open, "{}", 403, "forbidden");
  expect (self, "GET", "/v1/session", revoked, NULL, 401, "session_revoked");
  expect (self, "POST", "/v1/push", revoked, "{}", 401, "session_revoked");
  expect (self, "POST", "/v1/pull", revoked, "{\"schema\":1}", 401, "session_revoked");
  expect (self, "GET", "/v1/poke?since=0", revoked, NULL, 401, "session_revoked");
  expect (self, "PUT", "/v1/devices", open, NULL, 405, "bad_request");
  expect (self, "GET", "/v1/devices/" LAPTOP, open, NULL, 405, "bad_request");
  expect (self, "DELETE", "/v1/devices/" LAPTOP "/more", open, NULL, 404, "not_found");
  expect (self, "DELETE", "/v1/devices/", open, NULL, 404, "not_found");
}

static JsonObject *
find_device (KamTestReply *reply,
             const char   *id)
{
  JsonArray *devices = json_object_get_array_member (json_node_get_object (reply->json), "devices");

  for (guint i = 0; i < json_array_get_length (devices); i++)
    {
      JsonObject *device = json_array_get_object_element (devices, i);

      if (g_str_equal (json_object_get_string_member (device, "id"), id))
        return device;
    }

  return NULL;
}

static void
test_devices (Fixture       *self,
              gconstpointer  data)
{
  g_autofree char *laptop = sign_in (self, "kam1@kam.test", LAPTOP, "Laptop");
  g_autofree char *old = sign_in (self, "kam1@kam.test", DESK, "Desk");
  g_autofree char *desk = sign_in (self, "kam1@kam.test", DESK, "Desk 2");
  g_autofree char *other = sign_in (self, "kam2@kam.test", KAM_TEST_DEVICE, "Foreign");
  g_autoptr (KamTestReply) before = kam_test_request (self->server, "GET", "/v1/devices", laptop, NULL);
  g_autoptr (KamTestReply) after = NULL;

  g_assert_cmpuint (before->status, ==, 200);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (json_node_get_object (before->json), "devices")), ==, 2);
  g_assert_true (json_object_get_boolean_member (find_device (before, LAPTOP), "current"));
  g_assert_false (json_object_get_boolean_member (find_device (before, DESK), "current"));
  g_assert_true (json_object_get_boolean_member (find_device (before, DESK), "signed_in"));
  g_assert_cmpstr (json_object_get_string_member (find_device (before, DESK), "name"), ==, "Desk 2");
  g_assert_cmpuint (strlen (json_object_get_string_member (find_device (before, DESK), "seen_at")), ==, 27);

  /* Another's device, none, and nonsense are one answer. */
  expect (self, "DELETE", "/v1/devices/" KAM_TEST_DEVICE, laptop, NULL, 404, "not_found");
  expect (self, "DELETE", "/v1/devices/" NOTHING, laptop, NULL, 404, "not_found");
  expect (self, "DELETE", "/v1/devices/nonsense", laptop, NULL, 404, "not_found");
  expect (self, "GET", "/v1/session", other, NULL, 200, NULL);

  /* All its sessions end; signing in on it again is possible. */
  expect (self, "DELETE", "/v1/devices/" DESK, laptop, NULL, 204, NULL);
  expect (self, "GET", "/v1/session", desk, NULL, 401, "session_revoked");
  expect (self, "GET", "/v1/session", old, NULL, 401, "session_revoked");
  after = kam_test_request (self->server, "GET", "/v1/devices", laptop, NULL);
  g_assert_false (json_object_get_boolean_member (find_device (after, DESK), "signed_in"));
  g_free (g_steal_pointer (&old));
  old = sign_in (self, "kam1@kam.test", DESK, "Desk 3");
  expect (self, "GET", "/v1/session", old, NULL, 200, NULL);
  expect (self, "GET", "/v1/session", desk, NULL, 401, "session_revoked");
}

/* Reading alone keeps it up to date: a device that only waits and pulls was seen. */
static void
test_seen (Fixture       *self,
           gconstpointer  data)
{
  const char *const routes[] = { "POST /v1/pull", "GET /v1/poke?since=0", "GET /v1/devices", "GET /v1/session" };
  g_autofree char *token = sign_in (self, "kam1@kam.test", LAPTOP, "Laptop");

  for (gsize i = 0; i < G_N_ELEMENTS (routes); i++)
    {
      g_auto (GStrv) words = g_strsplit (routes[i], " ", 2);

      exec (self, "UPDATE `session` SET `seen_at` = 1");
      exec (self, "UPDATE `device` SET `seen_at` = 1");
      expect (self, words[0], words[1], token, i == 0 ? "{\"schema\":1}" : NULL, 200, NULL);

      /* Noted after the answer is on its way. */
      for (int k = 0; k < 500 && count (self, "SELECT MIN(seen_at) FROM device WHERE name = 'Laptop'") == 1; k++)
        g_usleep (10 * 1000);

      g_assert_cmpint (count (self, "SELECT MIN(seen_at) FROM device WHERE name = 'Laptop'"), >, 1);
    }
}

static JsonArray *
entries_of (KamTestReply *reply)
{
  g_assert_cmpuint (reply->status, ==, 200);

  return json_object_get_array_member (json_node_get_object (reply->json), "entries");
}

static KamTestReply *
ask_history (KamTestClient *client,
             const char    *format,
             ...) G_GNUC_PRINTF (2, 3);

static KamTestReply *
ask_history (KamTestClient *client,
             const char    *format,
             ...)
{
  g_autofree char *query = NULL;
  g_autofree char *path = NULL;
  va_list args;

  va_start (args, format);
  query = g_strdup_vprintf (format, args);
  va_end (args);
  path = g_strconcat ("/v1/history?", query, NULL);

  return kam_test_request (client->server, "GET", path, client->token, NULL);
}

static void
test_history (Fixture       *self,
              gconstpointer  data)
{
  g_autoptr (KamTestClient) kam = kam_test_client_new (self->server, "kam1@kam.test");
  g_autoptr (KamTestClient) manager = kam_test_client_new (self->server, "manager@kam.test");
  g_autofree char *lead = kam_test_client_add_lead (kam, "History", self->kams[0]);
  g_autofree char *contact = kam_id_new (g_get_real_time ());
  g_autofree char *put = g_strdup_printf ("\"entity\":\"contact\",\"id\":\"%s\",\"op\":\"put\",\"base_rev\":0,\"at\":\"2026-01-01T00:00:00.000000Z\","
                                          "\"set\":{\"lead_id\":[null,\"%s\"],\"name\":[null,\"Chef\"]}", contact, lead);
  g_autoptr (KamTestReply) one = NULL;
  g_autoptr (KamTestReply) rest = NULL;
  g_autoptr (KamTestReply) all = NULL;
  g_autoptr (KamTestReply) of_contact = NULL;
  JsonObject *entry;
  gint64 seq;

  kam_test_client_pull (kam, 0);
  kam_test_client_set (kam, "lead", lead, "{\"city\":[null,\"Pune\"],\"tags\":[null,[\"a\",\"b\"]],\"call_interval_days\":[null,7]}");
  kam_test_client_pull (manager, 0);
  kam_test_client_set (manager, "lead", lead, "{\"city\":[\"Pune\",\"Goa\"]}");
  g_assert_cmpstr (kam_test_client_push (kam, put), ==, "applied");

  one = ask_history (kam, "entity=lead&id=%s&limit=1", lead);
  g_assert_cmpuint (json_array_get_length (entries_of (one)), ==, 1);
  g_assert_true (json_object_get_boolean_member (json_node_get_object (one->json), "more"));
  entry = json_array_get_object_element (entries_of (one), 0);
  g_assert_cmpstr (json_object_get_string_member (entry, "field"), ==, "city");
  g_assert_cmpstr (json_object_get_string_member (entry, "before"), ==, "Pune");
  g_assert_cmpstr (json_object_get_string_member (entry, "after"), ==, "Goa");
  g_assert_cmpstr (json_object_get_string_member (entry, "author_id"), ==, self->manager);
  g_assert_nonnull (json_object_get_string_member (entry, "author"));
  g_assert_cmpstr (json_object_get_string_member (entry, "device"), ==, "Test");
  g_assert_false (json_object_has_member (entry, "entity"));

  /* A commit comes whole: three fields, then the making. */
  rest = ask_history (kam, "entity=lead&id=%s&limit=1&before=%" G_GINT64_FORMAT, lead, json_object_get_int_member (entry, "seq"));
  g_assert_cmpuint (json_array_get_length (entries_of (rest)), ==, 3);
  entry = json_array_get_object_element (entries_of (rest), 0);
  g_assert_cmpint (json_object_get_int_member (entry, "after"), ==, 7);
  g_assert_true (json_object_get_null_member (entry, "before"));
  entry = json_array_get_object_element (entries_of (rest), 2);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (entry, "after")), ==, 2);
  seq = json_object_get_int_member (entry, "seq");
  g_clear_pointer (&rest, kam_test_reply_free);
  rest = ask_history (kam, "entity=lead&id=%s&before=%" G_GINT64_FORMAT, lead, seq);
  g_assert_cmpuint (json_array_get_length (entries_of (rest)), ==, 1);
  g_assert_true (json_object_get_null_member (json_array_get_object_element (entries_of (rest), 0), "field"));
  g_assert_false (json_object_get_boolean_member (json_node_get_object (rest->json), "more"));

  all = ask_history (manager, "entity=lead&id=%s&all=1", lead);
  entry = json_array_get_object_element (entries_of (all), 0);
  g_assert_cmpstr (json_object_get_string_member (entry, "entity"), ==, "contact");
  g_assert_cmpstr (json_object_get_string_member (entry, "id"), ==, contact);
  g_assert_cmpuint (json_array_get_length (entries_of (all)), >=, 6);

  of_contact = ask_history (manager, "entity=contact&id=%s", contact);
  g_assert_cmpuint (json_array_get_length (entries_of (of_contact)), ==, 1);
}

/* One answer for what is not theirs and what is not there. */
static void
test_history_foreign (Fixture       *self,
                      gconstpointer  data)
{
  g_autoptr (KamTestClient) kam = kam_test_client_new (self->server, "kam1@kam.test");
  g_autoptr (KamTestClient) stranger = kam_test_client_new (self->server, "kam2@kam.test");
  g_autofree char *lead = kam_test_client_add_lead (kam, "History", self->kams[0]);
  g_autoptr (KamTestReply) foreign = ask_history (stranger, "entity=lead&id=%s", lead);
  g_autoptr (KamTestReply) all = ask_history (stranger, "entity=lead&id=%s&all=1", lead);
  g_autoptr (KamTestReply) nothing = ask_history (stranger, "entity=lead&id=" NOTHING);
  g_autoptr (KamTestReply) user = ask_history (stranger, "entity=user&id=%s", self->kams[0]);

  kam_test_assert_problem (foreign, 404, "not_found");
  kam_test_assert_problem (all, 404, "not_found");
  kam_test_assert_problem (nothing, 404, "not_found");
  g_assert_cmpstr (kam_test_reply_text (foreign, "detail"), ==, kam_test_reply_text (nothing, "detail"));
  g_assert_cmpuint (user->status, ==, 200);
}

static void
test_history_queries (Fixture       *self,
                      gconstpointer  data)
{
  g_autofree char *token = sign_in (self, "kam1@kam.test", LAPTOP, "Laptop");
  const char *const queries[] = {
    "", "?entity=lead", "?id=" NOTHING, "?entity=dragon&id=" NOTHING, "?entity=lead&id=nonsense", "?entity=lead&id=" NOTHING "&limit=0",
    "?entity=lead&id=" NOTHING "&limit=501", "?entity=lead&id=" NOTHING "&limit=x", "?entity=lead&id=" NOTHING "&before=0",
    "?entity=lead&id=" NOTHING "&before=-1", "?entity=lead&id=" NOTHING "&all=2", "?entity=contact&id=" NOTHING "&all=1",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (queries); i++)
    {
      g_autofree char *path = g_strconcat ("/v1/history", queries[i], NULL);

      expect (self, "GET", path, token, NULL, 400, "bad_request");
    }
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  mariadb = kam_test_mariadb_new ();

  ADD ("/devices/credentials", test_credentials);
  ADD ("/devices/list-and-end", test_devices);
  ADD ("/devices/seen", test_seen);
  ADD ("/history/entries", test_history);
  ADD ("/history/foreign", test_history_foreign);
  ADD ("/history/queries", test_history_queries);

  status = g_test_run ();
  kam_test_mariadb_free (mariadb);

  return status;
}
