/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-id.h"
#include "kam-json.h"
#include "kam-test-client.h"
#include "kam-test-mariadb.h"

/* What a device had not sent when it was signed out, from the receipt to what an administrator makes of it. */

#define LAPTOP "01890000-0000-7000-8000-000000000011"
#define OUTBOX "01890000-0000-7000-8000-0000000000cc"
#define OTHER_OUTBOX "01890000-0000-7000-8000-0000000000dd"
#define AT "\"at\":\"2026-01-01T00:00:00.000000Z\""

typedef struct
{
  const KamDbOptions *database;
  KamTestServer      *server;
  KamDb              *db;        /* (owned) */
  char               *admin;     /* (owned) */
  char               *manager;   /* (owned) */
  char               *kams[2];   /* (owned) */
  char               *server_id; /* (owned) */
  char               *token;     /* (owned): of kam1’s laptop, revoked */
  char               *lead;      /* (owned): kam1’s, and then kam2’s */
} Fixture;

static KamTestMariadb *mariadb;

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

static char *
sign_in (Fixture    *self,
         const char *email,
         const char *device)
{
  g_autofree char *body = g_strdup_printf ("{\"email\":\"%s\",\"password\":\"" KAM_TEST_PASSWORD "\",\"device\":{\"id\":\"%s\",\"name\":\"Laptop\"}}", email,
                                           device);
  g_autoptr (KamTestReply) reply = kam_test_request (self->server, "POST", "/v1/session", NULL, body);

  g_assert_cmpuint (reply->status, ==, 201);

  return g_strdup (kam_test_reply_text (reply, "token"));
}

/* kam1 has left: their lead is kam2’s by now, and what is on their laptop was not sent. */
static void
deactivate (Fixture *self)
{
  g_autoptr (KamTestClient) manager = kam_test_client_new (self->server, "manager@kam.test");
  g_autofree char *move = g_strdup_printf ("{\"kam_id\":[\"%s\",\"%s\"]}", self->kams[0], self->kams[1]);

  kam_test_client_set (manager, "lead", self->lead, move);
  g_assert_cmpint (kam_test_server_command (self->database, NULL, NULL, NULL, "user", "deactivate", "kam1@kam.test", NULL), ==, 0);
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  g_autoptr (KamTestReply) hello = NULL;
  g_autoptr (KamTestClient) kam = NULL;

  self->database = kam_test_mariadb_migrated (mariadb);
  self->admin = kam_test_add_person (self->database, "admin@kam.test", "admin", NULL);
  self->manager = kam_test_add_person (self->database, "manager@kam.test", "manager", self->admin);
  self->kams[0] = kam_test_add_person (self->database, "kam1@kam.test", "kam", self->manager);
  self->kams[1] = kam_test_add_person (self->database, "kam2@kam.test", "kam", self->manager);
  self->server = kam_test_server_new (self->database, NULL);
  self->db = kam_test_mariadb_connect (self->database);
  hello = kam_test_request (self->server, "GET", "/v1/hello", NULL, NULL);
  self->server_id = g_strdup (kam_test_reply_text (hello, "server_id"));
  self->token = sign_in (self, "kam1@kam.test", LAPTOP);
  kam = kam_test_client_new (self->server, "kam1@kam.test");
  self->lead = kam_test_client_add_lead (kam, "Left", self->kams[0]);
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
  g_clear_pointer (&self->token, g_free);
  g_clear_pointer (&self->lead, g_free);
}

static KamTestReply *
hand_in (Fixture    *self,
         const char *outbox,
         const char *mutations,
         gboolean    last)
{
  g_autofree char *body = g_strdup_printf ("{\"client_id\":\"%s\",\"schema\":1,\"server_id\":\"%s\",\"mutations\":[%s],\"last\":%s}", outbox,
                                           self->server_id, mutations, last ? "true" : "false");

  return kam_test_request (self->server, "POST", "/v1/quarantine", self->token, body);
}

static char *
edit (gint64      mid,
      const char *lead,
      const char *set)
{
  return g_strdup_printf ("{\"mid\":%" G_GINT64_FORMAT ",\"entity\":\"lead\",\"id\":\"%s\",\"op\":\"put\",\"base_rev\":1," AT ",\"set\":%s}", mid, lead, set);
}

static void
test_receipts (Fixture       *self,
               gconstpointer  data)
{
  g_autofree char *one = edit (1, self->lead, "{\"city\":[null,\"Goa\"],\"state\":[null,\"GA\"]}");
  g_autofree char *same = edit (1, self->lead, "{ \"city\": [ null, \"G\\u006fa\" ], \"state\": [null, \"GA\"] }");
  g_autofree char *other = edit (1, self->lead, "{\"city\":[null,\"Pune\"]}");
  g_autofree char *two = edit (2, self->lead, "{\"postcode\":[null,\"403001\"]}");
  g_autoptr (KamTestReply) first = NULL;
  g_autoptr (KamTestReply) again = NULL;
  g_autoptr (KamTestReply) last = NULL;
  g_autoptr (KamTestReply) forked = NULL;
  g_autoptr (KamTestReply) foreign = NULL;

  deactivate (self);
  first = hand_in (self, OUTBOX, one, FALSE);
  g_assert_cmpuint (first->status, ==, 200);
  g_assert_cmpint (kam_test_reply_int (first, "kept"), ==, 1);
  g_assert_cmpstr (kam_test_reply_text (first, "server_id"), ==, self->server_id);
  g_assert_true (kam_id_is_valid (kam_test_reply_text (first, "receipt")));
  again = hand_in (self, OUTBOX, same, FALSE);
  g_assert_cmpstr (kam_test_reply_text (again, "receipt"), ==, kam_test_reply_text (first, "receipt"));
  g_assert_cmpint (kam_test_reply_int (again, "kept"), ==, 1);
  g_assert_cmpint (count (self, "SELECT is_complete FROM quarantine"), ==, 0);
  last = hand_in (self, OUTBOX, two, TRUE);
  g_assert_cmpint (kam_test_reply_int (last, "kept"), ==, 2);
  g_assert_cmpint (count (self, "SELECT is_complete FROM quarantine"), ==, 1);

  forked = hand_in (self, OUTBOX, other, FALSE);
  kam_test_assert_problem (forked, 409, "client_forked");
  exec (self, "INSERT INTO client (id, user_id, device_id, last_mid, acked_mid) SELECT UNHEX('018900000000700080000000000000dd'), id, id, 0, 0 FROM user "
              "WHERE email = 'kam2@kam.test'");
  foreign = hand_in (self, OTHER_OUTBOX, two, TRUE);
  kam_test_assert_problem (foreign, 409, "client_forked");
  g_assert_cmpint (count (self, "SELECT COUNT(*) FROM quarantine_mutation"), ==, 2);

  /* Nothing has happened to the data. */
  g_assert_cmpint (count (self, "SELECT COUNT(*) FROM `lead` WHERE city IS NULL"), ==, 1);
}

static void
test_bad_requests (Fixture       *self,
                   gconstpointer  data)
{
  static const struct
  {
    const char *body; /* %s: the server's id */
    guint       status;
    const char *code;
  } cases[] = {
    { "", 400, "bad_json" },
    { "[]", 400, "bad_request" },
    { "{}", 400, "bad_request" },
    { "{\"client_id\":\"me\",\"schema\":1,\"server_id\":\"%s\",\"mutations\":[]}", 400, "bad_request" },
    { "{\"client_id\":\"" OUTBOX "\",\"schema\":0,\"server_id\":\"%s\",\"mutations\":[]}", 400, "bad_request" },
    { "{\"client_id\":\"" OUTBOX "\",\"schema\":1,\"server_id\":\"" OUTBOX "\",\"mutations\":[]}", 400, "bad_request" },
    { "{\"client_id\":\"" OUTBOX "\",\"schema\":1,\"server_id\":\"%s\",\"mutations\":{}}", 400, "bad_request" },
    { "{\"client_id\":\"" OUTBOX "\",\"schema\":1,\"server_id\":\"%s\",\"mutations\":[7]}", 400, "bad_request" },
    { "{\"client_id\":\"" OUTBOX "\",\"schema\":1,\"server_id\":\"%s\",\"mutations\":[{}]}", 400, "bad_request" },
    { "{\"client_id\":\"" OUTBOX "\",\"schema\":1,\"server_id\":\"%s\",\"mutations\":[{\"mid\":0}]}", 400, "bad_request" },
    { "{\"client_id\":\"" OUTBOX "\",\"schema\":1,\"server_id\":\"%s\",\"mutations\":[{\"mid\":2},{\"mid\":2}]}", 400, "bad_request" },
    { "{\"client_id\":\"" OUTBOX "\",\"schema\":1,\"server_id\":\"%s\",\"mutations\":[],\"last\":1}", 400, "bad_request" },
  };
  g_autoptr (GString) many = g_string_new (NULL);
  g_autoptr (KamTestReply) too_many = NULL;

  deactivate (self);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (GStrv) parts = g_strsplit (cases[i].body, "%s", 2);
      g_autofree char *body = g_strjoinv (self->server_id, parts);
      g_autoptr (KamTestReply) reply = kam_test_request (self->server, "POST", "/v1/quarantine", self->token, body);

      kam_test_assert_problem (reply, cases[i].status, cases[i].code);
    }

  for (int i = 1; i <= 501; i++)
    g_string_append_printf (many, "%s{\"mid\":%d}", i > 1 ? "," : "", i);
  too_many = hand_in (self, OUTBOX, many->str, TRUE);
  kam_test_assert_problem (too_many, 413, "too_large");
  g_assert_cmpint (count (self, "SELECT COUNT(*) FROM quarantine"), ==, 0);
}

/* So much and no more, over all outboxes of a person. */
static void
test_caps (Fixture       *self,
           gconstpointer  data)
{
  g_autofree char *one = edit (1, self->lead, "{\"city\":[null,\"Goa\"]}");
  g_autofree char *two = edit (2, self->lead, "{\"city\":[null,\"Goa\"]}");
  g_autoptr (KamTestReply) first = NULL;
  g_autoptr (KamTestReply) full = NULL;
  g_autoptr (KamTestReply) again = NULL;
  g_autoptr (KamTestReply) bytes = NULL;

  deactivate (self);
  first = hand_in (self, OUTBOX, one, FALSE);
  g_assert_cmpuint (first->status, ==, 200);
  exec (self, "INSERT INTO quarantine_mutation (quarantine_id, mid, content) SELECT q.id, s.seq, '{}' FROM quarantine q, seq_1001_to_10999 s");
  full = hand_in (self, OTHER_OUTBOX, two, FALSE);
  kam_test_assert_problem (full, 413, "too_large");

  /* What is there already takes no more room. */
  again = hand_in (self, OUTBOX, one, TRUE);
  g_assert_cmpuint (again->status, ==, 200);

  exec (self, "DELETE FROM quarantine_mutation WHERE mid > 1008");
  exec (self, "UPDATE quarantine_mutation SET content = REPEAT('x', 8 * 1024 * 1024) WHERE mid > 1000");
  bytes = hand_in (self, OUTBOX, two, FALSE);
  kam_test_assert_problem (bytes, 413, "too_large");
}

/* Counts of a run of the command. */
static void
apply (Fixture    *self,
       const char *receipt,
       const char *leads_to,
       const char *expected)
{
  g_autofree char *output = NULL;
  g_autofree char *errors = NULL;
  int status = leads_to != NULL
                   ? kam_test_server_command (self->database, NULL, &output, &errors, "quarantine", "apply", "--leads-to", leads_to, receipt, NULL)
                   : kam_test_server_command (self->database, NULL, &output, &errors, "quarantine", "apply", receipt, NULL);

  g_assert_cmpstr (errors, ==, "");
  g_assert_cmpint (status, ==, 0);
  g_assert_cmpstr (output, ==, expected);
}

/* What was under way when they left: an edit of a lead that is somebody else's now, a call, a new lead with its contact, and something impossible. */
static char *
hand_in_work (Fixture *self)
{
  g_autofree char *one = edit (1, self->lead, "{\"city\":[null,\"Goa\"]}");
  g_autofree char *five = edit (5, self->lead, "{\"wings\":[null,2]}");
  g_autofree char *lead = kam_id_new (g_get_real_time ());
  g_autofree char *contact = kam_id_new (g_get_real_time ());
  g_autofree char *call = kam_id_new (g_get_real_time ());
  g_autofree char *all = NULL;
  g_autoptr (KamTestReply) reply = NULL;

  all = g_strdup_printf ("%s,"
                         "{\"mid\":2,\"entity\":\"interaction\",\"id\":\"%s\",\"op\":\"put\",\"base_rev\":0," AT ",\"set\":{\"lead_id\":[null,\"%s\"],"
                         "\"kind\":[null,\"call\"],\"state\":[null,\"done\"],\"outcome\":[null,\"reached\"],\"starts_at\":[null,\"2026-01-01T00:00:00Z\"]}},"
                         "{\"mid\":3,\"entity\":\"lead\",\"id\":\"%s\",\"op\":\"put\",\"base_rev\":0," AT ",\"set\":{\"name\":[null,\"Begun\"],"
                         "\"kam_id\":[null,\"%s\"],\"status\":[null,\"new\"],\"time_zone\":[null,\"Asia/Kolkata\"]}},"
                         "{\"mid\":4,\"entity\":\"contact\",\"id\":\"%s\",\"op\":\"put\",\"base_rev\":0," AT ",\"set\":{\"lead_id\":[null,\"%s\"],"
                         "\"name\":[null,\"Chef\"]}},%s",
                         one, call, self->lead, lead, self->kams[0], contact, lead, five);
  reply = hand_in (self, OUTBOX, all, TRUE);
  g_assert_cmpuint (reply->status, ==, 200);

  return g_strdup (kam_test_reply_text (reply, "receipt"));
}

static void
test_left (Fixture       *self,
           gconstpointer  data)
{
  g_autofree char *receipt = NULL;
  g_autofree char *list = NULL;
  g_autofree char *show = NULL;
  gint64 head;

  exec (self, "UPDATE `lead` SET city = 'Pune'");
  deactivate (self);
  receipt = hand_in_work (self);
  g_assert_cmpint (kam_test_server_command (self->database, NULL, &list, NULL, "quarantine", "list", NULL), ==, 0);
  g_assert_true (g_str_has_prefix (list, receipt));
  g_assert_nonnull (strstr (list, "\tkam1@kam.test\tLaptop\t5\t5\tcomplete\n"));

  /* Whose the new lead is to be, somebody has to say: it waits, and its contact with it. */
  apply (self, receipt, NULL, "applied 1, merged 0, conflict 1, rejected 3\n");
  g_assert_cmpint (count (self, "SELECT COUNT(*) FROM `lead` WHERE city = 'Pune'"), ==, 1);
  g_assert_cmpint (count (self, "SELECT COUNT(*) FROM conflict WHERE mine = '\"Goa\"' AND lead_id IS NOT NULL"), ==, 1);
  g_assert_cmpint (count (self, "SELECT COUNT(*) FROM interaction i JOIN user u ON u.id = i.author_id WHERE u.email = 'kam1@kam.test'"), ==, 1);
  g_assert_cmpint (count (self, "SELECT COUNT(*) FROM `lead`"), ==, 1);

  apply (self, receipt, "kam2@kam.test", "applied 2, merged 0, conflict 0, rejected 1\n");
  g_assert_cmpint (count (self, "SELECT COUNT(*) FROM `lead` l JOIN user u ON u.id = l.kam_id WHERE u.email = 'kam2@kam.test' AND l.name = 'Begun'"), ==, 1);
  g_assert_cmpint (count (self, "SELECT COUNT(*) FROM contact c JOIN `lead` l ON l.id = c.lead_id AND l.scope_id = c.scope_id"), ==, 1);

  /* Once more does nothing more. */
  head = count (self, "SELECT head FROM org");
  apply (self, receipt, "kam2@kam.test", "applied 0, merged 0, conflict 0, rejected 1\n");
  g_assert_cmpint (count (self, "SELECT head FROM org"), ==, head);
  g_assert_cmpint (kam_test_server_command (self->database, NULL, &show, NULL, "quarantine", "show", receipt, NULL), ==, 0);
  g_assert_nonnull (strstr (show, "unknown_field"));

  g_assert_cmpint (kam_test_server_command (self->database, NULL, NULL, NULL, "quarantine", "drop", receipt, NULL), ==, 0);
  g_assert_cmpint (count (self, "SELECT COUNT(*) FROM quarantine_mutation"), ==, 0);
  g_assert_cmpint (kam_test_server_command (self->database, NULL, NULL, NULL, "quarantine", "apply", receipt, NULL), ==, 1);
  g_assert_cmpint (kam_test_server_command (self->database, NULL, NULL, NULL, "quarantine", "show", receipt, NULL), ==, 1);
  g_assert_cmpint (kam_test_server_command (self->database, NULL, NULL, NULL, "quarantine", "drop", receipt, NULL), ==, 1);
  g_assert_cmpint (kam_test_server_command (self->database, NULL, NULL, NULL, "quarantine", "drop", "nonsense", NULL), ==, 2);
}

/* A laptop is signed out, its person stays: their edits are theirs. What the laptop had sent before, without hearing so, does not come twice. */
static void
test_lost_device (Fixture       *self,
                  gconstpointer  data)
{
  g_autofree char *phone = sign_in (self, "kam1@kam.test", "01890000-0000-7000-8000-000000000099");
  g_autofree char *one = edit (1, self->lead, "{\"notes\":[null,\"Likes paneer\"]}");
  g_autofree char *two = edit (2, self->lead, "{\"city\":[null,\"Goa\"]}");
  g_autofree char *both = g_strconcat (one, ",", two, NULL);
  g_autofree char *push = g_strdup_printf ("{\"client_id\":\"" OUTBOX "\",\"schema\":1,\"sent_at\":\"2026-01-01T00:00:00.000000Z\",\"ack\":0,"
                                           "\"mutations\":[%s]}", one);
  g_autoptr (KamTestReply) sent = kam_test_request (self->server, "POST", "/v1/push", self->token, push);
  g_autoptr (KamTestReply) end = kam_test_request (self->server, "DELETE", "/v1/devices/" LAPTOP, phone, NULL);
  g_autoptr (KamTestReply) reply = NULL;

  g_assert_cmpuint (sent->status, ==, 200);
  g_assert_cmpuint (end->status, ==, 204);
  exec (self, "UPDATE `lead` SET notes = CONCAT(notes, ' and dosa')");
  reply = hand_in (self, OUTBOX, both, TRUE);
  g_assert_cmpint (kam_test_reply_int (reply, "kept"), ==, 2);
  apply (self, kam_test_reply_text (reply, "receipt"), NULL, "applied 2, merged 0, conflict 0, rejected 0\n");
  g_assert_cmpint (count (self, "SELECT COUNT(*) FROM `lead` WHERE notes = 'Likes paneer and dosa' AND city = 'Goa'"), ==, 1);
  g_assert_cmpint (count (self, "SELECT COUNT(*) FROM history h JOIN device d ON d.id = h.device_id WHERE h.field = 'city' AND d.name = 'Laptop'"), ==, 1);
}

/* A run that was cut short before it noted what it had done. */
static void
test_cut_short (Fixture       *self,
                gconstpointer  data)
{
  g_autofree char *receipt = NULL;
  gint64 head;

  deactivate (self);
  receipt = hand_in_work (self);
  apply (self, receipt, "kam2@kam.test", "applied 4, merged 0, conflict 0, rejected 1\n");
  head = count (self, "SELECT head FROM org");
  exec (self, "UPDATE quarantine_mutation SET result = NULL");
  exec (self, "UPDATE quarantine SET tries = 0");
  apply (self, receipt, "kam2@kam.test", "applied 4, merged 0, conflict 0, rejected 1\n");
  g_assert_cmpint (count (self, "SELECT head FROM org"), ==, head);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  mariadb = kam_test_mariadb_new ();

  ADD ("/quarantine/receipts", test_receipts);
  ADD ("/quarantine/bad-requests", test_bad_requests);
  ADD ("/quarantine/caps", test_caps);
  ADD ("/quarantine/fault-24-left", test_left);
  ADD ("/quarantine/fault-24-lost-device", test_lost_device);
  ADD ("/quarantine/fault-24-cut-short", test_cut_short);

  status = g_test_run ();
  kam_test_mariadb_free (mariadb);

  return status;
}
