/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-workspace.h"

#include "kam-changes-model.h"
#include "kam-store-edit.h"
#include "kam-store-query.h"
#include "kam-summary.h"
#include "kam-undo.h"

#include <glib/gi18n.h>

struct _KamWorkspace
{
  GObject       parent_instance;

  KamStore     *store;         /* (owned) */
  KamSync      *sync;          /* (owned) */
  KamClock     *clock;         /* (owned) */
  KamRowCache  *rows;          /* (owned) */
  KamChangesModel *changes;    /* (owned) */
  KamSummary   *summary;       /* (owned) */
  GCancellable *cancellable;   /* (owned) */
  GHashTable   *people;        /* (owned) (element-type utf8 KamRow) */
  char         *user_id;       /* (owned) (nullable) */
  KamUndo      *undo;          /* (owned) */
};

G_DEFINE_FINAL_TYPE (KamWorkspace, kam_workspace, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_USER_ID,
  PROP_ROLE,
  PROP_CAN_UNDO,
  PROP_CAN_REDO,
  N_PROPS
};

enum
{
  EDITED,
  UNDONE,
  FAILED,
  PEOPLE_CHANGED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void
set_user_id (KamWorkspace *self,
             const char   *user_id)
{
  if (g_strcmp0 (self->user_id, user_id) == 0)
    return;

  g_free (self->user_id);
  self->user_id = g_strdup (user_id);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_USER_ID]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROLE]);
}

static void
people_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (KamWorkspace) self = KAM_WORKSPACE (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = kam_store_people_finish (KAM_STORE (source), result, &error);

  if (rows == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) && !g_error_matches (error, KAM_STORE_ERROR, KAM_STORE_ERROR_CLOSED))
        g_message ("The people directory could not be read: %s", error->message);
      return;
    }

  g_hash_table_remove_all (self->people);
  for (guint i = 0; i < rows->len; i++)
    {
      KamRow *row = g_ptr_array_index (rows, i);

      g_hash_table_insert (self->people, g_strdup (kam_row_id (row)), kam_row_ref (row));
    }
  g_signal_emit (self, signals[PEOPLE_CHANGED], 0);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROLE]);
}

static void
read_people (KamWorkspace *self)
{
  kam_store_people_async (self->store, self->cancellable, people_cb, g_object_ref (self));
}

static void
user_id_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (KamWorkspace) self = KAM_WORKSPACE (user_data);
  g_autoptr (GError) error = NULL;
  g_autofree char *user_id = kam_store_get_setting_finish (KAM_STORE (source), result, &error);

  if (user_id != NULL)
    set_user_id (self, user_id);
}

static void
store_changed_cb (KamWorkspace *self,
                  KamChanges   *changes)
{
  if (kam_changes_has_any (changes, KAM_ENTITY_USER))
    read_people (self);
}

static void
sync_user_id_cb (KamWorkspace *self)
{
  const char *user_id = kam_sync_get_user_id (self->sync);

  if (user_id != NULL)
    set_user_id (self, user_id);
}

static void
undo_changed_cb (KamWorkspace *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAN_UNDO]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CAN_REDO]);
}

static void
undo_done_cb (KamWorkspace *self,
              const char   *label)
{
  g_signal_emit (self, signals[UNDONE], 0, label);
}

static void
undo_failed_cb (KamWorkspace *self,
                const char   *message)
{
  g_signal_emit (self, signals[FAILED], 0, message);
}

static void
edit_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GTask) task = G_TASK (user_data);
  KamWorkspace *self = g_task_get_source_object (task);
  KamUndoStep *step = g_task_get_task_data (task);
  const KamMutation *first = g_ptr_array_index (step->mutations, 0);
  GError *error = NULL;

  if (!kam_store_edit_finish (KAM_STORE (source), result, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  kam_undo_remember (self->undo, step->label, step->mutations);
  g_signal_emit (self, signals[EDITED], 0, step->label, first->op == KAM_OP_DELETE, (int) first->entity);
  g_task_return_boolean (task, TRUE);
}

static void
kam_workspace_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  KamWorkspace *self = KAM_WORKSPACE (object);

  switch (prop_id)
    {
    case PROP_USER_ID:
      g_value_set_string (value, self->user_id);
      break;

    case PROP_ROLE:
      g_value_set_string (value, kam_workspace_get_role (self));
      break;

    case PROP_CAN_UNDO:
      g_value_set_boolean (value, kam_undo_can_undo (self->undo));
      break;

    case PROP_CAN_REDO:
      g_value_set_boolean (value, kam_undo_can_redo (self->undo));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
kam_workspace_dispose (GObject *object)
{
  KamWorkspace *self = KAM_WORKSPACE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->store);
  g_clear_object (&self->sync);
  g_clear_object (&self->rows);
  g_clear_object (&self->changes);
  g_clear_object (&self->summary);
  g_clear_object (&self->undo);
  G_OBJECT_CLASS (kam_workspace_parent_class)->dispose (object);
}

static void
kam_workspace_finalize (GObject *object)
{
  KamWorkspace *self = KAM_WORKSPACE (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->clock, kam_clock_unref);
  g_clear_pointer (&self->people, g_hash_table_unref);
  g_clear_pointer (&self->user_id, g_free);
  G_OBJECT_CLASS (kam_workspace_parent_class)->finalize (object);
}

static void
kam_workspace_class_init (KamWorkspaceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = kam_workspace_get_property;
  object_class->dispose = kam_workspace_dispose;
  object_class->finalize = kam_workspace_finalize;

  properties[PROP_USER_ID] = g_param_spec_string ("user-id", NULL, NULL, NULL, flags);
  properties[PROP_ROLE] = g_param_spec_string ("role", NULL, NULL, "kam", flags);
  properties[PROP_CAN_UNDO] = g_param_spec_boolean ("can-undo", NULL, NULL, FALSE, flags);
  properties[PROP_CAN_REDO] = g_param_spec_boolean ("can-redo", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[EDITED] = g_signal_new ("edited", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_BOOLEAN, G_TYPE_INT);
  signals[UNDONE] = g_signal_new ("undone", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[PEOPLE_CHANGED] = g_signal_new ("people-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
}

static void
kam_workspace_init (KamWorkspace *self)
{
  self->cancellable = g_cancellable_new ();
  self->people = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) kam_row_unref);
}

KamWorkspace *
kam_workspace_new (KamStore *store,
                   KamSync  *sync,
                   KamClock *clock)
{
  KamWorkspace *self = g_object_new (KAM_TYPE_WORKSPACE, NULL);

  self->store = g_object_ref (store);
  self->sync = g_object_ref (sync);
  self->clock = kam_clock_ref (clock);
  self->rows = kam_row_cache_new (store);
  self->changes = kam_changes_model_new (store, clock);
  self->summary = kam_summary_new (store, sync, clock);
  self->user_id = g_strdup (kam_sync_get_user_id (sync));
  self->undo = kam_undo_new (store, clock);
  g_signal_connect_object (self->undo, "changed", G_CALLBACK (undo_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->undo, "done", G_CALLBACK (undo_done_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->undo, "failed", G_CALLBACK (undo_failed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (store, "changed", G_CALLBACK (store_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (sync, "notify::user-id", G_CALLBACK (sync_user_id_cb), self, G_CONNECT_SWAPPED);
  kam_store_get_setting_async (store, "user_id", self->cancellable, user_id_cb, g_object_ref (self));
  read_people (self);

  return self;
}

KamStore *
kam_workspace_get_store (KamWorkspace *self)
{
  return self->store;
}

KamSync *
kam_workspace_get_sync (KamWorkspace *self)
{
  return self->sync;
}

KamClock *
kam_workspace_get_clock (KamWorkspace *self)
{
  return self->clock;
}

KamRowCache *
kam_workspace_get_rows (KamWorkspace *self)
{
  return self->rows;
}

KamChangesModel *
kam_workspace_get_changes (KamWorkspace *self)
{
  return self->changes;
}

KamSummary *
kam_workspace_get_summary (KamWorkspace *self)
{
  return self->summary;
}

const char *
kam_workspace_get_user_id (KamWorkspace *self)
{
  return self->user_id;
}

const char *
kam_workspace_get_role (KamWorkspace *self)
{
  KamRow *person = kam_workspace_get_person (self, self->user_id);
  const char *role = person != NULL ? kam_row_text (person, KAM_USER_ROLE) : NULL;

  return role != NULL ? role : "kam";
}

KamRow *
kam_workspace_get_person (KamWorkspace *self,
                          const char   *id)
{
  return id != NULL ? g_hash_table_lookup (self->people, id) : NULL;
}

const char *
kam_workspace_get_person_name (KamWorkspace *self,
                               const char   *id)
{
  KamRow *person = kam_workspace_get_person (self, id);

  return person != NULL ? kam_row_text (person, KAM_USER_NAME) : NULL;
}

void
kam_workspace_edit_async (KamWorkspace        *self,
                          GPtrArray           *mutations,
                          const char          *label,
                          GCancellable        *cancellable,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_return_if_fail (mutations->len > 0);

  g_task_set_source_tag (task, kam_workspace_edit_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, kam_undo_step_new (label, mutations), (GDestroyNotify) kam_undo_step_free);
  kam_store_edit_async (self->store, mutations, cancellable, edit_cb, g_steal_pointer (&task));
}

gboolean
kam_workspace_edit_finish (KamWorkspace  *self,
                           GAsyncResult  *result,
                           GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

void
kam_workspace_undo (KamWorkspace *self)
{
  kam_undo_take (self->undo, FALSE);
}

void
kam_workspace_redo (KamWorkspace *self)
{
  kam_undo_take (self->undo, TRUE);
}
