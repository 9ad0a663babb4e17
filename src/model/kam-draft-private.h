/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-check.h"
#include "kam-draft.h"
#include "kam-typed.h"

G_BEGIN_DECLS

/* One field of a draft. */
typedef struct
{
  char       *text;       /* (owned): as typed */
  KamValue    value;      /* what it means; where it means nothing, the text itself */
  KamProblem *problem;    /* (owned) (nullable): of what was typed, or of the row when it was last checked */
  gboolean    unreadable; /* the problem is one of reading the text */
  gboolean    touched;    /* by the person, and different from the row */
  gboolean    revealed;
  char       *theirs;     /* (owned) (nullable): text of the value that came meanwhile */
} KamSlot;

struct _KamDraft
{
  GObject parent_instance;

  KamWorkspace    *workspace; /* (owned) */
  const KamEntity *entity;
  KamRow          *base;      /* (owned): as stored; of a new row the defaults */
  KamRow          *lead;      /* (owned) (nullable) */
  gboolean         is_new;
  KamSlot         *slots;     /* (owned): one for each field */
  KamRow          *row;       /* (owned) (nullable): as last built */
  KamDraft        *companion; /* (owned) (nullable) */
  char            *notice;    /* (owned) (nullable) */
  gint64           answers;   /* seq of a change that was not accepted; 0: none */
  gboolean         makes_row; /* that change did */
  gboolean         dirty;
  gboolean         saving;
  GCancellable    *refreshing; /* (owned) (nullable): the row is being read again */
};

/* What surrounds a field, to read and to print it. today is kept in the draft's care as long as the structure is used. */
typedef struct
{
  KamTyped  typed;
  char     *today; /* (owned) */
} KamDraftContext;

void       kam_draft_context_init  (KamDraftContext *context,
                                    KamDraft        *self);
void       kam_draft_context_clear (KamDraftContext *context);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (KamDraftContext, kam_draft_context_clear)

void       kam_slot_forget_problem (KamSlot      *slot);
KamDraft  *kam_draft_make          (KamWorkspace *workspace,
                                    KamRow       *base,
                                    KamRow       *lead,
                                    gboolean      is_new);
void       kam_draft_fill_slot     (KamDraft     *self,
                                    guint         field);
void       kam_draft_take_row      (KamDraft     *self,
                                    KamRow       *row);
void       kam_draft_emit          (KamDraft     *self,
                                    guint         field);
void       kam_draft_set_notice    (KamDraft     *self,
                                    const char   *notice);
void       kam_draft_set_saving    (KamDraft     *self,
                                    gboolean      saving);
void       kam_draft_update_dirty  (KamDraft     *self);
gint64     kam_draft_now           (KamDraft     *self);
const char *kam_draft_zone         (KamDraft     *self);

/* Interactions carry their time twice: as an instant, and as it is on the clock of the place. The form edits the latter. */
void       kam_draft_show_clock    (KamDraft     *self);
void       kam_draft_write_clock   (KamDraft     *self,
                                    KamRow       *row);

G_END_DECLS
