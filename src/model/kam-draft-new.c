/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-draft-private.h"

#include "kam-time.h"

#include <string.h>

#define DEFAULT_ZONE "Asia/Kolkata"
#define DEFAULT_COUNTRY "IN"
#define DEFAULT_CURRENCY "INR"

/* Where Kam's restaurants are. Everything else starts in rupees and can be changed. */
static const struct
{
  const char *country;
  const char *currency;
} currencies[] = {
  { "IN", "INR" }, { "NP", "NPR" }, { "BD", "BDT" }, { "LK", "LKR" }, { "BT", "BTN" }, { "AE", "AED" },
  { "SG", "SGD" }, { "US", "USD" }, { "GB", "GBP" }, { "DE", "EUR" }, { "FR", "EUR" }, { "JP", "JPY" },
};

static const char *
currency_of (const char *country)
{
  for (guint i = 0; country != NULL && i < G_N_ELEMENTS (currencies); i++)
    {
      if (strcmp (currencies[i].country, country) == 0)
        return currencies[i].currency;
    }

  return DEFAULT_CURRENCY;
}

static KamRow *
new_row (KamWorkspace  *workspace,
         KamEntityKind  kind)
{
  g_autofree char *id = kam_id_new (kam_clock_now (kam_workspace_get_clock (workspace)));

  return kam_row_new (kind, id);
}

/**
 * kam_draft_new_for_row:
 * @row: as it is stored
 * @lead: (nullable): the lead it belongs to; not for a lead itself
 *
 * Returns: (transfer full): a draft to edit the row
 */
KamDraft *
kam_draft_new_for_row (KamWorkspace *workspace,
                       KamRow       *row,
                       KamRow       *lead)
{
  return kam_draft_make (workspace, row, lead, FALSE);
}

/**
 * kam_draft_new_lead:
 *
 * Returns: (transfer full): a lead of the signed-in person, in their time zone
 */
KamDraft *
kam_draft_new_lead (KamWorkspace *workspace)
{
  const char *me = kam_workspace_get_user_id (workspace);
  KamRow *person = me != NULL ? kam_workspace_get_person (workspace, me) : NULL;
  const char *zone = person != NULL ? kam_row_text (person, KAM_USER_TIME_ZONE) : NULL;
  g_autoptr (KamRow) lead = new_row (workspace, KAM_ENTITY_LEAD);

  kam_row_set_text (lead, KAM_LEAD_KAM, me);
  kam_row_set_text (lead, KAM_LEAD_STATUS, "new");
  kam_row_set_text (lead, KAM_LEAD_COUNTRY, DEFAULT_COUNTRY);
  kam_row_set_text (lead, KAM_LEAD_TIME_ZONE, zone != NULL ? zone : DEFAULT_ZONE);

  return kam_draft_make (workspace, lead, NULL, TRUE);
}

/**
 * kam_draft_new_contact:
 *
 * Returns: (transfer full): a contact of a lead
 */
KamDraft *
kam_draft_new_contact (KamWorkspace *workspace,
                       KamRow       *lead)
{
  g_autoptr (KamRow) contact = new_row (workspace, KAM_ENTITY_CONTACT);

  kam_row_set_text (contact, KAM_CONTACT_LEAD, kam_row_id (lead));

  return kam_draft_make (workspace, contact, lead, TRUE);
}

static void
set_now (KamWorkspace *workspace,
         KamRow       *row,
         const char   *zone)
{
  gint64 now = kam_clock_now (kam_workspace_get_clock (workspace));
  g_autofree char *date = NULL, *time = NULL;

  if (!kam_instant_to_local (now, zone, &date, &time, NULL))
    return;

  kam_row_set_text (row, KAM_INTERACTION_LOCAL_DATE, date);
  kam_row_set_text (row, KAM_INTERACTION_LOCAL_TIME, time);
}

/**
 * kam_draft_new_interaction:
 * @kind: `call`, `visit` or `order`
 * @state: `done` or `planned`
 *
 * Returns: (transfer full): done now and reached, or planned without a date yet
 */
KamDraft *
kam_draft_new_interaction (KamWorkspace *workspace,
                           KamRow       *lead,
                           const char   *kind,
                           const char   *state)
{
  g_autoptr (KamRow) row = new_row (workspace, KAM_ENTITY_INTERACTION);
  const char *zone = kam_row_text (lead, KAM_LEAD_TIME_ZONE);
  gboolean done = strcmp (state, "done") == 0;

  if (zone == NULL || !kam_zone_is_valid (zone))
    zone = DEFAULT_ZONE;
  kam_row_set_text (row, KAM_INTERACTION_LEAD, kam_row_id (lead));
  kam_row_set_text (row, KAM_INTERACTION_KIND, kind);
  kam_row_set_text (row, KAM_INTERACTION_STATE, state);
  kam_row_set_text (row, KAM_INTERACTION_TIME_ZONE, zone);
  kam_row_set_text (row, KAM_INTERACTION_CURRENCY, currency_of (kam_row_text (lead, KAM_LEAD_COUNTRY)));
  if (done)
    set_now (workspace, row, zone);
  else
    kam_row_set_text (row, KAM_INTERACTION_LOCAL_TIME, kam_row_text (lead, KAM_LEAD_CALL_TIME));
  if (done && strcmp (kind, "order") != 0)
    kam_row_set_text (row, KAM_INTERACTION_OUTCOME, "reached");

  return kam_draft_make (workspace, row, lead, TRUE);
}
