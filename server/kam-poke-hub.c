/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-poke-hub.h"

#include "kam-org-repository.h"

typedef struct
{
  KamPokeHub     *hub;            /* (unowned) */
  guint           id;
  GHashTable     *scopes;         /* (owned) set of utf8 */
  gint64          checked;        /* nothing of these scopes was touched after what it was told, up to here */
  guint           timeout;        /* source id */
  KamPokeFunc     func;
  gpointer        user_data;      /* (owned) */
  GDestroyNotify  user_data_free;
} Waiter;

struct _KamPokeHub
{
  GObject      parent_instance;
  KamDbPool   *pool;      /* (owned) */
  GHashTable  *waiters;   /* (owned) id → Waiter */
  guint        last_id;
  guint        ticker;    /* source id; 0 while nobody waits */
  gboolean     asking;    /* a question is under way */
  gboolean     ask_again; /* something was committed meanwhile */
  gint64       head;      /* the newest known */
};

G_DEFINE_FINAL_TYPE (KamPokeHub, kam_poke_hub, G_TYPE_OBJECT)

/* What the database was asked, and what it said. */
typedef struct
{
  gint64     after;
  gint64     head;
  GPtrArray *scopes; /* (owned) (nullable) */
} News;

static void ask (KamPokeHub *self);

static void
news_free (gpointer data)
{
  News *news = data;

  g_clear_pointer (&news->scopes, g_ptr_array_unref);
  g_free (news);
}

static void
waiter_free (gpointer data)
{
  Waiter *waiter = data;

  if (waiter->timeout != 0)
    g_source_remove (waiter->timeout);
  g_hash_table_unref (waiter->scopes);
  if (waiter->user_data_free != NULL)
    waiter->user_data_free (waiter->user_data);
  g_free (waiter);
}

static gpointer
read_news (KamDb         *db,
           gpointer       data,
           GCancellable  *cancellable,
           GError       **error)
{
  gint64 after = *(gint64 *) data;
  g_autoptr (GPtrArray) scopes = NULL;
  KamOrg org;
  News *news;

  if (!kam_org_read (db, &org, error))
    return NULL;

  if (org.head > after)
    {
      scopes = kam_org_touched (db, after, org.head, error);
      if (scopes == NULL)
        return NULL;
    }

  news = g_new0 (News, 1);
  news->after = after;
  news->head = org.head;
  news->scopes = g_steal_pointer (&scopes);

  return news;
}

static gboolean
is_touched (Waiter    *waiter,
            GPtrArray *scopes)
{
  for (guint i = 0; i < scopes->len; i++)
    {
      if (g_hash_table_contains (waiter->scopes, g_ptr_array_index (scopes, i)))
        return TRUE;
    }

  return FALSE;
}

static void
answer (KamPokeHub *self,
        Waiter     *waiter)
{
  KamPokeFunc func = waiter->func;
  gint64 head = MAX (self->head, waiter->checked);

  g_hash_table_steal (self->waiters, GUINT_TO_POINTER (waiter->id));
  func (head, waiter->user_data);
  waiter_free (waiter);
}

static void
spread (KamPokeHub *self,
        News       *news)
{
  g_autoptr (GList) waiters = g_hash_table_get_values (self->waiters);

  self->head = MAX (self->head, news->head);
  for (GList *l = waiters; l != NULL && news->scopes != NULL; l = l->next)
    {
      Waiter *waiter = l->data;

      if (waiter->checked < news->after)
        continue; /* came while the question was under way, from further back: the next one is for it */

      if (waiter->checked < news->head && is_touched (waiter, news->scopes))
        answer (self, waiter);
      else
        waiter->checked = MAX (waiter->checked, news->head);
    }
}

static void
asked_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (KamPokeHub) self = user_data;
  g_autoptr (GError) error = NULL;
  News *news = kam_db_pool_run_finish (self->pool, result, &error);

  self->asking = FALSE;
  if (news != NULL)
    {
      spread (self, news);
      news_free (news);
    }

  /* Where the database did not answer, the next tick asks again. */
  if (self->ask_again)
    ask (self);
}

static void
ask (KamPokeHub *self)
{
  GHashTableIter iter;
  gpointer value;
  gint64 *after;

  self->ask_again = self->asking;
  if (self->asking || g_hash_table_size (self->waiters) == 0)
    return;

  self->asking = TRUE;
  after = g_new (gint64, 1);
  *after = G_MAXINT64;
  g_hash_table_iter_init (&iter, self->waiters);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    *after = MIN (*after, ((Waiter *) value)->checked);

  kam_db_pool_run_async (self->pool, read_news, after, g_free, news_free, NULL, asked_cb, g_object_ref (self));
}

static gboolean
tick_cb (gpointer user_data)
{
  KamPokeHub *self = user_data;

  if (g_hash_table_size (self->waiters) == 0)
    {
      self->ticker = 0;
      return G_SOURCE_REMOVE;
    }

  if (!self->asking)
    ask (self);

  return G_SOURCE_CONTINUE;
}

static gboolean
timeout_cb (gpointer user_data)
{
  Waiter *waiter = user_data;

  waiter->timeout = 0;
  answer (waiter->hub, waiter);

  return G_SOURCE_REMOVE;
}

static void
kam_poke_hub_dispose (GObject *object)
{
  KamPokeHub *self = KAM_POKE_HUB (object);

  if (self->ticker != 0)
    g_source_remove (self->ticker);
  self->ticker = 0;
  g_hash_table_remove_all (self->waiters);

  G_OBJECT_CLASS (kam_poke_hub_parent_class)->dispose (object);
}

static void
kam_poke_hub_finalize (GObject *object)
{
  KamPokeHub *self = KAM_POKE_HUB (object);

  g_hash_table_unref (self->waiters);
  g_clear_object (&self->pool);

  G_OBJECT_CLASS (kam_poke_hub_parent_class)->finalize (object);
}

static void
kam_poke_hub_class_init (KamPokeHubClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = kam_poke_hub_dispose;
  object_class->finalize = kam_poke_hub_finalize;
}

static void
kam_poke_hub_init (KamPokeHub *self)
{
  self->waiters = g_hash_table_new_full (NULL, NULL, NULL, waiter_free);
}

KamPokeHub *
kam_poke_hub_new (KamDbPool *pool)
{
  KamPokeHub *self = g_object_new (KAM_TYPE_POKE_HUB, NULL);

  self->pool = g_object_ref (pool);

  return self;
}

guint
kam_poke_hub_wait (KamPokeHub     *self,
                   GPtrArray      *scopes,
                   gint64          checked,
                   guint           seconds,
                   KamPokeFunc     func,
                   gpointer        user_data,
                   GDestroyNotify  user_data_free)
{
  Waiter *waiter = g_new0 (Waiter, 1);

  waiter->hub = self;
  waiter->id = ++self->last_id;
  if (waiter->id == 0)
    waiter->id = ++self->last_id;
  waiter->scopes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < scopes->len; i++)
    g_hash_table_add (waiter->scopes, g_strdup (g_ptr_array_index (scopes, i)));
  waiter->checked = checked;
  waiter->func = func;
  waiter->user_data = user_data;
  waiter->user_data_free = user_data_free;
  waiter->timeout = g_timeout_add_seconds (seconds, timeout_cb, waiter);
  g_hash_table_insert (self->waiters, GUINT_TO_POINTER (waiter->id), waiter);

  if (self->ticker == 0)
    self->ticker = g_timeout_add (KAM_POKE_INTERVAL_MS, tick_cb, self);

  /* This process may have committed since the waiter's question was answered. */
  if (self->head > checked)
    ask (self);

  return waiter->id;
}

void
kam_poke_hub_leave (KamPokeHub *self,
                    guint       waiter)
{
  g_hash_table_remove (self->waiters, GUINT_TO_POINTER (waiter));
}

guint
kam_poke_hub_size (KamPokeHub *self)
{
  return g_hash_table_size (self->waiters);
}

void
kam_poke_hub_wake (KamPokeHub *self)
{
  ask (self);
}

void
kam_poke_hub_release (KamPokeHub *self)
{
  g_autoptr (GList) waiters = g_hash_table_get_values (self->waiters);

  for (GList *l = waiters; l != NULL; l = l->next)
    answer (self, l->data);
}
