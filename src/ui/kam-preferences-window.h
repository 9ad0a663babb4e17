/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-view-state.h"
#include "kam-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * KamPreferencesWindow:
 *
 * What one can choose about the program: light or dark, and what it starts with; kept with the views' state of the profile, in the group "preferences".
 * And the devices of whoever is signed in.
 */
#define KAM_TYPE_PREFERENCES_WINDOW (kam_preferences_window_get_type ())
G_DECLARE_FINAL_TYPE (KamPreferencesWindow, kam_preferences_window, KAM, PREFERENCES_WINDOW, AdwPreferencesWindow)

GtkWidget *kam_preferences_window_new (KamViewState *views,
                                       KamWorkspace *workspace); /* (nullable): nobody is signed in */

/* Puts what was chosen before into effect. */
void       kam_preferences_apply      (KamViewState *views);

G_END_DECLS
