/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What went wrong where there is no HTTP status to say it. */
typedef enum
{
  KAM_TROUBLE_NONE,
  KAM_TROUBLE_NETWORK,     /* no connection, broken off, timed out */
  KAM_TROUBLE_CERTIFICATE,
  KAM_TROUBLE_GARBLED,     /* an answer that is not what the protocol says, or a page that was cut */
} KamTrouble;

/* What a failed request means for the engine. */
typedef enum
{
  KAM_FAILURE_NONE,
  KAM_FAILURE_NETWORK,
  KAM_FAILURE_CERTIFICATE,
  KAM_FAILURE_GARBLED,
  KAM_FAILURE_SERVER,       /* 5xx, busy, behind, rate limits: later */
  KAM_FAILURE_UNAUTHORIZED,
  KAM_FAILURE_REVOKED,      /* unauthorized, for good: signed out from elsewhere, or the person has left */
  KAM_FAILURE_FORKED,
  KAM_FAILURE_MID_GAP,
  KAM_FAILURE_DIVERGED,
  KAM_FAILURE_EXPIRED,      /* the cursor is older than the server's memory */
  KAM_FAILURE_TOO_OLD,      /* this program */
  KAM_FAILURE_TOO_NEW,
  KAM_FAILURE_TOO_LARGE,
  KAM_FAILURE_REFUSED,      /* any other 4xx */
} KamFailure;

/* What only a person can settle. */
typedef enum
{
  KAM_ATTENTION_NONE,
  KAM_ATTENTION_WRONG_SERVER,
  KAM_ATTENTION_NOT_KAM,
  KAM_ATTENTION_CERTIFICATE,
  KAM_ATTENTION_CLIENT_TOO_OLD,
  KAM_ATTENTION_SERVER_TOO_OLD,
  KAM_ATTENTION_FORKED,
  KAM_ATTENTION_DIVERGED,
  KAM_ATTENTION_EXPIRED,
  KAM_ATTENTION_REFUSED,
  KAM_ATTENTION_STORE,      /* the cache cannot be written */
  KAM_ATTENTION_REJECTED,   /* the server rejected edits */
  KAM_ATTENTION_REVOKED,    /* the server ended the session for good: what waits goes there to be kept, then the cache is erased */
  KAM_ATTENTION_QUARANTINE_FULL, /* it cannot keep so much: nothing is erased */
} KamAttention;

KamFailure kam_failure_classify (KamTrouble  trouble,
                                 guint       status,
                                 const char *code);

G_END_DECLS
