/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-json-cursor.h"

#include "kam-error.h"
#include "kam-json.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/**
 * kam_json_cursor_fail:
 * @what: what is wrong where the cursor stands
 *
 * Returns: FALSE, always, with the error set
 */
gboolean
kam_json_cursor_fail (const KamJsonCursor *self,
                      GError             **error,
                      const char          *what)
{
  g_set_error (error, KAM_ERROR, KAM_ERROR_INVALID_JSON, "Invalid JSON at byte %" G_GSIZE_FORMAT ": %s", (gsize) (self->at - self->text), what);

  return FALSE;
}

static void
skip_space (KamJsonCursor *self)
{
  while (self->at < self->end && (*self->at == ' ' || *self->at == '\n' || *self->at == '\r' || *self->at == '\t'))
    self->at++;
}

static gboolean
is_digit (const KamJsonCursor *self)
{
  return self->at < self->end && *self->at >= '0' && *self->at <= '9';
}

static void
skip_digits (KamJsonCursor *self)
{
  while (is_digit (self))
    self->at++;
}

/**
 * kam_json_cursor_start:
 * @text: need not end with a NUL
 * @length: in bytes
 *
 * Places the cursor at the beginning of a text, which must be UTF-8 as a whole.
 */
gboolean
kam_json_cursor_start (KamJsonCursor *self,
                       const char    *text,
                       gsize          length,
                       GError       **error)
{
  const char *valid_end = text;

  self->text = text;
  self->at = text;
  self->end = text + length;
  self->depth = 0;

  if (g_utf8_validate_len (text, length, &valid_end))
    return TRUE;

  self->at = valid_end;

  return kam_json_cursor_fail (self, error, "not UTF-8");
}

/**
 * kam_json_cursor_finish:
 *
 * Fails unless nothing but white space is left.
 */
gboolean
kam_json_cursor_finish (KamJsonCursor *self,
                        GError       **error)
{
  skip_space (self);

  return self->at == self->end || kam_json_cursor_fail (self, error, "text after the end of the value");
}

/**
 * kam_json_cursor_peek:
 *
 * Returns: the first character of the next token, or 0 at the end
 */
char
kam_json_cursor_peek (KamJsonCursor *self)
{
  skip_space (self);

  return self->at < self->end ? *self->at : '\0';
}

/**
 * kam_json_cursor_accept:
 * @token: one of `[]{},:`
 *
 * Returns: whether it was next; the cursor is then behind it
 */
gboolean
kam_json_cursor_accept (KamJsonCursor *self,
                        char           token)
{
  if (kam_json_cursor_peek (self) != token || self->at == self->end)
    return FALSE;

  self->at++;

  return TRUE;
}

gboolean
kam_json_cursor_expect (KamJsonCursor *self,
                        char           token,
                        GError       **error)
{
  char what[] = "expected '?'";

  if (kam_json_cursor_accept (self, token))
    return TRUE;

  what[10] = token;

  return kam_json_cursor_fail (self, error, what);
}

/**
 * kam_json_cursor_word:
 * @word: `true`, `false` or `null`
 *
 * Returns: whether it was next; the cursor is then behind it
 */
gboolean
kam_json_cursor_word (KamJsonCursor *self,
                      const char    *word)
{
  gsize length = strlen (word);

  skip_space (self);

  if ((gsize) (self->end - self->at) < length || memcmp (self->at, word, length) != 0)
    return FALSE;

  self->at += length;

  return TRUE;
}

static gboolean
read_hex (KamJsonCursor *self,
          gunichar      *code)
{
  *code = 0;

  for (int i = 0; i < 4; i++)
    {
      int digit = self->at < self->end ? g_ascii_xdigit_value (*self->at) : -1;

      if (digit < 0)
        return FALSE;

      *code = *code << 4 | (gunichar) digit;
      self->at++;
    }

  return TRUE;
}

/* Behind `\u`. */
static gboolean
read_code_point (KamJsonCursor *self,
                 gunichar      *code,
                 GError       **error)
{
  gunichar low = 0;

  if (!read_hex (self, code))
    return kam_json_cursor_fail (self, error, "\\u needs four hexadecimal digits");

  if (*code == 0)
    return kam_json_cursor_fail (self, error, "a text cannot hold NUL");

  if (*code < 0xd800 || *code > 0xdfff)
    return TRUE;

  if (*code > 0xdbff || self->end - self->at < 6 || self->at[0] != '\\' || self->at[1] != 'u')
    return kam_json_cursor_fail (self, error, "lone surrogate");

  self->at += 2;

  if (!read_hex (self, &low) || low < 0xdc00 || low > 0xdfff)
    return kam_json_cursor_fail (self, error, "lone surrogate");

  *code = 0x10000 + ((*code - 0xd800) << 10) + (low - 0xdc00);

  return TRUE;
}

/* Behind the backslash. */
static gboolean
read_escape (KamJsonCursor *self,
             GString       *out,
             GError       **error)
{
  static const char letters[] = "\"\\/bfnrt";
  static const char meanings[] = "\"\\/\b\f\n\r\t";
  const char *letter = NULL;
  gunichar code = 0;

  if (self->at == self->end)
    return kam_json_cursor_fail (self, error, "unfinished string");

  if (*self->at == 'u')
    {
      self->at++;

      if (!read_code_point (self, &code, error))
        return FALSE;

      g_string_append_unichar (out, code);

      return TRUE;
    }

  letter = memchr (letters, *self->at, sizeof letters - 1);

  if (letter == NULL)
    return kam_json_cursor_fail (self, error, "unknown escape");

  self->at++;
  g_string_append_c (out, meanings[letter - letters]);

  return TRUE;
}

/* Goes on to the next character of a string that means something. */
static void
skip_plain (KamJsonCursor *self)
{
  while (self->at < self->end && *self->at != '"' && *self->at != '\\' && (guchar) *self->at >= 0x20)
    self->at++;
}

/* The rest of a string in which an escape has been met. */
static gboolean
read_escaped (KamJsonCursor *self,
              const char    *start,
              char         **text,
              GError       **error)
{
  g_autoptr (GString) out = g_string_new_len (start, self->at - start);

  while (self->at < self->end && *self->at == '\\')
    {
      const char *plain = NULL;

      self->at++;

      if (!read_escape (self, out, error))
        return FALSE;

      plain = self->at;
      skip_plain (self);
      g_string_append_len (out, plain, self->at - plain);
    }

  if (self->at == self->end || *self->at != '"')
    return kam_json_cursor_fail (self, error, self->at == self->end ? "unfinished string" : "control character in a string");

  self->at++;

  if (text != NULL)
    *text = g_string_free (g_steal_pointer (&out), FALSE);

  return TRUE;
}

/* The string that is next; *plain and *length where it holds no escape, else *escaped. */
static gboolean
read_string (KamJsonCursor *self,
             const char   **plain,
             gsize         *length,
             char         **escaped,
             GError       **error)
{
  if (!kam_json_cursor_accept (self, '"'))
    return kam_json_cursor_fail (self, error, "expected a string");

  *plain = self->at;
  skip_plain (self);

  if (self->at == self->end || *self->at != '"')
    {
      const char *start = *plain;

      *plain = NULL;

      return read_escaped (self, start, escaped, error);
    }

  *length = (gsize) (self->at - *plain);
  self->at++;

  return TRUE;
}

/**
 * kam_json_cursor_string:
 * @text: (out) (transfer full): unescaped
 */
gboolean
kam_json_cursor_string (KamJsonCursor *self,
                        char         **text,
                        GError       **error)
{
  const char *plain = NULL;
  gsize length = 0;

  if (!read_string (self, &plain, &length, text, error))
    return FALSE;

  if (plain != NULL)
    *text = g_strndup (plain, length);

  return TRUE;
}

/**
 * kam_json_cursor_short:
 * @text: (out caller-allocates): unescaped, with a final NUL
 * @size: of @text; a string that does not fit is an error
 *
 * For ids and names of things, of which there are many: without a heap block for each.
 */
gboolean
kam_json_cursor_short (KamJsonCursor *self,
                       char          *text,
                       gsize          size,
                       GError       **error)
{
  g_autofree char *escaped = NULL;
  const char *plain = NULL;
  gsize length = 0;

  if (!read_string (self, &plain, &length, &escaped, error))
    return FALSE;

  if (plain == NULL)
    {
      plain = escaped;
      length = strlen (escaped);
    }

  if (length >= size)
    return kam_json_cursor_fail (self, error, "longer than any name");

  memcpy (text, plain, length);
  text[length] = '\0';

  return TRUE;
}

/* The part of a number that makes it other than an integer. FALSE with error; *integral is cleared where there is such a part. */
static gboolean
skip_fraction (KamJsonCursor *self,
               gboolean      *integral,
               GError       **error)
{
  if (self->at < self->end && *self->at == '.')
    {
      *integral = FALSE;
      self->at++;

      if (!is_digit (self))
        return kam_json_cursor_fail (self, error, "expected a digit after the point");

      skip_digits (self);
    }

  if (self->at < self->end && (*self->at == 'e' || *self->at == 'E'))
    {
      *integral = FALSE;
      self->at++;

      if (self->at < self->end && (*self->at == '+' || *self->at == '-'))
        self->at++;

      if (!is_digit (self))
        return kam_json_cursor_fail (self, error, "expected a digit in the exponent");

      skip_digits (self);
    }

  return TRUE;
}

static gboolean
read_digits (KamJsonCursor *self,
             const char    *start,
             gint64        *number,
             GError       **error)
{
  gboolean negative = *start == '-';
  const char *digit = negative ? start + 1 : start;
  guint64 most = negative ? (guint64) G_MAXINT64 + 1 : G_MAXINT64;
  guint64 sum = 0;

  for (; digit < self->at; digit++)
    {
      guint64 value = (guint64) (*digit - '0');

      if (sum > (most - value) / 10)
        return kam_json_cursor_fail (self, error, "integer beyond 64 bits");

      sum = sum * 10 + value;
    }

  *number = negative ? (gint64) -sum : (gint64) sum;

  return TRUE;
}

/* g_ascii_strtod wants a NUL, so a copy is parsed. */
static gboolean
is_finite_double (const char *start,
                  const char *end)
{
  g_autofree char *copy = g_strndup (start, (gsize) (end - start));

  return isfinite (g_ascii_strtod (copy, NULL));
}

/**
 * kam_json_cursor_number:
 * @number: (out): its value where it is an integer
 * @integral: (out): whether it is written as one
 */
gboolean
kam_json_cursor_number (KamJsonCursor *self,
                        gint64        *number,
                        gboolean      *integral,
                        GError       **error)
{
  const char *start = NULL;

  skip_space (self);
  start = self->at;
  *integral = TRUE;

  if (self->at < self->end && *self->at == '-')
    self->at++;

  if (!is_digit (self))
    return kam_json_cursor_fail (self, error, "expected a value");

  if (*self->at == '0')
    self->at++;
  else
    skip_digits (self);

  if (is_digit (self))
    return kam_json_cursor_fail (self, error, "a number does not begin with 0");

  if (self->at == self->end || (*self->at != '.' && *self->at != 'e' && *self->at != 'E'))
    return read_digits (self, start, number, error);

  if (!skip_fraction (self, integral, error))
    return FALSE;

  return is_finite_double (start, self->at) || kam_json_cursor_fail (self, error, "number beyond a double");
}

/**
 * kam_json_cursor_integer:
 * @number: (out): the integer that is next
 */
gboolean
kam_json_cursor_integer (KamJsonCursor *self,
                         gint64        *number,
                         GError       **error)
{
  gboolean integral = TRUE;

  if (!kam_json_cursor_number (self, number, &integral, error))
    return FALSE;

  return integral || kam_json_cursor_fail (self, error, "expected an integer");
}
