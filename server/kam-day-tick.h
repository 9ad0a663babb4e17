/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-server.h"

G_BEGIN_DECLS

/**
 * KamDayTick:
 *
 * Looks, now and every half minute from now on, whether a day has turned for somebody whose leave begins or ends with it, and has the grants for their
 * cover follow. Any number of server processes may do so: only where something is to be done does one of them. Belongs to the server's thread.
 */
typedef struct _KamDayTick KamDayTick;

KamDayTick *kam_day_tick_new  (KamServer  *server);
void        kam_day_tick_free (KamDayTick *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamDayTick, kam_day_tick_free)

G_END_DECLS
