/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-mutation.h"

G_BEGIN_DECLS

/**
 * SimStore:
 *
 * A client's cache as the sync sees it: rows of the server, an outbox over them, pages set aside. What is in it is durable; a crash of the client
 * loses nothing here.
 */
typedef struct
{
  char       *client_id;     /* (owned) */
  GHashTable *rows;          /* (owned) id → KamRow, as published */
  GPtrArray  *outbox;        /* (owned) (element-type KamMutation) in the order they were made */
  GPtrArray  *settled;       /* (owned) (element-type KamMutation): applied on top until the head has reached base_rev, which is their result's rev */
  GPtrArray  *staged;        /* (owned) (element-type KamRow): of whole pages */
  GPtrArray  *piece;         /* (owned) (element-type KamRow): of the page being read */
  char       *cursor;        /* (owned) (nullable): of the last whole page */
  gint64      head;          /* published */
  gint64      last_mid;
  gint64      acked_mid;
  guint       n_rejected;
} SimStore;

SimStore  *sim_store_new     (const char  *client_id);
void       sim_store_free    (SimStore    *self);
/* A row as the person sees it, (transfer full) (nullable) */
KamRow    *sim_store_show    (SimStore    *self,
                              const char  *id);
void       sim_store_edit    (SimStore    *self,
                              KamMutation *mutation);
GPtrArray *sim_store_take    (SimStore    *self,
                              guint        most);
void       sim_store_settle  (SimStore    *self,
                              GPtrArray   *results);
void       sim_store_stage   (SimStore    *self,
                              GPtrArray   *rows);
void       sim_store_commit  (SimStore    *self,
                              const char  *cursor,
                              gint64       head,
                              gboolean     more);
void       sim_store_discard (SimStore    *self);

G_END_DECLS
