/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-merge.h"
#include "kam-push.h"

G_BEGIN_DECLS

/**
 * KamPush:
 *
 * One try of a push's transaction. Mutations change rows in memory; all of it is written at the end with one commit number, which is taken last
 * because taking it locks
 * everybody else's.
 */
typedef struct
{
  KamDb             *db;
  const KamSession  *session;
  const char        *client_id;
  gint64             now_us;
  gint64             skew_us;   /* how far the device's clock is ahead; 0 where it is behind */
  GHashTable        *readable;  /* (owned) (element-type utf8): scopes that the person reads */
  GHashTable        *covered;   /* (owned) (element-type utf8): those of them that they read only because they cover for somebody */
  GHashTable        *rows;      /* (owned) (element-type utf8 KamPushRow) by kind and id */
  GHashTable        *by_lead;   /* (owned) (element-type utf8 GPtrArray) of KamPushRow, by kind and lead */
  GHashTable        *complete;  /* (owned) (element-type utf8): kinds and leads of which all rows are here */
  GPtrArray         *touched;   /* (owned) (element-type utf8): scopes */
  gint64             seq;       /* of the commit; 0 as long as nothing was written */
  gboolean           has_people;
} KamPush;

typedef struct
{
  KamRow *before; /* (owned) (nullable): as in the database; NULL for a new one */
  KamRow *now;    /* (owned) (nullable): NULL where there is no such row */
} KamPushRow;

/* A mutation's rejection travels as an error, so that every step can say no. */
#define KAM_REJECTION (kam_rejection_quark ())
GQuark      kam_rejection_quark (void);
gboolean    kam_push_reject     (GError        **error,
                                 const char     *code,
                                 const KamField *field, /* (nullable) */
                                 const char     *message);
const char *kam_rejection_code  (const GError   *error);
const char *kam_rejection_field (const GError   *error); /* (nullable) */
gboolean    kam_push_not_found  (GError        **error,
                                 const KamField *field);

/* kam-push-rows.c: the rows of this push, as they are by now. */
void       kam_push_init       (KamPush          *self);
void       kam_push_clear      (KamPush          *self);
gboolean   kam_push_lock_lead  (KamPush          *self,
                                const char       *id,
                                GError          **error);
gboolean   kam_push_find       (KamPush          *self,
                                KamEntityKind     kind,
                                const char       *id,
                                KamRow          **row, /* (out) (transfer none) (nullable) */
                                GError          **error);
/* (element-type KamRow) (transfer container): each row referenced */
GPtrArray *kam_push_of_lead    (KamPush          *self,
                                KamEntityKind     kind,
                                const char       *lead_id,
                                GError          **error);
gboolean   kam_push_load_people (KamPush         *self,
                                 GError         **error);
GPtrArray *kam_push_people     (KamPush          *self); /* (element-type KamRow) (transfer container): all, after loading them */
void       kam_push_put        (KamPush          *self,
                                KamRow           *row); /* (transfer full) */
gboolean   kam_push_write      (KamPush          *self,
                                GError          **error);

/* kam-push-rights.c: who may what. */
gboolean   kam_push_load_rights   (KamPush           *self,
                                   GError           **error);
gboolean   kam_push_find_scope    (KamPush           *self,
                                   const KamRow      *row,
                                   char             **scope,
                                   GError           **error);
gboolean   kam_push_may_read      (KamPush           *self,
                                   const KamRow      *row,
                                   gboolean          *may,
                                   GError           **error);
gboolean   kam_push_had_lead      (KamPush           *self,
                                   const char        *lead_id,
                                   gboolean          *had,
                                   GError           **error);
gboolean   kam_push_check_writer  (KamPush           *self,
                                   const KamRow      *before, /* (nullable): a new row */
                                   const KamMutation *mutation,
                                   guint              change,
                                   GError           **error);

/* kam-push-check.c: what a row may be, given the others. */
gboolean   kam_push_shift_clock   (KamPush           *self,
                                   KamRow            *row,
                                   GError           **error);
gboolean   kam_push_check_row     (KamPush           *self,
                                   const KamRow      *before, /* (nullable) */
                                   const KamRow      *after,
                                   GError           **error);
gboolean   kam_push_closes_cycle  (KamPush           *self,
                                   const KamRow      *row,
                                   guint              field,
                                   const char        *above, /* (nullable) */
                                   gboolean          *closes,
                                   GError           **error);

/* kam-push-derive.c: what follows from facts. */
gboolean   kam_push_settle_lead   (KamPush           *self,
                                   const char        *lead_id,
                                   GError           **error);
gboolean   kam_push_keep_primary  (KamPush           *self,
                                   const KamRow      *contact,
                                   GError           **error);
gboolean   kam_push_add_events    (KamPush           *self,
                                   const KamRow      *before, /* (nullable) */
                                   const char        *lead_id,
                                   const KamMutation *mutation,
                                   GError           **error);

/* kam-push-conflict.c */
gboolean   kam_push_add_conflict  (KamPush           *self,
                                   const KamRow      *row,
                                   const KamMutation *mutation,
                                   const KamField    *field,
                                   const KamValue    *base,
                                   const KamValue    *mine,
                                   const char        *author_id,
                                   GError           **error);

/* kam-push-delete.c and kam-push-put.c: one mutation. */
gboolean   kam_push_apply_put     (KamPush           *self,
                                   const KamMutation *mutation,
                                   KamResultKind     *kind,
                                   GError           **error);
gboolean   kam_push_apply_delete  (KamPush           *self,
                                   const KamMutation *mutation,
                                   KamResultKind     *kind,
                                   GError           **error);
gboolean   kam_push_apply_restore (KamPush           *self,
                                   const KamMutation *mutation,
                                   KamResultKind     *kind,
                                   GError           **error);
gboolean   kam_push_revive        (KamPush           *self,
                                   const KamRow      *row,
                                   const KamMutation *mutation,
                                   GError           **error);

G_END_DECLS
