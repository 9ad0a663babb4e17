/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-db-private.h"

#include <errmsg.h>
#include <mysqld_error.h>
#include <string.h>

#define DEFAULT_TIMEOUT_S 10
/* Longer than any lock is waited for, so that a slow statement ends with the server's word and not with a lost connection. */
#define READ_TIMEOUT_S 60
#define MAX_TRIES 10

/* MariaDB's own numbers, which its client headers do not name. */
#define ERROR_CONNECTION_KILLED 1927
#define ERROR_CHECK_FAILED 4025
#define ERROR_CHECK_FAILED_MYSQL 3819

#define SESSION_SETTINGS                                                                                                                       \
  "SET SESSION sql_mode = 'STRICT_ALL_TABLES,STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,ONLY_FULL_GROUP_BY,"  \
  "NO_ENGINE_SUBSTITUTION', time_zone = '+00:00', innodb_lock_wait_timeout = 10"

G_DEFINE_QUARK (kam-db-error-quark, kam_db_error)

static KamDbError
classify (guint number)
{
  switch (number)
    {
    case ER_LOCK_DEADLOCK:
    case ER_LOCK_WAIT_TIMEOUT:
    case ER_CHECKREAD: /* a row changed under a snapshot: newer servers say so instead of reading the old one */
      return KAM_DB_ERROR_DEADLOCK;
    case CR_SERVER_GONE_ERROR:
    case CR_SERVER_LOST:
    case ER_SERVER_SHUTDOWN:
    case ERROR_CONNECTION_KILLED:
      return KAM_DB_ERROR_LOST;
    case CR_CONNECTION_ERROR:
    case CR_CONN_HOST_ERROR:
    case CR_UNKNOWN_HOST:
    case CR_SSL_CONNECTION_ERROR:
    case ER_CON_COUNT_ERROR:
    case ER_ACCESS_DENIED_ERROR:
    case ER_DBACCESS_DENIED_ERROR:
    case ER_BAD_DB_ERROR:
      return KAM_DB_ERROR_CONNECT;
    case ER_DUP_ENTRY:
    case ER_DUP_ENTRY_WITH_KEY_NAME:
      return KAM_DB_ERROR_DUPLICATE;
    case ER_BAD_NULL_ERROR:
    case ER_NO_DEFAULT_FOR_FIELD:
    case ER_ROW_IS_REFERENCED_2:
    case ER_NO_REFERENCED_ROW_2:
    case ER_DATA_TOO_LONG:
    case ER_WARN_DATA_OUT_OF_RANGE:
    case ER_TRUNCATED_WRONG_VALUE_FOR_FIELD:
    case ERROR_CHECK_FAILED:
    case ERROR_CHECK_FAILED_MYSQL:
      return KAM_DB_ERROR_CONSTRAINT;
    default:
      return KAM_DB_ERROR_FAILED;
    }
}

/* The server's words may hold what a person typed, so they are in the error, which is for the caller, and never in a log by themselves. */
void
kam_db_set_error (KamDb      *self,
                  GError    **error,
                  guint       number,
                  const char *message)
{
  KamDbError code = classify (number);

  if (code == KAM_DB_ERROR_LOST)
    self->broken = TRUE;

  g_set_error (error, KAM_DB_ERROR, (int) code, "The database says: %s (%u)", message, number);
}

gboolean
kam_db_run_text (KamDb      *self,
                 const char *sql,
                 GError    **error)
{
  if (mysql_real_query (self->mysql, sql, strlen (sql)) != 0)
    {
      kam_db_set_error (self, error, mysql_errno (self->mysql), mysql_error (self->mysql));
      return FALSE;
    }

  self->used_at = g_get_monotonic_time ();

  return TRUE;
}

static gboolean
is_loopback (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  return strcmp (host, "localhost") == 0 || (address != NULL && g_inet_address_get_is_loopback (address));
}

static gboolean
set_options (MYSQL              *mysql,
             const KamDbOptions *options,
             GError            **error)
{
  guint connect_timeout = options->timeout_s > 0 ? options->timeout_s : DEFAULT_TIMEOUT_S;
  guint read_timeout = MAX (options->answer_s > 0 ? options->answer_s : READ_TIMEOUT_S, connect_timeout);
  guint protocol = options->socket != NULL ? MYSQL_PROTOCOL_SOCKET : MYSQL_PROTOCOL_TCP;
  guint off = 0;
  my_bool yes = 1;

  mysql_options (mysql, MYSQL_OPT_CONNECT_TIMEOUT, &connect_timeout);
  mysql_options (mysql, MYSQL_OPT_READ_TIMEOUT, &read_timeout);
  mysql_options (mysql, MYSQL_OPT_WRITE_TIMEOUT, &read_timeout);
  mysql_options (mysql, MYSQL_OPT_PROTOCOL, &protocol);
  mysql_options (mysql, MYSQL_OPT_LOCAL_INFILE, &off);
  mysql_options (mysql, MYSQL_SET_CHARSET_NAME, "utf8mb4");

  if (options->socket != NULL)
    return TRUE;

  if (options->ca_file != NULL)
    {
      mysql_ssl_set (mysql, NULL, NULL, options->ca_file, NULL, NULL);
      mysql_options (mysql, MYSQL_OPT_SSL_ENFORCE, &yes);
      mysql_options (mysql, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &yes);
      return TRUE;
    }

  if (options->host != NULL && is_loopback (options->host))
    return TRUE;

  g_set_error (error, KAM_DB_ERROR, KAM_DB_ERROR_CONNECT,
               "The database is on another machine: name the file with its certificate authority, so that the connection can be encrypted");
  return FALSE;
}

static gboolean
set_session (KamDb   *self,
             GError **error)
{
  return kam_db_run_text (self, "SET NAMES utf8mb4 COLLATE utf8mb4_bin", error) && kam_db_run_text (self, SESSION_SETTINGS, error) &&
         kam_db_run_text (self, "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ", error);
}

/**
 * kam_db_connect:
 * @options: where to; the name may be NULL to connect to no database in particular
 *
 * A new connection: UTF-8 compared byte by byte, strict mode, UTC. Blocks, at most for the options' timeout.
 *
 * Returns: (transfer full): or NULL with KAM_DB_ERROR_CONNECT
 */
KamDb *
kam_db_connect (const KamDbOptions *options,
                GError            **error)
{
  g_autoptr (KamDb) self = g_new0 (KamDb, 1);

  self->mysql = mysql_init (NULL);
  self->statements = g_hash_table_new (g_str_hash, g_str_equal);

  if (!set_options (self->mysql, options, error))
    return NULL;

  if (mysql_real_connect (self->mysql, options->host, options->user, options->password, options->name, options->port, options->socket,
                          CLIENT_FOUND_ROWS) == NULL)
    {
      g_set_error (error, KAM_DB_ERROR, KAM_DB_ERROR_CONNECT, "Cannot connect to the database: %s (%u)", mysql_error (self->mysql),
                   mysql_errno (self->mysql));
      return NULL;
    }

  if (!set_session (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
kam_db_close (KamDb *self)
{
  kam_db_clear_statements (self);
  g_hash_table_unref (self->statements);
  mysql_close (self->mysql);
  g_free (self);
}

/**
 * kam_db_is_alive:
 * @idle_us: a connection that the server has answered on within this time is taken as alive without asking
 *
 * Returns: whether the connection can be used
 */
gboolean
kam_db_is_alive (KamDb  *self,
                 gint64  idle_us)
{
  if (self->broken)
    return FALSE;

  if (g_get_monotonic_time () - self->used_at < idle_us)
    return TRUE;

  self->broken = mysql_ping (self->mysql) != 0;

  return !self->broken;
}

/**
 * kam_db_create_database:
 * @options: where; its name is that of the database to make
 *
 * Makes the database unless it is there. Names are no values and cannot be bound, so the server itself quotes this one.
 */
gboolean
kam_db_create_database (const KamDbOptions *options,
                        GError            **error)
{
  KamDbOptions nowhere = *options;
  KamParam name = KAM_PARAM_TEXT (options->name);
  g_autoptr (KamDb) db = NULL;

  nowhere.name = NULL;
  db = kam_db_connect (&nowhere, error);

  return db != NULL &&
         kam_db_exec (db,
                      "SET @kam_create = CONCAT('CREATE DATABASE IF NOT EXISTS `', REPLACE(?, '`', '``'), "
                      "'` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin')",
                      &name, 1, NULL, error) &&
         kam_db_run_text (db, "PREPARE kam_create FROM @kam_create", error) && kam_db_run_text (db, "EXECUTE kam_create", error);
}

/* Who writes rereads after locking, and must then see what others have committed meanwhile: read committed. (A snapshot taken by the first plain read
 * of the transaction would show rows from before the lock; and it would lock the gaps between rows, over which those who insert fall.) Who reads gets
 * all of it from one snapshot. */
static gboolean
begin (KamDb     *self,
       KamDbMode  mode,
       GError   **error)
{
  gboolean read_committed = mode == KAM_DB_READ_WRITE;

  if (self->read_committed != read_committed)
    {
      if (!kam_db_run_text (self,
                            read_committed ? "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"
                                           : "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
                            error))
        return FALSE;

      self->read_committed = read_committed;
    }

  return kam_db_run_text (self, read_committed ? "START TRANSACTION" : "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY", error);
}

static gboolean
commit (KamDb     *self,
        KamDbMode  mode,
        GError   **error)
{
  g_autoptr (GError) local_error = NULL;

  if (kam_db_run_text (self, "COMMIT", &local_error))
    return TRUE;

  if (mode == KAM_DB_READ_WRITE && g_error_matches (local_error, KAM_DB_ERROR, KAM_DB_ERROR_LOST))
    local_error->code = KAM_DB_ERROR_UNCERTAIN;

  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

static gboolean
try_once (KamDb                *self,
          KamDbMode             mode,
          KamDbTransactionFunc  func,
          gpointer              data,
          GCancellable         *cancellable,
          GError              **error)
{
  if (!begin (self, mode, error))
    return FALSE;

  if (func (self, data, cancellable, error))
    {
      if (commit (self, mode, error))
        return TRUE;
    }

  /* If this fails the connection is broken, and the server rolls back by itself. */
  if (!self->broken && mysql_rollback (self->mysql) != 0)
    self->broken = TRUE;

  return FALSE;
}

/* A random while that grows, in a worker thread; it ends at once where the work is cancelled. */
static void
pause_before (guint         try,
              GCancellable *cancellable)
{
  GPollFD cancelled = { .fd = -1 };
  gboolean can_cancel = g_cancellable_make_pollfd (cancellable, &cancelled);

  g_poll (&cancelled, can_cancel ? 1 : 0, g_random_int_range (1, 2 + 4 * (gint32) try));

  if (can_cancel)
    g_cancellable_release_fd (cancellable);
}

/**
 * kam_db_transact:
 * @func: run once or more often
 *
 * Runs @func in a transaction and commits it, or rolls it back where it fails. Deadlocks and lock timeouts run all of it again, after a random pause
 * that grows.
 *
 * Returns: FALSE with @func's error, KAM_DB_ERROR_DEADLOCK after ten tries, or KAM_DB_ERROR_UNCERTAIN where the connection broke in the commit
 */
gboolean
kam_db_transact (KamDb                *self,
                 KamDbMode             mode,
                 KamDbTransactionFunc  func,
                 gpointer              data,
                 GCancellable         *cancellable,
                 GError              **error)
{
  for (guint try = 1;; try++)
    {
      g_autoptr (GError) local_error = NULL;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;

      if (try_once (self, mode, func, data, cancellable, &local_error))
        return TRUE;

      if (try == MAX_TRIES || self->broken || !g_error_matches (local_error, KAM_DB_ERROR, KAM_DB_ERROR_DEADLOCK))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return FALSE;
        }

      pause_before (try, cancellable);
    }
}
