/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-cell.h"

G_BEGIN_DECLS

/* What a column says about a row, and what it says at more length in a tooltip. (transfer full) (nullable): nothing */
char       *kam_cell_text    (KamColumn         column,
                              const KamListRow *row,
                              KamWorkspace     *workspace);
char       *kam_cell_tooltip (KamColumn         column,
                              const KamListRow *row);
/* The second line of a row: everything that has no column of its own. (transfer full) */
char       *kam_cell_detail  (const KamListRow *row,
                              KamWorkspace     *workspace);
/* The named colour of a lead's status, NULL for that of the text; whether it is dimmed. As the style classes say. (transfer none) */
const char *kam_cell_status_color (const KamListRow *row,
                                   gboolean         *is_dim);

G_END_DECLS
