/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-row.h"

G_BEGIN_DECLS

/**
 * KamProblem:
 *
 * Why a value cannot be: a stable code for programs (`required`, `too_long`, `too_short`, `out_of_range`, `not_a_choice`, `bad_email`, `bad_phone`,
 * `bad_date`, `bad_time`, `bad_zone`, `bad_country`, `bad_currency`, `bad_language`, `bad_id`, `bad_type`, `bad_text`, `fixed`, `not_allowed`,
 * `in_future`, `cycle`, `wrong_lead`, …) and a sentence for a person that says what to do.
 */
typedef struct
{
  int         field;   /* index in the entity, or -1 for the row as a whole */
  const char *code;    /* static */
  char       *message; /* (owned), translated */
} KamProblem;

void        kam_problem_free (KamProblem *self);
KamProblem *kam_problem_new  (int         field,
                              const char *code,
                              const char *format,
                              ...) G_GNUC_PRINTF (3, 4);

/* Puts what was typed or received into canonical form: trimmed, NFC, empty to null, upper-case codes, sorted tags. NULL, or what is wrong.
 * The value is written in both cases, so that nothing typed is lost. */
KamProblem *kam_field_parse  (const KamEntity *entity,
                              guint            field,
                              const char      *text,
                              KamValue        *value);

/* NULL, or what is wrong with a canonical value by the limits and type of its field (not whether it is required). */
KamProblem *kam_field_check  (const KamEntity *entity,
                              guint            field,
                              const KamValue  *value);

/* Everything that is wrong with a whole row by itself: each field, what is required, and the rules between fields of the row (an order's value and its
 * currency; planned items need a local date and zone; done ones need a time that is not after now_us by more than the tolerance …).
 * Returns: (element-type KamProblem) (transfer full): empty when all is well */
GPtrArray  *kam_row_check    (const KamRow *row,
                              gint64        now_us);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamProblem, kam_problem_free)

G_END_DECLS
