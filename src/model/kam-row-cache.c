/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-row-cache.h"

#include "kam-store-query.h"

#define MOST 2000 /* rows; then all are forgotten and read again as they are asked for */

typedef struct
{
  KamEntityKind  entity;
  char          *id;      /* (owned) */
  KamRow        *row;     /* (owned) (nullable) */
  gboolean       reading;
  gboolean       stale;   /* changed while it was read */
} Entry;

struct _KamRowCache
{
  GObject       parent_instance;

  KamStore     *store;       /* (owned) */
  GCancellable *cancellable; /* (owned) */
  GHashTable   *entries;     /* (owned) (element-type Entry): by id; ids are unique over all entities */
  guint         idle;        /* to say that something came, once for all that came */
};

G_DEFINE_FINAL_TYPE (KamRowCache, kam_row_cache, G_TYPE_OBJECT)

static guint changed_signal;

static void
entry_free (Entry *entry)
{
  g_free (entry->id);
  g_clear_pointer (&entry->row, kam_row_unref);
  g_free (entry);
}

typedef struct
{
  KamRowCache *self; /* (owned) */
  char        *id;   /* (owned) */
} Read;

static gboolean
tell_cb (gpointer user_data)
{
  KamRowCache *self = user_data;

  self->idle = 0;
  g_signal_emit (self, changed_signal, 0);

  return G_SOURCE_REMOVE;
}

static void read_entry (KamRowCache *self,
                        Entry       *entry);

static void
take (KamRowCache *self,
      Entry       *entry,
      KamRow      *row)
{
  gboolean differs = (row == NULL) != (entry->row == NULL) || (row != NULL && !kam_row_equal (row, entry->row));

  entry->reading = FALSE;
  g_clear_pointer (&entry->row, kam_row_unref);
  entry->row = row != NULL ? kam_row_ref (row) : NULL;
  if (differs && self->idle == 0)
    self->idle = g_idle_add (tell_cb, self);
  if (entry->stale)
    read_entry (self, entry);
}

static void
row_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autofree Read *read = user_data;
  g_autoptr (KamRowCache) self = read->self;
  g_autofree char *id = read->id;
  g_autoptr (GError) error = NULL;
  g_autoptr (KamRow) row = kam_store_get_row_finish (KAM_STORE (source), result, &error);
  Entry *entry = g_hash_table_lookup (self->entries, id);

  if (entry != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    take (self, entry, row);
}

static void
read_entry (KamRowCache *self,
            Entry       *entry)
{
  Read *read = NULL;

  entry->stale = entry->reading;
  if (entry->reading)
    return;

  read = g_new0 (Read, 1);
  read->self = g_object_ref (self);
  read->id = g_strdup (entry->id);
  entry->reading = TRUE;
  kam_store_get_row_async (self->store, entry->entity, entry->id, self->cancellable, row_cb, read);
}

static void
store_changed_cb (KamRowCache *self,
                  KamChanges  *changes)
{
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Entry *entry = value;

      if (kam_changes_is_all (changes, entry->entity) || kam_changes_has (changes, entry->entity, entry->id))
        read_entry (self, entry);
    }
}

static void
kam_row_cache_dispose (GObject *object)
{
  KamRowCache *self = KAM_ROW_CACHE (object);

  g_clear_handle_id (&self->idle, g_source_remove);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (kam_row_cache_parent_class)->dispose (object);
}

static void
kam_row_cache_finalize (GObject *object)
{
  KamRowCache *self = KAM_ROW_CACHE (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->entries, g_hash_table_unref);
  G_OBJECT_CLASS (kam_row_cache_parent_class)->finalize (object);
}

static void
kam_row_cache_class_init (KamRowCacheClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = kam_row_cache_dispose;
  object_class->finalize = kam_row_cache_finalize;

  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
kam_row_cache_init (KamRowCache *self)
{
  self->cancellable = g_cancellable_new ();
  self->entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) entry_free);
}

KamRowCache *
kam_row_cache_new (KamStore *store)
{
  KamRowCache *self = g_object_new (KAM_TYPE_ROW_CACHE, NULL);

  self->store = g_object_ref (store);
  g_signal_connect_object (store, "changed", G_CALLBACK (store_changed_cb), self, G_CONNECT_SWAPPED);

  return self;
}

KamRow *
kam_row_cache_get (KamRowCache   *self,
                   KamEntityKind  entity,
                   const char    *id)
{
  Entry *entry = NULL;

  if (id == NULL || !kam_id_is_valid (id) || self->store == NULL)
    return NULL;

  entry = g_hash_table_lookup (self->entries, id);
  if (entry != NULL)
    return entry->row;

  if (g_hash_table_size (self->entries) >= MOST)
    g_hash_table_remove_all (self->entries);
  entry = g_new0 (Entry, 1);
  entry->entity = entity;
  entry->id = g_strdup (id);
  g_hash_table_insert (self->entries, entry->id, entry);
  read_entry (self, entry);

  return NULL;
}
