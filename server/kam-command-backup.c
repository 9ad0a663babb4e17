/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-command.h"

#include "kam-audit.h"
#include "kam-backup.h"
#include "kam-server-error.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gunixoutputstream.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

static gboolean
fail (GError     **error,
      const char  *path)
{
  int saved = errno;

  g_set_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_REFUSED, "%s: %s", path, g_strerror (saved));

  return FALSE;
}

/* What a backup that was cut off has left is written over; one that is under way is left alone. */
static int
open_part (const char  *path,
           GError     **error)
{
  int fd = g_open (path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd < 0 || flock (fd, LOCK_EX | LOCK_NB) != 0)
    {
      if (fd >= 0 && errno == EWOULDBLOCK)
        g_set_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_REFUSED, "%s: another backup is being written", path);
      else
        fail (error, path);

      if (fd >= 0)
        g_close (fd, NULL);

      return -1;
    }

  if (fchmod (fd, 0600) != 0 || ftruncate (fd, 0) != 0)
    {
      fail (error, path);
      g_close (fd, NULL);
      return -1;
    }

  return fd;
}

static gboolean
write_to (KamDb          *db,
          int             fd,
          KamBackupInfo  *info,
          GError        **error)
{
  g_autoptr (GOutputStream) output = g_unix_output_stream_new (fd, FALSE);

  return kam_backup_write (db, output, g_get_real_time (), info, error);
}

static gboolean
sync_folder (const char  *path,
             GError     **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int fd = g_open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  gboolean done = fd >= 0 && fsync (fd) == 0;

  if (!done)
    fail (error, folder);

  if (fd >= 0)
    g_close (fd, NULL);

  return done;
}

/* Read back from its first byte to its last before it gets its name. */
static gboolean
finish (const char           *part,
        const char           *path,
        const KamBackupInfo  *written,
        GError              **error)
{
  KamBackupInfo read;

  if (!kam_backup_verify (part, &read, error))
    return FALSE;

  if (read.head != written->head || read.n_rows != written->n_rows || read.n_tables != written->n_tables || !g_str_equal (read.epoch, written->epoch))
    {
      g_set_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_REFUSED, "%s: what is read is not what was written", part);
      return FALSE;
    }

  return (g_rename (part, path) == 0 || fail (error, path)) && sync_folder (path, error);
}

static gboolean
backup_to_file (KamDb          *db,
                const char     *path,
                KamBackupInfo  *info,
                GError        **error)
{
  g_autofree char *part = g_strconcat (path, ".part", NULL);
  int fd = open_part (part, error);
  gboolean done;

  if (fd < 0)
    return FALSE; /* report */

  done = write_to (db, fd, info, error);

  if (done && fsync (fd) != 0)
    done = fail (error, part);

  done = done && finish (part, path, info, error) && kam_backup_note_durable (db, info, error);

  if (!done)
    g_unlink (part);

  g_close (fd, NULL);

  return done;
}

gboolean
kam_command_backup (const KamServerConfig  *config,
                    int                     argc,
                    char                  **argv,
                    GError                **error)
{
  const GOptionEntry options[] = { G_OPTION_ENTRY_NULL };
  g_autoptr (KamDb) db = NULL;
  KamBackupInfo info;
  gboolean to_pipe;

  if (!kam_command_parse ("backup FILE",
                          "Writes the whole database, as it is at one moment, into a file; servers may go on. The file gets its name once it has been "
                          "read back and found whole, and the server then tells clients that they need not keep what it holds. With “-” it goes to "
                          "standard output; whether it arrives is not known then, so clients go on keeping. It holds secrets: guard it like the database.",
                          options, &argc, &argv, 1, error))
    return FALSE;

  to_pipe = g_str_equal (argv[1], "-");
  db = kam_command_open_patiently (config, error);
  if (db == NULL)
    return FALSE;

  if (!(to_pipe ? write_to (db, STDOUT_FILENO, &info, error) : backup_to_file (db, argv[1], &info, error)))
    return FALSE;

  fprintf (to_pipe ? stderr : stdout, "%" G_GUINT64_FORMAT " rows of %u tables at head %" G_GINT64_FORMAT " are in the backup.\n", info.n_rows,
           info.n_tables, info.head);

  return TRUE;
}

gboolean
kam_command_restore (const KamServerConfig  *config,
                     int                     argc,
                     char                  **argv,
                     GError                **error)
{
  gboolean replace = FALSE;
  const GOptionEntry options[] = {
    { "replace", 0, 0, G_OPTION_ARG_NONE, &replace, "Lose what is in the database", NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (KamDb) db = NULL;
  g_autoptr (KamAudit) audit = NULL;
  KamBackupInfo info;

  if (!kam_command_parse ("restore FILE [--replace]",
                          "Fills an empty database from a backup, which is verified before anything is touched, and looks whether all is well then. Stop the "
                          "servers that use the database first. Clients notice by themselves, and send again what the backup does not hold.",
                          options, &argc, &argv, 1, error))
    return FALSE;

  db = kam_command_connect_patiently (config, error);
  if (db == NULL || !kam_backup_restore (db, argv[1], replace ? KAM_RESTORE_REPLACE : KAM_RESTORE_NOTHING, g_get_real_time (), &info, error))
    return FALSE;

  printf ("%" G_GUINT64_FORMAT " rows of %u tables are back, at head %" G_GINT64_FORMAT ".\n", info.n_rows, info.n_tables, info.head);
  audit = kam_audit_run (db, g_get_real_time (), error);
  if (audit == NULL || audit->n_findings == 0)
    return audit != NULL;

  g_set_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_REFUSED, "everything is back, but not all is well in it; run “kam-server check”");

  return FALSE;
}
