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
  KamPhase      phase;
  KamActionKind doing;         /* while storing */
  KamErrand     errand;        /* while sending or storing */
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

typedef enum
{
  KAM_FORK_NONE,
  KAM_FORK_UNSETTLED,
  KAM_FORK_ALL,       /* also what is acknowledged: the server may have lost it */
} KamFork;

/* Why what is here must be compared with the server before anything else is read. */
typedef enum
{
  KAM_RESYNC_NONE,
  KAM_RESYNC_CHECK,    /* it need not be: somebody wants to know */
  KAM_RESYNC_EXPIRED,
  KAM_RESYNC_DIVERGED,
} KamResync;

struct _KamEngine
{
  gboolean        running;
  gboolean        signed_in;
  char           *server_id; /* (owned) (nullable) */
  gboolean        doubt;     /* our token was refused: by our server, or by another in its place? */
  gboolean        doubt_revoked; /* and for good */
  gboolean        revoked;   /* our server ended the session for good: what waits is handed to it, and then all is erased */
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
  KamFork         fork;         /* wanted, before anything else is sent or asked for */
  guint           forks;        /* in a row, without a push that went well */
  gboolean        forked_all;   /* since the last pull that was brought to its end */

  gboolean        pulled;       /* once since the link came up */
  gboolean        dirty;        /* the store may hold a piece of a broken page */
  gboolean        failing;      /* the page broke off while the store was staging it */
  gint64          asked_target; /* when the last page was asked for */
  gint64          page_head;
  gint64          page_durable;
  gboolean        page_more;
  gint64          durable;      /* as noted last */
  KamResync       resync;       /* wanted, or under way in the lane pull */
  guint           resyncs;      /* in a row, without a pull that was brought to its end */
  gboolean        ranges_more;  /* to be asked for */
  guint           differing;    /* ranges, in the resync under way */
  gboolean        checking;     /* until the pull that begins with a check is brought to its end */
  gboolean        check_wanted;
  guint           check_attempts;
  gint64          check_not_before_us;
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
/* The same for an action of the store that the lane then waits for, and for a request. */
KamAction *kam_engine_store          (KamEngine     *self,
                                      KamActionKind  kind,
                                      KamLane        lane);
KamAction *kam_engine_send           (KamEngine     *self,
                                      KamLane        lane,
                                      KamErrand      errand);
void       kam_engine_load_state     (KamEngine     *self);
void       kam_engine_wait           (KamEngine     *self,
                                      KamLane        lane,
                                      gint64         delay_us);
gint64     kam_engine_jitter         (KamEngine     *self,
                                      guint          attempts);
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
void       kam_engine_push_demand    (KamEngine     *self,
                                      KamAttention   attention,
                                      KamFailure     failure);
void       kam_engine_want_fork      (KamEngine     *self,
                                      KamFork        kind);
void       kam_engine_pull_begin     (KamEngine     *self);
void       kam_engine_pull_event     (KamEngine     *self);
void       kam_engine_pull_failed    (KamEngine     *self,
                                      KamFailure     failure);
void       kam_engine_pull_aim       (KamEngine     *self,
                                      gint64         head);
void       kam_engine_pull_ask       (KamEngine     *self);
gboolean   kam_engine_pull_goes_on   (KamEngine     *self);
void       kam_engine_pull_committed (KamEngine     *self);

/* Comparing what is here with the server: the lane pull's other way to begin. */
void       kam_engine_want_check     (KamEngine     *self);
gboolean   kam_engine_check_is_due   (KamEngine     *self);
void       kam_engine_resync_begin   (KamEngine     *self);
void       kam_engine_resync_go_on   (KamEngine     *self);
void       kam_engine_resync_event   (KamEngine     *self);
void       kam_engine_resync_failed  (KamEngine     *self,
                                      KamFailure     failure);
void       kam_engine_resync_need    (KamEngine     *self,
                                      KamFailure     failure);
void       kam_engine_resync_end     (KamEngine     *self);

/* The end of a session that the server ended for good: the lane push's other errand. */
void       kam_engine_revoke_begin   (KamEngine     *self);
void       kam_engine_revoke_event   (KamEngine     *self);
void       kam_engine_revoke_failed  (KamEngine     *self,
                                      KamFailure     failure);
void       kam_engine_end_session    (KamEngine     *self);

void       kam_engine_poke_begin     (KamEngine     *self);
void       kam_engine_poke_event     (KamEngine     *self);

G_END_DECLS
