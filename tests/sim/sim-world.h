/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-engine.h"
#include "kam-model-server.h"
#include "sim-store.h"

G_BEGIN_DECLS

/**
 * SimWorld:
 *
 * Some devices of one person, a server, and a bad network between them, all in one thread and from one seed: the same seed gives the same run. Time
 * is a number that jumps from one
 * happening to the next.
 */
typedef struct _SimWorld SimWorld;

typedef struct
{
  SimWorld  *world;
  guint      index;
  SimStore  *store;        /* (owned) */
  KamEngine *engine;       /* (owned): lost in a crash */
  guint      life;         /* counts crashes: what was on its way to an earlier life does not arrive */
  guint      serials[KAM_N_LANES]; /* of requests */
  guint      timers[KAM_N_LANES];
  GPtrArray *batch;        /* (owned) (nullable) */
  GPtrArray *results;      /* (owned) (nullable) */
  GPtrArray *rows;         /* (owned) (nullable): of the page being read */
  guint      n_read;       /* of them */
  guint      cut_after;    /* rows after which the page breaks off; G_MAXUINT for never */
  char      *page_cursor;  /* (owned) (nullable) */
  gint64     page_head;
  gboolean   page_more;
  gint64     poke_since;   /* -1: no poke is held open */
  guint      poke_serial;
  guint      n_requests;
  KamEngineStatus status;
} SimClient;

/* A value that a person saved. */
typedef struct
{
  char     *id;    /* (owned) */
  guint     field;
  char     *value; /* (owned) */
  gboolean  superseded; /* somebody saw it and wrote another */
} SimSaved;

struct _SimWorld
{
  GRand          *rand;    /* (owned) */
  gint64          now_us;
  gint64          serial;
  GSequence      *queue;   /* (owned) of happenings */
  KamModelServer *server;  /* (owned) */
  gboolean        server_up;
  gboolean        calm;    /* no more faults */
  SimClient      *clients; /* (owned) */
  guint           n_clients;
  GPtrArray      *ids;     /* (owned) (element-type utf8): of all rows ever made */
  GPtrArray      *ledger;  /* (owned) (element-type SimSaved) */
  guint           n_edits;
};

SimWorld *sim_world_new    (guint32      seed);
void      sim_world_free   (SimWorld    *self);
/* Runs until a moment. */
void      sim_world_run    (SimWorld    *self,
                            gint64       until_us);
void      sim_world_edit   (SimWorld    *self,
                            guint        client);
void      sim_client_feed  (SimClient   *self,
                            KamEvent     event);
void      sim_client_crash (SimClient   *self);
gint64    sim_world_between (SimWorld   *self,
                             gint64      least,
                             gint64      most);

/* Has something happen later. */
typedef void (*SimFunc) (SimWorld *world, SimClient *client, gpointer data);
void      sim_world_later  (SimWorld    *self,
                            gint64       delay_us,
                            SimClient   *client,
                            SimFunc      func,
                            gpointer     data,
                            GDestroyNotify destroy);

/* What a client's engine wants from the network. */
void      sim_network_send (SimClient       *client,
                            const KamAction *action);
void      sim_network_read (SimClient       *client);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SimWorld, sim_world_free)

G_END_DECLS
