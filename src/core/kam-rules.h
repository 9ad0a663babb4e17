/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "kam-row.h"

G_BEGIN_DECLS

/* What a lead's status follows from. Deleted interactions count nowhere. */
typedef struct
{
  gboolean inactive;    /* a person set it inactive and nobody has reactivated it */
  gboolean has_reached; /* a done call or visit with outcome reached */
  gboolean has_order;   /* a done order */
} KamLeadFacts;

/* new → contacted → active ⇄ inactive, as a pure function of the facts. */
const char *kam_rules_lead_status          (const KamLeadFacts *facts);

/* Does this interaction make has_reached, has_order true? */
gboolean    kam_rules_is_reached           (const KamRow *interaction);
gboolean    kam_rules_is_confirmed_order   (const KamRow *interaction);

/* What follows for an interaction from its lead being inactive or not: planned items are cancelled and remember by what (the lead's id); exactly those
 * come back on reactivation. Changes the row; returns whether it did. */
gboolean    kam_rules_settle_interaction   (KamRow   *interaction,
                                            gboolean  lead_is_inactive);

/* The event row that a change of status or owner leaves in the lead's history; its id is derived from the lead and the cause (the id of the interaction
 * or mutation), so that both sides make the same row. NULL when neither changed. */
KamRow     *kam_rules_lead_event           (const KamRow *before,
                                            const KamRow *after,
                                            const char   *cause_id,
                                            const char   *author_id,
                                            gint64        at);
GPtrArray  *kam_rules_lead_events          (const KamRow *before,
                                            const KamRow *after,
                                            const char   *cause_id,
                                            const char   *author_id,
                                            gint64        at);

G_END_DECLS
