/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-row.h"

G_BEGIN_DECLS

/**
 * KamSampleOptions:
 *
 * The same options give the same rows, byte for byte. The newest interaction lies just before @now_us.
 */
typedef struct
{
  guint  leads;                 /* restaurants, chains and outlets together */
  guint  kams;                  /* at least 1; there is one manager for up to eight of them, and one admin */
  guint  interactions_per_lead; /* on average; 0 for the default of ten */
  guint  seed;
  gint64 now_us;
} KamSampleOptions;

#define KAM_SAMPLE_PASSWORD "sample-password"

/* Called for each row, people first, each lead followed by its events, contacts and interactions. The row's scope is set, its rev is not.
 * Return FALSE with an error to stop. */
typedef gboolean (*KamSampleFunc) (KamRow  *row, /* (transfer none): ref to keep */
                                   guint    leads_done,
                                   gpointer user_data,
                                   GError **error);

gboolean kam_sample_generate (const KamSampleOptions *options,
                              KamSampleFunc           func,
                              gpointer                user_data,
                              GError                **error);

G_END_DECLS
