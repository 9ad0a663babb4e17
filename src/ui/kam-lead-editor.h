/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-editor.h"

G_BEGIN_DECLS

/**
 * KamLeadEditor:
 *
 * The form of a new or an existing lead. Emits `saved` (id) as every [class@Kam.Editor] does.
 */
#define KAM_TYPE_LEAD_EDITOR (kam_lead_editor_get_type ())
G_DECLARE_FINAL_TYPE (KamLeadEditor, kam_lead_editor, KAM, LEAD_EDITOR, KamEditor)

/* Shows the form over a window. (transfer none): connect to `saved`. */
KamEditor *kam_lead_editor_present_new (KamWorkspace *workspace,
                                        GtkWindow    *parent); /* (nullable) */
KamEditor *kam_lead_editor_present     (KamWorkspace *workspace,
                                        KamRow       *lead,
                                        GtkWindow    *parent); /* (nullable) */

G_END_DECLS
