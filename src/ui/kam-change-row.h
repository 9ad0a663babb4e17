/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-change-item.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * KamChangeRow:
 *
 * One entry of the Changes page: what it is about, its values, why it is there, and what can be done.
 */
#define KAM_TYPE_CHANGE_ROW (kam_change_row_get_type ())
G_DECLARE_FINAL_TYPE (KamChangeRow, kam_change_row, KAM, CHANGE_ROW, GtkListBoxRow)

GtkWidget     *kam_change_row_new      (KamWorkspace  *workspace,
                                        KamChangeItem *item);
KamChangeItem *kam_change_row_get_item (KamChangeRow  *self);

G_END_DECLS
