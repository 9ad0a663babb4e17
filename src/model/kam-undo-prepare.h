/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-mutation.h"

G_BEGIN_DECLS

/* Is this a put that made its row? What a row must have was not there before. */
gboolean     kam_undo_is_creation (const KamMutation *mutation);

/**
 * kam_undo_prepare:
 * @mutation: an edit as it was once made
 * @current: the row as it is now
 * @again: TRUE to do the edit again, FALSE to take it back
 * @now_us: the device's clock
 *
 * Fields that somebody has changed since are left alone.
 *
 * Returns: (transfer full) (nullable): what to send, NULL where there is nothing left to do
 */
KamMutation *kam_undo_prepare     (const KamMutation *mutation,
                                   const KamRow      *current,
                                   gboolean           again,
                                   gint64             now_us);

G_END_DECLS
