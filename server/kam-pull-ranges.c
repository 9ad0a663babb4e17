/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-pull-private.h"

static gboolean
write_entity (KamPullPage    *page,
              KamEntityKind   entity,
              GError        **error)
{
  const KamRanges *ranges = page->request->ranges;
  GPtrArray *names = ranges->names[entity];

  if (names->len == 0)
    return TRUE;

  for (guint i = 0; i < names->len; i++)
    kam_page_writer_range (page->writer, entity, g_ptr_array_index (names, i), page->text);

  return kam_feed_scan_bits (page->db, page->readable, entity, ranges->bits[entity], page->org.head, kam_pull_page_write_row, page, page->cancellable,
                             error);
}

gboolean
kam_pull_write_ranges (KamPullPage  *page,
                       GError      **error)
{
  kam_page_writer_header (page->writer, 0, 0, page->text);

  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    {
      if (!write_entity (page, (KamEntityKind) i, error))
        return FALSE;
    }

  return TRUE;
}
