/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-draft.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The outcomes of a call or visit as numbered buttons. While it has the focus the keys 1 to 5 choose one and go on to `next`, where any
 * other letter is typed at once. */
GtkWidget *kam_outcome_control_new      (KamDraft  *draft);
void       kam_outcome_control_set_next (GtkWidget *control,
                                         GtkWidget *next);
/* Chooses by number from 1, as the keys do. */
void       kam_outcome_control_choose   (GtkWidget *control,
                                         guint      number);

G_END_DECLS
