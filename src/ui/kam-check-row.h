/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * KamCheckRow:
 *
 * Compares this device's copy with the server when asked, and says what came of it.
 */
#define KAM_TYPE_CHECK_ROW (kam_check_row_get_type ())
G_DECLARE_FINAL_TYPE (KamCheckRow, kam_check_row, KAM, CHECK_ROW, AdwActionRow)

GtkWidget *kam_check_row_new (KamWorkspace *workspace);

G_END_DECLS
