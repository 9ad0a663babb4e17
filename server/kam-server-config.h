/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-db.h"

G_BEGIN_DECLS

#define KAM_SERVER_DEFAULT_CONFIG "/etc/kam/kam-server.conf"

/**
 * KamServerConfig:
 *
 * What the configuration file says, with defaults for what it does not. Read once, then immutable and shared by all threads. Texts are owned and
 * nullable; seconds, bytes and
 * counts as their names say.
 */
typedef struct
{
  char   *address;
  guint   port;                 /* 0: any free one */
  char   *certificate;          /* PEM files: the server's certificate with what is between it and its authority, and its key */
  char   *key;
  guint   workers;              /* database connections, one a thread */
  guint   waiting;              /* requests that may wait for a worker */
  guint   password_workers;     /* Argon2id takes 64 MB each while it runs */

  KamDbOptions database;
  char        *database_password_file;
  gboolean     replica;         /* reads may lag behind: a cursor ahead of the head is `behind`, not `diverged` */

  guint   body_bytes;
  guint   header_seconds;
  guint   body_seconds;
  guint   idle_seconds;
  guint   stop_seconds;
  guint   connections;
  guint   requests_per_minute;
  guint   requests_at_once;     /* of one session */
  guint   login_attempts;
  guint   login_attempts_per_address;
  guint   login_window_seconds;
  guint   session_days;
  guint   password_length;
  guint   poke_seconds;
  guint   page_rows;
  guint   oldest_schema;        /* clients that speak an older one are told to update */

  char   *mail_host;
  guint   mail_port;
  char   *mail_tls;
  char   *mail_user;
  char   *mail_password_file;
  char   *mail_from;
} KamServerConfig;

KamServerConfig *kam_server_config_new  (void);
KamServerConfig *kam_server_config_load (const char       *path,
                                         GError          **error);
void             kam_server_config_free (KamServerConfig  *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamServerConfig, kam_server_config_free)

/* What only `serve` needs: TLS unless the address is loopback, and key files that nobody else reads. */
gboolean         kam_server_config_check_serve (const KamServerConfig  *self,
                                                GError                **error);

G_END_DECLS
