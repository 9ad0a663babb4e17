/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-list-pages.h"

G_BEGIN_DECLS

/**
 * KamListReader:
 *
 * Reads the rows of a list's pages into [struct@Kam.ListPages]: what was asked for last comes first, neighbours are read ahead when nothing
 * else is wanted.
 * Signal: `failed` (message: string). Main thread only.
 */
#define KAM_TYPE_LIST_READER (kam_list_reader_get_type ())
G_DECLARE_FINAL_TYPE (KamListReader, kam_list_reader, KAM, LIST_READER, GObject)

KamListReader *kam_list_reader_new    (KamStore           *store,
                                       GArray             *keys,   /* of the list, which goes on changing it */
                                       KamListPages       *pages); /* outlives the reader */
/* Forgets what was wanted and reads for another query from now on. */
void           kam_list_reader_reset  (KamListReader      *self,
                                       const KamListQuery *query,  /* of the list, which goes on owning it */
                                       GCancellable       *cancellable);
void           kam_list_reader_want   (KamListReader      *self,
                                       guint               position);
/* Reads rows again because they changed. */
void           kam_list_reader_renew  (KamListReader      *self,
                                       GArray             *keys);
void           kam_list_reader_stop   (KamListReader      *self);

G_END_DECLS
