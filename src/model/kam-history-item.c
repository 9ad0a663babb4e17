/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-history-item.h"

#include "kam-change-text.h"
#include "kam-format.h"
#include "kam-value-text.h"

#include <glib/gi18n.h>

struct _KamHistoryItem
{
  GObject          parent_instance;

  KamHistoryEntry *entry;    /* (owned) (nullable) */
  KamMutation     *mutation; /* (owned) (nullable): of what waits */
  gint64           at;
};

G_DEFINE_FINAL_TYPE (KamHistoryItem, kam_history_item, G_TYPE_OBJECT)

static void
kam_history_item_finalize (GObject *object)
{
  KamHistoryItem *self = KAM_HISTORY_ITEM (object);

  g_clear_pointer (&self->entry, kam_history_entry_free);
  g_clear_pointer (&self->mutation, kam_mutation_free);
  G_OBJECT_CLASS (kam_history_item_parent_class)->finalize (object);
}

static void
kam_history_item_class_init (KamHistoryItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = kam_history_item_finalize;
}

static void
kam_history_item_init (KamHistoryItem *self)
{
}

KamHistoryItem *
kam_history_item_new_entry (KamHistoryEntry *entry)
{
  KamHistoryItem *self = g_object_new (KAM_TYPE_HISTORY_ITEM, NULL);

  self->entry = entry;
  self->at = entry->at;

  return self;
}

KamHistoryItem *
kam_history_item_new_pending (const KamPending *pending)
{
  KamHistoryItem *self = g_object_new (KAM_TYPE_HISTORY_ITEM, NULL);

  self->mutation = kam_mutation_copy (pending->mutation);
  self->at = pending->at;

  return self;
}

const KamHistoryEntry *
kam_history_item_get_entry (KamHistoryItem *self)
{
  return self->entry;
}

static gboolean
is_delete_field (const KamHistoryEntry *entry)
{
  return entry->field >= 0 && entry->field == kam_entity_get (entry->entity)->delete_field;
}

gboolean
kam_history_item_is_shown (KamHistoryItem *self)
{
  const KamHistoryEntry *entry = self->entry;

  if (entry == NULL)
    return TRUE;
  if (entry->entity == KAM_ENTITY_LEAD_EVENT || entry->entity == KAM_ENTITY_CONFLICT)
    return FALSE;
  if (entry->field < 0 || is_delete_field (entry))
    return TRUE;
  if (entry->entity == KAM_ENTITY_INTERACTION && (entry->field == KAM_INTERACTION_STARTS_AT || entry->field == KAM_INTERACTION_DATED_BY))
    return FALSE;

  return kam_entity_get (entry->entity)->fields[entry->field].writer != KAM_WRITER_SERVER;
}

gboolean
kam_history_item_can_restore (KamHistoryItem *self,
                              KamWorkspace   *workspace)
{
  const KamHistoryEntry *entry = self->entry;
  const KamField *field = NULL;

  if (entry == NULL || entry->field < 0 || !kam_history_item_is_shown (self))
    return FALSE;
  if (is_delete_field (entry))
    return entry->after.kind != KAM_VALUE_NULL;

  field = &kam_entity_get (entry->entity)->fields[entry->field];
  /* Whether a lead is active follows from what happened, or is said with a reason: there are commands for both. */
  if (entry->entity == KAM_ENTITY_LEAD && (entry->field == KAM_LEAD_STATUS || entry->field == KAM_LEAD_STATUS_REASON))
    return FALSE;
  if (field->writer == KAM_WRITER_MANAGER && g_strcmp0 (kam_workspace_get_role (workspace), "kam") == 0)
    return FALSE;

  return (field->flags & KAM_FIELD_FIXED) == 0 && !((field->flags & KAM_FIELD_REQUIRED) != 0 && entry->before.kind == KAM_VALUE_NULL);
}

/* The deletion that this entry tells of is taken back, if it still is the one that counts. */
static KamMutation *
restore_row (const KamHistoryEntry *entry,
             const KamRow          *row,
             gint64                 now_us)
{
  const KamValue none = KAM_VALUE_INIT;
  KamMutation *mutation = NULL;

  if (!kam_value_equal (kam_row_get (row, (guint) entry->field), &entry->after))
    return NULL;

  mutation = kam_mutation_new (entry->entity, entry->id, KAM_OP_RESTORE, kam_row_rev (row), now_us);
  kam_mutation_add (mutation, (guint) entry->field, &entry->after, &none);

  return mutation;
}

KamMutation *
kam_history_item_restore (KamHistoryItem *self,
                          const KamRow   *row,
                          gint64          now_us)
{
  const KamHistoryEntry *entry = self->entry;
  g_autoptr (KamRow) after = NULL;

  if (is_delete_field (entry))
    return restore_row (entry, row, now_us);

  after = kam_row_copy (row);
  kam_row_set (after, (guint) entry->field, &entry->before);

  return kam_mutation_between (row, after, now_us);
}

/* Words */

void
kam_history_text_free (KamHistoryText *self)
{
  g_free (self->title);
  g_free (self->detail);
  g_free (self->who);
  g_free (self->full);
  g_free (self->restore);
  g_free (self->spoken);
  g_free (self);
}

static char *
row_name (KamWorkspace  *workspace,
          KamEntityKind  entity,
          KamRow        *row)
{
  char *name = kam_value_row_name (workspace, row);

  if (name != NULL)
    return name;

  switch (entity)
    {
    case KAM_ENTITY_LEAD:
      return g_strdup (_("Lead"));
    case KAM_ENTITY_CONTACT:
      return g_strdup (_("Contact"));
    default:
      return g_strdup (_("Call or visit"));
    }
}

static char *
arrow (const char *from,
       const char *to)
{
  g_autofree char *left = kam_value_isolate (from), *right = kam_value_isolate (to);

  return g_strdup_printf (_("%s → %s"), left, right);
}

static void
read_field (KamHistoryText        *self,
            KamWorkspace          *workspace,
            const KamHistoryEntry *entry,
            KamRow                *row,
            const char            *name,
            gboolean               of_lead)
{
  const char *label = kam_change_field_label (entry->entity, (guint) entry->field);
  g_autofree char *what = of_lead ? g_strdup (label) : g_strdup_printf (_("%s of %s"), label, name);
  g_autofree char *before = kam_value_text (workspace, entry->entity, (guint) entry->field, &entry->before, row);
  g_autofree char *after = kam_value_text (workspace, entry->entity, (guint) entry->field, &entry->after, row);

  self->icon = "document-edit-symbolic";
  self->detail = arrow (before, after);
  if (entry->settled)
    /* TRANSLATORS: somebody settled a conflict about a field; below stand the value that lost and the one that was chosen */
    self->title = g_strdup_printf (_("Conflict settled: %s"), what);
  else
    self->title = g_steal_pointer (&what);
  self->restore = g_strdup_printf (_("Put Back “%s”"), before);
}

static void
read_entry (KamHistoryText *self,
            KamWorkspace   *workspace,
            KamHistoryItem *item,
            const char     *lead_id)
{
  const KamHistoryEntry *entry = item->entry;
  KamRow *row = kam_row_cache_get (kam_workspace_get_rows (workspace), entry->entity, entry->id);
  g_autofree char *name = row_name (workspace, entry->entity, row);

  if (entry->field < 0)
    {
      self->icon = "list-add-symbolic";
      /* TRANSLATORS: %s is the name of a lead or contact, or "Call, yesterday" */
      self->title = g_strdup_printf (_("%s added"), name);
    }
  else if (is_delete_field (entry))
    {
      gboolean deleted = entry->after.kind != KAM_VALUE_NULL;

      self->icon = deleted ? "user-trash-symbolic" : "edit-undo-symbolic";
      self->title = g_strdup_printf (deleted ? _("%s deleted") : _("%s restored"), name);
      self->restore = g_strdup_printf (_("Restore %s"), name);
    }
  else
    read_field (self, workspace, entry, row, name, g_strcmp0 (entry->id, lead_id) == 0);
  if (!kam_history_item_can_restore (item, workspace))
    g_clear_pointer (&self->restore, g_free);
}

static void
read_pending (KamHistoryText *self,
              KamWorkspace   *workspace,
              KamHistoryItem *item,
              const char     *lead_id)
{
  KamPending pending = { .kind = KAM_PENDING_WAITING, .entity = item->mutation->entity, .mutation = item->mutation, .at = item->at };
  g_autoptr (KamChangeText) text = kam_change_text_new (workspace, &pending);
  g_autoptr (GString) detail = g_string_new (NULL);

  self->icon = "emblem-synchronizing-symbolic";
  /* The lead whose history this is need not be named. */
  if (text->lines->len == 1 && item->mutation->base_rev != 0 && g_strcmp0 (item->mutation->id, lead_id) == 0)
    self->title = g_strdup (g_array_index (text->lines, KamChangeLine, 0).label);
  else
    self->title = g_strdup (text->title);
  for (guint i = 0; i < text->lines->len && item->mutation->base_rev != 0; i++)
    {
      const KamChangeLine *line = &g_array_index (text->lines, KamChangeLine, i);
      g_autofree char *change = arrow (line->from, line->to);

      if (text->lines->len > 1)
        g_string_append_printf (detail, "%s%s: %s", i > 0 ? "\n" : "", line->label, change);
      else
        g_string_append (detail, change);
    }
  if (detail->len > 0)
    self->detail = g_strdup (detail->str);
}

static char *
tell_who (KamWorkspace   *workspace,
          KamHistoryItem *item,
          const char     *near)
{
  const KamHistoryEntry *entry = item->entry;
  const char *name = NULL;

  if (entry == NULL)
    return g_strdup_printf ("%s · %s", _("Waits to be sent"), near);

  name = kam_workspace_get_person_name (workspace, entry->author_id);
  if (name == NULL)
    name = entry->author != NULL ? entry->author : _("The server");

  return g_strjoin (" · ", name, near, entry->device, NULL);
}

/**
 * kam_history_text_new:
 *
 * Returns: (transfer full): the line
 */
KamHistoryText *
kam_history_text_new (KamWorkspace   *workspace,
                      KamHistoryItem *item,
                      const char     *lead_id)
{
  KamHistoryText *self = g_new0 (KamHistoryText, 1);
  g_autofree char *near = kam_format_instant_near (item->at, kam_clock_now (kam_workspace_get_clock (workspace)), NULL);

  if (item->entry != NULL)
    read_entry (self, workspace, item, lead_id);
  else
    read_pending (self, workspace, item, lead_id);
  self->who = tell_who (workspace, item, near);
  self->full = kam_format_instant_full (item->at, NULL);
  self->spoken = g_strjoin (", ", self->title, self->detail != NULL ? self->detail : self->who, self->detail != NULL ? self->who : NULL, NULL);

  return self;
}
