/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-clock.h"
#include "kam-server-config.h"

G_BEGIN_DECLS

/**
 * The commands of the program kam-server. Each takes its own arguments, argv[0] being its name; FALSE with an error that says what to do. What a
 * person reads goes to standard output, what goes
 * wrong to standard error.
 */

/* Everything: reads the command line, and returns the exit status: 0, 1 for what failed, 2 for a command line or a configuration that cannot be used. */
int      kam_command_run             (int                     argc,
                                      char                  **argv);

gboolean kam_command_backup          (const KamServerConfig  *config,
                                      int                     argc,
                                      char                  **argv,
                                      GError                **error);
gboolean kam_command_check           (const KamServerConfig  *config,
                                      int                     argc,
                                      char                  **argv,
                                      GError                **error);
gboolean kam_command_init            (const KamServerConfig  *config,
                                      int                     argc,
                                      char                  **argv,
                                      GError                **error);
gboolean kam_command_migrate         (const KamServerConfig  *config,
                                      int                     argc,
                                      char                  **argv,
                                      GError                **error);
gboolean kam_command_restore         (const KamServerConfig  *config,
                                      int                     argc,
                                      char                  **argv,
                                      GError                **error);
gboolean kam_command_sample          (const KamServerConfig  *config,
                                      int                     argc,
                                      char                  **argv,
                                      GError                **error);
gboolean kam_command_user            (const KamServerConfig  *config,
                                      int                     argc,
                                      char                  **argv,
                                      GError                **error);
gboolean kam_command_tidy            (const KamServerConfig  *config,
                                      int                     argc,
                                      char                  **argv,
                                      GError                **error);
gboolean kam_command_quarantine      (const KamServerConfig  *config,
                                      int                     argc,
                                      char                  **argv,
                                      GError                **error);
gboolean kam_command_serve           (const KamServerConfig  *config,
                                      int                     argc,
                                      char                  **argv,
                                      GError                **error);

/* The options of one command, KAM_SERVER_ERROR_USAGE where they are wrong. What is left must be exactly n_left words (NULL-terminated, in argv from 1). */
gboolean kam_command_parse           (const char             *usage,
                                      const char             *summary,
                                      const GOptionEntry     *options,
                                      int                    *argc,
                                      char                 ***argv,
                                      int                     n_left,
                                      GError                **error);

/* A connection to a database of this program's version. */
KamDb   *kam_command_open            (const KamServerConfig  *config,
                                      GError                **error);

/* The same for commands that read all of it, and may wait long for an answer; and one to a database of whatever version. */
KamDb   *kam_command_connect_patiently (const KamServerConfig *config,
                                      GError                **error);
KamDb   *kam_command_open_patiently  (const KamServerConfig  *config,
                                      GError                **error);

/* One line of standard input, not shown while it is typed; hashed for the database. */
char    *kam_command_read_password   (const KamServerConfig  *config,
                                      GError                **error);

/* Somebody new, or changed. Options that are not given (NULL) keep what is there, or are left out. */
typedef struct
{
  char *email;
  char *name;
  char *role;
  char *manager_email;
  char *time_zone;
  char *phone;
} KamPersonOptions;

void     kam_person_options_clear    (KamPersonOptions       *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (KamPersonOptions, kam_person_options_clear)
gboolean kam_command_add_person      (KamDb                  *db,
                                      const KamPersonOptions *options,
                                      const char             *password_hash,
                                      GError                **error);

G_END_DECLS
