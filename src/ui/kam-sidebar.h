/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * KamSidebar:
 *
 * The views, with how many rows each has, the main menu, and the state of sync in words. Activates `win.view` when a view is chosen.
 */
#define KAM_TYPE_SIDEBAR (kam_sidebar_get_type ())
G_DECLARE_FINAL_TYPE (KamSidebar, kam_sidebar, KAM, SIDEBAR, AdwBin)

void kam_sidebar_set_workspace (KamSidebar   *self,
                                KamWorkspace *workspace); /* (nullable) */
void kam_sidebar_set_view      (KamSidebar   *self,
                                const char   *view);

G_END_DECLS
