/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A file system under SQLite, in front of the real one, that breaks at the k-th write, and stays broken: what was written until then is on the disk,
 * nothing after it. */

void  test_vfs_install  (void);                  /* from now on for every database of this process */
void  test_vfs_break_at (int  k,                 /* counted from now; 0: never */
                         int  code);             /* SQLITE_IOERR_WRITE, SQLITE_FULL */
/* The same, and when a file is closed after that, all is undone in it that was written since it was last synced. */
void  test_vfs_lose_power_at (int k);
int   test_vfs_writes   (void);                  /* since then */
void  test_vfs_heal     (void);

/* What a power failure would leave of a store: from now on it is remembered what has been synced. Later that is written into another folder, which holds the
 * file as it was at the beginning. */
void  test_vfs_watch      (gboolean    watch);
void  test_vfs_lose_power (const char *from,
                           const char *to);

G_END_DECLS
