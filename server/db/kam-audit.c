/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-audit-private.h"

#include "kam-org-repository.h"

static const struct
{
  const char *name;
  const char *meaning;
} rules[KAM_N_RULES] = {
  [KAM_RULE_ORGANISATION] = { "organisation", "there is one organisation" },
  [KAM_RULE_DURABLE] = { "durable", "a backup holds no more than there is" },
  [KAM_RULE_REV] = { "rev", "nothing is newer than the head" },
  [KAM_RULE_COMMITS] = { "commits", "no commit is missing between the oldest that is kept and the head" },
  [KAM_RULE_NONCES] = { "nonces", "no two commits have the same nonce" },
  [KAM_RULE_TOUCHES] = { "touches", "a commit has touched the scopes of what it wrote" },
  [KAM_RULE_TOMBSTONES] = { "tombstones", "tombstones are of known entities and kinds" },
  [KAM_RULE_EVICTIONS] = { "evictions", "what a tombstone evicts from a scope is not in that scope" },
  [KAM_RULE_GRANTS] = { "grants", "who reads what is as roles, teams and leave imply" },
  [KAM_RULE_GRANT_SPANS] = { "grant-spans", "a grant ends after it begins, and is open once" },
  [KAM_RULE_MANAGERS] = { "managers", "nobody stands above themselves" },
  [KAM_RULE_ACCOUNTS] = { "accounts", "passwords, devices, sessions and clients are somebody's" },
  [KAM_RULE_MUTATIONS] = { "mutations", "a client's mutations have their results from the acknowledged one to the last" },
  [KAM_RULE_RESULTS] = { "results", "stored results can be read, and are not newer than the head" },
  [KAM_RULE_HISTORY] = { "history", "what has a history is there, or was deleted for good" },
  [KAM_RULE_FIELDS] = { "fields", "every value is one that its field can have" },
  [KAM_RULE_REFERENCES] = { "references", "the people and leads that a row names are there" },
  [KAM_RULE_PEOPLE_SCOPE] = { "people-scope", "people and their leave are in the directory" },
  [KAM_RULE_LEAD_SCOPE] = { "lead-scope", "a lead is in the scope of its owner" },
  [KAM_RULE_CHILD_SCOPE] = { "child-scope", "what belongs to a lead is in the lead's scope" },
  [KAM_RULE_CONFLICT_SCOPE] = { "conflict-scope", "a conflict without a lead is in its author's own scope" },
  [KAM_RULE_ORPHANS] = { "orphans", "what belongs to a lead has its lead" },
  [KAM_RULE_SAME_LEAD] = { "same-lead", "contacts, interactions and targets that a row names are there, and of the same lead" },
  [KAM_RULE_REPORTS_TO] = { "reports-to", "no contact stands above itself" },
  [KAM_RULE_PARENTS] = { "parents", "no lead is part of itself" },
  [KAM_RULE_DELETIONS] = { "deletions", "with a lead all that belongs to it is deleted" },
  [KAM_RULE_STATUS] = { "status", "a lead's status is what follows from its interactions" },
  [KAM_RULE_PLANS] = { "plans", "what is planned is cancelled while its lead is inactive, and only then" },
  [KAM_RULE_PRIMARY] = { "primary", "a lead has one primary contact at most" },
};

static void
invariant_free (gpointer data)
{
  KamInvariant *invariant = data;

  g_ptr_array_unref (invariant->examples);
  g_free (invariant);
}

void
kam_audit_free (KamAudit *self)
{
  g_ptr_array_unref (self->invariants);
  g_free (self);
}

static KamAudit *
audit_new (void)
{
  KamAudit *self = g_new0 (KamAudit, 1);

  self->invariants = g_ptr_array_new_with_free_func (invariant_free);

  for (int i = 0; i < KAM_N_RULES; i++)
    {
      KamInvariant *invariant = g_new0 (KamInvariant, 1);

      invariant->name = rules[i].name;
      invariant->meaning = rules[i].meaning;
      invariant->examples = g_ptr_array_new_with_free_func (g_free);
      g_ptr_array_add (self->invariants, invariant);
    }

  return self;
}

void
kam_audit_note (KamAuditing  *self,
                KamAuditRule  rule,
                const char   *id,
                const char   *format,
                ...)
{
  KamInvariant *invariant = g_ptr_array_index (self->audit->invariants, rule);
  g_autofree char *what = NULL;
  va_list args;

  self->audit->n_findings++;

  if (++invariant->count > KAM_AUDIT_EXAMPLES)
    return;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  g_ptr_array_add (invariant->examples, id != NULL ? g_strdup_printf ("%s: %s", id, what) : g_steal_pointer (&what));
}

gboolean
kam_audit_query (KamAuditing     *self,
                 KamAuditRule     rule,
                 const char      *what,
                 const char      *sql,
                 const KamParam  *params,
                 guint            n_params,
                 GError         **error)
{
  g_autoptr (KamDbRows) rows = kam_db_query_streamed (self->db, sql, params, n_params, error);

  if (rows == NULL)
    {
      g_prefix_error (error, "%s: ", rules[rule].name);
      return FALSE;
    }

  while (kam_db_rows_next (rows, error))
    kam_audit_note (self, rule, kam_db_rows_is_null (rows, 1) ? NULL : kam_db_rows_id (rows, 1), "%s %s", what, kam_db_rows_text (rows, 0));

  return kam_db_rows_ended (rows);
}

void
kam_audit_circles (KamAuditing  *self,
                   KamAuditRule  rule,
                   const char   *what,
                   GHashTable   *above)
{
  g_autoptr (GHashTable) done = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, above);

  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      g_autoptr (GHashTable) path = g_hash_table_new (g_str_hash, g_str_equal);
      const char *at = key;

      while (at != NULL && !g_hash_table_contains (done, at) && g_hash_table_add (path, (gpointer) at))
        at = g_hash_table_lookup (above, at);

      if (at != NULL && !g_hash_table_contains (done, at))
        kam_audit_note (self, rule, at, "%s, above itself", what);

      /* What leads here has been walked. */
      for (at = key; at != NULL && g_hash_table_add (done, (gpointer) at);)
        at = g_hash_table_lookup (above, at);
    }
}

typedef struct
{
  gint64    now_us;
  KamAudit *audit; /* (owned) */
} Look;

KamAudit *
kam_audit_look (KamDb   *db,
                gint64   now_us,
                GError **error)
{
  g_autoptr (KamAudit) audit = audit_new ();
  KamAuditing self = { .db = db, .audit = audit, .now_us = now_us };
  KamOrg org;

  if (!kam_org_read (db, &org, error))
    return NULL;

  audit->head = org.head;

  if (!kam_audit_commits (&self, error) || !kam_audit_people (&self, error) || !kam_audit_rows (&self, error) || !kam_audit_leads (&self, error))
    return NULL;

  return g_steal_pointer (&audit);
}

static gboolean
look (KamDb         *db,
      gpointer       data,
      GCancellable  *cancellable,
      GError       **error)
{
  Look *self = data;

  self->audit = kam_audit_look (db, self->now_us, error);

  return self->audit != NULL;
}

/**
 * kam_audit_run:
 *
 * Returns: (transfer full): what was found; NULL with the error set where it could not be read to the end
 */
KamAudit *
kam_audit_run (KamDb   *db,
               gint64   now_us,
               GError **error)
{
  Look self = { .now_us = now_us };

  if (kam_db_transact (db, KAM_DB_SNAPSHOT, look, &self, NULL, error))
    return self.audit;

  g_clear_pointer (&self.audit, kam_audit_free);

  return NULL;
}
