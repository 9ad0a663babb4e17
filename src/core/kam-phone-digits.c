/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-phone-digits.h"

#include <string.h>

/* Fewer digits than that are in every number. */
#define MIN_TYPED_DIGITS 3

/**
 * kam_phone_is_e164:
 * @text: (nullable)
 *
 * Returns: whether it has the form of an international number (ITU-T E.164); not whether anybody has it
 */
gboolean
kam_phone_is_e164 (const char *text)
{
  gsize length;

  if (text == NULL || text[0] != '+' || text[1] == '0')
    return FALSE;

  length = strspn (text + 1, "0123456789");

  return length >= 7 && length <= 15 && text[length + 1] == '\0';
}

/**
 * kam_phone_calling_code_length:
 * @e164: (nullable)
 *
 * The codes are one to three digits long and none begins with another (ITU-T E.164, list of assigned country codes).
 */
guint
kam_phone_calling_code_length (const char *e164)
{
  static const char two_digits[] = "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 "
                                   "60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98 ";
  char code[] = "nn ";

  if (!kam_phone_is_e164 (e164))
    return 0;

  if (e164[1] == '1' || e164[1] == '7')
    return 1;

  memcpy (code, e164 + 1, 2);

  return strstr (two_digits, code) != NULL ? 2 : 3;
}

/**
 * kam_phone_search_digits:
 * @e164: (nullable)
 *
 * Returns: (transfer full) (array zero-terminated=1): the digits with the calling code and without it; none where @e164 is not E.164
 */
char **
kam_phone_search_digits (const char *e164)
{
  guint code = kam_phone_calling_code_length (e164);
  char **digits = g_new0 (char *, 3);

  if (code == 0)
    return digits;

  digits[0] = g_strdup (e164 + 1);
  digits[1] = g_strdup (e164 + 1 + code);

  return digits;
}

/* The digits of a text in which there is nothing else but what people put between them. (nullable) */
static char *
collect_digits (const char *text)
{
  g_autoptr (GString) digits = g_string_sized_new (16);

  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar letter = g_utf8_get_char (c);

      if (g_unichar_isdigit (letter))
        g_string_append_c (digits, (char) ('0' + g_unichar_digit_value (letter)));
      else if (g_unichar_isalpha (letter) || letter == '@')
        return NULL;
    }

  return g_string_free (g_steal_pointer (&digits), FALSE);
}

/**
 * kam_phone_typed_digits:
 * @text: (nullable): what was typed, possibly not to the end
 *
 * Digits of any script count; spaces, dashes, brackets and dots do not. Zeros in front may be the trunk prefix or the prefix of international calls,
 * and a bracketed zero after the calling code is left out.
 *
 * Returns: (transfer full) (array zero-terminated=1): at most two runs of digits; none where there are letters or fewer than three digits
 */
char **
kam_phone_typed_digits (const char *text)
{
  g_autoptr (GPtrArray) runs = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) spelling = NULL;
  g_autofree char *digits = NULL;
  const char *significant;

  if (text != NULL && g_utf8_validate (text, -1, NULL))
    {
      spelling = g_string_new (text);
      g_string_replace (spelling, "(0)", "", 0);
      digits = collect_digits (spelling->str);
    }

  significant = digits != NULL ? digits + strspn (digits, "0") : "";

  if (digits != NULL && strlen (digits) >= MIN_TYPED_DIGITS)
    g_ptr_array_add (runs, g_strdup (digits));

  if (strlen (significant) >= MIN_TYPED_DIGITS && significant != digits)
    g_ptr_array_add (runs, g_strdup (significant));

  g_ptr_array_add (runs, NULL);

  return (char **) g_ptr_array_free (g_steal_pointer (&runs), FALSE);
}
