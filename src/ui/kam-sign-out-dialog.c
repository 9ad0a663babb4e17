/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-sign-out-dialog.h"

#include "kam-changes-file.h"

#include <glib/gi18n.h>

/* Whom the answers concern. */
typedef struct
{
  KamWindow  *window;  /* (owned) */
  KamProfile *profile; /* (owned) */
} SignOut;

static SignOut *
sign_out_new (KamWindow  *window,
              KamProfile *profile)
{
  SignOut *self = g_new0 (SignOut, 1);

  self->window = g_object_ref (window);
  self->profile = g_object_ref (profile);

  return self;
}

static void
sign_out_free (SignOut *self)
{
  g_object_unref (self->window);
  g_object_unref (self->profile);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SignOut, sign_out_free)

static void
free_closure (gpointer  data,
              GClosure *closure)
{
  sign_out_free (data);
}

static void signed_out_cb (GObject      *source,
                           GAsyncResult *result,
                           gpointer      user_data);

static void
response_cb (AdwMessageDialog *dialog,
             const char       *response,
             SignOut          *self)
{
  if (g_strcmp0 (response, "discard") == 0)
    kam_profile_sign_out_async (self->profile, TRUE, NULL, signed_out_cb, sign_out_new (self->window, self->profile));
  else if (g_strcmp0 (response, "export") == 0)
    kam_changes_file_export (self->window, kam_profile_get_workspace (self->profile));
}

static void
present (AdwMessageDialog *dialog,
         SignOut          *self)
{
  adw_message_dialog_set_response_appearance (dialog, "discard", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (dialog, "cancel");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_signal_connect_data (dialog, "response", G_CALLBACK (response_cb), sign_out_new (self->window, self->profile), free_closure, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
ask_to_discard (SignOut *self)
{
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (GTK_WINDOW (self->window), _("Sign Out Without Sending?"), NULL));
  guint pending = 0;

  g_object_get (kam_profile_get_sync (self->profile), "pending", &pending, NULL);
  adw_message_dialog_format_body (dialog,
                                  ngettext ("%u change has not reached the server. Signing out now loses it for good.",
                                            "%u changes have not reached the server. Signing out now loses them for good.", pending),
                                  pending);
  adw_message_dialog_add_responses (dialog, "cancel", _("_Stay Signed In"), "export", _("_Export Changes…"), "discard", _("_Lose Changes"), NULL);
  present (dialog, self);
}

static void
signed_out_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (SignOut) self = user_data;
  g_autoptr (GError) error = NULL;

  if (kam_profile_sign_out_finish (KAM_PROFILE (source), result, &error))
    kam_window_say (self->window, _("Signed out"));
  else if (g_error_matches (error, KAM_SYNC_ERROR, KAM_SYNC_ERROR_PENDING))
    ask_to_discard (self);
  else
    kam_window_say (self->window, error->message);
}

void
kam_sign_out_begin (KamWindow  *window,
                    KamProfile *profile)
{
  g_autoptr (SignOut) self = sign_out_new (window, profile);
  AdwMessageDialog *dialog = NULL;

  if (kam_sync_get_status (kam_profile_get_sync (profile)) != KAM_SYNC_LOCAL)
    {
      kam_window_say (window, _("Sending what waits, then signing out…"));
      kam_profile_sign_out_async (profile, FALSE, NULL, signed_out_cb, g_steal_pointer (&self));
      return;
    }

  dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (GTK_WINDOW (window), _("Erase the Sample Data?"),
                                                       _("This profile has no server: what you changed in it is lost for good.")));
  adw_message_dialog_add_responses (dialog, "cancel", _("_Cancel"), "discard", _("_Erase"), NULL);
  present (dialog, self);
}
