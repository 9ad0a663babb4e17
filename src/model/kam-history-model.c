/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-history-model.h"

#include "kam-changes-model.h"
#include "kam-store-query.h"
#include "kam-value-text.h"

#include <glib/gi18n.h>

struct _KamHistoryModel
{
  GObject       parent_instance;

  KamWorkspace *workspace;   /* (owned) */
  GCancellable *cancellable; /* (owned) */
  char         *lead_id;     /* (owned) */
  GListStore   *list;        /* (owned): what waits first */
  guint         n_waiting;
  gint64        newest;      /* seq of the newest entry; 0: none yet */
  gint64        next;        /* what to ask with for older ones; 0: there are none */
  gint64        asked;       /* `before` of the question under way; -1: none is */
  char         *problem;     /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (KamHistoryModel, kam_history_model, G_TYPE_OBJECT)

enum
{
  CHANGED,
  FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
emit_changed (KamHistoryModel *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

/* What waits here */

static void
update_waiting (KamHistoryModel *self)
{
  GListModel *waiting = kam_changes_model_get_list (kam_workspace_get_changes (self->workspace), KAM_CHANGES_WAITING);
  guint n = g_list_model_get_n_items (waiting);
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (KamChangeItem) item = g_list_model_get_item (waiting, i);
      const KamPending *pending = kam_change_item_get (item);

      if (pending->mutation != NULL && g_strcmp0 (pending->lead_id, self->lead_id) == 0)
        g_ptr_array_add (items, kam_history_item_new_pending (pending));
    }
  if (self->n_waiting == 0 && items->len == 0)
    return;

  g_list_store_splice (self->list, 0, self->n_waiting, items->pdata, items->len);
  self->n_waiting = items->len;
  emit_changed (self);
}

/* What the server tells */

static guint
n_entries (KamHistoryModel *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->list)) - self->n_waiting;
}

void
kam_history_model_take (KamHistoryModel *self,
                        GPtrArray       *entries,
                        gint64           next)
{
  g_autoptr (GPtrArray) items = g_ptr_array_new_with_free_func (g_object_unref);
  gint64 newest = entries->len > 0 ? ((KamHistoryEntry *) g_ptr_array_index (entries, 0))->seq : 0;
  gboolean from_start = self->asked <= 0;

  /* Nothing new: what is scrolled to and focused stays. */
  if (from_start && newest == self->newest && n_entries (self) > 0)
    return;

  g_ptr_array_set_free_func (entries, NULL);
  for (guint i = 0; i < entries->len; i++)
    {
      g_autoptr (KamHistoryItem) item = kam_history_item_new_entry (g_ptr_array_index (entries, i));

      if (kam_history_item_is_shown (item))
        g_ptr_array_add (items, g_steal_pointer (&item));
    }
  g_ptr_array_set_size (entries, 0);
  if (from_start)
    self->newest = newest;
  self->next = next;
  g_list_store_splice (self->list, from_start ? self->n_waiting : g_list_model_get_n_items (G_LIST_MODEL (self->list)), from_start ? n_entries (self) : 0,
                       items->pdata, items->len);
}

static void
history_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (KamHistoryModel) self = KAM_HISTORY_MODEL (user_data);
  g_autoptr (GError) error = NULL;
  gint64 next = 0;
  g_autoptr (GPtrArray) entries = kam_sync_history_finish (KAM_SYNC (source), result, &next, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_clear_pointer (&self->problem, g_free);
  if (entries != NULL)
    kam_history_model_take (self, entries, next);
  /* A lead that only this device knows has no history yet but what waits. */
  else if (!g_error_matches (error, KAM_SYNC_ERROR, KAM_SYNC_ERROR_MISSING))
    self->problem = g_strdup (error->message);
  self->asked = -1;
  emit_changed (self);
}

static void
ask (KamHistoryModel *self,
     gint64           before)
{
  KamSync *sync = kam_workspace_get_sync (self->workspace);

  if (self->asked >= 0 || kam_sync_get_status (sync) == KAM_SYNC_LOCAL)
    return;

  self->asked = before;
  kam_sync_history_async (sync, KAM_ENTITY_LEAD, self->lead_id, TRUE, before, self->cancellable, history_cb, g_object_ref (self));
  emit_changed (self);
}

static void
store_changed_cb (KamHistoryModel *self,
                  KamChanges      *changes)
{
  if (kam_changes_has_lead (changes, self->lead_id))
    ask (self, 0);
}

/* Restoring */

typedef struct
{
  KamHistoryModel *self; /* (owned) */
  KamHistoryItem  *item; /* (owned) */
} Restore;

static void
edited_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (KamHistoryModel) self = KAM_HISTORY_MODEL (user_data);
  g_autoptr (GError) error = NULL;

  if (!kam_workspace_edit_finish (KAM_WORKSPACE (source), result, &error))
    g_signal_emit (self, signals[FAILED], 0, error->message);
}

static void
restore_in (KamHistoryModel *self,
            KamHistoryItem  *item,
            KamRow          *row)
{
  g_autoptr (GPtrArray) mutations = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_mutation_free);
  KamMutation *mutation = kam_history_item_restore (item, row, kam_clock_now (kam_workspace_get_clock (self->workspace)));
  g_autoptr (KamHistoryText) text = kam_history_text_new (self->workspace, item, self->lead_id);

  if (mutation == NULL)
    {
      g_signal_emit (self, signals[FAILED], 0, _("It is so already"));
      return;
    }

  g_ptr_array_add (mutations, mutation);
  kam_workspace_edit_async (self->workspace, mutations, text->title, NULL, edited_cb, g_object_ref (self));
}

static void
row_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autofree Restore *restore = user_data;
  g_autoptr (KamHistoryModel) self = restore->self;
  g_autoptr (KamHistoryItem) item = restore->item;
  g_autoptr (GError) error = NULL;
  g_autoptr (KamRow) row = kam_store_get_row_finish (KAM_STORE (source), result, &error);

  if (row != NULL)
    restore_in (self, item, row);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_signal_emit (self, signals[FAILED], 0, error->message);
}

static void
kam_history_model_dispose (GObject *object)
{
  KamHistoryModel *self = KAM_HISTORY_MODEL (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->workspace);
  G_OBJECT_CLASS (kam_history_model_parent_class)->dispose (object);
}

static void
kam_history_model_finalize (GObject *object)
{
  KamHistoryModel *self = KAM_HISTORY_MODEL (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->list);
  g_free (self->lead_id);
  g_free (self->problem);
  G_OBJECT_CLASS (kam_history_model_parent_class)->finalize (object);
}

static void
kam_history_model_class_init (KamHistoryModelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = kam_history_model_dispose;
  object_class->finalize = kam_history_model_finalize;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
kam_history_model_init (KamHistoryModel *self)
{
  self->cancellable = g_cancellable_new ();
  self->list = g_list_store_new (KAM_TYPE_HISTORY_ITEM);
  self->asked = -1;
}

KamHistoryModel *
kam_history_model_new (KamWorkspace *workspace,
                       const char   *lead_id)
{
  KamHistoryModel *self = g_object_new (KAM_TYPE_HISTORY_MODEL, NULL);

  self->workspace = g_object_ref (workspace);
  self->lead_id = g_strdup (lead_id);
  g_signal_connect_object (kam_workspace_get_changes (workspace), "changed", G_CALLBACK (update_waiting), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (kam_workspace_get_store (workspace), "changed", G_CALLBACK (store_changed_cb), self, G_CONNECT_SWAPPED);
  update_waiting (self);
  ask (self, 0);

  return self;
}

const char *
kam_history_model_get_lead_id (KamHistoryModel *self)
{
  return self->lead_id;
}

GListModel *
kam_history_model_get_list (KamHistoryModel *self)
{
  return G_LIST_MODEL (self->list);
}

gboolean
kam_history_model_is_loading (KamHistoryModel *self)
{
  return self->asked >= 0;
}

gboolean
kam_history_model_has_more (KamHistoryModel *self)
{
  return self->next != 0;
}

void
kam_history_model_load_more (KamHistoryModel *self)
{
  if (self->next != 0)
    ask (self, self->next);
}

void
kam_history_model_reload (KamHistoryModel *self)
{
  ask (self, 0);
}

const char *
kam_history_model_get_problem (KamHistoryModel *self)
{
  return self->problem;
}

void
kam_history_model_restore (KamHistoryModel *self,
                           KamHistoryItem  *item)
{
  const KamHistoryEntry *entry = kam_history_item_get_entry (item);
  Restore *restore = NULL;

  g_return_if_fail (entry != NULL);

  restore = g_new0 (Restore, 1);
  restore->self = g_object_ref (self);
  restore->item = g_object_ref (item);
  kam_store_get_row_async (kam_workspace_get_store (self->workspace), entry->entity, entry->id, self->cancellable, row_cb, restore);
}
