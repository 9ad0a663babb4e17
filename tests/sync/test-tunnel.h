/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * TestTunnel:
 *
 * Passes plain connections on to a server on this device, and breaks them when told to. Works in threads of its own.
 */
typedef struct _TestTunnel TestTunnel;

TestTunnel *test_tunnel_new         (guint       port);
void        test_tunnel_free        (TestTunnel *self);
const char *test_tunnel_get_uri     (TestTunnel *self);
guint       test_tunnel_get_cuts    (TestTunnel *self);
/* The next request that begins like this reaches the server; its answer is read and thrown away, and the connection closed. */
void        test_tunnel_lose_answer (TestTunnel *self,
                                     const char *request);
/* The same, after so many bytes of the answer have been passed on. */
void        test_tunnel_cut_answer  (TestTunnel *self,
                                     const char *request,
                                     guint       bytes);

G_END_DECLS
