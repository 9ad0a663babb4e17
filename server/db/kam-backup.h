/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-db.h"

G_BEGIN_DECLS

/**
 * A backup is one gzip stream of records. A record is a letter, the number of its values (2 bytes, all numbers big-endian), and the values, each a
 * letter and what it says: `N` null; `I` an integer (8 bytes); `B` bytes (4 bytes for how many, then they). After the line “KAM-BACKUP 1”:
 *
 *   H  schema version, server id, epoch, head, when (µs UTC)
 *   T  name of a table, then of its columns
 *   R  a row of it, column by column
 *   E  end of the table: how many rows, SHA-256 of their records
 *   Z  end: how many tables, how many rows, SHA-256 of everything before this record
 *
 * All of it is one snapshot. Derived columns are left out, and what only belongs to one run of a migration.
 */
typedef struct
{
  guint   schema;
  char    server_id[KAM_ID_LENGTH + 1];
  char    epoch[KAM_ID_LENGTH + 1];
  gint64  head;
  gint64  at;       /* µs UTC */
  guint   n_tables;
  guint64 n_rows;
} KamBackupInfo;

/* One value as it is in the database. */
typedef enum
{
  KAM_BACKUP_NULL = 'N',
  KAM_BACKUP_INT = 'I',
  KAM_BACKUP_BYTES = 'B',
} KamBackupKind;

typedef struct
{
  KamBackupKind kind;
  gint64        number;
  GBytes       *bytes;  /* (owned) */
} KamBackupValue;

/* The end of a backup's record of one of the letters above. */
typedef struct
{
  char    kind;
  GArray *values; /* (owned) (element-type KamBackupValue) */
} KamBackupRecord;

void              kam_backup_record_free  (KamBackupRecord *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamBackupRecord, kam_backup_record_free)

/**
 * KamBackupWriter:
 *
 * Appends records, a table at a time, and keeps counts and digests.
 */
typedef struct _KamBackupWriter KamBackupWriter;

KamBackupWriter  *kam_backup_writer_new    (GOutputStream        *output);  /* of the gzip stream; left open */
void              kam_backup_writer_free   (KamBackupWriter      *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamBackupWriter, kam_backup_writer_free)
gboolean          kam_backup_writer_header (KamBackupWriter      *self,
                                            const KamBackupInfo  *info,
                                            GError              **error);
gboolean          kam_backup_writer_table  (KamBackupWriter      *self,
                                            const char           *name,
                                            GPtrArray            *columns, /* (element-type utf8) */
                                            GError              **error);
gboolean          kam_backup_writer_row    (KamBackupWriter      *self,
                                            KamDbRows            *rows,    /* at a row of the table's columns */
                                            GError              **error);
gboolean          kam_backup_writer_end_table (KamBackupWriter   *self,
                                            GError              **error);
gboolean          kam_backup_writer_end    (KamBackupWriter      *self,
                                            GError              **error);

/**
 * KamBackupReader:
 *
 * Reads records, and checks every count and digest on the way: what has come to its end is whole.
 */
typedef struct _KamBackupReader KamBackupReader;

KamBackupReader  *kam_backup_reader_open   (const char           *path,
                                            KamBackupInfo        *info,    /* (out): all but the counts */
                                            GError              **error);
void              kam_backup_reader_free   (KamBackupReader      *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamBackupReader, kam_backup_reader_free)
/* The next T, R or E; NULL with the error set, or at the end, where *ended is. */
KamBackupRecord  *kam_backup_reader_next   (KamBackupReader      *self,
                                            gboolean             *ended,
                                            GError              **error);

/* Reads a backup to its end: whether it is whole and unaltered. */
gboolean          kam_backup_verify        (const char           *path,
                                            KamBackupInfo        *info,    /* (out) */
                                            GError              **error);

/* Reads all of the database in one snapshot. */
gboolean          kam_backup_write         (KamDb                *db,
                                            GOutputStream        *output,
                                            gint64                now_us,
                                            KamBackupInfo        *info,    /* (out) */
                                            GError              **error);
/* A verified backup holds everything up to its head: says so, unless another history has begun meanwhile, or a newer backup has said so. */
gboolean          kam_backup_note_durable  (KamDb                *db,
                                            const KamBackupInfo  *info,
                                            GError              **error);

typedef enum
{
  KAM_RESTORE_NOTHING = 0,
  KAM_RESTORE_REPLACE = 1 << 0, /* what is there goes */
} KamRestoreFlags;

/* Verifies the backup, then fills the database from it and begins a new epoch. What fails on the way leaves a database that no server serves. */
gboolean          kam_backup_restore       (KamDb                *db,
                                            const char           *path,
                                            KamRestoreFlags       flags,
                                            gint64                now_us,
                                            KamBackupInfo        *info,    /* (out) */
                                            GError              **error);

G_END_DECLS
