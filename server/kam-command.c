/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-command.h"

#include "kam-auth.h"
#include "kam-migrate.h"
#include "kam-server-error.h"
#include "kam-server-log.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#define PASSWORD_LINE 2048
#define PATIENCE_S (4 * 3600)

typedef struct
{
  const char *name;
  gboolean  (*run) (const KamServerConfig *config, int argc, char **argv, GError **error);
} Command;

static const Command commands[] = {
  { "init", kam_command_init },
  { "migrate", kam_command_migrate },
  { "serve", kam_command_serve },
  { "check", kam_command_check },
  { "backup", kam_command_backup },
  { "restore", kam_command_restore },
  { "user", kam_command_user },
  { "tidy", kam_command_tidy },
  { "quarantine", kam_command_quarantine },
  { "sample", kam_command_sample },
};

static const char help[] =
  "Usage: kam-server [--config FILE] COMMAND [OPTION…]\n"
  "\n"
  "The server of Kam: keeps the master data in MariaDB and every device in step.\n"
  "\n"
  "Commands:\n"
  "  init         set up the database, and a first administrator if one is named\n"
  "  migrate      bring the database up to this program's version\n"
  "  serve        answer clients until SIGTERM\n"
  "  check        look whether everything in the database is as it must be\n"
  "  backup       write the whole database into a file, while it is in use\n"
  "  restore      fill an empty database from a backup\n"
  "  user         add, list, deactivate people; set a password\n"
  "  tidy         remove what only devices need that were away for half a year\n"
  "  quarantine   see, apply or drop what devices handed in that were signed out\n"
  "  sample       fill an empty database with sample data\n"
  "\n"
  "“kam-server COMMAND --help” says more about one.\n"
  "\n"
  "Options:\n"
  "  --config FILE  the configuration (" KAM_SERVER_DEFAULT_CONFIG ")\n"
  "  --help         this text\n"
  "  --version      the version of the program\n"
  "\n"
  "Exit status: 0 done, 1 failed, 2 the command line or the configuration cannot be used.\n";

static int
report (const GError *error)
{
  gboolean unusable = g_error_matches (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_USAGE) || g_error_matches (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_CONFIG);

  fprintf (stderr, "kam-server: %s\n", error->message);
  if (g_error_matches (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_USAGE))
    fprintf (stderr, "Try “kam-server --help”.\n");

  return unusable ? 2 : 1;
}

static int
run_command (const Command *command,
             const char    *config_path,
             int            argc,
             char         **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KamServerConfig) config = NULL;
  gboolean wants_help = argc > 1 && (g_str_equal (argv[1], "--help") || (argc > 2 && g_str_equal (argv[2], "--help")));

  /* How a command is used can be read without a configuration. */
  config = wants_help ? kam_server_config_new () : kam_server_config_load (config_path, &error);
  if (config == NULL || !kam_auth_init (&error) || !command->run (config, argc, argv, &error))
    return report (error);

  return 0;
}

int
kam_command_run (int    argc,
                 char **argv)
{
  const char *config_path = KAM_SERVER_DEFAULT_CONFIG;
  g_autoptr (GError) error = NULL;
  int at = 1;

  kam_server_log_set_up (FALSE);

  for (; at < argc && argv[at][0] == '-'; at++)
    {
      if (g_str_equal (argv[at], "--help"))
        return fputs (help, stdout) < 0;

      if (g_str_equal (argv[at], "--version"))
        return printf ("kam-server %s\n", PACKAGE_VERSION) < 0;

      if (g_str_equal (argv[at], "--config") && at + 1 < argc)
        {
          config_path = argv[++at];
        }
      else if (g_str_has_prefix (argv[at], "--config=") && argv[at][9] != '\0')
        {
          config_path = argv[at] + 9;
        }
      else
        {
          g_set_error (&error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_USAGE, "the option %s is unknown or needs a value", argv[at]);
          return report (error);
        }
    }

  for (gsize i = 0; at < argc && i < G_N_ELEMENTS (commands); i++)
    {
      if (g_str_equal (commands[i].name, argv[at]))
        return run_command (&commands[i], config_path, argc - at, argv + at);
    }

  g_set_error (&error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_USAGE, at < argc ? "there is no command “%s”" : "say which command%s", at < argc ? argv[at] : "");

  return report (error);
}

static void
print_help (const char     *usage,
            GOptionContext *context)
{
  g_autofree char *all = g_option_context_get_help (context, TRUE, NULL);
  const char *rest = strstr (all, "\n\n");

  printf ("Usage: kam-server [--config FILE] %s%s", usage, rest != NULL ? rest : "\n");
}

gboolean
kam_command_parse (const char          *usage,
                   const char          *summary,
                   const GOptionEntry  *options,
                   int                 *argc,
                   char              ***argv,
                   int                  n_left,
                   GError             **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) reason = NULL;

  g_option_context_set_help_enabled (context, FALSE);
  g_option_context_add_main_entries (context, options, NULL);
  g_option_context_set_summary (context, summary);

  if (*argc > 1 && g_str_equal ((*argv)[1], "--help"))
    {
      print_help (usage, context);
      g_clear_pointer (&context, g_option_context_free);
      exit (0);
    }

  if (!g_option_context_parse (context, argc, argv, &reason))
    {
      g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_USAGE, reason->message);
      return FALSE;
    }

  if (*argc - 1 != n_left)
    {
      g_set_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_USAGE, "use it like this: kam-server %s", usage);
      return FALSE;
    }

  return TRUE;
}

KamDb *
kam_command_open (const KamServerConfig  *config,
                  GError                **error)
{
  g_autoptr (KamDb) db = kam_db_connect (&config->database, error);

  if (db == NULL || !kam_migrate_check (db, error))
    return NULL;

  return g_steal_pointer (&db);
}

KamDb *
kam_command_connect_patiently (const KamServerConfig  *config,
                               GError                **error)
{
  KamDbOptions options = config->database; /* its texts are the configuration's */

  options.answer_s = PATIENCE_S;

  return kam_db_connect (&options, error);
}

KamDb *
kam_command_open_patiently (const KamServerConfig  *config,
                            GError                **error)
{
  g_autoptr (KamDb) db = kam_command_connect_patiently (config, error);

  if (db == NULL || !kam_migrate_check (db, error))
    return NULL;

  return g_steal_pointer (&db);
}

/* One line without its end. NULL where nothing comes. */
static char *
read_line (void)
{
  char line[PASSWORD_LINE];
  char *text;

  if (fgets (line, sizeof line, stdin) == NULL)
    return NULL;

  line[strcspn (line, "\r\n")] = '\0';
  text = g_strdup (line);
  sodium_memzero (line, sizeof line);

  return text;
}

static char *
ask_silently (void)
{
  struct termios before;
  struct termios silent;
  char *text;

  if (tcgetattr (STDIN_FILENO, &before) != 0)
    return read_line ();

  silent = before;
  silent.c_lflag &= ~(tcflag_t) ECHO;
  fputs ("Password: ", stderr);
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &silent);
  text = read_line ();
  tcsetattr (STDIN_FILENO, TCSAFLUSH, &before);
  fputs ("\n", stderr);

  return text;
}

char *
kam_command_read_password (const KamServerConfig  *config,
                           GError                **error)
{
  g_autofree char *password = isatty (STDIN_FILENO) ? ask_silently () : read_line ();
  char *hash;

  if (password == NULL)
    {
      g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_REFUSED, "there is no password on standard input");
      return NULL;
    }

  if (!kam_auth_check_length (password, config->password_length, error))
    return NULL;

  hash = kam_auth_hash_password (password, error);
  sodium_memzero (password, strlen (password));

  return hash;
}
