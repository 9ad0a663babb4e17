/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-mutation.h"

G_BEGIN_DECLS

typedef enum
{
  KAM_SETTLE_KEEP, /* what stands stays */
  KAM_SETTLE_MINE, /* what did not come through takes its place */
  KAM_SETTLE_EDIT, /* something else does */
} KamSettle;

/**
 * kam_settle_mutation:
 * @conflict: as the person saw it
 * @wanted: (nullable): for %KAM_SETTLE_EDIT what the field is to be, as it travels; NULL is null
 * @now_us: the device's clock
 *
 * A put of the conflict's `theirs`, from what the person saw to what the field is to be. The server takes it only as long as the field still is what
 * the person saw.
 *
 * Returns: (transfer full)
 */
KamMutation *kam_settle_mutation (const KamRow *conflict,
                                  KamSettle     how,
                                  const char   *wanted,
                                  gint64        now_us);

/* Which field of which entity is in conflict; FALSE where this program does not know it. */
gboolean     kam_settle_target   (const KamRow  *conflict,
                                  KamEntityKind *entity,
                                  guint         *field);

G_END_DECLS
