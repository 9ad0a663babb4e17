/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* At a position of the old list, `removed` keys give way to `added` keys that stand at `from` in the new one. */
typedef struct
{
  guint position;
  guint removed;
  guint added;
  guint from;
} KamListSplice;

/**
 * kam_list_diff:
 * @before: (array length=n_before): keys in their old order, each at most once
 * @after: (array length=n_after): keys in their new order, each at most once
 *
 * What turns one order into the other, in few and small steps: rows that stay are in none of them. Positions are those of the old list,
 * ascending, so apply them from the last
 * to the first. Costs no more than reading both lists, and one set of each where more than one row moved.
 *
 * Returns: (transfer full) (element-type KamListSplice): empty when nothing changed
 */
GArray *kam_list_diff (const gint64 *before,
                       guint         n_before,
                       const gint64 *after,
                       guint         n_after);

G_END_DECLS
