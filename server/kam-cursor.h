/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-feed-repository.h"
#include "kam-org-repository.h"

G_BEGIN_DECLS

typedef enum
{
  KAM_ROUND_NONE,    /* between rounds */
  KAM_ROUND_CHANGES, /* what has changed in the scopes that are held */
  KAM_ROUND_GAINED,  /* all of the scopes that are gained */
} KamRound;

/**
 * KamCursor:
 *
 * How far one client has come, as the client itself keeps it: opaque and sealed, so that nobody can ask for a scope they were not given or for a
 * position that never was.
 *
 * A client comes forward in rounds. A round has a fixed end, @up_to: first what has changed in the scopes it holds over (@base, @up_to], then
 * everything up to @up_to of the scopes it
 * gains. Rows that change while a long round is under way leave its range and come in the next one; the last round ends where the snapshot's head is.
 */
typedef struct
{
  char       server_id[KAM_ID_LENGTH + 1];
  char       epoch[KAM_ID_LENGTH + 1];
  char       nonce[KAM_ID_LENGTH + 1]; /* of the commit @up_to; empty for 0 */
  gint64     base;         /* the scopes held are complete to here */
  gint64     up_to;        /* end of the round; = base between rounds */
  KamRound   round;
  int        entity;       /* position in the scan, as in KamFeedPosition … */
  gint64     rev;
  char       scope[KAM_ID_LENGTH + 1]; /* … but the scope by name, since the list may shrink; empty at the start */
  char       id[KAM_ID_LENGTH + 1];
  gint64     done;         /* lines of this round so far, and in all (about) */
  gint64     total;
  GPtrArray *held;         /* (owned) (element-type utf8), sorted */
  GPtrArray *gained;       /* (owned) (element-type utf8), sorted: of this round */
} KamCursor;

/* The cursor of a client that has nothing. */
KamCursor *kam_cursor_new  (const KamOrg     *org);
void       kam_cursor_free (KamCursor        *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamCursor, kam_cursor_free)

char      *kam_cursor_seal (const KamCursor  *self,
                            const KamOrg     *org);
/* KAM_SERVER_ERROR_BAD_REQUEST for what this server did not seal, KAM_SERVER_ERROR_DIVERGED for what it sealed in another life. */
KamCursor *kam_cursor_open (const char       *text,
                            const KamOrg     *org,
                            GError          **error);

G_END_DECLS
