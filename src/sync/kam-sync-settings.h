/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-store.h"

G_BEGIN_DECLS

/* What the store keeps of the session, except the token. */
typedef struct
{
  char *server;    /* (owned) (nullable) */
  char *ca_file;   /* (owned) (nullable) */
  char *server_id; /* (owned) (nullable) */
  char *user_id;   /* (owned) (nullable) */
  char *user_name; /* (owned) (nullable) */
  char *device_id; /* (owned) (nullable) */
  char *local;     /* (owned) (nullable): "1" in a profile without a server */
  char *checked;   /* (owned) (nullable): when the copy was compared with the server last, µs UTC */
  char *notice;    /* (owned) (nullable): the copy that was here was erased, after so many edits had been handed over; until somebody signs in */
} KamSyncSettings;

void             kam_sync_settings_free        (KamSyncSettings      *self);
KamSyncSettings *kam_sync_settings_copy        (const KamSyncSettings *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamSyncSettings, kam_sync_settings_free)

void             kam_sync_settings_load_async  (KamStore             *store,
                                                GCancellable         *cancellable,
                                                GAsyncReadyCallback   callback,
                                                gpointer              user_data);
KamSyncSettings *kam_sync_settings_load_finish (GAsyncResult         *result,
                                                GError              **error);
void             kam_sync_settings_save_async  (KamStore             *store,
                                                const KamSyncSettings *settings,
                                                GCancellable         *cancellable,
                                                GAsyncReadyCallback   callback,
                                                gpointer              user_data);
gboolean         kam_sync_settings_save_finish (GAsyncResult         *result,
                                                GError              **error);

G_END_DECLS
