/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-cursor.h"

#include "kam-server-error.h"

#include <sodium.h>

/* Version, server, epoch, nonce, base, up_to, round, entity, rev, scope, id, done, total, held, gained. Scopes as 16 bytes each, one after the other. */
#define FORMAT "(yayayayxxyixayayxxayay)"
#define VERSION 1
/* Some 20,000 scopes. */
#define TEXT_MOST (900 << 10)

KamCursor *
kam_cursor_new (const KamOrg *org)
{
  KamCursor *self = g_new0 (KamCursor, 1);

  g_strlcpy (self->server_id, org->server_id, sizeof self->server_id);
  g_strlcpy (self->epoch, org->epoch, sizeof self->epoch);
  self->held = g_ptr_array_new_with_free_func (g_free);
  self->gained = g_ptr_array_new_with_free_func (g_free);

  return self;
}

void
kam_cursor_free (KamCursor *self)
{
  g_clear_pointer (&self->held, g_ptr_array_unref);
  g_clear_pointer (&self->gained, g_ptr_array_unref);
  g_free (self);
}

static GVariant *
pack_bytes (gconstpointer bytes,
            gsize         size)
{
  return g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, bytes, size, 1);
}

static GVariant *
pack_id (const char *id)
{
  guint8 bytes[KAM_ID_BYTES];

  if (*id == '\0' || !kam_id_to_bytes (id, bytes))
    return pack_bytes ("", 0);

  return pack_bytes (bytes, sizeof bytes);
}

static GVariant *
pack_ids (GPtrArray *ids)
{
  g_autoptr (GByteArray) bytes = g_byte_array_sized_new (ids->len * KAM_ID_BYTES);

  for (guint i = 0; i < ids->len; i++)
    {
      guint8 id[KAM_ID_BYTES];

      if (kam_id_to_bytes (g_ptr_array_index (ids, i), id))
        g_byte_array_append (bytes, id, sizeof id);
    }

  return pack_bytes (bytes->data, bytes->len);
}

static gboolean
unpack_id (GVariant *variant,
           char      id[KAM_ID_LENGTH + 1])
{
  gsize size = 0;
  const guint8 *bytes = g_variant_get_fixed_array (variant, &size, 1);

  id[0] = '\0';
  if (size == 0)
    return TRUE;

  if (size != KAM_ID_BYTES)
    return FALSE;

  kam_id_from_bytes (bytes, id);

  return TRUE;
}

static gboolean
unpack_ids (GVariant  *variant,
            GPtrArray *ids)
{
  gsize size = 0;
  const guint8 *bytes = g_variant_get_fixed_array (variant, &size, 1);

  for (gsize at = 0; at + KAM_ID_BYTES <= size; at += KAM_ID_BYTES)
    {
      char id[KAM_ID_LENGTH + 1];

      kam_id_from_bytes (bytes + at, id);
      g_ptr_array_add (ids, g_strdup (id));
    }

  return size % KAM_ID_BYTES == 0;
}

/* The key of this use of the server's secret. */
static void
derive_key (const KamOrg *org,
            guint8        key[crypto_secretbox_KEYBYTES])
{
  static const char use[] = "kam-cursor-1";

  crypto_generichash (key, crypto_secretbox_KEYBYTES, (const guint8 *) use, sizeof use, org->secret, sizeof org->secret);
}

static char *
seal_bytes (const guint8 *plain,
            gsize         size,
            const KamOrg *org)
{
  gsize sealed_size = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + size;
  g_autofree guint8 *sealed = g_malloc (sealed_size);
  gsize text_size = sodium_base64_ENCODED_LEN (sealed_size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  char *text = g_malloc (text_size);
  guint8 key[crypto_secretbox_KEYBYTES];

  derive_key (org, key);
  randombytes_buf (sealed, crypto_secretbox_NONCEBYTES);
  crypto_secretbox_easy (sealed + crypto_secretbox_NONCEBYTES, plain, size, sealed, key);
  sodium_memzero (key, sizeof key);
  sodium_bin2base64 (text, text_size, sealed, sealed_size, sodium_base64_VARIANT_URLSAFE_NO_PADDING);

  return text;
}

static GBytes *
unseal_bytes (const char   *text,
              const KamOrg *org)
{
  gsize length = strlen (text);
  gsize size = 0;
  g_autofree guint8 *sealed = NULL;
  g_autofree guint8 *plain = NULL;
  guint8 key[crypto_secretbox_KEYBYTES];
  gboolean good;

  if (length > TEXT_MOST)
    return NULL;

  sealed = g_malloc (length + 1);
  if (sodium_base642bin (sealed, length + 1, text, length, NULL, &size, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0 ||
      size < crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES)
    return NULL;

  size -= crypto_secretbox_NONCEBYTES;
  plain = g_malloc (size);
  derive_key (org, key);
  good = crypto_secretbox_open_easy (plain, sealed + crypto_secretbox_NONCEBYTES, size, sealed, key) == 0;
  sodium_memzero (key, sizeof key);
  if (!good)
    return NULL;

  return g_bytes_new_take (g_steal_pointer (&plain), size - crypto_secretbox_MACBYTES);
}

char *
kam_cursor_seal (const KamCursor *self,
                 const KamOrg    *org)
{
  g_autoptr (GVariant) packed = NULL;
  g_autoptr (GVariant) portable = NULL;

  packed = g_variant_ref_sink (g_variant_new ("(y@ay@ay@ayxxyix@ay@ayxx@ay@ay)", VERSION, pack_id (self->server_id), pack_id (self->epoch),
                                              pack_id (self->nonce), self->base, self->up_to, (guint8) self->round, self->entity, self->rev,
                                              pack_id (self->scope), pack_id (self->id), self->done, self->total,
                                              pack_ids (self->held), pack_ids (self->gained)));
  portable = G_BYTE_ORDER == G_LITTLE_ENDIAN ? g_variant_ref (packed) : g_variant_byteswap (packed);

  return seal_bytes (g_variant_get_data (portable), g_variant_get_size (portable), org);
}

static gboolean
unpack (KamCursor *self,
        GVariant  *packed)
{
  g_autoptr (GVariant) server = NULL;
  g_autoptr (GVariant) epoch = NULL;
  g_autoptr (GVariant) nonce = NULL;
  g_autoptr (GVariant) scope = NULL;
  g_autoptr (GVariant) id = NULL;
  g_autoptr (GVariant) held = NULL;
  g_autoptr (GVariant) gained = NULL;
  guint8 version = 0;
  guint8 round = 0;

  g_variant_get (packed, "(y@ay@ay@ayxxyix@ay@ayxx@ay@ay)", &version, &server, &epoch, &nonce, &self->base, &self->up_to, &round, &self->entity,
                 &self->rev, &scope, &id, &self->done, &self->total, &held, &gained);
  if (version != VERSION || round > KAM_ROUND_GAINED)
    return FALSE;

  self->round = (KamRound) round;

  return unpack_id (nonce, self->nonce) && unpack_id (server, self->server_id) && unpack_id (epoch, self->epoch) &&
         unpack_id (scope, self->scope) && unpack_id (id, self->id) && unpack_ids (held, self->held) && unpack_ids (gained, self->gained);
}

KamCursor *
kam_cursor_open (const char    *text,
                 const KamOrg  *org,
                 GError       **error)
{
  g_autoptr (GBytes) plain = unseal_bytes (text, org);
  g_autoptr (KamCursor) self = kam_cursor_new (org);
  g_autoptr (GVariant) packed = NULL;

  if (plain != NULL)
    {
      g_autoptr (GVariant) portable = g_variant_ref_sink (g_variant_new_from_bytes (G_VARIANT_TYPE (FORMAT), plain, FALSE));

      packed = G_BYTE_ORDER == G_LITTLE_ENDIAN ? g_variant_ref (portable) : g_variant_byteswap (portable);
    }

  if (packed == NULL || !g_variant_is_normal_form (packed) || !unpack (self, packed))
    {
      g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_BAD_REQUEST, "“cursor” is not one that this server gave.");
      return NULL;
    }

  if (!g_str_equal (self->server_id, org->server_id) || !g_str_equal (self->epoch, org->epoch))
    {
      g_set_error_literal (error, KAM_SERVER_ERROR, KAM_SERVER_ERROR_DIVERGED, "The server's history has changed since; start over.");
      return NULL;
    }

  return g_steal_pointer (&self);
}
