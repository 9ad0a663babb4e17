/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-sync-worker-private.h"

#include "kam-time.h"

/* When the copy was compared with the server last, and when it is to be again. */

#define CHECK_EVERY_DAYS 30

static gint64
last_checked (KamSyncWorker *self)
{
  gint64 at = 0;

  if (self->settings == NULL || self->settings->checked == NULL)
    return 0;

  return g_ascii_string_to_signed (self->settings->checked, 10, 0, G_MAXINT64, &at, NULL) ? at : 0;
}

gint64
kam_sync_worker_get_last_checked (KamSyncWorker *self)
{
  return last_checked (self);
}

static void
saved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  g_autoptr (KamOperation) operation = data;
  g_autoptr (GError) error = NULL;

  if (!kam_store_set_setting_finish (KAM_STORE (source), result, &error))
    g_warning ("The cache failed: %s", error->message);
}

static void
note_now (KamSyncWorker *self)
{
  g_free (self->settings->checked);
  self->settings->checked = g_strdup_printf ("%" G_GINT64_FORMAT, kam_clock_now (self->clock));
  kam_store_set_setting_async (self->store, "checked", self->settings->checked, NULL, saved_cb, kam_operation_new (self, KAM_LANE_HELLO));
}

/* Seldom, while nothing else is to be done. A copy that has just been read whole is as good as compared. */
void
kam_sync_worker_look_at_check (KamSyncWorker *self)
{
  gint64 age = kam_clock_now (self->clock) - last_checked (self);

  if (!self->running || self->settings == NULL || self->status.state != KAM_ENGINE_SYNCED)
    return;

  /* A day ahead: the clock was wrong then, or is wrong now. */
  if (last_checked (self) == 0)
    note_now (self);
  else if (age > CHECK_EVERY_DAYS * KAM_US_PER_DAY || age < -KAM_US_PER_DAY)
    kam_sync_worker_feed (self, &(KamEvent) { .kind = KAM_EVENT_CHECK });
}

void
kam_sync_worker_note_checked (KamSyncWorker *self,
                              guint          n_differing)
{
  self->repaired = n_differing;
  note_now (self);
  kam_sync_worker_report (self);
}
