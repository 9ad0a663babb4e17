/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-undo.h"

#include "kam-store-edit.h"
#include "kam-store-query.h"
#include "kam-undo-prepare.h"

#include <glib/gi18n.h>

#define MAX_STEPS 200

/* A step on its way from one list to the other: its rows are read one after another, then all is saved in one edit. */
typedef struct
{
  KamUndoStep *step;  /* (owned) */
  gboolean     again;
  guint        next;
  GPtrArray   *ready; /* (owned) (element-type KamMutation) */
} Turn;

struct _KamUndo
{
  GObject       parent_instance;

  KamStore     *store;       /* (owned) */
  KamClock     *clock;       /* (owned) */
  GCancellable *cancellable; /* (owned) */
  GQueue        undo;        /* (owned) (element-type KamUndoStep), newest first */
  GQueue        redo;        /* (owned) (element-type KamUndoStep), newest first */
  Turn         *turn;        /* (owned) (nullable): being done */
  GQueue        turns;       /* of booleans: asked for while another is being done */
};

G_DEFINE_FINAL_TYPE (KamUndo, kam_undo, G_TYPE_OBJECT)

enum
{
  CHANGED,
  DONE,
  FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void go_on (KamUndo *self);

static void
turn_free (Turn *turn)
{
  g_clear_pointer (&turn->step, kam_undo_step_free);
  g_clear_pointer (&turn->ready, g_ptr_array_unref);
  g_free (turn);
}

static void
push_step (GQueue      *list,
           KamUndoStep *step)
{
  g_queue_push_head (list, step);
  while (list->length > MAX_STEPS)
    kam_undo_step_free (g_queue_pop_tail (list));
}

static void
end_turn (KamUndo    *self,
          const char *message)
{
  g_clear_pointer (&self->turn, turn_free);
  g_signal_emit (self, signals[CHANGED], 0);
  if (message != NULL)
    g_signal_emit (self, signals[FAILED], 0, message);
  if (!g_queue_is_empty (&self->turns))
    kam_undo_take (self, GPOINTER_TO_INT (g_queue_pop_head (&self->turns)));
}

/* Last edit first when taking back, first one first when doing again. */
static KamMutation *
turn_mutation (Turn *turn)
{
  GPtrArray *mutations = turn->step->mutations;

  return g_ptr_array_index (mutations, turn->again ? turn->next : mutations->len - 1 - turn->next);
}

static void
saved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (KamUndo) self = KAM_UNDO (user_data);
  g_autoptr (GError) error = NULL;
  g_autofree char *label = NULL;
  Turn *turn = self->turn;
  gboolean saved = kam_store_edit_finish (KAM_STORE (source), result, &error);

  if (turn == NULL)
    return;

  if (!saved)
    {
      push_step (turn->again ? &self->redo : &self->undo, g_steal_pointer (&turn->step));
      end_turn (self, error->message);
      return;
    }

  label = g_strdup_printf (turn->again ? _("Done again: %s") : _("Undone: %s"), turn->step->label);
  push_step (turn->again ? &self->undo : &self->redo, g_steal_pointer (&turn->step));
  g_signal_emit (self, signals[DONE], 0, label);
  end_turn (self, NULL);
}

static void
row_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (KamUndo) self = KAM_UNDO (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (KamRow) row = kam_store_get_row_finish (KAM_STORE (source), result, &error);
  Turn *turn = self->turn;

  if (turn == NULL)
    return;

  if (row != NULL)
    {
      KamMutation *mutation = kam_undo_prepare (turn_mutation (turn), row, turn->again, kam_clock_now (self->clock));

      if (mutation != NULL)
        g_ptr_array_add (turn->ready, mutation);
    }
  turn->next++;
  go_on (self);
}

static void
go_on (KamUndo *self)
{
  Turn *turn = self->turn;

  if (turn->next < turn->step->mutations->len)
    {
      KamMutation *mutation = turn_mutation (turn);

      kam_store_get_row_async (self->store, mutation->entity, mutation->id, self->cancellable, row_cb, g_object_ref (self));
    }
  else if (turn->ready->len == 0)
    end_turn (self, _("Nothing is left to undo there: it has been changed since"));
  else
    kam_store_edit_async (self->store, turn->ready, self->cancellable, saved_cb, g_object_ref (self));
}

static void
kam_undo_dispose (GObject *object)
{
  KamUndo *self = KAM_UNDO (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->turn, turn_free);
  g_clear_object (&self->store);
  g_queue_clear_full (&self->undo, (GDestroyNotify) kam_undo_step_free);
  g_queue_clear_full (&self->redo, (GDestroyNotify) kam_undo_step_free);
  g_queue_clear (&self->turns);
  G_OBJECT_CLASS (kam_undo_parent_class)->dispose (object);
}

static void
kam_undo_finalize (GObject *object)
{
  KamUndo *self = KAM_UNDO (object);

  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->clock, kam_clock_unref);
  G_OBJECT_CLASS (kam_undo_parent_class)->finalize (object);
}

static void
kam_undo_class_init (KamUndoClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = kam_undo_dispose;
  object_class->finalize = kam_undo_finalize;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[DONE] = g_signal_new ("done", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                  G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
kam_undo_init (KamUndo *self)
{
  self->cancellable = g_cancellable_new ();
}

KamUndoStep *
kam_undo_step_new (const char *label,
                   GPtrArray  *mutations)
{
  KamUndoStep *step = g_new0 (KamUndoStep, 1);

  step->label = g_strdup (label);
  step->mutations = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_mutation_free);
  for (guint i = 0; i < mutations->len; i++)
    g_ptr_array_add (step->mutations, kam_mutation_copy (g_ptr_array_index (mutations, i)));

  return step;
}

void
kam_undo_step_free (KamUndoStep *step)
{
  g_free (step->label);
  g_clear_pointer (&step->mutations, g_ptr_array_unref);
  g_free (step);
}

KamUndo *
kam_undo_new (KamStore *store,
              KamClock *clock)
{
  KamUndo *self = g_object_new (KAM_TYPE_UNDO, NULL);

  self->store = g_object_ref (store);
  self->clock = kam_clock_ref (clock);

  return self;
}

void
kam_undo_remember (KamUndo    *self,
                   const char *label,
                   GPtrArray  *mutations)
{
  push_step (&self->undo, kam_undo_step_new (label, mutations));
  g_queue_clear_full (&self->redo, (GDestroyNotify) kam_undo_step_free);
  g_signal_emit (self, signals[CHANGED], 0);
}

void
kam_undo_take (KamUndo  *self,
               gboolean  again)
{
  GQueue *list = again ? &self->redo : &self->undo;

  if (self->turn != NULL)
    {
      g_queue_push_tail (&self->turns, GINT_TO_POINTER (again));
      return;
    }
  if (g_queue_is_empty (list))
    return;

  self->turn = g_new0 (Turn, 1);
  self->turn->step = g_queue_pop_head (list);
  self->turn->again = again;
  self->turn->ready = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_mutation_free);
  go_on (self);
}

gboolean
kam_undo_can_undo (KamUndo *self)
{
  return self->undo.length > 0;
}

gboolean
kam_undo_can_redo (KamUndo *self)
{
  return self->redo.length > 0;
}
