/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-mutation.h"
#include "kam-push.h"

G_BEGIN_DECLS

/* One mutation of a request. What is wrong with its form is said in its result, so it is kept. */
typedef struct
{
  gint64       mid;
  KamMutation *mutation; /* (owned) (nullable): NULL where it cannot be read */
  GError      *error;    /* (owned) (nullable): why */
  guint8       content_hash[KAM_CONTENT_HASH_BYTES];
} KamPushItem;

typedef struct
{
  const char *client_id;
  gint64      sent_at;
  gint64      ack;
  GPtrArray  *items; /* (owned) (element-type KamPushItem) */
} KamPushRequest;

/* Reads the envelope: FALSE with KAM_PUSH_ERROR where it is not what the protocol says. Borrows from the object. */
gboolean kam_push_request_read  (KamPushRequest *self,
                                 JsonObject     *object,
                                 GError        **error);
void     kam_push_request_clear (KamPushRequest *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (KamPushRequest, kam_push_request_clear)

GError  *kam_push_error_new_gap (gint64          last_mid);

G_END_DECLS
