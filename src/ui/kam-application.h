/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-profile.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * KamApplication:
 *
 * The program: one window over one profile. Each profile other than the default one has an application id of its own, so that several run side
 * by side.
 */
#define KAM_TYPE_APPLICATION (kam_application_get_type ())
G_DECLARE_FINAL_TYPE (KamApplication, kam_application, KAM, APPLICATION, AdwApplication)

KamApplication *kam_application_new    (void);

/* The id of a profile's program: the plain one for the default profile (NULL), else with a suffix that follows from the folder. (transfer full) */
char           *kam_application_id_for (const char *profile_dir);

G_END_DECLS
