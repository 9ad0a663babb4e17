/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-rules.h"

/**
 * kam_rules_lead_status:
 *
 * Returns: (transfer none): one of the choices of a lead's status
 */
const char *
kam_rules_lead_status (const KamLeadFacts *facts)
{
  if (facts->inactive)
    return "inactive";

  if (facts->has_order)
    return "active";

  return facts->has_reached ? "contacted" : "new";
}

static gboolean
counts (const KamRow *interaction)
{
  return kam_row_is (interaction, KAM_INTERACTION_STATE, "done") && !kam_row_is_deleted (interaction);
}

/**
 * kam_rules_is_reached:
 *
 * Returns: whether somebody was reached: a done call or visit with that outcome, not in the bin
 */
gboolean
kam_rules_is_reached (const KamRow *interaction)
{
  gboolean is_contact = kam_row_is (interaction, KAM_INTERACTION_KIND, "call") || kam_row_is (interaction, KAM_INTERACTION_KIND, "visit");

  return is_contact && counts (interaction) && kam_row_is (interaction, KAM_INTERACTION_OUTCOME, "reached");
}

/**
 * kam_rules_is_confirmed_order:
 *
 * Returns: whether this is a done order, not in the bin
 */
gboolean
kam_rules_is_confirmed_order (const KamRow *interaction)
{
  return kam_row_is (interaction, KAM_INTERACTION_KIND, "order") && counts (interaction);
}

/**
 * kam_rules_settle_interaction:
 * @interaction: in the bin or not, so that what is restored later is right at once
 * @lead_is_inactive: whether its lead is now
 *
 * Returns: whether the row was changed
 */
gboolean
kam_rules_settle_interaction (KamRow  *interaction,
                              gboolean lead_is_inactive)
{
  const char *lead_id = kam_row_lead_id (interaction);

  if (lead_id == NULL)
    return FALSE;

  if (lead_is_inactive && kam_row_is (interaction, KAM_INTERACTION_STATE, "planned"))
    {
      kam_row_set_text (interaction, KAM_INTERACTION_STATE, "cancelled");
      kam_row_set_text (interaction, KAM_INTERACTION_CANCELLED_BY, lead_id);
      return TRUE;
    }

  if (!lead_is_inactive && kam_row_is (interaction, KAM_INTERACTION_STATE, "cancelled") &&
      kam_row_is (interaction, KAM_INTERACTION_CANCELLED_BY, lead_id))
    {
      kam_row_set_text (interaction, KAM_INTERACTION_STATE, "planned");
      kam_row_set_null (interaction, KAM_INTERACTION_CANCELLED_BY);
      return TRUE;
    }

  return FALSE;
}

static const char *
get_text (const KamRow *row,
          guint         field)
{
  return row != NULL ? kam_row_text (row, field) : NULL;
}

static KamRow *
make_event (const char   *kind,
            guint         field,
            const KamRow *before,
            const KamRow *after,
            const char   *cause_id)
{
  const char *from = get_text (before, field);
  const char *to = kam_row_text (after, field);
  g_autofree char *name = g_strdup_printf ("%s:%s:%s:%s", kind, cause_id, from != NULL ? from : "", to != NULL ? to : "");
  g_autofree char *id = kam_id_derive (kam_row_id (after), name);
  KamRow *event = kam_row_new (KAM_ENTITY_LEAD_EVENT, id);

  kam_row_set_scope (event, kam_row_scope (after));
  kam_row_set_text (event, KAM_LEAD_EVENT_LEAD, kam_row_id (after));
  kam_row_set_text (event, KAM_LEAD_EVENT_KIND, kind);
  kam_row_set_text (event, KAM_LEAD_EVENT_FROM, from);
  kam_row_set_text (event, KAM_LEAD_EVENT_TO, to);

  return event;
}

/**
 * kam_rules_lead_event:
 * @before: (nullable): the lead as it was; NULL for a new one, whose first event is its first status
 * @after: the lead as it is
 * @cause_id: of the interaction or mutation that changed it; which of them, and from what to what, makes the event's id
 * @author_id: (nullable): who did it
 * @at: µs since 1970 UTC
 *
 * Where both status and owner changed, this is the event of the status; kam_rules_lead_events() gives both.
 *
 * Returns: (transfer full) (nullable): a row in the scope of @after. NULL, which is no error, when neither changed
 */
KamRow *
kam_rules_lead_event (const KamRow *before,
                      const KamRow *after,
                      const char   *cause_id,
                      const char   *author_id,
                      gint64        at)
{
  g_autoptr (GPtrArray) events = kam_rules_lead_events (before, after, cause_id, author_id, at);

  return events->len > 0 ? kam_row_ref (g_ptr_array_index (events, 0)) : NULL;
}

/**
 * kam_rules_lead_events:
 *
 * Like kam_rules_lead_event(), for callers that may change both at once.
 *
 * Returns: (transfer full) (element-type KamRow): none, one or two
 */
GPtrArray *
kam_rules_lead_events (const KamRow *before,
                       const KamRow *after,
                       const char   *cause_id,
                       const char   *author_id,
                       gint64        at)
{
  GPtrArray *events = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_row_unref);

  if (!kam_row_is (after, KAM_LEAD_STATUS, get_text (before, KAM_LEAD_STATUS)))
    {
      KamRow *event = make_event ("status", KAM_LEAD_STATUS, before, after, cause_id);

      kam_row_set_text (event, KAM_LEAD_EVENT_REASON, kam_row_text (after, KAM_LEAD_STATUS_REASON));
      g_ptr_array_add (events, event);
    }

  if (!kam_row_is (after, KAM_LEAD_KAM, get_text (before, KAM_LEAD_KAM)))
    g_ptr_array_add (events, make_event ("owner", KAM_LEAD_KAM, before, after, cause_id));

  for (guint i = 0; i < events->len; i++)
    {
      KamRow *event = g_ptr_array_index (events, i);

      kam_row_set_text (event, KAM_LEAD_EVENT_AUTHOR, author_id);
      kam_row_set_int (event, KAM_LEAD_EVENT_AT, at);
    }

  return events;
}
