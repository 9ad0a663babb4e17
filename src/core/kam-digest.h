/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-row.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define KAM_DIGEST_FEWEST_DIGITS 2
#define KAM_DIGEST_MOST_DIGITS 3

/**
 * KamDigest:
 *
 * What somebody has of an entity, short enough to send: the rows are parted into ranges by the last hexadecimal digits of their ids, and each range has
 * the sum (64 bits, wrapping) of the first eight bytes of the SHA-256 of its rows' lines, as kam_wire_append_row() writes them. Order does not matter.
 * Two that differ in a range differ there in some row. Not for sharing between threads.
 */
typedef struct _KamDigest KamDigest;

KamDigest    *kam_digest_new         (KamEntityKind     entity,
                                      guint             digits);
KamDigest    *kam_digest_new_like    (const KamDigest  *other); /* empty; of the same entity, digits and fields */
void          kam_digest_free        (KamDigest        *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamDigest, kam_digest_free)

/* How many digits for so many rows, for some 60 in a range. */
guint         kam_digest_choose      (gint64            n_rows);

KamEntityKind kam_digest_entity      (const KamDigest  *self);
guint         kam_digest_digits      (const KamDigest  *self);
guint         kam_digest_n_ranges    (const KamDigest  *self);

/* Which fields count, and in which order: all of ours unless it is said here, before the first row. */
void          kam_digest_set_fields  (KamDigest        *self,
                                      const guint      *fields,
                                      guint             n_fields);

void          kam_digest_add         (KamDigest        *self,
                                      const KamRow     *row); /* with rev and scope */
void          kam_digest_remove      (KamDigest        *self,
                                      const KamRow     *row);

char         *kam_digest_to_base64   (const KamDigest  *self);
gboolean      kam_digest_read_base64 (KamDigest        *self,
                                      const char       *sums,
                                      GError          **error);

/* (element-type utf8): the ranges that differ, in order. Both have the same entity and digits. */
GPtrArray    *kam_digest_compare     (const KamDigest  *a,
                                      const KamDigest  *b);

/**
 * KamDigestSet:
 *
 * A digest of each entity.
 */
typedef struct
{
  KamDigest *of[KAM_N_ENTITIES]; /* (owned) (nullable): NULL counts as empty with the fewest digits */
} KamDigestSet;

KamDigestSet *kam_digest_set_new         (void);
void          kam_digest_set_free        (KamDigestSet   *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamDigestSet, kam_digest_set_free)

/* The members of a request, "columns" and "digests", without braces around them. */
void          kam_digest_set_append_json (KamDigestSet   *self,
                                          GString        *out);
/* Reads the same back. What is missing is made, empty. */
KamDigestSet *kam_digest_set_from_json   (JsonObject     *body,
                                          GError        **error);

/* Ranges: two or three lower-case hexadecimal digits. */
gboolean      kam_range_is_valid  (const char *range);
gboolean      kam_range_has_id    (const char *range,
                                   const char *id);
char         *kam_range_format    (guint       index,
                                   guint       digits);

G_END_DECLS
