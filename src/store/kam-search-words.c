/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-search-words.h"

#include "kam-phone-digits.h"
#include "kam-text.h"

#include <string.h>

#define MOST_WORDS 12
#define CHARS_BEFORE 24
#define CHARS_AFTER 60

/* The categories L* N* Co Mn Mc of the index's tokenizer. */
static gboolean
in_word (gunichar c)
{
  switch (g_unichar_type (c))
    {
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_NON_SPACING_MARK:
    case G_UNICODE_SPACING_MARK:
    case G_UNICODE_LOWERCASE_LETTER:
    case G_UNICODE_MODIFIER_LETTER:
    case G_UNICODE_OTHER_LETTER:
    case G_UNICODE_TITLECASE_LETTER:
    case G_UNICODE_UPPERCASE_LETTER:
    case G_UNICODE_DECIMAL_NUMBER:
    case G_UNICODE_LETTER_NUMBER:
    case G_UNICODE_OTHER_NUMBER:
      return TRUE;
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_ENCLOSING_MARK:
    case G_UNICODE_CONNECT_PUNCTUATION:
    case G_UNICODE_DASH_PUNCTUATION:
    case G_UNICODE_CLOSE_PUNCTUATION:
    case G_UNICODE_FINAL_PUNCTUATION:
    case G_UNICODE_INITIAL_PUNCTUATION:
    case G_UNICODE_OTHER_PUNCTUATION:
    case G_UNICODE_OPEN_PUNCTUATION:
    case G_UNICODE_CURRENCY_SYMBOL:
    case G_UNICODE_MODIFIER_SYMBOL:
    case G_UNICODE_MATH_SYMBOL:
    case G_UNICODE_OTHER_SYMBOL:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
    case G_UNICODE_SPACE_SEPARATOR:
    default:
      return FALSE;
    }
}

/* The next word at or after text; its end. NULL where there is none. */
static const char *
next_word (const char  *text,
           const char **end)
{
  while (*text != '\0' && !in_word (g_utf8_get_char (text)))
    text = g_utf8_next_char (text);

  if (*text == '\0')
    return NULL;

  *end = text;

  while (**end != '\0' && in_word (g_utf8_get_char (*end)))
    *end = g_utf8_next_char (*end);

  return text;
}

/**
 * kam_search_words:
 * @search: (nullable): what was typed
 *
 * Returns: (transfer full): the folded words to look for, at most twelve; empty for what has none or is not UTF-8
 */
char **
kam_search_words (const char *search)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *folded = NULL;
  const char *word, *end;

  if (search != NULL && g_utf8_validate (search, -1, NULL))
    folded = kam_text_fold (search);

  for (word = folded; word != NULL && words->len < MOST_WORDS && (word = next_word (word, &end)) != NULL; word = end)
    g_ptr_array_add (words, g_strndup (word, (gsize) (end - word)));

  g_ptr_array_add (words, NULL);

  return (char **) g_ptr_array_free (g_steal_pointer (&words), FALSE);
}

gboolean
kam_search_is_short (const char *const *words)
{
  return words[0] != NULL && words[1] == NULL && g_utf8_strlen (words[0], -1) <= 2;
}

/* Most words are ASCII, where folding is making small, and a list asks for thousands of them at every key press. FALSE in known where this says nothing. */
static gboolean
ascii_begins (const char *from,
              const char *to,
              const char *word,
              gboolean   *known)
{
  *known = FALSE;

  for (const char *c = from; c < to; c++)
    {
      if ((guchar) *c >= 0x80)
        return FALSE;
    }

  *known = TRUE;

  for (; *word != '\0'; from++, word++)
    {
      if (from == to || g_ascii_tolower (*from) != *word)
        return FALSE;
    }

  return TRUE;
}

static gboolean
fold_begins (const char *from,
             const char *to,
             const char *word)
{
  gboolean known;
  gboolean begins = ascii_begins (from, to, word, &known);
  g_autofree char *piece = NULL;
  g_autofree char *folded = NULL;

  if (known)
    return begins;

  piece = g_strndup (from, (gsize) (to - from));
  folded = kam_text_fold (piece);

  return folded != NULL && g_str_has_prefix (folded, word);
}

/* Folding may lengthen and shorten, so how much of the word was typed is found by trying. */
static const char *
end_of_hit (const char *from,
            const char *to,
            const char *word)
{
  const char *end = from;

  while (end < to)
    {
      end = g_utf8_next_char (end);

      if (fold_begins (from, end, word))
        break;
    }

  /* Marks stay with their letter. */
  while (end < to && g_unichar_ismark (g_utf8_get_char (end)))
    end = g_utf8_next_char (end);

  return end;
}

gboolean
kam_search_find (const char *text,
                 const char *word,
                 gsize      *start,
                 gsize      *length)
{
  const char *end;

  for (const char *at = text; (at = next_word (at, &end)) != NULL; at = end)
    {
      if (!fold_begins (at, end, word))
        continue;

      if (start != NULL)
        *start = (gsize) (at - text);

      if (length != NULL)
        *length = (gsize) (end_of_hit (at, end, word) - at);

      return TRUE;
    }

  return FALSE;
}

gboolean
kam_search_phone_fits (const char *phone,
                       const char *search)
{
  g_auto (GStrv) stored = phone != NULL ? kam_phone_search_digits (phone) : NULL;
  g_auto (GStrv) typed = stored != NULL ? kam_phone_typed_digits (search) : NULL;

  for (guint i = 0; typed != NULL && typed[i] != NULL; i++)
    {
      for (guint n = 0; stored[n] != NULL; n++)
        {
          if (g_str_has_prefix (stored[n], typed[i]))
            return TRUE;
        }
    }

  return FALSE;
}

static void
append_escaped (GString    *out,
                const char *from,
                const char *to)
{
  g_autofree char *piece = g_strndup (from, (gsize) (to - from));
  g_autofree char *escaped = NULL;

  g_strdelimit (piece, "\n\r\t", ' ');
  escaped = g_markup_escape_text (piece, -1);
  g_string_append (out, escaped);
}

/* Not in the middle of a word, unless it is the hit's own. */
static const char *
begin_word (const char *text,
            const char *from,
            const char *hit)
{
  const char *begin = from;

  if (from == text || g_unichar_isspace (g_utf8_get_char (g_utf8_prev_char (from))))
    return from;

  while (begin < hit && !g_unichar_isspace (g_utf8_get_char (begin)))
    begin = g_utf8_next_char (begin);

  return begin < hit ? g_utf8_next_char (begin) : from;
}

char *
kam_search_mark (const char *label,
                 const char *text,
                 gsize       start,
                 gsize       length)
{
  const char *hit = text + start;
  const char *after = hit + length;
  const char *from = hit, *to = after;
  g_autofree char *markup = g_markup_printf_escaped ("%s: ", label);
  g_autoptr (GString) out = g_string_new (markup);

  for (guint i = 0; i < CHARS_BEFORE && from > text; i++)
    from = g_utf8_prev_char (from);

  for (guint i = 0; i < CHARS_AFTER && *to != '\0'; i++)
    to = g_utf8_next_char (to);

  from = begin_word (text, from, hit);

  if (from > text)
    g_string_append (out, "…");

  append_escaped (out, from, hit);
  g_string_append (out, "<b>");
  append_escaped (out, hit, after);
  g_string_append (out, "</b>");
  append_escaped (out, after, to);

  if (*to != '\0')
    g_string_append (out, "…");

  return g_string_free (g_steal_pointer (&out), FALSE);
}
