/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kam-codes.h"

#include <string.h>

/* ISO 3166-1 alpha-2, the 249 officially assigned. Sorted. */
static const char *const countries[] = {
  "AD", "AE", "AF", "AG", "AI", "AL", "AM", "AO", "AQ", "AR", "AS", "AT", "AU", "AW", "AX", "AZ", "BA", "BB", "BD", "BE", "BF", "BG", "BH", "BI",
  "BJ", "BL", "BM", "BN", "BO", "BQ", "BR", "BS", "BT", "BV", "BW", "BY", "BZ", "CA", "CC", "CD", "CF", "CG", "CH", "CI", "CK", "CL", "CM", "CN",
  "CO", "CR", "CU", "CV", "CW", "CX", "CY", "CZ", "DE", "DJ", "DK", "DM", "DO", "DZ", "EC", "EE", "EG", "EH", "ER", "ES", "ET", "FI", "FJ", "FK",
  "FM", "FO", "FR", "GA", "GB", "GD", "GE", "GF", "GG", "GH", "GI", "GL", "GM", "GN", "GP", "GQ", "GR", "GS", "GT", "GU", "GW", "GY", "HK", "HM",
  "HN", "HR", "HT", "HU", "ID", "IE", "IL", "IM", "IN", "IO", "IQ", "IR", "IS", "IT", "JE", "JM", "JO", "JP", "KE", "KG", "KH", "KI", "KM", "KN",
  "KP", "KR", "KW", "KY", "KZ", "LA", "LB", "LC", "LI", "LK", "LR", "LS", "LT", "LU", "LV", "LY", "MA", "MC", "MD", "ME", "MF", "MG", "MH", "MK",
  "ML", "MM", "MN", "MO", "MP", "MQ", "MR", "MS", "MT", "MU", "MV", "MW", "MX", "MY", "MZ", "NA", "NC", "NE", "NF", "NG", "NI", "NL", "NO", "NP",
  "NR", "NU", "NZ", "OM", "PA", "PE", "PF", "PG", "PH", "PK", "PL", "PM", "PN", "PR", "PS", "PT", "PW", "PY", "QA", "RE", "RO", "RS", "RU", "RW",
  "SA", "SB", "SC", "SD", "SE", "SG", "SH", "SI", "SJ", "SK", "SL", "SM", "SN", "SO", "SR", "SS", "ST", "SV", "SX", "SY", "SZ", "TC", "TD", "TF",
  "TG", "TH", "TJ", "TK", "TL", "TM", "TN", "TO", "TR", "TT", "TV", "TW", "TZ", "UA", "UG", "UM", "US", "UY", "UZ", "VA", "VC", "VE", "VG", "VI",
  "VN", "VU", "WF", "WS", "YE", "YT", "ZA", "ZM", "ZW", NULL,
};

/* ISO 4217, the currencies that people pay with (no funds, metals or test codes). Sorted. */
static const char *const currencies[] = {
  "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BHD", "BIF", "BMD", "BND", "BOB", "BRL", "BSD",
  "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CLP", "CNY", "COP", "CRC", "CUP", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB",
  "EUR", "FJD", "FKP", "GBP", "GEL", "GHS", "GIP", "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IQD", "IRR", "ISK",
  "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL", "LYD", "MAD", "MDL", "MGA",
  "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN", "MYR", "MZN", "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK",
  "PHP", "PKR", "PLN", "PYG", "QAR", "RON", "RSD", "RUB", "RWF", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN",
  "SVC", "SYP", "SZL", "THB", "TJS", "TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS", "VED", "VES", "VND", "VUV",
  "WST", "XAF", "XCD", "XCG", "XOF", "XPF", "YER", "ZAR", "ZMW", "ZWG", NULL,
};

/* Those whose minor unit is not a hundredth. */
static const char *const whole_currencies[] = {
  "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF", NULL,
};
static const char *const thousandth_currencies[] = {
  "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND", NULL,
};

static gboolean
has (const char *const *codes,
     const char        *code)
{
  return code != NULL && g_strv_contains (codes, code);
}

const char *const *
kam_country_list (void)
{
  return countries;
}

const char *const *
kam_currency_list (void)
{
  return currencies;
}

gboolean
kam_country_is_valid (const char *code)
{
  return has (countries, code);
}

gboolean
kam_currency_is_valid (const char *code)
{
  return has (currencies, code);
}

/**
 * kam_currency_digits:
 *
 * Returns: how many decimal places the minor unit has in which amounts are kept (ISO 4217); -1 for an unknown currency
 */
int
kam_currency_digits (const char *code)
{
  if (!kam_currency_is_valid (code))
    return -1;

  if (has (whole_currencies, code))
    return 0;

  return has (thousandth_currencies, code) ? 3 : 2;
}

static gboolean
is_alpha (const char *part)
{
  for (; *part != '\0'; part++)
    {
      if (!g_ascii_isalpha (*part))
        return FALSE;
    }

  return TRUE;
}

static gboolean
is_alnum (const char *part)
{
  for (; *part != '\0'; part++)
    {
      if (!g_ascii_isalnum (*part))
        return FALSE;
    }

  return TRUE;
}

/* The case in which RFC 5646, 2.1.1 wants a subtag: regions upper, scripts titled, all else lower; after a single letter everything is lower. */
static gboolean
has_usual_case (const char *part,
                gboolean    is_first,
                gboolean    is_after_single)
{
  gsize length = strlen (part);
  gboolean is_region = !is_first && !is_after_single && length == 2 && is_alpha (part);
  gboolean is_script = !is_first && !is_after_single && length == 4 && is_alpha (part);

  for (gsize i = 0; i < length; i++)
    {
      gboolean wants_upper = is_region || (is_script && i == 0);

      if (wants_upper ? g_ascii_islower (part[i]) : g_ascii_isupper (part[i]))
        return FALSE;
    }

  return TRUE;
}

/**
 * kam_language_is_valid:
 *
 * Whether a tag has the form of BCP 47 (RFC 5646): a language of two or three letters (or a longer registered one), then subtags of up to eight
 * letters and digits. Which subtags exist is not checked: the registry grows.
 */
gboolean
kam_language_is_valid (const char *tag)
{
  g_auto (GStrv) parts = tag != NULL ? g_strsplit (tag, "-", -1) : NULL;
  gboolean is_after_single = FALSE;

  if (parts == NULL || parts[0] == NULL || strlen (parts[0]) < 2 || strlen (parts[0]) > 8 || !is_alpha (parts[0]))
    return FALSE;

  for (guint i = 0; parts[i] != NULL; i++)
    {
      gsize length = strlen (parts[i]);

      if (length < 1 || length > 8 || !is_alnum (parts[i]) || !has_usual_case (parts[i], i == 0, is_after_single))
        return FALSE;

      /* A single letter begins an extension: something has to follow. */
      if (length == 1 && (parts[i + 1] == NULL || strlen (parts[i + 1]) < 2))
        return FALSE;

      is_after_single = is_after_single || length == 1;
    }

  return TRUE;
}

static gboolean
is_label (const char *label)
{
  gsize length = strlen (label);

  if (length < 1 || length > 63 || label[0] == '-' || label[length - 1] == '-')
    return FALSE;

  for (const char *c = label; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar letter = g_utf8_get_char (c);

      if (!g_unichar_isalnum (letter) && !g_unichar_ismark (letter) && letter != '-')
        return FALSE;
    }

  return TRUE;
}

static gboolean
is_digits (const char *label)
{
  return strspn (label, "0123456789") == strlen (label);
}

static gboolean
is_domain (const char *domain)
{
  g_auto (GStrv) labels = g_strsplit (domain, ".", -1);
  guint n = g_strv_length (labels);

  for (guint i = 0; i < n; i++)
    {
      if (!is_label (labels[i]))
        return FALSE;
    }

  return n >= 2 && !is_digits (labels[n - 1]);
}

/* An atom of RFC 5322 with dots between its parts, or letters of any script (RFC 6531). No quoted forms: nobody has one, and headers are safer so. */
static gboolean
is_local_part (const char *local,
               gsize       length)
{
  const char *end = local + length;

  if (length < 1 || length > 64 || local[0] == '.' || local[length - 1] == '.')
    return FALSE;

  for (const char *c = local; c < end; c = g_utf8_next_char (c))
    {
      gunichar letter = g_utf8_get_char (c);

      if (letter == '.' && c[1] == '.')
        return FALSE;

      if (letter < 0x80 ? !g_ascii_isalnum ((char) letter) && strchr ("!#$%&'*+-/=?^_`{|}~.", (int) letter) == NULL : !g_unichar_isgraph (letter))
        return FALSE;
    }

  return TRUE;
}

/**
 * kam_email_is_valid:
 *
 * Whether this has the form of a mail address that mail can be sent to: one @, something before it, a domain with a dot behind it.
 */
gboolean
kam_email_is_valid (const char *email)
{
  const char *at = email != NULL ? strchr (email, '@') : NULL;

  return at != NULL && g_utf8_validate (email, -1, NULL) && strlen (email) <= 254 && is_local_part (email, (gsize) (at - email)) && is_domain (at + 1);
}
