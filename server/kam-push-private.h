/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-merge.h"
#include "kam-push.h"

G_BEGIN_DECLS

/* For so long a person may still hand in what they did for a lead that has gone to somebody else. */
#define KAM_PUSH_FORMER_READER_US (180 * G_TIME_SPAN_DAY)

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
  GHashTable        *conflicted; /* (owned) (element-type utf8): leads that have open conflicts, among those that the push is about */
  GPtrArray         *settled;   /* (owned) (element-type KamPushSettled) */
  GPtrArray         *touched;   /* (owned) (element-type utf8): scopes */
  gint64             seq;       /* of the commit; 0 as long as nothing was written */
  gboolean           has_people;
} KamPush;

typedef struct
{
  KamRow *before; /* (owned) (nullable): as in the database; NULL for a new one */
  KamRow *now;    /* (owned) (nullable): NULL where there is no such row */
} KamPushRow;

/* A conflict that was settled, for the history of its row. */
typedef struct
{
  KamRow         *row;     /* (owned) */
  const KamField *field;
  char           *lost;    /* (owned) (nullable): JSON of what its author had wanted */
  char           *decided; /* (owned) (nullable): JSON of what the field is now */
} KamPushSettled;

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
/* The same, for what is not there: gone, where it was purged and the person could see it. */
gboolean    kam_push_missing    (KamPush        *self,
                                 const char     *id,
                                 const KamField *field,
                                 GError        **error);

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
/* Those of a kind that this push has to do with so far: (element-type KamRow) (transfer container) */
GPtrArray *kam_push_loaded     (KamPush          *self,
                                KamEntityKind     kind);
gboolean   kam_push_load_people (KamPush         *self,
                                 GError         **error);
void       kam_push_put        (KamPush          *self,
                                KamRow           *row); /* (transfer full) */
void       kam_push_purge      (KamPush          *self,
                                const KamRow     *row);
gboolean   kam_push_has_changed (KamPush         *self,
                                 KamEntityKind    kind,
                                 const char      *id);
const KamRow *kam_push_before  (KamPush          *self,
                                KamEntityKind     kind,
                                const char       *id);

gboolean   kam_push_was_purged (KamPush          *self,
                                KamEntityKind     kind,
                                const char       *id);

/* kam-push-write.c */
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

/* The open conflicts about a row, without the copies of their authors: (element-type KamRow) (transfer container) */
GPtrArray *kam_push_conflicts_of  (KamPush           *self,
                                   const KamRow      *row,
                                   GError           **error);
/* The conflict is no more, nor its author's copy; decided: what the field is by now, as JSON (nullable). */
gboolean   kam_push_end_conflict  (KamPush           *self,
                                   const KamRow      *conflict,
                                   const KamRow      *target,
                                   const char        *decided,
                                   GError           **error);
/* A value as a conflict keeps it; NULL for null. */
char      *kam_push_value_to_json (const KamField    *field,
                                   const KamValue    *value);
/* Its author has got what they wanted, or has written the field anew. */
gboolean   kam_push_end_own_conflicts (KamPush           *self,
                                       const KamMutation *mutation,
                                       GError           **error);
/* At the end of a push: the open conflicts of the leads it is about say what is so by now. */
gboolean   kam_push_keep_up_conflicts (KamPush       *self,
                                       GError       **error);

/* kam-push-settle.c */
gboolean   kam_push_apply_settle  (KamPush           *self,
                                   const KamMutation *mutation,
                                   KamResultKind     *kind,
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
/* Gives the row, and all that belongs to a lead, one deletion in place of another (null: none), with what follows from that. */
gboolean   kam_push_mark_deleted  (KamPush           *self,
                                   const KamRow      *row,
                                   const char        *old_id,
                                   const char        *new_id,
                                   const KamMutation *mutation,
                                   GError           **error);
gboolean   kam_push_revive        (KamPush           *self,
                                   const KamRow      *row,
                                   const KamMutation *mutation,
                                   GError           **error);

G_END_DECLS
