/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-application.h"

G_BEGIN_DECLS

/**
 * KamWindow:
 *
 * The one window of a profile: what is going on while it opens, how to sign in, and then the views. Everything a person can do from anywhere
 * is a `win.` action here.
 */
#define KAM_TYPE_WINDOW (kam_window_get_type ())
G_DECLARE_FINAL_TYPE (KamWindow, kam_window, KAM, WINDOW, AdwApplicationWindow)

KamWindow  *kam_window_new       (KamApplication *application, /* (nullable) in tests */
                                  KamProfile     *profile);
/* The page that stands there: "blank", "opening", "problem", "sign-in" or "main". */
const char *kam_window_get_page  (KamWindow      *self);
GtkWidget  *kam_window_get_main  (KamWindow      *self); /* (nullable) */

/* Says something in passing. */
void        kam_window_say       (KamWindow      *self,
                                  const char     *text);

G_END_DECLS
