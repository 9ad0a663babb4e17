/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-store-private.h"

gboolean
kam_meta_get_number (KamWorker   *self,
                     const char  *key,
                     gint64      *number,
                     GError     **error)
{
  return kam_sqlite_number (self->db, number, 0, error, "SELECT value FROM meta WHERE key = ?1", "t", key);
}

static gboolean
get_text (KamWorker   *self,
          const char  *sql,
          const char  *key,
          char       **text,
          GError     **error)
{
  sqlite3_stmt *stmt = kam_sqlite_query (self->db, error, sql, "t", key);
  int step = stmt != NULL ? kam_sqlite_step (self->db, stmt, error) : -1;

  *text = NULL;

  if (step > 0)
    {
      *text = kam_sqlite_text (stmt, 0);
      sqlite3_reset (stmt);
    }

  return step >= 0;
}

gboolean
kam_meta_get_text (KamWorker   *self,
                   const char  *key,
                   char       **text,
                   GError     **error)
{
  return get_text (self, "SELECT value FROM meta WHERE key = ?1", key, text, error);
}

gboolean
kam_meta_set_number (KamWorker   *self,
                     const char  *key,
                     gint64       number,
                     GError     **error)
{
  return kam_sqlite_exec (self->db, error, "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2", "ti", key, number);
}

gboolean
kam_meta_set_text (KamWorker   *self,
                   const char  *key,
                   const char  *text,
                   GError     **error)
{
  return kam_sqlite_exec (self->db, error, "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2", "tt", key, text);
}

gboolean
kam_setting_get (KamWorker   *self,
                 const char  *key,
                 char       **value,
                 GError     **error)
{
  return get_text (self, "SELECT value FROM setting WHERE key = ?1", key, value, error);
}

gboolean
kam_setting_set (KamWorker   *self,
                 const char  *key,
                 const char  *value,
                 GError     **error)
{
  if (value == NULL)
    return kam_sqlite_exec (self->db, error, "DELETE FROM setting WHERE key = ?1", "t", key);

  return kam_sqlite_exec (self->db, error, "INSERT INTO setting (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2", "tt", key, value);
}

gboolean
kam_store_is_local (KamWorker  *self,
                    gboolean   *is_local,
                    GError    **error)
{
  gint64 local;

  if (!kam_meta_get_number (self, "local", &local, error))
    return FALSE;

  *is_local = local != 0;

  return TRUE;
}
