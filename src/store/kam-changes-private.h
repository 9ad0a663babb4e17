/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-store.h"

G_BEGIN_DECLS

/* Building what a commit changed, before anybody else sees it. More ids than this of one entity count as all. */
#define KAM_CHANGES_MOST 2000

KamChanges *kam_changes_new        (void);
gboolean    kam_changes_is_empty   (KamChanges    *self);
void        kam_changes_add        (KamChanges    *self,
                                    KamEntityKind  entity,
                                    const char    *id,
                                    const char    *lead_id);
void        kam_changes_add_all    (KamChanges    *self,
                                    KamEntityKind  entity);
void        kam_changes_add_outbox (KamChanges    *self);

G_END_DECLS
