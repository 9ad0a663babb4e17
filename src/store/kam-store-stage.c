/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-store-private.h"

/* The page that is being received is kept in memory: it counts for nothing until it is whole. Whole pages that wait for the last one are kept in the
 * table `stage`. */

typedef struct
{
  char     *cursor; /* (owned) */
  gint64    head;
  gboolean  more;
} Page;

static void
free_page (gpointer data)
{
  Page *page = data;

  g_free (page->cursor);
  g_free (page);
}

static void
stage_job (KamWorker *self,
           GTask     *task,
           gpointer   data)
{
  g_ptr_array_add (self->page, g_ptr_array_ref (data));
  g_task_return_boolean (task, TRUE);
}

/**
 * kam_store_stage_async:
 * @lines: (element-type KamLine): not to be changed from now on
 */
void
kam_store_stage_async (KamStore            *self,
                       GPtrArray           *lines,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  GTask *task = kam_store_task (self, kam_store_stage_async, cancellable, callback, user_data);

  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, g_ptr_array_ref (lines), (GDestroyNotify) g_ptr_array_unref);
  kam_store_push (self, task, stage_job);
}

gboolean
kam_store_stage_finish (KamStore      *self,
                        GAsyncResult  *result,
                        GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Evictions come before puts; a range comes in the midst of them, before its rows. */
static int
phase_of (const KamLine *line)
{
  return line->kind == KAM_LINE_ROW || line->kind == KAM_LINE_RANGE ? 1 : 0;
}

static gboolean
apply_received (KamWorker  *self,
                gboolean    is_first,
                GError    **error)
{
  for (int phase = 0; phase < 2; phase++)
    {
      for (guint i = 0; i < self->page->len; i++)
        {
          GPtrArray *lines = self->page->pdata[i];

          for (guint n = 0; n < lines->len; n++)
            {
              const KamLine *line = lines->pdata[n];

              if (phase_of (line) == phase && !kam_publish_line (self, line, is_first, error))
                return FALSE;
            }
        }
    }

  return kam_range_end (self, error);
}

static gboolean
keep_line (KamWorker      *self,
           const KamLine  *line,
           gint64          page,
           gint64          n,
           GError        **error)
{
  g_autoptr (GVariant) data = line->row != NULL ? kam_row_pack (line->row) : NULL;
  const char *id = line->row != NULL ? kam_row_id (line->row) : line->id;
  const char *scope = line->row != NULL ? kam_row_scope (line->row) : line->scope;
  gint64 rev = line->row != NULL ? kam_row_rev (line->row) : line->rev;
  KamEntityKind entity = line->row != NULL ? kam_row_kind (line->row) : line->entity;

  if (line->kind == KAM_LINE_HEADER || line->kind == KAM_LINE_FOOTER || line->kind == KAM_LINE_UNKNOWN)
    return TRUE;

  if (line->kind == KAM_LINE_RANGE)
    id = line->range;

  if (line->kind == KAM_LINE_RANGE && !kam_meta_set_number (self, "resync", 1, error))
    return FALSE;

  return kam_sqlite_exec (self->db, error, "INSERT INTO stage (page, phase, n, kind, entity, rev, scope, id, moved, data, extra, missing)"
                                           " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                          "iiiiiiuuivti", page, (gint64) phase_of (line), n, (gint64) line->kind, (gint64) entity, rev, scope, id, (gint64) line->moved,
                          data, line->extra, (gint64) line->missing);
}

static gboolean
keep_received (KamWorker  *self,
               GError    **error)
{
  gint64 page, n = 0;

  if (!kam_meta_get_number (self, "stage_page", &page, error))
    return FALSE;

  for (guint i = 0; i < self->page->len; i++)
    {
      GPtrArray *lines = self->page->pdata[i];

      for (guint k = 0; k < lines->len; k++)
        {
          if (!keep_line (self, lines->pdata[k], page + 1, n++, error))
            return FALSE;
        }
    }

  return kam_meta_set_number (self, "stage_page", page + 1, error);
}

static void
read_kept (sqlite3_stmt *stmt,
           KamLine      *line)
{
  g_autoptr (GVariant) data = kam_sqlite_variant (stmt, 6, "a(sv)");

  line->kind = (KamLineKind) sqlite3_column_int (stmt, 0);
  line->entity = (KamEntityKind) sqlite3_column_int (stmt, 1);
  line->rev = sqlite3_column_int64 (stmt, 2);
  line->scope = kam_sqlite_id (stmt, 3);
  line->moved = sqlite3_column_int (stmt, 5);
  line->extra = kam_sqlite_text (stmt, 7);
  line->missing = (guint64) sqlite3_column_int64 (stmt, 8);

  if (line->kind == KAM_LINE_RANGE)
    line->range = kam_sqlite_text (stmt, 4);
  else
    line->id = kam_sqlite_id (stmt, 4);

  if (line->kind == KAM_LINE_ROW && data != NULL)
    line->row = kam_row_unpack (line->entity, line->id, line->rev, line->scope, data);
}

/* What came for the ranges of one page says nothing about the rows of the next. */
static gboolean
apply_one_kept (KamWorker     *self,
                sqlite3_stmt  *stmt,
                gint64        *page,
                GError       **error)
{
  g_auto (KamLine) line = { 0, };
  gint64 of = sqlite3_column_int64 (stmt, 9);
  gboolean same = of == *page;

  read_kept (stmt, &line);
  *page = of;

  return (same || kam_range_end (self, error)) && kam_publish_line (self, &line, FALSE, error);
}

static gboolean
apply_kept (KamWorker  *self,
            GError    **error)
{
  sqlite3_stmt *stmt = kam_sqlite_query (self->db, error, "SELECT kind, entity, rev, scope, id, moved, data, extra, missing, page FROM stage "
                                                         "ORDER BY page, phase, n", "");
  gint64 page = 0;
  int step = -1;

  while (stmt != NULL && (step = kam_sqlite_step (self->db, stmt, error)) > 0)
    {
      if (!apply_one_kept (self, stmt, &page, error))
        {
          sqlite3_reset (stmt);
          return FALSE;
        }
    }

  return step == 0 && kam_range_end (self, error) && kam_stage_forget (self, error);
}

gboolean
kam_stage_forget (KamWorker  *self,
                  GError    **error)
{
  return kam_sqlite_exec (self->db, error, "DELETE FROM stage", "") && kam_meta_set_number (self, "stage_page", 0, error) &&
         kam_meta_set_number (self, "resync", 0, error) && kam_meta_set_text (self, "stage_cursor", NULL, error);
}

/* The last page: from here on the store is what the server was at head. */
static gboolean
publish (KamWorker   *self,
         const Page  *page,
         GError     **error)
{
  return kam_meta_set_text (self, "cursor", page->cursor, error) && kam_meta_set_text (self, "stage_cursor", NULL, error) &&
         kam_meta_set_number (self, "head", page->head, error) && kam_outbox_publish (self, page->head, error);
}

static gboolean
commit_page (KamWorker  *self,
             gpointer    data,
             GError    **error)
{
  const Page *page = data;
  g_autofree char *published = NULL;
  gboolean is_first;
  gint64 shadows;

  if (!kam_meta_get_text (self, "cursor", &published, error) ||
      !kam_sqlite_number (self->db, &shadows, 0, error, "SELECT EXISTS (SELECT 1 FROM shadow)", ""))
    return FALSE;

  self->has_shadows = shadows != 0;

  is_first = published == NULL;

  if (is_first ? !apply_received (self, TRUE, error) : page->more && !keep_received (self, error))
    return FALSE;

  if (page->more)
    return page->cursor == NULL || kam_meta_set_text (self, "stage_cursor", page->cursor, error);

  if (!is_first)
    kam_news_begin (self);

  if (!is_first && (!apply_kept (self, error) || !apply_received (self, FALSE, error) || !kam_news_end (self, error)))
    return FALSE;

  return (!is_first || kam_backlog_restart (self, error)) && publish (self, page, error);
}

static void
commit_page_job (KamWorker *self,
                 GTask     *task,
                 gpointer   data)
{
  GError *error = NULL;

  gboolean ok = kam_worker_write (self, FALSE, commit_page, data, &error);

  g_clear_pointer (&self->range, kam_range_free);
  kam_news_drop (self);

  if (!ok)
    {
      g_task_return_error (task, error);
      return;
    }

  self->n_published++;

  if (self->has_backup && !((const Page *) data)->more)
    kam_worker_remove_backup (self);

  g_ptr_array_set_size (self->page, 0);
  g_task_return_boolean (task, TRUE);
}

void
kam_store_commit_page_async (KamStore            *self,
                             const char          *cursor,
                             gint64               head,
                             gboolean             more,
                             GCancellable        *cancellable,
                             GAsyncReadyCallback  callback,
                             gpointer             user_data)
{
  GTask *task = kam_store_task (self, kam_store_commit_page_async, cancellable, callback, user_data);
  Page *page = g_new0 (Page, 1);

  page->cursor = g_strdup (cursor);
  page->head = head;
  page->more = more;
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, page, free_page);
  kam_store_push (self, task, commit_page_job);
}

gboolean
kam_store_commit_page_finish (KamStore      *self,
                              GAsyncResult  *result,
                              GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static gboolean
forget (KamWorker  *self,
        gpointer    data,
        GError    **error)
{
  g_ptr_array_set_size (self->page, 0);

  return kam_stage_forget (self, error);
}

void
kam_store_forget_stage_async (KamStore            *self,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  kam_store_push_write (self, kam_store_task (self, kam_store_forget_stage_async, cancellable, callback, user_data), forget, FALSE, NULL, NULL);
}

gboolean
kam_store_forget_stage_finish (KamStore      *self,
                               GAsyncResult  *result,
                               GError       **error)
{
  return kam_store_finish_write (self, result, error);
}

static void
discard_job (KamWorker *self,
             GTask     *task,
             gpointer   data)
{
  g_ptr_array_set_size (self->page, 0);
  g_task_return_boolean (task, TRUE);
}

void
kam_store_discard_page_async (KamStore            *self,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  GTask *task = kam_store_task (self, kam_store_discard_page_async, cancellable, callback, user_data);

  g_task_set_check_cancellable (task, FALSE);
  kam_store_push (self, task, discard_job);
}

gboolean
kam_store_discard_page_finish (KamStore      *self,
                               GAsyncResult  *result,
                               GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
