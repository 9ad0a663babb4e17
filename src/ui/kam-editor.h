/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-draft.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * KamEditor:
 *
 * A form over a window that edits one draft: Ctrl+Return saves, Esc closes and asks first where something typed would be lost.
 * Emits `saved` (id of the row) when the draft is in the store; then closes itself. `open-lead` (id) when another lead shall be shown instead.
 */
#define KAM_TYPE_EDITOR (kam_editor_get_type ())
G_DECLARE_DERIVABLE_TYPE (KamEditor, kam_editor, KAM, EDITOR, AdwWindow)

struct _KamEditorClass
{
  AdwWindowClass parent_class;
};

KamDraft            *kam_editor_get_draft (KamEditor  *self);
void                 kam_editor_set_draft (KamEditor  *self,
                                           KamDraft   *draft); /* once, before groups are added */
AdwPreferencesGroup *kam_editor_add_group (KamEditor  *self,
                                           const char *title); /* (nullable) */
/* Puts a line above the form; the button (nullable) emits `open-lead` with the id. NULL text hides it. */
void                 kam_editor_set_hint  (KamEditor  *self,
                                           const char *text,
                                           const char *button,
                                           const char *lead_id);
/* What the undo list calls the edit: "Added Spice Garden". */
void                 kam_editor_set_label (KamEditor  *self,
                                           const char *label);
void                 kam_editor_save      (KamEditor  *self);
void                 kam_editor_focus     (KamEditor  *self,
                                           GtkWidget  *control);
void                 kam_editor_show      (KamEditor  *self,
                                           GtkWindow  *parent); /* (nullable) */

G_END_DECLS
