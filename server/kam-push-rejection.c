/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-push-private.h"

#include <glib/gi18n.h>

/* A rejection travels as an error of its own. */
typedef struct
{
  const char *code;  /* static */
  const char *field; /* (nullable), static */
} KamRejectionPrivate;

static void
kam_rejection_private_init (KamRejectionPrivate *priv)
{
  priv->code = "";
  priv->field = NULL;
}

static void
kam_rejection_private_copy (const KamRejectionPrivate *from,
                            KamRejectionPrivate       *to)
{
  *to = *from;
}

static void
kam_rejection_private_clear (KamRejectionPrivate *priv)
{
}

G_DEFINE_EXTENDED_ERROR (KamRejection, kam_rejection)

/**
 * kam_push_reject:
 *
 * Returns: FALSE, with the rejection set
 */
gboolean
kam_push_reject (GError         **error,
                 const char      *code,
                 const KamField  *field,
                 const char      *message)
{
  GError *rejection = g_error_new_literal (KAM_REJECTION, 0, message);
  KamRejectionPrivate *priv = kam_rejection_get_private (rejection);

  priv->code = code;
  priv->field = field != NULL ? field->name : NULL;
  g_propagate_error (error, rejection);

  return FALSE;
}

const char *
kam_rejection_code (const GError *error)
{
  return kam_rejection_get_private (error)->code;
}

const char *
kam_rejection_field (const GError *error)
{
  return kam_rejection_get_private (error)->field;
}

/* One answer for what does not exist and what is not theirs. */
gboolean
kam_push_not_found (GError         **error,
                    const KamField  *field)
{
  return kam_push_reject (error, "not_found", field, _("This does not exist, or is not yours to see."));
}

gboolean
kam_push_missing (KamPush         *self,
                  const char      *id,
                  const KamField  *field,
                  GError         **error)
{
  gboolean gone = FALSE;

  if (!kam_rows_is_gone (self->db, self->session->user_id, id, self->now_us - KAM_PUSH_FORMER_READER_US, &gone, error))
    return FALSE;

  return gone ? kam_push_reject (error, "gone", field, _("This was deleted for good.")) : kam_push_not_found (error, field);
}
