/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sim-disk.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* Folders of profiles, in memory. */

static char *base_dir;
static guint n_dirs;

static const char *const files[] = { "cache.db", "cache.db-wal" };

char *
sim_disk_new_dir (void)
{
  if (base_dir == NULL)
    {
      const char *shm = g_file_test ("/dev/shm", G_FILE_TEST_IS_DIR) ? "/dev/shm" : g_get_tmp_dir ();
      g_autofree char *name = g_build_filename (shm, "kam-sim-XXXXXX", NULL);

      base_dir = g_strdup (g_mkdtemp (name));
      g_assert_nonnull (base_dir);
    }

  return g_strdup_printf ("%s/%u", base_dir, n_dirs++);
}

void
sim_disk_remove (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *each = g_build_filename (path, name, NULL);

      g_unlink (each);
    }

  g_rmdir (path);
}

void
sim_disk_clean_up (void)
{
  if (base_dir != NULL)
    g_rmdir (base_dir);

  g_clear_pointer (&base_dir, g_free);
}

void
sim_disk_copy (const char *from,
               const char *to)
{
  g_mkdir (to, 0700);

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *source = g_build_filename (from, files[i], NULL);
      g_autofree char *target = g_build_filename (to, files[i], NULL);
      g_autofree char *bytes = NULL;
      gsize length = 0;

      if (g_file_get_contents (source, &bytes, &length, NULL))
        g_assert_true (g_file_set_contents_full (target, bytes, (gssize) length, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    }
}

/* In which of the files the text can be read, (nullable). */
const char *
sim_disk_find (const char *dir,
               const char *text)
{
  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (dir, files[i], NULL);
      g_autofree char *bytes = NULL;
      gsize length = 0;

      if (g_file_get_contents (path, &bytes, &length, NULL) && memmem (bytes, length, text, strlen (text)) != NULL)
        return files[i];
    }

  return NULL;
}
