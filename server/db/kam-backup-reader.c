/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-backup-private.h"

#include <string.h>

#define PIECE_BYTES (64 << 10)

struct _KamBackupReader
{
  GInputStream *input;     /* (owned): decompressing */
  guint8       *piece;     /* (owned): of the input, … */
  gsize         n_piece;   /* … so many bytes, … */
  gsize         at;        /* … of which so many are read */
  GChecksum    *all;       /* (owned): of what was read */
  GChecksum    *table;     /* (owned) (nullable): of the rows of the table under way */
  GByteArray   *record;    /* (owned): the bytes of the record under way */
  guint         n_columns;
  gint64        n_table_rows;
  gint64        n_tables;
  gint64        n_rows;
};

static void
value_clear (gpointer data)
{
  KamBackupValue *value = data;

  g_clear_pointer (&value->bytes, g_bytes_unref);
}

void
kam_backup_record_free (KamBackupRecord *self)
{
  g_array_unref (self->values);
  g_free (self);
}

void
kam_backup_reader_free (KamBackupReader *self)
{
  g_clear_object (&self->input);
  g_free (self->piece);
  g_checksum_free (self->all);
  g_clear_pointer (&self->table, g_checksum_free);
  g_byte_array_unref (self->record);
  g_free (self);
}

static gboolean
refuse (GError     **error,
        const char  *why)
{
  g_set_error (error, KAM_DB_ERROR, KAM_DB_ERROR_CONSTRAINT, "This is not a whole backup: %s", why);

  return FALSE;
}

/* Makes sure that there is something in the piece; at the end of the input there is not. */
static gboolean
fill (KamBackupReader  *self,
      GError          **error)
{
  gssize n;

  if (self->at < self->n_piece)
    return TRUE;

  n = g_input_stream_read (self->input, self->piece, PIECE_BYTES, NULL, error);
  self->at = 0;
  self->n_piece = (gsize) MAX (n, 0);

  if (n < 0)
    g_prefix_error (error, "The backup cannot be read: ");

  return n >= 0;
}

/* Appends so many bytes to the record under way. */
static gboolean
take (KamBackupReader  *self,
      gsize             length,
      const guint8    **bytes,
      GError          **error)
{
  guint begin = self->record->len;

  while (self->record->len < begin + length)
    {
      gsize n;

      if (!fill (self, error))
        return FALSE;

      n = MIN (self->n_piece - self->at, begin + length - self->record->len);

      if (n == 0)
        return refuse (error, "it ends too early");

      g_byte_array_append (self->record, self->piece + self->at, (guint) n);
      self->at += n;
    }

  *bytes = self->record->data + begin;

  return TRUE;
}

static gboolean
take_number (KamBackupReader  *self,
             guint             n_bytes,
             guint64          *number,
             GError          **error)
{
  const guint8 *bytes;

  *number = 0;

  if (!take (self, n_bytes, &bytes, error))
    return FALSE;

  for (guint i = 0; i < n_bytes; i++)
    *number = *number << 8 | bytes[i];

  return TRUE;
}

static gboolean
take_value (KamBackupReader  *self,
            KamBackupValue   *value,
            GError          **error)
{
  guint64 kind = 0;
  guint64 number = 0;
  const guint8 *bytes;

  if (!take_number (self, 1, &kind, error))
    return FALSE;

  value->kind = (KamBackupKind) kind;

  switch (value->kind)
    {
    case KAM_BACKUP_NULL:
      return TRUE;
    case KAM_BACKUP_INT:
      if (!take_number (self, 8, &number, error))
        return FALSE;
      value->number = (gint64) number;
      return TRUE;
    case KAM_BACKUP_BYTES:
      if (!take_number (self, 4, &number, error))
        return FALSE;
      if (number > KAM_BACKUP_BYTES_MOST)
        return refuse (error, "a value is too long");
      if (!take (self, number, &bytes, error))
        return FALSE;
      value->bytes = g_bytes_new (bytes, number);
      return TRUE;
    default:
      return refuse (error, "a value is of no kind");
    }
}

static KamBackupRecord *
take_record (KamBackupReader  *self,
             GError          **error)
{
  g_autoptr (KamBackupRecord) record = g_new0 (KamBackupRecord, 1);
  guint64 kind = 0;
  guint64 n_values = 0;

  record->values = g_array_new (FALSE, TRUE, sizeof (KamBackupValue));
  g_array_set_clear_func (record->values, value_clear);
  g_byte_array_set_size (self->record, 0);

  if (!take_number (self, 1, &kind, error) || !take_number (self, 2, &n_values, error))
    return NULL;

  if (n_values > KAM_BACKUP_VALUES_MOST)
    {
      refuse (error, "a record is too long");
      return NULL;
    }

  record->kind = (char) kind;
  g_array_set_size (record->values, (guint) n_values);

  for (guint i = 0; i < n_values; i++)
    {
      if (!take_value (self, &g_array_index (record->values, KamBackupValue, i), error))
        return NULL;
    }

  return g_steal_pointer (&record);
}

static gboolean
has_form (KamBackupRecord *record,
          const char      *kinds)
{
  if (record->values->len != strlen (kinds))
    return FALSE;

  for (guint i = 0; i < record->values->len; i++)
    {
      if (g_array_index (record->values, KamBackupValue, i).kind != (KamBackupKind) kinds[i])
        return FALSE;
    }

  return TRUE;
}

static gint64
get_int (KamBackupRecord *record,
         guint            i)
{
  return g_array_index (record->values, KamBackupValue, i).number;
}

static gboolean
is_digest (KamBackupRecord *record,
           guint            i,
           GChecksum       *checksum)
{
  guint8 digest[KAM_BACKUP_DIGEST_BYTES];
  gsize length = sizeof digest;
  g_autoptr (GBytes) wanted = NULL;

  g_checksum_get_digest (checksum, digest, &length);
  wanted = g_bytes_new (digest, length);

  return g_bytes_equal (g_array_index (record->values, KamBackupValue, i).bytes, wanted);
}

static gboolean
begin_table (KamBackupReader  *self,
             KamBackupRecord  *record,
             GError          **error)
{
  if (self->table != NULL || record->values->len < 2)
    return refuse (error, "a table begins in another");

  for (guint i = 0; i < record->values->len; i++)
    {
      if (g_array_index (record->values, KamBackupValue, i).kind != KAM_BACKUP_BYTES)
        return refuse (error, "a table or column has no name");
    }

  self->n_columns = record->values->len - 1;
  self->n_table_rows = 0;
  self->table = g_checksum_new (G_CHECKSUM_SHA256);

  return TRUE;
}

static gboolean
count_row (KamBackupReader  *self,
           KamBackupRecord  *record,
           GError          **error)
{
  if (self->table == NULL || record->values->len != self->n_columns)
    return refuse (error, "a row does not belong to its table");

  g_checksum_update (self->table, self->record->data, self->record->len);
  self->n_table_rows++;

  return TRUE;
}

static gboolean
end_table (KamBackupReader  *self,
           KamBackupRecord  *record,
           GError          **error)
{
  if (self->table == NULL || !has_form (record, "IB") || get_int (record, 0) != self->n_table_rows || !is_digest (record, 1, self->table))
    return refuse (error, "the rows of a table are not those that were written");

  g_clear_pointer (&self->table, g_checksum_free);
  self->n_tables++;
  self->n_rows += self->n_table_rows;

  return TRUE;
}

static gboolean
end_all (KamBackupReader  *self,
         KamBackupRecord  *record,
         GError          **error)
{
  if (self->table != NULL || !has_form (record, "IIB") || get_int (record, 0) != self->n_tables || get_int (record, 1) != self->n_rows ||
      !is_digest (record, 2, self->all))
    return refuse (error, "it is not what was written");

  /* The compressed stream has a sum of its own, which is looked at where it ends. */
  if (!fill (self, error))
    return FALSE;

  return self->at == self->n_piece || refuse (error, "something comes after its end");
}

KamBackupRecord *
kam_backup_reader_next (KamBackupReader  *self,
                        gboolean         *ended,
                        GError          **error)
{
  g_autoptr (KamBackupRecord) record = take_record (self, error);
  gboolean good = FALSE;

  *ended = FALSE;

  if (record == NULL)
    return NULL;

  switch (record->kind)
    {
    case 'T':
      good = begin_table (self, record, error);
      break;
    case 'R':
      good = count_row (self, record, error);
      break;
    case 'E':
      good = end_table (self, record, error);
      break;
    case 'Z':
      *ended = end_all (self, record, error);
      return NULL; /* at the end, which is not an error */
    default:
      good = refuse (error, "a record is of no kind");
      break;
    }

  if (!good)
    return NULL;

  g_checksum_update (self->all, self->record->data, self->record->len);

  return g_steal_pointer (&record);
}

static gboolean
get_id (KamBackupRecord *record,
        guint            i,
        char             id[KAM_ID_LENGTH + 1])
{
  gsize length = 0;
  const guint8 *bytes = g_bytes_get_data (g_array_index (record->values, KamBackupValue, i).bytes, &length);

  if (length != KAM_ID_BYTES)
    return FALSE;

  kam_id_from_bytes (bytes, id);

  return TRUE;
}

static gboolean
read_header (KamBackupReader  *self,
             KamBackupInfo    *info,
             GError          **error)
{
  g_autoptr (KamBackupRecord) record = NULL;
  const guint8 *magic;

  if (!take (self, strlen (KAM_BACKUP_MAGIC), &magic, error))
    return FALSE;

  if (memcmp (magic, KAM_BACKUP_MAGIC, strlen (KAM_BACKUP_MAGIC)) != 0)
    return refuse (error, "it is of another kind, or of a newer version");

  g_checksum_update (self->all, magic, strlen (KAM_BACKUP_MAGIC));
  record = take_record (self, error);

  if (record == NULL)
    return FALSE;

  if (record->kind != 'H' || !has_form (record, "IBBII") || !get_id (record, 1, info->server_id) || !get_id (record, 2, info->epoch))
    return refuse (error, "its header cannot be read");

  g_checksum_update (self->all, self->record->data, self->record->len);
  info->schema = (guint) get_int (record, 0);
  info->head = get_int (record, 3);
  info->at = get_int (record, 4);

  return TRUE;
}

KamBackupReader *
kam_backup_reader_open (const char     *path,
                        KamBackupInfo  *info,
                        GError        **error)
{
  g_autoptr (KamBackupReader) self = g_new0 (KamBackupReader, 1);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) raw = NULL;
  g_autoptr (GZlibDecompressor) decompressor = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);

  self->all = g_checksum_new (G_CHECKSUM_SHA256);
  self->record = g_byte_array_new ();
  raw = g_file_read (file, NULL, error);

  if (raw == NULL)
    return NULL;

  self->input = g_converter_input_stream_new (G_INPUT_STREAM (raw), G_CONVERTER (decompressor));
  self->piece = g_malloc (PIECE_BYTES);
  *info = (KamBackupInfo) { 0 };

  if (!read_header (self, info, error))
    return NULL;

  return g_steal_pointer (&self);
}

gboolean
kam_backup_verify (const char     *path,
                   KamBackupInfo  *info,
                   GError        **error)
{
  g_autoptr (KamBackupReader) reader = kam_backup_reader_open (path, info, error);
  gboolean ended = FALSE;

  if (reader == NULL)
    return FALSE;

  while (!ended)
    {
      g_autoptr (KamBackupRecord) record = kam_backup_reader_next (reader, &ended, error);

      if (record == NULL && !ended)
        return FALSE;
    }

  info->n_tables = (guint) reader->n_tables;
  info->n_rows = (guint64) reader->n_rows;

  return TRUE;
}
