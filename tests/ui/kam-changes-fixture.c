/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-changes-fixture.h"

static gboolean
is_known (gpointer user_data)
{
  return kam_workspace_get_person (user_data, TEST_USER) != NULL;
}

void
changes_fixture_init (ChangesFixture *self)
{
  KamRow *lead = test_lead (1, "Spice Garden", "Kota");

  kam_row_set_text (lead, KAM_LEAD_COUNTRY, "IN");
  kam_row_set_text (lead, KAM_LEAD_PHONE, "+919829012345");
  self->test = test_store_new ();
  test_store_publish (self->test, 5, test_line_row (test_user (TEST_USER, "Asha Rao"), 1), test_line_row (test_user (TEST_OTHER_USER, "Vikram Singh"), 2),
                      test_line_row (lead, 4), test_line_row (test_contact (3, 1, "Ramesh"), 5), NULL);
  self->sync = kam_sync_new (self->test->store, self->test->clock);
  self->workspace = kam_workspace_new (self->test->store, self->sync, self->test->clock);
  self->model = kam_workspace_get_changes (self->workspace);
  kam_ui_wait (is_known, self->workspace);
}

void
changes_fixture_clear (ChangesFixture *self)
{
  g_clear_object (&self->workspace);
  test_store_close (self->test);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_clear_object (&self->sync);
  g_clear_pointer (&self->test, test_store_free);
}

KamRow *
changes_conflict (guint       n,
                  guint       field,
                  const char *base,
                  const char *theirs,
                  const char *mine,
                  const char *author_id)
{
  KamRow *conflict = test_conflict (n, 1, theirs, mine);

  kam_row_set_text (conflict, KAM_CONFLICT_FIELD, kam_entity_get (KAM_ENTITY_LEAD)->fields[field].name);
  kam_row_set_text (conflict, KAM_CONFLICT_BASE, base);
  kam_row_set_text (conflict, KAM_CONFLICT_AUTHOR, author_id);

  return conflict;
}

void
changes_add_conflict (ChangesFixture *self,
                      gint64          head,
                      KamRow         *conflict)
{
  test_store_publish (self->test, head, test_line_row (conflict, head), NULL);
}

void
changes_edit_lead (ChangesFixture *self,
                   guint           field,
                   const char     *text)
{
  g_autoptr (KamRow) lead = test_store_row (self->test, KAM_ENTITY_LEAD, 1);

  test_store_save (self->test, test_change (lead, field, text), NULL);
}

void
changes_reject_lead (ChangesFixture *self,
                     guint           field,
                     const char     *text,
                     const char     *code)
{
  g_autoptr (GPtrArray) batch = NULL;
  const KamMutation *last = NULL;

  changes_edit_lead (self, field, text);
  batch = test_store_take (self->test, 10);
  last = g_ptr_array_index (batch, batch->len - 1);
  test_store_reject (self->test, last->mid, code);
}

typedef struct
{
  GListModel *list;
  guint       n;
} Wanted;

static gboolean
has_n (gpointer user_data)
{
  Wanted *wanted = user_data;

  return g_list_model_get_n_items (wanted->list) == wanted->n;
}

KamChangeItem *
changes_wait (ChangesFixture *self,
              KamChangesKind  kind,
              guint           n)
{
  Wanted wanted = { kam_changes_model_get_list (self->model, kind), n };
  g_autoptr (KamChangeItem) item = NULL;

  kam_ui_wait (has_n, &wanted);
  item = g_list_model_get_item (wanted.list, 0);

  return item;
}
