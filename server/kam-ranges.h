/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-digest.h"
#include "kam-feed-repository.h"

G_BEGIN_DECLS

/* In one request. */
#define KAM_MOST_RANGES 512

/**
 * KamRanges:
 *
 * Which ranges of which entities somebody asks for.
 */
typedef struct
{
  GPtrArray *names[KAM_N_ENTITIES];                     /* (owned) (element-type utf8), in the order asked for */
  guint8     bits[KAM_N_ENTITIES][KAM_FEED_BITS_BYTES]; /* the same, as the database wants them */
} KamRanges;

/* [["lead", "3f"], …]; NULL with KAM_SERVER_ERROR_BAD_REQUEST. */
KamRanges *kam_ranges_from_json (JsonArray  *array,
                                 GError    **error);
void       kam_ranges_free      (KamRanges  *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamRanges, kam_ranges_free)

G_END_DECLS
