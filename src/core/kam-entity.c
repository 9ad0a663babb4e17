/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-entity.h"

#include <glib/gi18n.h>
#include <string.h>

static const char *const kam_user_roles[] = { "kam", "manager", "admin", NULL };
static const char *const kam_lead_statuses[] = { "new", "contacted", "active", "inactive", NULL };
static const char *const kam_lead_tiers[] = { "a", "b", "c", NULL };
static const char *const kam_lead_event_kinds[] = { "status", "owner", NULL };
static const char *const kam_contact_influences[] = { "decides", "influences", "uses", "blocks", NULL };
static const char *const kam_interaction_kinds[] = { "call", "visit", "order", NULL };
static const char *const kam_interaction_states[] = { "planned", "done", "missed", "cancelled", NULL };
static const char *const kam_interaction_daters[] = { "person", "planner", NULL };
static const char *const kam_interaction_outcomes[] = { "reached", "no_answer", "refused", "wrong_number", "other", NULL };
static const char *const kam_interaction_origins[] = { "person", "planner", "import", NULL };

#define KAM_ENTITY_NONE (-1)
#define KAM_FIELD_LINE(ident, name, label, type, least, most, flags, writer, merge, group, choices, refers)                 \
  { name, label, KAM_TYPE_##type, least, most, KAM_FIELD_##flags, KAM_WRITER_##writer, KAM_MERGE_##merge, group, choices, \
    KAM_ENTITY_##refers },

static const KamField user_fields[] = {
#define KAM_USER_FIELD KAM_FIELD_LINE
#include "kam-fields.def"
};

static const KamField leave_fields[] = {
#define KAM_LEAVE_FIELD KAM_FIELD_LINE
#include "kam-fields.def"
};

static const KamField lead_fields[] = {
#define KAM_LEAD_FIELD KAM_FIELD_LINE
#include "kam-fields.def"
};

static const KamField lead_event_fields[] = {
#define KAM_LEAD_EVENT_FIELD KAM_FIELD_LINE
#include "kam-fields.def"
};

static const KamField contact_fields[] = {
#define KAM_CONTACT_FIELD KAM_FIELD_LINE
#include "kam-fields.def"
};

static const KamField interaction_fields[] = {
#define KAM_INTERACTION_FIELD KAM_FIELD_LINE
#include "kam-fields.def"
};

static const KamField conflict_fields[] = {
#define KAM_CONFLICT_FIELD KAM_FIELD_LINE
#include "kam-fields.def"
};

#define NOWHERE (-1)
#define ENTITY(entity_kind, entity_name, entity_fields, lead, deletion) \
  [KAM_ENTITY_##entity_kind] = { KAM_ENTITY_##entity_kind, entity_name, entity_fields, G_N_ELEMENTS (entity_fields), lead, deletion }

static const KamEntity entities[KAM_N_ENTITIES] = {
  ENTITY (USER, "user", user_fields, NOWHERE, NOWHERE),
  ENTITY (LEAVE, "leave", leave_fields, NOWHERE, NOWHERE),
  ENTITY (LEAD, "lead", lead_fields, NOWHERE, KAM_LEAD_DELETE),
  ENTITY (LEAD_EVENT, "lead_event", lead_event_fields, KAM_LEAD_EVENT_LEAD, KAM_LEAD_EVENT_DELETE),
  ENTITY (CONTACT, "contact", contact_fields, KAM_CONTACT_LEAD, KAM_CONTACT_DELETE),
  ENTITY (INTERACTION, "interaction", interaction_fields, KAM_INTERACTION_LEAD, KAM_INTERACTION_DELETE),
  ENTITY (CONFLICT, "conflict", conflict_fields, KAM_CONFLICT_LEAD, NOWHERE),
};

/**
 * kam_entity_get:
 *
 * Returns: (transfer none): the entity of a kind
 */
const KamEntity *
kam_entity_get (KamEntityKind kind)
{
  g_return_val_if_fail ((guint) kind < KAM_N_ENTITIES, NULL);

  return &entities[kind];
}

/**
 * kam_entity_by_name:
 *
 * Returns: (transfer none) (nullable): the entity that the wire calls @name
 */
const KamEntity *
kam_entity_by_name (const char *name)
{
  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    {
      if (strcmp (entities[i].name, name) == 0)
        return &entities[i];
    }

  return NULL;
}

/**
 * kam_entity_find_field:
 *
 * Returns: the index of the field called @name, or -1
 */
int
kam_entity_find_field (const KamEntity *self,
                       const char      *name)
{
  for (guint i = 0; i < self->n_fields; i++)
    {
      if (strcmp (self->fields[i].name, name) == 0)
        return (int) i;
    }

  return -1;
}

/**
 * kam_field_is_number:
 *
 * Returns: whether the field's canonical value is an integer rather than text
 */
gboolean
kam_field_is_number (const KamField *self)
{
  return self->type >= KAM_TYPE_INT;
}

/**
 * kam_field_find_choice:
 *
 * Returns: the place of @word among the field's choices, or -1
 */
int
kam_field_find_choice (const KamField *self,
                       const char     *word)
{
  for (int i = 0; self->choices != NULL && self->choices[i] != NULL; i++)
    {
      if (strcmp (self->choices[i], word) == 0)
        return i;
    }

  return -1;
}

/* A word means the same in every enum that has it. */
static const struct
{
  const char *word;
  const char *label;
} choice_labels[] = {
  { "a", N_("A") },
  { "active", N_("Active") },
  { "admin", N_("Administrator") },
  { "b", N_("B") },
  { "blocks", N_("Blocks") },
  { "c", N_("C") },
  { "call", N_("Call") },
  { "cancelled", N_("Cancelled") },
  { "contacted", N_("Contacted") },
  { "decides", N_("Decides") },
  { "done", N_("Done") },
  { "import", N_("Import") },
  { "inactive", N_("Inactive") },
  { "influences", N_("Influences") },
  { "kam", N_("Key account manager") },
  { "manager", N_("Manager") },
  { "missed", N_("Missed") },
  { "new", N_("New") },
  { "no_answer", N_("No answer") },
  { "order", N_("Order") },
  { "other", N_("Other") },
  { "owner", N_("Owner") },
  { "person", N_("Person") },
  { "planned", N_("Planned") },
  { "planner", N_("Planner") },
  { "reached", N_("Reached") },
  { "refused", N_("Refused") },
  { "status", N_("Status") },
  { "uses", N_("Uses") },
  { "visit", N_("Visit") },
  { "wrong_number", N_("Wrong number") },
};

/**
 * kam_field_choice_label:
 *
 * Returns: (transfer none): the word in the person's language; @word itself where it is none of ours, as from a newer server
 */
const char *
kam_field_choice_label (const KamField *self,
                        const char     *word)
{
  for (guint i = 0; kam_field_find_choice (self, word) >= 0 && i < G_N_ELEMENTS (choice_labels); i++)
    {
      if (strcmp (choice_labels[i].word, word) == 0)
        return _(choice_labels[i].label);
    }

  return word;
}
