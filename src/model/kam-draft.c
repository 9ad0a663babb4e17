/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-draft-private.h"

#include "kam-store-query.h"
#include "kam-time.h"

#include <glib/gi18n.h>
#include <string.h>

G_DEFINE_FINAL_TYPE (KamDraft, kam_draft, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_DIRTY,
  PROP_SAVING,
  N_PROPS
};

enum
{
  FIELD_CHANGED,
  NOTICE_CHANGED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

gint64
kam_draft_now (KamDraft *self)
{
  return kam_clock_now (kam_workspace_get_clock (self->workspace));
}

/* The zone in which dates of this row count: that of its lead. */
const char *
kam_draft_zone (KamDraft *self)
{
  const char *zone = NULL;

  if (self->entity->kind == KAM_ENTITY_LEAD)
    zone = self->slots[KAM_LEAD_TIME_ZONE].text;
  else if (self->lead != NULL)
    zone = kam_row_text (self->lead, KAM_LEAD_TIME_ZONE);

  return zone != NULL && kam_zone_is_valid (zone) ? zone : "UTC";
}

static const char *
find_country (KamDraft *self)
{
  const KamValue *own = self->entity->kind == KAM_ENTITY_LEAD ? &self->slots[KAM_LEAD_COUNTRY].value : NULL;

  if (own != NULL)
    return own->kind == KAM_VALUE_TEXT && strlen (own->text) == 2 ? own->text : "IN";

  return self->lead != NULL && !kam_row_is_null (self->lead, KAM_LEAD_COUNTRY) ? kam_row_text (self->lead, KAM_LEAD_COUNTRY) : "IN";
}

void
kam_draft_context_init (KamDraftContext *context,
                        KamDraft        *self)
{
  gboolean planned = FALSE;

  context->today = NULL;
  kam_instant_to_local (kam_draft_now (self), kam_draft_zone (self), &context->today, NULL, NULL);
  context->typed.today = context->today;
  context->typed.country = find_country (self);
  context->typed.currency = NULL;
  if (self->entity->kind == KAM_ENTITY_INTERACTION)
    {
      const KamValue *currency = &self->slots[KAM_INTERACTION_CURRENCY].value;

      context->typed.currency = currency->kind == KAM_VALUE_TEXT ? currency->text : "INR";
      planned = g_strcmp0 (self->slots[KAM_INTERACTION_STATE].text, "planned") == 0;
    }
  context->typed.side = planned ? KAM_WHEN_AHEAD : KAM_WHEN_BACK;
}

void
kam_draft_context_clear (KamDraftContext *context)
{
  g_clear_pointer (&context->today, g_free);
}

void
kam_draft_emit (KamDraft *self,
                guint     field)
{
  g_signal_emit (self, signals[FIELD_CHANGED], 0, field);
}

void
kam_draft_set_notice (KamDraft   *self,
                      const char *notice)
{
  if (g_strcmp0 (self->notice, notice) == 0)
    return;

  g_free (self->notice);
  self->notice = g_strdup (notice);
  g_signal_emit (self, signals[NOTICE_CHANGED], 0);
}

void
kam_draft_set_saving (KamDraft *self,
                      gboolean  saving)
{
  if (self->saving == saving)
    return;

  self->saving = saving;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SAVING]);
}

void
kam_draft_update_dirty (KamDraft *self)
{
  gboolean dirty = self->companion != NULL && self->companion->dirty;

  for (guint i = 0; i < self->entity->n_fields; i++)
    dirty |= self->slots[i].touched;
  if (dirty == self->dirty)
    return;

  self->dirty = dirty;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_DIRTY]);
}

void
kam_slot_forget_problem (KamSlot *slot)
{
  g_clear_pointer (&slot->problem, kam_problem_free);
  slot->unreadable = FALSE;
}

/* Takes a field's value from the stored row. */
void
kam_draft_fill_slot (KamDraft *self,
                     guint     field)
{
  KamSlot *slot = &self->slots[field];
  g_auto (KamDraftContext) context = { 0 };

  kam_draft_context_init (&context, self);
  kam_value_copy (&slot->value, kam_row_get (self->base, field));
  g_free (slot->text);
  slot->text = kam_typed_print (&context.typed, self->entity, field, &slot->value);
  slot->touched = FALSE;
  g_clear_pointer (&slot->theirs, g_free);
  kam_slot_forget_problem (slot);
}

/* The row has another value than the one the draft started from: an untouched field follows it, a touched one stands beside it. */
static void
rebase_slot (KamDraft *self,
             guint     field,
             KamRow   *row)
{
  KamSlot *slot = &self->slots[field];
  g_auto (KamDraftContext) context = { 0 };

  if (kam_value_equal (kam_row_get (self->base, field), kam_row_get (row, field)))
    return;

  kam_draft_context_init (&context, self);
  g_clear_pointer (&slot->theirs, g_free);
  slot->theirs = kam_typed_print (&context.typed, self->entity, field, kam_row_get (row, field));
  if (!slot->unreadable && kam_value_equal (&slot->value, kam_row_get (row, field)))
    slot->touched = FALSE;
}

/**
 * kam_draft_take_row:
 * @row: a newer state of the row
 *
 * Carries the draft over to it.
 */
void
kam_draft_take_row (KamDraft *self,
                    KamRow   *row)
{
  for (guint i = 0; i < self->entity->n_fields; i++)
    rebase_slot (self, i, row);

  kam_row_ref (row);
  kam_row_unref (self->base);
  self->base = row;
  self->is_new = FALSE;

  for (guint i = 0; i < self->entity->n_fields; i++)
    {
      if (self->slots[i].theirs == NULL || self->slots[i].touched)
        continue;
      kam_draft_fill_slot (self, i);
    }
  kam_draft_show_clock (self);
  for (guint i = 0; i < self->entity->n_fields; i++)
    kam_draft_emit (self, i);
  kam_draft_update_dirty (self);
  kam_draft_set_notice (self, kam_row_is_deleted (row) ? _("This was deleted elsewhere meanwhile. Copy what you still need.") : NULL);
}

static void
row_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr (KamDraft) self = KAM_DRAFT (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (KamRow) row = kam_store_get_row_finish (KAM_STORE (source), result, &error);

  if (g_task_get_cancellable (G_TASK (result)) != self->refreshing)
    return;

  g_clear_object (&self->refreshing);
  if (row != NULL)
    kam_draft_take_row (self, row);
  else if (g_error_matches (error, KAM_STORE_ERROR, KAM_STORE_ERROR_MISSING))
    kam_draft_set_notice (self, _("This belongs to somebody else now. Copy what you still need."));
}

static void
store_changed_cb (KamDraft   *self,
                  KamChanges *changes)
{
  const char *id = kam_row_id (self->base);

  if (self->is_new || !(kam_changes_has (changes, self->entity->kind, id) || kam_changes_is_all (changes, self->entity->kind)))
    return;

  if (self->refreshing != NULL)
    g_cancellable_cancel (self->refreshing);
  g_clear_object (&self->refreshing);
  self->refreshing = g_cancellable_new ();
  kam_store_get_row_async (kam_workspace_get_store (self->workspace), self->entity->kind, id, self->refreshing, row_cb, g_object_ref (self));
}

static void
clear_slot (KamSlot *slot)
{
  g_clear_pointer (&slot->text, g_free);
  g_clear_pointer (&slot->theirs, g_free);
  kam_slot_forget_problem (slot);
  kam_value_clear (&slot->value);
}

static void
kam_draft_dispose (GObject *object)
{
  KamDraft *self = KAM_DRAFT (object);

  if (self->refreshing != NULL)
    g_cancellable_cancel (self->refreshing);
  g_clear_object (&self->refreshing);
  g_clear_object (&self->companion);

  G_OBJECT_CLASS (kam_draft_parent_class)->dispose (object);
}

static void
kam_draft_finalize (GObject *object)
{
  KamDraft *self = KAM_DRAFT (object);

  for (guint i = 0; i < self->entity->n_fields; i++)
    clear_slot (&self->slots[i]);
  g_free (self->slots);
  g_free (self->notice);
  g_clear_pointer (&self->base, kam_row_unref);
  g_clear_pointer (&self->lead, kam_row_unref);
  g_clear_pointer (&self->row, kam_row_unref);
  g_clear_object (&self->workspace);

  G_OBJECT_CLASS (kam_draft_parent_class)->finalize (object);
}

static void
kam_draft_get_property (GObject    *object,
                        guint       prop_id,
                        GValue     *value,
                        GParamSpec *pspec)
{
  KamDraft *self = KAM_DRAFT (object);

  switch (prop_id)
    {
    case PROP_DIRTY:
      g_value_set_boolean (value, self->dirty);
      break;
    case PROP_SAVING:
      g_value_set_boolean (value, self->saving);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
kam_draft_class_init (KamDraftClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = kam_draft_dispose;
  object_class->finalize = kam_draft_finalize;
  object_class->get_property = kam_draft_get_property;

  properties[PROP_DIRTY] = g_param_spec_boolean ("dirty", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_SAVING] = g_param_spec_boolean ("saving", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[FIELD_CHANGED] = g_signal_new ("field-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[NOTICE_CHANGED] = g_signal_new ("notice-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
kam_draft_init (KamDraft *self)
{
}

/* base: the stored row, or the defaults of a new one. */
KamDraft *
kam_draft_make (KamWorkspace *workspace,
                KamRow       *base,
                KamRow       *lead,
                gboolean      is_new)
{
  KamDraft *self = g_object_new (KAM_TYPE_DRAFT, NULL);

  self->workspace = g_object_ref (workspace);
  self->entity = kam_row_entity (base);
  self->base = kam_row_ref (base);
  self->lead = lead != NULL ? kam_row_ref (lead) : NULL;
  self->is_new = is_new;
  self->slots = g_new0 (KamSlot, self->entity->n_fields);
  for (guint i = 0; i < self->entity->n_fields; i++)
    kam_value_copy (&self->slots[i].value, kam_row_get (base, i));
  for (guint i = 0; i < self->entity->n_fields; i++)
    kam_draft_fill_slot (self, i);
  kam_draft_show_clock (self);
  g_signal_connect_object (kam_workspace_get_store (workspace), "changed", G_CALLBACK (store_changed_cb), self, G_CONNECT_SWAPPED);

  return self;
}
