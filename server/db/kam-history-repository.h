/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-db.h"

G_BEGIN_DECLS

/* Which commit, whose, from which device, when. */
typedef struct
{
  gint64      seq;
  const char *author_id; /* (nullable): NULL where the server's own commands did it */
  const char *device_id; /* (nullable) */
  gint64      at;        /* µs UTC, the server's clock */
} KamHistoryStamp;

/* Writes what differs between a row before and after a commit, field by field: from, to, who, when, from which device. A row that is new is one
 * entry without a field. */
gboolean kam_history_write (KamDb                 *db,
                            const KamHistoryStamp *stamp,
                            const KamRow          *before, /* (nullable) */
                            const KamRow          *after,
                            GError               **error);

/* The same for many rows in few statements. before and after: (element-type KamRow), pairs; NULL before where new. */
gboolean kam_history_write_many (KamDb                 *db,
                                 const KamHistoryStamp *stamp,
                                 GPtrArray             *before,
                                 GPtrArray             *after,
                                 GError               **error);

/* One change of one field, or (without field) the making of a row. */
typedef struct
{
  gint64        seq;
  gint64        at;          /* µs UTC */
  char         *author_id;   /* (owned) (nullable): NULL where the server's own commands did it */
  char         *author;      /* (owned) (nullable): their name */
  char         *device;      /* (owned) (nullable): its name */
  KamEntityKind entity;
  char          id[KAM_ID_LENGTH + 1];
  char         *field;       /* (owned) (nullable) */
  gboolean      settled;     /* a conflict about the field: before is what had lost, after what was decided */
  char         *before;      /* (owned) (nullable): JSON, as on the wire */
  char         *after;       /* (owned) (nullable): the same */
} KamHistoryRecord;

void       kam_history_record_free (KamHistoryRecord *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamHistoryRecord, kam_history_record_free)

/* Commits before before_seq, newest first, as many as have limit changes, or a few more: a commit comes whole. all: what happened to everything that
 * belongs to the lead. Returns: (element-type KamHistoryRecord) */
GPtrArray *kam_history_read      (KamDb                 *db,
                                  const char            *id,
                                  gboolean               all,
                                  gint64                 before_seq,
                                  guint                  limit,
                                  gboolean              *more,
                                  GError               **error);

/* A conflict about a field of this row was settled. */
typedef struct
{
  const KamRow   *row;
  const KamField *field;
  const char     *lost;    /* (nullable): JSON */
  const char     *decided; /* (nullable): JSON */
} KamHistorySettled;

gboolean   kam_history_write_settled (KamDb                   *db,
                                      const KamHistoryStamp   *stamp,
                                      const KamHistorySettled *settled,
                                      GError                 **error);

/* What a conflict was about that may be settled by now: JSON of [entity, id, field]; *target is NULL where that is not known. */
gboolean   kam_history_find_target   (KamDb                   *db,
                                      const char              *conflict_id,
                                      char                   **target,
                                      GError                 **error);

/* Has anybody but this person on this device changed the row, or for a lead anything that belongs to it, after since_seq? */
gboolean kam_history_has_others (KamDb        *db,
                                 KamEntityKind entity,
                                 const char   *id,
                                 gint64        since_seq,
                                 const char   *user_id,
                                 const char   *device_id,
                                 gboolean     *others,
                                 GError      **error);

/* Who changed a field of a row last; *author_id is NULL where nobody is noted. */
gboolean kam_history_find_author (KamDb       *db,
                                  const char  *id,
                                  const char  *field,
                                  char       **author_id,
                                  GError     **error);

G_END_DECLS
