/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-pull-private.h"

#include "kam-routes.h"
#include "kam-server-error.h"

/* A page ends early when it is that long: rows may be as long as their notes. */
#define PAGE_BYTES (8 << 20)
/* Rows between two looks at the page's length. */
#define STEP_ROWS 500

void
kam_pull_request_free (KamPullRequest *self)
{
  g_free (self->cursor);
  g_clear_pointer (&self->ranges, kam_ranges_free);
  g_free (self);
}

static gboolean
write_eviction_cb (KamEntityKind   entity,
                   gint64          rev,
                   const char     *scope,
                   const char     *id,
                   gboolean        moved,
                   gpointer        data,
                   GError        **error)
{
  KamPullPage *page = data;

  page->rows++;
  kam_page_writer_evict (page->writer, entity, rev, scope, id, moved, page->text);

  return kam_pull_page_flush (page, KAM_PULL_PIECE_BYTES, error);
}

static void
collect_lost (KamPullPage *page,
              GPtrArray   *scopes,
              GPtrArray   *lost)
{
  for (guint i = scopes->len; i > 0; i--)
    {
      const char *scope = g_ptr_array_index (scopes, i - 1);

      if (!kam_pull_has_scope (page->readable, scope))
        {
          g_ptr_array_add (lost, g_strdup (scope));
          g_ptr_array_remove_index (scopes, i - 1);
        }
    }
}

static GPtrArray *
find_gained (KamPullPage *page)
{
  GPtrArray *gained = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < page->readable->len; i++)
    {
      const char *scope = g_ptr_array_index (page->readable, i);

      if (!kam_pull_has_scope (page->cursor->held, scope))
        g_ptr_array_add (gained, g_strdup (scope));
    }

  return gained;
}

static void
rewind_position (KamPullPage *page,
                 KamRound     round)
{
  KamCursor *cursor = page->cursor;

  cursor->round = round;
  cursor->entity = round == KAM_ROUND_CHANGES ? -1 : 0;
  cursor->rev = round == KAM_ROUND_CHANGES ? cursor->base : 0;
  cursor->scope[0] = '\0';
  cursor->id[0] = '\0';
}

/* Sets *begun unless the client has everything. */
static gboolean
begin_round (KamPullPage  *page,
             gboolean     *begun,
             GError      **error)
{
  KamCursor *cursor = page->cursor;
  g_autoptr (GPtrArray) gained = find_gained (page);

  *begun = gained->len > 0 || cursor->base < page->org.head;
  if (!*begun)
    return TRUE;

  g_strlcpy (cursor->nonce, page->org.nonce, sizeof cursor->nonce);
  cursor->up_to = page->org.head;
  cursor->done = 0;
  cursor->total = 0;
  if (gained->len > 0)
    {
      cursor->total = kam_feed_count (page->db, gained, 0, cursor->up_to, error);
      if (cursor->total < 0)
        return FALSE;
    }

  g_ptr_array_unref (cursor->gained);
  cursor->gained = g_steal_pointer (&gained);
  rewind_position (page, KAM_ROUND_CHANGES);

  return TRUE;
}

/* The scopes of the scan that the round is at. */
static GPtrArray *
scopes_of_round (KamPullPage  *page,
                 GError      **error)
{
  KamCursor *cursor = page->cursor;

  if (cursor->round == KAM_ROUND_GAINED)
    return g_ptr_array_ref (cursor->gained);

  return kam_feed_touched (page->db, cursor->held, cursor->base, cursor->up_to, error);
}

static void
load_position (const KamCursor *cursor,
               GPtrArray       *scopes,
               KamFeedPosition *position)
{
  position->after_seq = cursor->round == KAM_ROUND_CHANGES ? cursor->base : 0;
  position->up_to_seq = cursor->up_to;
  position->entity = cursor->entity;
  position->scope = kam_pull_find_scope (scopes, cursor->scope);
  position->rev = position->after_seq;
  position->id[0] = '\0';
  if (position->scope < scopes->len && g_str_equal (g_ptr_array_index (scopes, position->scope), cursor->scope))
    {
      position->rev = cursor->rev;
      g_strlcpy (position->id, cursor->id, sizeof position->id);
    }
}

static void
save_position (KamCursor             *cursor,
               GPtrArray             *scopes,
               const KamFeedPosition *position)
{
  cursor->entity = position->entity;
  cursor->rev = position->rev;
  g_strlcpy (cursor->id, position->id, sizeof cursor->id);
  g_strlcpy (cursor->scope, position->scope < scopes->len ? g_ptr_array_index (scopes, position->scope) : "", sizeof cursor->scope);
}

static gboolean
is_full (KamPullPage *page)
{
  return page->rows >= page->request->limit || page->bytes + page->text->len >= PAGE_BYTES;
}

static gboolean
scan (KamPullPage  *page,
      gboolean     *done,
      GError      **error)
{
  g_autoptr (GPtrArray) scopes = scopes_of_round (page, error);
  KamFeedPosition position;

  *done = FALSE;
  if (scopes == NULL)
    return FALSE;

  load_position (page->cursor, scopes, &position);
  while (!*done && !is_full (page))
    {
      if (!kam_feed_scan (page->db, scopes, &position, MIN (STEP_ROWS, page->request->limit - page->rows), write_eviction_cb, kam_pull_page_write_row,
                          page, done, error))
        return FALSE;
    }

  save_position (page->cursor, scopes, &position);

  return TRUE;
}

static void
end_round (KamCursor *cursor)
{
  for (guint i = 0; i < cursor->gained->len; i++)
    g_ptr_array_add (cursor->held, g_strdup (g_ptr_array_index (cursor->gained, i)));

  g_ptr_array_sort (cursor->held, kam_pull_compare_scopes);
  g_ptr_array_set_size (cursor->gained, 0);
  cursor->base = cursor->up_to;
  cursor->round = KAM_ROUND_NONE;
  cursor->scope[0] = '\0';
  cursor->id[0] = '\0';
}

/* Goes on with the round until it ends or the page is full. */
static gboolean
go_on (KamPullPage  *page,
       GError      **error)
{
  while (page->cursor->round != KAM_ROUND_NONE && !is_full (page))
    {
      gboolean done = FALSE;

      if (!scan (page, &done, error))
        return FALSE;

      if (done && page->cursor->round == KAM_ROUND_CHANGES)
        rewind_position (page, KAM_ROUND_GAINED);
      else if (done)
        end_round (page->cursor);
    }

  return TRUE;
}

static gboolean
write_lines (KamPullPage  *page,
             gboolean     *more,
             GError      **error)
{
  g_autoptr (GPtrArray) lost = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) gained = NULL;
  gboolean begun = FALSE;

  collect_lost (page, page->cursor->held, lost);
  collect_lost (page, page->cursor->gained, lost);
  if (page->cursor->round == KAM_ROUND_NONE && !begin_round (page, &begun, error))
    return FALSE;

  kam_page_writer_header (page->writer, page->cursor->done, page->cursor->total, page->text);
  for (guint i = 0; i < lost->len; i++)
    kam_page_writer_drop (page->writer, g_ptr_array_index (lost, i), page->text);

  if (!go_on (page, error))
    return FALSE;

  /* Evictions come before puts in a page, so what has changed since this round began is for the next page. */
  gained = find_gained (page);
  *more = page->cursor->round != KAM_ROUND_NONE || page->cursor->base < page->org.head || gained->len > 0;

  return TRUE;
}

static gboolean
write_page (KamPullPage  *page,
            GError      **error)
{
  g_autofree char *sealed = NULL;
  gboolean more = FALSE;

  if (!kam_pull_page_open (page, error))
    return FALSE;

  if (page->request->ranges != NULL)
    {
      if (!kam_pull_write_ranges (page, error))
        return FALSE;
    }
  else
    {
      if (!write_lines (page, &more, error))
        return FALSE;

      sealed = kam_cursor_seal (page->cursor, &page->org);
    }

  /* Of ranges the cursor stays as it was: what has changed since comes once more through it. */
  kam_page_writer_footer (page->writer, sealed != NULL ? sealed : page->request->cursor, page->org.head, page->org.durable, more || sealed == NULL,
                          page->text);

  return kam_pull_page_flush (page, 0, error);
}

static void
clear_page (KamPullPage *page)
{
  g_clear_pointer (&page->cursor, kam_cursor_free);
  g_clear_pointer (&page->readable, g_ptr_array_unref);
  g_clear_pointer (&page->writer, kam_page_writer_free);
  if (page->text != NULL)
    g_string_free (page->text, TRUE);
  page->text = NULL;
}

static gboolean
write_page_once (KamDb         *db,
                 gpointer       data,
                 GCancellable  *cancellable,
                 GError       **error)
{
  KamPullPage *page = data;
  gboolean written = FALSE;

  if (page->sent)
    {
      g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_INTERNAL, "a page that was begun cannot be begun again");
      return FALSE;
    }

  written = write_page (page, error);

  /* A transaction may be run again from the beginning. */
  clear_page (page);
  page->rows = 0;

  return written;
}

static gboolean
has_everything (KamPullPage *page)
{
  const KamCursor *cursor = page->cursor;

  if (cursor->round != KAM_ROUND_NONE || cursor->base != page->org.head || cursor->held->len != page->readable->len)
    return FALSE;

  for (guint i = 0; i < page->readable->len; i++)
    {
      if (!g_str_equal (g_ptr_array_index (cursor->held, i), g_ptr_array_index (page->readable, i)))
        return FALSE;
    }

  return TRUE;
}

/* Most pulls find nothing new, which needs no snapshot to see: whatever changed the grants after the head was read will be a commit after that head. What
 * cannot be answered so, be it an error, is for the snapshot to say. */
static gboolean
write_nothing_new (KamPullPage  *page,
                   gboolean     *written,
                   GError      **error)
{
  gboolean ok = TRUE;

  *written = FALSE;
  if (page->request->cursor == NULL || page->request->ranges != NULL)
    return TRUE;

  if (kam_pull_page_open (page, NULL) && has_everything (page))
    {
      *written = TRUE;
      kam_page_writer_header (page->writer, page->cursor->done, page->cursor->total, page->text);
      kam_page_writer_footer (page->writer, page->request->cursor, page->org.head, page->org.durable, FALSE, page->text);
      ok = kam_pull_page_flush (page, 0, error);
    }

  clear_page (page);

  return ok;
}

gboolean
kam_pull_page (KamDb                 *db,
               const KamPullRequest  *request,
               KamPullSink            sink,
               gpointer               data,
               GCancellable          *cancellable,
               GError               **error)
{
  KamPullPage page = { .db = db, .request = request, .cancellable = cancellable, .sink = sink, .sink_data = data };
  gboolean idle = FALSE;
  gboolean written = write_nothing_new (&page, &idle, error) &&
                     (idle || kam_db_transact (db, KAM_DB_SNAPSHOT, write_page_once, &page, cancellable, error));

  if (written)
    kam_routes_note_seen (db, request->token_hash, page.session, request->now_us);
  g_clear_pointer (&page.session, kam_session_free);

  return written;
}
