/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-list-reader.h"

#define MAX_READS 2
#define NO_PAGE G_MAXUINT

struct _KamListReader
{
  GObject             parent_instance;

  KamStore           *store;       /* (owned) */
  GArray             *keys;        /* (owned) (element-type gint64) */
  KamListPages       *pages;       /* (unowned) */
  const KamListQuery *query;       /* (unowned) */
  GCancellable       *cancellable; /* (owned) (nullable) */
  GArray             *wanted;      /* (owned) (element-type guint): pages, last asked last */
  GHashTable         *reading;     /* (owned): pages + 1 */
  guint               source;
};

G_DEFINE_FINAL_TYPE (KamListReader, kam_list_reader, G_TYPE_OBJECT)

static guint failed_signal;

/* One question to the store. */
typedef struct
{
  KamListReader *reader; /* (owned) */
  guint          page;   /* NO_PAGE: rows that changed, from anywhere */
  gboolean       ahead;  /* nobody has looked at it yet */
} Reading;

static void
reading_free (Reading *reading)
{
  g_clear_object (&reading->reader);
  g_free (reading);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reading, reading_free)

static void queue_reads (KamListReader *self);
static gboolean read_page (KamListReader *self, guint page, gboolean ahead);

static gboolean
is_reading (KamListReader *self,
            guint          page)
{
  return g_hash_table_contains (self->reading, GUINT_TO_POINTER (page + 1));
}

/* The keys of a page whose rows are not here. */
static GArray *
missing_keys (KamListReader *self,
              guint          page)
{
  GArray *missing = g_array_new (FALSE, FALSE, sizeof (gint64));
  guint from = page * KAM_LIST_PAGE;

  for (guint i = from; i < self->keys->len && i < from + KAM_LIST_PAGE; i++)
    {
      gint64 key = g_array_index (self->keys, gint64, i);
      KamListItem *item = key != 0 ? kam_list_pages_peek (self->pages, key) : NULL;

      if (key != 0 && (item == NULL || kam_list_item_get_row (item) == NULL))
        g_array_append_val (missing, key);
    }

  return missing;
}

static void
rows_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (Reading) reading = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = kam_store_list_rows_finish (KAM_STORE (source), result, &error);
  KamListReader *self = reading->reader;

  if (self->store == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || g_error_matches (error, KAM_STORE_ERROR, KAM_STORE_ERROR_CLOSED))
    return;

  if (reading->page != NO_PAGE)
    g_hash_table_remove (self->reading, GUINT_TO_POINTER (reading->page + 1));
  if (rows == NULL)
    {
      g_signal_emit (self, failed_signal, 0, error->message);
      return;
    }

  kam_list_pages_fill (self->pages, rows);
  if (reading->page != NO_PAGE && !reading->ahead && self->wanted->len == 0)
    {
      read_page (self, reading->page + 1, TRUE);
      if (reading->page > 0)
        read_page (self, reading->page - 1, TRUE);
    }
  queue_reads (self);
}

static void
ask (KamListReader *self,
     GArray        *keys,
     guint          page,
     gboolean       ahead)
{
  Reading *reading = g_new0 (Reading, 1);

  reading->reader = g_object_ref (self);
  reading->page = page;
  reading->ahead = ahead;
  kam_store_list_rows_async (self->store, self->query, (const gint64 *) (gpointer) keys->data, keys->len, self->cancellable, rows_cb, reading);
}

static gboolean
read_page (KamListReader *self,
           guint          page,
           gboolean       ahead)
{
  g_autoptr (GArray) missing = NULL;

  if (is_reading (self, page))
    return FALSE;

  missing = missing_keys (self, page);
  if (missing->len == 0)
    return FALSE;

  g_hash_table_add (self->reading, GUINT_TO_POINTER (page + 1));
  ask (self, missing, page, ahead);

  return TRUE;
}

static gboolean
read_cb (gpointer user_data)
{
  KamListReader *self = KAM_LIST_READER (user_data);

  self->source = 0;
  for (guint i = self->wanted->len; i > 0 && g_hash_table_size (self->reading) < MAX_READS; i--)
    {
      guint page = g_array_index (self->wanted, guint, i - 1);

      /* Wanted again while it is being read: a row may have come into it since. */
      if (is_reading (self, page))
        continue;

      g_array_remove_index (self->wanted, i - 1);
      read_page (self, page, FALSE);
    }

  return G_SOURCE_REMOVE;
}

/* A view asks for many items at a time: reads begin when it is done asking. */
static void
queue_reads (KamListReader *self)
{
  if (self->wanted->len > 0 && self->source == 0 && g_hash_table_size (self->reading) < MAX_READS)
    self->source = g_idle_add_full (G_PRIORITY_HIGH, read_cb, self, NULL);
}

static void
kam_list_reader_finalize (GObject *object)
{
  KamListReader *self = KAM_LIST_READER (object);

  kam_list_reader_stop (self);
  g_array_unref (self->keys);
  g_array_unref (self->wanted);
  g_hash_table_unref (self->reading);
  G_OBJECT_CLASS (kam_list_reader_parent_class)->finalize (object);
}

static void
kam_list_reader_class_init (KamListReaderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = kam_list_reader_finalize;

  failed_signal = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
kam_list_reader_init (KamListReader *self)
{
  self->wanted = g_array_new (FALSE, FALSE, sizeof (guint));
  self->reading = g_hash_table_new (NULL, NULL);
}

KamListReader *
kam_list_reader_new (KamStore     *store,
                     GArray       *keys,
                     KamListPages *pages)
{
  KamListReader *self = g_object_new (KAM_TYPE_LIST_READER, NULL);

  self->store = g_object_ref (store);
  self->keys = g_array_ref (keys);
  self->pages = pages;

  return self;
}

void
kam_list_reader_reset (KamListReader      *self,
                       const KamListQuery *query,
                       GCancellable       *cancellable)
{
  self->query = query;
  g_set_object (&self->cancellable, cancellable);
  g_array_set_size (self->wanted, 0);
  g_hash_table_remove_all (self->reading);
}

void
kam_list_reader_want (KamListReader *self,
                      guint          position)
{
  guint page = position / KAM_LIST_PAGE;

  if (self->wanted->len > 0 && g_array_index (self->wanted, guint, self->wanted->len - 1) == page)
    return;

  for (guint i = self->wanted->len; i > 0; i--)
    {
      if (g_array_index (self->wanted, guint, i - 1) == page)
        g_array_remove_index (self->wanted, i - 1);
    }
  g_array_append_val (self->wanted, page);
  queue_reads (self);
}

void
kam_list_reader_renew (KamListReader *self,
                       GArray        *keys)
{
  for (guint i = 0; i < keys->len; i += KAM_LIST_PAGE)
    {
      g_autoptr (GArray) some = g_array_new (FALSE, FALSE, sizeof (gint64));

      g_array_append_vals (some, &g_array_index (keys, gint64, i), MIN (KAM_LIST_PAGE, keys->len - i));
      ask (self, some, NO_PAGE, FALSE);
    }
}

void
kam_list_reader_stop (KamListReader *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  g_clear_object (&self->store);
  g_clear_object (&self->cancellable);
}
