/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-engine.h"
#include "sim-db.h"
#include "sim-store.h"

G_BEGIN_DECLS

/**
 * SimWorld:
 *
 * Some people with their devices, a server of several processes over one database, and a bad network between them, all in one thread and from one seed:
 * the same seed gives the same run. Time is a number that jumps from one happening to the next.
 */
typedef struct _SimWorld SimWorld;
typedef struct _SimClient SimClient;

enum
{
  SIM_KAM_A,
  SIM_KAM_B,
  SIM_MANAGER_M, /* of A and B at first */
  SIM_MANAGER_N, /* of nobody at first */
  SIM_N_PEOPLE
};

typedef struct
{
  char       *id;
  const char *name;
  const char *role;
  char       *leads;    /* scope */
  char       *personal; /* scope */
} SimPerson;

/* What a person has just saved on their device: it must not be shown as it was before, not for a moment. */
typedef struct
{
  KamEntityKind entity;
  SimId         id;
  guint         field;
  char         *value;  /* (owned) */
  char         *before; /* (owned) (nullable) */
} SimWatch;

/* The rows of an entity whose ids end so. */
typedef struct
{
  KamEntityKind entity;
  char          digits[4];
} SimRange;

struct _SimClient
{
  SimWorld        *world;
  guint            index;
  const SimPerson *person;
  guint            device;       /* a clone has the same */
  SimStore        *store;        /* (owned) */
  KamEngine       *engine;       /* (owned): lost in a crash */
  guint            life;         /* counts crashes: what was on its way to an earlier life does not arrive */
  guint            serials[KAM_N_LANES]; /* of requests */
  guint            timers[KAM_N_LANES];
  GPtrArray       *batch;        /* (owned) (nullable) */
  GPtrArray       *results;      /* (owned) (nullable) */
  KamErrand        errand;       /* of the page being read */
  KamDigestSet    *digests;      /* (owned) (nullable) */
  GPtrArray       *ranges;       /* (owned) (nullable) (element-type SimRange): that differ, and are still to be read */
  guint            n_asked;      /* of them */
  char            *verified;     /* (owned) (nullable): cursor to go on from after them */
  gint64           verified_head;
  GPtrArray       *handed_over;  /* (owned) (nullable) (element-type KamMutation): what goes into quarantine */
  guint            n_handed;
  gboolean         revoked;      /* the server knows its session no longer */
  gboolean         signed_in;
  gboolean         met_stranger; /* another server said hello last */
  KamPageReader   *reader;       /* (owned) (nullable): of the page being read */
  char            *page;         /* (owned) (nullable): what of it came through */
  const char      *unread;       /* within page */
  GPtrArray       *lines;        /* (owned) (nullable) (element-type KamLine): the piece just read */
  KamLine          footer;       /* (owned) */
  char            *cursor;       /* (owned) (nullable): that the page was asked with */
  guint            n_lines;      /* of the page */
  guint            n_staged;     /* since the store was last empty handed */
  char            *old_page;     /* (owned) (nullable): an earlier answer, for a proxy to give again */
  gint64           poke_since;   /* -1: no poke is held open */
  guint            poke_serial;
  gint64           asleep_until_us;
  gint64           clock_error_us;
  GPtrArray       *watches;      /* (owned) (element-type SimWatch) */
  SimStore        *kept;         /* (owned) (nullable): a backup of the device */
  guint            kept_at;      /* of all happenings */
  guint            n_requests;
  KamEngineStatus  status;
};

/* A row that somebody made. */
typedef struct
{
  KamEntityKind entity;
  SimId         id;
  SimId         lead;
} SimRef;

/* What a seed is made of. */
typedef struct
{
  guint    seed;
  gboolean real;    /* the real store */
  gboolean trace;
  guint    edits;
  guint    crashes;
  guint    outages;
  guint    disturbances;
  guint    moves;   /* of leads, and of people between managers */
  guint    kills;   /* of server processes */
  guint    sleeps;
  guint    backups;   /* of the server, and going back to one of them */
  guint    clones;    /* devices that are copied, or come back from a backup */
  guint    expiries;  /* tombstones cleaned away */
  guint    revocations;
  gboolean replays;   /* something on the way answers with an earlier page */
  guint    strangers; /* another server behind the address */
  double   noise;   /* how bad the network is: 1 is bad */
} SimOptions;

struct _SimWorld
{
  SimOptions  options;
  GRand      *rand;      /* (owned) */
  gint64      now_us;
  gint64      serial;
  guint       n_happened;
  GSequence  *queue;     /* (owned) of happenings */
  SimDb      *db;        /* (owned) */
  SimDb      *replica;   /* (owned): the database some time ago */
  SimDb      *backup;    /* (owned) (nullable): of the database, verified */
  SimDb      *stranger;  /* (owned) (nullable): the database of another server, while that answers */
  GHashTable *locks;     /* (owned) name → SimTxn */
  GPtrArray  *txns;      /* (owned) (element-type SimTxn): under way */
  gboolean    server_up;
  gboolean    calm;      /* no more faults */
  gboolean    was_restored; /* the server, or a device, from a backup */
  SimPerson   people[SIM_N_PEOPLE];
  GPtrArray  *clients;   /* (owned) (element-type SimClient) */
  GArray     *refs;      /* (owned) (element-type SimRef): of all rows that anybody made */
  GHashTable *ledger;    /* (owned) value → SimSaved */
  guint       n_edits;
  GPtrArray  *violations; /* (owned) (element-type utf8) */
  guint64     hash;      /* of everything that happened */
};

#define SIM_EPOCH_US (1700000000 * (gint64) G_USEC_PER_SEC)
#define SIM_SERVER_ID "019a0000-0000-7000-8000-000000000001"
#define SIM_MINUTE ((gint64) 60 * G_USEC_PER_SEC)

SimWorld *sim_world_new     (const SimOptions *options);
void      sim_world_free    (SimWorld         *self);
/* Runs until a moment. */
void      sim_world_run     (SimWorld         *self,
                             gint64            until_us);
gint64    sim_world_between (SimWorld         *self,
                             gint64            least,
                             gint64            most);
guint     sim_world_draw    (SimWorld         *self,
                             guint             n);
/* A fault: never once all is calm. */
gboolean  sim_world_happens (SimWorld         *self,
                             double            chance);
/* Anything else: TRUE that often. */
gboolean  sim_world_tosses  (SimWorld         *self,
                             double            chance);
char     *sim_world_make_id (SimWorld         *self);
gint64    sim_world_time    (SimWorld         *self); /* of the server */
void      sim_world_calm    (SimWorld         *self);
void      sim_violate       (SimWorld         *self,
                             const char       *format,
                             ...) G_GNUC_PRINTF (2, 3);
/* Enters the trace; what is static. */
void      sim_note          (SimWorld         *self,
                             const SimClient  *client, /* (nullable) */
                             const char       *what,
                             gint64            a,
                             gint64            b);

/* Has something happen later. What happens at a client waits while that sleeps. */
typedef void (*SimFunc) (SimWorld *world, SimClient *client, gpointer data);
void      sim_world_later   (SimWorld         *self,
                             gint64            delay_us,
                             SimClient        *client, /* (nullable) */
                             SimFunc           func,
                             gpointer          data,
                             GDestroyNotify    destroy);

SimClient *sim_client_new    (SimWorld        *world,
                              const SimPerson *person,
                              guint            device,
                              SimStore        *store); /* (transfer full) */
void       sim_client_free   (SimClient       *self);
void       sim_client_feed   (SimClient       *self,
                              KamEvent         event);
void       sim_client_crash  (SimClient       *self);
void       sim_client_replace (SimClient      *self, /* another disk is put in */
                               SimStore       *store); /* (transfer full) */
void       sim_client_sign_in (SimClient      *self);
gint64     sim_client_time   (SimClient       *self); /* by its own clock, µs since 1970 */

/* The network, and the client's end of it. */
void       sim_network_send  (SimClient       *client,
                              const KamAction *action);
void       sim_page_begin    (SimClient       *client,
                              const char      *page,
                              const char      *cursor,
                              KamErrand        errand);
void       sim_page_read     (SimClient       *client);
void       sim_network_tell  (SimWorld        *world,
                              GHashTable      *scopes); /* somebody who may read one of these, or everybody where NULL, hears of news */

/* What people do. */
void       sim_person_act    (SimWorld        *world,
                              SimClient       *client,
                              gpointer         data);
void       sim_plan          (SimWorld        *world);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimWorld, sim_world_free)

G_END_DECLS
