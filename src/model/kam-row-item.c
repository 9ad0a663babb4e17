/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-row-item.h"

#include <string.h>

struct _KamRowItem
{
  GObject parent_instance;

  KamRow  *row; /* (owned) */
  guint    depth;
  gboolean open;
};

G_DEFINE_FINAL_TYPE (KamRowItem, kam_row_item, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_OPEN,
  N_PROPS
};

enum
{
  CHANGED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void
kam_row_item_finalize (GObject *object)
{
  KamRowItem *self = KAM_ROW_ITEM (object);

  kam_row_unref (self->row);

  G_OBJECT_CLASS (kam_row_item_parent_class)->finalize (object);
}

static void
kam_row_item_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  if (prop_id == PROP_OPEN)
    g_value_set_boolean (value, KAM_ROW_ITEM (object)->open);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
kam_row_item_set_property (GObject      *object,
                           guint         prop_id,
                           const GValue *value,
                           GParamSpec   *pspec)
{
  if (prop_id == PROP_OPEN)
    kam_row_item_set_open (KAM_ROW_ITEM (object), g_value_get_boolean (value));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
kam_row_item_class_init (KamRowItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = kam_row_item_finalize;
  object_class->get_property = kam_row_item_get_property;
  object_class->set_property = kam_row_item_set_property;

  properties[PROP_OPEN] = g_param_spec_boolean ("open", NULL, NULL, FALSE, G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
kam_row_item_init (KamRowItem *self)
{
}

/**
 * kam_row_item_new:
 *
 * Returns: (transfer full): an item that shows @row
 */
KamRowItem *
kam_row_item_new (KamRow *row,
                  guint   depth)
{
  KamRowItem *self = g_object_new (KAM_TYPE_ROW_ITEM, NULL);

  self->row = kam_row_ref (row);
  self->depth = depth;

  return self;
}

KamRow *
kam_row_item_get_row (KamRowItem *self)
{
  g_return_val_if_fail (KAM_IS_ROW_ITEM (self), NULL);

  return self->row;
}

const char *
kam_row_item_get_id (KamRowItem *self)
{
  g_return_val_if_fail (KAM_IS_ROW_ITEM (self), NULL);

  return kam_row_id (self->row);
}

guint
kam_row_item_get_depth (KamRowItem *self)
{
  g_return_val_if_fail (KAM_IS_ROW_ITEM (self), 0);

  return self->depth;
}

/**
 * kam_row_item_update:
 *
 * Shows another version of the same row; says so only where it differs.
 */
void
kam_row_item_update (KamRowItem *self,
                     KamRow     *row,
                     guint       depth)
{
  g_return_if_fail (KAM_IS_ROW_ITEM (self));

  if (self->depth == depth && kam_row_equal (self->row, row))
    return;

  kam_row_ref (row);
  kam_row_unref (self->row);
  self->row = row;
  self->depth = depth;
  g_signal_emit (self, signals[CHANGED], 0);
}

gboolean
kam_row_item_get_open (KamRowItem *self)
{
  g_return_val_if_fail (KAM_IS_ROW_ITEM (self), FALSE);

  return self->open;
}

void
kam_row_item_set_open (KamRowItem *self,
                       gboolean    open)
{
  g_return_if_fail (KAM_IS_ROW_ITEM (self));

  if (self->open == open)
    return;

  self->open = open;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OPEN]);
}

/* The place at or after `from` that shows a row, G_MAXUINT where none does. */
static guint
find_from (GListModel *model,
           guint       from,
           const char *id)
{
  guint n = g_list_model_get_n_items (model);

  for (guint i = from; i < n; i++)
    {
      g_autoptr (KamRowItem) item = g_list_model_get_item (model, i);

      if (strcmp (kam_row_id (item->row), id) == 0)
        return i;
    }

  return G_MAXUINT;
}

static void
remove_others (GListStore        *store,
               const KamRowPlace *places,
               guint              n_places)
{
  g_autoptr (GHashTable) wanted = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < n_places; i++)
    g_hash_table_add (wanted, (gpointer) kam_row_id (places[i].row));

  for (guint i = g_list_model_get_n_items (G_LIST_MODEL (store)); i > 0; i--)
    {
      g_autoptr (KamRowItem) item = g_list_model_get_item (G_LIST_MODEL (store), i - 1);

      if (!g_hash_table_contains (wanted, kam_row_id (item->row)))
        g_list_store_remove (store, i - 1);
    }
}

/* What the store lacks from `from` on, as long as nothing it has comes between: added at once. Returns how many. */
static guint
insert_run (GListStore        *store,
            const KamRowPlace *places,
            guint              n_places,
            guint              from)
{
  g_autoptr (GPtrArray) added = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = from; i < n_places && find_from (G_LIST_MODEL (store), from, kam_row_id (places[i].row)) == G_MAXUINT; i++)
    g_ptr_array_add (added, kam_row_item_new (places[i].row, places[i].depth));

  g_list_store_splice (store, from, 0, added->pdata, added->len);

  return added->len;
}

/**
 * kam_row_items_sync:
 * @store: of KamRowItem
 * @places: the rows to show, in order; each row once
 *
 * Items of rows that stay are the same objects afterwards, with their rows updated.
 */
void
kam_row_items_sync (GListStore        *store,
                    const KamRowPlace *places,
                    guint              n_places)
{
  remove_others (store, places, n_places);

  for (guint i = 0; i < n_places; i++)
    {
      guint at = find_from (G_LIST_MODEL (store), i, kam_row_id (places[i].row));
      g_autoptr (KamRowItem) item = NULL;

      if (at == G_MAXUINT)
        {
          i += insert_run (store, places, n_places, i) - 1;
          continue;
        }

      item = g_list_model_get_item (G_LIST_MODEL (store), at);
      if (at != i)
        {
          g_list_store_remove (store, at);
          g_list_store_insert (store, i, item);
        }
      kam_row_item_update (item, places[i].row, places[i].depth);
    }
}

typedef struct
{
  GPtrArray  *contacts;
  GHashTable *placed; /* ids */
  GArray     *tree;
} Tree;

static gboolean
has_left (KamRow *contact)
{
  return !kam_row_is_null (contact, KAM_CONTACT_LEFT_ON);
}

static void
place (Tree   *tree,
       KamRow *contact,
       guint   depth)
{
  KamRowPlace here = { contact, depth };

  if (!g_hash_table_add (tree->placed, (gpointer) kam_row_id (contact)))
    return;

  g_array_append_val (tree->tree, here);
  if (has_left (contact))
    return;

  for (guint i = 0; i < tree->contacts->len; i++)
    {
      KamRow *other = g_ptr_array_index (tree->contacts, i);

      if (!has_left (other) && kam_row_is (other, KAM_CONTACT_REPORTS_TO, kam_row_id (contact)))
        place (tree, other, depth + 1);
    }
}

/* Reports to somebody who is here and has not left. */
static gboolean
has_superior (Tree   *tree,
              KamRow *contact)
{
  for (guint i = 0; i < tree->contacts->len; i++)
    {
      KamRow *other = g_ptr_array_index (tree->contacts, i);

      if (!has_left (other) && kam_row_is (contact, KAM_CONTACT_REPORTS_TO, kam_row_id (other)))
        return TRUE;
    }

  return FALSE;
}

/**
 * kam_contact_tree:
 * @contacts: (element-type KamRow): in the order that siblings shall have
 *
 * Returns: (transfer full): each contact once, superiors before those who report to them
 */
GArray *
kam_contact_tree (GPtrArray *contacts)
{
  g_autoptr (GHashTable) placed = g_hash_table_new (g_str_hash, g_str_equal);
  Tree tree = { contacts, placed, g_array_new (FALSE, FALSE, sizeof (KamRowPlace)) };

  for (guint i = 0; i < contacts->len; i++)
    {
      KamRow *contact = g_ptr_array_index (contacts, i);

      if (!has_left (contact) && !has_superior (&tree, contact))
        place (&tree, contact, 0);
    }
  for (guint i = 0; i < contacts->len; i++)
    {
      KamRow *contact = g_ptr_array_index (contacts, i);

      if (!has_left (contact))
        place (&tree, contact, 0);
    }
  for (guint i = 0; i < contacts->len; i++)
    place (&tree, g_ptr_array_index (contacts, i), 0);

  return tree.tree;
}
