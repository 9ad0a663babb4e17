/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-list.h"

#include "kam-list-diff.h"
#include "kam-list-order.h"
#include "kam-list-reader.h"

#include <string.h>

/* Pause between two readings of the whole order while changes come in one after another, as in a first sync. */
#define PAUSE_MS 200

struct _KamList
{
  GObject        parent_instance;

  KamStore      *store;       /* (owned) */
  KamListQuery   query;       /* its search is owned */
  gboolean       has_query;
  KamListState   state;
  char          *problem;     /* (owned) (nullable) */

  GArray        *keys;        /* (owned) (element-type gint64): 0 where not known yet */
  KamListPages  *pages;       /* (owned) */
  KamListReader *reader;      /* (owned) */
  GHashTable    *unkeyed;     /* (owned) (element-type guint KamListItem): asked for before their keys were known */

  GCancellable  *cancellable; /* (owned): of the query under way */
  gboolean       swapping;    /* a new query's rows are on their way */
  gboolean       ordering;    /* the whole order is being read */
  gboolean       order_again;
  guint          order_source;
};

static void kam_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (KamList, kam_list, G_TYPE_OBJECT, G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, kam_list_model_init))

enum
{
  PROP_0,
  PROP_STATE,
  N_PROPS
};

enum
{
  REORDERING,
  REORDERED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void read_order (KamList *self);

static gint64
key_at (KamList *self,
        guint    position)
{
  return g_array_index (self->keys, gint64, position);
}

static void
set_state (KamList      *self,
           KamListState  state,
           const char   *problem)
{
  g_free (self->problem);
  self->problem = g_strdup (problem);
  if (self->state == state && problem == NULL)
    return;

  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

/* TRUE where the answer no longer matters: the list has gone on to another query, or is gone. */
static gboolean
is_stale (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || g_error_matches (error, KAM_STORE_ERROR, KAM_STORE_ERROR_CLOSED);
}

/* Order */

static void
apply_order (KamList *self,
             GArray  *keys)
{
  g_autoptr (GArray) splices = kam_list_diff ((const gint64 *) (gpointer) self->keys->data, self->keys->len,
                                              (const gint64 *) (gpointer) keys->data, keys->len);

  if (splices->len == 0)
    return;

  g_signal_emit (self, signals[REORDERING], 0);
  kam_list_order_apply (G_LIST_MODEL (self), self->keys, splices, keys);
  g_signal_emit (self, signals[REORDERED], 0);
}

/* The first time the keys come after the count: places whose key was not known get it without any change of the list. */
static gboolean
name_places (KamList *self,
             GArray  *keys)
{
  GHashTableIter iter;
  gpointer place = NULL;
  gpointer item = NULL;

  if (!kam_list_order_agrees (self->keys, keys))
    return FALSE;

  memcpy (self->keys->data, keys->data, keys->len * sizeof (gint64));
  g_hash_table_iter_init (&iter, self->unkeyed);
  while (g_hash_table_iter_next (&iter, &place, &item))
    {
      guint position = GPOINTER_TO_UINT (place) - 1;

      kam_list_item_set_key (item, key_at (self, position));
      kam_list_pages_watch (self->pages, item);
      kam_list_reader_want (self->reader, position);
    }
  g_hash_table_remove_all (self->unkeyed);

  return TRUE;
}

static gboolean
is_unnamed (KamList *self)
{
  return self->keys->len > 0 && key_at (self, self->keys->len - 1) == 0;
}

static gboolean
order_again_cb (gpointer user_data)
{
  KamList *self = KAM_LIST (user_data);

  self->order_source = 0;
  read_order (self);

  return G_SOURCE_REMOVE;
}

static void
keys_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (KamList) self = KAM_LIST (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) keys = kam_store_list_keys_finish (KAM_STORE (source), result, &error);

  if (self->store == NULL || is_stale (error))
    return;

  self->ordering = FALSE;
  if (keys == NULL)
    {
      set_state (self, KAM_LIST_FAILED, error->message);
      return;
    }

  if (is_unnamed (self))
    {
      g_signal_emit (self, signals[REORDERING], 0);
      if (!name_places (self, keys))
        {
          g_hash_table_remove_all (self->unkeyed);
          kam_list_order_replace (G_LIST_MODEL (self), self->keys, keys);
        }
      g_signal_emit (self, signals[REORDERED], 0);
    }
  else
    apply_order (self, keys);

  set_state (self, KAM_LIST_READY, NULL);
  if (self->order_again && self->order_source == 0)
    self->order_source = g_timeout_add (PAUSE_MS, order_again_cb, self);
  self->order_again = FALSE;
}

static void
read_order (KamList *self)
{
  if (self->ordering || self->swapping || self->order_source != 0)
    {
      self->order_again = TRUE;
      return;
    }

  self->ordering = TRUE;
  kam_store_list_keys_async (self->store, &self->query, self->cancellable, keys_cb, g_object_ref (self));
}

/* A new query */

static void
start_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (KamList) self = KAM_LIST (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GArray) keys = g_array_new (FALSE, TRUE, sizeof (gint64));
  guint n = 0;
  g_autoptr (GPtrArray) rows = kam_store_list_start_finish (KAM_STORE (source), result, &n, &error);

  if (self->store == NULL || is_stale (error))
    return;

  self->swapping = FALSE;
  if (rows == NULL)
    {
      set_state (self, KAM_LIST_FAILED, error->message);
      return;
    }

  g_array_set_size (keys, MAX (n, rows->len));
  for (guint i = 0; i < rows->len; i++)
    g_array_index (keys, gint64, i) = ((KamListRow *) g_ptr_array_index (rows, i))->key;

  g_signal_emit (self, signals[REORDERING], 0);
  kam_list_order_swap (G_LIST_MODEL (self), self->keys, self->pages, self->unkeyed, keys, rows);
  if (!is_unnamed (self))
    set_state (self, KAM_LIST_READY, NULL);
  g_signal_emit (self, signals[REORDERED], 0);

  if (is_unnamed (self) || self->order_again)
    {
      self->order_again = FALSE;
      read_order (self);
    }
}

static void
start (KamList *self)
{
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  kam_list_reader_reset (self->reader, &self->query, self->cancellable);
  g_clear_handle_id (&self->order_source, g_source_remove);
  self->ordering = FALSE;
  self->order_again = FALSE;
  self->swapping = TRUE;
  set_state (self, KAM_LIST_LOADING, NULL);
  kam_store_list_start_async (self->store, &self->query, KAM_LIST_PAGE, self->cancellable, start_cb, g_object_ref (self));
}

/* Changes */

static void
store_changed_cb (KamList    *self,
                  KamChanges *changes)
{
  g_autoptr (GPtrArray) items = NULL;
  g_autoptr (GArray) keys = NULL;

  if (!self->has_query)
    return;
  if (self->state == KAM_LIST_FAILED)
    {
      start (self);
      return;
    }

  items = kam_list_pages_loaded (self->pages);
  keys = g_array_new (FALSE, FALSE, sizeof (gint64));
  for (guint i = 0; i < items->len; i++)
    {
      KamListItem *item = g_ptr_array_index (items, i);
      gint64 key = kam_list_item_get_key (item);

      if (kam_list_query_shows (&self->query, kam_list_item_get_row (item), changes))
        g_array_append_val (keys, key);
    }
  kam_list_reader_renew (self->reader, keys);

  if (kam_list_query_may_reorder (&self->query, changes))
    read_order (self);
}

/* GListModel */

static GType
kam_list_get_item_type (GListModel *model)
{
  return KAM_TYPE_LIST_ITEM;
}

static guint
kam_list_get_n_items (GListModel *model)
{
  return KAM_LIST (model)->keys->len;
}

static gpointer
kam_list_get_item (GListModel *model,
                   guint       position)
{
  KamList *self = KAM_LIST (model);
  KamListItem *item = NULL;
  gint64 key = 0;

  if (position >= self->keys->len)
    return NULL;

  key = key_at (self, position);
  if (key == 0)
    {
      item = g_hash_table_lookup (self->unkeyed, GUINT_TO_POINTER (position + 1));
      if (item == NULL)
        {
          item = kam_list_item_new (0);
          g_hash_table_insert (self->unkeyed, GUINT_TO_POINTER (position + 1), item);
        }
      return g_object_ref (item);
    }

  item = kam_list_pages_lookup (self->pages, key);
  if (item != NULL)
    g_object_ref (item);
  else
    {
      item = kam_list_item_new (key);
      kam_list_pages_watch (self->pages, item);
    }
  if (kam_list_item_get_row (item) == NULL)
    kam_list_reader_want (self->reader, position);

  return item;
}

static void
kam_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = kam_list_get_item_type;
  iface->get_n_items = kam_list_get_n_items;
  iface->get_item = kam_list_get_item;
}

static void
reader_failed_cb (KamList    *self,
                  const char *message)
{
  set_state (self, KAM_LIST_FAILED, message);
}

static void
kam_list_get_property (GObject    *object,
                       guint       prop_id,
                       GValue     *value,
                       GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_STATE:
      g_value_set_int (value, (int) KAM_LIST (object)->state);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
kam_list_dispose (GObject *object)
{
  KamList *self = KAM_LIST (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->order_source, g_source_remove);
  if (self->reader != NULL)
    kam_list_reader_stop (self->reader);
  g_clear_object (&self->reader);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (kam_list_parent_class)->dispose (object);
}

static void
kam_list_finalize (GObject *object)
{
  KamList *self = KAM_LIST (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->unkeyed, g_hash_table_unref);
  g_clear_pointer (&self->pages, kam_list_pages_free);
  g_clear_pointer (&self->keys, g_array_unref);
  g_clear_pointer (&self->problem, g_free);
  g_free ((char *) self->query.search);
  G_OBJECT_CLASS (kam_list_parent_class)->finalize (object);
}

static void
kam_list_class_init (KamListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = kam_list_get_property;
  object_class->dispose = kam_list_dispose;
  object_class->finalize = kam_list_finalize;

  properties[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, KAM_LIST_LOADING, KAM_LIST_FAILED, KAM_LIST_LOADING,
                                             G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[REORDERING] = g_signal_new ("reordering", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[REORDERED] = g_signal_new ("reordered", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
kam_list_init (KamList *self)
{
  self->keys = g_array_new (FALSE, TRUE, sizeof (gint64));
  self->pages = kam_list_pages_new ();
  self->unkeyed = g_hash_table_new_full (NULL, NULL, NULL, g_object_unref);
  self->cancellable = g_cancellable_new ();
}

KamList *
kam_list_new (KamStore      *store,
              KamEntityKind  entity)
{
  KamList *self = g_object_new (KAM_TYPE_LIST, NULL);

  self->store = g_object_ref (store);
  self->query.entity = entity;
  self->reader = kam_list_reader_new (store, self->keys, self->pages);
  g_signal_connect_object (self->reader, "failed", G_CALLBACK (reader_failed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (store, "changed", G_CALLBACK (store_changed_cb), self, G_CONNECT_SWAPPED);

  return self;
}

void
kam_list_set_query (KamList            *self,
                    const KamListQuery *query)
{
  char *search = g_strdup (query->search);

  g_free ((char *) self->query.search);
  self->query = *query;
  self->query.search = search;
  self->has_query = TRUE;
  start (self);
}

const KamListQuery *
kam_list_get_query (KamList *self)
{
  return &self->query;
}

KamListState
kam_list_get_state (KamList *self)
{
  return self->state;
}

const char *
kam_list_get_problem (KamList *self)
{
  return self->problem;
}

void
kam_list_retry (KamList *self)
{
  if (self->has_query)
    start (self);
}

gint64
kam_list_get_key (KamList *self,
                  guint    position)
{
  return position < self->keys->len ? key_at (self, position) : 0;
}

guint
kam_list_find (KamList *self,
               gint64   key)
{
  for (guint i = 0; key != 0 && i < self->keys->len; i++)
    {
      if (key_at (self, i) == key)
        return i;
    }

  return G_MAXUINT;
}
