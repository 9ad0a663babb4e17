/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-db-pool.h"

G_BEGIN_DECLS

/**
 * KamPokeHub:
 *
 * Those who wait for news. While there are any, one question every KAM_POKE_INTERVAL_MS asks the database for commits of other processes; this
 * process's own commits are asked for at
 * once. Belongs to the main thread.
 */
#define KAM_TYPE_POKE_HUB (kam_poke_hub_get_type ())
G_DECLARE_FINAL_TYPE (KamPokeHub, kam_poke_hub, KAM, POKE_HUB, GObject)

#define KAM_POKE_INTERVAL_MS 150

/* Called once, unless the wait is left first. */
typedef void (*KamPokeFunc) (gint64   head,
                             gpointer user_data);

KamPokeHub *kam_poke_hub_new     (KamDbPool     *pool);

/* Waits until a commit after checked touches one of the scopes (element-type utf8), or for so many seconds. Returns what kam_poke_hub_leave()
 * takes; never 0. */
guint       kam_poke_hub_wait    (KamPokeHub    *self,
                                  GPtrArray     *scopes,
                                  gint64         checked,
                                  guint          seconds,
                                  KamPokeFunc    func,
                                  gpointer       user_data,
                                  GDestroyNotify user_data_free);
void        kam_poke_hub_leave   (KamPokeHub    *self,
                                  guint          waiter);
guint       kam_poke_hub_size    (KamPokeHub    *self);

/* Something was committed here. */
void        kam_poke_hub_wake    (KamPokeHub    *self);

/* Answers everybody with what is known. */
void        kam_poke_hub_release (KamPokeHub    *self);

G_END_DECLS
