/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-db.h"

G_BEGIN_DECLS

/* One person may have so much in quarantine, from all their devices. */
#define KAM_QUARANTINE_MOST_MUTATIONS 10000
#define KAM_QUARANTINE_MOST_BYTES (64 << 20)

/**
 * KamQuarantine:
 *
 * What one outbox of a device that was signed out has handed in, for an administrator to decide about.
 */
typedef struct
{
  char     id[KAM_ID_LENGTH + 1]; /* also the receipt */
  char     client_id[KAM_ID_LENGTH + 1];
  char     user_id[KAM_ID_LENGTH + 1];
  char     device_id[KAM_ID_LENGTH + 1];
  gint64   created_at;  /* µs UTC */
  gboolean is_complete; /* the device has handed in all it had */
  gint64   tries;       /* how often all of it was applied */
  gint64   n_mutations;
  gint64   n_open;      /* without a result, or rejected */
  char    *email;       /* (owned) of the person */
  char    *device;      /* (owned) (nullable): its name */
} KamQuarantine;

/* One mutation in it. */
typedef struct
{
  gint64 mid;
  char  *content; /* (owned) JSON, as it was handed in */
  char  *result;  /* (owned) (nullable) JSON */
} KamQuarantined;

void           kam_quarantine_free  (KamQuarantine  *self);
void           kam_quarantined_free (KamQuarantined *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamQuarantine, kam_quarantine_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamQuarantined, kam_quarantined_free)

/* The quarantine of an outbox, which is this person's and device's where it is new. Locks the person and the quarantine until the transaction ends. */
KamQuarantine *kam_quarantine_lock  (KamDb               *db,
                                     const char          *client_id,
                                     const char          *user_id,
                                     const char          *device_id,
                                     gint64               schema,
                                     gint64               now_us,
                                     GError             **error);
/* How much a person has in quarantine. */
gboolean       kam_quarantine_usage (KamDb               *db,
                                     const char          *user_id,
                                     gint64              *n_mutations,
                                     gint64              *n_bytes,
                                     GError             **error);
/* *found is NULL where there is none. */
gboolean       kam_quarantine_find_mutation (KamDb               *db,
                                             const char          *id,
                                             gint64               mid,
                                             KamQuarantined     **found,
                                             GError             **error);
gboolean       kam_quarantine_add   (KamDb               *db,
                                     const char          *id,
                                     gint64               mid,
                                     const char          *content,
                                     GError             **error);
gboolean       kam_quarantine_complete (KamDb            *db,
                                        const char       *id,
                                        GError          **error);

/* The oldest first: (element-type KamQuarantine) */
GPtrArray     *kam_quarantine_list  (KamDb               *db,
                                     GError             **error);
/* NULL without error where there is none. */
KamQuarantine *kam_quarantine_find  (KamDb               *db,
                                     const char          *id,
                                     GError             **error);
/* In the order of their mids, those after after_mid, at most limit: (element-type KamQuarantined) */
GPtrArray     *kam_quarantine_read  (KamDb               *db,
                                     const char          *id,
                                     gint64               after_mid,
                                     guint                limit,
                                     GError             **error);
gboolean       kam_quarantine_note_result (KamDb         *db,
                                           const char    *id,
                                           gint64         mid,
                                           const char    *result,
                                           GError       **error);
gboolean       kam_quarantine_note_try    (KamDb         *db,
                                           const char    *id,
                                           GError       **error);
/* Run inside a read-write transaction. */
gboolean       kam_quarantine_drop  (KamDb               *db,
                                     const char          *id,
                                     GError             **error);

G_END_DECLS
