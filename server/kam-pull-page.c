/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-pull-private.h"

#include "kam-people-repository.h"
#include "kam-routes.h"
#include "kam-server-error.h"

gboolean
kam_pull_page_flush (KamPullPage  *page,
                     gsize         least,
                     GError      **error)
{
  if (page->text->len < least || page->text->len == 0)
    return TRUE;

  page->sent = TRUE;
  page->bytes += page->text->len;
  if (!page->sink (page->text->str, page->text->len, page->sink_data, error))
    return FALSE;

  g_string_truncate (page->text, 0);

  return !g_cancellable_set_error_if_cancelled (page->cancellable, error);
}

gboolean
kam_pull_page_write_row (KamRow    *row,
                         gpointer   data,
                         GError   **error)
{
  KamPullPage *page = data;

  page->rows++;
  page->cursor->done++;
  kam_page_writer_row (page->writer, row, page->text);

  return kam_pull_page_flush (page, KAM_PULL_PIECE_BYTES, error);
}

guint
kam_pull_find_scope (GPtrArray  *scopes,
                     const char *scope)
{
  guint low = 0;
  guint high = scopes->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (strcmp (g_ptr_array_index (scopes, middle), scope) < 0)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

gboolean
kam_pull_has_scope (GPtrArray  *scopes,
                    const char *scope)
{
  guint i = kam_pull_find_scope (scopes, scope);

  return i < scopes->len && g_str_equal (g_ptr_array_index (scopes, i), scope);
}

int
kam_pull_compare_scopes (gconstpointer a,
                         gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static gboolean
fail_expired (GError **error)
{
  g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_EXPIRED,
                       "This copy has not been brought up to date for so long that it must be compared with the server's data first.");

  return FALSE;
}

/* The commit whose tombstones, and all after it, the client must still get. Rows that it was never given need none. */
static gint64
needed_from (const KamCursor *cursor)
{
  return cursor->round == KAM_ROUND_CHANGES && cursor->base > 0 ? cursor->base : cursor->up_to;
}

/* Does the database still have the history that the cursor was made in, as far back as that? */
static gboolean
check_history (KamPullPage  *page,
               GError      **error)
{
  const KamCursor *cursor = page->cursor;
  g_autofree char *nonce = NULL;
  g_autoptr (GError) failure = NULL;

  if (cursor->up_to == 0)
    return TRUE;

  if (cursor->up_to > page->org.head && page->request->replica)
    {
      g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_BEHIND, "The server has not caught up with what you have seen; try again.");
      return FALSE;
    }

  if (cursor->up_to < page->org.oldest && cursor->up_to <= page->org.head)
    return fail_expired (error);

  if (cursor->up_to == page->org.head)
    nonce = g_strdup (page->org.nonce);
  else if (cursor->up_to < page->org.head)
    nonce = kam_org_get_nonce (page->db, cursor->up_to, &failure);
  if (failure != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return FALSE;
    }

  if (g_strcmp0 (nonce, cursor->nonce) != 0)
    {
      g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_DIVERGED, "The server's history has changed since; start over.");
      return FALSE;
    }

  return needed_from (cursor) >= page->org.oldest || fail_expired (error);
}

gboolean
kam_pull_page_open (KamPullPage  *page,
                    GError      **error)
{
  g_clear_pointer (&page->session, kam_session_free);
  page->session = kam_routes_caller (page->db, page->request->token_hash, page->request->now_us, error);
  if (page->session == NULL || !kam_org_read (page->db, &page->org, error))
    return FALSE;

  page->cursor = page->request->cursor == NULL ? kam_cursor_new (&page->org) : kam_cursor_open (page->request->cursor, &page->org, error);
  if (page->cursor == NULL || !check_history (page, error))
    return FALSE;

  page->readable = kam_people_scopes (page->db, page->session->user_id, page->request->now_us, error);
  if (page->readable == NULL)
    return FALSE;

  g_ptr_array_sort (page->readable, kam_pull_compare_scopes);
  page->writer = kam_page_writer_new ();
  page->text = g_string_sized_new (KAM_PULL_PIECE_BYTES + 4096);

  return TRUE;
}
