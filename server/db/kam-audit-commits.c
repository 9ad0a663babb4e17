/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-audit-private.h"

#include "kam-json.h"
#include "kam-mutation.h"

#include <string.h>

#define HEAD "(SELECT `head` FROM `org` WHERE `one` = 1)"
#define OLDEST "(SELECT MIN(`seq`) FROM `commit_log`)"

/* What each row of an answer says is wrong: a text, and an id or null. */
static const struct
{
  KamAuditRule rule;
  const char  *what;
  const char  *sql;
} queries[] = {
  { KAM_RULE_ORGANISATION, "organisations:", "SELECT CONVERT(COUNT(*), CHAR), NULL FROM `org` HAVING COUNT(*) <> 1" },
  { KAM_RULE_ORGANISATION, "head", "SELECT CONVERT(`head`, CHAR), NULL FROM `org` WHERE `head` < 0" },
  { KAM_RULE_DURABLE, "durable", "SELECT CONCAT(`durable`, ', head ', `head`), NULL FROM `org` WHERE `durable` > `head` OR `durable` < 0" },
  { KAM_RULE_REV, "commit", "SELECT CONVERT(`seq`, CHAR), NULL FROM `commit_log` WHERE `seq` > " HEAD " OR `seq` < 1" },
  { KAM_RULE_REV, "touch by commit", "SELECT CONVERT(`seq`, CHAR), `scope_id` FROM `commit_scope` WHERE `seq` > " HEAD " OR `seq` < 1" },
  { KAM_RULE_REV, "tombstone of", "SELECT CONCAT(`entity`, ', rev ', `rev`), `id` FROM `tombstone` WHERE `rev` > " HEAD " OR `rev` < 1" },
  { KAM_RULE_REV, "grant from", "SELECT CONCAT(`since_seq`, ' to ', COALESCE(`until_seq`, 'now')), `user_id` FROM `grants` "
                                "WHERE `since_seq` > " HEAD " OR COALESCE(`until_seq`, 0) > " HEAD },
  { KAM_RULE_REV, "history of", "SELECT CONCAT(`entity`, ', commit ', `seq`), `row_id` FROM `history` WHERE `seq` > " HEAD " OR `seq` < 1" },
  { KAM_RULE_COMMITS, "after commit", "SELECT CONVERT(a.`seq`, CHAR), NULL FROM `commit_log` a LEFT JOIN `commit_log` b ON b.`seq` = a.`seq` + 1 "
                                      "WHERE b.`seq` IS NULL AND a.`seq` < " HEAD },
  { KAM_RULE_COMMITS, "no commit at all, head",
    "SELECT CONVERT(`head`, CHAR), NULL FROM `org` WHERE `head` > 0 AND NOT EXISTS (SELECT 1 FROM `commit_log`)" },
  { KAM_RULE_NONCES, "of commits", "SELECT CONCAT(MIN(`seq`), ' and ', MAX(`seq`)), `nonce` FROM `commit_log` GROUP BY `nonce` HAVING COUNT(*) > 1" },
  { KAM_RULE_TOUCHES, "tombstone of", "SELECT CONCAT(r.`entity`, ', rev ', r.`rev`), r.`id` FROM `tombstone` r "
                                      "LEFT JOIN `commit_scope` s ON s.`seq` = r.`rev` AND s.`scope_id` = r.`scope_id` "
                                      "WHERE s.`seq` IS NULL AND r.`rev` >= " OLDEST " AND r.`rev` <= " HEAD },
  { KAM_RULE_TOMBSTONES, "tombstone of", "SELECT CONCAT(`entity`, ', ', `kind`), `id` FROM `tombstone` WHERE `kind` NOT IN ('deleted', 'moved') "
                                         "OR `entity` NOT IN ('user', 'leave', 'lead', 'lead_event', 'contact', 'interaction', 'conflict')" },
  { KAM_RULE_GRANT_SPANS, "from", "SELECT CONCAT(`since_seq`, ' to ', `until_seq`), `user_id` FROM `grants` WHERE `until_seq` < `since_seq`" },
  { KAM_RULE_GRANT_SPANS, "times open:", "SELECT CONVERT(COUNT(*), CHAR), `user_id` FROM `grants` WHERE `until_seq` IS NULL "
                                         "GROUP BY `user_id`, `scope_id` HAVING COUNT(*) > 1" },
  { KAM_RULE_ACCOUNTS, "password", "SELECT 'of nobody', a.`user_id` FROM `credential` a LEFT JOIN `user` u ON u.`id` = a.`user_id` WHERE u.`id` IS NULL" },
  { KAM_RULE_ACCOUNTS, "device", "SELECT 'of nobody', a.`id` FROM `device` a LEFT JOIN `user` u ON u.`id` = a.`user_id` WHERE u.`id` IS NULL" },
  { KAM_RULE_ACCOUNTS, "session", "SELECT 'of nobody', a.`user_id` FROM `session` a LEFT JOIN `user` u ON u.`id` = a.`user_id` WHERE u.`id` IS NULL" },
  { KAM_RULE_ACCOUNTS, "client", "SELECT 'of nobody', a.`id` FROM `client` a LEFT JOIN `user` u ON u.`id` = a.`user_id` WHERE u.`id` IS NULL" },
  { KAM_RULE_MUTATIONS, "acknowledged",
    "SELECT CONCAT(`acked_mid`, ' of ', `last_mid`), `id` FROM `client` WHERE `acked_mid` > `last_mid` OR `acked_mid` < 0" },
  { KAM_RULE_MUTATIONS, "result", "SELECT CONCAT(r.`mid`, ' of ', COALESCE(c.`last_mid`, 'no client')), r.`client_id` FROM `mutation_result` r "
                                  "LEFT JOIN `client` c ON c.`id` = r.`client_id` WHERE c.`id` IS NULL OR r.`mid` > c.`last_mid` OR r.`mid` < 1" },
  { KAM_RULE_MUTATIONS, "results:", "SELECT CONCAT(COUNT(r.`mid`), ' from ', MAX(c.`acked_mid`), ' to ', MAX(c.`last_mid`)), c.`id` FROM `client` c "
                                    "LEFT JOIN `mutation_result` r ON r.`client_id` = c.`id` AND r.`mid` > c.`acked_mid` AND r.`mid` <= c.`last_mid` "
                                    "WHERE c.`last_mid` > c.`acked_mid` GROUP BY c.`id` HAVING COUNT(r.`mid`) <> MAX(c.`last_mid` - c.`acked_mid`)" },
  { KAM_RULE_HISTORY, "of", "SELECT `entity`, `row_id` FROM `history` "
                            "WHERE `entity` NOT IN ('user', 'leave', 'lead', 'lead_event', 'contact', 'interaction', 'conflict')" },
};

/* What a client will be told once more. */
static gboolean
look_at_results (KamAuditing  *self,
                 GError      **error)
{
  /* Of one that was acknowledged only that it was is kept. */
  g_autoptr (KamDbRows) rows = kam_db_query_streamed (self->db,
                                                      "SELECT r.`client_id`, r.`mid`, r.`result` FROM `mutation_result` r JOIN `client` c "
                                                      "ON c.`id` = r.`client_id` WHERE r.`mid` > c.`acked_mid` OR r.`result` <> ''",
                                                      NULL, 0, error);

  if (rows == NULL)
    return FALSE;

  while (kam_db_rows_next (rows, error))
    {
      const char *text = kam_db_rows_text (rows, 2);
      g_autoptr (JsonNode) node = kam_json_parse (text, strlen (text), NULL);
      g_autoptr (KamResult) result = node != NULL ? kam_result_from_json (node, NULL) : NULL;

      if (result == NULL)
        kam_audit_note (self, KAM_RULE_RESULTS, kam_db_rows_id (rows, 0), "result %" G_GINT64_FORMAT " cannot be read", kam_db_rows_int (rows, 1));
      else if (result->rev > self->audit->head)
        kam_audit_note (self, KAM_RULE_RESULTS, kam_db_rows_id (rows, 0), "result %" G_GINT64_FORMAT ", rev %" G_GINT64_FORMAT,
                        kam_db_rows_int (rows, 1), result->rev);
    }

  return kam_db_rows_ended (rows);
}

/**
 * kam_audit_commits:
 *
 * The counter, commits, tombstones, and what is kept of clients.
 */
gboolean
kam_audit_commits (KamAuditing  *self,
                   GError      **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (queries); i++)
    {
      if (!kam_audit_query (self, queries[i].rule, queries[i].what, queries[i].sql, NULL, 0, error))
        return FALSE;
    }

  return look_at_results (self, error);
}
