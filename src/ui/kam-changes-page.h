/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * KamChangesPage:
 *
 * What is in conflict, what the server did not accept, and what waits to be sent; each can be read and settled.
 */
#define KAM_TYPE_CHANGES_PAGE (kam_changes_page_get_type ())
G_DECLARE_FINAL_TYPE (KamChangesPage, kam_changes_page, KAM, CHANGES_PAGE, AdwBin)

GtkWidget *kam_changes_page_new       (KamWorkspace   *workspace);
/* Brings the first entry that is about a lead into sight, with the focus on it. */
void       kam_changes_page_show_lead (KamChangesPage *self,
                                       const char     *lead_id);

G_END_DECLS
