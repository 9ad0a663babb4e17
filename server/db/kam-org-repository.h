/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-db.h"

G_BEGIN_DECLS

#define KAM_ORG_SECRET_BYTES 32

typedef struct
{
  char   server_id[KAM_ID_LENGTH + 1];
  char   epoch[KAM_ID_LENGTH + 1];
  gint64 head;
  gint64 durable; /* the head that the last verified backup holds */
  gint64 oldest;  /* the oldest commit that is still known, with its tombstones; 0 where there is none. See kam-tombstone-repository.h */
  char   nonce[KAM_ID_LENGTH + 1]; /* of the commit @head; empty for 0 */
  guint8 secret[KAM_ORG_SECRET_BYTES]; /* random, made with the organisation's row: keys what the server seals (cursors) */
  gboolean is_sample; /* made by the sample loader: its people have the well-known password */
} KamOrg;

/* Founds the organisation, with a new server id and epoch, unless there is one. */
gboolean kam_org_found     (KamDb        *db,
                            gint64        now_us,
                            GError      **error);
gboolean kam_org_read      (KamDb        *db,
                            KamOrg       *org,
                            GError      **error);

/* Takes the next commit sequence number: locks the counter until the transaction ends, so it comes last, after all row locks. Sequence order is
 * commit order. Writes the commit's
 * row with a random nonce. */
gint64   kam_org_next_head (KamDb        *db,
                            gint64        now_us,
                            GError      **error); /* 0 on error */

/* For the sample loader: says for ever that this database holds sample data. */
gboolean kam_org_mark_sample (KamDb      *db,
                              GError    **error);

/* Notes which scopes a commit touched (for poke and for cheap pulls). scopes: (element-type utf8) */
gboolean kam_org_touch     (KamDb        *db,
                            gint64        seq,
                            GPtrArray    *scopes,
                            GError      **error);

/* Nonce of a commit; NULL without error where the server does not have that commit. */
char    *kam_org_get_nonce (KamDb        *db,
                            gint64        seq,
                            GError      **error);

/* Every scope that a commit in (after_seq, up_to_seq] touched: (element-type utf8), sorted, each once. A change of somebody's grants touches their
 * personal scope. */
GPtrArray *kam_org_touched (KamDb        *db,
                            gint64        after_seq,
                            gint64        up_to_seq,
                            GError      **error);

/* Is any of these scopes touched by a commit after seq? Yes where that is too long ago to say. */
gboolean kam_org_has_news  (KamDb        *db,
                            const KamOrg *org,
                            GPtrArray    *scopes,
                            gint64        since,
                            gboolean     *news,
                            GError      **error);

G_END_DECLS
