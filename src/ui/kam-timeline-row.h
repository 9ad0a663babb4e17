/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-lead-model.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * KamTimelineRow:
 *
 * One line of a timeline, which opens in place. The list's own row around it gets its accessible name. Actions: `timeline.log`,
 * `timeline.edit`, `timeline.delete`.
 */
#define KAM_TYPE_TIMELINE_ROW (kam_timeline_row_get_type ())
G_DECLARE_FINAL_TYPE (KamTimelineRow, kam_timeline_row, KAM, TIMELINE_ROW, AdwBin)

GtkWidget  *kam_timeline_row_new      (KamWorkspace   *workspace,
                                       KamLeadModel   *model);
void        kam_timeline_row_set_item (KamTimelineRow *self,
                                       KamRowItem     *item); /* (nullable) */
KamRowItem *kam_timeline_row_get_item (KamTimelineRow *self); /* (nullable) */
/* Whether there is anything to open. */
gboolean    kam_timeline_row_can_open (KamTimelineRow *self);

G_END_DECLS
