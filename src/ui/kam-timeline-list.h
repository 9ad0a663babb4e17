/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-lead-model.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * KamTimelineList:
 *
 * A whole timeline, of any length.
 */
#define KAM_TYPE_TIMELINE_LIST (kam_timeline_list_get_type ())
G_DECLARE_FINAL_TYPE (KamTimelineList, kam_timeline_list, KAM, TIMELINE_LIST, AdwBin)

void kam_timeline_list_set_model (KamTimelineList *self,
                                  KamWorkspace    *workspace,
                                  KamLeadModel    *model); /* (nullable) */

G_END_DECLS
