/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-migrate.h"
#include "kam-org-repository.h"
#include "kam-test-mariadb.h"

#include <string.h>

#define NOW 1767225600000000

static KamTestMariadb *mariadb;

static void
exec (KamDb      *db,
      const char *sql)
{
  g_autoptr (GError) error = NULL;

  kam_db_exec (db, sql, NULL, 0, NULL, &error);
  g_assert_no_error (error);
}

static void
assert_version_error (KamDb      *db,
                      const char *advice)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (kam_migrate_check (db, &error));
  g_assert_error (error, KAM_DB_ERROR, KAM_DB_ERROR_VERSION);
  g_assert_nonnull (strstr (error->message, advice));
}

static void
test_from_nothing (void)
{
  g_autoptr (KamDb) db = kam_test_mariadb_connect (kam_test_mariadb_fresh (mariadb));
  g_autoptr (GError) error = NULL;
  KamOrg org, again;

  assert_version_error (db, "kam-server init");
  g_assert_true (kam_migrate_run (db, NOW, &error));
  g_assert_no_error (error);
  g_assert_true (kam_migrate_check (db, &error));
  g_assert_true (kam_org_read (db, &org, &error));
  g_assert_true (kam_id_is_valid (org.server_id));
  g_assert_cmpint (org.head, ==, 0);

  /* Twice changes nothing. */
  g_assert_true (kam_migrate_run (db, NOW + 1, &error));
  g_assert_true (kam_org_read (db, &again, &error));
  g_assert_cmpstr (org.server_id, ==, again.server_id);
  g_assert_cmpstr (org.epoch, ==, again.epoch);
  g_assert_cmpmem (org.secret, sizeof org.secret, again.secret, sizeof again.secret);
}

static void
test_other_version (void)
{
  g_autoptr (KamDb) db = kam_test_mariadb_connect (kam_test_mariadb_migrated (mariadb));
  g_autoptr (GError) error = NULL;

  exec (db, "UPDATE schema_version SET version = version + 1");
  assert_version_error (db, "newer program");
  g_assert_false (kam_migrate_run (db, NOW, &error));
  g_assert_error (error, KAM_DB_ERROR, KAM_DB_ERROR_VERSION);

  exec (db, "UPDATE schema_version SET version = 0, step = 3");
  assert_version_error (db, "kam-server migrate");
}

/* As a crash leaves it: a statement has run, but its note has not been written. */
static void
test_after_crash (void)
{
  g_autoptr (KamDb) db = kam_test_mariadb_connect (kam_test_mariadb_migrated (mariadb));
  g_autoptr (GError) error = NULL;

  exec (db, "DROP TABLE interaction, conflict");
  exec (db, "UPDATE schema_version SET version = 0, step = 5, holder = UNHEX(REPEAT('00', 16)), held_until = 1767225600000001");
  g_assert_false (kam_migrate_run (db, NOW, &error));
  g_assert_error (error, KAM_DB_ERROR, KAM_DB_ERROR_BUSY);
  g_clear_error (&error);

  g_assert_true (kam_migrate_run (db, NOW + 2, &error));
  g_assert_no_error (error);
  g_assert_true (kam_migrate_check (db, &error));
  exec (db, "SELECT order_value FROM interaction");
}

static const char *
column_type (const KamField *field)
{
  if (field->type == KAM_TYPE_ID)
    return "binary";

  if (field->type == KAM_TYPE_INSTANT || field->type == KAM_TYPE_MONEY)
    return "bigint";

  return kam_field_is_number (field) ? "int" : "text";
}

static void
check_column (KamDb           *db,
              const KamEntity *entity,
              const KamField  *field)
{
  KamParam params[] = { KAM_PARAM_TEXT (entity->name), KAM_PARAM_TEXT (field->name) };
  g_autoptr (KamDbRows) row = NULL;
  g_autoptr (GError) error = NULL;
  const char *type;

  kam_db_query_row (db,
                    "SELECT data_type, CAST(COALESCE(character_maximum_length, 0) AS SIGNED), is_nullable FROM information_schema.columns "
                    "WHERE table_schema = DATABASE() AND table_name = ? AND column_name = ?",
                    params, 2, &row, &error);
  g_assert_no_error (error);

  if (row == NULL)
    g_error ("The field table has %s.%s, the migrations don't: add a migration", entity->name, field->name);

  type = kam_db_rows_text (row, 0);

  if (g_str_equal (column_type (field), "text"))
    g_assert_cmpint (kam_db_rows_int (row, 1), >=, g_str_equal (type, "varchar") ? field->most : field->most * 4);
  else
    g_assert_cmpstr (type, ==, column_type (field));

  g_assert_cmpstr (kam_db_rows_text (row, 2), ==, (field->flags & KAM_FIELD_REQUIRED) != 0 ? "NO" : "YES");
}

/* A new field is one line in the field table and one migration: this fails where the second is forgotten. */
static void
test_columns (void)
{
  g_autoptr (KamDb) db = kam_test_mariadb_connect (kam_test_mariadb_migrated (mariadb));

  for (int kind = 0; kind < KAM_N_ENTITIES; kind++)
    {
      const KamEntity *entity = kam_entity_get ((KamEntityKind) kind);

      for (guint i = 0; i < entity->n_fields; i++)
        check_column (db, entity, &entity->fields[i]);
    }
}

int
main (int   argc,
      char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);
  mariadb = kam_test_mariadb_new ();

  g_test_add_func ("/migrate/from-nothing", test_from_nothing);
  g_test_add_func ("/migrate/other-version", test_other_version);
  g_test_add_func ("/migrate/after-crash", test_after_crash);
  g_test_add_func ("/migrate/columns", test_columns);

  result = g_test_run ();
  kam_test_mariadb_free (mariadb);

  return result;
}
