/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * KamSyncButton:
 *
 * The state of sync in words, or as an icon where there is little room; opens what is behind it.
 *
 * Properties: `compact` (boolean): the icon alone.
 */
#define KAM_TYPE_SYNC_BUTTON (kam_sync_button_get_type ())
G_DECLARE_FINAL_TYPE (KamSyncButton, kam_sync_button, KAM, SYNC_BUTTON, AdwBin)

void        kam_sync_button_set_workspace (KamSyncButton *self,
                                           KamWorkspace  *workspace); /* (nullable) */
/* The words, whether they are shown or not. */
const char *kam_sync_button_get_text      (KamSyncButton *self);

G_END_DECLS
