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
static gboolean power; /* what was not synced goes with the break */

/* The real file stands behind this one. */
typedef struct
{
  sqlite3_file  base;
  sqlite3_file *file;
  const char   *path; /* SQLite's, as long as the file is open; NULL for files without a name */
  GQueue       *undo; /* (owned) (element-type Undo) newest first: what was there before all that is not synced yet */
} File;

static GMutex lock;         /* guards synced */
static GHashTable *synced;  /* (nullable): path → GBytes: what is on the disk for certain */

typedef struct
{
  sqlite3_int64 size;   /* of the file */
  sqlite3_int64 offset;
  GBytes       *bytes;  /* (owned) (nullable) */
} Undo;

#define REAL(file) (((File *) (file))->file)
#define CALL(file, method, ...) (REAL (file)->pMethods->method (REAL (file), __VA_ARGS__))

static gboolean
breaks (void)
{
  int n = g_atomic_int_add (&writes, 1) + 1;

  return limit > 0 && n >= limit;
}

static void
undo_free (gpointer data)
{
  Undo *undo = data;

  g_clear_pointer (&undo->bytes, g_bytes_unref);
  g_free (undo);
}

/* Remembers what is about to be overwritten or cut off. */
static void
remember (sqlite3_file  *file,
          sqlite3_int64  offset,
          sqlite3_int64  n)
{
  Undo *undo;
  gint64 size = 0;

  if (!power)
    return;

  undo = g_new0 (Undo, 1);
  CALL (file, xFileSize, (sqlite3_int64 *) &size);
  n = MIN (n, size - offset);
  undo->size = size;
  undo->offset = offset;
  if (n > 0)
    {
      guint8 *bytes = g_malloc ((gsize) n);

      g_assert_cmpint (CALL (file, xRead, bytes, (int) n, offset), ==, SQLITE_OK);
      undo->bytes = g_bytes_new_take (bytes, (gsize) n);
    }
  g_queue_push_head (((File *) file)->undo, undo);
}

static void
lose_power (sqlite3_file *file)
{
  for (GList *item = ((File *) file)->undo->head; item != NULL; item = item->next)
    {
      Undo *undo = item->data;

      if (undo->bytes != NULL)
        CALL (file, xWrite, g_bytes_get_data (undo->bytes, NULL), (int) g_bytes_get_size (undo->bytes), undo->offset);
      CALL (file, xTruncate, undo->size);
    }
}

static int
shim_close (sqlite3_file *file)
{
  if (power && limit > 0 && g_atomic_int_get (&writes) >= limit)
    lose_power (file);
  g_queue_free_full (((File *) file)->undo, undo_free);

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
  if (breaks ())
    return failure;

  remember (file, offset, n);

  return CALL (file, xWrite, data, n, offset);
}

static int
shim_truncate (sqlite3_file *file, sqlite3_int64 size)
{
  if (breaks ())
    return failure;

  remember (file, size, G_MAXINT64 / 2);

  return CALL (file, xTruncate, size);
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
  g_queue_clear_full (((File *) file)->undo, undo_free);

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
  self->undo = file->pMethods != NULL ? g_queue_new () : NULL;

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
  power = FALSE;
  limit = k;
}

void
test_vfs_lose_power_at (int k)
{
  test_vfs_break_at (k, SQLITE_IOERR_WRITE);
  power = TRUE;
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
  power = FALSE;
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
