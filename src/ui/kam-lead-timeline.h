/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-lead-model.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * KamLeadTimeline:
 *
 * The newest of what happened with a lead, planned items on top. Each line opens in place.
 */
#define KAM_TYPE_LEAD_TIMELINE (kam_lead_timeline_get_type ())
G_DECLARE_FINAL_TYPE (KamLeadTimeline, kam_lead_timeline, KAM, LEAD_TIMELINE, AdwPreferencesGroup)

void kam_lead_timeline_set_model (KamLeadTimeline *self,
                              KamWorkspace *workspace,
                              KamLeadModel *model); /* (nullable) */

G_END_DECLS
