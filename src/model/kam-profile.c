/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-profile.h"

#include "kam-profile-problem.h"

#define SAMPLE_SEED 1

struct _KamProfile
{
  GObject          parent_instance;

  char            *dir;        /* (owned) */
  KamClock        *clock;      /* (owned) */
  KamViewState    *views;      /* (owned) */
  KamProfileState  state;
  KamStore        *store;      /* (owned) (nullable) */
  KamSync         *sync;       /* (owned) (nullable) */
  KamWorkspace    *workspace;  /* (owned) (nullable) */
  const char      *problem;    /* translated */
  char            *what_to_do; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (KamProfile, kam_profile, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_STATE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
set_state (KamProfile      *self,
           KamProfileState  state)
{
  if (self->state == state)
    return;

  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

static void
set_ready (KamProfile *self)
{
  if (self->workspace == NULL)
    self->workspace = kam_workspace_new (self->store, self->sync, self->clock);
  set_state (self, KAM_PROFILE_READY);
}

static void
set_nobody (KamProfile *self)
{
  g_autoptr (KamWorkspace) workspace = g_steal_pointer (&self->workspace);

  kam_view_state_forget (self->views, "leads");
  kam_view_state_forget (self->views, "contacts");
  set_state (self, KAM_PROFILE_SIGN_IN);
}

static void
set_problem (KamProfile   *self,
             const GError *error)
{
  g_free (self->what_to_do);
  self->problem = kam_profile_describe (error, self->dir, &self->what_to_do);
  set_state (self, KAM_PROFILE_FAILED);
}

/* Opening */

static void
user_id_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (KamProfile) self = KAM_PROFILE (user_data);
  g_autoptr (GError) error = NULL;
  g_autofree char *user_id = kam_store_get_setting_finish (KAM_STORE (source), result, &error);

  if (self->state == KAM_PROFILE_CLOSED)
    return;
  if (error != NULL)
    set_problem (self, error);
  else if (user_id != NULL)
    set_ready (self);
  else
    set_nobody (self);
}

/* An expired session leaves its rows: whose they are is what counts. */
static void
look_who (KamProfile *self)
{
  if (kam_sync_get_user_id (self->sync) != NULL)
    set_ready (self);
  else
    kam_store_get_setting_async (self->store, "user_id", NULL, user_id_cb, g_object_ref (self));
}

static void
sync_user_id_cb (KamProfile *self)
{
  if (self->state == KAM_PROFILE_READY && kam_sync_get_user_id (self->sync) == NULL)
    look_who (self);
}

static void
started_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (KamProfile) self = KAM_PROFILE (user_data);
  g_autoptr (GError) error = NULL;

  if (!kam_sync_start_finish (KAM_SYNC (source), result, &error))
    g_message ("Sync could not start: %s", error->message);
  if (self->state != KAM_PROFILE_CLOSED)
    look_who (self);
}

static void
opened_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (KamProfile) self = KAM_PROFILE (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (KamStore) store = kam_store_open_finish (result, &error);

  if (self->state == KAM_PROFILE_CLOSED)
    {
      if (store != NULL)
        kam_store_close_async (store, NULL, NULL, NULL);
      return;
    }
  if (store == NULL)
    {
      set_problem (self, error);
      return;
    }

  self->store = g_steal_pointer (&store);
  self->sync = kam_sync_new (self->store, self->clock);
  g_signal_connect_object (self->sync, "notify::user-id", G_CALLBACK (sync_user_id_cb), self, G_CONNECT_SWAPPED);
  kam_sync_start_async (self->sync, NULL, started_cb, g_object_ref (self));
}

/* Signing in and out */

static void
signed_in_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = G_TASK (user_data);
  KamProfile *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (!kam_sync_sign_in_finish (KAM_SYNC (source), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  set_ready (self);
  g_task_return_boolean (task, TRUE);
}

static void
sample_started_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (GTask) task = G_TASK (user_data);
  KamProfile *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (!kam_sync_start_finish (KAM_SYNC (source), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  set_ready (self);
  g_task_return_boolean (task, TRUE);
}

static void
made_local_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GTask) task = G_TASK (user_data);
  KamProfile *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (kam_store_set_setting_finish (KAM_STORE (source), result, &error))
    kam_sync_start_async (self->sync, NULL, sample_started_cb, g_steal_pointer (&task));
  else
    g_task_return_error (task, error);
}

/* Sync learns from its settings that there is nobody to talk to. */
static void
filled_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = G_TASK (user_data);
  GError *error = NULL;
  g_autofree char *user_id = kam_store_fill_sample_finish (KAM_STORE (source), result, &error);

  if (user_id != NULL)
    kam_store_set_setting_async (KAM_STORE (source), "local", "1", NULL, made_local_cb, g_steal_pointer (&task));
  else
    g_task_return_error (task, error);
}

static void
signed_out_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (GTask) task = G_TASK (user_data);
  KamProfile *self = g_task_get_source_object (task);
  GError *error = NULL;

  if (!kam_sync_sign_out_finish (KAM_SYNC (source), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  set_nobody (self);
  g_task_return_boolean (task, TRUE);
}

/* Closing */

static void
closed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = G_TASK (user_data);
  GError *error = NULL;

  if (kam_store_close_finish (KAM_STORE (source), result, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
stopped_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = G_TASK (user_data);
  KamProfile *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;

  if (!kam_sync_stop_finish (KAM_SYNC (source), result, &error))
    g_message ("Sync did not stop cleanly: %s", error->message);
  kam_store_close_async (self->store, NULL, closed_cb, g_steal_pointer (&task));
}

static void
kam_profile_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_STATE:
      g_value_set_int (value, (int) KAM_PROFILE (object)->state);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
kam_profile_finalize (GObject *object)
{
  KamProfile *self = KAM_PROFILE (object);

  g_clear_object (&self->workspace);
  g_clear_object (&self->sync);
  g_clear_object (&self->store);
  g_clear_object (&self->views);
  g_clear_pointer (&self->clock, kam_clock_unref);
  g_clear_pointer (&self->what_to_do, g_free);
  g_clear_pointer (&self->dir, g_free);
  G_OBJECT_CLASS (kam_profile_parent_class)->finalize (object);
}

static void
kam_profile_class_init (KamProfileClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = kam_profile_get_property;
  object_class->finalize = kam_profile_finalize;

  properties[PROP_STATE] = g_param_spec_int ("state", NULL, NULL, KAM_PROFILE_OPENING, KAM_PROFILE_CLOSED, KAM_PROFILE_OPENING,
                                             G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
kam_profile_init (KamProfile *self)
{
}

KamProfile *
kam_profile_new (const char *dir,
                 KamClock   *clock)
{
  KamProfile *self = g_object_new (KAM_TYPE_PROFILE, NULL);

  self->dir = dir != NULL ? g_canonicalize_filename (dir, NULL) : g_build_filename (g_get_user_data_dir (), "kam", "default", NULL);
  self->clock = kam_clock_ref (clock);
  self->views = kam_view_state_new (self->dir);

  return self;
}

const char *
kam_profile_get_dir (KamProfile *self)
{
  return self->dir;
}

KamViewState *
kam_profile_get_views (KamProfile *self)
{
  return self->views;
}

KamProfileState
kam_profile_get_state (KamProfile *self)
{
  return self->state;
}

KamWorkspace *
kam_profile_get_workspace (KamProfile *self)
{
  return self->workspace;
}

KamSync *
kam_profile_get_sync (KamProfile *self)
{
  return self->sync;
}

gboolean
kam_profile_has_keyring (KamProfile *self)
{
  return self->sync != NULL && kam_sync_has_keyring (self->sync);
}

const char *
kam_profile_get_problem (KamProfile  *self,
                         const char **what_to_do)
{
  *what_to_do = self->what_to_do;

  return self->problem;
}

void
kam_profile_open (KamProfile *self)
{
  g_return_if_fail (self->store == NULL);

  set_state (self, KAM_PROFILE_OPENING);
  kam_store_open_async (self->dir, self->clock, NULL, opened_cb, g_object_ref (self));
}

void
kam_profile_sign_in_async (KamProfile          *self,
                           const char          *server,
                           const char          *ca_file,
                           const char          *email,
                           const char          *password,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, kam_profile_sign_in_async);
  kam_sync_sign_in_async (self->sync, server, ca_file, email, password, cancellable, signed_in_cb, task);
}

gboolean
kam_profile_sign_in_finish (KamProfile    *self,
                            GAsyncResult  *result,
                            GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
kam_profile_fill_sample_async (KamProfile            *self,
                               guint                  leads,
                               GCancellable          *cancellable,
                               GFileProgressCallback  progress,
                               gpointer               progress_data,
                               GAsyncReadyCallback    callback,
                               gpointer               user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, kam_profile_fill_sample_async);
  kam_store_fill_sample_async (self->store, leads, SAMPLE_SEED, cancellable, progress, progress_data, filled_cb, task);
}

gboolean
kam_profile_fill_sample_finish (KamProfile    *self,
                                GAsyncResult  *result,
                                GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
kam_profile_sign_out_async (KamProfile          *self,
                            gboolean             discard,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, kam_profile_sign_out_async);
  kam_sync_sign_out_async (self->sync, discard, cancellable, signed_out_cb, task);
}

gboolean
kam_profile_sign_out_finish (KamProfile    *self,
                             GAsyncResult  *result,
                             GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
kam_profile_close_async (KamProfile          *self,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, kam_profile_close_async);
  kam_view_state_flush (self->views);
  g_clear_object (&self->workspace);
  set_state (self, KAM_PROFILE_CLOSED);
  if (self->store == NULL)
    g_task_return_boolean (task, TRUE);
  else
    kam_sync_stop_async (self->sync, stopped_cb, g_steal_pointer (&task));
}

gboolean
kam_profile_close_finish (KamProfile    *self,
                          GAsyncResult  *result,
                          GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
