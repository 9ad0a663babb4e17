/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-org-repository.h"
#include "kam-people-repository.h"
#include "kam-row-repository.h"
#include "kam-sample-loader.h"
#include "kam-test-mariadb.h"

#include <string.h>

#define NOW 1767225600000000

static KamTestMariadb *mariadb;

typedef struct
{
  KamDb *db;
  guint  n_rows;
} Compare;

static gboolean
compare_row (KamRow   *row,
             guint     leads_done,
             gpointer  data,
             GError  **error)
{
  Compare *compare = data;
  g_autoptr (KamRow) found = kam_rows_find (compare->db, kam_row_kind (row), kam_row_id (row), error);

  g_assert_nonnull (found);
  g_assert_cmpint (kam_row_rev (found), >, 0);
  kam_row_set_rev (found, kam_row_rev (row));
  g_assert_true (kam_row_equal (found, row));
  compare->n_rows++;

  return TRUE;
}

static void
progress_cb (guint    done,
             guint    total,
             gpointer user_data)
{
  guint *last = user_data;

  g_assert_cmpuint (done, >=, *last);
  g_assert_cmpuint (total, ==, 300);
  *last = done;
}

static gint64
count (KamDb      *db,
       const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KamDbRows) row = NULL;

  kam_db_query_row (db, sql, NULL, 0, &row, &error);
  g_assert_no_error (error);

  return kam_db_rows_int (row, 0);
}

static void
test_load (void)
{
  g_autoptr (KamDb) db = kam_test_mariadb_connect (kam_test_mariadb_migrated (mariadb));
  KamSampleOptions options = { .leads = 300, .kams = 9, .seed = 3, .now_us = NOW };
  g_autoptr (KamPerson) person = NULL;
  g_autoptr (GError) error = NULL;
  Compare compare = { .db = db };
  guint last = 0;
  KamOrg org;

  kam_sample_load (db, &options, "hash", progress_cb, &last, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (last, ==, 300);
  kam_sample_generate (&options, compare_row, &compare, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (compare.n_rows, >, 3000);
  g_assert_true (kam_org_read (db, &org, &error));
  g_assert_true (org.is_sample);

  /* Signed in by the given hash; a manager above each; read by those above. */
  person = kam_people_find_by_email (db, "kam1@kam.test", &error);
  g_assert_cmpstr (person->password_hash, ==, "hash");
  g_assert_cmpint (count (db, "SELECT COUNT(*) FROM user u LEFT JOIN user m ON m.id = u.manager_id WHERE u.role = 'kam' AND m.role IS NULL"), ==, 0);
  g_assert_cmpint (count (db, "SELECT COUNT(*) FROM `lead` l WHERE (SELECT COUNT(*) FROM grants g WHERE g.scope_id = l.scope_id) < 3"), ==, 0);
  g_assert_cmpint (count (db, "SELECT COUNT(*) FROM interaction i JOIN `lead` l ON l.id = i.lead_id WHERE i.scope_id <> l.scope_id"), ==, 0);

  /* What rules say of the rows is what the rows say. */
  g_assert_cmpint (count (db, "SELECT COUNT(*) FROM `lead` l WHERE l.status IN ('new', 'contacted') AND EXISTS (SELECT 1 FROM interaction i "
                              "WHERE i.lead_id = l.id AND i.kind = 'order' AND i.state = 'done')"),
                   ==, 0);

  /* Never into a database that is in use. */
  g_assert_false (kam_sample_load (db, &options, "hash", NULL, NULL, &error));
  g_assert_error (error, KAM_DB_ERROR, KAM_DB_ERROR_CONSTRAINT);
}

int
main (int   argc,
      char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);
  mariadb = kam_test_mariadb_new ();
  g_test_add_func ("/sample-loader/load", test_load);
  result = g_test_run ();
  kam_test_mariadb_free (mariadb);

  return result;
}
