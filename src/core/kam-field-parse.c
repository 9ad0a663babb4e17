/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-check.h"

#include "kam-text.h"
#include "kam-time.h"

#include <glib/gi18n.h>
#include <string.h>

/* Lines end with \n; where there is one line only, what would break it is a space. */
static char *
tidy_breaks (const char *text,
             gboolean    has_lines)
{
  GString *out = g_string_sized_new (strlen (text));

  for (; *text != '\0'; text++)
    {
      if (text[0] == '\r' && text[1] == '\n')
        continue;

      if (*text == '\r' || *text == '\n')
        g_string_append_c (out, has_lines ? '\n' : ' ');
      else if (*text == '\t' && !has_lines)
        g_string_append_c (out, ' ');
      else
        g_string_append_c (out, *text);
    }

  return g_string_free (out, FALSE);
}

/* +91 (98765) 432-10 and 0091 98765 43210 both are +919876543210. What is no number stays. */
static char *
tidy_phone (const char *text)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (const char *c = text; *c != '\0'; c++)
    {
      if (g_ascii_isdigit (*c) || (*c == '+' && out->len == 0))
        g_string_append_c (out, *c);
      else if (strchr (" -().", *c) == NULL)
        return g_strdup (text);
    }

  if (g_str_has_prefix (out->str, "00"))
    {
      g_string_erase (out, 0, 2);
      g_string_prepend_c (out, '+');
    }

  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* Each subtag in its usual case: HI-in is hi-IN. */
static char *
tidy_language (const char *text)
{
  g_auto (GStrv) parts = g_strsplit_set (text, "-_", -1);
  gboolean is_after_single = FALSE;

  for (guint i = 0; parts[i] != NULL; i++)
    {
      gsize length = strlen (parts[i]);
      char *lower = g_ascii_strdown (parts[i], -1);

      g_free (parts[i]);
      parts[i] = lower;

      if (i > 0 && !is_after_single && length == 2)
        {
          parts[i][0] = g_ascii_toupper (parts[i][0]);
          parts[i][1] = g_ascii_toupper (parts[i][1]);
        }
      else if (i > 0 && !is_after_single && length == 4)
        {
          parts[i][0] = g_ascii_toupper (parts[i][0]);
        }

      is_after_single = is_after_single || length == 1;
    }

  return g_strjoinv ("-", parts);
}

/* 9:30 is 09:30. */
static char *
tidy_time (const char *text)
{
  return g_ascii_isdigit (text[0]) && text[1] == ':' ? g_strconcat ("0", text, NULL) : g_strdup (text);
}

static char *
tidy_word (const char *text)
{
  char *word = g_ascii_strdown (text, -1);

  return g_strdelimit (word, " -", '_');
}

static char *
tidy_tags (const char *text)
{
  g_auto (GStrv) tags = g_strsplit_set (text, ",\n", -1);

  return kam_tags_join ((const char *const *) tags);
}

static char *
tidy (const KamField *field,
      const char     *text)
{
  switch (field->type)
    {
    case KAM_TYPE_PHONE:
      return tidy_phone (text);
    case KAM_TYPE_COUNTRY:
    case KAM_TYPE_CURRENCY:
      return g_ascii_strup (text, -1);
    case KAM_TYPE_LANGUAGE:
      return tidy_language (text);
    case KAM_TYPE_ID:
      return g_ascii_strdown (text, -1);
    case KAM_TYPE_TIME:
      return tidy_time (text);
    case KAM_TYPE_ENUM:
      return tidy_word (text);
    case KAM_TYPE_TAGS:
      return tidy_tags (text);
    default:
      return g_strdup (text);
    }
}

static gboolean
is_one_of (const char        *text,
           const char *const *words)
{
  g_autofree char *folded = g_utf8_casefold (text, -1);

  for (guint i = 0; words[i] != NULL; i++)
    {
      g_autofree char *word = g_utf8_casefold (words[i], -1);

      if (strcmp (folded, word) == 0)
        return TRUE;
    }

  return FALSE;
}

static gboolean
read_flag (const char *text,
           gint64     *number)
{
  const char *const yes[] = { "1", "true", "yes", C_ ("flag", "yes"), NULL };
  const char *const no[] = { "0", "false", "no", C_ ("flag", "no"), NULL };

  *number = is_one_of (text, yes) ? 1 : 0;

  return *number == 1 || is_one_of (text, no);
}

static gboolean
read_number (const KamField *field,
             const char     *text,
             gint64         *number)
{
  switch (field->type)
    {
    case KAM_TYPE_BOOL:
      return read_flag (text, number);
    case KAM_TYPE_INSTANT:
      return kam_instant_parse (text, number, NULL);
    default:
      return g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, number, NULL);
    }
}

static KamProblem *
parse_number (const KamField *field,
              guint           index,
              char           *text,
              KamValue       *value)
{
  g_autofree char *owned = text;
  gint64 number = 0;

  if (read_number (field, text, &number))
    {
      kam_value_set_int (value, number);
      return NULL;
    }

  kam_value_take_text (value, g_steal_pointer (&owned));

  switch (field->type)
    {
    case KAM_TYPE_BOOL:
      return kam_problem_new ((int) index, "bad_type", _("“%s” must be yes or no."), _(field->label));
    case KAM_TYPE_INSTANT:
      return kam_problem_new ((int) index, "bad_time", _("“%s” must be an instant in UTC, like 2026-11-02T09:30:00.000000Z."), _(field->label));
    default:
      return kam_problem_new ((int) index, "bad_type", _("“%s” must be a whole number."), _(field->label));
    }
}

/**
 * kam_field_parse:
 * @entity: whose field it is
 * @field: index in @entity
 * @text: (nullable): as typed or imported
 * @value: (inout): overwritten, in both cases: with what was typed, as text, where it cannot be read
 *
 * Puts text into canonical form and checks it. Numbers are whole: money is in minor units (kam_currency_digits() says of what), days are a bit mask. A
 * phone must carry its country code; national spellings are the phone library's to read.
 *
 * Returns: (transfer full) (nullable): what is wrong with it, NULL when nothing is. Whether the field may be empty is not asked
 */
KamProblem *
kam_field_parse (const KamEntity *entity,
                 guint            field,
                 const char      *text,
                 KamValue        *value)
{
  const KamField *it = &entity->fields[field];
  gboolean has_lines = it->type == KAM_TYPE_LONG_TEXT || it->type == KAM_TYPE_TAGS;
  g_autofree char *broken = text != NULL ? tidy_breaks (text, has_lines) : NULL;
  g_autofree char *normal = kam_text_normalise (broken);
  g_autofree char *tidied = NULL;

  if (broken != NULL && normal == NULL)
    {
      kam_value_take_text (value, g_utf8_make_valid (text, -1));
      return kam_problem_new ((int) field, "bad_text", _("“%s” holds characters that are not text. Type it again instead of pasting it."), _(it->label));
    }

  kam_value_set_null (value);
  tidied = normal != NULL && normal[0] != '\0' ? tidy (it, normal) : NULL;

  if (tidied == NULL || tidied[0] == '\0')
    return NULL;

  if (kam_field_is_number (it))
    {
      KamProblem *problem = parse_number (it, field, g_steal_pointer (&tidied), value);

      if (problem != NULL)
        return problem;
    }
  else
    {
      kam_value_take_text (value, g_steal_pointer (&tidied));
    }

  return kam_field_check (entity, field, value);
}
