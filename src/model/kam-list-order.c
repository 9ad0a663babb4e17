/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-list-order.h"

#include "kam-list-diff.h"

/* More steps than this are told as one removal and one addition: each step costs a view more than the rows in it. */
#define MAX_SPLICES 200

void
kam_list_order_splice (GListModel   *model,
                       GArray       *keys,
                       guint         position,
                       guint         removed,
                       guint         added,
                       const gint64 *new_keys)
{
  if (removed > 0)
    g_array_remove_range (keys, position, removed);
  if (added > 0)
    g_array_insert_vals (keys, position, new_keys, added);
  if (removed > 0 || added > 0)
    g_list_model_items_changed (model, position, removed, added);
}

void
kam_list_order_replace (GListModel *model,
                        GArray     *keys,
                        GArray     *after)
{
  kam_list_order_splice (model, keys, 0, keys->len, 0, NULL);
  kam_list_order_splice (model, keys, 0, 0, after->len, (const gint64 *) (gpointer) after->data);
}

void
kam_list_order_apply (GListModel *model,
                      GArray     *keys,
                      GArray     *splices,
                      GArray     *after)
{
  const gint64 *new_keys = (const gint64 *) (gpointer) after->data;

  if (splices->len > MAX_SPLICES)
    {
      KamListSplice first = g_array_index (splices, KamListSplice, 0);
      KamListSplice last = g_array_index (splices, KamListSplice, splices->len - 1);

      kam_list_order_splice (model, keys, first.position, last.position + last.removed - first.position, 0, NULL);
      kam_list_order_splice (model, keys, first.position, 0, last.from + last.added - first.from, new_keys + first.from);
      return;
    }

  for (guint i = splices->len; i > 0; i--)
    {
      KamListSplice splice = g_array_index (splices, KamListSplice, i - 1);

      kam_list_order_splice (model, keys, splice.position, splice.removed, splice.added, new_keys + splice.from);
    }
}

void
kam_list_order_swap (GListModel   *model,
                     GArray       *keys,
                     KamListPages *pages,
                     GHashTable   *unkeyed,
                     GArray       *after,
                     GPtrArray    *rows)
{
  const gint64 *new_keys = (const gint64 *) (gpointer) after->data;
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  guint kept = MIN (keys->len, rows->len);

  for (guint i = 0; i < kept; i++)
    {
      gint64 key = g_array_index (keys, gint64, i);
      KamListItem *item = key != 0 ? kam_list_pages_peek (pages, key) : g_hash_table_lookup (unkeyed, GUINT_TO_POINTER (i + 1));

      g_ptr_array_add (items, item != NULL ? g_object_ref (item) : kam_list_item_new (0));
    }

  kam_list_pages_clear (pages);
  g_hash_table_remove_all (unkeyed);
  for (guint i = 0; i < kept; i++)
    {
      g_array_index (keys, gint64, i) = new_keys[i];
      kam_list_item_set_key (items->pdata[i], new_keys[i]);
      kam_list_pages_watch (pages, items->pdata[i]);
    }
  kam_list_pages_fill (pages, rows);

  kam_list_order_splice (model, keys, kept, keys->len - kept, 0, NULL);
  kam_list_order_splice (model, keys, kept, 0, after->len - kept, new_keys + kept);
}

gboolean
kam_list_order_agrees (GArray *known,
                       GArray *keys)
{
  if (known->len != keys->len)
    return FALSE;

  for (guint i = 0; i < known->len; i++)
    {
      gint64 key = g_array_index (known, gint64, i);

      if (key != 0 && key != g_array_index (keys, gint64, i))
        return FALSE;
    }

  return TRUE;
}

gboolean
kam_list_query_shows (const KamListQuery *query,
                      const KamListRow   *row,
                      KamChanges         *changes)
{
  const char *lead_id = kam_row_lead_id (row->row);

  if (kam_changes_is_all (changes, query->entity) || kam_changes_is_all (changes, KAM_ENTITY_LEAD) || kam_changes_has_any (changes, KAM_ENTITY_USER))
    return TRUE;
  if (kam_changes_is_outbox (changes) && row->pending)
    return TRUE;
  if (kam_changes_has (changes, query->entity, kam_row_id (row->row)))
    return TRUE;
  if (query->entity == KAM_ENTITY_LEAD)
    return kam_changes_has_lead (changes, lead_id);

  return lead_id != NULL && kam_changes_has (changes, KAM_ENTITY_LEAD, lead_id);
}

gboolean
kam_list_query_may_reorder (const KamListQuery *query,
                            KamChanges         *changes)
{
  static const KamEntityKind kinds[] = { KAM_ENTITY_USER, KAM_ENTITY_LEAD, KAM_ENTITY_CONTACT, KAM_ENTITY_INTERACTION };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      gboolean matters = kinds[i] != KAM_ENTITY_CONTACT || query->entity == KAM_ENTITY_CONTACT || query->search != NULL;

      if (matters && (kam_changes_has_any (changes, kinds[i]) || kam_changes_is_all (changes, kinds[i])))
        return TRUE;
    }

  return FALSE;
}
