/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-mutation.h"
#include "kam-server-fixture.h"

G_BEGIN_DECLS

/* A device that pushes by hand. */
typedef struct
{
  Fixture    *fixture;
  KamSession  session;
  char        client_id[KAM_ID_LENGTH + 1];
  gint64      mid;       /* of the last mutation added */
  gint64      ack;
  gint64      skew_us;   /* of its clock */
  JsonArray  *mutations; /* (owned): waiting */
  GPtrArray  *results;   /* (owned) (element-type KamResult): of the last push */
  GPtrArray  *touched;   /* (owned) (nullable) */
} PushClient;

PushClient *push_client_new    (Fixture       *fixture,
                                FixturePerson  person);
void        push_client_free   (PushClient    *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PushClient, push_client_free)

/* set: JSON of {"field": [old, new]}; single quotes stand for double ones. Returns the mid. */
gint64      push_client_add    (PushClient    *self,
                                const char    *op,
                                const char    *entity,
                                const char    *id,
                                gint64         base_rev,
                                const char    *set,
                                ...) G_GNUC_PRINTF (6, 7);
/* Sends what waits. */
gboolean    push_client_send   (PushClient    *self,
                                GError       **error);
void        push_client_must   (PushClient    *self);
/* The one mutation added and sent: its result must be this one, and where rejected have this code. */
void        push_client_expect (PushClient    *self,
                                KamResultKind  kind,
                                const char    *code);
KamResult  *push_client_result (PushClient    *self,
                                guint          index);
char       *push_client_new_id (PushClient    *self);

G_END_DECLS
