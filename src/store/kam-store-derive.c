/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-rules.h"
#include "kam-store-private.h"

/* Few are enough to find one that counts; the rule itself stays in core. */
#define OF_LEAD "WHERE lead_id = ?1 AND delete_id IS NULL AND "

static gboolean
find_fact (KamWorker   *self,
           const char  *lead_id,
           const char  *tail,
           gboolean   (*rule) (const KamRow *),
           gboolean    *fact,
           GError     **error)
{
  g_autoptr (GPtrArray) rows = NULL;

  if (!kam_rows_list (self, KAM_ENTITY_INTERACTION, tail, lead_id, &rows, error))
    return FALSE;

  for (guint i = 0; i < rows->len; i++)
    *fact = *fact || rule (rows->pdata[i]);

  return TRUE;
}

/* Writes a row that follows from others, keeping the server's. */
static gboolean
put_derived (KamWorker     *self,
             const KamRow  *row,
             const char    *lead_id,
             GError       **error)
{
  gboolean is_local;

  if (!kam_store_is_local (self, &is_local, error))
    return FALSE;

  if (!is_local && !kam_shadow_ensure (self, kam_row_kind (row), kam_row_id (row), lead_id, error))
    return FALSE;

  return kam_rows_put (self, row, FALSE, error);
}

static gboolean
settle_plans (KamWorker   *self,
              const char  *lead_id,
              gboolean     inactive,
              GError     **error)
{
  g_autoptr (GPtrArray) rows = NULL;

  if (!kam_rows_list (self, KAM_ENTITY_INTERACTION, "WHERE lead_id = ?1 AND (state = 'planned' OR cancelled_by IS NOT NULL)", lead_id, &rows, error))
    return FALSE;

  for (guint i = 0; i < rows->len; i++)
    {
      KamRow *row = rows->pdata[i];

      if (kam_rules_settle_interaction (row, inactive) && !put_derived (self, row, lead_id, error))
        return FALSE;
    }

  return TRUE;
}

/**
 * kam_derive_lead:
 *
 * The status of a lead from the facts that are here, and what becomes of its planned interactions.
 */
gboolean
kam_derive_lead (KamWorker   *self,
                 const char  *lead_id,
                 GError     **error)
{
  g_autoptr (KamRow) lead = NULL;
  KamLeadFacts facts = { FALSE, };
  const char *status;

  if (!kam_rows_get (self, KAM_ENTITY_LEAD, lead_id, &lead, error))
    return FALSE;

  if (lead == NULL || kam_row_is_deleted (lead))
    return TRUE;

  facts.inactive = kam_row_is (lead, KAM_LEAD_STATUS, "inactive");

  if (!find_fact (self, lead_id, OF_LEAD "state = 'done' AND kind <> 'order' AND outcome = 'reached' LIMIT 8", kam_rules_is_reached,
                  &facts.has_reached, error) ||
      !find_fact (self, lead_id, OF_LEAD "state = 'done' AND kind = 'order' LIMIT 8", kam_rules_is_confirmed_order, &facts.has_order, error))
    return FALSE;

  status = kam_rules_lead_status (&facts);

  if (!kam_row_is (lead, KAM_LEAD_STATUS, status))
    {
      kam_row_set_text (lead, KAM_LEAD_STATUS, status);

      if (!put_derived (self, lead, lead_id, error))
        return FALSE;
    }

  return settle_plans (self, lead_id, facts.inactive, error);
}

typedef struct
{
  gint64   key;
  char     id[KAM_ID_LENGTH + 1];
  gint64   listed; /* -1: hidden */
  gboolean deleted;
} Listed;

static gboolean
list_contacts (KamWorker   *self,
               const char  *lead_id,
               const char  *lead_key,
               gint64       lead_listed,
               GArray      *contacts,
               GError     **error)
{
  sqlite3_stmt *stmt = kam_sqlite_query (self->db, error,
                                     "SELECT key, id, listed, delete_id IS NOT NULL FROM contact WHERE lead_id = ?1 AND"
                                     " (owner_key IS NOT ?2 OR listed IS NOT CASE WHEN ?3 < 0 OR delete_id IS NOT NULL THEN NULL ELSE ?3 END)",
                                     "uti", lead_id, lead_key, lead_listed);
  int step = -1;

  while (stmt != NULL && (step = kam_sqlite_step (self->db, stmt, error)) > 0)
    {
      Listed contact = { sqlite3_column_int64 (stmt, 0), "", -1, sqlite3_column_int (stmt, 3) };

      kam_id_from_bytes (sqlite3_column_blob (stmt, 1), contact.id);

      if (sqlite3_column_type (stmt, 2) != SQLITE_NULL)
        contact.listed = sqlite3_column_int64 (stmt, 2);

      g_array_append_val (contacts, contact);
    }

  return step == 0;
}

/* Contacts are listed by the name and status of their lead, and hidden with it. */
static gboolean
follow_lead (KamWorker   *self,
             const char  *lead_id,
             const char  *lead_key,
             gint64       lead_listed,
             GError     **error)
{
  g_autoptr (GArray) contacts = g_array_new (FALSE, FALSE, sizeof (Listed));

  if (!list_contacts (self, lead_id, lead_key, lead_listed, contacts, error))
    return FALSE;

  for (guint i = 0; i < contacts->len; i++)
    {
      Listed *contact = &g_array_index (contacts, Listed, i);
      gint64 listed = contact->deleted ? -1 : lead_listed;

      if (!kam_sqlite_exec (self->db, error, "UPDATE contact SET owner_key = ?2, listed = CASE WHEN ?3 < 0 THEN NULL ELSE ?3 END WHERE key = ?1",
                            "iti", contact->key,
                        lead_key, listed))
        return FALSE;

      if (contact->listed >= 0)
        self->counts[1][contact->listed]--;

      if (listed >= 0)
        self->counts[1][listed]++;

      kam_changes_add (self->changes, KAM_ENTITY_CONTACT, contact->id, lead_id);
    }

  return TRUE;
}

static gboolean
summarise (KamWorker   *self,
           const char  *lead_id,
           GError     **error)
{
  sqlite3_stmt *stmt = kam_sqlite_query (self->db, error,
                                     "SELECT max (CASE WHEN state = 'done' AND outcome = 'reached' AND kind <> 'order' THEN starts_at END),"
                                     " min (CASE WHEN state = 'planned' THEN local_date END) FROM interaction WHERE lead_id = ?1 AND delete_id IS NULL",
                                     "u", lead_id);
  int step = stmt != NULL ? kam_sqlite_step (self->db, stmt, error) : -1;
  g_autofree char *next_on = NULL;
  gint64 last_us = 0;

  if (step < 0)
    return FALSE;

  if (step > 0)
    {
      last_us = sqlite3_column_int64 (stmt, 0);
      next_on = kam_sqlite_text (stmt, 1);
      sqlite3_reset (stmt);
    }

  if (!kam_sqlite_exec (self->db, error, "UPDATE lead SET last_contact_us = ?2, next_on = ?3 WHERE id = ?1 AND (last_contact_us <> ?2 OR next_on IS "
                                         "NOT ?3)", "uit",
                    lead_id, last_us, next_on))
    return FALSE;

  if (sqlite3_changes (kam_sqlite_handle (self->db)) > 0)
    kam_changes_add (self->changes, KAM_ENTITY_LEAD, lead_id, lead_id);

  return TRUE;
}

/**
 * kam_derive_summary:
 *
 * What lists show of a lead from its interactions, and of its contacts from the lead.
 */
gboolean
kam_derive_summary (KamWorker   *self,
                    const char  *lead_id,
                    GError     **error)
{
  g_autofree char *lead_key = NULL;
  gint64 lead_listed = -1;
  sqlite3_stmt *stmt;
  int step;

  if (!summarise (self, lead_id, error))
    return FALSE;

  stmt = kam_sqlite_query (self->db, error, "SELECT name_key, listed FROM lead WHERE id = ?1", "u", lead_id);
  step = stmt != NULL ? kam_sqlite_step (self->db, stmt, error) : -1;

  if (step > 0)
    {
      lead_key = kam_sqlite_text (stmt, 0);
      lead_listed = sqlite3_column_type (stmt, 1) == SQLITE_NULL ? -1 : sqlite3_column_int64 (stmt, 1);
      sqlite3_reset (stmt);
    }

  return step >= 0 && follow_lead (self, lead_id, lead_key, lead_listed, error);
}
