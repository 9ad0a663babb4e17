/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-draft-private.h"

#include <string.h>

/* Reading again what depends on the field that has just changed: phones on the country, amounts on the currency. */
static void
read_dependents (KamDraft *self,
                 guint     field)
{
  guint other;

  if (self->entity->kind == KAM_ENTITY_LEAD && field == KAM_LEAD_COUNTRY)
    other = KAM_LEAD_PHONE;
  else if (self->entity->kind == KAM_ENTITY_INTERACTION && field == KAM_INTERACTION_CURRENCY)
    other = KAM_INTERACTION_ORDER_VALUE;
  else
    return;

  if (self->slots[other].touched)
    {
      g_autofree char *text = g_strdup (self->slots[other].text);

      kam_draft_set_text (self, other, text);
      kam_draft_emit (self, other);
    }
}

static void
after_edit (KamDraft *self,
            guint     field)
{
  KamSlot *slot = &self->slots[field];

  slot->touched = slot->unreadable || !kam_value_equal (&slot->value, kam_row_get (self->base, field));
  kam_draft_update_dirty (self);
  read_dependents (self, field);
}

/* A next step lies ahead, also when what it follows lies back. */
static void
adjust_side (KamDraft        *self,
             guint            field,
             KamDraftContext *context)
{
  if (self->entity->kind == KAM_ENTITY_INTERACTION && field == KAM_INTERACTION_FOLLOW_UP_ON)
    context->typed.side = KAM_WHEN_AHEAD;
}

/**
 * kam_draft_set_text:
 *
 * Takes what was typed into a field, whatever it is.
 */
void
kam_draft_set_text (KamDraft   *self,
                    guint       field,
                    const char *text)
{
  KamSlot *slot = &self->slots[field];
  g_auto (KamDraftContext) context = { 0 };

  if (strcmp (slot->text, text) == 0 && slot->problem == NULL && !slot->touched)
    return;

  kam_draft_context_init (&context, self);
  adjust_side (self, field, &context);
  if (text != slot->text)
    {
      g_free (slot->text);
      slot->text = g_strdup (text);
    }
  kam_slot_forget_problem (slot);
  slot->problem = kam_typed_parse (&context.typed, self->entity, field, text, &slot->value);
  slot->unreadable = slot->problem != NULL;
  after_edit (self, field);
}

void
kam_draft_set_value (KamDraft       *self,
                     guint           field,
                     const KamValue *value)
{
  KamSlot *slot = &self->slots[field];
  g_auto (KamDraftContext) context = { 0 };

  if (kam_value_equal (&slot->value, value) && !slot->unreadable)
    return;

  kam_draft_context_init (&context, self);
  kam_value_copy (&slot->value, value);
  g_free (slot->text);
  slot->text = kam_typed_print (&context.typed, self->entity, field, value);
  kam_slot_forget_problem (slot);
  after_edit (self, field);
  kam_draft_emit (self, field);
}

void
kam_draft_preset (KamDraft       *self,
                  guint           field,
                  const KamValue *value)
{
  g_autoptr (KamRow) base = kam_row_copy (self->base);

  kam_row_set (base, field, value);
  kam_row_unref (self->base);
  self->base = g_steal_pointer (&base);
  kam_draft_fill_slot (self, field);
  kam_draft_emit (self, field);
}

const char *
kam_draft_get_text (KamDraft *self,
                    guint     field)
{
  return self->slots[field].text;
}

const KamValue *
kam_draft_get_value (KamDraft *self,
                     guint     field)
{
  return &self->slots[field].value;
}

const char *
kam_draft_get_problem (KamDraft *self,
                       guint     field)
{
  KamSlot *slot = &self->slots[field];

  return slot->revealed && slot->problem != NULL ? slot->problem->message : NULL;
}

void
kam_draft_reveal (KamDraft *self,
                  guint     field)
{
  KamSlot *slot = &self->slots[field];

  if (slot->revealed || slot->problem == NULL)
    return;

  slot->revealed = TRUE;
  kam_draft_emit (self, field);
}

char *
kam_draft_get_meaning (KamDraft *self,
                       guint     field)
{
  KamSlot *slot = &self->slots[field];
  g_auto (KamDraftContext) context = { 0 };

  if (slot->unreadable)
    return NULL;

  kam_draft_context_init (&context, self);

  return kam_typed_meaning (&context.typed, self->entity, field, slot->text, &slot->value);
}

const char *
kam_draft_get_theirs (KamDraft *self,
                      guint     field)
{
  return self->slots[field].touched ? self->slots[field].theirs : NULL;
}

void
kam_draft_use_theirs (KamDraft *self,
                      guint     field)
{
  if (self->slots[field].theirs == NULL)
    return;

  kam_draft_fill_slot (self, field);
  kam_draft_show_clock (self);
  kam_draft_emit (self, field);
  kam_draft_update_dirty (self);
}

static void
companion_cb (KamDraft *self)
{
  kam_draft_update_dirty (self);
}

void
kam_draft_set_companion (KamDraft *self,
                         KamDraft *companion)
{
  g_set_object (&self->companion, companion);
  g_signal_connect_object (companion, "notify::dirty", G_CALLBACK (companion_cb), self, G_CONNECT_SWAPPED);
  kam_draft_update_dirty (self);
}

KamWorkspace *
kam_draft_get_workspace (KamDraft *self)
{
  return self->workspace;
}

const KamEntity *
kam_draft_get_entity (KamDraft *self)
{
  return self->entity;
}

const char *
kam_draft_get_id (KamDraft *self)
{
  return kam_row_id (self->base);
}

gboolean
kam_draft_is_new (KamDraft *self)
{
  return self->is_new;
}

gboolean
kam_draft_is_dirty (KamDraft *self)
{
  return self->dirty;
}

gboolean
kam_draft_is_saving (KamDraft *self)
{
  return self->saving;
}

KamRow *
kam_draft_get_lead (KamDraft *self)
{
  return self->lead;
}

const char *
kam_draft_get_notice (KamDraft *self)
{
  return self->notice;
}
