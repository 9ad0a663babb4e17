/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-audit.h"
#include "kam-push-client.h"

#include <string.h>

#define PLAN "'kind': [null, 'call'], 'state': [null, 'planned'], 'local_date': [null, '2026-01-05'], " \
  "'time_zone': [null, 'Asia/Kolkata'], 'dated_by': [null, 'person']"
#define CALL "'kind': [null, 'call'], 'state': [null, 'done'], 'starts_at': [null, '2025-12-31T10:00:00.000000Z'], " \
  "'outcome': [null, 'reached']"

/* One way to damage a database, and the one rule that sees it. */
typedef struct
{
  const char *path;
  const char *rule;
  const char *sql[3];
} Damage;

#define ONE_LEAD "(SELECT `id` FROM (SELECT `id` FROM `lead` WHERE `name` = 'One') x)"
#define TWO_LEAD "(SELECT `id` FROM (SELECT `id` FROM `lead` WHERE `name` = 'Two') x)"
#define HEAD "(SELECT `head` FROM `org`)"
#define SOME "X'01890000000070008000000000000099'"
#define RULES "/check/"

static const Damage damages[] = {
  { RULES "organisation", "organisation",
    { "INSERT INTO `org` SELECT 2, `server_id`, `epoch`, `head`, `durable`, `secret`, `is_sample` FROM `org`" } },
  { RULES "durable/ahead", "durable", { "UPDATE `org` SET `durable` = `head` + 1" } },
  { RULES "rev/row", "rev", { "UPDATE `contact` SET `rev` = " HEAD " + 5 WHERE `name` = 'Boss'" } },
  { RULES "rev/never-written", "rev", { "UPDATE `lead` SET `rev` = 0 WHERE `name` = 'Moved'" } },
  { RULES "rev/commit", "rev", { "INSERT INTO `commit_log` VALUES (" HEAD " + 1, " SOME ", 0)" } },
  { RULES "rev/touch", "rev", { "INSERT INTO `commit_scope` VALUES (" HEAD " + 1, " SOME ")" } },
  { RULES "rev/tombstone", "rev", { "INSERT INTO `tombstone` VALUES (" SOME ", " HEAD " + 1, " SOME ", 'lead', 'moved')" } },
  { RULES "rev/grant", "rev", { "UPDATE `grants` SET `since_seq` = " HEAD " + 1 LIMIT 1" } },
  { RULES "rev/history", "rev", { "UPDATE `history` SET `seq` = " HEAD " + 1 WHERE `field` = 'city'" } },
  { RULES "commits/gap", "commits", { "DELETE FROM `commit_log` WHERE `seq` = 3" } },
  { RULES "commits/newest", "commits", { "DELETE FROM `commit_log` WHERE `seq` = " HEAD } },
  { RULES "nonces", "nonces",
    { "UPDATE `commit_log` SET `nonce` = (SELECT `nonce` FROM (SELECT `nonce` FROM `commit_log` WHERE `seq` = 1) x) WHERE `seq` = 2" } },
  { RULES "touches/row", "touches", { "DELETE s FROM `commit_scope` s JOIN `lead` l ON l.`rev` = s.`seq` WHERE l.`name` = 'Moved'" } },
  { RULES "touches/tombstone", "touches",
    { "DELETE s FROM `commit_scope` s JOIN `tombstone` t ON t.`rev` = s.`seq` AND t.`scope_id` = s.`scope_id`" } },
  { RULES "tombstones/kind", "tombstones", { "UPDATE `tombstone` SET `kind` = 'lost'" } },
  { RULES "tombstones/entity", "tombstones", { "UPDATE `tombstone` SET `entity` = 'cafe'" } },
  { RULES "evictions/row", "evictions",
    { "INSERT INTO `tombstone` SELECT `scope_id`, `rev`, `id`, 'contact', 'deleted' FROM `contact` WHERE `name` = 'Boss'" } },
  { RULES "evictions/of-lead", "evictions",
    { "INSERT INTO `tombstone` SELECT i.`scope_id`, i.`rev`, i.`lead_id`, 'lead', 'moved' FROM `interaction` i JOIN `lead` l ON l.`id` = i.`lead_id` "
      "AND l.`rev` > i.`rev` WHERE l.`name` = 'One' AND i.`state` = 'planned'" } },
  { RULES "grants/missing", "grants", { "DELETE FROM `grants` WHERE `until_seq` IS NULL LIMIT 1" } },
  { RULES "grants/ended", "grants", { "UPDATE `grants` SET `until_seq` = " HEAD " WHERE `until_seq` IS NULL LIMIT 1" } },
  { RULES "grants/too-much", "grants",
    { "INSERT INTO `grants` SELECT u.`id`, l.`scope_id`, 1, NULL FROM `user` u, `lead` l WHERE u.`name` = 'kam3' AND l.`name` = 'One'" } },
  { RULES "grant-spans/backwards", "grant-spans",
    { "INSERT INTO `grants` SELECT u.`id`, " SOME ", 4, 3 FROM `user` u WHERE u.`name` = 'kam3'" } },
  { RULES "grant-spans/twice", "grant-spans",
    { "INSERT INTO `grants` SELECT `user_id`, `scope_id`, `since_seq` + 1, NULL FROM `grants` WHERE `until_seq` IS NULL LIMIT 1" } },
  { RULES "managers", "managers",
    { "UPDATE `user` a JOIN `user` b SET a.`manager_id` = b.`id` WHERE a.`name` = 'free1' AND b.`name` = 'free2'",
      "UPDATE `user` a JOIN `user` b SET a.`manager_id` = b.`id` WHERE a.`name` = 'free2' AND b.`name` = 'free1'" } },
  { RULES "accounts/password", "accounts", { "INSERT INTO `credential` VALUES (" SOME ", 'x')" } },
  { RULES "accounts/device", "accounts", { "INSERT INTO `device` VALUES (" SOME ", " SOME ", 'x', 0, 0)" } },
  { RULES "accounts/client", "accounts", { "INSERT INTO `client` VALUES (" SOME ", " SOME ", " SOME ", 0, 0)" } },
  { RULES "accounts/session", "accounts",
    { "INSERT INTO `session` (`token_hash`, `user_id`, `device_id`, `created_at`, `expires_at`, `seen_at`) VALUES ('x', " SOME ", " SOME ", 0, 0, 0)" } },
  { RULES "mutations/acknowledged", "mutations", { "UPDATE `client` SET `acked_mid` = `last_mid` + 1 LIMIT 1" } },
  { RULES "mutations/after-the-last", "mutations", { "UPDATE `mutation_result` SET `mid` = `mid` + 100 ORDER BY `mid` DESC LIMIT 1" } },
  { RULES "mutations/missing", "mutations", { "DELETE FROM `mutation_result` LIMIT 1" } },
  { RULES "mutations/nobody", "mutations",
    { "INSERT INTO `mutation_result` SELECT " SOME ", 1, `content_hash`, `result`, NULL, NULL FROM `mutation_result` LIMIT 1" } },
  { RULES "results/unreadable", "results", { "UPDATE `mutation_result` SET `result` = '{' LIMIT 1" } },
  { RULES "results/too-new", "results", { "UPDATE `mutation_result` SET `result` = '{\"mid\":1,\"result\":\"applied\",\"rev\":99999}' LIMIT 1" } },
  { RULES "history/no-row", "history",
    { "INSERT INTO `history` (`row_id`, `seq`, `field`, `entity`, `at`) VALUES (" SOME ", 1, '', 'lead', 0)" } },
  { RULES "history/unknown", "history", { "UPDATE `history` SET `entity` = 'cafe' WHERE `field` = 'city'" } },
  { RULES "fields/choice", "fields", { "UPDATE `contact` SET `influence` = 'huge' WHERE `name` = 'Boss'" } },
  { RULES "fields/phone", "fields", { "UPDATE `lead` SET `phone` = '12 34' WHERE `name` = 'One'" } },
  { RULES "fields/number", "fields", { "UPDATE `user` SET `work_days` = 128 WHERE `name` = 'kam1'" } },
  { RULES "fields/together", "fields", { "UPDATE `interaction` SET `order_value` = 5 WHERE `state` = 'done' LIMIT 1" } },
  { RULES "references/author", "references", { "UPDATE `interaction` SET `author_id` = " SOME " WHERE `state` = 'done' LIMIT 1" } },
  { RULES "references/parent", "references", { "UPDATE `lead` SET `parent_id` = " SOME " WHERE `name` = 'One'" } },
  { RULES "people-scope", "people-scope",
    { "INSERT INTO `commit_scope` SELECT `rev`, " SOME " FROM `user` WHERE `name` = 'kam1'",
      "UPDATE `user` SET `scope_id` = " SOME " WHERE `name` = 'kam1'" } },
  { RULES "lead-scope", "lead-scope",
    { "INSERT INTO `commit_scope` SELECT `rev`, " SOME " FROM `lead` WHERE `name` = 'Alone'",
      "UPDATE `lead` l LEFT JOIN `lead_event` e ON e.`lead_id` = l.`id` SET l.`scope_id` = " SOME ", e.`scope_id` = " SOME " WHERE l.`name` = 'Alone'" } },
  { RULES "child-scope", "child-scope",
    { "INSERT INTO `commit_scope` SELECT `rev`, " SOME " FROM `contact` WHERE `name` = 'Boss'",
      "UPDATE `contact` SET `scope_id` = " SOME " WHERE `name` = 'Boss'" } },
  { RULES "conflict-scope", "conflict-scope",
    { "UPDATE `conflict` SET `lead_id` = NULL" } },
  { RULES "orphans", "orphans", { "UPDATE `contact` SET `lead_id` = " SOME " WHERE `name` = 'Single'" } },
  { RULES "same-lead/contact", "same-lead",
    { "UPDATE `interaction` SET `contact_id` = (SELECT `id` FROM `contact` WHERE `name` = 'Stranger') WHERE `lead_id` = " ONE_LEAD } },
  { RULES "same-lead/missing", "same-lead", { "UPDATE `interaction` SET `plan_id` = " SOME " WHERE `lead_id` = " ONE_LEAD " LIMIT 1" } },
  { RULES "same-lead/target", "same-lead", { "UPDATE `conflict` SET `target_id` = " SOME } },
  { RULES "same-lead/target-field", "same-lead", { "UPDATE `conflict` SET `field` = 'stars'" } },
  { RULES "reports-to", "reports-to",
    { "UPDATE `contact` a JOIN `contact` b SET a.`reports_to_id` = b.`id` WHERE a.`name` = 'Boss' AND b.`name` = 'Mate'" } },
  { RULES "parents", "parents",
    { "UPDATE `lead` a JOIN `lead` b SET a.`parent_id` = b.`id` WHERE a.`name` = 'One' AND b.`name` = 'Two'",
      "UPDATE `lead` a JOIN `lead` b SET a.`parent_id` = b.`id` WHERE a.`name` = 'Two' AND b.`name` = 'One'" } },
  { RULES "deletions", "deletions", { "UPDATE `contact` SET `delete_id` = NULL WHERE `name` = 'Gone'" } },
  { RULES "status/new", "status", { "UPDATE `lead` SET `status` = 'new' WHERE `name` = 'One'" } },
  { RULES "status/active", "status", { "UPDATE `lead` SET `status` = 'active' WHERE `name` = 'Two'" } },
  { RULES "plans/of-inactive", "plans",
    { "UPDATE `interaction` i JOIN `lead` l ON l.`id` = i.`lead_id` SET i.`state` = 'planned', i.`cancelled_by` = NULL WHERE l.`name` = 'Asleep'" } },
  { RULES "plans/of-active", "plans",
    { "UPDATE `interaction` SET `state` = 'cancelled', `cancelled_by` = `lead_id` WHERE `state` = 'planned' LIMIT 1" } },
  { RULES "primary", "primary", { "UPDATE `contact` SET `is_primary` = 1 WHERE `lead_id` = " ONE_LEAD } },
};

/* A database with something of everything. */
static Fixture world;

static char *
add (PushClient *client,
     const char *entity,
     const char *lead,
     const char *set) /* without the lead */
{
  char *id = push_client_new_id (client);

  push_client_add (client, "put", entity, id, 0, "{'lead_id': [null, '%s'], %s}", lead, set);
  push_client_expect (client, KAM_RESULT_APPLIED, NULL);

  return id;
}

static void
change (PushClient    *client,
        const char    *op,
        const char    *id,
        const char    *set,
        KamResultKind  kind)
{
  push_client_add (client, op, "lead", id, 999, "%s", set);
  push_client_expect (client, kind, NULL);
}

static void
add_person (const char *name)
{
  g_autofree char *id = kam_id_new (world.now_us);
  g_autoptr (KamRow) user = fixture_make_user (id, name, "kam", NULL);

  fixture_put_user (&world, user);
}

static void
fill (void)
{
  g_autoptr (PushClient) kam = push_client_new (&world, KAM1);
  g_autoptr (PushClient) manager = push_client_new (&world, MANAGER);
  g_autofree char *one = fixture_add_lead (&world, KAM1, "One");
  g_autofree char *two = fixture_add_lead (&world, KAM1, "Two");
  g_autofree char *asleep = fixture_add_lead (&world, KAM1, "Asleep");
  g_autofree char *gone = fixture_add_lead (&world, KAM1, "Gone");
  g_autofree char *moved = fixture_add_lead (&world, KAM1, "Moved");
  g_autofree char *alone = fixture_add_lead (&world, KAM3, "Alone");
  g_autofree char *boss = add (kam, "contact", one, "'name': [null, 'Boss'], 'is_primary': [null, true]");
  g_autofree char *report = g_strdup_printf ("'name': [null, 'Mate'], 'reports_to_id': [null, '%s']", boss);
  g_autofree char *call = g_strdup_printf (CALL ", 'contact_id': [null, '%s']", boss);
  g_autofree char *take = g_strdup_printf ("{'kam_id': ['%s', '%s']}", world.people[KAM1], world.people[KAM2]);
  g_autoptr (GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);

  add_person ("free1");
  add_person ("free2");
  g_ptr_array_add (ids, add (kam, "contact", one, report));
  g_ptr_array_add (ids, add (kam, "contact", two, "'name': [null, 'Stranger']"));
  g_ptr_array_add (ids, add (kam, "contact", two, "'name': [null, 'Single']"));
  g_ptr_array_add (ids, add (kam, "contact", gone, "'name': [null, 'Gone']"));
  g_ptr_array_add (ids, add (kam, "contact", moved, "'name': [null, 'Moved']"));
  g_ptr_array_add (ids, add (kam, "interaction", one, PLAN));
  g_ptr_array_add (ids, add (kam, "interaction", one, call));
  g_ptr_array_add (ids, add (kam, "interaction", asleep, PLAN));
  change (kam, "put", asleep, "{'status': ['new', 'inactive'], 'status_reason': [null, 'closed']}", KAM_RESULT_APPLIED);
  change (kam, "delete", gone, "{'delete_id': [null, '01890000-0000-7000-8000-0000000000aa']}", KAM_RESULT_APPLIED);
  change (kam, "put", one, "{'city': [null, 'Pune']}", KAM_RESULT_APPLIED);
  change (manager, "put", one, "{'city': [null, 'Goa']}", KAM_RESULT_CONFLICT);
  change (manager, "put", moved, take, KAM_RESULT_APPLIED);
}

static void
begin (void)
{
  fixture_exec (&world, "START TRANSACTION");
}

static void
roll_back (void)
{
  fixture_exec (&world, "ROLLBACK");
}

/* Exactly this rule is broken, with examples; NULL: none. */
static void
expect (const char *rule)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KamAudit) audit = kam_audit_look (world.db, world.now_us, &error);

  g_assert_no_error (error);

  for (guint i = 0; i < audit->invariants->len; i++)
    {
      const KamInvariant *invariant = g_ptr_array_index (audit->invariants, i);

      if (invariant->count > 0)
        g_test_message ("%s: %s", invariant->name, (const char *) g_ptr_array_index (invariant->examples, 0));

      g_assert_cmpint (invariant->count > 0, ==, g_strcmp0 (invariant->name, rule) == 0);
      g_assert_cmpuint (invariant->examples->len, ==, MIN (invariant->count, KAM_AUDIT_EXAMPLES));
    }

  g_assert_cmpint (audit->n_findings == 0, ==, rule == NULL);
}

static void
test_damage (gconstpointer data)
{
  const Damage *damage = data;

  begin ();

  for (gsize i = 0; i < G_N_ELEMENTS (damage->sql) && damage->sql[i] != NULL; i++)
    fixture_exec (&world, damage->sql[i]);

  expect (damage->rule);
  roll_back ();
}

static void
test_clean (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KamAudit) audit = kam_audit_run (world.db, world.now_us, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (audit->n_findings, ==, 0);
  g_assert_cmpuint (audit->n_rows, >, 30);
  g_assert_cmpint (audit->head, ==, fixture_count (&world, "SELECT `head` FROM `org`"));
}

/* Each rule has a damage that it sees. */
static void
test_every_rule (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KamAudit) audit = kam_audit_run (world.db, world.now_us, &error);

  g_assert_no_error (error);

  for (guint i = 0; i < audit->invariants->len; i++)
    {
      const KamInvariant *invariant = g_ptr_array_index (audit->invariants, i);
      gboolean seen = FALSE;

      for (gsize j = 0; j < G_N_ELEMENTS (damages); j++)
        seen = seen || strcmp (damages[j].rule, invariant->name) == 0;

      if (!seen)
        g_test_message ("%s has no test", invariant->name);

      g_assert_true (seen);
    }
}

/* More than fit into one piece. */
static void
test_many (void)
{
  begin ();
  fixture_exec (&world, "INSERT INTO `lead` (`id`, `rev`, `scope_id`, `name`, `status`, `kam_id`, `time_zone`) "
                        "SELECT UNHEX(CONCAT('01890000000070008000', LPAD(HEX(s.`seq`), 12, '0'))), l.`rev`, l.`scope_id`, 'Many', 'new', "
                        "l.`kam_id`, 'Asia/Kolkata' "
                        "FROM `seq_1_to_450` s, `lead` l WHERE l.`name` = 'One'");
  expect (NULL);
  fixture_exec (&world, "UPDATE `lead` SET `status` = 'contacted' WHERE `name` = 'Many'");
  expect ("status");
  roll_back ();
}

int
main (int    argc,
      char **argv)
{
  int result;

  fixture_start (&argc, &argv);
  g_test_set_nonfatal_assertions ();
  fixture_set_up (&world, NULL);
  fill ();
  g_test_add_func ("/check/clean", test_clean);
  g_test_add_func ("/check/every-rule", test_every_rule);
  g_test_add_func ("/check/many", test_many);

  for (gsize i = 0; i < G_N_ELEMENTS (damages); i++)
    g_test_add_data_func (damages[i].path, &damages[i], test_damage);

  result = g_test_run ();
  fixture_tear_down (&world, NULL);
  fixture_stop ();

  return result;
}
