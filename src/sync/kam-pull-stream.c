/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-pull-stream.h"

#include "kam-error.h"

#include <string.h>

#define CHUNK_BYTES 65536
#define LINE_MOST_BYTES (4 * 1024 * 1024)
#define PIECE_MOST_BYTES (1024 * 1024)
#define SILENCE_SECONDS 60

struct _KamPullStream
{
  GInputStream  *stream;   /* (owned) */
  KamPageReader *reader;   /* (owned) */
  GByteArray    *buffer;   /* (owned): read and not yet parsed */
  gsize          offset;   /* of what is not yet parsed */
  gsize          searched; /* bytes after the offset that hold no newline */
  KamLine        footer;   /* (owned) */
  gboolean       complete;
  gint64         done;
  gint64         total;
};

typedef struct
{
  KamPullStream *self;
  GPtrArray     *lines;     /* (owned) (element-type KamLine) */
  guint          most;
  gsize          bytes;
  GCancellable  *inner;     /* (owned): cancelled by the caller's, and by silence */
  GCancellable  *outer;     /* (owned) (nullable) */
  gulong         outer_id;
  GSource       *deadline;  /* (owned) */
} Read;

static void read_more (GTask *task);

static void
line_free (gpointer data)
{
  kam_line_clear (data);
  g_free (data);
}

static void
read_free (Read *read)
{
  if (read->outer != NULL)
    g_cancellable_disconnect (read->outer, read->outer_id);
  g_source_destroy (read->deadline);
  g_source_unref (read->deadline);
  g_clear_object (&read->outer);
  g_object_unref (read->inner);
  g_clear_pointer (&read->lines, g_ptr_array_unref);
  g_free (read);
}

static gboolean
silence_cb (gpointer data)
{
  g_cancellable_cancel (data);

  return G_SOURCE_REMOVE;
}

static void
outer_cancelled_cb (GCancellable *outer,
                    gpointer      data)
{
  g_cancellable_cancel (data);
}

/* Takes a line in; the header and the footer stay here, the rest is added to the piece. */
static gboolean
take_line (Read        *read,
           const char  *text,
           gsize        length,
           GError     **error)
{
  KamPullStream *self = read->self;
  g_auto (KamLine) line = { 0 };

  if (!kam_page_reader_read (self->reader, text, length, &line, error))
    return FALSE;

  if (line.kind == KAM_LINE_HEADER)
    {
      self->done = line.progress_done;
      self->total = line.progress_total;
    }
  else if (line.kind == KAM_LINE_FOOTER)
    {
      kam_line_clear (&self->footer);
      self->footer = line;
      memset (&line, 0, sizeof line);
      self->complete = TRUE;
    }
  else if (line.kind == KAM_LINE_UNKNOWN)
    {
    }
  else
    {
      KamLine *kept = g_new0 (KamLine, 1);

      *kept = line;
      memset (&line, 0, sizeof line);
      g_ptr_array_add (read->lines, kept);
      read->bytes += length;
    }

  return TRUE;
}

static gboolean
is_full (Read *read)
{
  return read->lines->len >= read->most || read->bytes >= PIECE_MOST_BYTES;
}

/* Parses whole lines of the buffer until it is spent, the piece is full or the page is whole. */
static gboolean
parse (Read    *read,
       GError **error)
{
  KamPullStream *self = read->self;

  while (!self->complete && !is_full (read))
    {
      const guint8 *start = self->buffer->data + self->offset;
      gsize left = self->buffer->len - self->offset;
      const guint8 *end = left > self->searched ? memchr (start + self->searched, '\n', left - self->searched) : NULL;

      if (end == NULL)
        {
          self->searched = left;
          break;
        }

      if (!take_line (read, (const char *) start, end - start, error))
        return FALSE;

      self->offset += end - start + 1;
      self->searched = 0;
    }

  return TRUE;
}

static void
fail (GTask      *task,
      const char *why)
{
  g_task_return_new_error (task, KAM_ERROR, KAM_ERROR_INVALID_WIRE, "%s", why);
}

static void
finish_end (GTask   *task,
            Read    *read,
            gsize    got)
{
  KamPullStream *self = read->self;

  if (!self->complete)
    fail (task, "The page breaks off");
  else if (got > 0 || self->offset < self->buffer->len)
    fail (task, "The page goes on after its last line");
  else
    g_task_return_pointer (task, g_steal_pointer (&read->lines), (GDestroyNotify) g_ptr_array_unref);
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      data)
{
  g_autoptr (GTask) task = data;
  g_autoptr (GError) error = NULL;
  Read *read = g_task_get_task_data (task);
  KamPullStream *self = read->self;
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);

  if (bytes == NULL && g_cancellable_is_cancelled (read->outer))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "Cancelled");
      return;
    }

  if (bytes == NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED, "%s", error->message);
      return;
    }

  if (g_bytes_get_size (bytes) == 0 || self->complete)
    {
      finish_end (task, read, g_bytes_get_size (bytes));
      return;
    }

  g_byte_array_append (self->buffer, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  read_more (task);
}

/* Answers with what there is, or reads on. The end of the stream is awaited too, so that the connection can be used again. */
static void
read_more (GTask *task)
{
  Read *read = g_task_get_task_data (task);
  KamPullStream *self = read->self;
  GError *error = NULL;

  if (!parse (read, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  if (is_full (read))
    {
      g_task_return_pointer (task, g_steal_pointer (&read->lines), (GDestroyNotify) g_ptr_array_unref);
      return;
    }

  if (self->buffer->len - self->offset > LINE_MOST_BYTES)
    {
      fail (task, "A line is too long");
      return;
    }

  g_byte_array_remove_range (self->buffer, 0, self->offset);
  self->offset = 0;
  g_input_stream_read_bytes_async (self->stream, CHUNK_BYTES, G_PRIORITY_DEFAULT, read->inner, read_cb, g_object_ref (task));
}

/**
 * kam_pull_stream_new:
 *
 * Returns: (transfer full): a reader at the beginning of a page
 */
KamPullStream *
kam_pull_stream_new (GInputStream *stream)
{
  KamPullStream *self = g_new0 (KamPullStream, 1);

  self->stream = g_object_ref (stream);
  self->reader = kam_page_reader_new ();
  self->buffer = g_byte_array_new ();

  return self;
}

void
kam_pull_stream_free (KamPullStream *self)
{
  g_object_unref (self->stream);
  kam_page_reader_free (self->reader);
  g_byte_array_unref (self->buffer);
  kam_line_clear (&self->footer);
  g_free (self);
}

/**
 * kam_pull_stream_read_async:
 * @most: lines to give at once
 *
 * Reads the next piece. The stream must outlive the call.
 */
void
kam_pull_stream_read_async (KamPullStream       *self,
                            guint                most,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Read *read = g_new0 (Read, 1);

  read->self = self;
  read->most = most;
  read->lines = g_ptr_array_new_with_free_func (line_free);
  read->inner = g_cancellable_new ();
  read->deadline = g_timeout_source_new_seconds (SILENCE_SECONDS);
  g_source_set_callback (read->deadline, silence_cb, g_object_ref (read->inner), g_object_unref);
  g_source_attach (read->deadline, g_main_context_get_thread_default ());

  if (cancellable != NULL)
    {
      read->outer = g_object_ref (cancellable);
      read->outer_id = g_cancellable_connect (cancellable, G_CALLBACK (outer_cancelled_cb), g_object_ref (read->inner), g_object_unref);
    }

  g_task_set_check_cancellable (task, FALSE);
  g_task_set_source_tag (task, kam_pull_stream_read_async);
  g_task_set_task_data (task, read, (GDestroyNotify) read_free);
  read_more (task);
}

/**
 * kam_pull_stream_read_finish:
 *
 * Returns: (transfer full) (element-type KamLine): drops, evictions and rows in their order; empty at the end of a whole page. NULL with G_IO_ERROR_CANCELLED,
 *   another error of GIO where the connection broke, or one of KAM_ERROR where the page is not what it should be
 */
GPtrArray *
kam_pull_stream_read_finish (KamPullStream  *self,
                             GAsyncResult   *result,
                             GError        **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

const KamLine *
kam_pull_stream_get_footer (KamPullStream *self)
{
  return self->complete ? &self->footer : NULL;
}

gint64
kam_pull_stream_get_done (KamPullStream *self)
{
  return self->done;
}

gint64
kam_pull_stream_get_total (KamPullStream *self)
{
  return self->total;
}
