/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * KamHistoryList:
 *
 * The history of one lead, on a page of its own.
 */
#define KAM_TYPE_HISTORY_LIST (kam_history_list_get_type ())
G_DECLARE_FINAL_TYPE (KamHistoryList, kam_history_list, KAM, HISTORY_LIST, AdwBin)

/* Asks for the history anew, also of the same lead. NULL shows nothing. */
void kam_history_list_show (KamHistoryList *self,
                            KamWorkspace   *workspace,
                            const char     *lead_id); /* (nullable) */

G_END_DECLS
