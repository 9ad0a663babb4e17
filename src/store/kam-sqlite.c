/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-sqlite.h"

#include <glib/gi18n.h>
#include <string.h>

struct _KamSqlite
{
  sqlite3    *handle;
  GHashTable *statements; /* (owned): text (by address) → sqlite3_stmt */
  gboolean    durable;    /* synchronous=FULL is set */
};

static void
finalize (gpointer stmt)
{
  sqlite3_finalize (stmt);
}

static KamStoreError
map_code (int code)
{
  switch (code & 0xff)
    {
    case SQLITE_FULL:
      return KAM_STORE_ERROR_FULL;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return KAM_STORE_ERROR_CORRUPT;
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return KAM_STORE_ERROR_OPEN;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return KAM_STORE_ERROR_BUSY;
    default:
      return KAM_STORE_ERROR_FAILED;
    }
}

static const char *
explain (KamStoreError code)
{
  switch (code)
    {
    case KAM_STORE_ERROR_FULL:
      return _("The disk is full. Make room, then try again; nothing that was saved before is lost");
    case KAM_STORE_ERROR_CORRUPT:
      return _("The offline data of this profile is damaged. Export what waits to be sent, then remove the profile's cache and sign in again");
    case KAM_STORE_ERROR_OPEN:
      return _("The offline data of this profile cannot be opened or written. Check the permissions of its folder");
    case KAM_STORE_ERROR_BUSY:
      return _("Another program is using the offline data of this profile. Close it and try again");
    case KAM_STORE_ERROR_NEWER:
    case KAM_STORE_ERROR_CLOSED:
    case KAM_STORE_ERROR_MISSING:
    case KAM_STORE_ERROR_INVALID:
    case KAM_STORE_ERROR_FAILED:
    default:
      return _("The offline data could not be read or written");
    }
}

gboolean
kam_sqlite_fail (KamSqlite   *self,
             GError **error)
{
  KamStoreError code = map_code (sqlite3_errcode (self->handle));

  g_set_error (error, KAM_STORE_ERROR, (gint) code, "%s (%s)", explain (code), sqlite3_errmsg (self->handle));

  return FALSE;
}

/**
 * kam_sqlite_open:
 *
 * Opens or makes the database in @path for one thread, in WAL mode.
 */
KamSqlite *
kam_sqlite_open (const char  *path,
             GError     **error)
{
  g_autoptr (KamSqlite) self = g_new0 (KamSqlite, 1);
  int rc = sqlite3_open_v2 (path, &self->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);

  self->statements = g_hash_table_new_full (NULL, NULL, NULL, finalize);

  if (rc != SQLITE_OK)
    {
      kam_sqlite_fail (self, error);
      return NULL;
    }

  sqlite3_extended_result_codes (self->handle, 1);
  sqlite3_busy_timeout (self->handle, 2000);

  /* What is deleted is overwritten: a row that one may no longer read must not stay in a page that is free. */
  if (!kam_sqlite_script (self,
                      "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON; PRAGMA cache_size = -16384;"
                      "PRAGMA mmap_size = 268435456; PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 67108864;"
                      /* The worker writes the log back when nobody waits; this is only for when somebody always does, as in a first sync. */
                      "PRAGMA wal_autocheckpoint = " G_STRINGIFY (KAM_LOG_PAGES),
                      error))
    return NULL;

  return g_steal_pointer (&self);
}

void
kam_sqlite_close (KamSqlite *self)
{
  g_hash_table_unref (self->statements);

  if (sqlite3_close (self->handle) != SQLITE_OK)
    g_warning ("The offline database is closed with statements still open");

  g_free (self);
}

sqlite3 *
kam_sqlite_handle (KamSqlite *self)
{
  return self->handle;
}

gboolean
kam_sqlite_script (KamSqlite       *self,
               const char  *sql,
               GError     **error)
{
  return sqlite3_exec (self->handle, sql, NULL, NULL, NULL) == SQLITE_OK || kam_sqlite_fail (self, error);
}

/**
 * kam_sqlite_prepare:
 * @sql: constant text; its address is the key under which the statement is kept
 *
 * Returns: (transfer none): a statement that is reset and has nothing bound
 */
sqlite3_stmt *
kam_sqlite_prepare (KamSqlite       *self,
                const char  *sql,
                GError     **error)
{
  sqlite3_stmt *stmt = g_hash_table_lookup (self->statements, sql);

  if (stmt != NULL)
    {
      sqlite3_reset (stmt);
      sqlite3_clear_bindings (stmt);
      return stmt;
    }

  if (sqlite3_prepare_v3 (self->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) != SQLITE_OK)
    {
      kam_sqlite_fail (self, error);
      return NULL;
    }

  g_hash_table_insert (self->statements, (gpointer) sql, stmt);

  return stmt;
}

void
kam_sqlite_bind_id (sqlite3_stmt *stmt,
                int           place,
                const char   *id)
{
  guint8 bytes[KAM_ID_BYTES];

  if (id == NULL)
    sqlite3_bind_null (stmt, place);
  else if (kam_id_to_bytes (id, bytes))
    sqlite3_bind_blob (stmt, place, bytes, sizeof bytes, SQLITE_TRANSIENT);
  else
    sqlite3_bind_text (stmt, place, id, -1, SQLITE_TRANSIENT);
}

/* The text of a value must live until the statement is stepped and reset. */
void
kam_sqlite_bind (sqlite3_stmt   *stmt,
             int             place,
             const KamField *field,
             const KamValue *value)
{
  if (value->kind == KAM_VALUE_INT)
    sqlite3_bind_int64 (stmt, place, value->number);
  else if (value->kind == KAM_VALUE_NULL)
    sqlite3_bind_null (stmt, place);
  else if (field->type == KAM_TYPE_ID)
    kam_sqlite_bind_id (stmt, place, value->text);
  else
    sqlite3_bind_text (stmt, place, value->text, -1, SQLITE_STATIC);
}

static void
bind_variant (sqlite3_stmt *stmt,
              int           place,
              GVariant     *variant)
{
  if (variant == NULL)
    sqlite3_bind_null (stmt, place);
  else
    sqlite3_bind_blob64 (stmt, place, g_variant_get_data (variant), g_variant_get_size (variant), SQLITE_TRANSIENT);
}

static void
bind_all (sqlite3_stmt *stmt,
          const char   *format,
          va_list       args)
{
  for (int place = 1; *format != '\0'; format++, place++)
    {
      if (*format == 'i')
        sqlite3_bind_int64 (stmt, place, va_arg (args, gint64));
      else if (*format == 't')
        sqlite3_bind_text (stmt, place, va_arg (args, const char *), -1, SQLITE_TRANSIENT);
      else if (*format == 'u')
        kam_sqlite_bind_id (stmt, place, va_arg (args, const char *));
      else if (*format == 'v')
        bind_variant (stmt, place, va_arg (args, GVariant *));
      else
        g_assert_not_reached ();
    }
}

static sqlite3_stmt *
ask (KamSqlite   *self,
     GError     **error,
     const char  *sql,
     const char  *format,
     va_list      args)
{
  sqlite3_stmt *stmt = kam_sqlite_prepare (self, sql, error);

  if (stmt != NULL)
    bind_all (stmt, format, args);

  return stmt;
}

sqlite3_stmt *
kam_sqlite_query (KamSqlite   *self,
                  GError     **error,
                  const char  *sql,
                  const char  *format,
                  ...)
{
  sqlite3_stmt *stmt;
  va_list args;

  va_start (args, format);
  stmt = ask (self, error, sql, format, args);
  va_end (args);

  return stmt;
}

gboolean
kam_sqlite_exec (KamSqlite   *self,
                 GError     **error,
                 const char  *sql,
                 const char  *format,
                 ...)
{
  sqlite3_stmt *stmt;
  va_list args;
  int step = -1;

  va_start (args, format);
  stmt = ask (self, error, sql, format, args);
  va_end (args);

  while (stmt != NULL && (step = kam_sqlite_step (self, stmt, error)) > 0)
    continue;

  return step == 0;
}

gboolean
kam_sqlite_number (KamSqlite   *self,
                   gint64      *number,
                   gint64       fallback,
                   GError     **error,
                   const char  *sql,
                   const char  *format,
                   ...)
{
  sqlite3_stmt *stmt;
  va_list args;
  int step;

  va_start (args, format);
  stmt = ask (self, error, sql, format, args);
  va_end (args);
  step = stmt != NULL ? kam_sqlite_step (self, stmt, error) : -1;
  *number = step > 0 && sqlite3_column_type (stmt, 0) != SQLITE_NULL ? sqlite3_column_int64 (stmt, 0) : fallback;

  if (step > 0)
    sqlite3_reset (stmt);

  return step >= 0;
}

int
kam_sqlite_step (KamSqlite         *self,
             sqlite3_stmt  *stmt,
             GError       **error)
{
  int rc = sqlite3_step (stmt);

  if (rc == SQLITE_ROW)
    return 1;

  if (rc != SQLITE_DONE)
    kam_sqlite_fail (self, error);

  sqlite3_reset (stmt);

  return rc == SQLITE_DONE ? 0 : -1;
}

char *
kam_sqlite_text (sqlite3_stmt *stmt,
             int           column)
{
  return g_strdup ((const char *) sqlite3_column_text (stmt, column));
}

/* An id column as text; what is not 16 bytes was never an id and comes back as it was put in. (nullable) */
char *
kam_sqlite_id (sqlite3_stmt *stmt,
           int           column)
{
  char id[KAM_ID_LENGTH + 1];

  if (sqlite3_column_type (stmt, column) != SQLITE_BLOB || sqlite3_column_bytes (stmt, column) != KAM_ID_BYTES)
    return kam_sqlite_text (stmt, column);

  kam_id_from_bytes (sqlite3_column_blob (stmt, column), id);

  return g_strdup (id);
}

/* (nullable) (transfer full): not floating */
GVariant *
kam_sqlite_variant (sqlite3_stmt *stmt,
                int           column,
                const char   *type)
{
  g_autoptr (GBytes) bytes = NULL;

  if (sqlite3_column_type (stmt, column) == SQLITE_NULL)
    return NULL;

  bytes = g_bytes_new (sqlite3_column_blob (stmt, column), (gsize) sqlite3_column_bytes (stmt, column));

  return g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (type), bytes, FALSE));
}

gboolean
kam_sqlite_begin (KamSqlite     *self,
              gboolean   durable,
              GError   **error)
{
  /* Only possible between transactions. */
  if (durable != self->durable)
    {
      if (!kam_sqlite_script (self, durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL", error))
        return FALSE;

      self->durable = durable;
    }

  return kam_sqlite_exec (self, error, "BEGIN IMMEDIATE", "");
}

gboolean
kam_sqlite_commit (KamSqlite   *self,
               GError **error)
{
  if (kam_sqlite_exec (self, error, "COMMIT", ""))
    return TRUE;

  kam_sqlite_rollback (self);

  return FALSE;
}

void
kam_sqlite_rollback (KamSqlite *self)
{
  /* After a full disk or an I/O error SQLite may have rolled back by itself. */
  if (!sqlite3_get_autocommit (self->handle))
    sqlite3_exec (self->handle, "ROLLBACK", NULL, NULL, NULL);
}
