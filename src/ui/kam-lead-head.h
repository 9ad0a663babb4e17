/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-lead-model.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * KamLeadHead:
 *
 * The top of a lead page: name and chain, status, tier and city, the next planned item and the last contact, and the phone number to dial.
 * Emits `open-lead` (id) for the chain.
 */
#define KAM_TYPE_LEAD_HEAD (kam_lead_head_get_type ())
G_DECLARE_FINAL_TYPE (KamLeadHead, kam_lead_head, KAM, LEAD_HEAD, AdwBin)

void kam_lead_head_update (KamLeadHead  *self,
                           KamWorkspace *workspace,
                           KamLeadModel *model);

G_END_DECLS
