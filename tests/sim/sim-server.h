/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sim-world.h"

G_BEGIN_DECLS

/**
 * SimTxn:
 *
 * One transaction of one server process. Its steps (lock, read again, merge, count, stamp, commit) are happenings of their own, so that other
 * transactions, and the end of its process, come between any two of them.
 */
typedef struct _SimTxn SimTxn;

typedef enum
{
  SIM_VERDICT_FINE,
  SIM_VERDICT_GAP,    /* mids are missing before the first */
  SIM_VERDICT_FORKED, /* a mid that is known with other content */
} SimVerdict;

/* It is committed, or refused. Not called where its process died. */
typedef void (*SimDoneFunc) (SimWorld *world, SimTxn *txn, SimVerdict verdict, gpointer data);
typedef void (*SimJobFunc)  (SimTxn *txn, gconstpointer data);

/* What the ledger is told once it is committed. */
typedef enum
{
  SIM_LEDGER_RECEIVED, /* the value reached the server */
  SIM_LEDGER_APPLIED,  /* it is the value of its field now */
  SIM_LEDGER_REPLACED, /* somebody who knew it wrote another */
  SIM_LEDGER_BLINDLY,  /* somebody who did not know it wrote another */
  SIM_LEDGER_LOST,     /* it is in a conflict */
} SimLedgerKind;

typedef struct
{
  SimLedgerKind kind;
  guint         field;
  SimId         id;
  char         *value; /* (owned) */
} SimLedgerNote;

struct _SimTxn
{
  SimWorld       *world;
  guint           process;
  gboolean        dead;       /* its process was killed, or it has ended */
  guint           stage;
  guint           next;       /* lock or mutation */
  SimId           user;
  guint           device;
  char           *client_id;  /* (owned) (nullable): of a push */
  gint64          ack;
  gint64          skew_us;    /* of the sender's clock */
  GPtrArray      *mutations;  /* (owned) (nullable) (element-type KamMutation) */
  GPtrArray      *results;    /* (owned) (element-type KamResult) */
  GArray         *stored;     /* (owned) (element-type SimStored): of the new ones among them */
  SimJobFunc      job;
  gpointer        job_data;   /* (owned) */
  GPtrArray      *wanted;     /* (owned) (element-type utf8): locks, in order */
  GPtrArray      *held;       /* (owned) (element-type utf8) */
  GHashTable     *rows;       /* (owned) id → KamRow: as it leaves them */
  GPtrArray      *order;      /* (owned) (element-type utf8): of rows, as they were touched */
  GArray         *tombstones; /* (owned) */
  GHashTable     *purged;     /* (owned) ids */
  GArray         *grants;     /* (owned) (nullable): all, where they change */
  GArray         *audit;      /* (owned) */
  GArray         *notes;      /* (owned) (element-type SimLedgerNote) */
  gint64          seq;
  gboolean        writes;
  SimDoneFunc     done;
  gpointer        data;
  GDestroyNotify  destroy;
};

SimTxn *sim_txn_new       (SimWorld      *world,
                           const char    *user, /* (nullable) */
                           guint          device,
                           SimDoneFunc    done, /* (nullable) */
                           gpointer       data,
                           GDestroyNotify destroy);
void    sim_txn_want      (SimTxn        *self,
                           const char    *lock);
void    sim_txn_start     (SimTxn        *self); /* (transfer full) */
/* kill -9 of one process: its transactions are rolled back. */
void    sim_server_kill   (SimWorld      *world,
                           guint          process);

/* Inside a transaction. */
KamRow *sim_txn_get       (SimTxn        *self, /* (transfer none) (nullable) */
                           const char    *id);
void    sim_txn_put       (SimTxn        *self,
                           KamRow        *row); /* (transfer full) */
void    sim_txn_purge     (SimTxn        *self,
                           const char    *id);
GPtrArray *sim_txn_of_lead (SimTxn       *self, /* (element-type KamRow) */
                           const char    *lead_id,
                           int            entity); /* -1: all but the lead */
gboolean sim_txn_may_read (SimTxn        *self,
                           const KamRow  *row);
void    sim_txn_note      (SimTxn        *self,
                           SimLedgerKind  kind,
                           const char    *id,
                           guint          field,
                           const KamValue *value);
void    sim_txn_audit     (SimTxn        *self,
                           const KamRow  *row,
                           gboolean       deletes);
void    sim_txn_grant     (SimTxn        *self); /* makes them anew from who manages whom */

/* sim-push.c */
SimVerdict sim_push_check (SimTxn       *self);
void       sim_push_next  (SimTxn       *self);
void       sim_push_store (SimTxn       *self);
GPtrArray *sim_push_send_over (GPtrArray *mutations); /* as they are read from the wire */
guint64    sim_push_sum   (const KamMutation *mutation); /* of what it says, not of the number it says it under */

/* sim-apply.c, sim-delete.c, sim-conflict.c */
KamResult *sim_apply         (SimTxn            *self,
                              const KamMutation *mutation);
void       sim_apply_derive  (SimTxn            *self,
                              const KamRow      *lead_before, /* (nullable) */
                              const char        *lead_id,
                              const KamMutation *mutation);
KamResultKind sim_apply_delete (SimTxn            *self,
                                KamRow            *row,
                                const KamMutation *mutation);
KamResultKind sim_apply_restore (SimTxn            *self,
                                 KamRow            *row,
                                 const KamMutation *mutation);
void       sim_apply_mark    (SimTxn            *self,
                              KamRow            *row,
                              const char        *old_id,
                              const char        *new_id);
/* An edit is worth more than a deletion that did not know of it. TRUE where something came back. */
gboolean   sim_apply_revive  (SimTxn            *self,
                              const char        *id,
                              const KamMutation *mutation);
void       sim_conflict_add  (SimTxn            *self,
                              const KamRow      *row,
                              const KamMutation *mutation,
                              guint              field,
                              const KamValue    *base,
                              const KamValue    *mine,
                              const char        *author);
KamResult *sim_conflict_settle (SimTxn          *self,
                              const KamMutation *mutation);
char      *sim_conflict_json (const KamRow      *row,
                              guint              field); /* (nullable) */

/* Changes by hand, each in a transaction. */
void       sim_job_move_lead (SimWorld          *world,
                              const char        *lead_id,
                              const SimPerson   *to);
void       sim_job_move_person (SimWorld        *world,
                              const SimPerson   *person,
                              const SimPerson   *manager);
void       sim_job_cover     (SimWorld          *world,
                              const SimPerson   *absent,
                              const SimPerson   *cover,
                              gboolean           begins);
void       sim_server_set_up (SimWorld          *world);

/* What a pull is answered. */
typedef enum
{
  SIM_PULL_FINE,
  SIM_PULL_DIVERGED,
  SIM_PULL_EXPIRED,
  SIM_PULL_BEHIND,
} SimPullVerdict;

/* (element-type SimRange): what differs from the digests. */
GPtrArray     *sim_feed_verify (SimDb           *db,
                              const char        *user,
                              KamDigestSet      *theirs,
                              char             **cursor);
SimPullVerdict sim_feed_ranges (SimDb           *db,
                              const char        *user,
                              const char        *cursor,
                              GPtrArray         *ranges, /* (element-type SimRange) */
                              GString           *page);
SimPullVerdict sim_feed_pull (SimDb             *db,
                              gboolean           is_replica,
                              const char        *user,
                              const char        *cursor, /* (nullable) */
                              guint              limit,
                              GString           *page);

G_END_DECLS
