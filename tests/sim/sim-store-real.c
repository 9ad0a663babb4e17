/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-store-private.h"
#include "sim-disk.h"
#include "sim-store.h"

/* The real cache, in a folder in memory. Each call waits for its answer, so that one thing happens after the other; and what looks at the disk does so on
 * the store's own thread, while nothing is being written. */

typedef struct
{
  SimStore  parent;
  KamStore *store; /* (owned) */
  KamClock *clock; /* (owned) */
  char     *dir;   /* (owned) */
} Real;

static const SimStoreClass real_class;
static char *template_dir;

static void
answered (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static GAsyncResult *
await (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return *result;
}

/* Asks the store something that takes these arguments first, and waits. */
#define ASK(self, what, ...) \
  g_autoptr (GAsyncResult) result = NULL; \
  g_autoptr (GError) error = NULL; \
  kam_store_##what##_async ((self)->store, __VA_ARGS__, NULL, answered, &result); \
  await (&result)

#define ASK_PLAIN(self, what) \
  g_autoptr (GAsyncResult) result = NULL; \
  g_autoptr (GError) error = NULL; \
  kam_store_##what##_async ((self)->store, NULL, answered, &result); \
  await (&result)

typedef gpointer (*LookFunc) (KamWorker *worker, gpointer data);

typedef struct
{
  LookFunc func;
  gpointer data;
} Look;

static void
look_job (KamWorker *worker,
          GTask     *task,
          gpointer   data)
{
  const Look *look = data;

  g_task_return_pointer (task, look->func (worker, look->data), NULL);
}

/* Has the store's thread look at what it holds. */
static gpointer
look (Real     *self,
      LookFunc  func,
      gpointer  data)
{
  g_autoptr (GAsyncResult) result = NULL;
  Look it = { func, data };
  GTask *task = kam_store_task (self->store, look, NULL, answered, &result);

  g_task_set_task_data (task, &it, NULL);
  kam_store_push (self->store, task, look_job);
  await (&result);

  return g_task_propagate_pointer (G_TASK (result), NULL);
}

static Real *
open_at (char *dir)
{
  Real *self = g_new0 (Real, 1);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  self->parent.klass = &real_class;
  self->dir = dir;
  self->clock = kam_clock_new_fixed (1);
  kam_store_open_async (dir, self->clock, NULL, answered, &result);
  self->store = kam_store_open_finish (await (&result), &error);
  g_assert_no_error (error);

  return self;
}

static void
close_it (Real *self)
{
  ASK_PLAIN (self, close);

  kam_store_close_finish (self->store, result, &error);
  g_assert_no_error (error);
  g_clear_object (&self->store);

  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
real_free (SimStore *store)
{
  Real *self = (Real *) store;

  close_it (self);
  sim_disk_remove (self->dir);
  kam_clock_unref (self->clock);
  g_free (self->dir);
  g_free (self);
}

static gpointer
copy_job (KamWorker *worker,
          gpointer   data)
{
  sim_disk_copy (worker->dir, data);

  return NULL;
}

static SimStore *
real_copy (SimStore *store)
{
  char *dir = sim_disk_new_dir ();
  Real *copy;

  look ((Real *) store, copy_job, dir);
  copy = open_at (dir);
  kam_clock_set (copy->clock, kam_clock_now (((Real *) store)->clock));

  return &copy->parent;
}

static void
real_set_time (SimStore *store,
               gint64    now_us)
{
  kam_clock_set (((Real *) store)->clock, now_us);
}

typedef struct
{
  KamEntityKind entity;
  const char   *id;
} Which;

static gpointer
show_job (KamWorker *worker,
          gpointer   data)
{
  const Which *which = data;
  KamRow *row = NULL;

  g_assert_true (kam_rows_get (worker, which->entity, which->id, &row, NULL));

  return row;
}

static KamRow *
real_show (SimStore      *store,
           KamEntityKind  entity,
           const char    *id)
{
  Which which = { entity, id };

  return look ((Real *) store, show_job, &which);
}

static gpointer
list_job (KamWorker *worker,
          gpointer   data)
{
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_row_unref);

  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    {
      GPtrArray *rows = NULL;

      g_assert_true (kam_rows_list (worker, (KamEntityKind) i, "ORDER BY key", NULL, &rows, NULL));
      g_ptr_array_extend_and_steal (all, rows);
    }

  return all;
}

static GPtrArray *
real_list (SimStore *store)
{
  return look ((Real *) store, list_job, NULL);
}

static gboolean
real_edit (SimStore    *store,
           KamMutation *mutation)
{
  g_autoptr (GPtrArray) mutations = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_mutation_free);

  g_ptr_array_add (mutations, mutation);

  {
    ASK ((Real *) store, edit, mutations);

    return kam_store_edit_finish (((Real *) store)->store, result, &error);
  }
}

static gpointer
pending_job (KamWorker *worker,
             gpointer   data)
{
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) sim_pending_free);
  sqlite3_stmt *stmt = kam_sqlite_query (worker->db, NULL, "SELECT " KAM_OUTBOX_COLUMNS " FROM outbox ORDER BY seq", "");

  while (stmt != NULL && kam_sqlite_step (worker->db, stmt, NULL) > 0)
    {
      SimPending *pending = g_new0 (SimPending, 1);

      pending->mutation = kam_outbox_read (stmt);
      pending->state = (SimPendingState) sqlite3_column_int (stmt, KAM_OUTBOX_SEQ + 1);
      g_ptr_array_add (all, pending);
    }

  return all;
}

static GPtrArray *
real_pending (SimStore *store)
{
  return look ((Real *) store, pending_job, NULL);
}

static KamSyncState *
real_state (SimStore *store)
{
  KamSyncState *state;
  ASK_PLAIN ((Real *) store, sync_state);

  state = kam_store_sync_state_finish (((Real *) store)->store, result, &error);
  g_assert_no_error (error);

  return state;
}

static GPtrArray *
real_take (SimStore *store,
           guint     most)
{
  GPtrArray *batch;
  ASK ((Real *) store, outbox_take, most);

  batch = kam_store_outbox_take_finish (((Real *) store)->store, result, &error);
  g_assert_no_error (error);

  return batch;
}

static void
real_settle (SimStore  *store,
             GPtrArray *results)
{
  ASK ((Real *) store, outbox_settle, results);

  kam_store_outbox_settle_finish (((Real *) store)->store, result, &error);
  g_assert_no_error (error);
}

static void
real_stage (SimStore  *store,
            GPtrArray *lines)
{
  ASK ((Real *) store, stage, lines);

  kam_store_stage_finish (((Real *) store)->store, result, &error);
  g_assert_no_error (error);
}

static void
real_commit (SimStore   *store,
             const char *cursor,
             gint64      head,
             gboolean    more)
{
  ASK ((Real *) store, commit_page, cursor, head, more);

  kam_store_commit_page_finish (((Real *) store)->store, result, &error);
  g_assert_no_error (error);
}

static void
real_discard (SimStore *store)
{
  ASK_PLAIN ((Real *) store, discard_page);

  kam_store_discard_page_finish (((Real *) store)->store, result, &error);
  g_assert_no_error (error);
}

static char *
real_next_cursor (SimStore *store)
{
  ASK_PLAIN ((Real *) store, next_cursor);

  return kam_store_next_cursor_finish (((Real *) store)->store, result, &error);
}

static gpointer
find_job (KamWorker *worker,
          gpointer   data)
{
  return g_strdup (sim_disk_find (worker->dir, data));
}

static char *
real_find_trace (SimStore   *store,
                 const char *text)
{
  return look ((Real *) store, find_job, (gpointer) text);
}

static gpointer
name_job (KamWorker *worker,
          gpointer   data)
{
  g_assert_true (kam_meta_set_text (worker, "client_id", data, NULL));

  return NULL;
}

static void
real_forget_stage (SimStore *store)
{
  ASK_PLAIN ((Real *) store, forget_stage);

  kam_store_forget_stage_finish (((Real *) store)->store, result, &error);
  g_assert_no_error (error);
}

static KamDigestSet *
real_digests (SimStore *store)
{
  KamDigestSet *set;
  ASK_PLAIN ((Real *) store, digests);

  set = kam_store_digests_finish (((Real *) store)->store, result, &error);
  g_assert_no_error (error);

  return set;
}

static void
real_note_durable (SimStore *store,
                   gint64    durable)
{
  ASK ((Real *) store, note_durable, durable);

  kam_store_note_durable_finish (((Real *) store)->store, result, &error);
  g_assert_no_error (error);
}

/* The store draws the new name by itself; here it must be the same in every run. */
static void
real_fork (SimStore   *store,
           gboolean    all,
           const char *client_id)
{
  ASK ((Real *) store, fork, all);

  kam_store_fork_finish (((Real *) store)->store, result, &error);
  g_assert_no_error (error);
  look ((Real *) store, name_job, (gpointer) client_id);
}

static void
name_person (Real       *self,
             const char *user_id)
{
  ASK (self, set_setting, "user_id", user_id);

  kam_store_set_setting_finish (self->store, result, &error);
  g_assert_no_error (error);
}

static void
real_erase (SimStore   *store,
            const char *client_id)
{
  Real *self = (Real *) store;
  ASK_PLAIN (self, erase);

  kam_store_erase_finish (self->store, result, &error);
  g_assert_no_error (error);
  look (self, name_job, (gpointer) client_id);
}

static void
real_sign_in (SimStore   *store,
              const char *user_id)
{
  name_person ((Real *) store, user_id);
}

static const SimStoreClass real_class = {
  .free = real_free,
  .copy = real_copy,
  .set_time = real_set_time,
  .show = real_show,
  .list = real_list,
  .edit = real_edit,
  .pending = real_pending,
  .state = real_state,
  .take = real_take,
  .settle = real_settle,
  .stage = real_stage,
  .commit = real_commit,
  .discard = real_discard,
  .forget_stage = real_forget_stage,
  .next_cursor = real_next_cursor,
  .digests = real_digests,
  .note_durable = real_note_durable,
  .fork = real_fork,
  .erase = real_erase,
  .sign_in = real_sign_in,
  .find_trace = real_find_trace,
};

/* An empty one is made once, then copied. */
SimStore *
sim_store_new_real (const char *client_id,
                    const char *user_id)
{
  char *dir = sim_disk_new_dir ();
  Real *self;

  if (template_dir == NULL)
    {
      Real *first = open_at (sim_disk_new_dir ());

      template_dir = sim_disk_new_dir ();
      look (first, copy_job, template_dir);
      real_free (&first->parent);
    }

  sim_disk_copy (template_dir, dir);
  self = open_at (dir);
  look (self, name_job, (gpointer) client_id);

  name_person (self, user_id);

  return &self->parent;
}

void
sim_store_clean_up (void)
{
  if (template_dir != NULL)
    sim_disk_remove (template_dir);

  g_clear_pointer (&template_dir, g_free);
  sim_disk_clean_up ();
}
