/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Inside the audit only. */

#include "kam-audit.h"

G_BEGIN_DECLS

typedef enum
{
  KAM_RULE_ORGANISATION,
  KAM_RULE_DURABLE,
  KAM_RULE_REV,
  KAM_RULE_COMMITS,
  KAM_RULE_NONCES,
  KAM_RULE_TOUCHES,
  KAM_RULE_TOMBSTONES,
  KAM_RULE_EVICTIONS,
  KAM_RULE_GRANTS,
  KAM_RULE_GRANT_SPANS,
  KAM_RULE_MANAGERS,
  KAM_RULE_ACCOUNTS,
  KAM_RULE_MUTATIONS,
  KAM_RULE_RESULTS,
  KAM_RULE_HISTORY,
  KAM_RULE_FIELDS,
  KAM_RULE_REFERENCES,
  KAM_RULE_PEOPLE_SCOPE,
  KAM_RULE_LEAD_SCOPE,
  KAM_RULE_CHILD_SCOPE,
  KAM_RULE_CONFLICT_SCOPE,
  KAM_RULE_ORPHANS,
  KAM_RULE_SAME_LEAD,
  KAM_RULE_REPORTS_TO,
  KAM_RULE_PARENTS,
  KAM_RULE_DELETIONS,
  KAM_RULE_STATUS,
  KAM_RULE_PLANS,
  KAM_RULE_PRIMARY,
  KAM_N_RULES
} KamAuditRule;

typedef struct
{
  KamDb    *db;
  KamAudit *audit;  /* (unowned) */
  gint64    now_us;
} KamAuditing;

/* Notes one place that breaks a rule. id: (nullable) of the row */
void     kam_audit_note    (KamAuditing  *self,
                            KamAuditRule  rule,
                            const char   *id,
                            const char   *format,
                            ...) G_GNUC_PRINTF (4, 5);
/* Every row that a statement gives breaks the rule: in which way, id (nullable). */
gboolean kam_audit_query   (KamAuditing    *self,
                            KamAuditRule    rule,
                            const char     *what,
                            const char     *sql,
                            const KamParam *params,
                            guint           n_params,
                            GError        **error);

/* A circle among those that name who is above them: (element-type utf8 utf8), who → above. Notes each circle once. */
void     kam_audit_circles (KamAuditing  *self,
                            KamAuditRule  rule,
                            const char   *what,
                            GHashTable   *above);

/* The parts. */
gboolean kam_audit_commits (KamAuditing  *self,
                            GError      **error);
gboolean kam_audit_people  (KamAuditing  *self,
                            GError      **error);
gboolean kam_audit_rows    (KamAuditing  *self,
                            GError      **error);
gboolean kam_audit_leads   (KamAuditing  *self,
                            GError      **error);

G_END_DECLS
