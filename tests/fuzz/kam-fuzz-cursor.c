/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-fuzz.h"

#include "kam-cursor.h"
#include "kam-server-error.h"

#include <sodium.h>
#include <string.h>

/* The input's first letter says what the rest is:
 *   t  a cursor as a client sends it
 *   s  what is sealed in one, by whoever has the server's secret
 *   f  which bit of a good cursor is turned: two bytes; then a cursor's numbers and scopes */

static const KamOrg org = {
  .server_id = "019a2b3c-0000-7000-8000-000000000001",
  .epoch = "019a2b3c-0000-7000-8000-000000000002",
  .head = 4711,
  .secret = { 1, 2, 3, 4, 5, 6, 7 },
};

static gboolean
same_scopes (GPtrArray *a,
             GPtrArray *b)
{
  if (a->len != b->len)
    return FALSE;

  for (guint i = 0; i < a->len; i++)
    {
      if (!kam_id_is_valid (g_ptr_array_index (a, i)) || !g_str_equal (g_ptr_array_index (a, i), g_ptr_array_index (b, i)))
        return FALSE;
    }

  return TRUE;
}

static void
check_text (const char *id)
{
  g_assert_true (id[0] == '\0' || kam_id_is_valid (id));
}

/* A cursor that was opened is sealed and opened again, and is the same. */
static void
check_again (const KamCursor *cursor)
{
  g_autofree char *text = kam_cursor_seal (cursor, &org);
  g_autoptr (GError) error = NULL;
  g_autoptr (KamCursor) again = kam_cursor_open (text, &org, &error);

  g_assert_no_error (error);
  check_text (cursor->nonce);
  check_text (cursor->scope);
  check_text (cursor->id);
  g_assert_cmpstr (again->nonce, ==, cursor->nonce);
  g_assert_cmpstr (again->scope, ==, cursor->scope);
  g_assert_cmpstr (again->id, ==, cursor->id);
  g_assert_cmpint (again->base, ==, cursor->base);
  g_assert_cmpint (again->up_to, ==, cursor->up_to);
  g_assert_cmpint (again->round, ==, cursor->round);
  g_assert_cmpint (again->entity, ==, cursor->entity);
  g_assert_cmpint (again->rev, ==, cursor->rev);
  g_assert_cmpint (again->done, ==, cursor->done);
  g_assert_cmpint (again->total, ==, cursor->total);
  g_assert_true (same_scopes (again->held, cursor->held));
  g_assert_true (same_scopes (again->gained, cursor->gained));
}

static void
open_text (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (KamCursor) cursor = kam_cursor_open (text, &org, &error);

  if (cursor != NULL)
    check_again (cursor);
  else
    g_assert_true (g_error_matches (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_BAD_REQUEST) ||
                   g_error_matches (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_DIVERGED));
}

/* As the server seals: nobody else can, but what it sealed may be of another version of it. */
static void
open_sealed (const guint8 *plain,
             gsize         size)
{
  static const char use[] = "kam-cursor-1";
  guint8 key[crypto_secretbox_KEYBYTES];
  gsize sealed_size = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + size;
  g_autofree guint8 *sealed = g_malloc0 (sealed_size);
  gsize text_size = sodium_base64_ENCODED_LEN (sealed_size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  g_autofree char *text = g_malloc (text_size);

  crypto_generichash (key, sizeof key, (const guint8 *) use, sizeof use, org.secret, sizeof org.secret);
  crypto_secretbox_easy (sealed + crypto_secretbox_NONCEBYTES, plain, size, sealed, key);
  sodium_bin2base64 (text, text_size, sealed, sealed_size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  open_text (text);
}

static gint64
take_number (const guint8 **at,
             gsize         *left)
{
  gint64 number = 0;
  gsize n = MIN (*left, sizeof number);

  memcpy (&number, *at, n);
  *at += n;
  *left -= n;

  return number;
}

static KamCursor *
make_cursor (const guint8 *at,
             gsize         left)
{
  KamCursor *cursor = kam_cursor_new (&org);

  cursor->base = take_number (&at, &left);
  cursor->up_to = take_number (&at, &left);
  cursor->rev = take_number (&at, &left);
  cursor->entity = (int) (take_number (&at, &left) % KAM_N_ENTITIES);
  cursor->round = (KamRound) ((guint64) take_number (&at, &left) % (KAM_ROUND_GAINED + 1));

  while (left >= KAM_ID_BYTES)
    {
      char id[KAM_ID_LENGTH + 1];

      kam_id_from_bytes (at, id);
      g_ptr_array_add (left % 2 == 0 ? cursor->held : cursor->gained, g_strdup (id));
      at += KAM_ID_BYTES;
      left -= KAM_ID_BYTES;
    }

  return cursor;
}

/* One bit is turned anywhere in a good cursor: it is none any more. */
static void
open_flipped (const guint8 *data,
              gsize         size)
{
  guint at = size >= 2 ? (guint) (data[0] << 8 | data[1]) : 0;
  g_autoptr (KamCursor) cursor = make_cursor (size >= 2 ? data + 2 : data, size >= 2 ? size - 2 : 0);
  g_autofree char *text = kam_cursor_seal (cursor, &org);
  g_autoptr (GError) error = NULL;
  g_autoptr (KamCursor) opened = NULL;

  check_again (cursor);
  text[at / 8 % strlen (text)] ^= (char) (1 << at % 7);
  opened = kam_cursor_open (text, &org, &error);
  g_assert_null (opened);
  g_assert_error (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_BAD_REQUEST);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  if (sodium_init () < 0 || size == 0)
    return 0;

  if (data[0] == 's')
    {
      open_sealed (data + 1, size - 1);
    }
  else if (data[0] == 'f')
    {
      open_flipped (data + 1, size - 1);
    }
  else
    {
      g_autofree char *text = g_strndup ((const char *) data + 1, size - 1);

      open_text (text);
    }

  return 0;
}
