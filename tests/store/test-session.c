/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-model-server.h"
#include "kam-test-ask.h"
#include "kam-test-store.h"
#include "kam-test-vfs.h"

#include <sqlite3.h>

/* A whole session of a client: the upgrade of an older cache, edits, pushes, pulls, against a server that is a model. It is broken off at each write in
 * turn, by a disk that fails, a full one, and a loss of power; then the program starts anew and syncs. Nothing may be lost, and nothing be there twice. */

#define SERVER_ID "019a2b3c-0000-7000-8000-00000000cccc"
#define OTHER_CLIENT "019a2b3c-0000-7000-8000-00000000dddd"
#define PAGE_ROWS 2
#define STEP 23

typedef enum
{
  FAILING_DISK,
  FULL_DISK,
  LOSS_OF_POWER,
} Way;

/* What was confirmed before it broke. */
typedef struct
{
  gboolean made;    /* lead 10 with call 11 */
  gboolean called;  /* call 13, of the server's lead */
  gboolean deleted; /* the server's contact */
  gboolean changed; /* lead 10 has another name */
} Reached;

typedef struct
{
  TestStore      *test;   /* (owned) */
  KamModelServer *server; /* (owned) */
  gint64          other_mid;
  Reached         reached;
} Session;

/* The server, and somebody else who writes there. */

static void
write_elsewhere (Session *self,
                 ...)
{
  g_autoptr (GPtrArray) mutations = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_mutation_free);
  g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_result_free);
  KamMutation *mutation;
  va_list args;

  va_start (args, self);
  while ((mutation = va_arg (args, KamMutation *)) != NULL)
    {
      mutation->mid = ++self->other_mid;
      g_ptr_array_add (mutations, mutation);
    }
  va_end (args);
  g_assert_cmpint (kam_model_server_push (self->server, OTHER_CLIENT, self->other_mid - mutations->len, mutations, results), ==, KAM_MODEL_FINE);
}

static KamMutation *
create (KamRow *row)
{
  KamMutation *mutation = test_create (row);

  kam_row_unref (row);

  return mutation;
}

static KamRow *
server_row (Session *self,
            guint    n)
{
  g_autofree char *id = test_id (n);

  return g_hash_table_lookup (kam_model_server_rows (self->server), id);
}

/* As the fixture has it: the lead and its contact come with the fifth commit. */
static void
fill_server (Session *self)
{
  write_elsewhere (self, create (test_user (TEST_USER, "Asha")), NULL);
  for (guint i = 0; i < 3; i++)
    {
      KamRow *user = g_hash_table_lookup (kam_model_server_rows (self->server), TEST_USER);

      write_elsewhere (self, test_change (user, KAM_USER_PHONE, i % 2 == 0 ? "+919812345678" : NULL), NULL);
    }
  write_elsewhere (self, create (test_lead (1, "स्वाद Spice", "Pune")), create (test_contact (2, 1, "Ramesh")), NULL);
  g_assert_cmpint (kam_model_server_get_head (self->server), ==, 5);
}

/* One exchange after the other; FALSE where the disk broke. */

static gboolean
try_settle (TestStore *self,
            GPtrArray *results)
{
  ASK (outbox_settle, results);

  return kam_store_outbox_settle_finish (self->store, result, NULL);
}

static GPtrArray *
try_take (TestStore *self)
{
  ASK (outbox_take, 2);

  return kam_store_outbox_take_finish (self->store, result, NULL);
}

static KamSyncState *
try_state (TestStore *self)
{
  ASK_NOTHING (sync_state);

  return kam_store_sync_state_finish (self->store, result, NULL);
}

static gboolean
push_all (Session *self)
{
  for (;;)
    {
      g_autoptr (KamSyncState) state = try_state (self->test);
      g_autoptr (GPtrArray) batch = state != NULL ? try_take (self->test) : NULL;
      g_autoptr (GPtrArray) results = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_result_free);

      if (batch == NULL)
        return FALSE;

      if (batch->len == 0)
        return TRUE;

      g_assert_cmpint (kam_model_server_push (self->server, state->client_id, state->acked_mid, batch, results), ==, KAM_MODEL_FINE);
      if (!try_settle (self->test, results))
        return FALSE;
    }
}

static gboolean
try_stage (TestStore *self,
           GPtrArray *lines)
{
  ASK (stage, lines);

  return kam_store_stage_finish (self->store, result, NULL);
}

static gboolean
try_commit (TestStore  *self,
            const char *cursor,
            gint64      head,
            gboolean    more)
{
  ASK (commit_page, cursor, head, more);

  return kam_store_commit_page_finish (self->store, result, NULL);
}

static gboolean
pull_page (Session  *self,
           gboolean *more)
{
  g_autofree char *cursor = test_store_cursor (self->test);
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_row_unref);
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (test_free_line);
  g_autofree char *next = NULL;
  gint64 head = 0;

  /* The fixture's cursor is of no server. */
  if (cursor != NULL && g_str_has_prefix (cursor, "cursor-"))
    g_clear_pointer (&cursor, g_free);
  next = kam_model_server_pull (self->server, cursor, PAGE_ROWS, rows, &head, more);
  g_assert_nonnull (next);
  for (guint i = 0; i < rows->len; i++)
    g_ptr_array_add (lines, test_line_row (kam_row_copy (rows->pdata[i]), kam_row_rev (rows->pdata[i])));

  return try_stage (self->test, lines) && try_commit (self->test, next, head, *more);
}

static gboolean
pull_all (Session *self)
{
  gboolean more = TRUE;

  while (more)
    {
      if (!pull_page (self, &more))
        return FALSE;
    }

  return TRUE;
}

/* The session. */

static gboolean
make (Session *self)
{
  g_autoptr (KamRow) lead = test_lead (10, "Made", "Goa");
  g_autoptr (KamRow) call = test_call (11, 10, "reached");

  return self->reached.made = test_store_edit (self->test, NULL, test_create (lead), test_create (call), NULL);
}

static gboolean
work (Session *self)
{
  g_autoptr (KamRow) call = test_call (13, 1, "no_answer");
  g_autoptr (KamRow) contact = test_store_row (self->test, KAM_ENTITY_CONTACT, 2);

  self->reached.called = test_store_edit (self->test, NULL, test_create (call), NULL);
  self->reached.deleted = self->reached.called && test_store_edit (self->test, NULL, test_delete (contact), NULL);

  return self->reached.deleted;
}

static gboolean
change (Session *self)
{
  g_autoptr (KamRow) lead = test_store_row (self->test, KAM_ENTITY_LEAD, 10);

  return self->reached.changed = test_store_edit (self->test, NULL, test_change (lead, KAM_LEAD_NAME, "Changed"), NULL);
}

static gboolean
run_session (Session *self)
{
  if (!test_store_open (self->test, NULL) || !make (self) || !push_all (self) || !pull_all (self))
    return FALSE;

  write_elsewhere (self, test_change (server_row (self, 1), KAM_LEAD_CITY, "Mumbai"), create (test_contact (12, 1, "Suresh")), NULL);

  return work (self) && push_all (self) && pull_all (self) && change (self) && push_all (self) && pull_all (self);
}

/* Afterwards. */

/* A lead's status is reckoned here for display, which the model does not. */
static void
assert_same_row (const KamRow *here,
                 const KamRow *there)
{
  const KamEntity *entity = kam_row_entity (there);

  g_assert_nonnull (here);
  g_assert_cmpint (kam_row_rev (here), ==, kam_row_rev (there));
  for (guint i = 0; i < entity->n_fields; i++)
    {
      if (entity->fields[i].merge != KAM_MERGE_DERIVED && !(entity->kind == KAM_ENTITY_LEAD && i == KAM_LEAD_STATUS) &&
          !kam_value_equal (kam_row_get (here, i), kam_row_get (there, i)))
        g_error ("%s of %s differs", entity->fields[i].name, kam_row_id (there));
    }
}

static void
assert_in_step (Session *self)
{
  static const struct
  {
    KamEntityKind kind;
    guint         n;
  } rows[] = { { KAM_ENTITY_LEAD, 1 }, { KAM_ENTITY_CONTACT, 2 }, { KAM_ENTITY_LEAD, 3 }, { KAM_ENTITY_LEAD, 10 }, { KAM_ENTITY_INTERACTION, 11 },
               { KAM_ENTITY_CONTACT, 12 }, { KAM_ENTITY_INTERACTION, 13 } };
  g_autoptr (KamSyncState) state = test_store_state (self->test);
  guint known = 1; /* the user */

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (KamRow) here = test_store_row (self->test, rows[i].kind, rows[i].n);
      KamRow *there = server_row (self, rows[i].n);

      g_assert_true ((here != NULL) == (there != NULL));
      if (there != NULL)
        assert_same_row (here, there);
      known += there != NULL;
    }

  g_assert_cmpuint (g_hash_table_size (kam_model_server_rows (self->server)), ==, known);
  g_assert_cmpuint (state->n_waiting, ==, 0);
  g_assert_cmpuint (state->n_rejected, ==, 0);
}

static void
assert_nothing_lost (Session *self)
{
  KamRow *made = server_row (self, 10);
  KamRow *contact = server_row (self, 2);
  gboolean changed = made != NULL && kam_row_is (made, KAM_LEAD_NAME, "Changed");
  guint expected = (guint) self->other_mid + 2; /* and what waited in the fixture */

  /* What waited in the older cache. */
  g_assert_true (kam_row_is (server_row (self, 1), KAM_LEAD_NAME, "Spice renamed"));
  g_assert_true (kam_row_is (server_row (self, 3), KAM_LEAD_NAME, "Made here"));

  g_assert_true (!self->reached.made || made != NULL);
  g_assert_true ((made != NULL) == (server_row (self, 11) != NULL));
  g_assert_true (!self->reached.called || server_row (self, 13) != NULL);
  g_assert_true (!self->reached.deleted || kam_row_is_deleted (contact));
  g_assert_true (!self->reached.changed || changed);

  expected += made != NULL ? 2 : 0;
  expected += server_row (self, 13) != NULL;
  expected += kam_row_is_deleted (contact);
  expected += changed;
  g_assert_cmpuint (kam_model_server_n_applied (self->server), ==, expected);
  g_assert_cmpuint (kam_model_server_conflicts (self->server)->len, ==, 0);
}

static void
put_fixture (TestStore *test)
{
  g_autofree char *from = g_test_build_filename (G_TEST_DIST, "..", "fixtures", "store-1.db", NULL);
  g_autofree char *to = test_store_path (test, "cache.db");
  g_autofree char *content = NULL;
  gsize length;

  test_store_close (test);
  g_assert_true (g_file_get_contents (from, &content, &length, NULL));
  g_assert_true (g_file_set_contents (to, content, (gssize) length, NULL));
}

/* TRUE when the session ended before the break. */
static gboolean
break_at (int k,
          Way way)
{
  Session self = { .test = test_store_new (), .server = kam_model_server_new (SERVER_ID) };
  gboolean through;

  put_fixture (self.test);
  fill_server (&self);
  if (way == LOSS_OF_POWER)
    test_vfs_lose_power_at (k);
  else
    test_vfs_break_at (k, way == FULL_DISK ? SQLITE_FULL : SQLITE_IOERR_WRITE);
  run_session (&self);
  through = test_vfs_writes () < k;
  if (self.test->store != NULL)
    test_store_close (self.test);
  test_vfs_heal ();

  g_assert_true (test_store_open (self.test, NULL));
  g_assert_true (push_all (&self));
  g_assert_true (pull_all (&self));
  assert_nothing_lost (&self);
  assert_in_step (&self);
  test_store_free (self.test);
  kam_model_server_free (self.server);

  return through;
}

/* At every write with KAM_LONG=1, else at one in STEP of them, each time at others. */
static void
test_session (gconstpointer way)
{
  int step = g_strcmp0 (g_getenv ("KAM_LONG"), "1") == 0 ? 1 : STEP;
  int k = g_test_rand_int_range (1, step + 1);
  guint n = 0;

  for (; !break_at (k, (Way) GPOINTER_TO_INT (way)); k += step)
    n++;

  g_test_message ("broken off %u times, in %d writes", n, k - 1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_vfs_install ();
  g_test_add_data_func ("/store/session/fault-06-failing-disk", GINT_TO_POINTER (FAILING_DISK), test_session);
  g_test_add_data_func ("/store/session/fault-36-full-disk", GINT_TO_POINTER (FULL_DISK), test_session);
  g_test_add_data_func ("/store/session/fault-09-loss-of-power", GINT_TO_POINTER (LOSS_OF_POWER), test_session);

  return g_test_run ();
}
