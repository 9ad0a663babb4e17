/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-wire.h"
#include "sim-server.h"

#include <stdio.h>
#include <string.h>

/* What a pull is answered, from one snapshot. The cursor says, for each scope, up to which commit it has been read, and how far a scan has come that reads
 * all of them up to another commit: tombstones first, then rows in the order of entities. */

typedef struct
{
  SimId  scope;
  gint64 after;
} Part;

typedef struct
{
  int    phase; /* 0: tombstones, 1: rows */
  int    entity;
  gint64 rev;
  SimId  id;
} Position;

typedef struct
{
  SimId     server_id;
  guint     epoch;
  guint32   nonce; /* of the commit up_to */
  gint64    up_to;
  gboolean  scanning;
  Position  position;
  GArray   *parts; /* (owned) (element-type Part) */
} Cursor;

static void
cursor_clear (Cursor *self)
{
  g_clear_pointer (&self->parts, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Cursor, cursor_clear)

/* One line to be sent. */
typedef struct
{
  Position            position;
  const SimTombstone *tombstone;
  const KamRow       *row;
} Item;

static void
cursor_read (Cursor     *self,
             const char *text)
{
  g_auto (GStrv) words = g_strsplit (text != NULL ? text : "", " ", -1);
  guint n = g_strv_length (words);

  self->parts = g_array_new (FALSE, TRUE, sizeof (Part));

  if (n < 9)
    return;

  sim_id_set (&self->server_id, words[0]);
  self->nonce = (guint32) g_ascii_strtoull (words[1], NULL, 10);
  self->up_to = g_ascii_strtoll (words[2], NULL, 10);
  self->scanning = words[3][0] == 's';
  self->position.phase = (int) g_ascii_strtoll (words[4], NULL, 10);
  self->position.entity = (int) g_ascii_strtoll (words[5], NULL, 10);
  self->position.rev = g_ascii_strtoll (words[6], NULL, 10);
  sim_id_set (&self->position.id, words[7]);
  self->epoch = (guint) g_ascii_strtoull (words[8], NULL, 10);

  for (guint i = 9; i + 1 < n; i += 2)
    {
      Part part = { .after = g_ascii_strtoll (words[i + 1], NULL, 10) };

      sim_id_set (&part.scope, words[i]);
      g_array_append_val (self->parts, part);
    }
}

static char *
cursor_write (const Cursor *self)
{
  GString *text = g_string_new (NULL);

  g_string_printf (text, "%s %u %" G_GINT64_FORMAT " %s %d %d %" G_GINT64_FORMAT " %s %u", self->server_id.text, self->nonce, self->up_to,
                   self->scanning ? "scan" : "done", self->position.phase, self->position.entity, self->position.rev, self->position.id.text,
                   self->epoch);

  for (guint i = 0; i < self->parts->len; i++)
    {
      const Part *part = &g_array_index (self->parts, Part, i);

      g_string_append_printf (text, " %s %" G_GINT64_FORMAT, part->scope.text, part->after);
    }

  return g_string_free (text, FALSE);
}

static int
compare_positions (const Position *a,
                   const Position *b)
{
  if (a->phase != b->phase)
    return a->phase - b->phase;

  if (a->entity != b->entity)
    return a->entity - b->entity;

  if (a->rev != b->rev)
    return a->rev < b->rev ? -1 : 1;

  return strcmp (a->id.text, b->id.text);
}

static int
compare_items (gconstpointer a,
               gconstpointer b)
{
  return compare_positions (&((const Item *) a)->position, &((const Item *) b)->position);
}

static Part *
find_part (Cursor     *cursor,
           const char *scope)
{
  for (guint i = 0; i < cursor->parts->len; i++)
    {
      Part *part = &g_array_index (cursor->parts, Part, i);

      if (sim_id_is (&part->scope, scope))
        return part;
    }

  return NULL;
}

static void
add_item (GArray       *items,
          const Cursor *cursor,
          const Item   *item)
{
  if (!cursor->scanning || compare_positions (&item->position, &cursor->position) > 0)
    g_array_append_val (items, *item);
}

static GArray *
scan (SimDb  *db,
      Cursor *cursor)
{
  GArray *items = g_array_new (FALSE, TRUE, sizeof (Item));
  GHashTableIter iter;
  gpointer value;

  for (guint i = 0; i < db->tombstones->len; i++)
    {
      const SimTombstone *tombstone = &g_array_index (db->tombstones, SimTombstone, i);
      const Part *part = find_part (cursor, tombstone->scope.text);
      Item item = { .tombstone = tombstone, .position = { 0, 0, tombstone->rev, tombstone->id } };

      if (part != NULL && part->after > 0 && tombstone->rev > part->after && tombstone->rev <= cursor->up_to)
        add_item (items, cursor, &item);
    }

  g_hash_table_iter_init (&iter, db->rows);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const KamRow *row = value;
      const Part *part = find_part (cursor, kam_row_scope (row));
      Item item = { .row = row, .position = { 1, (int) kam_row_kind (row), kam_row_rev (row), { "" } } };

      sim_id_set (&item.position.id, kam_row_id (row));
      if (part != NULL && kam_row_rev (row) > part->after && kam_row_rev (row) <= cursor->up_to)
        add_item (items, cursor, &item);
    }

  g_array_sort (items, compare_items);

  return items;
}

/* Scopes that were lost are dropped at once; those that were gained join when a scan begins. TRUE where there are some. */
static gboolean
follow_grants (SimDb         *db,
               const char    *user,
               Cursor        *cursor,
               gboolean       join,
               KamPageWriter *writer,
               GString       *page)
{
  gboolean gained = FALSE;

  for (guint i = cursor->parts->len; i > 0 && writer != NULL; i--)
    {
      g_autofree char *scope = g_strdup (g_array_index (cursor->parts, Part, i - 1).scope.text);

      if (sim_db_may_read (db, user, scope))
        continue;

      kam_page_writer_drop (writer, scope, page);
      g_array_remove_index (cursor->parts, i - 1);
    }

  for (guint i = 0; i < db->grants->len; i++)
    {
      const SimGrant *grant = &g_array_index (db->grants, SimGrant, i);
      Part part = { .scope = grant->scope, .after = 0 };

      if (grant->until != G_MAXINT64 || !sim_id_is (&grant->user, user) || find_part (cursor, grant->scope.text) != NULL)
        continue;

      gained = TRUE;
      if (join)
        g_array_append_val (cursor->parts, part);
    }

  return gained;
}

static SimPullVerdict
judge (SimDb        *db,
       gboolean      is_replica,
       const Cursor *cursor)
{
  /* Also where it was restored and the commit is one of those that it still has: it has lost later ones. */
  if (!sim_id_is (&cursor->server_id, db->server_id.text) || cursor->epoch != db->epoch)
    return SIM_PULL_DIVERGED;

  if (cursor->up_to > db->head)
    return is_replica ? SIM_PULL_BEHIND : SIM_PULL_DIVERGED;

  if (sim_db_nonce (db, cursor->up_to) != cursor->nonce)
    return SIM_PULL_DIVERGED;

  if (cursor->up_to < db->forgotten)
    return SIM_PULL_EXPIRED;

  for (guint i = 0; i < cursor->parts->len; i++)
    {
      gint64 after = g_array_index (cursor->parts, Part, i).after;

      if (after > 0 && after < db->forgotten)
        return SIM_PULL_EXPIRED;
    }

  return SIM_PULL_FINE;
}

static void
write_items (GArray        *items,
             guint          limit,
             KamPageWriter *writer,
             GString       *page)
{
  for (guint i = 0; i < MIN (items->len, limit); i++)
    {
      const Item *item = &g_array_index (items, Item, i);

      if (item->tombstone != NULL)
        kam_page_writer_evict (writer, item->tombstone->entity, item->tombstone->rev, item->tombstone->scope.text, item->tombstone->id.text,
                               item->tombstone->moved, page);
      else
        kam_page_writer_row (writer, item->row, page);
    }
}

static void
finish_scan (Cursor *cursor)
{
  for (guint i = 0; i < cursor->parts->len; i++)
    g_array_index (cursor->parts, Part, i).after = cursor->up_to;

  cursor->scanning = FALSE;
  memset (&cursor->position, 0, sizeof cursor->position);
}

SimPullVerdict
sim_feed_pull (SimDb      *db,
               gboolean    is_replica,
               const char *user,
               const char *text,
               guint       limit,
               GString    *page)
{
  g_auto (Cursor) cursor = { 0 };
  g_autoptr (KamPageWriter) writer = kam_page_writer_new ();
  g_autoptr (GArray) items = NULL;
  g_autofree char *next = NULL;
  gboolean more;
  SimPullVerdict verdict;

  cursor_read (&cursor, text);
  verdict = text != NULL ? judge (db, is_replica, &cursor) : SIM_PULL_FINE;

  if (verdict != SIM_PULL_FINE)
    return verdict;

  cursor.server_id = db->server_id;
  cursor.epoch = db->epoch;
  kam_page_writer_header (writer, 0, 0, page);
  follow_grants (db, user, &cursor, !cursor.scanning, writer, page);

  if (!cursor.scanning)
    {
      cursor.up_to = db->head;
      cursor.nonce = sim_db_nonce (db, db->head);
    }

  items = scan (db, &cursor);
  write_items (items, limit, writer, page);

  if (items->len > limit)
    {
      cursor.scanning = TRUE;
      cursor.position = g_array_index (items, Item, limit - 1).position;
    }
  else
    finish_scan (&cursor);

  more = cursor.scanning || cursor.up_to < db->head || follow_grants (db, user, &cursor, FALSE, NULL, NULL);
  next = cursor_write (&cursor);
  kam_page_writer_footer (writer, next, db->head, db->durable, more, page);

  return SIM_PULL_FINE;
}

/* Everything that the person may read. */
static int
compare_ids (gconstpointer a,
             gconstpointer b)
{
  return strcmp (kam_row_id (*(KamRow *const *) a), kam_row_id (*(KamRow *const *) b));
}

static GPtrArray *
list_readable (SimDb      *db,
               const char *user)
{
  GPtrArray *rows = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer row;

  g_hash_table_iter_init (&iter, db->rows);
  while (g_hash_table_iter_next (&iter, NULL, &row))
    {
      if (sim_db_may_read (db, user, kam_row_scope (row)))
        g_ptr_array_add (rows, row);
    }

  g_ptr_array_sort (rows, compare_ids);

  return rows;
}

/* Which ranges differ from what the client has; and the cursor of a client that has all of it. */
GPtrArray *
sim_feed_verify (SimDb        *db,
                 const char   *user,
                 KamDigestSet *theirs,
                 char        **cursor)
{
  GPtrArray *differ = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) rows = list_readable (db, user);
  g_auto (Cursor) complete = { .server_id = db->server_id, .epoch = db->epoch, .up_to = db->head, .nonce = sim_db_nonce (db, db->head) };

  for (guint entity = 0; entity < KAM_N_ENTITIES; entity++)
    {
      g_autoptr (KamDigest) ours = kam_digest_new_like (theirs->of[entity]);
      g_autoptr (GPtrArray) ranges = NULL;

      for (guint i = 0; i < rows->len; i++)
        {
          if (kam_row_kind (g_ptr_array_index (rows, i)) == entity)
            kam_digest_add (ours, g_ptr_array_index (rows, i));
        }

      ranges = kam_digest_compare (ours, theirs->of[entity]);

      for (guint i = 0; i < ranges->len; i++)
        {
          SimRange *range = g_new0 (SimRange, 1);

          range->entity = (KamEntityKind) entity;
          g_strlcpy (range->digits, g_ptr_array_index (ranges, i), sizeof range->digits);
          g_ptr_array_add (differ, range);
        }
    }

  complete.parts = g_array_new (FALSE, TRUE, sizeof (Part));
  follow_grants (db, user, &complete, TRUE, NULL, NULL);
  finish_scan (&complete);
  *cursor = cursor_write (&complete);

  return differ;
}

SimPullVerdict
sim_feed_ranges (SimDb      *db,
                 const char *user,
                 const char *text,
                 GPtrArray  *ranges,
                 GString    *page)
{
  g_auto (Cursor) cursor = { 0 };
  g_autoptr (KamPageWriter) writer = kam_page_writer_new ();
  g_autoptr (GPtrArray) rows = list_readable (db, user);
  SimPullVerdict verdict;

  cursor_read (&cursor, text);
  verdict = judge (db, FALSE, &cursor);

  if (verdict != SIM_PULL_FINE)
    return verdict;

  kam_page_writer_header (writer, 0, 0, page);

  for (guint i = 0; i < ranges->len; i++)
    {
      const SimRange *range = g_ptr_array_index (ranges, i);

      kam_page_writer_range (writer, range->entity, range->digits, page);

      for (guint n = 0; n < rows->len; n++)
        {
          const KamRow *row = g_ptr_array_index (rows, n);

          if (range->entity == kam_row_kind (row) && kam_range_has_id (range->digits, kam_row_id (row)))
            kam_page_writer_row (writer, row, page);
        }
    }

  kam_page_writer_footer (writer, text, db->head, db->durable, TRUE, page);

  return SIM_PULL_FINE;
}
