/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-store-pending.h"
#include "kam-workspace.h"

G_BEGIN_DECLS

/* One field of a change. */
typedef struct
{
  const char *label; /* translated */
  char       *from;  /* (owned) */
  char       *to;    /* (owned) */
} KamChangeLine;

/* How an entry of the Changes page reads. */
typedef struct
{
  char   *title;  /* (owned): "Phone of Spice Garden" */
  char   *where;  /* (owned) (nullable): the lead, where the title does not name it */
  char   *near;   /* (owned): "yesterday" */
  char   *full;   /* (owned): "Tuesday, 24 November 2026, 10:30" */
  GArray *lines;  /* (owned) (element-type KamChangeLine): of a put, what changes */
  char   *spoken; /* (owned): all of it in one sentence */
} KamChangeText;

KamChangeText *kam_change_text_new    (KamWorkspace     *workspace,
                                       const KamPending *pending);
void           kam_change_text_free   (KamChangeText    *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamChangeText, kam_change_text_free)

/* Why the server did not accept a change, and what one can do about it: two sentences. (transfer full) */
char          *kam_change_text_reason (const KamPending *pending);

/* What a change changes in a row, without what only goes along. (element-type KamChangeLine) */
GArray        *kam_change_lines       (KamWorkspace      *workspace,
                                       const KamMutation *mutation,
                                       KamRow            *row); /* (nullable) */

/* What a field is called: "Phone". Not to be freed. */
const char    *kam_change_field_label (KamEntityKind      entity,
                                       guint              field);

G_END_DECLS
