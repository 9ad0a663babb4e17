/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "sim-store.h"

G_BEGIN_DECLS

/* The inside of the simple store. */

typedef struct
{
  SimPendingState state;
  KamMutation    *mutation; /* (owned) */
  KamResultKind   kind;
  gint64          rev;      /* of its result */
} SimEntry;

typedef struct
{
  SimStore    parent;
  char       *client_id; /* (owned) */
  char       *user_id;   /* (owned) */
  gint64      now_us;
  GHashTable *rows;      /* (owned) id → KamRow, as published */
  GPtrArray  *outbox;    /* (owned) (element-type SimEntry) as they were made */
  GPtrArray  *pages;     /* (owned) (element-type GPtrArray of KamLine): whole ones */
  GPtrArray  *piece;     /* (owned) (element-type KamLine): of the page being read */
  char       *cursor;    /* (owned) (nullable): published */
  char       *staged;    /* (owned) (nullable): cursor of the last whole page */
  gint64      head;
  gint64      durable;
  gint64      last_mid;
  gint64      acked_mid;
} SimModel;

/* sim-store-pages.c */
void          sim_model_stage        (SimStore      *store,
                                      GPtrArray     *lines);
void          sim_model_commit       (SimStore      *store,
                                      const char    *cursor,
                                      gint64         head,
                                      gboolean       more);
void          sim_model_discard      (SimStore      *store);
void          sim_model_forget_stage (SimStore      *store);
char         *sim_model_next_cursor  (SimStore      *store);
KamDigestSet *sim_model_digests      (SimStore      *store);
GPtrArray    *sim_model_new_piece    (void);

/* sim-store-outbox.c */
GPtrArray    *sim_model_take         (SimStore      *store,
                                      guint          most);
void          sim_model_settle       (SimStore      *store,
                                      GPtrArray     *results);
void          sim_model_note_durable (SimStore      *store,
                                      gint64         durable);
void          sim_model_fork         (SimStore      *store,
                                      gboolean       all,
                                      const char    *client_id);

/* sim-store-model.c */
gboolean      sim_entry_is_of        (const SimEntry *entry,
                                      KamEntityKind   entity,
                                      const char     *id);
void          sim_model_publish      (SimModel       *self); /* takes off the patches that the server's rows show by now */

G_END_DECLS
