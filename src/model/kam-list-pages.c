/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-list-pages.h"

#define MAX_PAGES 16

typedef struct
{
  GPtrArray *items; /* (owned) (element-type KamListItem) */
  guint64    used;  /* when, in ticks */
} Page;

/* What is known of an item that is alive. */
typedef struct
{
  KamListPages *owner;
  KamListItem  *item; /* (unowned): a weak reference tells of its end */
  Page         *page; /* (nullable): that keeps it */
} Entry;

struct _KamListPages
{
  GHashTable *entries; /* (owned) (element-type gint64 Entry) */
  GPtrArray  *pages;   /* (owned) (element-type Page) */
  guint64     tick;
};

/* Runs in the item's dispose, when its key can still be read. */
static void
item_gone_cb (gpointer  user_data,
              GObject  *where_the_item_was)
{
  Entry *entry = user_data;
  gint64 key = kam_list_item_get_key (entry->item);

  entry->item = NULL;
  g_hash_table_remove (entry->owner->entries, &key);
}

static void
entry_free (Entry *entry)
{
  if (entry->item != NULL)
    g_object_weak_unref (G_OBJECT (entry->item), item_gone_cb, entry);
  g_free (entry);
}

static void
page_free (Page *page)
{
  g_ptr_array_unref (page->items);
  g_free (page);
}

KamListPages *
kam_list_pages_new (void)
{
  KamListPages *self = g_new0 (KamListPages, 1);

  self->entries = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, (GDestroyNotify) entry_free);
  self->pages = g_ptr_array_new_with_free_func ((GDestroyNotify) page_free);

  return self;
}

void
kam_list_pages_clear (KamListPages *self)
{
  g_hash_table_remove_all (self->entries);
  g_ptr_array_set_size (self->pages, 0);
}

void
kam_list_pages_free (KamListPages *self)
{
  kam_list_pages_clear (self);
  g_hash_table_unref (self->entries);
  g_ptr_array_unref (self->pages);
  g_free (self);
}

static Entry *
find (KamListPages *self,
      gint64        key)
{
  return g_hash_table_lookup (self->entries, &key);
}

KamListItem *
kam_list_pages_peek (KamListPages *self,
                     gint64        key)
{
  Entry *entry = find (self, key);

  return entry != NULL ? entry->item : NULL;
}

KamListItem *
kam_list_pages_lookup (KamListPages *self,
                       gint64        key)
{
  Entry *entry = find (self, key);

  if (entry == NULL)
    return NULL;

  if (entry->page != NULL)
    entry->page->used = ++self->tick;

  return entry->item;
}

static Entry *
watch (KamListPages *self,
       KamListItem  *item)
{
  Entry *entry = g_new0 (Entry, 1);
  gint64 key = kam_list_item_get_key (item);

  entry->owner = self;
  entry->item = item;
  g_object_weak_ref (G_OBJECT (item), item_gone_cb, entry);
  g_hash_table_replace (self->entries, g_memdup2 (&key, sizeof key), entry);

  return entry;
}

void
kam_list_pages_watch (KamListPages *self,
                      KamListItem  *item)
{
  watch (self, item);
}

static void
drop_oldest (KamListPages *self)
{
  Page *oldest = g_ptr_array_index (self->pages, 0);

  for (guint i = 1; i < self->pages->len; i++)
    {
      Page *page = g_ptr_array_index (self->pages, i);

      if (page->used < oldest->used)
        oldest = page;
    }

  /* Who still holds one of its items keeps it alive, but no longer through us. */
  for (guint i = 0; i < oldest->items->len; i++)
    {
      Entry *entry = find (self, kam_list_item_get_key (g_ptr_array_index (oldest->items, i)));

      if (entry != NULL && entry->page == oldest)
        entry->page = NULL;
    }
  g_ptr_array_remove_fast (self->pages, oldest);
}

void
kam_list_pages_fill (KamListPages *self,
                     GPtrArray    *rows)
{
  Page *page = g_new0 (Page, 1);

  page->items = g_ptr_array_new_with_free_func (g_object_unref);
  page->used = ++self->tick;

  for (guint i = 0; i < rows->len; i++)
    {
      KamListRow *row = g_steal_pointer (&g_ptr_array_index (rows, i));
      g_autoptr (KamListItem) item = NULL;
      Entry *entry = NULL;

      if (row == NULL)
        continue;

      entry = find (self, row->key);
      item = entry != NULL ? g_object_ref (entry->item) : kam_list_item_new (row->key);
      if (entry == NULL)
        entry = watch (self, item);
      if (entry->page == NULL)
        {
          entry->page = page;
          g_ptr_array_add (page->items, g_object_ref (item));
        }
      kam_list_item_take_row (item, row);
    }

  if (page->items->len == 0)
    page_free (page);
  else
    g_ptr_array_add (self->pages, page);
  while (self->pages->len > MAX_PAGES)
    drop_oldest (self);
}

GPtrArray *
kam_list_pages_loaded (KamListPages *self)
{
  GPtrArray *items = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer value = NULL;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Entry *entry = value;

      if (kam_list_item_get_row (entry->item) != NULL)
        g_ptr_array_add (items, g_object_ref (entry->item));
    }

  return items;
}

guint
kam_list_pages_n (KamListPages *self)
{
  return g_hash_table_size (self->entries);
}
