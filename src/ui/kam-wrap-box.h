/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * KamWrapBox:
 *
 * Puts its children side by side as long as there is room, and the rest below. As columns, all of them stand side by side with the same width, or, where
 * that would be less than their least width, one below the other.
 */
#define KAM_TYPE_WRAP_BOX (kam_wrap_box_get_type ())
G_DECLARE_FINAL_TYPE (KamWrapBox, kam_wrap_box, KAM, WRAP_BOX, GtkWidget)

/* column_width: px; 0: no columns. */
GtkWidget *kam_wrap_box_new    (int         column_width);
void       kam_wrap_box_append (KamWrapBox *self,
                                GtkWidget  *child);
void       kam_wrap_box_clear  (KamWrapBox *self);

G_END_DECLS
