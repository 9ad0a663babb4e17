/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-row-cache.h"
#include "kam-store.h"
#include "kam-sync.h"

G_BEGIN_DECLS

typedef struct _KamChangesModel KamChangesModel;
typedef struct _KamSummary KamSummary;

/**
 * KamWorkspace:
 *
 * What all views of one profile share: its store and sync, who is signed in, the people directory, and what can be undone. Main thread only.
 *
 * Properties: `user-id` (string, nullable) · `role` (string: kam, manager or admin) · `can-undo`, `can-redo` (boolean). Emits `people-changed`
 * when the directory did.
 *
 * Signals: `edited` (label: string, is_delete: boolean, entity: int, a KamEntityKind) after a saved edit · `undone` (label: string) after an
 * undo or redo took effect ·
 * `failed` (message: string) when an undo or redo could not be done.
 */
#define KAM_TYPE_WORKSPACE (kam_workspace_get_type ())
G_DECLARE_FINAL_TYPE (KamWorkspace, kam_workspace, KAM, WORKSPACE, GObject)

KamWorkspace *kam_workspace_new             (KamStore             *store,
                                             KamSync              *sync,
                                             KamClock             *clock);
KamStore     *kam_workspace_get_store       (KamWorkspace         *self);
KamSync      *kam_workspace_get_sync        (KamWorkspace         *self);
KamClock     *kam_workspace_get_clock       (KamWorkspace         *self);
KamRowCache  *kam_workspace_get_rows        (KamWorkspace         *self);
KamChangesModel *kam_workspace_get_changes  (KamWorkspace         *self);
KamSummary   *kam_workspace_get_summary     (KamWorkspace         *self);
const char   *kam_workspace_get_user_id     (KamWorkspace         *self);
const char   *kam_workspace_get_role        (KamWorkspace         *self);

/* The person's row in the directory, NULL where unknown. (transfer none) */
KamRow       *kam_workspace_get_person      (KamWorkspace         *self,
                                             const char           *id);
const char   *kam_workspace_get_person_name (KamWorkspace         *self,
                                             const char           *id);

/* Saves mutations as kam_store_edit_async() does and remembers how to take them back under a label ("Deleted Spice Garden"). Emits `edited`
 * (label, is_delete) for a toast. */
void          kam_workspace_edit_async      (KamWorkspace         *self,
                                             GPtrArray            *mutations,
                                             const char           *label,
                                             GCancellable         *cancellable,
                                             GAsyncReadyCallback   callback,
                                             gpointer              user_data);
gboolean      kam_workspace_edit_finish     (KamWorkspace         *self,
                                             GAsyncResult         *result,
                                             GError              **error);
void          kam_workspace_undo            (KamWorkspace         *self);
void          kam_workspace_redo            (KamWorkspace         *self);

G_END_DECLS
