/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-text.h"

#include <string.h>

/* Longer runs of digits are compared in pieces of this length: it has to fit in one printable character. */
#define MAX_DIGIT_RUN 64

/* Letters that have no decomposition although people type them without their mark. Sorted. */
static const struct
{
  gunichar    letter;
  const char *plain;
} plain_letters[] = {
  { 0x00e6, "ae" }, { 0x00f0, "d" }, { 0x00f8, "o" }, { 0x00fe, "th" }, { 0x0111, "d" }, { 0x0127, "h" }, { 0x0131, "i" }, { 0x0142, "l" },
  { 0x0153, "oe" }, { 0x0640, "" } /* tatweel */, { 0x0643, "ک" }, { 0x0649, "ی" }, { 0x064a, "ی" }, { 0x2018, "'" }, { 0x2019, "'" },
  { 0x201c, "\"" }, { 0x201d, "\"" },
};

/* The Unicode property White_Space, and what looks the same: no name consists of these. */
static gboolean
is_space (gunichar c)
{
  return g_unichar_isspace (c) || c == 0x0b || c == 0x85 || c == 0x200b || c == 0xfeff;
}

/**
 * kam_text_normalise:
 * @text: (nullable): as typed or received
 *
 * Returns: (transfer full) (nullable): trimmed of Unicode white space and in NFC; NULL for NULL and for what is not valid UTF-8
 */
char *
kam_text_normalise (const char *text)
{
  const char *end;

  if (text == NULL || !g_utf8_validate (text, -1, NULL))
    return NULL;

  while (*text != '\0' && is_space (g_utf8_get_char (text)))
    text = g_utf8_next_char (text);

  end = text + strlen (text);

  while (end > text && is_space (g_utf8_get_char (g_utf8_prev_char (end))))
    end = g_utf8_prev_char (end);

  return g_utf8_normalize (text, end - text, G_NORMALIZE_NFC);
}

/* Marks that people leave out when they type: accents, Arabic vowels, the nukta. Other marks of Indic scripts are vowels and stay. */
static gboolean
is_accent (gunichar c)
{
  if (c < 0x300)
    return FALSE;

  if (c <= 0x36f || (c >= 0x1ab0 && c <= 0x1aff) || (c >= 0x1dc0 && c <= 0x1dff) || (c >= 0x20d0 && c <= 0x20ff) || (c >= 0xfe20 && c <= 0xfe2f))
    return TRUE;

  if ((c >= 0x0610 && c <= 0x061a) || (c >= 0x064b && c <= 0x065f) || c == 0x0670)
    return TRUE;

  return c == 0x093c || c == 0x09bc || c == 0x0a3c || c == 0x0abc || c == 0x0b3c || c == 0x0cbc;
}

/* Joiners, direction marks, variation selectors, soft hyphens: one cannot see them by themselves. */
static gboolean
is_invisible (gunichar c)
{
  return c == 0xad || c == 0x61c || (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) ||
         (c >= 0xfe00 && c <= 0xfe0f) || c == 0xfeff;
}

static const char *
find_plain (gunichar c)
{
  for (guint i = 0; i < G_N_ELEMENTS (plain_letters) && plain_letters[i].letter <= c; i++)
    {
      if (plain_letters[i].letter == c)
        return plain_letters[i].plain;
    }

  return NULL;
}

static void
append_folded (GString *out,
               gunichar c)
{
  const char *plain = c < 0x80 ? NULL : find_plain (c);

  if (is_space (c) && !(c == 0x200b || c == 0xfeff))
    {
      if (out->len > 0 && out->str[out->len - 1] != ' ')
        g_string_append_c (out, ' ');
    }
  else if (plain != NULL)
    g_string_append (out, plain);
  else if (c >= 0x80 && g_unichar_isdigit (c))
    g_string_append_c (out, (char) ('0' + g_unichar_digit_value (c)));
  else if (c < 0x80 || !(is_accent (c) || is_invisible (c)))
    g_string_append_unichar (out, c);
}

/**
 * kam_text_fold:
 * @text: (nullable)
 *
 * What search compares: without case, accents, invisible characters and doubled spaces, digits of all scripts as 0 to 9. Not for telling whether two
 * texts are the same.
 *
 * Returns: (transfer full): never NULL; empty where @text is not valid UTF-8
 */
char *
kam_text_fold (const char *text)
{
  g_autofree char *normal = kam_text_normalise (text);
  g_autofree char *cased = normal != NULL ? g_utf8_casefold (normal, -1) : NULL;
  g_autofree char *parts = cased != NULL ? g_utf8_normalize (cased, -1, G_NORMALIZE_NFKD) : NULL;
  g_autoptr (GString) out = g_string_sized_new (64);

  if (parts == NULL)
    return g_strdup ("");

  for (const char *c = parts; *c != '\0'; c = g_utf8_next_char (c))
    append_folded (out, g_utf8_get_char (c));

  if (out->len > 0 && out->str[out->len - 1] == ' ')
    g_string_truncate (out, out->len - 1);

  return g_utf8_normalize (out->str, -1, G_NORMALIZE_NFC);
}

static gboolean
is_letter_or_mark (gunichar c)
{
  return g_unichar_isalnum (c) || g_unichar_ismark (c);
}

/* Appends a run of digits so that 9 comes before 10: how many digits, then the digits. Returns where the run ends. */
static const char *
append_number (GString    *key,
               const char *digits)
{
  gsize length;

  while (digits[0] == '0' && g_ascii_isdigit (digits[1]))
    digits++;

  length = MIN (strspn (digits, "0123456789"), MAX_DIGIT_RUN);
  g_string_append_c (key, '0');
  g_string_append_c (key, (char) ('0' + length)); /* '1' to 'p' */
  g_string_append_len (key, digits, (gssize) length);

  return digits + length;
}

/**
 * kam_text_sort_key:
 * @text: (nullable)
 *
 * Marks of punctuation and symbols only separate words ("🍛 Zaika" is found at Z), unless there is nothing else.
 *
 * Returns: (transfer full): never NULL; valid UTF-8 to be compared byte by byte, the same for texts that differ in case or accents only
 */
char *
kam_text_sort_key (const char *text)
{
  g_autofree char *folded = kam_text_fold (text);
  g_autoptr (GString) key = g_string_sized_new (strlen (folded) + 8);
  gboolean is_apart = FALSE;
  const char *c = folded;

  while (*c != '\0')
    {
      gunichar letter = g_utf8_get_char (c);

      if (!is_letter_or_mark (letter))
        {
          is_apart = is_apart || letter != '\'';
          c = g_utf8_next_char (c);
          continue;
        }

      if (is_apart && key->len > 0)
        g_string_append_c (key, ' ');

      is_apart = FALSE;

      if (g_ascii_isdigit (*c))
        {
          c = append_number (key, c);
          continue;
        }

      g_string_append_unichar (key, letter);
      c = g_utf8_next_char (c);
    }

  return key->len > 0 ? g_strdup (key->str) : g_steal_pointer (&folded);
}

/* One tag and what it is compared by. */
typedef struct
{
  char *text;   /* (owned) */
  char *folded; /* (owned) */
} Tag;

static void
tag_clear (gpointer data)
{
  Tag *self = data;

  g_free (self->text);
  g_free (self->folded);
}

static int
tag_compare (gconstpointer a,
             gconstpointer b)
{
  const Tag *left = a;
  const Tag *right = b;
  int order = strcmp (left->folded, right->folded);

  return order != 0 ? order : strcmp (left->text, right->text);
}

/* A tag is one line, so line breaks within it and doubled spaces become one space. (nullable) */
static char *
tidy_tag (const char *text)
{
  g_autofree char *normal = kam_text_normalise (text);
  g_autoptr (GString) out = g_string_new (NULL);

  if (normal == NULL)
    return NULL;

  for (const char *c = normal; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar letter = g_utf8_get_char (c);

      if (!is_space (letter))
        g_string_append_unichar (out, letter);
      else if (out->len > 0 && out->str[out->len - 1] != ' ')
        g_string_append_c (out, ' ');
    }

  return out->len > 0 ? g_string_free (g_steal_pointer (&out), FALSE) : NULL;
}

/**
 * kam_tags_join:
 * @tags: (nullable) (array zero-terminated=1)
 *
 * Of tags that differ in case only, the one that sorts first stays, so the result does not depend on the order of @tags.
 *
 * Returns: (transfer full) (nullable): sorted lines; NULL where no tag is left
 */
char *
kam_tags_join (const char *const *tags)
{
  g_autoptr (GArray) sorted = g_array_new (FALSE, FALSE, sizeof (Tag));
  g_autoptr (GString) out = g_string_new (NULL);
  const char *last = NULL;

  g_array_set_clear_func (sorted, tag_clear);

  for (guint i = 0; tags != NULL && tags[i] != NULL; i++)
    {
      Tag tag = { .text = tidy_tag (tags[i]) };

      if (tag.text == NULL)
        continue;

      tag.folded = g_utf8_casefold (tag.text, -1);
      g_array_append_val (sorted, tag);
    }

  g_array_sort (sorted, tag_compare);

  for (guint i = 0; i < sorted->len; i++)
    {
      const Tag *tag = &g_array_index (sorted, Tag, i);

      if (g_strcmp0 (tag->folded, last) == 0)
        continue;

      if (last != NULL)
        g_string_append_c (out, '\n');

      g_string_append (out, tag->text);
      last = tag->folded;
    }

  return last != NULL ? g_string_free (g_steal_pointer (&out), FALSE) : NULL;
}

/**
 * kam_tags_split:
 * @tags: (nullable): in canonical form
 *
 * Returns: (transfer full) (array zero-terminated=1): never NULL
 */
char **
kam_tags_split (const char *tags)
{
  if (tags == NULL || *tags == '\0')
    return g_new0 (char *, 1);

  return g_strsplit (tags, "\n", -1);
}
