/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-change-item.h"
#include "kam-workspace.h"

G_BEGIN_DECLS

/* A conflict does not say who changed the field first; the server's history does. Asks it where it can be asked, and gives the answer to the item. */
void kam_conflict_whose_ask (KamWorkspace  *workspace,
                             KamChangeItem *item);

G_END_DECLS
