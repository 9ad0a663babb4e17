/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-day-tick.h"

#include "kam-people-repository.h"
#include "kam-server-log.h"

#define INTERVAL_SECONDS 30

struct _KamDayTick
{
  KamServer *server;       /* (owned) (nullable): NULL once freed, while an answer is still to come */
  guint      source;
  gboolean   is_under_way;
};

static gpointer
turn_day (KamDb         *db,
          gpointer       data,
          GCancellable  *cancellable,
          GError       **error)
{
  const gint64 *now_us = data;
  gboolean changed = FALSE;

  kam_people_turn_day (db, *now_us, &changed, error);

  return GINT_TO_POINTER (changed);
}

static void
turned_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  KamDayTick *self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean changed = GPOINTER_TO_INT (kam_db_pool_run_finish (KAM_DB_POOL (source), result, &error));

  self->is_under_way = FALSE;

  /* The next tick tries again; meanwhile what is over is over, since requests look at the dates themselves. */
  if (error != NULL && self->server != NULL && !kam_server_is_stopping (self->server))
    kam_server_log_fault (NULL, "cover", error->message);
  else if (changed && self->server != NULL)
    kam_poke_hub_wake (kam_server_poke_hub (self->server));

  g_rc_box_release (self);
}

static gboolean
tick_cb (gpointer user_data)
{
  KamDayTick *self = user_data;
  gint64 *now_us;

  if (self->is_under_way || kam_server_is_stopping (self->server))
    return G_SOURCE_CONTINUE;

  now_us = g_new (gint64, 1);
  *now_us = kam_server_now (self->server);
  self->is_under_way = TRUE;
  kam_db_pool_run_async (kam_server_pool (self->server), turn_day, now_us, g_free, NULL, NULL, turned_cb, g_rc_box_acquire (self));

  return G_SOURCE_CONTINUE;
}

KamDayTick *
kam_day_tick_new (KamServer *server)
{
  KamDayTick *self = g_rc_box_new0 (KamDayTick);

  self->server = g_object_ref (server);

  /* A replica follows what its source does. */
  if (kam_server_config (server)->replica)
    return self;

  self->source = g_timeout_add_seconds (INTERVAL_SECONDS, tick_cb, self);
  tick_cb (self);

  return self;
}

void
kam_day_tick_free (KamDayTick *self)
{
  if (self->source != 0)
    g_source_remove (self->source);

  self->source = 0;
  g_clear_object (&self->server);
  g_rc_box_release (self);
}
