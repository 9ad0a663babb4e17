/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sim-server.h"

#include <string.h>

/* How a page arrives: in pieces, and not always as it was sent. */

typedef struct
{
  guint serial;
  guint life;
} Reading;

static void
line_free (gpointer data)
{
  kam_line_clear (data);
  g_free (data);
}

/* Reads up to some lines of the page. FALSE where it is broken. */
static gboolean
read_lines (SimClient *client)
{
  g_clear_pointer (&client->lines, g_ptr_array_unref);
  client->lines = g_ptr_array_new_with_free_func (line_free);

  while (client->lines->len < 3 && !kam_page_reader_is_complete (client->reader))
    {
      const char *end = strchr (client->unread, '\n');
      KamLine *line = g_new0 (KamLine, 1);

      if (end == NULL || !kam_page_reader_read (client->reader, client->unread, (gsize) (end - client->unread), line, NULL))
        {
          line_free (line);
          return FALSE;
        }

      client->unread = end + 1;

      if (line->kind == KAM_LINE_FOOTER)
        {
          client->footer = *line;
          g_free (line);
        }
      else if (line->kind == KAM_LINE_HEADER)
        line_free (line);
      else
        g_ptr_array_add (client->lines, line);
    }

  client->n_lines += client->lines->len;

  return TRUE;
}

static void
end_page (SimClient *client)
{
  KamEvent event = { .kind = KAM_EVENT_PAGE_END, .head = client->footer.head, .more = client->footer.more, .durable = client->footer.durable,
                     .moved = g_strcmp0 (client->footer.cursor, client->cursor) != 0 };

  if (client->errand == KAM_ERRAND_RANGES)
    {
      g_ptr_array_remove_range (client->ranges, 0, client->n_asked);
      event.more = client->ranges->len > 0;
    }

  sim_client_feed (client, event);
}

static void
read_piece (SimWorld  *world,
            SimClient *client,
            gpointer   data)
{
  const Reading *reading = data;

  if (reading->life != client->life || reading->serial != client->serials[KAM_LANE_PULL])
    return;

  if (!read_lines (client))
    sim_client_feed (client, (KamEvent) { .kind = KAM_EVENT_FAILED, .lane = KAM_LANE_PULL, .trouble = KAM_TROUBLE_GARBLED });
  else if (client->lines->len > 0)
    sim_client_feed (client, (KamEvent) { .kind = KAM_EVENT_PAGE_LINES, .count = client->lines->len });
  else
    end_page (client);
}

/* The next piece of the page, or its end, comes in a moment. */
void
sim_page_read (SimClient *client)
{
  Reading *reading = g_new0 (Reading, 1);

  reading->serial = client->serials[KAM_LANE_PULL];
  reading->life = client->life;
  sim_world_later (client->world, sim_world_between (client->world, 100, 5000), client, read_piece, reading, g_free);
}

/* A page that came through in part, or with something missing or doubled in it, or an old one that a proxy had kept. */
static char *
spoil (SimClient  *client,
       const char *page)
{
  SimWorld *world = client->world;
  g_auto (GStrv) lines = g_strsplit (page, "\n", -1);
  guint n = g_strv_length (lines);
  guint which = n > 2 ? 1 + sim_world_draw (world, n - 2) : 0;

  switch (sim_world_draw (world, 4))
    {
    case 0:
      return g_strndup (page, sim_world_draw (world, (guint) strlen (page)));
    case 1:
      g_free (lines[which]);
      memmove (&lines[which], &lines[which + 1], (n - which) * sizeof lines[0]);
      return g_strjoinv ("\n", lines);
    case 2:
      return g_strdup (world->options.replays && client->old_page != NULL ? client->old_page : page);
    default:
      {
        g_autofree char *twice = g_strconcat (lines[which], "\n", lines[which], NULL);

        g_free (lines[which]);
        lines[which] = g_steal_pointer (&twice);
        return g_strjoinv ("\n", lines);
      }
    }
}

void
sim_page_begin (SimClient  *client,
                const char *page,
                const char *cursor,
                KamErrand   errand)
{
  g_free (client->page);
  g_free (client->cursor);
  client->page = sim_world_happens (client->world, 0.1) ? spoil (client, page) : g_strdup (page);
  client->unread = client->page;
  client->cursor = g_strdup (cursor);
  client->errand = errand;
  client->n_lines = 0;
  kam_line_clear (&client->footer);
  g_clear_pointer (&client->reader, kam_page_reader_free);
  client->reader = kam_page_reader_new ();

  if (client->old_page == NULL || sim_world_tosses (client->world, 0.1))
    {
      g_free (client->old_page);
      client->old_page = g_strdup (page);
    }

  sim_page_read (client);
}
