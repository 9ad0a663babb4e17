/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-auth.h"

#include "kam-server-error.h"

#include <sodium.h>

#define TOKEN_BYTES 32
#define TOKEN_LENGTH 43 /* base64url of 32 bytes, without padding */
#define PASSWORD_MOST 1024

static char dummy_hash[crypto_pwhash_STRBYTES]; /* written once, by kam_auth_init() */

static gboolean
hash_into (char        out[crypto_pwhash_STRBYTES],
           const char *password)
{
  return crypto_pwhash_str (out, password, strlen (password), crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE) == 0;
}

gboolean
kam_auth_init (GError **error)
{
  static gsize done;
  guint8 random[16];
  char text[33];

  if (sodium_init () < 0)
    {
      g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_INTERNAL, "libsodium cannot start");
      return FALSE;
    }

  if (g_once_init_enter (&done))
    {
      gboolean hashed;

      randombytes_buf (random, sizeof random);
      sodium_bin2hex (text, sizeof text, random, sizeof random);
      hashed = hash_into (dummy_hash, text);
      g_once_init_leave (&done, hashed ? 1 : 2);
    }

  if (done != 1)
    {
      g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_INTERNAL, "not enough memory to hash passwords (64 MB are needed)");
      return FALSE;
    }

  return TRUE;
}

char *
kam_auth_hash_password (const char  *password,
                        GError     **error)
{
  char hash[crypto_pwhash_STRBYTES];

  if (!hash_into (hash, password))
    {
      g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_INTERNAL, "not enough memory to hash the password (64 MB are needed)");
      return NULL;
    }

  return g_strdup (hash);
}

gboolean
kam_auth_check_password (const char *hash,
                         const char *password)
{
  int result = crypto_pwhash_str_verify (hash != NULL ? hash : dummy_hash, password, strlen (password));

  return hash != NULL && result == 0;
}

typedef struct
{
  char *hash;     /* (owned) (nullable) */
  char *password; /* (owned) */
} Check;

static void
check_free (gpointer data)
{
  Check *check = data;

  g_free (check->hash);
  sodium_memzero (check->password, strlen (check->password));
  g_free (check->password);
  g_free (check);
}

void
kam_auth_check_async (GThreadPool         *pool,
                      guint                waiting_most,
                      const char          *hash,
                      const char          *password,
                      GAsyncReadyCallback  callback,
                      gpointer             user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Check *check = g_new0 (Check, 1);

  check->hash = g_strdup (hash);
  check->password = g_strdup (password);
  g_task_set_source_tag (task, kam_auth_check_async);
  g_task_set_task_data (task, check, check_free);

  if (g_thread_pool_unprocessed (pool) >= waiting_most)
    g_task_return_new_error (task, KAM_SERVER_ERROR, KAM_SERVER_ERROR_BUSY, "Too many people are signing in; try again later.");
  else
    g_thread_pool_push (pool, g_steal_pointer (&task), NULL);
}

gboolean
kam_auth_check_finish (GAsyncResult  *result,
                       gboolean      *right,
                       GError       **error)
{
  g_autoptr (GError) failure = NULL;

  *right = g_task_propagate_boolean (G_TASK (result), &failure);
  if (failure == NULL)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&failure));

  return FALSE;
}

void
kam_auth_run_job (gpointer job,
                  gpointer user_data)
{
  g_autoptr (GTask) task = job;
  Check *check = g_task_get_task_data (task);

  g_task_return_boolean (task, kam_auth_check_password (check->hash, check->password));
}

gboolean
kam_auth_check_length (const char  *password,
                       guint        least,
                       GError     **error)
{
  if (!g_utf8_validate (password, -1, NULL))
    {
      g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_REFUSED, "the password is not UTF-8 text");
      return FALSE;
    }

  if (g_utf8_strlen (password, -1) < (glong) least)
    {
      g_set_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_REFUSED, "the password is too short; give at least %u characters", least);
      return FALSE;
    }

  if (strlen (password) > PASSWORD_MOST)
    {
      g_set_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_REFUSED, "the password is too long; give at most %d bytes", PASSWORD_MOST);
      return FALSE;
    }

  return TRUE;
}

char *
kam_auth_new_token (guint8 hash[KAM_TOKEN_HASH_BYTES])
{
  guint8 token[TOKEN_BYTES];
  char text[TOKEN_LENGTH + 1];

  randombytes_buf (token, sizeof token);
  crypto_generichash (hash, KAM_TOKEN_HASH_BYTES, token, sizeof token, NULL, 0);
  sodium_bin2base64 (text, sizeof text, token, sizeof token, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  sodium_memzero (token, sizeof token);

  return g_strdup (text);
}

gboolean
kam_auth_hash_token (const char *token,
                     guint8      hash[KAM_TOKEN_HASH_BYTES])
{
  guint8 bytes[TOKEN_BYTES];
  gsize length = 0;

  if (strlen (token) != TOKEN_LENGTH ||
      sodium_base642bin (bytes, sizeof bytes, token, TOKEN_LENGTH, NULL, &length, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
      length != sizeof bytes)
    return FALSE;

  crypto_generichash (hash, KAM_TOKEN_HASH_BYTES, bytes, sizeof bytes, NULL, 0);
  sodium_memzero (bytes, sizeof bytes);

  return TRUE;
}

const char *
kam_auth_bearer (const char *header)
{
  if (header == NULL || g_ascii_strncasecmp (header, "Bearer ", 7) != 0)
    return NULL;

  return header + 7;
}
