/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-test-vfs.h"

#include <sqlite3.h>

static sqlite3_vfs *real;
static sqlite3_vfs shim;
static sqlite3_io_methods methods;
static gint writes;
static gint limit;
static gint failure;

/* The real file stands behind this one. */
typedef struct
{
  sqlite3_file  base;
  sqlite3_file *file;
  const char   *path; /* SQLite's, as long as the file is open; NULL for files without a name */
} File;

static GMutex lock;         /* guards synced */
static GHashTable *synced;  /* (nullable): path → GBytes: what is on the disk for certain */

#define REAL(file) (((File *) (file))->file)
#define CALL(file, method, ...) (REAL (file)->pMethods->method (REAL (file), __VA_ARGS__))

static gboolean
breaks (void)
{
  int n = g_atomic_int_add (&writes, 1) + 1;

  return limit > 0 && n >= limit;
}

static int
shim_close (sqlite3_file *file)
{
  return REAL (file)->pMethods->xClose (REAL (file));
}

static int
shim_read (sqlite3_file *file, void *data, int n, sqlite3_int64 offset)
{
  return CALL (file, xRead, data, n, offset);
}

static int
shim_write (sqlite3_file *file, const void *data, int n, sqlite3_int64 offset)
{
  return breaks () ? failure : CALL (file, xWrite, data, n, offset);
}

static int
shim_truncate (sqlite3_file *file, sqlite3_int64 size)
{
  return breaks () ? failure : CALL (file, xTruncate, size);
}

static void
note_synced (const char *path)
{
  g_autofree char *content = NULL;
  gsize length;

  g_mutex_lock (&lock);

  if (synced != NULL && path != NULL && g_file_get_contents (path, &content, &length, NULL))
    g_hash_table_replace (synced, g_strdup (path), g_bytes_new (content, length));

  g_mutex_unlock (&lock);
}

static int
shim_sync (sqlite3_file *file, int flags)
{
  if (breaks ())
    return failure;

  note_synced (((File *) file)->path);

  return SQLITE_OK;
}

static int
shim_size (sqlite3_file *file, sqlite3_int64 *size)
{
  return CALL (file, xFileSize, size);
}

static int
shim_lock (sqlite3_file *file, int level)
{
  return CALL (file, xLock, level);
}

static int
shim_unlock (sqlite3_file *file, int level)
{
  return CALL (file, xUnlock, level);
}

static int
shim_check (sqlite3_file *file, int *out)
{
  return CALL (file, xCheckReservedLock, out);
}

static int
shim_control (sqlite3_file *file, int op, void *arg)
{
  return CALL (file, xFileControl, op, arg);
}

static int
shim_sector (sqlite3_file *file)
{
  return REAL (file)->pMethods->xSectorSize (REAL (file));
}

static int
shim_device (sqlite3_file *file)
{
  return REAL (file)->pMethods->xDeviceCharacteristics (REAL (file));
}

static int
shim_map (sqlite3_file *file, int page, int size, int extend, void volatile **out)
{
  return CALL (file, xShmMap, page, size, extend, out);
}

static int
shim_shm_lock (sqlite3_file *file, int offset, int n, int flags)
{
  return CALL (file, xShmLock, offset, n, flags);
}

static void
shim_barrier (sqlite3_file *file)
{
  REAL (file)->pMethods->xShmBarrier (REAL (file));
}

static int
shim_unmap (sqlite3_file *file, int remove)
{
  return CALL (file, xShmUnmap, remove);
}

static int
shim_open (sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out_flags)
{
  File *self = (File *) file;
  int rc;

  self->file = (sqlite3_file *) (self + 1);
  self->path = name;
  rc = real->xOpen (real, name, self->file, flags, out_flags);
  file->pMethods = self->file->pMethods != NULL ? &methods : NULL;

  return rc;
}

static void
fill_methods (void)
{
  methods.iVersion = 2;
  methods.xClose = shim_close;
  methods.xRead = shim_read;
  methods.xWrite = shim_write;
  methods.xTruncate = shim_truncate;
  methods.xSync = shim_sync;
  methods.xFileSize = shim_size;
  methods.xLock = shim_lock;
  methods.xUnlock = shim_unlock;
  methods.xCheckReservedLock = shim_check;
  methods.xFileControl = shim_control;
  methods.xSectorSize = shim_sector;
  methods.xDeviceCharacteristics = shim_device;
  methods.xShmMap = shim_map;
  methods.xShmLock = shim_shm_lock;
  methods.xShmBarrier = shim_barrier;
  methods.xShmUnmap = shim_unmap;
}

void
test_vfs_install (void)
{
  real = sqlite3_vfs_find (NULL);
  fill_methods ();
  shim = *real;
  shim.zName = "kam-test";
  shim.pNext = NULL;
  shim.szOsFile = real->szOsFile + (int) sizeof (File);
  shim.xOpen = shim_open;
  g_assert_cmpint (sqlite3_vfs_register (&shim, 1), ==, SQLITE_OK);
}

void
test_vfs_break_at (int k,
                   int code)
{
  g_atomic_int_set (&writes, 0);
  failure = code;
  limit = k;
}

int
test_vfs_writes (void)
{
  return g_atomic_int_get (&writes);
}

void
test_vfs_heal (void)
{
  limit = 0;
}

void
test_vfs_watch (gboolean watch)
{
  g_mutex_lock (&lock);
  g_clear_pointer (&synced, g_hash_table_unref);

  if (watch)
    synced = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);

  g_mutex_unlock (&lock);
}

void
test_vfs_lose_power (const char *from,
                     const char *to)
{
  static const char *const names[] = { "cache.db", "cache.db-wal" };

  g_mutex_lock (&lock);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *source = g_build_filename (from, names[i], NULL);
      g_autofree char *target = g_build_filename (to, names[i], NULL);
      GBytes *bytes = g_hash_table_lookup (synced, source);

      if (bytes != NULL)
        g_assert_true (g_file_set_contents_full (target, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes),
                                                G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    }

  g_mutex_unlock (&lock);
}
