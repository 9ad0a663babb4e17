/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-request.h"

G_BEGIN_DECLS

/**
 * KamLoad:
 *
 * How much is under way, and who is sent away for now: so many requests at a time, and so many of one client, so that nobody waits behind the
 * thousandth request of somebody else. Belongs to the main thread.
 */
typedef struct _KamLoad KamLoad;

KamLoad *kam_load_new      (guint        most,       /* requests under way */
                            guint        most_each); /* of one client */
void     kam_load_free     (KamLoad     *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamLoad, kam_load_free)

/* Counts a request until it leaves. n_idle: how many of those under way only wait for news. Where there are too many it is not counted. */
gboolean kam_load_admit    (KamLoad     *self,
                            KamRequest  *request,
                            const char  *client, /* (nullable): one that has not signed in */
                            guint        n_idle,
                            GError     **error);
void     kam_load_leave    (KamLoad     *self,
                            KamRequest  *request);

/* In how many seconds somebody who is sent away now should come back: at random, and later where many are sent away, so that they do not all come
 * back at once. */
guint    kam_load_patience (KamLoad     *self,
                            gint64       now_us);

G_END_DECLS
