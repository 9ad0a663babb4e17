/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-mutation.h"

G_BEGIN_DECLS

/**
 * KamModelServer:
 *
 * What the protocol says a server does, as simply as it can be said: rows in memory, one counter, results kept per client. It knows one scope and no rights.
 * What a cache does through a whole session is measured against it. One thread at a time.
 */
typedef struct _KamModelServer KamModelServer;

typedef enum
{
  KAM_MODEL_FINE,
  KAM_MODEL_GAP,    /* mids are missing before the first */
  KAM_MODEL_FORKED, /* a mid that is known with other content */
} KamModelVerdict;

/* What a person wanted and did not get: the value that lost to another. */
typedef struct
{
  char     *id;    /* (owned) of the row */
  guint     field;
  KamValue  mine;  /* (owned) */
} KamModelConflict;

KamModelServer  *kam_model_server_new       (const char      *server_id);
void             kam_model_server_free      (KamModelServer  *self);
const char      *kam_model_server_get_id    (KamModelServer  *self);
gint64           kam_model_server_get_head  (KamModelServer  *self);
gint64           kam_model_server_last_mid  (KamModelServer  *self,
                                             const char      *client_id);
/* Rows: (element-type utf8 KamRow), by id. Conflicts: (element-type KamModelConflict). */
GHashTable      *kam_model_server_rows      (KamModelServer  *self);
GPtrArray       *kam_model_server_conflicts (KamModelServer  *self);
guint            kam_model_server_n_applied (KamModelServer  *self); /* mutations, each once */

/* Appends results (element-type KamResult). All or nothing. */
KamModelVerdict  kam_model_server_push      (KamModelServer  *self,
                                             const char      *client_id,
                                             gint64           ack,
                                             GPtrArray       *mutations,
                                             GPtrArray       *results);

/* One page: appends rows (element-type KamRow). Returns: (transfer full): the cursor to go on from; NULL where the one given is not of this server */
char            *kam_model_server_pull      (KamModelServer  *self,
                                             const char      *cursor,
                                             guint            limit,
                                             GPtrArray       *rows,
                                             gint64          *head,
                                             gboolean        *more);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamModelServer, kam_model_server_free)

G_END_DECLS
