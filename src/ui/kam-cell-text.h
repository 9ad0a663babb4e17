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
/* The style class for a lead's status, NULL for a row that has none. (transfer none) */
const char *kam_cell_status_class (const KamListRow *row);

G_END_DECLS
