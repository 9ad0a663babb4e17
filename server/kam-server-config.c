/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-server-config.h"

#include "kam-server-error.h"
#include "kam-wire.h"

#include <errno.h>
#include <glib/gstdio.h>

typedef enum
{
  KEY_TEXT,
  KEY_FILE,   /* a path; relative ones are taken from the configuration file's folder */
  KEY_SECRET, /* a file that only its owner and group may read */
  KEY_NUMBER,
  KEY_FLAG,
} KeyKind;

typedef struct
{
  const char *group;
  const char *key;
  KeyKind     kind;
  gsize       offset;
  guint       least;
  guint       most;
  guint       number; /* default */
  const char *text;   /* default */
} Key;

#define AT(member) G_STRUCT_OFFSET (KamServerConfig, member)

static const Key keys[] = {
  { "server", "address", KEY_TEXT, AT (address), .text = "127.0.0.1" },
  { "server", "port", KEY_NUMBER, AT (port), 0, 65535, 7460 },
  { "server", "certificate", KEY_FILE, AT (certificate) },
  { "server", "key", KEY_SECRET, AT (key) },
  { "server", "workers", KEY_NUMBER, AT (workers), 1, 256, 4 },
  { "server", "waiting", KEY_NUMBER, AT (waiting), 1, 100000, 512 },
  { "server", "password-workers", KEY_NUMBER, AT (password_workers), 1, 64, 2 },
  { "database", "socket", KEY_FILE, AT (database.socket) },
  { "database", "host", KEY_TEXT, AT (database.host) },
  { "database", "port", KEY_NUMBER, AT (database.port), 1, 65535, 3306 },
  { "database", "name", KEY_TEXT, AT (database.name), .text = "kam" },
  { "database", "user", KEY_TEXT, AT (database.user), .text = "kam" },
  { "database", "password-file", KEY_SECRET, AT (database_password_file) },
  { "database", "ca-file", KEY_FILE, AT (database.ca_file) },
  { "database", "timeout-seconds", KEY_NUMBER, AT (database.timeout_s), 1, 600, 30 },
  { "database", "replica", KEY_FLAG, AT (replica) },
  { "limits", "body-bytes", KEY_NUMBER, AT (body_bytes), 65536, 256 << 20, 8 << 20 },
  { "limits", "header-seconds", KEY_NUMBER, AT (header_seconds), 1, 600, 10 },
  { "limits", "body-seconds", KEY_NUMBER, AT (body_seconds), 1, 3600, 60 },
  { "limits", "idle-seconds", KEY_NUMBER, AT (idle_seconds), 1, 3600, 90 },
  { "limits", "stop-seconds", KEY_NUMBER, AT (stop_seconds), 1, 600, 20 },
  { "limits", "connections", KEY_NUMBER, AT (connections), 1, 1000000, 20000 },
  { "limits", "requests-per-minute", KEY_NUMBER, AT (requests_per_minute), 1, 1000000, 1200 },
  { "limits", "requests-at-once", KEY_NUMBER, AT (requests_at_once), 1, 10000, 64 },
  { "limits", "login-attempts", KEY_NUMBER, AT (login_attempts), 1, 100000, 10 },
  { "limits", "login-attempts-per-address", KEY_NUMBER, AT (login_attempts_per_address), 1, 1000000, 60 },
  { "limits", "login-window-seconds", KEY_NUMBER, AT (login_window_seconds), 1, 86400, 900 },
  { "limits", "session-days", KEY_NUMBER, AT (session_days), 1, 3650, 90 },
  { "limits", "password-length", KEY_NUMBER, AT (password_length), 8, 128, 10 },
  { "limits", "poke-seconds", KEY_NUMBER, AT (poke_seconds), 1, 55, 55 },
  { "limits", "page-rows", KEY_NUMBER, AT (page_rows), 1, 10000, 2000 },
  { "limits", "oldest-schema", KEY_NUMBER, AT (oldest_schema), 1, KAM_SCHEMA_VERSION + 1, 1 },
  { "mail", "host", KEY_TEXT, AT (mail_host) },
  { "mail", "port", KEY_NUMBER, AT (mail_port), 1, 65535, 587 },
  { "mail", "tls", KEY_TEXT, AT (mail_tls), .text = "starttls" },
  { "mail", "user", KEY_TEXT, AT (mail_user) },
  { "mail", "password-file", KEY_SECRET, AT (mail_password_file) },
  { "mail", "from", KEY_TEXT, AT (mail_from) },
};

static const Key *
find_key (const char *group,
          const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      if (g_str_equal (keys[i].group, group) && g_str_equal (keys[i].key, name))
        return &keys[i];
    }

  return NULL;
}

static gboolean
is_group (const char *group)
{
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      if (g_str_equal (keys[i].group, group))
        return TRUE;
    }

  return FALSE;
}

/* A secret that everybody on the machine can read is none. */
static gboolean
check_secret (const char  *path,
              GError     **error)
{
  GStatBuf info;

  if (g_stat (path, &info) != 0)
    {
      int saved = errno;

      g_set_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_CONFIG, "cannot read the file %s: %s", path, g_strerror (saved));
      return FALSE;
    }

  if ((info.st_mode & S_IRWXO) != 0)
    {
      g_set_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_CONFIG, "everybody may read the secret file %s; run: chmod o= %s", path, path);
      return FALSE;
    }

  return TRUE;
}

static gboolean
read_number (const Key   *key,
             const char  *value,
             guint       *number,
             GError     **error)
{
  guint64 parsed = 0;

  if (!g_ascii_string_to_unsigned (value, 10, key->least, key->most, &parsed, NULL))
    {
      g_set_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_CONFIG, "“%s” is not a whole number from %u to %u", value, key->least, key->most);
      return FALSE;
    }

  *number = (guint) parsed;

  return TRUE;
}

static gboolean
read_flag (const char  *value,
           gboolean    *flag,
           GError     **error)
{
  if (!g_str_equal (value, "true") && !g_str_equal (value, "false"))
    {
      g_set_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_CONFIG, "“%s” is neither true nor false", value);
      return FALSE;
    }

  *flag = g_str_equal (value, "true");

  return TRUE;
}

static gboolean
read_path (const Key   *key,
           const char  *folder,
           const char  *value,
           char       **path,
           GError     **error)
{
  g_autofree char *full = g_path_is_absolute (value) ? g_strdup (value) : g_build_filename (folder, value, NULL);

  if (key->kind == KEY_SECRET && !check_secret (full, error))
    return FALSE;

  g_free (*path);
  *path = g_steal_pointer (&full);

  return TRUE;
}

static gboolean
read_value (KamServerConfig  *self,
            const Key        *key,
            const char       *folder,
            const char       *value,
            GError          **error)
{
  gpointer member = G_STRUCT_MEMBER_P (self, key->offset);

  switch (key->kind)
    {
    case KEY_NUMBER:
      return read_number (key, value, member, error);

    case KEY_FLAG:
      return read_flag (value, member, error);

    case KEY_FILE:
    case KEY_SECRET:
      if (*value != '\0')
        return read_path (key, folder, value, member, error);
      break;

    case KEY_TEXT:
    default:
      g_free (*(char **) member);
      *(char **) member = *value != '\0' ? g_strdup (value) : NULL;
      break;
    }

  return TRUE;
}

static gboolean
read_group (KamServerConfig  *self,
            GKeyFile         *file,
            const char       *path,
            const char       *group,
            GError          **error)
{
  g_auto (GStrv) names = g_key_file_get_keys (file, group, NULL, NULL);
  g_autofree char *folder = g_path_get_dirname (path);

  if (!is_group (group))
    {
      g_set_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_CONFIG, "%s: there is no group [%s]; there are [server], [database], [limits] and [mail]",
                   path, group);
      return FALSE;
    }

  for (gsize i = 0; names != NULL && names[i] != NULL; i++)
    {
      const Key *key = find_key (group, names[i]);
      g_autofree char *value = g_key_file_get_value (file, group, names[i], NULL);
      g_autoptr (GError) reason = NULL;

      if (key == NULL)
        {
          g_set_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_CONFIG, "%s: group [%s] has no key “%s”", path, group, names[i]);
          return FALSE;
        }

      if (!read_value (self, key, folder, g_strstrip (value), &reason))
        {
          g_set_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_CONFIG, "%s: group [%s], key “%s”: %s", path, group, names[i], reason->message);
          return FALSE;
        }
    }

  return TRUE;
}

static gboolean
read_password (KamServerConfig  *self,
               const char       *path,
               GError          **error)
{
  g_autoptr (GError) reason = NULL;

  if (self->database_password_file == NULL)
    return TRUE;

  if (!g_file_get_contents (self->database_password_file, &self->database.password, NULL, &reason))
    {
      g_set_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_CONFIG, "%s: group [database], key “password-file”: %s", path, reason->message);
      return FALSE;
    }

  g_strchomp (self->database.password);

  return TRUE;
}

/**
 * kam_server_config_new:
 *
 * Returns: (transfer full): every default
 */
KamServerConfig *
kam_server_config_new (void)
{
  KamServerConfig *self = g_new0 (KamServerConfig, 1);

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      gpointer member = G_STRUCT_MEMBER_P (self, keys[i].offset);

      if (keys[i].kind == KEY_NUMBER)
        *(guint *) member = keys[i].number;
      else if (keys[i].kind == KEY_TEXT)
        *(char **) member = g_strdup (keys[i].text);
    }

  return self;
}

/**
 * kam_server_config_load:
 * @path: a key file
 *
 * Reads a configuration. Unknown groups and keys are errors, so that a slip of the pen does not leave a limit at its default.
 *
 * Returns: (transfer full): the configuration, or %NULL with an error that names file, group and key
 */
KamServerConfig *
kam_server_config_load (const char  *path,
                        GError     **error)
{
  g_autoptr (KamServerConfig) self = kam_server_config_new ();
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_auto (GStrv) groups = NULL;
  g_autoptr (GError) reason = NULL;

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &reason))
    {
      g_set_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_CONFIG, "cannot read the configuration %s: %s", path, reason->message);
      return NULL;
    }

  groups = g_key_file_get_groups (file, NULL);
  for (gsize i = 0; groups[i] != NULL; i++)
    {
      if (!read_group (self, file, path, groups[i], error))
        return NULL;
    }

  if ((self->database.socket == NULL) == (self->database.host == NULL))
    {
      g_set_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_CONFIG, "%s: group [database] needs either “socket” or “host”", path);
      return NULL;
    }

  if (!read_password (self, path, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
kam_server_config_free (KamServerConfig *self)
{
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      if (keys[i].kind == KEY_TEXT || keys[i].kind == KEY_FILE || keys[i].kind == KEY_SECRET)
        g_free (*(char **) G_STRUCT_MEMBER_P (self, keys[i].offset));
    }

  g_free (self->database.password);
  g_free (self);
}

gboolean
kam_server_config_check_serve (const KamServerConfig  *self,
                               GError                **error)
{
  g_autoptr (GInetAddress) address = self->address != NULL ? g_inet_address_new_from_string (self->address) : NULL;

  if (address == NULL)
    {
      g_set_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_CONFIG, "group [server], key “address”: “%s” is not an IP address",
                   self->address != NULL ? self->address : "");
      return FALSE;
    }

  if ((self->certificate == NULL) != (self->key == NULL))
    {
      g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_CONFIG,
                           "group [server]: “certificate” and “key” belong together; one of them is missing");
      return FALSE;
    }

  if (self->certificate == NULL && !g_inet_address_get_is_loopback (address))
    {
      g_set_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_CONFIG,
                   "group [server]: %s can be reached from other machines, so “certificate” and “key” are needed", self->address);
      return FALSE;
    }

  return TRUE;
}
