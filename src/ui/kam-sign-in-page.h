/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-profile.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * KamSignInPage:
 *
 * Asks where the server is and who is there; what is wrong stands at the field it is about. Emits `signed-in`.
 */
#define KAM_TYPE_SIGN_IN_PAGE (kam_sign_in_page_get_type ())
G_DECLARE_FINAL_TYPE (KamSignInPage, kam_sign_in_page, KAM, SIGN_IN_PAGE, AdwBin)

GtkWidget *kam_sign_in_page_new           (KamProfile *profile,
                                           gboolean    again); /* the same person as before, whose session has ended: no sample data is offered */
/* The page in a window of its own over another, for a session that has ended. */
void       kam_sign_in_page_present_again (KamProfile *profile,
                                           GtkWindow  *parent);

G_END_DECLS
