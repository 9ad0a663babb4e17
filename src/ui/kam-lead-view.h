/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * KamLeadView:
 *
 * The page of one lead, with its own header bar.
 *
 * Properties: `workspace` (KamWorkspace) · `lead-id` (string, nullable: nothing is selected) · `can-go-back` (boolean: shows a back button,
 * because the window is folded).
 * Emits `back` when that button is chosen, `open-lead` (id) when another lead shall be shown.
 * Actions: `lead.log-call`, `lead.log-visit`, `lead.add-order`, `lead.plan-call`, `lead.add-contact`, `lead.edit`, `lead.set-inactive`,
 * `lead.reactivate`, `lead.delete`.
 */
#define KAM_TYPE_LEAD_VIEW (kam_lead_view_get_type ())
G_DECLARE_FINAL_TYPE (KamLeadView, kam_lead_view, KAM, LEAD_VIEW, AdwBin)

GtkWidget  *kam_lead_view_new           (KamWorkspace *workspace); /* (nullable) */
void        kam_lead_view_set_workspace (KamLeadView  *self,
                                         KamWorkspace *workspace);
void        kam_lead_view_set_lead      (KamLeadView  *self,
                                         const char   *lead_id); /* (nullable) */
const char *kam_lead_view_get_lead      (KamLeadView  *self);

G_END_DECLS
