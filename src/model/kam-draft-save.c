/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-draft-private.h"

#include "kam-mutation.h"
#include "kam-store-pending.h"

#include <glib/gi18n.h>
#include <string.h>

/* An amount has a currency, and a currency an amount. */
static void
settle_money (KamDraft *self,
              KamRow   *row)
{
  const KamValue *stored = kam_row_get (self->base, KAM_INTERACTION_CURRENCY);

  if (kam_row_is_null (row, KAM_INTERACTION_ORDER_VALUE))
    kam_row_set_null (row, KAM_INTERACTION_CURRENCY);
  else if (kam_row_is_null (row, KAM_INTERACTION_CURRENCY) && stored->kind == KAM_VALUE_TEXT)
    kam_row_set (row, KAM_INTERACTION_CURRENCY, stored);
  else if (kam_row_is_null (row, KAM_INTERACTION_CURRENCY))
    kam_row_set_text (row, KAM_INTERACTION_CURRENCY, "INR");
}

/**
 * kam_draft_get_row:
 *
 * Returns: (transfer none): the row as it would be saved now; valid until the next call
 */
KamRow *
kam_draft_get_row (KamDraft *self)
{
  g_clear_pointer (&self->row, kam_row_unref);
  self->row = kam_row_copy (self->base);

  for (guint i = 0; i < self->entity->n_fields; i++)
    {
      if (self->slots[i].touched)
        kam_row_set (self->row, i, &self->slots[i].value);
    }
  if (self->entity->kind == KAM_ENTITY_INTERACTION)
    {
      kam_draft_write_clock (self, self->row);
      settle_money (self, self->row);
    }

  return self->row;
}

/* Where in the form a problem is shown: the instant has no field of its own. */
static int
shown_at (KamDraft         *self,
          const KamProblem *problem)
{
  if (self->entity->kind == KAM_ENTITY_INTERACTION && problem->field == KAM_INTERACTION_STARTS_AT)
    return KAM_INTERACTION_LOCAL_DATE;

  return problem->field;
}

gboolean
kam_draft_check_field (KamDraft *self,
                       guint     field)
{
  g_autoptr (GPtrArray) problems = kam_row_check (kam_draft_get_row (self), kam_draft_now (self));
  KamSlot *slot = &self->slots[field];

  if (!slot->unreadable)
    kam_slot_forget_problem (slot);
  for (guint i = 0; i < problems->len && slot->problem == NULL; i++)
    {
      KamProblem *problem = g_ptr_array_index (problems, i);

      if (problem->field == (int) field)
        slot->problem = kam_problem_new ((int) field, problem->code, "%s", problem->message);
    }
  slot->revealed = TRUE;
  kam_draft_emit (self, field);

  return slot->problem == NULL;
}

void
kam_draft_answer (KamDraft *self,
                  gint64    seq,
                  gboolean  makes_row)
{
  self->answers = seq;
  self->makes_row = makes_row;
}

/* Checks all and says all that is wrong. Returns whether the row can be saved. */
static gboolean
validate (KamDraft *self)
{
  g_autoptr (GPtrArray) problems = kam_row_check (kam_draft_get_row (self), kam_draft_now (self));
  g_autofree char *notice = NULL;
  gboolean valid = TRUE;

  for (guint i = 0; i < self->entity->n_fields; i++)
    {
      if (!self->slots[i].unreadable)
        kam_slot_forget_problem (&self->slots[i]);
    }
  for (guint i = 0; i < problems->len; i++)
    {
      KamProblem *problem = g_ptr_array_index (problems, i);
      int at = shown_at (self, problem);

      valid = FALSE;
      if (at < 0)
        notice = notice != NULL ? notice : g_strdup (problem->message);
      else if (self->slots[at].problem == NULL)
        self->slots[at].problem = kam_problem_new (at, problem->code, "%s", problem->message);
    }
  for (guint i = 0; i < self->entity->n_fields; i++)
    {
      self->slots[i].revealed = TRUE;
      valid = valid && self->slots[i].problem == NULL;
      kam_draft_emit (self, i);
    }
  kam_draft_set_notice (self, notice);

  return valid;
}

static char *
default_label (KamDraft *self,
               KamRow   *row)
{
  const char *name = NULL;

  if (self->entity->kind == KAM_ENTITY_INTERACTION)
    name = kam_field_choice_label (&self->entity->fields[KAM_INTERACTION_KIND], kam_row_text (row, KAM_INTERACTION_KIND));
  else if (self->entity->kind == KAM_ENTITY_CONTACT)
    name = kam_row_text (row, KAM_CONTACT_NAME);
  else
    name = kam_row_text (row, KAM_LEAD_NAME);

  /* TRANSLATORS: what can be undone; %s is the name of a lead or contact, or "Call" */
  return g_strdup_printf (self->is_new ? _("Added %s") : _("Changed %s"), name != NULL ? name : "");
}

/* An earlier row of the same draft: NULL for one the store does not have yet. */
static void
add_mutation (KamDraft  *self,
              GPtrArray *mutations)
{
  KamRow *row = kam_draft_get_row (self);
  KamMutation *mutation = kam_mutation_between (self->is_new ? NULL : self->base, row, kam_draft_now (self));

  if (mutation != NULL)
    g_ptr_array_add (mutations, mutation);
}

static gboolean
has_companion (KamDraft *self)
{
  return self->companion != NULL && self->companion->dirty;
}

/* An order that came of a call took place when the call did. */
static void
share_clock (KamDraft *self)
{
  static const guint clock[] = { KAM_INTERACTION_LOCAL_DATE, KAM_INTERACTION_LOCAL_TIME };

  if (self->entity->kind != KAM_ENTITY_INTERACTION || self->companion->entity != self->entity)
    return;

  for (guint i = 0; i < G_N_ELEMENTS (clock); i++)
    {
      if (self->slots[clock[i]].touched && !self->slots[clock[i]].unreadable)
        kam_draft_set_value (self->companion, clock[i], &self->slots[clock[i]].value);
    }
}

/* What is stored now is what the draft stands on from here. */
static void
settle (KamDraft *self,
        KamRow   *saved)
{
  kam_draft_take_row (self, saved);
  for (guint i = 0; i < self->entity->n_fields; i++)
    {
      if (kam_value_equal (&self->slots[i].value, kam_row_get (saved, i)))
        kam_draft_fill_slot (self, i);
    }
  kam_draft_update_dirty (self);
}

typedef struct
{
  KamRow *saved;     /* (owned) */
  KamRow *companion; /* (owned) (nullable) */
  gint64  dismissed; /* seq of the change that this one takes the place of; 0: none */
} SaveData;

static void
save_data_free (SaveData *data)
{
  g_clear_pointer (&data->saved, kam_row_unref);
  g_clear_pointer (&data->companion, kam_row_unref);
  g_free (data);
}

static void
dismiss_answered (KamDraft *self,
                  SaveData *data)
{
  if (data->dismissed != 0)
    kam_store_pending_discard_async (kam_workspace_get_store (self->workspace), data->dismissed, NULL, NULL, NULL);
}

static void
saved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GTask) task = G_TASK (user_data);
  KamDraft *self = g_task_get_source_object (task);
  SaveData *data = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  kam_draft_set_saving (self, FALSE);
  if (!kam_workspace_edit_finish (KAM_WORKSPACE (source), result, &error))
    {
      self->answers = data->dismissed;
      kam_draft_set_notice (self, error->message);
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  dismiss_answered (self, data);
  settle (self, data->saved);
  if (data->companion != NULL)
    settle (self->companion, data->companion);
  g_task_return_boolean (task, TRUE);
}

/* A row that is made again must be there before it is edited: the store does what it is asked in order. */
static void
prepare_answer (KamDraft *self,
                SaveData *data)
{
  gint64 seq = self->answers;

  self->answers = 0;
  if (seq != 0 && self->makes_row)
    kam_store_pending_resend_async (kam_workspace_get_store (self->workspace), seq, NULL, NULL, NULL);
  else
    data->dismissed = seq;
}

/**
 * kam_draft_save_async:
 * @label: (nullable): what can be undone, "Added Spice Garden"
 *
 * Checks and saves. Where it fails the draft is as it was, with problems or a notice to show.
 */
void
kam_draft_save_async (KamDraft            *self,
                      const char          *label,
                      GCancellable        *cancellable,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GPtrArray) mutations = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_mutation_free);
  g_autofree char *made_up = NULL;
  SaveData *data = g_new0 (SaveData, 1);
  gboolean valid;

  g_task_set_source_tag (task, kam_draft_save_async);
  g_task_set_task_data (task, data, (GDestroyNotify) save_data_free);

  valid = validate (self);
  if (has_companion (self))
    {
      share_clock (self);
      valid = validate (self->companion) && valid;
    }
  if (self->saving || !valid)
    {
      g_task_return_new_error (task, KAM_STORE_ERROR, KAM_STORE_ERROR_INVALID, _("Some fields need a look."));
      return;
    }

  add_mutation (self, mutations);
  data->saved = kam_row_ref (kam_draft_get_row (self));
  if (has_companion (self))
    {
      add_mutation (self->companion, mutations);
      data->companion = kam_row_ref (kam_draft_get_row (self->companion));
    }
  prepare_answer (self, data);
  if (mutations->len == 0)
    {
      dismiss_answered (self, data);
      g_task_return_boolean (task, TRUE);
      return;
    }

  made_up = label != NULL ? g_strdup (label) : default_label (self, data->saved);
  kam_draft_set_saving (self, TRUE);
  kam_workspace_edit_async (self->workspace, mutations, made_up, cancellable, saved_cb, g_steal_pointer (&task));
}

gboolean
kam_draft_save_finish (KamDraft      *self,
                       GAsyncResult  *result,
                       GError       **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
