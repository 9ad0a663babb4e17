/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-engine.h"

G_BEGIN_DECLS

typedef enum
{
  KAM_PHASE_IDLE,
  KAM_PHASE_WAITING, /* for its timer */
  KAM_PHASE_STORING, /* for the store */
  KAM_PHASE_SENDING, /* for the server */
} KamPhase;

typedef struct
{
  KamPhase     phase;
  gboolean     wanted;
  gboolean     halted;        /* until a person asks */
  guint        attempts;      /* failures in a row */
  gint64       not_before_us; /* the server said so */
  KamAttention attention;
  KamFailure   failure;       /* the last one, NONE after a success */
} KamLaneState;

typedef enum
{
  KAM_LINK_UNKNOWN, /* the server must be asked who it is */
  KAM_LINK_UP,
  KAM_LINK_DOWN,    /* it was asked and did not answer as it should */
} KamLink;

struct _KamEngine
{
  gboolean        running;
  gboolean        signed_in;
  char           *server_id; /* (owned) (nullable) */
  gboolean        doubt;     /* our token was refused: by our server, or by another in its place? */
  gboolean        network;   /* what the system says */
  KamLink         link;
  KamLaneState    lanes[KAM_N_LANES];

  gboolean        state_known;
  gboolean        state_loading;
  gboolean        state_stale;
  guint           n_waiting;
  guint           n_rejected;

  gint64          published;    /* head */
  gint64          target;       /* head that must be reached */

  guint           batch_max;
  gint64          resend_after; /* -1: go on */
  gint64          last_gap;
  guint           sent;         /* mutations in the push under way */

  gboolean        pulled;       /* once since the link came up */
  gboolean        dirty;        /* the store may hold a piece of a broken page */
  gboolean        failing;      /* the page broke off while the store was staging it */
  gint64          asked_target; /* when the last page was asked for */
  gint64          page_head;
  gboolean        page_more;
  guint           page_lines;
  guint           empty_pages;
  guint           rows;
  gint64          done;
  gint64          total;
  gint64          poked_at_us;

  KamEngineStatus status;
  gboolean        status_known;

  const KamEvent *event;        /* being fed */
  GArray         *actions;      /* being filled */
};

/* Appends an action; the pointer is good until the next. */
KamAction *kam_engine_act            (KamEngine     *self,
                                      KamActionKind  kind,
                                      KamLane        lane);
void       kam_engine_load_state     (KamEngine     *self);
void       kam_engine_wait           (KamEngine     *self,
                                      KamLane        lane,
                                      gint64         delay_us);
void       kam_engine_retry_later    (KamEngine     *self,
                                      KamLane        lane,
                                      KamFailure     failure);
void       kam_engine_succeed        (KamEngine     *self,
                                      KamLane        lane);
void       kam_engine_drop           (KamEngine     *self,
                                      KamLane        lane);
gboolean   kam_engine_release        (KamEngine     *self,
                                      KamLane        lane);
void       kam_engine_check_link     (KamEngine     *self);
gboolean   kam_engine_is_in_step     (KamEngine     *self);

void       kam_engine_link_begin     (KamEngine     *self);
void       kam_engine_link_hello     (KamEngine     *self);
void       kam_engine_link_failed    (KamEngine     *self,
                                      KamFailure     failure);
void       kam_engine_push_begin     (KamEngine     *self);
void       kam_engine_push_event     (KamEngine     *self);
void       kam_engine_push_failed    (KamEngine     *self,
                                      KamFailure     failure);
void       kam_engine_pull_begin     (KamEngine     *self);
void       kam_engine_pull_event     (KamEngine     *self);
void       kam_engine_pull_failed    (KamEngine     *self,
                                      KamFailure     failure);
void       kam_engine_pull_aim       (KamEngine     *self,
                                      gint64         head);
void       kam_engine_poke_begin     (KamEngine     *self);
void       kam_engine_poke_event     (KamEngine     *self);

G_END_DECLS
