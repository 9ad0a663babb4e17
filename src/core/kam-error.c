/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-error.h"

typedef struct
{
  char *field; /* (owned) (nullable) */
} KamErrorPrivate;

static void
kam_error_private_init (KamErrorPrivate *priv)
{
  priv->field = NULL;
}

static void
kam_error_private_copy (const KamErrorPrivate *from,
                        KamErrorPrivate       *to)
{
  to->field = g_strdup (from->field);
}

static void
kam_error_private_clear (KamErrorPrivate *priv)
{
  g_free (priv->field);
}

G_DEFINE_EXTENDED_ERROR (KamError, kam_error)

const char *
kam_error_get_field (const GError *error)
{
  return error->domain == KAM_ERROR ? kam_error_get_private (error)->field : NULL;
}

void
kam_error_set_field (GError     *error,
                     const char *field)
{
  KamErrorPrivate *priv;

  g_return_if_fail (error->domain == KAM_ERROR);

  priv = kam_error_get_private (error);
  g_free (priv->field);
  priv->field = g_strdup (field);
}
