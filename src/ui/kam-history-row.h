/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-history-model.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * KamHistoryRow:
 *
 * One line of a history, as it is now: what was changed, by whom, and a button that brings the earlier value back.
 */
#define KAM_TYPE_HISTORY_ROW (kam_history_row_get_type ())
G_DECLARE_FINAL_TYPE (KamHistoryRow, kam_history_row, KAM, HISTORY_ROW, AdwBin)

GtkWidget *kam_history_row_new      (KamWorkspace    *workspace);
/* model: which brings back; both NULL when the row is taken away. */
void       kam_history_row_set_item (KamHistoryRow   *self,
                                     KamHistoryModel *model,
                                     KamHistoryItem  *item);

G_END_DECLS
