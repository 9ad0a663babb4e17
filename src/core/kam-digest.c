/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-digest-private.h"

#include "kam-error.h"
#include "kam-wire.h"

#include <string.h>

#define SUM_BYTES 8
/* Rows of a range, about: what is repaired at once where one of them is bad. */
#define RANGE_ROWS 60

struct _KamDigest
{
  KamEntityKind entity;
  guint         digits;
  guint64      *sums;     /* (owned) (array length=1 << 4 * digits) */
  guint        *fields;   /* (owned) (nullable): NULL for all */
  guint         n_fields;
  GChecksum    *checksum; /* used again for each row */
  GString      *line;     /* used again for each row */
};

/**
 * kam_digest_new:
 * @digits: 2 or 3: see kam_digest_choose()
 *
 * Returns: (transfer full): one without rows
 */
KamDigest *
kam_digest_new (KamEntityKind entity,
                guint         digits)
{
  KamDigest *self = g_new0 (KamDigest, 1);

  g_assert (digits >= KAM_DIGEST_FEWEST_DIGITS && digits <= KAM_DIGEST_MOST_DIGITS);
  self->entity = entity;
  self->digits = digits;
  self->sums = g_new0 (guint64, kam_digest_n_ranges (self));
  self->checksum = g_checksum_new (G_CHECKSUM_SHA256);
  self->line = g_string_new (NULL);

  return self;
}

/**
 * kam_digest_new_like:
 *
 * Returns: (transfer full): one without rows that can be compared with the other once it has some
 */
KamDigest *
kam_digest_new_like (const KamDigest *other)
{
  KamDigest *self = kam_digest_new (other->entity, other->digits);

  if (other->fields != NULL)
    kam_digest_set_fields (self, other->fields, other->n_fields);

  return self;
}

void
kam_digest_free (KamDigest *self)
{
  g_free (self->sums);
  g_free (self->fields);
  g_checksum_free (self->checksum);
  g_string_free (self->line, TRUE);
  g_free (self);
}

guint
kam_digest_choose (gint64 n_rows)
{
  return n_rows > ((gint64) RANGE_ROWS << (4 * KAM_DIGEST_FEWEST_DIGITS)) ? KAM_DIGEST_MOST_DIGITS : KAM_DIGEST_FEWEST_DIGITS;
}

KamEntityKind
kam_digest_entity (const KamDigest *self)
{
  return self->entity;
}

guint
kam_digest_digits (const KamDigest *self)
{
  return self->digits;
}

guint
kam_digest_n_ranges (const KamDigest *self)
{
  return 1u << (4 * self->digits);
}

/**
 * kam_digest_set_fields:
 * @fields: (array length=n_fields): by their place in the entity's table
 */
void
kam_digest_set_fields (KamDigest   *self,
                       const guint *fields,
                       guint        n_fields)
{
  g_free (self->fields);
  self->fields = g_new0 (guint, n_fields + 1); /* not NULL, also for none */
  self->n_fields = n_fields;
  memcpy (self->fields, fields, n_fields * sizeof *fields);
}

/* The fields that count; NULL for all. */
const guint *
kam_digest_fields (const KamDigest *self,
                   guint           *n_fields)
{
  *n_fields = self->n_fields;

  return self->fields;
}

static guint
range_of (const KamDigest *self,
          const char      *id)
{
  guint index = 0;

  for (guint i = KAM_ID_LENGTH - self->digits; i < KAM_ID_LENGTH; i++)
    index = index << 4 | (guint) g_ascii_xdigit_value (id[i]);

  return index;
}

static guint64
sum_row (KamDigest    *self,
         const KamRow *row)
{
  guint8 bytes[32];
  gsize length = sizeof bytes;
  guint64 sum = 0;

  g_string_truncate (self->line, 0);
  kam_wire_append_row (self->line, row, self->fields, self->n_fields);
  g_checksum_reset (self->checksum);
  g_checksum_update (self->checksum, (const guchar *) self->line->str, (gssize) self->line->len);
  g_checksum_get_digest (self->checksum, bytes, &length);
  memcpy (&sum, bytes, sizeof sum);

  return GUINT64_FROM_BE (sum);
}

void
kam_digest_add (KamDigest    *self,
                const KamRow *row)
{
  g_return_if_fail (kam_row_kind (row) == self->entity);
  self->sums[range_of (self, kam_row_id (row))] += sum_row (self, row);
}

/**
 * kam_digest_remove:
 * @row: that was added, as it was then
 */
void
kam_digest_remove (KamDigest    *self,
                   const KamRow *row)
{
  g_return_if_fail (kam_row_kind (row) == self->entity);
  self->sums[range_of (self, kam_row_id (row))] -= sum_row (self, row);
}

/**
 * kam_digest_to_base64:
 *
 * Returns: (transfer full): range after range, each sum with its highest byte first
 */
char *
kam_digest_to_base64 (const KamDigest *self)
{
  guint n = kam_digest_n_ranges (self);
  g_autofree guint64 *sums = g_new (guint64, n);

  for (guint i = 0; i < n; i++)
    sums[i] = GUINT64_TO_BE (self->sums[i]);

  return g_base64_encode ((const guchar *) sums, n * SUM_BYTES);
}

static gboolean
is_base64 (const char *text,
           gsize       length)
{
  for (gsize i = 0; i < length; i++)
    {
      gboolean is_padding = text[i] == '=' && i + 2 >= length && (i + 1 == length || text[i + 1] == '=');

      if (!g_ascii_isalnum (text[i]) && text[i] != '+' && text[i] != '/' && !is_padding)
        return FALSE;
    }

  return length % 4 == 0;
}

/**
 * kam_digest_read_base64:
 *
 * Takes the sums that somebody else's digest of the same entity and digits has.
 *
 * Returns: FALSE with KAM_ERROR_INVALID_WIRE where these are no sums, or not as many as there are ranges
 */
gboolean
kam_digest_read_base64 (KamDigest   *self,
                        const char  *sums,
                        GError     **error)
{
  guint n = kam_digest_n_ranges (self);
  gsize length = 0;
  g_autofree guchar *bytes = is_base64 (sums, strlen (sums)) ? g_base64_decode (sums, &length) : NULL;

  if (bytes == NULL || length != n * SUM_BYTES)
    {
      g_set_error (error, KAM_ERROR, KAM_ERROR_INVALID_WIRE, "“sums” must be %u sums of 8 bytes, in base64", n);
      return FALSE;
    }

  memcpy (self->sums, bytes, length);

  for (guint i = 0; i < n; i++)
    self->sums[i] = GUINT64_FROM_BE (self->sums[i]);

  return TRUE;
}

GPtrArray *
kam_digest_compare (const KamDigest *a,
                    const KamDigest *b)
{
  GPtrArray *ranges = g_ptr_array_new_with_free_func (g_free);

  g_return_val_if_fail (a->entity == b->entity && a->digits == b->digits, ranges);

  for (guint i = 0; i < kam_digest_n_ranges (a); i++)
    {
      if (a->sums[i] != b->sums[i])
        g_ptr_array_add (ranges, kam_range_format (i, a->digits));
    }

  return ranges;
}

gboolean
kam_range_is_valid (const char *range)
{
  gsize length = strspn (range, "0123456789abcdef");

  return range[length] == '\0' && length >= KAM_DIGEST_FEWEST_DIGITS && length <= KAM_DIGEST_MOST_DIGITS;
}

/**
 * kam_range_has_id:
 *
 * Returns: whether the row with this id is in the range
 */
gboolean
kam_range_has_id (const char *range,
                  const char *id)
{
  return g_str_has_suffix (id, range);
}

/**
 * kam_range_format:
 *
 * Returns: (transfer full): the name of the range at this place
 */
char *
kam_range_format (guint index,
                  guint digits)
{
  return g_strdup_printf ("%0*x", (int) digits, index);
}
