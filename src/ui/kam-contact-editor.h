/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-editor.h"

G_BEGIN_DECLS

/**
 * KamContactEditor:
 *
 * The form of a contact.
 */
#define KAM_TYPE_CONTACT_EDITOR (kam_contact_editor_get_type ())
G_DECLARE_FINAL_TYPE (KamContactEditor, kam_contact_editor, KAM, CONTACT_EDITOR, KamEditor)

/* contact: NULL for a new one. others: (element-type KamRow): the lead's contacts, to report to. */
KamEditor *kam_contact_editor_present (KamWorkspace *workspace,
                                       KamRow       *lead,
                                       KamRow       *contact,
                                       GPtrArray    *others,
                                       GtkWindow    *parent); /* (nullable) */

G_END_DECLS
