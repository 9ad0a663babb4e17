/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Inside kam-pull*.c only: one page while it is written. */

#include "kam-cursor.h"
#include "kam-pull.h"
#include "kam-wire.h"

G_BEGIN_DECLS

/* Lines go to the sink when there are so many bytes of them. */
#define KAM_PULL_PIECE_BYTES (64 << 10)

typedef struct
{
  KamDb                *db;
  const KamPullRequest *request;
  GCancellable         *cancellable;
  KamPullSink           sink;
  gpointer              sink_data;
  gboolean              sent;     /* something has reached the sink */
  KamSession           *session;  /* (owned) */
  KamOrg                org;
  KamCursor            *cursor;   /* (owned) */
  GPtrArray            *readable; /* (owned) (element-type utf8), sorted */
  KamPageWriter        *writer;   /* (owned) */
  GString              *text;     /* (owned): lines not yet sent */
  gsize                 bytes;    /* sent */
  guint                 rows;
} KamPullPage;

/* Everything that can be refused: who asks, and their cursor. */
gboolean kam_pull_page_open      (KamPullPage   *page,
                                  GError       **error);
/* Sends what there is, unless it is less than this. */
gboolean kam_pull_page_flush     (KamPullPage   *page,
                                  gsize          least,
                                  GError       **error);
/* A KamFeedRowFunc; data is the page. */
gboolean kam_pull_page_write_row (KamRow        *row,
                                  gpointer       data,
                                  GError       **error);

/* All lines of a page of ranges. */
gboolean kam_pull_write_ranges   (KamPullPage   *page,
                                  GError       **error);

/* Sorted scopes (element-type utf8): the first that is not before this one; whether it is there. */
guint    kam_pull_find_scope     (GPtrArray     *scopes,
                                  const char    *scope);
gboolean kam_pull_has_scope      (GPtrArray     *scopes,
                                  const char    *scope);
int      kam_pull_compare_scopes (gconstpointer  a,
                                  gconstpointer  b);

G_END_DECLS
