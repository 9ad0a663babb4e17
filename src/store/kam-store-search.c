/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-phone-digits.h"
#include "kam-search-words.h"
#include "kam-store-private.h"
#include "kam-store-schema.h"
#include "kam-text.h"

#define MOST_HITS 200
#define MOST_CANDIDATES 1000 /* leads whose contacts are looked at, one by one */

static void
append_folded (GString    *out,
               const char *text)
{
  g_autofree char *folded = text != NULL ? kam_text_fold (text) : NULL;

  if (folded == NULL)
    return;

  if (out->len > 0)
    g_string_append_c (out, '\n');

  g_string_append (out, folded);
}

static void
append_phone (GString    *out,
              const char *phone)
{
  g_auto (GStrv) digits = phone != NULL ? kam_phone_search_digits (phone) : NULL;

  for (guint i = 0; digits != NULL && digits[i] != NULL; i++)
    g_string_append_printf (out, "%s ", digits[i]);
}

enum
{
  DOC_NAME,
  DOC_CITY,
  DOC_ADDRESS,
  DOC_PHONE,
  DOC_TAGS,
  DOC_CONTACTS,
  DOC_NOTES,
  DOC_SUMMARIES,
  N_DOC
};

static gboolean
add_contacts (KamWorker   *self,
              const char  *lead_id,
              GString    **doc,
              GError     **error)
{
  g_autoptr (GPtrArray) contacts = NULL;

  if (!kam_rows_list (self, KAM_ENTITY_CONTACT, "WHERE lead_id = ?1 AND delete_id IS NULL", lead_id, &contacts, error))
    return FALSE;

  for (guint i = 0; i < contacts->len; i++)
    {
      const KamRow *contact = contacts->pdata[i];

      append_folded (doc[DOC_CONTACTS], kam_row_text (contact, KAM_CONTACT_NAME));
      append_folded (doc[DOC_CONTACTS], kam_row_text (contact, KAM_CONTACT_ROLE));
      append_folded (doc[DOC_CONTACTS], kam_row_text (contact, KAM_CONTACT_EMAIL));
      append_folded (doc[DOC_NOTES], kam_row_text (contact, KAM_CONTACT_NOTES));
      append_phone (doc[DOC_PHONE], kam_row_text (contact, KAM_CONTACT_PHONE));
    }

  return TRUE;
}

static gboolean
add_summaries (KamWorker   *self,
               const char  *lead_id,
               GString     *doc,
               GError     **error)
{
  sqlite3_stmt *stmt = kam_sqlite_query (self->db, error, "SELECT summary FROM interaction WHERE lead_id = ?1 AND delete_id IS NULL AND summary IS "
                                                          "NOT NULL", "u", lead_id);
  int step = -1;

  while (stmt != NULL && (step = kam_sqlite_step (self->db, stmt, error)) > 0)
    append_folded (doc, (const char *) sqlite3_column_text (stmt, 0));

  return step == 0;
}

static gboolean
write_document (KamWorker     *self,
                const KamRow  *lead,
                gint64         key,
                GString      **doc,
                GError       **error)
{
  append_folded (doc[DOC_NAME], kam_row_text (lead, KAM_LEAD_NAME));
  append_folded (doc[DOC_CITY], kam_row_text (lead, KAM_LEAD_CITY));
  append_folded (doc[DOC_ADDRESS], kam_row_text (lead, KAM_LEAD_ADDRESS));
  append_folded (doc[DOC_ADDRESS], kam_row_text (lead, KAM_LEAD_STATE));
  append_folded (doc[DOC_ADDRESS], kam_row_text (lead, KAM_LEAD_POSTCODE));
  append_folded (doc[DOC_ADDRESS], kam_row_text (lead, KAM_LEAD_EMAIL));
  append_phone (doc[DOC_PHONE], kam_row_text (lead, KAM_LEAD_PHONE));
  append_folded (doc[DOC_TAGS], kam_row_text (lead, KAM_LEAD_TAGS));
  append_folded (doc[DOC_NOTES], kam_row_text (lead, KAM_LEAD_NOTES));

  if (!add_contacts (self, kam_row_id (lead), doc, error) || !add_summaries (self, kam_row_id (lead), doc[DOC_SUMMARIES], error))
    return FALSE;

  return kam_sqlite_exec (self->db, error,
                      "INSERT INTO search (rowid, name, city, address, phone, tags, contacts, notes, summaries) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, "
                      "?8, ?9)", "itttttttt",
                      key, doc[DOC_NAME]->str, doc[DOC_CITY]->str, doc[DOC_ADDRESS]->str, doc[DOC_PHONE]->str, doc[DOC_TAGS]->str, doc[DOC_CONTACTS]->str,
                      doc[DOC_NOTES]->str, doc[DOC_SUMMARIES]->str);
}

/**
 * kam_search_index:
 *
 * Writes the search document of a lead anew; one that lists hide has none. It holds folded text: what is typed is folded the same way.
 */
gboolean
kam_search_index (KamWorker   *self,
                  const char  *lead_id,
                  GError     **error)
{
  g_autoptr (KamRow) lead = NULL;
  GString *doc[N_DOC];
  gboolean ok;
  gint64 key;

  if (!kam_rows_get (self, KAM_ENTITY_LEAD, lead_id, &lead, error) ||
      !kam_sqlite_number (self->db, &key, 0, error, "SELECT key FROM lead WHERE id = ?1", "u", lead_id))
    return FALSE;

  if (lead == NULL)
    return TRUE;

  self->has_pieces = TRUE;
  if (!kam_sqlite_exec (self->db, error, "DELETE FROM search WHERE rowid = ?1", "i", key))
    return FALSE;

  if (kam_row_is_deleted (lead))
    return TRUE;

  for (guint i = 0; i < N_DOC; i++)
    doc[i] = g_string_new (NULL);

  ok = write_document (self, lead, key, doc, error);

  for (guint i = 0; i < N_DOC; i++)
    g_string_free (doc[i], TRUE);

  return ok;
}

/* Words hold letters, digits and marks only, so nothing in them means anything to FTS5 once they are quoted. */
static void
append_words (GString            *out,
              const char *const  *words)
{
  for (guint i = 0; words[i] != NULL; i++)
    g_string_append_printf (out, "%s\"%s\" *", i > 0 ? " AND " : "", words[i]);
}

/* One letter beside longer words narrows nothing down, and costs more than all of them: most documents have a word that begins with it. */
static void
drop_letters (char **words)
{
  guint longest = 0, kept = 0;

  for (guint i = 0; words[i] != NULL; i++)
    longest = MAX (longest, (guint) g_utf8_strlen (words[i], -1));

  for (guint i = 0; words[i] != NULL; i++)
    {
      char *word = g_steal_pointer (&words[i]);

      if (longest > 1 && *g_utf8_next_char (word) == '\0')
        g_free (word);
      else
        words[kept++] = word;
    }

  words[kept] = NULL;
}

static char *
make_match (const char         *columns,
            const char *const  *words)
{
  g_autoptr (GString) match = g_string_new (NULL);

  if (columns != NULL)
    g_string_append_printf (match, "{%s} : ", columns);

  g_string_append_c (match, '(');
  append_words (match, words);
  g_string_append_c (match, ')');

  return g_string_free (g_steal_pointer (&match), FALSE);
}

/* Names that begin with the first word, when the others are anywhere in what may be searched. */
static char *
make_prefix_match (const char         *columns,
                   const char *const  *words)
{
  g_autofree char *rest = words[1] != NULL ? make_match (columns, words + 1) : NULL;

  return g_strdup_printf ("({name} : ^ \"%s\" *)%s%s", words[0], rest != NULL ? " AND " : "", rest != NULL ? rest : "");
}

static gboolean
add_hits (KamWorker   *self,
          const char  *match,
          gint64       mask,
          guint        most,
          GHashTable  *seen,
          GArray      *keys,
          GError     **error)
{
  sqlite3_stmt *stmt;
  int step = -1;

  if (keys->len >= most)
    return TRUE;

  stmt = kam_sqlite_query (self->db, error,
                       "SELECT search.rowid FROM search CROSS JOIN lead ON lead.key = search.rowid WHERE search MATCH ?1 AND lead.listed IS NOT NULL"
                       " AND (?2 >> lead.listed) & 1 LIMIT ?3",
                       "tii", match, mask, (gint64) most);

  while (stmt != NULL && (step = kam_sqlite_step (self->db, stmt, error)) > 0)
    {
      gint64 key = sqlite3_column_int64 (stmt, 0);

      if (keys->len >= most || g_hash_table_contains (seen, &key))
        continue;

      g_array_append_val (keys, key);
      g_hash_table_add (seen, g_memdup2 (&key, sizeof key));
    }

  return step == 0;
}

static char *
make_phone_match (const char *search)
{
  g_auto (GStrv) digits = kam_phone_typed_digits (search);
  g_autoptr (GString) match = g_string_new ("{phone} : (");

  if (digits == NULL || digits[0] == NULL)
    return NULL;

  for (guint i = 0; digits[i] != NULL; i++)
    g_string_append_printf (match, "%s\"%s\" *", i > 0 ? " OR " : "", digits[i]);

  g_string_append_c (match, ')');

  return g_string_free (g_steal_pointer (&match), FALSE);
}

static gboolean
find_leads (KamWorker           *self,
            const KamListQuery  *query,
            guint                most,
            GArray              *keys,
            GError             **error)
{
  g_auto (GStrv) words = kam_search_words (query->search);
  const char *const *list = (const char *const *) words;
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  const char *columns = kam_search_is_short (list) ? "name city" : NULL;
  gint64 mask = query->statuses != 0 ? query->statuses : (1 << KAM_LISTED_STATES) - 1;
  g_autofree char *phone = columns == NULL ? make_phone_match (query->search) : NULL;
  g_autofree char *starts = NULL;
  g_autofree char *named = NULL;
  g_autofree char *anywhere = NULL;

  if (phone != NULL && !add_hits (self, phone, mask, most, seen, keys, error))
    return FALSE;

  drop_letters (words);

  if (list[0] == NULL)
    return TRUE;

  starts = make_prefix_match (columns, list);
  named = make_match ("name", list);
  anywhere = make_match (columns, list);

  return add_hits (self, starts, mask, most, seen, keys, error) && add_hits (self, named, mask, most, seen, keys, error) &&
         add_hits (self, anywhere, mask, most, seen, keys, error);
}

static gboolean
contact_fits (const KamRow       *contact,
              const char         *lead_name,
              const char *const  *words,
              const char         *search)
{
  const char *texts[] = { kam_row_text (contact, KAM_CONTACT_NAME), kam_row_text (contact, KAM_CONTACT_ROLE),
                          kam_row_text (contact, KAM_CONTACT_EMAIL), lead_name };

  if (kam_search_phone_fits (kam_row_text (contact, KAM_CONTACT_PHONE), search))
    return TRUE;

  for (guint i = 0; words[i] != NULL; i++)
    {
      gboolean found = FALSE;

      for (guint n = 0; n < G_N_ELEMENTS (texts) && !found; n++)
        found = texts[n] != NULL && kam_search_find (texts[n], words[i], NULL, NULL);

      if (!found)
        return FALSE;
    }

  return words[0] != NULL;
}

static gboolean
add_contacts_of (KamWorker           *self,
                 gint64               lead_key,
                 const char *const   *words,
                 const KamListQuery  *query,
                 GArray              *keys,
                 GError             **error)
{
  sqlite3_stmt *stmt = kam_sqlite_query (self->db, error,
                                     kam_schema_select (KAM_ENTITY_CONTACT, "WHERE lead_id = (SELECT id FROM lead WHERE key = ?1) AND listed IS NOT "
                                                                            "NULL ORDER BY name_key, key"),
                                     "i", lead_key);
  g_autofree char *name = NULL;
  sqlite3_stmt *of_lead;
  int step = -1;

  of_lead = kam_sqlite_query (self->db, error, "SELECT name FROM lead WHERE key = ?1", "i", lead_key);

  if (stmt == NULL || of_lead == NULL)
    return FALSE;

  if (kam_sqlite_step (self->db, of_lead, NULL) > 0)
    name = kam_sqlite_text (of_lead, 0);

  sqlite3_reset (of_lead);

  while ((step = kam_sqlite_step (self->db, stmt, error)) > 0)
    {
      g_autoptr (KamRow) contact = kam_rows_read (stmt, KAM_ENTITY_CONTACT);
      gint64 key = sqlite3_column_int64 (stmt, (int) kam_row_entity (contact)->n_fields + 3);

      if (keys->len < MOST_HITS && contact_fits (contact, name, words, query->search))
        g_array_append_val (keys, key);
    }

  return step == 0;
}

/**
 * kam_search_keys:
 * @keys: (element-type gint64): the keys of at most 200 rows are added, best first
 *
 * Leads, or the contacts of leads that fit.
 */
gboolean
kam_search_keys (KamWorker           *self,
                 const KamListQuery  *query,
                 GArray              *keys,
                 GError             **error)
{
  g_autoptr (GArray) leads = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_auto (GStrv) words = kam_search_words (query->search);

  if (query->entity == KAM_ENTITY_LEAD)
    return find_leads (self, query, MOST_HITS, keys, error);

  if (!find_leads (self, query, MOST_CANDIDATES, leads, error))
    return FALSE;

  for (guint i = 0; i < leads->len && keys->len < MOST_HITS; i++)
    {
      if (!add_contacts_of (self, g_array_index (leads, gint64, i), (const char *const *) words, query, keys, error))
        return FALSE;
    }

  return TRUE;
}
