/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-change-item.h"

struct _KamChangeItem
{
  GObject     parent_instance;

  KamPending *pending; /* (owned) */
  char       *key;     /* (owned) */
  KamDraft   *draft;   /* (owned) (nullable) */
  char       *whose;   /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (KamChangeItem, kam_change_item, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_DRAFT,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];
static guint changed_signal;

static void
kam_change_item_finalize (GObject *object)
{
  KamChangeItem *self = KAM_CHANGE_ITEM (object);

  g_clear_pointer (&self->pending, kam_pending_free);
  g_free (self->key);
  g_free (self->whose);
  g_clear_object (&self->draft);
  G_OBJECT_CLASS (kam_change_item_parent_class)->finalize (object);
}

static void
kam_change_item_get_property (GObject    *object,
                              guint       prop_id,
                              GValue     *value,
                              GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_DRAFT:
      g_value_set_object (value, KAM_CHANGE_ITEM (object)->draft);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
kam_change_item_class_init (KamChangeItemClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = kam_change_item_finalize;
  object_class->get_property = kam_change_item_get_property;

  properties[PROP_DRAFT] = g_param_spec_object ("draft", NULL, NULL, KAM_TYPE_DRAFT, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
kam_change_item_init (KamChangeItem *self)
{
}

KamChangeItem *
kam_change_item_new (KamPending *pending)
{
  KamChangeItem *self = g_object_new (KAM_TYPE_CHANGE_ITEM, NULL);

  self->pending = pending;
  self->key = kam_change_key (pending);

  return self;
}

const KamPending *
kam_change_item_get (KamChangeItem *self)
{
  return self->pending;
}

void
kam_change_item_update (KamChangeItem *self,
                        KamPending    *pending)
{
  kam_pending_free (self->pending);
  self->pending = pending;
  g_signal_emit (self, changed_signal, 0);
}

char *
kam_change_key (const KamPending *pending)
{
  if (pending->kind == KAM_PENDING_CONFLICT)
    return g_strdup (kam_row_id (pending->conflict));

  return g_strdup_printf ("%" G_GINT64_FORMAT, pending->seq);
}

const char *
kam_change_item_get_key (KamChangeItem *self)
{
  return self->key;
}

KamDraft *
kam_change_item_get_draft (KamChangeItem *self)
{
  return self->draft;
}

void
kam_change_item_set_draft (KamChangeItem *self,
                           KamDraft      *draft)
{
  if (g_set_object (&self->draft, draft))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DRAFT]);
}

const char *
kam_change_item_get_whose (KamChangeItem *self)
{
  return self->whose;
}

void
kam_change_item_set_whose (KamChangeItem *self,
                           const char    *whose)
{
  if (g_strcmp0 (self->whose, whose) == 0)
    return;

  g_free (self->whose);
  self->whose = g_strdup (whose);
  g_signal_emit (self, changed_signal, 0);
}

/* Lists */

static gboolean
stands_at (GListModel       *list,
           guint             position,
           const KamPending *pending)
{
  g_autoptr (KamChangeItem) item = g_list_model_get_item (list, position);
  g_autofree char *key = kam_change_key (pending);

  return g_str_equal (item->key, key);
}

static void
update_at (GListModel *list,
           guint       position,
           GPtrArray  *wanted,
           guint       index)
{
  g_autoptr (KamChangeItem) item = g_list_model_get_item (list, position);

  kam_change_item_update (item, g_ptr_array_index (wanted, index));
  g_ptr_array_index (wanted, index) = NULL;
}

static GHashTable *
collect (GListModel *list,
         guint       from,
         guint       to)
{
  GHashTable *items = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_object_unref);

  for (guint i = from; i < to; i++)
    {
      KamChangeItem *item = g_list_model_get_item (list, i);

      g_hash_table_insert (items, item->key, item);
    }

  return items;
}

/* Between the entries at both ends that stay where they are. */
static void
splice (GListStore *list,
        guint       from,
        guint       n_removed,
        GPtrArray  *wanted,
        guint       n_added)
{
  g_autoptr (GHashTable) old = collect (G_LIST_MODEL (list), from, from + n_removed);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = from; i < from + n_added; i++)
    {
      KamPending *pending = g_steal_pointer (&g_ptr_array_index (wanted, i));
      g_autofree char *key = kam_change_key (pending);
      KamChangeItem *item = g_hash_table_lookup (old, key);

      if (item != NULL)
        kam_change_item_update (item, pending);
      g_ptr_array_add (items, item != NULL ? g_object_ref (item) : kam_change_item_new (pending));
    }
  if (n_removed > 0 || items->len > 0)
    g_list_store_splice (list, from, n_removed, items->pdata, items->len);
}

void
kam_change_items_sync (GListStore *list,
                       GPtrArray  *wanted)
{
  GListModel *model = G_LIST_MODEL (list);
  guint n = g_list_model_get_n_items (model);
  guint head = 0, tail = 0;

  while (head < n && head < wanted->len && stands_at (model, head, g_ptr_array_index (wanted, head)))
    head++;
  while (tail < n - head && tail < wanted->len - head && stands_at (model, n - 1 - tail, g_ptr_array_index (wanted, wanted->len - 1 - tail)))
    tail++;

  for (guint i = 0; i < head; i++)
    update_at (model, i, wanted, i);
  for (guint i = 1; i <= tail; i++)
    update_at (model, n - i, wanted, wanted->len - i);
  splice (list, head, n - head - tail, wanted, wanted->len - head - tail);
  g_ptr_array_set_size (wanted, 0);
}
