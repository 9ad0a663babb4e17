/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-search-words.h"
#include "kam-store-private.h"
#include "kam-store-schema.h"

#include <glib/gi18n.h>

/* A word that the name does not explain: where is it? */
static const char *
find_unexplained (const char         *name,
                  const char *const  *words)
{
  for (guint i = 0; words[i] != NULL; i++)
    {
      if (name == NULL || !kam_search_find (name, words[i], NULL, NULL))
        return words[i];
    }

  return NULL;
}

static char *
mark_in (const char *label,
         const char *text,
         const char *word)
{
  gsize start, length;

  if (text == NULL || !kam_search_find (text, word, &start, &length))
    return NULL;

  return kam_search_mark (label, text, start, length);
}

static char *
mark_phone (const char *phone,
            const char *search)
{
  return kam_search_phone_fits (phone, search) ? kam_search_mark (_("Phone"), phone, 0, strlen (phone)) : NULL;
}

static char *
match_lead (const KamRow *lead,
            const char   *word,
            const char   *search)
{
  static const struct
  {
    guint       field;
    const char *label;
  } places[] = {
    { KAM_LEAD_CITY, N_("City") },   { KAM_LEAD_TAGS, N_("Tags") },         { KAM_LEAD_ADDRESS, N_("Address") }, { KAM_LEAD_STATE, N_("State") },
    { KAM_LEAD_NOTES, N_("Notes") }, { KAM_LEAD_POSTCODE, N_("Postcode") }, { KAM_LEAD_EMAIL, N_("Email") },
  };
  char *match = mark_phone (kam_row_text (lead, KAM_LEAD_PHONE), search);

  for (guint i = 0; i < G_N_ELEMENTS (places) && match == NULL; i++)
    match = mark_in (_(places[i].label), kam_row_text (lead, places[i].field), word);

  return match;
}

static char *
match_contacts (KamWorker  *self,
                const char *lead_id,
                const char *word,
                const char *search)
{
  g_autoptr (GPtrArray) contacts = NULL;
  char *match = NULL;

  if (!kam_rows_list (self, KAM_ENTITY_CONTACT, "WHERE lead_id = ?1 AND delete_id IS NULL ORDER BY name_key, key", lead_id, &contacts, NULL))
    return NULL;

  for (guint i = 0; i < contacts->len && match == NULL; i++)
    {
      const KamRow *contact = contacts->pdata[i];

      match = mark_phone (kam_row_text (contact, KAM_CONTACT_PHONE), search);
      match = match != NULL ? match : mark_in (_("Contact"), kam_row_text (contact, KAM_CONTACT_NAME), word);
      match = match != NULL ? match : mark_in (_("Contact"), kam_row_text (contact, KAM_CONTACT_ROLE), word);
      match = match != NULL ? match : mark_in (_("Contact"), kam_row_text (contact, KAM_CONTACT_EMAIL), word);
      match = match != NULL ? match : mark_in (_("Notes"), kam_row_text (contact, KAM_CONTACT_NOTES), word);
    }

  return match;
}

static char *
match_summaries (KamWorker  *self,
                 const char *lead_id,
                 const char *word)
{
  sqlite3_stmt *stmt = kam_sqlite_query (self->db, NULL,
                                     "SELECT summary FROM interaction WHERE lead_id = ?1 AND delete_id IS NULL AND summary IS NOT NULL ORDER BY "
                                     "starts_at DESC", "u",
                                     lead_id);
  char *match = NULL;

  while (stmt != NULL && match == NULL && kam_sqlite_step (self->db, stmt, NULL) > 0)
    match = mark_in (_("Timeline"), (const char *) sqlite3_column_text (stmt, 0), word);

  if (stmt != NULL)
    sqlite3_reset (stmt);

  return match;
}

/**
 * kam_search_match:
 *
 * Where a lead fits what was typed.
 *
 * Returns: (transfer full) (nullable): Pango markup; NULL where its name alone explains it
 */
char *
kam_search_match (KamWorker  *self,
                  const char *search,
                  gint64      lead_key)
{
  g_auto (GStrv) words = kam_search_words (search);
  sqlite3_stmt *stmt = kam_sqlite_query (self->db, NULL, kam_schema_select (KAM_ENTITY_LEAD, "WHERE key = ?1 /* of a hit */"), "i", lead_key);
  g_autoptr (KamRow) lead = NULL;
  const char *word;
  char *match;

  if (stmt != NULL && kam_sqlite_step (self->db, stmt, NULL) > 0)
    lead = kam_rows_read (stmt, KAM_ENTITY_LEAD);

  if (stmt != NULL)
    sqlite3_reset (stmt);

  word = lead != NULL ? find_unexplained (kam_row_text (lead, KAM_LEAD_NAME), (const char *const *) words) : NULL;

  if (word == NULL)
    return NULL;

  match = match_lead (lead, word, search);
  match = match != NULL ? match : match_contacts (self, kam_row_id (lead), word, search);

  return match != NULL ? match : match_summaries (self, kam_row_id (lead), word);
}
