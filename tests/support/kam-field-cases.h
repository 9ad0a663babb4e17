/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-entity.h"

G_BEGIN_DECLS

/**
 * KamFieldCase:
 *
 * A value for a field, as JSON, and what must become of it by the field table alone: below, at and over its limits, and of other types.
 */
typedef struct
{
  char       *json; /* (owned) */
  const char *code; /* (nullable), static: of the rejection; NULL where the value must be taken and come back as it is */
} KamFieldCase;

/* reference: (nullable) the id of a row that the field may refer to. Returns: (transfer full) (element-type KamFieldCase) */
GPtrArray *kam_field_cases_new (const KamField *field,
                                const char     *reference);
/* As many characters of the pattern, over and over. */
char      *kam_field_cases_fill (const char    *pattern,
                                 glong          n);

G_END_DECLS
