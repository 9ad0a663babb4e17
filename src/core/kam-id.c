/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-id.h"

#include <string.h>
#include <sys/random.h>

/* Made once for this program; the space in which its names become ids. */
#define KAM_NAMESPACE "7d5b7c1e-62a4-5c0b-9d3f-0c6e4b1f8a27"

/**
 * kam_id_from_bytes:
 * @bytes: the 16 bytes of a UUID
 * @id: (out caller-allocates): its text, with a final NUL
 */
void
kam_id_from_bytes (const guint8 bytes[KAM_ID_BYTES],
                   char         id[KAM_ID_LENGTH + 1])
{
  static const char digits[] = "0123456789abcdef";
  char *out = id;

  for (guint i = 0; i < KAM_ID_BYTES; i++)
    {
      if (i == 4 || i == 6 || i == 8 || i == 10)
        *out++ = '-';

      *out++ = digits[bytes[i] >> 4];
      *out++ = digits[bytes[i] & 0xf];
    }

  *out = '\0';
}

static int
read_digit (char c)
{
  if (c >= '0' && c <= '9')
    return c - '0';

  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;

  return -1;
}

/**
 * kam_id_to_bytes:
 * @id: (nullable): canonical text
 * @bytes: (out caller-allocates): undefined on failure
 *
 * Returns: whether @id is a UUID in canonical lower-case text
 */
gboolean
kam_id_to_bytes (const char *id,
                 guint8      bytes[KAM_ID_BYTES])
{
  const char *in = id;

  if (id == NULL || strnlen (id, KAM_ID_LENGTH + 1) != KAM_ID_LENGTH)
    return FALSE;

  for (guint i = 0; i < KAM_ID_BYTES; i++)
    {
      int high, low;

      if ((i == 4 || i == 6 || i == 8 || i == 10) && *in++ != '-')
        return FALSE;

      high = read_digit (*in++);
      low = high < 0 ? -1 : read_digit (*in++);

      if (low < 0)
        return FALSE;

      bytes[i] = (guint8) (high << 4 | low);
    }

  return TRUE;
}

gboolean
kam_id_is_valid (const char *id)
{
  guint8 bytes[KAM_ID_BYTES];

  return kam_id_to_bytes (id, bytes);
}

static char *
format_with_version (guint8 bytes[KAM_ID_BYTES],
                     guint  version)
{
  char id[KAM_ID_LENGTH + 1];

  bytes[6] = (guint8) ((bytes[6] & 0x0f) | version << 4);
  bytes[8] = (guint8) ((bytes[8] & 0x3f) | 0x80);
  kam_id_from_bytes (bytes, id);

  return g_strdup (id);
}

/**
 * kam_id_new_from:
 * @unix_us: µs since 1970 UTC; only whole milliseconds enter the id
 * @random: 74 bits of it are used
 *
 * A UUIDv7 (RFC 9562, 5.7) from given randomness, for the simulator and the sample data.
 */
char *
kam_id_new_from (gint64       unix_us,
                 const guint8 random[10])
{
  guint8 bytes[KAM_ID_BYTES];
  guint64 ms = (guint64) (MAX (unix_us, 0) / 1000);

  for (int i = 0; i < 6; i++)
    bytes[i] = (guint8) (ms >> (40 - 8 * i));

  memcpy (bytes + 6, random, 10);

  return format_with_version (bytes, 7);
}

/**
 * kam_id_new:
 * @unix_us: µs since 1970 UTC
 *
 * A new UUIDv7. Callable from any thread.
 */
char *
kam_id_new (gint64 unix_us)
{
  guint8 random[10];

  if (getrandom (random, sizeof random, 0) != (gssize) sizeof random)
    g_error ("The system gives no random numbers");

  return kam_id_new_from (unix_us, random);
}

/**
 * kam_id_derive:
 * @space_id: (nullable): the id in whose space the name lives; NULL for the program's own
 * @name: any text
 *
 * The UUIDv5 (RFC 9562, 5.5) of a name: the same everywhere and always.
 */
char *
kam_id_derive (const char *space_id,
               const char *name)
{
  g_autoptr (GChecksum) sha1 = g_checksum_new (G_CHECKSUM_SHA1);
  guint8 space[KAM_ID_BYTES];
  guint8 digest[20];
  gsize length = sizeof digest;

  if (!kam_id_to_bytes (space_id != NULL ? space_id : KAM_NAMESPACE, space))
    g_return_val_if_reached (NULL);

  g_checksum_update (sha1, space, sizeof space);
  g_checksum_update (sha1, (const guchar *) name, (gssize) strlen (name));
  g_checksum_get_digest (sha1, digest, &length);

  return format_with_version (digest, 5);
}

/**
 * kam_scope_directory:
 *
 * The scope of the people directory, which everybody reads.
 */
char *
kam_scope_directory (void)
{
  return kam_id_derive (NULL, "directory");
}

/**
 * kam_scope_of_leads:
 *
 * The scope of the leads that a person owns, with all that belongs to them.
 */
char *
kam_scope_of_leads (const char *user_id)
{
  return kam_id_derive (user_id, "leads");
}

/**
 * kam_scope_personal:
 *
 * The scope of a person's own rows. Not that of their leads, so that a grant on someone's leads opens nothing personal.
 */
char *
kam_scope_personal (const char *user_id)
{
  return kam_id_derive (user_id, "personal");
}
