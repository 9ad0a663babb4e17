/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-workspace.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * KamToasts:
 *
 * What a window says in passing about edits: a deletion can be undone from its toast, deletions in a row gather in one, and a new toast takes
 * the place of the old.
 */
#define KAM_TYPE_TOASTS (kam_toasts_get_type ())
G_DECLARE_FINAL_TYPE (KamToasts, kam_toasts, KAM, TOASTS, GObject)

KamToasts *kam_toasts_new           (AdwToastOverlay *overlay);
void       kam_toasts_set_workspace (KamToasts       *self,
                                     KamWorkspace    *workspace); /* (nullable) */
void       kam_toasts_say           (KamToasts       *self,
                                     const char      *text);
/* Takes back all that the toast on show counts. */
void       kam_toasts_undo          (KamToasts       *self);
/* The text on show. (nullable) */
const char *kam_toasts_get_text     (KamToasts       *self);

G_END_DECLS
