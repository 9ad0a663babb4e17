/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-list.h"
#include "kam-mutation.h"
#include "kam-ui-fixture.h"

#define LEADS 1200

/* What a list told its views. */
typedef struct
{
  guint calls;
  guint removed;
  guint added;
} Told;

static void
items_changed_cb (GListModel *model,
                  guint       position,
                  guint       removed,
                  guint       added,
                  Told       *told)
{
  g_assert_false (removed > 0 && added > 0 && removed + added > LEADS);
  told->calls++;
  told->removed += removed;
  told->added += added;
}

static gboolean
is_ready (gpointer list)
{
  return kam_list_get_state (list) == KAM_LIST_READY;
}

static gboolean
is_read (gpointer item)
{
  return kam_list_item_get_row (item) != NULL;
}

static KamList *
open_list (KamUiFixture *fixture,
           const char   *search)
{
  KamList *list = kam_list_new (kam_workspace_get_store (kam_profile_get_workspace (fixture->profile)), KAM_ENTITY_LEAD);
  KamListQuery query = { .entity = KAM_ENTITY_LEAD, .search = search };

  kam_list_set_query (list, &query);
  kam_ui_wait (is_ready, list);

  return list;
}

static const char *
name_at (KamList *list,
         guint    position)
{
  g_autoptr (KamListItem) item = g_list_model_get_item (G_LIST_MODEL (list), position);

  kam_ui_wait (is_read, item);

  return kam_list_item_get_text (item, KAM_LEAD_NAME);
}

static void
edit (KamUiFixture *fixture,
      KamMutation  *mutation)
{
  KamWorkspace *workspace = kam_profile_get_workspace (fixture->profile);
  g_autoptr (GPtrArray) mutations = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_mutation_free);
  g_autoptr (GAsyncResult) done = NULL;
  g_autoptr (GError) error = NULL;
  GAsyncResult *result = NULL;

  g_ptr_array_add (mutations, mutation);
  kam_workspace_edit_async (workspace, mutations, "An edit", NULL, kam_ui_result_cb, &result);
  done = kam_ui_wait_result (&result);
  g_assert_true (kam_workspace_edit_finish (workspace, done, &error));
  g_assert_no_error (error);
}

static KamMutation *
rename_to (KamList    *list,
           guint       position,
           const char *name)
{
  g_autoptr (KamListItem) item = g_list_model_get_item (G_LIST_MODEL (list), position);
  KamRow *row = kam_list_item_get_row (item)->row;
  g_autoptr (KamRow) after = kam_row_copy (row);

  kam_row_set_text (after, KAM_LEAD_NAME, name);

  return kam_mutation_between (row, after, 1);
}

static KamMutation *
delete_of (KamList *list,
           guint    position)
{
  g_autoptr (KamListItem) item = g_list_model_get_item (G_LIST_MODEL (list), position);
  KamRow *row = kam_list_item_get_row (item)->row;
  KamMutation *mutation = kam_mutation_new (KAM_ENTITY_LEAD, kam_row_id (row), KAM_OP_DELETE, kam_row_rev (row), 1);
  g_auto (KamValue) deletion = KAM_VALUE_INIT;
  const KamValue none = KAM_VALUE_INIT;

  kam_value_take_text (&deletion, kam_id_new (1));
  kam_mutation_add (mutation, KAM_LEAD_DELETE, &none, &deletion);

  return mutation;
}

static void
test_pages (KamUiFixture  *fixture,
            gconstpointer  data)
{
  g_autoptr (KamList) list = open_list (fixture, NULL);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (list));

  g_assert_cmpuint (n, ==, LEADS);
  for (guint i = 0; i < n; i += 611)
    g_assert_nonnull (name_at (list, i));
  g_assert_nonnull (name_at (list, n - 1));
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (list), n));
  g_assert_cmpuint (kam_list_find (list, kam_list_get_key (list, 1100)), ==, 1100);
}

typedef struct
{
  KamList *list;
  gint64   key;
  guint    before;
} Moving;

static gboolean
has_moved (gpointer user_data)
{
  Moving *moving = user_data;

  guint now = kam_list_find (moving->list, moving->key);

  return now != moving->before && now != G_MAXUINT && g_str_equal (name_at (moving->list, now), "zzzz moved");
}

static void
test_moved_row (KamUiFixture  *fixture,
                gconstpointer  data)
{
  g_autoptr (KamList) list = open_list (fixture, NULL);
  Told told = { 0 };
  Moving moving = { list, kam_list_get_key (list, 10), 10 };

  g_assert_nonnull (name_at (list, 10));
  g_signal_connect (list, "items-changed", G_CALLBACK (items_changed_cb), &told);
  edit (fixture, rename_to (list, 10, "zzzz moved"));
  kam_ui_wait (has_moved, &moving);

  g_assert_cmpuint (told.removed, ==, 1);
  g_assert_cmpuint (told.added, ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, LEADS);
}

typedef struct
{
  KamList *list;
  guint    n;
} Length;

static gboolean
has_length (gpointer user_data)
{
  Length *length = user_data;

  return g_list_model_get_n_items (G_LIST_MODEL (length->list)) == length->n;
}

static void
test_delete_and_undo (KamUiFixture  *fixture,
                      gconstpointer  data)
{
  g_autoptr (KamList) list = open_list (fixture, NULL);
  KamWorkspace *workspace = kam_profile_get_workspace (fixture->profile);
  Length length = { list, LEADS - 1 };
  Told told = { 0 };
  gint64 key = kam_list_get_key (list, 20);

  g_assert_nonnull (name_at (list, 20));
  g_signal_connect (list, "items-changed", G_CALLBACK (items_changed_cb), &told);
  edit (fixture, delete_of (list, 20));
  kam_ui_wait (has_length, &length);
  g_assert_cmpuint (kam_list_find (list, key), ==, G_MAXUINT);

  length.n = LEADS;
  kam_workspace_undo (workspace);
  kam_ui_wait (has_length, &length);
  g_assert_cmpuint (kam_list_find (list, key), ==, 20);
  g_assert_cmpuint (told.removed, ==, 1);
  g_assert_cmpuint (told.added, ==, 1);

  length.n = LEADS - 1;
  kam_workspace_redo (workspace);
  kam_ui_wait (has_length, &length);
  kam_workspace_undo (workspace);
  length.n = LEADS;
  kam_ui_wait (has_length, &length);
}

static gboolean
has_old_name (gpointer user_data)
{
  return !g_str_equal (name_at (user_data, 0), " ") && kam_list_item_get_row (g_object_get_data (user_data, "item")) != NULL &&
         !g_str_equal (kam_list_item_get_text (g_object_get_data (user_data, "item"), KAM_LEAD_NAME), "A new name");
}

static void
test_undo_edit (KamUiFixture  *fixture,
                gconstpointer  data)
{
  g_autoptr (KamList) list = open_list (fixture, NULL);
  g_autoptr (KamListItem) item = g_list_model_get_item (G_LIST_MODEL (list), 30);
  g_autofree char *before = g_strdup (name_at (list, 30));

  g_object_set_data_full (G_OBJECT (list), "item", g_object_ref (item), g_object_unref);
  edit (fixture, rename_to (list, 30, "A new name"));
  kam_workspace_undo (kam_profile_get_workspace (fixture->profile));
  kam_ui_settle (200);
  kam_ui_wait (has_old_name, list);
  g_assert_cmpstr (kam_list_item_get_text (item, KAM_LEAD_NAME), ==, before);
}

static void
test_search (KamUiFixture  *fixture,
             gconstpointer  data)
{
  g_autoptr (KamList) none = open_list (fixture, "xyzzyqwert");
  g_autoptr (KamList) some = open_list (fixture, "a");

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (none)), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (some)), <=, 200);
}

static void
set_up (KamUiFixture  *fixture,
        gconstpointer  data)
{
  kam_ui_fixture_init (fixture, LEADS);
}

static void
tear_down (KamUiFixture  *fixture,
           gconstpointer  data)
{
  kam_ui_settle (50);
  kam_ui_fixture_clear (fixture);
}

#define ADD(name, func) g_test_add ("/list/" name, KamUiFixture, NULL, set_up, func, tear_down)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("pages", test_pages);
  ADD ("moved-row", test_moved_row);
  ADD ("delete-and-undo", test_delete_and_undo);
  ADD ("undo-edit", test_undo_edit);
  ADD ("search", test_search);

  return g_test_run ();
}
