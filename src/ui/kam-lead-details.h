/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-lead-model.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * KamLeadDetails:
 *
 * Address, ways to reach, call rhythm, tags and notes of a lead: a row for each that says something.
 */
#define KAM_TYPE_LEAD_DETAILS (kam_lead_details_get_type ())
G_DECLARE_FINAL_TYPE (KamLeadDetails, kam_lead_details, KAM, LEAD_DETAILS, AdwPreferencesGroup)

void kam_lead_details_update (KamLeadDetails *self,
                              KamWorkspace   *workspace,
                              KamLeadModel   *model);

G_END_DECLS
