/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-db.h"

G_BEGIN_DECLS

/* The id of the copy that the author of a conflict has while they may not read the lead. */
char    *kam_conflict_copy_id      (const char  *conflict_id);
/* The copy itself, in its author's personal scope, without the lead and what others wrote. */
KamRow  *kam_conflict_copy_new     (const KamRow *conflict);

/* Somebody has lost, or gained, a scope with the commit seq: they have copies of their conflicts in it from then on, or no more. Run inside a read-write
 * transaction. */
gboolean kam_conflict_copies_follow (KamDb      *db,
                                     const char *user_id,
                                     const char *scope,
                                     gboolean    gained,
                                     gint64      seq,
                                     GError    **error);

/* The conflict is no more, so its copy is none either. *scope is that of a copy that was there, to be touched. */
gboolean kam_conflict_copy_purge   (KamDb       *db,
                                    const char  *conflict_id,
                                    gint64       seq,
                                    char       **scope,
                                    GError     **error);

G_END_DECLS
