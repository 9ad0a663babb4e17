/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-row.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

typedef enum
{
  KAM_OP_PUT,
  KAM_OP_DELETE,
  KAM_OP_RESTORE,
} KamOp;

/* One field of a mutation: what the client saw, and what the person made of it. */
typedef struct
{
  guint    field;
  KamValue old;
  KamValue new;
} KamChange;

/**
 * KamMutation:
 *
 * One edit of one row, as it waits in the outbox and travels in a push. A row is created by a put with @base_rev 0. A delete carries the new
 * `delete_id` as its one change (from null), a restore the same id as the old value of it (to null).
 */
typedef struct
{
  gint64         mid;      /* 0 until first sent */
  KamEntityKind  entity;
  char          *id;       /* (owned) */
  KamOp          op;
  gint64         base_rev;
  GArray        *changes;  /* (owned) (element-type KamChange) */
  gint64         at;       /* device clock, µs UTC: shown, never used to decide */
  char          *origin_client_id; /* (owned) (nullable): first sent under this client id … */
  gint64         origin_mid;       /* … as this mid */
} KamMutation;

KamMutation *kam_mutation_new         (KamEntityKind      entity,
                                       const char        *id,
                                       KamOp              op,
                                       gint64             base_rev,
                                       gint64             at);
KamMutation *kam_mutation_copy        (const KamMutation *self);
void         kam_mutation_free        (KamMutation       *self);
KamChange   *kam_mutation_add         (KamMutation       *self,
                                       guint              field,
                                       const KamValue    *old,
                                       const KamValue    *new);
KamChange   *kam_mutation_find        (KamMutation       *self,
                                       guint              field);

/* A put of every field in which the rows differ, and of the unchanged rest of each group in which one does; before may be NULL for a new row. NULL when
 * nothing differs. */
KamMutation *kam_mutation_between     (const KamRow      *before,
                                       const KamRow      *after,
                                       gint64             at);
void         kam_mutation_apply       (const KamMutation *self,
                                       KamRow            *row);

/* Later edits of the same row folded into an earlier, unsent one: {a: [1,2]} then {a: [2,3]} is {a: [1,3]}. FALSE where they cannot fold (another
 * op or row). A change that comes back to its old value disappears. */
gboolean     kam_mutation_fold        (KamMutation       *self,
                                       const KamMutation *later);

JsonNode    *kam_mutation_to_json     (const KamMutation *self);
KamMutation *kam_mutation_from_json   (JsonNode          *node,
                                       GError           **error);

typedef enum
{
  KAM_RESULT_APPLIED,
  KAM_RESULT_MERGED,
  KAM_RESULT_CONFLICT,
  KAM_RESULT_REJECTED,
} KamResultKind;

/* What the server made of a mutation. @code, @field, @message only where rejected. */
typedef struct
{
  gint64        mid;
  KamResultKind kind;
  gint64        rev;
  char         *code;    /* (owned) (nullable) */
  char         *field;   /* (owned) (nullable) */
  char         *message; /* (owned) (nullable) */
} KamResult;

KamResult   *kam_result_new           (gint64             mid,
                                       KamResultKind      kind,
                                       gint64             rev);
void         kam_result_free          (KamResult         *self);
JsonNode    *kam_result_to_json       (const KamResult   *self);
KamResult   *kam_result_from_json     (JsonNode          *node,
                                       GError           **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamMutation, kam_mutation_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamResult, kam_result_free)

G_END_DECLS
