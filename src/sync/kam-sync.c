/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-sync.h"

#include "kam-sync-worker.h"

struct _KamSync
{
  GObject          parent_instance;

  KamStore        *store;   /* (owned) */
  GNetworkMonitor *network; /* (owned) */
  KamSyncWorker   *worker;  /* (owned) */
  KamSyncReport   *report;  /* (owned): what the properties say */
};

G_DEFINE_FINAL_TYPE (KamSync, kam_sync, G_TYPE_OBJECT)
G_DEFINE_QUARK (kam-sync-error-quark, kam_sync_error)

enum
{
  PROP_STATUS = 1,
  PROP_PENDING,
  PROP_REJECTED,
  PROP_FRACTION,
  PROP_ROWS,
  PROP_LAST_SYNCED,
  PROP_MESSAGE,
  PROP_SERVER,
  PROP_USER_ID,
  PROP_CLOCK_SKEW,
  PROP_CHECKING,
  PROP_LAST_CHECKED,
  PROP_REPAIRED,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

GType
kam_sync_status_get_type (void)
{
  static gsize type = 0;

  if (g_once_init_enter (&type))
    {
      static const GEnumValue values[] = {
        { KAM_SYNC_LOCAL, "KAM_SYNC_LOCAL", "local" },
        { KAM_SYNC_SIGNED_OUT, "KAM_SYNC_SIGNED_OUT", "signed-out" },
        { KAM_SYNC_OFFLINE, "KAM_SYNC_OFFLINE", "offline" },
        { KAM_SYNC_SYNCING, "KAM_SYNC_SYNCING", "syncing" },
        { KAM_SYNC_SYNCED, "KAM_SYNC_SYNCED", "synced" },
        { KAM_SYNC_ATTENTION, "KAM_SYNC_ATTENTION", "attention" },
        { 0, NULL, NULL },
      };

      g_once_init_leave (&type, g_enum_register_static ("KamSyncStatus", values));
    }

  return type;
}

static gboolean
differs (const KamSyncReport *a,
         const KamSyncReport *b,
         guint                property)
{
  switch (property)
    {
    case PROP_STATUS: return a->status != b->status;
    case PROP_PENDING: return a->pending != b->pending;
    case PROP_REJECTED: return a->rejected != b->rejected;
    case PROP_FRACTION: return a->fraction != b->fraction;
    case PROP_ROWS: return a->rows != b->rows;
    case PROP_LAST_SYNCED: return a->last_synced != b->last_synced;
    case PROP_MESSAGE: return g_strcmp0 (a->message, b->message) != 0;
    case PROP_SERVER: return g_strcmp0 (a->server, b->server) != 0;
    case PROP_USER_ID: return g_strcmp0 (a->user_id, b->user_id) != 0;
    case PROP_CLOCK_SKEW: return a->clock_skew != b->clock_skew;
    case PROP_CHECKING: return a->checking != b->checking;
    case PROP_LAST_CHECKED: return a->last_checked != b->last_checked;
    case PROP_REPAIRED: return a->repaired != b->repaired;
    default: g_assert_not_reached ();
    }
}

static KamSyncReport *
copy_report (const KamSyncReport *report)
{
  KamSyncReport *copy = g_memdup2 (report, sizeof *report);

  copy->message = g_strdup (report->message);
  copy->server = g_strdup (report->server);
  copy->user_id = g_strdup (report->user_id);

  return copy;
}

static void
report_cb (const KamSyncReport *report,
           gpointer             owner)
{
  KamSync *self = owner;
  g_autoptr (KamSync) kept = g_object_ref (self);
  g_autoptr (KamSyncReport) before = g_steal_pointer (&self->report);

  self->report = copy_report (report);
  g_object_freeze_notify (G_OBJECT (self));
  for (guint i = PROP_STATUS; i < N_PROPERTIES; i++)
    {
      if (differs (before, report, i))
        g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
    }
  g_object_thaw_notify (G_OBJECT (self));
}

static void
store_changed_cb (KamStore   *store,
                  KamChanges *changes,
                  KamSync    *self)
{
  if (kam_changes_is_outbox (changes))
    kam_sync_worker_edited (self->worker);
}

static void
network_changed_cb (GNetworkMonitor *network,
                    gboolean         available,
                    KamSync         *self)
{
  kam_sync_worker_network (self->worker, available);
}

static void
kam_sync_dispose (GObject *object)
{
  KamSync *self = KAM_SYNC (object);

  g_clear_pointer (&self->worker, kam_sync_worker_abandon);
  g_clear_object (&self->network);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (kam_sync_parent_class)->dispose (object);
}

static void
kam_sync_finalize (GObject *object)
{
  KamSync *self = KAM_SYNC (object);

  kam_sync_report_free (self->report);

  G_OBJECT_CLASS (kam_sync_parent_class)->finalize (object);
}

static void
kam_sync_get_property (GObject    *object,
                       guint       property,
                       GValue     *value,
                       GParamSpec *pspec)
{
  const KamSyncReport *report = KAM_SYNC (object)->report;

  switch (property)
    {
    case PROP_STATUS: g_value_set_enum (value, report->status); break;
    case PROP_PENDING: g_value_set_uint (value, report->pending); break;
    case PROP_REJECTED: g_value_set_uint (value, report->rejected); break;
    case PROP_FRACTION: g_value_set_double (value, report->fraction); break;
    case PROP_ROWS: g_value_set_uint (value, report->rows); break;
    case PROP_LAST_SYNCED: g_value_set_int64 (value, report->last_synced); break;
    case PROP_MESSAGE: g_value_set_string (value, report->message); break;
    case PROP_SERVER: g_value_set_string (value, report->server); break;
    case PROP_USER_ID: g_value_set_string (value, report->user_id); break;
    case PROP_CLOCK_SKEW: g_value_set_int64 (value, report->clock_skew); break;
    case PROP_CHECKING: g_value_set_boolean (value, report->checking); break;
    case PROP_LAST_CHECKED: g_value_set_int64 (value, report->last_checked); break;
    case PROP_REPAIRED: g_value_set_uint (value, report->repaired); break;
    default: G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
kam_sync_class_init (KamSyncClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = kam_sync_dispose;
  object_class->finalize = kam_sync_finalize;
  object_class->get_property = kam_sync_get_property;

  properties[PROP_STATUS] = g_param_spec_enum ("status", NULL, NULL, KAM_TYPE_SYNC_STATUS, KAM_SYNC_SIGNED_OUT, flags);
  properties[PROP_PENDING] = g_param_spec_uint ("pending", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_REJECTED] = g_param_spec_uint ("rejected", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, -1, 1, -1, flags);
  properties[PROP_ROWS] = g_param_spec_uint ("rows", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_LAST_SYNCED] = g_param_spec_int64 ("last-synced", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_MESSAGE] = g_param_spec_string ("message", NULL, NULL, NULL, flags);
  properties[PROP_SERVER] = g_param_spec_string ("server", NULL, NULL, NULL, flags);
  properties[PROP_USER_ID] = g_param_spec_string ("user-id", NULL, NULL, NULL, flags);
  properties[PROP_CLOCK_SKEW] = g_param_spec_int64 ("clock-skew", NULL, NULL, G_MININT64, G_MAXINT64, 0, flags);
  properties[PROP_CHECKING] = g_param_spec_boolean ("checking", NULL, NULL, FALSE, flags);
  properties[PROP_LAST_CHECKED] = g_param_spec_int64 ("last-checked", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_REPAIRED] = g_param_spec_uint ("repaired", NULL, NULL, 0, G_MAXUINT, 0, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
kam_sync_init (KamSync *self)
{
  self->report = g_new0 (KamSyncReport, 1);
  self->report->status = KAM_SYNC_SIGNED_OUT;
  self->report->fraction = -1;
  self->report->has_keyring = TRUE;
}

/**
 * kam_sync_new:
 * @store: the profile's cache
 * @clock: where the time comes from
 *
 * Returns: (transfer full): a sync that does nothing until it is started, or somebody signs in
 */
KamSync *
kam_sync_new (KamStore *store,
              KamClock *clock)
{
  KamSync *self = g_object_new (KAM_TYPE_SYNC, NULL);

  self->store = g_object_ref (store);
  self->worker = kam_sync_worker_new (store, clock, report_cb, self);
  g_signal_connect_object (store, "changed", G_CALLBACK (store_changed_cb), self, 0);
  self->network = g_object_ref (g_network_monitor_get_default ());
  g_signal_connect_object (self->network, "network-changed", G_CALLBACK (network_changed_cb), self, 0);

  return self;
}

/**
 * kam_sync_start_async:
 *
 * Reads who is signed in, and begins. Answers once that is known; never waits for the network or the keyring.
 */
void
kam_sync_start_async (KamSync             *self,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, kam_sync_start_async);
  kam_sync_worker_start (self->worker, task);
}

gboolean
kam_sync_start_finish (KamSync       *self,
                       GAsyncResult  *result,
                       GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * kam_sync_stop_async:
 *
 * Ends for good. What is under way with the server is dropped; what is under way with the store is brought to its end first.
 */
void
kam_sync_stop_async (KamSync             *self,
                     GAsyncReadyCallback  callback,
                     gpointer             user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, kam_sync_stop_async);
  kam_sync_worker_stop (self->worker, task);
}

gboolean
kam_sync_stop_finish (KamSync       *self,
                      GAsyncResult  *result,
                      GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * kam_sync_sign_in_async:
 *
 * Signs in, and begins to sync. Fails with one of KAM_SYNC_ERROR, whose message is for the person, and keeps nothing then. After a session has
 * expired, the same person
 * signs in again by the same call; the cache and what waits stay.
 */
void
kam_sync_sign_in_async (KamSync             *self,
                        const char          *server,
                        const char          *ca_file,
                        const char          *email,
                        const char          *password,
                        GCancellable        *cancellable,
                        GAsyncReadyCallback  callback,
                        gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, kam_sync_sign_in_async);
  g_task_set_check_cancellable (task, FALSE);
  kam_sync_worker_sign_in (self->worker, server, ca_file, email, password, task);
}

gboolean
kam_sync_sign_in_finish (KamSync       *self,
                         GAsyncResult  *result,
                         GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * kam_sync_sign_out_async:
 * @discard: whether what could not be sent may be lost
 *
 * Not to be cancelled once it has begun to erase; @cancellable only keeps the caller from hearing of it.
 */
void
kam_sync_sign_out_async (KamSync             *self,
                         gboolean             discard,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, kam_sync_sign_out_async);
  kam_sync_worker_sign_out (self->worker, discard, task);
}

gboolean
kam_sync_sign_out_finish (KamSync       *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
kam_sync_now (KamSync *self)
{
  kam_sync_worker_now (self->worker);
}

/**
 * kam_sync_check_copy:
 *
 * Has the copy compared with the server at the next occasion. What is found to differ is fetched again, and shown at once when all of it is here;
 * edits that wait stay.
 */
void
kam_sync_check_copy (KamSync *self)
{
  kam_sync_worker_check (self->worker);
}

KamSyncWorker *
kam_sync_get_worker (KamSync *self)
{
  return self->worker;
}

KamSyncStatus
kam_sync_get_status (KamSync *self)
{
  return self->report->status;
}

const char *
kam_sync_get_user_id (KamSync *self)
{
  return self->report->user_id;
}

const char *
kam_sync_get_server (KamSync *self)
{
  return self->report->server;
}

gboolean
kam_sync_has_keyring (KamSync *self)
{
  return self->report->has_keyring;
}
