/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Inside server/db only. */

#include "kam-db.h"

G_BEGIN_DECLS

/* Who may read what. A grant is the key "user scope". */
typedef struct
{
  GHashTable *grants; /* (owned) (element-type utf8) */
  GHashTable *ends;   /* (owned) (element-type utf8 gint64): those of them that are only for cover, with the instant at which it is over */
} KamRights;

void     kam_rights_clear        (KamRights  *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (KamRights, kam_rights_clear)

/* What follows from the people and their leaves as they are at this instant. */
gboolean kam_rights_read_wanted  (KamDb      *db,
                                  gint64      now_us,
                                  KamRights  *rights,
                                  GError    **error);
/* What is granted by now. */
gboolean kam_rights_read_current (KamDb      *db,
                                  KamRights  *rights,
                                  GError    **error);

G_END_DECLS
