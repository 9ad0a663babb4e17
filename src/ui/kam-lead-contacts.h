/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-lead-model.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * KamLeadContacts:
 *
 * The contacts of a lead as an indented tree, which can be added to.
 */
#define KAM_TYPE_LEAD_CONTACTS (kam_lead_contacts_get_type ())
G_DECLARE_FINAL_TYPE (KamLeadContacts, kam_lead_contacts, KAM, LEAD_CONTACTS, AdwPreferencesGroup)

void kam_lead_contacts_set_model (KamLeadContacts *self,
                              KamWorkspace *workspace,
                              KamLeadModel *model); /* (nullable) */

G_END_DECLS
