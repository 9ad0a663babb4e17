/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-row-item.h"
#include "kam-workspace.h"

G_BEGIN_DECLS

typedef enum
{
  KAM_LEAD_STATE_NONE,    /* no lead is chosen */
  KAM_LEAD_STATE_LOADING, /* for the first time */
  KAM_LEAD_STATE_READY,
  KAM_LEAD_STATE_MISSING, /* there never was such a lead here */
  KAM_LEAD_STATE_DELETED,
  KAM_LEAD_STATE_MOVED,   /* was here, now belongs to somebody else */
  KAM_LEAD_STATE_FAILED,  /* see kam_lead_model_get_error() */
} KamLeadState;

/* How much of a timeline is shown before one asks for all. */
#define KAM_LEAD_TIMELINE_SHORT 20

/**
 * KamLeadModel:
 *
 * Everything that the page of one lead shows, kept up to date. Lists change as little as possible, so that open rows, scroll and typed text survive.
 *
 * Properties: `lead-id` (string, nullable) · `show-all` (boolean: the whole timeline). Emits `changed` after anything but the lists
 * changed: state, lead, parent, counts.
 * Main thread only.
 */
#define KAM_TYPE_LEAD_MODEL (kam_lead_model_get_type ())
G_DECLARE_FINAL_TYPE (KamLeadModel, kam_lead_model, KAM, LEAD_MODEL, GObject)

KamLeadModel *kam_lead_model_new            (KamWorkspace *workspace);
void          kam_lead_model_set_lead       (KamLeadModel *self,
                                             const char   *lead_id); /* (nullable) */
const char   *kam_lead_model_get_lead_id    (KamLeadModel *self);
KamLeadState  kam_lead_model_get_state      (KamLeadModel *self);
KamRow       *kam_lead_model_get_lead       (KamLeadModel *self); /* (nullable) (transfer none): as last seen */
KamRow       *kam_lead_model_get_parent     (KamLeadModel *self); /* (nullable) (transfer none) */
gboolean      kam_lead_model_get_pending    (KamLeadModel *self);
const char   *kam_lead_model_get_error      (KamLeadModel *self); /* (nullable) */
char         *kam_lead_model_dup_today      (KamLeadModel *self); /* the lead's */

GListModel   *kam_lead_model_get_contacts   (KamLeadModel *self); /* of KamRowItem, as a tree */
GListModel   *kam_lead_model_get_timeline   (KamLeadModel *self); /* of KamRowItem: interactions and lead events */
guint         kam_lead_model_get_n_timeline (KamLeadModel *self); /* in all */
void          kam_lead_model_set_show_all   (KamLeadModel *self,
                                             gboolean      show_all);
gboolean      kam_lead_model_get_show_all   (KamLeadModel *self);
KamRow       *kam_lead_model_find           (KamLeadModel *self, /* (nullable) (transfer none): a contact or interaction that is shown */
                                             const char   *id);
/* The earliest open planned item, the latest done call or visit, of what is loaded. (nullable) (transfer none) */
KamRow       *kam_lead_model_get_next       (KamLeadModel *self);
KamRow       *kam_lead_model_get_last       (KamLeadModel *self);

G_END_DECLS
