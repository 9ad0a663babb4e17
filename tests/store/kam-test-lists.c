/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-test-ask.h"

GPtrArray *
test_store_start (TestStore          *self,
                  const KamListQuery *query,
                  guint               n_first,
                  guint              *n_rows)
{
  g_autoptr (GError) error = NULL;
  ASK (list_start, query, n_first);
  GPtrArray *rows = kam_store_list_start_finish (self->store, result, n_rows, &error);

  g_assert_no_error (error);

  return rows;
}

GArray *
test_store_keys (TestStore          *self,
                 const KamListQuery *query)
{
  g_autoptr (GError) error = NULL;
  ASK (list_keys, query);
  GArray *keys = kam_store_list_keys_finish (self->store, result, &error);

  g_assert_no_error (error);

  return keys;
}

GPtrArray *
test_store_rows (TestStore          *self,
                 const KamListQuery *query,
                 const gint64       *keys,
                 guint               n)
{
  g_autoptr (GError) error = NULL;
  ASK (list_rows, query, keys, n);
  GPtrArray *rows = kam_store_list_rows_finish (self->store, result, &error);

  g_assert_no_error (error);

  return rows;
}

char *
test_store_titles (TestStore          *self,
                   const KamListQuery *query)
{
  g_autoptr (GArray) keys = test_store_keys (self, query);
  g_autoptr (GPtrArray) rows = test_store_rows (self, query, (const gint64 *) (gpointer) keys->data, keys->len);
  g_autoptr (GString) titles = g_string_new (NULL);

  for (guint i = 0; i < rows->len; i++)
    {
      KamListRow *row = rows->pdata[i];
      guint field = query->entity == KAM_ENTITY_LEAD ? (guint) KAM_LEAD_NAME : (guint) KAM_CONTACT_NAME;

      g_string_append_printf (titles, "%s%s", i > 0 ? "|" : "", kam_row_text (row->row, field));
    }

  return g_string_free (g_steal_pointer (&titles), FALSE);
}

GPtrArray *
test_store_similar (TestStore *self,
                    KamRow    *lead)
{
  g_autoptr (GError) error = NULL;
  ASK (similar_leads, lead);
  GPtrArray *rows = kam_store_similar_leads_finish (self->store, result, &error);

  g_assert_no_error (error);

  return rows;
}

GPtrArray *
test_store_people (TestStore *self)
{
  g_autoptr (GError) error = NULL;
  ASK_NOTHING (people);
  GPtrArray *rows = kam_store_people_finish (self->store, result, &error);

  g_assert_no_error (error);

  return rows;
}

char *
test_store_fill (TestStore  *self,
                 guint       leads,
                 GError    **error)
{
  TestWait wait = { NULL, FALSE };
  g_autoptr (GAsyncResult) result = NULL;

  kam_store_fill_sample_async (self->store, leads, 1, NULL, NULL, NULL, test_answered_cb, &wait);
  result = test_answer (&wait);

  return kam_store_fill_sample_finish (self->store, result, error);
}
