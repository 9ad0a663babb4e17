/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-store-schema.h"

/* What lists sort and filter by is kept beside the fields: keys of names, and `listed`, the place of the lead's status among the choices, null for
 * what lists hide. */
static const char *const no_extra[] = { NULL };
static const char *const user_extra[] = { "name_key", NULL };
static const char *const lead_extra[] = { "name_key", "city_key", "owner_key", "tier_n", "listed", NULL };
static const char *const contact_extra[] = { "name_key", "owner_key", "listed", NULL };

static const char *const *const extras[KAM_N_ENTITIES] = {
  [KAM_ENTITY_USER] = user_extra,
  [KAM_ENTITY_LEAVE] = no_extra,
  [KAM_ENTITY_LEAD] = lead_extra,
  [KAM_ENTITY_LEAD_EVENT] = no_extra,
  [KAM_ENTITY_CONTACT] = contact_extra,
  [KAM_ENTITY_INTERACTION] = no_extra,
  [KAM_ENTITY_CONFLICT] = no_extra,
};

/* The indexes of lists cover their order and filter, so that reading 100,000 keys touches no row. */
static const char base_schema[] =
  "CREATE INDEX lead_by_name ON lead (name_key, listed) WHERE listed IS NOT NULL;"
  "CREATE INDEX lead_by_city ON lead (city_key, name_key, listed) WHERE listed IS NOT NULL;"
  "CREATE INDEX lead_by_status ON lead (listed, name_key) WHERE listed IS NOT NULL;"
  "CREATE INDEX lead_by_owner ON lead (owner_key, name_key, listed) WHERE listed IS NOT NULL;"
  "CREATE INDEX lead_by_tier ON lead (tier_n, name_key, listed) WHERE listed IS NOT NULL;"
  "CREATE INDEX lead_by_last ON lead (last_contact_us, listed) WHERE listed IS NOT NULL;"
  "CREATE INDEX lead_by_phone ON lead (phone) WHERE phone IS NOT NULL;"
  "CREATE INDEX contact_by_name ON contact (name_key, listed) WHERE listed IS NOT NULL;"
  "CREATE INDEX contact_by_lead_name ON contact (owner_key, name_key, listed) WHERE listed IS NOT NULL;"
  "CREATE INDEX contact_of_lead ON contact (lead_id);"
  "CREATE INDEX interaction_of_lead ON interaction (lead_id);"
  "CREATE INDEX lead_event_of_lead ON lead_event (lead_id);"
  "CREATE INDEX conflict_of_lead ON conflict (lead_id);"
  "CREATE INDEX conflict_of_target ON conflict (target_id);"
  /* What the server says of rows that differ from it here; data is null where it knows none. */
  "CREATE TABLE shadow (entity INTEGER NOT NULL, id BLOB NOT NULL, lead_id BLOB, rev INTEGER NOT NULL, scope BLOB, data BLOB,"
  " extra TEXT, PRIMARY KEY (entity, id)) WITHOUT ROWID;"
  "CREATE INDEX shadow_of_lead ON shadow (lead_id);"
  /* state: see KamOutboxState. */
  "CREATE TABLE outbox (seq INTEGER PRIMARY KEY AUTOINCREMENT, mid INTEGER UNIQUE, entity INTEGER NOT NULL, id BLOB NOT NULL, lead_id BLOB, op "
  "INTEGER NOT NULL,"
  " base_rev INTEGER NOT NULL, at INTEGER NOT NULL, changes BLOB NOT NULL, origin_client TEXT, origin_mid INTEGER, state INTEGER NOT NULL DEFAULT 0,"
  " result INTEGER, result_rev INTEGER, code TEXT, field TEXT, message TEXT);"
  "CREATE INDEX outbox_of_row ON outbox (id, entity);"
  "CREATE INDEX outbox_of_lead ON outbox (lead_id, state);"
  "CREATE INDEX outbox_by_state ON outbox (state, seq);"
  "CREATE INDEX outbox_by_rev ON outbox (result_rev) WHERE result_rev IS NOT NULL;"
  /* Whole pages that wait to be published together; phase 0: drops and evictions, 1: ranges and rows. */
  "CREATE TABLE stage (page INTEGER NOT NULL, phase INTEGER NOT NULL, n INTEGER NOT NULL, kind INTEGER NOT NULL, entity INTEGER NOT NULL, rev INTEGER "
  "NOT NULL, scope BLOB,"
  " id BLOB, moved INTEGER NOT NULL, data BLOB, extra TEXT, missing INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (page, phase, n)) WITHOUT ROWID;"
  "CREATE TABLE listed_count (entity INTEGER NOT NULL, listed INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (entity, listed)) WITHOUT ROWID;"
  /* What happened to leads since the person last read of it: see kam-store-summary.c. */
  "CREATE TABLE lead_news (lead_id BLOB NOT NULL, rev INTEGER NOT NULL, kind INTEGER NOT NULL, PRIMARY KEY (lead_id, rev)) WITHOUT ROWID;"
  "CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;"
  "CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
  /* Combining marks belong to the word, or the vowel signs of Devanagari would cut it. */
  "CREATE VIRTUAL TABLE search USING fts5 (name, city, address, phone, tags, contacts, notes, summaries,"
  " tokenize = \"unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc'\", prefix = '2 3');"
  /* Its pieces are merged while nobody waits (see kam_worker_merge()), and in the middle of an edit only where too many have come together. */
  "INSERT INTO search (search, rank) VALUES ('automerge', 0);"
  "INSERT INTO search (search, rank) VALUES ('crisismerge', 64);";

static char *select_head[KAM_N_ENTITIES];
static char *insert_text[KAM_N_ENTITIES];
static char *update_text[KAM_N_ENTITIES];

static void
make_texts (KamEntityKind kind)
{
  const KamEntity *entity = kam_entity_get (kind);
  g_autoptr (GString) columns = g_string_new ("id, rev, scope");
  g_autoptr (GString) places = g_string_new ("?1, ?2, ?3");
  g_autoptr (GString) sets = g_string_new ("rev = ?2, scope = ?3");
  guint place = 4;

  for (guint i = 0; i < entity->n_fields; i++, place++)
    {
      g_string_append_printf (columns, ", \"%s\"", entity->fields[i].name);
      g_string_append_printf (places, ", ?%u", place);
      g_string_append_printf (sets, ", \"%s\" = ?%u", entity->fields[i].name, place);
    }

  select_head[kind] = g_strdup_printf (/* names only */ "SELECT %s, key FROM \"%s\" ", columns->str, entity->name);

  for (guint i = 0; extras[kind][i] != NULL; i++, place++)
    {
      g_string_append_printf (columns, ", %s", extras[kind][i]);
      g_string_append_printf (places, ", ?%u", place);
      g_string_append_printf (sets, ", %s = ?%u", extras[kind][i], place);
    }

  insert_text[kind] = g_strdup_printf (/* names only */ "INSERT INTO \"%s\" (%s) VALUES (%s) ON CONFLICT (id) DO NOTHING", entity->name,
                                       columns->str, places->str);
  update_text[kind] = g_strdup_printf (/* names only */ "UPDATE \"%s\" SET %s WHERE id = ?1", entity->name, sets->str);
}

static void
ensure_texts (void)
{
  static gsize done = 0;

  if (!g_once_init_enter (&done))
    return;

  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    make_texts ((KamEntityKind) i);

  g_once_init_leave (&done, 1);
}

const char *
kam_schema_select (KamEntityKind  entity,
                   const char    *tail)
{
  g_autofree char *text = NULL;

  ensure_texts ();
  text = g_strconcat (select_head[entity], tail, NULL);

  return g_intern_string (text);
}

const char *
kam_schema_each (KamEntityKind  entity,
                 const char    *before,
                 const char    *after)
{
  g_autofree char *text = g_strconcat (before, " \"", kam_entity_get (entity)->name, "\" ", after, NULL);

  return g_intern_string (text);
}

const char *
kam_schema_insert (KamEntityKind entity)
{
  ensure_texts ();

  return insert_text[entity];
}

const char *
kam_schema_update (KamEntityKind entity)
{
  ensure_texts ();

  return update_text[entity];
}

guint
kam_schema_n_extra (KamEntityKind entity)
{
  return g_strv_length ((char **) extras[entity]);
}

const char *
kam_schema_type (const KamField *field)
{
  return kam_field_is_number (field) ? "INTEGER" : field->type == KAM_TYPE_ID ? "BLOB" : "TEXT";
}

static char *
table_text (KamEntityKind kind)
{
  const KamEntity *entity = kam_entity_get (kind);
  g_autoptr (GString) sql = g_string_new (NULL);

  g_string_append_printf (sql, "CREATE TABLE \"%s\" (key INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, rev INTEGER NOT NULL, scope BLOB", entity->name);

  for (guint i = 0; i < entity->n_fields; i++)
    {
      const KamField *field = &entity->fields[i];

      g_string_append_printf (sql, ", \"%s\" %s", field->name, kam_schema_type (field));
    }

  for (guint i = 0; extras[kind][i] != NULL; i++)
    g_string_append_printf (sql, ", %s %s", extras[kind][i], g_str_has_suffix (extras[kind][i], "_key") ? "TEXT" : "INTEGER");

  if (kind == KAM_ENTITY_LEAD)
    g_string_append (sql, ", last_contact_us INTEGER NOT NULL DEFAULT 0, next_on TEXT");

  /* What a newer server says of the row, until this program knows these columns too. */
  g_string_append (sql, ", extra TEXT);");

  return g_string_free (g_steal_pointer (&sql), FALSE);
}

gboolean
kam_schema_create (KamSqlite  *db,
                   GError    **error)
{
  g_autofree char *client_id = kam_id_new (g_get_real_time ());

  for (guint i = 0; i < KAM_N_ENTITIES; i++)
    {
      g_autofree char *sql = table_text ((KamEntityKind) i);

      if (!kam_sqlite_script (db, sql, error))
        return FALSE;
    }

  return kam_sqlite_script (db, base_schema, error) &&
         kam_sqlite_exec (db, error, "INSERT INTO meta (key, value) VALUES ('client_id', ?1)", "t", client_id) &&
         kam_fields_note (db, error) && kam_sqlite_script (db, "PRAGMA application_id = " KAM_STORE_FILE_ID, error) &&
         kam_sqlite_script (db, "PRAGMA user_version = " G_STRINGIFY (KAM_STORE_SCHEMA), error);
}
