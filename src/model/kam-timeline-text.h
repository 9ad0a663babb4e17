/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-workspace.h"

G_BEGIN_DECLS

/* How one line of a timeline reads: an interaction, or a lead event. */
typedef struct
{
  const char *icon;    /* static: name of a symbolic icon */
  char       *title;   /* (owned): "Call · Reached" */
  char       *summary; /* (owned) (nullable): first line of what was said */
  char       *near;    /* (owned): "yesterday" */
  char       *full;    /* (owned): "Tuesday, 24 November 2026, 10:30" */
  char       *author;  /* (owned) (nullable) */
  char       *spoken;  /* (owned): all of it in one sentence */
  gboolean    is_thin;    /* an event: a thin line between */
  gboolean    is_planned;
  gboolean    is_struck;  /* cancelled or missed */
} KamTimelineText;

void             kam_timeline_text_free (KamTimelineText *self);
KamTimelineText *kam_timeline_text_new  (KamWorkspace    *workspace,
                                         KamRow          *row,
                                         KamRow          *lead); /* (nullable) */

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamTimelineText, kam_timeline_text_free)

/* Date and time of an interaction or event on the clock of the place. */
gboolean kam_timeline_clock (KamRow  *row,
                             KamRow  *lead, /* (nullable) */
                             char   **date, /* (out) */
                             char   **time); /* (out) (nullable) */

G_END_DECLS
