/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-socket.h"

#include <sys/resource.h>

/* Files that are not client connections: the database's, the log, the listener. */
#define FILES_RESERVED 128
/* The system cuts it down to what it allows. */
#define BACKLOG 4096

guint
kam_socket_raise_limit (guint wanted)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return wanted;

  if (limit.rlim_cur < limit.rlim_max)
    {
      limit.rlim_cur = limit.rlim_max;
      if (setrlimit (RLIMIT_NOFILE, &limit) != 0 && getrlimit (RLIMIT_NOFILE, &limit) != 0)
        return wanted;
    }

  if (limit.rlim_cur <= 2 * FILES_RESERVED)
    return MIN (wanted, FILES_RESERVED);

  return (guint) MIN ((guint64) wanted, (guint64) limit.rlim_cur - FILES_RESERVED);
}

GSocket *
kam_socket_listen (const char  *address,
                   guint        port,
                   GError     **error)
{
  g_autoptr (GSocketAddress) where = g_inet_socket_address_new_from_string (address, port);
  g_autoptr (GSocket) socket = g_socket_new (g_socket_address_get_family (where), G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);

  if (socket == NULL || !g_socket_bind (socket, where, TRUE, error))
    return NULL;

  g_socket_set_blocking (socket, FALSE);
  g_socket_set_listen_backlog (socket, BACKLOG);

  if (!g_socket_listen (socket, error))
    return NULL;

  return g_steal_pointer (&socket);
}

static void
gone_cb (gpointer  data,
         GObject  *where_the_object_was)
{
  g_hash_table_remove (data, where_the_object_was);
  g_hash_table_unref (data);
}

gboolean
kam_socket_count (GHashTable *sockets,
                  GSocket    *socket,
                  guint       most)
{
  if (!g_hash_table_add (sockets, socket))
    return TRUE;

  g_object_weak_ref (G_OBJECT (socket), gone_cb, g_hash_table_ref (sockets));

  return g_hash_table_size (sockets) <= most;
}
