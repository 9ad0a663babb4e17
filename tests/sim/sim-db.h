/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-mutation.h"

G_BEGIN_DECLS

/**
 * SimDb:
 *
 * What a server's database holds, as it was committed: rows, tombstones, grants, what clients were answered, who changed what. Copying it is a backup, or
 * the replica of a moment.
 */

/* Nothing is as long as an id; scopes and people are ids too. */
typedef struct
{
  char text[KAM_ID_LENGTH + 1];
} SimId;

typedef struct
{
  gint64        rev;
  KamEntityKind entity;
  gboolean      moved;
  SimId         scope;
  SimId         id;
} SimTombstone;

typedef struct
{
  SimId    user;
  SimId    scope;
  gint64   since;
  gint64   until; /* G_MAXINT64 while it holds */
  gboolean cover; /* given for a while, by hand */
} SimGrant;

/* One change of one row in one commit. */
typedef struct
{
  gint64   seq;
  SimId    id;
  SimId    lead;
  SimId    user;
  guint    device;
  gboolean deletes;
} SimAudit;

/* What a mutation was answered. Its result is forgotten with the acknowledgement; what it was is not. */
typedef struct
{
  gint64        mid;
  KamResultKind kind;
  gint64        rev;
  const char   *code; /* static */
  guint64       content;
  gboolean      forgotten;
  SimId         origin;
  gint64        origin_mid;
} SimStored;

/* What the server knows of one client_id. */
typedef struct
{
  SimId   user;
  guint   device;
  gint64  last_mid;
  gint64  acked;
  GArray *stored; /* (owned) (element-type SimStored): by mid - 1 */
} SimRecord;

typedef struct
{
  SimId       server_id;
  guint       epoch;
  gint64      head;
  gint64      durable;     /* head of the last backup */
  gint64      forgotten;   /* tombstones up to this commit have been cleaned away */
  GArray     *nonces;      /* (owned) (element-type guint32): by commit */
  GHashTable *rows;        /* (owned) id → KamRow */
  GArray     *tombstones;  /* (owned) (element-type SimTombstone) */
  GArray     *grants;      /* (owned) (element-type SimGrant) */
  GArray     *audit;       /* (owned) (element-type SimAudit) */
  GHashTable *records;     /* (owned) client_id → SimRecord */
  GHashTable *quarantined; /* (owned) "client_id mid" → KamMutation */
} SimDb;

SimDb     *sim_db_new        (const char   *server_id);
SimDb     *sim_db_copy       (const SimDb  *self);
void       sim_db_free       (SimDb        *self);
KamRow    *sim_db_find       (SimDb        *self,
                              const char   *id); /* (nullable) */
SimRecord *sim_db_record     (SimDb        *self,
                              const char   *client_id); /* (nullable) */
SimRecord *sim_db_ensure     (SimDb        *self,
                              const char   *client_id,
                              const char   *user,
                              guint         device);
guint32    sim_db_nonce      (const SimDb  *self,
                              gint64        seq);
gboolean   sim_db_may_read   (const SimDb  *self,
                              const char   *user,
                              const char   *scope);
/* Could this person read the lead once, though not now? */
gboolean   sim_db_had_lead   (const SimDb  *self,
                              const char   *user,
                              const char   *lead);
gboolean   sim_db_has_others (const SimDb  *self,
                              const KamRow *row,
                              gint64        since,
                              const char   *user,
                              guint         device);
void       sim_db_clean      (SimDb        *self,
                              gint64        up_to);
void       sim_id_set        (SimId        *self,
                              const char   *text); /* (nullable) */
gboolean   sim_id_is         (const SimId  *self,
                              const char   *text); /* (nullable) */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimDb, sim_db_free)

G_END_DECLS
