/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Where the token of a session is kept: in the keyring, or, where there is none that answers in time, in the file `token` of the profile, which only
 * this account reads.
 * From any thread that has a main context. */

/* NULL without error where there is none. */
void     kam_token_load_async   (const char           *profile_dir,
                                 const char           *server,
                                 GCancellable         *cancellable,
                                 GAsyncReadyCallback   callback,
                                 gpointer              user_data);
char    *kam_token_load_finish  (GAsyncResult         *result,
                                 gboolean             *in_keyring,
                                 GError              **error);
void     kam_token_save_async   (const char           *profile_dir,
                                 const char           *server,
                                 const char           *token,
                                 GCancellable         *cancellable,
                                 GAsyncReadyCallback   callback,
                                 gpointer              user_data);
gboolean kam_token_save_finish  (GAsyncResult         *result,
                                 gboolean             *in_keyring,
                                 GError              **error);
void     kam_token_clear_async  (const char           *profile_dir,
                                 const char           *server,
                                 GCancellable         *cancellable,
                                 GAsyncReadyCallback   callback,
                                 gpointer              user_data);
gboolean kam_token_clear_finish (GAsyncResult         *result,
                                 GError              **error);

G_END_DECLS
