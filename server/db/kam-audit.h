/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-db.h"

G_BEGIN_DECLS

/* Something that is true of every database that nobody has damaged, and where it is not. */
typedef struct
{
  const char *name;     /* static: stable, for programs */
  const char *meaning;  /* static: what is true, for people */
  guint64     count;    /* places where it is not */
  GPtrArray  *examples; /* (owned) (element-type utf8): the first of them */
} KamInvariant;

#define KAM_AUDIT_EXAMPLES 5

/**
 * KamAudit:
 *
 * All invariants of a database, looked at in one snapshot. Nothing is changed, and memory is bounded: what is large is read in pieces.
 */
typedef struct
{
  gint64     head;
  guint64    n_rows;     /* rows of all entities that were looked at */
  guint64    n_findings; /* 0: clean */
  GPtrArray *invariants; /* (owned) (element-type KamInvariant): each once, in a fixed order */
} KamAudit;

/* Blocks for as long as it takes to read everything some times. now_us: for what depends on the day. */
KamAudit *kam_audit_run  (KamDb     *db,
                          gint64     now_us,
                          GError   **error);
/* The same in the transaction that the caller has begun, seeing what that sees. */
KamAudit *kam_audit_look (KamDb     *db,
                          gint64     now_us,
                          GError   **error);
void      kam_audit_free (KamAudit  *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamAudit, kam_audit_free)

G_END_DECLS
