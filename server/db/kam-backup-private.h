/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Inside the backup only. */

#include "kam-backup.h"

G_BEGIN_DECLS

#define KAM_BACKUP_MAGIC "KAM-BACKUP 1\n"
#define KAM_BACKUP_DIGEST_BYTES 32
/* Whatever says more is no backup of ours. */
#define KAM_BACKUP_VALUES_MOST 1024
#define KAM_BACKUP_BYTES_MOST (64 << 20)

/* The tables of a database that a backup holds, and of each the columns: (element-type utf8), in a fixed order. */
GPtrArray *kam_backup_tables  (KamDb       *db,
                               GError     **error);
GPtrArray *kam_backup_columns (KamDb       *db,
                               const char  *table,
                               GError     **error);

G_END_DECLS
