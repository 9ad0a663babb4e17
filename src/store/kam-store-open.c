/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-store-private.h"
#include "kam-store-schema.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static gboolean
fail_with_errno (const char  *path,
                 GError     **error)
{
  int saved = errno;

  g_set_error (error, KAM_STORE_ERROR, saved == ENOSPC ? KAM_STORE_ERROR_FULL : KAM_STORE_ERROR_OPEN, _("The profile cannot be opened: %s: %s"), path,
               g_strerror (saved));

  return FALSE;
}

/* The lock dies with the process, so that a crash leaves nothing behind. */
static gboolean
lock (KamWorker  *self,
      GError    **error)
{
  g_autofree char *path = g_build_filename (self->dir, "lock", NULL);
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

  if (fd < 0)
    return fail_with_errno (path, error);

  if (flock (fd, LOCK_EX | LOCK_NB) != 0)
    {
      close (fd);
      g_set_error (error, KAM_STORE_ERROR, KAM_STORE_ERROR_BUSY, _("This profile is already open in another Kam. Close that one first, or use another "
                                                                   "profile"));
      return FALSE;
    }

  self->lock_fd = fd;

  return TRUE;
}

/* SQLite gives -wal and -shm the mode of the database, which is made here with the right one from its first moment. */
static gboolean
make_private (const char  *path,
              GError     **error)
{
  int fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  gboolean ok;

  if (fd < 0)
    return fail_with_errno (path, error);

  ok = fchmod (fd, 0600) == 0 || fail_with_errno (path, error);
  close (fd);

  return ok;
}

static gboolean
forget_resync (KamWorker  *self,
               gpointer    data,
               GError    **error)
{
  return kam_stage_forget (self, error);
}

static gboolean
resume (KamWorker  *self,
        GError    **error)
{
  gint64 backlog, resync, remains;

  if (!kam_meta_get_number (self, "backlog", &backlog, error) || !kam_meta_get_number (self, "resync", &resync, error) ||
      !kam_meta_get_number (self, "remains", &remains, error))
    return FALSE;

  self->has_backlog = backlog != 0;
  self->has_pieces = remains != 0;
  self->remains = remains != 0 ? KAM_REMAINS_SOME : KAM_REMAINS_NONE;

  /* Nobody knows any more which of its ranges were still to come. */
  return resync == 0 || kam_worker_write (self, FALSE, forget_resync, NULL, error);
}

/* See kam_schema_migrate(). */
void
kam_worker_remove_backup (KamWorker *self)
{
  g_autofree char *backup = g_build_filename (self->dir, "cache.db.bak", NULL);
  g_autofree char *unfinished = g_strconcat (backup, ".new", NULL);

  g_unlink (backup);
  g_unlink (unfinished);
  self->has_backup = FALSE;
}

gboolean
kam_worker_open (KamWorker  *self,
                 GError    **error)
{
  g_autofree char *path = g_build_filename (self->dir, "cache.db", NULL);
  g_autofree char *backup = g_strconcat (path, ".bak", NULL);

  if (g_mkdir_with_parents (self->dir, 0700) != 0 || g_chmod (self->dir, 0700) != 0)
    return fail_with_errno (self->dir, error);

  if (!lock (self, error) || !make_private (path, error))
    return FALSE;

  self->db = kam_sqlite_open (path, error);

  if (self->db == NULL || !kam_schema_migrate (self->db, backup, &self->has_backup, error) || !resume (self, error))
    {
      kam_worker_close (self);
      return FALSE;
    }

  if (!self->has_backup)
    kam_worker_remove_backup (self);

  return TRUE;
}

void
kam_worker_close (KamWorker *self)
{
  self->has_backlog = FALSE;
  self->has_log = FALSE;
  self->has_pieces = FALSE;
  g_clear_pointer (&self->db, kam_sqlite_close);

  if (self->lock_fd >= 0)
    close (self->lock_fd);

  self->lock_fd = -1;
}
