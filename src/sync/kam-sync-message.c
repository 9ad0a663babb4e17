/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-sync-message.h"

#include "kam-sync.h"

#include <glib/gi18n.h>

static const char *const attention_texts[] = {
  [KAM_ATTENTION_WRONG_SERVER] = N_("Another server answers at this address than the one this profile belongs to. Nothing was sent and nothing was "
                                    "deleted. Ask your administrator."),
  [KAM_ATTENTION_NOT_KAM] = N_("Something that is not a Kam server answers at its address, such as the sign-in page of a network. Check the network; "
                               "your changes are kept."),
  [KAM_ATTENTION_CLIENT_TOO_OLD] = N_("This version of Kam is too old for the server. Update Kam; your changes are kept until then."),
  [KAM_ATTENTION_SERVER_TOO_OLD] = N_("The server is too old for this version of Kam. Ask your administrator to update it; your changes are kept."),
  [KAM_ATTENTION_FORKED] = N_("This profile was copied or restored from a backup, and its changes cannot be told apart from the original’s. They are "
                              "kept here; ask your administrator."),
  [KAM_ATTENTION_DIVERGED] = N_("The server was restored from a backup and lacks changes this profile has seen. Nothing was deleted here; ask your "
                                "administrator."),
  [KAM_ATTENTION_EXPIRED] = N_("This profile was away for so long that the server no longer knows what it missed. Your changes are kept; ask your "
                               "administrator."),
  [KAM_ATTENTION_REFUSED] = N_("The server refuses what Kam sends. Your changes are kept; update Kam or ask your administrator."),
  [KAM_ATTENTION_STORE] = N_("The cache of this profile cannot be written. Check that the disk is not full."),
  [KAM_ATTENTION_REJECTED] = N_("The server rejected some of your changes. Look at them and settle each."),
  [KAM_ATTENTION_REVOKED] = N_("This device was signed out from elsewhere, or you no longer work with this server. What you changed here is handed to the "
                               "server, and then this copy is erased."),
  [KAM_ATTENTION_QUARANTINE_FULL] = N_("This device was signed out from elsewhere, and the server cannot keep all that you changed here. Nothing was "
                                       "erased; ask your administrator."),
};

static const struct
{
  GTlsCertificateFlags flag;
  const char          *text;
} certificate_texts[] = {
  { G_TLS_CERTIFICATE_REVOKED, N_("The certificate of %s has been revoked. Do not sign in; ask your administrator.") },
  { G_TLS_CERTIFICATE_EXPIRED, N_("The certificate of %s has expired. Check the date of this device, or ask your administrator to renew it.") },
  { G_TLS_CERTIFICATE_NOT_ACTIVATED, N_("The certificate of %s is not valid yet. Check the date of this device.") },
  { G_TLS_CERTIFICATE_BAD_IDENTITY, N_("The certificate is for another server than %s. Check the address.") },
  { G_TLS_CERTIFICATE_UNKNOWN_CA, N_("The certificate of %s was issued by an authority that this device does not know. If your administrator gave you "
                                     "a certificate file, choose it here.") },
  { G_TLS_CERTIFICATE_INSECURE, N_("The certificate of %s is too weak to be safe. Ask your administrator.") },
};

char *
kam_sync_message_for_certificate (GTlsCertificateFlags  flags,
                                  const char           *server)
{
  for (guint i = 0; i < G_N_ELEMENTS (certificate_texts); i++)
    {
      if (flags & certificate_texts[i].flag)
        {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
          return g_strdup_printf (_(certificate_texts[i].text), server);
#pragma GCC diagnostic pop
        }
    }

  return g_strdup_printf (_("The certificate of %s is not trusted. Ask your administrator."), server);
}

static char *
offline_text (KamFailure  failure,
              const char *server)
{
  if (failure == KAM_FAILURE_NETWORK)
    return g_strdup_printf (_("%s cannot be reached. Kam tries again by itself; you can go on working."), server);

  return g_strdup_printf (_("%s cannot answer just now. Kam tries again by itself; you can go on working."), server);
}

/**
 * kam_sync_message_for_status:
 *
 * Returns: (transfer full) (nullable): NULL where nothing is wrong
 */
char *
kam_sync_message_for_status (const KamEngineStatus *status,
                             const char            *server)
{
  if (status->state == KAM_ENGINE_OFFLINE)
    return offline_text (status->failure, server);

  /* Whoever signed out knows why; here it was the server. */
  if (status->state != KAM_ENGINE_ATTENTION &&
      !(status->state == KAM_ENGINE_SIGNED_OUT && (status->attention == KAM_ATTENTION_REVOKED || status->attention == KAM_ATTENTION_QUARANTINE_FULL)))
    return NULL;

  if (status->attention == KAM_ATTENTION_CERTIFICATE)
    return g_strdup_printf (_("The certificate of %s is no longer trusted. Check the date of this device; else ask your administrator."), server);

  return g_strdup (_(attention_texts[status->attention]));
}

char *
kam_sync_message_for_erased (guint n_handed)
{
  const char *happened = _("This device was signed out from elsewhere, or you no longer work with its server; its copy was erased.");
  g_autofree char *handed = NULL;

  if (n_handed == 0)
    return g_strdup (happened);

  handed = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                         "%u change that had not been sent before was handed to the server, where your administrator decides about it.",
                                         "%u changes that had not been sent before were handed to the server, where your administrator decides about them.",
                                         n_handed),
                            n_handed);

  return g_strconcat (happened, " ", handed, NULL);
}

static void
set_limited (GError       **error,
             KamHttpReply  *reply)
{
  guint seconds = MAX (1, (guint) (reply->retry_after_us / G_USEC_PER_SEC));
  g_autofree char *text = NULL;

  if (seconds < 60)
    text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Too many attempts. Try again in %u second.", "Too many attempts. Try again in %u "
                                                                                                        "seconds.", seconds), seconds);
  else
    text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "Too many attempts. Try again in %u minute.", "Too many attempts. Try again in %u "
                                                                                                        "minutes.", (seconds + 59) / 60),
                            (seconds + 59) / 60);

  g_set_error_literal (error, KAM_SYNC_ERROR, KAM_SYNC_ERROR_LIMITED, text);
}

static const char *
describe_refusal (KamHttpReply *reply)
{
  if (reply->detail != NULL)
    return reply->detail;

  return reply->code != NULL ? reply->code : _("it has trouble of its own; try again later");
}

void
kam_sync_message_set_error (GError       **error,
                            KamHttpReply  *reply,
                            const char    *server)
{
  g_autofree char *certificate = NULL;
  KamFailure failure = kam_failure_classify (reply->trouble, reply->status, reply->code);

  switch ((int) failure)
    {
    case KAM_FAILURE_CERTIFICATE:
      certificate = kam_sync_message_for_certificate (reply->tls_flags, server);
      g_set_error_literal (error, KAM_SYNC_ERROR, KAM_SYNC_ERROR_CERTIFICATE, certificate);
      break;

    case KAM_FAILURE_NETWORK:
      if (reply->detail != NULL)
        g_set_error (error, KAM_SYNC_ERROR, KAM_SYNC_ERROR_NETWORK, _("%s cannot be reached: %s"), server, reply->detail);
      else
        g_set_error (error, KAM_SYNC_ERROR, KAM_SYNC_ERROR_NETWORK, _("%s does not answer"), server);
      break;

    case KAM_FAILURE_UNAUTHORIZED:
      g_set_error (error, KAM_SYNC_ERROR, KAM_SYNC_ERROR_CREDENTIALS, _("The email or the password is wrong"));
      break;

    case KAM_FAILURE_TOO_OLD:
      g_set_error (error, KAM_SYNC_ERROR, KAM_SYNC_ERROR_VERSION, _("This version of Kam is too old for the server. Update Kam."));
      break;

    case KAM_FAILURE_TOO_NEW:
      g_set_error (error, KAM_SYNC_ERROR, KAM_SYNC_ERROR_VERSION, _("The server is too old for this version of Kam. Ask your administrator to update it."));
      break;

    case KAM_FAILURE_GARBLED:
    case KAM_FAILURE_NONE:
      g_set_error (error, KAM_SYNC_ERROR, KAM_SYNC_ERROR_NOT_KAM, _("Something answers at %s, but it is not a Kam server. Check the address."), server);
      break;

    default:
      if (reply->status == 429)
        set_limited (error, reply);
      else
        g_set_error (error, KAM_SYNC_ERROR, KAM_SYNC_ERROR_FAILED, _("%s cannot sign you in: %s"), server, describe_refusal (reply));
    }
}

void
kam_sync_message_set_ask_error (GError       **error,
                                KamHttpReply  *reply,
                                const char    *server)
{
  switch ((int) kam_failure_classify (reply->trouble, reply->status, reply->code))
    {
    case KAM_FAILURE_UNAUTHORIZED:
      g_set_error (error, KAM_SYNC_ERROR, KAM_SYNC_ERROR_SIGNED_OUT, _("The session has ended; sign in again"));
      break;

    case KAM_FAILURE_SERVER:
      g_set_error (error, KAM_SYNC_ERROR, KAM_SYNC_ERROR_NETWORK, _("%s cannot answer just now; try again later"), server);
      break;

    case KAM_FAILURE_REFUSED:
      if (reply->status == 404)
        g_set_error (error, KAM_SYNC_ERROR, KAM_SYNC_ERROR_MISSING, _("%s knows nothing of this yet"), server);
      else
        g_set_error (error, KAM_SYNC_ERROR, KAM_SYNC_ERROR_FAILED, _("%s refuses this: %s"), server, describe_refusal (reply));
      break;

    default:
      kam_sync_message_set_error (error, reply, server);
    }
}
