/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-db.h"
#include "kam-sample.h"

G_BEGIN_DECLS

/* Called every now and then: how many leads of the options' are in. */
typedef void (*KamSampleProgressFunc) (guint    leads_done,
                                       guint    leads_total,
                                       gpointer user_data);

/**
 * kam_sample_load:
 * @password_hash: of KAM_SAMPLE_PASSWORD, for everybody
 * @progress: (nullable)
 *
 * Fills a migrated database that has no people yet with sample data, some thousand rows a transaction, and marks it as a sample. A load that was cut
 * off leaves a database that
 * refuses another one: drop it and begin anew. Call outside a transaction.
 *
 * Returns: FALSE with KAM_DB_ERROR_CONSTRAINT where there are people
 */
gboolean kam_sample_load (KamDb                  *db,
                          const KamSampleOptions *options,
                          const char             *password_hash,
                          KamSampleProgressFunc   progress,
                          gpointer                user_data,
                          GError                **error);

G_END_DECLS
