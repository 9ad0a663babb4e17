/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-wire.h"

#include "kam-json.h"
#include "kam-wire-private.h"

struct _KamPageWriter
{
  GChecksum *digest; /* of the lines between header and footer */
  gint64     count;
};

KamPageWriter *
kam_page_writer_new (void)
{
  KamPageWriter *self = g_new0 (KamPageWriter, 1);

  self->digest = g_checksum_new (G_CHECKSUM_SHA256);

  return self;
}

void
kam_page_writer_free (KamPageWriter *self)
{
  g_checksum_free (self->digest);
  g_free (self);
}

static void
append_columns (GString         *out,
                const KamEntity *entity)
{
  kam_json_append_string (out, entity->name);
  g_string_append (out, ":[\"id\"");

  for (guint i = 0; i < entity->n_fields; i++)
    {
      g_string_append_c (out, ',');
      kam_json_append_string (out, entity->fields[i].name);
    }

  g_string_append_c (out, ']');
}

/**
 * kam_page_writer_header:
 * @done: rows that the reader has after this page, for a progress bar
 * @total: rows that it will have; both 0 where this is not known
 */
void
kam_page_writer_header (KamPageWriter *self,
                        gint64         done,
                        gint64         total,
                        GString       *out)
{
  g_string_append (out, "{\"columns\":{");

  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');

      append_columns (out, kam_entity_get ((KamEntityKind) i));
    }

  g_string_append (out, "},\"progress\":{\"done\":");
  kam_wire_append_int (out, done);
  g_string_append (out, ",\"total\":");
  kam_wire_append_int (out, total);
  g_string_append (out, "}}\n");
}

/* Ends the line that began at start, and counts it. */
static void
end_line (KamPageWriter *self,
          GString       *out,
          gsize          start)
{
  g_string_append_c (out, '\n');
  g_checksum_update (self->digest, (const guchar *) out->str + start, (gssize) (out->len - start));
  self->count++;
}

/**
 * kam_page_writer_drop:
 * @scope: that the reader may no longer read
 */
void
kam_page_writer_drop (KamPageWriter *self,
                      const char    *scope,
                      GString       *out)
{
  gsize start = out->len;

  g_string_append (out, "[\"drop\",");
  kam_json_append_string (out, scope);
  g_string_append_c (out, ']');
  end_line (self, out, start);
}

/**
 * kam_page_writer_evict:
 * @moved: whether the row went to another scope, with its whole subtree, rather than being gone
 */
void
kam_page_writer_evict (KamPageWriter *self,
                       KamEntityKind  entity,
                       gint64         rev,
                       const char    *scope,
                       const char    *id,
                       gboolean       moved,
                       GString       *out)
{
  gsize start = out->len;

  g_string_append (out, "[\"-\",");
  kam_wire_append_place (out, entity, rev, scope);
  g_string_append_c (out, ',');
  kam_json_append_string (out, id);
  g_string_append (out, moved ? ",\"moved\"]" : ",\"deleted\"]");
  end_line (self, out, start);
}

/**
 * kam_page_writer_range:
 * @range: the digits that the ids end in, of which all rows there are follow
 */
void
kam_page_writer_range (KamPageWriter *self,
                       KamEntityKind  entity,
                       const char    *range,
                       GString       *out)
{
  gsize start = out->len;

  g_string_append (out, "[\"range\",");
  kam_json_append_string (out, kam_entity_get (entity)->name);
  g_string_append_c (out, ',');
  kam_json_append_string (out, range);
  g_string_append_c (out, ']');
  end_line (self, out, start);
}

/**
 * kam_page_writer_row:
 * @row: with its scope set
 */
void
kam_page_writer_row (KamPageWriter *self,
                     const KamRow  *row,
                     GString       *out)
{
  gsize start = out->len;

  kam_wire_append_row (out, row, NULL, 0);
  end_line (self, out, start);
}

/**
 * kam_page_writer_footer:
 * @cursor: what to pull with next
 * @head: the last commit of the snapshot that the page was read in
 * @durable: the last commit in a verified backup
 * @more: whether the state is whole only with the next page
 *
 * Ends the page. The writer is of no further use.
 */
void
kam_page_writer_footer (KamPageWriter *self,
                        const char    *cursor,
                        gint64         head,
                        gint64         durable,
                        gboolean       more,
                        GString       *out)
{
  g_string_append (out, "{\"cursor\":");
  kam_json_append_string (out, cursor);
  g_string_append (out, ",\"head\":");
  kam_wire_append_int (out, head);
  g_string_append (out, ",\"durable\":");
  kam_wire_append_int (out, durable);
  g_string_append (out, more ? ",\"more\":true,\"count\":" : ",\"more\":false,\"count\":");
  kam_wire_append_int (out, self->count);
  g_string_append (out, ",\"digest\":");
  kam_json_append_string (out, g_checksum_get_string (self->digest));
  g_string_append (out, "}\n");
}
