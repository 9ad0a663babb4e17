/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-store.h"

G_BEGIN_DECLS

/**
 * KamRowCache:
 *
 * Rows that are only named somewhere: whoever needs the name of a lead or contact asks here and shows what there is; `changed` says that more has come, or
 * that one of them changed. Main thread only.
 */
#define KAM_TYPE_ROW_CACHE (kam_row_cache_get_type ())
G_DECLARE_FINAL_TYPE (KamRowCache, kam_row_cache, KAM, ROW_CACHE, GObject)

KamRowCache *kam_row_cache_new (KamStore      *store);

/* NULL where there is no such row, or it has not been read yet. (transfer none): until control goes back to the main loop */
KamRow      *kam_row_cache_get (KamRowCache   *self,
                                KamEntityKind  entity,
                                const char    *id); /* (nullable) */

G_END_DECLS
