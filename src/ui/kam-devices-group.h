/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * KamDevicesGroup:
 *
 * The devices on which the person has signed in, as the server knows them; others than this can be signed out.
 */
#define KAM_TYPE_DEVICES_GROUP (kam_devices_group_get_type ())
G_DECLARE_FINAL_TYPE (KamDevicesGroup, kam_devices_group, KAM, DEVICES_GROUP, AdwPreferencesGroup)

GtkWidget *kam_devices_group_new  (KamWorkspace    *workspace);
/* Shows these. (element-type KamDevice) */
void       kam_devices_group_show (KamDevicesGroup *self,
                                   GPtrArray       *devices);

G_END_DECLS
