/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-mutation.h"

G_BEGIN_DECLS

/**
 * KamMerge:
 *
 * What became of a mutation's changes against the row as it is now. @row is the result; @losers lists the fields (group by group) whose current value
 * stayed although the mutation wanted another: each becomes a conflict.
 */
typedef struct
{
  KamRow  *row;     /* (owned) */
  gboolean changed; /* @row differs from what was there */
  GArray  *losers;  /* (owned) (element-type guint) */
} KamMerge;

/* Pure, idempotent and total; the one merge function of both sides. By field against the base the client saw: current = old, apply; current = new,
 * nothing to do; else by the field's KamMergeKind. */
KamMerge *kam_merge_put  (const KamRow      *current,
                          const KamMutation *mutation);
void      kam_merge_free (KamMerge          *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamMerge, kam_merge_free)

G_END_DECLS
