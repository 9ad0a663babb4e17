/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-store-pending.h"
#include "kam-workspace.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A conflict's values side by side, with whose they are and when: what the author saw, what stands now, what did not come through. (transfer floating)
 * whose: (nullable): who made what stands now */
GtkWidget *kam_conflict_columns_new    (KamWorkspace     *workspace,
                                        const KamPending *pending,
                                        const char       *whose);

/* Whether the person who looks is the one whose value did not come through. */
gboolean   kam_conflict_is_own         (KamWorkspace     *workspace,
                                        const KamPending *pending);

G_END_DECLS
