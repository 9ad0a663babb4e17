/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-mutation.h"
#include "kam-store.h"

G_BEGIN_DECLS

/* One edit that can be taken back or done again. */
typedef struct
{
  char      *label;     /* (owned) */
  GPtrArray *mutations; /* (owned) (element-type KamMutation): as once made */
} KamUndoStep;

KamUndoStep *kam_undo_step_new  (const char  *label,
                                 GPtrArray   *mutations); /* copied */
void         kam_undo_step_free (KamUndoStep *step);

/**
 * KamUndo:
 *
 * What a person did and can take back, newest first, and what they took back and can do again. Works against the rows as they are by then: fields that somebody
 * has changed since stay as they are.
 *
 * Signals: `changed` when either list did · `done` (label: string) · `failed` (message: string). Main thread only.
 */
#define KAM_TYPE_UNDO (kam_undo_get_type ())
G_DECLARE_FINAL_TYPE (KamUndo, kam_undo, KAM, UNDO, GObject)

KamUndo  *kam_undo_new      (KamStore   *store,
                             KamClock   *clock);
void      kam_undo_remember (KamUndo    *self,
                             const char *label,
                             GPtrArray  *mutations); /* copied */
void      kam_undo_take     (KamUndo    *self,
                             gboolean    again); /* FALSE: take back; TRUE: do again */
gboolean  kam_undo_can_undo (KamUndo    *self);
gboolean  kam_undo_can_redo (KamUndo    *self);

G_END_DECLS
