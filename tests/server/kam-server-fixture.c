/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-server-fixture.h"

#include "kam-push-client.h"

static KamTestMariadb *mariadb;

void
fixture_start (int    *argc,
               char ***argv)
{
  g_test_init (argc, argv, NULL);
  mariadb = kam_test_mariadb_new ();
}

void
fixture_stop (void)
{
  kam_test_mariadb_free (mariadb);
}

int
fixture_run (void)
{
  int result = g_test_run ();

  fixture_stop ();

  return result;
}

KamRow *
fixture_make_user (const char *id,
                   const char *name,
                   const char *role,
                   const char *manager_id)
{
  KamRow *user = kam_row_new (KAM_ENTITY_USER, id);
  g_autofree char *email = g_strdup_printf ("%s@kam.test", name);

  kam_row_set_text (user, KAM_USER_NAME, name);
  kam_row_set_text (user, KAM_USER_EMAIL, email);
  kam_row_set_text (user, KAM_USER_ROLE, role);
  kam_row_set_text (user, KAM_USER_MANAGER, manager_id);
  kam_row_set_text (user, KAM_USER_TIME_ZONE, "Asia/Kolkata");
  kam_row_set_int (user, KAM_USER_WORK_DAYS, 63);
  kam_row_set_int (user, KAM_USER_ACTIVE, 1);

  return user;
}

typedef struct
{
  KamRow *user;
  gint64  now_us;
} Put;

static gboolean
put_user (KamDb         *db,
          gpointer       data,
          GCancellable  *cancellable,
          GError       **error)
{
  Put *put = data;

  return kam_people_put (db, put->user, put->now_us, error);
}

void
fixture_put_user (Fixture *self,
                  KamRow  *user)
{
  Put put = { .user = user, .now_us = self->now_us };
  g_autoptr (GError) error = NULL;

  kam_db_transact (self->db, KAM_DB_READ_WRITE, put_user, &put, NULL, &error);
  g_assert_no_error (error);
}

void
fixture_set_up (Fixture       *self,
                gconstpointer  data)
{
  static const struct
  {
    const char *name;
    const char *role;
    int         manager;
  } people[N_PEOPLE] = {
    [ADMIN] = { "admin", "admin", -1 },         [MANAGER] = { "manager", "manager", ADMIN },
    [KAM1] = { "kam1", "kam", MANAGER },        [KAM2] = { "kam2", "kam", MANAGER },
    [OTHER_MANAGER] = { "other", "manager", ADMIN }, [KAM3] = { "kam3", "kam", OTHER_MANAGER },
  };

  self->options = kam_test_mariadb_migrated (mariadb);
  self->db = kam_test_mariadb_connect (self->options);
  self->now_us = FIXTURE_NOW;

  for (int i = 0; i < N_PEOPLE; i++)
    {
      g_autofree char *id = kam_id_new (self->now_us);
      g_autoptr (KamRow) user = fixture_make_user (id, people[i].name, people[i].role, people[i].manager >= 0 ? self->people[people[i].manager] : NULL);

      g_strlcpy (self->people[i], id, sizeof self->people[i]);
      fixture_put_user (self, user);
    }
}

void
fixture_tear_down_by_hand (Fixture       *self,
                           gconstpointer  data)
{
  g_clear_pointer (&self->db, kam_db_close);
}

void
fixture_tear_down (Fixture       *self,
                   gconstpointer  data)
{
  fixture_tear_down_by_hand (self, data);

  if (self->by_hand)
    return;

  kam_test_mariadb_assert_clean (self->options, self->now_us);
}

void
fixture_exec (Fixture    *self,
              const char *sql)
{
  g_autoptr (GError) error = NULL;

  kam_db_exec (self->db, sql, NULL, 0, NULL, &error);
  g_assert_no_error (error);
}

gint64
fixture_count (Fixture    *self,
               const char *sql)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KamDbRows) row = NULL;

  kam_db_query_row (self->db, sql, NULL, 0, &row, &error);
  g_assert_no_error (error);
  g_assert_nonnull (row);

  return kam_db_rows_int (row, 0);
}

KamRow *
fixture_find (Fixture       *self,
              KamEntityKind  kind,
              const char    *id)
{
  g_autoptr (GError) error = NULL;
  KamRow *row = kam_rows_find (self->db, kind, id, &error);

  g_assert_no_error (error);

  return row;
}

char *
fixture_add_lead (Fixture       *self,
                  FixturePerson  person,
                  const char    *name)
{
  g_autoptr (PushClient) client = push_client_new (self, person);
  char *id = push_client_new_id (client);

  push_client_add (client, "put", "lead", id, 0, "{'name': [null, '%s'], 'kam_id': [null, '%s'], 'status': [null, 'new'], 'time_zone': [null, 'Asia/Kolkata']}",
                   name,
                   self->people[person]);
  push_client_expect (client, KAM_RESULT_APPLIED, NULL);

  return id;
}
