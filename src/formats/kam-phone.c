/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-phone.h"

#include "kam-phone-digits.h"
#include "kam-text.h"

#include <glib/gi18n-lib.h>
#include <libebook-contacts/libebook-contacts.h>
#include <string.h>

G_DEFINE_QUARK (kam-phone-error-quark, kam_phone_error)

/* The fewest digits after the calling code, where one who types a number in haste is most likely to be told something. */
static const struct
{
  const char *calling_code;
  gsize       fewest;
} lengths[] = {
  { "+1", 10 }, { "+44", 9 }, { "+65", 8 }, { "+91", 10 }, { "+971", 8 }, { "+977", 8 },
};
#define FEWEST_ELSEWHERE 4

/**
 * kam_phone_is_supported:
 *
 * Returns: whether numbers in national spelling can be read here
 */
gboolean
kam_phone_is_supported (void)
{
  return e_phone_number_is_supported ();
}

static void
set_error (GError      **error,
           KamPhoneError code,
           const char   *message)
{
  g_set_error_literal (error, KAM_PHONE_ERROR, (int) code, message);
}

static gboolean
is_country (const char *country)
{
  return country != NULL && strlen (country) == 2 && g_ascii_isalpha (country[0]) && g_ascii_isalpha (country[1]);
}

static void
set_invalid (GError **error)
{
  set_error (error, KAM_PHONE_ERROR_INVALID, _("This is not a phone number. Type its digits, like 098765 43210 or +91 98765 43210."));
}

/* The library takes letters for the keys that they are printed on, which nobody means here; an extension would get lost. */
static gboolean
has_letters (const char *text)
{
  for (const char *c = text; *c != '\0'; c = g_utf8_next_char (c))
    {
      if (g_unichar_isalpha (g_utf8_get_char (c)))
        return TRUE;
    }

  return FALSE;
}

/* What is wrong with a number that could be read. */
static gboolean
check_length (const char *e164,
              GError    **error)
{
  gsize digits = strlen (e164) - 1;
  gsize national = digits - MIN (kam_phone_calling_code_length (e164), digits);
  gsize fewest = FEWEST_ELSEWHERE;

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      if (g_str_has_prefix (e164, lengths[i].calling_code))
        fewest = lengths[i].fewest;
    }

  if (digits > 15)
    {
      set_error (error, KAM_PHONE_ERROR_TOO_LONG, _("The phone number has too many digits."));
      return FALSE;
    }

  if (national < fewest || !kam_phone_is_e164 (e164))
    {
      set_error (error, KAM_PHONE_ERROR_TOO_SHORT, _("The phone number is too short. Type it with its area code."));
      return FALSE;
    }

  return TRUE;
}

static void
translate_error (const GError *from,
                 GError      **error)
{
  if (g_error_matches (from, E_PHONE_NUMBER_ERROR, E_PHONE_NUMBER_ERROR_TOO_LONG))
    set_error (error, KAM_PHONE_ERROR_TOO_LONG, _("The phone number has too many digits."));
  else if (g_error_matches (from, E_PHONE_NUMBER_ERROR, E_PHONE_NUMBER_ERROR_TOO_SHORT))
    set_error (error, KAM_PHONE_ERROR_TOO_SHORT, _("The phone number is too short. Type it with its area code."));
  else if (g_error_matches (from, E_PHONE_NUMBER_ERROR, E_PHONE_NUMBER_ERROR_INVALID_COUNTRY_CODE))
    set_error (error, KAM_PHONE_ERROR_INVALID, _("No country has the calling code that the phone number begins with."));
  else
    set_invalid (error);
}

static char *
read_number (const char *text,
             const char *country,
             GError    **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *region = g_ascii_strup (country, -1);
  g_autofree char *e164 = NULL;
  EPhoneNumber *number = e_phone_number_from_string (text, region, &local_error);

  if (number == NULL)
    {
      translate_error (local_error, error);
      return NULL;
    }

  e164 = e_phone_number_to_string (number, E_PHONE_NUMBER_FORMAT_E164);
  e_phone_number_free (number);

  return check_length (e164, error) ? g_steal_pointer (&e164) : NULL;
}

/**
 * kam_phone_parse:
 * @text: as typed
 * @country: (nullable): ISO 3166-1 alpha-2 of the country whose national spelling is understood
 * @error: %KAM_PHONE_ERROR with a translated message that says what to do
 *
 * The process's locale plays no part. Callable from any thread.
 *
 * Returns: (transfer full): the number in E.164
 */
char *
kam_phone_parse (const char *text,
                 const char *country,
                 GError    **error)
{
  g_autofree char *normal = kam_text_normalise (text);
  const char *number = normal != NULL && g_ascii_strncasecmp (normal, "tel:", 4) == 0 ? normal + 4 : normal;
  gboolean is_international = number != NULL && *number == '+';

  if (number == NULL || *number == '\0' || has_letters (number) || strchr (number, '#') != NULL)
    {
      set_invalid (error);
      return NULL;
    }

  if (!kam_phone_is_supported ())
    {
      if (kam_phone_is_e164 (number))
        return check_length (number, error) ? g_strdup (number) : NULL;

      set_error (error, KAM_PHONE_ERROR_INVALID, _("Type the phone number with + and the calling code, without spaces, like +919876543210."));
      return NULL;
    }

  if (!is_international && !is_country (country))
    {
      set_error (error, KAM_PHONE_ERROR_NO_COUNTRY, _("Choose a country, or type the phone number with + and the calling code."));
      return NULL;
    }

  /* ZZ is the region of no country: without a region the library would look at the locale. */
  return read_number (number, is_country (country) ? country : "ZZ", error);
}

static char *
format_number (const char        *e164,
               EPhoneNumberFormat format)
{
  EPhoneNumber *number = kam_phone_is_e164 (e164) && kam_phone_is_supported () ? e_phone_number_from_string (e164, "ZZ", NULL) : NULL;
  char *text;

  if (number == NULL)
    return g_strdup (e164);

  text = e_phone_number_to_string (number, format);
  e_phone_number_free (number);

  return text;
}

/**
 * kam_phone_format_national:
 * @e164: (nullable)
 *
 * Returns: (transfer full) (nullable): as one dials within the country; @e164 itself where it cannot be read
 */
char *
kam_phone_format_national (const char *e164)
{
  return format_number (e164, E_PHONE_NUMBER_FORMAT_NATIONAL);
}

/**
 * kam_phone_format_international:
 * @e164: (nullable)
 *
 * Returns: (transfer full) (nullable): with + and the calling code, in groups; @e164 itself where it cannot be read
 */
char *
kam_phone_format_international (const char *e164)
{
  return format_number (e164, E_PHONE_NUMBER_FORMAT_INTERNATIONAL);
}

/**
 * kam_phone_format_for:
 * @e164: (nullable)
 * @country: (nullable): ISO 3166-1 alpha-2 of whom it is shown with
 *
 * Returns: (transfer full) (nullable): the national form where reading that with @country gives the same number again, else the international form
 */
char *
kam_phone_format_for (const char *e164,
                      const char *country)
{
  g_autofree char *national = kam_phone_format_national (e164);
  g_autofree char *again = national != NULL && is_country (country) ? kam_phone_parse (national, country, NULL) : NULL;

  return again != NULL && g_str_equal (again, e164) ? g_steal_pointer (&national) : kam_phone_format_international (e164);
}
