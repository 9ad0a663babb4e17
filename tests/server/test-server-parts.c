/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-auth.h"
#include "kam-cursor.h"
#include "kam-rate-limiter.h"
#include "kam-server-config.h"
#include "kam-server-error.h"

#include <glib/gstdio.h>

#define ID_A "01890000-0000-7000-8000-00000000000a"
#define ID_B "01890000-0000-7000-8000-00000000000b"

static KamServerConfig *
load (const char  *text,
      GError     **error)
{
  g_autofree char *dir = g_dir_make_tmp ("kam-test-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "c.conf", NULL);
  g_autofree char *open_secret = g_build_filename (dir, "open", NULL);
  g_autofree char *secret = g_build_filename (dir, "secret", NULL);
  KamServerConfig *config;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_true (g_file_set_contents (open_secret, "x", -1, NULL));
  g_assert_true (g_file_set_contents_full (secret, "hush\n", -1, 0, 0600, NULL));
  g_chmod (open_secret, 0644);
  config = kam_server_config_load (path, error);
  g_unlink (path);
  g_unlink (open_secret);
  g_unlink (secret);
  g_rmdir (dir);

  return config;
}

static void
test_config_good (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KamServerConfig) config = load ("[server]\nport=0\nworkers = 9\n[database]\nhost=db\npassword-file=secret\nreplica=true\n[limits]\npage-rows=77\n",
                                             &error);

  g_assert_no_error (error);
  g_assert_cmpuint (config->port, ==, 0);
  g_assert_cmpuint (config->workers, ==, 9);
  g_assert_cmpstr (config->address, ==, "127.0.0.1");
  g_assert_cmpstr (config->database.host, ==, "db");
  g_assert_cmpuint (config->database.port, ==, 3306);
  g_assert_cmpstr (config->database.password, ==, "hush");
  g_assert_true (config->replica);
  g_assert_cmpuint (config->page_rows, ==, 77);
}

static void
test_config_bad (void)
{
  const struct
  {
    const char *text;
    const char *says;
  } cases[] = {
    { "[database]\nsocket=/s\n[limts]\nx=1\n", "[limts]" },
    { "[database]\nsocket=/s\n[limits]\nbody-byte=1\n", "[limits] has no key “body-byte”" },
    { "[database]\nsocket=/s\n[server]\nport=70000\n", "[server], key “port”: “70000”" },
    { "[database]\nsocket=/s\n[server]\nport=-1\n", "key “port”" },
    { "[database]\nsocket=/s\n[server]\nworkers=many\n", "key “workers”" },
    { "[database]\nsocket=/s\nreplica=yes\n", "neither true nor false" },
    { "[database]\nsocket=/s\nhost=h\n", "either “socket” or “host”" },
    { "[server]\nport=1\n", "either “socket” or “host”" },
    { "[database]\nsocket=/s\npassword-file=open\n", "chmod o=" },
    { "[database]\nsocket=/s\npassword-file=missing\n", "cannot read" },
    { "no group\n", "cannot read the configuration" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      KamServerConfig *config = load (cases[i].text, &error);

      g_assert_null (config);
      g_assert_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_CONFIG);
      g_assert_nonnull (strstr (error->message, "c.conf"));
      if (strstr (error->message, cases[i].says) == NULL)
        g_error ("case %" G_GSIZE_FORMAT ": %s", i, error->message);
    }
}

static void
test_config_tls (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KamServerConfig) config = load ("[server]\naddress=0.0.0.0\n[database]\nsocket=/s\n", &error);

  g_assert_no_error (error);
  g_assert_false (kam_server_config_check_serve (config, &error));
  g_assert_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_CONFIG);
  g_clear_error (&error);

  g_free (config->address);
  config->address = g_strdup ("::1");
  g_assert_true (kam_server_config_check_serve (config, &error));
  g_assert_no_error (error);

  config->certificate = g_strdup ("x");
  g_assert_false (kam_server_config_check_serve (config, &error));
  g_assert_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_CONFIG);
  g_clear_error (&error);

  g_free (config->address);
  config->address = g_strdup ("example.com");
  g_assert_false (kam_server_config_check_serve (config, &error));
  g_assert_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_CONFIG);
}

/* The example says it shows every default: so all of it, uncommented, must load and change nothing but what needs files. */
static void
test_config_example (void)
{
  g_autofree char *path = g_build_filename (g_getenv ("KAM_DATA_DIR"), "kam-server.conf", NULL);
  g_autoptr (KamServerConfig) defaults = kam_server_config_new ();
  g_autoptr (KamServerConfig) config = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GRegex) commented = g_regex_new ("^#([a-z-]+=)(?!.*(key|file|\\.pem)$)", G_REGEX_MULTILINE, 0, NULL);
  g_autoptr (GRegex) secrets = g_regex_new ("^(key|password-file|host)=.*$", G_REGEX_MULTILINE, 0, NULL);
  g_autofree char *open = NULL;
  g_autofree char *shown = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  open = g_regex_replace (commented, text, -1, 0, "\\1", 0, &error);
  g_assert_no_error (error);
  shown = g_regex_replace (secrets, open, -1, 0, "", 0, &error);
  g_assert_no_error (error);
  config = load (shown, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (config->port, ==, defaults->port);
  g_assert_cmpuint (config->workers, ==, defaults->workers);
  g_assert_cmpuint (config->waiting, ==, defaults->waiting);
  g_assert_cmpuint (config->body_bytes, ==, defaults->body_bytes);
  g_assert_cmpuint (config->idle_seconds, ==, defaults->idle_seconds);
  g_assert_cmpuint (config->login_attempts_per_address, ==, defaults->login_attempts_per_address);
  g_assert_cmpuint (config->session_days, ==, defaults->session_days);
  g_assert_cmpuint (config->poke_seconds, ==, defaults->poke_seconds);
  g_assert_cmpuint (config->mail_port, ==, defaults->mail_port);
  g_assert_cmpstr (config->mail_tls, ==, defaults->mail_tls);
  g_assert_cmpstr (config->database.name, ==, defaults->database.name);
}

static void
test_rate (void)
{
  g_autoptr (KamRateLimiter) limiter = kam_rate_limiter_new (3, 60 * G_USEC_PER_SEC);
  gint64 now = 5 * G_USEC_PER_SEC;

  for (int i = 0; i < 3; i++)
    g_assert_cmpuint (kam_rate_limiter_take (limiter, "a", now), ==, 0);

  g_assert_cmpuint (kam_rate_limiter_take (limiter, "a", now), ==, 20);
  g_assert_cmpuint (kam_rate_limiter_take (limiter, "b", now), ==, 0);
  g_assert_cmpuint (kam_rate_limiter_take (limiter, "a", now + 19 * G_USEC_PER_SEC), ==, 1);
  g_assert_cmpuint (kam_rate_limiter_take (limiter, "a", now + 20 * G_USEC_PER_SEC), ==, 0);
  g_assert_cmpuint (kam_rate_limiter_take (limiter, "a", now + 20 * G_USEC_PER_SEC), ==, 20);
  kam_rate_limiter_refund (limiter, "a");
  g_assert_cmpuint (kam_rate_limiter_take (limiter, "a", now + 20 * G_USEC_PER_SEC), ==, 0);
}

static void
test_rate_memory (void)
{
  g_autoptr (KamRateLimiter) limiter = kam_rate_limiter_new (10, G_USEC_PER_SEC);

  for (int i = 0; i < 50000; i++)
    {
      g_autofree char *key = g_strdup_printf ("%d", i);

      kam_rate_limiter_take (limiter, key, (gint64) i * 1000);
    }

  g_assert_cmpuint (kam_rate_limiter_size (limiter), <, 10000);
}

static void
test_tokens (void)
{
  guint8 made[KAM_TOKEN_HASH_BYTES];
  guint8 read[KAM_TOKEN_HASH_BYTES];
  g_autofree char *token = kam_auth_new_token (made);
  g_autofree char *longer = g_strconcat (token, "A", NULL);

  g_assert_cmpuint (strlen (token), ==, 43);
  g_assert_true (kam_auth_hash_token (token, read));
  g_assert_cmpmem (made, sizeof made, read, sizeof read);
  g_assert_false (kam_auth_hash_token ("", read));
  g_assert_false (kam_auth_hash_token (longer, read));
  token[5] = '!';
  g_assert_false (kam_auth_hash_token (token, read));
  g_assert_cmpstr (kam_auth_bearer ("bearer x"), ==, "x");
  g_assert_null (kam_auth_bearer ("Basic x"));
  g_assert_null (kam_auth_bearer (NULL));
}

static void
test_passwords (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *hash = kam_auth_hash_password ("पासवर्ड-long", &error);

  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (hash, "$argon2id$"));
  g_assert_true (kam_auth_check_password (hash, "पासवर्ड-long"));
  g_assert_false (kam_auth_check_password (hash, "other"));
  g_assert_false (kam_auth_check_password (NULL, "पासवर्ड-long"));
  g_assert_true (kam_auth_check_length ("पासवर्डपासवर्ड", 10, &error));
  g_assert_no_error (error);
  g_assert_false (kam_auth_check_length ("short", 10, &error));
  g_assert_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_REFUSED);
}

static KamCursor *
make_cursor (const KamOrg *org)
{
  KamCursor *cursor = kam_cursor_new (org);

  cursor->base = 7;
  cursor->up_to = G_MAXINT64;
  cursor->round = KAM_ROUND_GAINED;
  cursor->entity = -1;
  cursor->rev = 9;
  cursor->done = 3;
  cursor->total = 4;
  g_strlcpy (cursor->nonce, ID_A, sizeof cursor->nonce);
  g_strlcpy (cursor->scope, ID_B, sizeof cursor->scope);
  g_ptr_array_add (cursor->held, g_strdup (ID_A));
  g_ptr_array_add (cursor->held, g_strdup (ID_B));
  g_ptr_array_add (cursor->gained, g_strdup (ID_B));

  return cursor;
}

static void
test_cursor (void)
{
  KamOrg org = { .server_id = ID_A, .epoch = ID_B, .secret = { 1, 2, 3 } };
  g_autoptr (KamCursor) cursor = make_cursor (&org);
  g_autofree char *text = kam_cursor_seal (cursor, &org);
  g_autofree char *again = kam_cursor_seal (cursor, &org);
  g_autoptr (GError) error = NULL;
  g_autoptr (KamCursor) opened = kam_cursor_open (text, &org, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (text, !=, again);
  g_assert_cmpint (opened->base, ==, 7);
  g_assert_cmpint (opened->up_to, ==, G_MAXINT64);
  g_assert_cmpint (opened->round, ==, KAM_ROUND_GAINED);
  g_assert_cmpint (opened->entity, ==, -1);
  g_assert_cmpint (opened->rev, ==, 9);
  g_assert_cmpstr (opened->nonce, ==, ID_A);
  g_assert_cmpstr (opened->scope, ==, ID_B);
  g_assert_cmpstr (opened->id, ==, "");
  g_assert_cmpuint (opened->held->len, ==, 2);
  g_assert_cmpstr (g_ptr_array_index (opened->held, 1), ==, ID_B);
  g_assert_cmpuint (opened->gained->len, ==, 1);
}

static void
test_cursor_foreign (void)
{
  KamOrg org = { .server_id = ID_A, .epoch = ID_B, .secret = { 1, 2, 3 } };
  KamOrg other = { .server_id = ID_A, .epoch = ID_B, .secret = { 1, 2, 4 } };
  KamOrg restored = { .server_id = ID_A, .epoch = ID_A, .secret = { 1, 2, 3 } };
  g_autoptr (KamCursor) cursor = make_cursor (&org);
  g_autofree char *text = kam_cursor_seal (cursor, &org);
  g_autoptr (GError) error = NULL;

  /* Every character is under the seal. */
  for (char *at = text; *at != '\0'; at++)
    {
      char was = *at;

      *at = was == 'A' ? 'B' : 'A';
      g_assert_null (kam_cursor_open (text, &org, &error));
      g_assert_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_BAD_REQUEST);
      g_clear_error (&error);
      *at = was;
    }

  g_assert_null (kam_cursor_open ("", &org, &error));
  g_assert_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_BAD_REQUEST);
  g_clear_error (&error);
  g_assert_null (kam_cursor_open (text, &other, &error));
  g_assert_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_BAD_REQUEST);
  g_clear_error (&error);
  g_assert_null (kam_cursor_open (text, &restored, &error));
  g_assert_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_DIVERGED);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (kam_auth_init (NULL));

  g_test_add_func ("/server/config/good", test_config_good);
  g_test_add_func ("/server/config/bad", test_config_bad);
  g_test_add_func ("/server/config/tls", test_config_tls);
  g_test_add_func ("/server/config/example", test_config_example);
  g_test_add_func ("/server/rate/window", test_rate);
  g_test_add_func ("/server/rate/memory", test_rate_memory);
  g_test_add_func ("/server/auth/tokens", test_tokens);
  g_test_add_func ("/server/auth/passwords", test_passwords);
  g_test_add_func ("/server/cursor/round-trip", test_cursor);
  g_test_add_func ("/server/cursor/foreign", test_cursor_foreign);

  return g_test_run ();
}
