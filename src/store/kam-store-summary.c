/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-store-private.h"

/* What happened since the person last read of it. A lead counts once, as what has become of it in the end. */

typedef enum
{
  NEWS_CHANGED, /* by others */
  NEWS_GAINED,
  NEWS_LOST,
} NewsKind;

/* Of one lead, in the publication under way. */
typedef struct
{
  gboolean was_here;
  gboolean by_others;
  gboolean purged;
} News;

static gboolean
ask (KamWorker   *self,
     const char  *sql,
     const char  *lead_id,
     gint64       number,
     gboolean    *answer,
     GError     **error)
{
  gint64 found;

  if (!kam_sqlite_number (self->db, &found, 0, error, sql, "ui", lead_id, number))
    return FALSE;

  *answer = found != 0;

  return TRUE;
}

static News *
find_news (KamWorker   *self,
           const char  *lead_id,
           GError     **error)
{
  News *news = g_hash_table_lookup (self->news, lead_id);
  gboolean was_here;

  if (news != NULL)
    return news;

  if (!ask (self, "SELECT EXISTS (SELECT 1 FROM lead WHERE id = ?1 AND ?2)", lead_id, 1, &was_here, error))
    return NULL;

  news = g_new0 (News, 1);
  news->was_here = was_here;
  g_hash_table_insert (self->news, g_strdup (lead_id), news);

  return news;
}

static gboolean
add (KamWorker   *self,
     const char  *lead_id,
     gint64       rev,
     NewsKind     kind,
     GError     **error)
{
  return kam_sqlite_exec (self->db, error, "INSERT OR IGNORE INTO lead_news (lead_id, rev, kind) VALUES (?1, ?2, ?3)", "uii", lead_id, rev, (gint64) kind);
}

/**
 * kam_news_row:
 * @row: that the server has sent, before it is written
 *
 * The commit of a push holds nothing but what was pushed, so whatever came with the revision of an own result is own. While a result is still awaited nobody
 * can tell: then the revision is remembered, and forgotten when it turns out to be that of the result.
 */
gboolean
kam_news_row (KamWorker     *self,
              const KamRow  *row,
              GError       **error)
{
  const char *lead_id = kam_row_lead_id (row);
  News *news = NULL;
  gboolean own, awaited;

  if (self->news == NULL || lead_id == NULL)
    return TRUE;

  news = find_news (self, lead_id, error);

  if (news == NULL || !news->was_here || news->by_others)
    return news != NULL;

  if (!ask (self, "SELECT EXISTS (SELECT 1 FROM outbox WHERE result_rev = ?2 AND ?1 IS NOT NULL)", lead_id, kam_row_rev (row), &own, error) ||
      !ask (self, "SELECT EXISTS (SELECT 1 FROM outbox WHERE lead_id = ?1 AND state = ?2 AND mid IS NOT NULL)", lead_id, KAM_OUTBOX_WAITING, &awaited, error))
    return FALSE;

  if (!own && awaited)
    return add (self, lead_id, kam_row_rev (row), NEWS_CHANGED, error);

  news->by_others = !own;

  return TRUE;
}

/**
 * kam_news_lead_goes:
 * @purged: deleted for good, thirty days after everybody could see that it was
 */
gboolean
kam_news_lead_goes (KamWorker   *self,
                    const char  *lead_id,
                    gboolean     purged,
                    GError     **error)
{
  News *news = NULL;

  if (self->news == NULL)
    return TRUE;

  news = find_news (self, lead_id, error);

  if (news != NULL)
    news->purged = news->purged || purged;

  return news != NULL;
}

static gboolean
replace (KamWorker   *self,
         const char  *lead_id,
         int          kind, /* -1: nothing after all */
         GError     **error)
{
  return kam_sqlite_exec (self->db, error, "DELETE FROM lead_news WHERE lead_id = ?1", "u", lead_id) &&
         (kind < 0 || add (self, lead_id, 0, (NewsKind) kind, error));
}

static gboolean
tell_lead (KamWorker   *self,
           const char  *lead_id,
           const News  *news,
           GError     **error)
{
  gboolean is_here, was_gained, was_lost;

  if (!ask (self, "SELECT EXISTS (SELECT 1 FROM lead WHERE id = ?1 AND ?2)", lead_id, 1, &is_here, error) ||
      !ask (self, "SELECT EXISTS (SELECT 1 FROM lead_news WHERE lead_id = ?1 AND kind = ?2)", lead_id, NEWS_GAINED, &was_gained, error) ||
      !ask (self, "SELECT EXISTS (SELECT 1 FROM lead_news WHERE lead_id = ?1 AND kind = ?2)", lead_id, NEWS_LOST, &was_lost, error))
    return FALSE;

  if (news->was_here && !is_here)
    return replace (self, lead_id, news->purged || was_gained ? -1 : NEWS_LOST, error);

  if (!news->was_here && is_here)
    return replace (self, lead_id, was_lost ? NEWS_CHANGED : NEWS_GAINED, error);

  return !news->by_others || was_gained || add (self, lead_id, 0, NEWS_CHANGED, error);
}

void
kam_news_begin (KamWorker *self)
{
  self->news = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

void
kam_news_drop (KamWorker *self)
{
  g_clear_pointer (&self->news, g_hash_table_unref);
}

gboolean
kam_news_end (KamWorker  *self,
              GError    **error)
{
  GHashTableIter iter;
  gpointer id, news;

  if (self->news == NULL)
    return TRUE;

  g_hash_table_iter_init (&iter, self->news);

  while (g_hash_table_iter_next (&iter, &id, &news))
    {
      if (!tell_lead (self, id, news, error))
        return FALSE;
    }

  return kam_news_count (self, "summary_since", error);
}

/* Counts one up; the time since when stands with the first. */
gboolean
kam_news_count (KamWorker   *self,
                const char  *key,
                GError     **error)
{
  gint64 since;

  if (!kam_meta_get_number (self, "summary_since", &since, error) ||
      (since == 0 && !kam_meta_set_number (self, "summary_since", kam_clock_now (self->clock), error)))
    return FALSE;

  return g_str_equal (key, "summary_since") ||
         kam_sqlite_exec (self->db, error, "INSERT INTO meta (key, value) VALUES (?1, 1) ON CONFLICT (key) DO UPDATE SET value = coalesce (value, 0) + 1",
                          "t", key);
}

gboolean
kam_news_result (KamWorker        *self,
                 const char       *lead_id,
                 const KamResult  *result,
                 GError          **error)
{
  if (result->kind == KAM_RESULT_REJECTED)
    return kam_news_count (self, "summary_rejected", error);

  return kam_news_count (self, "summary_sent", error) &&
         kam_sqlite_exec (self->db, error, "DELETE FROM lead_news WHERE lead_id = ?1 AND rev = ?2 AND kind = ?3", "uii", lead_id, result->rev,
                          (gint64) NEWS_CHANGED);
}

static gboolean
count_leads (KamWorker  *self,
             NewsKind    kind,
             guint      *n,
             GError    **error)
{
  gint64 found;

  if (!kam_sqlite_number (self->db, &found, 0, error, "SELECT count (DISTINCT lead_id) FROM lead_news WHERE kind = ?1", "i", (gint64) kind))
    return FALSE;

  *n = (guint) found;

  return TRUE;
}

static gboolean
count_edits (KamWorker   *self,
             const char  *key,
             guint       *n,
             GError     **error)
{
  gint64 found;

  if (!kam_meta_get_number (self, key, &found, error))
    return FALSE;

  *n = (guint) found;

  return TRUE;
}

static void
summary_job (KamWorker *self,
             GTask     *task,
             gpointer   data)
{
  g_autofree KamSyncSummary *summary = g_new0 (KamSyncSummary, 1);
  GError *error = NULL;

  if (!kam_meta_get_number (self, "summary_since", &summary->since_us, &error) || !count_leads (self, NEWS_CHANGED, &summary->n_leads_changed, &error) ||
      !count_leads (self, NEWS_GAINED, &summary->n_leads_gained, &error) || !count_leads (self, NEWS_LOST, &summary->n_leads_lost, &error) ||
      !count_edits (self, "summary_sent", &summary->n_sent, &error) || !count_edits (self, "summary_conflicts", &summary->n_conflicts, &error) ||
      !count_edits (self, "summary_rejected", &summary->n_rejected, &error))
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&summary), g_free);
}

void
kam_store_summary_async (KamStore            *self,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  kam_store_push (self, kam_store_task (self, kam_store_summary_async, cancellable, callback, user_data), summary_job);
}

gboolean
kam_store_summary_finish (KamStore        *self,
                          GAsyncResult    *result,
                          KamSyncSummary  *summary,
                          GError         **error)
{
  g_autofree KamSyncSummary *found = NULL;

  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  found = g_task_propagate_pointer (G_TASK (result), error);

  if (found != NULL)
    *summary = *found;

  return found != NULL;
}

static gboolean
clear (KamWorker  *self,
       gpointer    data,
       GError    **error)
{
  return kam_sqlite_exec (self->db, error, "DELETE FROM lead_news", "") &&
         kam_sqlite_exec (self->db, error, "DELETE FROM meta WHERE key IN ('summary_sent', 'summary_conflicts', 'summary_rejected')", "") &&
         kam_meta_set_number (self, "summary_since", kam_clock_now (self->clock), error);
}

void
kam_store_summary_seen_async (KamStore            *self,
                              GCancellable        *cancellable,
                              GAsyncReadyCallback  callback,
                              gpointer             user_data)
{
  kam_store_push_write (self, kam_store_task (self, kam_store_summary_seen_async, cancellable, callback, user_data), clear, FALSE, NULL, NULL);
}

gboolean
kam_store_summary_seen_finish (KamStore      *self,
                               GAsyncResult  *result,
                               GError       **error)
{
  return kam_store_finish_write (self, result, error);
}
