/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-push-private.h"
#include "kam-rules.h"

#include <string.h>

static void
settle_status (KamPush    *self,
               KamRow     *lead,
               GPtrArray  *interactions)
{
  KamLeadFacts facts = { .inactive = kam_row_is (lead, KAM_LEAD_STATUS, "inactive") };
  const char *status;
  KamRow *changed;

  for (guint i = 0; i < interactions->len; i++)
    {
      const KamRow *interaction = g_ptr_array_index (interactions, i);

      facts.has_reached = facts.has_reached || kam_rules_is_reached (interaction);
      facts.has_order = facts.has_order || kam_rules_is_confirmed_order (interaction);
    }

  status = kam_rules_lead_status (&facts);

  if (kam_row_is (lead, KAM_LEAD_STATUS, status))
    return;

  changed = kam_row_copy (lead);
  kam_row_set_text (changed, KAM_LEAD_STATUS, status);
  kam_push_put (self, changed);
}

/**
 * kam_push_settle_lead:
 *
 * Brings what follows from facts up to date after a change: the lead's status, and which of its planned interactions are cancelled by it.
 */
gboolean
kam_push_settle_lead (KamPush     *self,
                      const char  *lead_id,
                      GError     **error)
{
  g_autoptr (GPtrArray) interactions = kam_push_of_lead (self, KAM_ENTITY_INTERACTION, lead_id, error);
  KamRow *lead = NULL;
  gboolean inactive;

  if (interactions == NULL || !kam_push_find (self, KAM_ENTITY_LEAD, lead_id, &lead, error))
    return FALSE;

  if (lead == NULL)
    return TRUE;

  inactive = kam_row_is (lead, KAM_LEAD_STATUS, "inactive");
  settle_status (self, lead, interactions);

  for (guint i = 0; i < interactions->len; i++)
    {
      g_autoptr (KamRow) changed = kam_row_copy (g_ptr_array_index (interactions, i));

      if (kam_rules_settle_interaction (changed, inactive))
        kam_push_put (self, g_steal_pointer (&changed));
    }

  return TRUE;
}

/* The later primary contact wins: the others of the lead are not any more. */
gboolean
kam_push_keep_primary (KamPush       *self,
                       const KamRow  *contact,
                       GError       **error)
{
  g_autoptr (GPtrArray) contacts = kam_push_of_lead (self, KAM_ENTITY_CONTACT, kam_row_lead_id (contact), error);

  if (contacts == NULL)
    return FALSE;

  for (guint i = 0; i < contacts->len; i++)
    {
      const KamRow *other = g_ptr_array_index (contacts, i);
      KamRow *changed;

      if (strcmp (kam_row_id (other), kam_row_id (contact)) == 0 || kam_row_int (other, KAM_CONTACT_PRIMARY, 0) == 0)
        continue;

      changed = kam_row_copy (other);
      kam_row_set_int (changed, KAM_CONTACT_PRIMARY, 0);
      kam_push_put (self, changed);
    }

  return TRUE;
}

static gboolean
has_event (KamPush    *self,
           GPtrArray  *events,
           gboolean   *has,
           GError    **error)
{
  *has = FALSE;

  for (guint i = 0; i < events->len && !*has; i++)
    {
      KamRow *row = NULL;

      if (!kam_push_find (self, KAM_ENTITY_LEAD_EVENT, kam_row_id (g_ptr_array_index (events, i)), &row, error))
        return FALSE;

      *has = row != NULL;
    }

  return TRUE;
}

/**
 * kam_push_add_events:
 * @before: the lead before the mutation
 * @lead_id: the lead, which is by now as the mutation leaves it
 *
 * Writes the events of a change of status or owner. Their cause is the interaction that made it, else the mutation; also the mutation where that
 * interaction has made the same
 * change before (it was undone, and done again).
 */
gboolean
kam_push_add_events (KamPush            *self,
                     const KamRow       *before,
                     const char         *lead_id,
                     const KamMutation  *mutation,
                     GError            **error)
{
  g_autofree char *name = g_strdup_printf ("mutation:%" G_GINT64_FORMAT, mutation->mid);
  g_autofree char *mutation_id = kam_id_derive (self->client_id, name);
  const char *cause = mutation->entity == KAM_ENTITY_INTERACTION ? mutation->id : mutation_id;
  g_autoptr (GPtrArray) events = NULL;
  KamRow *after = NULL;
  gboolean has = FALSE;

  if (!kam_push_find (self, KAM_ENTITY_LEAD, lead_id, &after, error))
    return FALSE;

  if (after == NULL)
    return TRUE;

  events = kam_rules_lead_events (before, after, cause, self->session->user_id, self->now_us);

  if (!has_event (self, events, &has, error))
    return FALSE;

  if (has)
    {
      g_ptr_array_unref (events);
      events = kam_rules_lead_events (before, after, mutation_id, self->session->user_id, self->now_us);
    }

  for (guint i = 0; i < events->len; i++)
    kam_push_put (self, kam_row_ref (g_ptr_array_index (events, i)));

  return TRUE;
}
