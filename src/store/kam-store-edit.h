/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-mutation.h"
#include "kam-store.h"

G_BEGIN_DECLS

/* Saves a person's edits: rows, what follows from them by the rules (a lead's status, cancelled plans), shadow rows and outbox entries in one transaction with
 * synchronous=FULL. All of them or none. Checks every row first and fails with KAM_STORE_ERROR_INVALID and a sentence for a person.
 *
 * mutations: (element-type KamMutation), put / delete / restore, with mid 0. Children of a lead may come in the same call. The author of new interactions is
 * the signed-in user, the setting `user_id`. A delete marks the row alone; what belongs to it is hidden with it. */
void      kam_store_edit_async  (KamStore             *self,
                                 GPtrArray            *mutations,
                                 GCancellable         *cancellable,
                                 GAsyncReadyCallback   callback,
                                 gpointer              user_data);
gboolean  kam_store_edit_finish (KamStore             *self,
                                 GAsyncResult         *result,
                                 GError              **error);

G_END_DECLS
