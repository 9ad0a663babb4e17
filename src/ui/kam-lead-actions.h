/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-lead-model.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What can be done to a lead and what belongs to it. The widget is where it is asked: forms lie over its window. The model must hold a lead. */
void kam_lead_actions_edit             (GtkWidget    *widget,
                                        KamWorkspace *workspace,
                                        KamLeadModel *model);
void kam_lead_actions_edit_contact     (GtkWidget    *widget,
                                        KamWorkspace *workspace,
                                        KamLeadModel *model,
                                        KamRow       *contact); /* (nullable): a new one */
void kam_lead_actions_edit_interaction (GtkWidget    *widget,
                                        KamWorkspace *workspace,
                                        KamLeadModel *model,
                                        KamRow       *interaction);
/* plan: (nullable): what it answers; for a done call found by itself. */
void kam_lead_actions_add_interaction  (GtkWidget    *widget,
                                        KamWorkspace *workspace,
                                        KamLeadModel *model,
                                        const char   *kind,
                                        const char   *state,
                                        KamRow       *plan);
void kam_lead_actions_set_inactive     (GtkWidget    *widget,
                                        KamWorkspace *workspace,
                                        KamLeadModel *model);
void kam_lead_actions_reactivate       (GtkWidget    *widget,
                                        KamWorkspace *workspace,
                                        KamLeadModel *model);
/* Of a lead, contact or interaction; a restore needs a deleted one. */
void kam_lead_actions_delete           (GtkWidget    *widget,
                                        KamWorkspace *workspace,
                                        KamRow       *row);
void kam_lead_actions_restore          (GtkWidget    *widget,
                                        KamWorkspace *workspace,
                                        KamRow       *row);

G_END_DECLS
