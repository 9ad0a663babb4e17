/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-token.h"

#include <glib/gstdio.h>

/* The token's two places. Run by with-keyring.sh, which says in KAM_TEST_KEYRING what keyring there is: open, locked or none. */

#define SERVER "https://kam.example.com"

static void
result_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static GAsyncResult *
await (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return *result;
}

static char *
load (const char *dir,
      const char *server)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gboolean in_keyring = FALSE;
  char *token;

  kam_token_load_async (dir, server, NULL, result_cb, &result);
  token = kam_token_load_finish (await (&result), &in_keyring, &error);
  g_assert_no_error (error);

  return token;
}

static gboolean
save (const char *dir,
      const char *token)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  gboolean in_keyring = FALSE;

  kam_token_save_async (dir, SERVER, token, NULL, result_cb, &result);
  kam_token_save_finish (await (&result), &in_keyring, &error);
  g_assert_no_error (error);

  return in_keyring;
}

static void
test_round_trip (void)
{
  gboolean keyring = g_strcmp0 (g_getenv ("KAM_TEST_KEYRING"), "open") == 0;
  g_autoptr (GError) error = NULL;
  g_autofree char *dir = g_dir_make_tmp ("kam-token-XXXXXX", &error);
  g_autofree char *other = g_dir_make_tmp ("kam-token-XXXXXX", &error);
  g_autofree char *file = g_build_filename (dir, "token", NULL);
  g_autofree char *kept = NULL;
  g_autoptr (GAsyncResult) cleared = NULL;
  GStatBuf info;

  g_assert_null (load (dir, SERVER));
  g_assert_true (save (dir, "first") == keyring);
  g_assert_true (save (dir, "second") == keyring);
  kept = load (dir, SERVER);
  g_assert_cmpstr (kept, ==, "second");

  /* Neither another server nor another profile gets it. */
  g_assert_null (load (dir, "https://other.example.com"));
  g_assert_null (load (other, SERVER));

  g_assert_true ((g_stat (file, &info) == 0) == !keyring);
  if (!keyring)
    g_assert_cmpint (info.st_mode & 0777, ==, 0600);

  kam_token_clear_async (dir, SERVER, NULL, result_cb, &cleared);
  kam_token_clear_finish (await (&cleared), &error);
  g_assert_no_error (error);
  g_assert_null (load (dir, SERVER));
  g_assert_false (g_file_test (file, G_FILE_TEST_EXISTS));

  g_rmdir (dir);
  g_rmdir (other);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/token/round-trip", test_round_trip);

  return g_test_run ();
}
