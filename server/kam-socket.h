/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* As many files as the system lets us have; returns how many connections there are files for, at most as many as wanted. */
guint    kam_socket_raise_limit (guint        wanted);

/* A socket that listens, with a queue long enough for all clients that come back at once after a restart. */
GSocket *kam_socket_listen      (const char  *address,
                                 guint        port,
                                 GError     **error);

/* Counts a connection for as long as it lives. FALSE where there are too many: without a spare file the listener would fail for good. */
gboolean kam_socket_count       (GHashTable  *sockets, /* a set: the connections that are open */
                                 GSocket     *socket,
                                 guint        most);

G_END_DECLS
