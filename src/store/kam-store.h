/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-clock.h"
#include "kam-row.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * KamStoreError:
 * @KAM_STORE_ERROR_OPEN: the cache cannot be opened or made
 * @KAM_STORE_ERROR_NEWER: the cache was written by a newer version of the program
 * @KAM_STORE_ERROR_CORRUPT: the file is damaged
 * @KAM_STORE_ERROR_FULL: the disk is full
 * @KAM_STORE_ERROR_BUSY: another process holds the profile
 * @KAM_STORE_ERROR_CLOSED: the store has been closed
 * @KAM_STORE_ERROR_MISSING: no such row
 * @KAM_STORE_ERROR_INVALID: an edit breaks a rule of its fields
 * @KAM_STORE_ERROR_FAILED: anything else SQLite says
 */
typedef enum
{
  KAM_STORE_ERROR_OPEN,
  KAM_STORE_ERROR_NEWER,
  KAM_STORE_ERROR_CORRUPT,
  KAM_STORE_ERROR_FULL,
  KAM_STORE_ERROR_BUSY,
  KAM_STORE_ERROR_CLOSED,
  KAM_STORE_ERROR_MISSING,
  KAM_STORE_ERROR_INVALID,
  KAM_STORE_ERROR_FAILED,
} KamStoreError;

#define KAM_STORE_ERROR (kam_store_error_quark ())
GQuark kam_store_error_quark (void);

/**
 * KamStore:
 *
 * The offline cache of one profile. One worker thread owns SQLite; what is asked runs there strictly first in, first out, and answers in the
 * caller's thread-default main context.
 * Closing drains what was asked before.
 *
 * #KamStore::changed is emitted in the main context in which the store was made, after each commit that changed rows.
 */
#define KAM_TYPE_STORE (kam_store_get_type ())
G_DECLARE_FINAL_TYPE (KamStore, kam_store, KAM, STORE, GObject)

void      kam_store_open_async   (const char           *profile_dir, /* made 0700; the cache in it is 0600 */
                                  KamClock             *clock,
                                  GCancellable         *cancellable,
                                  GAsyncReadyCallback   callback,
                                  gpointer              user_data);
KamStore *kam_store_open_finish  (GAsyncResult         *result,
                                  GError              **error);
void      kam_store_close_async  (KamStore             *self,
                                  GCancellable         *cancellable,
                                  GAsyncReadyCallback   callback,
                                  gpointer              user_data);
gboolean  kam_store_close_finish (KamStore             *self,
                                  GAsyncResult         *result,
                                  GError              **error);
const char *kam_store_get_dir    (KamStore             *self);

/* Removes every row, pending edit and setting (signing out). The file is overwritten, not only unlinked from. */
void      kam_store_erase_async  (KamStore             *self,
                                  GCancellable         *cancellable,
                                  GAsyncReadyCallback   callback,
                                  gpointer              user_data);
gboolean  kam_store_erase_finish (KamStore             *self,
                                  GAsyncResult         *result,
                                  GError              **error);

/**
 * KamChanges:
 *
 * What a commit changed: the ids of rows per entity, or that everything may have (a first sync, an erased scope). Counted references; immutable.
 */
typedef struct _KamChanges KamChanges;
#define KAM_TYPE_CHANGES (kam_changes_get_type ())
GType       kam_changes_get_type  (void);
KamChanges *kam_changes_ref       (KamChanges    *self);
void        kam_changes_unref     (KamChanges    *self);
gboolean    kam_changes_is_all    (KamChanges    *self, /* too many to name, or unknown */
                                   KamEntityKind  entity);
gboolean    kam_changes_has       (KamChanges    *self,
                                   KamEntityKind  entity,
                                   const char    *id);
gboolean    kam_changes_has_any   (KamChanges    *self,
                                   KamEntityKind  entity);
gboolean    kam_changes_has_lead  (KamChanges    *self, /* the lead itself or anything that belongs to it */
                                   const char    *lead_id);
GPtrArray  *kam_changes_get_ids   (KamChanges    *self, /* (element-type utf8) (transfer none) */
                                   KamEntityKind  entity);
gboolean    kam_changes_is_outbox (KamChanges    *self); /* what waits to be sent changed */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (KamChanges, kam_changes_unref)

/* Settings of the profile that live beside its rows (server, user, device, views' state that must be erased with them). NULL where unset. */
void      kam_store_get_setting_async  (KamStore            *self,
                                        const char          *key,
                                        GCancellable        *cancellable,
                                        GAsyncReadyCallback  callback,
                                        gpointer             user_data);
char     *kam_store_get_setting_finish (KamStore            *self,
                                        GAsyncResult        *result,
                                        GError             **error);
void      kam_store_set_setting_async  (KamStore            *self,
                                        const char          *key,
                                        const char          *value, /* (nullable): removes */
                                        GCancellable        *cancellable,
                                        GAsyncReadyCallback  callback,
                                        gpointer             user_data);
gboolean  kam_store_set_setting_finish (KamStore            *self,
                                        GAsyncResult        *result,
                                        GError             **error);

/* Fills an empty profile that has no server with sample data, and signs in its first KAM. Progress comes in the caller's main context. */
void      kam_store_fill_sample_async  (KamStore              *self,
                                        guint                  leads,
                                        guint                  seed,
                                        GCancellable          *cancellable,
                                        GFileProgressCallback  progress,
                                        gpointer               progress_data,
                                        GAsyncReadyCallback    callback,
                                        gpointer               user_data);
char     *kam_store_fill_sample_finish (KamStore              *self, /* id of the person who is signed in */
                                        GAsyncResult          *result,
                                        GError               **error);

G_END_DECLS
