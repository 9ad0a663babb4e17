/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-server-address.h"

#include "kam-sync.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>

static gboolean
is_loopback (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  if (address != NULL)
    return g_inet_address_get_is_loopback (address);

  return g_ascii_strcasecmp (host, "localhost") == 0;
}

static gboolean
is_bare (GUri *uri)
{
  const char *path = g_uri_get_path (uri);

  return g_uri_get_userinfo (uri) == NULL && g_uri_get_query (uri) == NULL && g_uri_get_fragment (uri) == NULL && (*path == '\0' || strcmp (path, "/") == 0);
}

static gboolean
check (GUri    *uri,
       GError **error)
{
  const char *scheme = g_uri_get_scheme (uri);
  const char *host = g_uri_get_host (uri);

  if (host == NULL || *host == '\0' || strpbrk (host, " \t%\\") != NULL || !is_bare (uri) || (strcmp (scheme, "https") != 0 && strcmp (scheme, "http") != 0))
    {
      g_set_error (error, KAM_SYNC_ERROR, KAM_SYNC_ERROR_ADDRESS, _("Enter the server’s name and, where needed, its port, such as kam.example.com:8443"));
      return FALSE;
    }

  if (strcmp (scheme, "http") == 0 && !is_loopback (host))
    {
      g_set_error (error, KAM_SYNC_ERROR, KAM_SYNC_ERROR_ADDRESS, _("Passwords must not travel unprotected: use https:// instead of http://"));
      return FALSE;
    }

  return TRUE;
}

/**
 * kam_server_address_parse:
 * @text: what a person typed: `https://host[:port]`, or `host[:port]`
 *
 * Unprotected `http` is taken for this device alone.
 *
 * Returns: (transfer full): the address in canonical form, without a slash at the end, or NULL with KAM_SYNC_ERROR_ADDRESS
 */
char *
kam_server_address_parse (const char *text,
                          GError    **error)
{
  g_autofree char *trimmed = g_strstrip (g_strdup (text));
  g_autofree char *full = strstr (trimmed, "://") != NULL ? g_strdup (trimmed) : g_strconcat ("https://", trimmed, NULL);
  g_autofree char *host = NULL;
  g_autoptr (GUri) uri = g_uri_parse (full, G_URI_FLAGS_NONE, NULL);

  if (uri == NULL)
    {
      g_set_error (error, KAM_SYNC_ERROR, KAM_SYNC_ERROR_ADDRESS, _("“%s” is not the address of a server"), trimmed);
      return NULL;
    }

  if (!check (uri, error))
    return NULL;

  host = g_hostname_to_ascii (g_uri_get_host (uri));
  if (host == NULL)
    {
      g_set_error (error, KAM_SYNC_ERROR, KAM_SYNC_ERROR_ADDRESS, _("“%s” is not the name of a server"), g_uri_get_host (uri));
      return NULL;
    }

  return g_uri_join (G_URI_FLAGS_NONE, g_uri_get_scheme (uri), NULL, host, g_uri_get_port (uri), "", NULL, NULL);
}
