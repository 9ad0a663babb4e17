/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-store-private.h"

/* After a first sync the list is usable at once; what it shows of interactions, and the search index, are made lead by lead while nobody asks for anything. */
#define SLICE_US (40 * G_TIME_SPAN_MILLISECOND)
#define MERGE_PAGES 16 /* of the search index at a time */

gboolean
kam_backlog_restart (KamWorker  *self,
                     GError    **error)
{
  self->has_backlog = TRUE;

  return kam_meta_set_number (self, "backlog", 1, error) && kam_meta_set_number (self, "backlog_key", 0, error);
}

static gboolean
next_lead (KamWorker   *self,
           gint64      *key,
           char       **id,
           GError     **error)
{
  sqlite3_stmt *stmt = kam_sqlite_query (self->db, error, "SELECT key, id FROM lead WHERE key > ?1 ORDER BY key LIMIT 1", "i", *key);
  int step = stmt != NULL ? kam_sqlite_step (self->db, stmt, error) : -1;

  *id = NULL;

  if (step > 0)
    {
      *key = sqlite3_column_int64 (stmt, 0);
      *id = kam_sqlite_id (stmt, 1);
      sqlite3_reset (stmt);
    }

  return step >= 0;
}

/* Ends between two leads as soon as somebody asks for something. */
static gboolean
slice (KamWorker  *self,
       gpointer    data,
       GError    **error)
{
  gboolean *done = data;
  gint64 until = g_get_monotonic_time () + SLICE_US;
  gint64 key;

  if (!kam_meta_get_number (self, "backlog_key", &key, error))
    return FALSE;

  do
    {
      g_autofree char *id = NULL;

      if (!next_lead (self, &key, &id, error))
        return FALSE;

      if (id == NULL)
        {
          *done = TRUE;
          return kam_meta_set_number (self, "backlog", 0, error);
        }

      if (!kam_derive_summary (self, id, error) || !kam_search_index (self, id, error))
        return FALSE;
    }
  while (g_get_monotonic_time () < until && g_async_queue_length (self->queue) <= 0);

  return kam_meta_set_number (self, "backlog_key", key, error);
}

void
kam_worker_slice (KamWorker *self)
{
  g_autoptr (GError) error = NULL;
  gboolean done = FALSE;
  gboolean ok;

  /* Nobody waits, and it reads much: faster from the file than from a long log. */
  sqlite3_wal_autocheckpoint (kam_sqlite_handle (self->db), 1000);
  ok = kam_worker_write (self, FALSE, slice, &done, &error);
  sqlite3_wal_autocheckpoint (kam_sqlite_handle (self->db), KAM_LOG_PAGES);

  if (!ok)
    {
      /* It goes on from the same lead at the next start. */
      g_message ("The search index could not be completed: %s", error->message);
      self->has_backlog = FALSE;
    }
  else if (done)
    {
      self->has_backlog = FALSE;
    }
}

static gboolean
merge (KamWorker  *self,
       gpointer    data,
       GError    **error)
{
  gboolean *done = data;
  int before = sqlite3_total_changes (kam_sqlite_handle (self->db));
  /* Below 0: of all pieces, whatever their size, and from then on. A word of a row that is gone stays as long as the piece it came in. */
  gint64 pages = self->remains == KAM_REMAINS_SOME ? -MERGE_PAGES : MERGE_PAGES;

  if (!kam_sqlite_exec (self->db, error, "INSERT INTO search (search, rank) VALUES ('merge', ?1)", "i", pages))
    return FALSE;

  /* FTS5 tells that there was nothing to do by changing nothing but this one row. */
  *done = sqlite3_total_changes (kam_sqlite_handle (self->db)) - before < 2;

  return TRUE;
}

gboolean
kam_worker_leave_remains (KamWorker  *self,
                          GError    **error)
{
  self->has_pieces = TRUE;
  if (self->remains == KAM_REMAINS_SOME)
    return TRUE;

  self->remains = KAM_REMAINS_SOME;

  return kam_meta_set_number (self, "remains", 1, error);
}

static gboolean
forget_remains (KamWorker  *self,
                gpointer    data,
                GError    **error)
{
  return kam_meta_set_number (self, "remains", 0, error);
}

/* The index holds nothing more of what is gone, and deleting overwrites; what is left is the log. */
static void
empty_log (KamWorker *self)
{
  g_autoptr (GError) error = NULL;

  self->remains = KAM_REMAINS_NONE;
  if (!kam_worker_write (self, FALSE, forget_remains, NULL, &error))
    g_message ("The log of the cache could not be emptied: %s", error->message);
  else if (sqlite3_wal_checkpoint_v2 (kam_sqlite_handle (self->db), NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL) == SQLITE_OK)
    self->has_log = FALSE;
}

/* Every edit leaves a small piece in the search index: merged within an edit they would make one in a hundred wait for all. */
void
kam_worker_merge (KamWorker *self)
{
  g_autoptr (GError) error = NULL;
  gboolean done = TRUE;
  gboolean ok = kam_worker_write (self, FALSE, merge, &done, &error);

  if (!ok)
    g_message ("The search index could not be tidied up: %s", error->message); /* with remains: again at the next start */

  self->has_pieces = !done;
  if (ok && done && self->remains != KAM_REMAINS_NONE)
    empty_log (self);
  else if (self->remains == KAM_REMAINS_SOME)
    self->remains = KAM_REMAINS_GOING;
}
