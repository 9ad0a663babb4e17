/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-store-sync.h"

G_BEGIN_DECLS

/**
 * SimStore:
 *
 * A client's cache as people and the sync see it. There are two: one as simple as it can be said, and the real one in a folder.
 */
typedef struct _SimStore SimStore;

typedef enum
{
  SIM_PENDING_WAITING,
  SIM_PENDING_APPLIED,
  SIM_PENDING_REJECTED,
  SIM_PENDING_KEPT,
} SimPendingState;

/* Something in the outbox. */
typedef struct
{
  SimPendingState state;
  KamMutation    *mutation; /* (owned) */
} SimPending;

typedef struct
{
  void          (*free)        (SimStore      *self);
  /* What would be found on the disk if the device were switched off now: another store. */
  SimStore     *(*copy)        (SimStore      *self);
  void          (*set_time)    (SimStore      *self,
                                gint64         now_us);
  KamRow       *(*show)        (SimStore      *self, /* (transfer full) (nullable) */
                                KamEntityKind  entity,
                                const char    *id);
  GPtrArray    *(*list)        (SimStore      *self); /* (element-type KamRow): everything */
  gboolean      (*edit)        (SimStore      *self, /* whether it could be saved */
                                KamMutation   *mutation); /* (transfer full) */
  GPtrArray    *(*pending)     (SimStore      *self); /* (element-type SimPending) */
  KamSyncState *(*state)       (SimStore      *self);
  GPtrArray    *(*take)        (SimStore      *self,
                                guint          most);
  void          (*settle)      (SimStore      *self,
                                GPtrArray     *results);
  void          (*stage)       (SimStore      *self,
                                GPtrArray     *lines);
  void          (*commit)      (SimStore      *self,
                                const char    *cursor,
                                gint64         head,
                                gboolean       more);
  void          (*discard)     (SimStore      *self);
  void          (*forget_stage) (SimStore     *self);
  char         *(*next_cursor) (SimStore      *self);
  KamDigestSet *(*digests)     (SimStore      *self);
  void          (*note_durable) (SimStore     *self,
                                gint64         durable);
  void          (*fork)        (SimStore      *self,
                                gboolean       all,
                                const char    *client_id); /* the new one */
  void          (*erase)       (SimStore      *self,
                                const char    *client_id);
  void          (*sign_in)     (SimStore      *self,
                                const char    *user_id);
  char         *(*find_trace)  (SimStore      *self, /* (transfer full) (nullable): where the text lies on the disk, against the rules */
                                const char    *text);
} SimStoreClass;

struct _SimStore
{
  const SimStoreClass *klass;
};

SimStore *sim_store_new_model (const char *client_id,
                               const char *user_id);
SimStore *sim_store_new_real  (const char *client_id,
                               const char *user_id);
/* Removes what the real stores left on the disk. */
void      sim_store_clean_up  (void);
void      sim_pending_free    (SimPending *self);

G_END_DECLS
