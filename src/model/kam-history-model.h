/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-history-item.h"

G_BEGIN_DECLS

/**
 * KamHistoryModel:
 *
 * The history of one lead and of what belongs to it, newest first: what waits on this device, then what the server tells, page by page. Main thread only.
 *
 * Signals: `changed` when anything but the list did · `failed` (message: string) when something could not be brought back.
 */
#define KAM_TYPE_HISTORY_MODEL (kam_history_model_get_type ())
G_DECLARE_FINAL_TYPE (KamHistoryModel, kam_history_model, KAM, HISTORY_MODEL, GObject)

KamHistoryModel *kam_history_model_new         (KamWorkspace    *workspace,
                                                const char      *lead_id);
const char      *kam_history_model_get_lead_id (KamHistoryModel *self);
GListModel      *kam_history_model_get_list    (KamHistoryModel *self); /* of KamHistoryItem */
gboolean         kam_history_model_is_loading  (KamHistoryModel *self);
gboolean         kam_history_model_has_more    (KamHistoryModel *self);
void             kam_history_model_load_more   (KamHistoryModel *self);
/* Asks the server again from the newest on; after it could not be reached, say. */
void             kam_history_model_reload      (KamHistoryModel *self);
/* Why the server's part is not here, for a person. (nullable) */
const char      *kam_history_model_get_problem (KamHistoryModel *self);
/* Brings a value back with an ordinary edit that can be undone. */
void             kam_history_model_restore     (KamHistoryModel *self,
                                                KamHistoryItem  *item);

/* For tests and for whoever has asked already. (element-type KamHistoryEntry): emptied */
void             kam_history_model_take        (KamHistoryModel *self,
                                                GPtrArray       *entries,
                                                gint64           next);

G_END_DECLS
