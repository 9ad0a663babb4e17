/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-audit-private.h"

#include "kam-check.h"
#include "kam-row-sql.h"

#define HEAD "(SELECT `head` FROM `org` WHERE `one` = 1)"
#define OLDEST "(SELECT MIN(`seq`) FROM `commit_log`)"
/* What is done is not in the future, whenever this is asked. */
#define NEVER (G_MAXINT64 / 2)

/* The text of a statement about one entity, made of constant names. */
static gboolean
query (KamAuditing      *self,
       KamAuditRule      rule,
       const char       *what,
       char             *sql, /* (transfer full) */
       const KamParam   *params,
       guint             n_params,
       GError          **error)
{
  g_autofree char *text = sql;

  return kam_audit_query (self, rule, what, text, params, n_params, error);
}

static gboolean
look_at_revs (KamAuditing      *self,
              const KamEntity  *entity,
              GError          **error)
{
  const char *name = entity->name;

  return query (self, KAM_RULE_REV, name,
                g_strdup_printf (/* names only */ "SELECT CONVERT(`rev`, CHAR), `id` FROM `%s` WHERE `rev` > " HEAD " OR `rev` < 1", name),
                NULL, 0, error) &&
         query (self, KAM_RULE_TOUCHES, name,
                g_strdup_printf (/* names only */ "SELECT CONVERT(r.`rev`, CHAR), r.`id` FROM `%s` r LEFT JOIN `commit_scope` s ON s.`seq` = r.`rev` "
                                                  "AND s.`scope_id` = r.`scope_id` WHERE s.`seq` IS NULL AND r.`rev` >= " OLDEST " AND r.`rev` <= " HEAD,
                                 name),
                NULL, 0, error);
}

static gboolean
look_at_evictions (KamAuditing      *self,
                   const KamEntity  *entity,
                   GError          **error)
{
  const char *name = entity->name;

  return query (self, KAM_RULE_EVICTIONS, name,
                g_strdup_printf (/* names only */ "SELECT CONCAT(r.`rev`, ', tombstone ', t.`rev`), r.`id` FROM `tombstone` t JOIN `%s` r "
                                                  "ON r.`id` = t.`id` AND r.`scope_id` = t.`scope_id` AND r.`rev` <= t.`rev`",
                                 name),
                NULL, 0, error) &&
         (entity->lead_field < 0 ||
          query (self, KAM_RULE_EVICTIONS, name,
                 g_strdup_printf (/* names only */ "SELECT CONCAT(r.`rev`, ', tombstone of its lead ', t.`rev`), r.`id` FROM `tombstone` t "
                                                   "JOIN `%s` r ON r.`lead_id` = t.`id` AND r.`scope_id` = t.`scope_id` AND r.`rev` <= t.`rev`",
                                  name),
                 NULL, 0, error));
}

/* A settled conflict is gone for good, its tombstone goes some day, and what was decided stays in the history. */
static gboolean
look_at_history (KamAuditing      *self,
                 const KamEntity  *entity,
                 GError          **error)
{
  KamParam name = KAM_PARAM_TEXT (entity->name);

  if (entity->kind == KAM_ENTITY_CONFLICT)
    return TRUE;

  return query (self, KAM_RULE_HISTORY, entity->name,
                g_strdup_printf (/* names only */ "SELECT CONCAT('commit ', MIN(h.`seq`)), h.`row_id` FROM `history` h LEFT JOIN `%s` r "
                                                  "ON r.`id` = h.`row_id` WHERE h.`entity` = ? AND r.`id` IS NULL AND NOT EXISTS "
                                                  "(SELECT 1 FROM `tombstone` t WHERE t.`id` = h.`row_id` AND t.`kind` = 'deleted') GROUP BY h.`row_id`",
                                 entity->name),
                &name, 1, error);
}

/* People and leads; what must be of the same lead is looked at with the lead. */
static gboolean
look_at_references (KamAuditing      *self,
                    const KamEntity  *entity,
                    GError          **error)
{
  for (guint i = 0; i < entity->n_fields; i++)
    {
      const KamField *field = &entity->fields[i];
      KamParam name = KAM_PARAM_TEXT (field->name);

      if ((field->refers != KAM_ENTITY_USER && field->refers != KAM_ENTITY_LEAD) || (int) i == entity->lead_field)
        continue;

      if (!query (self, KAM_RULE_REFERENCES, entity->name,
                  g_strdup_printf (/* names only */ "SELECT ?, r.`id` FROM `%s` r LEFT JOIN `%s` t ON t.`id` = r.`%s` "
                                                    "WHERE r.`%s` IS NOT NULL AND t.`id` IS NULL",
                                   entity->name, kam_entity_get ((KamEntityKind) field->refers)->name, field->name, field->name),
                  &name, 1, error))
        return FALSE;
    }

  return TRUE;
}

static void
look_at_conflict (KamAuditing  *self,
                  const KamRow *row)
{
  const char *author_id = kam_row_text (row, KAM_CONFLICT_AUTHOR);
  g_autofree char *scope = author_id != NULL ? kam_scope_personal (author_id) : NULL;

  if (kam_row_lead_id (row) == NULL && g_strcmp0 (scope, kam_row_scope (row)) != 0)
    kam_audit_note (self, KAM_RULE_CONFLICT_SCOPE, kam_row_id (row), "conflict, in scope %s", kam_row_scope (row));
}

static void
look_at_row (KamAuditing  *self,
             const KamRow *row,
             const char   *directory)
{
  const KamEntity *entity = kam_row_entity (row);
  g_autoptr (GPtrArray) problems = kam_row_check (row, NEVER);

  self->audit->n_rows++;

  for (guint i = 0; i < problems->len; i++)
    {
      const KamProblem *problem = g_ptr_array_index (problems, i);

      kam_audit_note (self, KAM_RULE_FIELDS, kam_row_id (row), "%s, %s: %s", entity->name,
                      problem->field >= 0 ? entity->fields[problem->field].name : "-", problem->code);
    }

  if (entity->kind <= KAM_ENTITY_LEAVE && g_strcmp0 (kam_row_scope (row), directory) != 0)
    kam_audit_note (self, KAM_RULE_PEOPLE_SCOPE, kam_row_id (row), "%s, in scope %s", entity->name, kam_row_scope (row));

  if (entity->kind == KAM_ENTITY_CONFLICT)
    look_at_conflict (self, row);
}

static gboolean
look_at_values (KamAuditing      *self,
                const KamEntity  *entity,
                GError          **error)
{
  g_autofree char *directory = kam_scope_directory ();
  g_autoptr (KamDbRows) rows = kam_db_query_streamed (self->db, kam_row_sql_get (entity->kind)->scan, NULL, 0, error);

  if (rows == NULL)
    return FALSE;

  while (kam_db_rows_next (rows, error))
    {
      g_autoptr (KamRow) row = kam_row_sql_read (entity->kind, rows);

      look_at_row (self, row, directory);
    }

  return kam_db_rows_ended (rows);
}

/**
 * kam_audit_rows:
 *
 * What is true of each row by itself, and against the commits.
 */
gboolean
kam_audit_rows (KamAuditing  *self,
                GError      **error)
{
  for (int kind = 0; kind < KAM_N_ENTITIES; kind++)
    {
      const KamEntity *entity = kam_entity_get ((KamEntityKind) kind);

      if (!look_at_revs (self, entity, error) || !look_at_evictions (self, entity, error) || !look_at_history (self, entity, error) ||
          !look_at_references (self, entity, error) || !look_at_values (self, entity, error))
        return FALSE;
    }

  return TRUE;
}
