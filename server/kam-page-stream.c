/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-page-stream.h"

/* Shorter answers are not worth a compressor. */
#define GZIP_LEAST 1400
#define GZIP_LEVEL 5
#define WAIT_SLICE_US (100 * 1000)

struct _KamPageStream
{
  gatomicrefcount  ref_count;
  KamRequest      *request;      /* (owned) (thread main) */
  const char      *content_type; /* static */
  gboolean         begun;        /* (thread main) */
  gboolean         sending;      /* (thread main): a piece is on its way */
  gboolean         ended;        /* (thread main): nothing more comes */

  gboolean         wants_gzip;
  GConverter      *gzip;         /* (owned) (nullable) (thread worker) */
  gint64           waited_us;    /* (thread worker) */

  GMutex           lock;
  GCond            room;
  GQueue           pieces;       /* under the lock: (element-type GBytes) (owned) */
  gsize            queued;       /* under the lock: bytes in pieces */
  gboolean         scheduled;    /* under the lock: the main thread will look */
  gboolean         is_gzip;      /* under the lock, set before the first piece */
};

KamPageStream *
kam_page_stream_new (KamRequest *request,
                     const char *content_type,
                     gboolean    gzip)
{
  KamPageStream *self = g_new0 (KamPageStream, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->request = kam_request_ref (request);
  self->content_type = content_type;
  self->wants_gzip = gzip;
  g_mutex_init (&self->lock);
  g_cond_init (&self->room);
  g_queue_init (&self->pieces);

  return self;
}

KamPageStream *
kam_page_stream_ref (KamPageStream *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

void
kam_page_stream_unref (KamPageStream *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  kam_request_unref (self->request);
  g_clear_object (&self->gzip);
  g_queue_clear_full (&self->pieces, (GDestroyNotify) g_bytes_unref);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->room);
  g_free (self);
}

static void
unref_closure_cb (gpointer  data,
                  GClosure *closure)
{
  kam_page_stream_unref (data);
}

static GBytes *
take_piece (KamPageStream *self)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  GBytes *piece = g_queue_pop_head (&self->pieces);

  self->scheduled = FALSE;
  if (piece != NULL)
    self->queued -= g_bytes_get_size (piece);
  g_cond_signal (&self->room);

  return piece;
}

static void
send_next (KamPageStream *self)
{
  g_autoptr (GBytes) piece = NULL;

  if (self->sending)
    return;

  piece = take_piece (self);
  if (piece != NULL)
    {
      self->sending = TRUE;
      kam_request_stream_piece (self->request, piece);
    }
  else if (self->ended)
    {
      kam_request_stream_end (self->request);
    }
}

static void
wrote_chunk_cb (SoupServerMessage *message,
                gpointer           user_data)
{
  KamPageStream *self = user_data;

  self->sending = FALSE;
  send_next (self);
}

static void
begin (KamPageStream *self)
{
  SoupServerMessage *message = kam_request_message (self->request);

  if (self->begun || message == NULL)
    return;

  self->begun = TRUE;
  kam_request_stream_begin (self->request, self->content_type, self->is_gzip);
  g_signal_connect_data (message, "wrote-chunk", G_CALLBACK (wrote_chunk_cb), kam_page_stream_ref (self), unref_closure_cb, 0);
}

static gboolean
look_cb (gpointer user_data)
{
  KamPageStream *self = user_data;

  if (!kam_request_is_finished (self->request))
    {
      begin (self);
      send_next (self);
    }

  return G_SOURCE_REMOVE;
}

static void
unref_cb (gpointer data)
{
  kam_page_stream_unref (data);
}

/* The worker's end of the pipe. */
static gboolean
queue_piece (KamPageStream  *self,
             GBytes         *piece, /* (transfer full) */
             GCancellable   *cancellable,
             GError        **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  while (self->queued > KAM_PAGE_STREAM_BYTES && self->waited_us < KAM_PAGE_STREAM_PATIENCE_US && !g_cancellable_is_cancelled (cancellable))
    {
      gint64 from = g_get_monotonic_time ();

      g_cond_wait_until (&self->room, &self->lock, from + WAIT_SLICE_US);
      self->waited_us += g_get_monotonic_time () - from;
    }

  self->queued += g_bytes_get_size (piece);
  g_queue_push_tail (&self->pieces, piece);
  if (!self->scheduled)
    {
      self->scheduled = TRUE;
      g_main_context_invoke_full (NULL, G_PRIORITY_DEFAULT, look_cb, kam_page_stream_ref (self), unref_cb);
    }

  if (self->queued > 2 * KAM_PAGE_STREAM_BYTES)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "the client reads too slowly");
      return FALSE;
    }

  return !g_cancellable_set_error_if_cancelled (cancellable, error);
}

static gboolean
compress (KamPageStream   *self,
          const char      *text,
          gsize            length,
          GConverterFlags  flags,
          GCancellable    *cancellable,
          GError         **error)
{
  GConverterResult result = G_CONVERTER_CONVERTED;

  while (length > 0 || (flags == G_CONVERTER_INPUT_AT_END && result != G_CONVERTER_FINISHED))
    {
      gsize room = 64 << 10;
      g_autofree guint8 *out = g_malloc (room);
      gsize read = 0;
      gsize written = 0;

      result = g_converter_convert (self->gzip, text, length, out, room, flags, &read, &written, error);
      if (result == G_CONVERTER_ERROR)
        return FALSE;

      text += read;
      length -= read;
      if (written > 0 && !queue_piece (self, g_bytes_new_take (g_steal_pointer (&out), written), cancellable, error))
        return FALSE;
    }

  return TRUE;
}

gboolean
kam_page_stream_write (KamPageStream  *self,
                       const char     *text,
                       gsize           length,
                       GCancellable   *cancellable,
                       GError        **error)
{
  if (self->wants_gzip && self->gzip == NULL && length >= GZIP_LEAST)
    {
      g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

      self->gzip = G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, GZIP_LEVEL));
      self->is_gzip = TRUE;
    }

  /* Decided by the first piece, for all. */
  self->wants_gzip = FALSE;
  if (self->gzip == NULL)
    return queue_piece (self, g_bytes_new (text, length), cancellable, error);

  return compress (self, text, length, G_CONVERTER_NO_FLAGS, cancellable, error);
}

gboolean
kam_page_stream_close (KamPageStream  *self,
                       GError        **error)
{
  return self->gzip == NULL || compress (self, "", 0, G_CONVERTER_INPUT_AT_END, NULL, error);
}

void
kam_page_stream_end (KamPageStream *self,
                     const GError  *error)
{
  if (kam_request_is_finished (self->request))
    return;

  if (error != NULL && !self->begun)
    {
      g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&self->lock);

      /* Pieces that nobody has seen yet are as good as not written. */
      g_queue_clear_full (&self->pieces, (GDestroyNotify) g_bytes_unref);
      g_clear_pointer (&locker, g_mutex_locker_free);
      kam_request_fail (self->request, error);
      return;
    }

  if (error != NULL)
    {
      kam_request_cut (self->request);
      return;
    }

  begin (self);
  self->ended = TRUE;
  send_next (self);
}
