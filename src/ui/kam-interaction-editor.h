/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-editor.h"

G_BEGIN_DECLS

/**
 * KamInteractionEditor:
 *
 * The form of a call, visit or order, done or planned. A new call or visit also takes an order's value: that becomes an order of its own in the same edit.
 */
#define KAM_TYPE_INTERACTION_EDITOR (kam_interaction_editor_get_type ())
G_DECLARE_FINAL_TYPE (KamInteractionEditor, kam_interaction_editor, KAM, INTERACTION_EDITOR, KamEditor)

/* plan: (nullable): the planned item that a new done one answers. */
KamEditor *kam_interaction_editor_present_new (KamWorkspace *workspace,
                                               KamRow       *lead,
                                               const char   *kind,  /* call, visit, order */
                                               const char   *state, /* done, planned */
                                               KamRow       *plan,
                                               GPtrArray    *contacts, /* (element-type KamRow) */
                                               GtkWindow    *parent);  /* (nullable) */
KamEditor *kam_interaction_editor_present     (KamWorkspace *workspace,
                                               KamRow       *lead,
                                               KamRow       *interaction,
                                               GPtrArray    *contacts,
                                               GtkWindow    *parent); /* (nullable) */

G_END_DECLS
