/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-store-pending.h"
#include "kam-workspace.h"

G_BEGIN_DECLS

/**
 * KamHistoryItem:
 *
 * One line of a lead's history: what one commit did to one field, or an edit of this device that waits to be sent. Immutable; its words are put together
 * when asked for, as names may come later.
 */
#define KAM_TYPE_HISTORY_ITEM (kam_history_item_get_type ())
G_DECLARE_FINAL_TYPE (KamHistoryItem, kam_history_item, KAM, HISTORY_ITEM, GObject)

typedef struct
{
  const char *icon;    /* static: name of a symbolic icon */
  char       *title;   /* (owned): "Phone of Ramesh" */
  char       *detail;  /* (owned) (nullable): "old → new" */
  char       *who;     /* (owned): "Asha Rao · yesterday · Laptop" */
  char       *full;    /* (owned): when, in full */
  char       *restore; /* (owned) (nullable): what can be brought back: "Put back “098290 12345”" */
  char       *spoken;  /* (owned) */
} KamHistoryText;

KamHistoryItem        *kam_history_item_new_entry   (KamHistoryEntry  *entry);   /* (transfer full) */
KamHistoryItem        *kam_history_item_new_pending (const KamPending *pending); /* an edit; copied */
const KamHistoryEntry *kam_history_item_get_entry   (KamHistoryItem   *self);    /* (nullable): NULL for what waits */
gboolean               kam_history_item_is_shown    (KamHistoryItem   *self);    /* not for what the program only derives */
gboolean               kam_history_item_can_restore (KamHistoryItem   *self,
                                                     KamWorkspace     *workspace);

/* What restoring it makes of the row as it is now. (transfer full) (nullable): NULL where the row is so already */
KamMutation           *kam_history_item_restore     (KamHistoryItem   *self,
                                                     const KamRow     *row,
                                                     gint64            now_us);

KamHistoryText        *kam_history_text_new         (KamWorkspace     *workspace,
                                                     KamHistoryItem   *item,
                                                     const char       *lead_id);
void                   kam_history_text_free        (KamHistoryText   *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamHistoryText, kam_history_text_free)

G_END_DECLS
