/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-change-item.h"
#include "kam-settle.h"

G_BEGIN_DECLS

typedef enum
{
  KAM_CHANGES_CONFLICTS,
  KAM_CHANGES_REJECTED,
  KAM_CHANGES_WAITING,
  KAM_N_CHANGES
} KamChangesKind;

/**
 * KamChangesModel:
 *
 * What of a person's work needs them, and what waits to be sent; kept up to date. Main thread only.
 *
 * Property: `attention` (uint: conflicts that nobody has settled and changes that were not accepted).
 *
 * Signals: `changed` when a list or count did · `dismissed` (label: string) when an entry was dismissed and can still be brought back ·
 * `failed` (message: string).
 */
#define KAM_TYPE_CHANGES_MODEL (kam_changes_model_get_type ())
G_DECLARE_FINAL_TYPE (KamChangesModel, kam_changes_model, KAM, CHANGES_MODEL, GObject)

KamChangesModel *kam_changes_model_new           (KamStore        *store,
                                                  KamClock        *clock);
GListModel      *kam_changes_model_get_list      (KamChangesModel *self, /* of KamChangeItem, newest first */
                                                  KamChangesKind   kind);
gboolean         kam_changes_model_is_ready      (KamChangesModel *self); /* has been read once */
guint            kam_changes_model_get_attention (KamChangesModel *self);
guint            kam_changes_model_get_n_waiting (KamChangesModel *self);
/* Is there a conflict to settle about this lead or what belongs to it, or a change that was not accepted? (nullable): which, of the first */
gboolean         kam_changes_model_has_lead      (KamChangesModel *self,
                                                  const char      *lead_id);
KamChangeItem   *kam_changes_model_find_lead     (KamChangesModel *self, /* (nullable) (transfer none) */
                                                  const char      *lead_id);

/* wanted: of KAM_SETTLE_EDIT the value as it travels, NULL for null. */
void             kam_changes_model_settle        (KamChangesModel *self,
                                                  KamChangeItem   *item,
                                                  KamSettle        how,
                                                  const char      *wanted);
/* A change that waits, or the settlement of a conflict that does. */
void             kam_changes_model_take_back     (KamChangesModel *self,
                                                  KamChangeItem   *item);
void             kam_changes_model_send_again    (KamChangesModel *self,
                                                  KamChangeItem   *item);

/* A change that was not accepted is out of sight at once, and gone for good with kam_changes_model_forget_dismissed() or the next one. */
void             kam_changes_model_dismiss       (KamChangesModel *self,
                                                  KamChangeItem   *item,
                                                  const char      *label);
void             kam_changes_model_undismiss     (KamChangesModel *self);
void             kam_changes_model_forget_dismissed (KamChangesModel *self);
/* Without being asked about: something else took its place. */
void             kam_changes_model_drop          (KamChangesModel *self,
                                                  gint64           seq);

G_END_DECLS
