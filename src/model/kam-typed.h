/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-check.h"
#include "kam-when.h"

G_BEGIN_DECLS

/* What is typed into a field can only be understood with what stands around it. */
typedef struct
{
  const char  *country;  /* (nullable): ISO 3166-1, to read phones */
  const char  *currency; /* (nullable): ISO 4217, to read money */
  const char  *today;    /* YYYY-MM-DD, to read dates */
  KamWhenSide  side;
} KamTyped;

/* From a field's canonical value to the text to edit, and back. As kam_field_parse(), the way back writes the value also where it returns a problem. */
char       *kam_typed_print   (const KamTyped  *self,
                               const KamEntity *entity,
                               guint            field,
                               const KamValue  *value);
KamProblem *kam_typed_parse   (const KamTyped  *self,
                               const KamEntity *entity,
                               guint            field,
                               const char      *text,
                               KamValue        *value);
/* What was understood, where the text does not say so itself. (nullable) (transfer full) */
char       *kam_typed_meaning (const KamTyped  *self,
                               const KamEntity *entity,
                               guint            field,
                               const char      *text,
                               const KamValue  *value);

G_END_DECLS
