/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-audit-private.h"

#include "kam-row-sql.h"
#include "kam-rules.h"

/* So many leads are in memory at a time, with all that belongs to them. */
#define LEADS_AT_ONCE 200

#define FIRST_ID "00000000-0000-0000-0000-000000000000"
#define LAST_ID "ffffffff-ffff-ffff-ffff-ffffffffffff"

/* A lead with all that belongs to it. */
typedef struct
{
  KamRow     *lead;                    /* (owned) */
  GPtrArray  *rows[KAM_N_ENTITIES];    /* (owned) (element-type KamRow): of each kind that belongs to leads */
  GHashTable *by_id;                   /* (element-type utf8 KamRow): all of them */
} Family;

static void
family_free (gpointer data)
{
  Family *self = data;

  for (int kind = 0; kind < KAM_N_ENTITIES; kind++)
    g_ptr_array_unref (self->rows[kind]);

  g_hash_table_unref (self->by_id);
  kam_row_unref (self->lead);
  g_free (self);
}

static Family *
family_new (KamRow *lead) /* (transfer full) */
{
  Family *self = g_new0 (Family, 1);

  self->lead = lead;
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  g_hash_table_insert (self->by_id, (gpointer) kam_row_id (lead), lead);

  for (int kind = 0; kind < KAM_N_ENTITIES; kind++)
    self->rows[kind] = g_ptr_array_new_with_free_func ((GDestroyNotify) kam_row_unref);

  return self;
}

static void
look_at_scopes (KamAuditing *self,
                Family      *family)
{
  g_autofree char *scope = kam_scope_of_leads (kam_row_text (family->lead, KAM_LEAD_KAM));

  if (g_strcmp0 (scope, kam_row_scope (family->lead)) != 0)
    kam_audit_note (self, KAM_RULE_LEAD_SCOPE, kam_row_id (family->lead), "lead, in scope %s", kam_row_scope (family->lead));

  for (int kind = 0; kind < KAM_N_ENTITIES; kind++)
    {
      for (guint i = 0; i < family->rows[kind]->len; i++)
        {
          const KamRow *row = g_ptr_array_index (family->rows[kind], i);

          if (g_strcmp0 (kam_row_scope (row), kam_row_scope (family->lead)) != 0)
            kam_audit_note (self, KAM_RULE_CHILD_SCOPE, kam_row_id (row), "%s, in scope %s", kam_row_entity (row)->name, kam_row_scope (row));
        }
    }
}

/* What a row names of its own lead's. */
static void
look_at_names (KamAuditing  *self,
               Family       *family,
               const KamRow *row)
{
  const KamEntity *entity = kam_row_entity (row);

  for (guint i = 0; i < entity->n_fields; i++)
    {
      const KamField *field = &entity->fields[i];
      const char *id = field->refers == KAM_ENTITY_CONTACT || field->refers == KAM_ENTITY_INTERACTION ? kam_row_text (row, i) : NULL;
      const KamRow *named = id != NULL ? g_hash_table_lookup (family->by_id, id) : NULL;

      if (id != NULL && (named == NULL || (int) kam_row_kind (named) != field->refers))
        kam_audit_note (self, KAM_RULE_SAME_LEAD, kam_row_id (row), "%s, %s", entity->name, field->name);
    }
}

static void
look_at_target (KamAuditing  *self,
                Family       *family,
                const KamRow *conflict)
{
  const char *id = kam_row_text (conflict, KAM_CONFLICT_TARGET);
  const KamRow *target = id != NULL ? g_hash_table_lookup (family->by_id, id) : NULL;

  if (target == NULL || !kam_row_is (conflict, KAM_CONFLICT_TARGET_ENTITY, kam_row_entity (target)->name) ||
      kam_entity_find_field (kam_row_entity (target), kam_row_text (conflict, KAM_CONFLICT_FIELD)) < 0)
    kam_audit_note (self, KAM_RULE_SAME_LEAD, kam_row_id (conflict), "conflict, about %s of %s", kam_row_text (conflict, KAM_CONFLICT_FIELD),
                    kam_row_text (conflict, KAM_CONFLICT_TARGET_ENTITY));
}

static void
look_at_contacts (KamAuditing *self,
                  Family      *family)
{
  GPtrArray *contacts = family->rows[KAM_ENTITY_CONTACT];
  g_autoptr (GHashTable) above = g_hash_table_new (g_str_hash, g_str_equal);
  guint n_primary = 0;

  for (guint i = 0; i < contacts->len; i++)
    {
      const KamRow *contact = g_ptr_array_index (contacts, i);
      const char *boss = kam_row_text (contact, KAM_CONTACT_REPORTS_TO);

      if (boss != NULL)
        g_hash_table_insert (above, (gpointer) kam_row_id (contact), (gpointer) boss);

      n_primary += kam_row_int (contact, KAM_CONTACT_PRIMARY, 0) != 0;
    }

  kam_audit_circles (self, KAM_RULE_REPORTS_TO, "contact", above);

  if (n_primary > 1)
    kam_audit_note (self, KAM_RULE_PRIMARY, kam_row_id (family->lead), "lead, %u primary contacts", n_primary);
}

static void
look_at_deletions (KamAuditing *self,
                   Family      *family)
{
  for (int kind = 0; kam_row_is_deleted (family->lead) && kind < KAM_N_ENTITIES; kind++)
    {
      for (guint i = 0; i < family->rows[kind]->len; i++)
        {
          const KamRow *row = g_ptr_array_index (family->rows[kind], i);

          if (kam_row_entity (row)->delete_field >= 0 && !kam_row_is_deleted (row))
            kam_audit_note (self, KAM_RULE_DELETIONS, kam_row_id (row), "%s, of a deleted lead", kam_row_entity (row)->name);
        }
    }
}

/* What follows from the interactions. A deleted lead keeps what it had: it is to come back as it was. */
static void
look_at_facts (KamAuditing *self,
               Family      *family)
{
  GPtrArray *interactions = family->rows[KAM_ENTITY_INTERACTION];
  KamLeadFacts facts = { .inactive = kam_row_is (family->lead, KAM_LEAD_STATUS, "inactive") };

  for (guint i = 0; i < interactions->len; i++)
    {
      const KamRow *interaction = g_ptr_array_index (interactions, i);
      g_autoptr (KamRow) settled = kam_row_copy (interaction);

      facts.has_reached = facts.has_reached || kam_rules_is_reached (interaction);
      facts.has_order = facts.has_order || kam_rules_is_confirmed_order (interaction);

      if (kam_rules_settle_interaction (settled, facts.inactive))
        kam_audit_note (self, KAM_RULE_PLANS, kam_row_id (interaction), "interaction, %s", kam_row_text (interaction, KAM_INTERACTION_STATE));
    }

  if (!kam_row_is_deleted (family->lead) && !kam_row_is (family->lead, KAM_LEAD_STATUS, kam_rules_lead_status (&facts)))
    kam_audit_note (self, KAM_RULE_STATUS, kam_row_id (family->lead), "lead, %s rather than %s", kam_row_text (family->lead, KAM_LEAD_STATUS),
                    kam_rules_lead_status (&facts));
}

static void
look_at_family (KamAuditing *self,
                Family      *family)
{
  look_at_scopes (self, family);
  look_at_contacts (self, family);
  look_at_deletions (self, family);
  look_at_facts (self, family);

  for (int kind = 0; kind < KAM_N_ENTITIES; kind++)
    {
      for (guint i = 0; i < family->rows[kind]->len; i++)
        {
          look_at_names (self, family, g_ptr_array_index (family->rows[kind], i));

          if (kind == KAM_ENTITY_CONFLICT)
            look_at_target (self, family, g_ptr_array_index (family->rows[kind], i));
        }
    }
}

/* The leads after this id: (element-type utf8 Family). */
static GHashTable *
read_leads (KamAuditing  *self,
            const char   *after,
            char        **last, /* (out): the last of them; NULL where there are none */
            GError      **error)
{
  KamParam params[] = { KAM_PARAM_ID (after), KAM_PARAM_INT (LEADS_AT_ONCE) };
  g_autoptr (GHashTable) families = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, family_free);
  g_autoptr (KamDbRows) rows = kam_db_query (self->db, kam_row_sql_get (KAM_ENTITY_LEAD)->scan_from, params, 2, error);

  *last = NULL;

  if (rows == NULL)
    return NULL;

  while (kam_db_rows_next (rows, error))
    {
      KamRow *lead = kam_row_sql_read (KAM_ENTITY_LEAD, rows);

      g_hash_table_insert (families, (gpointer) kam_row_id (lead), family_new (lead));
      g_free (*last);
      *last = g_strdup (kam_row_id (lead));
    }

  return kam_db_rows_ended (rows) ? g_steal_pointer (&families) : NULL;
}

static gboolean
read_children (KamAuditing    *self,
               GHashTable     *families,
               KamEntityKind   kind,
               const char     *after,
               const char     *last,
               GError        **error)
{
  KamParam params[] = { KAM_PARAM_ID (after), KAM_PARAM_ID (last) };
  g_autoptr (KamDbRows) rows = kam_db_query_streamed (self->db, kam_row_sql_get (kind)->of_leads, params, 2, error);

  if (rows == NULL)
    return FALSE;

  while (kam_db_rows_next (rows, error))
    {
      g_autoptr (KamRow) row = kam_row_sql_read (kind, rows);
      Family *family = g_hash_table_lookup (families, kam_row_lead_id (row));

      if (family == NULL)
        {
          kam_audit_note (self, KAM_RULE_ORPHANS, kam_row_id (row), "%s, of lead %s", kam_row_entity (row)->name, kam_row_lead_id (row));
          continue;
        }

      g_hash_table_insert (family->by_id, (gpointer) kam_row_id (row), row);
      g_ptr_array_add (family->rows[kind], g_steal_pointer (&row));
    }

  return kam_db_rows_ended (rows);
}

static gboolean
look_at_some (KamAuditing  *self,
              const char   *after,
              char        **last,
              GError      **error)
{
  g_autoptr (GHashTable) families = read_leads (self, after, last, error);
  GHashTableIter iter;
  gpointer family;

  if (families == NULL)
    return FALSE;

  for (int kind = 0; kind < KAM_N_ENTITIES; kind++)
    {
      if (kam_row_sql_get ((KamEntityKind) kind)->of_leads != NULL &&
          !read_children (self, families, (KamEntityKind) kind, after, *last != NULL ? *last : LAST_ID, error))
        return FALSE;
    }

  g_hash_table_iter_init (&iter, families);

  while (g_hash_table_iter_next (&iter, NULL, &family))
    look_at_family (self, family);

  return TRUE;
}

/**
 * kam_audit_leads:
 *
 * What is true of a lead together with all that belongs to it.
 */
gboolean
kam_audit_leads (KamAuditing  *self,
                 GError      **error)
{
  g_autofree char *after = g_strdup (FIRST_ID);
  g_autofree char *last = NULL;

  do
    {
      if (!look_at_some (self, after, &last, error))
        return FALSE;

      g_free (after);
      after = g_steal_pointer (&last);
    }
  while (after != NULL);

  return TRUE;
}
