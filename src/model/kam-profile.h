/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-view-state.h"
#include "kam-workspace.h"

G_BEGIN_DECLS

typedef enum
{
  KAM_PROFILE_OPENING,
  KAM_PROFILE_FAILED,  /* see kam_profile_get_problem() */
  KAM_PROFILE_SIGN_IN, /* open, and nobody's */
  KAM_PROFILE_READY,   /* there is a workspace */
  KAM_PROFILE_CLOSED,
} KamProfileState;

/**
 * KamProfile:
 *
 * One folder with everything of one person: opens its store and sync, signs in and out, and holds the workspace in between. Main thread only.
 *
 * Property: `state` (int, KamProfileState).
 */
#define KAM_TYPE_PROFILE (kam_profile_get_type ())
G_DECLARE_FINAL_TYPE (KamProfile, kam_profile, KAM, PROFILE, GObject)

KamProfile     *kam_profile_new           (const char           *dir, /* (nullable): the default profile */
                                           KamClock             *clock);
const char     *kam_profile_get_dir       (KamProfile           *self);
KamViewState   *kam_profile_get_views     (KamProfile           *self);
KamProfileState kam_profile_get_state     (KamProfile           *self);
KamWorkspace   *kam_profile_get_workspace (KamProfile           *self); /* (nullable) */
KamSync        *kam_profile_get_sync      (KamProfile           *self); /* (nullable): until the store is open */
gboolean        kam_profile_has_keyring   (KamProfile           *self);

/* What went wrong when it was opened, in two translated sentences for a person: a title, and what to do. */
const char     *kam_profile_get_problem   (KamProfile           *self,
                                           const char          **what_to_do); /* (out) */

/* Opens, or tries again after a failure; the state tells the result. */
void            kam_profile_open          (KamProfile           *self);

void            kam_profile_sign_in_async  (KamProfile          *self,
                                            const char          *server,
                                            const char          *ca_file, /* (nullable) */
                                            const char          *email,
                                            const char          *password,
                                            GCancellable        *cancellable,
                                            GAsyncReadyCallback  callback,
                                            gpointer             user_data);
gboolean        kam_profile_sign_in_finish (KamProfile          *self,
                                            GAsyncResult        *result,
                                            GError             **error);

/* Fills an empty profile with sample data of its own, without any server. */
void            kam_profile_fill_sample_async  (KamProfile            *self,
                                                guint                  leads,
                                                GCancellable          *cancellable,
                                                GFileProgressCallback  progress,
                                                gpointer               progress_data,
                                                GAsyncReadyCallback    callback,
                                                gpointer               user_data);
gboolean        kam_profile_fill_sample_finish (KamProfile            *self,
                                                GAsyncResult          *result,
                                                GError               **error);

/* KAM_SYNC_ERROR_PENDING where changes could not be sent, unless discard. Afterwards the profile is empty. */
void            kam_profile_sign_out_async  (KamProfile          *self,
                                             gboolean             discard,
                                             GCancellable        *cancellable,
                                             GAsyncReadyCallback  callback,
                                             gpointer             user_data);
gboolean        kam_profile_sign_out_finish (KamProfile          *self,
                                             GAsyncResult        *result,
                                             GError             **error);

/* Stops sync, then closes the store once everything asked of it is done. */
void            kam_profile_close_async     (KamProfile          *self,
                                             GAsyncReadyCallback  callback,
                                             gpointer             user_data);
gboolean        kam_profile_close_finish    (KamProfile          *self,
                                             GAsyncResult        *result,
                                             GError             **error);

G_END_DECLS
