/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-backup-private.h"

#include <string.h>

/* Gathered before it goes through the compressor. */
#define PIECE_BYTES (64 << 10)

struct _KamBackupWriter
{
  GOutputStream *output;   /* (owned): compressing */
  GByteArray    *piece;    /* (owned): records not written yet */
  GChecksum     *all;      /* (owned) */
  GChecksum     *table;    /* (owned) (nullable): of the rows of the table under way */
  guint          n_columns;
  gint64         n_table_rows;
  gint64         n_tables;
  gint64         n_rows;
};

KamBackupWriter *
kam_backup_writer_new (GOutputStream *output)
{
  KamBackupWriter *self = g_new0 (KamBackupWriter, 1);
  g_autoptr (GZlibCompressor) compressor = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, -1);

  self->output = g_converter_output_stream_new (output, G_CONVERTER (compressor));
  g_filter_output_stream_set_close_base_stream (G_FILTER_OUTPUT_STREAM (self->output), FALSE);
  self->piece = g_byte_array_new ();
  self->all = g_checksum_new (G_CHECKSUM_SHA256);
  g_byte_array_append (self->piece, (const guint8 *) KAM_BACKUP_MAGIC, strlen (KAM_BACKUP_MAGIC));

  return self;
}

void
kam_backup_writer_free (KamBackupWriter *self)
{
  g_object_unref (self->output);
  g_byte_array_unref (self->piece);
  g_checksum_free (self->all);
  g_clear_pointer (&self->table, g_checksum_free);
  g_free (self);
}

static void
append_number (GByteArray *to,
               guint64     number,
               guint       n_bytes)
{
  for (guint i = n_bytes; i-- > 0;)
    {
      guint8 byte = (guint8) (number >> (8 * i));

      g_byte_array_append (to, &byte, 1);
    }
}

static void
begin_record (KamBackupWriter *self,
              char             kind,
              guint            n_values)
{
  append_number (self->piece, (guint8) kind, 1);
  append_number (self->piece, n_values, 2);
}

static void
append_int (KamBackupWriter *self,
            gint64           number)
{
  append_number (self->piece, KAM_BACKUP_INT, 1);
  append_number (self->piece, (guint64) number, 8);
}

static void
append_bytes (KamBackupWriter *self,
              gconstpointer    bytes,
              gsize            length)
{
  append_number (self->piece, KAM_BACKUP_BYTES, 1);
  append_number (self->piece, length, 4);
  g_byte_array_append (self->piece, bytes, (guint) length);
}

static void
append_id (KamBackupWriter *self,
           const char      *id)
{
  guint8 bytes[KAM_ID_BYTES] = { 0 };

  kam_id_to_bytes (id, bytes);
  append_bytes (self, bytes, sizeof bytes);
}

static void
append_digest (KamBackupWriter *self,
               GChecksum       *checksum)
{
  guint8 digest[KAM_BACKUP_DIGEST_BYTES];
  gsize length = sizeof digest;
  GChecksum *copy = g_checksum_copy (checksum); /* one that was asked takes no more */

  g_checksum_get_digest (copy, digest, &length);
  g_checksum_free (copy);
  append_bytes (self, digest, length);
}

static gboolean
flush (KamBackupWriter  *self,
       GError          **error)
{
  g_checksum_update (self->all, self->piece->data, self->piece->len);

  if (!g_output_stream_write_all (self->output, self->piece->data, self->piece->len, NULL, NULL, error))
    return FALSE;

  g_byte_array_set_size (self->piece, 0);

  return TRUE;
}

gboolean
kam_backup_writer_header (KamBackupWriter      *self,
                          const KamBackupInfo  *info,
                          GError              **error)
{
  begin_record (self, 'H', 5);
  append_int (self, info->schema);
  append_id (self, info->server_id);
  append_id (self, info->epoch);
  append_int (self, info->head);
  append_int (self, info->at);

  return flush (self, error);
}

gboolean
kam_backup_writer_table (KamBackupWriter  *self,
                         const char       *name,
                         GPtrArray        *columns,
                         GError          **error)
{
  begin_record (self, 'T', columns->len + 1);
  append_bytes (self, name, strlen (name));

  for (guint i = 0; i < columns->len; i++)
    append_bytes (self, g_ptr_array_index (columns, i), strlen (g_ptr_array_index (columns, i)));

  self->n_columns = columns->len;
  self->n_table_rows = 0;
  self->table = g_checksum_new (G_CHECKSUM_SHA256);

  return flush (self, error);
}

gboolean
kam_backup_writer_row (KamBackupWriter  *self,
                       KamDbRows        *rows,
                       GError          **error)
{
  guint begin = self->piece->len;

  begin_record (self, 'R', self->n_columns);

  for (guint i = 0; i < self->n_columns; i++)
    {
      gsize length = 0;
      gconstpointer bytes;

      if (kam_db_rows_is_null (rows, i))
        {
          append_number (self->piece, KAM_BACKUP_NULL, 1);
        }
      else if (kam_db_rows_is_number (rows, i))
        {
          append_int (self, kam_db_rows_int (rows, i));
        }
      else
        {
          bytes = kam_db_rows_bytes (rows, i, &length);
          append_bytes (self, bytes, length);
        }
    }

  g_checksum_update (self->table, self->piece->data + begin, self->piece->len - begin);
  self->n_table_rows++;

  return self->piece->len < PIECE_BYTES || flush (self, error);
}

gboolean
kam_backup_writer_end_table (KamBackupWriter  *self,
                             GError          **error)
{
  begin_record (self, 'E', 2);
  append_int (self, self->n_table_rows);
  append_digest (self, self->table);
  g_clear_pointer (&self->table, g_checksum_free);
  self->n_tables++;
  self->n_rows += self->n_table_rows;

  return flush (self, error);
}

gboolean
kam_backup_writer_end (KamBackupWriter  *self,
                       GError          **error)
{
  begin_record (self, 'Z', 3);
  append_int (self, self->n_tables);
  append_int (self, self->n_rows);
  append_digest (self, self->all); /* of what has been flushed: everything before this record */

  return flush (self, error) && g_output_stream_close (self->output, NULL, error);
}
