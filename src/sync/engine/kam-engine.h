/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-failure.h"

G_BEGIN_DECLS

/**
 * KamEngine:
 *
 * Decides what a client does to keep in step with its server, and does none of it: what happens comes in as events, what is to be done goes out as
 * actions. Time and randomness
 * come with each event, so the same events give the same actions.
 *
 * Four lanes run beside each other: hello checks that the server is the right one and speaks our language before anything else is said to it; push,
 * pull and poke then work each
 * at its own pace, with its own retries.
 *
 * What the caller promises: each KAM_ACTION_SEND, each page read and each action on the store is answered by exactly one event, unless the lane's
 * request is cancelled,
 * after which nothing more of it comes. Actions are carried out in order. Not for sharing between threads.
 */
typedef struct _KamEngine KamEngine;

typedef enum
{
  KAM_LANE_HELLO,
  KAM_LANE_PUSH,
  KAM_LANE_PULL,
  KAM_LANE_POKE,
} KamLane;
#define KAM_N_LANES (KAM_LANE_POKE + 1)

/* What a request of a lane is about. Each lane has its usual errand; some have others. */
typedef enum
{
  KAM_ERRAND_USUAL,
  KAM_ERRAND_VERIFY,     /* pull: the digests of what is here, to hear which ranges differ */
  KAM_ERRAND_RANGES,     /* pull: the rows of the next so many ranges of those that differ */
  KAM_ERRAND_QUARANTINE, /* push: what waits, the next so much of it, for the server to keep and not to apply */
} KamErrand;

typedef enum
{
  KAM_EVENT_START,        /* signed_in, server_id */
  KAM_EVENT_SIGNED_IN,    /* server_id: somebody has just signed in, for the first time or again */
  KAM_EVENT_STOP,
  KAM_EVENT_LOCAL_CHANGE, /* the outbox has changed */
  KAM_EVENT_NETWORK,      /* available: what the system says of the network changed */
  KAM_EVENT_RESUMED,      /* the device has slept: connections are probably dead */
  KAM_EVENT_ASKED,        /* the person wants it now */
  KAM_EVENT_CHECK,        /* what is here is to be compared with the server: the person asks, or a month has passed; done once in step */
  KAM_EVENT_TIMER,        /* lane */
  KAM_EVENT_STATE,        /* n_waiting, n_rejected, head */
  KAM_EVENT_TAKEN,        /* count, first_mid */
  KAM_EVENT_SETTLED,
  KAM_EVENT_STAGED,
  KAM_EVENT_COMMITTED,
  KAM_EVENT_DISCARDED,
  KAM_EVENT_DIGESTED,
  KAM_EVENT_FORKED,
  KAM_EVENT_ERASED,       /* more: nothing was erased, since there is by now something more that waits */
  KAM_EVENT_STORE_FAILED, /* lane: that of the action that failed */
  KAM_EVENT_HELLO,        /* server_id, protocol_min, protocol_max */
  KAM_EVENT_PUSHED,       /* count: results of what was sent; rev: the highest among them */
  KAM_EVENT_QUARANTINED,  /* server_id; more: not all that was taken has been sent yet; without it, the server has given its receipt for all of it */
  KAM_EVENT_PAGE_LINES,   /* count, done, total */
  KAM_EVENT_PAGE_END,     /* moved: the cursor is another than before; head, more, durable; of RANGES only more: there are further ranges to ask for */
  KAM_EVENT_VERIFIED,     /* count: ranges that differ; head */
  KAM_EVENT_POKED,        /* head */
  KAM_EVENT_FAILED,       /* lane, status, code, retry_after_us, last_mid */
} KamEventKind;

/* Fields that the kind does not name are ignored. Borrowed texts. */
typedef struct
{
  KamEventKind kind;
  gint64       now_us; /* monotonic */
  guint32      random; /* evenly distributed */
  KamLane      lane;
  gboolean     signed_in;
  gboolean     available;
  const char  *server_id; /* (nullable) in START: not known yet */
  int          protocol_min;
  int          protocol_max;
  guint        n_waiting;
  guint        n_rejected;
  guint        count;
  gint64       first_mid;
  gint64       last_mid;
  gint64       rev;
  gint64       head;
  gint64       durable;
  gint64       done;
  gint64       total;
  gboolean     moved;
  gboolean     more;
  KamTrouble   trouble; /* of a failure that has no HTTP status */
  guint        status;  /* HTTP */
  const char  *code;    /* (nullable): of the problem document */
  gint64       retry_after_us;
} KamEvent;

typedef enum
{
  KAM_ACTION_LOAD_STATE,   /* → STATE */
  KAM_ACTION_TAKE_OUTBOX,  /* max, after_mid → TAKEN; with errand QUARANTINE all that waits */
  KAM_ACTION_SETTLE,       /* the results of the last push → SETTLED */
  KAM_ACTION_STAGE,        /* the lines just read → STAGED */
  KAM_ACTION_COMMIT_PAGE,  /* → COMMITTED; with errand RANGES: there is more to come; with all, of the last ranges, with cursor and head of the verification,
                            * else without a cursor */
  KAM_ACTION_DISCARD_PAGE, /* → DISCARDED */
  KAM_ACTION_FORGET_STAGE, /* pages too that are whole and not yet published: the next cursor is the published one → DISCARDED */
  KAM_ACTION_DIGEST,       /* of what the server has shown us, by ranges → DIGESTED */
  KAM_ACTION_FORK,         /* a new client id; what is unsettled, with all also what the journal still has, waits again with its origin → FORKED */
  KAM_ACTION_ERASE,        /* the cache and the token → ERASED */
  KAM_ACTION_NOTE_DURABLE, /* durable: the journal need not go back further; not answered */
  KAM_ACTION_NOTE_CHECKED, /* count: a comparison has been brought to its end, which had found so many ranges to differ; not answered */
  KAM_ACTION_SEND,         /* lane, errand; since for a poke → HELLO, PUSHED, QUARANTINED, PAGE_LINES, PAGE_END, VERIFIED, POKED or FAILED */
  KAM_ACTION_READ_PAGE,    /* goes on reading the page → PAGE_LINES, PAGE_END or FAILED */
  KAM_ACTION_CANCEL,       /* lane: drops the request */
  KAM_ACTION_SET_TIMER,    /* lane, delay_us; a lane has one timer */
  KAM_ACTION_CLEAR_TIMER,  /* lane */
  KAM_ACTION_PUBLISH,      /* status */
} KamActionKind;

typedef enum
{
  KAM_ENGINE_SIGNED_OUT,
  KAM_ENGINE_OFFLINE,
  KAM_ENGINE_SYNCING,
  KAM_ENGINE_SYNCED,
  KAM_ENGINE_ATTENTION,
} KamEngineState;

/* What the person may know. Integers only, so that two can be compared as memory. */
typedef struct
{
  KamEngineState state;
  KamAttention   attention;
  KamFailure     failure;   /* why offline */
  guint          n_waiting;
  guint          n_rejected;
  guint          rows;      /* received in this sync */
  int            permille;  /* of a long sync; -1 where unknown */
  gboolean       checking;  /* what is here is being compared with the server */
} KamEngineStatus;

typedef struct
{
  KamActionKind   kind;
  KamLane         lane;
  gint64          delay_us;
  gint64          since;
  gint64          after_mid; /* -1: go on; else the server has nothing after this one: send again from there */
  gint64          durable;
  KamErrand       errand;
  gboolean        all;
  guint           max;
  guint           count;
  KamEngineStatus status;
} KamAction;

/* A batch of a push at most, and lines of a page that are staged at once. */
#define KAM_ENGINE_BATCH 500
/* TAKE_OUTBOX: everything that has not come through, whatever it waits for, to be handed over. */
#define KAM_ENGINE_ALL G_MAXUINT

KamEngine *kam_engine_new  (void);
void       kam_engine_free (KamEngine      *self);
void       kam_engine_feed (KamEngine      *self,
                            const KamEvent *event,
                            GArray         *actions);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamEngine, kam_engine_free)

G_END_DECLS
