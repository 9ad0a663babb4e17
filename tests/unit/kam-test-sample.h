/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-sample.h"

#define NOW G_GINT64_CONSTANT (1795327200000000) /* 22 November 2026, 06:00 UTC */

/* Everything that a sample says, for whoever asks. */
typedef struct
{
  KamSampleOptions options;
  GPtrArray       *rows;  /* (owned) (element-type KamRow), as they came */
  GHashTable      *by_id; /* id → row */
  guint            counts[KAM_N_ENTITIES];
  guint            stop_after; /* 0: never */
  guint            leads_done;
} Sample;

gboolean sample_keep_row (KamRow     *row,
                          guint       leads_done,
                          gpointer    user_data,
                          GError    **error);
void     sample_init     (Sample     *self,
                          guint       leads,
                          guint       kams,
                          guint       seed);
void     sample_make     (Sample     *self,
                          guint       leads,
                          guint       kams,
                          guint       seed);
void     sample_clear    (Sample     *self);
KamRow  *row_at          (Sample     *self,
                          guint       i);
KamRow  *row_by_id       (Sample     *self,
                          const char *id); /* (nullable) both ways */

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sample, sample_clear)
